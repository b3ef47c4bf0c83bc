/* SPDX-License-Identifier: Apache-2.0 */

/* The actions of files of masks: a chooser each. */

#include "ui/mask/mask-files.h"
#include "ui/mask/masks-private.h"

#include <glib/gi18n.h>

typedef void (*Chosen) (SagUiMasks *self, GtkFileChooser *chooser);

typedef struct
{
  SagUiMasks *self;
  Chosen      chosen;
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  g_object_unref (((Choice *) data)->self);
  g_free (data);
}

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  const Choice *choice = user_data;

  if (response == GTK_RESPONSE_ACCEPT && choice->self->session != NULL)
    choice->chosen (choice->self, GTK_FILE_CHOOSER (dialog));
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
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ g_object_ref (self), chosen };
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  return GTK_FILE_CHOOSER (dialog);
}

static void
opened (SagUiMasks *self, GtkFileChooser *chooser)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (chooser);

  sag_ui_mask_files_open (self, files,
                          g_strcmp0 (gtk_file_chooser_get_choice (chooser, "model"), "true") == 0);
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
saved (SagUiMasks *self, GtkFileChooser *chooser)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);
  const int index = self->current != NULL ? sag_ui_case_masks_get_active_index (self->current) : -1;

  if (file != NULL && index >= 0)
    sag_ui_mask_files_save (self, (guint) index, file);
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
saved_all (SagUiMasks *self, GtkFileChooser *chooser)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (chooser);

  if (folder != NULL)
    sag_ui_mask_files_save_all (self, folder);
}

static void
save_all_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, _ ("Save All Masks Into a Folder"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
          saved_all);
}

static void
watch_chosen (SagUiMasks *self, GtkFileChooser *chooser)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_file (chooser);

  if (folder != NULL)
    sag_ui_mask_files_watch (self, folder);
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
