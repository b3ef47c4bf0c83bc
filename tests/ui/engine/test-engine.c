/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/engine/ui-engine-fixture.h"

#include "model/core/error.h"

/* Texts of one, two, ... words that the small vocabulary has; with start and end 3, 4, ... pieces. */
static const char *const words[] = { "lung", "lung lung", "lung lung lung", "lung lung lung lung" };

static void
await (SagUiResult *result)
{
  spin_until (sag_ui_result_get_state (result) != SAG_UI_RESULT_PENDING);
}

static guint
count (GListStore *store)
{
  return g_list_model_get_n_items (G_LIST_MODEL (store));
}

static void
assert_record (Fixture *fixture, const char *expected)
{
  g_autofree char *record = gate_dup_record (&fixture->gate);

  g_assert_cmpstr (record, ==, expected);
}

/* A question to a scan that nobody read yet: it is read, prepared, encoded and answered. */
static void
test_ask (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  SagUiResult     *result;
  const SagAnswer *answer;
  SagUiEngineTimes times;

  fixture_init (&fixture, -1, TRUE);
  one = fixture_case (&fixture, 1);
  result = sag_ui_engine_ask (fixture.engine, one, words[1]);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_PENDING);
  g_assert_cmpuint (count (sag_ui_case_get_results (one)), ==, 1);
  await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_READY);
  answer = sag_ui_result_get_answer (result);
  g_assert_cmpfloat (answer->logit, ==, 4);
  g_assert_cmpstr (answer->provenance->engine, ==, "gate");
  g_assert_cmpstr (answer->provenance->voxels, ==,
                   sag_volume_get_hash (sag_ui_case_get_volume (one)));
  g_assert_false (answer->provenance->forced);
  g_assert_nonnull (sag_ui_case_get_prepared (one));
  g_assert_cmpuint (count (sag_ui_case_get_overlays (one)), ==, 1);
  times = sag_ui_engine_get_times (fixture.engine);
  g_assert_cmpfloat (times.load, >, 0);
  g_assert_cmpfloat (times.prepare, >, 0);
  g_assert_cmpfloat (times.ask, >=, 0);
  assert_record (&fixture, "encode, ask 4");

  /* Nothing is prepared or encoded twice. */
  await (sag_ui_engine_ask (fixture.engine, one, words[0]));
  assert_record (&fixture, "ask 3");
  g_assert_cmpuint (count (sag_ui_case_get_overlays (one)), ==, 2);
  fixture_clear (&fixture);
}

/* While one question is under way others come: the newest is next. */
static void
test_order (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  SagUiResult *results[4];

  fixture_init (&fixture, 0, TRUE);
  one = fixture_ready_case (&fixture, 1);
  for (int i = 0; i < 4; i++)
    {
      results[i] = sag_ui_engine_ask (fixture.engine, one, words[i]);
      if (i == 0)
        gate_await (&fixture.gate);
    }
  gate_let (&fixture.gate, -1);
  for (int i = 0; i < 4; i++)
    await (results[i]);
  assert_record (&fixture, "encode, ask 3, ask 6, ask 5, ask 4");
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/engine/ask", test_ask);
  g_test_add_func ("/ui/engine/order", test_order);
  return g_test_run ();
}
