/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/worker.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"
#include "tests/ui/case-fixture.h"
#include "tests/ui/support.h"
#include "ui/case/recent.h"
#include "ui/window/window-private.h"

/* The demo in a window whose engine answers at once. */

static float
class_logit (const SagAskRequest *request, int t, gpointer data)
{
  return 1;
}

static void
cell_logits (const SagAskRequest *request, int t, float *out, gpointer data)
{
  const FakeEngine *fake = data;
  const gsize       n = (gsize) request->n_tokens * sag_network_cells_per_token (&fake->network);

  for (gsize i = 0; i < n; i++)
    out[i] = i == 0 ? 1 : -5;
}

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  return fake_engine_open (user_data, bundle);
}

typedef struct
{
  FakeEngine    fake;
  char         *folder;
  SagUiEngine  *engine;
  SagUiWindow  *window;
  SagUiCases   *cases;
  SagUiDisplay *display;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->fake.class_logit = class_logit;
  self->fake.cell_logits = cell_logits;
  self->fake.data = &self->fake;
  self->folder = sag_test_dup_folder ();
  self->engine = sag_ui_engine_new (open_engine, &self->fake, NULL);
  sag_ui_engine_open_async (self->engine, NULL, NULL, NULL);
  sag_test_ui_until (sag_ui_engine_get_state (self->engine) == SAG_UI_ENGINE_IDLE);
  self->window = sag_ui_window_new (NULL, self->engine);
  gtk_window_present (GTK_WINDOW (self->window));
  self->cases = sag_ui_session_get_cases (self->window->session);
  self->display = sag_ui_session_get_display (self->window->session);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_destroy (GTK_WINDOW (self->window));
  sag_test_ui_until (self->window == NULL);
  sag_ui_engine_close (self->engine);
  g_object_unref (self->engine);
  sag_test_remove_folder (self->folder);
  sag_ui_recent_clear (sag_ui_recent_get_default ());
  sag_render_worker_wait_all (); /* else one may draw while the program ends */
}

/* (nullable) (transfer none): the last one that was asked */
static SagUiResult *
find_last (Fixture *self)
{
  SagUiCase *one = sag_ui_cases_get_current (self->cases);
  g_autoptr (SagUiResult) result =
    one != NULL ? g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_results (one)), 0) : NULL;

  return result;
}

static SagUiResult *
show_demo (Fixture *self)
{
  SagUiResult *result;

  g_action_group_activate_action (G_ACTION_GROUP (self->window), "demo", NULL);
  sag_test_ui_until ((result = find_last (self)) != NULL);
  return result;
}

static void
get_cross (Fixture *self, double ras_mm[3])
{
  sag_ui_display_get_cross (self->display, ras_mm);
}

static void
assert_cross (Fixture *self, const double ras_mm[3])
{
  double now_mm[3];

  get_cross (self, now_mm);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat (now_mm[a], ==, ras_mm[a]);
}

/* Its map is shown where it is highest. */
static void
test_peak (Fixture *self, gconstpointer data)
{
  SagUiResult *result = show_demo (self);
  double       peak_mm[3], cross_mm[3];

  sag_test_ui_until (sag_ui_result_get_overlay (result) != NULL);
  sag_ui_overlay_get_peak (sag_ui_result_get_overlay (result), peak_mm);
  get_cross (self, cross_mm);
  sag_ui_display_set_cross (self->display, peak_mm); /* it is there: nothing moves */
  assert_cross (self, cross_mm);
}

/* Another scan that is shown by then stays where it is. */
static void
test_elsewhere (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = sag_test_ui_scan (self->folder, "one", 8);
  SagUiCase   *one = sag_ui_cases_add (self->cases, file);
  SagUiResult *result;
  double       cross_mm[3];

  sag_ui_cases_set_current (self->cases, one);
  sag_test_ui_until (sag_ui_case_get_state (one) == SAG_UI_CASE_READY);
  result = show_demo (self);
  sag_ui_cases_set_current (self->cases, one);
  g_assert_null (sag_ui_result_get_overlay (result));
  get_cross (self, cross_mm);
  sag_test_ui_until (sag_ui_result_get_overlay (result) != NULL);
  g_assert_true (sag_ui_overlay_get_visible (sag_ui_result_get_overlay (result)));
  assert_cross (self, cross_mm);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  sag_test_ui_style ();
#define ADD(name, func) g_test_add ("/ui/ask/demo/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("peak", test_peak);
  ADD ("elsewhere", test_elsewhere);
#undef ADD
  return g_test_run ();
}
