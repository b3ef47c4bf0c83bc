/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/import-window.h"

#include "ui/bundle/import-order.h"

#include <glib/gi18n.h>

#define PULSE_MS 80

struct _SagUiImportWindow
{
  AdwWindow parent;

  GSimpleActionGroup *actions;
  GCancellable       *cancellable; /* while it imports */
  guint               pulse;
  char               *files[SAG_UI_IMPORT_N_FILES];
  GtkProgressBar     *progress;
  GtkRevealer        *error_revealer;
  GtkLabel           *error_label;
  AdwPreferencesPage *form;
  AdwActionRow       *weights_row;
  AdwActionRow       *config_row;
  AdwActionRow       *vocabulary_row;
  AdwActionRow       *train_config_row;
  AdwEntryRow        *name_row;
  AdwEntryRow        *heads_row;
  AdwEntryRow        *weights_license_row;
  AdwEntryRow        *data_license_row;
  AdwEntryRow        *permitted_use_row;
};

G_DEFINE_FINAL_TYPE (SagUiImportWindow, sag_ui_import_window, ADW_TYPE_WINDOW)

static guint imported_signal;

SagUiImportWindow *
sag_ui_import_window_new (GtkWindow *parent)
{
  return g_object_new (SAG_UI_TYPE_IMPORT_WINDOW, "transient-for", parent, NULL);
}

static AdwActionRow *
row_of (SagUiImportWindow *self, SagUiImportFile file)
{
  AdwActionRow *rows[] = { self->weights_row, self->config_row, self->vocabulary_row,
                           self->train_config_row };

  return rows[file];
}

/* What a row says where no file was chosen. */
static const char *
hint_of (SagUiImportFile file)
{
  switch (file)
    {
    case SAG_UI_IMPORT_WEIGHTS:
      return _ ("model.safetensors, needed");
    case SAG_UI_IMPORT_CONFIG:
      return _ ("config.json, says how many attention heads there are");
    case SAG_UI_IMPORT_VOCABULARY:
      return _ ("vocab.txt, needed");
    case SAG_UI_IMPORT_TRAIN_CONFIG:
      return _ ("train_config.yaml, says what the scan was prepared to");
    case SAG_UI_IMPORT_N_FILES:
      break;
    }
  return "";
}

static void
enable (SagUiImportWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
update (SagUiImportWindow *self)
{
  gboolean busy = self->cancellable != NULL;

  for (int f = 0; f < SAG_UI_IMPORT_N_FILES; f++)
    {
      g_autofree char *words =
        g_markup_escape_text (self->files[f] != NULL ? self->files[f] : hint_of (f), -1);

      adw_action_row_set_subtitle (row_of (self, f), words);
    }
  enable (self, "start",
          !busy && self->files[SAG_UI_IMPORT_WEIGHTS] != NULL &&
            self->files[SAG_UI_IMPORT_VOCABULARY] != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->form), !busy);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), busy);
}

/* Takes @path. */
static void
set_file (SagUiImportWindow *self, SagUiImportFile file, char *path)
{
  g_free (self->files[file]);
  self->files[file] = path;
}

void
sag_ui_import_window_set_checkpoint (SagUiImportWindow *self, const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);

  for (int f = 0; f < SAG_UI_IMPORT_N_FILES; f++)
    set_file (self, f, sag_ui_import_find (folder, f));
  if (*gtk_editable_get_text (GTK_EDITABLE (self->name_row)) == '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
  update (self);
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, SagUiImportWindow *self)
{
  int what = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (chooser), "what"));
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL && what == SAG_UI_IMPORT_N_FILES)
    sag_ui_import_window_set_checkpoint (self, path);
  else if (path != NULL)
    set_file (self, what, g_steal_pointer (&path));
  update (self);
  g_object_unref (chooser);
}

/* @what: a SagUiImportFile; their number stands for the checkpoint's folder. */
static void
choose (SagUiImportWindow *self, int what)
{
  gboolean              folder = what == SAG_UI_IMPORT_N_FILES;
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
    folder ? _ ("Choose the folder of a checkpoint") : _ ("Choose a file of the checkpoint"),
    GTK_WINDOW (self),
    folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"),
    _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data (G_OBJECT (chooser), "what", GINT_TO_POINTER (what));
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
choose_cb (GtkButton *button, SagUiImportWindow *self)
{
  choose (self, GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "what")));
}

static void
checkpoint_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (user_data, SAG_UI_IMPORT_N_FILES);
}

static char *
dup_entry (AdwEntryRow *row)
{
  char *text = g_strdup (gtk_editable_get_text (GTK_EDITABLE (row)));

  if (*g_strstrip (text) == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

static SagUiImportOrder *
make_order (SagUiImportWindow *self)
{
  SagUiImportOrder *order = g_new0 (SagUiImportOrder, 1);
  g_autofree char  *heads = dup_entry (self->heads_row);

  for (int f = 0; f < SAG_UI_IMPORT_N_FILES; f++)
    order->files[f] = g_strdup (self->files[f]);
  order->name = dup_entry (self->name_row);
  order->folder = sag_ui_import_propose_folder (order->name);
  order->weights_license = dup_entry (self->weights_license_row);
  order->data_license = dup_entry (self->data_license_row);
  order->permitted_use = dup_entry (self->permitted_use_row);
  order->heads = heads != NULL ? (int) CLAMP (g_ascii_strtoll (heads, NULL, 10), 0, 1024) : 0;
  return order;
}

static gboolean
pulse_cb (gpointer data)
{
  gtk_progress_bar_pulse (SAG_UI_IMPORT_WINDOW (data)->progress);
  return G_SOURCE_CONTINUE;
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiImportWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = sag_ui_import_finish (result, &error);

  if (self->actions == NULL)
    return; /* closed meanwhile */
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->pulse, g_source_remove);
  update (self);
  if (folder != NULL)
    {
      g_signal_emit (self, imported_signal, 0, folder);
      gtk_window_close (GTK_WINDOW (self));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      gtk_label_set_label (self->error_label, error->message);
      gtk_revealer_set_reveal_child (self->error_revealer, TRUE);
    }
}

static void
start_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiImportWindow *self = user_data;

  gtk_revealer_set_reveal_child (self->error_revealer, FALSE);
  self->cancellable = g_cancellable_new ();
  self->pulse = g_timeout_add (PULSE_MS, pulse_cb, self);
  update (self);
  sag_ui_import_async (make_order (self), self->cancellable, imported_cb, g_object_ref (self));
}

/* Stops the import; closes the window where there is none. */
static void
cancel_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiImportWindow *self = user_data;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
add_choosers (SagUiImportWindow *self)
{
  for (int f = 0; f < SAG_UI_IMPORT_N_FILES; f++)
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, _ ("Choose the file"));
      g_object_set_data (G_OBJECT (button), "what", GINT_TO_POINTER (f));
      g_signal_connect (button, "clicked", G_CALLBACK (choose_cb), self);
      adw_action_row_add_suffix (row_of (self, f), button);
      adw_action_row_set_activatable_widget (row_of (self, f), button);
    }
}

static void
sag_ui_import_window_dispose (GObject *object)
{
  SagUiImportWindow *self = SAG_UI_IMPORT_WINDOW (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->pulse, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_IMPORT_WINDOW);
  g_clear_object (&self->actions);
  for (int f = 0; f < SAG_UI_IMPORT_N_FILES; f++)
    g_clear_pointer (&self->files[f], g_free);
  G_OBJECT_CLASS (sag_ui_import_window_parent_class)->dispose (object);
}

static void
sag_ui_import_window_class_init (SagUiImportWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_import_window_dispose;
  imported_signal = g_signal_new ("imported", SAG_UI_TYPE_IMPORT_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/import-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, error_revealer);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, error_label);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, form);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, weights_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, config_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, vocabulary_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, train_config_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, name_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, heads_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, weights_license_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, data_license_row);
  gtk_widget_class_bind_template_child (widget_class, SagUiImportWindow, permitted_use_row);
}

static void
sag_ui_import_window_init (SagUiImportWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "checkpoint", .activate = checkpoint_cb },
    { .name = "start", .activate = start_cb },
    { .name = "cancel", .activate = cancel_cb },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "import", G_ACTION_GROUP (self->actions));
  add_choosers (self);
  update (self);
}
