/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/card.h"

#include <math.h>

#define RADIUS 8.0
#define DOT 10.0
#define BADGE_HEIGHT 20.0
#define BADGE_PADDING 8.0
#define SMALL_PX 11.0

const SagRenderInk sag_render_strong_ink = { 0xffffff, 0.95 };
const SagRenderInk sag_render_faint_ink = { 0xffffff, 0.64 };

static const SagRenderInk text_ink = { 0xffffff, 0.82 };
static const SagRenderInk card_ink = { 0xffffff, 0.05 };
static const SagRenderInk track_ink = { 0xffffff, 0.12 };
static const SagRenderInk frame_ink = { 0xffffff, 0.35 };
static const SagRenderInk warning_ink = { 0xf8c64b, 1 };

/* How a card of each size is set. */
typedef struct
{
  double   padding_x;
  double   padding_y;
  double   task_px;
  double   number_px;
  int      task_lines;
  double   strip_width;
  gboolean bar;
  gboolean map;
  gboolean notes;
} Style;

static const Style styles[] = {
  [SAG_RENDER_CARD_FULL] = { 14, 13, 13, 24, 2, 96, TRUE, TRUE, TRUE },
  [SAG_RENDER_CARD_COMPACT] = { 14, 7, 12, 17, 1, 56, FALSE, TRUE, TRUE },
  [SAG_RENDER_CARD_BRIEF] = { 8, 4, 11, 13, 1, 0, FALSE, FALSE, FALSE },
};

void
sag_render_column_text (SagRenderColumn *column,
                        const char      *text,
                        double           size,
                        gboolean         bold,
                        int              max_lines,
                        SagRenderInk     ink)
{
  g_autoptr (PangoLayout) layout =
    sag_render_text_new (column->cr, text, size, bold, column->width, max_lines);
  double width, height;

  sag_render_text_size (layout, &width, &height);
  if (!column->measure)
    sag_render_text_show (column->cr, layout, column->x, column->y, ink, FALSE);
  column->y += height;
}

void
sag_render_column_note (SagRenderColumn *column, const SagRenderNote *note)
{
  double          icon = note->warning ? SMALL_PX + 7 : 0;
  SagRenderColumn inner = *column;

  inner.x += icon;
  inner.width -= icon;
  sag_render_column_text (&inner, note->text, SMALL_PX, FALSE, 3,
                          note->warning ? warning_ink : sag_render_faint_ink);
  if (note->warning && !column->measure)
    sag_render_warning_icon (column->cr, column->x, column->y + 0.5, SMALL_PX + 1, warning_ink);
  column->y = inner.y;
}

/* The dot, the task and, at the right, the number; the first line of each on one baseline. */
static void
put_head (SagRenderColumn *column, const SagRenderAnswer *answer, const Style *style)
{
  const double text_x = DOT + 10;
  double number_width = 0, number_baseline = 0, task_baseline, task_width, task_height, baseline,
         height;
  g_autoptr (PangoLayout) number = NULL;
  g_autoptr (PangoLayout) task = NULL;

  if (answer->number != NULL)
    {
      number = sag_render_text_new (column->cr, answer->number, style->number_px, TRUE, -1, 1);
      sag_render_text_size (number, &number_width, &height);
      number_baseline = pango_layout_get_baseline (number) / (double) PANGO_SCALE;
    }
  task = sag_render_text_new (column->cr, answer->task, style->task_px, TRUE,
                              MAX (40, column->width - text_x - (number ? number_width + 16 : 0)),
                              style->task_lines);
  sag_render_text_size (task, &task_width, &task_height);
  task_baseline = pango_layout_get_baseline (task) / (double) PANGO_SCALE;
  /* Figures have no descenders and stand lower than their line's box: a little of it may lie
   * above. / */
  baseline = column->y + MAX (task_baseline, number_baseline - style->number_px * 0.22);
  if (!column->measure)
    {
      cairo_arc (column->cr, column->x + DOT / 2, baseline - style->task_px * 0.36, DOT / 2, 0,
                 2 * G_PI);
      sag_render_set_ink (column->cr, (SagRenderInk){ answer->colour, 1 });
      cairo_fill (column->cr);
      sag_render_text_show (column->cr, task, column->x + text_x, baseline - task_baseline,
                            sag_render_strong_ink, FALSE);
      if (number != NULL)
        sag_render_text_show (column->cr, number, column->x + column->width - number_width,
                              baseline - number_baseline, sag_render_strong_ink, FALSE);
    }
  column->y = baseline - task_baseline + task_height + 2;
}

static void
put_badge (const SagRenderColumn *column, PangoLayout *words, double x, double width, double height)
{
  double left = column->x + x;

  if (column->measure)
    return;
  sag_render_rounded (column->cr, left + 0.5, column->y + 1.5, width + 2 * BADGE_PADDING - 1,
                      BADGE_HEIGHT - 3, BADGE_HEIGHT);
  sag_render_set_ink (column->cr, frame_ink);
  cairo_set_line_width (column->cr, 1);
  cairo_stroke (column->cr);
  sag_render_text_show (column->cr, words, left + BADGE_PADDING,
                        column->y + (BADGE_HEIGHT - height) / 2, text_ink, FALSE);
}

/* What the number is, and the badges after it; a new row where one does not fit. */
static void
put_words (SagRenderColumn *column, const SagRenderAnswer *answer)
{
  double x = 0, width, height;

  if (answer->number_words != NULL)
    {
      g_autoptr (PangoLayout) words =
        sag_render_text_new (column->cr, answer->number_words, SMALL_PX, FALSE, column->width, 1);

      sag_render_text_size (words, &width, &height);
      if (!column->measure)
        sag_render_text_show (column->cr, words, column->x, column->y + (BADGE_HEIGHT - height) / 2,
                              sag_render_faint_ink, FALSE);
      x = width + 12;
    }
  for (int i = 0; answer->badges != NULL && answer->badges[i] != NULL; i++)
    {
      g_autoptr (PangoLayout) words = sag_render_text_new (
        column->cr, answer->badges[i], SMALL_PX, FALSE, column->width - 2 * BADGE_PADDING, 1);

      sag_render_text_size (words, &width, &height);
      if (x > 0 && x + width + 2 * BADGE_PADDING > column->width)
        {
          x = 0;
          column->y += BADGE_HEIGHT + 3;
        }
      put_badge (column, words, x, width, height);
      x += width + 2 * BADGE_PADDING + 6;
    }
  column->y += x > 0 ? BADGE_HEIGHT : 0;
}

static void
put_bar (SagRenderColumn *column, const SagRenderAnswer *answer)
{
  const double height = 6;

  if (isnan (answer->fraction))
    return;
  column->y += 6;
  if (!column->measure)
    {
      cairo_save (column->cr);
      sag_render_rounded (column->cr, column->x, column->y, column->width, height, height / 2);
      sag_render_set_ink (column->cr, track_ink);
      cairo_fill_preserve (column->cr);
      cairo_clip (column->cr);
      cairo_rectangle (column->cr, column->x, column->y,
                       CLAMP (answer->fraction, 0, 1) * column->width, height);
      sag_render_set_ink (column->cr, (SagRenderInk){ answer->colour, 1 });
      cairo_fill (column->cr);
      cairo_restore (column->cr);
      if (!isnan (answer->reference))
        {
          double x = column->x + CLAMP (answer->reference, 0, 1) * column->width;

          cairo_rectangle (column->cr, x - 1, column->y - 3, 2, height + 6);
          sag_render_set_ink (column->cr, sag_render_strong_ink);
          cairo_fill (column->cr);
        }
    }
  column->y += height + 3;
}

static char *
map_words (const SagRenderAnswer *answer)
{
  g_autofree char *first = sag_render_format (sag_render_scale_first (answer->scale), 2);
  g_autofree char *last = sag_render_format (sag_render_scale_last (answer->scale), 2);
  g_autofree char *max = isnan (answer->map_max) ? NULL : sag_render_format (answer->map_max, 2);
  g_autofree char *peak = answer->has_peak ? sag_render_format_point (answer->peak_ras_mm) : NULL;
  GString         *words = g_string_new (NULL);

  g_string_printf (words, "score %s to %s", first, last);
  if (max != NULL)
    g_string_append_printf (words, ",  highest %s", max);
  if (peak != NULL)
    g_string_append_printf (words, " at  %s mm", peak);
  return g_string_free (words, FALSE);
}

static void
put_map (SagRenderColumn *column, const SagRenderAnswer *answer, const Style *style)
{
  const double     strip_height = 8;
  SagRenderColumn  inner = *column;
  g_autofree char *words = NULL;

  if (answer->scale == NULL)
    return;
  words = map_words (answer);
  inner.x += style->strip_width + 12;
  inner.width -= style->strip_width + 12;
  inner.y += 3;
  sag_render_column_text (&inner, words, SMALL_PX, FALSE, 2, text_ink);
  if (!column->measure)
    sag_render_strip (column->cr, answer->scale, column->x, column->y + 6, style->strip_width,
                      strip_height);
  column->y = inner.y + 2;
}

static void
put_content (SagRenderColumn *column, const SagRenderAnswer *answer, const Style *style)
{
  put_head (column, answer, style);
  put_words (column, answer);
  if (style->bar)
    put_bar (column, answer);
  if (style->map)
    put_map (column, answer, style);
  for (guint i = 0; style->notes && i < answer->n_notes; i++)
    {
      column->y += 3;
      sag_render_column_note (column, &answer->notes[i]);
    }
}

void
sag_render_card_draw (SagRenderColumn       *column,
                      const SagRenderAnswer *answer,
                      SagRenderCardSize      size)
{
  const Style    *style = &styles[size];
  SagRenderColumn inner = *column;

  inner.x += style->padding_x;
  inner.y += style->padding_y;
  inner.width -= 2 * style->padding_x;

  SagRenderColumn content = inner;

  content.measure = TRUE;
  put_content (&content, answer, style);
  if (!column->measure)
    {
      sag_render_rounded (column->cr, column->x, column->y, column->width,
                          content.y + style->padding_y - column->y, RADIUS);
      sag_render_set_ink (column->cr, card_ink);
      cairo_fill (column->cr);
      put_content (&inner, answer, style);
    }
  column->y = content.y + style->padding_y;
}
