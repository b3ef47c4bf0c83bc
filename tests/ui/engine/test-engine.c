/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/engine/ui-engine-fixture.h"

#include "model/core/error.h"

static guint
count (GListStore *store)
{
  return g_list_model_get_n_items (G_LIST_MODEL (store));
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
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[1]);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_PENDING);
  g_assert_cmpuint (count (sag_ui_case_get_results (one)), ==, 1);
  fixture_await (result);
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
  fixture_assert_record (&fixture, "encode, ask 4");

  /* Nothing is prepared or encoded twice. */
  fixture_await (sag_ui_engine_ask (fixture.engine, one, fixture_words[0]));
  fixture_assert_record (&fixture, "ask 3");
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
      results[i] = sag_ui_engine_ask (fixture.engine, one, fixture_words[i]);
      if (i == 0)
        gate_await (&fixture.gate);
    }
  gate_let (&fixture.gate, -1);
  for (int i = 0; i < 4; i++)
    fixture_await (results[i]);
  fixture_assert_record (&fixture, "encode, ask 3, ask 6, ask 5, ask 4");
  fixture_clear (&fixture);
}

/* Typing: of three texts only the newest is asked, and the list has one card for them. */
static void
test_live (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  g_autoptr (SagUiResult) first = NULL;
  SagUiResult *last;

  fixture_init (&fixture, 0, TRUE);
  one = fixture_ready_case (&fixture, 1);
  first = g_object_ref (sag_ui_engine_ask_live (fixture.engine, one, fixture_words[0]));
  gate_await (&fixture.gate);
  sag_ui_engine_ask_live (fixture.engine, one, fixture_words[1]);
  last = sag_ui_engine_ask_live (fixture.engine, one, fixture_words[2]);
  g_assert_true (sag_ui_engine_ask_live (fixture.engine, one, fixture_words[2]) == last);
  g_assert_cmpuint (count (sag_ui_case_get_results (one)), ==, 1);
  g_assert_cmpuint (sag_ui_result_get_n (last), ==, sag_ui_result_get_n (first));
  gate_let (&fixture.gate, -1);
  fixture_await (last);
  fixture_assert_record (&fixture,
                         "encode, ask 5"); /* what had begun to encode served the last one */
  g_assert_cmpint (sag_ui_result_get_state (first), ==, SAG_UI_RESULT_PENDING);
  g_assert_cmpuint (count (sag_ui_case_get_overlays (one)), ==, 1);

  /* Another text takes its place, with its map; Enter makes it a card of its own. */
  last = sag_ui_engine_ask_live (fixture.engine, one, fixture_words[3]);
  g_assert_cmpuint (count (sag_ui_case_get_overlays (one)), ==, 0);
  fixture_await (last);
  g_assert_true (sag_ui_engine_ask (fixture.engine, one, fixture_words[3]) == last);
  g_assert_false (sag_ui_result_get_live (last));
  fixture_assert_record (&fixture, "ask 6");
  fixture_clear (&fixture);
}

/* A live question that is being answered is stopped by the next one. */
static void
test_live_stops (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;

  fixture_init (&fixture, 1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  sag_ui_engine_ask_live (fixture.engine, one, fixture_words[0]);
  gate_await (&fixture.gate);
  sag_ui_engine_ask_live (fixture.engine, one, fixture_words[1]);
  gate_await_calls (&fixture.gate, 3); /* the first one has left without a ticket */
  fixture_assert_record (&fixture, "encode, ask 3, ask 4");
  fixture_clear (&fixture);
}

static void
test_cancel (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  g_autoptr (SagUiCase) unread = NULL;
  SagUiResult *results[3];

  fixture_init (&fixture, 1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  unread = fixture_case (&fixture, 2);
  results[0] = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  gate_await_calls (&fixture.gate, 2);
  results[1] = sag_ui_engine_ask (fixture.engine, one, fixture_words[1]);
  results[2] = sag_ui_engine_ask (fixture.engine, unread, fixture_words[1]);
  sag_ui_engine_cancel (fixture.engine);
  for (int i = 0; i < 3; i++)
    {
      fixture_await (results[i]);
      g_assert_cmpint (sag_ui_result_get_state (results[i]), ==, SAG_UI_RESULT_FAILED);
      g_assert_nonnull (strstr (sag_ui_result_get_error (results[i]), "Stopped"));
    }
  spin_until (sag_ui_engine_get_state (fixture.engine) == SAG_UI_ENGINE_IDLE);

  /* Asking again works, and what was encoded before is still there. */
  fixture_assert_record (&fixture, "encode, ask 3");
  gate_let (&fixture.gate, -1);
  sag_ui_engine_ask_again (fixture.engine, one, results[0]);
  fixture_await (results[0]);
  g_assert_cmpint (sag_ui_result_get_state (results[0]), ==, SAG_UI_RESULT_READY);
  fixture_assert_record (&fixture, "ask 3");
  fixture_clear (&fixture);
}

static void
test_scope (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  SagUiResult *result;

  fixture_init (&fixture, -1, TRUE);
  one = fixture_empty_case (&fixture);
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  fixture_await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_REFUSED);
  g_assert_null (sag_ui_result_get_answer (result));
  g_assert_nonnull (strstr (sag_ui_result_get_error (result), "out of the model's scope"));
  g_assert_nonnull (sag_ui_case_get_prepared (one)); /* what the views say about the scan */
  fixture_assert_record (&fixture, "");

  sag_ui_case_set_forced (one, TRUE);
  sag_ui_engine_ask_again (fixture.engine, one, result);
  fixture_await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_READY);
  g_assert_true (sag_ui_result_get_answer (result)->provenance->forced);
  fixture_clear (&fixture);
}

/* An engine that fails says so on one card; the next question is answered by one opened anew. */
static void
test_failure (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  SagUiResult *result;

  fixture_init (&fixture, -1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  gate_set_failure (&fixture.gate, "The GPU has no memory left; close other programs.");
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  fixture_await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_FAILED);
  g_assert_cmpstr (sag_ui_result_get_error (result), ==,
                   "The GPU has no memory left; close other programs.");
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[1]);
  fixture_await (result);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_READY);
  g_assert_cmpint (g_atomic_int_get (&fixture.gate.n_opened), ==, 2);
  fixture_await (sag_ui_engine_ask (fixture.engine, one, fixture_words[2]));
  g_assert_cmpint (g_atomic_int_get (&fixture.gate.n_opened), ==, 2);
  fixture_clear (&fixture);
}

static void
progress_cb (double fraction, gpointer user_data)
{
  g_assert_cmpfloat (fraction, >, *(double *) user_data);
  *(double *) user_data = fraction;
}

/* The table: in batches, in order; a question in between does not wait for the end. */
static void
test_many (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCase) one = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  SagUiResult *question;
  const char  *texts[11] = { NULL };
  double       progress = 0;
  guint        n_asked = 0;

  fixture_init (&fixture, 1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  for (int i = 0; i < 10; i++)
    texts[i] = fixture_words[i % 4];
  sag_ui_engine_ask_many_async (fixture.engine, one, texts, progress_cb, &progress, NULL,
                                fixture_result_cb, &result);
  gate_await (&fixture.gate); /* in the first batch */
  question = sag_ui_engine_ask (fixture.engine, one, fixture_words[3]);
  gate_let (&fixture.gate, -1);
  fixture_await (question);
  spin_until (result != NULL);
  answers = sag_ui_engine_ask_many_finish (fixture.engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answers->len, ==, 10);
  for (int i = 0; i < 10; i++)
    {
      g_assert_cmpstr (((SagAnswer *) answers->pdata[i])->text, ==, texts[i]);
      g_assert_cmpfloat (((SagAnswer *) answers->pdata[i])->logit, ==, 3 + i % 4);
    }
  g_assert_cmpfloat (progress, ==, 1);
  for (guint i = 0; i < fixture.gate.record->len; i++)
    if (g_str_equal (fixture.gate.record->pdata[i], "ask 6"))
      n_asked = i;
  g_assert_cmpuint (n_asked, ==, 2); /* encode, first batch, the question, the rest */
  fixture_clear (&fixture);
}

static void
test_ask_with (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCase) one = NULL;
  g_autoptr (SagAnswer) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *other = NULL, *name = NULL;
  SagPrepared     *prepared;

  fixture_init (&fixture, -1, TRUE);
  other = fixture_bundle (&fixture, 5);
  one = fixture_ready_case (&fixture, 1);
  fixture_await (sag_ui_engine_ask (fixture.engine, one, fixture_words[0]));
  prepared = sag_ui_case_get_prepared (one);
  sag_ui_engine_ask_with_async (fixture.engine, one, other, fixture_words[1], NULL,
                                fixture_result_cb, &result);
  spin_until (result != NULL);
  answer = sag_ui_engine_ask_with_finish (fixture.engine, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (answer->provenance->bundle_name, ==, "bundle-5");
  g_object_get (fixture.engine, "bundle-name", &name, NULL);
  g_assert_cmpstr (name, !=, "bundle-5");
  g_assert_true (sag_ui_case_get_prepared (one) == prepared);
  fixture_assert_record (&fixture, "encode, ask 3, encode, ask 4");
  fixture_clear (&fixture);
}

/* Evidence is only worth having for an answer of this bundle and this box. */
static void
test_evidence (void)
{
  static const double shift_mm[3] = { 8, 0, 0 };
  Fixture             fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagUiCase) one = NULL;
  g_autoptr (GAsyncResult) done = NULL, outdated = NULL;
  SagUiResult *result;
  double       progress = 0;

  fixture_init (&fixture, -1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  result = sag_ui_engine_ask (fixture.engine, one, "Diagnose the presence of lung nodule");
  fixture_await (result);
  sag_ui_engine_evidence_async (fixture.engine, one, result, progress_cb, &progress, NULL,
                                fixture_result_cb, &done);
  spin_until (done != NULL);
  g_assert_true (sag_ui_engine_evidence_finish (fixture.engine, done, &error));
  g_assert_nonnull (sag_ui_result_get_evidence (result));
  g_assert_cmpuint (count (sag_ui_case_get_overlays (one)), ==, 2);
  g_assert_cmpfloat (progress, ==, 1);

  sag_ui_case_set_box_shift (one, shift_mm);
  sag_ui_engine_evidence_async (fixture.engine, one, result, NULL, NULL, NULL, fixture_result_cb,
                                &outdated);
  spin_until (outdated != NULL);
  g_assert_false (sag_ui_engine_evidence_finish (fixture.engine, outdated, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH);
  /* Asked again with the box of now the answer is fresh, and the evidence of the old one gone. */
  sag_ui_engine_ask_again (fixture.engine, one, result);
  fixture_await (result);
  g_assert_false (sag_ui_result_get_stale (result));
  g_assert_cmpfloat (sag_ui_result_get_answer (result)->provenance->shift_mm[0], ==, 8);
  g_assert_cmpuint (count (sag_ui_case_get_overlays (one)), ==, 1);
  fixture_clear (&fixture);
}

/* A question does not wait until another scan is prepared ahead, which goes on afterwards. */
static void
test_prepare_ahead (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  g_autoptr (SagUiCase) next = NULL;
  SagUiResult *result;

  fixture_init (&fixture, 0, TRUE);
  one = fixture_ready_case (&fixture, 1);
  next = fixture_ready_case (&fixture, 2);
  sag_ui_engine_prepare (fixture.engine, next);
  gate_await (&fixture.gate);
  result = sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  spin_until (sag_ui_case_get_prepared (one) != NULL);
  gate_let (&fixture.gate, -1);
  fixture_await (result);
  spin_until (sag_ui_engine_get_state (fixture.engine) == SAG_UI_ENGINE_IDLE);
  fixture_assert_record (&fixture, "encode, encode, ask 3, encode");
  fixture_await (sag_ui_engine_ask (fixture.engine, next, fixture_words[1]));
  fixture_assert_record (&fixture, "ask 4");
  fixture_clear (&fixture);
}

/* What nobody wants any more is dropped: a card, a case. */
static void
test_forget (void)
{
  Fixture    fixture;
  SagUiCase *one;
  g_autoptr (SagUiResult) first = NULL;
  g_autoptr (GAsyncResult) many = NULL;
  g_autoptr (GError) error = NULL;
  const char *texts[] = { fixture_words[0], NULL };

  fixture_init (&fixture, 1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  first = g_object_ref (sag_ui_engine_ask (fixture.engine, one, fixture_words[0]));
  gate_await (&fixture.gate);
  sag_ui_engine_forget (fixture.engine, one, first);
  g_assert_cmpuint (count (sag_ui_case_get_results (one)), ==, 0);
  sag_ui_engine_ask (fixture.engine, one, fixture_words[1]);
  sag_ui_engine_ask_many_async (fixture.engine, one, texts, NULL, NULL, NULL, fixture_result_cb,
                                &many);
  gate_await (&fixture.gate);
  g_object_add_weak_pointer (G_OBJECT (one), (gpointer *) &one);
  g_object_unref (one);
  g_assert_null (one);
  spin_until (many != NULL);
  g_assert_null (sag_ui_engine_ask_many_finish (fixture.engine, many, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_clear (&fixture);
}

/* A caller may give up while it waits, before its turn, or before it asked. */
static void
test_outer_cancel (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;
  const char *texts[] = { fixture_words[0], NULL };

  fixture_init (&fixture, 0, TRUE);
  one = fixture_ready_case (&fixture, 1);
  sag_ui_engine_ask (fixture.engine, one, fixture_words[1]);
  gate_await (&fixture.gate);
  for (int when = 0; when < 2; when++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      if (when == 0)
        g_cancellable_cancel (cancellable);
      sag_ui_engine_ask_many_async (fixture.engine, one, texts, NULL, NULL, cancellable,
                                    fixture_result_cb, &result);
      g_cancellable_cancel (cancellable);
      spin_until (result != NULL);
      g_assert_null (sag_ui_engine_ask_many_finish (fixture.engine, result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  fixture_clear (&fixture);
}

/* The end may come at any moment: while opening, waiting, encoding, asking. */
static void
test_close (void)
{
  for (int moment = 0; moment < 5; moment++)
    {
      Fixture fixture;
      g_autoptr (SagUiCase) one = NULL;
      const char *texts[] = { fixture_words[0], fixture_words[1], NULL };

      fixture_init (&fixture, moment == 4 ? 1 : 0, moment > 0);
      if (moment == 0)
        sag_ui_engine_open_async (fixture.engine, NULL, NULL, NULL);
      one = moment == 1 ? fixture_case (&fixture, 1) : fixture_ready_case (&fixture, 1);
      sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
      sag_ui_engine_ask_many_async (fixture.engine, one, texts, NULL, NULL, NULL, NULL, NULL);
      if (moment > 2)
        gate_await (&fixture.gate);
      g_object_add_weak_pointer (G_OBJECT (fixture.engine), (gpointer *) &fixture.engine);
      sag_ui_engine_close (fixture.engine);
      g_object_unref (fixture.engine);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_null (fixture.engine);
      fixture_clear (&fixture);
    }
}

/* Without being told: the last reference goes while the thread works. */
static void
test_drop (void)
{
  Fixture fixture;
  g_autoptr (SagUiCase) one = NULL;

  fixture_init (&fixture, 0, TRUE);
  one = fixture_ready_case (&fixture, 1);
  sag_ui_engine_ask (fixture.engine, one, fixture_words[0]);
  gate_await (&fixture.gate);
  g_clear_object (&fixture.engine);
  fixture_clear (&fixture);
}

/* The box is moved while the question is on its way: the answer is of the old one, and says so. */
static void
test_moved_meanwhile (void)
{
  const double shift_mm[3] = { 8, 0, 0 };
  Fixture      fixture;
  SagUiCase   *one;
  SagUiResult *result;

  fixture_init (&fixture, -1, TRUE);
  one = fixture_ready_case (&fixture, 1);
  result = sag_ui_engine_ask (fixture.engine, one, "Diagnose the presence of lung nodule");
  sag_ui_case_set_box_shift (one, shift_mm);
  fixture_await (result);
  g_assert_true (sag_ui_result_get_stale (result) ==
                 (sag_ui_result_get_answer (result)->provenance->shift_mm[0] == 0));
  g_assert_true (sag_ui_result_get_stale (result));
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/engine/ask", test_ask);
  g_test_add_func ("/ui/engine/order", test_order);
  g_test_add_func ("/ui/engine/live", test_live);
  g_test_add_func ("/ui/engine/live-stops", test_live_stops);
  g_test_add_func ("/ui/engine/cancel", test_cancel);
  g_test_add_func ("/ui/engine/scope", test_scope);
  g_test_add_func ("/ui/engine/failure", test_failure);
  g_test_add_func ("/ui/engine/many", test_many);
  g_test_add_func ("/ui/engine/ask-with", test_ask_with);
  g_test_add_func ("/ui/engine/evidence", test_evidence);
  g_test_add_func ("/ui/engine/moved-meanwhile", test_moved_meanwhile);
  g_test_add_func ("/ui/engine/prepare-ahead", test_prepare_ahead);
  g_test_add_func ("/ui/engine/forget", test_forget);
  g_test_add_func ("/ui/engine/outer-cancel", test_outer_cancel);
  g_test_add_func ("/ui/engine/close", test_close);
  g_test_add_func ("/ui/engine/drop", test_drop);
  return g_test_run ();
}
