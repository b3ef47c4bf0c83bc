/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/mask-private.h"

#include <math.h>
#include <string.h>

/* Masks from and to plain voxels. */

SagMask *
sag_mask_new_from_voxels (const SagGeometry *geometry, const guint8 *voxels)
{
  g_autoptr (SagMask) empty = sag_mask_new (geometry);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  const SagMaskBox all = { { 0, 0, 0 },
                           { geometry->dims[0], geometry->dims[1], geometry->dims[2] } };

  sag_mask_edit_write_box (edit, &all, voxels, NULL);
  return sag_mask_edit_snapshot (edit);
}

static gboolean
is_wanted (float value, const gint32 *values, gsize n_values)
{
  if (n_values == 0)
    return value != 0 && !isnan (value);
  for (gsize v = 0; v < n_values; v++)
    if (value == (float) values[v])
      return TRUE;
  return FALSE;
}

SagMask *
sag_mask_new_from_volume (const SagVolume *volume, const gint32 *values, gsize n_values)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  g_autoptr (SagMask) empty = sag_mask_new (geometry);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);

  for (gint32 k = 0; k < geometry->dims[2]; k++)
    for (gint32 j = 0; j < geometry->dims[1]; j++)
      for (gint32 i = 0, first = -1; i <= geometry->dims[0]; i++)
        {
          const gboolean in = i < geometry->dims[0] &&
                              is_wanted (sag_volume_value (volume, i, j, k), values, n_values);

          if (in && first < 0)
            first = i;
          else if (!in && first >= 0)
            {
              sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, first, i - 1, j, k);
              first = -1;
            }
        }
  return sag_mask_edit_snapshot (edit);
}

void
sag_mask_read_box (const SagMask *mask, const SagMaskBox *box, guint8 *voxels)
{
  const gsize n = (gsize) (box->end[0] - box->first[0]);

  for (gint32 k = box->first[2]; k < box->end[2]; k++)
    for (gint32 j = box->first[1]; j < box->end[1]; j++, voxels += n)
      {
        memset (voxels, 0, n);
        for (gint32 bi = box->first[0] / SAG_BRICK_SIDE; bi * SAG_BRICK_SIDE < box->end[0]; bi++)
          for (guint32 rest = sag_mask_row (mask, bi, j, k, FALSE); rest != 0; rest &= rest - 1)
            {
              const gint32 i = bi * SAG_BRICK_SIDE + __builtin_ctz (rest);

              if (i >= box->first[0] && i < box->end[0])
                voxels[i - box->first[0]] = 1;
            }
      }
}

/* Calls @set for every voxel: no more than a template for the two types of voxels. */
#define FOR_EACH_VOXEL(mask, offset, statement)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const SagGeometry *grid_ = sag_mask_get_geometry (mask);                                       \
    gint32             bricks_[3];                                                                 \
                                                                                                   \
    sag_mask_get_brick_dims (mask, bricks_);                                                       \
    for (gsize b_ = 0; b_ < sag_mask_get_n_bricks (mask); b_++)                                    \
      {                                                                                            \
        const SagBrick *brick_ = sag_mask_get_brick (mask, b_);                                    \
        const gsize     i_ = b_ % (gsize) bricks_[0] * SAG_BRICK_SIDE;                             \
        const gsize     j_ = b_ / (gsize) bricks_[0] % (gsize) bricks_[1] * SAG_BRICK_SIDE;        \
        const gsize     k_ = b_ / (gsize) bricks_[0] / (gsize) bricks_[1] * SAG_BRICK_SIDE;        \
                                                                                                   \
        for (gsize r_ = 0; brick_ != NULL && r_ < SAG_BRICK_ROWS; r_++)                            \
          for (guint32 rest_ = brick_->rows[r_]; rest_ != 0; rest_ &= rest_ - 1)                   \
            {                                                                                      \
              const gsize offset =                                                                 \
                i_ + (gsize) __builtin_ctz (rest_) +                                               \
                (gsize) grid_->dims[0] * (j_ + r_ % SAG_BRICK_SIDE +                               \
                                          (gsize) grid_->dims[1] * (k_ + r_ / SAG_BRICK_SIDE));    \
              statement;                                                                           \
            }                                                                                      \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

void
sag_mask_fill_voxels (const SagMask *mask, guint8 value, guint8 *voxels)
{
  FOR_EACH_VOXEL (mask, at, voxels[at] = value);
}

void
sag_mask_fill_voxels_uint16 (const SagMask *mask, guint16 value, guint16 *voxels)
{
  FOR_EACH_VOXEL (mask, at, voxels[at] = value);
}

void
sag_mask_fill_slice (const SagMask *mask, int axis, gint32 index, guint8 value, guint8 *pixels)
{
  const SagGeometry *grid = sag_mask_get_geometry (mask);
  SagMaskBox         box = { { 0, 0, 0 }, { grid->dims[0], grid->dims[1], grid->dims[2] } };
  const int          u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
  gsize              n = (gsize) grid->dims[u] * (gsize) grid->dims[v];
  g_autofree guint8 *in = NULL;

  g_return_if_fail (axis >= 0 && axis < 3);
  box.first[axis] = index;
  box.end[axis] = index + 1;
  if (!sag_mask_box_clip (&box, grid))
    return;
  in = g_malloc (n);
  sag_mask_read_box (mask, &box, in);
  for (gsize p = 0; p < n; p++)
    if (in[p] != 0)
      pixels[p] = value;
}
