/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/worker.h"
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"
#include "ui/export/export.h"
#include "ui/measure/measures.h"

#include <string.h>

/* What is saved is of the scan that was shown when it was asked for. */

typedef struct
{
  char         *folder;
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiCase    *one;
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

static SagUiCase *
show (Saving *self, const char *name)
{
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (GFile) file = sag_test_ui_scan (self->folder, name, 8);
  SagUiCase *one = sag_ui_cases_add (cases, file);

  sag_ui_cases_set_current (cases, one);
  sag_test_ui_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  return one;
}

static void
set_up (Saving *self, gconstpointer data)
{
  self->folder = sag_test_dup_folder ();
  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  self->said = g_string_new (NULL);
  g_signal_connect (self->session, "toast", G_CALLBACK (toast_cb), self->said);
  self->views = g_object_new (SAG_UI_TYPE_VIEWS, NULL);
  sag_ui_views_set_session (self->views, self->session);
  self->window = sag_test_ui_show (GTK_WIDGET (self->views), 900, 700);
  self->group = sag_ui_export_new (self->session, self->views);
  self->one = show (self, "scan");
}

static void
tear_down (Saving *self, gconstpointer data)
{
  g_object_unref (self->group);
  g_object_add_weak_pointer (G_OBJECT (self->views), (gpointer *) &self->views);
  gtk_window_destroy (self->window);
  sag_test_ui_until (self->views == NULL);
  sag_ui_engine_close (self->engine);
  g_object_unref (self->session);
  g_object_unref (self->engine);
  sag_test_ui_settle ();
  sag_test_remove_folder (self->folder);
  g_string_free (self->said, TRUE);
  sag_render_worker_wait_all (); /* else one may draw while the program ends */
}

static gboolean
has_said (Saving *self, const char *sentence)
{
  return strstr (self->said->str, sentence) != NULL;
}

static GFile *
new_file (Saving *self, const char *name)
{
  return g_file_new_build_filename (self->folder, name, NULL);
}

static void
test_measurements (Saving *self, gconstpointer data)
{
  const SagUiMeasure ruler = { .kind = SAG_RENDER_RULER,
                               .plane = SAG_RENDER_CORONAL,
                               .points_mm = { { 0, 0, 0 }, { 30, 0, 0 } } };
  g_autoptr (GFile) file = new_file (self, "table.csv");
  g_autofree char *text = NULL;

  sag_ui_measures_add (sag_ui_measures_get (self->session), self->one, &ruler);
  g_action_group_activate_action (self->group, "measurements", NULL);
  show (self, "other");
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
  show (self, "other");
  sag_test_ui_until (sag_ui_slice_view_is_still (sag_ui_views_get_active (self->views)));
  sag_test_ui_choose_file (file);
  sag_test_ui_until (has_said (self, "picture"));
  g_assert_true (has_said (self, "Another scan is shown by now; no picture was saved."));
  g_assert_false (g_file_query_exists (file, NULL));
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_hide_choosers ();
#define ADD(name, func)                                                                            \
  g_test_add ("/ui/export/saving/" name, Saving, NULL, set_up, func, tear_down)
  ADD ("measurements", test_measurements);
  ADD ("picture", test_picture);
#undef ADD
  return g_test_run ();
}
