/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Text with a halo, drawn once and laid down often: private to render/slice/text.c. Stroking the
 * halo costs more than a slice of a scan, and most words of a view stay when its slice changes. */

#include "render/slice/text.h"

G_BEGIN_DECLS

/** SagRenderTextDraw: draws @layout with its halo at @x, @y. */
typedef void (*SagRenderTextDraw) (
  cairo_t *cr, PangoLayout *layout, double x, double y, SagRenderInk ink);

/**
 * sag_render_text_cached: lays the text down as @draw would draw it, to the pixel.
 *
 * Returns: FALSE if it has to be drawn: what is drawn on has no pixels of its own, or is turned
 */
gboolean sag_render_text_cached (
  cairo_t *cr, PangoLayout *layout, double x, double y, SagRenderInk ink, SagRenderTextDraw draw);

G_END_DECLS
