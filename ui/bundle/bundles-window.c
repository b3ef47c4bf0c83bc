/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/bundles-window.h"

#include "model/bundle/create.h"
#include "ui/bundle/calibration-window.h"
#include "ui/bundle/import-window.h"
#include "ui/bundle/known.h"
#include "ui/bundle/page.h"
#include "ui/bundle/use.h"
#include "ui/engine/words.h"

#include <glib/gi18n.h>

struct _SagUiBundlesWindow
{
  AdwWindow parent;

  SagUiSession       *session;
  GSimpleActionGroup *actions;
  GtkListBox         *list;
  GtkStack           *stack;
  SagUiBundlePage    *page;
  AdwStatusPage      *failed;
  GtkButton          *use_button;
};

G_DEFINE_FINAL_TYPE (SagUiBundlesWindow, sag_ui_bundles_window, ADW_TYPE_WINDOW)

/* Entry: what a row of the list knows. @folder NULL is the bundle that ships. */
typedef struct
{
  char      *folder;
  SagBundle *bundle;
  char      *error;
  GtkWidget *name;
  GtkWidget *detail;
  GtkWidget *check;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->bundle, sag_bundle_unref);
  g_free (entry->folder);
  g_free (entry->error);
  g_free (entry);
}

static Entry *
entry_of (GtkListBoxRow *row)
{
  return row != NULL ? g_object_get_data (G_OBJECT (row), "entry") : NULL;
}

static gboolean
is_in_use (SagUiBundlesWindow *self, const Entry *entry)
{
  SagBundle *open = sag_ui_engine_get_bundle (sag_ui_session_get_engine (self->session));

  return open != NULL && entry->bundle != NULL &&
         g_str_equal (sag_bundle_get_sha256 (open), sag_bundle_get_sha256 (entry->bundle));
}

static void
enable (SagUiBundlesWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

/* The right side shows the selected row. */
static void
show_selected (SagUiBundlesWindow *self)
{
  const Entry *entry = entry_of (gtk_list_box_get_selected_row (self->list));

  enable (self, "use", entry != NULL && entry->bundle != NULL && !is_in_use (self, entry));
  enable (self, "forget", entry != NULL && entry->folder != NULL);
  if (entry == NULL)
    return;
  sag_ui_bundle_page_set_bundle (self->page, entry->bundle);
  adw_status_page_set_description (self->failed, entry->error);
  if (entry->bundle != NULL)
    gtk_stack_set_visible_child_name (self->stack, "bundle");
  else
    gtk_stack_set_visible_child_name (self->stack, entry->error != NULL ? "failed" : "opening");
}

static void
update_row (SagUiBundlesWindow *self, const Entry *entry)
{
  const char      *kind = entry->bundle != NULL ? sag_ui_words_bundle_kind (entry->bundle) : NULL;
  g_autofree char *words = NULL;

  if (entry->bundle != NULL)
    gtk_label_set_label (GTK_LABEL (entry->name), sag_bundle_get_name (entry->bundle));
  if (entry->error != NULL)
    kind = _ ("cannot be opened");
  else if (kind == NULL && entry->bundle != NULL)
    kind = entry->folder != NULL ? _ ("trained") : _ ("came with Sagitta");
  if (is_in_use (self, entry))
    /* Translators: what kind of model it is, for example "trained". */
    words = g_strdup_printf (_ ("in use · %s"), kind);
  else
    words = g_strdup (kind != NULL ? kind : "");
  gtk_label_set_label (GTK_LABEL (entry->detail), words);
  gtk_widget_set_opacity (entry->check, is_in_use (self, entry) ? 1 : 0);
}

static void
update_rows (SagUiBundlesWindow *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    update_row (self, entry_of (row));
  show_selected (self);
}

static void
open_thread (GTask *task, gpointer source, gpointer folder, GCancellable *cancellable)
{
  g_autofree char *shipped = folder == NULL ? sag_bundle_find_default () : NULL;
  const char      *path = folder != NULL ? folder : shipped;
  GError          *error = NULL;
  SagBundle       *bundle;

  bundle = path != NULL ? sag_bundle_load (path, &error) : sag_bundle_open_untrained (1, &error);
  if (bundle == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, bundle, (GDestroyNotify) sag_bundle_unref);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SagUiBundlesWindow) self = user_data;
  GtkListBoxRow *row = GTK_LIST_BOX_ROW (source);
  Entry         *entry = entry_of (row);
  g_autoptr (GError) error = NULL;

  entry->bundle = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->session == NULL)
    return; /* closed meanwhile */
  if (error != NULL)
    entry->error = g_strdup (error->message);
  update_row (self, entry);
  if (gtk_list_box_get_selected_row (self->list) == row)
    show_selected (self);
}

static GtkWidget *
make_row_label (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  for (const char *const *name =
         (const char *[]){ style, style != NULL ? "dim-label" : NULL, NULL };
       *name != NULL; name++)
    gtk_widget_add_css_class (label, *name);
  return label;
}

static GtkListBoxRow *
add_row (SagUiBundlesWindow *self, const char *folder, int position)
{
  GtkListBoxRow   *row = GTK_LIST_BOX_ROW (gtk_list_box_row_new ());
  GtkWidget       *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget       *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  Entry           *entry = g_new0 (Entry, 1);
  g_autofree char *name = folder != NULL ? g_path_get_basename (folder) : NULL;
  g_autoptr (GTask) task = g_task_new (row, NULL, opened_cb, g_object_ref (self));

  entry->folder = g_strdup (folder);
  entry->name = make_row_label (NULL);
  entry->detail = make_row_label ("caption");
  entry->check = gtk_image_new_from_icon_name ("object-select-symbolic");
  gtk_widget_set_tooltip_text (entry->check, _ ("This model answers now"));
  gtk_label_set_label (GTK_LABEL (entry->name), name != NULL ? name : "");
  gtk_widget_set_opacity (entry->check, 0);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), entry->name);
  gtk_box_append (GTK_BOX (texts), entry->detail);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), entry->check);
  g_object_set (box, "margin-top", 4, "margin-bottom", 4, NULL);
  gtk_list_box_row_set_child (row, box);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), folder);
  g_object_set_data_full (G_OBJECT (row), "entry", entry, entry_free);
  gtk_list_box_insert (self->list, GTK_WIDGET (row), position);
  g_task_set_task_data (task, g_strdup (folder), g_free);
  g_task_run_in_thread (task, open_thread);
  return row;
}

static GtkListBoxRow *
find_row (SagUiBundlesWindow *self, const char *folder)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_strcmp0 (entry_of (row)->folder, folder) == 0)
      return row;
  return NULL;
}

void
sag_ui_bundles_window_add (SagUiBundlesWindow *self, const char *folder)
{
  GtkListBoxRow *row = find_row (self, folder);

  sag_ui_known_bundles_add (folder);
  if (row == NULL)
    row = add_row (self, folder, 1);
  gtk_list_box_select_row (self->list, row);
}

static void
use_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiBundlesWindow *self = user_data;
  const Entry        *entry = entry_of (gtk_list_box_get_selected_row (self->list));

  if (entry != NULL)
    sag_ui_bundle_use (self->session, GTK_WINDOW (self), entry->folder);
}

static void
forget_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiBundlesWindow *self = user_data;
  GtkListBoxRow      *row = gtk_list_box_get_selected_row (self->list);
  const Entry        *entry = entry_of (row);

  if (entry == NULL || entry->folder == NULL)
    return;
  sag_ui_known_bundles_remove (entry->folder);
  gtk_list_box_remove (self->list, GTK_WIDGET (row));
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
}

static void
chosen_cb (GtkNativeDialog *chooser, int response, SagUiBundlesWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_autofree char *folder = g_file_get_path (file);

      if (folder != NULL)
        sag_ui_bundles_window_add (self, folder);
    }
  g_object_unref (chooser);
}

static void
add_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkFileChooserNative *chooser =
    gtk_file_chooser_native_new (_ ("Choose the folder of a bundle"), GTK_WINDOW (user_data),
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Add"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (chosen_cb), user_data, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
imported_cb (SagUiImportWindow *window, const char *folder, SagUiBundlesWindow *self)
{
  sag_ui_bundles_window_add (self, folder);
}

static void
import_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagUiImportWindow *window = sag_ui_import_window_new (GTK_WINDOW (user_data));

  g_signal_connect_object (window, "imported", G_CALLBACK (imported_cb), user_data, 0);
  gtk_window_present (GTK_WINDOW (window));
}

static void
calibration_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sag_ui_calibration_window_present (SAG_UI_BUNDLES_WINDOW (user_data)->session,
                                     GTK_WINDOW (user_data));
}

static void
selected_cb (GtkListBox *list, GtkListBoxRow *row, SagUiBundlesWindow *self)
{
  if (self->session != NULL)
    show_selected (self);
}

static void
bundle_cb (SagUiEngine *engine, SagUiBundlesWindow *self)
{
  update_rows (self);
}

SagUiBundlesWindow *
sag_ui_bundles_window_new (SagUiSession *session, GtkWindow *parent)
{
  SagUiBundlesWindow *self =
    g_object_new (SAG_UI_TYPE_BUNDLES_WINDOW, "transient-for", parent, NULL);
  SagUiEngine *engine = sag_ui_session_get_engine (session);
  g_auto (GStrv) known = sag_ui_known_bundles ();
  SagBundle     *open = sag_ui_engine_get_bundle (engine);
  const char    *folder = open != NULL ? sag_bundle_get_folder (open) : NULL;
  GtkListBoxRow *row;

  self->session = g_object_ref (session);
  g_signal_connect_object (engine, "bundle-changed", G_CALLBACK (bundle_cb), self, 0);
  add_row (self, NULL, -1);
  for (gsize i = 0; known[i] != NULL; i++)
    add_row (self, known[i], -1);
  row = find_row (self, folder);
  gtk_list_box_select_row (self->list,
                           row != NULL ? row : gtk_list_box_get_row_at_index (self->list, 0));
  return self;
}

static void
sag_ui_bundles_window_dispose (GObject *object)
{
  SagUiBundlesWindow *self = SAG_UI_BUNDLES_WINDOW (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_BUNDLES_WINDOW);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sag_ui_bundles_window_parent_class)->dispose (object);
}

static void
sag_ui_bundles_window_class_init (SagUiBundlesWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_bundles_window_dispose;
  g_type_ensure (SAG_UI_TYPE_BUNDLE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/bundles-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiBundlesWindow, list);
  gtk_widget_class_bind_template_child (widget_class, SagUiBundlesWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SagUiBundlesWindow, page);
  gtk_widget_class_bind_template_child (widget_class, SagUiBundlesWindow, failed);
  gtk_widget_class_bind_template_child (widget_class, SagUiBundlesWindow, use_button);
}

static void
sag_ui_bundles_window_init (SagUiBundlesWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "add", .activate = add_cb },
    { .name = "calibration", .activate = calibration_cb },
    { .name = "import", .activate = import_cb },
    { .name = "use", .activate = use_cb },
    { .name = "forget", .activate = forget_cb },
  };

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "bundles", G_ACTION_GROUP (self->actions));
  g_signal_connect (self->list, "row-selected", G_CALLBACK (selected_cb), self);
}
