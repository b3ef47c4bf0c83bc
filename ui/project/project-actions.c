/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/project-actions.h"

#include "ui/base/settings.h"
#include "ui/project/add-scans.h"
#include "ui/project/choose.h"
#include "ui/project/tasks-window.h"
#include "ui/project/transfer.h"
#include "ui/project/worklist-window.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define WORKLIST "sag-ui-project-worklist"

static SagUiProject *
project_of (gpointer window)
{
  SagUiSession *session = g_object_get_data (window, "sag-ui-project-session");

  return sag_ui_project_get (session);
}

/* Choosing a file */

static void
chosen_new (GtkWindow *window, GFile *file, const char *text)
{
  sag_ui_project_open (project_of (window), file, TRUE);
}

static void
chosen_open (GtkWindow *window, GFile *file, const char *text)
{
  sag_ui_project_open (project_of (window), file, FALSE);
}

static void
chosen_save_as (GtkWindow *window, GFile *file, const char *text)
{
  sag_ui_project_save_as (project_of (window), file);
}

static void
new_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sag_ui_project_choose (window, _ ("New Project"), _ ("Project.sagitta"), NULL, NULL, NULL,
                         chosen_new);
}

static void
open_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  sag_ui_project_choose (window, _ ("Open a Project"), NULL, NULL, NULL, NULL, chosen_open);
}

static void
choose_elsewhere (gpointer window)
{
  sag_ui_project_choose (window, _ ("Save the Project Elsewhere"), _ ("Project.sagitta"), NULL,
                         NULL, project_of (window), chosen_save_as);
}

static void
save_as_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  choose_elsewhere (window);
}

static void
worklist_gone_cb (GtkWidget *list, gpointer window)
{
  g_object_set_data (window, WORKLIST, NULL);
}

static void
tasks_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gtk_window_present (GTK_WINDOW (sag_ui_tasks_window_new (project_of (window), window)));
}

/* One list for a window. */
static void
worklist_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWindow *list = g_object_get_data (window, WORKLIST);

  if (list == NULL)
    {
      SagUiSession *session = g_object_get_data (window, "sag-ui-project-session");

      list = GTK_WINDOW (sag_ui_worklist_window_new (sag_ui_labels_get (session), window));
      g_object_set_data (window, WORKLIST, list);
      g_signal_connect_object (list, "destroy", G_CALLBACK (worklist_gone_cb), window, 0);
    }
  gtk_window_present (list);
}

/* Who works */

typedef struct
{
  char *from;
  char *to;
} Rename;

static void
rename_free (gpointer data)
{
  g_free (((Rename *) data)->from);
  g_free (((Rename *) data)->to);
  g_free (data);
}

static gboolean
write_name (SagDb *db, gpointer data, GError **error)
{
  const Rename *rename = data;

  return sag_readers_rename (db, rename->from, rename->to, error);
}

/* What was done before the person had a name is theirs. */

static void
named_cb (AdwMessageDialog *dialog, const char *response, GtkEditable *entry)
{
  SagUiProject    *project = g_object_get_data (G_OBJECT (dialog), "project");
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));
  const char      *before = sag_ui_project_get_reader (project);
  Rename          *rename;

  if (!g_str_equal (response, "set"))
    return;
  if (strcmp (name, before) != 0)
    {
      rename = g_new (Rename, 1);
      *rename = (Rename){ g_strdup (before), g_strdup (name) };
      sag_ui_project_post (project, write_name, rename, rename_free);
    }
  g_settings_set_string (sag_ui_settings_get (), "reader", name);
}

static void
entry_cb (GtkEditable *entry, AdwMessageDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_message_dialog_set_response_enabled (dialog, "set", *name != 0);
}

/* Labels and masks carry a name; it is asked for once. */
static void
ask_name (gpointer window)
{
  GtkWidget *dialog = adw_message_dialog_new (
    window, _ ("Who Works Here?"),
    _ ("Labels and masks carry this name, so that several readers can share a project. It can be "
       "changed in the preferences."));
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *entry = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Your Name or Initials"));
  gtk_editable_set_text (GTK_EDITABLE (entry), g_get_user_name ());
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), group);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _ ("_Later"), "set",
                                    _ ("_Use This Name"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "set",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "set");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_object_set_data_full (G_OBJECT (dialog), "project", g_object_ref (project_of (window)),
                          g_object_unref);
  g_signal_connect_object (entry, "changed", G_CALLBACK (entry_cb), dialog, 0);
  g_signal_connect_object (dialog, "response", G_CALLBACK (named_cb), entry, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
opened_cb (SagUiProject *project, gpointer window)
{
  g_autofree char *name = g_settings_get_string (sag_ui_settings_get (), "reader");

  if (*name == 0 && sag_ui_project_can_write (project))
    ask_name (window);
}

/* Closing while the disk is full */

/* What the person does not mind to lose: the project, or the window with it. */
static void
lose_cb (AdwMessageDialog *dialog, const char *response, gpointer window)
{
  if (g_str_equal (response, "elsewhere"))
    choose_elsewhere (window);
  if (!g_str_equal (response, "lose"))
    {
      /* The window stays: the next time both questions are asked again. */
      g_object_set_data (window, "sag-ui-project-lose", NULL);
      g_object_set_data (window, "sag-ui-window-lose", NULL);
    }
  else if (g_object_get_data (G_OBJECT (dialog), "of-window") == NULL)
    sag_ui_project_close (project_of (window));
  else
    {
      g_object_set_data (window, "sag-ui-project-lose", GINT_TO_POINTER (TRUE));
      gtk_window_close (window);
    }
}

static void
ask_to_lose (gpointer window, gboolean of_window)
{
  GtkWidget *dialog = adw_message_dialog_new (window, _ ("Work Is Not Saved"),
                                              sag_ui_project_get_note (project_of (window)));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "lose",
                                    _ ("Close and _Lose It"), "elsewhere", _ ("_Save Elsewhere…"),
                                    NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "lose",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "elsewhere",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "elsewhere");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data (G_OBJECT (dialog), "of-window", GINT_TO_POINTER (of_window));
  g_signal_connect_object (dialog, "response", G_CALLBACK (lose_cb), window, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
close_request_cb (GtkWindow *window, SagUiProject *project)
{
  if (!sag_ui_project_is_stuck (project) ||
      g_object_get_data (G_OBJECT (window), "sag-ui-project-lose") != NULL)
    return GDK_EVENT_PROPAGATE;
  ask_to_lose (window, TRUE);
  return GDK_EVENT_STOP;
}

static void
close_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (sag_ui_project_is_stuck (project_of (window)))
    ask_to_lose (window, FALSE);
  else
    sag_ui_project_close (project_of (window));
}

/* Actions */

static void
store_cb (SagUiProject *project, GParamSpec *pspec, GActionMap *group)
{
  static const char *const names[] = { "save-as", "close", "tasks", "worklist" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, names[i])),
                                 sag_ui_project_get_store (project) != NULL);
}

void
sag_ui_project_install_actions (GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "new", .activate = new_cb },         { .name = "open", .activate = open_cb },
    { .name = "save-as", .activate = save_as_cb }, { .name = "close", .activate = close_cb },
    { .name = "tasks", .activate = tasks_cb },     { .name = "worklist", .activate = worklist_cb },
  };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  SagUiProject *project = sag_ui_project_get (session);

  g_object_set_data_full (G_OBJECT (window), "sag-ui-project-session", g_object_ref (session),
                          g_object_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), window);
  sag_ui_add_scans_install_actions (G_ACTION_MAP (group), window, session);
  sag_ui_transfer_install_actions (G_ACTION_MAP (group), window, session);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "project", G_ACTION_GROUP (group));
  g_signal_connect_object (project, "notify::store", G_CALLBACK (store_cb), group, 0);
  g_signal_connect_object (project, "opened", G_CALLBACK (opened_cb), window, 0);
  g_signal_connect_object (window, "close-request", G_CALLBACK (close_request_cb), project, 0);
  store_cb (project, NULL, G_ACTION_MAP (group));
}
