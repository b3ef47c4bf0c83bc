/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/geometry.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define RADIANS 0.017453292519943295

static void
assert_near (const double a[3], const double b[3], double tolerance)
{
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (a[c], b[c], tolerance);
}

/* Stored axis c runs along patient axis order[c], downwards where bit c of @signs is set; then all
 * is turned. */
static SagGeometry
make_geometry (const int order[3], int signs, double degrees)
{
  SagGeometry  geometry = { .dims = { 11, 7, 5 } };
  const double spacing[3] = { 0.7, 0.9, 2.5 }, c = cos (degrees * RADIANS),
               s = sin (degrees * RADIANS);
  const double turn[3][4] = { { c, -s, 0, 0 }, { s, c, 0, 0 }, { 0, 0, 1, 0 } };

  for (int a = 0; a < 3; a++)
    {
      geometry.ijk_to_ras[order[a]][a] = signs >> a & 1 ? -spacing[a] : spacing[a];
      geometry.ijk_to_ras[a][3] = 10 * a - 33;
    }
  sag_geometry_compose (turn, geometry.ijk_to_ras, geometry.ijk_to_ras);
  return geometry;
}

static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

static void
test_letters (void)
{
  for (int o = 0; o < 6; o++)
    for (int signs = 0; signs < 8; signs++)
      for (double degrees = -40; degrees <= 40; degrees += 20)
        {
          SagGeometry geometry = make_geometry (orders[o], signs, degrees);
          char        letters[4];

          sag_geometry_letters (&geometry, letters);
          for (int a = 0; a < 3; a++)
            g_assert_cmpint (letters[a], ==, (signs >> a & 1 ? "LPI" : "RAS")[orders[o][a]]);
        }
}

static void
test_canonical (void)
{
  for (int o = 0; o < 6; o++)
    for (int signs = 0; signs < 8; signs++)
      {
        SagGeometry geometry = make_geometry (orders[o], signs, 15),
                    canonical = sag_geometry_to_canonical (&geometry);
        char letters[4];
        int  axis[3];
        bool flip[3];

        sag_geometry_letters (&canonical, letters);
        g_assert_cmpstr (letters, ==, "RAS");
        g_assert_cmpint (sag_geometry_n_voxels (&canonical), ==, 11 * 7 * 5);
        sag_geometry_nearest_axes (&geometry, axis, flip);
        for (int v = 0; v < 8; v++)
          {
            double in_view[3], stored[3], a[3], b[3];

            for (int r = 0; r < 3; r++)
              {
                in_view[r] = v >> r & 1 ? canonical.dims[r] - 1 : 0;
                stored[axis[r]] = flip[r] ? canonical.dims[r] - 1 - in_view[r] : in_view[r];
              }
            sag_geometry_to_ras (&canonical, in_view, a);
            sag_geometry_to_ras (&geometry, stored, b);
            assert_near (a, b, 1e-9);
          }
      }
}

static void
test_invert (void)
{
  SagGeometry  geometry = make_geometry (orders[3], 5, 25);
  const double ijk[3] = { 3.5, -2, 4.25 };
  double       inverse[3][4], ras[3], back[3], identity[3][4];

  g_assert_true (sag_geometry_invert (&geometry, inverse));
  sag_geometry_to_ras (&geometry, ijk, ras);
  sag_geometry_apply (inverse, ras, back);
  assert_near (back, ijk, 1e-12);
  sag_geometry_compose (inverse, geometry.ijk_to_ras, identity);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      g_assert_cmpfloat_with_epsilon (identity[r][c], r == c, 1e-12);
}

static void
test_no_volume (void)
{
  SagGeometry flat = make_geometry (orders[0], 0, 0), same = flat, not_finite = flat;
  double      inverse[3][4];

  flat.ijk_to_ras[2][2] = 0;
  g_assert_false (sag_geometry_invert (&flat, inverse));
  for (int r = 0; r < 3; r++)
    same.ijk_to_ras[r][1] = 3 * same.ijk_to_ras[r][0];
  g_assert_false (sag_geometry_invert (&same, inverse));
  not_finite.ijk_to_ras[1][1] = NAN;
  g_assert_false (sag_geometry_invert (&not_finite, inverse));
}

static void
test_shape (void)
{
  SagGeometry geometry = make_geometry (orders[4], 3, 17);
  double      spacing[3];

  sag_geometry_spacing_mm (&geometry, spacing);
  assert_near (spacing, (double[3]){ 0.7, 0.9, 2.5 }, 1e-12);
  g_assert_cmpfloat_with_epsilon (sag_geometry_obliquity_degrees (&geometry), 17, 1e-9);
  g_assert_false (sag_geometry_is_sheared (&geometry));
  /* The third stored axis leans by atan (0.01 / 2.5) = 0.23 degrees towards the first. */
  for (int r = 0; r < 3; r++)
    geometry.ijk_to_ras[r][2] += geometry.ijk_to_ras[r][0] / 0.7 * 0.01;
  g_assert_true (sag_geometry_is_sheared (&geometry));
}

static void
test_coarsen (void)
{
  SagGeometry fine = make_geometry (orders[1], 6, 10),
              coarse = sag_geometry_coarsen (&fine, (int32_t[3]){ 4, 7, 2 });
  const double corner[3] = { -0.5, -0.5, -0.5 };
  const double centre[3] = { 1.5, 3, 0.5 };
  double       a[3], b[3];

  g_assert_cmpint (coarse.dims[0], ==, 3);
  g_assert_cmpint (coarse.dims[1], ==, 1);
  g_assert_cmpint (coarse.dims[2], ==, 3);
  sag_geometry_to_ras (&fine, corner, a);
  sag_geometry_to_ras (&coarse, corner, b);
  assert_near (a, b, 1e-12);
  sag_geometry_to_ras (&fine, centre, a);
  sag_geometry_to_ras (&coarse, (double[3]){ 0, 0, 0 }, b);
  assert_near (a, b, 1e-12);
}

static void
test_equal (void)
{
  SagGeometry a = sag_geometry_init ((int32_t[3]){ 100, 100, 100 }, (double[3]){ 1, 1, 1 },
                                     (double[3]){ 0, 0, 0 }),
              b = a;

  b.ijk_to_ras[0][0] = 1.001;
  g_assert_cmpfloat_with_epsilon (sag_geometry_corner_distance_mm (&a, &b), 0.0995, 1e-9);
  g_assert_true (sag_geometry_equal (&a, &b, 0.1));
  g_assert_false (sag_geometry_equal (&a, &b, 0.09));
  b.ijk_to_ras[0][0] = NAN;
  g_assert_false (sag_geometry_equal (&a, &b, 1e9));
  b = a;
  b.dims[2] = 99;
  g_assert_false (sag_geometry_equal (&a, &b, 1e9));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/geometry/letters", test_letters);
  g_test_add_func ("/volume/geometry/canonical", test_canonical);
  g_test_add_func ("/volume/geometry/invert", test_invert);
  g_test_add_func ("/volume/geometry/no-volume", test_no_volume);
  g_test_add_func ("/volume/geometry/shape", test_shape);
  g_test_add_func ("/volume/geometry/coarsen", test_coarsen);
  g_test_add_func ("/volume/geometry/equal", test_equal);
  return g_test_run ();
}
