/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/view.h"

#include "tests/render/slice/scene.h"

#include <math.h>

static SagGeometry
grid (void)
{
  return sag_geometry_init ((const int32_t[]){ 40, 30, 20 }, (const double[]){ 0.8, 1.1, 2.5 },
                            (const double[]){ -12.5, 31.0, -500.25 });
}

/* A gantry tilt: slices that move along A while they rise. */
static SagGeometry
sheared (void)
{
  SagGeometry geometry = grid ();

  geometry.ijk_to_ras[1][2] = 0.9;
  geometry.ijk_to_ras[0][1] = -0.2;
  return geometry;
}

static void
assert_near (double a, double b, double tolerance)
{
  if (!(fabs (a - b) <= tolerance))
    g_error ("%.17g is not %.17g", a, b);
}

static void
test_letters (void)
{
  static const char *const expected[2][3] = { { "RLAP", "RLSI", "APSI" },
                                              { "LRAP", "LRSI", "APSI" } };
  SagGeometry              canonical = grid ();

  for (int o = 0; o < SCENE_N_ORIENTATIONS; o++)
    for (int plane = 0; plane < 3; plane++)
      for (int neurological = 0; neurological < 2; neurological++)
        {
          int            axis[3];
          gboolean       flip[3];
          SagGeometry    turned = scene_turn (&canonical, 20, -14);
          SagGeometry    stored = scene_reorder (o % 2 ? &turned : &canonical, o, axis, flip);
          SagRenderView  view = scene_view (&stored, plane, 100, 80, 1, 1);
          SagRenderSlice slice;
          char           letters[5];

          view.neurological = neurological;
          g_assert_true (sag_render_slice_init (&slice, &view, &stored));
          sag_render_slice_letters (&slice, letters);
          g_assert_cmpstr (letters, ==, expected[neurological][plane]);
        }
}

/* The letters must be where the patient's sides are. */
static void
test_directions (void)
{
  SagGeometry geometry = grid ();

  for (int plane = 0; plane < 3; plane++)
    for (int neurological = 0; neurological < 2; neurological++)
      {
        SagRenderView  view = scene_view (&geometry, plane, 101, 81, 0.7, 2);
        SagRenderSlice slice;
        char           letters[5];

        view.neurological = neurological;
        g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
        sag_render_slice_letters (&slice, letters);
        for (int a = 0; a < 3; a++)
          for (int side = 0; side < 2; side++)
            {
              char   letter = (side ? "LPI" : "RAS")[a];
              double point[3], x, y, distance;

              sag_render_slice_to_ras (&slice, 50.5, 40.5, point);
              point[a] += side ? -7 : 7;
              distance = sag_render_slice_from_ras (&slice, point, &x, &y);
              if (a == slice.axis[2])
                assert_near (distance, side ? -7 : 7, 1e-9);
              else
                {
                  int edge = x < 50 ? 0 : x > 51 ? 1 : y < 40 ? 2 : 3;

                  g_assert_true (letter == letters[edge]);
                }
            }
      }
}

static void
test_round_trip (void)
{
  SagGeometry        plain = grid (), turned = scene_turn (&plain, 25, 17), tilted = sheared ();
  const SagGeometry *geometries[] = { &plain, &turned, &tilted };

  for (int g = 0; g < 3; g++)
    for (int o = 0; o < SCENE_N_ORIENTATIONS; o++)
      for (int plane = 0; plane < 3; plane++)
        {
          int            axis[3];
          gboolean       flip[3];
          SagGeometry    stored = scene_reorder (geometries[g], o, axis, flip);
          SagRenderView  view = scene_view (&stored, plane, 211, 97, 0.37, o % 2 ? 2 : 1);
          SagRenderSlice slice;
          SagRenderSteps steps;
          double         ras[3], ijk[3], x, y;

          g_assert_true (sag_render_slice_init (&slice, &view, &stored));
          sag_render_slice_to_ras (&slice, 12.25, 80.75, ras);
          assert_near (sag_render_slice_from_ras (&slice, ras, &x, &y), 0, 1e-9);
          assert_near (x, 12.25, 1e-9);
          assert_near (y, 80.75, 1e-9);

          /* The slice is one plane of voxels: the index through it is whole and the same
           * everywhere. */
          g_assert_true (sag_render_slice_steps (&slice, &slice.canonical, &steps));
          assert_near (steps.start[slice.axis[2]], slice.index, 1e-9);
          assert_near (steps.across[slice.axis[2]], 0, 1e-12);
          assert_near (steps.down[slice.axis[2]], 0, 1e-12);

          /* And the steps agree with the positions. */
          for (int c = 0; c < 3; c++)
            ijk[c] = steps.start[c] + 30 * steps.across[c] + 20 * steps.down[c];
          sag_geometry_to_ras (&slice.canonical, ijk, ras);
          sag_render_slice_from_ras (&slice, ras, &x, &y);
          assert_near (x * slice.scale, 30.5, 1e-9);
          assert_near (y * slice.scale, 20.5, 1e-9);
        }
}

/* Millimetres on the screen are millimetres in the patient, in every direction, however the
 * grid lies. */
static void
test_aspect (void)
{
  SagGeometry        plain = grid (), turned = scene_turn (&plain, 31, -22), tilted = sheared ();
  const SagGeometry *geometries[] = { &plain, &turned, &tilted };

  for (int g = 0; g < 3; g++)
    for (int plane = 0; plane < 3; plane++)
      {
        SagRenderView  view = scene_view (geometries[g], plane, 200, 200, 0.5, 1);
        SagRenderSlice slice;
        double         a[3], b[3], xa, ya, xb, yb, length;
        double         ijk[3] = { 3, 4, 5 };

        g_assert_true (sag_render_slice_init (&slice, &view, geometries[g]));
        ijk[slice.axis[2]] = slice.index;
        sag_geometry_to_ras (&slice.canonical, ijk, a);
        ijk[slice.axis[0]] += 9;
        ijk[slice.axis[1]] += 6;
        sag_geometry_to_ras (&slice.canonical, ijk, b);
        length = sqrt (pow (a[0] - b[0], 2) + pow (a[1] - b[1], 2) + pow (a[2] - b[2], 2));
        assert_near (sag_render_slice_from_ras (&slice, a, &xa, &ya), 0, 1e-9);
        assert_near (sag_render_slice_from_ras (&slice, b, &xb, &yb), 0, 1e-9);
        assert_near (hypot (xa - xb, ya - yb) * 0.5, length, 1e-9);
      }
}

static void
test_fit (void)
{
  SagGeometry    plain = grid (), tilted = sheared ();
  SagRenderView  view = scene_view (&plain, SAG_RENDER_CORONAL, 300, 200, 9, 1);
  SagRenderSlice slice;
  double         x, y, corner[3];

  view.centre_ras_mm[0] += 100;
  view.centre_ras_mm[1] = 31.0 + 7 * 1.1;
  sag_render_view_fit (&view, &plain, 10);
  /* 40 x 0.8 = 32 mm in 280 pixels, 20 x 2.5 = 50 mm in 180 pixels */
  assert_near (view.mm_per_pixel, 50 / 180.0, 1e-12);
  g_assert_true (sag_render_slice_init (&slice, &view, &plain));
  g_assert_cmpint (slice.index, ==, 7);
  g_assert_cmpint (slice.n_slices, ==, 30);
  sag_geometry_to_ras (&plain, (const double[]){ -0.5, 7, 19.5 }, corner);
  sag_render_slice_from_ras (&slice, corner, &x, &y);
  assert_near (y, 10, 1e-9);
  assert_near (x, 150 + 16 / view.mm_per_pixel, 1e-9);

  /* The whole of a sheared slice is in the picture. */
  view = scene_view (&tilted, SAG_RENDER_SAGITTAL, 300, 200, 9, 1);
  sag_render_view_fit (&view, &tilted, 0);
  g_assert_true (sag_render_slice_init (&slice, &view, &tilted));
  for (int c = 0; c < 4; c++)
    {
      const double ijk[3] = { slice.index, c & 1 ? 29.5 : -0.5, c & 2 ? 19.5 : -0.5 };

      sag_geometry_to_ras (&tilted, ijk, corner);
      sag_render_slice_from_ras (&slice, corner, &x, &y);
      g_assert_true (x > -1e-9 && x < 300 + 1e-9 && y > -1e-9 && y < 200 + 1e-9);
    }
}

static void
test_pan_zoom_step (void)
{
  SagGeometry    geometry = sheared ();
  SagRenderView  view = scene_view (&geometry, SAG_RENDER_SAGITTAL, 160, 120, 0.5, 2);
  SagRenderSlice slice;
  double         ras[3], x, y;

  g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
  sag_render_slice_to_ras (&slice, 33, 44, ras);
  sag_render_view_pan (&view, &geometry, 7, -9);
  g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
  sag_render_slice_from_ras (&slice, ras, &x, &y);
  assert_near (x, 40, 1e-9);
  assert_near (y, 35, 1e-9);

  sag_render_view_zoom (&view, &geometry, 1.6, 40, 35);
  g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
  assert_near (view.mm_per_pixel, 0.5 / 1.6, 1e-12);
  sag_render_slice_from_ras (&slice, ras, &x, &y);
  assert_near (x, 40, 1e-9);
  assert_near (y, 35, 1e-9);

  int index = slice.index;

  sag_render_view_step (&view, &geometry, 3);
  g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
  g_assert_cmpint (slice.index, ==, index + 3);
  sag_render_view_step (&view, &geometry, -1000);
  g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
  g_assert_cmpint (slice.index, ==, 0);
  sag_render_view_step (&view, &geometry, 1000);
  g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
  g_assert_cmpint (slice.index, ==, 39);
}

/* A device pixel is a part of a logical one, also where the size is odd and the scale is a half. */
static void
test_scale (void)
{
  SagGeometry  geometry = grid ();
  const double scales[] = { 0.5, 1, 1.5, 2, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      SagRenderView  view = scene_view (&geometry, SAG_RENDER_AXIAL, 101, 77, 0.4, scales[i]);
      SagRenderSlice slice;
      double         x, y;

      g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
      g_assert_cmpint (slice.width, ==, (int) ceil (101 * scales[i]));
      g_assert_cmpint (slice.height, ==, (int) ceil (77 * scales[i]));
      sag_render_slice_from_ras (&slice, view.centre_ras_mm, &x, &y);
      assert_near (x, 50.5, 1e-9);
      assert_near (y, 38.5, 1e-9);
    }
}

/* A centre far away, or none at all, still names a slice of the volume. */
static void
test_far_centre (void)
{
  SagGeometry  geometry = grid ();
  const double places[] = { -1e300, -1e6, 1e6, 1e300, NAN, INFINITY };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      SagRenderView  view = scene_view (&geometry, SAG_RENDER_AXIAL, 10, 10, 1, 1);
      SagRenderSlice slice;

      view.centre_ras_mm[2] = places[i];
      g_assert_true (sag_render_slice_init (&slice, &view, &geometry));
      g_assert_cmpint (slice.index, ==, places[i] > 0 ? 19 : 0);
    }
}

static void
test_no_volume (void)
{
  SagGeometry    geometry = grid ();
  SagRenderView  view = scene_view (&geometry, SAG_RENDER_AXIAL, 10, 10, 1, 1);
  SagRenderSlice slice;

  for (int c = 0; c < 3; c++)
    geometry.ijk_to_ras[c][1] = geometry.ijk_to_ras[c][0];
  g_assert_false (sag_render_slice_init (&slice, &view, &geometry));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/render/view/letters", test_letters);
  g_test_add_func ("/render/view/directions", test_directions);
  g_test_add_func ("/render/view/round-trip", test_round_trip);
  g_test_add_func ("/render/view/aspect", test_aspect);
  g_test_add_func ("/render/view/fit", test_fit);
  g_test_add_func ("/render/view/pan-zoom-step", test_pan_zoom_step);
  g_test_add_func ("/render/view/scale", test_scale);
  g_test_add_func ("/render/view/far-centre", test_far_centre);
  g_test_add_func ("/render/view/no-volume", test_no_volume);
  return g_test_run ();
}
