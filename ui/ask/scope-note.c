/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/scope-note.h"

#include "ui/ask/words.h"

#include <glib/gi18n.h>

struct _SagUiScopeNote
{
  AdwBin parent;

  GtkImage  *icon;
  GtkLabel  *first;
  GtkLabel  *reasons;
  GtkWidget *anyway;
};

G_DEFINE_FINAL_TYPE (SagUiScopeNote, sag_ui_scope_note, ADW_TYPE_BIN)

void
sag_ui_scope_note_set (SagUiScopeNote *self, const SagScope *scope, gboolean forced)
{
  g_autofree char *first = NULL;
  g_autofree char *reasons = NULL;

  g_return_if_fail (SAG_UI_IS_SCOPE_NOTE (self));

  if (scope != NULL)
    first = sag_ui_words_dup_scope (scope, forced);
  gtk_widget_set_visible (GTK_WIDGET (self), first != NULL);
  if (first == NULL)
    return;
  reasons = sag_ui_words_dup_scope_reasons (scope);
  gtk_label_set_text (self->first, first);
  gtk_label_set_text (self->reasons, reasons);
  gtk_widget_set_visible (GTK_WIDGET (self->reasons), *reasons != '\0');
  gtk_widget_set_visible (self->anyway, scope->verdict == SAG_SCOPE_OUT && !forced);
}

void
sag_ui_ask_force (SagUiAsk *ask, SagUiCase *one)
{
  GListModel *results = G_LIST_MODEL (sag_ui_case_get_results (one));

  sag_ui_case_set_forced (one, TRUE);
  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (SagUiResult) result = g_list_model_get_item (results, i);

      if (sag_ui_result_get_state (result) == SAG_UI_RESULT_REFUSED)
        sag_ui_engine_ask_again (sag_ui_ask_get_engine (ask), one, result);
    }
  g_signal_emit_by_name (ask, "changed", NULL);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  if (g_str_equal (response, "ask"))
    sag_ui_ask_force (g_object_get_data (G_OBJECT (dialog), "ask"),
                      g_object_get_data (G_OBJECT (dialog), "case"));
}

void
sag_ui_ask_anyway (GtkWidget *parent, SagUiAsk *ask, SagUiCase *one)
{
  GtkRoot   *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (
    GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _ ("Ask anyway?"),
    _ (
      "The model was made for adult chest CTs. It gives a number for any picture, and for this one "
      "nobody knows what it means. Every answer will say that it was forced."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "ask",
                                    _ ("_Ask anyway"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "ask", g_object_ref (ask), g_object_unref);
  g_object_set_data_full (G_OBJECT (dialog), "case", g_object_ref (one), g_object_unref);
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
sag_ui_scope_note_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_SCOPE_NOTE);
  G_OBJECT_CLASS (sag_ui_scope_note_parent_class)->dispose (object);
}

static void
sag_ui_scope_note_class_init (SagUiScopeNoteClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_scope_note_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/scope-note.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiScopeNote, icon);
  gtk_widget_class_bind_template_child (widget_class, SagUiScopeNote, first);
  gtk_widget_class_bind_template_child (widget_class, SagUiScopeNote, reasons);
  gtk_widget_class_bind_template_child (widget_class, SagUiScopeNote, anyway);
}

static void
sag_ui_scope_note_init (SagUiScopeNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
