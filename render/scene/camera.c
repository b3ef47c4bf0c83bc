/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/camera.h"

#include <math.h>

#define RADIANS (G_PI / 180)
#define MIN_SPAN_MM 5.0
#define MAX_SPAN_MM 5000.0
#define MARGIN 1.04

static const struct
{
  const char *name;
  double      azimuth_degrees, elevation_degrees;
} standard_views[SAG_RENDER_N_STANDARD_VIEWS] = {
  [SAG_RENDER_VIEW_ANTERIOR] = { "anterior", 0, 0 },
  [SAG_RENDER_VIEW_POSTERIOR] = { "posterior", 180, 0 },
  [SAG_RENDER_VIEW_LEFT] = { "left", 90, 0 },
  [SAG_RENDER_VIEW_RIGHT] = { "right", -90, 0 },
  [SAG_RENDER_VIEW_SUPERIOR] = { "superior", 180, 90 },
  [SAG_RENDER_VIEW_INFERIOR] = { "inferior", 0, -90 },
};

const char *
sag_render_standard_view_name (SagRenderStandardView view)
{
  g_return_val_if_fail ((guint) view < SAG_RENDER_N_STANDARD_VIEWS, NULL);

  return standard_views[view].name;
}

gboolean
sag_render_standard_view_parse (const char *name, SagRenderStandardView *view)
{
  for (guint v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    if (g_strcmp0 (name, standard_views[v].name) == 0)
      {
        *view = (SagRenderStandardView) v;
        return TRUE;
      }
  return FALSE;
}

SagRenderCamera
sag_render_camera_init (void)
{
  return (SagRenderCamera){ .span_mm = 400 };
}

void
sag_render_camera_look (SagRenderCamera *camera, SagRenderStandardView view)
{
  g_return_if_fail ((guint) view < SAG_RENDER_N_STANDARD_VIEWS);

  camera->azimuth_degrees = standard_views[view].azimuth_degrees;
  camera->elevation_degrees = standard_views[view].elevation_degrees;
}

void
sag_render_camera_rotate (SagRenderCamera *camera, double azimuth_degrees, double elevation_degrees)
{
  g_return_if_fail (isfinite (azimuth_degrees) && isfinite (elevation_degrees));

  camera->azimuth_degrees = remainder (camera->azimuth_degrees + azimuth_degrees, 360);
  camera->elevation_degrees = CLAMP (camera->elevation_degrees + elevation_degrees, -90, 90);
}

void
sag_render_camera_zoom (SagRenderCamera *camera, double factor)
{
  g_return_if_fail (factor > 0 && isfinite (factor));

  camera->span_mm = CLAMP (camera->span_mm / factor, MIN_SPAN_MM, MAX_SPAN_MM);
}

void
sag_render_camera_pan (SagRenderCamera *camera, int width, int height, double dx, double dy)
{
  double right[3], up[3], towards[3];
  double mm = sag_render_camera_mm_per_pixel (camera, width, height);

  sag_render_camera_axes (camera, right, up, towards);
  for (int c = 0; c < 3; c++)
    camera->centre_ras_mm[c] += mm * (dy * up[c] - dx * right[c]);
}

void
sag_render_camera_fit (SagRenderCamera *camera, const SagGeometry *geometry)
{
  const double middle[3] = { (geometry->dims[0] - 1) / 2.0, (geometry->dims[1] - 1) / 2.0,
                             (geometry->dims[2] - 1) / 2.0 };
  double       half[3] = { 0 };

  /* Half the sides of the grid's box in RAS: what stands upright must fit in each standard view. */
  for (int c = 0; c < 3; c++)
    for (int a = 0; a < 3; a++)
      half[c] += fabs (geometry->ijk_to_ras[c][a]) * geometry->dims[a] / 2;
  sag_geometry_to_ras (geometry, middle, camera->centre_ras_mm);
  camera->span_mm =
    CLAMP (2 * MARGIN * MAX (MAX (half[0], half[1]), half[2]), MIN_SPAN_MM, MAX_SPAN_MM);
}

void
sag_render_camera_axes (const SagRenderCamera *camera,
                        double                 right[3],
                        double                 up[3],
                        double                 towards[3])
{
  double a = camera->azimuth_degrees * RADIANS, e = camera->elevation_degrees * RADIANS;
  double ca = cos (a), sa = sin (a), ce = cos (e), se = sin (e);

  /* From the front the reader stands at A; walking to azimuth 90 brings him to L, which is -R. */
  right[0] = -ca;
  right[1] = -sa;
  right[2] = 0;
  towards[0] = -sa * ce;
  towards[1] = ca * ce;
  towards[2] = se;
  up[0] = sa * se;
  up[1] = -ca * se;
  up[2] = ce;
}

double
sag_render_camera_mm_per_pixel (const SagRenderCamera *camera, int width, int height)
{
  return camera->span_mm / MAX (MIN (width, height), 1);
}

double
sag_render_camera_project (const SagRenderCamera *camera,
                           int                    width,
                           int                    height,
                           const double           ras_mm[3],
                           double                *x,
                           double                *y)
{
  double right[3], up[3], towards[3], at[3] = { 0 };
  double mm = sag_render_camera_mm_per_pixel (camera, width, height);

  sag_render_camera_axes (camera, right, up, towards);
  for (int c = 0; c < 3; c++)
    {
      double from_centre = ras_mm[c] - camera->centre_ras_mm[c];

      at[0] += right[c] * from_centre;
      at[1] += up[c] * from_centre;
      at[2] += towards[c] * from_centre;
    }
  *x = width / 2.0 + at[0] / mm;
  *y = height / 2.0 - at[1] / mm;
  return at[2];
}

gboolean
sag_render_camera_equal (const SagRenderCamera *a, const SagRenderCamera *b)
{
  return sag_geometry_same_point (a->centre_ras_mm, b->centre_ras_mm) &&
         a->azimuth_degrees == b->azimuth_degrees && a->elevation_degrees == b->elevation_degrees &&
         a->span_mm == b->span_mm;
}
