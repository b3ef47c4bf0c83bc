/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/combine.h"

#include "model/core/error.h"
#include "model/mask/mask-private.h"

#include <math.h>
#include <string.h>

static guint32
combine_bits (guint32 a, guint32 b, SagMaskOperation operation)
{
  switch (operation)
    {
    case SAG_MASK_UNION:
      return a | b;
    case SAG_MASK_INTERSECTION:
      return a & b;
    case SAG_MASK_DIFFERENCE:
      return a & ~b;
    default:
      return a ^ b;
    }
}

static SagBrick *
combine_bricks (const SagBrick *a, const SagBrick *b, SagMaskOperation operation)
{
  g_autoptr (SagBrick) out = sag_brick_new ();

  for (int r = 0; r < SAG_BRICK_ROWS; r++)
    {
      const guint32 rows_a = a != NULL ? a->rows[r] : 0, rows_b = b != NULL ? b->rows[r] : 0;
      const guint32 model_a = a != NULL && a->model != NULL ? a->model[r] : 0;
      const guint32 model_b = b != NULL && b->model != NULL ? b->model[r] : 0;
      const guint32 rows = combine_bits (rows_a, rows_b, operation);
      const guint32 model = rows & (model_a | (model_b & ~rows_a));

      out->rows[r] = rows;
      if (model != 0)
        sag_brick_own_model (out)[r] = model;
    }
  return sag_brick_tidy (out) ? g_steal_pointer (&out) : NULL;
}

SagMask *
sag_mask_combine (SagMask *a, SagMask *b, SagMaskOperation operation, GError **error)
{
  g_autoptr (SagMaskEdit) edit = NULL;

  if (!sag_geometry_equal (sag_mask_get_geometry (a), sag_mask_get_geometry (b), SAG_SAME_GRID_MM))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                           "The two masks do not lie on the same grid.");
      return NULL;
    }
  edit = sag_mask_edit_new (a);
  for (gsize i = 0; i < sag_mask_get_n_bricks (a); i++)
    {
      SagBrick *one = sag_mask_get_brick (a, i), *other = sag_mask_get_brick (b, i);

      if (other == NULL && operation != SAG_MASK_INTERSECTION)
        continue;
      if (one == NULL && other == NULL)
        continue;
      sag_mask_edit_set_brick (edit, i, combine_bricks (one, other, operation));
    }
  return sag_mask_edit_snapshot (edit);
}

SagMask *
sag_mask_copy_slice (SagMask *mask, int axis, gint32 from, gint32 to, GError **error)
{
  const SagGeometry *grid = sag_mask_get_geometry (mask);
  SagMaskBox         box = { { 0, 0, 0 }, { grid->dims[0], grid->dims[1], grid->dims[2] } };
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);
  g_autofree guint8 *voxels = NULL;
  g_autofree guint8 *there = NULL;
  gsize              n;
  guint8             any = 0;

  g_return_val_if_fail (axis >= 0 && axis < 3, NULL);
  n = (gsize) (sag_geometry_n_voxels (grid) / grid->dims[axis]);
  if (from >= 0 && from < grid->dims[axis] && to >= 0 && to < grid->dims[axis])
    {
      voxels = g_malloc (n);
      there = g_malloc (n);
      box.first[axis] = from;
      box.end[axis] = from + 1;
      sag_mask_read_box (mask, &box, voxels);
      for (gsize v = 0; v < n; v++)
        any |= voxels[v];
      box.first[axis] = to;
      box.end[axis] = to + 1;
      sag_mask_read_box (mask, &box, there);
      for (gsize v = 0; v < n; v++)
        voxels[v] |= there[v];
    }
  if (any == 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "There is nothing to copy from that slice, or no slice to copy to.");
      return NULL;
    }
  sag_mask_edit_write_box (edit, &box, voxels, mask);
  return sag_mask_edit_snapshot (edit);
}

double
sag_mask_dice (const SagMask *a, const SagMask *b)
{
  gint64 n_a = sag_mask_count (a), n_b = sag_mask_count (b), both = 0;

  g_return_val_if_fail (sag_mask_get_n_bricks (a) == sag_mask_get_n_bricks (b), NAN);
  for (gsize i = 0; i < sag_mask_get_n_bricks (a); i++)
    {
      const SagBrick *one = sag_mask_get_brick (a, i), *other = sag_mask_get_brick (b, i);

      for (int r = 0; one != NULL && other != NULL && r < SAG_BRICK_ROWS; r++)
        both += __builtin_popcount (one->rows[r] & other->rows[r]);
    }
  return n_a + n_b > 0 ? 2.0 * (double) both / (double) (n_a + n_b) : NAN;
}
