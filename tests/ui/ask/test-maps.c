/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/ask/ask-fixture.h"
#include "tests/ui/case-fixture.h"
#include "ui/export/heatmaps.h"

#include <string.h>

/* Maps are saved of the scan that was shown when they were asked for. */

typedef struct
{
  AskFixture ask;
  GString   *said;
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
}

static void
tear_down (Saving *self, gconstpointer data)
{
  ask_fixture_tear_down (&self->ask);
  g_string_free (self->said, TRUE);
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

static void
show_map (Saving *self, const char *text)
{
  SagUiResult *result = ask_fixture_ask (&self->ask, text);

  sag_ui_overlay_set_visible (sag_ui_result_get_overlay (result), TRUE);
}

static void
test_maps (Saving *self, gconstpointer data)
{
  show_map (self, EFFUSION);
  show_map (self, NODULE);
  g_assert_cmpuint (sag_ui_heatmaps_count (self->ask.one), ==, 2);
  show_other (self);
  sag_ui_heatmaps_save (self->ask.session, self->ask.one, self->ask.folder, NULL);
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
#define ADD(name, func) g_test_add ("/ui/ask/maps/" name, Saving, NULL, set_up, func, tear_down)
  ADD ("other-case", test_maps);
  ADD ("closed", test_closed);
#undef ADD
  return g_test_run ();
}
