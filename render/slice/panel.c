/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/panel.h"

#include "render/slice/card.h"

#define PADDING 20.0
#define CARD_GAP 8.0
#define MORE_HEIGHT 20.0

static const SagRenderInk pane_ink = { 0x2b2b2f, 1 };

static void
put_header (SagRenderColumn *column, const SagRenderPanel *panel)
{
  if (panel->title != NULL)
    sag_render_column_text (column, panel->title, 16, TRUE, 1, sag_render_strong_ink);
  if (panel->subtitle != NULL)
    {
      column->y += 2;
      sag_render_column_text (column, panel->subtitle, 12, FALSE, 2, sag_render_faint_ink);
    }
  if (panel->title != NULL || panel->subtitle != NULL)
    column->y += 14;
}

static void
put_footer (SagRenderColumn *column, const SagRenderPanel *panel)
{
  for (guint i = 0; i < panel->n_notes; i++)
    {
      sag_render_column_note (column, &panel->notes[i]);
      column->y += 3;
    }
  if (panel->footer != NULL)
    sag_render_column_text (column, panel->footer, 11, FALSE, 2, sag_render_faint_ink);
}

/* Puts as many cards as there is room for. Returns how many. */
static guint
put_cards (SagRenderColumn      *column,
           const SagRenderPanel *panel,
           SagRenderCardSize     size,
           double                bottom)
{
  for (guint i = 0; i < panel->n_answers; i++)
    {
      SagRenderColumn card = *column;

      card.measure = TRUE;
      sag_render_card_draw (&card, &panel->answers[i], size);
      if (card.y + (i + 1 < panel->n_answers ? MORE_HEIGHT : 0) > bottom)
        return i;
      sag_render_card_draw (column, &panel->answers[i], size);
      column->y += CARD_GAP;
    }
  return panel->n_answers;
}

/* In the largest size that has room for all. */
static void
put_answers (SagRenderColumn *column, const SagRenderPanel *panel, double bottom)
{
  SagRenderCardSize size = SAG_RENDER_CARD_FULL;
  guint             n_left;

  for (; size < SAG_RENDER_CARD_BRIEF; size++)
    {
      SagRenderColumn trial = *column;

      trial.measure = TRUE;
      if (put_cards (&trial, panel, size, bottom) == panel->n_answers)
        break;
    }
  n_left = panel->n_answers - put_cards (column, panel, size, bottom);
  if (n_left > 0 && column->y + MORE_HEIGHT <= bottom)
    {
      g_autofree char *more = g_strdup_printf (
        "%u%s answer%s", n_left, n_left < panel->n_answers ? " more" : "", n_left == 1 ? "" : "s");

      sag_render_column_text (column, more, 11, FALSE, 1, sag_render_faint_ink);
    }
}

void
sag_render_panel_draw (cairo_t *cr, const SagRenderPanel *panel, double width, double height)
{
  double          padding = MIN (PADDING, MIN (width, height) / 12), bottom = height - padding;
  SagRenderColumn column = { cr, TRUE, padding, 0, width - 2 * padding };
  double          footer_height, footer_y;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  sag_render_set_ink (cr, pane_ink);
  cairo_paint (cr);

  put_footer (&column, panel);
  footer_height = column.y;
  footer_y = bottom - footer_height;
  column.y = padding;
  put_header (&column, panel);
  if (column.y <= bottom)
    {
      column.y = padding;
      column.measure = FALSE;
      put_header (&column, panel);
    }
  if (column.y <= footer_y)
    {
      put_answers (&column, panel, footer_y - 8);
      column.y = footer_y;
      put_footer (&column, panel);
    }
  cairo_restore (cr);
}
