/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/project/project-fixture.h"
#include "tests/ui/support.h"
#include "ui/project/tasks-window.h"
#include "ui/project/tasks-write.h"
#include "ui/project/worklist-window.h"
#include "ui/project/worklist.h"

#include <string.h>

#define N_CASES 5000

static gboolean
insert_many (SagDb *db, gpointer data, GError **error)
{
  for (int c = 0; c < N_CASES; c++)
    {
      g_autofree char *name = g_strdup_printf ("scan-%04d", c);
      g_autofree char *path = g_strdup_printf ("/nowhere/%s.nii.gz", name);
      SagCaseRow       row = { .name = name, .path = path };

      row.state = c % 10 == 0 ? SAG_CASE_DONE : SAG_CASE_NEW;
      if (!sag_cases_insert (db, &row, error))
        return FALSE;
      g_free (row.uuid);
    }
  return TRUE;
}

static void
open_many (SagTestProject *test)
{
  g_autoptr (GError) error = NULL;

  sag_test_project_open (test, TRUE);
  sag_store_run (sag_ui_project_get_store (test->project), insert_many, NULL, &error);
  g_assert_no_error (error);
  sag_test_project_add_task (test, "effusion", "Is there fluid?");
  g_assert_cmpuint (sag_ui_project_get_list (test->project)->items->len, ==, N_CASES);
}

static guint
count (SagUiWorklist *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

/* Filters, and where a case is found in what they leave. */
static void
test_filter (SagTestProject *test, gconstpointer data)
{
  g_autoptr (SagUiWorklist) list = NULL;
  SagWorkFilter done = { .states = 1 << SAG_CASE_DONE };
  SagWorkFilter named = { .text = "SCAN-001" };
  g_autoptr (SagUiWorkRow) row = NULL;

  open_many (test);
  list = sag_ui_worklist_new (test->project);
  g_assert_cmpuint (count (list), ==, N_CASES);
  sag_ui_worklist_set_filter (list, &done);
  g_assert_cmpuint (count (list), ==, N_CASES / 10);
  sag_ui_worklist_set_filter (list, &named);
  g_assert_cmpuint (count (list), ==, 10);
  row = g_list_model_get_item (G_LIST_MODEL (list), 3);
  g_assert_cmpstr (sag_ui_work_row_get_item (row)->one->name, ==, "scan-0013");
  g_assert_cmpint (sag_ui_worklist_find (list, sag_ui_work_row_get_item (row)->one->id), ==, 3);
  g_assert_cmpint (sag_ui_worklist_find (list, sag_test_project_get_item (test, 500)->one->id), ==,
                   -1);
  sag_test_project_close (test);
  g_assert_cmpuint (count (list), ==, 0);
  g_assert_null (sag_ui_work_row_get_item (row));
}

static const SagWorkItem *
get_selected (GtkSingleSelection *selection)
{
  return sag_ui_work_row_get_item (gtk_single_selection_get_selected_item (selection));
}

/* Arrows go through the cases from the start. */
static gboolean
has_keys (SagUiWorklistWindow *window)
{
  GtkWidget *view = sag_test_ui_find_type (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  return focus != NULL && focus != view && gtk_widget_is_ancestor (focus, view);
}

/* The case that was chosen stays chosen when the list is read or filtered anew. */
static void
test_selection (SagTestProject *test, gconstpointer data)
{
  SagUiLabels         *labels = sag_ui_labels_get (test->session);
  SagUiWorklistWindow *window;
  GtkSingleSelection  *selection;
  GtkWidget           *search;

  open_many (test);
  window = sag_ui_worklist_window_new (labels, NULL);
  gtk_window_present (GTK_WINDOW (window)); /* one that never was shown cannot be closed */
  selection = GTK_SINGLE_SELECTION (gtk_column_view_get_model (
    GTK_COLUMN_VIEW (sag_test_ui_find_type (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW))));
  search = sag_test_ui_find_type (GTK_WIDGET (window), GTK_TYPE_SEARCH_ENTRY);
  gtk_single_selection_set_selected (selection, 17);
  gtk_editable_set_text (GTK_EDITABLE (search), "scan-001");
  sag_test_ui_until (g_list_model_get_n_items (G_LIST_MODEL (selection)) == 10);
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, 7);
  g_assert_cmpstr (get_selected (selection)->one->name, ==, "scan-0017");
  g_signal_emit_by_name (search, "stop-search"); /* Escape: the search goes */
  sag_test_ui_until (g_list_model_get_n_items (G_LIST_MODEL (selection)) == N_CASES);
  g_assert_cmpstr (get_selected (selection)->one->name, ==, "scan-0017");
  sag_test_project_add_task (test, "nodule", "Is there a nodule?");
  g_assert_cmpstr (get_selected (selection)->one->name, ==, "scan-0017");
  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  sag_test_ui_until (has_keys (window));
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  g_signal_emit_by_name (search, "stop-search"); /* then the window */
  sag_test_ui_until (window == NULL);
}

/* The window shows few of many rows, and follows a state that changes. */
static void
test_window (SagTestProject *test, gconstpointer data)
{
  SagUiWorklistWindow *window;
  SagUiLabels         *labels = sag_ui_labels_get (test->session);
  cairo_surface_t     *picture;

  open_many (test);
  sag_test_ui_style ();
  window = sag_ui_worklist_window_new (labels, NULL);
  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  sag_test_ui_settle ();
  gtk_widget_activate_action (GTK_WIDGET (window), "worklist.state", "i", SAG_CASE_REVIEWED);
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_REVIEWED);
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (window), "worklist");
  cairo_surface_destroy (picture);
  sag_ui_project_close (test->project); /* closes the window, too */
  sag_test_ui_settle ();
}

/* Tasks are added with a key and a colour of their own, once each. */
static void
test_tasks (SagTestProject *test, gconstpointer data)
{
  SagUiTasksWindow *window;
  cairo_surface_t  *picture;

  sag_test_project_open (test, TRUE);
  sag_test_ui_style ();
  window = sag_ui_tasks_window_new (test->project, NULL);
  gtk_window_present (GTK_WINDOW (window));
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  sag_ui_tasks_window_add (window, "Diagnose the presence of pleural effusion around the lungs");
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 1);
  sag_ui_tasks_window_add (window, "Diagnose the presence of pleural effusion around the lungs ");
  sag_ui_tasks_window_add (window, "  ");
  sag_ui_tasks_window_add (window, "Is there fluid?");
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 2);
  g_assert_cmpstr (sag_ui_project_get_task (test->project, 0)->key, ==, "pleural-effusion");
  g_assert_cmpuint (sag_ui_project_get_task (test->project, 0)->colour, !=,
                    sag_ui_project_get_task (test->project, 1)->colour);
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (window), "tasks");
  cairo_surface_destroy (picture);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_cmpstr (test->problems->str, ==, "");
}

/* Taken back before it is written: it is that step that is undone. */
static void
test_undo_at_once (SagTestProject *test, gconstpointer data)
{
  SagUiJournal *journal = sag_ui_session_get_journal (test->session);
  SagTaskRow   *row;

  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "one", "Is there fluid?");
  row = sag_ui_task_copy (sag_ui_project_get_task (test->project, 0));
  row->colour = 0x009E73;
  sag_ui_tasks_write (test->project, row, SAG_UI_TASK_PUT, 0);
  sag_ui_journal_undo (journal);
  sag_test_ui_until (sag_ui_journal_get_redo_title (journal) != NULL);
  g_assert_null (sag_ui_journal_get_undo_title (journal));
  sag_ui_project_reload (test->project);
  sag_test_ui_until (sag_ui_project_get_task (test->project, 0)->colour == 0x56B4E9);
  sag_task_row_free (row);
}

static gboolean
is_remove (GtkWidget *widget, gconstpointer place)
{
  static guint seen;
  const char  *tooltip = gtk_widget_get_tooltip_text (widget);

  if (g_strcmp0 (tooltip, "Remove the task and its labels") != 0)
    return FALSE;
  if (seen++ < GPOINTER_TO_UINT (place))
    return FALSE;
  seen = 0;
  return TRUE;
}

static gboolean
remove_task (SagDb *db, gpointer id, GError **error)
{
  return sag_tasks_remove (db, *(gint64 *) id, error);
}

/* The question about one task removes that one, whatever happened to the list meanwhile, and says which it is. */
static void
test_remove (SagTestProject *test, gconstpointer data)
{
  SagUiTasksWindow *window;
  GtkWidget        *button;
  GtkWindow        *dialog;
  gint64            first;

  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "one", "Is there fluid?");
  sag_test_project_add_task (test, "two", "Is there air?");
  sag_test_project_add_task (test, "three", "Is there a nodule?");
  for (guint t = 0; t < 2; t++)
    sag_ui_tasks_write (test->project, sag_ui_project_get_task (test->project, t),
                        SAG_UI_TASK_PUT_ASIDE, 0);
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 1);
  window = sag_ui_tasks_window_new (test->project, NULL);
  gtk_window_present (GTK_WINDOW (window));
  button = sag_test_ui_find (GTK_WIDGET (window), GTK_TYPE_BUTTON, is_remove, GUINT_TO_POINTER (1));
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  dialog = sag_test_ui_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_nonnull (
    strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "Is there air?"));
  first =
    ((SagTaskRow *) g_ptr_array_index (sag_ui_project_get_list (test->project)->aside, 0))->id;
  g_assert_true (
    sag_store_run (sag_ui_project_get_store (test->project), remove_task, &first, NULL));
  sag_ui_project_reload (test->project);
  sag_test_ui_until (sag_ui_project_get_list (test->project)->aside->len == 1);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "remove");
  sag_test_ui_until (sag_ui_project_get_list (test->project)->aside->len == 0);
  g_assert_cmpuint (sag_ui_project_get_n_tasks (test->project), ==, 1);
  g_assert_cmpstr (sag_ui_project_get_task (test->project, 0)->key, ==, "three");
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_settle ();
}

static gboolean
is_tip (GtkWidget *widget, gconstpointer tip)
{
  return gtk_widget_get_sensitive (widget) &&
         g_strcmp0 (gtk_widget_get_tooltip_text (widget), tip) == 0;
}

static void
click (gpointer window, const char *tip)
{
  GtkWidget *button = sag_test_ui_find (window, GTK_TYPE_BUTTON, is_tip, tip);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static const char *
get_key (SagTestProject *test, guint place)
{
  return place < sag_ui_project_get_n_tasks (test->project)
           ? sag_ui_project_get_task (test->project, place)->key
           : "";
}

static gboolean
count_labels (SagDb *db, gpointer data, GError **error)
{
  return sag_db_integer (db, -1, data, error, "SELECT count(*) FROM labels", "");
}

/* Tasks move, and one that is put aside and asked again has kept its labels. */
static void
test_order (SagTestProject *test, gconstpointer data)
{
  SagUiTasksWindow *window;
  SagUiLabels      *labels = sag_ui_labels_get (test->session);
  cairo_surface_t  *picture;
  gint64            n = 0;

  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "one", "Is there fluid?");
  sag_test_project_add_task (test, "two", "Is there air?");
  sag_test_project_add_task (test, "three", "Is there a nodule?");
  sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  sag_test_ui_style ();
  window = sag_ui_tasks_window_new (test->project, NULL);
  gtk_window_present (GTK_WINDOW (window));
  click (window, "Move down"); /* the first that can */
  sag_test_ui_until (g_str_equal (get_key (test, 1), "one"));
  click (window, "Move up"); /* the second: it is the first that can */
  sag_test_ui_until (g_str_equal (get_key (test, 0), "one"));
  g_assert_cmpstr (get_key (test, 2), ==, "three");

  click (window, "Put aside: its labels stay");
  sag_test_ui_until (g_str_equal (get_key (test, 0), "two"));
  g_assert_cmpuint (sag_ui_project_get_n_tasks (test->project), ==, 2);
  g_assert_true (sag_store_run (sag_ui_project_get_store (test->project), count_labels, &n, NULL));
  g_assert_cmpint (n, ==, 1);
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (window), "tasks-aside");
  cairo_surface_destroy (picture);
  sag_ui_tasks_window_add (window, "Is there fluid?");
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 3);
  g_assert_cmpstr (get_key (test, 2), ==, "one");
  g_assert_cmpuint (sag_test_project_get_item (test, 0)->n_labelled, ==, 1);
  sag_test_ui_until (sag_ui_labels_is_ready (labels) &&
                     sag_ui_labels_get_row (labels, 2)->value == SAG_LABEL_VALUE_PRESENT);

  click (window, "Put aside: its labels stay");
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 2);
  click (window, "Ask it again");
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 3);
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_settle ();
}

/* Cases by what was said to a task. */
static void
test_by_label (SagTestProject *test, gconstpointer data)
{
  SagUiLabels  *labels = sag_ui_labels_get (test->session);
  SagWorkFilter present = { .task = 1, .value = SAG_LABEL_VALUE_PRESENT };
  SagWorkFilter none = { .task = 1, .value = SAG_LABEL_VALUE_NONE };
  g_autoptr (SagUiWorklist) list = NULL;
  GtkWidget *window, *task;

  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "one", "Is there fluid?");
  sag_test_project_open_case (test, "a");
  sag_test_project_open_case (test, "b");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  g_assert_cmpuint (sag_work_item_get_n_readers (sag_test_project_get_item (test, 1)), ==, 0);
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  g_assert_cmpuint (sag_work_item_get_n_readers (sag_test_project_get_item (test, 1)), ==, 1);
  list = sag_ui_worklist_new (test->project);
  sag_ui_worklist_set_filter (list, &present);
  g_assert_cmpuint (count (list), ==, 1);
  sag_ui_worklist_set_filter (list, &none);
  g_assert_cmpuint (count (list), ==, 1);

  window = GTK_WIDGET (sag_ui_worklist_window_new (labels, NULL));
  gtk_window_present (GTK_WINDOW (window));
  task = sag_test_ui_find (window, GTK_TYPE_DROP_DOWN, is_tip,
                           "Only cases by what you said to this task");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (task), 1);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (sag_test_ui_find (window, GTK_TYPE_DROP_DOWN, is_tip,
                                                               "Your label of that task")),
                              SAG_LABEL_VALUE_PRESENT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (
                      GTK_COLUMN_VIEW (sag_test_ui_find_type (window, GTK_TYPE_COLUMN_VIEW))))),
                    ==, 1);
  sag_test_project_add_task (test, "two", "Is there air?");
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (task)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  sag_test_ui_settle ();
}

static void
count_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  (*(int *) user_data)++;
}

/* What Ctrl+Z does in @window where nothing below it takes it. */
static void
press_undo (GtkWidget *window)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (window);
  g_autoptr (GtkShortcutTrigger) undo = gtk_keyval_trigger_new (GDK_KEY_z, GDK_CONTROL_MASK);

  for (guint c = 0; c < g_list_model_get_n_items (controllers); c++)
    {
      g_autoptr (GObject) at = g_list_model_get_item (controllers, c);

      for (guint s = 0; G_IS_LIST_MODEL (at) && s < g_list_model_get_n_items (G_LIST_MODEL (at));
           s++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (at), s);

          if (gtk_shortcut_trigger_equal (gtk_shortcut_get_trigger (shortcut), undo))
            g_assert_true (
              gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, window, NULL));
        }
    }
}

/* A text that has nothing to undo does not let the key undo something elsewhere. */
static void
test_undo_key (SagTestProject *test, gconstpointer data)
{
  static const GActionEntry entries[] = { { .name = "undo", .activate = count_cb } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget *parent = gtk_window_new (), *window, *entry;
  int        n = 0;

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, 1, &n);
  gtk_widget_insert_action_group (parent, "win", G_ACTION_GROUP (group));
  sag_test_project_open (test, TRUE);
  window = GTK_WIDGET (
    sag_ui_worklist_window_new (sag_ui_labels_get (test->session), GTK_WINDOW (parent)));
  entry = sag_test_ui_find_type (window, GTK_TYPE_TEXT);
  gtk_window_set_focus (GTK_WINDOW (window), NULL);
  press_undo (window);
  g_assert_cmpint (n, ==, 1);
  gtk_window_set_focus (GTK_WINDOW (window), entry);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == entry);
  press_undo (window);
  g_assert_cmpint (n, ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_window_destroy (GTK_WINDOW (parent));
  sag_test_ui_settle ();
}

/* A task that was removed comes back with its labels; so does its old wording, and the state of a case. */
static void
test_undo (SagTestProject *test, gconstpointer data)
{
  SagUiJournal     *journal = sag_ui_session_get_journal (test->session);
  SagUiLabels      *labels = sag_ui_labels_get (test->session);
  const SagTaskRow *task;
  SagTaskRow       *other;
  gint64            id;

  sag_test_project_open (test, TRUE);
  sag_test_project_add_task (test, "fluid", "Is there fluid?");
  sag_test_project_add_task (test, "air", "Is there air?");
  sag_test_project_open_case (test, "a");
  sag_test_ui_until (sag_ui_labels_can_set (labels));
  sag_ui_labels_set (labels, SAG_LABEL_VALUE_PRESENT);
  task = sag_ui_project_get_task (test->project, 0);
  id = task->id;
  sag_ui_tasks_write (test->project, task, SAG_UI_TASK_REMOVE, 0);
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 1);
  g_assert_true (sag_ui_journal_undo (journal));
  sag_test_ui_until (sag_ui_project_get_n_tasks (test->project) == 2);
  task = sag_ui_project_get_task (test->project, 0);
  g_assert_cmpint (task->id, ==, id);
  g_assert_cmpstr (task->wording, ==, "Is there fluid?");
  sag_test_ui_until (sag_ui_labels_is_ready (labels) && sag_ui_labels_get_n_set (labels) == 1);
  g_assert_cmpint (sag_ui_labels_get_row (labels, 0)->value, ==, SAG_LABEL_VALUE_PRESENT);

  other = sag_ui_task_copy (sag_ui_project_get_task (test->project, 0));
  g_free (other->wording);
  other->wording = g_strdup ("Is there any fluid?");
  sag_ui_tasks_write (test->project, other, SAG_UI_TASK_PUT, 0);
  sag_task_row_free (other);
  sag_test_ui_until (
    strcmp (sag_ui_project_get_task (test->project, 0)->wording, "Is there any fluid?") == 0);
  g_assert_true (sag_ui_journal_undo (journal));
  sag_test_ui_until (
    strcmp (sag_ui_project_get_task (test->project, 0)->wording, "Is there fluid?") == 0);

  sag_ui_labels_choose_state (labels, sag_test_project_get_item (test, 0)->one->id,
                              SAG_CASE_REVIEWED);
  g_assert_true (sag_ui_journal_undo (journal));
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_IN_PROGRESS);
  g_assert_true (sag_ui_journal_redo (journal));
  g_assert_cmpint (sag_test_project_get_item (test, 0)->one->state, ==, SAG_CASE_REVIEWED);
  g_assert_cmpstr (test->problems->str, ==, "");
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/project/worklist/" name, SagTestProject, NULL, sag_test_project_set_up, func,   \
              sag_test_project_tear_down)
  ADD ("filter", test_filter);
  ADD ("by-label", test_by_label);
  ADD ("order", test_order);
  ADD ("window", test_window);
  ADD ("selection", test_selection);
  ADD ("tasks", test_tasks);
  ADD ("undo-at-once", test_undo_at_once);
  ADD ("remove", test_remove);
  ADD ("undo-key", test_undo_key);
  ADD ("undo", test_undo);
#undef ADD
  return g_test_run ();
}
