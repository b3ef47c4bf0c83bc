/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/project/add-scans.h"

#include "model/store/cases.h"
#include "ui/base/progress.h"
#include "ui/case/find-scans.h"
#include "ui/project/choose.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define CHOOSER "sag-ui-add-scans-chooser"

/* Adding */

typedef struct
{
  SagUiProject *project;
  SagStore     *store;
  GPtrArray    *rows; /* SagCaseRow */
  GStrv         problems;
  guint         n_series;
  guint         n_added; /* of the store's thread */
  void (*on_progress) (guint n_done, guint n_files, gpointer user_data);
  gpointer user_data;
} Add;

static void
add_free (gpointer data)
{
  Add *add = data;

  g_clear_pointer (&add->rows, g_ptr_array_unref);
  g_strfreev (add->problems);
  g_object_unref (add->project);
  g_free (add);
}

static gboolean
write_rows (SagDb *db, gpointer data, GError **error)
{
  Add *add = data;

  add->n_added = 0;
  for (guint r = 0; r < add->rows->len; r++)
    {
      SagCaseFound found = SAG_CASE_KNOWN;

      if (!sag_cases_add (db, add->rows->pdata[r], &found, error))
        return FALSE;
      add->n_added += found == SAG_CASE_ADDED;
    }
  return TRUE;
}

static char **
dup_sentences (const Add *add)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  const guint      n_known = add->rows->len - add->n_added;
  g_autofree char *first = g_strdup_printf (
    ngettext ("%u scan was added.", "%u scans were added.", add->n_added), add->n_added);
  g_autofree char *known = g_strdup_printf (
    ngettext ("%u scan was there already.", "%u scans were there already.", n_known), n_known);
  g_autofree char *series = g_strdup_printf (
    ngettext ("%u DICOM series was left out: open it, and it becomes a case.",
              "%u DICOM series were left out: open them, and they become cases.", add->n_series),
    add->n_series);

  g_strv_builder_add (all, first);
  if (n_known > 0)
    g_strv_builder_add (all, known);
  if (add->n_series > 0)
    g_strv_builder_add (all, series);
  for (gsize p = 0; add->problems != NULL && add->problems[p] != NULL; p++)
    g_strv_builder_add (all, add->problems[p]);
  return g_strv_builder_end (all);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Add          *add = g_task_get_task_data (task);
  SagUiProject *project = add->project;
  GError       *error = NULL;

  if (sag_store_run_finish (result, &error))
    g_task_return_pointer (task, dup_sentences (add), (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
  if (add->store == sag_ui_project_get_store (project))
    sag_ui_project_reload (project);
  sag_ui_project_release (project);
}

static SagCaseRow *
row_new (GFile *file)
{
  g_autoptr (SagUiCase) one = sag_ui_case_new (file);
  SagCaseRow *row;
  char       *path = g_file_get_path (file);

  if (path == NULL)
    return NULL;
  row = g_new0 (SagCaseRow, 1);
  row->path = path;
  row->name = g_strdup (sag_ui_case_get_name (one));
  return row;
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Add    *add = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (SagUiScans) scans = sag_ui_find_scans_finish (result, &error);

  if (scans == NULL || g_task_return_error_if_cancelled (task) ||
      add->store != sag_ui_project_get_store (add->project))
    {
      if (error != NULL)
        g_task_return_error (task, error);
      else if (!g_task_get_completed (task) && scans != NULL &&
               !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED,
                                 _ ("The project was closed meanwhile."));
      sag_ui_project_release (add->project);
      return;
    }
  for (guint f = 0; f < scans->files->len; f++)
    {
      SagCaseRow *row = row_new (scans->files->pdata[f]);

      if (row != NULL)
        g_ptr_array_add (add->rows, row);
    }
  add->n_series = scans->index != NULL ? scans->index->series->len : 0;
  add->problems = g_strdupv (scans->problems);
  /* From now on they are added, whatever the person wishes. */
  g_task_set_check_cancellable (task, FALSE);
  sag_store_run_async (add->store, write_rows, add, written_cb, g_steal_pointer (&task));
}

static void
progress_cb (guint n_done, guint n_files, gpointer user_data)
{
  Add *add = g_task_get_task_data (user_data);

  if (add->on_progress != NULL)
    add->on_progress (n_done, n_files, add->user_data);
}

void
sag_ui_add_scans_async (SagUiProject *project,
                        GFile *const *files,
                        gsize         n_files,
                        void (*on_progress) (guint n_done, guint n_files, gpointer user_data),
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (project, cancellable, callback, user_data);
  Add   *add = g_new0 (Add, 1);

  g_return_if_fail (sag_ui_project_get_store (project) != NULL);

  add->project = g_object_ref (project);
  add->store = sag_ui_project_get_store (project);
  add->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_case_row_free);
  add->on_progress = on_progress;
  add->user_data = user_data;
  g_task_set_task_data (task, add, add_free);
  sag_ui_project_hold (project);
  sag_ui_find_scans_async (files, n_files, progress_cb, cancellable, found_cb, task);
}

char **
sag_ui_add_scans_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* For a person */

typedef struct
{
  SagUiSession  *session;
  GCancellable  *cancellable;
  SagUiProgress *progress;
} Shown;

static void
shown_free (Shown *shown)
{
  sag_ui_progress_free (shown->progress);
  g_object_unref (shown->session);
  g_object_unref (shown->cancellable);
  g_free (shown);
}

static void
shown_progress_cb (guint n_done, guint n_files, gpointer user_data)
{
  Shown           *shown = user_data;
  g_autofree char *text = NULL;

  if (n_files == 0)
    return;
  /* Translators: so many of so many files were looked at. */
  text = g_strdup_printf (_ ("%u of %u files"), n_done, n_files);
  sag_ui_progress_set (shown->progress, (double) n_done / n_files, text);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Shown *shown = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) sentences = sag_ui_add_scans_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sag_ui_session_say (shown->session, _ ("Stopped. No scan was added."));
  else if (error != NULL)
    g_signal_emit_by_name (source, "problem", error->message);
  else
    {
      g_autofree char *text = g_strjoinv (" ", sentences);

      sag_ui_session_say (shown->session, text);
    }
  shown_free (shown);
}

void
sag_ui_add_scans_show (GtkWindow *window, SagUiSession *session, GFile *const *files, gsize n_files)
{
  Shown *shown = g_new0 (Shown, 1);

  shown->session = g_object_ref (session);
  shown->cancellable = g_cancellable_new ();
  shown->progress = sag_ui_progress_new (window, _ ("Adding Scans…"), shown->cancellable);
  sag_ui_add_scans_async (sag_ui_project_get (session), files, n_files, shown_progress_cb,
                          shown->cancellable, added_cb, shown);
}

/* Actions */

static void
chosen_cb (GtkNativeDialog *dialog, int response, GtkWindow *window)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);
  SagUiSession *session = g_object_get_data (G_OBJECT (window), "sag-ui-project-session");

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (chosen, g_list_model_get_item (files, i));
  if (response == GTK_RESPONSE_ACCEPT && chosen->len > 0 &&
      sag_ui_project_is_asked (dialog, sag_ui_project_get (session)))
    sag_ui_add_scans_show (window, session, (GFile **) chosen->pdata, chosen->len);
  gtk_native_dialog_destroy (dialog);
}

static void
add_cb (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const gboolean folder = g_variant_get_boolean (parameter);
  SagUiSession  *session = g_object_get_data (window, "sag-ui-project-session");
  g_autoptr (GtkFileChooserNative) dialog = gtk_file_chooser_native_new (
    _ ("Add Scans to the Project"), window,
    folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Add"),
    _ ("_Cancel"));

  sag_ui_project_note_asked (dialog, sag_ui_project_get (session));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), window, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  g_object_set_data_full (window, CHOOSER, g_steal_pointer (&dialog), g_object_unref);
}

static void
store_cb (SagUiProject *project, GParamSpec *pspec, GActionMap *group)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (group, "add-scans")),
                               sag_ui_project_get_store (project) != NULL &&
                                 sag_ui_project_can_write (project));
}

void
sag_ui_add_scans_install_actions (GActionMap *group, GtkWindow *window, SagUiSession *session)
{
  static const GActionEntry entries[] = {
    { .name = "add-scans", .activate = add_cb, .parameter_type = "b" },
  };
  SagUiProject *project = sag_ui_project_get (session);

  g_action_map_add_action_entries (group, entries, G_N_ELEMENTS (entries), window);
  g_signal_connect_object (project, "notify::store", G_CALLBACK (store_cb), group, 0);
  store_cb (project, NULL, group);
}
