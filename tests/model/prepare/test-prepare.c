/* SPDX-License-Identifier: Apache-2.0 */
/* Where things lie: the way back from the network's input to the scan, for every way to store a
 * scan; lung masks, shifts, keys, odd scans.
 */
#include "model/core/error.h"
#include "model/phantom/phantom.h"
#include "model/prepare/prepared.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define BODY_HU 40
#define BLOCK_HU 800

static const SagRecipeKind kinds[] = { SAG_RECIPE_UPSTREAM, SAG_RECIPE_PAPER };

static SagRecipe
recipe_of (SagRecipeKind kind)
{
  return (SagRecipe){
    .kind = kind,
    .box_mm = { 384, 320, 256 },
    .train_box_mm = { 416, 336, 256 },
    .input = { 256, 160, 128 },
  };
}

/* A patient along R, A, S at 4 x 3.3 x 5 mm: an ellipsoid of soft tissue and a dense block that is
 * nowhere symmetric. */
static const gint32 patient_dims[3] = { 70, 60, 44 };
static const double patient_spacing[3] = { 4, 3.3, 5 };
static const gint32 block_low[3] = { 24, 20, 12 }, block_high[3] = { 33, 31, 19 };

static gint16
patient_hu (const gint32 ras[3])
{
  double   radius = 0;
  gboolean block = TRUE;

  for (int a = 0; a < 3; a++)
    {
      double x = (ras[a] - 0.48 * patient_dims[a]) / (0.41 * patient_dims[a]);

      radius += x * x;
      block &= ras[a] >= block_low[a] && ras[a] < block_high[a];
    }
  return radius > 1 ? -1000 : block ? BLOCK_HU
                                    : BODY_HU;
}

/* Stores the patient: stored axis s runs along patient axis axes[s], backwards where @flips has bit
 * s. */
static SagVolume *
store (const double ras_to_mm[3][4],
       const int    axes[3],
       guint        flips,
       gint16 (*value) (const gint32 ras[3]))
{
  SagGeometry grid = { { 0 } };
  gint16     *voxels = g_new (gint16, patient_dims[0] * patient_dims[1] * patient_dims[2]),
         *out = voxels;
  double first[3];
  gint32 stored[3], ras[3];

  for (int s = 0; s < 3; s++)
    {
      double sign = flips >> s & 1 ? -1 : 1;

      grid.dims[s] = patient_dims[axes[s]];
      first[axes[s]] = sign < 0 ? patient_dims[axes[s]] - 1 : 0;
      for (int r = 0; r < 3; r++)
        grid.ijk_to_ras[r][s] = sign * ras_to_mm[r][axes[s]];
    }
  for (int r = 0; r < 3; r++)
    grid.ijk_to_ras[r][3] = ras_to_mm[r][3] + ras_to_mm[r][0] * first[0] +
                            ras_to_mm[r][1] * first[1] + ras_to_mm[r][2] * first[2];
  for (stored[2] = 0; stored[2] < grid.dims[2]; stored[2]++)
    for (stored[1] = 0; stored[1] < grid.dims[1]; stored[1]++)
      for (stored[0] = 0; stored[0] < grid.dims[0]; stored[0]++)
        {
          for (int s = 0; s < 3; s++)
            ras[axes[s]] = flips >> s & 1 ? grid.dims[s] - 1 - stored[s] : stored[s];
          *out++ = value (ras);
        }
  return sag_volume_new_int16 (&grid, voxels);
}

static void
straight (double ras_to_mm[3][4])
{
  memset (ras_to_mm, 0, 12 * sizeof (double));
  for (int a = 0; a < 3; a++)
    ras_to_mm[a][a] = patient_spacing[a];
  ras_to_mm[0][3] = -131.7;
  ras_to_mm[1][3] = 17.25;
  ras_to_mm[2][3] = -812.5;
}

static const int as_is[3] = { 0, 1, 2 };

static SagVolume *
store_straight (void)
{
  double ras_to_mm[3][4];

  straight (ras_to_mm);
  return store (ras_to_mm, as_is, 0, patient_hu);
}

static SagPrepared *
prepare_with (SagVolume *volume, SagRecipeKind kind, const SagPrepareOptions *options)
{
  g_autoptr (GError) error = NULL;
  SagRecipe    recipe = recipe_of (kind);
  SagPrepared *prepared = sag_prepare (volume, &recipe, options, NULL, &error);

  g_assert_no_error (error);
  return prepared;
}

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
          double   at[3] = { i, j, k }, voxel[3], weight = *x - (BODY_HU / 2000.0 + 0.5);
          gboolean near = TRUE;

          sag_geometry_apply (to_patient, at, voxel);
          for (int a = 0; a < 3; a++)
            near &= voxel[a] > block_low[a] - 4 && voxel[a] < block_high[a] + 3;
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
    middle[a] = (block_low[a] + block_high[a] - 1) / 2.0;
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
  g_autoptr (SagVolume) first_volume = store_straight ();
  g_autoptr (SagPrepared) first = prepare_with (first_volume, kind, NULL);
  static const int orders[6][3] = {
    { 0, 1, 2 },
    { 0, 2, 1 },
    { 1, 0, 2 },
    { 1, 2, 0 },
    { 2, 0, 1 },
    { 2, 1, 0 },
  };
  double ras_to_mm[3][4];

  straight (ras_to_mm);
  for (guint n = 0; n < 48; n++)
    {
      g_autoptr (SagVolume) volume = store (ras_to_mm, orders[n / 8], n % 8, patient_hu);
      g_autoptr (SagPrepared) prepared = prepare_with (volume, kind, NULL);

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

      straight (ras_to_mm);
      for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
          ras_to_mm[r][c] = bases[b][r][c] * patient_spacing[c];
      volume = store (ras_to_mm, as_is, 0, patient_hu);
      prepared = prepare_with (volume, GPOINTER_TO_INT (data), NULL);
      assert_block (prepared, ras_to_mm);
    }
}

/* Voxel corners of the input to the scan's indices and back, and to millimetres from the
 * standardised volume. */
static void
test_corners (gconstpointer data)
{
  SagPrepareOptions options = { .keep_standardised = TRUE };
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (SagPrepared) prepared = prepare_with (volume, GPOINTER_TO_INT (data), &options);
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

static void
test_shift (gconstpointer data)
{
  SagRecipeKind     kind = GPOINTER_TO_INT (data);
  SagPrepareOptions options = { .shift_mm = { 12, -16, 20.4 } };
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (SagPrepared) still = prepare_with (volume, kind, NULL);
  g_autoptr (SagPrepared) moved = prepare_with (volume, kind, &options);
  const SagGeometry *a = sag_prepared_get_input_geometry (still),
                    *b = sag_prepared_get_input_geometry (moved);
  double ras_to_mm[3][4], spacing[3];

  straight (ras_to_mm);
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
  moved = prepare_with (volume, kind, &options);
  for (gsize v = 0; v < 256 * 160 * 128; v++)
    g_assert_cmpfloat (sag_prepared_get_input (moved)[v], ==, 0);
}

static gint16
is_lung (const gint32 ras[3])
{
  return ras[0] > 20 && ras[0] < 50 && ras[1] > 20 && ras[1] < 40 && ras[2] >= 10 && ras[2] <= 30
           ? 1
           : 0;
}

static gint16
lobe_map (const gint32 ras[3])
{
  return is_lung (ras) ? 10 + ras[2] % 5 : ras[2] == 40 ? 51
                                         : ras[2] == 2  ? 1
                                                        : 0;
}

static gint16
nothing (const gint32 ras[3])
{
  return 0;
}

/* A mask cuts slices: 10..30 are 50 to 150 mm; `upstream` drops the last, `paper` adds one (5 mm)
 * on both sides. */
static void
test_lung_mask (gconstpointer data)
{
  SagRecipeKind kind = GPOINTER_TO_INT (data);
  gint16 (*const values[]) (const gint32 ras[3]) = { is_lung, lobe_map };
  double ras_to_mm[3][4], elsewhere[3][4];
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (SagPrepared) plain = prepare_with (volume, kind, NULL);
  g_autofree float *first = NULL;

  straight (ras_to_mm);
  straight (elsewhere);
  /* The same patient on a grid that starts a little off the scan's. */
  elsewhere[2][3] += 0.4;
  for (gsize n = 0; n < 4; n++)
    {
      g_autoptr (SagVolume) mask = store (n < 2 ? ras_to_mm : elsewhere, as_is, 0, values[n % 2]);
      SagPrepareOptions options = { .lungs = mask, .keep_standardised = TRUE };
      g_autoptr (SagPrepared) prepared = prepare_with (volume, kind, &options);

      g_assert_cmpstr (sag_prepared_get_lung_source (prepared), ==, "mask");
      g_assert_cmpstr (sag_prepared_get_key (prepared), !=, sag_prepared_get_key (plain));
      if (kind == SAG_RECIPE_UPSTREAM)
        g_assert_cmpint (
          sag_volume_get_geometry (sag_prepared_get_standardised (prepared))->dims[2], ==,
          19 * 5 + 1);
      if (first == NULL)
        first = g_memdup2 (sag_prepared_get_input (prepared), sizeof (float) * 256 * 160 * 128);
      g_assert_cmpmem (sag_prepared_get_input (prepared), sizeof (float) * 256 * 160 * 128, first,
                       sizeof (float) * 256 * 160 * 128);
    }
  if (kind == SAG_RECIPE_PAPER)
    /* (30 + 1) - (10 - 1) + 1 = 23 slices: 111 voxels at 1 mm, centred in 256: 72 .. 182. */
    for (gint32 z = 0; z < 128; z++)
      {
        const float *column = first + ((gsize) 128 * 160 + 80) * 128;

        g_assert_cmpint (column[z] > 0.4, ==, z >= 36 && z < 91);
      }
}

/* Without a mask our own segmentation sets the range of `paper`, and no finding is cut away: every
 * voxel of fluid and consolidation in the box shows as such in the input, not as the air beyond a
 * cut.
 */
static void
test_segmented (gconstpointer data)
{
  static const guint findings[] = {
    0,
    SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_EFFUSION_RIGHT,
    SAG_FINDING_CONSOLIDATION_LEFT | SAG_FINDING_CONSOLIDATION_RIGHT,
    SAG_FINDING_NO_LEFT_LUNG,
  };

  for (gsize f = 0; f < G_N_ELEMENTS (findings); f++)
    {
      SagPhantomOptions patient = { .findings = findings[f], .spacing_mm = { 3, 3, 4 } };
      g_autoptr (SagPhantom) phantom = sag_phantom_new (&patient);
      g_autoptr (SagPrepared) prepared =
        prepare_with (phantom->image, GPOINTER_TO_INT (data), NULL);
      const SagGeometry *scan = sag_volume_get_geometry (phantom->labels);
      const SagGeometry *grid = sag_prepared_get_input_geometry (prepared);
      const gint16      *labels = sag_volume_get_int16 (phantom->labels);
      const float       *input = sag_prepared_get_input (prepared);
      double             to_input[3][4];
      gsize              n = 0, n_air = 0;

      g_assert_cmpstr (sag_prepared_get_lung_source (prepared), ==,
                       GPOINTER_TO_INT (data) == SAG_RECIPE_PAPER ? "segmented" : "none");
      g_assert_true (sag_prepared_get_scope (prepared)->lungs_found);
      g_assert_true (sag_geometry_invert (grid, to_input));
      sag_geometry_compose (to_input, scan->ijk_to_ras, to_input);
      for (gint32 k = 0; k < scan->dims[2]; k++)
        for (gint32 j = 0; j < scan->dims[1]; j++)
          for (gint32 i = 0; i < scan->dims[0]; i++)
            {
              gint16 label = *labels++;
              double at[3] = { i, j, k };

              if (label < SAG_PHANTOM_EFFUSION_LEFT || label > SAG_PHANTOM_CONSOLIDATION_RIGHT)
                continue;
              sag_geometry_apply (to_input, at, at);
              for (int a = 0; a < 3; a++)
                at[a] = floor (at[a] + 0.5);
              if (at[0] < 0 || at[0] >= 256 || at[1] < 0 || at[1] >= 160 || at[2] < 0 ||
                  at[2] >= 128)
                continue;
              n++;
              if (input[((gsize) at[0] * 160 + (gsize) at[1]) * 128 + (gsize) at[2]] < 0.3)
                n_air++;
            }
      if (findings[f] & (SAG_FINDING_EFFUSION_LEFT | SAG_FINDING_CONSOLIDATION_LEFT))
        g_assert_cmpuint (n, >, 1000);
      g_assert_cmpuint (n_air, ==, 0);
    }
}

static void
test_bad_mask (void)
{
  double ras_to_mm[3][4];
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (SagVolume) empty = NULL, far = NULL;
  g_autoptr (GError) error = NULL;
  SagRecipe         recipe = recipe_of (SAG_RECIPE_PAPER);
  SagPrepareOptions options = { 0 };

  straight (ras_to_mm);
  empty = store (ras_to_mm, as_is, 0, nothing);
  ras_to_mm[0][3] += 1000;
  far = store (ras_to_mm, as_is, 0, is_lung);

  options.lungs = empty;
  g_assert_null (sag_prepare (volume, &recipe, &options, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "marks no lung");
  options.lungs = far;
  g_assert_null (sag_prepare (volume, &recipe, &options, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "outside the scan");
}

/* Hounsfield units as float32, what is no number being air, give the same input. */
static void
test_float (gconstpointer data)
{
  g_autoptr (SagVolume) volume = store_straight (), copy = NULL;
  g_autoptr (SagPrepared) a = NULL, b = NULL;
  gint64 n = sag_geometry_n_voxels (sag_volume_get_geometry (volume));
  float *voxels = g_new (float, n);

  for (gint64 v = 0; v < n; v++)
    voxels[v] = sag_volume_get_int16 (volume)[v];
  voxels[0] = NAN;
  voxels[1] = -INFINITY;
  copy = sag_volume_new_float (sag_volume_get_geometry (volume), voxels);
  a = prepare_with (volume, GPOINTER_TO_INT (data), NULL);
  b = prepare_with (copy, GPOINTER_TO_INT (data), NULL);
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
  SagRecipe recipe = recipe_of (GPOINTER_TO_INT (data));

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
          SagRecipe recipe = recipe_of (GPOINTER_TO_INT (data));
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
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SagRecipe recipe = recipe_of (GPOINTER_TO_INT (data));

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_prepare (volume, &recipe, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_bad_recipe (void)
{
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (GError) error = NULL;
  SagRecipe recipe = recipe_of (SAG_RECIPE_PAPER);

  recipe.input[1] = 0;
  g_assert_null (sag_prepare (volume, &recipe, NULL, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "recipe");
}

static void
test_bad_shift (void)
{
  g_autoptr (SagVolume) volume = store_straight ();
  g_autoptr (GError) error = NULL;
  SagRecipe         recipe = recipe_of (SAG_RECIPE_PAPER);
  SagPrepareOptions options = { .shift_mm = { 0, NAN, 0 } };

  g_assert_null (sag_prepare (volume, &recipe, &options, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "cannot be moved");
}

static void
add (const char *name, GTestDataFunc test)
{
  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    {
      g_autofree char *path = g_strdup_printf ("/prepare/%s/%s", name,
                                               kinds[k] == SAG_RECIPE_PAPER ? "paper" : "upstream");

      g_test_add_data_func (path, GINT_TO_POINTER (kinds[k]), test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("orientations", test_orientations);
  add ("oblique", test_oblique);
  add ("corners", test_corners);
  add ("shift", test_shift);
  add ("lung-mask", test_lung_mask);
  add ("segmented", test_segmented);
  add ("float32", test_float);
  add ("no-body", test_no_body);
  add ("small", test_small);
  add ("cancel", test_cancel);
  g_test_add_func ("/prepare/bad-mask", test_bad_mask);
  g_test_add_func ("/prepare/bad-recipe", test_bad_recipe);
  g_test_add_func ("/prepare/bad-shift", test_bad_shift);
  return g_test_run ();
}
