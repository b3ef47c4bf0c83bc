/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/ask-entry.h"

#include "ui/ask/suggest.h"
#include "ui/ask/words.h"

#include <glib/gi18n.h>

#define MAX_SUGGESTIONS 60
#define MAX_HEIGHT 300

struct _SagUiAskEntry
{
  AdwBin parent;

  SagUiAsk   *ask;
  GtkEntry   *entry;
  GtkLabel   *hint;
  GtkPopover *popover;
  GtkListBox *list;
  guint       pause_id;
  gboolean    quiet; /* the text is being set, not typed */
};

G_DEFINE_FINAL_TYPE (SagUiAskEntry, sag_ui_ask_entry, ADW_TYPE_BIN)

enum
{
  ASK,
  ASK_LIVE,
  EMPTIED,
  LEAVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

const char *
sag_ui_ask_entry_get_text (SagUiAskEntry *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

static char *
dup_task (SagUiAskEntry *self)
{
  return g_strstrip (g_strdup (sag_ui_ask_entry_get_text (self)));
}

static gboolean
is_catalogue_text (const char *text)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);

  return catalogue != NULL && sag_catalogue_find (catalogue, text) != NULL;
}

/* The line below the entry says what Enter will do. */

static const char *
zero_shot_hint (SagUiAskEntry *self, const char *text)
{
  SagHead head = sag_task_kind (text) == SAG_TASK_SEGMENT ? SAG_HEAD_PATCH : SAG_HEAD_CLASS;

  switch (sag_ui_ask_get_training (self->ask, text, head))
    {
    case SAG_TRAINING_TRAINED:
      return _ ("Enter asks. The bundle was trained on this text.");
    case SAG_TRAINING_OTHER_WORDING:
      return _ ("Enter asks. Other wording: the bundle was trained on this in other words.");
    case SAG_TRAINING_NEVER:
      return _ ("Enter asks. Never trained: the answer will be zero-shot.");
    case SAG_TRAINING_UNKNOWN:
    default:
      return _ ("Enter asks. Whether the bundle was trained on this is unknown.");
    }
}

static void
update_hint (SagUiAskEntry *self)
{
  g_autofree char *text = dup_task (self);
  const char      *hint;

  if (*text == '\0')
    hint = _ ("A task in plain words. Down offers known ones.");
  else if (is_catalogue_text (text))
    hint = _ ("Answered as you type. Enter keeps the answer.");
  else
    hint = zero_shot_hint (self, text);
  gtk_label_set_text (self->hint, hint);
}

/* Completion */

static GtkWidget *
make_row (SagUiAskEntry *self, const char *text)
{
  SagHead     head = sag_task_kind (text) == SAG_TASK_SEGMENT ? SAG_HEAD_PATCH : SAG_HEAD_CLASS;
  SagTraining training = sag_ui_ask_get_training (self->ask, text, head);
  GtkWidget  *row = gtk_list_box_row_new ();
  GtkWidget  *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget  *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);
  if (training != SAG_TRAINING_UNKNOWN)
    {
      GtkWidget *badge = gtk_label_new (sag_ui_words_get_training (training));

      gtk_widget_add_css_class (badge, "caption");
      gtk_widget_add_css_class (badge, "dim-label");
      gtk_box_append (GTK_BOX (box), badge);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_object_set_data_full (G_OBJECT (row), "text", g_strdup (text), g_free);
  return row;
}

static void
close_list (SagUiAskEntry *self)
{
  gtk_popover_popdown (self->popover);
  gtk_list_box_unselect_all (self->list);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->entry),
                                 GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT);
}

/* FALSE: there is nothing to offer. */
static gboolean
fill_list (SagUiAskEntry *self)
{
  g_autofree char *typed = dup_task (self);
  g_autoptr (GPtrArray) texts =
    sag_ui_suggest (sag_catalogue_get_default (NULL), typed, MAX_SUGGESTIONS);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
  if (texts->len == 1 && g_str_equal (texts->pdata[0], typed))
    return FALSE;
  for (guint i = 0; i < texts->len; i++)
    gtk_list_box_append (self->list, make_row (self, texts->pdata[i]));
  return texts->len > 0;
}

static void
show_list (SagUiAskEntry *self)
{
  if (!fill_list (self))
    {
      close_list (self);
      return;
    }
  gtk_widget_set_size_request (GTK_WIDGET (self->popover),
                               gtk_widget_get_width (GTK_WIDGET (self->entry)), -1);
  gtk_widget_queue_resize (GTK_WIDGET (self->popover));
  gtk_popover_popup (self->popover);
  gtk_popover_present (self->popover);
}

static void
select_row (SagUiAskEntry *self, int index)
{
  GtkListBoxRow  *row = gtk_list_box_get_row_at_index (self->list, index);
  GtkWidget      *scroller;
  GtkAdjustment  *adjustment;
  graphene_rect_t bounds;

  if (row == NULL)
    return;
  gtk_list_box_select_row (self->list, row);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_RELATION_ACTIVE_DESCENDANT, row, -1);
  scroller = gtk_widget_get_ancestor (GTK_WIDGET (self->list), GTK_TYPE_SCROLLED_WINDOW);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  if (gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

static void
step (SagUiAskEntry *self, int by)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (!gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    {
      show_list (self);
      if (by < 0)
        return;
    }
  if (row == NULL)
    select_row (self, 0);
  else
    select_row (self, gtk_list_box_row_get_index (row) + by);
}

static char *
dup_selected (SagUiAskEntry *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row == NULL || !gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    return NULL;
  return g_strdup (g_object_get_data (G_OBJECT (row), "text"));
}

/* Asking */

static gboolean
paused_cb (gpointer user_data)
{
  SagUiAskEntry   *self = user_data;
  g_autofree char *text = dup_task (self);

  self->pause_id = 0;
  if (is_catalogue_text (text))
    g_signal_emit (self, signals[ASK_LIVE], 0, text);
  return G_SOURCE_REMOVE;
}

static void
wait_for_pause (SagUiAskEntry *self)
{
  g_autofree char *text = dup_task (self);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (is_catalogue_text (text))
    self->pause_id = g_timeout_add (SAG_UI_ASK_PAUSE_MS, paused_cb, self);
}

static void
set_quietly (SagUiAskEntry *self, const char *text)
{
  self->quiet = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->quiet = FALSE;
  close_list (self);
  update_hint (self);
}

void
sag_ui_ask_entry_set_text (SagUiAskEntry *self, const char *text)
{
  gtk_entry_grab_focus_without_selecting (self->entry);
  set_quietly (self, text);
  wait_for_pause (self);
}

static void
ask_now (SagUiAskEntry *self)
{
  g_autofree char *selected = dup_selected (self);
  g_autofree char *text = NULL;

  if (selected != NULL)
    set_quietly (self, selected);
  text = dup_task (self);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  close_list (self);
  if (*text == '\0')
    return;
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  g_signal_emit (self, signals[ASK], 0, text);
}

static void
changed_cb (GtkEditable *editable, SagUiAskEntry *self)
{
  gboolean empty = *gtk_editable_get_text (editable) == '\0';

  if (self->quiet || self->ask == NULL)
    return;
  update_hint (self);
  wait_for_pause (self);
  if (empty)
    {
      close_list (self);
      g_signal_emit (self, signals[EMPTIED], 0);
    }
  else if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_list (self);
}

static void
activate_cb (GtkEntry *entry, SagUiAskEntry *self)
{
  ask_now (self);
}

static void
row_cb (GtkListBox *list, GtkListBoxRow *row, SagUiAskEntry *self)
{
  gtk_list_box_select_row (list, row);
  ask_now (self);
}

static gboolean
take_over (SagUiAskEntry *self)
{
  g_autofree char *selected = dup_selected (self);

  if (selected == NULL)
    return GDK_EVENT_PROPAGATE;
  sag_ui_ask_entry_set_text (self, selected);
  return GDK_EVENT_STOP;
}

static void
escape (SagUiAskEntry *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    close_list (self);
  else
    g_signal_emit (self, signals[LEAVE], 0);
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        SagUiAskEntry         *self)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      step (self, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      step (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Tab:
      return take_over (self);
    case GDK_KEY_Escape:
      escape (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
focus_out_cb (GtkEventControllerFocus *controller, SagUiAskEntry *self)
{
  close_list (self);
}

static void
ask_cb (SagUiAsk *ask, SagUiResult *result, SagUiAskEntry *self)
{
  if (result == NULL)
    update_hint (self);
}

void
sag_ui_ask_entry_set_ask (SagUiAskEntry *self, SagUiAsk *ask)
{
  g_set_object (&self->ask, ask);
  g_signal_connect_object (ask, "changed", G_CALLBACK (ask_cb), self, 0);
  update_hint (self);
}

static void
make_popover (SagUiAskEntry *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_widget_set_can_focus (GTK_WIDGET (self->list), FALSE);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (self->list, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Known tasks"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "suggestions");
  g_signal_connect (self->list, "row-activated", G_CALLBACK (row_cb), self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));
  self->popover = GTK_POPOVER (gtk_popover_new ());
  gtk_popover_set_autohide (self->popover, FALSE);
  gtk_popover_set_has_arrow (self->popover, FALSE);
  gtk_popover_set_position (self->popover, GTK_POS_BOTTOM);
  gtk_widget_set_halign (GTK_WIDGET (self->popover), GTK_ALIGN_END);
  gtk_popover_set_child (self->popover, scroller);
  gtk_widget_add_css_class (GTK_WIDGET (self->popover), "menu");
  gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self->entry));
}

static void
add_controllers (SagUiAskEntry *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), key);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_out_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
}

static gboolean
sag_ui_ask_entry_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SAG_UI_ASK_ENTRY (widget)->entry));
}

static void
sag_ui_ask_entry_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SagUiAskEntry *self = SAG_UI_ASK_ENTRY (widget);

  GTK_WIDGET_CLASS (sag_ui_ask_entry_parent_class)->size_allocate (widget, width, height, baseline);
  gtk_popover_present (self->popover);
}

static void
sag_ui_ask_entry_dispose (GObject *object)
{
  SagUiAskEntry *self = SAG_UI_ASK_ENTRY (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (self->popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_ASK_ENTRY);
  g_clear_object (&self->ask);
  G_OBJECT_CLASS (sag_ui_ask_entry_parent_class)->dispose (object);
}

static guint
new_signal (const char *name, gboolean with_text)
{
  return g_signal_new (name, SAG_UI_TYPE_ASK_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, with_text ? 1 : 0, G_TYPE_STRING);
}

static void
sag_ui_ask_entry_class_init (SagUiAskEntryClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_ask_entry_dispose;
  widget_class->grab_focus = sag_ui_ask_entry_grab_focus;
  widget_class->size_allocate = sag_ui_ask_entry_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/ask-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiAskEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, SagUiAskEntry, hint);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  signals[ASK] = new_signal ("ask", TRUE);
  signals[ASK_LIVE] = new_signal ("ask-live", TRUE);
  signals[EMPTIED] = new_signal ("emptied", FALSE);
  signals[LEAVE] = new_signal ("leave", FALSE);
}

static void
sag_ui_ask_entry_init (SagUiAskEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_popover (self);
  add_controllers (self);
}
