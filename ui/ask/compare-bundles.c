/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/ask/compare-bundles.h"

#include "model/bundle/create.h"
#include "ui/bundle/known.h"
#include "ui/engine/engine.h"

#include <glib/gi18n.h>
#include <string.h>

/* By its folder's name, in which no underscore is a mnemonic. */
static void
add_folder (GMenu *menu, const char *folder, SagBundle *open)
{
  const char      *same = open != NULL ? sag_bundle_get_folder (open) : NULL;
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *shown = g_filename_display_name (name);
  g_auto (GStrv) parts = g_strsplit (shown, "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  if (g_strcmp0 (same, folder) == 0)
    return;
  g_menu_item_set_action_and_target (item, "compare.known", "s", folder);
  g_menu_append_item (menu, item);
}

GMenuModel *
sag_ui_compare_bundles_menu (SagBundle *open)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) bundles = g_menu_new ();
  g_autoptr (GMenu) other = g_menu_new ();
  g_auto (GStrv) known = sag_ui_known_bundles ();
  g_autofree char *shipped = sag_bundle_find_default ();

  for (char **folder = known; *folder != NULL; folder++)
    add_folder (bundles, *folder, open);
  if (shipped != NULL && !g_strv_contains ((const char *const *) known, shipped))
    add_folder (bundles, shipped, open);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (bundles));
  g_menu_append (other, _ ("Another Folder…"), "compare.choose");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (other));
  return G_MENU_MODEL (menu);
}

void
sag_ui_compare_bundles_fill (GtkMenuButton *button, gpointer engine)
{
  g_autoptr (GMenuModel) menu = sag_ui_compare_bundles_menu (sag_ui_engine_get_bundle (engine));

  gtk_menu_button_set_menu_model (button, menu);
}

typedef void (*Chosen) (const char *folder, gpointer window);

static void
chosen_cb (GtkNativeDialog *dialog, int response, GtkWindow *window)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  Chosen           chosen = (Chosen) g_object_get_data (G_OBJECT (dialog), "chosen");

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    chosen (path, window);
  gtk_native_dialog_destroy (dialog);
}

void
sag_ui_compare_bundles_choose (GtkWindow *window, Chosen chosen)
{
  GtkFileChooserNative *dialog =
    gtk_file_chooser_native_new (_ ("Folder of the other bundle"), window,
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Choose"), _ ("Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "chosen", (gpointer) chosen);
  g_object_set_data_full (G_OBJECT (window), "dialog", dialog, g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), window, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
