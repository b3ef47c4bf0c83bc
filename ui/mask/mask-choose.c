/* SPDX-License-Identifier: Apache-2.0 */

/* The actions of files of masks: a chooser each. The window goes on behind it: a scan that cannot be read gives way to
 * the one before, work ends. What was chosen is for what was there when the chooser opened, or for nothing. */

#include "ui/mask/mask-files.h"
#include "ui/mask/masks-private.h"

#include <glib/gi18n.h>

typedef struct _Choice Choice;

typedef void (*Chosen) (const Choice *choice, GtkFileChooser *chooser);

/**
 * @one: (nullable): the scan that it is for
 * @id: (nullable): the mask that was active
 */
struct _Choice
{
  SagUiMasks *self;
  Chosen      chosen;
  SagUiCase  *one;
  char       *id;
};

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_object_unref (choice->self);
  g_clear_object (&choice->one);
  g_free (choice->id);
  g_free (choice);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  const Choice *choice = user_data;

  if (response == GTK_RESPONSE_ACCEPT && choice->self->session != NULL)
    choice->chosen (choice, GTK_FILE_CHOOSER (dialog));
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static GtkFileChooser *
choose (SagUiMasks *self, const char *title, GtkFileChooserAction action, Chosen chosen)
{
  GtkRoot *root =
    self->views->len > 0 ? gtk_widget_get_root (GTK_WIDGET (self->views->pdata[0])) : NULL;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action,
    action == GTK_FILE_CHOOSER_ACTION_SAVE ? _ ("_Save") : _ ("_Open"), _ ("_Cancel"));
  SagUiCase *one = sag_ui_session_get_case (self->session);
  Choice    *choice = g_new0 (Choice, 1);

  choice->self = g_object_ref (self);
  choice->chosen = chosen;
  g_set_object (&choice->one, one);
  if (self->current != NULL)
    choice->id = g_strdup (sag_ui_case_masks_get_active (self->current));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  return GTK_FILE_CHOOSER (dialog);
}

static gboolean
is_current (const Choice *choice)
{
  if (sag_ui_session_get_case (choice->self->session) == choice->one)
    return TRUE;
  sag_ui_session_say (choice->self->session,
                      _ ("Another scan is shown now. Nothing was opened or saved."));
  return FALSE;
}

static void
opened (const Choice *choice, GtkFileChooser *chooser)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (chooser);

  if (is_current (choice))
    sag_ui_mask_files_open (
      choice->self, files, g_strcmp0 (gtk_file_chooser_get_choice (chooser, "model"), "true") == 0);
}

static void
open_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkFileChooser *chooser =
    choose (user_data, _ ("Open Masks"), GTK_FILE_CHOOSER_ACTION_OPEN, opened);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Masks and label maps (NIfTI)"));
  gtk_file_filter_add_pattern (filter, "*.nii");
  gtk_file_filter_add_pattern (filter, "*.nii.gz");
  gtk_file_chooser_add_filter (chooser, filter);
  gtk_file_chooser_set_select_multiple (chooser, TRUE);
  gtk_file_chooser_add_choice (chooser, "model", _ ("A model made them"), NULL, NULL);
}

static void
saved (const Choice *choice, GtkFileChooser *chooser)
{
  SagUiCaseMasks *current = choice->self->current;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
  int index;

  if (file == NULL || !is_current (choice))
    return;
  index = current != NULL && choice->id != NULL
            ? sag_mask_set_find (sag_ui_case_masks_get_set (current), choice->id)
            : -1;
  if (index >= 0)
    sag_ui_mask_files_save (choice->self, (guint) index, file);
  else
    sag_ui_session_say (choice->self->session,
                        _ ("The mask is no longer there. Nothing was saved."));
}

static void
save_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks *self = user_data;
  const int index = self->current != NULL ? sag_ui_case_masks_get_active_index (self->current) : -1;
  g_autofree char *name = index >= 0 ? sag_ui_mask_files_dup_name (self, (guint) index) : NULL;

  if (name != NULL)
    gtk_file_chooser_set_current_name (
      choose (self, _ ("Save the Mask"), GTK_FILE_CHOOSER_ACTION_SAVE, saved), name);
}

static void
saved_all (const Choice *choice, GtkFileChooser *chooser)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (chooser);

  if (folder != NULL && is_current (choice))
    sag_ui_mask_files_save_all (choice->self, folder);
}

static void
save_all_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, _ ("Save All Masks Into a Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          saved_all);
}

/* Of whichever scan. */
static void
watch_chosen (const Choice *choice, GtkFileChooser *chooser)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (chooser);

  if (folder != NULL)
    sag_ui_mask_files_watch (choice->self, folder);
}

static void
watch_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiMasks *self = user_data;

  if (self->watched != NULL)
    sag_ui_mask_files_watch (self, NULL);
  else
    choose (self, _ ("Watch a Folder for Masks"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
            watch_chosen);
}

void
sag_ui_mask_files_add_actions (SagUiMasks *self, GActionMap *actions)
{
  const GActionEntry entries[] = {
    { .name = "open", .activate = open_cb },
    { .name = "save", .activate = save_cb },
    { .name = "save-all", .activate = save_all_cb },
    { .name = "watch", .state = "false", .activate = watch_cb },
  };

  g_action_map_add_action_entries (actions, entries, G_N_ELEMENTS (entries), self);
}
