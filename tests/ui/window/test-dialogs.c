/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/support.h"
#include "ui/base/progress.h"
#include "ui/base/settings.h"
#include "ui/case/loss.h"
#include "ui/window/about.h"
#include "ui/window/key-dialog.h"
#include "ui/window/keys-page.h"
#include "ui/window/keys.h"
#include "ui/window/preferences.h"

#include <string.h>

static const SagUiKeyRow *
get_row (const char *action)
{
  gsize              n;
  const SagUiKeyRow *rows = sag_ui_key_rows (&n);

  for (gsize i = 0; i < n; i++)
    if (g_str_equal (rows[i].action, action))
      return &rows[i];
  g_assert_not_reached ();
}

/* The window that came last. */
static GtkWindow *
get_dialog (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }
  return NULL;
}

static void
keep_picture (GtkWindow *window, const char *name)
{
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  sag_test_ui_settle ();
  cairo_surface_destroy (sag_test_ui_picture (GTK_WIDGET (window), name));
}

static void
test_keys (void)
{
  GtkWindow *window = sag_ui_keys_new ();

  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (window));
  gtk_window_present (window);
  keep_picture (window, "keys");
  gtk_window_destroy (window);
}

static void
test_preferences (void)
{
  GtkWindow   *window;
  AdwComboRow *theme;

  sag_ui_preferences_present (NULL);
  window = get_dialog (SAG_UI_TYPE_PREFERENCES);
  keep_picture (window, "preferences");
  theme = ADW_COMBO_ROW (sag_test_ui_find_type (GTK_WIDGET (window), ADW_TYPE_COMBO_ROW));
  g_assert_cmpuint (adw_combo_row_get_selected (theme), ==, SAG_UI_THEME_DARK);
  adw_combo_row_set_selected (theme, SAG_UI_THEME_LIGHT);
  g_assert_cmpint (g_settings_get_enum (sag_ui_settings_get (), "theme"), ==, SAG_UI_THEME_LIGHT);
  g_settings_set_string (sag_ui_settings_get (), "theme", "system");
  g_assert_cmpuint (adw_combo_row_get_selected (theme), ==, SAG_UI_THEME_SYSTEM);
  g_settings_reset (sag_ui_settings_get (), "theme");
  gtk_window_destroy (window);
}

static gboolean
is_titled (GtkWidget *row, gconstpointer title)
{
  return g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), title);
}

static void
gone_on_cb (gboolean keep, gpointer user_data)
{
  *(int *) user_data = keep ? 2 : 1;
}

/* What would be lost is asked about; Escape keeps it. */
static void
test_loss (void)
{
  GtkWidget *parent = gtk_window_new ();
  GtkWindow *dialog;
  int        answer = 0;

  gtk_window_set_default_size (GTK_WINDOW (parent), 900, 600);
  gtk_window_present (GTK_WINDOW (parent));
  sag_ui_loss_ask (parent,
                   "The masks of chest-0007 are neither in a project nor in files.\n"
                   "3 labels of chest-0007 are in no project.\n"
                   "Masks or labels of 2 scans that are not open are in no project.",
                   TRUE, gone_on_cb, &answer, NULL);
  dialog = get_dialog (ADW_TYPE_MESSAGE_DIALOG);
  keep_picture (dialog, "loss");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  sag_test_ui_settle ();
  g_assert_cmpint (answer, ==, 0);
  sag_ui_loss_ask (parent, "The masks of chest-0007 are neither in a project nor in files.", TRUE,
                   gone_on_cb, &answer, NULL);
  dialog = get_dialog (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_assert_cmpint (answer, ==, 2);
  sag_test_ui_settle ();
  gtk_window_destroy (GTK_WINDOW (parent));
}

static gboolean
is_any (GtkWidget *widget, gconstpointer data)
{
  return TRUE;
}

/* How far it is, and how to stop it. */
static void
test_progress (void)
{
  GtkWidget *parent = gtk_window_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SagUiProgress *progress;
  GtkWindow     *dialog;
  GtkWidget     *bar;

  gtk_window_set_default_size (GTK_WINDOW (parent), 900, 600);
  gtk_window_present (GTK_WINDOW (parent));
  progress = sag_ui_progress_new (GTK_WINDOW (parent), "Adding Scans…", cancellable);
  sag_ui_progress_set (progress, 0.3, "37 of 120 files");
  sag_test_ui_until ((dialog = get_dialog (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  bar = sag_test_ui_find (GTK_WIDGET (dialog), GTK_TYPE_PROGRESS_BAR, is_any, NULL);
  g_assert_cmpstr (gtk_progress_bar_get_text (GTK_PROGRESS_BAR (bar)), ==, "37 of 120 files");
  keep_picture (dialog, "progress");
  sag_ui_progress_set (progress, 0.6, NULL);
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), 0.6,
                                  1e-6);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  sag_test_ui_settle ();
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  sag_ui_progress_free (progress);
  gtk_window_destroy (GTK_WINDOW (parent));
}

/* What the command line says is not to be changed. */
static void
test_command_line (void)
{
  GtkWindow *window;
  GtkWidget *precision;

  sag_ui_settings_override ("precision");
  sag_ui_preferences_present (NULL);
  window = get_dialog (SAG_UI_TYPE_PREFERENCES);
  precision =
    sag_test_ui_find (GTK_WIDGET (window), ADW_TYPE_COMBO_ROW, is_titled, "GPU Precision");
  g_assert_false (gtk_widget_get_sensitive (precision));
  g_assert_true (gtk_widget_get_sensitive (
    sag_test_ui_find (GTK_WIDGET (window), ADW_TYPE_COMBO_ROW, is_titled, "Computes on")));
  adw_preferences_window_set_visible_page (
    ADW_PREFERENCES_WINDOW (window),
    ADW_PREFERENCES_PAGE (gtk_widget_get_ancestor (precision, ADW_TYPE_PREFERENCES_PAGE)));
  keep_picture (window, "preferences-command-line");
  gtk_window_destroy (window);
}

/* What a GPU computes in is a choice by name, too. */
static void
test_precision (void)
{
  GtkWindow   *window;
  AdwComboRow *precision;

  sag_ui_preferences_present (NULL);
  window = get_dialog (SAG_UI_TYPE_PREFERENCES);
  precision = ADW_COMBO_ROW (
    sag_test_ui_find (GTK_WIDGET (window), ADW_TYPE_COMBO_ROW, is_titled, "GPU Precision"));
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (window),
                                           ADW_PREFERENCES_PAGE (gtk_widget_get_ancestor (
                                             GTK_WIDGET (precision), ADW_TYPE_PREFERENCES_PAGE)));
  keep_picture (window, "preferences-engine");
  g_assert_cmpuint (adw_combo_row_get_selected (precision), ==, 0);
  adw_combo_row_set_selected (precision, 1);
  {
    g_autofree char *name = g_settings_get_string (sag_ui_settings_get (), "precision");

    g_assert_cmpstr (name, ==, "fast");
  }
  g_assert_true (gtk_widget_get_sensitive (GTK_WIDGET (precision)));
  g_settings_reset (sag_ui_settings_get (), "precision");
  g_assert_cmpuint (adw_combo_row_get_selected (precision), ==, 0);
  gtk_window_destroy (window);
}

static char *
dup_key (const char *action)
{
  return sag_ui_keymap_dup_label (sag_ui_keymap_get_default (), action);
}

static SagUiKeyDialog *
ask_for_key (const char *action)
{
  sag_ui_key_dialog_present (NULL, sag_ui_keymap_get_default (), get_row (action));
  return SAG_UI_KEY_DIALOG (get_dialog (SAG_UI_TYPE_KEY_DIALOG));
}

static void
respond (SagUiKeyDialog *dialog, const char *response)
{
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_rebind (void)
{
  SagUiKeyDialog   *dialog = ask_for_key ("win.open");
  AdwMessageDialog *shown = ADW_MESSAGE_DIALOG (dialog);
  g_autofree char  *free_key = NULL;
  g_autofree char  *taken_key = NULL;
  g_autofree char  *lost_key = NULL;

  g_assert_false (adw_message_dialog_get_response_enabled (shown, "set"));
  g_assert_false (sag_ui_key_dialog_press (dialog, GDK_KEY_Tab, 0));
  g_assert_true (sag_ui_key_dialog_press (dialog, GDK_KEY_F12, 0));
  g_assert_cmpstr (adw_message_dialog_get_body (shown), ==, "F12");
  keep_picture (GTK_WINDOW (dialog), "key");
  respond (dialog, "set");
  free_key = dup_key ("win.open");
  g_assert_cmpstr (free_key, ==, "F12");

  dialog = ask_for_key ("win.open");
  shown = ADW_MESSAGE_DIALOG (dialog);
  g_assert_true (sag_ui_key_dialog_press (dialog, GDK_KEY_d, GDK_CONTROL_MASK));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (shown), "Try the demo case"));
  keep_picture (GTK_WINDOW (dialog), "key-taken");
  respond (dialog, "set");
  taken_key = dup_key ("win.open");
  lost_key = dup_key ("win.demo");
  g_assert_cmpstr (taken_key, ==, "Ctrl+D");
  g_assert_null (lost_key);
}

static void
test_rebind_back (void)
{
  SagUiKeyDialog  *dialog = ask_for_key ("win.open");
  g_autofree char *key = NULL;
  g_autofree char *none = NULL;
  g_autofree char *kept = NULL;

  g_assert_true (sag_ui_key_dialog_press (dialog, GDK_KEY_F12, 0));
  respond (dialog, "cancel");
  kept = dup_key ("win.open");
  g_assert_cmpstr (kept, ==, "Ctrl+D");
  respond (ask_for_key ("win.open"), "none");
  none = dup_key ("win.open");
  g_assert_null (none);
  respond (ask_for_key ("win.open"), "reset");
  key = dup_key ("win.open");
  g_assert_cmpstr (key, ==, "Ctrl+O");
  sag_ui_keymap_reset (sag_ui_keymap_get_default (), NULL);
}

static void
test_about (void)
{
  GtkWindow *window;

  sag_ui_about_present (NULL);
  window = get_dialog (ADW_TYPE_ABOUT_WINDOW);
  g_assert_nonnull (
    strstr (adw_about_window_get_comments (ADW_ABOUT_WINDOW (window)), "not a medical device"));
  keep_picture (window, "about");
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  g_test_add_func ("/ui/window/dialogs/keys", test_keys);
  g_test_add_func ("/ui/window/dialogs/preferences", test_preferences);
  g_test_add_func ("/ui/window/dialogs/precision", test_precision);
  g_test_add_func ("/ui/window/dialogs/command-line", test_command_line);
  g_test_add_func ("/ui/window/dialogs/loss", test_loss);
  g_test_add_func ("/ui/window/dialogs/progress", test_progress);
  g_test_add_func ("/ui/window/dialogs/rebind", test_rebind);
  g_test_add_func ("/ui/window/dialogs/rebind-back", test_rebind_back);
  g_test_add_func ("/ui/window/dialogs/about", test_about);
  return g_test_run ();
}
