/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/worker.h"
#include "tests/ui/ask/ask-fixture.h"
#include "tests/ui/case-fixture.h"
#include "ui/export/export.h"
#include "ui/export/heatmaps.h"
#include "ui/measure/measures.h"

#include <string.h>

/* What is saved is of the scan that was shown when it was asked for. */

typedef struct
{
  AskFixture    ask;
  SagUiViews   *views;
  GtkWindow    *window;
  GActionGroup *group;
  GString      *said;
} Saving;

static void
toast_cb (SagUiSession *session, const char *sentence, gboolean can_undo, GString *said)
{
  g_string_append_printf (said, "%s\n", sentence);
}

static void
set_up (Saving *self, gconstpointer data)
{
  ask_fixture_set_up (&self->ask, FALSE);
  self->said = g_string_new (NULL);
  g_signal_connect (self->ask.session, "toast", G_CALLBACK (toast_cb), self->said);
  self->views = g_object_new (SAG_UI_TYPE_VIEWS, NULL);
  sag_ui_views_set_session (self->views, self->ask.session);
  self->window = sag_test_ui_show (GTK_WIDGET (self->views), 900, 700);
  self->group = sag_ui_export_new (self->ask.session, self->views);
}

static void
tear_down (Saving *self, gconstpointer data)
{
  g_object_unref (self->group);
  g_object_add_weak_pointer (G_OBJECT (self->views), (gpointer *) &self->views);
  gtk_window_destroy (self->window);
  sag_test_ui_until (self->views == NULL);
  ask_fixture_tear_down (&self->ask);
  g_string_free (self->said, TRUE);
  sag_render_worker_wait_all (); /* else one may draw while the program ends */
}

static gboolean
has_said (Saving *self, const char *sentence)
{
  return strstr (self->said->str, sentence) != NULL;
}

/* As a search that ends, behind a dialog. */
static void
show_other (Saving *self)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->ask.session);
  g_autoptr (GFile) file = sag_test_ui_scan (self->ask.folder, "other", 8);
  SagUiCase *other = sag_ui_cases_add (cases, file);

  sag_ui_cases_set_current (cases, other);
  sag_test_ui_until (sag_ui_case_get_state (other) == SAG_UI_CASE_READY);
}

static GFile *
new_file (Saving *self, const char *name)
{
  return g_file_new_build_filename (self->ask.folder, name, NULL);
}

static void
test_measurements (Saving *self, gconstpointer data)
{
  const SagUiMeasure ruler = { .kind = SAG_RENDER_RULER,
                               .plane = SAG_RENDER_CORONAL,
                               .points_mm = { { 0, 0, 0 }, { 30, 0, 0 } } };
  g_autoptr (GFile) file = new_file (self, "table.csv");
  g_autofree char *text = NULL;

  sag_ui_measures_add (sag_ui_measures_get (self->ask.session), self->ask.one, &ruler);
  g_action_group_activate_action (self->group, "measurements", NULL);
  show_other (self);
  sag_test_ui_choose_file (file);
  sag_test_ui_until (has_said (self, "The measurements were saved."));
  g_assert_true (g_file_get_contents (g_file_peek_path (file), &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "scan"));
  g_assert_null (strstr (text, "other"));
}

static void
test_picture (Saving *self, gconstpointer data)
{
  g_autoptr (GFile) file = new_file (self, "view.png");

  sag_test_ui_until (sag_ui_slice_view_is_still (sag_ui_views_get_active (self->views)));
  g_action_group_activate_action (self->group, "view", NULL);
  show_other (self);
  sag_test_ui_until (sag_ui_slice_view_is_still (sag_ui_views_get_active (self->views)));
  sag_test_ui_choose_file (file);
  sag_test_ui_until (has_said (self, "picture"));
  g_assert_true (has_said (self, "Another scan is shown by now; no picture was saved."));
  g_assert_false (g_file_query_exists (file, NULL));
}

static void
show_map (Saving *self, const char *text)
{
  SagUiResult *result = ask_fixture_ask (&self->ask, text);

  sag_ui_overlay_set_visible (sag_ui_result_get_overlay (result), TRUE);
}

static void
test_maps (Saving *self, gconstpointer data)
{
  g_autoptr (GFile) folder = new_file (self, "maps");

  show_map (self, EFFUSION);
  show_map (self, NODULE);
  g_assert_cmpuint (sag_ui_heatmaps_count (self->ask.one), ==, 2);
  g_assert_true (g_file_make_directory (folder, NULL, NULL));
  g_action_group_activate_action (self->group, "heatmaps", NULL);
  show_other (self);
  sag_test_ui_choose_file (folder);
  sag_test_ui_until (has_said (self, "saved and read back"));
  g_assert_true (has_said (self, "2 maps were saved and read back."));
}

/* A scan that is closed meanwhile is not read again for what is left. */
static void
test_closed (Saving *self, gconstpointer data)
{
  show_map (self, EFFUSION);
  show_map (self, NODULE);
  show_other (self);
  sag_ui_heatmaps_save (self->ask.session, self->ask.one, self->ask.folder, NULL);
  sag_ui_cases_remove (sag_ui_session_get_cases (self->ask.session), self->ask.one);
  sag_test_ui_until (has_said (self, "saved and read back"));
  g_assert_true (has_said (self, "1 map was saved and read back."));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
#define ADD(name, func) g_test_add ("/ui/ask/saving/" name, Saving, NULL, set_up, func, tear_down)
  ADD ("measurements", test_measurements);
  ADD ("picture", test_picture);
  ADD ("maps", test_maps);
  ADD ("closed", test_closed);
#undef ADD
  return g_test_run ();
}
