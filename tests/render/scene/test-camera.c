/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/camera.h"

#include <math.h>
#include <string.h>

/* Which way R, A and S run on the screen in each view: +x right, +y up, +z to the reader. */
static void
test_standard_views (void)
{
  static const struct
  {
    const char *name;
    double      right[3], up[3], towards[3];
  } expected[SAG_RENDER_N_STANDARD_VIEWS] = {
    { "anterior", { -1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 } },
    { "posterior", { 1, 0, 0 }, { 0, 0, 1 }, { 0, -1, 0 } },
    { "left", { 0, -1, 0 }, { 0, 0, 1 }, { -1, 0, 0 } },
    { "right", { 0, 1, 0 }, { 0, 0, 1 }, { 1, 0, 0 } },
    { "superior", { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
    { "inferior", { -1, 0, 0 }, { 0, 1, 0 }, { 0, 0, -1 } },
  };

  for (guint v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    {
      SagRenderCamera       camera = sag_render_camera_init ();
      SagRenderStandardView view;
      double                right[3], up[3], towards[3];

      g_assert_true (sag_render_standard_view_parse (expected[v].name, &view));
      g_assert_cmpstr (sag_render_standard_view_name (view), ==, expected[v].name);
      sag_render_camera_look (&camera, view);
      sag_render_camera_axes (&camera, right, up, towards);
      for (int c = 0; c < 3; c++)
        {
          g_assert_cmpfloat_with_epsilon (right[c], expected[v].right[c], 1e-12);
          g_assert_cmpfloat_with_epsilon (up[c], expected[v].up[c], 1e-12);
          g_assert_cmpfloat_with_epsilon (towards[c], expected[v].towards[c], 1e-12);
        }
    }
}

static void
test_unknown_view (void)
{
  SagRenderStandardView view;

  g_assert_false (sag_render_standard_view_parse ("front", &view));
  g_assert_false (sag_render_standard_view_parse (NULL, &view));
}

/* The three axes stay at right angles and right-handed wherever one stands. */
static void
test_axes (void)
{
  for (int azimuth = -180; azimuth <= 180; azimuth += 15)
    for (int elevation = -90; elevation <= 90; elevation += 15)
      {
        SagRenderCamera camera = sag_render_camera_init ();
        double          a[3][3];

        sag_render_camera_rotate (&camera, azimuth, elevation);
        sag_render_camera_axes (&camera, a[0], a[1], a[2]);
        for (int u = 0; u < 3; u++)
          for (int v = 0; v < 3; v++)
            g_assert_cmpfloat_with_epsilon (
              a[u][0] * a[v][0] + a[u][1] * a[v][1] + a[u][2] * a[v][2], u == v, 1e-12);
        for (int c = 0; c < 3; c++)
          g_assert_cmpfloat_with_epsilon (
            a[2][c], a[0][(c + 1) % 3] * a[1][(c + 2) % 3] - a[0][(c + 2) % 3] * a[1][(c + 1) % 3],
            1e-12);
        g_assert_cmpfloat (a[1][2], >=, -1e-12);
      }
}

static void
test_rotate (void)
{
  SagRenderCamera camera = sag_render_camera_init ();

  sag_render_camera_rotate (&camera, 200, 100);
  g_assert_cmpfloat_with_epsilon (camera.azimuth_degrees, -160, 1e-9);
  g_assert_cmpfloat (camera.elevation_degrees, ==, 90);
  sag_render_camera_rotate (&camera, 0, -200);
  g_assert_cmpfloat (camera.elevation_degrees, ==, -90);
  for (int turn = 0; turn < 36; turn++)
    sag_render_camera_rotate (&camera, 10, 0);
  g_assert_cmpfloat_with_epsilon (camera.azimuth_degrees, -160, 1e-9);
}

static void
test_project (void)
{
  SagRenderCamera camera = sag_render_camera_init ();
  const double    left[3] = { -100, 30, 50 };
  double          x, y;

  camera.centre_ras_mm[1] = 10;
  camera.span_mm = 300;
  /* 0.5 mm per pixel, because the shorter side has 600. */
  g_assert_cmpfloat (sag_render_camera_mm_per_pixel (&camera, 800, 600), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (sag_render_camera_project (&camera, 800, 600, left, &x, &y), 20,
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (x, 400 + 200, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 300 - 100, 1e-9);
  sag_render_camera_look (&camera, SAG_RENDER_VIEW_POSTERIOR);
  g_assert_cmpfloat_with_epsilon (sag_render_camera_project (&camera, 800, 600, left, &x, &y), -20,
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (x, 400 - 200, 1e-9);
}

/* What lay in the middle is afterwards as far from it as was asked for. */
static void
test_pan (void)
{
  SagRenderCamera camera = sag_render_camera_init ();
  const double    middle[3] = { 0, 0, 0 };
  double          x, y;

  sag_render_camera_rotate (&camera, 33, -21);
  sag_render_camera_pan (&camera, 640, 480, 37, -12);
  sag_render_camera_project (&camera, 640, 480, middle, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, 320 + 37, 1e-9);
  g_assert_cmpfloat_with_epsilon (y, 240 - 12, 1e-9);
}

static void
test_zoom (void)
{
  SagRenderCamera camera = sag_render_camera_init ();

  sag_render_camera_zoom (&camera, 2);
  g_assert_cmpfloat (camera.span_mm, ==, 200);
  for (int n = 0; n < 100; n++)
    sag_render_camera_zoom (&camera, 2);
  g_assert_cmpfloat (camera.span_mm, ==, 5);
  for (int n = 0; n < 100; n++)
    sag_render_camera_zoom (&camera, 0.5);
  g_assert_cmpfloat (camera.span_mm, ==, 5000);
}

/* All corners are in the picture in every standard view, and the grid fills most of it in one. */
static void
test_fit (void)
{
  const SagGeometry grid =
    sag_geometry_init ((const int32_t[]){ 100, 80, 60 }, (const double[]){ 3, 2, 5 },
                       (const double[]){ 40, -200, 900 });
  double widest = 0;

  for (int v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    for (int corner = 0; corner < 8; corner++)
      {
        SagRenderCamera camera = sag_render_camera_init ();
        double          ijk[3], ras[3], x, y;

        sag_render_camera_look (&camera, (SagRenderStandardView) v);
        sag_render_camera_fit (&camera, &grid);
        for (int a = 0; a < 3; a++)
          ijk[a] = corner >> a & 1 ? grid.dims[a] - 0.5 : -0.5;
        sag_geometry_to_ras (&grid, ijk, ras);
        sag_render_camera_project (&camera, 500, 500, ras, &x, &y);
        g_assert_cmpfloat (fabs (x - 250), <, 250);
        g_assert_cmpfloat (fabs (y - 250), <, 250);
        widest = MAX (widest, MAX (fabs (x - 250), fabs (y - 250)));
      }
  g_assert_cmpfloat (widest, >, 230);
}

static void
test_equal (void)
{
  SagRenderCamera a = sag_render_camera_init (), b = a;

  g_assert_true (sag_render_camera_equal (&a, &b));
  sag_render_camera_rotate (&b, 1, 0);
  g_assert_false (sag_render_camera_equal (&a, &b));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/camera/standard-views", test_standard_views);
  g_test_add_func ("/scene/camera/unknown-view", test_unknown_view);
  g_test_add_func ("/scene/camera/axes", test_axes);
  g_test_add_func ("/scene/camera/rotate", test_rotate);
  g_test_add_func ("/scene/camera/project", test_project);
  g_test_add_func ("/scene/camera/pan", test_pan);
  g_test_add_func ("/scene/camera/zoom", test_zoom);
  g_test_add_func ("/scene/camera/fit", test_fit);
  g_test_add_func ("/scene/camera/equal", test_equal);
  return g_test_run ();
}
