/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/brick.h"

#include "model/core/error.h"
#include "model/mask/mask-private.h"

#include <string.h>
#include <zstd.h>

#define PLANE_BYTES (SAG_BRICK_ROWS * sizeof (guint32))

SagBrick *
sag_brick_new (void)
{
  SagBrick *brick = g_new0 (SagBrick, 1);

  g_atomic_ref_count_init (&brick->ref_count);
  return brick;
}

SagBrick *
sag_brick_copy (const SagBrick *brick)
{
  SagBrick *copy = g_new (SagBrick, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  memcpy (copy->rows, brick->rows, PLANE_BYTES);
  copy->model = brick->model != NULL ? g_memdup2 (brick->model, PLANE_BYTES) : NULL;
  return copy;
}

SagBrick *
sag_brick_ref (SagBrick *brick)
{
  g_atomic_ref_count_inc (&brick->ref_count);
  return brick;
}

void
sag_brick_unref (SagBrick *brick)
{
  if (!g_atomic_ref_count_dec (&brick->ref_count))
    return;
  g_free (brick->model);
  g_free (brick);
}

gboolean
sag_brick_is_own (SagBrick *brick)
{
  return g_atomic_ref_count_compare (&brick->ref_count, 1);
}

guint32 *
sag_brick_own_model (SagBrick *brick)
{
  if (brick->model == NULL)
    brick->model = g_new0 (guint32, SAG_BRICK_ROWS);
  return brick->model;
}

static guint
count_plane (const guint32 *plane)
{
  guint n = 0;

  for (int r = 0; r < SAG_BRICK_ROWS; r++)
    n += (guint) __builtin_popcount (plane[r]);
  return n;
}

static gboolean
is_empty (const guint32 *plane)
{
  guint32 any = 0;

  for (int r = 0; r < SAG_BRICK_ROWS; r++)
    any |= plane[r];
  return any == 0;
}

gboolean
sag_brick_tidy (SagBrick *brick)
{
  if (brick->model != NULL && is_empty (brick->model))
    g_clear_pointer (&brick->model, g_free);
  return !is_empty (brick->rows);
}

guint
sag_brick_count (const SagBrick *brick)
{
  return count_plane (brick->rows);
}

guint
sag_brick_count_model (const SagBrick *brick)
{
  return brick->model != NULL ? count_plane (brick->model) : 0;
}

static gboolean
plane_equal (const guint32 *a, const guint32 *b)
{
  if (a == NULL || b == NULL)
    return (a == NULL || is_empty (a)) && (b == NULL || is_empty (b));
  return memcmp (a, b, PLANE_BYTES) == 0;
}

gboolean
sag_brick_equal (const SagBrick *a, const SagBrick *b)
{
  if (a == b)
    return TRUE;
  return plane_equal (a != NULL ? a->rows : NULL, b != NULL ? b->rows : NULL) &&
         plane_equal (a != NULL ? a->model : NULL, b != NULL ? b->model : NULL);
}

void
sag_brick_rows_to_le (guint32 *rows, gsize n)
{
#if G_BYTE_ORDER == G_BIG_ENDIAN
  for (gsize r = 0; r < n; r++)
    rows[r] = GUINT32_TO_LE (rows[r]);
#else
  (void) rows, (void) n;
#endif
}

GBytes *
sag_brick_encode (const SagBrick *brick)
{
  guint32 planes[2 * SAG_BRICK_ROWS];
  gsize   n = brick->model != NULL ? 2 : 1, bound = ZSTD_compressBound (n * PLANE_BYTES), size;
  guint8 *out = g_malloc (1 + bound);

  memcpy (planes, brick->rows, PLANE_BYTES);
  if (n == 2)
    memcpy (planes + SAG_BRICK_ROWS, brick->model, PLANE_BYTES);
  sag_brick_rows_to_le (planes, n * SAG_BRICK_ROWS);
  out[0] = (guint8) n;
  size = ZSTD_compress (out + 1, bound, planes, n * PLANE_BYTES, 1);
  g_assert (!ZSTD_isError (size));
  return g_bytes_new_take (g_realloc (out, 1 + size), 1 + size);
}

SagBrick *
sag_brick_decode (const void *data, gsize size_bytes, GError **error)
{
  const guint8 *bytes = data;
  guint32       planes[2 * SAG_BRICK_ROWS];
  gsize         n = size_bytes > 0 ? bytes[0] : 0;
  guint32       stray = 0;
  g_autoptr (SagBrick) brick = NULL;

  if (n < 1 || n > 2 ||
      ZSTD_decompress (planes, n * PLANE_BYTES, bytes + 1, size_bytes - 1) != n * PLANE_BYTES)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "A brick of a mask is damaged.");
      return NULL;
    }
  sag_brick_rows_to_le (planes, n * SAG_BRICK_ROWS);
  brick = sag_brick_new ();
  memcpy (brick->rows, planes, PLANE_BYTES);
  if (n == 2)
    memcpy (sag_brick_own_model (brick), planes + SAG_BRICK_ROWS, PLANE_BYTES);
  for (int r = 0; n == 2 && r < SAG_BRICK_ROWS; r++)
    stray |= brick->model[r] & ~brick->rows[r];
  if (stray == 0)
    return g_steal_pointer (&brick);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "A brick of a mask says that voxels came from a model which it lacks.");
  return NULL;
}
