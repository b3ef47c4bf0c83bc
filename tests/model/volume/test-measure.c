/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/measure.h"
#include "model/volume/volume-private.h"

#include <math.h>

/* A grid that is anisotropic, oblique and stored in another order; @shear tilts its j axis. */
static SagGeometry
make_grid (double shear)
{
  const double turn = 0.3, spacing[3] = { 0.7, 1.1, 2.5 };
  SagGeometry  grid = { .dims = { 23, 19, 11 } };
  double       axes[3][3] = { { 0, -cos (turn), sin (turn) },
                              { 1, 0, 0 },
                              { 0, -sin (turn), -cos (turn) } };

  for (int c = 0; c < 3; c++)
    {
      axes[1][c] += shear * axes[0][c];
      for (int a = 0; a < 3; a++)
        grid.ijk_to_ras[c][a] = axes[a][c] * spacing[a];
      grid.ijk_to_ras[c][3] = 5.0 * c - 3;
    }
  return grid;
}

static SagVolume *
make_volume (const SagGeometry *grid, SagScalar scalar)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  gsize   n = (gsize) sag_geometry_n_voxels (grid);
  gint16 *whole = scalar == SAG_SCALAR_INT16 ? sag_volume_alloc_voxels (grid, scalar) : NULL;
  float  *single = scalar == SAG_SCALAR_FLOAT32 ? sag_volume_alloc_voxels (grid, scalar) : NULL;

  for (gsize i = 0; i < n; i++)
    {
      int value = g_rand_int_range (random, -1024, 3000);

      if (whole != NULL)
        whole[i] = (gint16) value;
      else
        single[i] = value % 7 == 0 ? NAN : (float) (value * 0.37);
    }
  return whole != NULL ? sag_volume_new_int16 (grid, whole) : sag_volume_new_float (grid, single);
}

/* What the header says, voxel by voxel, in two passes. */
static void
brute_force (const SagVolume         *volume,
             int                      axis,
             int                      index,
             const SagMeasureEllipse *ellipse,
             SagMeasureStatistics    *out)
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  SagGeometry        canonical = sag_geometry_to_canonical (grid);
  double             to_canonical[3][4], sum = 0;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

  g_assert_true (sag_geometry_invert (&canonical, to_canonical));
  *out = (SagMeasureStatistics){ .minimum = INFINITY, .maximum = -INFINITY };
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          double ras[3], place[3], radius = 0;
          double value = sag_volume_value (volume, i, j, k);

          sag_geometry_to_ras (grid, (double[3]){ i, j, k }, ras);
          sag_geometry_apply (to_canonical, ras, place);
          for (int e = 0; e < 2; e++)
            {
              const double *semi = ellipse->semi_axis_mm[e];
              double        along = 0, length = 0;

              for (int c = 0; c < 3; c++)
                {
                  along += (ras[c] - ellipse->centre_mm[c]) * semi[c];
                  length += semi[c] * semi[c];
                }
              radius += along * along / (length * length);
            }
          if (lrint (place[axis]) == index && radius <= 1 && isfinite (value))
            g_array_append_val (values, value);
        }
  out->n_voxels = values->len;
  for (guint i = 0; i < values->len; i++)
    {
      double value = g_array_index (values, double, i);

      sum += value;
      out->minimum = fmin (out->minimum, value);
      out->maximum = fmax (out->maximum, value);
    }
  out->mean = sum / values->len;
  sum = 0;
  for (guint i = 0; i < values->len; i++)
    sum += pow (g_array_index (values, double, i) - out->mean, 2);
  out->sd = sqrt (sum / values->len);
}

/* Two directions at right angles in a slice of @canonical, as the screen has them. */
static void
slice_axes (const SagGeometry *canonical, int axis, double u[3], double v[3])
{
  const int a = (axis + 1) % 3, b = (axis + 2) % 3;
  double    length = 0, along = 0;

  for (int c = 0; c < 3; c++)
    {
      u[c] = canonical->ijk_to_ras[c][a];
      length += u[c] * u[c];
    }
  for (int c = 0; c < 3; c++)
    {
      u[c] /= sqrt (length);
      along += u[c] * canonical->ijk_to_ras[c][b];
    }
  length = 0;
  for (int c = 0; c < 3; c++)
    {
      v[c] = canonical->ijk_to_ras[c][b] - along * u[c];
      length += v[c] * v[c];
    }
  for (int c = 0; c < 3; c++)
    v[c] /= sqrt (length);
}

static void
check_ellipses (double shear, SagScalar scalar)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  SagGeometry grid = make_grid (shear), canonical = sag_geometry_to_canonical (&grid);
  g_autoptr (SagVolume) volume = make_volume (&grid, scalar);
  gint64 n_voxels = 0;

  for (int i = 0; i < 120; i++)
    {
      int                  axis = i % 3, index = g_rand_int_range (random, 0, canonical.dims[axis]);
      SagMeasureEllipse    ellipse;
      SagMeasureStatistics got, want;
      double               ijk[3], u[3], v[3], a = g_rand_double_range (random, 0.2, 12),
                                 b = g_rand_double_range (random, 0.2, 12),
                                 turn = g_rand_double_range (random, 0, G_PI);

      for (int c = 0; c < 3; c++)
        ijk[c] = g_rand_double_range (random, -3, canonical.dims[c] + 3);
      ijk[axis] = index;
      sag_geometry_to_ras (&canonical, ijk, ellipse.centre_mm);
      slice_axes (&canonical, axis, u, v);
      for (int c = 0; c < 3; c++)
        {
          ellipse.semi_axis_mm[0][c] = a * (cos (turn) * u[c] + sin (turn) * v[c]);
          ellipse.semi_axis_mm[1][c] = b * (cos (turn) * v[c] - sin (turn) * u[c]);
        }
      g_assert_true (sag_measure_ellipse (volume, axis, index, &ellipse, &got));
      brute_force (volume, axis, index, &ellipse, &want);
      g_assert_cmpint (got.n_voxels, ==, want.n_voxels);
      g_assert_cmpfloat_with_epsilon (got.area_mm2, G_PI * a * b, 1e-9);
      n_voxels += got.n_voxels;
      if (want.n_voxels == 0)
        {
          g_assert_true (isnan (got.mean) && isnan (got.sd) && isnan (got.minimum));
          continue;
        }
      g_assert_cmpfloat_with_epsilon (got.mean, want.mean, 1e-9);
      g_assert_cmpfloat_with_epsilon (got.sd, want.sd, 1e-9);
      g_assert_cmpfloat (got.minimum, ==, want.minimum);
      g_assert_cmpfloat (got.maximum, ==, want.maximum);
    }
  g_assert_cmpint (n_voxels, >, 1000);
}

static void
test_ellipses (void)
{
  check_ellipses (0, SAG_SCALAR_INT16);
  check_ellipses (0, SAG_SCALAR_FLOAT32);
  check_ellipses (0.25, SAG_SCALAR_INT16);
}

static void
test_no_slice (void)
{
  SagGeometry grid = make_grid (0);
  g_autoptr (SagVolume) volume = make_volume (&grid, SAG_SCALAR_INT16);
  SagMeasureEllipse    flat = { .semi_axis_mm = { { 1, 0, 0 }, { 0, 0, 0 } } };
  SagMeasureEllipse    round = { .semi_axis_mm = { { 1, 0, 0 }, { 0, 1, 0 } } };
  SagMeasureEllipse    endless = { .semi_axis_mm = { { INFINITY, 0, 0 }, { 0, 1, 0 } } };
  SagMeasureStatistics statistics;

  g_assert_false (sag_measure_ellipse (volume, 2, 3, &flat, &statistics));
  g_assert_cmpint (statistics.n_voxels, ==, 0);
  g_assert_false (sag_measure_ellipse (volume, 2, -1, &round, &statistics));
  g_assert_false (sag_measure_ellipse (volume, 2, 999, &round, &statistics));
  g_assert_true (isnan (statistics.mean));
  sag_measure_ellipse (volume, 2, 3, &endless, &statistics);
  g_assert_cmpint (statistics.n_voxels, ==, 0);
}

static void
test_lines (void)
{
  const double o[3] = { 1, 2, 3 }, right[3] = { 4, 2, 3 }, up[3] = { 1, 2, 7 };
  const double nearly[3] = { 4, 2, 3 + 3e-9 }, back[3] = { -2, 2, 3 };
  SagGeometry  grid = make_grid (0.25);
  double       a[3], b[3];

  g_assert_cmpfloat (sag_measure_length_mm (right, up), ==, 5);
  g_assert_cmpfloat_with_epsilon (sag_measure_angle_degrees (right, o, up), 90, 1e-12);
  g_assert_cmpfloat_with_epsilon (sag_measure_angle_degrees (o, right, up), 53.13010235415598,
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (sag_measure_angle_degrees (right, o, back), 180, 1e-12);
  g_assert_cmpfloat_with_epsilon (sag_measure_angle_degrees (right, o, nearly), 1e-9 * 180 / G_PI,
                                  1e-14);
  g_assert_true (isnan (sag_measure_angle_degrees (o, o, up)));

  /* Ten steps along an axis are ten times its spacing, however the grid lies. */
  sag_geometry_to_ras (&grid, (double[3]){ 2, 3, 4 }, a);
  sag_geometry_to_ras (&grid, (double[3]){ 12, 3, 4 }, b);
  g_assert_cmpfloat_with_epsilon (sag_measure_length_mm (a, b), 7, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/measure/lines", test_lines);
  g_test_add_func ("/measure/ellipses", test_ellipses);
  g_test_add_func ("/measure/no-slice", test_no_slice);
  return g_test_run ();
}
