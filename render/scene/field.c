/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/field.h"

#include "model/core/pool.h"

#include <string.h>

#define LOWEST_HU (-1024.0f)

SagRenderField *
sag_render_field_new (const SagGeometry *geometry)
{
  SagRenderField *field = g_new (SagRenderField, 1);

  field->geometry = *geometry;
  field->values = g_new (float, sag_geometry_n_voxels (geometry));
  return field;
}

void
sag_render_field_free (SagRenderField *field)
{
  g_free (field->values);
  g_free (field);
}

gsize
sag_render_field_n (const SagRenderField *field)
{
  return (gsize) sag_geometry_n_voxels (&field->geometry);
}

void
sag_render_block_factor (const SagGeometry *geometry, double step_mm, gint32 factor[3])
{
  double spacing_mm[3];

  sag_geometry_spacing_mm (geometry, spacing_mm);
  for (int a = 0; a < 3; a++)
    factor[a] = spacing_mm[a] > 0 ? (gint32) CLAMP (step_mm / spacing_mm[a] + 0.5, 1, 64) : 1;
}

typedef struct
{
  SagVoxels       view;
  gint32          factor[3];
  SagRenderField *field;
  GCancellable   *cancellable;
} Coarse;

static void
add_row (const Coarse *coarse, gint64 at, float *sums)
{
  const gint32 *dims = coarse->view.geometry.dims;
  gint64        step = coarse->view.stride[0];
  gint32        factor = coarse->factor[0];

  if (coarse->view.scalar == SAG_SCALAR_INT16)
    {
      const gint16 *voxel = (const gint16 *) coarse->view.origin + at;

      for (gint32 i = 0, left = factor; i < dims[0]; i++, voxel += step)
        {
          *sums += MAX (*voxel, LOWEST_HU);
          if (--left == 0)
            sums++, left = factor;
        }
      return;
    }
  for (gint32 i = 0, left = factor; i < dims[0]; i++)
    {
      float value = ((const float *) coarse->view.origin)[at + i * step];

      *sums += value > LOWEST_HU ? value : LOWEST_HU;
      if (--left == 0)
        sums++, left = factor;
    }
}

static void
coarse_plane (gsize item, guint worker, gpointer data)
{
  const Coarse *coarse = data;
  const gint32 *fine = coarse->view.geometry.dims, *dims = coarse->field->geometry.dims;
  const gint32 *factor = coarse->factor;
  float        *out = coarse->field->values + item * dims[0] * dims[1];
  gint32        k0 = (gint32) item * factor[2], k1 = MIN (k0 + factor[2], fine[2]);

  if (g_cancellable_is_cancelled (coarse->cancellable))
    return;
  for (gint32 j = 0; j < dims[1]; j++, out += dims[0])
    {
      gint32 j0 = j * factor[1], j1 = MIN (j0 + factor[1], fine[1]);

      memset (out, 0, sizeof (float) * dims[0]);
      for (gint32 k = k0; k < k1; k++)
        for (gint32 row = j0; row < j1; row++)
          add_row (coarse, row * coarse->view.stride[1] + k * coarse->view.stride[2], out);
      for (gint32 i = 0; i < dims[0]; i++)
        out[i] /= (float) (MIN (factor[0], fine[0] - i * factor[0]) * (j1 - j0) * (k1 - k0));
    }
}

SagRenderField *
sag_render_field_coarse (const SagVolume *volume, double step_mm, GCancellable *cancellable)
{
  g_autoptr (SagRenderField) field = NULL;
  SagGeometry geometry;
  Coarse      coarse = { .cancellable = cancellable };

  sag_volume_view_ras (volume, &coarse.view);
  sag_render_block_factor (&coarse.view.geometry, step_mm, coarse.factor);
  geometry = sag_geometry_coarsen (&coarse.view.geometry, coarse.factor);
  field = sag_render_field_new (&geometry);
  coarse.field = field;
  sag_pool_run (sag_pool_get_default (), geometry.dims[2], coarse_plane, &coarse);
  return g_cancellable_is_cancelled (cancellable) ? NULL : g_steal_pointer (&field);
}

/* One pass of 1 2 1 along a line of @n values, @step apart. */
static void
smooth_line (float *values, gint32 n, gsize step)
{
  float before = values[0], here = values[0];

  for (gint32 i = 0; i < n; i++)
    {
      float after = values[MIN (i + 1, n - 1) * step];

      values[i * step] = (before + 2 * here + after) / 4;
      before = here;
      here = after;
    }
}

/* The same for all lines of one plane across: rows are read in order. */
static void
smooth_rows (float *values, gint32 n_rows, gsize row_step, gsize width, float *before)
{
  memcpy (before, values, width * sizeof *values);
  for (gint32 r = 0; r < n_rows; r++)
    {
      float       *row = values + r * row_step;
      const float *after = values + MIN (r + 1, n_rows - 1) * row_step;

      for (gsize i = 0; i < width; i++)
        {
          float here = row[i];

          row[i] = (before[i] + 2 * here + after[i]) / 4;
          before[i] = here;
        }
    }
}

static void
smooth_axial (gsize item, guint worker, gpointer data)
{
  SagRenderField   *field = data;
  const gint32     *dims = field->geometry.dims;
  g_autofree float *before = g_new (float, dims[0]);
  float            *plane = field->values + item * dims[0] * dims[1];

  for (gint32 j = 0; j < dims[1]; j++)
    smooth_line (plane + (gsize) j * dims[0], dims[0], 1);
  smooth_rows (plane, dims[1], dims[0], dims[0], before);
}

static void
smooth_coronal (gsize item, guint worker, gpointer data)
{
  SagRenderField   *field = data;
  const gint32     *dims = field->geometry.dims;
  g_autofree float *before = g_new (float, dims[0]);

  smooth_rows (field->values + item * dims[0], dims[2], (gsize) dims[0] * dims[1], dims[0], before);
}

gboolean
sag_render_field_smooth (SagRenderField *field, guint passes, GCancellable *cancellable)
{
  SagPool *pool = sag_pool_get_default ();

  for (guint p = 0; p < passes; p++)
    {
      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      sag_pool_run (pool, field->geometry.dims[2], smooth_axial, field);
      sag_pool_run (pool, field->geometry.dims[1], smooth_coronal, field);
    }
  return !g_cancellable_is_cancelled (cancellable);
}

SagRenderField *
sag_render_field_pad (const SagRenderField *field, int n_axes, float value)
{
  const gint32   *dims = field->geometry.dims;
  const gint32    pad[3] = { n_axes > 0, n_axes > 1, n_axes > 2 };
  const double    corner[3] = { -pad[0], -pad[1], -pad[2] };
  SagGeometry     geometry = field->geometry;
  double          origin[3];
  SagRenderField *padded;
  gsize           n;

  sag_geometry_to_ras (&field->geometry, corner, origin);
  for (int a = 0; a < 3; a++)
    {
      geometry.dims[a] += 2 * pad[a];
      geometry.ijk_to_ras[a][3] = origin[a];
    }
  padded = sag_render_field_new (&geometry);
  n = sag_render_field_n (padded);
  for (gsize at = 0; at < n; at++)
    padded->values[at] = value;
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      memcpy (padded->values + pad[0] +
                geometry.dims[0] * (j + pad[1] + (gsize) geometry.dims[1] * (k + pad[2])),
              field->values + dims[0] * (j + (gsize) dims[1] * k), sizeof (float) * dims[0]);
  return padded;
}
