/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Volumes and pictures for the tests of render/slice. */

#include "render/slice/frame.h"

G_BEGIN_DECLS

#define SCENE_N_ORIENTATIONS 48

/**
 * scene_reorder: a canonical grid stored in another axis order; @axis and @flip say which stored
 * axis is which.
 */
SagGeometry
scene_reorder (const SagGeometry *canonical, int orientation, int axis[3], gboolean flip[3]);

/** SceneFunc: the value at voxel @ijk of the canonical grid. */
typedef float (*SceneFunc) (const int ijk[3], gpointer user_data);

/** scene_new: a volume holding @func, stored in one of the 48 axis orders. */
SagVolume *scene_new (const SagGeometry *canonical,
                      int                orientation,
                      SagScalar          scalar,
                      SceneFunc          func,
                      gpointer           user_data);

/**
 * scene_fill: the values of @func on a grid stored in one of the axis orders; free with g_free().
 */
float *
scene_fill (const SagGeometry *canonical, int orientation, SceneFunc func, gpointer user_data);

/**
 * scene_turn: @geometry turned by some degrees about the S and then the R axis, around its own
 * middle.
 */
SagGeometry scene_turn (const SagGeometry *geometry, double about_s, double about_r);

/** scene_view: a slice through the grid's middle, @mm_per_pixel, at @scale. */
SagRenderView scene_view (const SagGeometry *geometry,
                          SagRenderPlane     plane,
                          int                width,
                          int                height,
                          double             mm_per_pixel,
                          double             scale);

/** scene_draw: (height, width) pixels of a frame; free with g_free(). */
guint32 *scene_draw (const SagRenderFrame *frame, const SagRenderSlice *slice, SagPool *pool);

/**
 * scene_pixel_ras: the RAS position under the centre of device pixel (x, y), by the slice's
 * definition.
 */
void scene_pixel_ras (const SagRenderSlice *slice, int x, int y, double ras_mm[3]);

/** scene_patient: 96 x 80 x 64 mm around the origin; scene_cells: cells of 12 x 16 x 16 mm in its
 * middle. */
SagGeometry scene_patient (void);
SagGeometry scene_cells (void);

/** scene_air: black in every window; scene_wavy: scores from 0.05 to 0.95. */
float scene_air (const int ijk[3], gpointer user_data);
float scene_wavy (const int ijk[3], gpointer user_data);

/** scene_over: premultiplied @source over an opaque pixel, rounded exactly. */
guint32 scene_over (guint32 source, guint32 pixel);

G_END_DECLS
