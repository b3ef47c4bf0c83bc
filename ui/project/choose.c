/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/choose.h"

#include <glib/gi18n.h>

#define CHOOSER "sag-ui-project-chooser"
#define ASKED "sag-ui-project-asked"

void
sag_ui_project_note_asked (gpointer dialog, SagUiProject *project)
{
  g_object_set_data (dialog, ASKED, GUINT_TO_POINTER (sag_ui_project_get_serial (project)));
}

gboolean
sag_ui_project_is_asked (gpointer dialog, SagUiProject *project)
{
  const guint serial = GPOINTER_TO_UINT (g_object_get_data (dialog, ASKED));

  if (serial == sag_ui_project_get_serial (project))
    return TRUE;
  g_signal_emit_by_name (project, "problem",
                         sag_ui_project_get_store (project) != NULL
                           ? _ ("Another project was opened meanwhile; nothing was done.")
                           : _ ("The project was closed meanwhile."));
  return FALSE;
}

typedef struct
{
  SagUiProjectChosen chosen;
  char              *text;
  SagUiProject      *asked; /* (nullable) */
  gboolean           saves;
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_clear_object (&choice->asked);
  g_free (choice->text);
  g_free (choice);
}

/* Projects are known by the ending of their name. */
static GFile *
with_suffix (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *longer = NULL;

  if (path == NULL || sag_ui_project_is_file (file))
    return g_object_ref (file);
  longer = g_strconcat (path, SAG_UI_PROJECT_SUFFIX, NULL);
  return g_file_new_for_path (longer);
}

static void
response_cb (GtkNativeDialog *dialog, int response, const Choice *choice)
{
  GtkWindow *window = gtk_native_dialog_get_transient_for (dialog);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && window != NULL &&
      (choice->asked == NULL || sag_ui_project_is_asked (dialog, choice->asked)))
    {
      g_autoptr (GFile) full = choice->saves ? with_suffix (file) : g_object_ref (file);

      choice->chosen (window, full, choice->text);
    }
  gtk_native_dialog_destroy (dialog);
}

void
sag_ui_project_choose (GtkWindow         *window,
                       const char        *title,
                       const char        *name,
                       const char        *accept,
                       const char        *text,
                       SagUiProject      *asked,
                       SagUiProjectChosen chosen)
{
  const gboolean saves = name != NULL;
  g_autoptr (GtkFileChooserNative) dialog = gtk_file_chooser_native_new (
    title, window, saves ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
    accept != NULL ? accept
    : saves        ? _ ("_Save")
                   : _ ("_Open"),
    _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  Choice *choice = g_new0 (Choice, 1);

  choice->chosen = chosen;
  choice->text = g_strdup (text);
  choice->saves = saves;
  g_set_object (&choice->asked, asked);
  if (asked != NULL)
    sag_ui_project_note_asked (dialog, asked);
  gtk_file_filter_set_name (filter, _ ("Projects of Sagitta"));
  gtk_file_filter_add_pattern (filter, "*" SAG_UI_PROJECT_SUFFIX);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  if (saves)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  g_object_set_data_full (G_OBJECT (window), CHOOSER, g_steal_pointer (&dialog), g_object_unref);
}
