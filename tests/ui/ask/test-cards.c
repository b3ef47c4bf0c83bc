/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "tests/ui/ask/ask-fixture.h"
#include "ui/ask/save.h"
#include "ui/ask/scope-note.h"
#include "ui/ask/words.h"

#include <math.h>
#include <string.h>

/* A multi-label model has a number only: nothing of a map is offered, shown or written. */
static void
test_no_map (void)
{
  AskFixture       fixture;
  SagUiResult     *result;
  SagAnswer       *answer;
  GtkWidget       *card;
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  result = ask_fixture_ask (&fixture, EFFUSION);
  answer = sag_answer_ref (sag_ui_result_get_answer (result));
  answer->has_map = FALSE;
  answer->peak_score = NAN;
  g_clear_pointer (&answer->cells, g_free);
  sag_ui_result_reset (result);
  sag_ui_result_take_answer (result, answer, 1);
  sag_test_ui_settle ();

  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_null (sag_ui_result_get_overlay (result));
  g_assert_true (ask_shows (card, "0.91"));
  g_assert_false (ask_shows (card, "Show the map"));
  g_assert_false (ask_shows_part (card, "Localisation"));
  gtk_widget_activate_action (card, "card.map", NULL);
  gtk_widget_activate_action (card, "card.peak", NULL);
  text = sag_ui_words_dup_text (result, NULL);
  g_assert_nonnull (strstr (text, "Class head"));
  g_assert_null (strstr (text, "Map"));
  g_assert_null (strstr (text, "Patch head"));
  json = sag_ui_save_dup_answer (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one, result);
  g_assert_nonnull (strstr (json, "\"max\": null"));
  g_assert_null (strstr (json, "\"cells\""));
  ask_fixture_tear_down (&fixture);
}

static void
test_class_card (void)
{
  AskFixture       fixture;
  SagUiResult     *result;
  GtkWidget       *card;
  SagUiAsk        *ask;
  cairo_surface_t *picture;

  ask_fixture_set_up (&fixture, FALSE);
  result = ask_fixture_ask (&fixture, EFFUSION);
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_true (ask_shows (card, EFFUSION));
  g_assert_true (ask_shows (card, "0.91"));
  g_assert_true (ask_shows (card, "model probability, balanced training mix"));
  g_assert_true (ask_shows (card, "uncalibrated"));
  g_assert_true (ask_shows (card, "never trained"));
  g_assert_cmpstr (sag_ui_card_get_spoken (SAG_UI_CARD (card)), ==,
                   EFFUSION ": 0.91 - model probability, balanced training mix");

  /* The map is nothing to show until somebody asks for it; then its note stands beside it. */
  g_assert_false (sag_ui_overlay_get_visible (sag_ui_result_get_overlay (result)));
  g_assert_false (ask_shows_part (card, "score"));
  g_assert_true (ask_shows (card, "Show the map"));
  gtk_widget_activate_action (card, "card.map", NULL);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "score 0.74"));
  g_assert_true (ask_shows_part (card, "Localisation was not trained for this text."));
  g_assert_false (ask_shows_part (card, "74 %"));

  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  sag_ui_ask_set_prevalence (ask, 0.05);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "0.35"));
  g_assert_true (ask_shows (card, "at 5 % prevalence"));
  g_assert_true (ask_shows (card, "Re-weighted by Bayes’ rule from 0.91 in the balanced training "
                                  "mix."));
  sag_ui_ask_set_prevalence_of (ask, EFFUSION, 0.5);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "0.91"));
  g_assert_true (ask_shows (card, "at 50 % prevalence"));
  picture = sag_test_ui_picture (GTK_WIDGET (fixture.window), "class-card");
  cairo_surface_destroy (picture);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);
  sag_test_ui_settle ();
  picture = sag_test_ui_picture (GTK_WIDGET (fixture.window), "class-card-light");
  cairo_surface_destroy (picture);
  ask_fixture_tear_down (&fixture);
}

static void
test_segment_card (void)
{
  AskFixture       fixture;
  SagUiResult     *result;
  GtkWidget       *card;
  double           ras_mm[3], cross[3];
  cairo_surface_t *picture;

  ask_fixture_set_up (&fixture, FALSE);
  sag_ui_ask_set_prevalence (sag_ui_ask_pane_get_ask (fixture.pane), 0.05);
  result = ask_fixture_ask (&fixture, LUNGS);
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_true (ask_shows (card, "0.74"));
  g_assert_false (ask_shows_part (card, "probability"));
  g_assert_false (ask_shows_part (card, "prevalence"));
  g_assert_false (ask_shows (card, "uncalibrated"));
  g_assert_cmpstr (sag_ui_card_get_spoken (SAG_UI_CARD (card)), ==, LUNGS ": score 0.74");
  g_assert_true (sag_ui_overlay_get_visible (sag_ui_result_get_overlay (result)));

  sag_ui_overlay_get_peak (sag_ui_result_get_overlay (result), ras_mm);
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "ask.peak", NULL);
  sag_ui_display_get_cross (sag_ui_session_get_display (fixture.session), cross);
  {
    SagUiDisplay *display = sag_ui_session_get_display (fixture.session);
    double        wanted[3];

    sag_ui_display_set_cross (display, ras_mm);
    sag_ui_display_get_cross (display, wanted);
    for (int a = 0; a < 3; a++)
      g_assert_cmpfloat (cross[a], ==, wanted[a]);
  }
  picture = sag_test_ui_picture (GTK_WIDGET (fixture.window), "segment-card");
  cairo_surface_destroy (picture);
  ask_fixture_tear_down (&fixture);
}

static void
test_refused_card (void)
{
  AskFixture       fixture;
  GtkWidget       *card;
  cairo_surface_t *picture;

  ask_fixture_set_up (&fixture, TRUE);
  sag_test_ui_settle ();
  /* Before any question: the banner. */
  g_assert_true (ask_shows (GTK_WIDGET (fixture.pane),
                            "This does not look like an adult chest CT. No number is shown."));
  ask_fixture_ask (&fixture, EFFUSION);
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_false (ask_shows (card, "0.91"));
  g_assert_true (ask_shows (card, "Ask anyway…"));
  picture = sag_test_ui_picture (GTK_WIDGET (fixture.window), "refused-card");
  cairo_surface_destroy (picture);
  sag_ui_ask_force (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one);
  sag_test_ui_until (sag_ui_result_get_state (sag_ui_card_get_result (SAG_UI_CARD (card))) ==
                     SAG_UI_RESULT_READY);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "0.91"));
  g_assert_true (ask_shows (card, "asked anyway"));
  g_assert_false (ask_shows_part (GTK_WIDGET (fixture.pane), "No number is shown."));
  ask_fixture_tear_down (&fixture);
}

static void
test_failed_and_stale_cards (void)
{
  AskFixture fixture;
  g_autoptr (SagUiResult) failed = sag_ui_result_new (NODULE, 1);
  g_autoptr (GError) error = g_error_new_literal (SAG_ERROR, SAG_ERROR_ENGINE,
                                                  "The engine ran out of memory; close a case.");
  SagUiResult *result;
  GtkWidget   *card;

  ask_fixture_set_up (&fixture, FALSE);
  result = ask_fixture_ask (&fixture, EFFUSION);
  g_list_store_insert (sag_ui_case_get_results (fixture.one), 0, failed);
  sag_ui_result_fail (failed, error);
  sag_test_ui_settle ();
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_true (ask_shows (card, "The engine ran out of memory; close a case."));
  g_assert_true (ask_shows (card, "Ask again"));
  gtk_widget_activate_action (card, "card.again", NULL);
  sag_test_ui_until (sag_ui_result_get_state (failed) == SAG_UI_RESULT_READY);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "0.91"));

  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 1));
  g_assert_false (ask_shows (card, "outdated - ask again"));
  sag_ui_result_set_stale (result, TRUE);
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "outdated - ask again"));
  g_assert_cmpuint (sag_ui_ask_again_all (sag_ui_ask_pane_get_ask (fixture.pane), fixture.one), ==,
                    1);
  sag_test_ui_until (sag_ui_result_get_state (result) == SAG_UI_RESULT_READY);
  sag_test_ui_settle ();
  g_assert_false (ask_shows (card, "outdated - ask again"));
  ask_fixture_tear_down (&fixture);
}

static void
assert_order (AskFixture *fixture, SagUiResult *first, SagUiResult *second, SagUiResult *third)
{
  SagUiResult *const wanted[] = { first, second, third };

  for (int i = 0; i < 3; i++)
    g_assert_true (sag_ui_card_get_result (ask_fixture_get_card (fixture, i)) == wanted[i]);
}

static void
test_order_and_undo (void)
{
  AskFixture   fixture;
  SagUiResult *a, *b, *c;

  ask_fixture_set_up (&fixture, FALSE);
  a = ask_fixture_ask (&fixture, EFFUSION);
  b = ask_fixture_ask (&fixture, LUNGS);
  c = ask_fixture_ask (&fixture, NODULE);
  assert_order (&fixture, c, b, a);
  g_object_set (a, "starred", TRUE, NULL);
  sag_test_ui_settle ();
  assert_order (&fixture, a, c, b);
  g_object_set (b, "starred", TRUE, NULL);
  sag_test_ui_settle ();
  assert_order (&fixture, b, a, c);
  g_object_set (a, "starred", FALSE, NULL);
  sag_test_ui_settle ();
  assert_order (&fixture, b, c, a);

  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_overlays (fixture.one))), ==, 3);
  gtk_widget_activate_action (GTK_WIDGET (ask_fixture_get_card (&fixture, 1)), "card.remove", NULL);
  sag_test_ui_settle ();
  g_assert_cmpuint (ask_fixture_count (&fixture), ==, 2);
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_overlays (fixture.one))), ==, 2);
  g_assert_true (sag_ui_session_undo (fixture.session));
  sag_test_ui_settle ();
  assert_order (&fixture, b, c, a);
  g_assert_cmpuint (
    g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_overlays (fixture.one))), ==, 3);
  ask_fixture_tear_down (&fixture);
}

static void
test_evidence_and_robust (void)
{
  AskFixture       fixture;
  SagUiResult     *result;
  GtkWidget       *card;
  g_autofree char *text = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  result = ask_fixture_ask (&fixture, EFFUSION);
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  gtk_widget_activate_action (card, "card.evidence", NULL);
  sag_test_ui_until (sag_ui_result_get_evidence (result) != NULL);
  sag_test_ui_settle ();
  g_assert_true (ask_shows_part (card, "evidence"));
  g_assert_true (sag_ui_overlay_get_visible (sag_ui_result_get_evidence (result)));
  gtk_widget_activate_action (card, "card.robust", NULL);
  sag_test_ui_until (sag_ui_result_get_robust (result) != NULL);
  sag_test_ui_settle ();
  /* The engine gives everything the same number: the controls, too. */
  g_assert_true (ask_shows (card, "wording-sensitive"));
  text = sag_ui_words_dup_text (result, NULL);
  g_assert_nonnull (strstr (text, "Research use, not a medical device"));
  ask_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/ask/cards/class", test_class_card);
  g_test_add_func ("/ui/ask/cards/no-map", test_no_map);
  g_test_add_func ("/ui/ask/cards/segment", test_segment_card);
  g_test_add_func ("/ui/ask/cards/refused", test_refused_card);
  g_test_add_func ("/ui/ask/cards/failed-and-stale", test_failed_and_stale_cards);
  g_test_add_func ("/ui/ask/cards/order-and-undo", test_order_and_undo);
  g_test_add_func ("/ui/ask/cards/evidence-and-robust", test_evidence_and_robust);
  return g_test_run ();
}
