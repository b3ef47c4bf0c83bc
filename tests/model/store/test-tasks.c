/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/tasks-kept.h"

#include "model/core/error.h"
#include "model/store/labels.h"
#include "tests/model/store/make-project.h"
#include "tests/support/test.h"

static gboolean
list_keys (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) tasks = sag_tasks_list (db, error);
  GString *keys = data;

  for (guint t = 0; tasks != NULL && t < tasks->len; t++)
    g_string_append_printf (keys, "%s ", ((SagTaskRow *) g_ptr_array_index (tasks, t))->key);
  return tasks != NULL;
}

static void
assert_tasks (SagStore *store, const char *keys)
{
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_true (sag_store_run (store, list_keys, found, NULL));
  g_assert_cmpstr (found->str, ==, keys);
}

static gboolean
put_again (SagDb *db, gpointer data, GError **error)
{
  SagTaskRow row = { .key = (char *) "a", .wording = (char *) "a again", .colour = 1 };

  return sag_tasks_put (db, &row, error) && row.id == *(gint64 *) data;
}

typedef struct
{
  gint64        id;
  SagTasksKept *kept;
} Undo;

static gboolean
keep_tasks (SagDb *db, gpointer data, GError **error)
{
  Undo *undo = data;

  undo->kept = sag_tasks_keep (db, undo->id, error);
  return undo->kept != NULL;
}

static gboolean
bring_back (SagDb *db, gpointer data, GError **error)
{
  const Undo *undo = data;

  return sag_tasks_bring_back (db, undo->kept, undo->id, error);
}

static gboolean
label_all (SagDb *db, gpointer data, GError **error)
{
  for (gint64 task = 1; task <= 3; task++)
    {
      SagLabelRow label = { .case_id = 1,
                            .task_id = task,
                            .reader = (char *) "Ben",
                            .value = SAG_LABEL_VALUE_PRESENT,
                            .certainty = -1 };

      if (!sag_labels_put (db, &label, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  const char *sql;
  gint64      n;
} Count;

static gboolean
run_count (SagDb *db, gpointer data, GError **error)
{
  Count *what = data;

  return sag_db_integer (db, 0, &what->n, error, what->sql, "");
}

static gint64
count (SagStore *store, const char *sql)
{
  Count what = { sql, -1 };

  g_assert_true (sag_store_run (store, run_count, &what, NULL));
  return what.n;
}

/* What came from elsewhere after a change is nothing that its undo takes away. */
static void
test_undo (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
  SagStore        *store = sag_store_open (path, SAG_STORE_CREATE, NULL, NULL);
  Undo changed = { add_task (store, "a"), NULL }, added = { 0, NULL }, gone = { 0, NULL };
  g_autoptr (GError) error = NULL;

  add_case (store, "x");
  gone.id = add_task (store, "b");
  g_assert_true (sag_store_run (store, keep_tasks, &changed, NULL));
  g_assert_true (sag_store_run (store, put_again, &changed.id, NULL));
  add_task (store, "c");
  g_assert_true (sag_store_run (store, label_all, NULL, NULL));
  run_in_store (store, "UPDATE tasks SET wording = 'Bens' WHERE key = 'b'");
  g_assert_true (sag_store_run (store, bring_back, &changed, NULL));
  assert_tasks (store, "a b c ");
  g_assert_cmpint (count (store, "SELECT count(*) FROM labels"), ==, 3);
  g_assert_cmpint (count (store, "SELECT count(*) FROM tasks WHERE wording = 'Bens'"), ==, 1);
  g_assert_cmpint (count (store, "SELECT count(*) FROM tasks WHERE wording = 'a again'"), ==, 0);

  g_assert_true (sag_store_run (store, keep_tasks, &added, NULL));
  added.id = add_task (store, "d");
  add_task (store, "e");
  g_assert_true (sag_store_run (store, bring_back, &added, NULL));
  assert_tasks (store, "a b c e ");

  g_assert_true (sag_store_run (store, keep_tasks, &gone, NULL));
  run_in_store (store, "DELETE FROM tasks WHERE key = 'b'");
  add_task (store, "f");
  add_task (store, "b");
  g_assert_false (sag_store_run (store, bring_back, &gone, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "another task");
  run_in_store (store, "DELETE FROM tasks WHERE key = 'b'");
  g_assert_true (sag_store_run (store, bring_back, &gone, NULL));
  assert_tasks (store, "a b c e f ");
  g_assert_cmpint (count (store, "SELECT count(*) FROM labels"), ==, 3);
  sag_tasks_kept_free (changed.kept);
  sag_tasks_kept_free (added.kept);
  sag_tasks_kept_free (gone.kept);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/tasks/undo", test_undo);
  return g_test_run ();
}
