/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/masks-private.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/cases.h"
#include "model/store/crc-columns.h"
#include "model/store/crc32c.h"
#include "model/store/db-private.h"
#include "model/store/schema.h"

static guint32
row_crc (gint64 a, gint64 b, const void *data, gsize size_bytes)
{
  const gint64 places[2] = { GINT64_TO_LE (a), GINT64_TO_LE (b) };

  return sag_crc32c (sag_crc32c (0, places, sizeof places), data, size_bytes);
}

guint32
sag_masks_crc (gint64 mask_id, gint64 brick, const void *data, gsize size_bytes)
{
  return row_crc (mask_id, brick, data, size_bytes);
}

guint32
sag_steps_crc (gint64 case_id, gint64 number, const void *data, gsize size_bytes)
{
  return row_crc (~case_id, number, data, size_bytes);
}

gboolean
sag_masks_put_position (SagDb *db, const char *uuid, gint64 position, GError **error)
{
  return sag_db_run (db, error,
                     "UPDATE masks SET position = ?1, crc = " SAG_MASK_CRC_AT (
                       "?1") " WHERE uuid = ?2 AND position <> ?1",
                     "is", position, uuid);
}

gboolean
sag_masks_put_all_bricks (SagDb *db, gint64 mask_id, SagMask *mask, GError **error)
{
  if (!sag_db_run (db, error, "DELETE FROM bricks WHERE mask_id = ?", "i", mask_id))
    return FALSE;
  for (gsize b = 0; b < sag_mask_get_n_bricks (mask); b++)
    {
      const SagBrick *brick = sag_mask_get_brick (mask, b);

      if (brick != NULL && !sag_masks_put_brick (db, mask_id, (gint64) b, brick, error))
        return FALSE;
    }
  return TRUE;
}

static void
stored_free (gpointer data)
{
  SagStoredMask *stored = data;

  sag_mask_info_free (stored->info);
  g_clear_pointer (&stored->mask, sag_mask_unref);
  g_free (stored->reader);
  g_free (stored);
}

/* Writing */

gboolean
sag_masks_put_info (SagDb             *db,
                    gint64             case_id,
                    const SagMaskInfo *info,
                    gint64             position,
                    const char        *reader,
                    gint64            *id,
                    GError           **error)
{
  return sag_db_run (
           db, error,
           "INSERT INTO masks (uuid, case_id, reader, position, name, key, colour, locked, "
           "visible, "
           "at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uuid) DO UPDATE SET position = "
           "excluded.position, name = excluded.name, key = excluded.key, colour = excluded.colour, "
           "locked = excluded.locked, visible = excluded.visible, at = excluded.at",
           "sisissiiii", info->id, case_id, reader, position, info->name, info->key,
           (gint64) info->colour, (gint64) info->locked, (gint64) info->visible, sag_db_now (db)) &&
         sag_db_run (db, error, "UPDATE masks SET crc = " SAG_MASK_CRC " WHERE uuid = ?", "s",
                     info->id) &&
         sag_db_integer (db, 0, id, error, "SELECT id FROM masks WHERE uuid = ?", "s", info->id);
}

gboolean
sag_masks_put_brick (SagDb *db, gint64 mask_id, gint64 index, const SagBrick *brick, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize       size;
  const void *data;

  if (brick == NULL)
    return sag_db_run (db, error, "DELETE FROM bricks WHERE mask_id = ? AND brick = ?", "ii",
                       mask_id, index);
  bytes = sag_brick_encode (brick);
  data = g_bytes_get_data (bytes, &size);
  return sag_db_run (db, error,
                     "INSERT INTO bricks (mask_id, brick, data, crc) VALUES (?, ?, ?, ?) ON "
                     "CONFLICT (mask_id, brick) DO UPDATE SET data = excluded.data, crc = "
                     "excluded.crc",
                     "iibi", mask_id, index, bytes,
                     (gint64) sag_masks_crc (mask_id, index, data, size));
}

/* Loading */

/* Puts the row's brick into @bricks. */
static gboolean
read_brick (
  SagDb *db, SagRow *row, gint64 mask_id, SagBrick **bricks, gsize n_bricks, GError **error)
{
  const gint64 index = sag_row_integer (row, 0);
  gsize        size;
  const void  *data = sag_row_blob (row, 1, &size);

  if (index < 0 || index >= (gint64) n_bricks || bricks[index] != NULL ||
      sag_masks_crc (mask_id, index, data, size) != sag_row_integer (row, 2))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is damaged: a piece of a mask does not fit its checksum. Recover it with: "
                   "sagitta-cli project recover.",
                   sag_db_get_name (db));
      return FALSE;
    }
  bricks[index] = sag_brick_decode (data, size, error);
  return bricks[index] != NULL;
}

static SagMask *
read_mask (SagDb *db, gint64 mask_id, const SagGeometry *geometry, GError **error)
{
  g_autoptr (SagMask) empty = sag_mask_new (geometry);
  const gsize           n = sag_mask_get_n_bricks (empty);
  g_autofree SagBrick **bricks = g_new0 (SagBrick *, n);
  GError               *failure = NULL;
  SagRow               *row =
    sag_db_query (db, error, "SELECT brick, data, crc FROM bricks WHERE mask_id = ?", "i", mask_id);

  if (row == NULL)
    return NULL;
  while (failure == NULL && sag_db_next (db, row, &failure))
    if (!read_brick (db, row, mask_id, bricks, n, &failure))
      sag_db_end (row);
  if (failure == NULL)
    return sag_mask_new_from_bricks (geometry, bricks, error);
  for (gsize b = 0; b < n; b++)
    if (bricks[b] != NULL)
      sag_brick_unref (bricks[b]);
  g_propagate_error (error, failure);
  return NULL;
}

GPtrArray *
sag_masks_list (
  SagDb *db, gint64 case_id, const char *reader, const SagGeometry *geometry, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (stored_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean sound = TRUE;
  GError  *failure = NULL;
  SagRow  *row;

  if (!sag_schema_need_version (db, error))
    return NULL;
  row = sag_db_query (
    db, error,
    db->version == 1
      ? "SELECT id, uuid, name, key, colour, locked, visible, reader, 1 FROM masks WHERE case_id "
        "= ? ORDER BY reader, position, id"
      : "SELECT id, uuid, name, key, colour, locked, visible, reader, crc = " SAG_MASK_CRC
        " FROM masks WHERE case_id = ? ORDER BY reader, position, id",
    "i", case_id);

  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    {
      SagStoredMask *stored;
      const gint64   id = sag_row_integer (row, 0);

      /* Damage may be in whose it is. */
      sound &= sag_row_integer (row, 8) == 1;
      if (reader != NULL && g_strcmp0 (sag_row_text (row, 7), reader) != 0)
        continue;
      stored = g_new0 (SagStoredMask, 1);
      stored->info = g_new0 (SagMaskInfo, 1);
      stored->info->id = sag_row_dup_text (row, 1);
      stored->info->name = sag_row_dup_text (row, 2);
      stored->info->key = sag_row_dup_text (row, 3);
      stored->info->colour = (guint32) sag_row_integer (row, 4);
      stored->info->locked = sag_row_integer (row, 5) != 0;
      stored->info->visible = sag_row_integer (row, 6) != 0;
      stored->reader = sag_row_dup_text (row, 7);
      sound &= stored->info->id != NULL && stored->info->name != NULL && stored->reader != NULL;
      g_array_append_val (ids, id);
      g_ptr_array_add (out, stored);
    }
  if (failure == NULL && !sound)
    sag_db_set_damaged (db, "a mask", &failure);
  for (guint m = 0; failure == NULL && m < out->len; m++)
    ((SagStoredMask *) g_ptr_array_index (out, m))->mask =
      read_mask (db, g_array_index (ids, gint64, m), geometry, &failure);
  if (failure == NULL)
    return g_steal_pointer (&out);
  g_propagate_error (error, failure);
  return NULL;
}

typedef struct
{
  gint64             case_id;
  const char        *reader;
  const SagGeometry *geometry;
  SagMaskSet        *set;
} Load;

static gboolean
check_grid (SagDb *db, const Load *load, GError **error)
{
  g_autoptr (SagCaseRow) row = sag_cases_get (db, load->case_id, error);

  if (row == NULL)
    return FALSE;
  if (row->geometry.dims[0] == 0 ||
      sag_geometry_equal (&row->geometry, load->geometry, SAG_SAME_GRID_MM))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s has another grid than when its masks were painted; put the old file back.",
               row->name);
  return FALSE;
}

/* A project of before format 3 that is only looked at has one journal for all readers of a case: it is somebody's only
 * if nobody else painted. */
static gboolean
load_steps (SagDb *db, const Load *load, const char *reader, GError **error)
{
  gint64  n_others = 0;
  GError *failure = NULL;
  SagRow *row;

  if (db->version < 3 &&
      !sag_db_integer (db, 0, &n_others, error,
                       "SELECT count(*) FROM masks WHERE case_id = ? AND reader <> ?", "is",
                       load->case_id, reader))
    return FALSE;
  if (n_others > 0)
    return TRUE;
  row = db->version < 3
          ? sag_db_query (db, error,
                          "SELECT number, title, undone FROM steps WHERE case_id = ? ORDER BY "
                          "number",
                          "i", load->case_id)
          : sag_db_query (db, error,
                          "SELECT number, title, undone FROM steps WHERE case_id = ? AND reader "
                          "= ? ORDER BY number",
                          "is", load->case_id, reader);
  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    sag_mask_set_put_step (load->set, sag_row_integer (row, 0) % SAG_STEPS_OF_A_READER,
                           sag_row_text (row, 1), sag_row_integer (row, 2) != 0);
  return sag_db_settle (failure, error);
}

static gboolean
load_set (SagDb *db, gpointer data, GError **error)
{
  Load       *load = data;
  const char *reader = load->reader != NULL ? load->reader : sag_db_get_reader (db);
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (SagMaskSet) set = sag_mask_set_new (load->geometry);

  if (!check_grid (db, load, error))
    return FALSE;
  g_clear_pointer (&load->set, sag_mask_set_free);
  masks = sag_masks_list (db, load->case_id, reader, load->geometry, error);
  if (masks == NULL)
    return FALSE;
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);

      sag_mask_set_put (set, stored->info, stored->mask);
    }
  sag_mask_set_set_kept (set, TRUE);
  load->set = g_steal_pointer (&set);
  if (load_steps (db, load, reader, error))
    return TRUE;
  g_clear_pointer (&load->set, sag_mask_set_free);
  return FALSE;
}

SagMaskSet *
sag_masks_load (
  SagStore *store, gint64 case_id, const char *reader, const SagGeometry *geometry, GError **error)
{
  Load load = { case_id, reader, geometry, NULL };

  return sag_store_run (store, load_set, &load, error) ? load.set : NULL;
}

typedef struct
{
  Load        load;
  char       *reader;
  SagGeometry geometry;
} LoadLater;

static void
load_later_free (gpointer data)
{
  LoadLater *later = data;

  g_clear_pointer (&later->load.set, sag_mask_set_free);
  g_free (later->reader);
  g_free (later);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LoadLater *later = g_task_get_task_data (task);
  GError    *error = NULL;

  if (sag_store_run_finish (result, &error))
    g_task_return_pointer (task, g_steal_pointer (&later->load.set),
                           (GDestroyNotify) sag_mask_set_free);
  else
    g_task_return_error (task, error);
}

void
sag_masks_load_async (SagStore           *store,
                      gint64              case_id,
                      const char         *reader,
                      const SagGeometry  *geometry,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GTask     *task = g_task_new (NULL, NULL, callback, user_data);
  LoadLater *later = g_new0 (LoadLater, 1);

  later->geometry = *geometry;
  later->reader = g_strdup (reader);
  later->load = (Load){ case_id, later->reader, &later->geometry, NULL };
  g_task_set_task_data (task, later, load_later_free);
  sag_store_read_async (store, load_set, &later->load, loaded_cb, task);
}

SagMaskSet *
sag_masks_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
sag_masks_put (SagDb             *db,
               gint64             case_id,
               const SagMaskInfo *info,
               SagMask           *mask,
               const char        *reader,
               GError           **error)
{
  gint64 id = 0, position = 0;

  if (reader == NULL)
    reader = sag_db_get_reader (db);
  if (!sag_db_integer (db, 0, &position, error,
                       "SELECT ifnull ((SELECT position FROM masks WHERE uuid = ?1), (SELECT "
                       "ifnull (max (position) + 1, 0) FROM masks WHERE case_id = ?2 AND reader = "
                       "?3))",
                       "sis", info->id, case_id, reader) ||
      !sag_masks_put_info (db, case_id, info, position, reader, &id, error) ||
      !sag_masks_put_all_bricks (db, id, mask, error))
    return FALSE;
  return sag_audit_add (db, error, "mask-put", "case %" G_GINT64_FORMAT " mask %s", case_id,
                        info->id);
}
