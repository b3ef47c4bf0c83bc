/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/controllers.h"

static void
add (GtkWidget *widget, gpointer controller)
{
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (controller));
}

static void
add_gestures (GtkWidget *widget, const SagUiInput *input)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", input->drag_begin, widget);
  g_signal_connect (drag, "drag-update", input->drag_update, widget);
  g_signal_connect (drag, "drag-end", input->drag_end, widget);
  g_signal_connect (drag, "cancel", input->drag_cancel, widget);
  g_signal_connect (click, "pressed", input->pressed, widget);
  g_signal_connect (pinch, "begin", input->pinch_begin, widget);
  g_signal_connect (pinch, "scale-changed", input->pinch, widget);
  add (widget, drag);
  add (widget, click); /* after the drag, so that it counts the presses before that looks at them */
  add (widget, pinch);
}

void
sag_ui_add_input (GtkWidget *widget, const SagUiInput *input)
{
  GtkEventController *scroll = gtk_event_controller_scroll_new (input->scroll_flags);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  add_gestures (widget, input);
  g_signal_connect (scroll, "scroll", input->scroll, widget);
  g_signal_connect (motion, "enter", input->motion, widget);
  g_signal_connect (motion, "motion", input->motion, widget);
  g_signal_connect (motion, "leave", input->leave, widget);
  g_signal_connect (key, "key-pressed", input->key, widget);
  g_signal_connect (focus, "notify::is-focus", input->focus, widget);
  add (widget, scroll);
  add (widget, motion);
  add (widget, key);
  add (widget, focus);
}

/* Who types means the text, also where it has nothing to undo. */
static gboolean
undo_cb (GtkWidget *window, GVariant *args, gpointer user_data)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (window));
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  if (GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus))
    return TRUE;
  return parent != NULL &&
         gtk_widget_activate_action_variant (GTK_WIDGET (parent), user_data, NULL);
}

void
sag_ui_add_undo_keys (GtkWidgetClass *class)
{
  static char undo[] = "win.undo", redo[] = "win.redo";
  g_autoptr (GtkShortcut) back =
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_z, GDK_CONTROL_MASK),
                      gtk_callback_action_new (undo_cb, undo, NULL));
  g_autoptr (GtkShortcut) forth =
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK),
                      gtk_callback_action_new (undo_cb, redo, NULL));

  gtk_widget_class_add_shortcut (class, back);
  gtk_widget_class_add_shortcut (class, forth);
}
