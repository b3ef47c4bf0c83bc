/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/shape.h"

#include "model/mask/mask-private.h"

#include <math.h>
#include <string.h>

/* Work happens in slabs of slices with a margin, so that memory does not rise with the mask. */
#define SLAB_VOXELS ((gsize) 12 << 20)

typedef struct
{
  SagMaskBox all; /* with what the margin needs */
  SagMaskBox out; /* what is written */
  guint8    *voxels;
  gint32     dims[3];
  double     spacing_mm[3];
  double     reach_mm;
} Slab;

/* Replaces slab->voxels (0 and 1 of slab->all) with the result. */
typedef void (*SlabFunc) (Slab *slab);

static void
keep_out_of_slab (const Slab *slab, guint8 *compact)
{
  const gsize nx = (gsize) slab->dims[0], ny = (gsize) slab->dims[1];
  const gsize n = (gsize) (slab->out.end[0] - slab->out.first[0]);

  for (gint32 k = slab->out.first[2]; k < slab->out.end[2]; k++)
    for (gint32 j = slab->out.first[1]; j < slab->out.end[1]; j++, compact += n)
      memcpy (compact,
              slab->voxels + (gsize) (slab->out.first[0] - slab->all.first[0]) +
                nx * ((gsize) (j - slab->all.first[1]) + ny * (gsize) (k - slab->all.first[2])),
              n);
}

static void
run_slab (SagMask *mask, SagMaskEdit *edit, Slab *slab, SlabFunc func)
{
  gsize              n = 1, n_out = 1;
  g_autofree guint8 *voxels = NULL;
  g_autofree guint8 *compact = NULL;

  for (int a = 0; a < 3; a++)
    {
      slab->dims[a] = slab->all.end[a] - slab->all.first[a];
      n *= (gsize) slab->dims[a];
      n_out *= (gsize) (slab->out.end[a] - slab->out.first[a]);
    }
  slab->voxels = voxels = g_malloc (n);
  compact = g_malloc (n_out);
  sag_mask_read_box (mask, &slab->all, voxels);
  func (slab);
  keep_out_of_slab (slab, compact);
  sag_mask_edit_write_box (edit, &slab->out, compact, mask);
}

/* @grow_mm: how far the result can lie beyond the mask. */
static SagMask *
run_slabs (SagMask      *mask,
           double        reach_mm,
           double        grow_mm,
           SlabFunc      func,
           GCancellable *cancellable,
           GError      **error)
{
  const SagGeometry *grid = sag_mask_get_geometry (mask);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);
  Slab       slab = { .reach_mm = reach_mm };
  SagMaskBox box;
  gint32     margin[3], step;
  gsize      slice = 1;

  if (!(reach_mm > 0) || !sag_mask_get_extent (mask, &box))
    return sag_mask_ref (mask);
  sag_geometry_spacing_mm (grid, slab.spacing_mm);
  for (int a = 0; a < 3; a++)
    {
      const double most = grid->dims[a];

      margin[a] = (gint32) MIN (ceil (reach_mm / slab.spacing_mm[a]) + 1, most);
      box.first[a] -= (gint32) MIN (ceil (grow_mm / slab.spacing_mm[a]), most);
      box.end[a] += (gint32) MIN (ceil (grow_mm / slab.spacing_mm[a]), most);
    }
  sag_mask_box_clip (&box, grid);
  for (int a = 0; a < 2; a++)
    slice *= (gsize) (box.end[a] - box.first[a] + 2 * margin[a]);
  step = (gint32) MAX (SLAB_VOXELS / slice, (gsize) margin[2]);
  for (gint32 k = box.first[2]; k < box.end[2]; k += step)
    {
      slab.out = box;
      slab.out.first[2] = k;
      slab.out.end[2] = MIN (box.end[2], k + step);
      for (int a = 0; a < 3; a++)
        {
          slab.all.first[a] = slab.out.first[a] - margin[a];
          slab.all.end[a] = slab.out.end[a] + margin[a];
        }
      sag_mask_box_clip (&slab.all, grid);
      run_slab (mask, edit, &slab, func);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }
  return sag_mask_edit_snapshot (edit);
}

static void
grow_slab (Slab *slab)
{
  const gsize       n = (gsize) slab->dims[0] * (gsize) slab->dims[1] * (gsize) slab->dims[2];
  g_autofree float *d2 = g_new (float, n);
  const float       most = (float) (slab->reach_mm * slab->reach_mm * (1 + 1e-6));

  sag_mask_distance_squared (slab->voxels, slab->dims, slab->spacing_mm, d2);
  for (gsize v = 0; v < n; v++)
    slab->voxels[v] = d2[v] <= most;
}

static void
shrink_slab (Slab *slab)
{
  const gsize n = (gsize) slab->dims[0] * (gsize) slab->dims[1] * (gsize) slab->dims[2];

  for (gsize v = 0; v < n; v++)
    slab->voxels[v] ^= 1;
  grow_slab (slab);
  for (gsize v = 0; v < n; v++)
    slab->voxels[v] ^= 1;
}

/* One axis of a Gaussian; beyond the block the last voxel goes on. */
static void
blur_axis (float *values, const gint32 dims[3], int axis, double sigma)
{
  const gint32 n = dims[axis], reach = (gint32) ceil (3 * sigma);
  const gsize  stride = axis == 0 ? 1 : axis == 1 ? (gsize) dims[0] : (gsize) dims[0] * dims[1];
  const gsize  n_all = (gsize) dims[0] * (gsize) dims[1] * (gsize) dims[2];
  g_autofree float *kernel = g_new (float, reach + 1);
  g_autofree float *line = g_new (float, n + 2 * reach);
  float             sum = 0;

  for (gint32 r = 0; r <= reach; r++)
    sum += (r == 0 ? 1 : 2) * (kernel[r] = (float) exp (-0.5 * r * r / (sigma * sigma)));
  for (gint32 r = 0; r <= reach; r++)
    kernel[r] /= sum;
  for (gsize start = 0; start < n_all; start++)
    {
      float any = 0;

      if (start / stride % (gsize) n != 0)
        continue;
      for (gint32 q = -reach; q < n + reach; q++)
        any += line[q + reach] = values[start + stride * (gsize) CLAMP (q, 0, n - 1)];
      for (gint32 q = 0; any > 0 && q < n; q++)
        {
          const float *at = line + q + reach;
          float        value = kernel[0] * at[0];

          for (gint32 r = 1; r <= reach; r++)
            value += kernel[r] * (at[-r] + at[r]);
          values[start + stride * (gsize) q] = value;
        }
    }
}

static void
smooth_slab (Slab *slab)
{
  const gsize       n = (gsize) slab->dims[0] * (gsize) slab->dims[1] * (gsize) slab->dims[2];
  g_autofree float *values = g_new0 (float, n);

  for (gsize v = 0; v < n; v++)
    values[v] = slab->voxels[v];
  for (int axis = 0; axis < 3; axis++)
    if (slab->reach_mm / 3 > 0.1 * slab->spacing_mm[axis])
      blur_axis (values, slab->dims, axis, slab->reach_mm / 3 / slab->spacing_mm[axis]);
  for (gsize v = 0; v < n; v++)
    slab->voxels[v] = values[v] >= 0.5f - 1e-5f;
}

SagMask *
sag_mask_grow (SagMask *mask, double distance_mm, GCancellable *cancellable, GError **error)
{
  return run_slabs (mask, distance_mm, distance_mm, grow_slab, cancellable, error);
}

SagMask *
sag_mask_shrink (SagMask *mask, double distance_mm, GCancellable *cancellable, GError **error)
{
  return run_slabs (mask, distance_mm, 0, shrink_slab, cancellable, error);
}

SagMask *
sag_mask_smooth (SagMask *mask, double sigma_mm, GCancellable *cancellable, GError **error)
{
  return run_slabs (mask, 3 * sigma_mm, 3 * sigma_mm, smooth_slab, cancellable, error);
}
