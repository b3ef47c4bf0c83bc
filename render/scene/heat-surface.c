/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/surfaces.h"

#include <math.h>
#include <string.h>

/* Samples in each cell along each axis; cells of 12 x 16 x 16 mm are cut at 3 to 4 mm. */
#define N_STEPS 4
#define MAX_SAMPLES (1 << 26)

/* So far below every score that the surface closes within a thousandth of a step of a face. */
#define NOTHING (-1000.0)

/* Scores as the slices read them. */
typedef struct
{
  const SagRenderHeatmap *map;
  double                  sign; /* -1 turns a difference map's negative side up */
  double                  level;
  gboolean                clipped;
  double                  to_volume[3][4]; /* from cell indices */
  gint32                  volume_dims[3];
} Scores;

static void
scores_init (Scores                 *scores,
             const SagRenderHeatmap *map,
             const SagGeometry      *volume,
             gboolean                negative)
{
  double ras_to_volume[3][4];

  scores->map = map;
  scores->sign = negative ? -1 : 1;
  scores->level = map->scale.map == SAG_RENDER_MAP_DIFFERENCE ? fabs (map->scale.threshold)
                                                              : map->scale.threshold;
  scores->clipped = volume != NULL && sag_geometry_invert (volume, ras_to_volume);
  if (scores->clipped)
    {
      sag_geometry_compose (ras_to_volume, map->geometry.ijk_to_ras, scores->to_volume);
      memcpy (scores->volume_dims, volume->dims, sizeof scores->volume_dims);
    }
}

static gboolean
scores_in_volume (const Scores *scores, const double at[3])
{
  double ijk[3];

  if (!scores->clipped)
    return TRUE;
  sag_geometry_apply (scores->to_volume, at, ijk);
  for (int a = 0; a < 3; a++)
    if (ijk[a] < -0.5 - 1e-6 || ijk[a] > scores->volume_dims[a] - 0.5 + 1e-6)
      return FALSE;
  return TRUE;
}

/* How far the score at a point in cell indices lies above the level; trilinear, constant in the outer half cells. */
static double
scores_at (const Scores *scores, const double at[3])
{
  const gint32 *dims = scores->map->geometry.dims;
  double        t[3], sum = 0;
  gsize         low[3], step[3] = { 1, dims[0], (gsize) dims[0] * dims[1] };

  if (!scores_in_volume (scores, at))
    return NOTHING;
  for (int a = 0; a < 3; a++)
    {
      double inside = CLAMP (at[a], 0, dims[a] - 1);

      low[a] = (gsize) MIN (inside, MAX (dims[a] - 2, 0));
      t[a] = inside - low[a];
    }
  for (int c = 0; c < 8; c++)
    {
      double weight = 1;
      gsize  index = 0;

      for (int a = 0; a < 3; a++)
        {
          weight *= c >> a & 1 ? t[a] : 1 - t[a];
          index += (low[a] + (c >> a & 1 && low[a] + 1 < (gsize) dims[a])) * step[a];
        }
      if (weight > 0)
        sum += weight * scores->map->cells[index];
    }
  return isnan (sum) ? NOTHING : scores->sign * sum - scores->level;
}

/* Samples from face to face of the cells, and one layer of nothing around. */
static SagRenderField *
scores_field (const Scores *scores, GCancellable *cancellable)
{
  const SagGeometry *cells = &scores->map->geometry;
  SagGeometry        samples = *cells;
  const double       corner[3] = { -0.5, -0.5, -0.5 };
  double             origin[3];
  gsize              n = 1;
  g_autoptr (SagRenderField) field = NULL;
  float *value;

  sag_geometry_to_ras (cells, corner, origin);
  for (int a = 0; a < 3; a++)
    n *= (gsize) cells->dims[a] * N_STEPS + 1;
  for (int a = 0; a < 3; a++)
    {
      /* Cells that are voxels need no finer steps. */
      int steps = n > MAX_SAMPLES ? 1 : N_STEPS;

      samples.dims[a] = cells->dims[a] * steps + 1;
      samples.ijk_to_ras[a][3] = origin[a];
      for (int c = 0; c < 3; c++)
        samples.ijk_to_ras[c][a] /= steps;
    }
  field = sag_render_field_new (&samples);
  value = field->values;
  for (gint32 k = 0; k < samples.dims[2]; k++)
    {
      if (g_cancellable_is_cancelled (cancellable))
        return NULL;
      for (gint32 j = 0; j < samples.dims[1]; j++)
        for (gint32 i = 0; i < samples.dims[0]; i++)
          {
            const double at[3] = { (double) i * cells->dims[0] / (samples.dims[0] - 1) - 0.5,
                                   (double) j * cells->dims[1] / (samples.dims[1] - 1) - 0.5,
                                   (double) k * cells->dims[2] / (samples.dims[2] - 1) - 0.5 };

            *value++ = (float) scores_at (scores, at);
          }
    }
  return sag_render_field_pad (field, 3, NOTHING);
}

/* Whether a raw cell reaches the threshold; beyond the grid none does. */
static gboolean
cell_hit (const Scores *scores, gint32 i, gint32 j, gint32 k)
{
  const gint32 *dims = scores->map->geometry.dims;
  const double  at[3] = { i, j, k };

  if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2])
    return FALSE;
  return scores_at (scores, at) >= 0;
}

typedef struct
{
  double  to_ijk[3][4];
  GArray *points, *normals, *triangles;
} Faces;

static void
faces_corner (
  const SagGeometry *geometry, const gint32 cell[3], int axis, int side, int n, float corner[3])
{
  double ijk[3], ras[3];

  ijk[axis] = cell[axis] + side * 0.5;
  ijk[(axis + 1) % 3] = cell[(axis + 1) % 3] + (n == 1 || n == 2 ? 0.5 : -0.5);
  ijk[(axis + 2) % 3] = cell[(axis + 2) % 3] + (n >= 2 ? 0.5 : -0.5);
  sag_geometry_to_ras (geometry, ijk, ras);
  for (int x = 0; x < 3; x++)
    corner[x] = (float) ras[x];
}

/* The face of a cell towards @axis, @side 1 or -1: two triangles with a normal of their own. */
static void
faces_add (Faces *faces, const SagGeometry *geometry, const gint32 cell[3], int axis, int side)
{
  gint32       first = (gint32) faces->points->len / 3;
  float        corner[4][3], normal[3];
  const float *a = corner[0], *b = corner[1], *c = corner[3];
  double       length = 0, facing = 0;

  for (int n = 0; n < 4; n++)
    faces_corner (geometry, cell, axis, side, n, corner[n]);
  for (int x = 0; x < 3; x++)
    length += faces->to_ijk[axis][x] * faces->to_ijk[axis][x];
  for (int x = 0; x < 3; x++)
    normal[x] = (float) (side * faces->to_ijk[axis][x] / sqrt (length));
  for (int x = 0; x < 3; x++)
    {
      int y = (x + 1) % 3, z = (x + 2) % 3;

      facing += normal[x] * ((b[y] - a[y]) * (c[z] - a[z]) - (b[z] - a[z]) * (c[y] - a[y]));
    }
  g_array_append_vals (faces->points, corner, 12);
  for (int n = 0; n < 4; n++)
    g_array_append_vals (faces->normals, normal, 3);
  {
    const gint32 corners[2][6] = { { first, first + 1, first + 2, first, first + 2, first + 3 },
                                   { first, first + 2, first + 1, first, first + 3, first + 2 } };

    g_array_append_vals (faces->triangles, corners[facing < 0], 6);
  }
}

static SagRenderMesh *
raw_mesh (const Scores *scores)
{
  const gint32 *dims = scores->map->geometry.dims;
  Faces         faces = { .points = g_array_new (FALSE, FALSE, sizeof (float)),
                          .normals = g_array_new (FALSE, FALSE, sizeof (float)),
                          .triangles = g_array_new (FALSE, FALSE, sizeof (gint32)) };
  gsize         n_points, n_triangles;

  sag_geometry_invert (&scores->map->geometry, faces.to_ijk);
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++)
        for (int face = 0; face < 6 && cell_hit (scores, i, j, k); face++)
          {
            const gint32 cell[3] = { i, j, k };
            gint32       beside[3] = { i, j, k };
            int          side = face % 2 == 0 ? 1 : -1;

            beside[face / 2] += side;
            if (!cell_hit (scores, beside[0], beside[1], beside[2]))
              faces_add (&faces, &scores->map->geometry, cell, face / 2, side);
          }
  n_points = faces.points->len / 3;
  n_triangles = faces.triangles->len / 3;
  return sag_render_mesh_new_take (n_points, (float *) g_array_free (faces.points, FALSE),
                                   (float *) g_array_free (faces.normals, FALSE), n_triangles,
                                   (gint32 *) g_array_free (faces.triangles, FALSE));
}

SagRenderMesh *
sag_render_heatmap_mesh (const SagRenderHeatmap *map,
                         const SagGeometry      *volume,
                         gboolean                negative,
                         GCancellable           *cancellable,
                         GError                **error)
{
  g_autoptr (SagRenderField) field = NULL;
  SagRenderMesh *mesh;
  double         inverse[3][4];
  Scores         scores;

  if (!sag_geometry_invert (&map->geometry, inverse))
    return sag_render_mesh_new_take (0, NULL, NULL, 0, NULL);
  scores_init (&scores, map, volume, negative);
  if (map->raw_cells)
    return raw_mesh (&scores);
  field = scores_field (&scores, cancellable);
  if (field == NULL)
    {
      g_cancellable_set_error_if_cancelled (cancellable, error);
      return NULL;
    }
  mesh = sag_render_mesh_contour (field, 0, cancellable, error);
  if (mesh != NULL)
    sag_render_mesh_soften (mesh, 4);
  return mesh;
}
