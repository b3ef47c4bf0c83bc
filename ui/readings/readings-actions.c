/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/readings/readings-actions.h"

#include "ui/project/choose.h"
#include "ui/project/transfer.h"
#include "ui/readings/readings-window.h"
#include "ui/readings/share.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define WINDOW "sag-ui-readings-window"
#define SESSION "sag-ui-readings-session"

static SagUiSession *
session_of (gpointer window)
{
  return g_object_get_data (window, SESSION);
}

static SagUiProject *
project_of (gpointer window)
{
  return sag_ui_project_get (session_of (window));
}

/* Side by side */

static void
gone_cb (GtkWidget *readings, gpointer window)
{
  g_object_set_data (window, WINDOW, NULL);
}

static void
show (gpointer window)
{
  GtkWidget *readings = GTK_WIDGET (sag_ui_readings_window_new (
    project_of (window), sag_ui_masks_get (session_of (window)), window));

  g_object_set_data (window, WINDOW, readings);
  g_signal_connect_object (readings, "destroy", G_CALLBACK (gone_cb), window, 0);
  gtk_window_present (GTK_WINDOW (readings));
}

static void show_action (GSimpleAction *action, GVariant *parameter, gpointer window);

/* The answer is of the one who was asked, about the project that was open: anybody else is asked anew. */
static void
shown_cb (AdwMessageDialog *dialog, const char *response, gpointer window)
{
  SagUiProject *project = project_of (window);
  const char   *reader = g_object_get_data (G_OBJECT (dialog), "reader");
  const guint   serial = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (dialog), "serial"));

  if (!g_str_equal (response, "show") || sag_ui_project_get_store (project) == NULL)
    return;
  if (serial == sag_ui_project_get_serial (project) &&
      g_strcmp0 (reader, sag_ui_project_get_reader (project)) == 0)
    show (window);
  else
    show_action (NULL, NULL, window);
}

/* A second reader who looks is no second reader any more. */
static void
ask_to_show (gpointer window, guint n)
{
  g_autofree char *text = g_strdup_printf (
    /* Translators: how many cases others have labelled or painted, and the present reader has not finished. */
    ngettext ("Others have read %u case that you have not finished. The readings show what they "
              "said: what you label after that is no independent second reading.",
              "Others have read %u cases that you have not finished. The readings show what they "
              "said: what you label after that is no independent second reading.",
              n),
    n);
  GtkWidget *dialog = adw_message_dialog_new (window, _ ("Look at Others’ Readings?"), text);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "show",
                                    _ ("_Show Them"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "reader",
                          g_strdup (sag_ui_project_get_reader (project_of (window))), g_free);
  g_object_set_data (G_OBJECT (dialog), "serial",
                     GUINT_TO_POINTER (sag_ui_project_get_serial (project_of (window))));
  g_signal_connect_object (dialog, "response", G_CALLBACK (shown_cb), window, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
show_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const guint n = sag_ui_readings_count_blind (project_of (window));
  GtkWindow  *readings = g_object_get_data (window, WINDOW);

  if (readings != NULL)
    gtk_window_present (readings);
  else if (n > 0)
    ask_to_show (window, n);
  else
    show (window);
}

/* A copy for one reader */

static void
split_cb (GObject *project, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  g_autoptr (GError) error = NULL;

  if (!sag_ui_share_split_finish (result, &error))
    g_signal_emit_by_name (project, "problem", error->message);
  else
    sag_ui_session_say (session_of (window), _ ("The copy was written. Nothing of the other "
                                                "readers’ work is in it."));
}

static void
split_to (GtkWindow *window, GFile *file, const char *reader)
{
  if (sag_ui_project_get_store (project_of (window)) != NULL && g_file_peek_path (file) != NULL)
    sag_ui_share_split_async (project_of (window), g_file_peek_path (file), reader, split_cb,
                              g_object_ref (window));
}

static void
named_cb (AdwMessageDialog *dialog, const char *response, GtkEditable *entry)
{
  g_autofree char *reader = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  g_autofree char *name = g_strconcat (reader, SAG_UI_PROJECT_SUFFIX, NULL);
  GtkWindow       *window = gtk_window_get_transient_for (GTK_WINDOW (dialog));

  if (g_str_equal (response, "split") && sag_ui_project_is_asked (dialog, project_of (window)))
    sag_ui_project_choose (window, _ ("Copy for One Reader"),
                           g_strdelimit (name, "/\\:*?\"<>|", '_'), NULL, reader,
                           project_of (window), split_to);
}

static void
entry_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "split", *name != 0);
}

static void
split_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWidget *dialog = adw_message_dialog_new (
    window, _ ("Copy for One Reader"),
    _ ("The copy has all cases and tasks, and of labels, masks and measurements only this "
       "reader’s. It is merged into this project again when it comes back."));
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *entry = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Reader’s Name or Initials"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), group);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "split",
                                    _ ("_Choose a File…"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "split",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "split", FALSE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "split");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  sag_ui_project_note_asked (dialog, project_of (window));
  g_signal_connect_object (entry, "changed", G_CALLBACK (entry_cb), dialog, 0);
  g_signal_connect_object (dialog, "response", G_CALLBACK (named_cb), entry, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Together again */

static void
merged_cb (GObject *project, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sentences = sag_ui_share_merge_finish (result, &error);

  if (sentences == NULL)
    g_signal_emit_by_name (project, "problem", error->message);
  else if (sentences[1] != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)))
    sag_ui_transfer_show_notes (window, sentences);
  else
    sag_ui_session_say (session_of (window), sentences[0]);
}

static void
merge_from (GtkWindow *window, GFile *file, const char *text)
{
  if (sag_ui_project_get_store (project_of (window)) == NULL || g_file_peek_path (file) == NULL)
    return;
  sag_ui_session_say (session_of (window), _ ("Merging…"));
  sag_ui_share_merge_async (project_of (window), g_file_peek_path (file), merged_cb,
                            g_object_ref (window));
}

static void
merge_action (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sag_ui_project_choose (window, _ ("Merge a Copy of This Project"), NULL, _ ("_Merge"), NULL,
                         project_of (window), merge_from);
}

static void
store_cb (SagUiProject *project, GParamSpec *pspec, GActionMap *group)
{
  const gboolean open = sag_ui_project_get_store (project) != NULL;
  const gboolean can = sag_ui_project_can_write (project);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, "show")), open);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, "split")), open);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, "merge")), can);
}

void
sag_ui_readings_install_actions (GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "show", .activate = show_action },
    { .name = "split", .activate = split_action },
    { .name = "merge", .activate = merge_action },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  SagUiProject *project = sag_ui_project_get (session);

  g_object_set_data_full (G_OBJECT (window), SESSION, g_object_ref (session), g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), window);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "readings", G_ACTION_GROUP (group));
  g_signal_connect_object (project, "notify::store", G_CALLBACK (store_cb), group, 0);
  store_cb (project, NULL, G_ACTION_MAP (group));
}
