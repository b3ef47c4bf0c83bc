/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/marker.h"

#include <math.h>
#include <string.h>

#define SIZE SAG_RENDER_MARKER_SIZE

static cairo_surface_t *
draw (const SagRenderCamera *camera, int hover, int scale)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, SIZE * scale, SIZE * scale);
  cairo_t    *cr = cairo_create (surface);
  const char *folder = g_getenv ("SAGITTA_PICTURES");

  cairo_scale (cr, scale, scale);
  sag_render_marker_draw (cr, camera, hover);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (folder != NULL)
    {
      g_autofree char *path =
        g_strdup_printf ("%s/marker-%.0f-%.0f-%d.png", folder, camera->azimuth_degrees,
                         camera->elevation_degrees, scale);

      cairo_surface_write_to_png (surface, path);
    }
  return surface;
}

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  return (
    (const guint32 *) (const void *) (cairo_image_surface_get_data (surface) +
                                      (gsize) y * cairo_image_surface_get_stride (surface)))[x];
}

/* The discs stand where the camera shows their sides, and can be picked there. */
static void
test_places (void)
{
  static const double sides[SAG_RENDER_N_STANDARD_VIEWS][3] = {
    { 0, 1, 0 }, { 0, -1, 0 }, { -1, 0, 0 }, { 1, 0, 0 }, { 0, 0, 1 }, { 0, 0, -1 },
  };
  SagRenderCamera camera = sag_render_camera_init ();

  camera.span_mm = SIZE;
  sag_render_camera_rotate (&camera, 35, 25);
  for (int v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    {
      double x, y, at_x, at_y, before;

      before = sag_render_marker_place (&camera, (SagRenderStandardView) v, &x, &y);
      g_assert_cmpfloat_with_epsilon (
        sag_render_camera_project (&camera, SIZE, SIZE, sides[v], &at_x, &at_y), before, 1e-9);
      g_assert_cmpfloat_with_epsilon ((x - SIZE / 2.0), 32 * (at_x - SIZE / 2.0), 1e-9);
      g_assert_cmpfloat_with_epsilon ((y - SIZE / 2.0), 32 * (at_y - SIZE / 2.0), 1e-9);
      g_assert_cmpint (sag_render_marker_pick (&camera, x, y), ==, v);
    }
  g_assert_cmpint (sag_render_marker_pick (&camera, 1, 1), ==, -1);
}

/* From the front A covers P: the near one is picked. */
static void
test_nearest (void)
{
  SagRenderCamera camera = sag_render_camera_init ();

  for (int v = 0; v < SAG_RENDER_N_STANDARD_VIEWS; v++)
    {
      sag_render_camera_look (&camera, (SagRenderStandardView) v);
      g_assert_cmpint (sag_render_marker_pick (&camera, SIZE / 2.0, SIZE / 2.0), ==, v);
    }
}

/* Nothing is cut off, whichever way it stands. */
static void
test_room (void)
{
  for (int azimuth = -180; azimuth < 180; azimuth += 45)
    for (int elevation = -90; elevation <= 90; elevation += 45)
      {
        SagRenderCamera  camera = sag_render_camera_init ();
        cairo_surface_t *surface;
        guint32          edge = 0;

        sag_render_camera_rotate (&camera, azimuth, elevation);
        surface = draw (&camera, -1, 1);
        for (int n = 0; n < SIZE; n++)
          edge |= pixel (surface, n, 0) | pixel (surface, n, SIZE - 1) | pixel (surface, 0, n) |
                  pixel (surface, SIZE - 1, n);
        g_assert_cmphex (edge, ==, 0);
        g_assert_cmphex (pixel (surface, SIZE / 2, SIZE / 2), !=, 0);
        cairo_surface_destroy (surface);
      }
}

static void
test_hover (void)
{
  SagRenderCamera  camera = sag_render_camera_init ();
  double           x, y;
  cairo_surface_t *plain, *lit;
  int              at_x, at_y;

  sag_render_marker_place (&camera, SAG_RENDER_VIEW_LEFT, &x, &y);
  at_x = (int) x - 6;
  at_y = (int) y;
  plain = draw (&camera, -1, 1);
  lit = draw (&camera, SAG_RENDER_VIEW_LEFT, 1);
  g_assert_cmphex (pixel (plain, at_x, at_y), !=, pixel (lit, at_x, at_y));
  g_assert_cmphex (pixel (lit, at_x, at_y), ==, 0xff62a0ea);
  cairo_surface_destroy (plain);
  cairo_surface_destroy (lit);
}

/* Twice as many pixels, the same picture. */
static void
test_scale (void)
{
  SagRenderCamera  camera = sag_render_camera_init ();
  cairo_surface_t *surface;

  sag_render_camera_rotate (&camera, 30, 20);
  surface = draw (&camera, -1, 2);
  g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 2 * SIZE);
  g_assert_cmphex (pixel (surface, SIZE, SIZE), !=, 0);
  cairo_surface_destroy (surface);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/marker/places", test_places);
  g_test_add_func ("/scene/marker/nearest", test_nearest);
  g_test_add_func ("/scene/marker/room", test_room);
  g_test_add_func ("/scene/marker/hover", test_hover);
  g_test_add_func ("/scene/marker/scale", test_scale);
  return g_test_run ();
}
