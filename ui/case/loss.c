/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/loss.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define DATA "sag-ui-loss"
#define SHELTER "sag-ui-loss-shelter"
#define MOST_LINES 5

typedef struct
{
  GHashTable *sentences; /* by whose word they are */
  char       *all;
} Losses;

static void
losses_free (gpointer data)
{
  Losses *losses = data;

  g_hash_table_unref (losses->sentences);
  g_free (losses->all);
  g_free (losses);
}

static char *
join (GHashTable *sentences)
{
  g_autoptr (GList) keys =
    g_list_sort (g_hash_table_get_keys (sentences), (GCompareFunc) g_strcmp0);
  GString *all = g_string_new (NULL);

  for (GList *key = keys; key != NULL; key = key->next)
    g_string_append_printf (all, "%s%s", all->len > 0 ? "\n" : "",
                            (const char *) g_hash_table_lookup (sentences, key->data));
  return g_string_free (all, all->len == 0);
}

void
sag_ui_loss_set (SagUiCase *one, const char *what, const char *sentence)
{
  Losses *losses = g_object_get_data (G_OBJECT (one), DATA);

  if (losses == NULL)
    {
      losses = g_new0 (Losses, 1);
      losses->sentences = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
      g_object_set_data_full (G_OBJECT (one), DATA, losses, losses_free);
    }
  if (sentence != NULL)
    g_hash_table_replace (losses->sentences, (gpointer) what, g_strdup (sentence));
  else
    g_hash_table_remove (losses->sentences, what);
  g_free (losses->all);
  losses->all = join (losses->sentences);
}

const char *
sag_ui_loss_get (SagUiCase *one)
{
  const Losses *losses = g_object_get_data (G_OBJECT (one), DATA);

  return losses != NULL ? losses->all : NULL;
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
  gboolean (*has) (SagUiCase *one, gpointer user_data);
  gpointer user_data;
} Shelter;

void
sag_ui_loss_set_shelter (SagUiCases *cases,
                         gboolean (*has) (SagUiCase *one, gpointer user_data),
                         gpointer user_data)
{
  Shelter *shelter = NULL;

  if (has != NULL)
    {
      shelter = g_new (Shelter, 1);
      *shelter = (Shelter){ has, user_data };
    }
  g_object_set_data_full (G_OBJECT (cases), SHELTER, shelter, g_free);
}

gboolean
sag_ui_loss_is_sheltered (SagUiCases *cases, SagUiCase *one)
{
  const Shelter *shelter = g_object_get_data (G_OBJECT (cases), SHELTER);
  const Losses  *losses = g_object_get_data (G_OBJECT (one), DATA);

  return shelter != NULL && shelter->has (one, shelter->user_data) &&
         (losses == NULL || !g_hash_table_contains (losses->sentences, SAG_UI_LOSS_WORK));
}

gboolean
sag_ui_loss_are_sheltered (SagUiCases *cases)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (cases)); i++)
    {
      g_autoptr (SagUiCase) one = g_list_model_get_item (G_LIST_MODEL (cases), i);

      if (sag_ui_loss_get (one) != NULL && !sag_ui_loss_is_sheltered (cases, one))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  void (*go_on) (gboolean keep, gpointer user_data);
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

  if (g_str_equal (response, "lose") || g_str_equal (response, "keep"))
    question->go_on (g_str_equal (response, "keep"), question->user_data);
  else if (g_str_equal (response, "project") && parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "project.new", NULL);
}

/* Each in a paragraph; of many only the first. */
static char *
dup_body (const char *sentences)
{
  g_auto (GStrv) lines = g_strsplit (sentences, "\n", -1);
  const guint n = g_strv_length (lines);
  GString    *body = g_string_new (NULL);

  for (guint l = 0; l < n && l < MOST_LINES; l++)
    g_string_append_printf (body, "%s%s", l > 0 ? "\n\n" : "", lines[l]);
  if (n > MOST_LINES)
    {
      g_string_append (body, "\n\n");
      g_string_append_printf (
        body,
        /* Translators: after sentences about work on some scans. */
        ngettext ("And %u more like these.", "And %u more like these.", n - MOST_LINES),
        n - MOST_LINES);
    }
  return g_string_free (body, FALSE);
}

void
sag_ui_loss_ask (GtkWidget  *parent,
                 const char *sentence,
                 gboolean    can_keep,
                 void (*go_on) (gboolean keep, gpointer user_data),
                 gpointer       user_data,
                 GDestroyNotify destroy)
{
  GtkRoot         *root = gtk_widget_get_root (parent);
  g_autofree char *body = dup_body (sentence);
  GtkWidget       *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              _ ("Work Is in No Project"), body);
  Question *question = g_new (Question, 1);

  *question = (Question){ go_on, user_data, destroy };
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "lose",
                                    _ ("Close and _Lose It"), NULL);
  if (can_keep)
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "keep",
                                     _ ("Close and _Keep It for the Next Start"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "project",
                                   _ ("Save in a _Project…"));
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "lose",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "project",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "project");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
