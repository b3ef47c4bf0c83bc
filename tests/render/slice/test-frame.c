/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/frame.h"

#include "tests/render/slice/scene.h"

#include <math.h>
#include <string.h>

static SagGeometry
grid (void)
{
  return sag_geometry_init ((const int32_t[]){ 17, 14, 11 }, (const double[]){ 1.5, 1.25, 3 },
                            (const double[]){ -11, 5, -40 });
}

/* Something without any symmetry. */
static float
marked (const int ijk[3], gpointer user_data)
{
  return (float) (ijk[0] * 40 + ijk[1] * ijk[1] * 5 - ijk[2] * 31 +
                  (ijk[0] * 7 + ijk[1] * 3 + ijk[2] * 11) % 13 * 9 - 300);
}

static float
ramp (const int ijk[3], gpointer user_data)
{
  return (float) (ijk[0] * 8 + ijk[1] * 16 - ijk[2] * 24 - 100);
}

static guint32
grey_of (double hu, const SagRenderWindow *window)
{
  double grey = (hu - window->level + window->width / 2) * 255 / window->width;

  return 0xff000000 | (guint32) floor (CLAMP (grey, 0, 255) + 0.5) * 0x010101;
}

static gsize
count_differences (const guint32 *a, const guint32 *b, gsize n)
{
  gsize count = 0;

  for (gsize i = 0; i < n; i++)
    count += a[i] != b[i];
  return count;
}

/* However a volume is stored, and as what, the patient looks the same. */
static void
test_orientations (void)
{
  SagGeometry canonical = grid ();
  g_autoptr (SagPool) pool = sag_pool_new (3);

  for (int plane = 0; plane < 3; plane++)
    for (int mode = 0; mode < 4; mode++)
      {
        g_autofree guint32 *first = NULL;

        for (int o = 0; o < SCENE_N_ORIENTATIONS; o++)
          {
            SagScalar scalar = o % 2 ? SAG_SCALAR_FLOAT32 : SAG_SCALAR_INT16;
            g_autoptr (SagVolume) volume = scene_new (&canonical, o, scalar, marked, NULL);
            SagRenderView       view = scene_view (&canonical, plane, 61, 47, 0.61, 1);
            SagRenderFrame      frame = sag_render_frame_init (volume);
            g_autofree guint32 *pixels = NULL;
            SagRenderSlice      slice;

            view.centre_ras_mm[0] += 2.3;
            frame.window = (SagRenderWindow){ 900, 100 };
            frame.nearest = mode == 1;
            frame.slab = mode == 2   ? SAG_RENDER_SLAB_MAXIMUM
                         : mode == 3 ? SAG_RENDER_SLAB_MEAN
                                     : SAG_RENDER_SLAB_NONE;
            frame.slab_mm = 7;
            g_assert_true (sag_render_slice_init (&slice, &view, sag_volume_get_geometry (volume)));
            pixels = scene_draw (&frame, &slice, o % 3 ? pool : NULL);
            if (first == NULL)
              first = g_steal_pointer (&pixels);
            else
              g_assert_cmpuint (count_differences (first, pixels, 61 * 47), ==, 0);
          }
      }
}

/* A pixel is the value at its centre: bilinear within the slice, constant in the outer half
 * voxels, black outside. */
static void
test_values (void)
{
  SagGeometry plain = grid (), tilted = plain, turned;

  tilted.ijk_to_ras[1][2] = 0.8;
  tilted.ijk_to_ras[0][1] = 0.3;
  turned = scene_turn (&tilted, 19, -11);
  for (int g = 0; g < 3; g++)
    for (int plane = 0; plane < 3; plane++)
      for (int nearest = 0; nearest < 2; nearest++)
        {
          const SagGeometry *canonical = g == 0 ? &plain : g == 1 ? &tilted : &turned;
          g_autoptr (SagVolume) volume = scene_new (canonical, 29, SAG_SCALAR_INT16, ramp, NULL);
          SagRenderView       view = scene_view (canonical, plane, 80, 70, 0.5, 1.5);
          SagRenderFrame      frame = sag_render_frame_init (volume);
          g_autofree guint32 *pixels = NULL;
          double              to_ijk[3][4];
          SagRenderSlice      slice;
          int                 n_black = 0;

          frame.nearest = nearest;
          frame.window = (SagRenderWindow){ 640, 0 };
          g_assert_true (sag_render_slice_init (&slice, &view, sag_volume_get_geometry (volume)));
          g_assert_true (sag_geometry_invert (canonical, to_ijk));
          pixels = scene_draw (&frame, &slice, NULL);
          for (int y = 0; y < slice.height; y++)
            for (int x = 0; x < slice.width; x++)
              {
                guint32      pixel = pixels[y * slice.width + x];
                double       at[3], hu = -100, border = 1;
                const double slope[3] = { 8, 16, -24 };

                scene_pixel_ras (&slice, x, y, at);
                sag_geometry_apply (to_ijk, at, at);
                for (int a = 0; a < 3; a++)
                  {
                    border = MIN (border, MIN (at[a] + 0.5, canonical->dims[a] - 0.5 - at[a]));
                    if (nearest)
                      {
                        border =
                          fabs (at[a] + 0.5 - round (at[a] + 0.5)) < 1e-6 && a != slice.axis[2]
                            ? 0
                            : border;
                        at[a] = round (at[a]);
                      }
                    hu += slope[a] * CLAMP (at[a], 0, canonical->dims[a] - 1);
                  }
                if (fabs (border) < 1e-6)
                  continue;
                if (border < 0)
                  g_assert_cmphex (pixel, ==, 0xff000000);
                else if (nearest)
                  g_assert_cmphex (pixel, ==, grey_of (hu, &frame.window));
                else
                  g_assert_cmpint (
                    abs ((int) (pixel & 0xff) - (int) (grey_of (hu, &frame.window) & 0xff)), <=, 1);
                n_black += border < 0;
              }
          g_assert_cmpint (n_black, >, 0);
          g_assert_cmpint (n_black, <, slice.width * slice.height);
        }
}

static void
test_slab (void)
{
  SagGeometry         canonical = grid ();
  const SagRenderSlab slabs[] = { SAG_RENDER_SLAB_MAXIMUM, SAG_RENDER_SLAB_MINIMUM,
                                  SAG_RENDER_SLAB_MEAN };
  const struct
  {
    double mm;
    int    reach;
  } cases[] = { { 0, 0 }, { 5.9, 0 }, { 6, 1 }, { 11, 1 }, { 12, 2 }, { 1000, 10 } };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    for (guint s = 0; s < G_N_ELEMENTS (slabs); s++)
      {
        g_autoptr (SagVolume) volume = scene_new (&canonical, 13, SAG_SCALAR_INT16, marked, NULL);
        SagRenderView       view = scene_view (&canonical, SAG_RENDER_AXIAL, 17, 14, 1, 1);
        SagRenderFrame      frame = sag_render_frame_init (volume);
        g_autofree guint32 *pixels = NULL;
        SagRenderSlice      slice;
        int                 k0, k1;

        view.centre_ras_mm[2] = -40 + 3 * 3;
        frame.window = (SagRenderWindow){ 2000, 300 };
        frame.nearest = TRUE;
        frame.slab = slabs[s];
        frame.slab_mm = cases[c].mm;
        g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
        g_assert_cmpint (slice.index, ==, 3);
        pixels = scene_draw (&frame, &slice, NULL);
        k0 = MAX (0, 3 - cases[c].reach);
        k1 = MIN (10, 3 + cases[c].reach);
        for (int y = 0; y < 14; y++)
          for (int x = 0; x < 17; x++)
            {
              double ras[3], hu = 0;
              int    ijk[3];

              scene_pixel_ras (&slice, x, y, ras);
              ijk[0] = (int) round ((ras[0] + 11) / 1.5);
              ijk[1] = (int) round ((ras[1] - 5) / 1.25);
              if (ijk[0] < 0 || ijk[0] > 16 || ijk[1] < 0 || ijk[1] > 13)
                continue;
              for (int k = k0; k <= k1; k++)
                {
                  double v = marked ((const int[]){ ijk[0], ijk[1], k }, NULL);

                  hu = k == k0 ? v : s == 0 ? MAX (hu, v) : s == 1 ? MIN (hu, v) : hu + v;
                }
              hu = s == 2 ? hu / (k1 - k0 + 1) : hu;
              g_assert_cmphex (pixels[y * 17 + x], ==, grey_of (hu, &frame.window));
            }
      }
}

static void
test_threads (void)
{
  SagGeometry canonical = grid ();
  g_autoptr (SagVolume) volume = scene_new (&canonical, 7, SAG_SCALAR_INT16, marked, NULL);
  SagRenderView       view = scene_view (&canonical, SAG_RENDER_SAGITTAL, 203, 211, 0.2, 1);
  SagRenderFrame      frame = sag_render_frame_init (volume);
  g_autofree guint32 *alone = NULL;
  SagRenderSlice      slice;

  g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
  alone = scene_draw (&frame, &slice, NULL);
  for (guint n = 1; n <= 5; n++)
    {
      g_autoptr (SagPool) pool = sag_pool_new (n);
      g_autofree guint32 *pixels = scene_draw (&frame, &slice, pool);

      g_assert_cmpuint (count_differences (alone, pixels, 203 * 211), ==, 0);
    }
}

/* Rows may lie apart, and what is between them is left alone. */
static void
test_stride (void)
{
  SagGeometry canonical = grid ();
  g_autoptr (SagVolume) volume = scene_new (&canonical, 0, SAG_SCALAR_INT16, marked, NULL);
  SagRenderView       view = scene_view (&canonical, SAG_RENDER_CORONAL, 33, 21, 0.7, 1);
  SagRenderFrame      frame = sag_render_frame_init (volume);
  g_autofree guint32 *tight = NULL, *wide = g_new0 (guint32, 40 * 21);
  SagRenderSlice      slice;

  g_assert_true (sag_render_slice_init (&slice, &view, &canonical));
  tight = scene_draw (&frame, &slice, NULL);
  sag_render_frame_draw (&frame, &slice, NULL, (guint8 *) wide, 160);
  for (int y = 0; y < 21; y++)
    {
      g_assert_cmpmem (tight + y * 33, 132, wide + y * 40, 132);
      for (int x = 33; x < 40; x++)
        g_assert_cmphex (wide[y * 40 + x], ==, 0);
    }
}

/* Far away, or with one voxel: no index leaves the volume (the sanitizers look). */
static void
test_extremes (void)
{
  SagGeometry canonical = grid ();
  SagGeometry single = sag_geometry_init ((const int32_t[]){ 1, 1, 1 }, (const double[]){ 2, 2, 2 },
                                          (const double[]){ 0, 0, 0 });
  g_autoptr (SagVolume) volume = scene_new (&canonical, 5, SAG_SCALAR_INT16, marked, NULL);
  g_autoptr (SagVolume) voxel = scene_new (&single, 0, SAG_SCALAR_INT16, ramp, NULL);

  for (int plane = 0; plane < 3; plane++)
    for (int i = 0; i < 6; i++)
      {
        const double        mm[] = { 0.001, 0.5, 100, 1e6, 0.5, 0.5 };
        SagRenderView       view = scene_view (&canonical, plane, 64, 64, mm[i], 1);
        SagRenderFrame      frame = sag_render_frame_init (volume);
        g_autofree guint32 *pixels = NULL, *one = NULL;
        SagRenderSlice      slice;

        if (i >= 4)
          for (int c = 0; c < 3; c++)
            view.centre_ras_mm[c] += i == 4 ? 1e9 : -25;
        g_assert_true (sag_render_slice_init (&slice, &view, sag_volume_get_geometry (volume)));
        pixels = scene_draw (&frame, &slice, NULL);
        frame.volume = voxel;
        for (int c = 0; c < 3; c++)
          view.centre_ras_mm[c] = 0;
        g_assert_true (sag_render_slice_init (&slice, &view, &single));
        one = scene_draw (&frame, &slice, NULL);
        g_assert_cmphex (one[32 * 64 + 32], ==,
                         i == 2 || i == 3 ? 0xff000000 : grey_of (-100, &frame.window));
        for (int p = 0; p < 64 * 64; p++)
          g_assert_cmphex (pixels[p] >> 24, ==, 0xff);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/frame/orientations", test_orientations);
  g_test_add_func ("/render/frame/values", test_values);
  g_test_add_func ("/render/frame/slab", test_slab);
  g_test_add_func ("/render/frame/threads", test_threads);
  g_test_add_func ("/render/frame/stride", test_stride);
  g_test_add_func ("/render/frame/extremes", test_extremes);
  return g_test_run ();
}
