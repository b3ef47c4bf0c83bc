/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/tasks-window.h"

#include "model/text/catalogue.h"
#include "ui/ask/swatch.h"
#include "ui/base/controllers.h"
#include "ui/project/tasks-write.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SagUiTasksWindow
{
  AdwWindow parent;

  SagUiProject        *project;
  AdwPreferencesGroup *group;
  AdwPreferencesGroup *aside; /* tasks that were put aside */
  AdwEntryRow         *entry;
  GPtrArray           *rows; /* of the group */
  GPtrArray           *aside_rows;
  gint64               moved; /* the task whose row keeps the focus */
  int                  moved_by;
};

G_DEFINE_FINAL_TYPE (SagUiTasksWindow, sag_ui_tasks_window, ADW_TYPE_WINDOW)

/* Okabe and Ito's, as answers have them. */
static const guint32 colours[] = { 0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442,
                                   0xD55E00, 0xCC79A7, 0x0072B2 };

/* @row: (transfer full) */
static void
put (SagUiTasksWindow *self, SagTaskRow *row)
{
  sag_ui_tasks_write (self->project, row, SAG_UI_TASK_PUT, 0);
  sag_task_row_free (row);
}

/* A row of the window, or a question, is about a task wherever it stands in the list by now. */
static void
set_task (gpointer widget, gint64 id)
{
  g_object_set_data_full (G_OBJECT (widget), "task", g_memdup2 (&id, sizeof id), g_free);
}

static const SagTaskRow *
find_aside (SagUiTasksWindow *self, gint64 id)
{
  const SagWorklist *list = sag_ui_project_get_list (self->project);

  for (guint t = 0; list != NULL && t < list->aside->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (list->aside, t);

      if (task->id == id)
        return task;
    }
  return NULL;
}

/* (nullable): it may be gone. */
static const SagTaskRow *
task_of (SagUiTasksWindow *self, gpointer widget)
{
  const gint64 *id = g_object_get_data (G_OBJECT (widget), "task");

  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    if (sag_ui_project_get_task (self->project, t)->id == *id)
      return sag_ui_project_get_task (self->project, t);
  return find_aside (self, *id);
}

static int
place_of (SagUiTasksWindow *self, gint64 id)
{
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    if (sag_ui_project_get_task (self->project, t)->id == id)
      return (int) t;
  return -1;
}

/* Adding */

static gboolean
has_key (SagUiTasksWindow *self, const char *key)
{
  const SagWorklist *list = sag_ui_project_get_list (self->project);

  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    if (strcmp (sag_ui_project_get_task (self->project, t)->key, key) == 0)
      return TRUE;
  for (guint t = 0; list != NULL && t < list->aside->len; t++)
    if (strcmp (((const SagTaskRow *) g_ptr_array_index (list->aside, t))->key, key) == 0)
      return TRUE;
  return FALSE;
}

/* What files and other programs call it: the finding, or the wording's own slug. */
static char *
dup_key (SagUiTasksWindow *self, const char *wording)
{
  SagCatalogue    *catalogue = sag_catalogue_get_default (NULL);
  const SagTask   *known = catalogue != NULL ? sag_catalogue_find (catalogue, wording) : NULL;
  g_autofree char *slug = known != NULL ? g_strdup (known->finding) : sag_task_slug (wording);
  char            *key = g_strndup (slug, 40);

  for (guint n = 2; has_key (self, key); n++)
    {
      g_free (key);
      key = g_strdup_printf ("%.40s-%u", slug, n);
    }
  return key;
}

/* Of a question that was put aside the labels are there. */
static gboolean
bring_back_wording (SagUiTasksWindow *self, const char *wording)
{
  const SagWorklist *list = sag_ui_project_get_list (self->project);

  for (guint t = 0; list != NULL && t < list->aside->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (list->aside, t);

      if (strcmp (task->wording, wording) != 0)
        continue;
      sag_ui_tasks_write (self->project, task, SAG_UI_TASK_MOVE, G_MAXUINT);
      return TRUE;
    }
  return FALSE;
}

void
sag_ui_tasks_window_add (SagUiTasksWindow *self, const char *wording)
{
  g_autofree char *text = g_strstrip (g_strdup (wording));
  const guint      n = sag_ui_project_get_n_tasks (self->project);
  SagTaskRow      *row;

  if (*text == 0)
    return;
  for (guint t = 0; t < n; t++)
    if (strcmp (sag_ui_project_get_task (self->project, t)->wording, text) == 0)
      return;
  if (bring_back_wording (self, text))
    return;
  row = g_new0 (SagTaskRow, 1);
  row->key = dup_key (self, text);
  row->wording = g_steal_pointer (&text);
  row->colour = colours[n % G_N_ELEMENTS (colours)];
  put (self, row);
}

static void
entry_cb (AdwEntryRow *entry, SagUiTasksWindow *self)
{
  sag_ui_tasks_window_add (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
catalogue_cb (GtkDropDown *down, GParamSpec *pspec, SagUiTasksWindow *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (down);

  if (item != NULL && gtk_drop_down_get_selected (down) > 0)
    sag_ui_tasks_window_add (self, gtk_string_object_get_string (item));
  gtk_drop_down_set_selected (down, 0);
}

/* Changing */

static void
apply_cb (GtkEditable *entry, SagUiTasksWindow *self)
{
  const char      *field = g_object_get_data (G_OBJECT (entry), "field");
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  SagTaskRow      *row;
  char           **place;

  if (task_of (self, entry) == NULL)
    return;
  row = sag_ui_task_copy (task_of (self, entry));
  place = g_str_equal (field, "wording")  ? &row->wording
          : g_str_equal (field, "snomed") ? &row->snomed
                                          : &row->shortcut;
  if (*text == 0 && place == &row->wording)
    {
      gtk_editable_set_text (entry, row->wording);
      sag_task_row_free (row);
      return;
    }
  g_free (*place);
  *place = *text != 0 ? g_steal_pointer (&text) : NULL;
  put (self, row);
}

/* A key that is none is said so while it is typed. */
static void
shortcut_cb (GtkEditable *entry)
{
  const char     *text = gtk_editable_get_text (entry);
  guint           keyval = 0;
  GdkModifierType modifiers;

  if (*text == 0 || (gtk_accelerator_parse (text, &keyval, &modifiers) && keyval != 0))
    gtk_widget_remove_css_class (GTK_WIDGET (entry), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (entry), "error");
}

static void
colour_cb (GtkToggleButton *button, SagUiTasksWindow *self)
{
  SagTaskRow *row;

  if (!gtk_toggle_button_get_active (button) || task_of (self, button) == NULL)
    return;
  row = sag_ui_task_copy (task_of (self, button));
  row->colour = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "colour"));
  put (self, row);
}

static void
removed_cb (AdwMessageDialog *dialog, const char *response, SagUiTasksWindow *self)
{
  if (g_str_equal (response, "remove") && task_of (self, dialog) != NULL)
    sag_ui_tasks_write (self->project, task_of (self, dialog), SAG_UI_TASK_REMOVE, 0);
}

/* Its labels go with it, and come back if that is undone. */
static void
remove_cb (GtkButton *button, SagUiTasksWindow *self)
{
  const SagTaskRow *task = task_of (self, button);
  GtkWidget        *dialog;
  g_autofree char  *sentence = NULL;

  if (task == NULL)
    return;
  /* Translators: the wording of a task. */
  sentence =
    g_strdup_printf (_ ("“%s”: all labels that anybody has set for it go too."), task->wording);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Remove the Task?"), sentence);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                    _ ("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  set_task (dialog, task->id);
  g_signal_connect_object (dialog, "response", G_CALLBACK (removed_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Its labels stay. */
static void
aside_cb (GtkButton *button, SagUiTasksWindow *self)
{
  if (task_of (self, button) != NULL)
    sag_ui_tasks_write (self->project, task_of (self, button), SAG_UI_TASK_PUT_ASIDE, 0);
}

static void
back_cb (GtkButton *button, SagUiTasksWindow *self)
{
  if (task_of (self, button) != NULL)
    sag_ui_tasks_write (self->project, task_of (self, button), SAG_UI_TASK_MOVE, G_MAXUINT);
}

static void
move_cb (GtkButton *button, SagUiTasksWindow *self)
{
  const int         step = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "step"));
  const SagTaskRow *task = task_of (self, button);
  const int         place = task != NULL ? place_of (self, task->id) + step : -1;

  if (place < 0 || place >= (int) sag_ui_project_get_n_tasks (self->project))
    return;
  self->moved = task->id;
  self->moved_by = step;
  sag_ui_tasks_write (self->project, task, SAG_UI_TASK_MOVE, (guint) place);
}

/* Rows */

static GtkWidget *
add_entry (SagUiTasksWindow *self,
           GtkWidget        *expander,
           const SagTaskRow *task,
           const char       *title,
           const char       *field,
           const char       *text)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_editable_set_text (GTK_EDITABLE (row), text != NULL ? text : "");
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  set_task (row, task->id);
  g_object_set_data (G_OBJECT (row), "field", (gpointer) field);
  g_signal_connect_object (row, "apply", G_CALLBACK (apply_cb), self, 0);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
  return row;
}

static void
add_colours (SagUiTasksWindow *self, GtkWidget *expander, const SagTaskRow *task)
{
  GtkWidget       *row = adw_action_row_new ();
  GtkToggleButton *first = NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Colour"));
  for (gsize c = 0; c < G_N_ELEMENTS (colours); c++)
    {
      GtkWidget *button = gtk_toggle_button_new ();

      gtk_button_set_child (GTK_BUTTON (button), sag_ui_swatch_new (colours[c]));
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), first);
      first = GTK_TOGGLE_BUTTON (button);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), task->colour == colours[c]);
      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_add_css_class (button, "circular");
      gtk_widget_add_css_class (button, "swatch-button");
      gtk_widget_set_tooltip_text (button, sag_ui_colour_get_title (colours[c]));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      sag_ui_colour_get_title (colours[c]), -1);
      set_task (button, task->id);
      g_object_set_data (G_OBJECT (button), "colour", GUINT_TO_POINTER (colours[c]));
      g_signal_connect_object (button, "toggled", G_CALLBACK (colour_cb), self, 0);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  adw_expander_row_add_row (ADW_EXPANDER_ROW (expander), row);
}

static GtkWidget *
create_button (SagUiTasksWindow *self,
               const SagTaskRow *task,
               const char       *icon,
               const char       *hint,
               GCallback         clicked)
{
  GtkWidget       *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *name = NULL;

  /* Translators: what a button does, then the task that it is about. */
  name = g_strdup_printf (_ ("%s: %s"), hint, task->wording);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, hint);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  set_task (button, task->id);
  g_signal_connect_object (button, "clicked", clicked, self, 0);
  return button;
}

/* @step: -1 or 1 */
static void
add_mover (SagUiTasksWindow *self, GtkWidget *row, const SagTaskRow *task, int step)
{
  const int  place = place_of (self, task->id) + step;
  GtkWidget *button =
    step < 0
      ? create_button (self, task, "go-up-symbolic", _ ("Move up"), G_CALLBACK (move_cb))
      : create_button (self, task, "go-down-symbolic", _ ("Move down"), G_CALLBACK (move_cb));

  g_object_set_data (G_OBJECT (button), "step", GINT_TO_POINTER (step));
  gtk_widget_set_sensitive (button,
                            place >= 0 && place < (int) sag_ui_project_get_n_tasks (self->project));
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), button);
  if (self->moved == task->id && self->moved_by == step)
    g_object_set_data (G_OBJECT (self), "mover", button);
}

static GtkWidget *
create_row (SagUiTasksWindow *self, const SagTaskRow *task)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *swatch = sag_ui_swatch_new (task->colour);
  GtkWidget *shortcut;

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), task->wording);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), task->key);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  adw_expander_row_add_prefix (ADW_EXPANDER_ROW (row), swatch);
  /* Actions stand in the opposite order. */
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row),
                               create_button (self, task, "list-remove-symbolic",
                                              _ ("Put aside: its labels stay"),
                                              G_CALLBACK (aside_cb)));
  add_mover (self, row, task, 1);
  add_mover (self, row, task, -1);
  add_entry (self, row, task, _ ("Question, as the Model Is Asked"), "wording", task->wording);
  add_colours (self, row, task);
  add_entry (self, row, task, _ ("SNOMED CT Code"), "snomed", task->snomed);
  shortcut =
    add_entry (self, row, task, _ ("Key, Such as w or &lt;Alt&gt;w"), "shortcut", task->shortcut);
  g_signal_connect (shortcut, "changed", G_CALLBACK (shortcut_cb), NULL);
  return row;
}

static void
clear_rows (AdwPreferencesGroup *group, GPtrArray *rows)
{
  for (guint r = 0; r < rows->len; r++)
    adw_preferences_group_remove (group, rows->pdata[r]);
  g_ptr_array_set_size (rows, 0);
}

/* Tasks that were put aside: back they come, or go for good. */
static void
fill_aside (SagUiTasksWindow *self)
{
  const SagWorklist *list = sag_ui_project_get_list (self->project);

  clear_rows (self->aside, self->aside_rows);
  for (guint t = 0; list != NULL && t < list->aside->len; t++)
    {
      const SagTaskRow *task = g_ptr_array_index (list->aside, t);
      GtkWidget        *row = adw_action_row_new ();

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), task->wording);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), task->key);
      adw_action_row_add_suffix (
        ADW_ACTION_ROW (row),
        create_button (self, task, "edit-undo-symbolic", _ ("Ask it again"), G_CALLBACK (back_cb)));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                                 create_button (self, task, "user-trash-symbolic",
                                                _ ("Remove the task and its labels"),
                                                G_CALLBACK (remove_cb)));
      adw_preferences_group_add (self->aside, row);
      g_ptr_array_add (self->aside_rows, row);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->aside), sag_ui_project_can_write (self->project));
  gtk_widget_set_visible (GTK_WIDGET (self->aside), self->aside_rows->len > 0);
}

/* Who moves a task by several places stays on its button. */
static void
keep_focus (SagUiTasksWindow *self)
{
  GtkWidget *mover = g_object_get_data (G_OBJECT (self), "mover");

  g_object_set_data (G_OBJECT (self), "mover", NULL);
  if (mover != NULL && gtk_widget_get_sensitive (mover))
    gtk_widget_grab_focus (mover);
  self->moved = 0;
}

static void
tasks_cb (SagUiTasksWindow *self)
{
  const char *open = g_object_get_data (G_OBJECT (self), "open");

  clear_rows (self->group, self->rows);
  for (guint t = 0; t < sag_ui_project_get_n_tasks (self->project); t++)
    {
      const SagTaskRow *task = sag_ui_project_get_task (self->project, t);
      GtkWidget        *row = create_row (self, task);

      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), g_strcmp0 (open, task->key) == 0);
      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->group), sag_ui_project_can_write (self->project));
  gtk_widget_set_visible (GTK_WIDGET (self->group), self->rows->len > 0);
  fill_aside (self);
  keep_focus (self);
}

/* What is unfolded stays so when the list is made anew. */
static void
remember_open (SagUiTasksWindow *self)
{
  g_object_set_data_full (G_OBJECT (self), "open", NULL, NULL);
  for (guint r = 0; r < self->rows->len; r++)
    if (adw_expander_row_get_expanded (self->rows->pdata[r]))
      g_object_set_data_full (G_OBJECT (self), "open",
                              g_strdup (adw_expander_row_get_subtitle (self->rows->pdata[r])),
                              g_free);
}

/* Putting it together */

static GtkWidget *
create_catalogue (SagUiTasksWindow *self)
{
  SagCatalogue  *catalogue = sag_catalogue_get_default (NULL);
  GtkStringList *texts = gtk_string_list_new (NULL);
  GtkExpression *text = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");
  GtkWidget     *down = gtk_drop_down_new (NULL, text);
  GtkWidget     *row = adw_action_row_new ();

  gtk_string_list_append (texts, _ ("Choose…"));
  for (gsize i = 0; catalogue != NULL && i < sag_catalogue_get_n_tasks (catalogue); i++)
    gtk_string_list_append (texts, sag_catalogue_get_task (catalogue, i)->text);
  gtk_drop_down_set_model (GTK_DROP_DOWN (down), G_LIST_MODEL (texts));
  g_object_unref (texts);
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (down), TRUE);
  gtk_widget_set_valign (down, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (down), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("From the Catalogue"), -1);
  g_signal_connect_object (down, "notify::selected", G_CALLBACK (catalogue_cb), self, 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("From the Catalogue"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("Questions that models were trained on"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), down);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), down);
  return row;
}

static GtkWidget *
create_adding (SagUiTasksWindow *self)
{
  GtkWidget *group = adw_preferences_group_new ();

  self->entry = ADW_ENTRY_ROW (adw_entry_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->entry),
                                 _ ("New Question, as the Model Is Asked"));
  adw_entry_row_set_show_apply_button (self->entry, TRUE);
  g_signal_connect_object (self->entry, "apply", G_CALLBACK (entry_cb), self, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (self->entry));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), create_catalogue (self));
  return group;
}

SagUiTasksWindow *
sag_ui_tasks_window_new (SagUiProject *project, GtkWindow *parent)
{
  SagUiTasksWindow *self = g_object_new (
    SAG_UI_TYPE_TASKS_WINDOW, "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
    "default-width", 620, "default-height", 560, "title", _ ("Tasks of the Project"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();

  self->project = g_object_ref (project);
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  self->aside = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->aside, _ ("Put Aside"));
  adw_preferences_group_set_description (
    self->aside, _ ("Not asked any longer. What was labelled is kept, and is there when the "
                    "question is asked again."));
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_widget_set_vexpand (page, TRUE);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page),
                            ADW_PREFERENCES_GROUP (create_adding (self)));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->aside);
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  g_signal_connect_object (project, "list", G_CALLBACK (remember_open), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (project, "tasks", G_CALLBACK (tasks_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (project, "closing", G_CALLBACK (gtk_window_close), self,
                           G_CONNECT_SWAPPED);
  tasks_cb (self);
  return self;
}

static void
sag_ui_tasks_window_dispose (GObject *object)
{
  SagUiTasksWindow *self = SAG_UI_TASKS_WINDOW (object);

  g_clear_object (&self->project);
  G_OBJECT_CLASS (sag_ui_tasks_window_parent_class)->dispose (object);
}

static void
sag_ui_tasks_window_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_TASKS_WINDOW (object)->rows);
  g_ptr_array_unref (SAG_UI_TASKS_WINDOW (object)->aside_rows);
  G_OBJECT_CLASS (sag_ui_tasks_window_parent_class)->finalize (object);
}

static void
sag_ui_tasks_window_class_init (SagUiTasksWindowClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sag_ui_tasks_window_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_tasks_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (class), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  sag_ui_add_undo_keys (GTK_WIDGET_CLASS (class));
}

static void
sag_ui_tasks_window_init (SagUiTasksWindow *self)
{
  self->rows = g_ptr_array_new ();
  self->aside_rows = g_ptr_array_new ();
}
