/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "tests/ui/ask/ask-fixture.h"
#include "tests/ui/engine-support.h"
#include "ui/ask/compare-bundles.h"
#include "ui/ask/compare-window.h"
#include "ui/ask/other-model.h"
#include "ui/ask/words.h"
#include "ui/bundle/calibration-window.h"
#include "ui/bundle/known.h"
#include "ui/tune/plot-view.h"

#include <string.h>

/* A measurement of the open bundle: @n cases, every second positive; those score higher, by and large. */
static char *
save_report (AskFixture *fixture, int n)
{
  const char *sha256 = sag_bundle_get_sha256 (sag_ui_engine_get_bundle (fixture->engine));
  char       *path = g_build_filename (fixture->folder, "report.json", NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (
    text,
    "{\"format\": \"sagitta-report\", \"version\": 2, \"bundles\": [{\"name\": \"it\", \"sha256\": "
    "\"%s\", \"trained\": true, \"synthetic\": false}], \"holdout\": {\"looks\": 1, \"bundles\": "
    "1}, \"scans\": %d, \"patients\": %d, \"synthetic_scans\": 0, \"failed_scans\": 0, "
    "\"threshold\": 0.5, \"tasks\": [{\"task\": \"" EFFUSION "\", \"wordings\": [\"" EFFUSION
    "\"], \"number\": \"probability\", \"n\": %d, \"positives\": %d, \"patients\": %d, \"lesion\": "
    "false, \"masks\": 0, \"outside_the_box\": 0, \"median_ml\": null, \"models\": [{\"training\": "
    "\"trained\", \"auroc\": null, \"auroc_95\": null, \"aupr\": null, \"aupr_95\": null, "
    "\"point\": {\"true_positives\": %d, \"false_positives\": 0, \"true_negatives\": %d, "
    "\"false_negatives\": 0}}]}], \"cases\": [",
    sha256, n, n, n, n / 2, n, n / 2, n - n / 2);
  for (int c = 0; c < n; c++)
    g_string_append_printf (text,
                            "%s{\"line\": %d, \"task\": \"" EFFUSION "\", \"index\": 0, "
                            "\"patient\": %d, \"truth\": %d, \"scores\": [%d.5], "
                            "\"peaks_ras_mm\": [null]}",
                            c > 0 ? ", " : "", c + 2, c, c % 2, c / 2 % 7 - 4 + 3 * (c % 2));
  g_string_append (text, "]}");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  return path;
}

static void
wait_for (SagUiCalibrationWindow *window)
{
  sag_test_ui_until (!sag_ui_calibration_window_is_busy (window));
  sag_test_ui_settle ();
}

static SagUiCalibrationWindow *
open_window (AskFixture *fixture)
{
  SagUiCalibrationWindow *window = sag_ui_calibration_window_present (fixture->session, NULL);

  wait_for (window);
  return window;
}

static void
keep_picture (gpointer widget, const char *name)
{
  cairo_surface_destroy (sag_test_ui_picture (widget, name));
}

/* Nothing, too few, made, and gone again; a card says what it knows at each moment. */
static void
test_life (void)
{
  AskFixture              fixture;
  SagUiCalibrationWindow *window;
  SagUiResult            *result;
  g_autofree char        *path = NULL;
  const SagAnswer        *answer;
  g_autofree char        *sentence = NULL;
  g_autofree char        *copied = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  result = ask_fixture_ask (&fixture, EFFUSION);
  g_assert_true (ask_shows (GTK_WIDGET (fixture.pane), "uncalibrated"));
  window = open_window (&fixture);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "no calibration here"));
  keep_picture (window, "calibration-none");
  path = save_report (&fixture, 38);
  sag_ui_calibration_window_use (window, path);
  wait_for (window);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "19 positives and 19 negatives"));
  g_assert_false (sag_ui_result_get_stale (result));
  keep_picture (window, "calibration-too-few");
  g_free (path);
  path = save_report (&fixture, 50);
  sag_ui_calibration_window_use (window, path);
  wait_for (window);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "25 positive and 25 negative cases"));
  g_assert_nonnull (sag_test_ui_find_type (GTK_WIDGET (window), SAG_UI_TYPE_PLOT_VIEW));
  keep_picture (window, "calibration");
  /* What was answered before does not know of it. */
  g_assert_true (sag_ui_result_get_stale (result));
  g_assert_true (ask_shows (GTK_WIDGET (fixture.pane), "uncalibrated"));
  result = ask_fixture_ask (&fixture, EFFUSION);
  g_assert_false (sag_ui_result_get_stale (result));
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "calibrated"));
  answer = sag_ui_result_get_answer (result);
  sentence = sag_ui_words_dup_calibrated (answer);
  g_assert_true (ask_shows (GTK_WIDGET (fixture.pane), sentence));
  /* All negatives score 2.5 or less, but 2.31 lies below that. */
  g_assert_nonnull (strstr (sentence, "of 25 negatives"));
  g_assert_nonnull (strstr (sentence, "50 % positive"));
  /* The model's own number stays what it is. */
  g_assert_true (ask_shows (GTK_WIDGET (fixture.pane), "0.91"));
  copied = sag_ui_words_dup_text (result, NULL);
  g_assert_nonnull (strstr (copied, "Class head:"));
  g_assert_nonnull (strstr (copied, ", calibrated"));
  g_assert_nonnull (strstr (copied, sentence));
  keep_picture (fixture.pane, "card-calibrated");
  /* Other words have none. */
  ask_fixture_ask (&fixture, NODULE);
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "uncalibrated"));
  sag_ui_calibration_window_remove (window, EFFUSION);
  wait_for (window);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "no calibration here"));
  g_assert_true (sag_ui_result_get_stale (result));
  result = ask_fixture_ask (&fixture, EFFUSION);
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "uncalibrated"));
  gtk_window_destroy (GTK_WINDOW (window));
  ask_fixture_tear_down (&fixture);
}

/* A report of another model, no report, and a file that is none of both: a sentence each. */
static void
test_refused (void)
{
  AskFixture              fixture;
  SagUiCalibrationWindow *window;
  g_autofree char        *path = NULL;
  g_autofree char        *folder = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  path = save_report (&fixture, 50);
  folder = sag_test_ui_bundle (fixture.folder, "other", 5);
  window = open_window (&fixture);
  g_assert_true (sag_ui_calibration_window_present (fixture.session, NULL) == window);
  sag_ui_engine_open_async (fixture.engine, folder, NULL, NULL);
  sag_test_ui_until (sag_ui_engine_get_previous (fixture.engine) != NULL);
  wait_for (window);
  sag_ui_calibration_window_use (window, path);
  wait_for (window);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "This report is not about"));
  g_assert_true (g_file_set_contents (path, "{}", -1, NULL));
  sag_ui_calibration_window_use (window, path);
  wait_for (window);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "report.json"));
  gtk_window_destroy (GTK_WINDOW (window));
  ask_fixture_tear_down (&fixture);
}

static void
open_bundle (AskFixture *fixture, const char *folder)
{
  SagBundle *before = sag_ui_engine_get_bundle (fixture->engine);

  sag_ui_engine_open_async (fixture->engine, folder, NULL, NULL);
  sag_test_ui_until (sag_ui_engine_get_bundle (fixture->engine) != before);
  sag_test_ui_until (sag_ui_engine_get_state (fixture->engine) == SAG_UI_ENGINE_IDLE);
}

/* The same model, opened again, leaves what is under way alone; another one stops it. */
static void
test_opened_again (void)
{
  AskFixture              fixture;
  SagUiCalibrationWindow *window;
  g_autofree char        *path = NULL;
  g_autofree char        *folder = NULL;
  g_autofree char        *other = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  folder = sag_test_ui_bundle (fixture.folder, "it", 5);
  other = sag_test_ui_bundle (fixture.folder, "other", 6);
  open_bundle (&fixture, folder);
  window = open_window (&fixture);
  path = save_report (&fixture, 38);
  sag_ui_calibration_window_use (window, path);
  g_assert_true (sag_ui_calibration_window_is_busy (window));
  g_signal_emit_by_name (fixture.engine, "bundle-changed");
  wait_for (window);
  g_assert_true (ask_shows_part (GTK_WIDGET (window), "19 positives and 19 negatives"));
  /* Closing asks while something is under way. */
  sag_ui_calibration_window_use (window, path);
  gtk_window_close (GTK_WINDOW (window));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (window)));
  wait_for (window);
  sag_ui_calibration_window_use (window, path);
  open_bundle (&fixture, other);
  wait_for (window);
  g_assert_false (ask_shows_part (GTK_WIDGET (window), "19 positives and 19 negatives"));
  gtk_window_destroy (GTK_WINDOW (window));
  ask_fixture_tear_down (&fixture);
}

static SagUiCompareWindow *
compare_models (AskFixture *fixture, SagUiResult *a)
{
  SagUiCompareWindow *window = SAG_UI_COMPARE_WINDOW (
    sag_ui_compare_window_new (sag_ui_ask_pane_get_ask (fixture->pane), fixture->one, a));

  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (sag_ui_compare_window_ask_models (window));
  sag_test_ui_until (sag_ui_compare_window_get_b (window) != NULL);
  sag_test_ui_settle ();
  return window;
}

static void
assert_bundle (const SagAnswer *answer, const char *folder)
{
  g_autoptr (SagBundle) bundle = sag_bundle_load (folder, NULL);

  g_assert_cmpstr (answer->provenance->bundle_sha256, ==, sag_bundle_get_sha256 (bundle));
}

/* Old and new model side by side, whichever of the two answered the card. */
static void
test_models (void)
{
  AskFixture          fixture;
  SagUiCompareWindow *window;
  SagUiResult        *result;
  const char         *folder;
  g_autofree char    *old = NULL;
  g_autofree char *new = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  old = sag_test_ui_bundle (fixture.folder, "old", 5);
  new = sag_test_ui_bundle (fixture.folder, "new", 6);
  open_bundle (&fixture, old);
  result = ask_fixture_ask (&fixture, EFFUSION);
  /* What answered before is in no folder, so it cannot be asked again. */
  g_assert_false (
    sag_ui_other_model_find (fixture.engine, sag_ui_result_get_answer (result), &folder));
  open_bundle (&fixture, new);
  g_assert_true (sag_ui_result_get_stale (result));
  window = compare_models (&fixture, result);
  assert_bundle (sag_ui_compare_window_get_b (window), new);
  g_assert_true (ask_shows (GTK_WIDGET (window), "A · not in use"));
  g_assert_true (ask_shows (GTK_WIDGET (window), "B · in use now"));
  keep_picture (window, "compare-models");
  gtk_window_destroy (GTK_WINDOW (window));
  result = ask_fixture_ask (&fixture, EFFUSION);
  window = compare_models (&fixture, result);
  assert_bundle (sag_ui_compare_window_get_b (window), old);
  g_assert_true (ask_shows (GTK_WIDGET (window), "A · in use now"));
  gtk_window_destroy (GTK_WINDOW (window));
  ask_fixture_tear_down (&fixture);
}

static void
changed_cb (SagUiEngine *engine, gboolean *has_changed)
{
  *has_changed = TRUE;
}

/* The same bundle, with other settings perhaps. */
static void
reopen (AskFixture *fixture)
{
  gboolean     has_changed = FALSE;
  const gulong handler = g_signal_connect_after (fixture->engine, "bundle-changed",
                                                 G_CALLBACK (changed_cb), &has_changed);

  sag_ui_engine_reopen (fixture->engine);
  sag_test_ui_until (has_changed);
  g_signal_handler_disconnect (fixture->engine, handler);
}

/* While B is asked nobody else can be chosen to answer; what one model answered does not stand under another's name. */
static void
test_other_bundle (void)
{
  AskFixture          fixture;
  SagUiCompareWindow *window;
  SagUiResult        *result;
  g_autofree char    *open = NULL, *other = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  open = sag_test_ui_bundle (fixture.folder, "open", 5);
  other = sag_test_ui_bundle (fixture.folder, "other", 6);
  open_bundle (&fixture, open);
  result = ask_fixture_ask (&fixture, EFFUSION);
  window = SAG_UI_COMPARE_WINDOW (
    sag_ui_compare_window_new (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one, result));
  gtk_window_present (GTK_WINDOW (window));
  sag_ui_compare_window_ask (window, EFFUSION, NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "compare.known", "s", other);
  sag_test_ui_until (sag_ui_compare_window_get_b (window) != NULL);
  assert_bundle (sag_ui_compare_window_get_b (window), open);
  g_assert_true (ask_shows (GTK_WIDGET (window), "Bundle: open"));
  reopen (&fixture);
  g_assert_nonnull (sag_ui_compare_window_get_b (window));

  gtk_widget_activate_action (GTK_WIDGET (window), "compare.known", "s", other);
  g_assert_null (sag_ui_compare_window_get_b (window));
  sag_test_ui_until (sag_ui_compare_window_get_b (window) != NULL);
  assert_bundle (sag_ui_compare_window_get_b (window), other);
  g_assert_true (ask_shows (GTK_WIDGET (window), "Bundle: other"));
  gtk_window_destroy (GTK_WINDOW (window));

  /* Another model is opened: once after B answered, once while it is asked. */
  window = SAG_UI_COMPARE_WINDOW (
    sag_ui_compare_window_new (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one, result));
  gtk_window_present (GTK_WINDOW (window));
  sag_ui_compare_window_ask (window, EFFUSION, NULL);
  sag_test_ui_until (sag_ui_compare_window_get_b (window) != NULL);
  open_bundle (&fixture, other);
  g_assert_null (sag_ui_compare_window_get_b (window));
  g_assert_true (ask_shows (GTK_WIDGET (window), "Bundle: other"));
  sag_ui_compare_window_ask (window, EFFUSION, NULL);
  open_bundle (&fixture, open);
  sag_test_ui_until (ask_shows (GTK_WIDGET (window), "Bundle: open"));
  sag_test_ui_settle ();
  /* If the one before had answered already, its answer is gone. */
  if (sag_ui_compare_window_get_b (window) != NULL)
    assert_bundle (sag_ui_compare_window_get_b (window), open);
  gtk_window_destroy (GTK_WINDOW (window));
  ask_fixture_tear_down (&fixture);
}

/* A card that is put back after another model was opened is that one's no more. */
static void
test_put_back (void)
{
  AskFixture       fixture;
  const double     shift_mm[] = { 12, 0, 0 };
  SagUiAsk        *ask;
  SagUiResult     *result;
  g_autofree char *open = NULL, *other = NULL, *note = NULL, *none = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  open = sag_test_ui_bundle (fixture.folder, "open", 5);
  other = sag_test_ui_bundle (fixture.folder, "other", 6);
  open_bundle (&fixture, open);
  result = ask_fixture_ask (&fixture, EFFUSION);
  sag_ui_case_set_box_shift (fixture.one, shift_mm); /* the model is the same */
  g_assert_true (sag_ui_result_get_stale (result));
  note = sag_ui_ask_dup_note_of (ask, fixture.one, result);
  g_assert_nonnull (note);
  sag_ui_case_set_box_shift (fixture.one, (double[]){ 0, 0, 0 });
  sag_ui_ask_remove (ask, fixture.one, result);
  open_bundle (&fixture, other);
  g_assert_true (sag_ui_session_undo (fixture.session));
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 1);
  g_assert_true (sag_ui_result_get_stale (result));
  none = sag_ui_ask_dup_note_of (ask, fixture.one, result);
  g_assert_null (none);
  ask_fixture_tear_down (&fixture);
}

/* The known bundles are in a menu; those in use are not. */
static void
test_known (void)
{
  AskFixture          fixture;
  SagUiCompareWindow *window;
  SagUiResult        *result;
  g_autofree char    *open = NULL, *other = NULL;
  g_autoptr (GMenuModel) menu = NULL;
  g_autoptr (GMenuModel) known = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autofree char *label = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  open = sag_test_ui_bundle (fixture.folder, "open", 5);
  other = sag_test_ui_bundle (fixture.folder, "other_one", 6);
  open_bundle (&fixture, open);
  sag_ui_known_bundles_add (open);
  sag_ui_known_bundles_add (other);
  result = ask_fixture_ask (&fixture, EFFUSION);
  menu = sag_ui_compare_bundles_menu (sag_ui_engine_get_bundle (fixture.engine));
  known = g_menu_model_get_item_link (menu, 0, G_MENU_LINK_SECTION);
  g_assert_cmpint (g_menu_model_get_n_items (known), >=, 1);
  g_assert_true (g_menu_model_get_item_attribute (known, 0, G_MENU_ATTRIBUTE_LABEL, "s", &label));
  g_assert_cmpstr (label, ==, "other__one");
  target = g_menu_model_get_item_attribute_value (known, 0, G_MENU_ATTRIBUTE_TARGET, NULL);
  window = SAG_UI_COMPARE_WINDOW (
    sag_ui_compare_window_new (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one, result));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action_variant (GTK_WIDGET (window), "compare.known", target));
  sag_test_ui_until (sag_ui_compare_window_get_b (window) != NULL);
  assert_bundle (sag_ui_compare_window_get_b (window), other);
  gtk_window_destroy (GTK_WINDOW (window));
  sag_ui_known_bundles_remove (other);
  sag_ui_known_bundles_remove (open);
  ask_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/ask/calibration/life", test_life);
  g_test_add_func ("/ui/ask/calibration/refused", test_refused);
  g_test_add_func ("/ui/ask/calibration/opened-again", test_opened_again);
  g_test_add_func ("/ui/ask/calibration/models", test_models);
  g_test_add_func ("/ui/ask/calibration/known", test_known);
  g_test_add_func ("/ui/ask/calibration/other-bundle", test_other_bundle);
  g_test_add_func ("/ui/ask/calibration/put-back", test_put_back);
  return g_test_run ();
}
