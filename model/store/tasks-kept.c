/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/tasks-kept.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/labels.h"
#include "model/store/records.h"

typedef struct
{
  SagTaskRow *row;
  gint64      position;
} Kept;

struct _SagTasksKept
{
  GPtrArray *tasks;
  gint64     id; /* whose are: */
  GPtrArray *labels;
  GPtrArray *reviews;
};

static void
kept_free (gpointer data)
{
  sag_task_row_free (((Kept *) data)->row);
  g_free (data);
}

void
sag_tasks_kept_free (SagTasksKept *kept)
{
  g_ptr_array_unref (kept->tasks);
  g_clear_pointer (&kept->labels, g_ptr_array_unref);
  g_clear_pointer (&kept->reviews, g_ptr_array_unref);
  g_free (kept);
}

static gboolean
keep_said (SagDb *db, SagTasksKept *kept, GError **error)
{
  kept->labels = sag_labels_list (db, 0, error);
  kept->reviews = kept->labels != NULL ? sag_reviews_list (db, 0, error) : NULL;
  if (kept->reviews == NULL)
    return FALSE;
  for (guint l = kept->labels->len; l > 0; l--)
    if (((const SagLabelRow *) kept->labels->pdata[l - 1])->task_id != kept->id)
      g_ptr_array_remove_index (kept->labels, l - 1);
  for (guint r = kept->reviews->len; r > 0; r--)
    if (((const SagReviewRow *) kept->reviews->pdata[r - 1])->task_id != kept->id)
      g_ptr_array_remove_index (kept->reviews, r - 1);
  return TRUE;
}

SagTasksKept *
sag_tasks_keep (SagDb *db, gint64 id, GError **error)
{
  g_autoptr (SagTasksKept) kept = g_new0 (SagTasksKept, 1);
  GError *failure = NULL;
  SagRow *row;

  kept->id = id;
  kept->tasks = g_ptr_array_new_with_free_func (kept_free);
  row = sag_db_query (db, error,
                      "SELECT id, key, wording, colour, snomed, shortcut, position FROM tasks", "");
  if (row == NULL)
    return NULL;
  while (sag_db_next (db, row, &failure))
    {
      Kept *one = g_new0 (Kept, 1);

      one->row = sag_task_row_read (row);
      one->position = sag_row_integer (row, 6);
      g_ptr_array_add (kept->tasks, one);
    }
  return sag_db_settle (failure, error) && keep_said (db, kept, error) ? g_steal_pointer (&kept)
                                                                       : NULL;
}

static const Kept *
find_kept (const SagTasksKept *kept, gint64 id)
{
  for (guint t = 0; t < kept->tasks->len; t++)
    if (((const Kept *) kept->tasks->pdata[t])->row->id == id)
      return kept->tasks->pdata[t];
  return NULL;
}

static gboolean
put (SagDb *db, const Kept *one, GError **error)
{
  return sag_db_run (db, error,
                     "INSERT INTO tasks (id, position, key, wording, colour, snomed, shortcut) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET position = "
                     "excluded.position, key = excluded.key, wording = excluded.wording, colour = "
                     "excluded.colour, snomed = excluded.snomed, shortcut = excluded.shortcut",
                     "iississ", one->row->id, one->position, one->row->key, one->row->wording,
                     (gint64) one->row->colour, one->row->snomed, one->row->shortcut);
}

/* The list may have another task of that key by now. */
static gboolean
put_it (SagDb *db, const Kept *one, GError **error)
{
  gint64 n = 0;

  if (!sag_db_integer (db, 0, &n, error, "SELECT count(*) FROM tasks WHERE key = ? AND id <> ?",
                       "si", one->row->key, one->row->id))
    return FALSE;
  if (n == 0)
    return put (db, one, error);
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "The project has another task called \"%s\" by now. Remove that one before.",
               one->row->key);
  return FALSE;
}

static gboolean
put_said (SagDb *db, const SagTasksKept *kept, GError **error)
{
  for (guint l = 0; l < kept->labels->len; l++)
    if (!sag_labels_put (db, kept->labels->pdata[l], error))
      return FALSE;
  for (guint r = 0; r < kept->reviews->len; r++)
    if (!sag_reviews_put (db, kept->reviews->pdata[r], error))
      return FALSE;
  return TRUE;
}

static gboolean
put_places (SagDb *db, const SagTasksKept *kept, GError **error)
{
  for (guint t = 0; t < kept->tasks->len; t++)
    {
      const Kept *one = kept->tasks->pdata[t];

      if (one->position >= 0 &&
          !sag_db_run (db, error, "UPDATE tasks SET position = ? WHERE id = ? AND position >= 0",
                       "ii", one->position, one->row->id))
        return FALSE;
    }
  return TRUE;
}

gboolean
sag_tasks_bring_back (SagDb *db, const SagTasksKept *kept, gint64 id, GError **error)
{
  g_autoptr (SagTasksKept) now = sag_tasks_keep (db, 0, error);
  const Kept *one = find_kept (kept, id);
  gboolean    is_there;

  if (now == NULL)
    return FALSE;
  is_there = find_kept (now, id) != NULL;
  if (one == NULL ? is_there && !sag_tasks_remove (db, id, error) : !put_it (db, one, error))
    return FALSE;
  return (one == NULL || is_there || kept->id != id || put_said (db, kept, error)) &&
         put_places (db, kept, error) &&
         sag_audit_add (db, error, "tasks-back", "task %" G_GINT64_FORMAT, id);
}
