/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/key-dialog.h"

#include <glib/gi18n.h>

struct _SagUiKeyDialog
{
  AdwMessageDialog parent;

  SagUiKeymap       *keymap;
  const SagUiKeyRow *row;
  char              *accelerator; /* the one that was pressed */
};

G_DEFINE_FINAL_TYPE (SagUiKeyDialog, sag_ui_key_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
say (SagUiKeyDialog *self, const char *label, const SagUiKeyRow *taken)
{
  g_autofree char *body = NULL;

  if (taken != NULL)
    /* Translators: a key; then the action that has it now. */
    body = g_strdup_printf (_ ("%s\n\nThis is the key of “%s” now, which would have none."), label,
                            _ (taken->title));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self), body != NULL ? body : label);
  adw_message_dialog_set_response_label (ADW_MESSAGE_DIALOG (self), "set",
                                         taken != NULL ? _ ("_Take Over") : _ ("_Set"));
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "set", TRUE);
}

gboolean
sag_ui_key_dialog_press (SagUiKeyDialog *self, guint keyval, GdkModifierType state)
{
  g_autofree char *accelerator = sag_ui_keymap_dup_accelerator (keyval, state);
  g_autofree char *label = NULL;
  GdkModifierType  modifiers;

  if (accelerator == NULL || !gtk_accelerator_parse (accelerator, &keyval, &modifiers))
    return FALSE;
  label = gtk_accelerator_get_label (keyval, modifiers);
  say (self, label, sag_ui_keymap_find (self->keymap, accelerator, self->row->action));
  g_free (self->accelerator);
  self->accelerator = g_steal_pointer (&accelerator);
  return TRUE;
}

/* With a key chosen, Enter and Space press the button that has the focus, as everywhere. */
static gboolean
pressed_cb (GtkEventControllerKey *controller,
            guint                  keyval,
            guint                  keycode,
            GdkModifierType        state,
            SagUiKeyDialog        *self)
{
  gboolean is_button = keyval == GDK_KEY_Return || keyval == GDK_KEY_space;

  if (is_button && self->accelerator != NULL)
    return GDK_EVENT_PROPAGATE;
  return sag_ui_key_dialog_press (self, keyval, state);
}

static void
response_cb (SagUiKeyDialog *self, const char *response)
{
  const char *const none[] = { NULL };
  const char *const one[] = { self->accelerator, NULL };

  if (g_str_equal (response, "none"))
    sag_ui_keymap_set_keys (self->keymap, self->row->action, none);
  else if (g_str_equal (response, "reset"))
    sag_ui_keymap_reset (self->keymap, self->row->action);
  else if (g_str_equal (response, "set") && self->accelerator != NULL)
    sag_ui_keymap_set_keys (self->keymap, self->row->action, one);
}

void
sag_ui_key_dialog_present (GtkWindow *parent, SagUiKeymap *keymap, const SagUiKeyRow *row)
{
  SagUiKeyDialog *self =
    g_object_new (SAG_UI_TYPE_KEY_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  self->keymap = g_object_ref (keymap);
  self->row = row;
  adw_message_dialog_set_heading (dialog, _ (row->title));
  adw_message_dialog_set_body (dialog, _ ("Press the new key; Esc keeps the old one."));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "none", _ ("_No Key"), NULL);
  if (sag_ui_keymap_is_custom (keymap, row->action))
    adw_message_dialog_add_response (dialog, "reset", _ ("_Reset"));
  adw_message_dialog_add_response (dialog, "set", _ ("_Set"));
  adw_message_dialog_set_response_enabled (dialog, "set", FALSE);
  adw_message_dialog_set_response_appearance (dialog, "set", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "set");
  adw_message_dialog_set_close_response (dialog, "cancel");
  gtk_window_present (GTK_WINDOW (self));
}

static void
sag_ui_key_dialog_finalize (GObject *object)
{
  SagUiKeyDialog *self = SAG_UI_KEY_DIALOG (object);

  g_clear_object (&self->keymap);
  g_free (self->accelerator);
  G_OBJECT_CLASS (sag_ui_key_dialog_parent_class)->finalize (object);
}

static void
sag_ui_key_dialog_class_init (SagUiKeyDialogClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_key_dialog_finalize;
}

static void
sag_ui_key_dialog_init (SagUiKeyDialog *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (self, "response", G_CALLBACK (response_cb), NULL);
}
