/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/engine/ui-engine-fixture.h"

static gboolean
open_bundle (Fixture *fixture, const char *folder, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sag_ui_engine_open_async (fixture->engine, folder, fixture_result_cb, &result);
  spin_until (result != NULL);
  return sag_ui_engine_open_finish (fixture->engine, result, error);
}

static void
count_cb (GObject *object, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* Answers of a bundle are stale with the next one, and fresh again with the first. */
static void
test_bundle_changes (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCase) one = NULL;
  g_autofree char *first = NULL, *second = NULL, *name = NULL;
  SagUiResult     *result;
  guint            n_changes = 0;

  fixture_init (&fixture, -1, FALSE);
  first = fixture_bundle (&fixture, 1);
  second = fixture_bundle (&fixture, 2);
  g_signal_connect (fixture.engine, "bundle-changed", G_CALLBACK (count_cb), &n_changes);
  g_assert_true (open_bundle (&fixture, first, &error));
  one = fixture_ready_case (&fixture, 1);
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  fixture_await (result);
  g_assert_true (open_bundle (&fixture, second, &error));
  g_assert_cmpuint (n_changes, ==, 2);
  g_object_get (fixture.engine, "bundle-name", &name, NULL);
  g_assert_cmpstr (name, ==, "bundle-2");
  g_assert_true (sag_ui_result_get_stale (result));
  g_assert_true (open_bundle (&fixture, first, &error));
  g_assert_false (sag_ui_result_get_stale (result));
  g_assert_true (open_bundle (&fixture, second, &error));
  sag_ui_engine_ask_again (fixture.engine, one, result);
  fixture_await (result);
  g_assert_false (sag_ui_result_get_stale (result));
  g_assert_cmpstr (sag_ui_result_get_answer (result)->provenance->bundle_name, ==, "bundle-2");
  fixture_assert_record (&fixture, "encode, ask 3, encode, ask 3");
  fixture_clear (&fixture);
}

/* A bundle that cannot be opened leaves the old one and its answers as they were. */
static void
test_bad_bundle (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCase) one = NULL;
  g_autofree char *before = NULL, *after = NULL;
  SagUiResult     *result;

  fixture_init (&fixture, -1, TRUE);
  g_object_get (fixture.engine, "bundle-name", &before, NULL);
  one = fixture_ready_case (&fixture, 1);
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  fixture_await (result);
  g_assert_false (open_bundle (&fixture, fixture.folder, &error));
  g_assert_nonnull (error);
  g_assert_null (sag_ui_engine_get_error (fixture.engine));
  g_object_get (fixture.engine, "bundle-name", &after, NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_false (sag_ui_result_get_stale (result));
  spin_until (sag_ui_engine_get_state (fixture.engine) == SAG_UI_ENGINE_IDLE);
  fixture_await (sag_ui_engine_ask (fixture.engine, one, fixture_words[1]));
  fixture_assert_record (&fixture, "encode, ask 3, ask 4");
  fixture_clear (&fixture);
}

/* Without any bundle every question says so, and the next bundle is welcome. */
static void
test_no_bundle (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCase) one = NULL;
  SagUiResult *result;

  fixture_init (&fixture, -1, FALSE);
  g_assert_false (open_bundle (&fixture, fixture.folder, &error));
  spin_until (sag_ui_engine_get_state (fixture.engine) == SAG_UI_ENGINE_FAILED);
  g_assert_cmpstr (sag_ui_engine_get_error (fixture.engine), ==, error->message);
  one = fixture_ready_case (&fixture, 1);
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  fixture_await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_FAILED);
  g_clear_error (&error);
  g_assert_true (open_bundle (&fixture, NULL, &error));
  g_assert_null (sag_ui_engine_get_error (fixture.engine));
  sag_ui_engine_ask_again (fixture.engine, one, result);
  fixture_await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_READY);
  fixture_clear (&fixture);
}

static const char *
get_name (Fixture *fixture)
{
  return sag_bundle_get_name (sag_ui_engine_get_bundle (fixture->engine));
}

/* Other settings while another bundle is on its way: that one is opened with them, and who waits for it is told. */
static void
test_reopened (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SagUiCase) one = NULL;
  g_autofree char *second = NULL;
  int              n_opened;

  fixture_init (&fixture, -1, FALSE);
  second = fixture_bundle (&fixture, 2);
  sag_ui_engine_reopen (fixture.engine); /* there is none */
  g_assert_true (open_bundle (&fixture, NULL, &error));
  sag_ui_engine_open_async (fixture.engine, second, fixture_result_cb, &result);
  sag_ui_engine_reopen (fixture.engine);
  spin_until (result != NULL);
  g_assert_true (sag_ui_engine_open_finish (fixture.engine, result, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (get_name (&fixture), ==, "bundle-2");

  /* The same while the engine works, so that neither has begun. */
  g_clear_object (&result);
  gate_let (&fixture.gate, 0);
  one = fixture_ready_case (&fixture, 1);
  sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  gate_await (&fixture.gate);
  sag_ui_engine_open_async (fixture.engine, NULL, fixture_result_cb, &result);
  sag_ui_engine_reopen (fixture.engine);
  gate_let (&fixture.gate, -1);
  spin_until (result != NULL);
  g_assert_true (sag_ui_engine_open_finish (fixture.engine, result, &error));
  g_assert_cmpstr (get_name (&fixture), !=, "bundle-2");
  spin_until (sag_ui_engine_get_state (fixture.engine) == SAG_UI_ENGINE_IDLE);

  n_opened = g_atomic_int_get (&fixture.gate.n_opened);
  sag_ui_engine_reopen (fixture.engine);
  spin_until (g_atomic_int_get (&fixture.gate.n_opened) == n_opened + 1);
  spin_until (sag_ui_engine_get_state (fixture.engine) == SAG_UI_ENGINE_IDLE);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/engine/bundle-changes", test_bundle_changes);
  g_test_add_func ("/ui/engine/bad-bundle", test_bad_bundle);
  g_test_add_func ("/ui/engine/no-bundle", test_no_bundle);
  g_test_add_func ("/ui/engine/reopened", test_reopened);
  return g_test_run ();
}
