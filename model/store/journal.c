/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/masks-private.h"
#include "model/store/store-private.h"

/* A step is written as differences, so it needs the one before it: each job looks how its forerunner fared. If that
 * was dropped, the masks are written whole and the journal begins anew. */
typedef struct
{
  gatomicrefcount ref_count;
  gboolean        written; /* of the store's thread */
} Fate;

static Fate *
fate_new (gboolean written)
{
  Fate *fate = g_new (Fate, 1);

  g_atomic_ref_count_init (&fate->ref_count);
  fate->written = written;
  return fate;
}

static Fate *
fate_ref (Fate *fate)
{
  g_atomic_ref_count_inc (&fate->ref_count);
  return fate;
}

static void
fate_unref (Fate *fate)
{
  if (g_atomic_ref_count_dec (&fate->ref_count))
    g_free (fate);
}

/* What a step did, and all masks after it, as they were at that moment. */
typedef struct
{
  gint64       case_id;
  SagMaskEvent event;
  gint64       number;
  gint64       forgotten;
  SagMaskStep *step;
  GPtrArray   *infos;
  GPtrArray   *masks;
  Fate        *before;
  Fate        *fate;
} StepJob;

static void
info_free (gpointer info)
{
  sag_mask_info_free (info);
}

static void
mask_free (gpointer mask)
{
  sag_mask_unref (mask);
}

static void
step_job_free (gpointer data)
{
  StepJob *job = data;

  g_clear_pointer (&job->step, sag_mask_step_unref);
  g_ptr_array_unref (job->infos);
  g_ptr_array_unref (job->masks);
  fate_unref (job->before);
  fate_unref (job->fate);
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
forget_steps (SagDb *db, gint64 case_id, gint64 from, GError **error)
{
  return sag_db_run (db, error, "DELETE FROM steps WHERE case_id = ? AND number >= ?", "ii",
                     case_id, from);
}

static gboolean
write_step_row (SagDb *db, const StepJob *job, GError **error)
{
  if (job->event == SAG_MASK_STEP_DONE)
    return forget_steps (db, job->case_id, job->forgotten, error) &&
           insert_step (db, job->case_id, job->number, job->step, FALSE, error);
  if (!sag_db_run (db, error, "UPDATE steps SET undone = ? WHERE case_id = ? AND number = ?", "iii",
                   (gint64) (job->event == SAG_MASK_STEP_UNDONE), job->case_id, job->number))
    return FALSE;
  /* A step that the journal lost was undone or redone: those that it has do not fit the masks any more. */
  return sag_db_n_changed (db) == 1 || forget_steps (db, job->case_id, 0, error);
}

static int
find_info (const StepJob *job, const char *uuid)
{
  for (guint i = 0; i < job->infos->len; i++)
    if (g_strcmp0 (((const SagMaskInfo *) g_ptr_array_index (job->infos, i))->id, uuid) == 0)
      return (int) i;
  return -1;
}

static gboolean
write_change (SagDb *db, const StepJob *job, const SagMaskChange *change, GError **error)
{
  const int index = find_info (job, change->id);
  SagMask  *mask;
  gint64    id = 0;

  if (index < 0)
    return sag_db_run (db, error, "DELETE FROM masks WHERE uuid = ?", "s", change->id);
  mask = g_ptr_array_index (job->masks, index);
  if (!sag_masks_put_info (db, job->case_id, g_ptr_array_index (job->infos, index), index,
                           sag_db_get_reader (db), &id, error))
    return FALSE;
  for (gsize b = 0; b < change->n_bricks; b++)
    if (!sag_masks_put_brick (db, id, change->bricks[b],
                              sag_mask_get_brick (mask, change->bricks[b]), error))
      return FALSE;
  return TRUE;
}

static gboolean
write_changes (SagDb *db, const StepJob *job, GError **error)
{
  for (guint c = 0; c < sag_mask_step_get_n_changes (job->step); c++)
    if (!write_change (db, job, sag_mask_step_get_change (job->step, c), error))
      return FALSE;
  for (guint i = 0; i < job->infos->len; i++)
    if (!sag_masks_put_position (db, ((const SagMaskInfo *) g_ptr_array_index (job->infos, i))->id,
                                 i, error))
      return FALSE;
  return TRUE;
}

/* Masks of the case that the set does not have. */
static gboolean
remove_others (SagDb *db, const StepJob *job, GError **error)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GError *failure = NULL;
  SagRow *row =
    sag_db_query (db, error, "SELECT uuid FROM masks WHERE case_id = ?", "i", job->case_id);

  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    if (find_info (job, sag_row_text (row, 0)) < 0)
      g_ptr_array_add (gone, g_strdup (sag_row_text (row, 0)));
  for (guint g = 0; failure == NULL && g < gone->len; g++)
    sag_db_run (db, &failure, "DELETE FROM masks WHERE uuid = ?", "s", g_ptr_array_index (gone, g));
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
write_whole (SagDb *db, const StepJob *job, GError **error)
{
  if (!remove_others (db, job, error) || !forget_steps (db, job->case_id, 0, error))
    return FALSE;
  for (guint i = 0; i < job->infos->len; i++)
    {
      gint64 id = 0;

      if (!sag_masks_put_info (db, job->case_id, g_ptr_array_index (job->infos, i), i,
                               sag_db_get_reader (db), &id, error) ||
          !sag_masks_put_all_bricks (db, id, g_ptr_array_index (job->masks, i), error))
        return FALSE;
    }
  return sag_audit_add (db, error, "mask-whole",
                        "case %" G_GINT64_FORMAT ", the journal begins anew", job->case_id);
}

static gboolean
write_step (SagDb *db, gpointer data, GError **error)
{
  static const char *const words[] = { "done", "undone", "redone" };
  const StepJob           *job = data;

  job->fate->written = FALSE;
  job->fate->written =
    (job->before->written ? write_changes (db, job, error) : write_whole (db, job, error)) &&
    write_step_row (db, job, error) &&
    sag_db_run (db, error, "UPDATE cases SET state = 1 WHERE id = ? AND state = 0", "i",
                job->case_id) &&
    sag_audit_add (db, error, "mask", "case %" G_GINT64_FORMAT " step %" G_GINT64_FORMAT " %s",
                   job->case_id, job->number, words[job->event]);
  return job->fate->written;
}

/* A set that is written as it changes.
 *
 * @is_behind: it was changed while the project could only be looked at */
typedef struct
{
  gatomicrefcount ref_count;
  SagStore       *store;
  SagMaskSet     *set; /* NULL once detached */
  gint64          case_id;
  gboolean        is_behind;
  Fate           *last;
} Attached;

static void
attached_unref (gpointer data)
{
  Attached *attached = data;

  if (!g_atomic_ref_count_dec (&attached->ref_count))
    return;
  fate_unref (attached->last);
  g_free (attached);
}

static void
on_gone (gpointer data)
{
  ((Attached *) data)->set = NULL;
  attached_unref (data);
}

/* A job with the masks as they are now, after the one before. */
static StepJob *
step_job_new (Attached *attached)
{
  StepJob    *job = g_new0 (StepJob, 1);
  SagMaskSet *set = attached->set;

  job->case_id = attached->case_id;
  job->infos = g_ptr_array_new_with_free_func (info_free);
  job->masks = g_ptr_array_new_with_free_func (mask_free);
  job->before = attached->last;
  job->fate = fate_new (FALSE);
  attached->last = fate_ref (job->fate);
  for (guint i = 0; i < sag_mask_set_get_n (set); i++)
    {
      g_ptr_array_add (job->infos, sag_mask_info_copy (sag_mask_set_get_info (set, i)));
      g_ptr_array_add (job->masks, sag_mask_ref (sag_mask_set_get_mask (set, i)));
    }
  return job;
}

static void
set_behind (Attached *attached)
{
  attached->is_behind = TRUE;
  fate_unref (attached->last);
  attached->last = fate_new (FALSE);
}

static void
on_step (SagMaskSet  *set,
         SagMaskEvent event,
         gint64       number,
         gint64       forgotten,
         SagMaskStep *step,
         gpointer     user_data)
{
  Attached *attached = user_data;
  StepJob  *job;

  if (sag_store_is_read_only (attached->store))
    {
      set_behind (attached);
      return;
    }
  attached->is_behind = FALSE;
  job = step_job_new (attached);
  job->event = event;
  job->number = number;
  job->forgotten = forgotten;
  job->step = sag_mask_step_ref (step);
  sag_store_post (attached->store, write_step, job, step_job_free);
}

void
sag_masks_note_unwritten (SagMaskSet *set)
{
  Attached *attached = sag_mask_set_get_listener (set, on_step);

  g_return_if_fail (attached != NULL);
  set_behind (attached);
}

static gboolean
write_all (SagDb *db, gpointer data, GError **error)
{
  const StepJob *job = data;

  job->fate->written = FALSE;
  job->fate->written = write_whole (db, job, error);
  return job->fate->written;
}

void
sag_masks_write_later (SagMaskSet *set)
{
  Attached *attached = sag_mask_set_get_listener (set, on_step);

  if (attached == NULL || !attached->is_behind || sag_store_is_read_only (attached->store))
    return;
  attached->is_behind = FALSE;
  sag_store_post (attached->store, write_all, step_job_new (attached), step_job_free);
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
  else if (failure == NULL)
    g_set_error (&failure, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%s no longer has this step: its journal began anew.", sag_db_get_name (db));
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
  Attached *attached = g_new0 (Attached, 1);

  g_atomic_ref_count_init (&attached->ref_count);
  attached->store = store;
  attached->set = set;
  attached->case_id = case_id;
  attached->last = fate_new (TRUE);
  sag_mask_set_listen (set, on_step, attached, on_gone);
  sag_mask_set_set_budget (set, SAG_MASK_UNDO_BYTES, load_step, attached);
}

void
sag_masks_detach (SagMaskSet *set)
{
  sag_mask_set_set_budget (set, SAG_MASK_UNDO_BYTES, NULL, NULL);
  sag_mask_set_listen (set, NULL, NULL, NULL);
}

/* Undo and redo without waiting */

typedef struct
{
  StepRead  read;
  Attached *attached;
  gboolean  back;
} Later;

static void
later_free (gpointer data)
{
  Later *later = data;

  g_clear_pointer (&later->read.bytes, g_bytes_unref);
  attached_unref (later->attached);
  g_free (later);
}

static void
return_step (GTask *task, SagMaskSet *set, gboolean back)
{
  GError        *error = NULL;
  const gboolean done = back ? sag_mask_set_undo (set, &error) : sag_mask_set_redo (set, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, done);
}

static void
on_step_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Later      *later = g_task_get_task_data (task);
  SagMaskSet *set = later->attached->set;
  GError     *error = NULL;

  if (!sag_store_run_finish (result, &error))
    g_task_return_error (task, error);
  else if (set == NULL || sag_mask_set_get_missing (set, later->back) != later->read.number)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "Something else was done meanwhile.");
  else if (!sag_mask_set_give_step (set, later->read.number, later->read.bytes, &error))
    g_task_return_error (task, error);
  else
    return_step (task, set, later->back);
}

void
sag_masks_step_async (SagMaskSet         *set,
                      gboolean            back,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  Attached    *attached = sag_mask_set_get_listener (set, on_step);
  GTask       *task = g_task_new (NULL, NULL, callback, user_data);
  const gint64 number = sag_mask_set_get_missing (set, back);
  Later       *later;

  if (number == 0 || attached == NULL)
    {
      return_step (task, set, back);
      g_object_unref (task);
      return;
    }
  later = g_new0 (Later, 1);
  g_atomic_ref_count_inc (&attached->ref_count);
  *later = (Later){ { attached->case_id, number, NULL }, attached, back };
  g_task_set_task_data (task, later, later_free);
  sag_store_read_async (attached->store, read_step, &later->read, on_step_read, task);
}

gboolean
sag_masks_step_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Adopting */

typedef struct
{
  gint64       number;
  gboolean     undone;
  SagMaskStep *step;
} AdoptedStep;

static void
clear_adopted_step (gpointer data)
{
  sag_mask_step_unref (((AdoptedStep *) data)->step);
}

/* A set as it was: what is done to it meanwhile comes after. */
typedef struct
{
  gint64     case_id;
  GArray    *steps; /* of AdoptedStep */
  GPtrArray *infos;
  GPtrArray *masks;
} Adopt;

static Adopt *
adopt_new (gint64 case_id, SagMaskSet *set)
{
  Adopt      *job = g_new0 (Adopt, 1);
  AdoptedStep one;

  job->case_id = case_id;
  job->steps = g_array_new (FALSE, FALSE, sizeof (AdoptedStep));
  g_array_set_clear_func (job->steps, clear_adopted_step);
  job->infos = g_ptr_array_new_with_free_func (info_free);
  job->masks = g_ptr_array_new_with_free_func (mask_free);
  for (guint s = 0; (one.step = sag_mask_set_get_step (set, s, &one.number, &one.undone)) != NULL;
       s++)
    {
      sag_mask_step_ref (one.step);
      g_array_append_val (job->steps, one);
    }
  for (guint i = 0; i < sag_mask_set_get_n (set); i++)
    {
      g_ptr_array_add (job->infos, sag_mask_info_copy (sag_mask_set_get_info (set, i)));
      g_ptr_array_add (job->masks, sag_mask_ref (sag_mask_set_get_mask (set, i)));
    }
  return job;
}

static void
adopt_free (gpointer data)
{
  Adopt *job = data;

  g_array_unref (job->steps);
  g_ptr_array_unref (job->infos);
  g_ptr_array_unref (job->masks);
  g_free (job);
}

static gboolean
adopt (SagDb *db, gpointer data, GError **error)
{
  const Adopt *job = data;

  /* Steps are differences: those of other masks' history must not stand before these. */
  if (!sag_db_run (db, error, "DELETE FROM steps WHERE case_id = ?", "i", job->case_id))
    return FALSE;
  for (guint s = 0; s < job->steps->len; s++)
    {
      const AdoptedStep *one = &g_array_index (job->steps, AdoptedStep, s);

      if (!insert_step (db, job->case_id, one->number, one->step, one->undone, error))
        return FALSE;
    }
  for (guint i = 0; i < job->infos->len; i++)
    if (!sag_masks_put (db, job->case_id, g_ptr_array_index (job->infos, i),
                        g_ptr_array_index (job->masks, i), NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
sag_masks_adopt (SagStore *store, gint64 case_id, SagMaskSet *set, GError **error)
{
  Adopt         *job = adopt_new (case_id, set);
  const gboolean done = sag_store_run (store, adopt, job, error);

  adopt_free (job);
  if (done)
    sag_masks_attach (store, case_id, set);
  return done;
}

void
sag_masks_adopt_later (SagStore *store, gint64 case_id, SagMaskSet *set)
{
  sag_store_post (store, adopt, adopt_new (case_id, set), adopt_free);
  sag_masks_attach (store, case_id, set);
}
