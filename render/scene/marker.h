/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The cross of letters in the corner of the 3D view, which says where the patient's sides are. */

#include "render/scene/camera.h"

#include <cairo.h>

G_BEGIN_DECLS

/** SAG_RENDER_MARKER_SIZE: width and height of what is drawn, logical pixels. */
#define SAG_RENDER_MARKER_SIZE 88

/**
 * sag_render_marker_draw: R, L, A, P, S and I on discs around the middle of a square of
 * SAG_RENDER_MARKER_SIZE with its corner at the origin. Sides that face away are fainter.
 * @hover: the view whose disc is lit; -1 for none
 */
void sag_render_marker_draw (cairo_t *cr, const SagRenderCamera *camera, int hover);

/**
 * sag_render_marker_pick: which disc lies under (@x, @y), from the corner; the nearest to the
 * reader counts.
 * Returns: a SagRenderStandardView; -1 for none
 */
int sag_render_marker_pick (const SagRenderCamera *camera, double x, double y);

/**
 * sag_render_marker_place: the middle of a view's disc, from the corner.
 * Returns: how far it stands before the middle, -1..1
 */
double sag_render_marker_place (const SagRenderCamera *camera,
                                SagRenderStandardView  view,
                                double                *x,
                                double                *y);

G_END_DECLS
