/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/transfer.h"

#include "model/export/import.h"
#include "ui/base/progress.h"
#include "ui/project/choose.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define CHOOSER "sag-ui-transfer-chooser"
#define NOTES_CHARS 48
#define TICK_MS 100

typedef struct
{
  SagUiTransfer what;
  SagStore     *store;
  char         *path;
  gint64        case_id;
  SagExported   out;
} Work;

static void
work_free (gpointer data)
{
  sag_exported_clear (&((Work *) data)->out);
  g_free (((Work *) data)->path);
  g_free (data);
}

static gboolean
transfer (
  const Work *work, SagProject *project, SagExported *out, GCancellable *cancel, GError **error)
{
  const SagTrainingOptions options = { .shares = { 80, 10, 10 } };

  switch (work->what)
    {
    case SAG_UI_TRANSFER_LABELS:
      return sag_export_labels (project, work->path, out, error);
    case SAG_UI_TRANSFER_MASKS:
      return sag_export_masks (project, work->path, out, cancel, error);
    case SAG_UI_TRANSFER_LABEL_MAPS:
      return sag_export_label_maps (project, work->path, out, cancel, error);
    case SAG_UI_TRANSFER_SCORES:
      return sag_export_scores (project, work->path, out, cancel, error);
    case SAG_UI_TRANSFER_TRAINING:
      return sag_export_training (project, &options, work->path, out, cancel, error);
    case SAG_UI_TRANSFER_UPSTREAM:
      return sag_export_upstream (project, &options, work->path, out, cancel, error);
    case SAG_UI_TRANSFER_IMPORT_LABELS:
      return sag_import_table (project, work->path, NULL, FALSE, out, cancel, error);
    case SAG_UI_TRANSFER_IMPORT_MASKS:
      return sag_import_mask (project, work->case_id, work->path, NULL, NULL, FALSE, out, cancel,
                              error);
    case SAG_UI_TRANSFER_ARCHIVE:
    default:
      return sag_export_archive (project, work->path, out, cancel, error);
    }
}

static char **
dup_sentences (const Work *work, const SagExported *out)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_autofree char *place = g_filename_display_basename (work->path);
  g_autofree char *first = NULL;

  if (work->what == SAG_UI_TRANSFER_IMPORT_LABELS && out->n_rows == 0)
    /* Translators: a file; why follows. */
    first = g_strdup_printf (_ ("Nothing of %s was imported."), place);
  else if (work->what >= SAG_UI_TRANSFER_IMPORT_LABELS)
    /* Translators: a file that was imported. */
    first = g_strdup_printf (_ ("%s was imported."), place);
  else
    first = g_strdup_printf (
      /* Translators: how many files were written, and where. */
      ngettext ("%u file was written to %s, read back and compared.",
                "%u files were written to %s, read back and compared.", out->n_files),
      out->n_files, place);
  g_strv_builder_add (all, first);
  for (guint n = 0; n < out->notes->len; n++)
    g_strv_builder_add (all, g_ptr_array_index (out->notes, n));
  return g_strv_builder_end (all);
}

static void
transfer_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProject) project = sag_project_load (work->store, &error);

  if (project != NULL && transfer (work, project, &work->out, cancellable, &error))
    g_task_return_pointer (task, dup_sentences (work, &work->out), (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
tell_imported (SagUiProject *project, const Work *work)
{
  SagWorklist *list = sag_ui_project_get_list (project);

  if (work->what == SAG_UI_TRANSFER_IMPORT_MASKS)
    sag_ui_project_imported (project, work->case_id);
  for (guint i = 0;
       work->what == SAG_UI_TRANSFER_IMPORT_LABELS && list != NULL && i < list->items->len; i++)
    sag_ui_project_imported (project,
                             ((SagWorkItem *) g_ptr_array_index (list->items, i))->one->id);
}

/* The store may be closed now; what came in is shown. */
static void
done_cb (GTask *task, GParamSpec *pspec, SagUiProject *project)
{
  const Work *work = g_task_get_task_data (task);

  if (work->store == sag_ui_project_get_store (project))
    tell_imported (project, work);
  sag_ui_project_release (project);
  sag_ui_project_reload (project);
}

GTask *
sag_ui_transfer_async (SagUiProject       *project,
                       SagUiTransfer       what,
                       const char         *path,
                       gint64              case_id,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (project, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  g_return_val_if_fail (sag_ui_project_get_store (project) != NULL, NULL);
  work->what = what;
  work->store = sag_ui_project_get_store (project);
  work->path = g_strdup (path);
  work->case_id = case_id;
  sag_exported_init (&work->out);
  g_task_set_task_data (task, work, work_free);
  /* What was done was done; what can be stopped says so itself. */
  g_task_set_check_cancellable (task, FALSE);
  sag_ui_project_hold (project);
  g_signal_connect_object (task, "notify::completed", G_CALLBACK (done_cb), project, 0);
  g_task_run_in_thread (task, transfer_thread);
  return task; /* the thread keeps it until the main loop runs */
}

double
sag_ui_transfer_get_progress (GTask *task)
{
  Work      *work = g_task_get_task_data (task);
  const gint n = g_atomic_int_get (&work->out.n_all);

  return n > 0 ? (double) g_atomic_int_get (&work->out.n_done) / n : -1;
}

char **
sag_ui_transfer_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
sag_ui_transfer_get_stopped (SagUiTransfer what)
{
  switch (what)
    {
    case SAG_UI_TRANSFER_IMPORT_LABELS:
      return _ ("Stopped. What came in before stays; import the table again to get the rest.");
    case SAG_UI_TRANSFER_IMPORT_MASKS:
      return _ ("Stopped. Nothing was imported.");
    default:
      return _ ("Stopped. Files that were written before stay.");
    }
}

/* Actions */

static SagUiSession *
session_of (gpointer window)
{
  return g_object_get_data (window, "sag-ui-project-session");
}

/* What was left out is said in a window that stays. */
void
sag_ui_transfer_show_notes (GtkWindow *window, char **sentences)
{
  g_autofree char *text = g_strjoinv ("\n", sentences + 1);
  GtkWidget       *dialog = adw_message_dialog_new (window, sentences[0], NULL);
  GtkWidget       *label = gtk_label_new (text);
  GtkWidget       *scroller = gtk_scrolled_window_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  /* As wide as it is measured, so that nothing is cut below. */
  gtk_label_set_width_chars (GTK_LABEL (label), NOTES_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), NOTES_CHARS);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), label);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 320);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), scroller);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* How far it is. */

typedef struct
{
  GtkWindow     *window;
  GTask         *task;
  SagUiProgress *progress;
  guint          tick_id;
  SagUiTransfer  what;
} Shown;

static gboolean
tick_cb (gpointer data)
{
  const Shown *shown = data;

  sag_ui_progress_set (shown->progress, sag_ui_transfer_get_progress (shown->task), NULL);
  return G_SOURCE_CONTINUE;
}

static void
transferred_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Shown *shown = user_data;
  g_autoptr (GtkWindow) window = shown->window;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sentences = sag_ui_transfer_finish (result, &error);

  g_source_remove (shown->tick_id);
  sag_ui_progress_free (shown->progress);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sag_ui_session_say (session_of (window), sag_ui_transfer_get_stopped (shown->what));
  else if (sentences == NULL)
    g_signal_emit_by_name (source, "problem", error->message);
  else if (sentences[1] != NULL && gtk_widget_get_mapped (GTK_WIDGET (window)))
    sag_ui_transfer_show_notes (window, sentences);
  else
    sag_ui_session_say (session_of (window), sentences[0]);
  g_object_unref (shown->task);
  g_free (shown);
}

static void
show (
  GtkWindow *window, SagUiProject *project, SagUiTransfer what, const char *path, gint64 case_id)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Shown *shown = g_new0 (Shown, 1);

  shown->window = g_object_ref (window);
  shown->what = what;
  shown->progress = sag_ui_progress_new (
    window, what >= SAG_UI_TRANSFER_IMPORT_LABELS ? _ ("Importing…") : _ ("Exporting…"),
    cancellable);
  shown->task = g_object_ref (
    sag_ui_transfer_async (project, what, path, case_id, cancellable, transferred_cb, shown));
  shown->tick_id = g_timeout_add (TICK_MS, tick_cb, shown);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer window)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  SagUiTransfer what =
    (SagUiTransfer) GPOINTER_TO_INT (g_object_get_data (G_OBJECT (dialog), "what"));
  g_autoptr (SagUiCase) one = g_object_steal_data (G_OBJECT (dialog), "case");
  SagUiProject *project = sag_ui_project_get (session_of (window));
  const char   *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL && sag_ui_project_is_asked (dialog, project))
    show (window, project, what, path, sag_ui_project_get_case_id (project, one));
  gtk_native_dialog_destroy (dialog);
}

/* Where the project is, and not among the files that were used last: there is no folder to choose. */
static void
start_beside (GtkFileChooser *chooser, SagUiProject *project)
{
  SagStore        *store = sag_ui_project_get_store (project);
  g_autofree char *path = store != NULL ? sag_store_dup_path (store) : NULL;
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  g_autoptr (GFile) folder = file != NULL ? g_file_get_parent (file) : NULL;

  if (folder != NULL)
    gtk_file_chooser_set_current_folder (chooser, folder, NULL);
}

static void
choose (gpointer window, SagUiTransfer what, GtkFileChooserAction action, const char *title)
{
  SagUiSession *session = session_of (window);
  SagUiProject *project = sag_ui_project_get (session);
  SagUiCase    *one = sag_ui_session_get_case (session);
  g_autoptr (GtkFileChooserNative) dialog = gtk_file_chooser_native_new (
    title, window, action, what >= SAG_UI_TRANSFER_IMPORT_LABELS ? _ ("_Import") : _ ("_Export"),
    _ ("_Cancel"));

  start_beside (GTK_FILE_CHOOSER (dialog), project);
  if (what == SAG_UI_TRANSFER_LABELS)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), _ ("labels.csv"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "what", GINT_TO_POINTER (what));
  sag_ui_project_note_asked (dialog, project);
  /* Another scan may be shown by the time of the answer. */
  if (what == SAG_UI_TRANSFER_IMPORT_MASKS && one != NULL)
    g_object_set_data_full (G_OBJECT (dialog), "case", g_object_ref (one), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), window, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  g_object_set_data_full (window, CHOOSER, g_steal_pointer (&dialog), g_object_unref);
}

static void
export_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  static const char *const names[] = { "labels",   "masks",    "label-maps", "scores",
                                       "training", "upstream", "archive" };
  const char              *name = g_variant_get_string (parameter, NULL);

  for (gsize w = 0; w < G_N_ELEMENTS (names); w++)
    if (strcmp (name, names[w]) == 0)
      choose (window, (SagUiTransfer) w,
              w == SAG_UI_TRANSFER_LABELS ? GTK_FILE_CHOOSER_ACTION_SAVE
                                          : GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
              _ ("Export from the Project"));
}

static void
import_labels_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  choose (window, SAG_UI_TRANSFER_IMPORT_LABELS, GTK_FILE_CHOOSER_ACTION_OPEN,
          _ ("Import Labels and Masks from a Table"));
}

static void
import_masks_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  choose (window, SAG_UI_TRANSFER_IMPORT_MASKS, GTK_FILE_CHOOSER_ACTION_OPEN,
          _ ("Import a Mask or Label Map for This Case"));
}

static void
store_cb (SagUiProject *project, gpointer ignored, GActionMap *group)
{
  const gboolean can =
    sag_ui_project_can_write (project) && sag_ui_project_get_store (project) != NULL;

  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, "export")),
                               sag_ui_project_get_store (project) != NULL);
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (group, "import-labels")), can);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, "import-masks")),
                               can);
}

void
sag_ui_transfer_install_actions (GActionMap *group, GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "export", .activate = export_cb, .parameter_type = "s" },
    { .name = "import-labels", .activate = import_labels_cb },
    { .name = "import-masks", .activate = import_masks_cb },
  };
  SagUiProject *project = sag_ui_project_get (session);

  g_action_map_add_action_entries (group, entries, G_N_ELEMENTS (entries), window);
  g_signal_connect_object (project, "notify::store", G_CALLBACK (store_cb), group, 0);
  store_cb (project, NULL, group);
}
