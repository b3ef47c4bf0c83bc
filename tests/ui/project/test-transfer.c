/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti.h"
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
#include "ui/project/add-scans.h"
#include "ui/project/labels.h"
#include "ui/project/project-actions.h"
#include "ui/project/transfer.h"
#include "ui/readings/readings-actions.h"

#include <string.h>

typedef struct
{
  gboolean is_done;
  char   **sentences;
  GError  *error;
} Outcome;

static void
finished_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->sentences = sag_ui_transfer_finish (result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
outcome_clear (Outcome *outcome)
{
  g_strfreev (outcome->sentences);
  g_clear_error (&outcome->error);
  *outcome = (Outcome){ 0 };
}

static void
open_labelled (SagTestProject *test)
{
  SagUiLabels *labels = sag_ui_labels_get (test->session);

  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "effusion", "Is there fluid?");
  sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
}

/* Labels leave as a table and come back from it; what is on its way to disk is in the table. */
static void
test_labels (SagTestProject *test, gconstpointer data)
{
  g_autofree char *path = g_build_filename (test->folder, "labels.csv", NULL);
  g_autofree char *text = NULL;
  SagUiLabels     *labels = sag_ui_labels_get (test->session);
  Outcome          outcome = { 0 };

  open_labelled (test);
  sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_LABELS, path, 0, NULL, finished_cb,
                         &outcome);
  sag_test_ui_until (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_nonnull (strstr (outcome.sentences[0], "labels.csv"));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "present"));
  outcome_clear (&outcome);

  sag_ui_labels_set (labels, SAG_LABEL_VALUE_NONE);
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 0);
  sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_IMPORT_LABELS, path, 0, NULL, finished_cb,
                         &outcome);
  sag_test_ui_until (outcome.is_done);
  g_assert_no_error (outcome.error);
  sag_test_ui_until (sag_test_project_get_item (test, 0)->n_labelled == 1);
  sag_test_ui_until (sag_ui_labels_is_ready (labels) && sag_ui_labels_get_n_set (labels) == 1);
  outcome_clear (&outcome);
}

/* Closing the project does not cut an export off. */
static void
test_close_meanwhile (SagTestProject *test, gconstpointer data)
{
  g_autofree char *path = g_build_filename (test->folder, "archive", NULL);
  g_autofree char *inside = g_build_filename (path, "project.sagitta", NULL);
  Outcome          outcome = { 0 };

  open_labelled (test);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_ARCHIVE, path, 0, NULL, finished_cb,
                         &outcome);
  sag_ui_project_close (test->project);
  g_assert_null (sag_ui_project_get_store (test->project));
  sag_test_ui_until (outcome.is_done);
  g_assert_no_error (outcome.error);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  g_assert_true (g_file_test (inside, G_FILE_TEST_EXISTS));
  outcome_clear (&outcome);
}

/* A folder that cannot be written is one sentence. */
static void
test_error (SagTestProject *test, gconstpointer data)
{
  g_autofree char *path = g_build_filename (test->folder, "nowhere", "labels.csv", NULL);
  Outcome          outcome = { 0 };

  open_labelled (test);
  sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_LABELS, path, 0, NULL, finished_cb,
                         &outcome);
  sag_test_ui_until (outcome.is_done);
  g_assert_nonnull (outcome.error);
  g_assert_null (outcome.sentences);
  outcome_clear (&outcome);
}

/* An export that is stopped says so, and tells before how far it is. */
static void
test_stop (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = g_build_filename (test->folder, "archive", NULL);
  g_autofree char *inside = g_build_filename (path, "project.sagitta", NULL);
  g_autoptr (GTask) task = NULL;
  Outcome outcome = { 0 };

  open_labelled (test);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_cancellable_cancel (cancellable);
  task = g_object_ref (sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_ARCHIVE, path, 0,
                                              cancellable, finished_cb, &outcome));
  sag_test_ui_until (outcome.is_done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (inside, G_FILE_TEST_EXISTS));
  g_assert_cmpfloat (sag_ui_transfer_get_progress (task), <=, 0);
  outcome_clear (&outcome);
  g_clear_object (&task);
  task = g_object_ref (sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_ARCHIVE, path, 0, NULL,
                                              finished_cb, &outcome));
  sag_test_ui_until (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_cmpfloat (sag_ui_transfer_get_progress (task), >=, 0);
  outcome_clear (&outcome);
}

/* What cannot be stopped is not said to have stopped. */
static void
test_stop_labels (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = g_build_filename (test->folder, "labels.csv", NULL);
  Outcome          outcome = { 0 };

  open_labelled (test);
  sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_LABELS, path, 0, cancellable, finished_cb,
                         &outcome);
  g_cancellable_cancel (cancellable);
  sag_test_ui_until (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  outcome_clear (&outcome);
}

/* A table's labels come before its masks: stopped between, they stay, and nobody says that nothing came in. */
static void
test_stop_import (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *path = g_build_filename (test->folder, "table.csv", NULL);
  Outcome          outcome = { 0 };

  open_labelled (test);
  g_assert_true (g_file_set_contents (path,
                                      "question,img_file_path,label,mask_file_path\n"
                                      "Is there fluid?,a.nii.gz,0,nowhere.nii.gz\n",
                                      -1, NULL));
  g_cancellable_cancel (cancellable);
  sag_ui_transfer_async (test->project, SAG_UI_TRANSFER_IMPORT_LABELS, path, 0, cancellable,
                         finished_cb, &outcome);
  sag_test_ui_until (outcome.is_done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  g_assert_nonnull (
    strstr (sag_ui_transfer_get_stopped (SAG_UI_TRANSFER_IMPORT_LABELS), "came in before stays"));
  g_assert_nonnull (
    strstr (sag_ui_transfer_get_stopped (SAG_UI_TRANSFER_IMPORT_MASKS), "Nothing was imported"));
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->sentences = sag_ui_add_scans_finish (result, &outcome->error);
  outcome->is_done = TRUE;
}

static GCancellable *stop;

/* On the store's thread, when a scan is written. */
static gint64
stop_at_once (void)
{
  g_cancellable_cancel (stop);
  return 1;
}

/* Stopped while they are being written: they are there, and that is told. */
static void
test_stop_adding (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GFile) one = sag_test_ui_scan (test->folder, "one", 8);
  GFile  *files[] = { one };
  Outcome outcome = { 0 };

  sag_test_project_open (test, TRUE);
  stop = g_cancellable_new ();
  sag_store_set_clock (sag_ui_project_get_store (test->project), stop_at_once);
  sag_ui_add_scans_async (test->project, files, 1, NULL, stop, added_cb, &outcome);
  sag_test_ui_until (outcome.is_done);
  g_assert_true (g_cancellable_is_cancelled (stop));
  g_assert_no_error (outcome.error);
  g_assert_nonnull (strstr (outcome.sentences[0], "1 scan was added"));
  sag_test_ui_until (sag_ui_project_get_list (test->project)->items->len == 1);
  outcome_clear (&outcome);
  sag_store_set_clock (sag_ui_project_get_store (test->project), NULL);
  g_clear_object (&stop);
}

/* Scans of a folder join the worklist without being opened, once each; stopped, none does. */
static void
test_add_scans (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GFile) folder = g_file_new_for_path (test->folder);
  G_GNUC_UNUSED g_autoptr (GFile) one = sag_test_ui_scan (test->folder, "one", 8);
  g_autoptr (GFile) two = sag_test_ui_scan (test->folder, "two", 9);
  GFile     *files[] = { folder };
  Outcome    outcome = { 0 };
  SagUiCase *scan;

  sag_test_project_open (test, TRUE);
  g_cancellable_cancel (cancellable);
  sag_ui_add_scans_async (test->project, files, 1, NULL, cancellable, added_cb, &outcome);
  sag_test_ui_until (outcome.is_done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  g_assert_cmpuint (sag_ui_project_get_list (test->project)->items->len, ==, 0);
  for (int t = 0; t < 2; t++)
    {
      sag_ui_add_scans_async (test->project, files, 1, NULL, NULL, added_cb, &outcome);
      sag_test_ui_until (outcome.is_done);
      g_assert_no_error (outcome.error);
      sag_test_ui_until (sag_ui_project_get_list (test->project)->items->len == 2);
      outcome_clear (&outcome);
    }
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (sag_ui_session_get_cases (test->session))), ==, 0);
  g_assert_cmpstr (sag_test_project_get_item (test, 0)->one->name, ==, "one");
  g_assert_null (sag_test_project_get_item (test, 0)->one->sha256);
  /* Opened, it is the same case. */
  scan = sag_test_project_open_scan (test, two);
  sag_test_ui_until (sag_ui_project_get_sure_id (test->project, scan) != 0);
  g_assert_cmpint (sag_ui_project_get_sure_id (test->project, scan), ==,
                   sag_test_project_get_item (test, 1)->one->id);
}

/* Choosing a file */

static GtkWindow *
open_window (SagTestProject *test)
{
  GtkWidget *window = gtk_window_new ();

  sag_ui_project_install_actions (GTK_WINDOW (window), test->session);
  sag_ui_readings_install_actions (GTK_WINDOW (window), test->session);
  return GTK_WINDOW (window);
}

static GFile *
save_mask (SagTestProject *test, SagUiCase *one)
{
  const SagGeometry *grid = sag_volume_get_geometry (sag_ui_case_get_volume (one));
  const gsize        n = (gsize) sag_geometry_n_voxels (grid);
  g_autofree guint8 *voxels = g_malloc0 (n);
  g_autofree char   *path = g_build_filename (test->folder, "mask.nii.gz", NULL);
  g_autoptr (GError) error = NULL;

  memset (voxels + n / 2, 1, 100);
  sag_nifti_save (path, grid, SAG_NIFTI_UINT8, voxels, NULL, NULL, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static guint
get_n_masks (SagTestProject *test, SagUiCase *one)
{
  const gint64 id = sag_ui_project_get_case_id (test->project, one);
  const int    place = sag_ui_project_find_item (test->project, id);

  g_assert_cmpint (place, >=, 0);
  return sag_test_project_get_item (test, (guint) place)->n_masks;
}

/* "This case" is the one that was shown when the file was asked for. */
static void
test_other_case (SagTestProject *test, gconstpointer data)
{
  GtkWindow *window = open_window (test);
  SagUiCase *one, *other;
  g_autoptr (GFile) mask = NULL;

  sag_test_project_open (test, TRUE);
  one = sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_project_get_sure_id (test->project, one) != 0);
  mask = save_mask (test, one);
  gtk_widget_activate_action (GTK_WIDGET (window), "project.import-masks", NULL);
  other = sag_test_project_open_case (test, "b");
  sag_test_ui_until (sag_ui_project_get_sure_id (test->project, other) != 0);
  sag_test_ui_choose_file (mask);
  sag_test_ui_until (get_n_masks (test, one) + get_n_masks (test, other) == 1);
  g_assert_cmpuint (get_n_masks (test, one), ==, 1);
  g_assert_cmpstr (test->problems->str, ==, "");
  gtk_window_destroy (window);
}

static const struct
{
  const char *action;
  const char *name; /* of the file */
  const char *text; /* (nullable): in it; NULL: it is written */
} asked[] = {
  { "project.add-scans(false)", "scan.nii", "" },
  { "project.export('labels')", "labels.csv", NULL },
  { "project.import-labels", "table.csv", "question,img_file_path,label\n" },
  { "project.save-as", "Elsewhere.sagitta", NULL },
  { "readings.merge", "copy.sagitta", "" },
};

/* A file is chosen for the project that was open: another one has no part in it. */
static void
test_other_project (SagTestProject *test, gconstpointer data)
{
  const int  a = GPOINTER_TO_INT (data);
  GtkWindow *window = open_window (test);
  g_autoptr (GFile) file = g_file_new_build_filename (test->folder, asked[a].name, NULL);
  g_autoptr (GFile) other = g_file_new_build_filename (test->folder, "Other.sagitta", NULL);
  g_autoptr (GVariant) target = NULL;
  g_autofree char *action = NULL;

  sag_test_project_open (test, TRUE);
  if (asked[a].text != NULL)
    g_assert_true (g_file_set_contents (g_file_peek_path (file), asked[a].text, -1, NULL));
  g_assert_true (g_action_parse_detailed_name (asked[a].action, &action, &target, NULL));
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (window), action, target));
  sag_ui_project_open (test->project, other, TRUE);
  sag_test_ui_until (test->n_opened == 2 && !sag_ui_project_is_busy (test->project));
  sag_test_ui_choose_file (file);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  g_assert_cmpstr (test->problems->str, ==,
                   "Another project was opened meanwhile; nothing was done.\n");
  g_assert_cmpstr (sag_ui_project_get_title (test->project), ==, "Other");
  g_assert_cmpint (g_file_query_exists (file, NULL), ==, asked[a].text != NULL);
  gtk_window_destroy (window);
}

/* Whoever is asked for a name first is asked for no file of another project. */
static void
test_other_split (SagTestProject *test, gconstpointer data)
{
  GtkWindow *window = open_window (test), *dialog;
  g_autoptr (GFile) other = g_file_new_build_filename (test->folder, "Other.sagitta", NULL);

  sag_test_project_open (test, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "readings.split", NULL);
  sag_test_ui_until ((dialog = sag_test_ui_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  sag_ui_project_open (test->project, other, TRUE);
  sag_test_ui_until (test->n_opened == 2 && !sag_ui_project_is_busy (test->project));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "split");
  gtk_window_destroy (dialog);
  sag_test_ui_settle ();
  g_assert_false (sag_test_ui_is_choosing ());
  g_assert_nonnull (strstr (test->problems->str, "Another project was opened meanwhile"));
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_hide_choosers ();
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/project/transfer/" name, SagTestProject, NULL, sag_test_project_set_up, func,   \
              sag_test_project_tear_down)
  ADD ("labels", test_labels);
  ADD ("close-meanwhile", test_close_meanwhile);
  ADD ("error", test_error);
  ADD ("stop", test_stop);
  ADD ("stop-labels", test_stop_labels);
  ADD ("stop-import", test_stop_import);
  ADD ("stop-adding", test_stop_adding);
  ADD ("add-scans", test_add_scans);
  ADD ("other-case", test_other_case);
  ADD ("other-split", test_other_split);
#undef ADD
  for (gsize a = 0; a < G_N_ELEMENTS (asked); a++)
    {
      g_autofree char *name = g_strdup_printf ("/ui/project/transfer/other/%s", asked[a].name);

      g_test_add (name, SagTestProject, GINT_TO_POINTER (a), sag_test_project_set_up,
                  test_other_project, sag_test_project_tear_down);
    }
  return g_test_run ();
}
