/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/implicit.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/cases.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/records.h"
#include "model/store/schema.h"
#include "model/store/seen.h"

#include <string.h>

typedef struct
{
  const char        *path;
  const char *const *held;
  SagAdopted        *out;
  SagDb             *from;
  SagDb             *to;
  GPtrArray         *from_tasks;
  GPtrArray         *to_tasks;
} Adopt;

void
sag_adopted_clear (SagAdopted *adopted)
{
  g_clear_pointer (&adopted->scans, g_array_unref);
  g_clear_pointer (&adopted->labels, g_array_unref);
  g_clear_pointer (&adopted->masks, g_ptr_array_unref);
  *adopted = (SagAdopted){ 0 };
}

/* Masks */

static const SagStoredMask *
find_mask (GPtrArray *masks, const char *id)
{
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);

      if (g_strcmp0 (stored->info->id, id) == 0)
        return stored;
    }
  return NULL;
}

/* Whoever has it, in whatever case. */
static gboolean
is_taken (Adopt *adopt, const char *id, gboolean *taken, GError **error)
{
  gint64 n = 0;

  if (!sag_db_integer (adopt->to, 0, &n, error, "SELECT count(*) FROM masks WHERE uuid = ?", "s",
                       id))
    return FALSE;
  *taken |= n > 0;
  return TRUE;
}

static gboolean
adopt_mask (Adopt               *adopt,
            gint64               id,
            const SagStoredMask *one,
            const SagStoredMask *known,
            const char          *reader,
            GError             **error)
{
  g_autoptr (SagMaskInfo) info = sag_mask_info_copy (one->info);
  gboolean taken = FALSE;

  if (sag_mask_is_empty (one->mask) || (known != NULL && sag_mask_equal (known->mask, one->mask)))
    return TRUE;
  if (known != NULL && adopt->held != NULL && g_strv_contains (adopt->held, info->id))
    {
      g_ptr_array_add (adopt->out->masks, g_strdup (info->id));
      return TRUE;
    }
  if (!is_taken (adopt, info->id, &taken, error))
    return FALSE;
  if (taken)
    {
      g_free (info->id);
      info->id = g_uuid_string_random ();
    }
  adopt->out->n_masks++;
  return sag_masks_put (adopt->to, id, info, one->mask, reader, error);
}

/* Steps are differences: they fit where the same masks stand and no others. */
static gboolean
copy_step (Adopt *adopt, SagRow *row, gint64 number, gint64 to_id, const char *to, GError **error)
{
  gsize       size;
  const void *data = sag_row_blob (row, 4, &size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  return sag_db_run (adopt->to, error,
                     "INSERT INTO steps (case_id, reader, number, title, undone, at, data, crc) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     "isisiibi", to_id, to, number, sag_row_text (row, 1), sag_row_integer (row, 2),
                     sag_row_integer (row, 3), bytes,
                     (gint64) sag_steps_crc (to_id, number, data, size));
}

static gboolean
copy_steps (
  Adopt *adopt, gint64 from_id, gint64 to_id, const char *from, const char *to, GError **error)
{
  GError *failure = NULL;
  gint64  place = 0;
  SagRow *row;

  if (!sag_db_integer (adopt->to, 0, &place, error,
                       "SELECT ifnull (max (number) / ? + 1, 0) FROM steps WHERE case_id = ?", "ii",
                       SAG_STEPS_OF_A_READER, to_id))
    return FALSE;
  row =
    sag_db_query (adopt->from, error,
                  "SELECT number, title, undone, at, data, crc FROM steps WHERE case_id = ? AND "
                  "reader = ? ORDER BY number",
                  "is", from_id, from);
  if (row == NULL)
    return FALSE;
  while (failure == NULL && sag_db_next (adopt->from, row, &failure))
    {
      const gint64 number = sag_row_integer (row, 0);
      gsize        size;
      const void  *data = sag_row_blob (row, 4, &size);

      if (sag_steps_crc (from_id, number, data, size) != sag_row_integer (row, 5))
        g_set_error (&failure, SAG_ERROR, SAG_ERROR_FORMAT,
                     "%s is damaged: a step of the undo journal does not fit its checksum.",
                     sag_db_get_name (adopt->from));
      else
        copy_step (adopt, row, place * SAG_STEPS_OF_A_READER + number % SAG_STEPS_OF_A_READER,
                   to_id, to, &failure);
      if (failure != NULL)
        sag_db_end (row);
    }
  return sag_db_settle (failure, error);
}

/* The masks as they are, with their journal. */
static gboolean
adopt_whole (Adopt      *adopt,
             gint64      from_id,
             gint64      to_id,
             GPtrArray  *masks,
             const char *from,
             const char *to,
             GError    **error)
{
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *one = g_ptr_array_index (masks, m);

      if (!sag_masks_put (adopt->to, to_id, one->info, one->mask, to, error))
        return FALSE;
      adopt->out->n_masks += !sag_mask_is_empty (one->mask);
    }
  return copy_steps (adopt, from_id, to_id, from, to, error);
}

/* Who had no name yet has the one of who works now. */
static const char *
get_name (Adopt *adopt, const char *reader)
{
  return g_strcmp0 (reader, g_get_user_name ()) == 0 ? sag_db_get_reader (adopt->to) : reader;
}

static gboolean
adopt_masks_of (
  Adopt *adopt, gint64 from_id, const SagCaseRow *one, const char *reader, GError **error)
{
  const char *to = get_name (adopt, reader);
  g_autoptr (GPtrArray) theirs =
    sag_masks_list (adopt->from, from_id, reader, &one->geometry, error);
  g_autoptr (GPtrArray) mine =
    theirs != NULL ? sag_masks_list (adopt->to, one->id, to, &one->geometry, error) : NULL;
  gint64   n_steps = 0;
  gboolean taken = FALSE;

  if (mine == NULL ||
      !sag_db_integer (adopt->to, 0, &n_steps, error,
                       "SELECT count(*) FROM steps WHERE case_id = ? AND reader = ?", "is", one->id,
                       to))
    return FALSE;
  for (guint m = 0; m < theirs->len; m++)
    if (!is_taken (adopt, ((const SagStoredMask *) theirs->pdata[m])->info->id, &taken, error))
      return FALSE;
  if (mine->len == 0 && n_steps == 0 && !taken)
    return adopt_whole (adopt, from_id, one->id, theirs, reader, to, error);
  for (guint m = 0; m < theirs->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (theirs, m);

      if (!adopt_mask (adopt, one->id, stored, find_mask (mine, stored->info->id), to, error))
        return FALSE;
    }
  return TRUE;
}

static GPtrArray *
list_readers (SagDb *db, gint64 case_id, GError **error)
{
  g_autoptr (GPtrArray) readers = g_ptr_array_new_with_free_func (g_free);
  GError *failure = NULL;
  SagRow *row =
    sag_db_query (db, error, "SELECT DISTINCT reader FROM masks WHERE case_id = ?", "i", case_id);

  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    if (sag_row_text (row, 0) != NULL)
      g_ptr_array_add (readers, sag_row_dup_text (row, 0));
  return sag_db_settle (failure, error) ? g_steal_pointer (&readers) : NULL;
}

static gboolean
adopt_masks (Adopt *adopt, gint64 from_id, const SagCaseRow *one, GError **error)
{
  const guint before = adopt->out->n_masks;
  g_autoptr (GPtrArray) readers = list_readers (adopt->from, from_id, error);

  for (guint r = 0; readers != NULL && r < readers->len; r++)
    if (!adopt_masks_of (adopt, from_id, one, g_ptr_array_index (readers, r), error))
      return FALSE;
  return readers != NULL &&
         (adopt->out->n_masks == before ||
          sag_db_run (adopt->to, error, "UPDATE cases SET state = 1 WHERE id = ? AND state = 0",
                      "i", one->id));
}

/* Labels */

static gboolean
same_wording (const char *a, const char *b)
{
  g_autofree char *one = g_utf8_casefold (a, -1);
  g_autofree char *other = g_utf8_casefold (b, -1);

  return strcmp (g_strstrip (one), g_strstrip (other)) == 0;
}

/* 0: the project does not ask that. */
static gint64
find_task (const Adopt *adopt, gint64 from_id)
{
  const char *wording = NULL;

  for (guint t = 0; t < adopt->from_tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (adopt->from_tasks, t);

      if (task->id == from_id)
        wording = task->wording;
    }
  for (guint t = 0; wording != NULL && t < adopt->to_tasks->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (adopt->to_tasks, t);

      if (same_wording (task->wording, wording))
        return task->id;
    }
  return 0;
}

static const SagLabelRow *
find_label (GPtrArray *labels, gint64 task_id, const char *reader)
{
  for (guint l = 0; l < labels->len; l++)
    {
      const SagLabelRow *row = g_ptr_array_index (labels, l);

      if (row->task_id == task_id && g_strcmp0 (row->reader, reader) == 0 &&
          row->value != SAG_LABEL_VALUE_NONE)
        return row;
    }
  return NULL;
}

static gboolean
says_the_same (const SagLabelRow *a, const SagLabelRow *b)
{
  return a->value == b->value && g_strcmp0 (a->side, b->side) == 0 &&
         a->certainty == b->certainty && g_strcmp0 (a->location, b->location) == 0 &&
         g_strcmp0 (a->comment, b->comment) == 0;
}

static gboolean
adopt_labels (Adopt *adopt, gint64 from_id, gint64 to_id, GError **error)
{
  g_autoptr (GPtrArray) theirs = sag_labels_list (adopt->from, from_id, error);
  g_autoptr (GPtrArray) mine = theirs != NULL ? sag_labels_list (adopt->to, to_id, error) : NULL;

  if (mine == NULL)
    return FALSE;
  for (guint l = 0; l < theirs->len; l++)
    {
      const SagLabelRow *row = g_ptr_array_index (theirs, l);
      const gint64       task_id = find_task (adopt, row->task_id);
      const SagLabelRow *known =
        task_id != 0 ? find_label (mine, task_id, get_name (adopt, row->reader)) : NULL;
      SagLabelRow label = *row;

      if (row->value == SAG_LABEL_VALUE_NONE || (known != NULL && says_the_same (known, row)))
        continue;
      if (task_id == 0 || known != NULL)
        {
          adopt->out->n_left++;
          g_array_append_val (adopt->out->labels, row->id);
          continue;
        }
      label.case_id = to_id;
      label.task_id = task_id;
      label.reader = (char *) get_name (adopt, row->reader);
      if (!sag_labels_put (adopt->to, &label, error))
        return FALSE;
      adopt->out->n_labels++;
    }
  return TRUE;
}

/* What was looked at */

static gboolean
adopt_seen (Adopt *adopt, gint64 from_id, gint64 to_id, GError **error)
{
  g_autoptr (GPtrArray) seen = NULL;
  g_autoptr (GPtrArray) answers = NULL;

  sag_db_set_reader (adopt->from, sag_db_get_reader (adopt->to));
  seen = sag_seen_list (adopt->from, from_id, error);
  answers = seen != NULL ? sag_answers_list (adopt->from, from_id, error) : NULL;
  if (answers == NULL)
    return FALSE;
  for (guint s = 0; s < seen->len; s++)
    {
      const SagSeenRow *row = g_ptr_array_index (seen, s);

      if (!sag_seen_add (adopt->to, to_id, row->text, row->bundle, error))
        return FALSE;
    }
  for (guint a = 0; a < answers->len; a++)
    {
      SagAnswerRow *row = g_ptr_array_index (answers, a);
      gint64        n = 0;

      row->case_id = to_id;
      if (!sag_db_integer (
            adopt->to, 0, &n, error,
            "SELECT count(*) FROM answers WHERE case_id = ? AND text = ? AND bundle = ?", "iss",
            to_id, row->text, row->bundle) ||
          (n == 0 && !sag_answers_put (adopt->to, row, error)))
        return FALSE;
    }
  return TRUE;
}

/* Cases */

static gboolean
has_work (Adopt *adopt, gint64 id, gboolean *has, GError **error)
{
  gint64 n = 0;

  if (!sag_db_integer (
        adopt->from, 0, &n, error,
        "SELECT (SELECT count(*) FROM masks m WHERE m.case_id = ?1 AND EXISTS (SELECT "
        "1 FROM bricks b WHERE b.mask_id = m.id)) + (SELECT count(*) FROM labels "
        "WHERE case_id = ?1 AND value <> 0)",
        "i", id))
    return FALSE;
  *has = n > 0;
  return TRUE;
}

static gboolean
refuse (Adopt *adopt, gint64 id)
{
  adopt->out->n_scans++;
  g_array_append_val (adopt->out->scans, id);
  return TRUE;
}

/* One whose grid or content is another than the project knows stays where it is. */
static gboolean
adopt_case (Adopt *adopt, SagCaseRow *one, GError **error)
{
  const gint64 from_id = one->id, active_ms = one->active_ms;
  gboolean     has = FALSE, is_other = FALSE;
  g_autoptr (GError) failure = NULL;

  if (!has_work (adopt, from_id, &has, error))
    return FALSE;
  if (!has)
    return TRUE;
  if (!sag_cases_is_other (adopt->to, one, &is_other, error))
    return FALSE;
  if (is_other)
    return refuse (adopt, from_id);
  one->active_ms = 0;
  if (!sag_cases_add (adopt->to, one, NULL, &failure))
    {
      if (g_error_matches (failure, SAG_ERROR, SAG_ERROR_MISMATCH))
        return refuse (adopt, from_id);
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return (active_ms <= 0 || sag_cases_add_active (adopt->to, one->id, active_ms, error)) &&
         (one->geometry.dims[0] == 0 || adopt_masks (adopt, from_id, one, error)) &&
         adopt_labels (adopt, from_id, one->id, error) &&
         adopt_seen (adopt, from_id, one->id, error);
}

static gboolean
adopt_all (SagDb *db, gpointer data, GError **error)
{
  Adopt *adopt = data;
  gint64 version = 0;
  g_autoptr (SagDb) from = sag_db_open (adopt->path, FALSE, FALSE, error);
  g_autoptr (GPtrArray) cases = NULL;
  g_autoptr (GPtrArray) from_tasks = NULL;
  g_autoptr (GPtrArray) to_tasks = NULL;

  sag_adopted_clear (adopt->out);
  adopt->out->scans = g_array_new (FALSE, FALSE, sizeof (gint64));
  adopt->out->labels = g_array_new (FALSE, FALSE, sizeof (gint64));
  adopt->out->masks = g_ptr_array_new_with_free_func (g_free);
  adopt->from = from;
  adopt->to = db;
  if (from == NULL || !sag_schema_check (from, &version, error))
    return FALSE;
  cases = sag_cases_list (from, error);
  from_tasks = cases != NULL ? sag_tasks_list (from, error) : NULL;
  to_tasks = from_tasks != NULL ? sag_tasks_list (db, error) : NULL;
  if (to_tasks == NULL)
    return FALSE;
  adopt->from_tasks = from_tasks;
  adopt->to_tasks = to_tasks;
  for (guint c = 0; c < cases->len; c++)
    if (!adopt_case (adopt, g_ptr_array_index (cases, c), error))
      return FALSE;
  return sag_audit_add (db, error, "adopt", "%u masks, %u labels, %u left out", adopt->out->n_masks,
                        adopt->out->n_labels, adopt->out->n_left + adopt->out->n_scans);
}

gboolean
sag_implicit_adopt (
  SagStore *store, const char *path, const char *const *held, SagAdopted *adopted, GError **error)
{
  Adopt adopt = { .path = path, .held = held, .out = adopted };

  return sag_store_need_writable (store, error) && sag_store_run (store, adopt_all, &adopt, error);
}
