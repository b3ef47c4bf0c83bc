/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/keymap.h"

#include <glib/gi18n.h>

#define CONTROLLER "sag-ui-keys"

/* Text is being edited, and this key would write, or move in it. */
static gboolean
belongs_to_text (GtkWidget *window, guint keyval, GdkModifierType modifiers)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));

  if (focus == NULL || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  if (!GTK_IS_EDITABLE (focus) && !GTK_IS_TEXT_VIEW (focus))
    return FALSE;
  return !(keyval == GDK_KEY_Escape || (keyval >= GDK_KEY_F1 && keyval <= GDK_KEY_F35));
}

/* One key of one action. */
typedef struct
{
  char           *name;
  GVariant       *target;
  guint           keyval;
  GdkModifierType modifiers;
} Key;

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->name);
  g_clear_pointer (&key->target, g_variant_unref);
  g_free (key);
}

static gboolean
key_cb (GtkWidget *window, GVariant *arguments, gpointer user_data)
{
  Key       *key = user_data;
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (window));

  if (belongs_to_text (window, key->keyval, key->modifiers))
    return FALSE;
  return gtk_widget_activate_action_variant (focus != NULL ? focus : window, key->name,
                                             key->target);
}

static void
add_key (GtkShortcutController *controller, const char *action, const char *accelerator)
{
  g_autoptr (GError) error = NULL;
  Key *key = g_new0 (Key, 1);

  if (!g_action_parse_detailed_name (action, &key->name, &key->target, &error) ||
      !gtk_accelerator_parse (accelerator, &key->keyval, &key->modifiers))
    {
      g_warning ("%s has no key \"%s\"", action, accelerator);
      key_free (key);
      return;
    }
  gtk_shortcut_controller_add_shortcut (
    controller, gtk_shortcut_new (gtk_keyval_trigger_new (key->keyval, key->modifiers),
                                  gtk_callback_action_new (key_cb, key, key_free)));
}

static void
fill (SagUiKeymap *self, GtkShortcutController *controller)
{
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);

  for (gsize i = 0; i < n; i++)
    {
      g_auto (GStrv) keys = sag_ui_keymap_dup_keys (self, rows[i].action);

      for (gsize k = 0; !rows[i].held && keys[k] != NULL; k++)
        add_key (controller, rows[i].action, keys[k]);
    }
}

/* A new controller each time: a list model of shortcuts would be longer than this. */
static void
install (SagUiKeymap *self, GtkWidget *window)
{
  GtkEventController *old = g_object_get_data (G_OBJECT (window), CONTROLLER);
  GtkEventController *controller = gtk_shortcut_controller_new ();

  if (old != NULL)
    gtk_widget_remove_controller (window, old);
  gtk_event_controller_set_name (controller, CONTROLLER);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_BUBBLE);
  fill (self, GTK_SHORTCUT_CONTROLLER (controller));
  g_object_set_data (G_OBJECT (window), CONTROLLER, controller);
  gtk_widget_add_controller (window, controller);
}

static void
changed_cb (SagUiKeymap *self, gpointer window)
{
  install (self, window);
}

void
sag_ui_keymap_install (SagUiKeymap *self, GtkWidget *window)
{
  install (self, window);
  g_signal_connect_object (self, "changed", G_CALLBACK (changed_cb), window, 0);
}

static void
tooltip_cb (SagUiKeymap *self, gpointer widget)
{
  const char      *text = g_object_get_data (widget, "sag-ui-tooltip");
  const char      *action = g_object_get_data (widget, "sag-ui-action");
  g_autofree char *label = sag_ui_keymap_dup_label (self, action);
  g_autofree char *both = NULL;

  if (label != NULL)
    /* Translators: what a control does, then its key. */
    both = g_strdup_printf (_ ("%s (%s)"), text, label);
  gtk_widget_set_tooltip_text (widget, both != NULL ? both : text);
}

void
sag_ui_keymap_set_tooltip (GtkWidget *widget, const char *text, const char *action)
{
  SagUiKeymap *self = sag_ui_keymap_get_default ();
  gboolean     is_new = g_object_get_data (G_OBJECT (widget), "sag-ui-tooltip") == NULL;

  g_object_set_data_full (G_OBJECT (widget), "sag-ui-tooltip", g_strdup (text), g_free);
  g_object_set_data_full (G_OBJECT (widget), "sag-ui-action", g_strdup (action), g_free);
  tooltip_cb (self, widget);
  if (is_new)
    g_signal_connect_object (self, "changed", G_CALLBACK (tooltip_cb), widget, 0);
}

static void
show_key (SagUiKeymap *self, GMenuItem *item)
{
  g_autofree char *name = NULL;
  g_autofree char *detailed = NULL;
  g_autoptr (GVariant) target = g_menu_item_get_attribute_value (item, "target", NULL);
  g_auto (GStrv) keys = NULL;

  if (!g_menu_item_get_attribute (item, "action", "s", &name))
    return;
  detailed = g_action_print_detailed_name (name, target);
  keys = sag_ui_keymap_dup_keys (self, detailed);
  if (keys[0] != NULL)
    g_menu_item_set_attribute (item, "accel", "s", keys[0]);
}

static void
copy_link (SagUiKeymap *self, GMenuModel *menu, int index, const char *link, GMenuItem *item)
{
  g_autoptr (GMenuModel) child = g_menu_model_get_item_link (menu, index, link);
  g_autoptr (GMenuModel) copy = NULL;

  if (child == NULL)
    return;
  copy = sag_ui_keymap_dup_menu (self, child);
  g_menu_item_set_link (item, link, copy);
}

GMenuModel *
sag_ui_keymap_dup_menu (SagUiKeymap *self, GMenuModel *menu)
{
  GMenu *copy = g_menu_new ();
  int    n = g_menu_model_get_n_items (menu);

  for (int i = 0; i < n; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new_from_model (menu, i);

      show_key (self, item);
      copy_link (self, menu, i, G_MENU_LINK_SECTION, item);
      copy_link (self, menu, i, G_MENU_LINK_SUBMENU, item);
      g_menu_append_item (copy, item);
    }
  return G_MENU_MODEL (copy);
}
