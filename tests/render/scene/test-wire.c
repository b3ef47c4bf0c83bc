/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/wire.h"

#include <math.h>

static SagGeometry
grid_new (void)
{
  return sag_geometry_init ((const int32_t[]){ 10, 20, 30 }, (const double[]){ 1, 2, 3 },
                            (const double[]){ 5, -7, 11 });
}

static double
coordinate (const GArray *points, guint point, int c)
{
  return g_array_index (points, float, 3 * point + c);
}

static double
length (const GArray *points)
{
  double sum = 0;

  for (guint p = 0; p < points->len / 3; p += 2)
    sum += sqrt (pow (coordinate (points, p, 0) - coordinate (points, p + 1, 0), 2) +
                 pow (coordinate (points, p, 1) - coordinate (points, p + 1, 1), 2) +
                 pow (coordinate (points, p, 2) - coordinate (points, p + 1, 2), 2));
  return sum;
}

static void
assert_within (const GArray *points)
{
  static const double low[3] = { 4.5, -8, 9.5 }, high[3] = { 14.5, 32, 99.5 };

  for (int c = 0; c < 3; c++)
    {
      double least = G_MAXDOUBLE, most = -G_MAXDOUBLE;

      for (guint p = 0; p < points->len / 3; p++)
        {
          least = MIN (least, coordinate (points, p, c));
          most = MAX (most, coordinate (points, p, c));
        }
      g_assert_cmpfloat_with_epsilon (least, low[c], 1e-4);
      g_assert_cmpfloat_with_epsilon (most, high[c], 1e-4);
    }
}

static void
test_box (void)
{
  const SagGeometry grid = grid_new ();
  g_autoptr (GArray) whole = sag_render_wire_box (&grid, 0);
  g_autoptr (GArray) dashed = sag_render_wire_box (&grid, 2);

  g_assert_cmpuint (whole->len, ==, 12 * 2 * 3);
  g_assert_cmpfloat_with_epsilon (length (whole), 4 * (10 + 40 + 90), 1e-3);
  assert_within (whole);
  /* Dashes, and a dash at each corner. */
  g_assert_cmpfloat (length (dashed), >, length (whole) * 0.5);
  g_assert_cmpfloat (length (dashed), <, length (whole) * 0.65);
  assert_within (dashed);
}

static void
test_axes (void)
{
  const SagGeometry grid = grid_new ();
  const double      at[3] = { 9, 3, 50 };
  g_autoptr (GArray) axes = sag_render_wire_axes (&grid, at);

  g_assert_cmpuint (axes->len, ==, 3 * 2 * 3);
  assert_within (axes);
  for (guint axis = 0; axis < 3; axis++)
    for (guint end = 0; end < 2; end++)
      for (guint c = 0; c < 3; c++)
        if (c != axis)
          g_assert_cmpfloat_with_epsilon (coordinate (axes, 2 * axis + end, c), at[c], 1e-4);
}

/* A point beside the volume is shown at its face. */
static void
test_axes_outside (void)
{
  const SagGeometry grid = grid_new ();
  const double      at[3] = { 9, 300, 50 };
  g_autoptr (GArray) axes = sag_render_wire_axes (&grid, at);

  assert_within (axes);
  g_assert_cmpfloat_with_epsilon (coordinate (axes, 0, 1), 32, 1e-4);
}

static void
test_planes (void)
{
  const SagGeometry grid = grid_new ();
  const double      at[3] = { 9, 3, 50 };
  g_autoptr (GArray) planes = sag_render_wire_planes (&grid, at);

  g_assert_cmpuint (planes->len, ==, 3 * 4 * 2 * 3);
  g_assert_cmpfloat_with_epsilon (length (planes), 4 * (10 + 40 + 90), 1e-3);
  assert_within (planes);
  for (guint axis = 0; axis < 3; axis++)
    for (guint p = 0; p < 8; p++)
      g_assert_cmpfloat_with_epsilon (coordinate (planes, 8 * axis + p, (int) axis), at[axis],
                                      1e-4);
}

static void
test_flat (void)
{
  SagGeometry  grid = grid_new ();
  const double at[3] = { 0, 0, 0 };
  g_autoptr (GArray) axes = NULL;
  g_autoptr (GArray) planes = NULL;

  grid.ijk_to_ras[1][1] = 0;
  axes = sag_render_wire_axes (&grid, at);
  planes = sag_render_wire_planes (&grid, at);
  g_assert_cmpuint (axes->len, ==, 0);
  g_assert_cmpuint (planes->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/wire/box", test_box);
  g_test_add_func ("/scene/wire/axes", test_axes);
  g_test_add_func ("/scene/wire/axes-outside", test_axes_outside);
  g_test_add_func ("/scene/wire/planes", test_planes);
  g_test_add_func ("/scene/wire/flat", test_flat);
  return g_test_run ();
}
