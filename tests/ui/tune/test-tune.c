/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/create.h"
#include "tests/support/test.h"
#include "tests/ui/support.h"
#include "tests/ui/tune/tune-fixture.h"
#include "ui/bundle/known.h"
#include "ui/tune/curve.h"
#include "ui/tune/follow.h"
#include "ui/tune/tasks.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static SagUiTuneTasks *
get_tasks (SagTestTune *test)
{
  return SAG_UI_TUNE_TASKS (
    sag_test_ui_find_type (GTK_WIDGET (test->window), SAG_UI_TYPE_TUNE_TASKS));
}

static GtkWidget *
get_combo (SagTestTune *test, guint n_words)
{
  for (GtkWidget *found = GTK_WIDGET (test->window); found != NULL;)
    {
      GtkWidget *child = gtk_widget_get_first_child (found);

      if (ADW_IS_COMBO_ROW (found) &&
          g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (found))) == n_words)
        return found;
      while (child == NULL && found != NULL)
        {
          child = gtk_widget_get_next_sibling (found);
          found = gtk_widget_get_parent (found);
        }
      found = child;
    }
  return NULL;
}

/* Counts, what is left out and why, the advice, the time; and what is wrong as one sentence. */
static void
test_choose (SagTestTune *test, gconstpointer data)
{
  SagUiTuneChoose       *choose;
  const SagUiTuneCounts *counts;
  const SagSnapshotTask *task;

  sag_test_tune_show (test);
  choose = sag_ui_tune_window_get_choose (test->window);
  counts = sag_test_tune_count (test);
  g_assert_null (sag_ui_tune_choose_get_problem (choose));
  g_assert_true (sag_ui_tune_choose_is_ready (choose));
  g_assert_cmpuint (sag_snapshot_get_n_cases (counts->chosen), ==, SAG_TEST_TUNE_CASES);
  task = sag_snapshot_get_task (counts->chosen, 0);
  g_assert_cmpuint (task->n_present[0] + task->n_present[1], ==, SAG_TEST_TUNE_CASES / 2);
  g_assert_true (sag_test_tune_shows (test, "8 cases of 8 patients: 6 to train on + 2 to measure"));
  g_assert_true (sag_test_tune_shows (test, "only present cases"));
  g_assert_true (sag_test_tune_shows (test, "train the heads alone"));
  sag_test_ui_until (isfinite (sag_ui_tune_choose_get_seconds (choose)));
  g_assert_cmpfloat (sag_ui_tune_choose_get_seconds (choose), >, 0);
  g_assert_true (sag_test_tune_shows (test, "About "));
  sag_test_tune_picture (test, "choose");

  sag_ui_tune_tasks_set_chosen (get_tasks (test), "effusion", FALSE);
  sag_test_tune_count (test);
  g_assert_nonnull (strstr (sag_ui_tune_choose_get_problem (choose), "nothing to learn"));
  g_assert_false (sag_ui_tune_choose_is_ready (choose));
  sag_ui_tune_tasks_set_chosen (get_tasks (test), "nodule", FALSE);
  sag_test_tune_count (test);
  g_assert_cmpstr (sag_ui_tune_choose_get_problem (choose), ==, "Choose at least one task.");
  sag_test_tune_picture (test, "choose-nothing");
  sag_ui_tune_tasks_set_chosen (get_tasks (test), "effusion", TRUE);

  /* Only two are reviewed, one of each kind: nothing is left to train on, or to measure. */
  adw_combo_row_set_selected (ADW_COMBO_ROW (get_combo (test, 3)), 2);
  sag_test_tune_count (test);
  g_assert_nonnull (sag_ui_tune_choose_get_problem (choose));
  adw_combo_row_set_selected (ADW_COMBO_ROW (get_combo (test, 3)), 0);

  /* Ten folds of eight patients; then three. */
  adw_combo_row_set_selected (ADW_COMBO_ROW (get_combo (test, 7)), 6);
  sag_test_tune_count (test);
  g_assert_nonnull (strstr (sag_ui_tune_choose_get_problem (choose), "folds"));
  adw_combo_row_set_selected (ADW_COMBO_ROW (get_combo (test, 7)), 4);
  counts = sag_test_tune_count (test);
  g_assert_null (sag_ui_tune_choose_get_problem (choose));
  g_assert_cmpuint (sag_snapshot_get_n_folds (counts->chosen), ==, 3);
  sag_test_tune_picture (test, "choose-folds");
}

static void
open_multi_label (SagTestTune *test, const char *question)
{
  char *const           questions[] = { (char *) question, NULL };
  const SagBundleCreate create = {
    .input = { 64, 64, 64 }, .width = 0.15, .hidden = 32, .questions = (char **) questions
  };
  g_autofree char *folder = g_build_filename (test->folder, "no-map", NULL);
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autoptr (SagBundle) bundle = sag_bundle_create (&create, folder, &error);

  g_assert_no_error (error);
  sag_ui_engine_open_async (test->engine, folder, NULL, NULL);
  sag_test_ui_until (
    sag_ui_engine_get_bundle (test->engine) != NULL &&
    !sag_network_has_map (sag_bundle_get_network (sag_ui_engine_get_bundle (test->engine))));
}

/* A model that reads no text trains as a whole, and learns its own questions only. */
static void
test_multi_label (SagTestTune *test, gconstpointer data)
{
  SagUiTuneChoose *choose;
  GtkWidget       *parts;

  open_multi_label (test, data != NULL ? "Is there a pacemaker?" : SAG_TEST_TUNE_WORDING);
  sag_test_tune_show (test);
  choose = sag_ui_tune_window_get_choose (test->window);
  sag_test_tune_count (test);
  parts = get_combo (test, 4);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (parts)), ==, 3);
  g_assert_true (sag_test_tune_shows (test, "reads no text and trains as a whole"));
  if (data != NULL)
    {
      g_assert_nonnull (
        strstr (sag_ui_tune_choose_get_problem (choose), "“effusion” is none of the questions"));
      return;
    }
  g_assert_null (sag_ui_tune_choose_get_problem (choose));
  adw_combo_row_set_selected (ADW_COMBO_ROW (parts), 0);
  g_assert_nonnull (strstr (sag_ui_tune_choose_get_problem (choose), "choose All"));
  g_assert_false (sag_ui_tune_choose_is_ready (choose));
  adw_combo_row_set_selected (ADW_COMBO_ROW (parts), 3);
  g_assert_true (sag_ui_tune_choose_is_ready (choose));
}

/* Labels of one kind only; a single case: a sentence, and no way to start. */
static void
test_nothing_to_learn (SagTestTune *test, gconstpointer data)
{
  SagUiTuneChoose *choose;

  sag_test_tune_show (test);
  choose = sag_ui_tune_window_get_choose (test->window);
  sag_test_tune_count (test);
  g_assert_false (sag_ui_tune_choose_is_ready (choose));
  g_assert_nonnull (sag_ui_tune_choose_get_problem (choose));
  g_assert_true (sag_test_tune_shows (test, sag_ui_tune_choose_get_problem (choose)));
  g_assert_nonnull (strstr (sag_ui_tune_choose_get_problem (choose),
                            GPOINTER_TO_INT (data) < 0 ? "only present" : "one patient"));
}

static void
test_no_project (SagTestTune *test, gconstpointer data)
{
  sag_ui_project_close (test->project);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  sag_test_tune_show (test);
  g_assert_true (sag_test_tune_shows (test, "No Project Is Open"));
  g_assert_false (sag_ui_tune_choose_is_ready (sag_ui_tune_window_get_choose (test->window)));
  sag_test_tune_picture (test, "no-project");
}

static gboolean
is_open (SagTestTune *test, const char *sha256)
{
  SagBundle *bundle = sag_ui_engine_get_bundle (test->engine);

  return bundle != NULL && g_str_equal (sag_bundle_get_sha256 (bundle), sha256);
}

/* Long sentences of pages that are not shown take no room. */
static void
assert_narrow (SagTestTune *test)
{
  int least;

  gtk_widget_measure (GTK_WIDGET (test->window), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL,
                      NULL);
  g_assert_cmpint (least, <=, 1024);
}

static guint
count_known (void)
{
  g_auto (GStrv) known = sag_ui_known_bundles ();

  return g_strv_length (known);
}

/* What a link in the folder of a run points to is not the run's. */
static char *
link_elsewhere (SagTestTune *test, const char *folder)
{
  g_autofree char *elsewhere = g_build_filename (test->folder, "elsewhere", NULL);
  g_autofree char *link = g_build_filename (folder, "link", NULL);
  char            *kept = g_build_filename (elsewhere, "kept", NULL);

  g_assert_cmpint (g_mkdir (elsewhere, 0700), ==, 0);
  g_assert_true (g_file_set_contents (kept, "kept", -1, NULL));
  g_assert_cmpint (symlink (elsewhere, link), ==, 0);
  return kept;
}

static void
assert_page_focused (SagTestTune *test)
{
  g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (gtk_window_get_focus (GTK_WINDOW (test->window)),
                                             SAG_UI_TYPE_TUNE_FOLLOW));
}

/* From labels to a model that answers, and back. */
static void
test_all_of_it (SagTestTune *test, gconstpointer data)
{
  SagUiTuneRun    *run;
  g_autofree char *parent =
    g_strdup (sag_bundle_get_sha256 (sag_ui_engine_get_bundle (test->engine)));
  g_autofree char *made = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (SagBundle) bundle = NULL;
  guint n_known;
  g_autoptr (GError) error = NULL;

  sag_test_tune_show (test);
  sag_test_ui_until (sag_ui_tune_choose_is_ready (sag_ui_tune_window_get_choose (test->window)));
  sag_test_tune_act (test, "tune.start");
  run = sag_ui_tune_window_get_run (test->window);
  g_assert_nonnull (run);
  assert_page_focused (test);
  g_assert_cmpstr (sag_ui_tune_run_get_project (run), ==, test->path);
  g_assert_cmpstr (sag_ui_tune_run_get_title (run), ==, "Effusions");
  folder = g_strdup (sag_ui_tune_run_get_folder (run));
  sag_test_ui_until (!sag_ui_tune_run_is_working (run));
  g_assert_cmpstr (sag_ui_tune_run_get_problem (run), ==, NULL);
  g_assert_cmpint (sag_ui_tune_run_get_stage (run), ==, SAG_UI_TUNE_DONE);
  g_assert_cmpuint (sag_ui_tune_run_get_lines (run)->len, ==,
                    sag_ui_tune_run_get_status (run)->n_steps);
  g_assert_true (is_open (test, parent));
  g_assert_true (sag_test_tune_shows (test, "The new model is done."));
  sag_test_tune_picture (test, "done");
  assert_narrow (test);

  made = g_build_filename (folder, "bundle", NULL);
  bundle = sag_bundle_load (made, &error);
  g_assert_no_error (error);
  sha256 = g_strdup (sag_bundle_get_sha256 (bundle));
  sag_ui_known_bundles_add (made); /* not a copy: it goes with the run */
  sag_test_tune_act (test, "tune.adopt");
  sag_test_ui_until (is_open (test, sha256));
  g_assert_true (g_str_has_prefix (sag_bundle_get_folder (sag_ui_engine_get_bundle (test->engine)),
                                   g_get_user_data_dir ()));
  g_assert_cmpstr (sag_ui_tune_run_get_adopted (run), ==,
                   sag_bundle_get_folder (sag_ui_engine_get_bundle (test->engine)));
  g_assert_cmpstr (sag_ui_tune_run_get_adopted (run), !=, made);
  sag_test_tune_picture (test, "adopted");
  sag_test_tune_act (test, "tune.roll-back");
  sag_test_ui_until (is_open (test, parent));

  /* Once more is the same copy. */
  n_known = count_known ();
  sag_test_tune_act (test, "tune.adopt");
  sag_test_ui_until (is_open (test, sha256));
  g_assert_cmpuint (count_known (), ==, n_known);
  kept = link_elsewhere (test, folder);
  sag_ui_tune_runs_discard (sag_ui_tune_window_get_runs (test->window), run);
  sag_test_ui_until (!g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
  g_assert_true (is_open (test, sha256));
  sag_ui_tune_window_show (test->window, NULL);
  sag_test_ui_settle ();
  assert_narrow (test);
}

/* A process that another window began: found by its folder alone. */
static GPid
begin_elsewhere (SagTestTune *test, const char *folder)
{
  const char *words[] = {
    g_getenv ("SAGITTA_CLI"),
    "train",
    test->path,
    "--bundle",
    test->bundle,
    "--what",
    "heads",
    "--task",
    "effusion",
    "--steps",
    "10000000",
    "-o",
    folder,
    NULL,
  };
  g_autofree char *parent = g_path_get_dirname (folder);
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_assert_nonnull (words[0]);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_spawn_async (NULL, (char **) words, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL |
                   G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static gboolean
has_begun (const char *folder)
{
  g_auto (SagTuneStatus) status = { 0 };

  return sag_tune_status_load (folder, &status, NULL) && status.alive && status.step > 0;
}

static void
assert_asks (SagTestTune *test)
{
  SagUiCases  *cases = sag_ui_session_get_cases (test->session);
  SagUiCase   *one = sag_ui_cases_add (cases, test->scans->pdata[0]);
  SagUiResult *result;

  sag_ui_cases_set_current (cases, one);
  sag_test_ui_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  result = sag_ui_engine_ask (test->engine, one, SAG_TEST_TUNE_WORDING);
  sag_test_ui_until (sag_ui_result_get_state (result) != SAG_UI_RESULT_PENDING);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_READY);
}

/* A stop that the process would not hear is not taken. */
static void
assert_not_stopped (SagTestTune *test, SagUiTuneRun *run)
{
  g_assert_cmpint (sag_ui_tune_run_get_stage (run), ==, SAG_UI_TUNE_STARTING);
  gtk_widget_activate_action (GTK_WIDGET (test->window), "tune.stop", NULL);
  g_assert_cmpint (sag_tune_control_get (sag_ui_tune_run_get_folder (run)), ==, SAG_TUNE_RUN);
}

/* Where it cannot go on, that is said, not how it ended before. */
static void
assert_new_reason (SagTestTune *test, SagUiTuneRun *run)
{
  g_autofree char *away = g_strconcat (test->bundle, "-away", NULL);

  g_assert_cmpint (g_rename (test->bundle, away), ==, 0);
  sag_test_tune_act (test, "tune.resume");
  sag_test_ui_until (!sag_ui_tune_run_is_working (run));
  g_assert_cmpint (g_rename (away, test->bundle), ==, 0);
  g_assert_cmpint (sag_ui_tune_run_get_stage (run), ==, SAG_UI_TUNE_FAILED);
  g_assert_nonnull (strstr (sag_ui_tune_run_get_problem (run), test->bundle));
  g_assert_true (sag_test_tune_shows (test, test->bundle));
}

static void
test_follow (SagTestTune *test, gconstpointer data)
{
  g_autofree char *folder =
    g_build_filename (g_get_user_data_dir (), "sagitta", "trainings", "Effusions-1", NULL);
  const GPid    pid = begin_elsewhere (test, folder);
  SagUiTuneRun *run;
  guint         n;

  sag_test_ui_until (has_begun (folder));
  sag_test_tune_show (test);
  run = sag_ui_tune_window_get_run (test->window);
  g_assert_nonnull (run);
  g_assert_cmpstr (sag_ui_tune_run_get_folder (run), ==, folder);
  n = sag_ui_tune_run_get_lines (run)->len;
  sag_test_ui_until (sag_ui_tune_run_get_lines (run)->len > n + 100);
  sag_test_ui_until (sag_test_tune_shows (test, "Training, step ") &&
                     sag_test_tune_shows (test, " left"));
  sag_test_tune_picture (test, "training");
  assert_asks (test);

  /* No second one meanwhile. */
  sag_ui_tune_window_show (test->window, NULL);
  sag_test_ui_until (
    sag_ui_tune_choose_get_problem (sag_ui_tune_window_get_choose (test->window)) != NULL);
  g_assert_true (sag_test_tune_shows (test, "A training is under way"));
  sag_ui_tune_window_show (test->window, run);

  sag_test_tune_act (test, "tune.pause");
  sag_test_ui_until (sag_ui_tune_run_get_stage (run) == SAG_UI_TUNE_PAUSED);
  sag_test_tune_picture (test, "paused");
  sag_test_tune_act (test, "tune.toggle");
  sag_test_ui_until (sag_ui_tune_run_get_stage (run) == SAG_UI_TUNE_TRAINING);

  /* It survives the window. */
  sag_test_tune_close (test);
  sag_test_tune_show (test);
  run = sag_ui_tune_window_get_run (test->window);
  g_assert_nonnull (run);
  g_assert_true (sag_ui_tune_run_is_working (run));

  kill (pid, SIGKILL);
  sag_test_ui_until (sag_ui_tune_run_get_stage (run) == SAG_UI_TUNE_DIED);
  g_assert_true (sag_test_tune_shows (test, "It broke off"));
  sag_test_tune_picture (test, "died");
  g_spawn_close_pid (pid);

  sag_test_tune_act (test, "tune.resume");
  assert_not_stopped (test, run);
  sag_test_ui_until (sag_ui_tune_run_get_stage (run) == SAG_UI_TUNE_TRAINING);
  sag_test_tune_act (test, "tune.stop");
  sag_test_ui_until (sag_ui_tune_run_get_stage (run) == SAG_UI_TUNE_STOPPED);
  g_assert_true (sag_test_tune_shows (test, "Resume goes on from there"));
  sag_test_tune_picture (test, "stopped");
  assert_new_reason (test, run);
  sag_ui_tune_runs_discard (sag_ui_tune_window_get_runs (test->window), run);
  sag_test_ui_until (!g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* What the process says before it has a word for the folder is said all the same. */
static void
test_fails_to_begin (SagTestTune *test, gconstpointer data)
{
  g_autofree char *bundle = g_build_filename (test->folder, "nowhere", NULL);
  g_auto (GStrv) tasks = g_strsplit ("effusion", ",", -1);
  const SagUiTuneChoice choice = { .project = test->path,
                                   .bundle = bundle,
                                   .tasks = tasks,
                                   .parts = SAG_TRAIN_HEADS,
                                   .hold_out = 0.3,
                                   .n_threads = 1 };
  SagUiTuneRun         *run;
  g_autoptr (GError) error = NULL;

  sag_test_tune_show (test);
  run = sag_ui_tune_runs_start (sag_ui_tune_window_get_runs (test->window), &choice, &error);
  g_assert_no_error (error);
  sag_ui_tune_window_show (test->window, run);
  sag_test_ui_until (!sag_ui_tune_run_is_working (run));
  g_assert_cmpint (sag_ui_tune_run_get_stage (run), ==, SAG_UI_TUNE_FAILED);
  g_assert_nonnull (strstr (sag_ui_tune_run_get_problem (run), "nowhere"));
  g_assert_true (sag_test_tune_shows (test, "nowhere"));
  sag_test_tune_picture (test, "failed");
  sag_ui_tune_runs_discard (sag_ui_tune_window_get_runs (test->window), run);
}

static void
add_line (GArray *lines, guint64 step, double loss, gboolean watched)
{
  SagTuneLine line = { .step = step, .loss = loss, .watched = watched, .auroc = 0.8 };

  g_array_append_val (lines, line);
}

/* What is watched is drawn as squares, and is not the loss that the words tell. */
static void
test_watched (SagTestTune *test, gconstpointer data)
{
  GtkWidget *curve = sag_ui_tune_curve_new ();
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (SagTuneLine));

  for (guint64 step = 1; step <= 100; step++)
    {
      add_line (lines, step, 0.7 * exp (-(double) step / 60) + 0.02 * (double) (step % 3), FALSE);
      if (step % 10 == 0)
        add_line (lines, step, 0.8 - 0.3 * (double) step / 100, TRUE);
    }
  gtk_window_set_child (GTK_WINDOW (window), curve);
  gtk_window_set_default_size (GTK_WINDOW (window), 700, 420);
  sag_ui_tune_curve_set_lines (SAG_UI_TUNE_CURVE (curve), lines, 100);
  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_settle ();
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (curve), "0.152 now"));
  cairo_surface_destroy (sag_test_ui_picture (window, "watched"));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, data, test)                                                                      \
  g_test_add (name, SagTestTune, data, sag_test_tune_set_up, test, sag_test_tune_tear_down)
  ADD ("/ui/tune/choose", NULL, test_choose);
  ADD ("/ui/tune/multi-label", NULL, test_multi_label);
  ADD ("/ui/tune/multi-label-others", GINT_TO_POINTER (SAG_TEST_TUNE_CASES), test_multi_label);
  ADD ("/ui/tune/one-kind", GINT_TO_POINTER (-SAG_TEST_TUNE_CASES), test_nothing_to_learn);
  ADD ("/ui/tune/one-case", GINT_TO_POINTER (1), test_nothing_to_learn);
  ADD ("/ui/tune/no-project", NULL, test_no_project);
  ADD ("/ui/tune/all-of-it", NULL, test_all_of_it);
  ADD ("/ui/tune/follow", NULL, test_follow);
  ADD ("/ui/tune/fails-to-begin", NULL, test_fails_to_begin);
  ADD ("/ui/tune/watched", NULL, test_watched);
  return g_test_run ();
}
