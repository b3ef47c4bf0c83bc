/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/mask/mask-private.h"
#include "model/mask/shape.h"

#include <math.h>

/* One slice of the box as a block of its own. */
typedef struct
{
  SagMaskBox box;
  gint32     dims[3];
  gsize      n;
  double     spacing_mm[3];
  int        axis;
} Slice;

static void
slice_move (Slice *slice, gint32 index)
{
  slice->box.first[slice->axis] = index;
  slice->box.end[slice->axis] = index + 1;
}

/* Signed distances in mm: positive inside, from an outline half a voxel off the voxels' centres.
 * Returns: FALSE if the slice is empty */
static gboolean
signed_distance (const SagMask *mask, const Slice *slice, float *out)
{
  g_autofree guint8 *voxels = g_malloc (slice->n);
  g_autofree float  *outside = g_new (float, slice->n);
  const double      *spacing = slice->spacing_mm;
  const float half = (float) (spacing[0] + spacing[1] + spacing[2] - spacing[slice->axis]) / 4;
  gboolean    any = FALSE;

  sag_mask_read_box (mask, &slice->box, voxels);
  for (gsize v = 0; v < slice->n; v++)
    any |= voxels[v] != 0;
  if (!any)
    return FALSE;
  sag_mask_distance_squared (voxels, slice->dims, slice->spacing_mm, outside);
  for (gsize v = 0; v < slice->n; v++)
    voxels[v] ^= 1;
  sag_mask_distance_squared (voxels, slice->dims, slice->spacing_mm, out);
  for (gsize v = 0; v < slice->n; v++)
    out[v] = voxels[v] != 0 ? half - sqrtf (outside[v]) : sqrtf (out[v]) - half;
  return TRUE;
}

static void
fill_gap (SagMaskEdit *edit, Slice *slice, gint32 a, gint32 b, const float *at_a, const float *at_b)
{
  g_autofree guint8 *voxels = g_malloc (slice->n);

  for (gint32 s = a + 1; s < b; s++)
    {
      const float t = (float) (s - a) / (float) (b - a);

      for (gsize v = 0; v < slice->n; v++)
        voxels[v] = (1 - t) * at_a[v] + t * at_b[v] > 0;
      slice_move (slice, s);
      sag_mask_edit_write_box (edit, &slice->box, voxels, NULL);
    }
}

/* The block of a slice: the mask's box and one voxel around it, so that every slice has an outside. */
static void
slice_init (Slice *slice, const SagMask *mask, const SagMaskBox *box, int axis)
{
  const SagGeometry *grid = sag_mask_get_geometry (mask);

  *slice = (Slice){ .box = *box, .n = 1, .axis = axis };
  sag_geometry_spacing_mm (grid, slice->spacing_mm);
  for (int a = 0; a < 3; a++)
    {
      slice->box.first[a]--;
      slice->box.end[a]++;
    }
  sag_mask_box_clip (&slice->box, grid);
  slice_move (slice, box->first[axis]);
  for (int a = 0; a < 3; a++)
    {
      slice->dims[a] = slice->box.end[a] - slice->box.first[a];
      slice->n *= (gsize) slice->dims[a];
    }
}

SagMask *
sag_mask_interpolate (SagMask *mask, int axis, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);
  g_autofree float *before = NULL;
  g_autofree float *now = NULL;
  SagMaskBox        box;
  Slice             slice;
  gint32            painted = -1;
  gboolean          any = FALSE;

  g_return_val_if_fail (axis >= 0 && axis < 3, NULL);
  if (sag_mask_get_extent (mask, &box))
    {
      slice_init (&slice, mask, &box, axis);
      before = g_new (float, slice.n);
      now = g_new (float, slice.n);
      for (gint32 s = box.first[axis]; s < box.end[axis]; s++)
        {
          float *swap = before;

          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return NULL;
          slice_move (&slice, s);
          if (!signed_distance (mask, &slice, now))
            continue;
          if (painted >= 0 && s > painted + 1)
            {
              fill_gap (edit, &slice, painted, s, before, now);
              any = TRUE;
            }
          painted = s;
          before = now;
          now = swap;
        }
    }
  if (any)
    return sag_mask_edit_snapshot (edit);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "There is nothing to fill: paint two slices with empty ones between them.");
  return NULL;
}
