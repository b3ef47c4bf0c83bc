/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"

#include "model/core/error.h"
#include "model/mask/brush.h"
#include "model/mask/mask-private.h"
#include "model/mask/shape.h"
#include "tests/support/test.h"

#include <math.h>

#define NI 71
#define NJ 45
#define NK 37

/* The least distance in mm from a voxel to one that is set (or not). */
static double
nearest_mm (const SagMask *mask, gboolean set, int i, int j, int k, const double spacing[3])
{
  double least = INFINITY;

  for (int z = 0; z < NK; z++)
    for (int y = 0; y < NJ; y++)
      for (int x = 0; x < NI; x++)
        if (sag_mask_get (mask, x, y, z) == set)
          {
            const double d[3] = { (x - i) * spacing[0], (y - j) * spacing[1],
                                  (z - k) * spacing[2] };

            least = MIN (least, sqrt (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]));
          }
  return least;
}

static void
test_grow_and_shrink (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (21);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  const SagBrush ball = { .shape = SAG_BRUSH_BALL,
                          .radius_mm = 9,
                          .mode = SAG_MASK_PAINT_AS_MODEL };
  g_autoptr (SagMask) mask = NULL;
  g_autoptr (SagMask) grown = NULL;
  g_autoptr (SagMask) shrunk = NULL;
  g_autoptr (SagMask) same = NULL;
  g_autoptr (GError) error = NULL;
  double spacing[3], a[3], b[3];

  sag_geometry_spacing_mm (&grid, spacing);
  sag_geometry_to_ras (&grid, (double[]){ 5, 10, 10 }, a);
  sag_geometry_to_ras (&grid, (double[]){ 50, 30, 12 }, b);
  sag_brush_stroke (edit, &ball, a, b, NULL);
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 60, 60, 40, 33);
  mask = sag_mask_edit_snapshot (edit);
  grown = sag_mask_grow (mask, 3.4, NULL, &error);
  shrunk = sag_mask_shrink (mask, 3.4, NULL, &error);
  same = sag_mask_grow (mask, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sag_mask_equal (same, mask));
  for (int n = 0; n < 300; n++)
    {
      const int    i = g_rand_int_range (random, 0, NI), j = g_rand_int_range (random, 0, NJ);
      const int    k = g_rand_int_range (random, 0, NK);
      const double to_set = nearest_mm (mask, TRUE, i, j, k, spacing);
      const double to_free = nearest_mm (mask, FALSE, i, j, k, spacing);

      g_assert_cmpint (sag_mask_get (grown, i, j, k), ==, to_set <= 3.4);
      g_assert_cmpint (sag_mask_get (shrunk, i, j, k), ==, to_free > 3.4);
      g_assert_cmpint (sag_mask_is_model (grown, i, j, k), ==, sag_mask_is_model (mask, i, j, k));
    }
  g_assert_true (sag_mask_get (grown, 60, 40, 34));
  g_assert_cmpint (sag_mask_count (shrunk), >, 100);
}

/* Exact squared distances of random voxels, also where there is none. */
static void
test_distance (void)
{
  const gint32 dims[3] = { 17, 11, 9 };
  const double spacing[3] = { 0.7, 1.9, 3 };
  guint8       inside[17 * 11 * 9] = { 0 };
  float        out[17 * 11 * 9];
  const int    set[] = { 5, 300, 301, 1200, 1600 };

  sag_mask_distance_squared (inside, dims, spacing, out);
  for (int v = 0; v < 17 * 11 * 9; v++)
    g_assert_true (isinf (out[v]));
  for (guint s = 0; s < G_N_ELEMENTS (set); s++)
    inside[set[s]] = 1;
  sag_mask_distance_squared (inside, dims, spacing, out);
  for (int v = 0; v < 17 * 11 * 9; v++)
    {
      double least = INFINITY;

      for (guint s = 0; s < G_N_ELEMENTS (set); s++)
        {
          const double d[3] = { (v % 17 - set[s] % 17) * 0.7,
                                (v / 17 % 11 - set[s] / 17 % 11) * 1.9,
                                (v / 187 - set[s] / 187) * 3.0 };

          least = MIN (least, d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
        }
      g_assert_cmpfloat_with_epsilon (out[v], least, 1e-3);
    }
}

static void
test_smooth (void)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  const SagBrush ball = { .shape = SAG_BRUSH_BALL, .radius_mm = 14 };
  g_autoptr (SagMask) clean = NULL;
  g_autoptr (SagMask) rough = NULL;
  g_autoptr (SagMask) smooth = NULL;
  g_autoptr (GError) error = NULL;
  double at[3];

  sag_geometry_to_ras (&grid, (double[]){ 36, 22, 18 }, at);
  sag_brush_stroke (edit, &ball, at, at, NULL);
  clean = sag_mask_edit_snapshot (edit);
  sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 2, 2, 2, 2);     /* a speck */
  sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 36, 36, 22, 18); /* a hole */
  rough = sag_mask_edit_snapshot (edit);
  smooth = sag_mask_smooth (rough, 1.5, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (sag_mask_get (smooth, 2, 2, 2));
  g_assert_true (sag_mask_get (smooth, 36, 22, 18));
  /* A ball's surface moves in by sigma^2 / radius. */
  g_assert_cmpfloat_with_epsilon ((double) sag_mask_count (smooth) / sag_mask_count (clean),
                                  1 - 3 * 1.5 * 1.5 / (14 * 14), 0.015);
}

/* Discs of 16 and 8 mm become a cone, along every axis. */
static void
test_interpolate (void)
{
  const gint32 dims[3] = { 60, 60, 60 };
  const double spacing[3] = { 0.9, 1.1, 1 };
  SagGeometry  grid = sag_geometry_init (dims, spacing, (double[]){ 0, 0, 0 });
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (GError) error = NULL;

  for (int axis = 0; axis < 3; axis++)
    {
      g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
      g_autoptr (SagMask) painted = NULL;
      g_autoptr (SagMask) filled = NULL;
      SagBrush disc = { .shape = SAG_BRUSH_DISC, .axis = axis };
      double   ijk[3] = { 30, 30, 30 }, at[3];

      for (int s = 0; s < 2; s++)
        {
          disc.radius_mm = s == 0 ? 16 : 8;
          ijk[axis] = s == 0 ? 10 : 26;
          sag_geometry_to_ras (&grid, ijk, at);
          sag_brush_stroke (edit, &disc, at, at, NULL);
        }
      painted = sag_mask_edit_snapshot (edit);
      filled = sag_mask_interpolate (painted, axis, NULL, &error);
      g_assert_no_error (error);
      for (int s = 11; s < 26; s++)
        {
          const double radius = 16 - (s - 10) / 16.0 * 8;
          guint8       slice[3600] = { 0 };
          int          n = 0;

          sag_mask_fill_slice (filled, axis, s, 1, slice);
          for (int p = 0; p < 3600; p++)
            n += slice[p];
          g_assert_cmpfloat_with_epsilon (sqrt (n * 0.99 / spacing[axis] / G_PI), radius, 0.6);
        }
      g_clear_pointer (&painted, sag_mask_unref);
      painted = g_steal_pointer (&filled);
      filled = sag_mask_interpolate (painted, axis, NULL, &error);
      g_assert_null (filled);
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "nothing to fill");
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (22);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) mask = make_mask (&grid, 0.1, random);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancelled);
  g_assert_null (sag_mask_grow (mask, 2, cancelled, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
  g_assert_null (sag_mask_interpolate (mask, 2, cancelled, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mask/shape/distance", test_distance);
  g_test_add_func ("/mask/shape/grow-and-shrink", test_grow_and_shrink);
  g_test_add_func ("/mask/shape/smooth", test_smooth);
  g_test_add_func ("/mask/shape/interpolate", test_interpolate);
  g_test_add_func ("/mask/shape/cancelled", test_cancelled);
  return g_test_run ();
}
