/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
#include "ui/project/project-actions.h"

#include <glib/gstdio.h>
#include <string.h>

/* What is open becomes a case, with its hash and grid, and is that case again in the next session. */
static void
test_meet (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (test->folder, "a", 8);
  SagUiCase *one;
  gint64     id;

  sag_test_project_open (test, TRUE);
  g_assert_cmpuint (test->n_opened, ==, 1);
  g_assert_cmpstr (sag_ui_project_get_title (test->project), ==, "Lungs");
  g_assert_true (sag_ui_project_can_write (test->project));
  g_assert_cmpint (sag_ui_project_get_current_id (test->project), ==, 0);
  one = sag_test_project_open_scan (test, scan);
  sag_test_ui_until (sag_ui_project_get_case_id (test->project, one) != 0);
  id = sag_ui_project_get_current_id (test->project);
  sag_test_ui_until (sag_ui_project_find_item (test->project, id) == 0);
  g_assert_cmpstr (sag_test_project_get_item (test, 0)->one->name, ==, "a");
  g_assert_cmpuint (strlen (sag_test_project_get_item (test, 0)->one->sha256), ==, 64);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->geometry.dims[0], >, 0);

  sag_test_project_close (test);
  g_assert_cmpint (sag_ui_project_get_case_id (test->project, one), ==, 0);
  sag_test_project_open (test, FALSE);
  g_assert_cmpint (sag_ui_project_get_case_id (test->project, one), ==, id);
  g_assert_cmpstr (test->problems->str, ==, "");
}

/* A scan that was moved is found by its content. */
static void
test_moved (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (test->folder, "a", 8);
  g_autoptr (GFile) place = g_file_get_parent (scan);
  g_autoptr (GFile) other = g_file_get_child (place, "b.nii.gz");
  SagUiCase *one;
  gint64     id;

  sag_test_project_open (test, TRUE);
  one = sag_test_project_open_scan (test, scan);
  sag_test_ui_until ((id = sag_ui_project_get_case_id (test->project, one)) != 0);
  sag_test_ui_until (sag_ui_project_find_item (test->project, id) == 0);
  sag_test_project_close_scan (test, one);
  g_assert_true (g_file_move (scan, other, 0, NULL, NULL, NULL, NULL));
  one = sag_test_project_open_scan (test, other);
  g_assert_cmpint (sag_ui_project_get_case_id (test->project, one), ==, 0);
  sag_test_ui_until (sag_ui_project_get_case_id (test->project, one) == id);
  sag_test_ui_until (g_str_has_suffix (sag_test_project_get_item (test, 0)->one->path, "b.nii.gz"));
  g_assert_cmpuint (sag_ui_project_get_list (test->project)->items->len, ==, 1);
}

/* Another grid at the known place is refused, with a sentence. */
static void
test_grid (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (test->folder, "a", 8);
  g_autoptr (GFile) finer = NULL;
  SagUiCase *one;
  gint64     id;

  sag_test_project_open (test, TRUE);
  one = sag_test_project_open_scan (test, scan);
  sag_test_ui_until ((id = sag_ui_project_get_case_id (test->project, one)) != 0);
  sag_test_ui_until (sag_ui_project_find_item (test->project, id) == 0);
  sag_test_project_close_scan (test, one);
  finer = sag_test_ui_scan (test->folder, "a", 6);
  one = sag_test_project_open_scan (test, finer);
  sag_test_ui_until (test->problems->len > 0);
  g_assert_cmpint (sag_ui_project_get_case_id (test->project, one), ==, 0);
  g_assert_nonnull (strstr (test->problems->str, "another grid"));
}

/* What somebody else writes is only looked at; "note" says who has it. */
static void
test_read_only (SagTestProject *test, gconstpointer data)
{
  g_autofree char *path = g_build_filename (test->folder, "Lungs.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagStore *other = sag_store_open (path, SAG_STORE_CREATE, "Bob", &error);
  g_autoptr (GFile) scan = sag_test_ui_scan (test->folder, "a", 8);
  SagUiCase *one;

  g_assert_no_error (error);
  sag_test_project_open (test, FALSE);
  g_assert_cmpuint (test->n_opened, ==, 1);
  g_assert_false (sag_ui_project_can_write (test->project));
  g_assert_nonnull (strstr (sag_ui_project_get_note (test->project), "Bob"));
  one = sag_test_project_open_scan (test, scan);
  sag_test_ui_settle ();
  g_assert_cmpint (sag_ui_project_get_case_id (test->project, one), ==, 0);
  sag_test_project_close (test);
  g_assert_null (sag_ui_project_get_note (test->project));
  sag_store_free (other);
}

/* No project: one sentence, and the one that is open stays. */
static void
test_no_project (SagTestProject *test, gconstpointer data)
{
  g_autoptr (GFile) text = sag_test_ui_text (test->folder, "bad.sagitta", "no database");
  SagStore *store;

  sag_test_project_open (test, TRUE);
  store = sag_ui_project_get_store (test->project);
  sag_ui_project_open (test->project, text, FALSE);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  g_assert_nonnull (strstr (test->problems->str, "no project of Sagitta"));
  g_assert_true (sag_ui_project_get_store (test->project) == store);
}

/* Elsewhere: work goes on in the new file; closing at once waits for that. */
static void
test_save_as (SagTestProject *test, gconstpointer data)
{
  g_autofree char *path = g_build_filename (test->folder, "Other.sagitta", NULL);
  g_autofree char *third = g_build_filename (test->folder, "Third.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) last = g_file_new_for_path (third);

  sag_test_project_open (test, TRUE);
  sag_ui_project_save_as (test->project, file);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  g_assert_cmpstr (sag_ui_project_get_title (test->project), ==, "Other");
  sag_ui_project_save_as (test->project, last);
  sag_test_project_close (test);
  g_assert_true (g_file_test (third, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (test->problems->str, ==, "");
}

static gboolean
write_nothing (SagDb *db, gpointer data, GError **error)
{
  return TRUE;
}

/* (nullable): the question that is asked. */
static AdwMessageDialog *
find_question (void)
{
  GtkWindow *dialog = sag_test_ui_find_window (ADW_TYPE_MESSAGE_DIALOG);

  return dialog != NULL ? ADW_MESSAGE_DIALOG (dialog) : NULL;
}

static void
answer (const char *response)
{
  AdwMessageDialog *question = find_question ();

  g_assert_nonnull (question);
  adw_message_dialog_response (question, response);
  gtk_window_destroy (GTK_WINDOW (question)); /* as a button does */
  sag_test_ui_settle ();
  g_assert_null (find_question ());
}

/* A project whose work waits for the disk is not closed without a question, nor is its window. */
static void
test_close_stuck (SagTestProject *test, gconstpointer data)
{
  GtkWidget       *window = gtk_window_new ();
  g_autofree char *path = g_build_filename (test->folder, "Lungs.sagitta", NULL);
  g_autofree char *away = g_build_filename (test->folder, "away", NULL);

  sag_ui_project_install_actions (GTK_WINDOW (window), test->session);
  gtk_window_present (GTK_WINDOW (window));
  sag_test_project_open (test, TRUE);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  sag_ui_project_post (test->project, write_nothing, NULL, NULL);
  sag_test_ui_until (sag_ui_project_is_stuck (test->project));
  gtk_widget_activate_action (window, "project.close", NULL);
  g_assert_nonnull (sag_ui_project_get_store (test->project));
  answer ("cancel");
  g_assert_nonnull (sag_ui_project_get_store (test->project));
  gtk_window_close (GTK_WINDOW (window));
  sag_test_ui_settle ();
  g_assert_true (gtk_widget_get_visible (window));
  answer ("cancel");
  gtk_widget_activate_action (window, "project.close", NULL);
  sag_ui_project_hold (test->project); /* that what is lost here is not told by a warning */
  answer ("lose");
  g_assert_null (sag_ui_project_get_store (test->project));
  g_assert_cmpint (g_rename (away, path), ==, 0);
  sag_ui_project_release (test->project);
  sag_test_ui_until (!sag_ui_project_is_busy (test->project));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/project/project/" name, SagTestProject, NULL, sag_test_project_set_up, func,    \
              sag_test_project_tear_down)
  ADD ("meet", test_meet);
  ADD ("moved", test_moved);
  ADD ("grid", test_grid);
  ADD ("read-only", test_read_only);
  ADD ("no-project", test_no_project);
  ADD ("save-as", test_save_as);
  ADD ("close-stuck", test_close_stuck);
#undef ADD
  return g_test_run ();
}
