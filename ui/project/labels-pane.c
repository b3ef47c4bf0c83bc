/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/labels-pane.h"

#include "ui/ask/swatch.h"
#include "ui/base/keymap.h"
#include "ui/project/labels.h"
#include "ui/project/words.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_SIDES 4

struct _SagUiLabelsPane
{
  AdwBin parent;

  SagUiSession       *session;
  SagUiLabels        *labels;
  GSimpleActionGroup *actions;
  GtkEventController *own_keys; /* of the tasks */
  GtkToggleButton    *value_buttons[SAG_N_LABEL_VALUES];
  GtkToggleButton    *side_buttons[N_SIDES];
  gboolean            is_updating;
  gboolean            is_typing; /* a comment that is not said yet, about: */
  gint64              shown_case;
  gint64              shown_task;

  GtkStack      *stack;
  AdwStatusPage *wait_page;
  GtkLabel      *saved;
  GtkLabel      *progress;
  GtkListBox    *list;
  GtkBox        *values;
  GtkBox        *others;
  GtkWidget     *more;
  GtkBox        *sides;
  GtkSpinButton *certainty;
  GtkEntry      *location;
  GtkEntry      *comment;
  GtkWidget     *rest;
  GtkWidget     *as_last;
  GtkWidget     *next;
};

G_DEFINE_FINAL_TYPE (SagUiLabelsPane, sag_ui_labels_pane, ADW_TYPE_BIN)

static const char *const sides[N_SIDES] = { NULL, "right", "left", "both" };

GActionGroup *
sag_ui_labels_pane_get_actions (SagUiLabelsPane *self)
{
  return G_ACTION_GROUP (self->actions);
}

/* A row for each task */

typedef struct
{
  GtkWidget *row;
  GtkWidget *seen;
  GtkLabel  *value;
} Parts;

static Parts *
get_parts (SagUiLabelsPane *self, guint place)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int) place);

  return row != NULL ? g_object_get_data (G_OBJECT (row), "parts") : NULL;
}

static void
add_row (SagUiLabelsPane *self, const SagTaskRow *task, guint place)
{
  Parts           *parts = g_new0 (Parts, 1);
  GtkWidget       *row = gtk_list_box_row_new ();
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget       *swatch = sag_ui_swatch_new (task->colour);
  GtkWidget       *words = gtk_label_new (task->wording);
  g_autofree char *key = sag_ui_project_dup_task_key (task, place);
  GtkWidget       *hint = gtk_label_new (key != NULL ? key : "");

  parts->row = row;
  parts->seen = gtk_image_new_from_icon_name ("view-reveal-symbolic");
  parts->value = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_tooltip_text (parts->seen, _ ("A model’s answer had been seen before"));
  gtk_label_set_xalign (GTK_LABEL (words), 0);
  gtk_label_set_wrap (GTK_LABEL (words), TRUE);
  gtk_label_set_lines (GTK_LABEL (words), 2);
  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (words, task->wording);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (GTK_WIDGET (hint), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (hint), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (parts->value), "value");
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), parts->seen);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (parts->value));
  gtk_box_append (GTK_BOX (box), hint);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "parts", parts, g_free);
  gtk_list_box_append (self->list, row);
}

static void
update_row (SagUiLabelsPane *self, guint place)
{
  const SagTaskRow *task =
    sag_ui_project_get_task (sag_ui_labels_get_project (self->labels), place);
  const SagLabelRow *row = sag_ui_labels_get_row (self->labels, place);
  Parts             *parts = get_parts (self, place);
  const char        *value = sag_ui_project_get_value_title (row->value);
  g_autofree char   *spoken = NULL;

  gtk_label_set_text (parts->value, row->value != SAG_LABEL_VALUE_NONE ? value : "");
  gtk_widget_set_visible (parts->seen, row->value != SAG_LABEL_VALUE_NONE && row->seen);
  /* Translators: a task and its label, for a screen reader. */
  spoken = g_strdup_printf (_ ("%s: %s"), task->wording, value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (parts->row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

/* Keys of the tasks' own */

static gboolean
own_key_cb (GtkWidget *widget, GVariant *place, gpointer user_data)
{
  SagUiLabelsPane *self = SAG_UI_LABELS_PANE (widget);
  GtkWidget       *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (GTK_IS_EDITABLE (focus) || !sag_ui_labels_can_set (self->labels))
    return FALSE;
  sag_ui_labels_set_active (self->labels, g_variant_get_uint32 (place));
  return TRUE;
}

static void
fill_own_keys (SagUiLabelsPane *self)
{
  SagUiProject *project = sag_ui_labels_get_project (self->labels);

  if (self->own_keys != NULL)
    gtk_widget_remove_controller (GTK_WIDGET (self), self->own_keys);
  self->own_keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (self->own_keys),
                                     GTK_SHORTCUT_SCOPE_GLOBAL);
  for (guint t = 0; t < sag_ui_project_get_n_tasks (project); t++)
    {
      GtkShortcutTrigger *trigger =
        sag_ui_project_dup_task_trigger (sag_ui_project_get_task (project, t), t);

      if (trigger != NULL)
        gtk_shortcut_controller_add_shortcut (
          GTK_SHORTCUT_CONTROLLER (self->own_keys),
          gtk_shortcut_new_with_arguments (
            trigger, gtk_callback_action_new (own_key_cb, NULL, NULL), "u", t));
    }
  gtk_widget_add_controller (GTK_WIDGET (self), self->own_keys);
}

static void
tasks_cb (SagUiLabelsPane *self)
{
  SagUiProject *project = sag_ui_labels_get_project (self->labels);
  GtkWidget    *row;

  self->is_updating = TRUE;
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  for (guint t = 0; t < sag_ui_project_get_n_tasks (project); t++)
    add_row (self, sag_ui_project_get_task (project, t), t);
  self->is_updating = FALSE;
  fill_own_keys (self);
}

/* What is shown */

static void
show_text (gpointer entry, const char *text)
{
  if (text == NULL)
    text = "";
  if (strcmp (gtk_editable_get_text (entry), text) != 0)
    gtk_editable_set_text (entry, text);
}

static void
update_details (SagUiLabelsPane *self)
{
  const SagLabelRow *row =
    sag_ui_labels_get_row (self->labels, sag_ui_labels_get_active (self->labels));
  const gboolean can = sag_ui_labels_can_set (self->labels);
  const gboolean same = row->case_id == self->shown_case && row->task_id == self->shown_task;
  const int      certainty = row->certainty < 0 ? -5 : row->certainty;

  for (int v = 1; v < SAG_N_LABEL_VALUES; v++)
    gtk_toggle_button_set_active (self->value_buttons[v], row->value == (SagLabelValue) v);
  for (int s = 0; s < N_SIDES; s++)
    gtk_toggle_button_set_active (self->side_buttons[s], g_strcmp0 (row->side, sides[s]) == 0);
  if (!same || gtk_spin_button_get_value_as_int (self->certainty) != certainty)
    gtk_spin_button_set_value (self->certainty, certainty);
  /* What is being typed stays, whatever arrives meanwhile. */
  if (!same || !self->is_typing)
    {
      self->is_typing = FALSE;
      show_text (self->location, row->location);
      show_text (self->comment, row->comment);
    }
  self->shown_case = row->case_id;
  self->shown_task = row->task_id;
  gtk_widget_set_sensitive (self->more, can && row->value != SAG_LABEL_VALUE_NONE);
}

static void
update_progress (SagUiLabelsPane *self)
{
  SagUiProject *project = sag_ui_labels_get_project (self->labels);
  const guint   n = sag_ui_project_get_n_tasks (project);
  const int     place = sag_ui_project_find_item (project, sag_ui_project_get_current_id (project));
  const SagWorkItem *item =
    place >= 0 ? g_ptr_array_index (sag_ui_project_get_list (project)->items, place) : NULL;
  const char *state =
    sag_ui_project_get_state_title (item != NULL ? item->one->state : SAG_CASE_NEW);
  g_autofree char *text = NULL;

  /* Translators: so many of all tasks have a label; then the state of the case: "new", "done", ... */
  text =
    g_strdup_printf (_ ("%u of %u labelled, %s"), sag_ui_labels_get_n_set (self->labels), n, state);
  gtk_label_set_text (self->progress, text);
}

/* Which project, and whether everything is on disk. */
static void
update_saved (SagUiLabelsPane *self)
{
  SagUiProject    *project = sag_ui_labels_get_project (self->labels);
  const char      *title = sag_ui_project_get_title (project);
  g_autofree char *text = NULL;

  if (title == NULL)
    return;
  text = g_strdup_printf (
    /* Translators: the name of a project, then how it is. */
    !sag_ui_project_can_write (project)  ? _ ("%s · only looked at")
    : sag_ui_project_is_saving (project) ? _ ("%s · saving…")
                                         : _ ("%s · saved"),
    title);
  gtk_label_set_text (self->saved, text);
}

static void
enable (SagUiLabelsPane *self, const char *name, gboolean is_enabled)
{
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name)), is_enabled);
}

/* Keys that are letters belong to the mode that the person sees. */
static void
update_actions (SagUiLabelsPane *self)
{
  const gboolean shown = gtk_widget_get_mapped (GTK_WIDGET (self));
  const gboolean can = shown && sag_ui_labels_can_set (self->labels);
  const guint    n = sag_ui_project_get_n_tasks (sag_ui_labels_get_project (self->labels));

  enable (self, "set", can);
  enable (self, "task", can);
  enable (self, "rest-absent", can && sag_ui_labels_get_n_set (self->labels) < n);
  enable (self, "as-last", can && sag_ui_labels_has_last (self->labels));
  enable (self, "next", shown && n > 0);
}

static const char *
choose_page (SagUiLabelsPane *self)
{
  SagUiProject *project = sag_ui_labels_get_project (self->labels);

  if (sag_ui_project_get_store (project) == NULL)
    return "none";
  if (sag_ui_project_get_n_tasks (project) == 0)
    return "empty";
  if (sag_ui_labels_is_ready (self->labels))
    return "work";
  adw_status_page_set_description (
    self->wait_page, sag_ui_session_get_case (self->session) != NULL
                       ? _ ("This scan becomes a case of the project as soon as it is read.")
                       : _ ("Open a scan, or choose a case of the project."));
  return "wait";
}

static void
update (SagUiLabelsPane *self)
{
  const char *page = choose_page (self);

  self->is_updating = TRUE;
  gtk_stack_set_visible_child_name (self->stack, page);
  if (g_str_equal (page, "work"))
    {
      GtkListBoxRow *row =
        gtk_list_box_get_row_at_index (self->list, (int) sag_ui_labels_get_active (self->labels));

      for (guint t = 0; t < sag_ui_project_get_n_tasks (sag_ui_labels_get_project (self->labels));
           t++)
        update_row (self, t);
      if (row != gtk_list_box_get_selected_row (self->list))
        gtk_list_box_select_row (self->list, row);
      update_details (self);
      update_progress (self);
    }
  update_actions (self);
  self->is_updating = FALSE;
}

/* What the person does */

static void
row_selected_cb (GtkListBox *list, GtkListBoxRow *row, SagUiLabelsPane *self)
{
  if (!self->is_updating && row != NULL)
    sag_ui_labels_set_active (self->labels, (guint) gtk_list_box_row_get_index (row));
}

static int
certainty_output_cb (GtkSpinButton *button, SagUiLabelsPane *self)
{
  const int value = gtk_spin_button_get_value_as_int (button);
  /* Translators: certainty in percent. */
  g_autofree char *text = value < 0 ? g_strdup ("—") : g_strdup_printf (_ ("%d %%"), value);

  if (strcmp (gtk_editable_get_text (GTK_EDITABLE (button)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

static int
certainty_input_cb (GtkSpinButton *button, double *value, SagUiLabelsPane *self)
{
  char       *end = NULL;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (button));

  *value = (double) g_ascii_strtoll (text, &end, 10);
  if (end == text)
    *value = -5;
  return TRUE;
}

static void
details_cb (SagUiLabelsPane *self)
{
  const int         certainty = gtk_spin_button_get_value_as_int (self->certainty);
  int               side = 0;
  SagUiLabelDetails details;

  if (self->is_updating || self->labels == NULL || !sag_ui_labels_can_set (self->labels))
    return;
  self->is_typing = FALSE;
  for (int s = 0; s < N_SIDES; s++)
    if (gtk_toggle_button_get_active (self->side_buttons[s]))
      side = s;
  details = (SagUiLabelDetails){
    .side = sides[side],
    .location = gtk_editable_get_text (GTK_EDITABLE (self->location)),
    .certainty = certainty < 0 ? -1 : certainty,
    .comment = gtk_editable_get_text (GTK_EDITABLE (self->comment)),
  };
  sag_ui_labels_set_details (self->labels, sag_ui_labels_get_active (self->labels), &details);
}

static void
typed_cb (SagUiLabelsPane *self)
{
  self->is_typing = !self->is_updating;
}

static void
side_cb (GtkToggleButton *button, SagUiLabelsPane *self)
{
  if (gtk_toggle_button_get_active (button))
    details_cb (self);
}

static void
value_cb (GtkToggleButton *button, SagUiLabelsPane *self)
{
  const SagLabelValue value =
    (SagLabelValue) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "value"));

  if (self->is_updating)
    return;
  sag_ui_labels_set (self->labels,
                     gtk_toggle_button_get_active (button) ? value : SAG_LABEL_VALUE_NONE);
}

static void
set_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiLabelsPane *self = user_data;
  SagLabelValue    value;

  if (sag_label_value_parse (g_variant_get_string (parameter, NULL), &value))
    sag_ui_labels_set (self->labels, value);
}

static void
task_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiLabelsPane *self = user_data;
  const guint      n = sag_ui_project_get_n_tasks (sag_ui_labels_get_project (self->labels));
  const guint      step = g_variant_get_int32 (parameter) > 0 ? 1 : n - 1;

  sag_ui_labels_set_active (self->labels, (sag_ui_labels_get_active (self->labels) + step) % n);
}

static void
rest_absent_action (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_labels_rest_absent (SAG_UI_LABELS_PANE (self)->labels);
}

static void
as_last_action (GSimpleAction *action, GVariant *parameter, gpointer self)
{
  sag_ui_labels_as_last (SAG_UI_LABELS_PANE (self)->labels);
}

static void
next_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiLabelsPane *self = user_data;

  if (!sag_ui_labels_go_next (self->labels))
    sag_ui_session_say (self->session, _ ("Every case has all its labels."));
}

/* Putting it together */

static GtkToggleButton *
add_value (SagUiLabelsPane *self, GtkBox *box, SagLabelValue value)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (sag_ui_project_get_value_title (value));
  g_autofree char *action = g_strdup_printf ("label.set('%s')", sag_label_value_to_string (value));

  g_object_set_data (G_OBJECT (button), "value", GINT_TO_POINTER (value));
  sag_ui_keymap_set_tooltip (button, sag_ui_project_get_value_hint (value), action);
  g_signal_connect_object (button, "toggled", G_CALLBACK (value_cb), self, 0);
  gtk_box_append (box, button);
  return GTK_TOGGLE_BUTTON (button);
}

static void
add_values (SagUiLabelsPane *self)
{
  for (int v = 1; v < SAG_N_LABEL_VALUES; v++)
    self->value_buttons[v] = add_value (
      self, v <= SAG_LABEL_VALUE_UNSURE ? self->values : self->others, (SagLabelValue) v);
}

static void
add_sides (SagUiLabelsPane *self)
{
  const char *const titles[N_SIDES] = { "—", _ ("Right"), _ ("Left"), _ ("Both") };
  const char *const hints[N_SIDES] = { _ ("No side said"), _ ("The patient’s right"),
                                       _ ("The patient’s left"), _ ("Both sides") };

  for (int s = 0; s < N_SIDES; s++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (titles[s]);

      self->side_buttons[s] = GTK_TOGGLE_BUTTON (button);
      if (s > 0)
        gtk_toggle_button_set_group (self->side_buttons[s], self->side_buttons[0]);
      gtk_widget_set_tooltip_text (button, hints[s]);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      hints[s], -1);
      g_signal_connect_object (button, "toggled", G_CALLBACK (side_cb), self, 0);
      gtk_box_append (self->sides, button);
    }
}

void
sag_ui_labels_pane_set_session (SagUiLabelsPane *self, SagUiSession *session)
{
  g_set_object (&self->session, session);
  self->labels = g_object_ref (sag_ui_labels_get (session));
  add_values (self);
  add_sides (self);
  g_signal_connect_object (self->labels, "settle", G_CALLBACK (details_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->labels, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_labels_get_project (self->labels), "tasks", G_CALLBACK (tasks_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_labels_get_project (self->labels), "tasks", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_labels_get_project (self->labels), "notify::store",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_labels_get_project (self->labels), "notify::saving",
                           G_CALLBACK (update_saved), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sag_ui_labels_get_project (self->labels), "notify::title",
                           G_CALLBACK (update_saved), self, G_CONNECT_SWAPPED);
  update_saved (self);
  sag_ui_keymap_set_tooltip (self->rest, _ ("Every task without a label is absent"),
                             "label.rest-absent");
  sag_ui_keymap_set_tooltip (self->as_last, _ ("What you said of the case before"),
                             "label.as-last");
  sag_ui_keymap_set_tooltip (self->next, _ ("The next case with a task to label"), "label.next");
  tasks_cb (self);
  update (self);
}

static void
sag_ui_labels_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sag_ui_labels_pane_parent_class)->map (widget);
  if (SAG_UI_LABELS_PANE (widget)->labels != NULL)
    update_actions (SAG_UI_LABELS_PANE (widget));
}

static void
sag_ui_labels_pane_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sag_ui_labels_pane_parent_class)->unmap (widget);
  if (SAG_UI_LABELS_PANE (widget)->labels != NULL)
    update_actions (SAG_UI_LABELS_PANE (widget));
}

static void
sag_ui_labels_pane_dispose (GObject *object)
{
  SagUiLabelsPane *self = SAG_UI_LABELS_PANE (object);

  self->is_updating = TRUE;
  adw_bin_set_child (ADW_BIN (object), NULL); /* a bound one would be unparented behind its back */
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_LABELS_PANE);
  g_clear_object (&self->labels);
  g_clear_object (&self->session);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sag_ui_labels_pane_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
#define BIND(name) gtk_widget_class_bind_template_child (class, SagUiLabelsPane, name)
  BIND (stack);
  BIND (wait_page);
  BIND (saved);
  BIND (progress);
  BIND (list);
  BIND (values);
  BIND (others);
  BIND (more);
  BIND (sides);
  BIND (certainty);
  BIND (location);
  BIND (comment);
  BIND (rest);
  BIND (as_last);
  BIND (next);
#undef BIND
}

static void
sag_ui_labels_pane_class_init (SagUiLabelsPaneClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_labels_pane_dispose;
  widget_class->map = sag_ui_labels_pane_map;
  widget_class->unmap = sag_ui_labels_pane_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/labels-pane.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, certainty_output_cb);
  gtk_widget_class_bind_template_callback (widget_class, certainty_input_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
}

static void
sag_ui_labels_pane_init (SagUiLabelsPane *self)
{
  static const GActionEntry entries[] = {
    { .name = "set", .activate = set_action, .parameter_type = "s" },
    { .name = "task", .activate = task_action, .parameter_type = "i" },
    { .name = "rest-absent", .activate = rest_absent_action },
    { .name = "as-last", .activate = as_last_action },
    { .name = "next", .activate = next_action },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_init_template (GTK_WIDGET (self));
}
