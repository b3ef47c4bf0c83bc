/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/measure-marks.h"

#include "render/slice/page.h"
#include "render/slice/text.h"

#include <math.h>

#define TICK_PX 5.0
#define HANDLE_PX 4.0
#define ARC_PX 18.0
#define GAP_PX 8.0
#define ELLIPSE_STEPS 180

static const SagRenderInk edge_ink = { 0x000000, 0.55 };

typedef struct
{
  double x;
  double y;
} Place;

guint
sag_render_measure_n_points (SagRenderMeasureKind kind)
{
  return kind == SAG_RENDER_RULER ? 2 : 3;
}

static gboolean
is_whole (const SagRenderMeasure *measure)
{
  return measure->n_points == sag_render_measure_n_points (measure->kind);
}

guint
sag_render_measure_handles (const SagRenderMeasure *measure,
                            double                  handles_mm[SAG_RENDER_MEASURE_HANDLES][3])
{
  gboolean is_ellipse = measure->kind == SAG_RENDER_ELLIPSE && is_whole (measure);

  for (int c = 0; c < 3; c++)
    for (guint p = 0; p < (is_ellipse ? 4 : measure->n_points); p++)
      {
        const double middle = measure->points_mm[0][c];

        handles_mm[p][c] = !is_ellipse ? measure->points_mm[p][c]
                           : p < 2     ? measure->points_mm[1 + p][c]
                                       : 2 * middle - measure->points_mm[p - 1][c];
      }
  return is_ellipse ? 4 : measure->n_points;
}

static Place
place_of (const SagRenderSlice *slice, const double ras_mm[3])
{
  Place place;

  sag_render_slice_from_ras (slice, ras_mm, &place.x, &place.y);
  return place;
}

static Place
ellipse_place (const Place *middle, const Place *u, const Place *v, double turn)
{
  return (Place){ middle->x + (u->x - middle->x) * cos (turn) + (v->x - middle->x) * sin (turn),
                  middle->y + (u->y - middle->y) * cos (turn) + (v->y - middle->y) * sin (turn) };
}

/* The lines of a measurement as a chain of places; an ellipse becomes a polygon. */
static guint
outline (const SagRenderMeasure *measure,
         const SagRenderSlice   *slice,
         Place                   places[ELLIPSE_STEPS + 1])
{
  Place points[SAG_RENDER_MEASURE_POINTS];

  for (guint p = 0; p < measure->n_points; p++)
    points[p] = place_of (slice, measure->points_mm[p]);
  if (measure->kind == SAG_RENDER_ELLIPSE && is_whole (measure))
    {
      for (int i = 0; i <= ELLIPSE_STEPS; i++)
        places[i] =
          ellipse_place (&points[0], &points[1], &points[2], 2 * G_PI * i / ELLIPSE_STEPS);
      return ELLIPSE_STEPS + 1;
    }
  for (guint p = 0; p < measure->n_points; p++)
    places[p] = points[p];
  return measure->n_points;
}

static double
segment_distance (const Place *a, const Place *b, double x, double y)
{
  double dx = b->x - a->x, dy = b->y - a->y;
  double length = dx * dx + dy * dy;
  double along = length > 0 ? ((x - a->x) * dx + (y - a->y) * dy) / length : 0;

  along = CLAMP (along, 0, 1);
  return hypot (x - a->x - along * dx, y - a->y - along * dy);
}

double
sag_render_measure_distance (const SagRenderMeasure *measure,
                             const SagRenderSlice   *slice,
                             double                  x,
                             double                  y)
{
  Place  places[ELLIPSE_STEPS + 1];
  guint  n = outline (measure, slice, places);
  double nearest = n == 1 ? hypot (x - places[0].x, y - places[0].y) : INFINITY;

  for (guint i = 0; i + 1 < n; i++)
    nearest = fmin (nearest, segment_distance (&places[i], &places[i + 1], x, y));
  return nearest;
}

static void
add_tick (cairo_t *cr, const Place *at, const Place *other)
{
  double dx = other->x - at->x, dy = other->y - at->y, length = hypot (dx, dy);

  if (length < 2 * TICK_PX)
    return;
  cairo_move_to (cr, at->x - TICK_PX * dy / length, at->y + TICK_PX * dx / length);
  cairo_line_to (cr, at->x + TICK_PX * dy / length, at->y - TICK_PX * dx / length);
}

/* The smaller arc between both legs. */
static void
add_arc (cairo_t *cr, const Place *a, const Place *vertex, const Place *b)
{
  double from = atan2 (a->y - vertex->y, a->x - vertex->x);
  double turn = remainder (atan2 (b->y - vertex->y, b->x - vertex->x) - from, 2 * G_PI);
  double radius = fmin (ARC_PX, 0.6 * fmin (hypot (a->x - vertex->x, a->y - vertex->y),
                                            hypot (b->x - vertex->x, b->y - vertex->y)));

  if (radius < 4)
    return;
  cairo_new_sub_path (cr);
  if (turn > 0)
    cairo_arc (cr, vertex->x, vertex->y, radius, from, from + turn);
  else
    cairo_arc_negative (cr, vertex->x, vertex->y, radius, from, from + turn);
}

static void
add_lines (cairo_t *cr, const SagRenderMeasure *measure, const SagRenderSlice *slice)
{
  Place places[ELLIPSE_STEPS + 1];
  guint n = outline (measure, slice, places);

  for (guint i = 0; i < n; i++)
    cairo_line_to (cr, places[i].x, places[i].y);
  if (measure->kind == SAG_RENDER_RULER && is_whole (measure))
    {
      add_tick (cr, &places[0], &places[1]);
      add_tick (cr, &places[1], &places[0]);
    }
  if (measure->kind == SAG_RENDER_ANGLE && is_whole (measure))
    add_arc (cr, &places[0], &places[1], &places[2]);
}

static void
draw_handles (cairo_t *cr, const SagRenderMeasure *measure, const SagRenderSlice *slice)
{
  double handles_mm[SAG_RENDER_MEASURE_HANDLES][3];
  guint  n = sag_render_measure_handles (measure, handles_mm);

  for (guint i = 0; i < n; i++)
    {
      Place place = place_of (slice, handles_mm[i]);

      cairo_new_path (cr);
      cairo_arc (cr, place.x, place.y, HANDLE_PX, 0, 2 * G_PI);
      sag_render_set_ink (cr, edge_ink);
      cairo_fill_preserve (cr);
      sag_render_set_ink (cr, (SagRenderInk){ measure->colour, 1 });
      cairo_set_line_width (cr, 1.5);
      cairo_stroke (cr);
    }
}

/* Where words of this size stand: right of the rightmost place (of an angle: of its vertex), left of
 * the leftmost one if there is no room, and always inside the view. */
static SagRenderRect
words_rect (const SagRenderMeasure *measure,
            const SagRenderSlice   *slice,
            double                  width,
            double                  height)
{
  const double view[2] = { slice->width / slice->scale, slice->height / slice->scale };
  Place        places[ELLIPSE_STEPS + 1], left, right;
  guint        n = outline (measure, slice, places);
  double       gap = GAP_PX, x, y;

  left = right = places[0];
  for (guint i = 1; i < n; i++)
    {
      right = places[i].x > right.x ? places[i] : right;
      left = places[i].x < left.x ? places[i] : left;
    }
  if (measure->kind == SAG_RENDER_ANGLE && n > 1)
    {
      left = right = places[1];
      gap += ARC_PX;
    }
  x = right.x + gap;
  y = right.y;
  if (x + width + 4 > view[0] && left.x - gap - width >= 4)
    {
      x = left.x - gap - width;
      y = left.y;
    }
  x = fmax (fmin (x, view[0] - width - 4), 4);
  y = fmax (fmin (y - height / 2, view[1] - height - 4), 4);
  return (SagRenderRect){ x, y, width, height };
}

static void
write_text (cairo_t *cr, const SagRenderMeasure *measure, const SagRenderSlice *slice)
{
  g_auto (GStrv) lines = g_strsplit (measure->text, "\n", 4);
  g_autoptr (GPtrArray) layouts = g_ptr_array_new_with_free_func (g_object_unref);
  double        width = 0, height = 0;
  SagRenderRect rect;

  for (char **line = lines; *line != NULL; line++)
    {
      PangoLayout *layout = sag_render_text_new (cr, *line, SAG_RENDER_TEXT_PX, FALSE, -1, 1);
      double       w, h;

      sag_render_text_size (layout, &w, &h);
      width = fmax (width, w);
      height += h;
      g_ptr_array_add (layouts, layout);
    }
  rect = words_rect (measure, slice, width, height);
  cairo_new_path (cr);
  sag_render_rounded (cr, rect.x - 4, rect.y - 2, width + 8, height + 4, 3);
  sag_render_set_ink (cr, edge_ink);
  cairo_fill (cr);
  for (guint i = 0; i < layouts->len; i++)
    {
      double w, h;

      sag_render_text_size (layouts->pdata[i], &w, &h);
      sag_render_text_show (cr, layouts->pdata[i], rect.x, rect.y,
                            (SagRenderInk){ measure->colour, 1 }, TRUE);
      rect.y += h;
    }
}

void
sag_render_measure_draw (cairo_t *cr, const SagRenderSlice *slice, const SagRenderMeasure *measure)
{
  const double width = measure->strong ? 2 : 1.5;

  g_return_if_fail (measure->n_points > 0 && measure->n_points <= SAG_RENDER_MEASURE_POINTS);

  cairo_save (cr);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path (cr);
  add_lines (cr, measure, slice);
  sag_render_set_ink (cr, edge_ink);
  cairo_set_line_width (cr, width + 2);
  cairo_stroke_preserve (cr);
  sag_render_set_ink (cr, (SagRenderInk){ measure->colour, 1 });
  cairo_set_line_width (cr, width);
  cairo_stroke (cr);
  if (measure->handles)
    draw_handles (cr, measure, slice);
  if (measure->text != NULL && *measure->text != '\0')
    write_text (cr, measure, slice);
  cairo_restore (cr);
}
