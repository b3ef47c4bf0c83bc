/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/masks.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/cases.h"
#include "model/store/crc32c.h"

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

static gboolean
put_info (SagDb             *db,
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
         sag_db_integer (db, 0, id, error, "SELECT id FROM masks WHERE uuid = ?", "s", info->id);
}

static gboolean
put_brick (SagDb *db, gint64 mask_id, gint64 index, const SagBrick *brick, GError **error)
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

/* What a step did, and the masks after it, as they were at that moment. */
typedef struct
{
  gint64       case_id;
  SagMaskEvent event;
  gint64       number;
  gint64       forgotten;
  SagMaskStep *step;
  GPtrArray   *order; /* of char *: UUIDs of all masks */
  GPtrArray   *infos; /* of the changes; NULL where there is no mask any more */
  GPtrArray   *masks;
} StepJob;

static void
info_free (gpointer info)
{
  sag_mask_info_free (info);
}

static void
mask_free (gpointer mask)
{
  if (mask != NULL)
    sag_mask_unref (mask);
}

static void
step_job_free (gpointer data)
{
  StepJob *job = data;

  sag_mask_step_unref (job->step);
  g_ptr_array_unref (job->order);
  g_ptr_array_unref (job->infos);
  g_ptr_array_unref (job->masks);
  g_free (job);
}

static gboolean
insert_step (
  SagDb *db, gint64 case_id, gint64 number, SagMaskStep *step, gboolean undone, GError **error)
{
  g_autoptr (GBytes) bytes = sag_mask_step_dup_bytes (step);
  gsize       size;
  const void *data = g_bytes_get_data (bytes, &size);

  return sag_db_run (db, error,
                     "INSERT INTO steps (case_id, number, title, undone, at, data, crc) VALUES (?, "
                     "?, ?, ?, ?, ?, ?)",
                     "iisiibi", case_id, number, sag_mask_step_get_title (step),
                     (gint64) (undone ? 1 : 0), sag_db_now (db), bytes,
                     (gint64) sag_steps_crc (case_id, number, data, size));
}

static gboolean
write_step_row (SagDb *db, const StepJob *job, GError **error)
{
  if (job->event != SAG_MASK_STEP_DONE)
    return sag_db_run (db, error, "UPDATE steps SET undone = ? WHERE case_id = ? AND number = ?",
                       "iii", (gint64) (job->event == SAG_MASK_STEP_UNDONE), job->case_id,
                       job->number);
  return sag_db_run (db, error, "DELETE FROM steps WHERE case_id = ? AND number >= ?", "ii",
                     job->case_id, job->forgotten) &&
         insert_step (db, job->case_id, job->number, job->step, FALSE, error);
}

static gboolean
write_change (SagDb *db, const StepJob *job, guint c, GError **error)
{
  const SagMaskChange *change = sag_mask_step_get_change (job->step, c);
  const SagMaskInfo   *info = g_ptr_array_index (job->infos, c);
  SagMask             *mask = g_ptr_array_index (job->masks, c);
  gint64               id = 0;

  if (info == NULL)
    return sag_db_run (db, error, "DELETE FROM masks WHERE uuid = ?", "s", change->id);
  if (!put_info (db, job->case_id, info, 0, sag_db_get_reader (db), &id, error))
    return FALSE;
  for (gsize b = 0; b < change->n_bricks; b++)
    if (!put_brick (db, id, change->bricks[b], sag_mask_get_brick (mask, change->bricks[b]), error))
      return FALSE;
  return TRUE;
}

static gboolean
write_step (SagDb *db, gpointer data, GError **error)
{
  static const char *const words[] = { "done", "undone", "redone" };
  const StepJob           *job = data;

  if (!write_step_row (db, job, error))
    return FALSE;
  for (guint c = 0; c < job->infos->len; c++)
    if (!write_change (db, job, c, error))
      return FALSE;
  for (guint i = 0; i < job->order->len; i++)
    if (!sag_db_run (db, error, "UPDATE masks SET position = ? WHERE uuid = ? AND position <> ?",
                     "isi", (gint64) i, g_ptr_array_index (job->order, i), (gint64) i))
      return FALSE;
  return sag_db_run (db, error, "UPDATE cases SET state = 1 WHERE id = ? AND state = 0", "i",
                     job->case_id) &&
         sag_audit_add (db, error, "mask", "case %" G_GINT64_FORMAT " step %" G_GINT64_FORMAT " %s",
                        job->case_id, job->number, words[job->event]);
}

/* A set that is written as it changes. */
typedef struct
{
  SagStore *store;
  gint64    case_id;
} Attached;

static void
on_step (SagMaskSet  *set,
         SagMaskEvent event,
         gint64       number,
         gint64       forgotten,
         SagMaskStep *step,
         gpointer     user_data)
{
  const Attached *attached = user_data;
  StepJob        *job;

  if (sag_store_is_read_only (attached->store))
    return;
  job = g_new0 (StepJob, 1);
  *job = (StepJob){ .case_id = attached->case_id,
                    .event = event,
                    .number = number,
                    .forgotten = forgotten,
                    .step = sag_mask_step_ref (step),
                    .order = g_ptr_array_new_with_free_func (g_free),
                    .infos = g_ptr_array_new_with_free_func (info_free),
                    .masks = g_ptr_array_new_with_free_func (mask_free) };
  for (guint i = 0; i < sag_mask_set_get_n (set); i++)
    g_ptr_array_add (job->order, g_strdup (sag_mask_set_get_info (set, i)->id));
  for (guint c = 0; c < sag_mask_step_get_n_changes (step); c++)
    {
      const int index = sag_mask_set_find (set, sag_mask_step_get_change (step, c)->id);

      g_ptr_array_add (job->infos,
                       index < 0 ? NULL
                                 : sag_mask_info_copy (sag_mask_set_get_info (set, (guint) index)));
      g_ptr_array_add (
        job->masks, index < 0 ? NULL : sag_mask_ref (sag_mask_set_get_mask (set, (guint) index)));
    }
  sag_store_post (attached->store, write_step, job, step_job_free);
}

/* Reading a step back */

typedef struct
{
  gint64  case_id;
  gint64  number;
  GBytes *bytes;
} StepRead;

static gboolean
read_step (SagDb *db, gpointer data, GError **error)
{
  StepRead *read = data;
  GError   *failure = NULL;
  SagRow   *row =
    sag_db_query (db, error, "SELECT data, crc FROM steps WHERE case_id = ? AND number = ?", "ii",
                  read->case_id, read->number);

  if (row == NULL)
    return FALSE;
  if (sag_db_next (db, row, &failure))
    {
      gsize       size;
      const void *blob = sag_row_blob (row, 0, &size);

      if (sag_steps_crc (read->case_id, read->number, blob, size) == sag_row_integer (row, 1))
        read->bytes = g_bytes_new (blob, size);
      sag_db_end (row);
    }
  if (failure == NULL && read->bytes == NULL)
    g_set_error (&failure, SAG_ERROR, SAG_ERROR_FORMAT,
                 "%s is damaged: a step of the undo journal does not fit its checksum.",
                 sag_db_get_name (db));
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

static GBytes *
load_step (gint64 number, gpointer user_data, GError **error)
{
  const Attached *attached = user_data;
  StepRead        read = { attached->case_id, number, NULL };

  return sag_store_run (attached->store, read_step, &read, error) ? read.bytes : NULL;
}

void
sag_masks_attach (SagStore *store, gint64 case_id, SagMaskSet *set)
{
  Attached *attached = g_new (Attached, 1);

  *attached = (Attached){ store, case_id };
  sag_mask_set_listen (set, on_step, attached, g_free);
  sag_mask_set_set_budget (set, SAG_MASK_UNDO_BYTES, load_step, attached);
}

void
sag_masks_detach (SagMaskSet *set)
{
  sag_mask_set_set_budget (set, SAG_MASK_UNDO_BYTES, NULL, NULL);
  sag_mask_set_listen (set, NULL, NULL, NULL);
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
sag_masks_list (SagDb *db, gint64 case_id, const SagGeometry *geometry, GError **error)
{
  g_autoptr (GPtrArray) out = g_ptr_array_new_with_free_func (stored_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, error,
                              "SELECT id, uuid, name, key, colour, locked, visible, reader FROM "
                              "masks WHERE case_id = ? ORDER BY position, id",
                              "i", case_id);

  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    {
      SagStoredMask *stored = g_new0 (SagStoredMask, 1);
      const gint64   id = sag_row_integer (row, 0);

      stored->info = g_new0 (SagMaskInfo, 1);
      stored->info->id = g_strdup (sag_row_text (row, 1));
      stored->info->name = g_strdup (sag_row_text (row, 2));
      stored->info->key = g_strdup (sag_row_text (row, 3));
      stored->info->colour = (guint32) sag_row_integer (row, 4);
      stored->info->locked = sag_row_integer (row, 5) != 0;
      stored->info->visible = sag_row_integer (row, 6) != 0;
      stored->reader = g_strdup (sag_row_text (row, 7));
      g_array_append_val (ids, id);
      g_ptr_array_add (out, stored);
    }
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
  const SagGeometry *geometry;
  SagMaskSet        *set;
} Load;

static gboolean
check_grid (SagDb *db, const Load *load, GError **error)
{
  g_autoptr (SagCaseRow) row = sag_cases_get (db, load->case_id, error);

  if (row == NULL)
    return FALSE;
  if (row->geometry.dims[0] == 0 || sag_geometry_equal (&row->geometry, load->geometry, 0.01))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s has another grid than when its masks were painted; put the old file back.",
               row->name);
  return FALSE;
}

static gboolean
load_set (SagDb *db, gpointer data, GError **error)
{
  Load   *load = data;
  GError *failure = NULL;
  SagRow *row;
  g_autoptr (GPtrArray) masks = NULL;
  g_autoptr (SagMaskSet) set = sag_mask_set_new (load->geometry);

  if (!check_grid (db, load, error))
    return FALSE;
  masks = sag_masks_list (db, load->case_id, load->geometry, error);
  if (masks == NULL)
    return FALSE;
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);

      sag_mask_set_put (set, stored->info, stored->mask);
    }
  row = sag_db_query (db, error,
                      "SELECT number, title, undone FROM steps WHERE case_id = ? ORDER BY number",
                      "i", load->case_id);
  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    sag_mask_set_put_step (set, sag_row_integer (row, 0), sag_row_text (row, 1),
                           sag_row_integer (row, 2) != 0);
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  load->set = g_steal_pointer (&set);
  return TRUE;
}

SagMaskSet *
sag_masks_load (SagStore *store, gint64 case_id, const SagGeometry *geometry, GError **error)
{
  Load load = { case_id, geometry, NULL };

  return sag_store_run (store, load_set, &load, error) ? load.set : NULL;
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

  if (!sag_db_integer (db, 0, &position, error, "SELECT count(*) FROM masks WHERE case_id = ?", "i",
                       case_id) ||
      !put_info (db, case_id, info, position, reader != NULL ? reader : sag_db_get_reader (db), &id,
                 error) ||
      !sag_db_run (db, error, "DELETE FROM bricks WHERE mask_id = ?", "i", id))
    return FALSE;
  for (gsize b = 0; b < sag_mask_get_n_bricks (mask); b++)
    {
      const SagBrick *brick = sag_mask_get_brick (mask, b);

      if (brick != NULL && !put_brick (db, id, (gint64) b, brick, error))
        return FALSE;
    }
  return sag_audit_add (db, error, "mask-put", "case %" G_GINT64_FORMAT " mask %s", case_id,
                        info->id);
}

typedef struct
{
  gint64      case_id;
  SagMaskSet *set;
} Adopt;

static gboolean
adopt (SagDb *db, gpointer data, GError **error)
{
  const Adopt *job = data;
  SagMaskStep *step;
  gint64       number;
  gboolean     undone;

  /* Steps are differences: those of other masks' history must not stand before these. */
  if (!sag_db_run (db, error, "DELETE FROM steps WHERE case_id = ?", "i", job->case_id))
    return FALSE;
  for (guint s = 0; (step = sag_mask_set_get_step (job->set, s, &number, &undone)) != NULL; s++)
    if (!insert_step (db, job->case_id, number, step, undone, error))
      return FALSE;
  for (guint i = 0; i < sag_mask_set_get_n (job->set); i++)
    if (!sag_masks_put (db, job->case_id, sag_mask_set_get_info (job->set, i),
                        sag_mask_set_get_mask (job->set, i), NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
sag_masks_adopt (SagStore *store, gint64 case_id, SagMaskSet *set, GError **error)
{
  if (!sag_store_run (store, adopt, &(Adopt){ case_id, set }, error))
    return FALSE;
  sag_masks_attach (store, case_id, set);
  return TRUE;
}
