/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/support.h"
#include "ui/base/keymap.h"
#include "ui/base/settings.h"

static void
reset (void)
{
  g_settings_reset (sag_ui_settings_get (), "keys");
  g_settings_reset (sag_ui_settings_get (), "keymap");
}

/* The first of an action's keys. */
static void
assert_key (SagUiKeymap *keymap, const char *action, const char *expected)
{
  g_auto (GStrv) keys = sag_ui_keymap_dup_keys (keymap, action);

  g_assert_cmpstr (keys[0], ==, expected);
}

/* In neither map has a key two actions, and every key is one. */
static void
test_table (void)
{
  g_autoptr (SagUiKeymap) keymap = sag_ui_keymap_new (sag_ui_settings_get ());
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);

  for (int map = 0; map < 2; map++)
    {
      g_settings_set_enum (sag_ui_settings_get (), "keymap", map);
      for (gsize i = 0; i < n; i++)
        {
          g_auto (GStrv) keys = sag_ui_keymap_dup_keys (keymap, rows[i].action);
          g_autofree char *name = NULL;
          g_autoptr (GVariant) target = NULL;

          g_assert_true (g_action_parse_detailed_name (rows[i].action, &name, &target, NULL));
          for (gsize k = 0; keys[k] != NULL; k++)
            {
              const SagUiKeyRow *other = sag_ui_keymap_find (keymap, keys[k], rows[i].action);

              g_assert_true (gtk_accelerator_parse (keys[k], NULL, NULL));
              if (other != NULL)
                g_error ("%s is the key of %s and %s", keys[k], rows[i].action, other->action);
            }
        }
    }
  reset ();
}

static void
test_maps (void)
{
  g_autoptr (SagUiKeymap) keymap = sag_ui_keymap_new (sag_ui_settings_get ());
  g_auto (GStrv) keys = NULL;

  assert_key (keymap, "win.open", "<Control>o");
  g_settings_set_string (sag_ui_settings_get (), "keymap", "itk-snap");
  keys = sag_ui_keymap_dup_keys (keymap, "win.open");
  g_assert_cmpuint (g_strv_length (keys), ==, 2);
  g_assert_cmpstr (keys[1], ==, "<Control>g");
  g_assert_null (sag_ui_keymap_dup_label (keymap, "win.nothing"));
  reset ();
}

static void
test_chosen (void)
{
  g_autoptr (SagUiKeymap) keymap = sag_ui_keymap_new (sag_ui_settings_get ());
  const char *const  taken[] = { "<Control>d", NULL };
  const char *const  none[] = { NULL };
  const SagUiKeyRow *row = sag_ui_keymap_find (keymap, "<Control>d", "win.open");

  g_assert_cmpstr (row->action, ==, "win.demo");
  sag_ui_keymap_set_keys (keymap, "win.open", taken);
  assert_key (keymap, "win.open", "<Control>d");
  assert_key (keymap, "win.demo", NULL);
  g_assert_true (sag_ui_keymap_is_custom (keymap, "win.open"));
  g_assert_null (sag_ui_keymap_find (keymap, "<Control>d", "win.open"));
  sag_ui_keymap_reset (keymap, "win.open");
  assert_key (keymap, "win.open", "<Control>o");
  assert_key (keymap, "win.demo", NULL);
  sag_ui_keymap_reset (keymap, NULL);
  assert_key (keymap, "win.demo", "<Control>d");
  sag_ui_keymap_set_keys (keymap, "win.demo", none);
  assert_key (keymap, "win.demo", NULL);
  reset ();
}

/* One of two keys is taken: the other stays. */
static void
test_one_of_two (void)
{
  g_autoptr (SagUiKeymap) keymap = sag_ui_keymap_new (sag_ui_settings_get ());
  const char *const taken[] = { "question", NULL };

  sag_ui_keymap_set_keys (keymap, "win.open", taken);
  assert_key (keymap, "win.show-keys", "<Control>question");
  reset ();
}

static void
assert_accelerator (guint keyval, GdkModifierType state, const char *expected)
{
  g_autofree char *name = sag_ui_keymap_dup_accelerator (keyval, state);

  g_assert_cmpstr (name, ==, expected);
}

/* What a key is called does not depend on how a keyboard makes it. */
static void
test_pressed (void)
{
  g_autoptr (SagUiKeymap) keymap = sag_ui_keymap_new (sag_ui_settings_get ());

  assert_accelerator (GDK_KEY_slash, GDK_SHIFT_MASK, "slash"); /* German: Shift+7 */
  assert_accelerator (GDK_KEY_A, GDK_SHIFT_MASK, "<Shift>a");
  assert_accelerator (GDK_KEY_A, GDK_LOCK_MASK, "<Shift>a");
  assert_accelerator (GDK_KEY_Up, GDK_SHIFT_MASK, "<Shift>Up");
  assert_accelerator (GDK_KEY_o, GDK_CONTROL_MASK, "<Control>o");
  assert_accelerator (GDK_KEY_Shift_L, 0, NULL);
  assert_accelerator (GDK_KEY_Tab, 0, NULL);
  assert_accelerator (GDK_KEY_Escape, 0, NULL);
  g_assert_true (sag_ui_keymap_matches (keymap, "win.show-keys", GDK_KEY_question, GDK_SHIFT_MASK));
  g_assert_true (sag_ui_keymap_matches (keymap, "win.open", GDK_KEY_o, GDK_CONTROL_MASK));
  g_assert_false (sag_ui_keymap_matches (keymap, "win.open", GDK_KEY_o, 0));
}

/* Does what the window does when the key arrives there; FALSE if no action took it. */
static gboolean
press (GtkWidget *window, const char *accelerator)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (window);
  g_autoptr (GtkShortcutTrigger) wanted = gtk_shortcut_trigger_parse_string (accelerator);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) one = g_list_model_get_item (controllers, i);

      if (g_strcmp0 (gtk_event_controller_get_name (one), "sag-ui-keys") != 0)
        continue;
      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (one)); k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (one), k);

          if (gtk_shortcut_trigger_equal (gtk_shortcut_get_trigger (shortcut), wanted) &&
              gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, window, NULL))
            return TRUE;
        }
    }
  return FALSE;
}

static void
count_cb (GSimpleAction *action, GVariant *parameter, gpointer n)
{
  ++*(guint *) n;
}

static void
test_text_first (void)
{
  const GActionEntry entries[] = { { .name = "show-keys", .activate = count_cb },
                                   { .name = "focus-views", .activate = count_cb },
                                   { .name = "open", .activate = count_cb } };
  g_autoptr (SagUiKeymap) keymap = sag_ui_keymap_new (sag_ui_settings_get ());
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *entry = gtk_entry_new ();
  GtkWidget *button = gtk_button_new_with_label ("x");
  GtkWindow *window;
  guint      n = 0;

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), &n);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), button);
  window = sag_test_ui_show (box, 200, 100);
  gtk_widget_insert_action_group (GTK_WIDGET (window), "win", G_ACTION_GROUP (group));
  sag_ui_keymap_install (keymap, GTK_WIDGET (window));
  gtk_widget_grab_focus (entry);
  g_assert_false (press (GTK_WIDGET (window), "question")); /* a letter for the text */
  g_assert_true (press (GTK_WIDGET (window), "Escape"));
  g_assert_true (press (GTK_WIDGET (window), "<Control>o"));
  g_assert_cmpuint (n, ==, 2);
  gtk_widget_grab_focus (button);
  g_assert_true (press (GTK_WIDGET (window), "question"));
  g_assert_cmpuint (n, ==, 3);

  g_settings_set_string (sag_ui_settings_get (), "keymap", "itk-snap");
  g_assert_true (press (GTK_WIDGET (window), "<Control>g"));
  reset ();
  g_assert_false (press (GTK_WIDGET (window), "<Control>g"));
  gtk_window_destroy (window);
}

static void
test_shown (void)
{
  SagUiKeymap      *keymap = sag_ui_keymap_get_default ();
  const char *const keys[] = { "<Control>j", NULL };
  g_autoptr (GtkWidget) button = g_object_ref_sink (gtk_button_new ());
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuModel) copy = NULL;
  g_autofree char *accel = NULL;

  sag_ui_keymap_set_tooltip (button, "Open scans", "win.open");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Open scans (Ctrl+O)");
  sag_ui_keymap_set_keys (keymap, "win.open", keys);
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Open scans (Ctrl+J)");
  g_menu_append (menu, "Open", "win.open");
  copy = sag_ui_keymap_dup_menu (keymap, G_MENU_MODEL (menu));
  g_assert_true (g_menu_model_get_item_attribute (copy, 0, "accel", "s", &accel));
  g_assert_cmpstr (accel, ==, "<Control>j");
  reset ();
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/base/keymap/table", test_table);
  g_test_add_func ("/ui/base/keymap/maps", test_maps);
  g_test_add_func ("/ui/base/keymap/chosen", test_chosen);
  g_test_add_func ("/ui/base/keymap/one-of-two", test_one_of_two);
  g_test_add_func ("/ui/base/keymap/pressed", test_pressed);
  g_test_add_func ("/ui/base/keymap/text-first", test_text_first);
  g_test_add_func ("/ui/base/keymap/shown", test_shown);
  return g_test_run ();
}
