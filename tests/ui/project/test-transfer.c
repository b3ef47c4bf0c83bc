/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
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
#undef ADD
  return g_test_run ();
}
