/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of preparing one by one: splines, windows of them, averages, hulls. */
#include "model/prepare/area.h"
#include "model/prepare/hull.h"
#include "model/prepare/resampler.h"

#include <math.h>

static const gint32 source_dims[3] = { 61, 47, 90 };

static SagVolume *
noise_new (void)
{
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0 };
  SagGeometry  grid = sag_geometry_init (source_dims, spacing, origin);
  gint64       n = sag_geometry_n_voxels (&grid);
  gint16      *voxels = g_new (gint16, n);

  for (gint64 v = 0; v < n; v++)
    voxels[v] = (gint16) g_test_rand_int_range (-1024, 3000);
  return sag_volume_new_int16 (&grid, voxels);
}

static SagResampling
resampling_of (SagVolume *volume, const double step[3])
{
  SagResampling what = {
    .source_low = G_MININT16,
    .source_high = G_MAXINT16,
    .low = -1000,
    .high = 1000,
    .fill = 77,
  };

  sag_volume_view_stored (volume, &what.source);
  for (int a = 0; a < 3; a++)
    {
      what.step[a] = step[a];
      what.n[a] = (gint32) ceil ((source_dims[a] - 1) / step[a]) + 1;
    }
  return what;
}

static gint16 *
resample (const SagResampling *what, gint32 n_planes)
{
  g_autoptr (SagResampler) resampler = sag_resampler_new (what, n_planes);
  gsize   plane = (gsize) what->n[0] * what->n[1];
  gint16 *out = g_new (gint16, plane * what->n[2]);

  for (gint32 first = 0; first < what->n[2]; first += n_planes)
    sag_resampler_get (resampler, first, MIN (n_planes, what->n[2] - first), out + plane * first);
  return out;
}

/* A polynomial of third degree comes back exactly, away from the mirrored ends. */
static void
test_cubic (void)
{
  const gint32 dims[3] = { 120, 1, 1 };
  const double spacing[3] = { 1, 1, 1 }, origin[3] = { 0 };
  SagGeometry  grid = sag_geometry_init (dims, spacing, origin);
  float       *voxels = g_new (float, dims[0]);
  g_autoptr (SagVolume) volume = NULL;
  g_autofree gint16 *out = NULL;
  SagResampling      what = {
         .step = { 0.37, 1, 1 },
         .n = { 322, 1, 1 },
         .source_low = -30000,
         .source_high = 30000,
         .low = -30000,
         .high = 30000,
  };

  for (int i = 0; i < dims[0]; i++)
    voxels[i] = (float) (0.08 * pow (i - 57.3, 3) - 2.5 * pow (i - 40, 2) + 17);
  volume = sag_volume_new_float (&grid, voxels);
  sag_volume_view_stored (volume, &what.source);
  out = resample (&what, 1);
  for (int o = 80; o < 240; o++)
    {
      double x = 0.37 * o, expected = 0.08 * pow (x - 57.3, 3) - 2.5 * pow (x - 40, 2) + 17;

      g_assert_cmpfloat_with_epsilon (out[o], expected, 0.5 + 1e-2);
    }
}

/* Samples come back where an output meets them, and what lies beyond the last is filled. */
static void
test_on_samples (void)
{
  const double step[3] = { 0.5, 1, 2 };
  g_autoptr (SagVolume) volume = noise_new ();
  SagResampling      what = resampling_of (volume, step);
  g_autofree gint16 *out = NULL;

  what.n[1] += 2;
  out = resample (&what, 7);
  for (gint32 k = 0; k < what.n[2]; k++)
    for (gint32 j = 0; j < what.n[1]; j++)
      for (gint32 i = 0; i < what.n[0]; i += 2)
        {
          gint16 value = out[i + what.n[0] * (j + (gsize) what.n[1] * k)];

          if (j < source_dims[1] && 2 * k < source_dims[2])
            g_assert_cmpint (value, ==,
                             CLAMP (sag_volume_value (volume, i / 2, j, 2 * k), -1000, 1000));
          else
            g_assert_cmpint (value, ==, what.fill);
        }
}

/* Any window, by any number of planes at a time and on any processor, is that part of the whole. */
static void
test_window (void)
{
  static const double steps[][3] = {
    { 1 / 0.7, 1 / 0.7, 1 }, { 0.31, 0.5, 0.27 }, { 3.7, 2.2, 5.1 },
    { 1, 1, 1 / 1.5 },       { 1, 0.9, 3 },
  };
  g_autoptr (SagVolume) volume = noise_new ();

  for (gsize s = 0; s < G_N_ELEMENTS (steps); s++)
    {
      SagResampling      whole = resampling_of (volume, steps[s]);
      g_autofree gint16 *expected = resample (&whole, 32);

      for (int repeat = 0; repeat < 12; repeat++)
        {
          SagResampling      part = whole;
          g_autofree gint16 *got = NULL;
          gsize              n_off = 0, v = 0;

          part.portable = repeat % 2;
          for (int a = 0; a < 3; a++)
            {
              part.first[a] = g_test_rand_int_range (0, whole.n[a]);
              part.n[a] = g_test_rand_int_range (1, whole.n[a] - part.first[a] + 1);
            }
          got = resample (&part, g_test_rand_int_range (1, 50));
          for (gint32 k = part.first[2]; k < part.first[2] + part.n[2]; k++)
            for (gint32 j = part.first[1]; j < part.first[1] + part.n[1]; j++)
              for (gint32 i = part.first[0]; i < part.first[0] + part.n[0]; i++)
                n_off += got[v++] != expected[i + whole.n[0] * (j + (gsize) whole.n[1] * k)];
          g_assert_cmpuint (n_off, ==, 0);
        }
    }
}

/* Averages with windows that overlap, flipped, and over a buffer that holds only part of the box.
 */
static void
test_area (void)
{
  static const gint32 boxes[3] = { 31, 20, 26 }, outs[3] = { 9, 20, 17 };
  enum
  {
    NI = 22,
    NJ = 25,
    NK = 26
  };
  g_autofree gint16 *planes = g_new (gint16, NI * NJ * NK);
  g_autofree float  *out = g_new (float, outs[0] * outs[1] * outs[2]);
  const gint64       stride[3] = { -1, outs[0], (gint64) outs[0] * outs[1] };
  const gint32       offset[3] = { -4, 2, 0 }, n[3] = { NI, NJ, NK };
  SagAreaAxis        axes[3];

  for (int v = 0; v < NI * NJ * NK; v++)
    planes[v] = (gint16) g_test_rand_int_range (-1000, 1001);
  for (int a = 0; a < 3; a++)
    sag_area_axis_init (&axes[a], boxes[a], outs[a], a == 0, offset[a], n[a]);
  sag_area_pool (axes, 0, outs[2], planes, 0, NI, NJ, stride, out + outs[0] - 1);

  for (int k = 0; k < outs[2]; k++)
    for (int j = 0; j < outs[1]; j++)
      for (int i = 0; i < outs[0]; i++)
        {
          double sum = 0, size = 0;

          for (int z = k * boxes[2] / outs[2]; z < (boxes[2] * (k + 1) + outs[2] - 1) / outs[2];
               z++)
            for (int y = j * boxes[1] / outs[1]; y < (boxes[1] * (j + 1) + outs[1] - 1) / outs[1];
                 y++)
              for (int x = i * boxes[0] / outs[0]; x < (boxes[0] * (i + 1) + outs[0] - 1) / outs[0];
                   x++)
                {
                  int at[3] = { boxes[0] - 1 - x + offset[0], y + offset[1], z + offset[2] };

                  size++;
                  if (at[0] >= 0 && at[0] < NI && at[1] >= 0 && at[1] < NJ && at[2] >= 0 &&
                      at[2] < NK)
                    sum += planes[at[0] + NI * (at[1] + NJ * at[2])] / 2000.0 + 0.5;
                }
          g_assert_cmpfloat_with_epsilon (out[i + outs[0] * (j + outs[1] * k)], sum / size, 1e-7);
        }
  for (int a = 0; a < 3; a++)
    sag_area_axis_clear (&axes[a]);
}

static void
test_hull (void)
{
  /* A triangle with a dent: corners (0, 2), (4, 0), (4, 6). */
  static const SagExtent triangle[] = { { 2, 3 }, { 3, 4 }, { 2, 3 }, { 1, 6 }, { 0, 7 } };
  static const SagExtent line[] = { { 3, 4 }, { 5, 6 }, { 7, 8 } };
  static const SagExtent square[] = { { 0, 0 }, { 10, 21 }, { 12, 13 }, { 0, 0 }, { 10, 21 } };
  double                 area, centroid[2];

  sag_hull_measure (triangle, 5, &area, centroid);
  g_assert_cmpfloat_with_epsilon (area, 12, 1e-12);
  g_assert_cmpfloat_with_epsilon (centroid[0], 8 / 3.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (centroid[1], 8 / 3.0, 1e-12);
  sag_hull_measure (line, 3, &area, centroid);
  g_assert_cmpfloat (area, ==, 0);
  sag_hull_measure (square, 5, &area, centroid);
  g_assert_cmpfloat_with_epsilon (area, 30, 1e-12);
  g_assert_cmpfloat_with_epsilon (centroid[0], 2.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (centroid[1], 15, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prepare/spline/cubic", test_cubic);
  g_test_add_func ("/prepare/spline/on-samples", test_on_samples);
  g_test_add_func ("/prepare/spline/window", test_window);
  g_test_add_func ("/prepare/area", test_area);
  g_test_add_func ("/prepare/hull", test_hull);
  return g_test_run ();
}
