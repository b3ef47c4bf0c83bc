/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/worklist-window.h"

#include "ui/base/controllers.h"
#include "ui/project/add-scans.h"
#include "ui/project/words.h"
#include "ui/project/worklist.h"

#include <glib/gi18n.h>

struct _SagUiWorklistWindow
{
  AdwWindow parent;

  SagUiLabels        *labels;
  SagUiProject       *project;
  SagUiWorklist      *list;
  GtkSingleSelection *selection;
  gint64              chosen; /* the case that is selected */
  GtkWidget          *view;
  GtkWidget          *search;
  GtkWidget          *state;
  GtkWidget          *unlabelled;
  GtkWidget          *task;
  GtkWidget          *value;
  gboolean            is_filling; /* the tasks */
  GtkWidget          *progress;
  GtkWidget          *words;
};

G_DEFINE_FINAL_TYPE (SagUiWorklistWindow, sag_ui_worklist_window, ADW_TYPE_WINDOW)

/* Columns */

typedef char *(*DupText) (SagUiWorklistWindow *self, const SagWorkItem *item);

static char *
dup_name (SagUiWorklistWindow *self, const SagWorkItem *item)
{
  return g_strdup (item->one->name);
}

static char *
dup_state (SagUiWorklistWindow *self, const SagWorkItem *item)
{
  return g_strdup (sag_ui_project_get_state_title (item->one->state));
}

static char *
dup_labels (SagUiWorklistWindow *self, const SagWorkItem *item)
{
  /* Translators: so many labels of so many tasks. */
  return g_strdup_printf (_ ("%u / %u"), item->n_labelled,
                          sag_ui_project_get_n_tasks (self->project));
}

static char *
dup_masks (SagUiWorklistWindow *self, const SagWorkItem *item)
{
  return item->n_masks > 0 ? g_strdup_printf ("%u", item->n_masks) : g_strdup ("");
}

static char *
dup_readers (SagUiWorklistWindow *self, const SagWorkItem *item)
{
  const guint n = sag_work_item_get_n_readers (item);

  return n > 0 ? g_strdup_printf ("%u", n) : g_strdup ("");
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (cell, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *cell, SagUiWorklistWindow *self)
{
  DupText            dup = (DupText) g_object_get_data (G_OBJECT (factory), "dup");
  const SagWorkItem *item = sag_ui_work_row_get_item (gtk_list_item_get_item (cell));
  g_autofree char   *text = item != NULL ? dup (self, item) : NULL;

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (cell)), text != NULL ? text : "");
}

static void
add_column (SagUiWorklistWindow *self, GtkColumnView *view, const char *title, DupText dup)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_object_set_data (G_OBJECT (factory), "dup", (gpointer) dup);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, 0);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_expand (column, dup == dup_name);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (view, column);
}

/* What is shown */

static void
update_progress (SagUiWorklistWindow *self)
{
  SagWorklist     *list = sag_ui_project_get_list (self->project);
  SagWorkProgress  progress = { 0 };
  g_autofree char *text = NULL;

  if (list != NULL)
    sag_worklist_get_progress (list, &progress);
  /* Translators: numbers of cases: shown, all, with all labels, in progress, done, reviewed. */
  text = g_strdup_printf (_ ("%u of %u cases shown · %u with all labels · %u in progress, %u done, "
                             "%u reviewed"),
                          g_list_model_get_n_items (G_LIST_MODEL (self->list)), progress.n_cases,
                          progress.n_complete, progress.n_states[SAG_CASE_IN_PROGRESS],
                          progress.n_states[SAG_CASE_DONE], progress.n_states[SAG_CASE_REVIEWED]);
  gtk_label_set_text (GTK_LABEL (self->words), text);
  gtk_progress_bar_set_fraction (
    GTK_PROGRESS_BAR (self->progress),
    progress.n_cases > 0 ? (double) progress.n_complete / progress.n_cases : 0);
}

static void
filter_cb (SagUiWorklistWindow *self)
{
  const guint   state = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->state));
  const guint   task = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->task));
  const guint   value = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->value));
  SagWorkFilter filter = {
    .text = gtk_editable_get_text (GTK_EDITABLE (self->search)),
    .states = state > 0 && state <= SAG_N_CASE_STATES ? 1u << (state - 1) : 0,
    .unlabelled = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->unlabelled)),
    .task = task != GTK_INVALID_LIST_POSITION ? task : 0,
    .value = value < SAG_N_LABEL_VALUES ? (SagLabelValue) value : SAG_LABEL_VALUE_NONE,
  };

  if (self->is_filling)
    return;
  gtk_widget_set_sensitive (self->value, filter.task > 0);

  if (*filter.text == 0)
    filter.text = NULL;
  sag_ui_worklist_set_filter (self->list, &filter);
  update_progress (self);
}

static void
labels_cb (SagUiProject *project, gint64 case_id, SagUiWorklistWindow *self)
{
  update_progress (self);
}

/* A list that is made anew selects a place; the person has chosen a case. */
static void
selected_cb (SagUiWorklistWindow *self)
{
  SagUiWorkRow      *row = gtk_single_selection_get_selected_item (self->selection);
  const SagWorkItem *item = row != NULL ? sag_ui_work_row_get_item (row) : NULL;

  if (!sag_ui_worklist_is_changing (self->list))
    self->chosen = item != NULL ? item->one->id : 0;
}

static void
items_cb (SagUiWorklistWindow *self)
{
  const int position = sag_ui_worklist_find (self->list, self->chosen);

  if (sag_ui_worklist_is_changing (self->list) && position >= 0)
    gtk_single_selection_set_selected (self->selection, (guint) position);
}

/* What the person does */

static void
activated_cb (GtkColumnView *view, guint position, SagUiWorklistWindow *self)
{
  g_autoptr (SagUiWorkRow) row = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  const SagWorkItem *item = row != NULL ? sag_ui_work_row_get_item (row) : NULL;
  GtkWindow         *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (item == NULL)
    return;
  sag_ui_project_go (self->project, item->one->id);
  if (parent != NULL)
    gtk_window_present (parent);
}

static void
set_state (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SagUiWorklistWindow *self = SAG_UI_WORKLIST_WINDOW (widget);
  SagUiWorkRow        *row = gtk_single_selection_get_selected_item (self->selection);
  const SagWorkItem   *item = row != NULL ? sag_ui_work_row_get_item (row) : NULL;

  if (item != NULL)
    sag_ui_labels_choose_state (self->labels, item->one->id,
                                (SagCaseState) g_variant_get_int32 (parameter));
}

/* Typing begins to search, wherever the focus is. */
static void
enter_search (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_grab_focus (SAG_UI_WORKLIST_WINDOW (widget)->search);
}

/* The entry keeps Escape for itself: first the search goes, then the window. */
static void
stop_search_cb (SagUiWorklistWindow *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->search)) != 0)
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

/* Putting it together */

/* Other tasks than before: none is chosen, for the one that was may have another place. */
static void
tasks_cb (SagUiWorklistWindow *self)
{
  g_autoptr (GtkStringList) tasks = gtk_string_list_new (NULL);

  gtk_string_list_append (tasks, _ ("Any task"));
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    gtk_string_list_append (tasks, sag_ui_project_get_task (self->project, t)->wording);
  self->is_filling = TRUE;
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->task), G_LIST_MODEL (tasks));
  self->is_filling = FALSE;
  filter_cb (self);
}

static void
setup_task_cb (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 60);
  gtk_list_item_set_child (cell, label);
}

static void
bind_task_cb (GtkSignalListItemFactory *factory, GtkListItem *cell, gpointer user_data)
{
  GtkStringObject *text = gtk_list_item_get_item (cell);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (cell)),
                      gtk_string_object_get_string (text));
}

/* Cases by what was said to one task. */
static GtkWidget *
create_task_bar (SagUiWorklistWindow *self)
{
  GtkWidget          *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  const char         *values[SAG_N_LABEL_VALUES + 1] = { NULL };

  for (int v = 0; v < SAG_N_LABEL_VALUES; v++)
    values[v] = sag_ui_project_get_value_title ((SagLabelValue) v);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_task_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_task_cb), NULL);
  self->task = gtk_drop_down_new (NULL, NULL);
  gtk_drop_down_set_factory (GTK_DROP_DOWN (self->task), factory);
  g_object_unref (factory);
  gtk_widget_set_hexpand (self->task, TRUE);
  gtk_widget_set_tooltip_text (self->task, _ ("Only cases by what you said to this task"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->task), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Task"), -1);
  self->value = gtk_drop_down_new_from_strings (values);
  gtk_widget_set_tooltip_text (self->value, _ ("Your label of that task"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->value), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Label"), -1);
  gtk_box_append (GTK_BOX (bar), self->task);
  gtk_box_append (GTK_BOX (bar), self->value);
  gtk_widget_add_css_class (bar, "toolbar");
  g_signal_connect_object (self->task, "notify::selected", G_CALLBACK (filter_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->value, "notify::selected", G_CALLBACK (filter_cb), self,
                           G_CONNECT_SWAPPED);
  return bar;
}

static void
readings_cb (SagUiWorklistWindow *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "readings.show", NULL);
}

static GtkWidget *
create_header (SagUiWorklistWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("Rea_dings…"));

  gtk_widget_set_tooltip_text (button, _ ("How well readers agree, and where they differ"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (readings_cb), self, G_CONNECT_SWAPPED);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), button);
  return header;
}

static GtkWidget *
create_bar (SagUiWorklistWindow *self)
{
  GtkWidget        *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  const char *const states[] = {
    _ ("Any state"),
    sag_ui_project_get_state_title (SAG_CASE_NEW),
    sag_ui_project_get_state_title (SAG_CASE_IN_PROGRESS),
    sag_ui_project_get_state_title (SAG_CASE_DONE),
    sag_ui_project_get_state_title (SAG_CASE_REVIEWED),
    NULL,
  };

  self->search = gtk_search_entry_new ();
  gtk_widget_set_hexpand (self->search, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search cases by name or patient"), -1);
  gtk_widget_set_tooltip_text (self->search, _ ("Search cases by name or patient"));
  self->state = gtk_drop_down_new_from_strings (states);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->state), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("State"), -1);
  self->unlabelled = gtk_check_button_new_with_label (_ ("To label"));
  gtk_widget_set_tooltip_text (self->unlabelled, _ ("Only cases with a task to label"));
  gtk_box_append (GTK_BOX (bar), self->search);
  gtk_box_append (GTK_BOX (bar), self->state);
  gtk_box_append (GTK_BOX (bar), self->unlabelled);
  gtk_widget_add_css_class (bar, "toolbar");
  g_signal_connect_object (self->search, "search-changed", G_CALLBACK (filter_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "stop-search", G_CALLBACK (stop_search_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->state, "notify::selected", G_CALLBACK (filter_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->unlabelled, "toggled", G_CALLBACK (filter_cb), self,
                           G_CONNECT_SWAPPED);
  return bar;
}

/* Scans that are dropped on the list join it without being opened. */
static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, SagUiWorklistWindow *self)
{
  GtkWindow    *window = gtk_window_get_transient_for (GTK_WINDOW (self));
  SagUiSession *session =
    window != NULL ? g_object_get_data (G_OBJECT (window), "sag-ui-project-session") : NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  for (GSList *item = g_value_get_boxed (value); item != NULL; item = item->next)
    g_ptr_array_add (files, item->data);
  if (session == NULL || files->len == 0 || !sag_ui_project_can_write (self->project))
    return FALSE;
  sag_ui_add_scans_show (GTK_WINDOW (self), session, (GFile **) files->pdata, files->len);
  return TRUE;
}

static void
add_drop (SagUiWorklistWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static GtkWidget *
create_table (SagUiWorklistWindow *self)
{
  GtkWidget *view = gtk_column_view_new (GTK_SELECTION_MODEL (self->selection));
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = view;
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Cases of the project"), -1);
  add_column (self, GTK_COLUMN_VIEW (view), _ ("Case"), dup_name);
  add_column (self, GTK_COLUMN_VIEW (view), _ ("State"), dup_state);
  add_column (self, GTK_COLUMN_VIEW (view), _ ("Labels"), dup_labels);
  add_column (self, GTK_COLUMN_VIEW (view), _ ("Masks"), dup_masks);
  add_column (self, GTK_COLUMN_VIEW (view), _ ("Readers"), dup_readers);
  g_signal_connect_object (view, "activate", G_CALLBACK (activated_cb), self, 0);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static GtkWidget *
create_foot (SagUiWorklistWindow *self)
{
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *reviewed = gtk_button_new_with_mnemonic (_ ("_Reviewed"));
  GtkWidget *again = gtk_button_new_with_mnemonic (_ ("_In Progress"));

  self->progress = gtk_progress_bar_new ();
  self->words = gtk_label_new (NULL);
  gtk_widget_set_valign (self->progress, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Cases with all labels"), -1);
  gtk_widget_set_hexpand (self->words, TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0);
  gtk_label_set_wrap (GTK_LABEL (self->words), TRUE);
  gtk_widget_add_css_class (self->words, "numeric");
  gtk_widget_add_css_class (self->words, "caption");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (reviewed), "worklist.state");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (reviewed), "i", SAG_CASE_REVIEWED);
  gtk_widget_set_tooltip_text (reviewed, _ ("The chosen case was looked at a second time"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (again), "worklist.state");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (again), "i", SAG_CASE_IN_PROGRESS);
  gtk_widget_set_tooltip_text (again, _ ("The chosen case needs more work"));
  gtk_box_append (GTK_BOX (foot), self->progress);
  gtk_box_append (GTK_BOX (foot), self->words);
  gtk_box_append (GTK_BOX (foot), again);
  gtk_box_append (GTK_BOX (foot), reviewed);
  gtk_widget_add_css_class (foot, "toolbar");
  return foot;
}

static gboolean
focus_list (gpointer self)
{
  if (gtk_widget_get_mapped (self))
    gtk_widget_child_focus (SAG_UI_WORKLIST_WINDOW (self)->view, GTK_DIR_TAB_FORWARD);
  return G_SOURCE_REMOVE;
}

/* Arrows and Enter go through the cases from the start; the rows come after the list. */
static void
mapped_cb (SagUiWorklistWindow *self)
{
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, focus_list, g_object_ref (self), g_object_unref);
}

SagUiWorklistWindow *
sag_ui_worklist_window_new (SagUiLabels *labels, GtkWindow *parent)
{
  SagUiWorklistWindow *self =
    g_object_new (SAG_UI_TYPE_WORKLIST_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE,
                  "default-width", 760, "default-height", 560, "title", _ ("Worklist"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->labels = g_object_ref (labels);
  self->project = g_object_ref (sag_ui_labels_get_project (labels));
  self->list = sag_ui_worklist_new (self->project);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (items_cb), self,
                           G_CONNECT_SWAPPED);
  selected_cb (self);
  gtk_box_append (GTK_BOX (box), create_header (self));
  gtk_box_append (GTK_BOX (box), create_bar (self));
  gtk_box_append (GTK_BOX (box), create_task_bar (self));
  gtk_box_append (GTK_BOX (box), create_table (self));
  add_drop (self);
  gtk_box_append (GTK_BOX (box), create_foot (self));
  adw_window_set_content (ADW_WINDOW (self), box);
  g_signal_connect_object (self->project, "labels", G_CALLBACK (labels_cb), self, 0);
  g_signal_connect_object (self->project, "list", G_CALLBACK (update_progress), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "tasks", G_CALLBACK (tasks_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->project, "closing", G_CALLBACK (gtk_window_close), self,
                           G_CONNECT_SWAPPED);
  tasks_cb (self);
  g_signal_connect_after (self, "map", G_CALLBACK (mapped_cb), NULL);
  return self;
}

static void
sag_ui_worklist_window_dispose (GObject *object)
{
  SagUiWorklistWindow *self = SAG_UI_WORKLIST_WINDOW (object);

  g_clear_object (&self->list);
  g_clear_object (&self->project);
  g_clear_object (&self->labels);
  G_OBJECT_CLASS (sag_ui_worklist_window_parent_class)->dispose (object);
}

static void
sag_ui_worklist_window_class_init (SagUiWorklistWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_worklist_window_dispose;
  gtk_widget_class_install_action (widget_class, "worklist.state", "i", set_state);
  gtk_widget_class_install_action (widget_class, "worklist.search", NULL, enter_search);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  sag_ui_add_undo_keys (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "worklist.search",
                                       NULL);
}

static void
sag_ui_worklist_window_init (SagUiWorklistWindow *self)
{
}
