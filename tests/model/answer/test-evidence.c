/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/evidence.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/cpu/cpu.h"
#include "model/volume/nifti.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"

static SagAnswer *
ask_one (SagEngine *engine, SagTokens *tokens, SagVolume *volume)
{
  static const char *const text = EFFUSION;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProvenance) provenance =
    sag_provenance_new (engine, sag_tokens_get_prepared (tokens), volume, NULL, FALSE);
  g_autoptr (GPtrArray) answers =
    sag_answer_ask (engine, tokens, &text, 1, provenance, NULL, &error);

  g_assert_no_error (error);
  return sag_answer_ref (answers->pdata[0]);
}

/* Token p carries the weight (p + 1) / 8: what is hidden is missing from the sum. */
static float
sum_of_visible (const SagAskRequest *request, int t, gpointer data)
{
  float sum = 0;

  for (int p = 0; p < request->n_tokens; p++)
    if (request->token_mask == NULL || request->token_mask[t * request->n_tokens + p])
      sum += (p + 1) * 0.125f;
  return sum;
}

static void
count_steps (gsize n_done, gsize n_tokens, gpointer user_data)
{
  gsize *last = user_data;

  g_assert_cmpuint (n_done, >, *last);
  g_assert_cmpuint (n_done, <=, n_tokens);
  *last = n_done;
}

/* Token p = (x Ty + y) Tz + z, but the map runs x fastest: every drop must stand at its token's place. */
static void
test_order (void)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new ("upstream", TRUE);
  FakeEngine fake = { .class_logit = sum_of_visible };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (SagAnswer) answer = ask_one (engine, tokens, volume);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagEvidence) evidence = NULL;
  const SagGeometry *input = sag_prepared_get_input_geometry (sag_tokens_get_prepared (tokens));
  gsize              last = 0;

  evidence = sag_evidence_compute (engine, tokens, answer, count_steps, &last, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (last, ==, 160);
  g_assert_cmpmem (evidence->dims, sizeof evidence->dims, ((gint32[]){ 8, 5, 4 }),
                   sizeof evidence->dims);
  g_assert_cmpfloat (evidence->logit, ==, 160 * 161 / 2 * 0.125f);
  for (int x = 0; x < 8; x++)
    for (int y = 0; y < 5; y++)
      for (int z = 0; z < 4; z++)
        g_assert_cmpfloat (evidence->drop[x + 8 * (y + 5 * z)], ==,
                           ((x * 5 + y) * 4 + z + 1) * 0.125f);
  /* The same corner as the input's, and voxels of 32 x 32 x 32 of its voxels: 48 x 64 x 64 mm. */
  for (int r = 0; r < 3; r++)
    {
      double corner = evidence->geometry.ijk_to_ras[r][3], of_input = input->ijk_to_ras[r][3];

      for (int a = 0; a < 3; a++)
        {
          g_assert_cmpfloat_with_epsilon (evidence->geometry.ijk_to_ras[r][a],
                                          32 * input->ijk_to_ras[r][a], 1e-9);
          corner -= evidence->geometry.ijk_to_ras[r][a] / 2;
          of_input -= input->ijk_to_ras[r][a] / 2;
        }
      g_assert_cmpfloat_with_epsilon (corner, of_input, 1e-6);
    }
}

/* With a real engine: each drop is the difference of two asks, one with a single token hidden. */
static void
test_cpu (void)
{
  static const char *const text = EFFUSION;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  g_autoptr (SagEngine) engine = sag_engine_open (sag_cpu_get_table (), bundle, NULL, &error);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (SagAnswer) answer = ask_one (engine, tokens, volume);
  g_autoptr (SagEvidence) evidence =
    sag_evidence_compute (engine, tokens, answer, NULL, NULL, NULL, &error);
  gint32 feature[3];
  gsize  n;
  float  largest = 0;

  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (evidence->logit, answer->logit, 1e-5);
  sag_network_feature_dims (sag_bundle_get_network (bundle), sag_bundle_get_network (bundle)->input,
                            feature);
  n = (gsize) feature[0] * feature[1] * feature[2];
  for (gsize p = 0; p < n; p++)
    {
      g_autofree guint8 *mask = g_malloc (n);
      gsize z = p % feature[2], y = p / feature[2] % feature[1], x = p / feature[2] / feature[1];
      float drop = evidence->drop[x + feature[0] * (y + feature[1] * z)], logit;

      memset (mask, 1, n);
      mask[p] = 0;
      g_assert_true (sag_engine_ask (engine, tokens, &text, 1, mask, &logit, NULL, NULL, &error));
      g_assert_cmpfloat_with_epsilon (drop, answer->logit - logit, 1e-5);
      largest = MAX (largest, fabsf (drop));
    }
  g_assert_cmpfloat (largest, >, 1e-4);
}

/* The map on the scan's grid: each voxel holds the drop of its token's block, NaN outside the box. */
static void
test_save (void)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new ("upstream", TRUE);
  FakeEngine fake = { .class_logit = sum_of_visible };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (SagVolume) volume = NULL, map = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (SagAnswer) answer = ask_one (engine, tokens, volume);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagEvidence) evidence =
    sag_evidence_compute (engine, tokens, answer, NULL, NULL, NULL, &error);
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = NULL, *id = sag_answer_dup_id (answer), *name = NULL;
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  double             to_token[3][4];
  gsize              n_inside = 0;

  path = sag_evidence_save (engine, evidence, answer, grid, folder, "case", NULL, &error);
  g_assert_no_error (error);
  name = g_strdup_printf ("%s/case__%s__evidence.nii.gz", folder, id);
  g_assert_cmpstr (path, ==, name);
  map = sag_nifti_load (path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (map), grid, 1e-3));
  g_assert_true (sag_geometry_invert (&evidence->geometry, to_token));
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          float  value = sag_volume_value (map, i, j, k);
          double ijk[3] = { i, j, k }, at[3];
          int    x, y, z;

          sag_geometry_to_ras (grid, ijk, at);
          sag_geometry_apply (to_token, at, at);
          x = (int) floor (at[0] + 0.5);
          y = (int) floor (at[1] + 0.5);
          z = (int) floor (at[2] + 0.5);
          if (x < 0 || y < 0 || z < 0 || x > 7 || y > 4 || z > 3)
            {
              g_assert_true (isnan (value));
              continue;
            }
          n_inside++;
          g_assert_cmpfloat (value, ==, evidence->drop[x + 8 * (y + 5 * z)]);
        }
  g_assert_cmpuint (n_inside, >, 10000);
  sag_test_remove_folder (folder);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_open_untrained (1, &error);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagTokens) tokens = fake_encode_phantom (engine, &volume);
  g_autoptr (SagAnswer) answer = ask_one (engine, tokens, volume);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_evidence_compute (engine, tokens, answer, NULL, NULL, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Stopped");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/answer/evidence/order", test_order);
  g_test_add_func ("/answer/evidence/cpu", test_cpu);
  g_test_add_func ("/answer/evidence/save", test_save);
  g_test_add_func ("/answer/evidence/cancelled", test_cancelled);
  return g_test_run ();
}
