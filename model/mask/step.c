/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/step.h"

#include "model/core/error.h"
#include "model/mask/mask-private.h"

#include <string.h>
#include <zstd.h>

/* As bytes: a GVariant, little endian: title, and of each change: id, before, after, the two
 * positions, brick indices (HAS_MODEL set where the model plane differs too), and a zstd frame of
 * the differing planes, one after the other: before XOR after. */
#define INFO_TYPE "(ssubb)"
#define CHANGE_TYPE "(sm" INFO_TYPE "m" INFO_TYPE "uuauay)"
#define STEP_TYPE "(sa" CHANGE_TYPE ")"
#define HAS_MODEL 0x80000000u
#define PLANE_BYTES (SAG_BRICK_ROWS * sizeof (guint32))

typedef struct
{
  SagMaskChange public;
  char    *id;
  guint32 *bricks; /* without HAS_MODEL */
  SagMask *masks[2];
  GBytes  *packed; /* replaces the masks */
  guint32 *flags;  /* with HAS_MODEL; of a packed change */
} Change;

struct _SagMaskStep
{
  gatomicrefcount ref_count;
  char           *title;
  GPtrArray      *changes;
  SagGeometry     geometry;
  GMutex          mutex;   /* guards masks, packed, flags; held for moments only */
  GMutex          packing; /* one packs at a time; taken before the other */
};

SagMaskInfo *
sag_mask_info_new (const char *name, const char *key, guint32 colour)
{
  SagMaskInfo *info = g_new0 (SagMaskInfo, 1);

  info->id = g_uuid_string_random ();
  info->name = g_strdup (name);
  info->key = g_strdup (key);
  info->colour = colour;
  info->visible = TRUE;
  return info;
}

SagMaskInfo *
sag_mask_info_copy (const SagMaskInfo *info)
{
  SagMaskInfo *copy;

  if (info == NULL)
    return NULL;
  copy = g_new (SagMaskInfo, 1);
  *copy = *info;
  copy->id = g_strdup (info->id);
  copy->name = g_strdup (info->name);
  copy->key = g_strdup (info->key);
  return copy;
}

void
sag_mask_info_free (SagMaskInfo *info)
{
  if (info == NULL)
    return;
  g_free (info->id);
  g_free (info->name);
  g_free (info->key);
  g_free (info);
}

gboolean
sag_mask_info_equal (const SagMaskInfo *a, const SagMaskInfo *b)
{
  return g_strcmp0 (a->id, b->id) == 0 && g_strcmp0 (a->name, b->name) == 0 &&
         g_strcmp0 (a->key, b->key) == 0 && a->colour == b->colour && a->locked == b->locked &&
         a->visible == b->visible;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  sag_mask_info_free ((SagMaskInfo *) change->public.before);
  sag_mask_info_free ((SagMaskInfo *) change->public.after);
  g_free (change->id);
  g_free (change->bricks);
  g_free (change->flags);
  g_clear_pointer (&change->masks[0], sag_mask_unref);
  g_clear_pointer (&change->masks[1], sag_mask_unref);
  g_clear_pointer (&change->packed, g_bytes_unref);
  g_free (change);
}

SagMaskStep *
sag_mask_step_new (const char *title)
{
  SagMaskStep *step = g_new0 (SagMaskStep, 1);

  g_atomic_ref_count_init (&step->ref_count);
  step->title = g_utf8_make_valid (title, -1);
  step->changes = g_ptr_array_new_with_free_func (change_free);
  g_mutex_init (&step->mutex);
  g_mutex_init (&step->packing);
  return step;
}

SagMaskStep *
sag_mask_step_ref (SagMaskStep *step)
{
  g_atomic_ref_count_inc (&step->ref_count);
  return step;
}

void
sag_mask_step_unref (SagMaskStep *step)
{
  if (!g_atomic_ref_count_dec (&step->ref_count))
    return;
  g_free (step->title);
  g_ptr_array_unref (step->changes);
  g_mutex_clear (&step->mutex);
  g_mutex_clear (&step->packing);
  g_free (step);
}

static SagBrick *
brick_of (const SagMask *mask, gsize index)
{
  return mask != NULL ? sag_mask_get_brick (mask, index) : NULL;
}

void
sag_mask_step_add (SagMaskStep       *step,
                   const SagMaskInfo *before,
                   SagMask           *mask_before,
                   const SagMaskInfo *after,
                   SagMask           *mask_after,
                   const guint        position[2])
{
  Change        *change = g_new0 (Change, 1);
  const SagMask *any = mask_after != NULL ? mask_after : mask_before;
  g_autoptr (GArray) bricks = g_array_new (FALSE, FALSE, sizeof (guint32));

  step->geometry = *sag_mask_get_geometry (any);
  for (gsize b = 0; b < sag_mask_get_n_bricks (any); b++)
    {
      const guint32 index = (guint32) b;

      if (!sag_brick_equal (brick_of (mask_before, b), brick_of (mask_after, b)))
        g_array_append_val (bricks, index);
    }
  change->masks[0] = mask_before != NULL ? sag_mask_ref (mask_before) : NULL;
  change->masks[1] = mask_after != NULL ? sag_mask_ref (mask_after) : NULL;
  change->id = g_strdup (after != NULL ? after->id : before->id);
  change->public.n_bricks = bricks->len;
  change->bricks = g_memdup2 (bricks->data, bricks->len * sizeof (guint32));
  change->public.id = change->id;
  change->public.bricks = change->bricks;
  change->public.before = sag_mask_info_copy (before);
  change->public.after = sag_mask_info_copy (after);
  memcpy (change->public.position, position, sizeof change->public.position);
  g_ptr_array_add (step->changes, change);
}

const char *
sag_mask_step_get_title (const SagMaskStep *step)
{
  return step->title;
}

guint
sag_mask_step_get_n_changes (const SagMaskStep *step)
{
  return step->changes->len;
}

const SagMaskChange *
sag_mask_step_get_change (const SagMaskStep *step, guint index)
{
  g_return_val_if_fail (index < step->changes->len, NULL);
  return &((const Change *) g_ptr_array_index (step->changes, index))->public;
}

gsize
sag_mask_step_get_size (SagMaskStep *step)
{
  gsize size = sizeof *step + strlen (step->title);

  g_mutex_lock (&step->mutex);
  for (guint c = 0; c < step->changes->len; c++)
    {
      const Change *change = g_ptr_array_index (step->changes, c);

      size += sizeof *change + change->public.n_bricks * 2 * sizeof (guint32);
      size += change->packed != NULL ? g_bytes_get_size (change->packed)
                                     : change->public.n_bricks * PLANE_BYTES;
    }
  g_mutex_unlock (&step->mutex);
  return size;
}

/* before XOR after of one plane; FALSE if they are the same. */
static gboolean
xor_planes (const guint32 *a, const guint32 *b, guint32 *out)
{
  guint32 any = 0;

  for (int r = 0; r < SAG_BRICK_ROWS; r++)
    any |= out[r] = (a != NULL ? a[r] : 0) ^ (b != NULL ? b[r] : 0);
  return any != 0;
}

/* The masks stay meanwhile: whoever undoes need not wait. */
static void
pack_change (SagMaskStep *step, Change *change)
{
  const gsize         n = change->public.n_bricks;
  g_autofree guint32 *planes = g_new (guint32, MAX (2 * n, 1) * SAG_BRICK_ROWS);
  guint32            *flags = g_new (guint32, MAX (n, 1));
  SagMask            *masks[2];
  GBytes             *packed;
  gsize               n_planes = 0, bound, size;
  guint8             *out;

  for (gsize b = 0; b < n; b++)
    {
      const SagBrick *before = brick_of (change->masks[0], change->bricks[b]);
      const SagBrick *after = brick_of (change->masks[1], change->bricks[b]);

      xor_planes (before != NULL ? before->rows : NULL, after != NULL ? after->rows : NULL,
                  planes + n_planes++ * SAG_BRICK_ROWS);
      flags[b] = change->bricks[b];
      if (xor_planes (before != NULL ? before->model : NULL, after != NULL ? after->model : NULL,
                      planes + n_planes * SAG_BRICK_ROWS))
        {
          n_planes++;
          flags[b] |= HAS_MODEL;
        }
    }
  sag_brick_rows_to_le (planes, n_planes * SAG_BRICK_ROWS);
  bound = ZSTD_compressBound (n_planes * PLANE_BYTES);
  out = g_malloc (bound);
  size = ZSTD_compress (out, bound, planes, n_planes * PLANE_BYTES, 1);
  g_assert (!ZSTD_isError (size));
  packed = g_bytes_new_take (g_realloc (out, size), size);
  g_mutex_lock (&step->mutex);
  memcpy (masks, change->masks, sizeof masks);
  memset (change->masks, 0, sizeof change->masks);
  change->flags = flags;
  change->packed = packed;
  g_mutex_unlock (&step->mutex);
  for (int m = 0; m < 2; m++)
    g_clear_pointer (&masks[m], sag_mask_unref);
}

void
sag_mask_step_pack (SagMaskStep *step)
{
  g_mutex_lock (&step->packing);
  for (guint c = 0; c < step->changes->len; c++)
    {
      Change *change = g_ptr_array_index (step->changes, c);

      if (change->packed == NULL)
        pack_change (step, change);
    }
  g_mutex_unlock (&step->packing);
}

static GVariant *
info_to_variant (const SagMaskInfo *info)
{
  return info == NULL ? NULL
                      : g_variant_new (INFO_TYPE, info->name, info->key != NULL ? info->key : "",
                                       info->colour, info->locked, info->visible);
}

GBytes *
sag_mask_step_dup_bytes (SagMaskStep *step)
{
  g_autoptr (GVariant) variant = NULL;
  GVariantBuilder builder;

  sag_mask_step_pack (step);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" CHANGE_TYPE));
  for (guint c = 0; c < step->changes->len; c++)
    {
      const Change *change = g_ptr_array_index (step->changes, c);
      GVariant     *children[7];

      children[0] = g_variant_new_string (change->id);
      children[1] =
        g_variant_new_maybe (G_VARIANT_TYPE (INFO_TYPE), info_to_variant (change->public.before));
      children[2] =
        g_variant_new_maybe (G_VARIANT_TYPE (INFO_TYPE), info_to_variant (change->public.after));
      children[3] = g_variant_new_uint32 (change->public.position[0]);
      children[4] = g_variant_new_uint32 (change->public.position[1]);
      children[5] = g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, change->flags,
                                               change->public.n_bricks, sizeof (guint32));
      children[6] = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, change->packed, TRUE);
      g_variant_builder_add_value (&builder, g_variant_new_tuple (children, 7));
    }
  variant = g_variant_ref_sink (
    g_variant_new ("(s@a" CHANGE_TYPE ")", step->title, g_variant_builder_end (&builder)));
#if G_BYTE_ORDER == G_BIG_ENDIAN
  {
    GVariant *swapped = g_variant_byteswap (variant);

    g_variant_unref (variant);
    variant = swapped;
  }
#endif
  return g_variant_get_data_as_bytes (variant);
}

static SagMaskInfo *
info_from_variant (GVariant *maybe, const char *id)
{
  g_autoptr (GVariant) variant = g_variant_get_maybe (maybe);
  const char  *name, *key;
  SagMaskInfo *info;

  if (variant == NULL)
    return NULL;
  info = g_new0 (SagMaskInfo, 1);
  g_variant_get (variant, "(&s&subb)", &name, &key, &info->colour, &info->locked, &info->visible);
  info->id = g_strdup (id);
  info->name = g_strdup (name);
  info->key = *key != 0 ? g_strdup (key) : NULL;
  return info;
}

/* Brick indices must rise and lie in the grid. */
static gboolean
read_bricks (Change *change, GVariant *variant, gsize n_all)
{
  gsize          n = 0;
  const guint32 *flags = g_variant_get_fixed_array (variant, &n, sizeof (guint32));

  change->public.n_bricks = n;
  change->flags = g_memdup2 (flags, n * sizeof (guint32));
  change->bricks = g_new (guint32, MAX (n, 1));
  for (gsize b = 0; b < n; b++)
    {
      change->bricks[b] = flags[b] & ~HAS_MODEL;
      if (change->bricks[b] >= n_all || (b > 0 && change->bricks[b] <= change->bricks[b - 1]))
        return FALSE;
    }
  change->public.bricks = change->bricks;
  return TRUE;
}

static gboolean
read_change (SagMaskStep *step, GVariant *variant, gsize n_all)
{
  Change *change = g_new0 (Change, 1);
  g_autoptr (GVariant) before = g_variant_get_child_value (variant, 1);
  g_autoptr (GVariant) after = g_variant_get_child_value (variant, 2);
  g_autoptr (GVariant) bricks = g_variant_get_child_value (variant, 5);
  g_autoptr (GVariant) packed = g_variant_get_child_value (variant, 6);

  g_ptr_array_add (step->changes, change);
  g_variant_get_child (variant, 0, "s", &change->id);
  change->public.id = change->id;
  change->public.before = info_from_variant (before, change->id);
  change->public.after = info_from_variant (after, change->id);
  g_variant_get_child (variant, 3, "u", &change->public.position[0]);
  g_variant_get_child (variant, 4, "u", &change->public.position[1]);
  change->packed = g_variant_get_data_as_bytes (packed);
  return (change->public.before != NULL || change->public.after != NULL) &&
         read_bricks (change, bricks, n_all);
}

SagMaskStep *
sag_mask_step_new_from_bytes (GBytes *bytes, const SagGeometry *geometry, GError **error)
{
  g_autoptr (GVariant) variant =
    g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (STEP_TYPE), bytes, FALSE));
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (SagMaskStep) step = NULL;
  g_autoptr (SagMask) empty = sag_mask_new (geometry);
  gboolean    sound;
  const char *title;

#if G_BYTE_ORDER == G_BIG_ENDIAN
  {
    GVariant *swapped = g_variant_byteswap (variant);

    g_variant_unref (variant);
    variant = swapped;
  }
#endif
  sound = g_variant_is_normal_form (variant);
  if (sound)
    {
      g_variant_get_child (variant, 0, "&s", &title);
      step = sag_mask_step_new (title);
      step->geometry = *geometry;
      changes = g_variant_get_child_value (variant, 1);
      for (gsize c = 0; sound && c < g_variant_n_children (changes); c++)
        {
          g_autoptr (GVariant) child = g_variant_get_child_value (changes, c);

          sound = read_change (step, child, sag_mask_get_n_bricks (empty));
        }
    }
  if (sound)
    return g_steal_pointer (&step);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "A step of the undo journal is damaged.");
  return NULL;
}

/* Planes of @brick (which changes) XOR those of a packed change. */
static void
xor_into (guint32 *rows, const guint32 *planes)
{
  for (int r = 0; r < SAG_BRICK_ROWS; r++)
    rows[r] ^= planes[r];
}

/* Voxels from a model must be voxels of the mask. */
static gboolean
is_sound (const SagBrick *brick)
{
  guint32 stray = 0;

  for (int r = 0; brick->model != NULL && r < SAG_BRICK_ROWS; r++)
    stray |= brick->model[r] & ~brick->rows[r];
  return stray == 0;
}

static gboolean
apply_packed (const Change *change, SagMaskEdit *edit)
{
  gsize               n_planes = 0;
  g_autofree guint32 *planes = NULL;
  const guint32      *plane;
  gsize               size;
  const void         *data = g_bytes_get_data (change->packed, &size);

  for (gsize b = 0; b < change->public.n_bricks; b++)
    n_planes += change->flags[b] & HAS_MODEL ? 2 : 1;
  plane = planes = g_new (guint32, MAX (n_planes, 1) * SAG_BRICK_ROWS);
  if (ZSTD_decompress (planes, n_planes * PLANE_BYTES, data, size) != n_planes * PLANE_BYTES)
    return FALSE;
  sag_brick_rows_to_le (planes, n_planes * SAG_BRICK_ROWS);
  for (gsize b = 0; b < change->public.n_bricks; b++)
    {
      const SagBrick *old = sag_mask_edit_get_brick (edit, change->bricks[b]);
      g_autoptr (SagBrick) brick = old != NULL ? sag_brick_copy (old) : sag_brick_new ();

      xor_into (brick->rows, plane);
      plane += SAG_BRICK_ROWS;
      if (change->flags[b] & HAS_MODEL)
        {
          xor_into (sag_brick_own_model (brick), plane);
          plane += SAG_BRICK_ROWS;
        }
      if (!is_sound (brick))
        return FALSE;
      sag_mask_edit_set_brick (edit, change->bricks[b],
                               sag_brick_tidy (brick) ? g_steal_pointer (&brick) : NULL);
    }
  return TRUE;
}

gboolean
sag_mask_step_apply (
  SagMaskStep *step, guint index, SagMask *mask, gboolean back, SagMask **out, GError **error)
{
  Change            *change = g_ptr_array_index (step->changes, index);
  const SagMaskInfo *other = back ? change->public.before : change->public.after;
  g_autoptr (SagMask) start = NULL;
  g_autoptr (SagMaskEdit) edit = NULL;
  gboolean sound = TRUE;

  *out = NULL;
  if (other == NULL)
    return TRUE;
  g_mutex_lock (&step->mutex);
  if (change->packed == NULL)
    *out = sag_mask_ref (change->masks[back ? 0 : 1]);
  g_mutex_unlock (&step->mutex);
  if (*out != NULL)
    return TRUE;
  start = mask != NULL ? sag_mask_ref (mask) : sag_mask_new (&step->geometry);
  edit = sag_mask_edit_new (start);
  sound = apply_packed (change, edit) && sag_mask_fits (sag_mask_edit_peek (edit));
  if (sound)
    *out = sag_mask_edit_snapshot (edit);
  else
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "The step \"%s\" is damaged.", step->title);
  return sound;
}
