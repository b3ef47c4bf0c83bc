/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/journal-private.h"

/* A set that is written as it changes. */
typedef struct
{
  gatomicrefcount ref_count;
  SagStore       *store;
  SagMaskSet     *set; /* NULL once detached */
  gint64          case_id;
  char           *reader;
  SagFate        *last;
} Attached;

static void
attached_unref (gpointer data)
{
  Attached *attached = data;

  if (!g_atomic_ref_count_dec (&attached->ref_count))
    return;
  sag_fate_unref (attached->last);
  g_free (attached->reader);
  g_free (attached);
}

static void
on_gone (gpointer data)
{
  ((Attached *) data)->set = NULL;
  attached_unref (data);
}

/* The next step is done to what this job writes. */
static void
set_last (Attached *attached, SagFate *fate)
{
  sag_fate_unref (attached->last);
  attached->last = sag_fate_ref (fate);
}

static void
write_whole (Attached *attached, SagMaskSet *set)
{
  SagJournalJob *job = sag_journal_job_new (attached->case_id, attached->reader, set);

  job->alone = TRUE;
  sag_journal_job_add_steps (job, set);
  set_last (attached, job->fate);
  sag_mask_set_set_kept (set, TRUE);
  sag_store_post (attached->store, sag_journal_write_all, job, sag_journal_job_free);
}

static void
on_step (SagMaskSet  *set,
         SagMaskEvent event,
         gint64       number,
         gint64       forgotten,
         SagMaskStep *step,
         gpointer     user_data)
{
  Attached      *attached = user_data;
  SagJournalJob *job;

  if (sag_store_is_read_only (attached->store))
    {
      sag_mask_set_set_kept (set, FALSE);
      return;
    }
  if (!sag_mask_set_is_kept (set))
    {
      write_whole (attached, set);
      return;
    }
  job = sag_journal_job_new (attached->case_id, attached->reader, set);
  job->before = sag_fate_ref (attached->last);
  job->event = event;
  job->number = number;
  job->forgotten = forgotten;
  job->step = sag_mask_step_ref (step);
  set_last (attached, job->fate);
  sag_store_post (attached->store, sag_journal_write_step, job, sag_journal_job_free);
}

static GBytes *
load_step (gint64 number, gpointer user_data, GError **error)
{
  const Attached *attached = user_data;
  SagJournalRead  read = { attached->case_id, attached->reader, number, NULL };

  return sag_store_run (attached->store, sag_journal_read_step, &read, error) ? read.bytes : NULL;
}

/* @last: how it fares with what the set shows now. */
static void
attach (SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set, SagFate *last)
{
  Attached *attached = g_new0 (Attached, 1);

  g_atomic_ref_count_init (&attached->ref_count);
  attached->store = store;
  attached->set = set;
  attached->case_id = case_id;
  attached->reader = g_strdup (reader);
  attached->last = sag_fate_ref (last);
  sag_mask_set_listen (set, on_step, attached, on_gone);
  sag_mask_set_set_budget (set, SAG_MASK_UNDO_BYTES, load_step, attached);
}

void
sag_masks_attach (SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set)
{
  SagFate *last = sag_fate_new (TRUE);

  if (!sag_store_is_read_only (store) ||
      (sag_mask_set_get_n (set) == 0 && sag_mask_set_get_n_all_steps (set) == 0))
    sag_mask_set_set_kept (set, TRUE);
  attach (store, case_id, reader, set, last);
  sag_fate_unref (last);
}

void
sag_masks_detach (SagMaskSet *set)
{
  sag_mask_set_set_kept (set, FALSE);
  sag_mask_set_forget_missing (set);
  sag_mask_set_set_budget (set, SAG_MASK_UNDO_BYTES, NULL, NULL);
  sag_mask_set_listen (set, NULL, NULL, NULL);
}

void
sag_masks_note_unwritten (SagMaskSet *set)
{
  sag_mask_set_set_kept (set, FALSE);
}

gboolean
sag_masks_write_later (SagMaskSet *set)
{
  Attached *attached = sag_mask_set_get_listener (set, on_step);

  if (attached == NULL || sag_store_is_read_only (attached->store) || sag_mask_set_is_kept (set))
    return FALSE;
  write_whole (attached, set);
  return TRUE;
}

/* Undo and redo without waiting */

typedef struct
{
  SagJournalRead read;
  Attached      *attached;
  gboolean       back;
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
  *later = (Later){ { attached->case_id, attached->reader, number, NULL }, attached, back };
  g_task_set_task_data (task, later, later_free);
  sag_store_read_async (attached->store, sag_journal_read_step, &later->read, on_step_read, task);
}

gboolean
sag_masks_step_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Adopting: what is done to the set meanwhile comes after. */

gboolean
sag_masks_adopt (
  SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set, GError **error)
{
  SagJournalJob *job = sag_journal_job_new (case_id, reader, set);
  gboolean       done;

  sag_journal_job_add_steps (job, set);
  done = sag_store_run (store, sag_journal_write_all, job, error);
  if (done)
    sag_masks_attach (store, case_id, reader, set);
  sag_journal_job_free (job);
  return done;
}

void
sag_masks_adopt_later (SagStore *store, gint64 case_id, const char *reader, SagMaskSet *set)
{
  SagJournalJob *job;

  if (sag_store_is_read_only (store))
    {
      sag_masks_attach (store, case_id, reader, set);
      return;
    }
  job = sag_journal_job_new (case_id, reader, set);
  sag_journal_job_add_steps (job, set);
  attach (store, case_id, reader, set, job->fate);
  sag_mask_set_set_kept (set, TRUE);
  sag_store_post (store, sag_journal_write_all, job, sag_journal_job_free);
}
