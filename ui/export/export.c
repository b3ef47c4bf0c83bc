/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/export.h"

#include "model/core/file.h"
#include "ui/export/capture.h"
#include "ui/export/heatmaps.h"
#include "ui/measure/measurement.h"

#include <glib/gi18n.h>

/* Export: what the actions know. */
typedef struct
{
  SagUiSession *session;
  SagUiViews   *views; /* weak */
  GCancellable *cancellable;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_clear_weak_pointer (&self->views);
  g_object_unref (self->session);
  g_free (self);
}

char *
sag_ui_export_dup_name (const char *case_name, const char *part, const char *ending)
{
  char *name = part != NULL ? g_strdup_printf ("%s-%s%s", case_name, part, ending)
                            : g_strconcat (case_name, ending, NULL);

  return g_strdelimit (name, "/\\:*?\"<>|", '_');
}

/* Saving: a question where to, and what is done with the answer. */
typedef struct
{
  Export       *self;
  SagUiCase    *one; /* (nullable): of which it was asked: another may be shown by then */
  SagUiCapture *capture_of_window; /* taken before the dialogue lay over it */
  const char   *what;
  GObject      *keeper; /* the action group: keeps @self */
} Choice;

static void
choice_free (Choice *choice)
{
  g_clear_pointer (&choice->capture_of_window, sag_ui_capture_free);
  g_clear_object (&choice->one);
  g_object_unref (choice->keeper);
  g_free (choice);
}

static void
say_failure (SagUiSession *session, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sag_ui_session_say (session, error->message);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiSession) session = user_data;
  g_autoptr (GError) error = NULL;

  if (sag_ui_capture_save_finish (result, &error))
    sag_ui_session_say (session, _ ("The picture was saved."));
  else
    say_failure (session, error);
}

typedef struct
{
  char *path;
  char *text;
} Table;

static void
table_free (gpointer data)
{
  Table *table = data;

  g_free (table->path);
  g_free (table->text);
  g_free (table);
}

static void
table_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Table  *table = task_data;
  GError *error = NULL;

  if (sag_file_save (table->path, table->text, strlen (table->text), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
table_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SagUiSession *session = SAG_UI_SESSION (source);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    sag_ui_session_say (session, _ ("The measurements were saved."));
  else
    say_failure (session, error);
}

static void
save_table (SagUiSession *session, SagUiCase *one, const char *path)
{
  g_autoptr (GTask) task = NULL;
  Table *table;

  table = g_new (Table, 1);
  table->path = g_strdup (path);
  table->text = sag_ui_measurements_dup_csv (G_LIST_MODEL (sag_ui_case_get_measurements (one)),
                                             sag_ui_case_get_name (one));
  task = g_task_new (session, NULL, table_cb, NULL);
  g_task_set_task_data (task, table, table_free);
  g_task_run_in_thread (task, table_thread);
}

static double
chosen_scale (GtkFileChooser *chooser)
{
  return g_strcmp0 (gtk_file_chooser_get_choice (chooser, "scale"), "2") == 0 ? 2 : 1;
}

static void
save_picture (Choice *choice, const char *path, double scale)
{
  Export       *self = choice->self;
  SagUiCapture *capture = NULL;

  if (self->views == NULL)
    return;
  if (g_str_equal (choice->what, "window"))
    capture = g_steal_pointer (&choice->capture_of_window);
  else if (choice->one != sag_ui_session_get_case (self->session))
    {
      sag_ui_session_say (self->session, _ ("Another scan is shown by now; no picture was saved."));
      return;
    }
  else if (g_str_equal (choice->what, "views"))
    capture = sag_ui_capture_views (self->views, scale);
  else
    capture = sag_ui_capture_slice (sag_ui_views_get_active (self->views), scale);
  if (capture == NULL)
    {
      sag_ui_session_say (self->session, _ ("There is no picture yet; wait for the first slice."));
      return;
    }
  sag_ui_capture_save_async (capture, path, self->cancellable, saved_cb,
                             g_object_ref (self->session));
}

static void
response_cb (GtkNativeDialog *dialog, int response, Choice *choice)
{
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      file = gtk_file_chooser_get_file (chooser);
      path = file != NULL ? g_file_get_path (file) : NULL;
      if (path == NULL)
        sag_ui_session_say (choice->self->session,
                            _ ("This place is not on this computer; choose a local folder."));
      else if (g_str_equal (choice->what, "measurements"))
        save_table (choice->self->session, choice->one, path);
      else if (g_str_equal (choice->what, "heatmaps"))
        sag_ui_heatmaps_save (choice->self->session, choice->one, path, choice->self->cancellable);
      else
        save_picture (choice, path, chosen_scale (chooser));
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
  choice_free (choice);
}

static GtkFileChooser *
new_dialog (Export *self, const char *title, GtkFileChooserAction action)
{
  GtkWindow      *parent = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self->views)));
  GtkFileChooser *dialog = GTK_FILE_CHOOSER (
    gtk_file_chooser_native_new (title, parent, action, _ ("_Save"), _ ("_Cancel")));
  g_autoptr (GFile) here = g_file_new_for_path (".");

  /* Else GTK begins with its recent files, which are no place to save to. */
  gtk_file_chooser_set_current_folder (dialog, here, NULL);
  return dialog;
}

static void
show (GtkFileChooser *dialog, Export *self, GAction *action, SagUiCapture *capture)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->self = self;
  g_set_object (&choice->one, sag_ui_session_get_case (self->session));
  choice->capture_of_window = capture;
  choice->what = g_action_get_name (action);
  choice->keeper = g_object_ref (g_object_get_data (G_OBJECT (action), "group"));
  g_signal_connect (dialog, "response", G_CALLBACK (response_cb), choice);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
add_filter (GtkFileChooser *dialog, const char *name, const char *suffix)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_suffix (filter, suffix);
  gtk_file_chooser_add_filter (dialog, filter);
}

static char *
dup_picture_name (Export *self, const char *what)
{
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  const char      *name = one != NULL ? sag_ui_case_get_name (one) : "sagitta";
  SagUiSliceView  *view = sag_ui_views_get_active (self->views);
  SagRenderSlice   slice;
  g_autofree char *part = NULL;

  if (!g_str_equal (what, "view") || !sag_ui_slice_view_get_slice (view, &slice))
    return sag_ui_export_dup_name (name, what, ".png");
  part = g_strdup_printf ("%s-%d", sag_render_plane_name (slice.plane), slice.index + 1);
  return sag_ui_export_dup_name (name, part, ".png");
}

static SagUiCapture *
capture_window (Export *self)
{
  GtkWidget       *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self->views)));
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  g_autofree char *watermark =
    one != NULL ? sag_ui_engine_dup_watermark (sag_ui_session_get_engine (self->session), one)
                : NULL;

  return sag_ui_capture_window (window, watermark, gtk_widget_get_scale_factor (window));
}

static void
picture_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  static const char *const scales[] = { "1", "2", NULL };
  const char              *labels[] = { _ ("As on the screen"), _ ("Twice as many pixels"), NULL };
  Export                  *self = user_data;
  const char              *what = g_action_get_name (G_ACTION (action));
  gboolean                 is_window = g_str_equal (what, "window");
  GtkFileChooser          *dialog;
  g_autofree char         *name = NULL;

  if (self->views == NULL || (!is_window && sag_ui_session_get_case (self->session) == NULL))
    return;
  name = dup_picture_name (self, what);
  dialog = new_dialog (self, _ ("Save a Picture"), GTK_FILE_CHOOSER_ACTION_SAVE);
  gtk_file_chooser_set_current_name (dialog, name);
  add_filter (dialog, _ ("PNG pictures"), "png");
  if (!is_window)
    {
      gtk_file_chooser_add_choice (dialog, "scale", _ ("Size"), (const char **) scales, labels);
      gtk_file_chooser_set_choice (dialog, "scale", "1");
    }
  show (dialog, self, G_ACTION (action), is_window ? capture_window (self) : NULL);
}

static void
measurements_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Export          *self = user_data;
  SagUiCase       *one = sag_ui_session_get_case (self->session);
  GtkFileChooser  *dialog;
  g_autofree char *name = NULL;

  if (self->views == NULL || one == NULL)
    return;
  name = sag_ui_export_dup_name (sag_ui_case_get_name (one), "measurements", ".csv");
  dialog = new_dialog (self, _ ("Save the Measurements"), GTK_FILE_CHOOSER_ACTION_SAVE);
  gtk_file_chooser_set_current_name (dialog, name);
  add_filter (dialog, _ ("Tables (CSV)"), "csv");
  show (dialog, self, G_ACTION (action), NULL);
}

static void
heatmaps_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Export *self = user_data;

  if (self->views == NULL || sag_ui_session_get_case (self->session) == NULL)
    return;
  if (sag_ui_heatmaps_count (sag_ui_session_get_case (self->session)) == 0)
    {
      sag_ui_session_say (self->session,
                          _ ("No map of an answer is shown; switch one on with its eye first."));
      return;
    }
  show (new_dialog (self, _ ("Folder for the Maps"), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER), self,
        G_ACTION (action), NULL);
}

static void
copied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiSession) session = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = sag_ui_capture_texture_finish (result, &error);

  if (texture == NULL)
    {
      say_failure (session, error);
      return;
    }
  gdk_clipboard_set_texture (gdk_display_get_clipboard (gdk_display_get_default ()), texture);
  sag_ui_session_say (session, _ ("The view was copied."));
}

static void
copy_view_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Export         *self = user_data;
  SagUiSliceView *view = self->views != NULL ? sag_ui_views_get_active (self->views) : NULL;
  SagUiCapture   *capture =
    view != NULL ? sag_ui_capture_slice (view, gtk_widget_get_scale_factor (GTK_WIDGET (view)))
                   : NULL;

  if (capture != NULL)
    sag_ui_capture_texture_async (capture, self->cancellable, copied_cb,
                                  g_object_ref (self->session));
}

GActionGroup *
sag_ui_export_new (SagUiSession *session, SagUiViews *views)
{
  static const GActionEntry entries[] = {
    { .name = "view", .activate = picture_cb },
    { .name = "views", .activate = picture_cb },
    { .name = "window", .activate = picture_cb },
    { .name = "copy-view", .activate = copy_view_cb },
    { .name = "measurements", .activate = measurements_cb },
    { .name = "heatmaps", .activate = heatmaps_cb },
  };
  GSimpleActionGroup *group = g_simple_action_group_new ();
  Export             *self = g_new0 (Export, 1);

  self->session = g_object_ref (session);
  self->cancellable = g_cancellable_new ();
  g_set_weak_pointer (&self->views, views);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_object_set_data (
      G_OBJECT (g_action_map_lookup_action (G_ACTION_MAP (group), entries[i].name)), "group",
      group);
  g_object_set_data_full (G_OBJECT (group), "sag-ui-export", self, export_free);
  return G_ACTION_GROUP (group);
}
