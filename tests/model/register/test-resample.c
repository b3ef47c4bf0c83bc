/* SPDX-License-Identifier: Apache-2.0 */
#include "model/register/register.h"

#include "tests/model/register/moved.h"

#include <math.h>

static const double still[3][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } };

/* Values that grow evenly are exact between voxels, wherever the grid lies. */
static SagVolume *
ramp (gboolean as_float)
{
  const gint32 dims[3] = { 12, 10, 8 };
  const double spacing_mm[3] = { 2, 3, 4 }, origin_mm[3] = { -5, 7, 9 };
  SagGeometry  geometry = sag_geometry_init (dims, spacing_mm, origin_mm);
  gint16      *shorts = g_new (gint16, 12 * 10 * 8);
  float       *floats = g_new (float, 12 * 10 * 8);

  for (int v = 0; v < 12 * 10 * 8; v++)
    {
      shorts[v] = (gint16) (16 * (v % 12) + 24 * (v / 12 % 10) + 32 * (v / 120));
      floats[v] = shorts[v] * 0.25f;
    }
  if (as_float)
    g_free (shorts);
  else
    g_free (floats);
  return as_float ? sag_volume_new_float (&geometry, floats)
                  : sag_volume_new_int16 (&geometry, shorts);
}

static SagVolume *
resample (SagVolume *prior, const SagGeometry *current, const double motion[3][4])
{
  GError    *error = NULL;
  SagVolume *volume = sag_register_resample (prior, current, motion, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (volume), current, 0));
  return volume;
}

static void
test_unmoved (void)
{
  for (int as_float = 0; as_float < 2; as_float++)
    {
      g_autoptr (SagVolume) prior = ramp (as_float);
      g_autoptr (SagVolume) same = resample (prior, sag_volume_get_geometry (prior), still);

      g_assert_cmpint (sag_volume_get_scalar (same), ==, sag_volume_get_scalar (prior));
      for (int v = 0; v < 12 * 10 * 8; v++)
        g_assert_cmpfloat (sag_volume_value (same, v % 12, v / 12 % 10, v / 120), ==,
                           sag_volume_value (prior, v % 12, v / 12 % 10, v / 120));
    }
}

/* By what the affine says: 8 HU for each mm to R, A and S. */
static void
test_moved (void)
{
  const double degrees[3] = { 0, 0, 90 }, shift_mm[3] = { 3, -2, 5 };
  const gint32 dims[3] = { 5, 4, 3 };
  const double spacing_mm[3] = { 2.5, 2.5, 2.5 };
  double       motion[3][4], origin_mm[3], middle[3] = { 6, 20, 23 };
  g_autoptr (SagVolume) prior = ramp (FALSE);
  g_autoptr (SagVolume) moved = NULL;
  SagGeometry current;

  sag_test_motion (degrees, shift_mm, motion);
  sag_geometry_apply (motion, middle, origin_mm);
  for (guint a = 0; a < 3; a++)
    origin_mm[a] -= 4;
  current = sag_geometry_init (dims, spacing_mm, origin_mm);
  moved = resample (prior, &current, motion);
  for (int v = 0; v < 60; v++)
    {
      const double ijk[3] = { v % 5, v / 5 % 4, v / 20 };
      double       at[3], from[3];

      sag_geometry_to_ras (&current, ijk, at);
      /* A quarter turn from R to A, undone. */
      from[0] = at[1] - shift_mm[1];
      from[1] = -(at[0] - shift_mm[0]);
      from[2] = at[2] - shift_mm[2];
      g_assert_cmpfloat_with_epsilon (sag_volume_value (moved, v % 5, v / 5 % 4, v / 20),
                                      8 * (from[0] + 5 + from[1] - 7 + from[2] - 9), 0.501);
    }
}

/* Half a voxel beyond the outermost centres is the prior's still, more is air. */
static void
test_beyond (void)
{
  const gint32 dims[3] = { 12, 10, 8 };
  const double spacing_mm[3] = { 2, 3, 4 }, near_mm[3] = { -5.9, 7, 9 }, far_mm[3] = { -6.1, 7, 9 };
  SagGeometry  near = sag_geometry_init (dims, spacing_mm, near_mm);
  SagGeometry  far = sag_geometry_init (dims, spacing_mm, far_mm);
  g_autoptr (SagVolume) prior = ramp (FALSE);
  g_autoptr (SagVolume) inside = resample (prior, &near, still);
  g_autoptr (SagVolume) outside = resample (prior, &far, still);

  g_assert_cmpfloat (sag_volume_value (inside, 0, 2, 1), ==, 80);
  g_assert_cmpfloat (sag_volume_value (outside, 0, 2, 1), ==, -1024);
  g_assert_cmpfloat (sag_volume_value (outside, 1, 2, 1), >, 80);
}

static void
test_single_slice (void)
{
  const gint32 dims[3] = { 2, 2, 1 };
  const double spacing_mm[3] = { 1, 1, 1 }, origin_mm[3] = { 0 };
  SagGeometry  geometry = sag_geometry_init (dims, spacing_mm, origin_mm);
  gint16      *voxels = g_new (gint16, 4);
  g_autoptr (SagVolume) prior = NULL;
  g_autoptr (SagVolume) same = NULL;

  for (int v = 0; v < 4; v++)
    voxels[v] = (gint16) (v * 100);
  prior = sag_volume_new_int16 (&geometry, voxels);
  same = resample (prior, &geometry, still);
  for (int v = 0; v < 4; v++)
    g_assert_cmpfloat (sag_volume_value (same, v % 2, v / 2, 0), ==, v * 100);
}

static void
test_cancel (void)
{
  g_autoptr (SagVolume) prior = ramp (FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (
    sag_register_resample (prior, sag_volume_get_geometry (prior), still, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/register/resample/unmoved", test_unmoved);
  g_test_add_func ("/register/resample/moved", test_moved);
  g_test_add_func ("/register/resample/beyond", test_beyond);
  g_test_add_func ("/register/resample/single-slice", test_single_slice);
  g_test_add_func ("/register/resample/cancel", test_cancel);
  return g_test_run ();
}
