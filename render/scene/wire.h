/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lines of the 3D view, as pairs of points in RAS mm (GArray of float). Private to render/scene. */

#include "model/volume/geometry.h"

#include <glib.h>

G_BEGIN_DECLS

/** sag_render_wire_box: the twelve edges of a grid's outer faces, in dashes of @dash_mm; 0: whole lines. */
GArray *sag_render_wire_box (const SagGeometry *grid, double dash_mm);

/**
 * sag_render_wire_axes: through @ras_mm along the three axes of @grid from face to face; a point
 * outside is moved to the nearest one within.
 */
GArray *sag_render_wire_axes (const SagGeometry *grid, const double ras_mm[3]);

/** sag_render_wire_planes: the outlines of the three slices through @ras_mm. */
GArray *sag_render_wire_planes (const SagGeometry *grid, const double ras_mm[3]);

G_END_DECLS
