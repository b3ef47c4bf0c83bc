/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/render/slice/scene.h"

#include <math.h>
#include <string.h>

SagGeometry
scene_reorder (const SagGeometry *canonical, int orientation, int axis[3], gboolean flip[3])
{
  static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                    { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  SagGeometry      stored = *canonical;

  for (int a = 0; a < 3; a++)
    {
      axis[a] = orders[orientation % 6][a];
      flip[a] = (orientation / 6 >> a) & 1;
    }
  for (int a = 0; a < 3; a++)
    {
      int n = canonical->dims[axis[a]];

      stored.dims[a] = n;
      for (int c = 0; c < 3; c++)
        {
          double step = canonical->ijk_to_ras[c][axis[a]];

          stored.ijk_to_ras[c][a] = flip[a] ? -step : step;
          if (flip[a])
            stored.ijk_to_ras[c][3] += step * (n - 1);
        }
    }
  return stored;
}

float *
scene_fill (const SagGeometry *canonical, int orientation, SceneFunc func, gpointer user_data)
{
  int         axis[3], ijk[3];
  gboolean    flip[3];
  SagGeometry stored = scene_reorder (canonical, orientation, axis, flip);
  float      *values = g_new0 (float, sag_geometry_n_voxels (&stored));
  gsize       n = 0;

  for (int k = 0; k < stored.dims[2]; k++)
    for (int j = 0; j < stored.dims[1]; j++)
      for (int i = 0; i < stored.dims[0]; i++)
        {
          const int at[3] = { i, j, k };

          for (int a = 0; a < 3; a++)
            ijk[axis[a]] = flip[a] ? stored.dims[a] - 1 - at[a] : at[a];
          values[n++] = func (ijk, user_data);
        }
  return values;
}

SagVolume *
scene_new (const SagGeometry *canonical,
           int                orientation,
           SagScalar          scalar,
           SceneFunc          func,
           gpointer           user_data)
{
  int         axis[3];
  gboolean    flip[3];
  SagGeometry stored = scene_reorder (canonical, orientation, axis, flip);
  float      *values = scene_fill (canonical, orientation, func, user_data);
  gsize       n = sag_geometry_n_voxels (&stored);
  gint16     *voxels;

  if (scalar == SAG_SCALAR_FLOAT32)
    return sag_volume_new_float (&stored, values);
  voxels = g_new0 (gint16, n);
  for (gsize i = 0; i < n; i++)
    voxels[i] = (gint16) values[i];
  g_free (values);
  return sag_volume_new_int16 (&stored, voxels);
}

SagGeometry
scene_turn (const SagGeometry *geometry, double about_s, double about_r)
{
  double       s = about_s * G_PI / 180, r = about_r * G_PI / 180;
  const double turn[3][4] = { { cos (s), -sin (s), 0 },
                              { sin (s) * cos (r), cos (s) * cos (r), -sin (r) },
                              { sin (s) * sin (r), cos (s) * sin (r), cos (r) } };
  const double middle[3] = { (geometry->dims[0] - 1) / 2.0, (geometry->dims[1] - 1) / 2.0,
                             (geometry->dims[2] - 1) / 2.0 };
  SagGeometry  turned = *geometry;
  double       before[3], after[3];

  sag_geometry_to_ras (geometry, middle, before);
  sag_geometry_compose (turn, geometry->ijk_to_ras, turned.ijk_to_ras);
  sag_geometry_to_ras (&turned, middle, after);
  for (int c = 0; c < 3; c++)
    turned.ijk_to_ras[c][3] += before[c] - after[c];
  return turned;
}

SagRenderView
scene_view (const SagGeometry *geometry,
            SagRenderPlane     plane,
            int                width,
            int                height,
            double             mm_per_pixel,
            double             scale)
{
  const double  middle[3] = { (geometry->dims[0] - 1) / 2.0, (geometry->dims[1] - 1) / 2.0,
                              (geometry->dims[2] - 1) / 2.0 };
  SagRenderView view = {
    .plane = plane,
    .mm_per_pixel = mm_per_pixel,
    .width = width,
    .height = height,
    .scale = scale,
  };

  sag_geometry_to_ras (geometry, middle, view.centre_ras_mm);
  return view;
}

guint32 *
scene_draw (const SagRenderFrame *frame, const SagRenderSlice *slice, SagPool *pool)
{
  guint32 *pixels = g_new (guint32, (gsize) slice->width * slice->height);

  memset (pixels, 0x5a, (gsize) slice->width * slice->height * 4);
  sag_render_frame_draw (frame, slice, pool, (guint8 *) pixels, (gsize) slice->width * 4);
  return pixels;
}

void
scene_pixel_ras (const SagRenderSlice *slice, int x, int y, double ras_mm[3])
{
  sag_render_slice_to_ras (slice, (x + 0.5) / slice->scale, (y + 0.5) / slice->scale, ras_mm);
}

SagGeometry
scene_patient (void)
{
  return sag_geometry_init ((const int32_t[]){ 96, 80, 32 }, (const double[]){ 1, 1, 2 },
                            (const double[]){ -47.5, -39.5, -31 });
}

SagGeometry
scene_cells (void)
{
  return sag_geometry_init ((const int32_t[]){ 6, 4, 3 }, (const double[]){ 12, 16, 16 },
                            (const double[]){ -30, -24, -16 });
}

float
scene_air (const int ijk[3], gpointer user_data)
{
  return -2000;
}

float
scene_wavy (const int ijk[3], gpointer user_data)
{
  return (float) (0.5 + 0.45 * sin (ijk[0] * 1.3 + ijk[1] * 2.1 + ijk[2] * 0.7));
}

guint32
scene_over (guint32 source, guint32 pixel)
{
  guint32 out = 0xff000000, rest = 255 - (source >> 24);

  for (int shift = 0; shift <= 16; shift += 8)
    out |= (((source >> shift) & 255) + (2 * ((pixel >> shift) & 255) * rest + 255) / 510) << shift;
  return out;
}
