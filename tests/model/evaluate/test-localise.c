/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/localise.h"

#include "model/core/error.h"
#include "model/phantom/phantom.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N 48      /* voxels of 1 mm along each axis */
#define N_CELLS 6 /* of 8 mm */
#define ALL_CELLS (N_CELLS * N_CELLS * N_CELLS)

static void
assert_near (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance))
    g_error ("%.12g is not %.12g", value, expected);
}

static SagGeometry
fine_grid (void)
{
  return sag_geometry_init ((gint32[3]){ N, N, N }, (double[3]){ 1, 1, 1 },
                            (double[3]){ -30, 12, 100 });
}

static SagGeometry
cell_grid (void)
{
  SagGeometry fine = fine_grid ();

  return sag_geometry_coarsen (&fine, (gint32[3]){ 8, 8, 8 });
}

/* A block from @low up to, not including, @high gets @value. */
static void
fill (gint16 *voxels, const int low[3], const int high[3], gint16 value)
{
  for (int k = low[2]; k < high[2]; k++)
    for (int j = low[1]; j < high[1]; j++)
      for (int i = low[0]; i < high[0]; i++)
        voxels[i + N * (j + N * k)] = value;
}

/* 1: the cell (1, 2, 3); 2: half of the cell (4, 2, 3) along i; 3: one voxel. */
static SagVolume *
label_map (void)
{
  gint16     *voxels = g_new0 (gint16, N * N * N);
  SagGeometry grid = fine_grid ();

  fill (voxels, (int[3]){ 8, 16, 24 }, (int[3]){ 16, 24, 32 }, 1);
  fill (voxels, (int[3]){ 32, 16, 24 }, (int[3]){ 36, 24, 32 }, 2);
  fill (voxels, (int[3]){ 47, 47, 47 }, (int[3]){ 48, 48, 48 }, 3);
  return sag_volume_new_int16 (&grid, voxels);
}

static SagTruth *
truth_new (SagVolume *labels, const SagGeometry *cells)
{
  const gint32 values[] = { 1, 2, 3, 4, 0 };
  g_autoptr (GError) error = NULL;
  SagTruth *truth = sag_truth_new (labels, cells, values, 5, NULL, &error);

  g_assert_no_error (error);
  return truth;
}

static gsize
cell (int x, int y, int z)
{
  return (gsize) (x + N_CELLS * (y + N_CELLS * z));
}

static SagLocalisation
ask (const SagTruth *truth, gint32 value, gsize peak, float score)
{
  float scores[ALL_CELLS] = { 0 };

  scores[peak] = score;
  return sag_truth_localise (truth, &value, 1, scores);
}

static void
test_hit (void)
{
  g_autoptr (SagVolume) labels = label_map ();
  SagGeometry cells = cell_grid ();
  g_autoptr (SagTruth) truth = truth_new (labels, &cells);
  SagLocalisation full = ask (truth, 1, cell (1, 2, 3), 0.9f);
  SagLocalisation half = ask (truth, 2, cell (4, 2, 3), 0.9f);
  SagLocalisation corner = ask (truth, 3, cell (5, 5, 5), 0.4f);

  g_assert_true (full.present && full.hit && full.strict_hit && !full.quiet);
  assert_near (full.volume_ml, 0.512, 1e-12);
  assert_near (full.share_in_box, 1, 1e-12);
  assert_near (full.distance_mm, 0, 0);
  assert_near (full.dice, 1, 1e-12);
  assert_near (full.best_dice, 1, 1e-12);
  assert_near (full.cell_dice, 1, 1e-12);
  g_assert_cmpint (full.side, ==, SAG_SIDE_SAME);

  /* Voxels 32 to 35; the cell's centre lies at 35.5, and halves go up. */
  g_assert_true (half.hit && !half.strict_hit);
  assert_near (half.distance_mm, sqrt (3 * 0.25), 1e-9);
  assert_near (half.dice, 2. / 3, 1e-12);
  assert_near (half.best_dice, 2. / 3, 1e-12);
  assert_near (half.cell_dice, 1, 1e-12);

  g_assert_true (corner.hit && !corner.strict_hit && corner.quiet);
  assert_near (corner.distance_mm, sqrt (3) * 3.5, 1e-9);
  assert_near (corner.dice, 0, 0);
  assert_near (corner.best_dice, 2. / 513, 1e-12);
}

static void
test_miss (void)
{
  g_autoptr (SagVolume) labels = label_map ();
  SagGeometry cells = cell_grid ();
  g_autoptr (SagTruth) truth = truth_new (labels, &cells);
  SagLocalisation beside = ask (truth, 1, cell (2, 2, 3), 0.9f);
  SagLocalisation wrong = ask (truth, 1, cell (4, 2, 3), 0.9f);
  SagLocalisation both;
  const gint32    values[] = { 1, 2 };
  float           scores[ALL_CELLS] = { 0 };

  /* From 19.5 to voxel 15 along i, to the middle along the others. */
  g_assert_true (!beside.hit && !beside.strict_hit);
  assert_near (beside.distance_mm, sqrt (4.5 * 4.5 + 0.5), 1e-9);
  g_assert_cmpint (beside.side, ==, SAG_SIDE_SAME);
  assert_near (beside.cell_dice, 0, 0);
  g_assert_cmpint (wrong.side, ==, SAG_SIDE_WRONG);

  scores[cell (4, 2, 3)] = 0.5f;
  scores[cell (1, 2, 3)] = 0.6f;
  both = sag_truth_localise (truth, values, 2, scores);
  assert_near (both.volume_ml, 0.768, 1e-12);
  assert_near (both.dice, 2. * 768 / (1024 + 768), 1e-12);
  assert_near (both.best_dice, both.dice, 1e-12);
  g_assert_cmpint (both.side, ==, SAG_SIDE_NONE);
  both = sag_truth_localise (truth, NULL, 0, scores);
  assert_near (both.volume_ml, 0.769, 1e-12);
}

static void
test_empty (void)
{
  g_autoptr (SagVolume) labels = label_map ();
  SagGeometry cells = cell_grid (), aside = cells;
  g_autoptr (SagTruth) truth = truth_new (labels, &cells);
  g_autoptr (SagTruth) elsewhere = NULL;
  SagLocalisation quiet = ask (truth, 4, 7, 0.49f), loud = ask (truth, 4, 7, 0.5f), outside;

  g_assert_true (!quiet.present && quiet.quiet && !loud.quiet);
  assert_near (quiet.volume_ml, 0, 0);
  g_assert_true (isnan (quiet.share_in_box) && isnan (quiet.distance_mm) && isnan (quiet.dice));
  aside.ijk_to_ras[0][3] += 16;
  elsewhere = truth_new (labels, &aside);
  outside = ask (elsewhere, 1, 0, 0.9f);
  g_assert_false (outside.present);
  assert_near (outside.volume_ml, 0.512, 1e-12);
  assert_near (outside.share_in_box, 0, 0);
}

/* The axes of the label map may run anywhere, on any grid. */
static void
test_orientations (void)
{
  static const char *const orientations[] = { "RAS", "LPS", "IAR", "SLP" };
  const gint32             asked[] = { SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT, SAG_PHANTOM_HEART, 0 };
  SagLocalisation          first[3] = { 0 };

  for (gsize o = 0; o < G_N_ELEMENTS (orientations); o++)
    {
      SagPhantomOptions options = { .seed = 3,
                                    .orientation = orientations[o],
                                    .spacing_mm = { 4, 4, 4 } };
      g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
      SagGeometry       ras = sag_geometry_to_canonical (sag_volume_get_geometry (phantom->labels));
      SagGeometry       cells = sag_geometry_coarsen (&ras, (gint32[3]){ 4, 4, 4 });
      gsize             n = (gsize) sag_geometry_n_voxels (&cells);
      g_autofree float *scores = g_new (float, n);
      g_autoptr (SagTruth) truth = sag_truth_new (phantom->labels, &cells, asked, 3, NULL, NULL);

      for (gsize c = 0; c < n; c++)
        scores[c] = (float) ((c * 7919) % n) / (float) n;
      for (gsize v = 0; v < 3; v++)
        {
          SagLocalisation found = sag_truth_localise (truth, &asked[v], 1, scores);

          if (o == 0)
            first[v] = found;
          g_assert_true (found.present);
          assert_near (found.volume_ml, first[v].volume_ml, 1e-9);
          assert_near (found.distance_mm, first[v].distance_mm, 1e-9);
          assert_near (found.dice, first[v].dice, 1e-12);
          assert_near (found.best_dice, first[v].best_dice, 1e-12);
          g_assert_cmpint (found.side, ==, first[v].side);
          g_assert_cmpfloat (found.best_dice, >, found.dice);
        }
    }
}

/* Against a plain search through all voxels, on an oblique grid. */
static void
test_distance (void)
{
  SagPhantomOptions options = { .seed = 5,
                                .spacing_mm = { 4, 5, 6 },
                                .rotation_degrees = { 5, -8, 12 } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  const SagGeometry *grid = sag_volume_get_geometry (phantom->labels);
  const gint32       aorta = SAG_PHANTOM_AORTA;
  SagGeometry        ras = sag_geometry_init ((gint32[3]){ 10, 8, 10 }, (double[3]){ 30, 30, 30 },
                                              (double[3]){ -140, -110, -220 });
  g_autoptr (SagTruth) truth = sag_truth_new (phantom->labels, &ras, &aorta, 1, NULL, NULL);
  guint n_far = 0;

  for (gsize peak = 0; peak < 800; peak += 11)
    {
      float           scores[800] = { 0 };
      double          centre[3], best = INFINITY;
      SagLocalisation found;

      scores[peak] = 1;
      found = sag_truth_localise (truth, &aorta, 1, scores);
      sag_geometry_to_ras (
        &ras, (double[3]){ (double) (peak % 10), (double) (peak / 10 % 8), (double) (peak / 80) },
        centre);
      for (int k = 0; k < grid->dims[2]; k++)
        for (int j = 0; j < grid->dims[1]; j++)
          for (int i = 0; i < grid->dims[0]; i++)
            if (lrintf (sag_volume_value (phantom->labels, i, j, k)) == aorta)
              {
                double mm[3];

                sag_geometry_to_ras (grid, (double[3]){ i, j, k }, mm);
                best = fmin (
                  best, hypot (hypot (mm[0] - centre[0], mm[1] - centre[1]), mm[2] - centre[2]));
              }
      g_assert_true (found.share_in_box > 0.99);
      if (found.strict_hit)
        g_assert_cmpfloat (best, <, 5);
      else
        assert_near (found.distance_mm, best, 1e-9);
      n_far += found.distance_mm > 20;
    }
  g_assert_cmpuint (n_far, >, 10);
}

static void
test_bad (void)
{
  g_autoptr (SagVolume) labels = label_map ();
  SagGeometry  cells = cell_grid ();
  const gint32 one = 1;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_truth_new (labels, &cells, &one, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  memset (cells.ijk_to_ras, 0, sizeof cells.ijk_to_ras);
  g_assert_null (sag_truth_new (labels, &cells, &one, 1, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "no volume");
}

/* A voxel of the structure, in the middle of the cell that holds most of it. */
static void
test_middle (void)
{
  g_autoptr (SagVolume) labels = label_map ();
  SagGeometry cells = cell_grid (), grid = fine_grid ();
  g_autoptr (SagTruth) truth = truth_new (labels, &cells);
  const gint32    both[] = { 1, 2 };
  float           scores[ALL_CELLS] = { 0 };
  double          place[3];
  SagLocalisation found = sag_truth_localise (truth, both, 2, scores);

  sag_geometry_to_ras (&grid, (double[3]){ 11.5, 19.5, 27.5 }, place);
  for (int a = 0; a < 3; a++)
    assert_near (found.middle_ras_mm[a], place[a], 0.5);
  found = ask (truth, 3, 0, 1);
  sag_geometry_to_ras (&grid, (double[3]){ 47, 47, 47 }, place);
  for (int a = 0; a < 3; a++)
    assert_near (found.middle_ras_mm[a], place[a], 1e-9);
  found = ask (truth, 4, 0, 1);
  g_assert_true (isnan (found.middle_ras_mm[0]));
}

/* Of many full cells the one in the middle; and never a place outside of a hollow structure. */
static void
test_middle_of_a_ring (void)
{
  gint16     *voxels = g_new0 (gint16, N * N * N);
  SagGeometry cells = cell_grid (), grid = fine_grid ();
  g_autoptr (SagVolume) labels = NULL;
  g_autoptr (SagTruth) truth = NULL;
  float           scores[ALL_CELLS] = { 0 };
  double          to_ijk[3][4], at[3];
  SagLocalisation found;

  fill (voxels, (int[3]){ 0, 0, 0 }, (int[3]){ N, N, N }, 1);
  fill (voxels, (int[3]){ 4, 4, 4 }, (int[3]){ 44, 44, 44 }, 0);
  labels = sag_volume_new_int16 (&grid, voxels);
  truth = truth_new (labels, &cells);
  found = sag_truth_localise (truth, (const gint32[]){ 1 }, 1, scores);
  g_assert_true (sag_geometry_invert (&grid, to_ijk));
  sag_geometry_apply (to_ijk, found.middle_ras_mm, at);
  g_assert_cmpint (
    sag_volume_get_int16 (labels)[lrint (at[0]) + N * (lrint (at[1]) + N * lrint (at[2]))], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/localise/hit", test_hit);
  g_test_add_func ("/evaluate/localise/miss", test_miss);
  g_test_add_func ("/evaluate/localise/empty", test_empty);
  g_test_add_func ("/evaluate/localise/orientations", test_orientations);
  g_test_add_func ("/evaluate/localise/distance", test_distance);
  g_test_add_func ("/evaluate/localise/middle", test_middle);
  g_test_add_func ("/evaluate/localise/middle-of-a-ring", test_middle_of_a_ring);
  g_test_add_func ("/evaluate/localise/bad", test_bad);
  return g_test_run ();
}
