/* SPDX-License-Identifier: Apache-2.0 */

/* The vision network against PyTorch's values for upstream's own code: the tiny model's cases and the full size. */

#include "model/cpu/vision.h"

#include "tests/model/cpu/oracle.h"

#define TOLERANCE 3e-4 /* maximum error by root mean square: oracle/README.md */

static void
tiny_network (SagNetwork *network)
{
  SagStage stages[SAG_MAX_STAGES];
  int      n_stages = sag_network_b0_stages (stages);

  for (int i = 0; i < n_stages; i++)
    stages[i].out_channels = sag_network_round_channels (stages[i].out_channels, 0.25);
  *network = (SagNetwork){ .stem_channels = 8, .head_channels = 320, .batch_norm_eps = 1e-3f };
  g_assert_true (sag_network_set_stages (network, stages, n_stages));
}

/* Every map of the vision network that the case holds must have been compared. */
static void
assert_all_seen (SagTensorFile *golden, GHashTable *seen)
{
  for (guint i = 0; i < sag_tensor_file_get_n_tensors (golden); i++)
    {
      const SagTensor *tensor = sag_tensor_file_get_tensor (golden, i);

      if (tensor->n_dims == 5 && g_str_has_prefix (tensor->name, "out."))
        g_assert_true (g_hash_table_contains (seen, tensor->name));
    }
}

static void
run_tiny (const char *name, gboolean portable)
{
  g_autoptr (SagTensorFile) weights = oracle_open ("oracle/model/tiny_weights.safetensors");
  g_autoptr (SagTensorFile) golden = weights ? oracle_open (name) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SagPool) pool = sag_pool_new (2);
  g_autoptr (SagCpuVision) vision = NULL;
  SagNetwork        network;
  SagWeightSource   source = { &network, oracle_read, weights };
  SagStatus         status = { 0 };
  const SagTensor  *images;
  g_autofree float *input = NULL;

  if (golden == NULL)
    return;
  tiny_network (&network);
  vision = sag_cpu_vision_new (&source, portable, &status);
  g_assert_nonnull (vision);
  images = sag_tensor_file_find (golden, "images");
  input = oracle_dup_values (golden, "images");
  for (int i = 0; i < images->shape[0]; i++)
    {
      int32_t           dims[] = { images->shape[2], images->shape[3], images->shape[4] }, out[3];
      gsize             n_voxels = (gsize) dims[0] * dims[1] * dims[2];
      g_autofree float *features = NULL;
      OracleTap         oracle = { golden, i, TOLERANCE, seen };
      SagTap            tap = { oracle_compare_tap, &oracle };

      sag_network_feature_dims (&network, dims, out);
      features = g_new (float, (gsize) out[0] * out[1] * out[2] * network.head_channels);
      g_assert_true (sag_cpu_vision_encode (vision, pool, input + n_voxels * i, dims, features,
                                            &tap, NULL, &status));
    }
  assert_all_seen (golden, seen);
}

static void
test_tiny (gconstpointer data)
{
  run_tiny (data, FALSE);
  run_tiny (data, TRUE);
}

/* Compares a full-size map's samples and channel means. */
static void
compare_samples (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  OracleTap        *oracle = data;
  g_autofree char  *samples_name = g_strdup_printf ("out.%s.samples", name);
  g_autofree char  *index_name = g_strdup_printf ("out.%s.samples_idx", name);
  g_autofree char  *mean_name = g_strdup_printf ("out.%s.channel_mean", name);
  const SagTensor  *indices = sag_tensor_file_find (oracle->golden, index_name);
  gsize             n_voxels = dims[2] * dims[3] * dims[4];
  g_autofree float *want = NULL, *got = NULL, *want_means = NULL, *means = NULL;

  if (indices == NULL)
    return;
  want = oracle_dup_values (oracle->golden, samples_name);
  got = g_new (float, indices->shape[0]);
  for (gint64 i = 0; i < indices->shape[0]; i++)
    {
      gint64 at[5];

      g_assert_true (sag_tensor_read_integers (indices, i * 5, 5, at));
      got[i] = values[at[1] * n_voxels + (at[2] * dims[3] + at[3]) * dims[4] + at[4]];
    }
  oracle_assert_close (samples_name, got, want, indices->shape[0], TOLERANCE);

  want_means = oracle_dup_values (oracle->golden, mean_name);
  means = g_new (float, dims[1]);
  for (gint64 c = 0; c < dims[1]; c++)
    {
      double sum = 0;

      for (gsize v = 0; v < n_voxels; v++)
        sum += values[c * n_voxels + v];
      means[c] = sum / n_voxels;
    }
  oracle_assert_close (mean_name, means, want_means, dims[1], TOLERANCE);
  g_hash_table_add (oracle->seen, g_strdup (name));
}

static void
run_full (OracleRecipe *recipe, SagTensorFile *golden, const SagNetwork *network, gboolean portable)
{
  static const int32_t dims[] = { 256, 160, 128 };
  SagWeightSource      source = { network, oracle_recipe_read, recipe };
  SagStatus            status = { 0 };
  g_autoptr (SagPool) pool = sag_pool_new (2);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  OracleTap         oracle = { golden, 0, TOLERANCE, seen };
  SagTap            tap = { compare_samples, &oracle };
  g_autofree float *image = oracle_recipe_dup_image (recipe);
  g_autofree float *features = g_new (float, 160 * 1280), *again = g_new (float, 160 * 1280);
  g_autoptr (SagCpuVision) vision = sag_cpu_vision_new (&source, portable, &status);

  g_assert_nonnull (vision);
  g_assert_true (sag_cpu_vision_encode (vision, pool, image, dims, features, &tap, NULL, &status));
  g_assert_cmpuint (g_hash_table_size (seen), ==, 9);
  g_assert_true (sag_cpu_vision_encode (vision, pool, image, dims, again, NULL, NULL, &status));
  g_assert_cmpmem (features, 160 * 1280 * sizeof *features, again, 160 * 1280 * sizeof *again);
}

static void
test_full (void)
{
  SagNetwork   network;
  OracleRecipe recipe;
  g_autoptr (SagTensorFile) golden = NULL;

  if (!oracle_recipe_open (&recipe))
    return;
  golden = oracle_open ("oracle/full/full_256x160x128.safetensors");
  sag_network_init_paper (&network);
  run_full (&recipe, golden, &network, FALSE);
  run_full (&recipe, golden, &network, TRUE);
  oracle_recipe_clear (&recipe);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cpu/vision/oracle/a", "oracle/model/case_a_64x32x32_batch2.safetensors",
                        test_tiny);
  g_test_add_data_func ("/cpu/vision/oracle/b", "oracle/model/case_b_96x64x64_batch1.safetensors",
                        test_tiny);
  g_test_add_data_func ("/cpu/vision/oracle/c-odd-sizes",
                        "oracle/model/case_c_oddsize_45x38x52_stages.safetensors", test_tiny);
  g_test_add_func ("/cpu/vision/oracle/full", test_full);
  return g_test_run ();
}
