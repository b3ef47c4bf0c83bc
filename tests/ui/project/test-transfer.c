/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
#include "ui/project/add-scans.h"
#include "ui/project/labels.h"
#include "ui/project/transfer.h"

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

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
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
#undef ADD
  return g_test_run ();
}
