/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/keys-page.h"

#include "ui/base/keymap.h"
#include "ui/base/settings.h"
#include "ui/window/key-dialog.h"

#include <glib/gi18n.h>

struct _SagUiKeysPage
{
  AdwPreferencesPage parent;

  SagUiKeymap *keymap;
  AdwComboRow *map;
  GtkWidget   *reset;
  GPtrArray   *rows; /* the widget of each row of the table */
};

G_DEFINE_FINAL_TYPE (SagUiKeysPage, sag_ui_keys_page, ADW_TYPE_PREFERENCES_PAGE)

static GtkWidget *
create_keys (char **keys)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (gsize i = 0; keys[i] != NULL; i++)
    {
      GtkWidget *label = gtk_shortcut_label_new (keys[i]);

      gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), label);
    }
  if (keys[0] == NULL)
    {
      GtkWidget *label = gtk_label_new (C_ ("key", "none"));

      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (box), label);
    }
  return box;
}

static void
update_row (SagUiKeysPage *self, gsize index)
{
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);
  AdwActionRow      *widget = self->rows->pdata[index];
  g_auto (GStrv) keys = sag_ui_keymap_dup_keys (self->keymap, rows[index].action);
  GtkWidget *old = g_object_get_data (G_OBJECT (widget), "keys");
  GtkWidget *shown = create_keys (keys);

  if (old != NULL)
    adw_action_row_remove (widget, old);
  adw_action_row_add_suffix (widget, shown);
  g_object_set_data (G_OBJECT (widget), "keys", shown);
  adw_action_row_set_subtitle (
    widget, sag_ui_keymap_is_custom (self->keymap, rows[index].action) ? _ ("Chosen by you") : "");
}

static void
update (SagUiKeysPage *self)
{
  gboolean           any = FALSE;
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);

  for (gsize i = 0; i < n; i++)
    {
      update_row (self, i);
      any |= sag_ui_keymap_is_custom (self->keymap, rows[i].action);
    }
  gtk_widget_set_sensitive (self->reset, any);
}

static void
activated_cb (AdwActionRow *widget, SagUiKeysPage *self)
{
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);
  guint              index;

  if (g_ptr_array_find (self->rows, widget, &index))
    sag_ui_key_dialog_present (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->keymap,
                               &rows[index]);
}

static void
reset_cb (SagUiKeysPage *self)
{
  sag_ui_keymap_reset (self->keymap, NULL);
}

static void
map_cb (SagUiKeysPage *self)
{
  g_settings_set_enum (sag_ui_settings_get (), "keymap",
                       (int) adw_combo_row_get_selected (self->map));
}

static AdwPreferencesGroup *
add_group (SagUiKeysPage *self, const char *title)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), group);
  return group;
}

static void
add_map (SagUiKeysPage *self)
{
  const char *const    names[] = { "PACS", "ITK-SNAP", NULL };
  AdwPreferencesGroup *group = add_group (self, "");
  g_autoptr (GtkStringList) model = gtk_string_list_new (names);

  self->map = ADW_COMBO_ROW (adw_combo_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->map), _ ("Keys as in"));
  adw_combo_row_set_model (self->map, G_LIST_MODEL (model));
  adw_combo_row_set_selected (self->map,
                              (guint) g_settings_get_enum (sag_ui_settings_get (), "keymap"));
  g_signal_connect_swapped (self->map, "notify::selected", G_CALLBACK (map_cb), self);
  adw_preferences_group_add (group, GTK_WIDGET (self->map));

  self->reset = gtk_button_new_with_label (_ ("Reset All"));
  gtk_widget_set_tooltip_text (self->reset, _ ("Forget every key that you chose"));
  gtk_widget_set_valign (self->reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->reset, "flat");
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (reset_cb), self);
  adw_preferences_group_set_header_suffix (group, self->reset);
  adw_preferences_group_set_description (group, _ ("Choose a row to give it another key."));
}

static void
add_rows (SagUiKeysPage *self)
{
  AdwPreferencesGroup *group = NULL;
  const char          *title = NULL;
  gsize                n;
  const SagUiKeyRow   *rows = sag_ui_key_rows (&n);

  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *widget = adw_action_row_new ();

      if (g_strcmp0 (title, rows[i].group) != 0)
        group = add_group (self, _ (rows[i].group));
      title = rows[i].group;
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (widget), _ (rows[i].title));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (widget), TRUE);
      g_signal_connect (widget, "activated", G_CALLBACK (activated_cb), self);
      adw_preferences_group_add (group, widget);
      g_ptr_array_add (self->rows, widget);
    }
}

static void
sag_ui_keys_page_finalize (GObject *object)
{
  g_ptr_array_unref (SAG_UI_KEYS_PAGE (object)->rows);
  G_OBJECT_CLASS (sag_ui_keys_page_parent_class)->finalize (object);
}

static void
sag_ui_keys_page_class_init (SagUiKeysPageClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_keys_page_finalize;
}

static void
sag_ui_keys_page_init (SagUiKeysPage *self)
{
  self->keymap = sag_ui_keymap_get_default ();
  self->rows = g_ptr_array_new ();
  add_map (self);
  add_rows (self);
  g_signal_connect_object (self->keymap, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
