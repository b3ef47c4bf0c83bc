/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/mesh.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

SagRenderMesh *
sag_render_mesh_new_take (
  gsize n_points, float *points, float *normals, gsize n_triangles, gint32 *triangles)
{
  SagRenderMesh *mesh = g_new0 (SagRenderMesh, 1);

  g_atomic_ref_count_init (&mesh->n_references);
  mesh->n_points = n_points;
  mesh->points = points;
  mesh->normals = normals;
  mesh->n_triangles = n_triangles;
  mesh->triangles = triangles;
  for (int c = 0; c < 3; c++)
    {
      mesh->low_mm[c] = G_MAXDOUBLE;
      mesh->high_mm[c] = -G_MAXDOUBLE;
    }
  for (gsize p = 0; p < n_points; p++)
    for (int c = 0; c < 3; c++)
      {
        mesh->low_mm[c] = MIN (mesh->low_mm[c], points[3 * p + c]);
        mesh->high_mm[c] = MAX (mesh->high_mm[c], points[3 * p + c]);
      }
  return mesh;
}

SagRenderMesh *
sag_render_mesh_ref (SagRenderMesh *mesh)
{
  g_atomic_ref_count_inc (&mesh->n_references);
  return mesh;
}

void
sag_render_mesh_unref (SagRenderMesh *mesh)
{
  if (!g_atomic_ref_count_dec (&mesh->n_references))
    return;
  g_free (mesh->points);
  g_free (mesh->normals);
  g_free (mesh->triangles);
  g_free (mesh);
}

gsize
sag_render_mesh_size_bytes (const SagRenderMesh *mesh)
{
  return 6 * sizeof (float) * mesh->n_points + 3 * sizeof (gint32) * mesh->n_triangles;
}

double
sag_render_mesh_volume_mm3 (const SagRenderMesh *mesh)
{
  double volume = 0;

  for (gsize t = 0; t < mesh->n_triangles; t++)
    {
      const float *a = mesh->points + 3 * (gsize) mesh->triangles[3 * t];
      const float *b = mesh->points + 3 * (gsize) mesh->triangles[3 * t + 1];
      const float *c = mesh->points + 3 * (gsize) mesh->triangles[3 * t + 2];

      volume += a[0] * ((double) b[1] * c[2] - (double) b[2] * c[1]) +
                a[1] * ((double) b[2] * c[0] - (double) b[0] * c[2]) +
                a[2] * ((double) b[0] * c[1] - (double) b[1] * c[0]);
    }
  return volume / 6;
}

static void
add_normal (float *to, const float *normal)
{
  for (int c = 0; c < 3; c++)
    to[c] += normal[c];
}

void
sag_render_mesh_soften (SagRenderMesh *mesh, guint passes)
{
  gsize             size = 3 * mesh->n_points * sizeof (float);
  g_autofree float *sums = g_malloc (size);

  for (guint p = 0; p < passes && mesh->n_points > 0; p++)
    {
      memcpy (sums, mesh->normals, size);
      for (gsize t = 0; t < mesh->n_triangles; t++)
        for (int c = 0; c < 3; c++)
          {
            float *to = sums + 3 * (gsize) mesh->triangles[3 * t + c];

            add_normal (to, mesh->normals + 3 * (gsize) mesh->triangles[3 * t + (c + 1) % 3]);
            add_normal (to, mesh->normals + 3 * (gsize) mesh->triangles[3 * t + (c + 2) % 3]);
          }
      for (gsize n = 0; n < mesh->n_points; n++)
        {
          const float *sum = sums + 3 * n;
          float        length = sqrtf (sum[0] * sum[0] + sum[1] * sum[1] + sum[2] * sum[2]);

          for (int c = 0; c < 3 && length > 0; c++)
            mesh->normals[3 * n + c] = sum[c] / length;
        }
    }
}

static int
compare_edges (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

GArray *
sag_render_mesh_rims (const SagRenderMesh *mesh)
{
  const gsize         n = 3 * mesh->n_triangles;
  g_autofree guint64 *edges = g_new (guint64, n);
  GArray             *points = g_array_new (FALSE, FALSE, sizeof (float));

  for (gsize corner = 0; corner < n; corner++)
    {
      guint64 a = (guint64) mesh->triangles[corner];
      guint64 b = (guint64) mesh->triangles[corner % 3 == 2 ? corner - 2 : corner + 1];

      edges[corner] = MIN (a, b) << 32 | MAX (a, b);
    }
  if (n > 0)
    qsort (edges, n, sizeof *edges, compare_edges);
  for (gsize e = 0; e < n; e++)
    if ((e == 0 || edges[e] != edges[e - 1]) && (e + 1 == n || edges[e] != edges[e + 1]))
      {
        g_array_append_vals (points, mesh->points + 3 * (edges[e] >> 32), 3);
        g_array_append_vals (points, mesh->points + 3 * (edges[e] & 0xffffffff), 3);
      }
  return points;
}
