/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/settings.h"
#include "ui/case/demo.h"
#include "ui/case/find-scans.h"
#include "ui/case/series-window.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_WARNINGS 3 /* more would cover the scan */

static void
add_cases (SagUiWindow *self, GPtrArray *files)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  SagUiCase  *first = NULL;

  for (guint i = 0; i < files->len; i++)
    {
      SagUiCase *one = sag_ui_cases_add (cases, files->pdata[i]);

      if (first == NULL)
        first = one;
    }
  if (first != NULL)
    sag_ui_cases_set_current (cases, first);
}

static void
add_series (SagUiWindow *self, GFile *place, SagDicomIndex *index, GPtrArray *series)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  SagUiCase  *shown = NULL;
  /* Of two studies of one patient the later one is what somebody has to read. */
  const gboolean has_prior =
    series->len == 2 && sag_dicom_series_are_priors (series->pdata[0], series->pdata[1]);

  for (guint i = 0; i < series->len; i++)
    {
      SagUiCase *one = sag_ui_cases_add_series (cases, place, series->pdata[i]);

      if (shown == NULL || has_prior)
        shown = one;
    }
  if (shown == NULL)
    return;
  sag_ui_cases_set_current (cases, shown);
  sag_ui_window_offer_prior (self, shown, index, place);
}

static void
chosen_series_cb (SagUiSeriesWindow *dialog, GPtrArray *series, SagUiWindow *self)
{
  if (self->session != NULL)
    add_series (self, g_object_get_data (G_OBJECT (dialog), "place"),
                sag_ui_series_window_get_index (dialog), series);
}

/* What was left out may have been slices of what is shown. */
static void
warn_of_problems (SagUiWindow *self, const SagDicomIndex *index)
{
  const guint      n = index->problems->len;
  g_autofree char *count = NULL;

  if (n > MAX_WARNINGS)
    {
      count = g_strdup_printf (
        /* Translators: %u is how many files and folders lie beside the scan that was opened. */
        ngettext ("%u file could not be read and was left out. Open the folder to see why.",
                  "%u files could not be read and were left out. Open the folder to see why.", n),
        n);
      sag_ui_window_warn (self, count);
      return;
    }
  for (guint i = 0; i < n; i++)
    sag_ui_window_warn (self, ((SagDicomProblem *) index->problems->pdata[i])->sentence);
}

/* One series opens at once; several are shown first, and so is why many files were left out. */
static void
open_index (SagUiWindow *self, const SagUiScans *scans)
{
  SagDicomIndex *index = scans->index;
  GFile         *place = scans->place;
  g_autoptr (GPtrArray) usable = g_ptr_array_new ();
  SagUiSeriesWindow *dialog;

  for (guint i = 0; i < index->series->len; i++)
    if (((SagDicomSeries *) index->series->pdata[i])->problem == NULL &&
        (scans->wanted == NULL || scans->wanted == index->series->pdata[i]))
      g_ptr_array_add (usable, index->series->pdata[i]);
  if (usable->len == 1 && (scans->wanted != NULL || index->problems->len <= MAX_WARNINGS))
    {
      add_series (self, place, index, usable);
      warn_of_problems (self, index);
      return;
    }
  dialog = sag_ui_series_window_new (GTK_WINDOW (self), index);
  if (place != NULL)
    g_object_set_data_full (G_OBJECT (dialog), "place", g_object_ref (place), g_object_unref);
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_series_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
progress_cb (guint n_done, guint n_files, gpointer self)
{
  sag_ui_searching_set (SAG_UI_WINDOW (self)->searching, n_done, n_files);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiWindow) self = user_data;
  g_autoptr (SagUiScans) scans = sag_ui_find_scans_finish (result, NULL);

  if (self->session == NULL)
    return;
  sag_ui_searching_end (self->searching);
  if (scans == NULL)
    return;
  for (gsize i = 0; scans->problems[i] != NULL; i++)
    sag_ui_window_warn (self, scans->problems[i]);
  add_cases (self, scans->files);
  if (scans->index != NULL)
    open_index (self, scans);
}

void
sag_ui_window_open (SagUiWindow *self, GFile **files, int n_files)
{
  g_autoptr (GPtrArray) scans = g_ptr_array_new ();

  for (int i = 0; i < n_files; i++)
    if (sag_ui_project_is_file (files[i]))
      sag_ui_project_open (sag_ui_project_get (self->session), files[i], FALSE);
    else
      g_ptr_array_add (scans, files[i]);
  if (scans->len > 0)
    sag_ui_find_scans_async ((GFile **) scans->pdata, scans->len, progress_cb,
                             sag_ui_searching_begin (self->searching), found_cb,
                             g_object_ref (self));
}

/* The last answer of the demo: its map is shown, at its peak; not in another scan that is shown by now. */
static void
demo_changed_cb (SagUiResult *result, SagUiWindow *self)
{
  SagUiOverlay *overlay = sag_ui_result_get_overlay (result);
  SagUiCase    *one;
  double        ras_mm[3];

  if (sag_ui_result_get_state (result) == SAG_UI_RESULT_PENDING)
    return;
  g_signal_handlers_disconnect_by_func (result, demo_changed_cb, self);
  if (overlay == NULL || self->session == NULL ||
      sag_ui_ask_get_read_first (sag_ui_ask_pane_get_ask (self->ask_pane)))
    return;
  sag_ui_overlay_set_visible (overlay, TRUE);
  one = sag_ui_session_get_case (self->session);
  if (one == NULL || !g_list_store_find (sag_ui_case_get_results (one), result, NULL))
    return;
  sag_ui_overlay_get_peak (overlay, ras_mm);
  sag_ui_display_set_cross (sag_ui_session_get_display (self->session), ras_mm);
}

/* A person who looks for the first time sees answers, not only where to type. They are asked once. */
static void
show_demo (SagUiWindow *self, GFile *file)
{
  SagUiResult *result = NULL;
  SagUiCase   *one;
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  g_ptr_array_add (files, file);
  add_cases (self, files);
  one = sag_ui_session_get_case (self->session);
  if (one == NULL || g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_results (one))) > 0)
    return;
  for (const char *const *task = sag_ui_demo_get_tasks (); *task != NULL; task++)
    result = sag_ui_ask_pane_ask (self->ask_pane, *task);
  if (result == NULL)
    return;
  g_signal_connect_object (result, "changed", G_CALLBACK (demo_changed_cb), self, 0);
  demo_changed_cb (result, self);
}

static void
demo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = sag_ui_demo_make_finish (result, &error);

  if (self->session == NULL)
    return;
  if (file != NULL)
    show_demo (self, file);
  else
    sag_ui_window_warn (self, error->message);
}

void
sag_ui_window_open_demo (SagUiWindow *self)
{
  g_autoptr (GFile) file = sag_ui_demo_get_file ();

  if (!g_file_query_exists (file, NULL))
    sag_ui_session_say (self->session, _ ("Making the demo case: a synthetic chest, no patient."));
  sag_ui_demo_make_async (self->cancellable, demo_cb, g_object_ref (self));
}

static void
remember_folder (GtkFileChooser *chooser)
{
  g_autoptr (GFile) folder = gtk_file_chooser_get_current_folder (chooser);
  g_autofree char *uri = folder != NULL ? g_file_get_uri (folder) : NULL;

  if (uri != NULL && g_settings_get_boolean (sag_ui_settings_get (), "keep-recent"))
    g_settings_set_string (sag_ui_settings_get (), "last-folder", uri);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, SagUiWindow *self)
{
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (chooser);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (chosen, g_list_model_get_item (files, i));
  if (response == GTK_RESPONSE_ACCEPT && chosen->len > 0)
    {
      remember_folder (chooser);
      sag_ui_window_open (self, (GFile **) chosen->pdata, (int) chosen->len);
    }
  gtk_native_dialog_destroy (dialog);
}

static void
add_filters (GtkFileChooser *chooser)
{
  static const char *const patterns[] = { "nii", "gz", "hdr", "img", "dcm", "ima", "zip" };
  g_autoptr (GtkFileFilter) scans = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (scans, _ ("NIfTI and DICOM scans"));
  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    gtk_file_filter_add_suffix (scans, patterns[i]);
  gtk_file_filter_add_pattern (scans, "DICOMDIR");
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, scans);
  gtk_file_chooser_add_filter (chooser, all);
}

void
sag_ui_window_choose (SagUiWindow *self, gboolean folder)
{
  g_autofree char *uri = g_settings_get_string (sag_ui_settings_get (), "last-folder");
  g_autoptr (GtkFileChooserNative) dialog = gtk_file_chooser_native_new (
    folder ? _ ("Open a Folder") : _ ("Open Scans"), GTK_WINDOW (self),
    folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"),
    _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  if (!folder)
    add_filters (GTK_FILE_CHOOSER (dialog));
  if (*uri != '\0')
    {
      g_autoptr (GFile) start = g_file_new_for_uri (uri);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), start, NULL);
    }
  g_signal_connect_object (dialog, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
  g_object_set_data_full (G_OBJECT (self), "sag-ui-chooser", g_steal_pointer (&dialog),
                          g_object_unref);
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, SagUiWindow *self)
{
  GSList *list = g_value_get_boxed (value);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  gtk_revealer_set_reveal_child (self->drop_hint, FALSE);
  for (GSList *item = list; item != NULL; item = item->next)
    g_ptr_array_add (files, item->data);
  if (files->len > 0)
    sag_ui_window_open (self, (GFile **) files->pdata, (int) files->len);
  return files->len > 0;
}

static GdkDragAction
enter_cb (GtkDropTarget *target, double x, double y, SagUiWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
leave_cb (GtkDropTarget *target, SagUiWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_hint, FALSE);
}

void
sag_ui_window_add_drop (SagUiWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  g_signal_connect (target, "enter", G_CALLBACK (enter_cb), self);
  g_signal_connect (target, "leave", G_CALLBACK (leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->drop_area), GTK_EVENT_CONTROLLER (target));
}
