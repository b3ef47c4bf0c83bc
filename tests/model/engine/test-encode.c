/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/cpu/vision-reference.h"
#include "tests/model/engine/under-test.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N_TURNS 3 /* queued, recorded, replayed */

typedef struct
{
  const char *name;
  int32_t     dims[3];
  int32_t     stem;
  int32_t     head;
  int         n_stages;
  SagStage    stages[4]; /* repeats, kernel, stride, expansion, out channels */
  gboolean    is_large;
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
  { "strips", { 10, 200, 150 }, 8, 16, 2, { { 1, 3, 1, 1, 8 }, { 2, 5, 2, 6, 8 } }, TRUE },
  { "parts", { 130, 4, 96 }, 8, 100, 2, { { 2, 5, 2, 6, 8 }, { 1, 3, 1, 4, 130 } }, TRUE },
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

  if (strstr (name, "_block") || n_dims != 5)
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
  g_assert_cmpfloat (worst / sqrt (squares / n), <, sag_test_engine ()->tolerance);
  g_hash_table_add (compare->seen, g_strdup (name));
}

static void
init_network (SagNetwork *network, const Case *spec)
{
  int stride = 2;

  for (int i = 0; i < spec->n_stages; i++)
    stride *= spec->stages[i].stride;
  sag_network_init_paper (network);
  for (guint i = 0; i < 3; i++)
    {
      network->input[i] = stride;
      network->cells[i] = 1;
    }
  network->stem_channels = spec->stem;
  network->head_channels = spec->head;
  network->n_words = 8;
  network->n_positions = 16;
  network->hidden = 12;
  network->n_heads = 2;
  network->intermediate = 16;
  network->text_layers = 1;
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

static gsize
count_tokens (const SagNetwork *network, const int32_t dims[3])
{
  int32_t out[3];

  sag_network_feature_dims (network, dims, out);
  return (gsize) out[0] * out[1] * out[2];
}

static bool
encode (void         *engine,
        const float  *input,
        const int32_t dims[3],
        float        *tokens,
        SagTap        tap,
        SagCancel     cancel,
        SagStatus    *status)
{
  SagEncodeRequest request = {
    .input = input,
    .n_inputs = 1,
    .dims = { dims[0], dims[1], dims[2] },
    .tokens = tokens,
    .tap = tap,
    .cancel = cancel,
  };

  return sag_test_engine ()->table->encode (engine, &request, status);
}

/* The adaptor by the definition: what tokens are of the head's map. */
static double *
reference_tokens (const SagWeightSource *source, const ReferenceMap *head)
{
  gsize             n = (gsize) head->dims[0] * head->dims[1] * head->dims[2];
  gsize             hidden = source->network->hidden, channels = head->channels;
  g_autofree float *weight = g_new (float, hidden *channels), *bias = g_new (float, hidden);
  double           *tokens = g_new0 (double, n *hidden);

  source->read (source->data, "vision_model.lm_adaptor.0.weight", 0, hidden * channels, weight);
  source->read (source->data, "vision_model.lm_adaptor.0.bias", 0, hidden, bias);
  for (gsize i = 0; i < n * hidden; i++)
    {
      tokens[i] = bias[i % hidden];
      for (gsize c = 0; c < channels; c++)
        tokens[i] += weight[i % hidden * channels + c] * head->values[c * n + i / hidden];
    }
  return tokens;
}

static void
check_tokens (const float *tokens, const double *want, gsize n)
{
  double worst = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      worst = fmax (worst, fabs (tokens[i] - want[i]));
      squares += want[i] * want[i];
    }
  g_assert_cmpfloat (worst, <, sag_test_engine ()->tolerance * sqrt (squares / n));
}

/* Encodes with taps, then twice without, in memory that is no longer fresh. */
static void
check_variant (const SagWeightSource *source,
               const Case            *spec,
               const float           *input,
               GHashTable            *maps,
               int                    variant)
{
  SagStatus status = { 0 };
  gsize     n = count_tokens (source->network, spec->dims) * source->network->hidden;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree float  *tokens = g_new (float, n);
  g_autofree double *want = reference_tokens (source, g_hash_table_lookup (maps, "head"));
  void              *engine = sag_test_engine_open (source, variant);
  Compare            compare = { maps, seen };
  SagTap             tap = { compare_tap, &compare };

  for (int i = 0; i < 3; i++)
    {
      memset (tokens, 0xff, n * sizeof *tokens);
      g_assert_true (encode (engine, input, spec->dims, tokens, i == 0 ? tap : (SagTap){ NULL },
                             (SagCancel){ NULL }, &status));
      check_tokens (tokens, want, n);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, g_hash_table_size (maps));
  sag_test_engine_close (engine);
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
  for (int variant = 0; variant < sag_test_engine ()->n_variants; variant++)
    check_variant (&source, spec, input, maps, variant);
}

/* Volumes of different sizes one after the other, opened in any way: always the same bits, also when an engine has
 * recorded what it does for a size and does another in between.
 */
static void
test_same_bits (gconstpointer data)
{
  static const int32_t sizes[][3] = { { 32, 24, 20 }, { 9, 35, 11 }, { 32, 24, 20 } };
  SagNetwork           network;
  SagWeightSource      source = { .network = &network, .read = reference_random_weights };
  SagStatus            status = { 0 };
  g_autofree float    *first[G_N_ELEMENTS (sizes)] = { NULL };

  init_network (&network, &cases[0]);
  for (int variant = 0; variant < sag_test_engine ()->n_variants; variant++)
    {
      SagEngineOptions options = sag_test_engine_options (variant);
      void            *engine;

      if (options.portable)
        continue;
      engine = sag_test_engine_open (&source, variant);
      for (gsize turn = 0; turn < N_TURNS * G_N_ELEMENTS (sizes); turn++)
        {
          gsize             i = turn % G_N_ELEMENTS (sizes);
          g_autofree float *input = random_input (sizes[i]);
          gsize             n = count_tokens (&network, sizes[i]) * network.hidden;
          g_autofree float *tokens = g_new (float, n);

          g_assert_true (encode (engine, input, sizes[i], tokens, (SagTap){ NULL },
                                 (SagCancel){ NULL }, &status));
          if (first[i] == NULL)
            first[i] = g_steal_pointer (&tokens);
          else
            g_assert_cmpmem (tokens, n * sizeof *tokens, first[i], n * sizeof *tokens);
        }
      sag_test_engine_close (engine);
    }
  g_assert_cmpmem (first[0], 48, first[2], 48);
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
test_cancel (gconstpointer data)
{
  SagNetwork        network;
  SagWeightSource   source = { .network = &network, .read = reference_random_weights };
  SagStatus         status = { 0 };
  g_autofree float *input = random_input (cases[1].dims);
  g_autofree float *tokens = NULL;
  void             *engine;
  int               asked = 0;

  init_network (&network, &cases[1]);
  tokens = g_new (float, count_tokens (&network, cases[1].dims) * network.hidden);
  engine = sag_test_engine_open (&source, 0);
  for (;; asked++)
    {
      int       left = asked;
      SagCancel cancel = { cancel_after, &left };

      if (encode (engine, input, cases[1].dims, tokens, (SagTap){ NULL }, cancel, &status))
        break;
      g_assert_cmpint (status.code, ==, SAG_STATUS_CANCELLED);
      g_assert_cmpstr (status.message, !=, "");
      g_assert_cmpint (left, <, 0);
    }
  g_assert_cmpint (asked, >=, network.n_blocks);
  sag_test_engine_close (engine);
}

static bool
read_without (void *data, const char *name, size_t offset, size_t n_values, float *out)
{
  return strstr (name, data) == NULL &&
         reference_random_weights (NULL, name, offset, n_values, out);
}

static void
test_missing (gconstpointer data)
{
  static const char *const names[] = { "conv_stem.weight",
                                       "model.bn1.running_var",
                                       "conv_head.weight",
                                       "blocks.0.0.conv_dw.weight",
                                       "blocks.1.0.conv_pw.weight",
                                       "blocks.1.1.bn3.bias",
                                       "blocks.1.0.se.conv_expand.bias",
                                       "blocks.0.1.se.conv_reduce.weight" };
  SagEngineOptions         options = sag_test_engine_options (0);
  SagNetwork               network;

  init_network (&network, &cases[1]);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      SagWeightSource source = { &network, read_without, (void *) names[i] };
      SagStatus       status = { 0 };

      g_assert_null (sag_test_engine ()->table->open (&source, &options, &status));
      g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
      g_assert_nonnull (strstr (status.message, names[i]));
    }
}

static void
test_sizes (gconstpointer data)
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
  void           *engine;

  init_network (&network, &cases[0]);
  engine = sag_test_engine_open (&source, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SagStatus status = { 0 };

      g_assert_false (
        encode (engine, NULL, bad[i].dims, NULL, (SagTap){ NULL }, (SagCancel){ NULL }, &status));
      g_assert_cmpint (status.code, ==, bad[i].code);
      g_assert_cmpstr (status.message, !=, "");
    }
  sag_test_engine_close (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/encode/reference/%s", cases[i].name);

      if (!sag_test_engine ()->slow || !cases[i].is_large)
        sag_test_engine_add (name, &cases[i], test_reference);
    }
  sag_test_engine_add ("/encode/same-bits", NULL, test_same_bits);
  sag_test_engine_add ("/encode/cancel", NULL, test_cancel);
  sag_test_engine_add ("/encode/missing", NULL, test_missing);
  sag_test_engine_add ("/encode/sizes", NULL, test_sizes);
  return g_test_run ();
}
