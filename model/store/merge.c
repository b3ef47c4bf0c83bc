/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/share.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/cases.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/records.h"
#include "model/store/schema.h"

typedef struct
{
  const char *path;
  SagMerged  *out;
  SagDb      *from;
  SagDb      *to;
  GHashTable *cases; /* ids there to SagCaseRow here */
  GHashTable *tasks; /* ids there to ids here */
} Merge;

void
sag_merged_clear (SagMerged *merged)
{
  g_clear_pointer (&merged->conflicts, g_ptr_array_unref);
}

G_GNUC_PRINTF (2, 3)
static void
conflict (Merge *merge, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  g_ptr_array_add (merge->out->conflicts, g_strdup_vprintf (format, values));
  va_end (values);
}

static gpointer
key_of (gint64 id)
{
  return g_memdup2 (&id, sizeof id);
}

/* Finds @theirs here: by UUID, else by content. */
static SagCaseRow *
find_case (GPtrArray *mine, const SagCaseRow *theirs)
{
  for (guint c = 0; c < mine->len; c++)
    {
      SagCaseRow *one = g_ptr_array_index (mine, c);

      if (g_strcmp0 (one->uuid, theirs->uuid) == 0)
        return one;
    }
  for (guint c = 0; c < mine->len; c++)
    {
      SagCaseRow *one = g_ptr_array_index (mine, c);

      if (one->sha256 != NULL && g_strcmp0 (one->sha256, theirs->sha256) == 0)
        return one;
    }
  return NULL;
}

static gboolean
has_path (GPtrArray *mine, const char *path)
{
  for (guint c = 0; c < mine->len; c++)
    if (g_strcmp0 (((const SagCaseRow *) g_ptr_array_index (mine, c))->path, path) == 0)
      return *path != 0;
  return FALSE;
}

static gboolean
merge_case (Merge *merge, GPtrArray *mine, SagCaseRow *theirs, GError **error)
{
  const gint64      there = theirs->id;
  const SagCaseRow *found = find_case (mine, theirs);
  SagCaseRow       *here;

  if (found != NULL && found->geometry.dims[0] > 0 && theirs->geometry.dims[0] > 0 &&
      !sag_geometry_equal (&found->geometry, &theirs->geometry, SAG_SAME_GRID_MM))
    {
      conflict (merge, "%s: the scan has another grid; nothing of it was taken over.",
                theirs->name);
      return TRUE;
    }
  if (found == NULL)
    {
      if (has_path (mine, theirs->path))
        {
          conflict (merge, "%s: another scan lies at its path here; nothing of it was taken over.",
                    theirs->name);
          return TRUE;
        }
      if (!sag_cases_insert (merge->to, theirs, error))
        return FALSE;
      merge->out->n_cases++;
    }
  else
    merge->out->n_same++;
  here = sag_cases_get (merge->to, found != NULL ? found->id : theirs->id, error);
  if (here == NULL)
    return FALSE;
  if (here->geometry.dims[0] == 0)
    here->geometry = theirs->geometry;
  g_hash_table_insert (merge->cases, key_of (there), here);
  return TRUE;
}

static gboolean
merge_cases (Merge *merge, GError **error)
{
  g_autoptr (GPtrArray) theirs = sag_cases_list (merge->from, error);
  g_autoptr (GPtrArray) mine = theirs != NULL ? sag_cases_list (merge->to, error) : NULL;

  if (mine == NULL)
    return FALSE;
  for (guint c = 0; c < theirs->len; c++)
    if (!merge_case (merge, mine, g_ptr_array_index (theirs, c), error))
      return FALSE;
  return TRUE;
}

static gboolean
merge_tasks (Merge *merge, GError **error)
{
  g_autoptr (GPtrArray) theirs = sag_tasks_list (merge->from, error);
  g_autoptr (GPtrArray) mine = theirs != NULL ? sag_tasks_list (merge->to, error) : NULL;

  if (mine != NULL)
    {
      /* What was put aside here is known here. */
      g_autoptr (GPtrArray) aside = sag_tasks_list_aside (merge->to, error);

      if (aside == NULL)
        return FALSE;
      g_ptr_array_extend_and_steal (mine, g_steal_pointer (&aside));
    }
  if (mine == NULL)
    return FALSE;
  for (guint t = 0; t < theirs->len; t++)
    {
      SagTaskRow  *task = g_ptr_array_index (theirs, t);
      const gint64 there = task->id;
      SagTaskRow  *found = NULL;

      for (guint m = 0; m < mine->len; m++)
        if (g_strcmp0 (((SagTaskRow *) g_ptr_array_index (mine, m))->key, task->key) == 0)
          found = g_ptr_array_index (mine, m);
      if (found == NULL && !sag_tasks_put (merge->to, task, error))
        return FALSE;
      if (found == NULL)
        merge->out->n_tasks++;
      else if (g_strcmp0 (found->wording, task->wording) != 0)
        conflict (merge, "Task %s: \"%s\" here, \"%s\" there; its labels were not taken over.",
                  task->key, found->wording, task->wording);
      if (found == NULL || g_strcmp0 (found->wording, task->wording) == 0)
        g_hash_table_insert (merge->tasks, key_of (there),
                             key_of (found != NULL ? found->id : task->id));
    }
  return TRUE;
}

static gboolean
label_equal (const SagLabelRow *a, const SagLabelRow *b)
{
  return a->value == b->value && g_strcmp0 (a->side, b->side) == 0 &&
         g_strcmp0 (a->location, b->location) == 0 && a->certainty == b->certainty &&
         g_strcmp0 (a->comment, b->comment) == 0 && a->seen == b->seen;
}

static gboolean
merge_label (Merge *merge, const SagLabelRow *theirs, GHashTable *known, GError **error)
{
  const SagCaseRow  *here = g_hash_table_lookup (merge->cases, &theirs->case_id);
  const gint64      *task = g_hash_table_lookup (merge->tasks, &theirs->task_id);
  g_autofree char   *key = NULL;
  const SagLabelRow *mine;
  SagLabelRow        label = *theirs;

  if (here == NULL || task == NULL)
    return TRUE;
  key = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s", here->id, *task,
                         theirs->reader);
  mine = g_hash_table_lookup (known, key);
  if (mine != NULL && label_equal (mine, theirs))
    merge->out->n_same++;
  else if (mine != NULL)
    conflict (merge, "%s, task %" G_GINT64_FORMAT ", %s: %s here, %s there.", here->name, *task,
              theirs->reader, sag_label_value_to_string (mine->value),
              sag_label_value_to_string (theirs->value));
  else
    {
      label.case_id = here->id;
      label.task_id = *task;
      merge->out->n_labels++;
      return sag_labels_put (merge->to, &label, error);
    }
  return TRUE;
}

static gboolean
merge_labels (Merge *merge, GError **error)
{
  g_autoptr (GPtrArray) theirs = sag_labels_list (merge->from, 0, error);
  g_autoptr (GPtrArray) mine = theirs != NULL ? sag_labels_list (merge->to, 0, error) : NULL;
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (mine == NULL)
    return FALSE;
  for (guint l = 0; l < mine->len; l++)
    {
      SagLabelRow *label = g_ptr_array_index (mine, l);

      g_hash_table_insert (known,
                           g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s",
                                            label->case_id, label->task_id, label->reader),
                           label);
    }
  for (guint l = 0; l < theirs->len; l++)
    if (!merge_label (merge, g_ptr_array_index (theirs, l), known, error))
      return FALSE;
  return TRUE;
}

static const SagStoredMask *
find_mask (GPtrArray *masks, const char *uuid)
{
  for (guint m = 0; m < masks->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (masks, m);

      if (g_strcmp0 (stored->info->id, uuid) == 0)
        return stored;
    }
  return NULL;
}

static gboolean
merge_masks_of (Merge *merge, gint64 there, const SagCaseRow *here, GError **error)
{
  g_autoptr (GPtrArray) theirs = NULL;
  g_autoptr (GPtrArray) mine = NULL;

  if (here->geometry.dims[0] == 0)
    return TRUE;
  theirs = sag_masks_list (merge->from, there, NULL, &here->geometry, error);
  mine = theirs != NULL ? sag_masks_list (merge->to, here->id, NULL, &here->geometry, error) : NULL;
  if (mine == NULL)
    return FALSE;
  for (guint m = 0; m < theirs->len; m++)
    {
      const SagStoredMask *stored = g_ptr_array_index (theirs, m);
      const SagStoredMask *known = find_mask (mine, stored->info->id);

      if (known != NULL && sag_mask_equal (known->mask, stored->mask))
        merge->out->n_same++;
      else if (known != NULL)
        conflict (merge, "%s: the mask \"%s\" of %s differs; the one here stays.", here->name,
                  stored->info->name, stored->reader);
      else if (!sag_masks_put (merge->to, here->id, stored->info, stored->mask, stored->reader,
                               error))
        return FALSE;
      else
        merge->out->n_masks++;
    }
  return TRUE;
}

static gboolean
merge_records_of (Merge *merge, gint64 there, const SagCaseRow *here, GError **error)
{
  g_autoptr (GPtrArray) answers = sag_answers_list (merge->from, there, error);
  g_autoptr (GPtrArray) measurements =
    answers != NULL ? sag_measurements_list (merge->from, there, error) : NULL;
  g_autoptr (GPtrArray) reviews =
    measurements != NULL ? sag_reviews_list (merge->from, there, error) : NULL;
  gint64 n = 0;

  if (reviews == NULL)
    return FALSE;
  for (guint a = 0; a < answers->len; a++)
    {
      SagAnswerRow *answer = g_ptr_array_index (answers, a);

      answer->case_id = here->id;
      if (!sag_db_integer (
            merge->to, 0, &n, error,
            "SELECT count(*) FROM answers WHERE case_id = ? AND text = ? AND bundle = ?", "iss",
            here->id, answer->text, answer->bundle) ||
          (n == 0 && !sag_answers_put (merge->to, answer, error)))
        return FALSE;
      merge->out->n_others += n == 0;
    }
  for (guint m = 0; m < measurements->len; m++)
    {
      SagMeasurementRow *one = g_ptr_array_index (measurements, m);

      one->case_id = here->id;
      if (!sag_db_integer (merge->to, 0, &n, error,
                           "SELECT count(*) FROM measurements WHERE uuid = ?", "s", one->uuid) ||
          (n == 0 && !sag_measurements_put (merge->to, one, error)))
        return FALSE;
      merge->out->n_others += n == 0;
    }
  for (guint r = 0; r < reviews->len; r++)
    {
      SagReviewRow *one = g_ptr_array_index (reviews, r);
      const gint64 *task = g_hash_table_lookup (merge->tasks, &one->task_id);

      if (one->task_id > 0 && task == NULL)
        continue;
      one->case_id = here->id;
      one->task_id = one->task_id > 0 ? *task : 0;
      if (!sag_db_integer (merge->to, 0, &n, error, "SELECT count(*) FROM reviews WHERE uuid = ?",
                           "s", one->uuid) ||
          (n == 0 && !sag_reviews_put (merge->to, one, error)))
        return FALSE;
      merge->out->n_others += n == 0;
    }
  return TRUE;
}

static gboolean
merge_all (SagDb *db, gpointer data, GError **error)
{
  Merge         *merge = data;
  GHashTableIter iter;
  gpointer       key, value;
  gint64         version = 0;
  g_autoptr (GHashTable) cases =
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) sag_case_row_free);
  g_autoptr (GHashTable) tasks =
    g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_autoptr (SagDb) from = sag_db_open (merge->path, FALSE, FALSE, error);

  merge->from = from;
  merge->to = db;
  merge->cases = cases;
  merge->tasks = tasks;
  if (from == NULL || !sag_schema_check (from, &version, error))
    return FALSE;
  if (version != SAG_SCHEMA_VERSION)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                   "%s has an older format; open it once to bring it up to date.",
                   sag_db_get_name (from));
      return FALSE;
    }
  if (!merge_cases (merge, error) || !merge_tasks (merge, error) || !merge_labels (merge, error))
    return FALSE;
  g_hash_table_iter_init (&iter, cases);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!merge_masks_of (merge, *(gint64 *) key, value, error) ||
        !merge_records_of (merge, *(gint64 *) key, value, error))
      return FALSE;
  return sag_audit_add (db, error, "merge", "%u cases, %u labels, %u masks, %u conflicts",
                        merge->out->n_cases, merge->out->n_labels, merge->out->n_masks,
                        merge->out->conflicts->len);
}

gboolean
sag_store_merge (SagStore *store, const char *path, SagMerged *merged, GError **error)
{
  Merge merge = { .path = path, .out = merged };

  *merged = (SagMerged){ .conflicts = g_ptr_array_new_with_free_func (g_free) };
  return sag_store_need_writable (store, error) && sag_store_run (store, merge_all, &merge, error);
}
