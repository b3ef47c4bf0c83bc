/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/journal-private.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/db-private.h"
#include "model/store/masks-private.h"
#include "model/store/schema.h"

/* A step is written as differences, so it needs the one before it: each job looks how its forerunner fared. If that
 * was dropped, the masks are written whole and the journal begins anew. */

SagFate *
sag_fate_new (gboolean written)
{
  SagFate *fate = g_new (SagFate, 1);

  g_atomic_ref_count_init (&fate->ref_count);
  fate->written = written;
  return fate;
}

SagFate *
sag_fate_ref (SagFate *fate)
{
  g_atomic_ref_count_inc (&fate->ref_count);
  return fate;
}

void
sag_fate_unref (SagFate *fate)
{
  if (g_atomic_ref_count_dec (&fate->ref_count))
    g_free (fate);
}

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
clear_step (gpointer data)
{
  g_clear_pointer (&((SagJournalStep *) data)->step, sag_mask_step_unref);
}

SagJournalJob *
sag_journal_job_new (gint64 case_id, const char *reader, SagMaskSet *set)
{
  SagJournalJob *job = g_new0 (SagJournalJob, 1);

  job->case_id = case_id;
  job->reader = g_strdup (reader);
  job->fate = sag_fate_new (FALSE);
  job->infos = g_ptr_array_new_with_free_func (info_free);
  job->masks = g_ptr_array_new_with_free_func (mask_free);
  for (guint i = 0; i < sag_mask_set_get_n (set); i++)
    {
      g_ptr_array_add (job->infos, sag_mask_info_copy (sag_mask_set_get_info (set, i)));
      g_ptr_array_add (job->masks, sag_mask_ref (sag_mask_set_get_mask (set, i)));
    }
  return job;
}

void
sag_journal_job_free (gpointer data)
{
  SagJournalJob *job = data;

  g_free (job->reader);
  g_ptr_array_unref (job->infos);
  g_ptr_array_unref (job->masks);
  sag_fate_unref (job->fate);
  g_clear_pointer (&job->before, sag_fate_unref);
  g_clear_pointer (&job->step, sag_mask_step_unref);
  g_clear_pointer (&job->steps, g_array_unref);
  g_free (job);
}

void
sag_journal_job_add_steps (SagJournalJob *job, SagMaskSet *set)
{
  job->steps = g_array_new (FALSE, FALSE, sizeof (SagJournalStep));
  g_array_set_clear_func (job->steps, clear_step);
  for (guint s = 0; s < sag_mask_set_get_n_all_steps (set); s++)
    {
      SagJournalStep one = { 0 };

      one.step = sag_mask_set_get_step (set, s, &one.number, &one.undone);
      if (one.step != NULL)
        sag_mask_step_ref (one.step);
      g_array_append_val (job->steps, one);
    }
}

/* Steps */

/* The journal that steps are of. @first: its numbers in the table begin after that. */
typedef struct
{
  gint64      case_id;
  const char *reader;
  gint64      first;
} Journal;

static gboolean
open_journal (SagDb *db, gint64 case_id, const char *reader, Journal *journal, GError **error)
{
  gint64 place = 0;

  *journal = (Journal){ case_id, reader != NULL ? reader : sag_db_get_reader (db), 0 };
  if (!sag_db_integer (db, 0, &place, error,
                       "SELECT ifnull ((SELECT number / ?1 FROM steps WHERE case_id = ?2 AND "
                       "reader = ?3 LIMIT 1), (SELECT ifnull (max (number) / ?1 + 1, 0) FROM steps "
                       "WHERE case_id = ?2))",
                       "iis", SAG_STEPS_OF_A_READER, case_id, journal->reader))
    return FALSE;
  journal->first = place * SAG_STEPS_OF_A_READER;
  return TRUE;
}

static gboolean
insert_step (SagDb         *db,
             const Journal *journal,
             gint64         number,
             SagMaskStep   *step,
             gboolean       undone,
             GError       **error)
{
  g_autoptr (GBytes) bytes = sag_mask_step_dup_bytes (step);
  gsize       size;
  const void *data = g_bytes_get_data (bytes, &size);

  number += journal->first;
  return sag_db_run (db, error,
                     "INSERT INTO steps (case_id, reader, number, title, undone, at, data, crc) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     "isisiibi", journal->case_id, journal->reader, number,
                     sag_mask_step_get_title (step), (gint64) (undone ? 1 : 0), sag_db_now (db),
                     bytes, (gint64) sag_steps_crc (journal->case_id, number, data, size));
}

static gboolean
forget_steps (SagDb *db, const Journal *journal, gint64 from, GError **error)
{
  return sag_db_run (db, error,
                     "DELETE FROM steps WHERE case_id = ? AND reader = ? AND number >= ?", "isi",
                     journal->case_id, journal->reader, journal->first + from);
}

static gboolean
mark_step (SagDb *db, const Journal *journal, gint64 number, gboolean undone, GError **error)
{
  return sag_db_run (
    db, error, "UPDATE steps SET undone = ? WHERE case_id = ? AND reader = ? AND number = ?",
    "iisi", (gint64) (undone ? 1 : 0), journal->case_id, journal->reader, journal->first + number);
}

static gboolean
write_step_row (SagDb *db, const SagJournalJob *job, const Journal *journal, GError **error)
{
  if (job->event == SAG_MASK_STEP_DONE)
    return forget_steps (db, journal, job->forgotten, error) &&
           insert_step (db, journal, job->number, job->step, FALSE, error);
  if (!mark_step (db, journal, job->number, job->event == SAG_MASK_STEP_UNDONE, error))
    return FALSE;
  /* A step that the journal lost was undone or redone: those that it has do not fit the masks any more. */
  return sag_db_n_changed (db) == 1 || forget_steps (db, journal, 0, error);
}

static gboolean
is_in_project_only (const SagJournalJob *job, gint64 number)
{
  for (guint s = 0; s < job->steps->len; s++)
    {
      const SagJournalStep *one = &g_array_index (job->steps, SagJournalStep, s);

      if (one->number == number)
        return one->step == NULL;
    }
  return FALSE;
}

/* Steps are differences: those of other masks' history must not stand between these. */
static gboolean
forget_other_steps (SagDb *db, const SagJournalJob *job, const Journal *journal, GError **error)
{
  g_autoptr (GArray) others = g_array_new (FALSE, FALSE, sizeof (gint64));
  GError *failure = NULL;
  SagRow *row =
    sag_db_query (db, error, "SELECT number FROM steps WHERE case_id = ? AND reader = ?", "is",
                  journal->case_id, journal->reader);

  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    {
      const gint64 number = sag_row_integer (row, 0);

      if (!is_in_project_only (job, number - journal->first))
        g_array_append_val (others, number);
    }
  for (guint o = 0; failure == NULL && o < others->len; o++)
    sag_db_run (db, &failure, "DELETE FROM steps WHERE case_id = ? AND number = ?", "ii",
                journal->case_id, g_array_index (others, gint64, o));
  return sag_db_settle (failure, error);
}

static gboolean
write_all_steps (SagDb *db, const SagJournalJob *job, const Journal *journal, GError **error)
{
  if (!forget_other_steps (db, job, journal, error))
    return FALSE;
  for (guint s = 0; s < job->steps->len; s++)
    {
      const SagJournalStep *one = &g_array_index (job->steps, SagJournalStep, s);

      if (one->step != NULL ? !insert_step (db, journal, one->number, one->step, one->undone, error)
                            : !mark_step (db, journal, one->number, one->undone, error))
        return FALSE;
    }
  return TRUE;
}

/* Masks */

static int
find_info (const SagJournalJob *job, const char *uuid)
{
  for (guint i = 0; i < job->infos->len; i++)
    if (g_strcmp0 (((const SagMaskInfo *) g_ptr_array_index (job->infos, i))->id, uuid) == 0)
      return (int) i;
  return -1;
}

static gboolean
write_change (SagDb               *db,
              const SagJournalJob *job,
              const char          *reader,
              const SagMaskChange *change,
              GError             **error)
{
  const int index = find_info (job, change->id);
  SagMask  *mask;
  gint64    id = 0;

  if (index < 0)
    return sag_db_run (db, error, "DELETE FROM masks WHERE uuid = ?", "s", change->id);
  mask = g_ptr_array_index (job->masks, index);
  if (!sag_masks_put_info (db, job->case_id, g_ptr_array_index (job->infos, index), index, reader,
                           &id, error))
    return FALSE;
  for (gsize b = 0; b < change->n_bricks; b++)
    if (!sag_masks_put_brick (db, id, change->bricks[b],
                              sag_mask_get_brick (mask, change->bricks[b]), error))
      return FALSE;
  return TRUE;
}

static gboolean
write_changes (SagDb *db, const SagJournalJob *job, const char *reader, GError **error)
{
  for (guint c = 0; c < sag_mask_step_get_n_changes (job->step); c++)
    if (!write_change (db, job, reader, sag_mask_step_get_change (job->step, c), error))
      return FALSE;
  for (guint i = 0; i < job->infos->len; i++)
    if (!sag_masks_put_position (db, ((const SagMaskInfo *) g_ptr_array_index (job->infos, i))->id,
                                 i, error))
      return FALSE;
  return TRUE;
}

/* The reader's masks of the case that the set does not have. */
static gboolean
remove_others (SagDb *db, const SagJournalJob *job, const char *reader, GError **error)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, error, "SELECT uuid FROM masks WHERE case_id = ? AND reader = ?",
                              "is", job->case_id, reader);

  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    if (find_info (job, sag_row_text (row, 0)) < 0)
      g_ptr_array_add (gone, sag_row_dup_text (row, 0));
  for (guint g = 0; failure == NULL && g < gone->len; g++)
    sag_db_run (db, &failure, "DELETE FROM masks WHERE uuid = ?", "s", g_ptr_array_index (gone, g));
  return sag_db_settle (failure, error);
}

/* These masks and no others. */
static gboolean
write_whole (SagDb *db, const SagJournalJob *job, const char *reader, GError **error)
{
  if (!remove_others (db, job, reader, error))
    return FALSE;
  for (guint i = 0; i < job->infos->len; i++)
    {
      gint64 id = 0;

      if (!sag_masks_put_info (db, job->case_id, g_ptr_array_index (job->infos, i), i, reader, &id,
                               error) ||
          !sag_masks_put_all_bricks (db, id, g_ptr_array_index (job->masks, i), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_all (SagDb *db, const SagJournalJob *job, const char *reader, GError **error)
{
  for (guint i = 0; i < job->infos->len; i++)
    if (!sag_masks_put (db, job->case_id, g_ptr_array_index (job->infos, i),
                        g_ptr_array_index (job->masks, i), reader, error))
      return FALSE;
  return TRUE;
}

static gboolean
begin_work (SagDb *db, const SagJournalJob *job, GError **error)
{
  return sag_db_run (db, error, "UPDATE cases SET state = 1 WHERE id = ? AND state = 0", "i",
                     job->case_id);
}

static gboolean
write_anew (SagDb *db, const SagJournalJob *job, const Journal *journal, GError **error)
{
  return write_whole (db, job, journal->reader, error) && forget_steps (db, journal, 0, error) &&
         sag_audit_add (db, error, "mask-whole",
                        "case %" G_GINT64_FORMAT ", the journal begins anew", job->case_id);
}

gboolean
sag_journal_write_step (SagDb *db, gpointer data, GError **error)
{
  static const char *const words[] = { "done", "undone", "redone" };
  const SagJournalJob     *job = data;
  Journal                  journal;

  job->fate->written = FALSE;
  job->fate->written =
    open_journal (db, job->case_id, job->reader, &journal, error) &&
    (job->before->written ? write_changes (db, job, journal.reader, error)
                          : write_anew (db, job, &journal, error)) &&
    write_step_row (db, job, &journal, error) && begin_work (db, job, error) &&
    sag_audit_add (db, error, "mask", "case %" G_GINT64_FORMAT " step %" G_GINT64_FORMAT " %s",
                   job->case_id, job->number, words[job->event]);
  return job->fate->written;
}

gboolean
sag_journal_write_all (SagDb *db, gpointer data, GError **error)
{
  const SagJournalJob *job = data;
  Journal              journal;

  job->fate->written = FALSE;
  job->fate->written =
    open_journal (db, job->case_id, job->reader, &journal, error) &&
    write_all_steps (db, job, &journal, error) &&
    (job->alone ? write_whole (db, job, journal.reader, error) && begin_work (db, job, error) &&
                    sag_audit_add (db, error, "mask-whole", "case %" G_GINT64_FORMAT ", %u steps",
                                   job->case_id, job->steps->len)
                : put_all (db, job, journal.reader, error));
  return job->fate->written;
}

/* Of a project of before format 3 that is only looked at there is one journal for a case. */
static SagRow *
query_step (SagDb *db, const SagJournalRead *read, gint64 *number, GError **error)
{
  Journal journal;

  *number = read->number;
  if (!sag_schema_need_version (db, error))
    return NULL;
  if (db->version < 3)
    return sag_db_query (db, error, "SELECT data, crc FROM steps WHERE case_id = ? AND number = ?",
                         "ii", read->case_id, *number);
  if (!open_journal (db, read->case_id, read->reader, &journal, error))
    return NULL;
  *number += journal.first;
  return sag_db_query (
    db, error, "SELECT data, crc FROM steps WHERE case_id = ? AND reader = ? AND number = ?", "isi",
    read->case_id, journal.reader, *number);
}

gboolean
sag_journal_read_step (SagDb *db, gpointer data, GError **error)
{
  SagJournalRead *read = data;
  GError         *failure = NULL;
  gboolean        found;
  gint64          number = 0;
  SagRow         *row = query_step (db, read, &number, error);

  if (row == NULL)
    return FALSE;
  found = sag_db_next (db, row, &failure);
  if (found)
    {
      gsize       size;
      const void *blob = sag_row_blob (row, 0, &size);

      if (sag_steps_crc (read->case_id, number, blob, size) == sag_row_integer (row, 1))
        read->bytes = g_bytes_new (blob, size);
      sag_db_end (row);
    }
  if (failure == NULL && !found)
    g_set_error (&failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "This step is no longer in %s: its undo journal began anew later.",
                 sag_db_get_name (db));
  if (failure == NULL && read->bytes == NULL)
    g_set_error (&failure, SAG_ERROR, SAG_ERROR_FORMAT,
                 "%s is damaged: a step of the undo journal does not fit its checksum.",
                 sag_db_get_name (db));
  return sag_db_settle (failure, error);
}
