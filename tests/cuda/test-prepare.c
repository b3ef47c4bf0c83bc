/* SPDX-License-Identifier: Apache-2.0 */

/* The GPU engine's preparation through the waist, against the host's. */

#include "tests/model/cpu/text-reference.h"
#include "tests/model/engine/under-test.h"
#include "tests/model/prepare/patient.h"

#include <math.h>

#define LUNG_LOW 9 /* slices along S */
#define LUNG_HIGH 36

/* MODEL.md, section 3: never more, and so much on average. */
#define MOST_ERROR 2.5e-4
#define MEAN_ERROR 1e-5

typedef struct
{
  int      axes[3];
  guint    flips;
  gboolean is_float;
  gboolean masked;
  double   shift_mm[3];
} Case;

static const Case cases[] = {
  { { 0, 1, 2 }, 0, FALSE, FALSE, { 0, 0, 0 } },
  { { 0, 1, 2 }, 3, FALSE, TRUE, { 0, 0, 0 } }, /* L, P, S: how most scans are stored */
  { { 0, 1, 2 }, 4, TRUE, TRUE, { 12, -7, 30 } },
  { { 1, 2, 0 }, 5, TRUE, FALSE, { 0, 0, 0 } },
  { { 2, 0, 1 }, 2, FALSE, FALSE, { -40, 0, 3.4 } },
  { { 0, 1, 2 }, 0, FALSE, FALSE, { 900, 0, 0 } }, /* nothing of the scan is left in the box */
};

/* Texture, so that every voxel counts, and specks of tissue in the air. */
static gint16
noisy_hu (const gint32 ras[3])
{
  guint32 hash =
    (guint32) ras[0] * 73856093 ^ (guint32) ras[1] * 19349663 ^ (guint32) ras[2] * 83492791;
  gint noise = (gint) (hash * 2654435761u >> 20) % 161 - 80, value = sag_patient_hu (ras);

  return value > -1000 ? value + noise : noise > 76 ? 30 : -1000 + (noise + 80) / 2;
}

static gint16
lung_mask (const gint32 ras[3])
{
  return ras[2] >= LUNG_LOW && ras[2] < LUNG_HIGH && ras[0] > 20 && ras[0] < 50 && ras[1] > 15 &&
         ras[1] < 45;
}

static SagVolume *
to_float (SagVolume *volume)
{
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  const gint16      *voxels = sag_volume_get_int16 (volume);
  gint64             n = sag_geometry_n_voxels (grid);
  float             *floats = g_new (float, n);

  for (gint64 v = 0; v < n; v++)
    floats[v] = v % 1009 == 0 ? NAN : voxels[v] + 0.25f;
  return sag_volume_new_float (grid, floats);
}

static SagRecipe
small_recipe (SagRecipeKind kind)
{
  return (SagRecipe){
    .kind = kind,
    .box_mm = { 192, 160, 128 },
    .train_box_mm = { 208, 168, 128 },
    .input = { 64, 40, 32 },
  };
}

static void
compare (const float *got, const float *want, gsize n)
{
  double worst = 0, sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      double error = fabs ((double) got[i] - want[i]);

      g_assert_false (isnan (got[i]));
      worst = MAX (worst, error);
      sum += error;
    }
  g_test_message ("largest error %g, mean %g", worst, sum / n);
  g_assert_cmpfloat (worst, <=, MOST_ERROR);
  g_assert_cmpfloat (sum / n, <=, MEAN_ERROR);
}

static SagPrepareRequest
request_of (SagVolume *volume, const Case *c, SagRecipeKind kind, float *input)
{
  SagPrepareRequest request = { .geometry = *sag_volume_get_geometry (volume),
                                .recipe = small_recipe (kind),
                                .has_lung_range = c->masked,
                                .lung_range_mm = { LUNG_LOW * sag_patient_spacing_mm[2],
                                                   (LUNG_HIGH - 1) * sag_patient_spacing_mm[2] },
                                .is_float = c->is_float,
                                .input = input };
  SagVoxels         view;

  sag_volume_view_stored (volume, &view);
  request.voxels = view.origin;
  for (int a = 0; a < 3; a++)
    request.shift_mm[a] = c->shift_mm[a];
  return request;
}

static void
check_case (void *engine, const Case *c, SagRecipeKind kind)
{
  SagRecipe         recipe = small_recipe (kind);
  double            ras_to_mm[3][4];
  gsize             n = (gsize) recipe.input[0] * recipe.input[1] * recipe.input[2];
  g_autofree float *input = g_new (float, n);
  g_autoptr (SagVolume) stored = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagVolume) lungs = NULL;
  g_autoptr (SagPrepared) want = NULL;
  g_autoptr (GError) error = NULL;
  SagPrepareOptions options = { NULL };
  SagPrepareRequest request;
  SagStatus         status = { 0 };

  sag_patient_straight (ras_to_mm);
  stored = sag_patient_store (ras_to_mm, c->axes, c->flips, noisy_hu);
  volume = c->is_float ? to_float (stored) : sag_volume_ref (stored);
  lungs = sag_patient_store (ras_to_mm, c->axes, c->flips, lung_mask);
  options.lungs = c->masked ? lungs : NULL;
  for (int a = 0; a < 3; a++)
    options.shift_mm[a] = c->shift_mm[a];
  want = sag_prepare (volume, &recipe, &options, NULL, &error);
  g_assert_no_error (error);
  request = request_of (volume, c, kind, input);
  if (!sag_test_engine ()->table->prepare (engine, &request, &status))
    g_error ("%s", status.message);
  compare (input, sag_prepared_get_input (want), n);
  g_assert_true (
    sag_geometry_equal (&request.input_geometry, sag_prepared_get_input_geometry (want), 1e-6));
}

static void *
open_engine (ReferenceBundle **bundle)
{
  *bundle = reference_bundle_new (SAG_TEXT_BERT, 16, 1, 16, 1);
  return sag_test_engine_open (&(*bundle)->source, 0);
}

static void
test_cases (gconstpointer kind)
{
  g_autoptr (ReferenceBundle) bundle = NULL;
  void *engine = open_engine (&bundle);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    check_case (engine, &cases[i], GPOINTER_TO_INT (kind));
  sag_test_engine_close (engine);
}

static bool
is_cancelled (void *data)
{
  int *n_left = data;

  return (*n_left)-- == 0;
}

static gint16
nothing (const gint32 ras[3])
{
  return -1000;
}

static void
expect (void *engine, SagPrepareRequest *request, SagStatusCode code, const char *part)
{
  SagStatus status = { 0 };

  g_assert_false (sag_test_engine ()->table->prepare (engine, request, &status));
  g_assert_cmpint (status.code, ==, code);
  if (strstr (status.message, part) == NULL)
    g_error ("\"%s\" does not say \"%s\"", status.message, part);
}

/* Rows that no scanner makes do not fit a block's shared memory. */
static void
expect_wide (void *engine, float *input)
{
  const gint32      dims[3] = { 5200, 3, 3 };
  const double      spacing[3] = { 0.04, 50, 50 }, origin[3] = { 0 };
  g_autofree float *voxels = g_new (float, 5200 * 3 * 3);
  SagPrepareRequest request = { .voxels = voxels,
                                .is_float = true,
                                .geometry = sag_geometry_init (dims, spacing, origin),
                                .recipe = small_recipe (SAG_RECIPE_PAPER),
                                .input = input };

  for (gsize v = 0; v < 5200 * 3 * 3; v++)
    voxels[v] = 40;
  expect (engine, &request, SAG_STATUS_UNSUPPORTED, "more than the GPU engine");
}

/* What cannot be prepared gives a sentence, and the engine goes on. */
static void
test_bad (gconstpointer data)
{
  g_autoptr (ReferenceBundle) bundle = NULL;
  void             *engine = open_engine (&bundle);
  g_autofree float *input = g_new (float, 64 * 40 * 32);
  g_autoptr (SagVolume) patient = sag_patient_new (noisy_hu);
  g_autoptr (SagVolume) air = sag_patient_new (nothing);
  SagPrepareRequest good = request_of (patient, &cases[0], SAG_RECIPE_PAPER, input), bad = good;

  bad.geometry.dims[1] = 0;
  expect (engine, &bad, SAG_STATUS_INVALID, "without voxels");
  bad = good;
  bad.recipe.input[0] = 100000;
  expect (engine, &bad, SAG_STATUS_INVALID, "out of range");
  bad = good;
  bad.shift_mm[1] = NAN;
  expect (engine, &bad, SAG_STATUS_INVALID, "cannot be moved");
  bad = good;
  bad.has_lung_range = true;
  bad.lung_range_mm[0] = 5000;
  bad.lung_range_mm[1] = 6000;
  expect (engine, &bad, SAG_STATUS_INVALID, "outside the scan");
  bad = request_of (air, &cases[0], SAG_RECIPE_PAPER, input);
  expect (engine, &bad, SAG_STATUS_INVALID, "no body");
  bad.recipe.kind = SAG_RECIPE_UPSTREAM;
  expect (engine, &bad, SAG_STATUS_INVALID, "no body");
  expect_wide (engine, input);
  for (int n = 0; n < 3; n++)
    {
      int n_left = n;

      bad = good;
      bad.cancel = (SagCancel){ is_cancelled, &n_left };
      expect (engine, &bad, SAG_STATUS_CANCELLED, "cancelled");
    }
  check_case (engine, &cases[0], SAG_RECIPE_PAPER);
  sag_test_engine_close (engine);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  sag_test_engine_add ("/prepare/upstream", GINT_TO_POINTER (SAG_RECIPE_UPSTREAM), test_cases);
  sag_test_engine_add ("/prepare/paper", GINT_TO_POINTER (SAG_RECIPE_PAPER), test_cases);
  sag_test_engine_add ("/prepare/bad", NULL, test_bad);
  return g_test_run ();
}
