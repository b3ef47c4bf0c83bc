/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Text on pictures: private to render/slice. Sizes and places are in logical pixels. */

#include "render/slice/colour.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/** SagRenderInk: a colour and how much of it. */
typedef struct
{
  SagRenderColour colour;
  double          alpha;
} SagRenderInk;

/**
 * sag_render_text_new: a layout with tabular figures.
 * @size: font size in pixels
 * @max_width: what is wider is wrapped, and ellipsised after @max_lines; < 0 for no limit
 */
PangoLayout *sag_render_text_new (
  cairo_t *cr, const char *text, double size, gboolean bold, double max_width, int max_lines);

/** sag_render_text_is_whole: nothing of it is ellipsised, and no word goes on in the next line. */
gboolean sag_render_text_is_whole (PangoLayout *layout);

void sag_render_text_size (PangoLayout *layout, double *width, double *height);

/** sag_render_text_show: @x, @y is the top left corner. A halo is dark and one pixel wide. */
void sag_render_text_show (
  cairo_t *cr, PangoLayout *layout, double x, double y, SagRenderInk ink, gboolean halo);

void sag_render_set_ink (cairo_t *cr, SagRenderInk ink);

/** sag_render_rounded: adds a rectangle with round corners to the path. */
void
sag_render_rounded (cairo_t *cr, double x, double y, double width, double height, double radius);

/** sag_render_warning_icon: a triangle with an exclamation mark, @size high. */
void sag_render_warning_icon (cairo_t *cr, double x, double y, double size, SagRenderInk ink);

/** sag_render_strip: the colours of @scale from its first to its last score, at full opacity. */
void sag_render_strip (
  cairo_t *cr, const SagRenderScale *scale, double x, double y, double width, double height);

/**
 * sag_render_format: @value with @decimals, a true minus sign and a decimal point in every locale.
 */
char *sag_render_format (double value, int decimals);

/** sag_render_format_point: three positions, one decimal each. */
char *sag_render_format_point (const double ras_mm[3]);

G_END_DECLS
