/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/support.h"
#include "ui/base/settings.h"
#include "ui/case/recent.h"
#include "ui/window/window-private.h"

#include <string.h>

typedef struct
{
  char        *folder;
  SagUiEngine *engine;
  SagUiWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  fixture->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  fixture->window = sag_ui_window_new (NULL, fixture->engine);
  gtk_window_present (GTK_WINDOW (fixture->window));
  sag_test_ui_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
  sag_test_ui_settle ();
}

static void
close_window (Fixture *fixture)
{
  gpointer watched = fixture->window;

  g_object_add_weak_pointer (G_OBJECT (fixture->window), &watched);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fixture->window = NULL;
  sag_test_ui_until (watched == NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    close_window (fixture);
  sag_ui_engine_close (fixture->engine);
  g_object_unref (fixture->engine);
  sag_test_remove_folder (fixture->folder);
  sag_ui_recent_clear (sag_ui_recent_get_default ());
}

static SagUiCase *
get_case (Fixture *fixture)
{
  return sag_ui_session_get_case (fixture->window->session);
}

static guint
get_n (Fixture *fixture)
{
  return g_list_model_get_n_items (
    G_LIST_MODEL (sag_ui_session_get_cases (fixture->window->session)));
}

static gboolean
is_ready (Fixture *fixture, const char *name)
{
  SagUiCase *one = get_case (fixture);

  return one != NULL && sag_ui_case_get_state (one) == SAG_UI_CASE_READY &&
         g_str_equal (sag_ui_case_get_name (one), name);
}

static void
activate (Fixture *fixture, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), action, NULL);
}

static const char *
get_page (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (fixture->window->stack);
}

static void
open_scan (Fixture *fixture, const char *name, double spacing_mm)
{
  g_autoptr (GFile) file = sag_test_ui_scan (fixture->folder, name, spacing_mm);

  sag_ui_window_open (fixture->window, &file, 1);
}

static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) recent = NULL;
  cairo_surface_t *picture;

  g_assert_cmpstr (get_page (fixture), ==, "welcome");
  g_assert_false (gtk_widget_get_visible (fixture->window->cases_button));
  picture = sag_test_ui_picture (GTK_WIDGET (fixture->window), "welcome");
  cairo_surface_destroy (picture);
  open_scan (fixture, "one", 8);
  sag_test_ui_until (is_ready (fixture, "one"));
  g_assert_cmpstr (get_page (fixture), ==, "work");
  g_assert_cmpstr (adw_window_title_get_title (fixture->window->title), ==, "one");
  g_assert_cmpstr (adw_window_title_get_subtitle (fixture->window->title), ==,
                   "52 × 40 × 42, 8.00 × 8.00 × 8.00 mm");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==, "one – Sagitta");
  g_assert_null (sag_ui_banner_get_text (fixture->window->trouble));
  recent = sag_ui_recent_dup_files (sag_ui_recent_get_default ());
  g_assert_cmpuint (recent->len, ==, 1);
  sag_test_ui_until (gtk_widget_is_sensitive (
    sag_test_ui_find_type (GTK_WIDGET (fixture->window->views), GTK_TYPE_SCALE)));
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (fixture->window), "work");
  cairo_surface_destroy (picture);
}

/* Whatever fails leaves the open case, and says so until it is put away. */
static void
test_bad (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) cut = sag_test_ui_cut_scan (fixture->folder, "cut");
  g_autoptr (GFile) text = sag_test_ui_text (fixture->folder, "text.nii", "hello");
  g_autoptr (GFile) missing = g_file_new_build_filename (fixture->folder, "missing.nii", NULL);
  g_autoptr (GFile) empty = g_file_new_build_filename (fixture->folder, "empty", NULL);
  GFile           *files[] = { cut, text, missing, empty };
  const char      *names[] = { "cut.nii.gz", "text.nii", "missing.nii", "empty" };
  const char      *said;
  cairo_surface_t *picture;
  g_autoptr (SagVolume) volume = NULL;

  g_assert_true (g_file_make_directory (empty, NULL, NULL));
  open_scan (fixture, "good", 8);
  sag_test_ui_until (is_ready (fixture, "good"));
  volume = sag_volume_ref (sag_ui_case_get_volume (get_case (fixture)));
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      sag_ui_window_open (fixture->window, &files[i], 1);
      sag_test_ui_until ((said = sag_ui_banner_get_text (fixture->window->trouble)) != NULL &&
                         strstr (said, names[i]) != NULL);
      sag_test_ui_until (is_ready (fixture, "good"));
      g_assert_true (sag_ui_case_get_volume (get_case (fixture)) == volume);
      g_assert_cmpuint (get_n (fixture), ==, 1);
    }
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (fixture->window), "trouble");
  cairo_surface_destroy (picture);
  g_signal_emit_by_name (
    sag_test_ui_find_type (GTK_WIDGET (fixture->window->trouble), GTK_TYPE_BUTTON),
    "clicked"); /* copies */
  g_assert_nonnull (sag_ui_banner_get_text (fixture->window->trouble));
}

static void
test_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);
  G_GNUC_UNUSED g_autoptr (GFile) b = sag_test_ui_scan (fixture->folder, "b", 8);
  G_GNUC_UNUSED g_autoptr (GFile) a = sag_test_ui_scan (fixture->folder, "a", 8);

  sag_ui_window_open (fixture->window, &folder, 1);
  sag_test_ui_until (is_ready (fixture, "a"));
  g_assert_cmpuint (get_n (fixture), ==, 2);
  activate (fixture, "next-case");
  sag_test_ui_until (is_ready (fixture, "b"));
  g_assert_false (
    g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "next-case"));
  activate (fixture, "previous-case");
  g_assert_true (is_ready (fixture, "a"));
}

static void
test_close_case (Fixture *fixture, gconstpointer data)
{
  open_scan (fixture, "one", 8);
  sag_test_ui_until (is_ready (fixture, "one"));
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "undo"));
  activate (fixture, "close-case");
  g_assert_null (get_case (fixture));
  g_assert_cmpstr (get_page (fixture), ==, "welcome");
  g_assert_nonnull (fixture->window->undo_toast);
  activate (fixture, "undo");
  sag_test_ui_until (is_ready (fixture, "one"));
  g_assert_cmpstr (get_page (fixture), ==, "work");
}

static void
test_cancel_reading (Fixture *fixture, gconstpointer data)
{
  open_scan (fixture, "one", 8);
  sag_test_ui_until (is_ready (fixture, "one"));
  open_scan (fixture, "large", 3);
  sag_test_ui_until (get_n (fixture) == 2);
  activate (fixture, "cancel-reading");
  g_assert_cmpuint (get_n (fixture), ==, 1);
  g_assert_true (is_ready (fixture, "one"));
}

/* The window goes while a scan is read, while folders are looked through, while the demo is made. */
static void
test_close_while_busy (Fixture *fixture, gconstpointer data)
{
  open_scan (fixture, "one", 3);
  sag_test_ui_until (get_case (fixture) != NULL);
  close_window (fixture);

  fixture->window = sag_ui_window_new (NULL, fixture->engine);
  open_scan (fixture, "two", 8);
  activate (fixture, "demo");
  close_window (fixture);
  for (int i = 0; i < 50; i++)
    sag_test_ui_turn (G_MAXINT64);
}

static guint
get_n_results (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_results (get_case (fixture))));
}

static void
test_demo (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) recent = NULL;

  activate (fixture, "demo");
  sag_test_ui_until (is_ready (fixture, "Demo phantom"));
  g_assert_cmpuint (get_n_results (fixture), ==, 3);
  recent = sag_ui_recent_dup_files (sag_ui_recent_get_default ());
  g_assert_cmpuint (recent->len, ==, 0);
  activate (fixture, "demo"); /* it is there already */
  for (int i = 0; i < 20; i++)
    sag_test_ui_turn (G_MAXINT64);
  g_assert_cmpuint (get_n (fixture), ==, 1);
  g_assert_cmpuint (get_n_results (fixture), ==, 3);
}

static void
test_oddities (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = sag_test_shared ("data/nifti-odd/nibabel/example4d.nii.gz");
  g_autoptr (GFile) odd = NULL;

  if (path == NULL)
    return;
  odd = g_file_new_for_path (path);
  sag_ui_window_open (fixture->window, &odd, 1);
  sag_test_ui_until (is_ready (fixture, "example4d"));
  g_assert_nonnull (strstr (sag_ui_banner_get_text (fixture->window->oddities), "2 volumes"));
  g_signal_emit_by_name (fixture->window->oddities, "dismissed");
  open_scan (fixture, "plain", 8);
  sag_test_ui_until (is_ready (fixture, "plain"));
  g_assert_null (sag_ui_banner_get_text (fixture->window->oddities));
  activate (fixture, "previous-case");
  sag_test_ui_until (is_ready (fixture, "example4d"));
  g_assert_null (sag_ui_banner_get_text (fixture->window->oddities));
}

/* With little room the cases fold away first; that changes no setting. */
static void
test_folds (Fixture *fixture, gconstpointer data)
{
  SagUiWindow *self;

  close_window (fixture);
  g_settings_set_int (sag_ui_settings_get (), "window-width", 1024);
  g_settings_set_int (sag_ui_settings_get (), "window-height", 700);
  self = fixture->window = sag_ui_window_new (NULL, fixture->engine);
  gtk_window_present (GTK_WINDOW (self));
  open_scan (fixture, "one", 8);
  sag_test_ui_until (is_ready (fixture, "one") && adw_flap_get_folded (self->cases_flap));
  g_assert_false (adw_flap_get_folded (self->tools_flap));
  g_assert_false (adw_flap_get_reveal_flap (self->cases_flap));
  g_assert_true (adw_flap_get_reveal_flap (self->tools_flap));
  g_assert_true (g_settings_get_boolean (sag_ui_settings_get (), "show-cases"));
  activate (fixture, "show-cases");
  g_assert_true (adw_flap_get_reveal_flap (self->cases_flap));
  activate (fixture, "focus-views");
  g_assert_false (adw_flap_get_reveal_flap (self->cases_flap));
  g_settings_reset (sag_ui_settings_get (), "window-width");
  g_settings_reset (sag_ui_settings_get (), "window-height");
}

static void
test_panes (Fixture *fixture, gconstpointer data)
{
  SagUiWindow *self = fixture->window;

  open_scan (fixture, "one", 8);
  sag_test_ui_until (is_ready (fixture, "one"));
  g_assert_true (adw_flap_get_reveal_flap (self->cases_flap));
  activate (fixture, "show-cases");
  g_assert_false (g_settings_get_boolean (sag_ui_settings_get (), "show-cases"));
  gtk_stack_set_visible_child_name (self->tools, "measurements");
  close_window (fixture);
  fixture->window = self = sag_ui_window_new (NULL, fixture->engine);
  g_assert_false (adw_flap_get_reveal_flap (self->cases_flap));
  g_assert_cmpstr (gtk_stack_get_visible_child_name (self->tools), ==, "measurements");
  g_settings_reset (sag_ui_settings_get (), "show-cases");
  g_settings_reset (sag_ui_settings_get (), "pane");
}

static void
test_size_is_kept (Fixture *fixture, gconstpointer data)
{
  int width, height;

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1200, 800);
  close_window (fixture);
  fixture->window = sag_ui_window_new (NULL, fixture->engine);
  gtk_window_get_default_size (GTK_WINDOW (fixture->window), &width, &height);
  g_assert_cmpint (width, ==, 1200);
  g_assert_cmpint (height, ==, 800);
  g_settings_reset (sag_ui_settings_get (), "window-width");
  g_settings_reset (sag_ui_settings_get (), "window-height");
}

#define add(name, function)                                                                        \
  g_test_add ("/ui/window/window/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
  add ("open", test_open);
  add ("bad", test_bad);
  add ("folder", test_folder);
  add ("close-case", test_close_case);
  add ("cancel-reading", test_cancel_reading);
  add ("close-while-busy", test_close_while_busy);
  add ("demo", test_demo);
  add ("oddities", test_oddities);
  add ("folds", test_folds);
  add ("panes", test_panes);
  add ("size-is-kept", test_size_is_kept);
  return g_test_run ();
}
