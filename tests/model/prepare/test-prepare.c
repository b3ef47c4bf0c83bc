/* SPDX-License-Identifier: Apache-2.0 */
/* Where things lie: the way back from the network's input to the scan, for every way to store a
 * scan; shifts, keys, odd scans.
 */
#include "model/core/error.h"
#include "tests/model/prepare/patient.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static const int as_is[3] = { 0, 1, 2 };

/* Where the block's middle appears in the input, in mm of the patient, looking no further than its
 * surroundings. */
static void
find_block (const SagPrepared *prepared, const double ras_to_mm[3][4], double ras_mm[3])
{
  const SagGeometry *grid = sag_prepared_get_input_geometry (prepared);
  const float       *x = sag_prepared_get_input (prepared);
  double             total = 0, middle[3] = { 0 }, to_patient[3][4];
  SagGeometry        patient = { .dims = { 1, 1, 1 } };

  memcpy (patient.ijk_to_ras, ras_to_mm, sizeof patient.ijk_to_ras);
  g_assert_true (sag_geometry_invert (&patient, to_patient));
  sag_geometry_compose (to_patient, grid->ijk_to_ras, to_patient);
  for (gint32 i = 0; i < grid->dims[0]; i++)
    for (gint32 j = 0; j < grid->dims[1]; j++)
      for (gint32 k = 0; k < grid->dims[2]; k++, x++)
        {
          double at[3] = { i, j, k }, voxel[3], weight = *x - (SAG_PATIENT_BODY_HU / 2000.0 + 0.5);
          gboolean near = TRUE;

          sag_geometry_apply (to_patient, at, voxel);
          for (int a = 0; a < 3; a++)
            near &=
              voxel[a] > sag_patient_block_low[a] - 4 && voxel[a] < sag_patient_block_high[a] + 3;
          if (!near)
            continue;
          total += weight;
          for (int a = 0; a < 3; a++)
            middle[a] += weight * at[a];
        }
  for (int a = 0; a < 3; a++)
    middle[a] /= total;
  sag_geometry_to_ras (grid, middle, ras_mm);
}

static void
assert_block (const SagPrepared *prepared, const double ras_to_mm[3][4])
{
  double found[3], middle[3], expected[3];

  for (int a = 0; a < 3; a++)
    middle[a] = (sag_patient_block_low[a] + sag_patient_block_high[a] - 1) / 2.0;
  sag_geometry_apply (ras_to_mm, middle, expected);
  find_block (prepared, ras_to_mm, found);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (found[a], expected[a], 0.1);
}

/* Every axis order and direction: the block comes back to its place, and `paper` makes the same
 * input of all. */
static void
test_orientations (gconstpointer data)
{
  SagRecipeKind kind = GPOINTER_TO_INT (data);
  g_autoptr (SagVolume) first_volume = sag_patient_new (sag_patient_hu);
  g_autoptr (SagPrepared) first = sag_patient_prepare (first_volume, kind, NULL);
  static const int orders[6][3] = {
    { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
  };
  double ras_to_mm[3][4];

  sag_patient_straight (ras_to_mm);
  for (guint n = 0; n < 48; n++)
    {
      g_autoptr (SagVolume) volume =
        sag_patient_store (ras_to_mm, orders[n / 8], n % 8, sag_patient_hu);
      g_autoptr (SagPrepared) prepared = sag_patient_prepare (volume, kind, NULL);

      assert_block (prepared, ras_to_mm);
      if (kind == SAG_RECIPE_UPSTREAM)
        continue;
      g_assert_true (sag_geometry_equal (sag_prepared_get_input_geometry (prepared),
                                         sag_prepared_get_input_geometry (first), 1e-6));
      for (gsize v = 0; v < 256 * 160 * 128; v++)
        g_assert_cmpfloat_with_epsilon (sag_prepared_get_input (prepared)[v],
                                        sag_prepared_get_input (first)[v], 1e-6);
    }
}

/* Oblique and sheared scans are prepared along their own axes, and the geometry says so. */
static void
test_oblique (gconstpointer data)
{
  static const double bases[][3][3] = {
    { { 0.97, -0.20, 0.11 }, { 0.21, 0.96, -0.15 }, { -0.08, 0.17, 0.98 } },
    { { 1, 0, 0 }, { 0, 1, 0.33 }, { 0, 0, 1 } },
    { { 0.8, 0.5, 0 }, { -0.5, 0.9, 0 }, { 0, 0.1, -1 } },
  };

  for (gsize b = 0; b < G_N_ELEMENTS (bases); b++)
    {
      double ras_to_mm[3][4];
      g_autoptr (SagVolume) volume = NULL;
      g_autoptr (SagPrepared) prepared = NULL;

      sag_patient_straight (ras_to_mm);
      for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
          ras_to_mm[r][c] = bases[b][r][c] * sag_patient_spacing_mm[c];
      volume = sag_patient_store (ras_to_mm, as_is, 0, sag_patient_hu);
      prepared = sag_patient_prepare (volume, GPOINTER_TO_INT (data), NULL);
      assert_block (prepared, ras_to_mm);
    }
}

/* Voxel corners of the input to the scan's indices and back, and to millimetres from the
 * standardised volume. */
static void
test_corners (gconstpointer data)
{
  SagPrepareOptions options = { .keep_standardised = TRUE };
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (SagPrepared) prepared = sag_patient_prepare (volume, GPOINTER_TO_INT (data), &options);
  const SagGeometry *input = sag_prepared_get_input_geometry (prepared),
                    *scan = sag_volume_get_geometry (volume);
  const SagGeometry *standard = sag_volume_get_geometry (sag_prepared_get_standardised (prepared));
  const gint32       factor[3] = { 8, 8, 8 };
  SagGeometry        cells = sag_geometry_coarsen (input, factor);
  double             to_scan[3][4], to_input[3][4], to_standard[3][4];
  double             low[3] = { -0.5, -0.5, -0.5 }, corner[3], cell[3];

  g_assert_true (sag_geometry_invert (scan, to_scan));
  g_assert_true (sag_geometry_invert (input, to_input));
  g_assert_true (sag_geometry_invert (standard, to_standard));
  for (guint n = 0; n < 1000; n++)
    {
      double at[3], there[3], back[3];

      for (int a = 0; a < 3; a++)
        at[a] = g_test_rand_int_range (0, input->dims[a] + 1) - 0.5;
      sag_geometry_to_ras (input, at, there);
      sag_geometry_apply (to_scan, there, there);
      sag_geometry_to_ras (scan, there, back);
      sag_geometry_apply (to_input, back, back);
      for (int a = 0; a < 3; a++)
        g_assert_cmpfloat_with_epsilon (back[a], at[a], 1e-7);
    }
  /* The box starts on the corner of a whole standardised voxel, and so does the first cell. */
  sag_geometry_to_ras (input, low, corner);
  sag_geometry_to_ras (&cells, low, cell);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (cell[a], corner[a], 1e-9);
  sag_geometry_apply (to_standard, corner, corner);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (corner[a] + 0.5, rint (corner[a] + 0.5), 1e-6);
}

/* Whether the 1 mm volume is kept changes no bit of the input, wherever the box is. */
static void
test_kept_changes_nothing (gconstpointer data)
{
  static const double shifts[][3] = { { 0, 0, 0 }, { 3, -5, 2 }, { 60, 10, -20 }, { -200, 0, 90 } };
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);

  for (gsize s = 0; s < G_N_ELEMENTS (shifts); s++)
    {
      SagPrepareOptions options = { .shift_mm = { shifts[s][0], shifts[s][1], shifts[s][2] } };
      g_autoptr (SagPrepared) plain =
        sag_patient_prepare (volume, GPOINTER_TO_INT (data), &options);
      g_autoptr (SagPrepared) kept = NULL;
      const gint32 *dims = sag_prepared_get_recipe (plain)->input;
      gsize         n = (gsize) dims[0] * dims[1] * dims[2];

      options.keep_standardised = TRUE;
      kept = sag_patient_prepare (volume, GPOINTER_TO_INT (data), &options);
      g_assert_cmpmem (sag_prepared_get_input (plain), n * sizeof (float),
                       sag_prepared_get_input (kept), n * sizeof (float));
    }
}

static void
test_shift (gconstpointer data)
{
  SagRecipeKind     kind = GPOINTER_TO_INT (data);
  SagPrepareOptions options = { .shift_mm = { 12, -16, 20.4 } };
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (SagPrepared) still = sag_patient_prepare (volume, kind, NULL);
  g_autoptr (SagPrepared) moved = sag_patient_prepare (volume, kind, &options);
  const SagGeometry *a = sag_prepared_get_input_geometry (still),
                    *b = sag_prepared_get_input_geometry (moved);
  double ras_to_mm[3][4], spacing[3];

  sag_patient_straight (ras_to_mm);
  assert_block (moved, ras_to_mm);
  sag_geometry_spacing_mm (a, spacing);
  g_assert_cmpfloat_with_epsilon (b->ijk_to_ras[0][3] - a->ijk_to_ras[0][3], 12, 1e-5);
  g_assert_cmpfloat_with_epsilon (b->ijk_to_ras[1][3] - a->ijk_to_ras[1][3], -16, 1e-5);
  g_assert_cmpfloat_with_epsilon (b->ijk_to_ras[2][3] - a->ijk_to_ras[2][3], 20, 1e-5);
  g_assert_cmpstr (sag_prepared_get_key (still), !=, sag_prepared_get_key (moved));
  /* 12, 16 and 20 mm are 8, 8 and 10 voxels of the input. */
  for (gint32 i = 0; i < 248; i++)
    for (gint32 k = 0; k < 118; k++)
      g_assert_cmpfloat_with_epsilon (
        sag_prepared_get_input (moved)[((gsize) i * 160 + 70) * 128 + k],
        sag_prepared_get_input (still)[((gsize) (i + 8) * 160 + 62) * 128 + k + 10], 1e-7);

  /* A box that has left the scan sees air. */
  options.shift_mm[1] = 5000;
  g_clear_pointer (&moved, sag_prepared_unref);
  moved = sag_patient_prepare (volume, kind, &options);
  for (gsize v = 0; v < 256 * 160 * 128; v++)
    g_assert_cmpfloat (sag_prepared_get_input (moved)[v], ==, 0);
}
/* Hounsfield units as float32, what is no number being air, give the same input. */
static void
test_float (gconstpointer data)
{
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu), copy = NULL;
  g_autoptr (SagPrepared) a = NULL, b = NULL;
  gint64 n = sag_geometry_n_voxels (sag_volume_get_geometry (volume));
  float *voxels = g_new (float, n);

  for (gint64 v = 0; v < n; v++)
    voxels[v] = sag_volume_get_int16 (volume)[v];
  voxels[0] = NAN;
  voxels[1] = -INFINITY;
  copy = sag_volume_new_float (sag_volume_get_geometry (volume), voxels);
  a = sag_patient_prepare (volume, GPOINTER_TO_INT (data), NULL);
  b = sag_patient_prepare (copy, GPOINTER_TO_INT (data), NULL);
  for (gsize v = 0; v < 256 * 160 * 128; v++)
    g_assert_cmpfloat_with_epsilon (sag_prepared_get_input (a)[v], sag_prepared_get_input (b)[v],
                                    1e-7);
}

static void
test_no_body (gconstpointer data)
{
  const gint32 dims[3] = { 9, 1, 4 };
  const double spacing[3] = { 1, 2, 3 }, origin[3] = { 0 };
  SagGeometry  grid = sag_geometry_init (dims, spacing, origin);
  gint16      *voxels = g_new (gint16, 36);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  SagRecipe recipe = sag_patient_recipe (GPOINTER_TO_INT (data));

  for (int v = 0; v < 36; v++)
    voxels[v] = -900;
  volume = sag_volume_new_int16 (&grid, voxels);
  g_assert_null (sag_prepare (volume, &recipe, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "no body");
}

/* Scans of one voxel, one row, one slice; other input sizes. */
static void
test_small (gconstpointer data)
{
  static const gint32 dims[][3] = {
    { 1, 1, 1 }, { 7, 1, 1 }, { 1, 9, 2 }, { 30, 31, 1 }, { 2, 3, 40 }
  };
  static const gint32 inputs[][3] = { { 64, 32, 96 }, { 100, 37, 250 }, { 384, 320, 256 } };

  for (gsize d = 0; d < G_N_ELEMENTS (dims); d++)
    {
      const double spacing[3] = { 0.8, 2.3, 4 }, origin[3] = { 1, 2, 3 };
      SagGeometry  grid = sag_geometry_init (dims[d], spacing, origin);
      gint64       n = sag_geometry_n_voxels (&grid);
      gint16      *voxels = g_new (gint16, n);
      g_autoptr (SagVolume) volume = NULL;

      for (gint64 v = 0; v < n; v++)
        voxels[v] = 50;
      volume = sag_volume_new_int16 (&grid, voxels);
      for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
        {
          SagRecipe recipe = sag_patient_recipe (GPOINTER_TO_INT (data));
          g_autoptr (SagPrepared) prepared = NULL;
          g_autoptr (GError) error = NULL;
          float most = 0;

          memcpy (recipe.input, inputs[i], sizeof recipe.input);
          prepared = sag_prepare (volume, &recipe, NULL, NULL, &error);
          g_assert_no_error (error);
          for (gint64 v = 0; v < (gint64) inputs[i][0] * inputs[i][1] * inputs[i][2]; v++)
            most = MAX (most, sag_prepared_get_input (prepared)[v]);
          g_assert_cmpfloat (most, >, 0);
          g_assert_cmpfloat (most, <, 0.5251);
        }
    }
}

static void
test_cancel (gconstpointer data)
{
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SagRecipe recipe = sag_patient_recipe (GPOINTER_TO_INT (data));

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_prepare (volume, &recipe, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_bad_recipe (void)
{
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (GError) error = NULL;
  SagRecipe recipe = sag_patient_recipe (SAG_RECIPE_PAPER);

  recipe.input[1] = 0;
  g_assert_null (sag_prepare (volume, &recipe, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "recipe");
}

static void
test_bad_shift (void)
{
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (GError) error = NULL;
  SagRecipe         recipe = sag_patient_recipe (SAG_RECIPE_PAPER);
  SagPrepareOptions options = { .shift_mm = { 0, NAN, 0 } };

  g_assert_null (sag_prepare (volume, &recipe, &options, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "cannot be moved");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sag_patient_add_test ("orientations", test_orientations);
  sag_patient_add_test ("oblique", test_oblique);
  sag_patient_add_test ("corners", test_corners);
  sag_patient_add_test ("shift", test_shift);
  sag_patient_add_test ("kept-changes-nothing", test_kept_changes_nothing);
  sag_patient_add_test ("float32", test_float);
  sag_patient_add_test ("no-body", test_no_body);
  sag_patient_add_test ("small", test_small);
  sag_patient_add_test ("cancel", test_cancel);
  g_test_add_func ("/prepare/bad-recipe", test_bad_recipe);
  g_test_add_func ("/prepare/bad-shift", test_bad_shift);
  return g_test_run ();
}
