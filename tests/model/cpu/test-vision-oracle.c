/* SPDX-License-Identifier: Apache-2.0 */

/* The vision network against PyTorch's values for upstream's own code: the tiny model's cases and the full size. */

#include "model/bundle/safetensors.h"
#include "model/cpu/vision.h"

#include "tests/support/test.h"

#include <json-glib/json-glib.h>
#include <math.h>

#define TOLERANCE 3e-4 /* maximum error by root mean square: oracle/README.md */

static SagTensorFile *
open_file (const char *name)
{
  g_autofree char *path = sag_test_shared (name);
  g_autoptr (GError) error = NULL;
  SagTensorFile *file;

  if (path == NULL)
    return NULL;
  file = sag_tensor_file_open (path, &error);
  g_assert_no_error (error);
  return file;
}

static bool
read_file (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  const SagTensor *tensor = sag_tensor_file_find (data, name);

  return tensor != NULL && sag_tensor_read_floats (tensor, offset, n_values, out);
}

static float *
read_all (const SagTensor *tensor)
{
  float *values;

  g_assert_nonnull (tensor);
  values = g_new (float, tensor->n_values);
  g_assert_true (sag_tensor_read_floats (tensor, 0, tensor->n_values, values));
  return values;
}

static void
assert_close (const char *name, const float *got, const float *want, gsize n)
{
  double worst = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      g_assert_false (isnan (got[i]));
      worst = fmax (worst, fabs ((double) got[i] - want[i]));
      squares += (double) want[i] * want[i];
    }
  g_test_message ("%s: %.2g", name, worst / sqrt (squares / n));
  g_assert_cmpfloat (worst, <=, TOLERANCE * sqrt (squares / n));
}

/* What a tap is compared with. */
typedef struct
{
  SagTensorFile *golden;
  int            item; /* of the batch */
  GHashTable    *seen;
} Oracle;

static void
compare_tap (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  Oracle           *oracle = data;
  g_autofree char  *full = g_strconcat ("out.", name, NULL);
  const SagTensor  *tensor = sag_tensor_file_find (oracle->golden, full);
  g_autofree float *want = NULL;
  gsize             n = 1;

  if (tensor == NULL)
    return;
  g_assert_cmpuint (tensor->n_dims, ==, n_dims);
  g_assert_cmpint (dims[0], ==, 1);
  for (int i = 1; i < n_dims; i++)
    {
      g_assert_cmpint (dims[i], ==, tensor->shape[i]);
      n *= dims[i];
    }
  want = read_all (tensor);
  assert_close (name, values, want + oracle->item * n, n);
  g_hash_table_add (oracle->seen, g_steal_pointer (&full));
}

/* EfficientNet-b0 with a quarter of its channels. */
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
  g_autoptr (SagTensorFile) weights = open_file ("oracle/model/tiny_weights.safetensors");
  g_autoptr (SagTensorFile) golden = weights ? open_file (name) : NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (SagPool) pool = sag_pool_new (2);
  g_autoptr (SagCpuVision) vision = NULL;
  SagNetwork        network;
  SagWeightSource   source = { &network, read_file, weights };
  SagStatus         status = { 0 };
  const SagTensor  *images;
  g_autofree float *input = NULL;

  if (golden == NULL)
    return;
  tiny_network (&network);
  vision = sag_cpu_vision_new (&source, portable, &status);
  g_assert_nonnull (vision);
  images = sag_tensor_file_find (golden, "images");
  input = read_all (images);
  for (int i = 0; i < images->shape[0]; i++)
    {
      int32_t           dims[] = { images->shape[2], images->shape[3], images->shape[4] }, out[3];
      gsize             n_voxels = (gsize) dims[0] * dims[1] * dims[2];
      g_autofree float *features = NULL;
      Oracle            oracle = { golden, i, seen };
      SagTap            tap = { compare_tap, &oracle };

      sag_network_feature_dims (&network, dims, out);
      features = g_new (float, (gsize) out[0] * out[1] * out[2] * network.head_channels);
      g_assert_true (sag_cpu_vision_encode (vision, pool, input + n_voxels * i, dims, features, &tap, NULL, &status));
    }
  assert_all_seen (golden, seen);
}

static void
test_tiny (gconstpointer data)
{
  run_tiny (data, FALSE);
  run_tiny (data, TRUE);
}

/* The full size's weights and image come from a formula: full_recipe.json names range and shape of every tensor. */
typedef struct
{
  JsonObject    *params;
  guint64        seed;
  SagTensorFile *statistics;
} Recipe;

static guint64
fnv1a (const char *text)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *text; text++)
    hash = (hash ^ (guint8) *text) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

/* Value @index of the uniform numbers in [0, 1) that belong to @key. */
static double
uniform (const Recipe *recipe, const char *key, gsize index)
{
  guint64 z = (fnv1a (key) ^ recipe->seed) + (index + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  z ^= z >> 31;
  return (z >> 11) * 0x1p-53;
}

static bool
read_recipe (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  const Recipe *recipe = data;
  JsonObject   *param;
  double        a, b;

  if (!json_object_has_member (recipe->params, name))
    return read_file (recipe->statistics, name, offset, n_values, out);
  param = json_object_get_object_member (recipe->params, name);
  a = json_object_get_double_member (param, "a");
  b = json_object_get_double_member (param, "b");
  for (size_t i = 0; i < n_values; i++)
    out[i] = a + b * (2 * uniform (recipe, name, offset + i) - 1);
  return true;
}

static float *
full_image (const Recipe *recipe)
{
  float *image = g_new0 (float, 256 * 160 * 128);

  for (gsize i = 12 * 160 * 128; i < 244 * 160 * 128; i++)
    {
      gsize  x = i / (160 * 128), y = i / 128 % 160, z = i % 128;
      double coarse = uniform (recipe, "image.coarse", (x / 16 * 10 + y / 16) * 8 + z / 16);
      double fine = uniform (recipe, "image.fine", i);

      image[i] = CLAMP (0.5 + 0.4 * (2 * coarse - 1) + 0.1 * (2 * fine - 1), 0, 1);
    }
  return image;
}

/* Compares a full-size map's samples and channel means. */
static void
compare_samples (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  Oracle           *oracle = data;
  g_autofree char  *samples_name = g_strdup_printf ("out.%s.samples", name);
  g_autofree char  *index_name = g_strdup_printf ("out.%s.samples_idx", name);
  g_autofree char  *mean_name = g_strdup_printf ("out.%s.channel_mean", name);
  const SagTensor  *indices = sag_tensor_file_find (oracle->golden, index_name);
  gsize             n_voxels = dims[2] * dims[3] * dims[4];
  g_autofree float *want = NULL, *got = NULL, *want_means = NULL, *means = NULL;

  if (indices == NULL)
    return;
  want = read_all (sag_tensor_file_find (oracle->golden, samples_name));
  got = g_new (float, indices->shape[0]);
  for (gint64 i = 0; i < indices->shape[0]; i++)
    {
      gint64 at[5];

      g_assert_true (sag_tensor_read_integers (indices, i * 5, 5, at));
      got[i] = values[at[1] * n_voxels + (at[2] * dims[3] + at[3]) * dims[4] + at[4]];
    }
  assert_close (samples_name, got, want, indices->shape[0]);

  want_means = read_all (sag_tensor_file_find (oracle->golden, mean_name));
  means = g_new (float, dims[1]);
  for (gint64 c = 0; c < dims[1]; c++)
    {
      double sum = 0;

      for (gsize v = 0; v < n_voxels; v++)
        sum += values[c * n_voxels + v];
      means[c] = sum / n_voxels;
    }
  assert_close (mean_name, means, want_means, dims[1]);
  g_hash_table_add (oracle->seen, g_strdup (name));
}

static void
run_full (const Recipe *recipe, SagTensorFile *golden, const SagNetwork *network, gboolean portable)
{
  static const int32_t dims[] = { 256, 160, 128 };
  SagWeightSource      source = { network, read_recipe, (void *) recipe };
  SagStatus            status = { 0 };
  g_autoptr (SagPool) pool = sag_pool_new (2);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Oracle            oracle = { golden, 0, seen };
  SagTap            tap = { compare_samples, &oracle };
  g_autofree float *image = full_image (recipe);
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
  g_autoptr (SagTensorFile) golden = open_file ("oracle/full/full_256x160x128.safetensors");
  g_autoptr (SagTensorFile) statistics = golden ? open_file ("oracle/full/full_bn_stats.safetensors") : NULL;
  g_autofree char *path = statistics ? sag_test_shared ("oracle/full/full_recipe.json") : NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  SagNetwork  network = { .stem_channels = 32, .head_channels = 1280, .batch_norm_eps = 1e-3f };
  SagStage    stages[SAG_MAX_STAGES];
  Recipe      recipe = { .statistics = statistics };
  JsonObject *root;

  if (path == NULL)
    return;
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  recipe.params = json_object_get_object_member (root, "params");
  recipe.seed = json_object_get_int_member (root, "base_seed");
  sag_network_set_stages (&network, stages, sag_network_b0_stages (stages));
  run_full (&recipe, golden, &network, FALSE);
  run_full (&recipe, golden, &network, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cpu/vision/oracle/a", "oracle/model/case_a_64x32x32_batch2.safetensors", test_tiny);
  g_test_add_data_func ("/cpu/vision/oracle/b", "oracle/model/case_b_96x64x64_batch1.safetensors", test_tiny);
  g_test_add_data_func ("/cpu/vision/oracle/c-odd-sizes",
                        "oracle/model/case_c_oddsize_45x38x52_stages.safetensors",
                        test_tiny);
  g_test_add_func ("/cpu/vision/oracle/full", test_full);
  return g_test_run ();
}
