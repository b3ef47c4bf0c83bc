/* SPDX-License-Identifier: Apache-2.0 */

/* The paper's network at full size on the emulated GPU against the CPU engine: the kernels meet the sizes that they
 * are made for. Its weights are drawn from a formula.
 */

#include "model/cpu/cpu.h"
#include "model/engine/plugin.h"

#include "tests/cuda/under-test.h"
#include "tests/model/engine/under-test.h"

#include <math.h>
#include <string.h>

#define N_TEXTS 2
#define N_WORDS 20
#define MOST_BYTES 1000000000u /* that an engine may take on the device */

/* A tensor's values lie within @size of @centre. */
typedef struct
{
  double size;
  double centre;
} Values;

static bool
choose_values (const SagWeightSpec *spec, void *data)
{
  Values *values = g_new0 (Values, 1);
  double  fan_in = spec->n_dims >= 2 ? (double) spec->n_values / spec->shape[0] : 300;

  values->size = 1.7 / sqrt (fan_in);
  if (spec->kind == SAG_WEIGHT_EMBEDDING)
    values->size = 0.5;
  if (spec->kind == SAG_WEIGHT_NORM_SCALE || spec->kind == SAG_WEIGHT_RUNNING_VAR)
    *values = (Values){ 0.2, 1 };
  if (strstr (spec->name, "conv_dw") != NULL)
    values->size = 3 / sqrt (fan_in);
  g_hash_table_insert (data, g_strdup (spec->name), values);
  return true;
}

/* The finaliser of MurmurHash3 spreads places in a tensor over all values. */
static bool
read_values (void *data, const char *name, size_t offset, size_t n, float *out)
{
  const Values *values = g_hash_table_lookup (data, name);

  for (size_t i = 0; i < n && values != NULL; i++)
    {
      guint64 hash = ((guint64) g_str_hash (name) << 32) + offset + i;

      hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdULL;
      hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53ULL;
      out[i] = ((double) (hash >> 40) / (1 << 23) - 1) * values->size + values->centre;
    }
  return values != NULL;
}

/* What one engine says about one volume. */
typedef struct
{
  float *tokens;
  float *cells;
  float  logits[N_TEXTS];
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->tokens);
  g_free (answer->cells);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
require (bool done, const SagStatus *status)
{
  if (!done)
    g_error ("%s", status->message);
}

static Answer
answer_of (const SagEngineTable *table, void *engine, const SagNetwork *network, const float *input)
{
  gsize            n_tokens = sag_network_n_tokens (network);
  Answer           answer = { g_new (float, n_tokens * network->hidden),
                              g_new (float, N_TEXTS *n_tokens *sag_network_cells_per_token (network)),
                              { 0 } };
  SagStatus        status = { 0 };
  gint32           ids[N_TEXTS * N_WORDS], lengths[N_TEXTS] = { N_WORDS, 13 };
  SagEncodeRequest encode = { .input = input, .n_inputs = 1, .tokens = answer.tokens };
  SagAskRequest    ask = { .tokens = answer.tokens,
                           .n_tokens = n_tokens,
                           .n_texts = N_TEXTS,
                           .max_length = N_WORDS,
                           .ids = ids,
                           .lengths = lengths,
                           .class_logits = answer.logits,
                           .cell_logits = answer.cells };

  memcpy (encode.dims, network->input, sizeof encode.dims);
  for (gint i = 0; i < N_TEXTS * N_WORDS; i++)
    ids[i] = i * 7919 % network->n_words;
  require (table->encode (engine, &encode, &status), &status);
  require (table->ask (engine, &ask, &status), &status);
  return answer;
}

static double
relative_error (const float *got, const float *want, gsize n)
{
  double errors = 0, squares = 0;

  for (gsize i = 0; i < n; i++)
    {
      errors += ((double) got[i] - want[i]) * ((double) got[i] - want[i]);
      squares += (double) want[i] * want[i];
    }
  return sqrt (errors / squares);
}

static double
probability (float logit)
{
  return 1 / (1 + exp (-logit));
}

static float *
make_input (const SagNetwork *network)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  const gint32 *dims = network->input;
  gsize         n = (gsize) dims[0] * dims[1] * dims[2];
  float        *input = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    input[i] = 0.5 + 0.3 * sin (i / ((gsize) dims[1] * dims[2]) * 0.1) +
               0.1 * g_rand_double_range (rand, -1, 1);
  return input;
}

static void
test_full (gconstpointer data)
{
  gboolean fast = sag_test_engine ()->precision == SAG_PRECISION_FAST;
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  SagNetwork        network;
  SagWeightSource   source = { &network, read_values, values };
  SagStatus         status = { 0 };
  void             *cpu, *gpu;
  double            tolerance = fast ? 3e-3 : 1e-5, error;
  g_autofree float *input = NULL;
  g_auto (Answer) want = { NULL };
  g_auto (Answer) got = { NULL };

  sag_network_init_paper (&network);
  sag_network_foreach_weight (&network, choose_values, values);
  input = make_input (&network);
  cpu = sag_cpu_get_table ()->open (&source, &(SagEngineOptions){ .n_threads = 2 }, &status);
  require (cpu != NULL, &status);
  want = answer_of (sag_cpu_get_table (), cpu, &network, input);
  sag_cpu_get_table ()->close (cpu);
  gpu = sag_test_engine_open (&source, 0);
  got = answer_of (sag_test_engine ()->table, gpu, &network, input);

  error = relative_error (got.tokens, want.tokens, 160 * 768);
  g_test_message ("tokens: %.2g", error);
  g_assert_cmpfloat (error, <, tolerance);
  error = relative_error (got.cells, want.cells, N_TEXTS * 160 * 64);
  g_test_message ("cells: %.2g", error);
  g_assert_cmpfloat (error, <, tolerance);
  for (int t = 0; t < N_TEXTS; t++)
    {
      error = fabs (probability (got.logits[t]) - probability (want.logits[t]));
      g_test_message ("probability: %.2g", error);
      g_assert_cmpfloat (error, <, fast ? 0.002 : 1e-5);
    }
  g_assert_cmpuint (sag_cuda_plugin (SAG_PLUGIN_ABI, sag_plugin_get_host ())->allocated_bytes (gpu),
                    <, MOST_BYTES);
  sag_test_engine_close (gpu);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  sag_test_engine_add ("/full", NULL, test_full);
  return g_test_run ();
}
