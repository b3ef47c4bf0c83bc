/* SPDX-License-Identifier: Apache-2.0 */

/* The paper's network at full size on the emulated GPU, or a real one, against the CPU engine: the kernels meet the
 * sizes that they are made for. Its weights are drawn from a formula.
 */

#include "model/cpu/cpu.h"
#include "model/engine/plugin.h"

#include "tests/cuda/made-weights.h"
#include "tests/cuda/under-test.h"
#include "tests/model/engine/under-test.h"

#include <math.h>
#include <string.h>

#define N_TEXTS 2
#define N_WORDS 20
#define MOST_BYTES 1000000000u /* that an engine may take on the device */

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
answer_new (const SagNetwork *network)
{
  gsize n_tokens = sag_network_n_tokens (network);

  return (Answer){ g_new (float, n_tokens * network->hidden),
                   g_new (float, N_TEXTS *n_tokens *sag_network_cells_per_token (network)),
                   { 0 } };
}

static void
encode (const SagEngineTable *table,
        void                 *engine,
        const SagNetwork     *network,
        const float          *input,
        Answer               *answer)
{
  SagStatus        status = { 0 };
  SagEncodeRequest request = { .input = input, .n_inputs = 1, .tokens = answer->tokens };

  memcpy (request.dims, network->input, sizeof request.dims);
  require (table->encode (engine, &request, &status), &status);
}

static void
ask (const SagEngineTable *table, void *engine, const SagNetwork *network, Answer *answer)
{
  SagStatus     status = { 0 };
  gint32        ids[N_TEXTS * N_WORDS], lengths[N_TEXTS] = { N_WORDS, 13 };
  SagAskRequest request = { .tokens = answer->tokens,
                            .n_tokens = sag_network_n_tokens (network),
                            .n_texts = N_TEXTS,
                            .max_length = N_WORDS,
                            .ids = ids,
                            .lengths = lengths,
                            .class_logits = answer->logits,
                            .cell_logits = answer->cells };

  for (gint i = 0; i < N_TEXTS * N_WORDS; i++)
    ids[i] = i * 7919 % network->n_words;
  require (table->ask (engine, &request, &status), &status);
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

/* Multiply-adds and bytes of the network's stages, as docs/gpu-design.md counts them. */
static void
assert_stages (const SagPlugin *plugin, void *gpu, gsize n_stages, double products, double bytes)
{
  SagPluginStage stages[96];
  gint32         n = plugin->stages (gpu, stages, G_N_ELEMENTS (stages));
  double         n_products = 0, n_bytes = 0;

  g_assert_cmpint (n, ==, n_stages);
  for (gint32 i = 0; i < n; i++)
    {
      g_assert_cmpstr (stages[i].name, !=, "");
      n_products += stages[i].n_products;
      n_bytes += stages[i].n_bytes;
    }
  g_test_message ("%d stages from %s to %s: %g products, %g bytes", n, stages[0].name,
                  stages[n - 1].name, n_products, n_bytes);
  g_assert_cmpfloat_with_epsilon (n_products / products, 1, 0.01);
  g_assert_cmpfloat_with_epsilon (n_bytes / bytes, 1, 0.05);
}

static void
test_full (gconstpointer data)
{
  gboolean   fast = sag_test_engine ()->precision == SAG_PRECISION_FAST;
  SagNetwork network;
  g_autoptr (MadeWeights) weights = NULL;
  SagWeightSource   source;
  SagStatus         status = { 0 };
  const SagPlugin  *plugin = sag_test_plugin ();
  void             *cpu, *gpu;
  double            tolerance = fast ? 3e-3 : 1e-5, error;
  g_autofree float *input = NULL;
  g_auto (Answer) want = { NULL };
  g_auto (Answer) got = { NULL };

  sag_network_init_paper (&network);
  weights = made_weights_new (&network);
  source = made_weights_get_source (weights);
  input = make_input (&network);
  cpu = sag_cpu_get_table ()->open (&source, &(SagEngineOptions){ .n_threads = 2 }, &status);
  require (cpu != NULL, &status);
  want = answer_new (&network);
  encode (sag_cpu_get_table (), cpu, &network, input, &want);
  ask (sag_cpu_get_table (), cpu, &network, &want);
  sag_cpu_get_table ()->close (cpu);
  gpu = sag_test_engine_open (&source, 0);
  got = answer_new (&network);
  plugin->trace (gpu, true);
  encode (plugin->engine, gpu, &network, input, &got);
  assert_stages (plugin, gpu, 51, 6.68e9, fast ? 0.396e9 : 0.758e9);
  ask (plugin->engine, gpu, &network, &got);
  assert_stages (plugin, gpu, 33, 1.069e10, fast ? 0.116e9 : 0.232e9);

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
  g_assert_cmpuint (plugin->allocated_bytes (gpu), <, MOST_BYTES);
  sag_test_engine_close (gpu);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  sag_test_engine_add ("/full", NULL, test_full);
  return g_test_run ();
}
