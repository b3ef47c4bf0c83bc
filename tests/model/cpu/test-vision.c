/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/vision.h"

#include "tests/model/cpu/vision-reference.h"
#include "tests/support/test.h"

#include <math.h>

#define TOLERANCE 2e-5 /* of the map's root mean square: float32 against float64 */

typedef struct
{
  const char *name;
  int32_t     dims[3];
  int32_t     stem;
  int32_t     head;
  int         n_stages;
  SagStage    stages[4]; /* repeats, kernel, stride, expansion, out channels */
} Case;

static const Case cases[] = {
  { "as-b0", { 24, 18, 20 }, 32, 48, 2, { { 1, 3, 1, 1, 16 }, { 2, 3, 2, 6, 24 } } },
  { "odd-sizes", { 33, 26, 35 }, 8, 24, 2, { { 2, 3, 1, 1, 8 }, { 2, 5, 2, 6, 40 } } },
  { "first-block-skips",
    { 21, 30, 27 },
    24,
    20,
    3,
    { { 2, 5, 1, 1, 24 }, { 2, 5, 1, 3, 24 }, { 1, 3, 1, 2, 56 } } },
  { "first-block-expands", { 19, 23, 41 }, 16, 33, 2, { { 2, 3, 2, 4, 16 }, { 1, 5, 2, 6, 12 } } },
  { "kernel-7",
    { 30, 17, 22 },
    40,
    7,
    3,
    { { 1, 7, 1, 1, 8 }, { 2, 7, 2, 3, 16 }, { 1, 7, 1, 2, 5 } } },
  { "kernels-1-and-9",
    { 16, 18, 30 },
    3,
    1,
    3,
    { { 2, 1, 1, 1, 4 }, { 1, 1, 2, 5, 6 }, { 1, 9, 1, 3, 10 } } },
  { "few-voxels",
    { 1, 2, 3 },
    8,
    16,
    3,
    { { 1, 3, 1, 1, 8 }, { 1, 5, 2, 6, 16 }, { 1, 3, 2, 6, 8 } } },
  { "one-voxel", { 1, 1, 1 }, 8, 16, 1, { { 1, 5, 1, 6, 8 } } },
  { "ragged-widths", { 6, 150, 9 }, 17, 70, 2, { { 1, 3, 1, 1, 20 }, { 2, 5, 2, 6, 64 } } },
  { "strips", { 10, 200, 150 }, 8, 16, 2, { { 1, 3, 1, 1, 8 }, { 2, 5, 2, 6, 8 } } },
  { "parts", { 130, 4, 96 }, 8, 100, 2, { { 2, 5, 2, 6, 8 }, { 1, 3, 1, 4, 130 } } },
};

typedef struct
{
  GHashTable *maps; /* name to ReferenceMap */
  GHashTable *seen;
} Compare;

static void
compare_tap (void *data, const char *name, int n_dims, const int64_t *dims, const float *values)
{
  Compare            *compare = data;
  const ReferenceMap *map = g_hash_table_lookup (compare->maps, name);
  double              worst = 0, squares = 0;
  gsize               n;

  if (strstr (name, "_block"))
    return;
  g_assert_nonnull (map);
  g_assert_cmpint (n_dims, ==, 5);
  g_assert_cmpint (dims[0], ==, 1);
  g_assert_cmpint (dims[1], ==, map->channels);
  n = dims[1];
  for (int a = 0; a < 3; a++)
    {
      g_assert_cmpint (dims[2 + a], ==, map->dims[a]);
      n *= dims[2 + a];
    }
  for (gsize i = 0; i < n; i++)
    {
      worst = fmax (worst, fabs (values[i] - map->values[i]));
      squares += map->values[i] * map->values[i];
    }
  g_test_message ("%s: %g", name, worst / sqrt (squares / n));
  g_assert_cmpfloat (squares, >, 0);
  g_assert_cmpfloat (worst / sqrt (squares / n), <, TOLERANCE);
  g_hash_table_add (compare->seen, g_strdup (name));
}

static void
init_network (SagNetwork *network, const Case *spec)
{
  *network = (SagNetwork){ .stem_channels = spec->stem,
                           .head_channels = spec->head,
                           .batch_norm_eps = 1e-3f };
  g_assert_true (sag_network_set_stages (network, spec->stages, spec->n_stages));
}

static float *
random_input (const int32_t dims[3])
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gsize  n = (gsize) dims[0] * dims[1] * dims[2];
  float *input = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    input[i] = g_rand_double (rand);
  return input;
}

static float *
new_features (const SagNetwork *network, const int32_t dims[3], gsize *n)
{
  int32_t out[3];

  sag_network_feature_dims (network, dims, out);
  *n = (gsize) out[0] * out[1] * out[2] * network->head_channels;
  return g_new0 (float, *n);
}

static void
check_features (const float *features, const ReferenceMap *head)
{
  gsize  n = (gsize) head->dims[0] * head->dims[1] * head->dims[2];
  double worst = 0, squares = 0;

  for (gsize i = 0; i < n * head->channels; i++)
    {
      double want = head->values[i % head->channels * n + i / head->channels];

      worst = fmax (worst, fabs (features[i] - want));
      squares += want * want;
    }
  g_assert_cmpfloat (worst, <, TOLERANCE * sqrt (squares / (n * head->channels)));
}

/* Encodes with taps, then without in memory that is no longer fresh. */
static void
check_variant (const SagWeightSource *source,
               const Case            *spec,
               const float           *input,
               GHashTable            *maps,
               gboolean               portable,
               guint                  n_threads)
{
  SagStatus status = { 0 };
  gsize     n;
  g_autoptr (SagPool) pool = sag_pool_new (n_threads);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree float *features = new_features (source->network, spec->dims, &n);
  g_autoptr (SagCpuVision) vision = sag_cpu_vision_new (source, portable, &status);
  Compare compare = { maps, seen };
  SagTap  tap = { compare_tap, &compare };

  g_assert_nonnull (vision);
  g_assert_true (
    sag_cpu_vision_encode (vision, pool, input, spec->dims, features, &tap, NULL, &status));
  g_assert_cmpuint (g_hash_table_size (seen), ==, g_hash_table_size (maps));
  check_features (features, g_hash_table_lookup (maps, "head"));
  memset (features, 0xff, n * sizeof *features);
  g_assert_true (
    sag_cpu_vision_encode (vision, pool, input, spec->dims, features, NULL, NULL, &status));
  check_features (features, g_hash_table_lookup (maps, "head"));
}

static void
test_reference (gconstpointer data)
{
  const Case       *spec = data;
  SagNetwork        network;
  SagWeightSource   source = { .network = &network, .read = reference_random_weights };
  g_autofree float *input = random_input (spec->dims);
  g_autoptr (GHashTable) maps = NULL;

  init_network (&network, spec);
  maps = reference_vision (&source, input, spec->dims);
  check_variant (&source, spec, input, maps, FALSE, 1);
  check_variant (&source, spec, input, maps, FALSE, 3);
  check_variant (&source, spec, input, maps, TRUE, 2);
}

/* Volumes of different sizes one after the other, any number of threads: always the same bits. */
static void
test_same_bits (void)
{
  static const int32_t sizes[][3] = { { 64, 48, 40 }, { 9, 70, 11 }, { 64, 48, 40 } };
  SagNetwork           network;
  SagWeightSource      source = { .network = &network, .read = reference_random_weights };
  SagStatus            status = { 0 };
  g_autoptr (SagCpuVision) vision = NULL;
  g_autofree float *first[G_N_ELEMENTS (sizes)] = { NULL };

  init_network (&network, &cases[0]);
  vision = sag_cpu_vision_new (&source, FALSE, &status);
  for (guint n_threads = 1; n_threads <= 4; n_threads++)
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (SagPool) pool = sag_pool_new (n_threads);
        g_autofree float *input = random_input (sizes[i]);
        gsize             n;
        g_autofree float *features = new_features (&network, sizes[i], &n);

        g_assert_true (
          sag_cpu_vision_encode (vision, pool, input, sizes[i], features, NULL, NULL, &status));
        if (n_threads == 1)
          first[i] = g_steal_pointer (&features);
        else
          g_assert_cmpmem (features, n * sizeof *features, first[i], n * sizeof *features);
      }
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_clear_pointer (&first[i], g_free);
}

static bool
cancel_after (void *data)
{
  int *left = data;

  return (*left)-- <= 0;
}

static void
test_cancel (void)
{
  SagNetwork      network;
  SagWeightSource source = { .network = &network, .read = reference_random_weights };
  SagStatus       status = { 0 };
  g_autoptr (SagPool) pool = sag_pool_new (2);
  g_autofree float *input = random_input (cases[1].dims);
  g_autofree float *features = NULL;
  g_autoptr (SagCpuVision) vision = NULL;
  gsize n;
  int   asked = 0;

  init_network (&network, &cases[1]);
  features = new_features (&network, cases[1].dims, &n);
  vision = sag_cpu_vision_new (&source, FALSE, &status);
  for (;; asked++)
    {
      int       left = asked;
      SagCancel cancel = { cancel_after, &left };

      if (sag_cpu_vision_encode (vision, pool, input, cases[1].dims, features, NULL, &cancel,
                                 &status))
        break;
      g_assert_cmpint (status.code, ==, SAG_STATUS_CANCELLED);
      g_assert_cmpstr (status.message, !=, "");
      g_assert_cmpint (left, <, 0);
    }
  g_assert_cmpint (asked, >=, network.n_blocks);
}

static bool
read_without (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  return strstr (name, data) == NULL &&
         reference_random_weights (NULL, name, offset, n_values, out);
}

static void
test_missing (void)
{
  static const char *const names[] = { "conv_stem.weight",
                                       "model.bn1.running_var",
                                       "conv_head.weight",
                                       "blocks.0.0.conv_dw.weight",
                                       "blocks.1.0.conv_pw.weight",
                                       "blocks.1.1.bn3.bias",
                                       "blocks.1.0.se.conv_expand.bias",
                                       "blocks.0.1.se.conv_reduce.weight" };
  SagNetwork               network;

  init_network (&network, &cases[1]);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SagWeightSource source = { &network, read_without, (void *) names[i] };
      SagStatus       status = { 0 };

      g_assert_null (sag_cpu_vision_new (&source, FALSE, &status));
      g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
      g_assert_nonnull (strstr (status.message, names[i]));
    }
}

static void
test_sizes (void)
{
  static const struct
  {
    int32_t       dims[3];
    SagStatusCode code;
  } bad[] = {
    { { 0, 8, 8 }, SAG_STATUS_INVALID },
    { { 8, -3, 8 }, SAG_STATUS_INVALID },
    { { G_MAXINT32, G_MAXINT32, G_MAXINT32 }, SAG_STATUS_UNSUPPORTED },
    { { 1, 65536, 32768 }, SAG_STATUS_UNSUPPORTED },
  };
  SagNetwork      network;
  SagWeightSource source = { .network = &network, .read = reference_random_weights };
  SagStatus       status = { 0 };
  g_autoptr (SagPool) pool = sag_pool_new (1);
  g_autoptr (SagCpuVision) vision = NULL;

  init_network (&network, &cases[0]);
  vision = sag_cpu_vision_new (&source, FALSE, &status);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (
        sag_cpu_vision_encode (vision, pool, NULL, bad[i].dims, NULL, NULL, NULL, &status));
      g_assert_cmpint (status.code, ==, bad[i].code);
      g_assert_cmpstr (status.message, !=, "");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cpu/vision/reference/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_reference);
    }
  g_test_add_func ("/cpu/vision/same-bits", test_same_bits);
  g_test_add_func ("/cpu/vision/cancel", test_cancel);
  g_test_add_func ("/cpu/vision/missing", test_missing);
  g_test_add_func ("/cpu/vision/sizes", test_sizes);
  return g_test_run ();
}
