/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/mask-private.h"

#include "model/core/error.h"

#include <math.h>
#include <string.h>

struct _SagMask
{
  gatomicrefcount ref_count;
  SagGeometry     geometry;
  gint32          brick_dims[3];
  gsize           n_bricks;
  SagBrick      **bricks;
};

struct _SagMaskEdit
{
  SagMask *mask; /* nobody else holds it */
};

gboolean
sag_mask_box_is_empty (const SagMaskBox *box)
{
  return box->end[0] <= box->first[0] || box->end[1] <= box->first[1] ||
         box->end[2] <= box->first[2];
}

void
sag_mask_box_add (SagMaskBox *box, const SagMaskBox *other)
{
  if (sag_mask_box_is_empty (other))
    return;
  if (sag_mask_box_is_empty (box))
    *box = *other;
  for (int a = 0; a < 3; a++)
    {
      box->first[a] = MIN (box->first[a], other->first[a]);
      box->end[a] = MAX (box->end[a], other->end[a]);
    }
}

gboolean
sag_mask_box_clip (SagMaskBox *box, const SagGeometry *geometry)
{
  for (int a = 0; a < 3; a++)
    {
      box->first[a] = MAX (box->first[a], 0);
      box->end[a] = MIN (box->end[a], geometry->dims[a]);
    }
  return !sag_mask_box_is_empty (box);
}

SagMask *
sag_mask_new (const SagGeometry *geometry)
{
  SagMask *mask = g_new0 (SagMask, 1);

  g_atomic_ref_count_init (&mask->ref_count);
  mask->geometry = *geometry;
  mask->n_bricks = 1;
  for (int a = 0; a < 3; a++)
    {
      g_assert (geometry->dims[a] > 0);
      mask->brick_dims[a] = (geometry->dims[a] - 1) / SAG_BRICK_SIDE + 1;
      mask->n_bricks *= (gsize) mask->brick_dims[a];
    }
  mask->bricks = g_new0 (SagBrick *, mask->n_bricks);
  return mask;
}

static SagMask *
copy (const SagMask *mask)
{
  SagMask *new = g_new (SagMask, 1);

  *new = *mask;
  g_atomic_ref_count_init (&new->ref_count);
  new->bricks = g_memdup2 (mask->bricks, mask->n_bricks * sizeof (SagBrick *));
  for (gsize b = 0; b < new->n_bricks; b++)
    if (new->bricks[b] != NULL)
      sag_brick_ref (new->bricks[b]);
  return new;
}

SagMask *
sag_mask_ref (SagMask *mask)
{
  g_atomic_ref_count_inc (&mask->ref_count);
  return mask;
}

void
sag_mask_unref (SagMask *mask)
{
  if (!g_atomic_ref_count_dec (&mask->ref_count))
    return;
  for (gsize b = 0; b < mask->n_bricks; b++)
    if (mask->bricks[b] != NULL)
      sag_brick_unref (mask->bricks[b]);
  g_free (mask->bricks);
  g_free (mask);
}

const SagGeometry *
sag_mask_get_geometry (const SagMask *mask)
{
  return &mask->geometry;
}

static gsize
brick_index (const SagMask *mask, gint32 bi, gint32 bj, gint32 bk)
{
  return (gsize) bi +
         (gsize) mask->brick_dims[0] * ((gsize) bj + (gsize) mask->brick_dims[1] * (gsize) bk);
}

static int
row_index (gint32 j, gint32 k)
{
  return j % SAG_BRICK_SIDE + SAG_BRICK_SIDE * (k % SAG_BRICK_SIDE);
}

guint32
sag_mask_row (const SagMask *mask, gint32 bi, gint32 j, gint32 k, gboolean model)
{
  const SagBrick *brick =
    mask->bricks[brick_index (mask, bi, j / SAG_BRICK_SIDE, k / SAG_BRICK_SIDE)];

  if (brick == NULL || (model && brick->model == NULL))
    return 0;
  return (model ? brick->model : brick->rows)[row_index (j, k)];
}

static gboolean
is_inside (const SagMask *mask, gint32 i, gint32 j, gint32 k)
{
  return i >= 0 && j >= 0 && k >= 0 && i < mask->geometry.dims[0] && j < mask->geometry.dims[1] &&
         k < mask->geometry.dims[2];
}

gboolean
sag_mask_get (const SagMask *mask, gint32 i, gint32 j, gint32 k)
{
  return is_inside (mask, i, j, k) &&
         (sag_mask_row (mask, i / SAG_BRICK_SIDE, j, k, FALSE) >> (i % SAG_BRICK_SIDE) & 1);
}

gboolean
sag_mask_is_model (const SagMask *mask, gint32 i, gint32 j, gint32 k)
{
  return is_inside (mask, i, j, k) &&
         (sag_mask_row (mask, i / SAG_BRICK_SIDE, j, k, TRUE) >> (i % SAG_BRICK_SIDE) & 1);
}

gboolean
sag_mask_is_empty (const SagMask *mask)
{
  for (gsize b = 0; b < mask->n_bricks; b++)
    for (gsize r = 0; mask->bricks[b] != NULL && r < G_N_ELEMENTS (mask->bricks[b]->rows); r++)
      if (mask->bricks[b]->rows[r] != 0)
        return FALSE;
  return TRUE;
}

gint64
sag_mask_count (const SagMask *mask)
{
  gint64 n = 0;

  for (gsize b = 0; b < mask->n_bricks; b++)
    if (mask->bricks[b] != NULL)
      n += sag_brick_count (mask->bricks[b]);
  return n;
}

/* The box of one brick's voxels, in the brick. */
static SagMaskBox
brick_extent (const SagBrick *brick)
{
  SagMaskBox box = SAG_MASK_BOX_EMPTY;
  guint32    any = 0;

  for (int r = 0; r < SAG_BRICK_ROWS; r++)
    {
      const int j = r % SAG_BRICK_SIDE, k = r / SAG_BRICK_SIDE;

      if (brick->rows[r] == 0)
        continue;
      any |= brick->rows[r];
      box.first[1] = MIN (box.first[1], j);
      box.end[1] = MAX (box.end[1], j + 1);
      box.first[2] = MIN (box.first[2], k);
      box.end[2] = k + 1;
    }
  if (any != 0)
    {
      box.first[0] = __builtin_ctz (any);
      box.end[0] = 32 - __builtin_clz (any);
    }
  return box;
}

gboolean
sag_mask_get_extent (const SagMask *mask, SagMaskBox *box)
{
  SagMaskBox all = SAG_MASK_BOX_EMPTY;
  gsize      b = 0;

  for (gint32 bk = 0; bk < mask->brick_dims[2]; bk++)
    for (gint32 bj = 0; bj < mask->brick_dims[1]; bj++)
      for (gint32 bi = 0; bi < mask->brick_dims[0]; bi++, b++)
        {
          const gint32 place[3] = { bi, bj, bk };
          SagMaskBox   one;

          if (mask->bricks[b] == NULL)
            continue;
          one = brick_extent (mask->bricks[b]);
          if (sag_mask_box_is_empty (&one))
            continue;
          for (int a = 0; a < 3; a++)
            {
              one.first[a] += place[a] * SAG_BRICK_SIDE;
              one.end[a] += place[a] * SAG_BRICK_SIDE;
            }
          sag_mask_box_add (&all, &one);
        }
  *box = all;
  return !sag_mask_box_is_empty (&all);
}

gboolean
sag_mask_equal (const SagMask *a, const SagMask *b)
{
  if (memcmp (a->geometry.dims, b->geometry.dims, sizeof a->geometry.dims) != 0)
    return FALSE;
  for (gsize i = 0; i < a->n_bricks; i++)
    if (!sag_brick_equal (a->bricks[i], b->bricks[i]))
      return FALSE;
  return TRUE;
}

gsize
sag_mask_get_n_bricks (const SagMask *mask)
{
  return mask->n_bricks;
}

void
sag_mask_get_brick_dims (const SagMask *mask, gint32 dims[3])
{
  memcpy (dims, mask->brick_dims, sizeof mask->brick_dims);
}

SagBrick *
sag_mask_get_brick (const SagMask *mask, gsize index)
{
  g_return_val_if_fail (index < mask->n_bricks, NULL);
  return mask->bricks[index];
}

gboolean
sag_mask_fits (const SagMask *mask)
{
  SagMaskBox box;

  if (!sag_mask_get_extent (mask, &box))
    return TRUE;
  for (int a = 0; a < 3; a++)
    if (box.end[a] > mask->geometry.dims[a])
      return FALSE;
  return TRUE;
}

SagMask *
sag_mask_new_from_bricks (const SagGeometry *geometry, SagBrick *const *bricks, GError **error)
{
  g_autoptr (SagMask) mask = sag_mask_new (geometry);

  memcpy (mask->bricks, bricks, mask->n_bricks * sizeof (SagBrick *));
  if (sag_mask_fits (mask))
    return g_steal_pointer (&mask);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "A mask has voxels beyond its grid.");
  return NULL;
}

/* The editing side */

SagMaskEdit *
sag_mask_edit_new (SagMask *mask)
{
  SagMaskEdit *edit = g_new (SagMaskEdit, 1);

  edit->mask = copy (mask);
  return edit;
}

void
sag_mask_edit_free (SagMaskEdit *edit)
{
  if (edit == NULL)
    return;
  sag_mask_unref (edit->mask);
  g_free (edit);
}

SagMask *
sag_mask_edit_snapshot (SagMaskEdit *edit)
{
  return copy (edit->mask);
}

SagMask *
sag_mask_edit_peek (SagMaskEdit *edit)
{
  return edit->mask;
}

SagBrick *
sag_mask_edit_get_brick (SagMaskEdit *edit, gsize index)
{
  return sag_mask_get_brick (edit->mask, index);
}

void
sag_mask_edit_set_brick (SagMaskEdit *edit, gsize index, SagBrick *brick)
{
  g_return_if_fail (index < edit->mask->n_bricks);
  if (edit->mask->bricks[index] != NULL)
    sag_brick_unref (edit->mask->bricks[index]);
  edit->mask->bricks[index] = brick;
}

/* The brick at @index, for changing. */
static SagBrick *
own_brick (SagMask *mask, gsize index)
{
  SagBrick *brick = mask->bricks[index];

  if (brick == NULL)
    return mask->bricks[index] = sag_brick_new ();
  if (sag_brick_is_own (brick))
    return brick;
  mask->bricks[index] = sag_brick_copy (brick);
  sag_brick_unref (brick);
  return mask->bricks[index];
}

static guint32
bits_in_range (const SagMaskLimits *limits, guint32 bits, gint32 bi, gint32 j, gint32 k)
{
  guint32 kept = 0;

  for (guint32 rest = bits; rest != 0; rest &= rest - 1)
    {
      const int   b = __builtin_ctz (rest);
      const float value = sag_volume_value (limits->volume, bi * SAG_BRICK_SIDE + b, j, k);

      if (value >= limits->low && value <= limits->high)
        kept |= 1u << b;
    }
  return kept;
}

/* Changes the voxels @bits of one row of one brick, if that changes anything. */
static gboolean
edit_row (SagMask *mask, SagMaskMode mode, guint32 bits, gint32 bi, gint32 j, gint32 k)
{
  const gsize   index = brick_index (mask, bi, j / SAG_BRICK_SIDE, k / SAG_BRICK_SIDE);
  const int     r = row_index (j, k);
  const guint32 old = mask->bricks[index] != NULL ? mask->bricks[index]->rows[r] : 0;
  const guint32 changed = mode == SAG_MASK_ERASE ? old & bits : ~old & bits;
  SagBrick     *brick;

  if (changed == 0)
    return FALSE;
  brick = own_brick (mask, index);
  if (mode == SAG_MASK_ERASE)
    brick->rows[r] &= ~bits;
  else
    brick->rows[r] |= bits;
  if (mode == SAG_MASK_PAINT_AS_MODEL)
    sag_brick_own_model (brick)[r] |= changed;
  else if (mode == SAG_MASK_ERASE && brick->model != NULL)
    brick->model[r] &= ~bits;
  return TRUE;
}

gboolean
sag_mask_edit_span (SagMaskEdit         *edit,
                    SagMaskMode          mode,
                    const SagMaskLimits *limits,
                    gint32               first,
                    gint32               last,
                    gint32               j,
                    gint32               k)
{
  SagMask *mask = edit->mask;
  gboolean any = FALSE;

  first = MAX (first, 0);
  last = MIN (last, mask->geometry.dims[0] - 1);
  if (first > last || !is_inside (mask, first, j, k))
    return FALSE;
  for (gint32 bi = first / SAG_BRICK_SIDE; bi <= last / SAG_BRICK_SIDE; bi++)
    {
      const gint32 from = MAX (first - bi * SAG_BRICK_SIDE, 0);
      const gint32 to = MIN (last - bi * SAG_BRICK_SIDE, SAG_BRICK_SIDE - 1);
      guint32      bits = (0xffffffffu << from) & (0xffffffffu >> (SAG_BRICK_SIDE - 1 - to));

      if (limits != NULL && limits->within != NULL)
        bits &= sag_mask_row (limits->within, bi, j, k, FALSE);
      if (limits != NULL && limits->outside != NULL)
        bits &= ~sag_mask_row (limits->outside, bi, j, k, FALSE);
      if (limits != NULL && limits->volume != NULL)
        bits = bits_in_range (limits, bits, bi, j, k);
      any |= edit_row (mask, mode, bits, bi, j, k);
    }
  return any;
}

void
sag_mask_edit_write_box (SagMaskEdit      *edit,
                         const SagMaskBox *box,
                         const guint8     *voxels,
                         const SagMask    *was)
{
  const gsize n = (gsize) (box->end[0] - box->first[0]);

  for (gint32 k = box->first[2]; k < box->end[2]; k++)
    for (gint32 j = box->first[1]; j < box->end[1]; j++, voxels += n)
      for (gint32 bi = box->first[0] / SAG_BRICK_SIDE; bi <= (box->end[0] - 1) / SAG_BRICK_SIDE;
           bi++)
        {
          const gint32 from = MAX (box->first[0], bi * SAG_BRICK_SIDE);
          const gint32 to = MIN (box->end[0], (bi + 1) * SAG_BRICK_SIDE);
          guint32      on = 0, off = 0, model;

          for (gint32 i = from; i < to; i++)
            if (voxels[i - box->first[0]] != 0)
              on |= 1u << (i % SAG_BRICK_SIDE);
            else
              off |= 1u << (i % SAG_BRICK_SIDE);
          model = was != NULL ? on & sag_mask_row (was, bi, j, k, TRUE) : 0;
          edit_row (edit->mask, SAG_MASK_ERASE, off, bi, j, k);
          edit_row (edit->mask, SAG_MASK_PAINT_AS_MODEL, model, bi, j, k);
          edit_row (edit->mask, SAG_MASK_PAINT, on, bi, j, k);
        }
}
