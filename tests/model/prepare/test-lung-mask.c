/* SPDX-License-Identifier: Apache-2.0 */
/* Lung masks, the person's and our own: what they cut, and how much of them the box holds. */
#include "model/core/error.h"
#include "model/phantom/phantom.h"
#include "tests/model/prepare/patient.h"
#include "tests/support/test.h"

#include <math.h>

static const int as_is[3] = { 0, 1, 2 };

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
  return is_lung (ras) ? 10 + ras[2] % 5 : ras[2] == 40 ? 51 : ras[2] == 2 ? 1 : 0;
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
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (SagPrepared) plain = sag_patient_prepare (volume, kind, NULL);
  g_autofree float *first = NULL;

  sag_patient_straight (ras_to_mm);
  sag_patient_straight (elsewhere);
  /* The same patient on a grid that starts a little off the scan's. */
  elsewhere[2][3] += 0.4;
  for (gsize n = 0; n < 4; n++)
    {
      g_autoptr (SagVolume) mask =
        sag_patient_store (n < 2 ? ras_to_mm : elsewhere, as_is, 0, values[n % 2]);
      SagPrepareOptions options = { .lungs = mask, .keep_standardised = TRUE };
      g_autoptr (SagPrepared) prepared = sag_patient_prepare (volume, kind, &options);

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
        sag_patient_prepare (phantom->image, GPOINTER_TO_INT (data), NULL);
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

/* How much of the mask lies in the box, counted voxel by voxel, while the box moves off it. */
static void
test_share (gconstpointer data)
{
  double ras_to_mm[3][4];
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (SagVolume) mask = NULL;
  const SagGeometry *scan = sag_volume_get_geometry (volume);

  sag_patient_straight (ras_to_mm);
  mask = sag_patient_store (ras_to_mm, as_is, 0, is_lung);
  for (int step = 0; step < 6; step++)
    {
      SagPrepareOptions options = { .lungs = mask,
                                    .shift_mm = { 43 * step, -31 * step, 9 * step } };
      g_autoptr (SagPrepared) prepared =
        sag_patient_prepare (volume, GPOINTER_TO_INT (data), &options);
      double to_input[3][4];
      gsize  n = 0, n_inside = 0;

      g_assert_true (sag_geometry_invert (sag_prepared_get_input_geometry (prepared), to_input));
      sag_geometry_compose (to_input, scan->ijk_to_ras, to_input);
      for (gint32 k = 0; k < scan->dims[2]; k++)
        for (gint32 j = 0; j < scan->dims[1]; j++)
          for (gint32 i = 0; i < scan->dims[0]; i++)
            {
              double at[3] = { i, j, k };

              if (sag_volume_value (mask, i, j, k) == 0)
                continue;
              sag_geometry_apply (to_input, at, at);
              n++;
              n_inside += at[0] > -0.5 && at[0] < 255.5 && at[1] > -0.5 && at[1] < 159.5 &&
                          at[2] > -0.5 && at[2] < 127.5;
            }
      g_assert_cmpfloat_with_epsilon (sag_prepared_get_scope (prepared)->lung_share_in_box,
                                      (double) n_inside / n, 1e-9);
    }
}

static void
test_bad_mask (void)
{
  double ras_to_mm[3][4];
  g_autoptr (SagVolume) volume = sag_patient_new (sag_patient_hu);
  g_autoptr (SagVolume) empty = NULL, far = NULL;
  g_autoptr (GError) error = NULL;
  SagRecipe         recipe = sag_patient_recipe (SAG_RECIPE_PAPER);
  SagPrepareOptions options = { 0 };

  sag_patient_straight (ras_to_mm);
  empty = sag_patient_store (ras_to_mm, as_is, 0, nothing);
  ras_to_mm[0][3] += 1000;
  far = sag_patient_store (ras_to_mm, as_is, 0, is_lung);

  options.lungs = empty;
  g_assert_null (sag_prepare (volume, &recipe, &options, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "marks no lung");
  options.lungs = far;
  g_assert_null (sag_prepare (volume, &recipe, &options, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "outside the scan");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sag_patient_add_test ("lung-mask", test_lung_mask);
  sag_patient_add_test ("share", test_share);
  sag_patient_add_test ("segmented", test_segmented);
  g_test_add_func ("/prepare/bad-mask", test_bad_mask);
  return g_test_run ();
}
