/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/store/cases.h"
#include "model/store/implicit.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/seen.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT "  diagnose the presence of EFFUSION. "

static char *data_folder;

static guint
mode_of (const char *path, const char *end)
{
  g_autofree char *name = g_strconcat (path, end, NULL);
  GStatBuf         info;

  g_assert_cmpint (g_stat (name, &info), ==, 0);
  return info.st_mode & 0777;
}

/* As the window does of a label that was set on an answer. */
static gboolean
put_label (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (SagTaskRow) task = g_new0 (SagTaskRow, 1);
  SagLabelRow label = { .case_id = 1, .value = SAG_LABEL_VALUE_PRESENT, .certainty = -1 };

  task->key = g_strdup ("text-1");
  task->wording = g_strdup (TEXT);
  if (!sag_tasks_put (db, task, error))
    return FALSE;
  label.task_id = task->id;
  return sag_labels_put (db, &label, error) && sag_seen_add (db, 1, TEXT, "abc", error);
}

/* One with a case, closed; the set is what it has. */
static char *
make (gboolean paint, gboolean label, SagMaskSet **set)
{
  g_autoptr (GError) error = NULL;
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  SagStore *store = sag_implicit_create ("Ann", &error);
  char     *path;

  g_assert_no_error (error);
  path = sag_store_dup_path (store);
  g_assert_cmpint (add_case (store, "a"), ==, 1);
  *set = sag_mask_set_new (&grid);
  sag_masks_attach (store, 1, "Ann", *set);
  if (paint)
    make_strokes (*set, 3, random);
  if (label)
    g_assert_true (sag_store_run (store, put_label, NULL, NULL));
  sag_masks_detach (*set);
  sag_store_free (store);
  return path;
}

static void
test_private (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = sag_implicit_dup_folder ();
  SagStore        *store = sag_implicit_create ("Ann", &error);
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) found = NULL;

  g_assert_no_error (error);
  path = sag_store_dup_path (store);
  g_assert_true (g_str_has_prefix (path, data_folder));
  add_case (store, "a");
  g_assert_cmpuint (mode_of (folder, ""), ==, 0700);
  g_assert_cmpuint (mode_of (path, ""), ==, 0600);
  g_assert_cmpuint (mode_of (path, "-wal"), ==, 0600);
  g_assert_cmpuint (mode_of (path, "-shm"), ==, 0600);
  g_assert_cmpuint (mode_of (path, ".owner"), ==, 0600);
  /* While a window has it, it is nobody else's. */
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 0);
  sag_store_free (store);
  /* One without work is nothing. */
  g_ptr_array_unref (found);
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_list (void)
{
  g_autoptr (SagMaskSet) set = NULL;
  g_autofree char *path = make (TRUE, TRUE, &set);
  g_autofree char *folder = sag_implicit_dup_folder ();
  g_autofree char *broken = g_build_filename (folder, "broken.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  const SagImplicit     *one = NULL;
  const SagImplicitCase *there;
  guint                  n_problems = 0;

  g_assert_true (g_file_set_contents (broken, "nothing", -1, &error));
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 2);
  for (guint f = 0; f < found->len; f++)
    {
      const SagImplicit *this = g_ptr_array_index (found, f);

      n_problems += this->problem != NULL;
      if (this->problem == NULL)
        one = this;
    }
  g_assert_cmpuint (n_problems, ==, 1);
  g_assert_cmpstr (one->path, ==, path);
  g_assert_cmpuint (one->cases->len, ==, 1);
  there = g_ptr_array_index (one->cases, 0);
  g_assert_cmpstr (there->name, ==, "a");
  g_assert_cmpuint (there->n_masks, ==, 1);
  g_assert_cmpuint (there->n_labels, ==, 1);
  g_assert_true (sag_implicit_remove (path, &error));
  g_assert_true (sag_implicit_remove (broken, &error));
  g_ptr_array_unref (found);
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 0);
}

/* A project that knows nothing of the case gets all of it, also what can be undone. */
static void
test_adopt (void)
{
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagMaskSet) there = NULL;
  g_autofree char *path = make (TRUE, TRUE, &set);
  g_autoptr (GError) error = NULL;
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *project = g_build_filename (folder, "p.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  SagStore         *store = sag_store_open (project, SAG_STORE_CREATE, "Ann", &error);
  g_auto (SagAdopted) adopted = { 0 };
  const guint n_steps = sag_mask_set_get_n_steps (set);
  g_autoptr (GPtrArray) found = NULL;
  const SagImplicitCase *left;
  gboolean               is_gone = FALSE;

  g_assert_no_error (error);
  add_case (store, "b"); /* other ids than there */
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (adopted.n_masks, ==, 1);
  g_assert_cmpuint (adopted.n_labels, ==, 0);
  g_assert_cmpuint (adopted.n_left, ==, 1); /* no task asks that */
  there = sag_masks_load (store, 2, "Ann", &grid, &error);
  g_assert_no_error (error);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (there, 0), sag_mask_set_get_mask (set, 0)));
  g_assert_cmpuint (sag_mask_set_get_n_steps (there), ==, n_steps);
  sag_masks_attach (store, 2, "Ann", there);
  for (guint s = 0; s < n_steps; s++)
    g_assert_true (sag_mask_set_undo (there, &error));
  g_assert_cmpuint (sag_mask_set_get_n (there), ==, 0);
  for (guint s = 0; s < n_steps; s++)
    g_assert_true (sag_mask_set_redo (there, &error));
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (there, 0), sag_mask_set_get_mask (set, 0)));
  sag_masks_detach (there);

  /* Again: it is all there. */
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_cmpuint (adopted.n_masks, ==, 0);

  /* What joined is gone, what has no place yet stays. */
  g_assert_true (sag_implicit_drop_joined (path, &adopted, &is_gone, &error));
  g_assert_no_error (error);
  g_assert_false (is_gone);
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 1);
  left = ((const SagImplicit *) found->pdata[0])->cases->pdata[0];
  g_assert_cmpuint (left->n_masks, ==, 0);
  g_assert_cmpuint (left->n_labels, ==, 1);
  add_task (store, "effusion");
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_cmpuint (adopted.n_labels, ==, 1);
  g_assert_cmpuint (adopted.n_left, ==, 0);
  sag_store_free (store);
  g_assert_true (sag_implicit_drop_joined (path, &adopted, &is_gone, &error));
  g_assert_true (is_gone);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  sag_test_remove_folder (folder);
}

/* A mask that the project has, too, but otherwise, comes beside it. */
static void
test_beside (void)
{
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagMaskSet) there = NULL;
  g_autofree char *path = make (TRUE, FALSE, &set);
  g_autoptr (GError) error = NULL;
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *project = g_build_filename (folder, "p.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  SagStore         *store = sag_store_open (project, SAG_STORE_CREATE, "Ann", &error);
  g_autoptr (SagMask) before = sag_mask_ref (sag_mask_set_get_mask (set, 0));
  g_autofree char *id = g_strdup (sag_mask_set_get_info (set, 0)->id);
  const char      *held[] = { id, NULL };
  gboolean         is_gone = TRUE;
  g_auto (SagAdopted) adopted = { 0 };

  g_assert_no_error (error);
  add_case (store, "a");
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_masks_adopt (store, 1, "Ann", set, &error));
  sag_masks_detach (set);
  g_assert_true (sag_implicit_adopt (store, path, held, &adopted, &error));
  g_assert_cmpuint (adopted.n_masks, ==, 0);
  g_assert_true (sag_implicit_drop_joined (path, &adopted, &is_gone, &error));
  g_assert_false (is_gone); /* nobody else has it */
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (adopted.n_masks, ==, 1);
  there = sag_masks_load (store, 1, "Ann", &grid, &error);
  g_assert_cmpuint (sag_mask_set_get_n (there), ==, 2);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (there, 0), sag_mask_set_get_mask (set, 0)));
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (there, 1), before));
  sag_store_free (store);
  g_assert_true (sag_implicit_drop_mask (path, held[0], &error));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  sag_test_remove_folder (folder);
}

static gboolean
count_old (SagDb *db, gpointer data, GError **error)
{
  return sag_db_integer (db, 0, data, error, "SELECT count(*) FROM cases WHERE sha256 = 'old'", "");
}

/* A scan with another content than the project knows at its place is another scan, on whatever grid. */
static void
test_other_content (void)
{
  g_autoptr (SagMaskSet) set = NULL;
  g_autofree char *path = make (TRUE, TRUE, &set);
  g_autoptr (GError) error = NULL;
  char            *folder = sag_test_dup_folder ();
  g_autofree char *project = g_build_filename (folder, "p.sagitta", NULL);
  SagStore        *store = sag_store_open (project, SAG_STORE_CREATE, "Ann", &error);
  gint64           n = -1;
  g_auto (SagAdopted) adopted = { 0 };

  g_assert_no_error (error);
  add_case (store, "a");
  run_in_store (store, "UPDATE cases SET sha256 = 'new'");
  run_sql (path, "UPDATE cases SET sha256 = 'old'");
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (adopted.n_scans, ==, 1);
  g_assert_cmpuint (adopted.n_left, ==, 0);
  g_assert_cmpuint (adopted.n_masks, ==, 0);
  g_assert_true (sag_store_run (store, count_old, &n, &error));
  g_assert_cmpint (n, ==, 0);
  run_in_store (store, "UPDATE cases SET sha256 = 'old'");
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_cmpuint (adopted.n_masks, ==, 1);
  sag_store_free (store);
  g_assert_true (sag_implicit_remove (path, &error));
  sag_test_remove_folder (folder);
}

/* A mask whose id another reader has comes beside that one. */
static void
test_others_mask (void)
{
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagMaskSet) bens = NULL;
  g_autoptr (SagMaskSet) anns = NULL;
  g_autofree char *path = make (TRUE, FALSE, &set);
  g_autoptr (GError) error = NULL;
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *project = g_build_filename (folder, "p.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  SagStore         *store = sag_store_open (project, SAG_STORE_CREATE, "Ann", &error);
  g_autoptr (SagMask) before = sag_mask_ref (sag_mask_set_get_mask (set, 0));
  g_auto (SagAdopted) adopted = { 0 };

  add_case (store, "a");
  g_assert_true (sag_mask_set_undo (set, &error));
  g_assert_true (sag_masks_adopt (store, 1, "Ben", set, &error));
  sag_masks_detach (set);
  g_assert_true (sag_implicit_adopt (store, path, NULL, &adopted, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (adopted.n_masks, ==, 1);
  bens = sag_masks_load (store, 1, "Ben", &grid, &error);
  g_assert_cmpuint (sag_mask_set_get_n (bens), ==, 1);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (bens, 0), sag_mask_set_get_mask (set, 0)));
  anns = sag_masks_load (store, 1, "Ann", &grid, &error);
  g_assert_cmpuint (sag_mask_set_get_n (anns), ==, 1);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (anns, 0), before));
  sag_store_free (store);
  g_assert_true (sag_implicit_remove (path, &error));
  sag_test_remove_folder (folder);
}

/* Where there is no room to begin nothing stays, and what stayed is no work. */
static void
test_no_room (void)
{
  g_autofree char *folder = sag_implicit_dup_folder ();
  g_autofree char *empty = g_build_filename (folder, "empty.sagitta", NULL);
  g_auto (GStrv) paths = NULL;
  g_autoptr (GPtrArray) found = NULL;
  pid_t child;
  int   status = 0;

  g_mkdir_with_parents (folder, 0700);
  child = fork ();
  if (child == 0)
    {
      const struct rlimit small = { 1000, 1000 };

      signal (SIGXFSZ, SIG_IGN);
      _exit (
        setrlimit (RLIMIT_FSIZE, &small) == 0 && sag_implicit_create ("Ann", NULL) == NULL ? 0 : 1);
    }
  waitpid (child, &status, 0);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  paths = sag_implicit_dup_paths ();
  g_assert_cmpuint (g_strv_length (paths), ==, 0);
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  found = sag_implicit_list ();
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_false (g_file_test (empty, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  data_folder = sag_test_dup_folder ();
  g_setenv ("XDG_DATA_HOME", data_folder, TRUE);
  g_test_add_func ("/store/implicit/private", test_private);
  g_test_add_func ("/store/implicit/list", test_list);
  g_test_add_func ("/store/implicit/adopt", test_adopt);
  g_test_add_func ("/store/implicit/beside", test_beside);
  g_test_add_func ("/store/implicit/other-content", test_other_content);
  g_test_add_func ("/store/implicit/others-mask", test_others_mask);
  g_test_add_func ("/store/implicit/no-room", test_no_room);
  failed = g_test_run ();
  sag_test_remove_folder (data_folder);
  return failed;
}
