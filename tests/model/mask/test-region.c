/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"

#include "model/core/error.h"
#include "model/mask/islands.h"
#include "model/mask/region.h"
#include "model/mask/statistics.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define NI 71
#define NJ 45
#define NK 37
#define N (NI * NJ * NK)

/* Parts of @in (not 0) by repeated passes: slow and plain. Numbers begin at 1. */
static int
label_parts (const guint8 *in, gboolean corners, int axis, int *labels)
{
  int      n = 0;
  gboolean changed = TRUE;

  for (int v = 0; v < N; v++)
    labels[v] = in[v] ? v + 1 : 0;
  while (changed)
    {
      changed = FALSE;
      for (int v = 0; v < N; v++)
        for (int d = 0; labels[v] != 0 && d < 27; d++)
          {
            const int di[3] = { d % 3 - 1, d / 3 % 3 - 1, d / 9 - 1 };
            const int i = v % NI + di[0], j = v / NI % NJ + di[1], k = v / NI / NJ + di[2];
            int       w;

            if ((!corners && abs (di[0]) + abs (di[1]) + abs (di[2]) != 1) ||
                (axis >= 0 && di[axis] != 0) || i < 0 || j < 0 || k < 0 || i >= NI || j >= NJ ||
                k >= NK)
              continue;
            w = i + NI * (j + NJ * k);
            if (labels[w] != 0 && labels[w] < labels[v])
              {
                labels[v] = labels[w];
                changed = TRUE;
              }
          }
    }
  for (int v = 0; v < N; v++)
    n += labels[v] == v + 1;
  return n;
}

static void
test_islands (gconstpointer data)
{
  const gboolean corners = GPOINTER_TO_INT (data);
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) mask = make_mask (&grid, corners ? 0.06 : 0.2, random);
  g_autofree guint8 *in = g_malloc0 (N);
  g_autofree int    *labels = g_new (int, N);
  g_autofree int    *sizes = g_new0 (int, N + 1);
  g_autoptr (GArray) islands = sag_mask_find_islands (mask, corners);
  g_autoptr (SagMask) largest = sag_mask_keep_largest (mask, 1, corners);
  g_autoptr (SagMask) some = NULL;
  const double voxel_ml = sag_mask_voxel_ml (&grid);
  int          n, most = 0;

  sag_mask_fill_voxels (mask, 1, in);
  n = label_parts (in, corners, -1, labels);
  for (int v = 0; v < N; v++)
    if (labels[v] != 0)
      {
        sizes[labels[v]]++;
        most = MAX (most, sizes[labels[v]]);
      }
  g_assert_cmpint (islands->len, ==, n);
  g_assert_cmpint (g_array_index (islands, SagIsland, 0).n_voxels, ==, most);
  for (guint i = 1; i < islands->len; i++)
    g_assert_cmpint (g_array_index (islands, SagIsland, i).n_voxels, <=,
                     g_array_index (islands, SagIsland, i - 1).n_voxels);
  g_assert_cmpint (sag_mask_count (largest), ==, most);
  some = sag_mask_remove_small (mask, 2.5 * voxel_ml, corners);
  for (int v = 0; v < N; v++)
    g_assert_cmpint (sag_mask_get (some, v % NI, v / NI % NJ, v / NI / NJ), ==,
                     labels[v] != 0 && sizes[labels[v]] >= 3);
}

static void
test_holes (void)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  g_autoptr (SagMask) shell = NULL;
  g_autoptr (SagMask) full = NULL;

  for (int k = 5; k < 20; k++)
    for (int j = 5; j < 40; j++)
      {
        sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, 10, 60, j, k);
        if (k > 5 && k < 19 && j > 5 && j < 39)
          sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 30, 35, j, k);
      }
  sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, 10, 20, 5, 5); /* a dent stays */
  shell = sag_mask_edit_snapshot (edit);
  full = sag_mask_fill_holes (shell);
  g_assert_cmpint (sag_mask_count (full), ==, 15 * 35 * 51 - 11);
}

/* Against parts of the voxels in range. */
static void
test_flood (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  const SagGeometry grid = make_grid (0.2);
  g_autoptr (SagVolume) volume = make_volume (&grid, random);
  g_autofree guint8 *in = g_malloc (N);
  g_autofree int    *labels = g_new (int, N);
  g_autoptr (GError) error = NULL;

  for (int n = 0; n < 8; n++)
    {
      const gboolean corners = n % 2;
      const int      axis = n / 2 - 1;
      const SagFlood flood = {
        .low = -1000, .high = corners ? -760 : -300, .axis = axis, .corners = corners
      };
      gint32   seed[3] = { 0, 0, 0 };
      gboolean limited = TRUE;
      int      label = 0, start = N / 2 + NI / 2;

      for (int v = 0; v < N; v++)
        in[v] = sag_volume_value (volume, v % NI, v / NI % NJ, v / NI / NJ) <= flood.high;
      label_parts (in, corners, axis, labels);
      while (labels[start] == 0)
        start++;
      label = labels[start];
      seed[0] = start % NI;
      seed[1] = start / NI % NJ;
      seed[2] = start / NI / NJ;
      {
        g_autoptr (SagMask) region = sag_flood (volume, &flood, seed, 1, &limited, NULL, &error);

        g_assert_no_error (error);
        g_assert_false (limited);
        for (int v = 0; v < N; v++)
          g_assert_cmpint (sag_mask_get (region, v % NI, v / NI % NJ, v / NI / NJ), ==,
                           labels[v] == label);
      }
    }
}

static void
test_flood_limits (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (13);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagVolume) volume = make_volume (&grid, random);
  const double voxel_ml = sag_mask_voxel_ml (&grid);
  SagFlood     flood = { .low = -2000, .high = 2000, .axis = -1, .radius_mm = 8 };
  const gint32 seed[3] = { 30, 20, 15 }, outside[3] = { 30, 45, 15 };
  gboolean     limited = FALSE;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SagMask) ball = sag_flood (volume, &flood, seed, 1, &limited, NULL, &error);
  g_autoptr (SagMask) small = NULL;
  double centre[3];

  g_assert_no_error (error);
  g_assert_true (limited);
  sag_geometry_to_ras (&grid, (double[]){ 30, 20, 15 }, centre);
  for (int v = 0; v < N; v++)
    {
      double ras[3];

      sag_geometry_to_ras (&grid, (double[]){ v % NI, v / NI % NJ, v / NI / NJ }, ras);
      g_assert_cmpint (sag_mask_get (ball, v % NI, v / NI % NJ, v / NI / NJ), ==,
                       hypot (hypot (ras[0] - centre[0], ras[1] - centre[1]), ras[2] - centre[2]) <=
                         8);
    }
  flood.radius_mm = 0;
  flood.volume_ml = 1000.5 * voxel_ml;
  small = sag_flood (volume, &flood, seed, 1, &limited, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (limited);
  g_assert_cmpint (sag_mask_count (small), ==, 1000);
  flood.low = 1500;
  g_assert_null (sag_flood (volume, &flood, seed, 1, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "range");
  flood.low = -2000;
  g_assert_null (sag_flood (volume, &flood, outside, 1, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "range");
  g_cancellable_cancel (cancelled);
  flood.volume_ml = 0;
  g_assert_null (sag_flood (volume, &flood, seed, 1, NULL, cancelled, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
}

static void
test_scores (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (14);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagVolume) volume = make_volume (&grid, random);
  g_autofree float *scores = g_new (float, N);
  g_autoptr (SagMask) mask = NULL;
  SagMaskStatistics statistics;

  for (int v = 0; v < N; v++)
    scores[v] = v % 13 == 0 ? NAN : (float) g_rand_double (random);
  mask = sag_mask_new_from_scores (volume, scores, 0.7f, -500, 100);
  for (int v = 0; v < N; v++)
    {
      const float hu = sag_volume_value (volume, v % NI, v / NI % NJ, v / NI / NJ);

      g_assert_cmpint (sag_mask_is_model (mask, v % NI, v / NI % NJ, v / NI / NJ), ==,
                       scores[v] >= 0.7f && hu >= -500 && hu <= 100);
    }
  sag_mask_get_statistics (mask, volume, &statistics);
  g_assert_cmpfloat (statistics.model_share, ==, 1);
}

static void
test_statistics (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (15);
  const SagGeometry grid = make_grid (0.5);
  g_autoptr (SagVolume) volume = make_volume (&grid, random);
  g_autoptr (SagMask) mask = make_mask (&grid, 0.01, random);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  SagMaskStatistics got;
  double            sum = 0, sum2 = 0, low = 1e9, high = -1e9;
  int               n = 0, n_model = 0;

  for (int v = 0; v < N; v++)
    if (sag_mask_get (mask, v % NI, v / NI % NJ, v / NI / NJ))
      {
        const double hu = sag_volume_value (volume, v % NI, v / NI % NJ, v / NI / NJ);

        n++;
        n_model += sag_mask_is_model (mask, v % NI, v / NI % NJ, v / NI / NJ);
        sum += hu;
        sum2 += hu * hu;
        low = MIN (low, hu);
        high = MAX (high, hu);
      }
  sag_mask_get_statistics (mask, volume, &got);
  g_assert_cmpint (got.n_voxels, ==, n);
  g_assert_cmpfloat_with_epsilon (got.model_share, (double) n_model / n, 1e-12);
  /* The shear does not change what a voxel holds. */
  g_assert_cmpfloat_with_epsilon (got.volume_ml, n * 0.7 * 1.1 * 2.5 / 1000, 1e-9);
  g_assert_cmpfloat_with_epsilon (got.mean, sum / n, 1e-9);
  g_assert_cmpfloat_with_epsilon (got.sd, sqrt (sum2 / n - sum / n * (sum / n)), 1e-6);
  g_assert_cmpfloat (got.minimum, ==, low);
  g_assert_cmpfloat (got.maximum, ==, high);
  sag_mask_get_statistics (empty, NULL, &got);
  g_assert_cmpint (got.n_voxels, ==, 0);
  g_assert_true (isnan (got.mean) && isnan (got.maximum));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mask/region/islands-6", GINT_TO_POINTER (FALSE), test_islands);
  g_test_add_data_func ("/mask/region/islands-26", GINT_TO_POINTER (TRUE), test_islands);
  g_test_add_func ("/mask/region/holes", test_holes);
  g_test_add_func ("/mask/region/flood", test_flood);
  g_test_add_func ("/mask/region/flood-limits", test_flood_limits);
  g_test_add_func ("/mask/region/scores", test_scores);
  g_test_add_func ("/mask/region/statistics", test_statistics);
  return g_test_run ();
}
