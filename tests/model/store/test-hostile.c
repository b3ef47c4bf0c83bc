/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/store/labels.h"
#include "tests/model/store/make-project.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <unistd.h>

/* Projects that Sagitta did not write like this: what cannot be is refused with a sentence, the rest is read. */

typedef struct
{
  char *folder;
  char *path;
} Project;

static void
set_up (Project *project, gconstpointer data)
{
  SagStore *store;
  g_autoptr (GError) error = NULL;

  project->path = make_path (&project->folder);
  store = sag_store_open (project->path, SAG_STORE_CREATE, "ann", &error);
  g_assert_no_error (error);
  add_case (store, "one");
  add_task (store, "effusion");
  g_assert_true (sag_store_close (store, &error));
  /* Whoever wrote it need not have kept to the constraints. */
  run_sql (project->path,
           "PRAGMA writable_schema = ON;"
           "UPDATE sqlite_schema SET sql = replace (replace (sql, 'NOT NULL', ''), 'STRICT', '');");
}

static void
tear_down (Project *project, gconstpointer data)
{
  sag_test_remove_folder (project->folder);
  g_free (project->path);
}

/* A SagStoreFunc that lists cases, tasks, labels and readers, and looks at texts. */
static gboolean
list_all (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) cases = sag_cases_list (db, error);
  g_autoptr (GPtrArray) tasks = cases != NULL ? sag_tasks_list (db, error) : NULL;
  g_autoptr (GPtrArray) labels = tasks != NULL ? sag_labels_list (db, 0, error) : NULL;
  g_auto (GStrv) readers = labels != NULL ? sag_labels_list_readers (db, error) : NULL;

  if (readers == NULL)
    return FALSE;
  for (guint c = 0; c < cases->len; c++)
    g_assert_true (g_utf8_validate (((SagCaseRow *) cases->pdata[c])->name, -1, NULL));
  for (guint t = 0; t < tasks->len; t++)
    g_assert_true (g_utf8_validate (((SagTaskRow *) tasks->pdata[t])->wording, -1, NULL));
  return TRUE;
}

static void
assert_said (Project *project, const char *sql, const char *said)
{
  SagStore *store;
  g_autoptr (GError) error = NULL;
  gboolean listed;

  run_sql (project->path, sql);
  store = sag_store_open (project->path, SAG_STORE_READ, "ann", &error);
  g_assert_no_error (error);
  listed = sag_store_run (store, list_all, NULL, &error);
  g_assert_true (listed == (said == NULL));
  if (said != NULL)
    sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, said);
  g_assert_true (sag_store_close (store, NULL));
}

static void
test_texts (Project *project, gconstpointer data)
{
  assert_said (project, "UPDATE cases SET name = CAST (X'6373F4' AS TEXT)", NULL);
  assert_said (project, "UPDATE tasks SET wording = CAST (X'C3' AS TEXT)", NULL);
  assert_said (project, "UPDATE tasks SET wording = NULL", "task 1 cannot be");
  assert_said (project, "UPDATE tasks SET wording = 'x', key = NULL", "task 1 cannot be");
  assert_said (project, "DELETE FROM tasks", NULL);
  assert_said (project, "INSERT INTO labels (case_id, task_id) VALUES (1, 1)", "a label");
}

static void
test_grids (Project *project, gconstpointer data)
{
  assert_said (project, "UPDATE cases SET affine = '0 0 0 0 0 0 0 0 0 0 0 0'", "case 1 cannot be");
  assert_said (project, "UPDATE cases SET affine = '1 0 0 0 0 1 0 0 0 0 1 0'", NULL);
  assert_said (project, "UPDATE cases SET ni = 32767, nj = 32767, nk = 3", "case 1 cannot be");
  assert_said (project, "UPDATE cases SET ni = 2, nj = -1", "case 1 cannot be");
}

static gboolean
put_task (SagDb *db, gpointer data, GError **error)
{
  return sag_tasks_put (db, data, error);
}

static void
test_end_of_log (Project *project, gconstpointer data)
{
  SagStore *store;
  g_autoptr (GError) error = NULL;
  SagTaskRow task = { .key = (char *) "other", .wording = (char *) "Other." };

  run_sql (project->path, "UPDATE audit SET id = 9223372036854775807 WHERE id = (SELECT max (id) "
                          "FROM audit)");
  store = sag_store_open (project->path, SAG_STORE_WRITE, "ann", &error);
  g_assert_no_error (error);
  g_assert_false (sag_store_run (store, put_task, &task, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "an entry of the log");
  g_assert_true (sag_store_close (store, NULL));
}

/* The lock that keeps others from taking the file away under a project that is open here (SQLite's shared bytes). */
static gboolean
is_locked (const char *path)
{
  const int    fd = open (path, O_RDWR | O_CLOEXEC);
  struct flock lock = {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510
  };

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_OFD_GETLK, &lock), ==, 0);
  close (fd); /* and with it the lock */
  return lock.l_type != F_UNLCK;
}

static void
test_locks (Project *project, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (project->path, SAG_STORE_WRITE, "ann", &error);
  SagStore *again;

  g_assert_no_error (error);
  g_assert_true (sag_store_run (store, list_all, NULL, &error));
  again = sag_store_open (project->path, SAG_STORE_READ, "bob", &error);
  g_assert_no_error (error);
  g_assert_true (sag_store_close (again, NULL));
  g_assert_true (is_locked (project->path));
  g_assert_true (sag_store_close (store, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/store/hostile/" name, Project, NULL, set_up, function, tear_down)
  ADD ("texts", test_texts);
  ADD ("grids", test_grids);
  ADD ("end-of-log", test_end_of_log);
  ADD ("locks", test_locks);
  return g_test_run ();
}
