/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/marker.h"

#include <math.h>
#include <pango/pangocairo.h>

#define REACH 32.0
#define DISC 9.0
#define FONT_PX 11.0
#define HOVER_COLOUR 0x62a0ea

typedef struct
{
  SagRenderStandardView view;
  double                x, y, before;
} Disc;

static const struct
{
  const char *letter;
  double      ras[3];
} sides[SAG_RENDER_N_STANDARD_VIEWS] = {
  [SAG_RENDER_VIEW_ANTERIOR] = { "A", { 0, 1, 0 } },
  [SAG_RENDER_VIEW_POSTERIOR] = { "P", { 0, -1, 0 } },
  [SAG_RENDER_VIEW_LEFT] = { "L", { -1, 0, 0 } },
  [SAG_RENDER_VIEW_RIGHT] = { "R", { 1, 0, 0 } },
  [SAG_RENDER_VIEW_SUPERIOR] = { "S", { 0, 0, 1 } },
  [SAG_RENDER_VIEW_INFERIOR] = { "I", { 0, 0, -1 } },
};

double
sag_render_marker_place (const SagRenderCamera *camera,
                         SagRenderStandardView  view,
                         double                *x,
                         double                *y)
{
  const double *side = sides[view].ras;
  double        right[3], up[3], towards[3];

  sag_render_camera_axes (camera, right, up, towards);
  *x = SAG_RENDER_MARKER_SIZE / 2.0 +
       REACH * (side[0] * right[0] + side[1] * right[1] + side[2] * right[2]);
  *y = SAG_RENDER_MARKER_SIZE / 2.0 - REACH * (side[0] * up[0] + side[1] * up[1] + side[2] * up[2]);
  return side[0] * towards[0] + side[1] * towards[1] + side[2] * towards[2];
}

/* From the furthest to the nearest. */
static void
place_discs (const SagRenderCamera *camera, Disc discs[SAG_RENDER_N_STANDARD_VIEWS])
{
  for (int v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    {
      Disc disc = { .view = (SagRenderStandardView) v };
      int  at = v;

      disc.before = sag_render_marker_place (camera, disc.view, &disc.x, &disc.y);
      for (; at > 0 && discs[at - 1].before > disc.before; at--)
        discs[at] = discs[at - 1];
      discs[at] = disc;
    }
}

static void
set_colour (cairo_t *cr, guint32 colour, double alpha)
{
  cairo_set_source_rgba (cr, (colour >> 16 & 255) / 255.0, (colour >> 8 & 255) / 255.0,
                         (colour & 255) / 255.0, alpha);
}

static void
draw_letter (cairo_t *cr, PangoLayout *layout, const Disc *disc)
{
  PangoRectangle ink;

  pango_layout_set_text (layout, sides[disc->view].letter, -1);
  pango_layout_get_extents (layout, &ink, NULL);
  cairo_move_to (cr, disc->x - (ink.x + ink.width / 2.0) / PANGO_SCALE,
                 disc->y - (ink.y + ink.height / 2.0) / PANGO_SCALE);
  pango_cairo_show_layout (cr, layout);
}

/* Light discs with dark letters face the reader; those behind are rings. */
static void
draw_disc (cairo_t *cr, PangoLayout *layout, const Disc *disc, gboolean is_lit)
{
  double near = (disc->before + 1) / 2, grey = 0.35 + 0.65 * near;

  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgba (cr, grey, grey, grey, 0.30 + 0.45 * near);
  cairo_move_to (cr, SAG_RENDER_MARKER_SIZE / 2.0, SAG_RENDER_MARKER_SIZE / 2.0);
  cairo_line_to (cr, disc->x, disc->y);
  cairo_stroke (cr);
  cairo_arc (cr, disc->x, disc->y, DISC, 0, 2 * G_PI);
  if (is_lit)
    set_colour (cr, HOVER_COLOUR, 1);
  else if (disc->before > -0.25)
    cairo_set_source_rgb (cr, 0.85 * grey, 0.85 * grey, 0.85 * grey);
  else
    cairo_set_source_rgb (cr, 0.13, 0.13, 0.13);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1);
  cairo_set_source_rgba (cr, grey, grey, grey, is_lit ? 0 : 0.9);
  cairo_stroke (cr);
  if (is_lit || disc->before > -0.25)
    cairo_set_source_rgb (cr, 0.05, 0.05, 0.05);
  else
    cairo_set_source_rgb (cr, 0.72, 0.72, 0.72);
  draw_letter (cr, layout, disc);
}

void
sag_render_marker_draw (cairo_t *cr, const SagRenderCamera *camera, int hover)
{
  Disc discs[SAG_RENDER_N_STANDARD_VIEWS];
  g_autoptr (GObject) layout = G_OBJECT (pango_cairo_create_layout (cr));
  PangoFontDescription *font = pango_font_description_from_string ("sans bold");

  pango_font_description_set_absolute_size (font, FONT_PX * PANGO_SCALE);
  pango_layout_set_font_description (PANGO_LAYOUT (layout), font);
  pango_font_description_free (font);
  place_discs (camera, discs);
  for (int d = 0; d < SAG_RENDER_N_STANDARD_VIEWS; d++)
    draw_disc (cr, PANGO_LAYOUT (layout), &discs[d], (int) discs[d].view == hover);
}

int
sag_render_marker_pick (const SagRenderCamera *camera, double x, double y)
{
  Disc discs[SAG_RENDER_N_STANDARD_VIEWS];

  place_discs (camera, discs);
  for (int d = SAG_RENDER_N_STANDARD_VIEWS; d-- > 0;)
    if (hypot (x - discs[d].x, y - discs[d].y) <= DISC + 1)
      return discs[d].view;
  return -1;
}
