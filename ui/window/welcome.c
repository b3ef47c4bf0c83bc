/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/welcome.h"

#include "ui/case/recent.h"

#include <glib/gi18n.h>

#define MAX_SHOWN 6

struct _SagUiWelcome
{
  AdwBin parent;

  AdwPreferencesGroup *recent_group;
  GPtrArray           *rows;
};

G_DEFINE_FINAL_TYPE (SagUiWelcome, sag_ui_welcome, ADW_TYPE_BIN)

static GtkWidget *
create_row (GFile *file)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *uri = g_file_get_uri (file);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = sag_ui_recent_dup_name (file);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *folder = g_filename_display_name (parent);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), folder);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-file");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", uri);
  return row;
}

static void
recent_cb (SagUiWelcome *self)
{
  g_autoptr (GPtrArray) files = sag_ui_recent_dup_files (sag_ui_recent_get_default ());

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->recent_group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < MIN (files->len, MAX_SHOWN); i++)
    {
      GtkWidget *row = create_row (files->pdata[i]);

      adw_preferences_group_add (self->recent_group, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->recent_group), files->len > 0);
}

static void
sag_ui_welcome_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SAG_UI_TYPE_WELCOME);
  G_OBJECT_CLASS (sag_ui_welcome_parent_class)->dispose (object);
}

static void
sag_ui_welcome_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_WELCOME (object)->rows);
  G_OBJECT_CLASS (sag_ui_welcome_parent_class)->finalize (object);
}

static void
sag_ui_welcome_class_init (SagUiWelcomeClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sag_ui_welcome_dispose;
  G_OBJECT_CLASS (class)->finalize = sag_ui_welcome_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sagittact/Sagitta/welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, SagUiWelcome, recent_group);
}

static void
sag_ui_welcome_init (SagUiWelcome *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (sag_ui_recent_get_default (), "changed", G_CALLBACK (recent_cb), self,
                           G_CONNECT_SWAPPED);
  recent_cb (self);
}
