/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/ask/ask-fixture.h"
#include "ui/ask/save.h"

#include <string.h>

static gsize
count_differences (cairo_surface_t *a, cairo_surface_t *b)
{
  gsize n = 0;
  int   width = MIN (cairo_image_surface_get_width (a), cairo_image_surface_get_width (b));
  int   height = MIN (cairo_image_surface_get_height (a), cairo_image_surface_get_height (b));

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n += sag_test_ui_pixel (a, x, y) != sag_test_ui_pixel (b, x, y);
  return n;
}

/* What the card looks like and says when the engine answers @logit. */
static cairo_surface_t *
draw_hidden (float logit, float cell_logit, const char *name)
{
  AskFixture       fixture;
  SagUiResult     *result;
  GtkWidget       *card;
  cairo_surface_t *picture;

  ask_fixture_set_up (&fixture, FALSE);
  fixture.logit = logit;
  fixture.cell_logit = cell_logit;
  sag_ui_ask_set_read_first (sag_ui_ask_pane_get_ask (fixture.pane), TRUE);
  result = ask_fixture_ask (&fixture, EFFUSION);
  g_assert_cmpint (sag_ui_result_get_state (result), ==, SAG_UI_RESULT_READY);
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_false (ask_shows_part (card, "0."));
  g_assert_false (ask_shows_part (card, "score"));
  g_assert_true (ask_shows (card, "Your label first: then the answer is shown."));
  g_assert_null (strstr (sag_ui_card_get_spoken (SAG_UI_CARD (card)), "0."));
  picture = sag_test_ui_picture (GTK_WIDGET (fixture.window), name);
  ask_fixture_tear_down (&fixture);
  return picture;
}

static void
test_hidden_pixels (void)
{
  cairo_surface_t *low = draw_hidden (-3, -4, "hidden-low");
  cairo_surface_t *high = draw_hidden (3, 4, "hidden-high");

  g_assert_cmpuint (count_differences (low, high), ==, 0);
  cairo_surface_destroy (low);
  cairo_surface_destroy (high);
}

static void
test_reveal (void)
{
  AskFixture       fixture;
  SagUiAsk        *ask;
  SagUiResult     *result;
  SagUiOverlay    *map;
  GtkWidget       *card;
  cairo_surface_t *before, *after;
  g_autofree char *json = NULL;

  ask_fixture_set_up (&fixture, FALSE);
  ask = sag_ui_ask_pane_get_ask (fixture.pane);
  sag_ui_ask_set_read_first (ask, TRUE);
  result = ask_fixture_ask (&fixture, LUNGS);
  map = sag_ui_result_get_overlay (result);
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_false (sag_ui_overlay_get_visible (map));
  before = sag_test_ui_picture (GTK_WIDGET (fixture.window), "before-label");

  /* Nothing gives it away. */
  gtk_widget_activate_action (card, "card.map", NULL);
  g_assert_false (sag_ui_overlay_get_visible (map));
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "ask.peak", NULL);

  gtk_widget_activate_action (card, "card.label", "s", "absent");
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "0.74"));
  g_assert_true (sag_ui_overlay_get_visible (map));
  g_assert_true (ask_shows (card, "Your label: absent, set before the answer was shown."));
  g_assert_true (sag_ui_opinion_get (fixture.one, LUNGS)->label_first);
  after = sag_test_ui_picture (GTK_WIDGET (fixture.window), "after-label");
  g_assert_cmpuint (count_differences (before, after), >, 100);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);
  json = sag_ui_save_dup_answer (ask, fixture.one, result);
  g_assert_nonnull (strstr (json, "\"label_before_answer\": true"));

  /* Without the mode answers are shown at once, and a label comes after them. */
  sag_ui_ask_set_read_first (ask, FALSE);
  ask_fixture_ask (&fixture, EFFUSION);
  g_assert_true (ask_shows (GTK_WIDGET (ask_fixture_get_card (&fixture, 0)), "0.91"));
  sag_ui_ask_set_read_first (ask, TRUE);
  sag_test_ui_settle ();
  card = GTK_WIDGET (ask_fixture_get_card (&fixture, 0));
  g_assert_true (ask_shows (card, "0.91"));
  gtk_widget_activate_action (card, "card.label", "s", "present");
  sag_test_ui_settle ();
  g_assert_true (ask_shows (card, "Your label: present, set after the answer was shown."));
  ask_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  sag_test_ui_init (&argc, &argv);
  g_test_add_func ("/ui/ask/read-first/hidden-pixels", test_hidden_pixels);
  g_test_add_func ("/ui/ask/read-first/reveal", test_reveal);
  return g_test_run ();
}
