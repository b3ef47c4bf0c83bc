/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/loss.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define DATA "sag-ui-loss"

void
sag_ui_loss_set (SagUiCase *one, const char *sentence)
{
  g_object_set_data_full (G_OBJECT (one), DATA, g_strdup (sentence), g_free);
}

const char *
sag_ui_loss_get (SagUiCase *one)
{
  return g_object_get_data (G_OBJECT (one), DATA);
}

char *
sag_ui_loss_dup_all (SagUiCases *cases)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (cases)); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (G_LIST_MODEL (cases), i);
      const char *sentence = sag_ui_loss_get (one);

      if (sentence != NULL)
        g_string_append_printf (all, "%s%s", all->len > 0 ? "\n" : "", sentence);
    }
  return g_string_free (all, all->len == 0);
}

typedef struct
{
  void (*go_on) (gpointer user_data);
  gpointer       user_data;
  GDestroyNotify destroy;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  if (question->destroy != NULL)
    question->destroy (question->user_data);
  g_free (question);
}

static void
response_cb (AdwMessageDialog *dialog, const char *response, Question *question)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (g_str_equal (response, "lose"))
    question->go_on (question->user_data);
  else if (g_str_equal (response, "project") && parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "project.new", NULL);
}

void
sag_ui_loss_ask (GtkWidget  *parent,
                 const char *sentence,
                 void (*go_on) (gpointer user_data),
                 gpointer       user_data,
                 GDestroyNotify destroy)
{
  GtkRoot   *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              _ ("Work Is Only in Memory"), sentence);
  Question *question = g_new (Question, 1);

  *question = (Question){ go_on, user_data, destroy };
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "lose",
                                    _ ("Close and _Lose It"), "project", _ ("Save in a _Project…"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "lose",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "project",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "project");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
