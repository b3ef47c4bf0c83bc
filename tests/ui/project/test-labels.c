/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
#include "ui/base/keymap.h"
#include "ui/base/settings.h"
#include "ui/project/labels-pane.h"
#include "ui/project/labels.h"

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define NODULE "Diagnose the presence of lung nodule in the lungs"

static SagUiLabels *
open_two_tasks (SagTestProject *test)
{
  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "effusion", EFFUSION);
  sag_test_project_add_task (test, "nodule", NODULE);
  return sag_ui_labels_get (test->session);
}

/* The labels of a reader, as another program would read them. */
static GPtrArray *
stored (SagTestProject *test, gint64 case_id)
{
  g_autofree char *path = g_build_filename (test->folder, "Lungs.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagDb     *db;
  GPtrArray *labels;

  sag_store_flush (sag_ui_project_get_store (test->project), &error);
  g_assert_no_error (error);
  db = sag_db_open (path, FALSE, FALSE, &error);
  g_assert_no_error (error);
  labels = sag_labels_list (db, case_id, &error);
  g_assert_no_error (error);
  sag_db_close (db);
  return labels;
}

/* A label is written, moves on to the next task, can be undone and done again. */
static void
test_set (SagTestProject *test, gconstpointer data)
{
  SagUiLabels  *labels = open_two_tasks (test);
  SagUiJournal *journal = sag_ui_session_get_journal (test->session);
  gint64        id;

  g_assert_false (sag_ui_labels_is_ready (labels));
  sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  id = sag_ui_project_get_current_id (test->project);
  sag_ui_labels_touch (labels, 1);
  sag_ui_labels_touch (labels, 2 * G_USEC_PER_SEC + 1);
  sag_ui_labels_touch (labels, 100 * G_USEC_PER_SEC); /* a pause is no work */
  g_assert_cmpuint (sag_ui_labels_get_active (labels), ==, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  g_assert_cmpuint (sag_ui_labels_get_active (labels), ==, 1);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_IN_PROGRESS);
  g_assert_true (sag_ui_project_is_saving (test->project));
  sag_ui_labels_set_details (labels, 0, &(SagUiLabelDetails){ "left", "lower lobe", 80, "small" });
  {
    g_autoptr (GPtrArray) rows = stored (test, id);
    const SagLabelRow *row = rows->pdata[0];

    g_assert_cmpuint (rows->len, ==, 1);
    g_assert_cmpstr (row->reader, ==, "Ann");
    g_assert_cmpint (row->value, ==, SAG_LABEL_VALUE_PRESENT);
    g_assert_cmpstr (row->side, ==, "left");
    g_assert_cmpint (row->certainty, ==, 80);
    g_assert_cmpstr (row->comment, ==, "small");
    g_assert_cmpint (row->active_ms, ==, 2000);
    g_assert_false (row->seen);
  }
  sag_ui_labels_rest_absent (labels);
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 2);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_DONE);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 1);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_null (sag_ui_labels_get_row (labels, 0)->side);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 0);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_NEW);
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpstr (sag_ui_labels_get_row (labels, 0)->side, ==, "left");
  sag_test_project_close (test);
  g_assert_false (sag_ui_labels_is_ready (labels));

  /* An undo of another project's labels does nothing. */
  sag_ui_journal_undo (journal);
  sag_test_project_open (test, FALSE);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 1);
  g_assert_cmpint (sag_ui_labels_get_active_ms (labels), ==, 2000);
  g_assert_cmpstr (test->problems->str, ==, "");
}

/* The next case without all labels, round the list; undo goes back to the case it is about. */
static void
test_next (SagTestProject *test, gconstpointer data)
{
  SagUiLabels *labels = open_two_tasks (test);
  SagUiCase   *a, *b;
  gint64       first, second;

  a = sag_test_project_open_case (test, "a");
  first = sag_ui_project_get_current_id (test->project);
  b = sag_test_project_open_case (test, "b");
  second = sag_ui_project_get_current_id (test->project);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  g_assert_cmpint (sag_ui_labels_find_next (labels), ==, first);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_UNSURE);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_CENSORED);
  g_assert_true (sag_ui_labels_go_next (labels));
  g_assert_true (sag_ui_session_get_case (test->session) == a);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  g_assert_true (sag_ui_labels_has_last (labels));
  sag_ui_labels_as_last (labels);
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_UNSURE);
  g_assert_cmpint (sag_ui_labels_get_row (labels, 1)->value, ==, SAG_LABEL_VALUE_CENSORED);
  g_assert_cmpint (sag_ui_labels_find_next (labels), ==, 0);
  g_assert_false (sag_ui_labels_go_next (labels));
  sag_ui_cases_set_current (sag_ui_session_get_cases (test->session), b);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  sag_ui_journal_undo (sag_ui_session_get_journal (test->session));
  g_assert_true (sag_ui_session_get_case (test->session) == a);
  g_assert_cmpint (sag_ui_labels_find_next (labels), ==, first);
  g_assert_cmpint (
    sag_test_project_get_item (test, (guint) sag_ui_project_find_item (test->project, second))
      ->one->state,
    ==, SAG_CASE_DONE);
}

/* The two cases that come next are opened behind the current one and read; not one that has all its labels. */
static void
test_ahead (SagTestProject *test, gconstpointer data)
{
  SagUiLabels *labels = open_two_tasks (test);
  SagUiCases  *cases = sag_ui_session_get_cases (test->session);

  sag_test_project_close_scan (test, sag_test_project_open_case (test, "a"));
  sag_test_project_close_scan (test, sag_test_project_open_case (test, "b"));
  sag_test_project_open_case (test, "c");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  sag_ui_labels_rest_absent (labels);
  sag_test_ui_until (!sag_ui_project_is_saving (test->project));
  sag_test_project_close_scan (test, sag_ui_session_get_case (test->session));
  sag_test_project_close_scan (test, sag_test_project_open_case (test, "d"));
  while (g_list_model_get_n_items (G_LIST_MODEL (cases)) > 0)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (G_LIST_MODEL (cases), 0);

      sag_test_project_close_scan (test, one);
    }
  sag_ui_project_go (test->project, sag_test_project_get_item (test, 0)->one->id);
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  sag_test_ui_until (g_list_model_get_n_items (G_LIST_MODEL (cases)) == 3);
  {
    g_autoptr (SagUiCase) next = g_list_model_get_item (G_LIST_MODEL (cases), 1);
    g_autoptr (SagUiCase) later = g_list_model_get_item (G_LIST_MODEL (cases), 2);

    sag_test_ui_until (sag_ui_case_get_state (later) == SAG_UI_CASE_READY);
    g_assert_cmpstr (sag_ui_case_get_name (later), ==, "d");
    sag_test_ui_until (sag_ui_case_get_state (next) == SAG_UI_CASE_READY);
    g_assert_cmpstr (sag_ui_case_get_name (next), ==, "b");
    sag_ui_labels_go_next (labels);
    g_assert_true (sag_ui_session_get_case (test->session) == next);
  }
}

static void
count_cb (guint *n)
{
  ++*n;
}

static const SagLabelRow *
find_reader (const GPtrArray *rows, const char *reader)
{
  for (guint r = 0; r < rows->len; r++)
    if (g_strcmp0 (((const SagLabelRow *) rows->pdata[r])->reader, reader) == 0)
      return rows->pdata[r];
  return NULL;
}

/* Another reader sees nothing of the first one, and says nothing in that one's name, whatever is undone. */
static void
test_readers (SagTestProject *test, gconstpointer data)
{
  SagUiLabels  *labels = open_two_tasks (test);
  SagUiJournal *journal = sag_ui_session_get_journal (test->session);
  gint64        id;

  sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  id = sag_ui_project_get_current_id (test->project);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  sag_ui_labels_rest_absent (labels);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_DONE);
  sag_ui_journal_undo (journal);
  sag_ui_journal_redo (journal);
  g_settings_set_string (sag_ui_settings_get (), "reader", "Bob");
  g_assert_false (sag_ui_labels_can_set (labels)); /* their labels are on their way */
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 0);
  g_assert_false (sag_ui_labels_has_last (labels));
  g_assert_false (sag_ui_journal_undo (journal)); /* what Ann said is Ann's to take back */
  g_assert_false (sag_ui_journal_redo (journal));
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 0);
  g_assert_cmpuint (sag_test_project_get_item (test, 0)->n_labelled, ==, 0);
  sag_ui_labels_set_active (labels, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_ABSENT);
  {
    g_autoptr (GPtrArray) rows = stored (test, id);

    g_assert_cmpuint (rows->len, ==, 3);
    g_assert_cmpint (find_reader (rows, "Ann")->value, ==, SAG_LABEL_VALUE_PRESENT);
    g_assert_cmpint (find_reader (rows, "Bob")->value, ==, SAG_LABEL_VALUE_ABSENT);
  }

  /* What one reader has done is done, whatever the next one has yet to say or takes back. */
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_DONE);
  sag_ui_journal_undo (journal);
  g_assert_cmpuint (sag_ui_labels_get_n_set (labels), ==, 0);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_DONE);
}

static gboolean
is_toggle (GtkWidget *widget, gconstpointer label)
{
  return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0;
}

static gboolean
is_entry (GtkWidget *widget, gconstpointer placeholder)
{
  return g_strcmp0 (gtk_entry_get_placeholder_text (GTK_ENTRY (widget)), placeholder) == 0;
}

/* The pane: its actions act only while it is shown; what is typed is kept when one goes on. */
static void
test_pane (SagTestProject *test, gconstpointer data)
{
  SagUiLabels     *labels = open_two_tasks (test);
  SagUiLabelsPane *pane = g_object_new (SAG_UI_TYPE_LABELS_PANE, NULL);
  GActionGroup    *actions;
  GtkWindow       *window;
  GtkWidget       *button, *entry, *location;
  cairo_surface_t *picture;
  guint            n_changed = 0;

  sag_test_ui_style ();
  sag_ui_labels_pane_set_session (pane, test->session);
  actions = g_object_ref (sag_ui_labels_pane_get_actions (pane));
  g_assert_false (g_action_group_get_action_enabled (actions, "set"));
  window = sag_test_ui_show (GTK_WIDGET (pane), 352, 620);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "label", actions);
  sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_labels_is_ready (labels));
  g_assert_true (g_action_group_get_action_enabled (actions, "set"));
  g_action_group_activate_action (actions, "set", g_variant_new_string ("absent"));
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_ABSENT);
  button = sag_test_ui_find (GTK_WIDGET (pane), GTK_TYPE_TOGGLE_BUTTON, is_toggle, "Present");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_assert_cmpint (sag_ui_labels_get_row (labels, 1)->value, ==, SAG_LABEL_VALUE_PRESENT);
  entry = sag_test_ui_find (GTK_WIDGET (pane), GTK_TYPE_ENTRY, is_entry, "Comment");
  location = sag_test_ui_find (GTK_WIDGET (pane), GTK_TYPE_ENTRY, is_entry,
                               "Location, such as right lower lobe");
  gtk_editable_set_text (GTK_EDITABLE (location), "left base");
  gtk_editable_set_text (GTK_EDITABLE (entry), "two of them");
  g_action_group_activate_action (actions, "task", g_variant_new_int32 (1));
  g_assert_cmpuint (sag_ui_labels_get_active (labels), ==, 0);
  g_assert_cmpstr (sag_ui_labels_get_row (labels, 1)->comment, ==, "two of them");
  g_assert_cmpstr (sag_ui_labels_get_row (labels, 1)->location, ==, "left base");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (location)), ==, "");
  gtk_editable_set_text (GTK_EDITABLE (entry), "half a wo");
  g_signal_connect_swapped (labels, "changed", G_CALLBACK (count_cb), &n_changed);
  sag_ui_project_reload (test->project);
  sag_test_ui_until (n_changed > 0);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "half a wo");
  g_action_group_activate_action (actions, "set", g_variant_new_string ("unsure"));
  g_assert_cmpstr (sag_ui_labels_get_row (labels, 0)->comment, ==, "half a wo");
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_UNSURE);
  g_signal_handlers_disconnect_by_func (labels, count_cb, &n_changed);
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (window), "labels-pane");
  cairo_surface_destroy (picture);
  gtk_widget_set_visible (GTK_WIDGET (pane), FALSE);
  g_assert_false (g_action_group_get_action_enabled (actions, "set"));
  gtk_window_destroy (window);
  g_object_unref (actions);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/project/labels/" name, SagTestProject, NULL, sag_test_project_set_up, func,     \
              sag_test_project_tear_down)
  ADD ("set", test_set);
  ADD ("readers", test_readers);
  ADD ("next", test_next);
  ADD ("ahead", test_ahead);
  ADD ("pane", test_pane);
#undef ADD
  return g_test_run ();
}
