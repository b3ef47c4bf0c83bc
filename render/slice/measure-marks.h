/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/measure.h"
#include "render/slice/colour.h"
#include "render/slice/view.h"

#include <cairo.h>

G_BEGIN_DECLS

/** SagRenderMeasureKind: what the points of a measurement are. */
typedef enum
{
  SAG_RENDER_RULER,   /* both ends */
  SAG_RENDER_ANGLE,   /* end, vertex, end */
  SAG_RENDER_ELLIPSE, /* middle, an end of each axis */
} SagRenderMeasureKind;

#define SAG_RENDER_MEASURE_POINTS 3
#define SAG_RENDER_MEASURE_HANDLES 4

/**
 * SagRenderMeasure: a measurement as it is drawn.
 * @n_points: how many are set; fewer while it is being drawn
 * @text: (nullable): what it measures, lines apart by '\n'
 * @handles: with little circles to take hold of
 * @strong: thicker: the chosen one
 */
typedef struct
{
  SagRenderMeasureKind kind;
  guint                n_points;
  double               points_mm[SAG_RENDER_MEASURE_POINTS][3];
  SagRenderColour      colour;
  const char          *text;
  gboolean             handles;
  gboolean             strong;
} SagRenderMeasure;

/** sag_render_measure_n_points: of a complete one: 2 or 3. */
guint sag_render_measure_n_points (SagRenderMeasureKind kind);

/**
 * sag_render_measure_handles: where it can be taken hold of, RAS: its points; of an ellipse the
 * four ends of its axes: first, second, and those opposite.
 *
 * Returns: how many
 */
guint sag_render_measure_handles (const SagRenderMeasure *measure,
                                  double handles_mm[SAG_RENDER_MEASURE_HANDLES][3]);

/**
 * sag_render_measure_distance: how far a place on the screen is from its lines, logical pixels.
 */
double sag_render_measure_distance (const SagRenderMeasure *measure,
                                    const SagRenderSlice   *slice,
                                    double                  x,
                                    double                  y);

/**
 * sag_render_measure_draw: in the colour over a dark edge; the text beside it, inside the view.
 * @cr: in logical pixels, the viewport's corner at the origin
 *
 * Any thread, one at a time on a surface.
 */
void
sag_render_measure_draw (cairo_t *cr, const SagRenderSlice *slice, const SagRenderMeasure *measure);

G_END_DECLS
