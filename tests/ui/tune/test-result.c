/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/tune-result.h"

#include "model/core/json-reader.h"
#include "model/tune/result.h"
#include "tests/support/test.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "tests/ui/tune/run-fixture.h"
#include "ui/bundle/calibration-window.h"
#include "ui/tune/plot-view.h"
#include "ui/tune/result-words.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static char         *folder;
static SagUiSession *session;
static char         *said;

static void
toast_cb (SagUiSession *from, const char *sentence, gboolean undo, gpointer data)
{
  g_free (said);
  said = g_strdup (sentence);
}

static gboolean
says (GtkWidget *widget, gconstpointer part)
{
  return gtk_widget_get_mapped (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), part);
}

static gboolean
shows (GtkWidget *root, const char *part)
{
  return sag_test_ui_find (root, GTK_TYPE_LABEL, says, part) != NULL;
}

static void
assert_shows (GtkWidget *root, const char *part)
{
  if (!shows (root, part))
    g_error ("nothing says \"%s\"", part);
}

static void
ended_cb (SagUiTuneResult *result, gboolean *ended)
{
  *ended = TRUE;
}

static GtkWidget *
load (const char *run)
{
  GtkWidget *widget = sag_ui_tune_result_new (session);
  gboolean   ended = FALSE;
  gulong     handler = g_signal_connect (widget, "loaded", G_CALLBACK (ended_cb), &ended);

  sag_ui_tune_result_load (SAG_UI_TUNE_RESULT (widget), run);
  sag_test_ui_until (ended);
  g_signal_handler_disconnect (widget, handler);
  return widget;
}

static gboolean
is_expander (GtkWidget *widget, gconstpointer part)
{
  const char *label = gtk_expander_get_label (GTK_EXPANDER (widget));

  return label != NULL && strstr (label, part) != NULL;
}

static void
open_expander (GtkWidget *root, const char *part)
{
  GtkWidget *expander = sag_test_ui_find (root, GTK_TYPE_EXPANDER, is_expander, part);

  g_assert_nonnull (expander);
  g_assert_true (gtk_widget_get_focusable (expander));
  gtk_expander_set_expanded (GTK_EXPANDER (expander), TRUE);
  sag_test_ui_settle ();
}

/* What stands there is what the report says, to the third digit, and there are a p-value and intervals. */
static void
test_enough (void)
{
  g_autofree char *run = run_fixture_train (folder, "enough", "--hold-out 0.85", TRUE);
  GtkWidget       *widget = load (run);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 900);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTuneResult) result = sag_tune_result_load (run, &error);
  const SagReportTask *task;
  g_autofree char     *auroc = NULL;
  g_autofree char     *interval = NULL;

  g_assert_no_error (error);
  g_assert_true (sag_ui_tune_result_is_loaded (SAG_UI_TUNE_RESULT (widget)));
  task = sag_report_file_get_task (sag_tune_result_get_report (result), 0);
  g_assert_cmpuint (task->n_positives, >=, 10);
  g_assert_cmpuint (task->n - task->n_positives, >=, 10);
  auroc = sag_ui_result_dup_value (task, SAG_UI_FIGURE_AUROC, 1);
  interval = sag_ui_result_dup_beside (task, SAG_UI_FIGURE_AUROC, 1);
  g_assert_cmpuint (strlen (auroc), ==, 5);
  assert_shows (widget, auroc);
  assert_shows (widget, interval);
  assert_shows (widget, "bundle, fine-tuned");
  assert_shows (widget, RUN_FIXTURE_EFFUSION);
  assert_shows (widget, RUN_FIXTURE_LUNG);
  assert_shows (widget, "best possible");
  assert_shows (widget, " mm");
  g_assert_true (shows (widget, "p = ") || shows (widget, "p < ") || shows (widget, "No p-value"));
  cairo_surface_destroy (sag_test_ui_picture (widget, "enough"));
  open_expander (widget, "Curves");
  g_assert_nonnull (sag_test_ui_find_type (widget, SAG_UI_TYPE_PLOT_VIEW));
  gtk_window_set_default_size (window, 820, 1500);
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (widget, "curves"));
  gtk_window_set_default_size (window, 480, 900);
  sag_test_ui_settle ();
  g_assert_cmpint (gtk_widget_get_width (widget), <=, 480);
  cairo_surface_destroy (sag_test_ui_picture (widget, "narrow"));
  gtk_window_destroy (window);
}

static guint
count_rows (GtkWidget *expander)
{
  GtkWidget *list = sag_test_ui_find_type (expander, GTK_TYPE_LIST_BOX);
  guint      n = 0;

  while (list != NULL && gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), (int) n) != NULL)
    n++;
  return n;
}

/* The sentence; and where there are some, they are open to be seen. */
static void
assert_tells_changes (GtkWidget *widget, const char *run)
{
  g_autoptr (SagTuneResult) result = sag_tune_result_load (run, NULL);
  const SagReportTask *task = sag_report_file_get_task (sag_tune_result_get_report (result), 0);
  g_autofree char     *words = sag_ui_result_dup_changed (task);
  GtkWidget           *expander = sag_test_ui_find (widget, GTK_TYPE_EXPANDER, is_expander, words);

  g_assert_true (task->pair.too_few);
  assert_shows (widget, words);
  g_assert_cmpint (expander != NULL, ==, task->changed->len > 0);
  if (expander != NULL)
    g_assert_cmpuint (count_rows (expander), ==, task->changed->len);
}

/* With few cases there is no p-value, and what changed is said. */
static void
test_few (void)
{
  g_autofree char *run = run_fixture_train (folder, "few", "--hold-out 0.3", FALSE);
  GtkWidget       *widget = load (run);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 900);

  assert_shows (widget, "too few for a p-value");
  assert_shows (widget, "This is the first look");
  g_assert_false (shows (widget, "p ="));
  g_assert_false (shows (widget, "Dice"));
  assert_tells_changes (widget, run);
  cairo_surface_destroy (sag_test_ui_picture (widget, "few"));
  gtk_window_destroy (window);
}

static void
test_folds (void)
{
  g_autofree char *run = run_fixture_train (folder, "folds", "--folds 2", FALSE);
  GtkWidget       *widget = load (run);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 900);
  GtkWidget       *expander;

  assert_shows (widget, "2 models that had not seen it");
  expander = sag_test_ui_find (widget, GTK_TYPE_EXPANDER, is_expander, "26 answers in all");
  g_assert_cmpuint (count_rows (expander), ==, 0);
  open_expander (widget, "26 answers in all");
  g_assert_cmpuint (count_rows (expander), >=, 20);
  sag_test_ui_until (count_rows (expander) == 26);
  cairo_surface_destroy (sag_test_ui_picture (widget, "folds"));
  gtk_window_destroy (window);
}

static gboolean
is_first_row (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_mapped (widget) &&
         gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (widget));
}

static gboolean
is_mask_button (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_mapped (widget) &&
         g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), "Mask") == 0;
}

static double
distance_to_cross (const double place[3])
{
  double cross[3], sum = 0;

  sag_ui_display_get_cross (sag_ui_session_get_display (session), cross);
  for (int a = 0; a < 3; a++)
    sum += (cross[a] - place[a]) * (cross[a] - place[a]);
  return sqrt (sum);
}

static const SagReportCase *
first_masked (const SagReportFile *report)
{
  for (gsize c = 0; c < sag_report_file_get_n_cases (report); c++)
    if (!isnan (sag_report_file_get_case (report, c)->mask_ras_mm[0]))
      return sag_report_file_get_case (report, c);
  g_assert_not_reached ();
}

/* A row opens its scan at the peak, the button beside it at the mask. */
static void
test_go (void)
{
  g_autofree char *run = g_build_filename (folder, "enough", NULL);
  GtkWidget       *widget = load (run);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 1200);
  g_autoptr (SagTuneResult) result = sag_tune_result_load (run, NULL);
  const SagReportCase *one = first_masked (sag_tune_result_get_report (result));
  const char          *path = sag_tune_result_get_scan (result, one->id);
  SagUiDisplay        *display = sag_ui_session_get_display (session);
  GtkWidget           *button;
  GtkWidget           *row;

  open_expander (gtk_widget_get_last_child (gtk_widget_get_parent (
                   sag_test_ui_find (widget, GTK_TYPE_LABEL, says, RUN_FIXTURE_LUNG))),
                 "in all");
  button = sag_test_ui_find (widget, GTK_TYPE_BUTTON, is_mask_button, NULL);
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  sag_test_ui_until (sag_ui_display_get_volume (display) != NULL);
  sag_test_ui_until (distance_to_cross (one->mask_ras_mm) < 0.01);
  {
    g_autofree char *name =
      g_file_get_path (sag_ui_case_get_file (sag_ui_session_get_case (session)));

    g_assert_cmpstr (name, ==, path);
  }
  row = gtk_widget_get_ancestor (button, GTK_TYPE_LIST_BOX_ROW);
  g_assert_true (is_first_row (row, NULL));
  g_assert_true (gtk_widget_activate (row));
  sag_test_ui_until (distance_to_cross (one->peaks_ras_mm[1]) <
                     8); /* maybe outside the small scan */
  gtk_window_destroy (window);
}

/* A scan that went away is told, and nothing else happens. */
static void
test_gone (void)
{
  g_autofree char *run = g_build_filename (folder, "few", NULL);
  GtkWidget       *widget = load (run);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 1200);
  g_autoptr (SagTuneResult) result = sag_tune_result_load (run, NULL);
  const SagReportCase *one = sag_report_file_get_case (sag_tune_result_get_report (result), 0);
  g_autofree char     *path = g_strdup (sag_tune_result_get_scan (result, one->id));
  g_autofree char     *away = g_strconcat (path, ".away", NULL);
  SagUiCase           *before = sag_ui_session_get_case (session);
  GtkWidget           *row;

  open_expander (widget, "in all");
  g_assert_cmpint (g_rename (path, away), ==, 0);
  row = sag_test_ui_find (sag_test_ui_find (widget, GTK_TYPE_EXPANDER, is_expander, "in all"),
                          GTK_TYPE_LIST_BOX_ROW, is_first_row, NULL);
  g_assert_true (gtk_widget_activate (row));
  sag_test_ui_until (said != NULL && strstr (said, "not there any more") != NULL);
  g_assert_true (sag_ui_session_get_case (session) == before);
  g_assert_cmpint (g_rename (away, path), ==, 0);
  gtk_window_destroy (window);
}

static gboolean
exists (const char *in, const char *name)
{
  g_autofree char *path = g_build_filename (in, name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static void
test_export (void)
{
  g_autofree char *run = g_build_filename (folder, "enough", NULL);
  g_autofree char *in = g_build_filename (folder, "exported", NULL);
  g_autofree char *to = g_build_filename (in, "enough", NULL);
  GtkWidget       *widget = load (run);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 900);

  g_clear_pointer (&said, g_free);
  sag_ui_tune_result_export (SAG_UI_TUNE_RESULT (widget), in);
  sag_test_ui_until (said != NULL);
  g_assert_nonnull (strstr (said, to));
  g_assert_true (exists (to, "report.html") && exists (to, "report.json"));
  g_assert_true (exists (to, "01-pleural-effusion-around-the-lungs-roc.svg") ||
                 exists (to, "01-pleural-effusion-roc.svg"));
  gtk_window_destroy (window);
}

/* No report, a damaged one, and the one that was there before: each time a sentence, never half a table. */
static void
test_broken (void)
{
  g_autofree char *run = g_build_filename (folder, "broken", NULL);
  g_autofree char *path = g_build_filename (run, "report.json", NULL);
  g_autofree char *enough = g_build_filename (folder, "enough", NULL);
  GtkWidget       *widget = load (folder);
  GtkWindow       *window = sag_test_ui_show (widget, 820, 900);
  gboolean         ended = FALSE;

  assert_shows (widget, "The report cannot be read");
  cairo_surface_destroy (sag_test_ui_picture (widget, "broken"));
  g_mkdir (run, 0700);
  g_file_set_contents (path, "{\"tasks\": []}", -1, NULL);
  g_signal_connect (widget, "loaded", G_CALLBACK (ended_cb), &ended);
  sag_ui_tune_result_load (SAG_UI_TUNE_RESULT (widget), run);
  sag_test_ui_until (ended);
  assert_shows (widget, "older Sagitta");
  ended = FALSE;
  sag_ui_tune_result_load (SAG_UI_TUNE_RESULT (widget), run);
  sag_ui_tune_result_load (SAG_UI_TUNE_RESULT (widget), enough); /* the newest counts */
  sag_test_ui_until (ended);
  sag_test_ui_settle ();
  assert_shows (widget, RUN_FIXTURE_EFFUSION);
  sag_ui_tune_result_load (SAG_UI_TUNE_RESULT (widget), NULL);
  assert_shows (widget, "No figures yet");
  cairo_surface_destroy (sag_test_ui_picture (widget, "nothing"));
  gtk_window_destroy (window);
}

static void
opened_cb (GObject *engine, GAsyncResult *async, gpointer ended)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_ui_engine_open_finish (SAG_UI_ENGINE (engine), async, &error));
  g_assert_no_error (error);
  *(gboolean *) ended = TRUE;
}

/* A project is measured by the command; of 26 cases it says what is missing. */
static void
test_calibrate (void)
{
  g_autofree char        *bundle = g_build_filename (folder, "bundle", NULL);
  g_autofree char        *project = g_build_filename (folder, "study.sagitta", NULL);
  gboolean                ended = FALSE;
  SagUiCalibrationWindow *window;

  sag_ui_engine_open_async (sag_ui_session_get_engine (session), bundle, opened_cb, &ended);
  sag_test_ui_until (ended);
  window = sag_ui_calibration_window_present (session, NULL);
  sag_test_ui_until (!sag_ui_calibration_window_is_busy (window));
  sag_ui_calibration_window_use (window, project);
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (GTK_WIDGET (window), "calibration-measuring"));
  sag_test_ui_until (!sag_ui_calibration_window_is_busy (window));
  sag_test_ui_settle ();
  assert_shows (GTK_WIDGET (window), "13 positives and 13 negatives");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  int code;

  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  folder = sag_test_dup_folder ();
  run_fixture_make (folder);
  session = sag_test_ui_session ();
  g_signal_connect (session, "toast", G_CALLBACK (toast_cb), NULL);
  g_test_add_func ("/ui/tune/result/enough", test_enough);
  g_test_add_func ("/ui/tune/result/few", test_few);
  g_test_add_func ("/ui/tune/result/folds", test_folds);
  g_test_add_func ("/ui/tune/result/go", test_go);
  g_test_add_func ("/ui/tune/result/gone", test_gone);
  g_test_add_func ("/ui/tune/result/export", test_export);
  g_test_add_func ("/ui/tune/result/broken", test_broken);
  g_test_add_func ("/ui/tune/result/calibrate", test_calibrate);
  code = g_test_run ();
  sag_test_ui_close (session);
  sag_test_remove_folder (folder);
  g_free (said);
  return code;
}
