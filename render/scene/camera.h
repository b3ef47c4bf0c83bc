/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/geometry.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagRenderCamera: from where the patient is seen. A plain value.
 *
 * A turntable: the patient stands, S is up on the screen, and one walks around (azimuth) or looks
 * from higher or lower (elevation). The projection is parallel: lengths across the line of sight
 * are true and equal everywhere, so that a scale bar holds.
 * @centre_ras_mm: the point in the middle of the picture
 * @azimuth_degrees: 0 looks at the patient's front, 90 at the left side, 180 at the back; -180..180
 * @elevation_degrees: 90 looks from the head down, -90 from the feet up, as axial slices do
 * @span_mm: millimetres along the shorter side of the picture, so that a fit outlives a resize
 */
typedef struct
{
  double centre_ras_mm[3];
  double azimuth_degrees;
  double elevation_degrees;
  double span_mm;
} SagRenderCamera;

/** SagRenderStandardView: the side of the patient that faces the reader. */
typedef enum
{
  SAG_RENDER_VIEW_ANTERIOR,
  SAG_RENDER_VIEW_POSTERIOR,
  SAG_RENDER_VIEW_LEFT,
  SAG_RENDER_VIEW_RIGHT,
  SAG_RENDER_VIEW_SUPERIOR,
  SAG_RENDER_VIEW_INFERIOR,
} SagRenderStandardView;

#define SAG_RENDER_N_STANDARD_VIEWS 6

/** sag_render_standard_view_name: "anterior", "posterior" and so on. */
const char *sag_render_standard_view_name (SagRenderStandardView view);

/** sag_render_standard_view_parse: FALSE if @name is none of them. */
gboolean sag_render_standard_view_parse (const char *name, SagRenderStandardView *view);

/** sag_render_camera_init: the anterior view of 400 mm around the origin. */
SagRenderCamera sag_render_camera_init (void);

/**
 * sag_render_camera_look: turns to a standard view; centre and zoom stay. In the superior and the
 * inferior view A is up, so that the latter has its sides where axial slices have them.
 */
void sag_render_camera_look (SagRenderCamera *camera, SagRenderStandardView view);

/** sag_render_camera_rotate: the elevation stops at 90 degrees. */
void sag_render_camera_rotate (SagRenderCamera *camera,
                               double           azimuth_degrees,
                               double           elevation_degrees);

/** sag_render_camera_zoom: @factor > 1 enlarges. Between 5 mm and 5 m along the shorter side. */
void sag_render_camera_zoom (SagRenderCamera *camera, double factor);

/**
 * sag_render_camera_pan: what was in the middle of a picture of @width x @height pixels is then
 * (@dx, @dy) pixels from it.
 */
void sag_render_camera_pan (SagRenderCamera *camera, int width, int height, double dx, double dy);

/** sag_render_camera_fit: the whole grid with some room around it, from every side; the direction
 * stays. */
void sag_render_camera_fit (SagRenderCamera *camera, const SagGeometry *geometry);

/**
 * sag_render_camera_axes: unit vectors in RAS.
 * @right: to the right of the screen
 * @up: to its top
 * @towards: out of it, to the reader
 */
void sag_render_camera_axes (const SagRenderCamera *camera,
                             double                 right[3],
                             double                 up[3],
                             double                 towards[3]);

/** sag_render_camera_mm_per_pixel: in a picture of @width x @height pixels. */
double sag_render_camera_mm_per_pixel (const SagRenderCamera *camera, int width, int height);

/**
 * sag_render_camera_project: the pixel (from the top left corner) that shows a point.
 *
 * Returns: how far the point lies before the plane through the centre, mm; behind it: negative
 */
double sag_render_camera_project (const SagRenderCamera *camera,
                                  int                    width,
                                  int                    height,
                                  const double           ras_mm[3],
                                  double                *x,
                                  double                *y);

/** sag_render_camera_equal: shows the same. */
gboolean sag_render_camera_equal (const SagRenderCamera *a, const SagRenderCamera *b);

G_END_DECLS
