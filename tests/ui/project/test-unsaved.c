/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/implicit.h"
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/case/loss.h"
#include "ui/mask/masks.h"
#include "ui/project/found.h"
#include "ui/project/labels.h"

#include <string.h>

/* Labels of cards that are in no project, or have no place in it. */

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define NODULE "Diagnose the presence of lung nodule in the lungs"
#define FLUID "Is there fluid?"

typedef struct
{
  SagTestProject test;
  SagUiAsk      *ask;
  SagUiLabels   *labels;
} Unsaved;

static void
set_up (Unsaved *self, gconstpointer data)
{
  sag_test_project_set_up (&self->test, data);
  self->ask = sag_ui_ask_new (self->test.session);
  self->labels = sag_ui_labels_get (self->test.session);
  sag_ui_labels_set_ask (self->labels, self->ask);
}

static void
tear_down (Unsaved *self, gconstpointer data)
{
  g_auto (GStrv) paths = NULL;

  g_object_unref (self->ask);
  sag_test_project_tear_down (&self->test, data);
  paths = sag_implicit_dup_paths ();
  g_assert_cmpuint (g_strv_length (paths), ==, 0);
}

static SagUiCase *
open_scan (Unsaved *self, const char *name)
{
  g_autoptr (GFile) scan = sag_test_ui_scan (self->test.folder, name, 8 + (name[0] - 'a'));

  return sag_test_project_open_scan (&self->test, scan);
}

static void
say (Unsaved *self, SagUiCase *one, const char *text, SagUiLabel label)
{
  sag_ui_ask_set_label (self->ask, one, text, label);
}

/* On disk, though there is no project. */
static void
sheltered (Unsaved *self, SagUiCase *one)
{
  sag_test_ui_until (sag_ui_project_is_sheltered (self->test.project) &&
                     sag_ui_project_get_sure_id (self->test.project, one) != 0);
  sag_test_ui_until (!sag_ui_project_is_saving (self->test.project));
  g_assert_null (sag_ui_project_get_store (self->test.project));
}

static gboolean
list_labels (SagDb *db, gpointer data, GError **error)
{
  g_clear_pointer ((GPtrArray **) data, g_ptr_array_unref);
  *(GPtrArray **) data = sag_labels_list (db, 0, error);
  return *(GPtrArray **) data != NULL;
}

static GPtrArray *
stored (Unsaved *self)
{
  GPtrArray *labels = NULL;
  g_autoptr (GError) error = NULL;

  sag_store_run (sag_ui_project_get_home (self->test.project), list_labels, &labels, &error);
  g_assert_no_error (error);
  return labels;
}

static const SagLabelRow *
only (GPtrArray *labels)
{
  g_assert_cmpuint (labels->len, ==, 1);
  return labels->pdata[0];
}

/* What a closed scan has is told when the window closes, and only that. */
static void
test_closed (Unsaved *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->test.session);
  SagUiCase  *one = open_scan (self, "a");
  g_autoptr (SagUiCase) other = NULL;
  g_autofree char *loss = NULL;

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  other = g_object_ref (open_scan (self, "b"));
  sag_test_ui_until (sag_ui_project_get_sure_id (self->test.project, other) != 0);
  say (self, other, EFFUSION, SAG_UI_LABEL_ABSENT);
  g_assert_nonnull (sag_ui_masks_make_current (sag_ui_masks_get (self->test.session)));
  sag_test_project_close_scan (&self->test, other);
  sag_test_ui_until ((loss = sag_ui_project_dup_loss (self->test.project)) != NULL);
  g_assert_nonnull (strstr (loss, " b, "));

  /* Taken back: an empty mask is nothing. */
  sag_ui_cases_insert (cases, 1, other);
  sag_ui_cases_set_current (cases, other);
  sag_test_ui_until (sag_ui_case_get_state (other) == SAG_UI_CASE_READY);
  say (self, other, EFFUSION, SAG_UI_LABEL_NONE);
  g_assert_null (sag_ui_loss_get (other));
  sag_test_project_close_scan (&self->test, other);
  do
    {
      sag_test_ui_settle ();
      g_free (loss);
      loss = sag_ui_project_dup_loss (self->test.project);
    }
  while (loss != NULL);
}

/* A scan on another grid than the one that has work in no project has no place there. */
static void
test_refused (Unsaved *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->test.session);
  SagUiCase  *one = open_scan (self, "a");
  g_autoptr (GFile) file = g_object_ref (sag_ui_case_get_file (one));
  g_autoptr (GFile) same = NULL;

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  g_assert_false (sag_ui_loss_is_sheltered (cases, one));
  g_assert_false (sag_ui_loss_are_sheltered (cases));
  sheltered (self, one);
  g_assert_true (sag_ui_loss_is_sheltered (cases, one));
  g_assert_true (sag_ui_loss_are_sheltered (cases));
  sag_ui_loss_set (one, SAG_UI_LOSS_WORK, "Work is under way.");
  g_assert_false (sag_ui_loss_is_sheltered (cases, one));
  sag_test_project_close_scan (&self->test, one);
  same = sag_test_ui_scan (self->test.folder, "a", 11);
  g_assert_true (g_file_equal (same, file));
  one = sag_test_project_open_scan (&self->test, file);
  sag_test_ui_until (self->test.problems->len > 0);
  say (self, one, NODULE, SAG_UI_LABEL_PRESENT);
  g_assert_nonnull (sag_ui_loss_get (one));
  g_assert_false (sag_ui_loss_is_sheltered (cases, one));
  g_assert_false (sag_ui_loss_are_sheltered (cases));
}

/* Who takes a name is the same person: with all that was said and seen. */
static void
test_named (Unsaved *self, gconstpointer data)
{
  SagUiCase *one = open_scan (self, "a");
  g_autoptr (GPtrArray) labels = NULL;
  g_autofree char *path = g_build_filename (self->test.folder, "New.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sag_ui_opinion_see (one, NODULE, "of a model");
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Bea"); /* while its place is made */
  sheltered (self, one);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Cleo");
  g_assert_cmpint (sag_ui_opinion_get (one, EFFUSION)->label, ==, SAG_UI_LABEL_PRESENT);
  g_assert_true (sag_ui_opinion_get (one, NODULE)->seen);
  say (self, one, NODULE, SAG_UI_LABEL_ABSENT);
  labels = stored (self);
  g_assert_cmpuint (labels->len, ==, 2);
  for (guint l = 0; l < labels->len; l++)
    g_assert_cmpstr (((const SagLabelRow *) labels->pdata[l])->reader, ==, "Cleo");
  sag_ui_project_open (self->test.project, file, TRUE);
  sag_test_ui_until (sag_ui_labels_can_set (self->labels));
  g_assert_cmpuint (sag_ui_labels_get_n_set (self->labels), ==, 2);
}

/* What is saved in a project is in no other one afterwards, of all scans. */
static void
test_saved (Unsaved *self, gconstpointer data)
{
  SagUiCase       *one = open_scan (self, "a"), *other;
  g_autofree char *path = g_build_filename (self->test.folder, "New.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  other = open_scan (self, "b");
  say (self, other, EFFUSION, SAG_UI_LABEL_ABSENT);
  say (self, other, NODULE, SAG_UI_LABEL_ABSENT);
  sheltered (self, other);
  g_assert_nonnull (strstr (sag_ui_loss_get (other), "2 labels"));
  sag_ui_project_save_as (self->test.project, file);
  sag_test_ui_until (self->test.n_opened == 1);
  g_assert_null (sag_ui_loss_get (one));
  g_assert_null (sag_ui_loss_get (other));
  sag_test_project_close (&self->test);
  g_assert_null (sag_ui_loss_get (one));
  g_assert_null (sag_ui_loss_get (other));
}

/* Closed while it is being saved: the new file stays. */
static void
test_closed_while_saved (Unsaved *self, gconstpointer data)
{
  SagUiCase       *one = open_scan (self, "a");
  g_autofree char *path = g_build_filename (self->test.folder, "New.sagitta", NULL);
  g_autofree char *now = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  sag_ui_project_save_as (self->test.project, file);
  while (g_strcmp0 (now, path) != 0)
    {
      g_usleep (1000);
      g_free (now);
      now = sag_store_dup_path (sag_ui_project_get_home (self->test.project));
    }
  sag_test_project_close (&self->test);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Another project is opened while that is being saved: neither loses anything. */
static void
test_opened_while_saved (Unsaved *self, gconstpointer data)
{
  SagUiCase       *one;
  g_autofree char *path = g_build_filename (self->test.folder, "New.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) other = g_file_new_build_filename (self->test.folder, "Lungs.sagitta", NULL);

  sag_test_project_open (&self->test, TRUE);
  sag_test_project_close (&self->test);
  one = open_scan (self, "a");
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  sag_ui_project_hold (self->test.project); /* as one that takes long */
  sag_ui_project_save_as (self->test.project, file);
  sag_ui_project_open (self->test.project, other, FALSE);
  sag_test_ui_until (self->test.n_opened == 2);
  sag_ui_project_release (self->test.project);
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  g_assert_cmpstr (sag_ui_project_get_title (self->test.project), ==, "Lungs");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (self->test.problems->str, ==, "");
}

/* Two are opened at once: the first takes the work and is closed soundly, the second stays. */
static void
test_two_opened (Unsaved *self, gconstpointer data)
{
  SagUiCase       *one;
  g_autofree char *path = g_build_filename (self->test.folder, "Lungs.sagitta", NULL);
  g_autoptr (GFile) first = g_file_new_for_path (path);
  g_autoptr (GFile) second = g_file_new_build_filename (self->test.folder, "Second.sagitta", NULL);
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GError) error = NULL;
  SagStore *store;

  sag_test_project_open (&self->test, TRUE);
  sag_test_project_add_task (&self->test, "effusion", EFFUSION);
  sag_test_project_close (&self->test);
  one = open_scan (self, "a");
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  /* The work that the first takes over is long in coming. */
  sag_test_ui_occupy (sag_ui_project_get_home (self->test.project));
  sag_ui_project_open (self->test.project, first, FALSE);
  sag_test_ui_until (sag_ui_project_get_home (self->test.project) == NULL);
  sag_ui_project_open (self->test.project, second, TRUE);
  sag_test_ui_release ();
  sag_test_ui_until (self->test.n_opened == 3);
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  g_assert_cmpstr (sag_ui_project_get_title (self->test.project), ==, "Second");
  store = sag_store_open (path, SAG_STORE_WRITE, "Ann", &error);
  g_assert_no_error (error);
  g_assert_false (sag_store_is_read_only (store));
  sag_store_run (store, list_labels, &labels, &error);
  g_assert_no_error (error);
  g_assert_cmpint (only (labels)->value, ==, SAG_LABEL_VALUE_PRESENT);
  g_assert_true (sag_store_close (store, NULL));
}

static gboolean
list_cases (SagDb *db, gpointer data, GError **error)
{
  g_clear_pointer ((GPtrArray **) data, g_ptr_array_unref);
  *(GPtrArray **) data = sag_cases_list (db, error);
  return *(GPtrArray **) data != NULL;
}

/* Closed while its place is being noted: its content is noted when it is opened again. */
static void
test_closed_early (Unsaved *self, gconstpointer data)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->test.session);
  SagUiCase  *one = open_scan (self, "a");
  g_autoptr (SagUiCase) other = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  sag_test_ui_occupy (sag_ui_project_get_home (self->test.project));
  other = g_object_ref (open_scan (self, "b"));
  sag_test_project_close_scan (&self->test, other);
  sag_test_ui_release ();
  sag_test_ui_until (sag_ui_project_get_sure_id (self->test.project, other) != 0);
  sag_test_ui_settle ();

  sag_ui_cases_insert (cases, 1, other);
  sag_ui_cases_set_current (cases, other);
  do
    {
      sag_test_ui_settle ();
      sag_store_run (sag_ui_project_get_home (self->test.project), list_cases, &rows, NULL);
      g_assert_cmpuint (rows->len, ==, 2);
    }
  while (((const SagCaseRow *) rows->pdata[1])->sha256 == NULL);
}

/* Labels that an open project has no place for are told before they are lost, and have one in a new project. */
static void
test_homeless (Unsaved *self, gconstpointer data)
{
  SagUiCase       *one;
  g_autofree char *path = g_build_filename (self->test.folder, "New.sagitta", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sag_test_project_open (&self->test, TRUE);
  sag_test_project_add_task (&self->test, "effusion", EFFUSION);
  one = open_scan (self, "a");
  sag_test_ui_until (sag_ui_labels_can_set (self->labels));
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  g_assert_null (sag_ui_loss_get (one));
  say (self, one, NODULE, SAG_UI_LABEL_ABSENT);
  g_assert_nonnull (strstr (sag_ui_loss_get (one), "1 label"));
  sag_test_project_add_task (&self->test, "nodule", NODULE);
  sag_test_ui_until (sag_ui_labels_is_ready (self->labels) &&
                     sag_ui_labels_get_n_set (self->labels) == 2);
  g_assert_null (sag_ui_loss_get (one));
  say (self, one, FLUID, SAG_UI_LABEL_UNSURE);
  g_assert_nonnull (sag_ui_loss_get (one));
  sag_ui_project_open (self->test.project, file, TRUE);
  sag_test_ui_until (self->test.n_opened == 2 && sag_ui_labels_can_set (self->labels));
  g_assert_cmpuint (sag_ui_project_get_n_tasks (self->test.project), ==, 1);
  g_assert_cmpint (sag_ui_labels_get_row (self->labels, 0)->value, ==, SAG_LABEL_VALUE_UNSURE);
  g_assert_null (sag_ui_loss_get (one));
}

/* In one that is only looked at, too. */
static void
test_looked_at (Unsaved *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->test.folder, "Lungs.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagUiCase *one;
  SagStore  *bob;

  sag_test_project_open (&self->test, TRUE);
  sag_test_project_add_task (&self->test, "effusion", EFFUSION);
  sag_test_project_close (&self->test);
  bob = sag_store_open (path, SAG_STORE_WRITE, "Bob", &error);
  g_assert_no_error (error);
  sag_test_project_open (&self->test, FALSE);
  g_assert_false (sag_ui_project_can_write (self->test.project));
  one = open_scan (self, "a");
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  g_assert_nonnull (strstr (sag_ui_loss_get (one), "1 label"));
  sag_store_free (bob);
}

/* A file that cannot be opened does not end the shelter of what comes. */
static void
test_damaged (Unsaved *self, gconstpointer data)
{
  g_autoptr (GFile) broken = sag_test_ui_text (self->test.folder, "broken.sagitta", "nothing");
  SagUiCase *one = open_scan (self, "a");

  sag_ui_project_open_found (self->test.project, g_file_peek_path (broken), NULL);
  sag_test_ui_until (self->test.problems->len > 0);
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
}

/* A label of a scan that is not open any more, in no project. */
static GPtrArray *
leave_behind (Unsaved *self)
{
  SagUiCase *one = open_scan (self, "a");

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  sag_test_project_close_scan (&self->test, one);
  sag_ui_project_set_keep (self->test.project, TRUE);
  sag_test_project_close (&self->test);
  return sag_implicit_list ();
}

static AdwMessageDialog *
find_question (const char *response)
{
  GtkWindow *dialog = sag_test_ui_find_window (ADW_TYPE_MESSAGE_DIALOG);

  return dialog != NULL &&
             g_strcmp0 (adw_message_dialog_get_default_response (ADW_MESSAGE_DIALOG (dialog)),
                        response) == 0
           ? ADW_MESSAGE_DIALOG (dialog)
           : NULL;
}

static void
answer (const char *suggested, const char *response)
{
  AdwMessageDialog *dialog;

  sag_test_ui_until ((dialog = find_question (suggested)) != NULL);
  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog));
  sag_test_ui_settle ();
}

/* A project is opened while the question stands: what was found joins it only if the person says so. */
static void
test_found_join (Unsaved *self, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  sag_test_project_open (&self->test, TRUE);
  sag_test_project_add_task (&self->test, "effusion", EFFUSION);
  sag_test_project_close (&self->test);
  found = leave_behind (self);
  g_assert_cmpuint (found->len, ==, 1);
  sag_ui_found_show (GTK_WINDOW (window), self->test.session, found);
  sag_test_ui_until (find_question ("open") != NULL);
  sag_test_project_open (&self->test, FALSE);
  answer ("open", "open");
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  before = stored (self);
  g_assert_cmpuint (before->len, ==, 0);
  answer ("join", "join");
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  after = stored (self);
  g_assert_cmpint (only (after)->value, ==, SAG_LABEL_VALUE_PRESENT);
  g_assert_cmpstr (self->test.problems->str, ==, "");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The same while the file of a new project is chosen. */
static void
test_found_save (Unsaved *self, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GFile) file =
    g_file_new_build_filename (self->test.folder, "New" SAG_UI_PROJECT_SUFFIX, NULL);
  g_autoptr (GPtrArray) found = leave_behind (self);
  g_autofree char *path = g_strdup (((const SagImplicit *) found->pdata[0])->path);
  g_autoptr (GPtrArray) labels = NULL;

  sag_ui_found_show (GTK_WINDOW (window), self->test.session, found);
  answer ("open", "save");
  sag_test_project_open (&self->test, TRUE);
  sag_test_project_add_task (&self->test, "effusion", EFFUSION);
  sag_test_ui_choose_file (file);
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  g_assert_nonnull (strstr (self->test.problems->str, "Another project was opened meanwhile"));
  labels = stored (self);
  g_assert_cmpuint (labels->len, ==, 0);
  g_assert_true (sag_implicit_remove (path, NULL));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The same while what is worked on gets a name. */
static void
test_found_named (Unsaved *self, gconstpointer data)
{
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GFile) file =
    g_file_new_build_filename (self->test.folder, "New" SAG_UI_PROJECT_SUFFIX, NULL);
  g_autoptr (GPtrArray) found = leave_behind (self);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  SagUiCase *one = open_scan (self, "b");

  say (self, one, EFFUSION, SAG_UI_LABEL_ABSENT);
  sheltered (self, one);
  sag_ui_found_show (GTK_WINDOW (window), self->test.session, found);
  sag_test_ui_until (find_question ("open") != NULL);
  sag_ui_project_save_as (self->test.project, file);
  sag_test_ui_until (sag_ui_project_get_store (self->test.project) != NULL);
  answer ("open", "open");
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  before = stored (self);
  g_assert_cmpint (only (before)->value, ==, SAG_LABEL_VALUE_ABSENT);
  answer ("join", "join");
  sag_test_ui_until (!sag_ui_project_is_busy (self->test.project));
  after = stored (self);
  g_assert_cmpuint (after->len, ==, 2);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* An answer to a text that is no task may have told; what is shown after the label does not count. */
static void
test_seen (Unsaved *self, gconstpointer data)
{
  SagUiCase *one = open_scan (self, "a");
  g_autoptr (GPtrArray) labels = NULL;

  sag_ui_opinion_see (one, FLUID, "of a model");
  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sheltered (self, one);
  labels = stored (self);
  g_assert_true (only (labels)->seen);
  g_assert_cmpstr (only (labels)->bundle, ==, "of a model");
}

static void
test_blind (Unsaved *self, gconstpointer data)
{
  SagUiCase *one = open_scan (self, "a");
  g_autoptr (GPtrArray) labels = NULL;

  say (self, one, EFFUSION, SAG_UI_LABEL_PRESENT);
  sag_ui_opinion_see (one, EFFUSION, "of a model"); /* uncovered by the label */
  sheltered (self, one);
  sag_ui_opinion_see (one, FLUID, "of a model");
  say (self, one, NODULE, SAG_UI_LABEL_PRESENT);
  labels = stored (self);
  g_assert_cmpuint (labels->len, ==, 2);
  g_assert_false (((const SagLabelRow *) labels->pdata[0])->seen);
  g_assert_true (((const SagLabelRow *) labels->pdata[1])->seen);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_hide_choosers ();
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/project/unsaved/" name, Unsaved, NULL, set_up, func, tear_down)
  ADD ("closed", test_closed);
  ADD ("refused", test_refused);
  ADD ("named", test_named);
  ADD ("saved", test_saved);
  ADD ("closed-while-saved", test_closed_while_saved);
  ADD ("opened-while-saved", test_opened_while_saved);
  ADD ("two-opened", test_two_opened);
  ADD ("closed-early", test_closed_early);
  ADD ("homeless", test_homeless);
  ADD ("looked-at", test_looked_at);
  ADD ("damaged", test_damaged);
  ADD ("found-join", test_found_join);
  ADD ("found-save", test_found_save);
  ADD ("found-named", test_found_named);
  ADD ("seen", test_seen);
  ADD ("blind", test_blind);
#undef ADD
  return g_test_run ();
}
