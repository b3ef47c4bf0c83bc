/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/gpu/bench.h"
#include "tests/model/cpu/oracle.h"

#include <math.h>
#include <string.h>

/* All kinds of blocks stay, with a hundredth of the work. */
static void
shrink (SagNetwork *network)
{
  network->input[0] = 64;
  network->input[1] = network->input[2] = 32;
  network->n_words = 3000;
  network->hidden = 64;
  network->n_heads = 2;
  network->intermediate = 128;
  network->text_layers = 1;
}

/* Layers of tissue with noise, no two voxels alike. */
static float *
make_input (const SagNetwork *network, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  const gint32 *dims = network->input;
  gsize         plane = (gsize) dims[1] * dims[2], n = plane * dims[0];
  float        *input = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    input[i] = (float) (0.5 + 0.3 * sin ((double) (i / plane) * 0.1 + seed) +
                        0.1 * g_rand_double_range (rand, -1, 1));
  return input;
}

static SagPhantom *
make_phantom (guint64 seed, gboolean small)
{
  SagPhantomOptions options = { .seed = seed,
                                .orientation = "LPS",
                                .spacing_mm = { 0.811, 0.588, 1.255 } };

  for (int a = 0; a < 3 && small; a++)
    options.spacing_mm[a] *= 8;
  return sag_phantom_new (&options);
}

static void
make_texts (BenchData *data)
{
  data->ids = g_new (gint32, BENCH_TEXTS * BENCH_WORDS);
  data->lengths = g_new (gint32, BENCH_TEXTS);
  for (gint i = 0; i < BENCH_TEXTS * BENCH_WORDS; i++)
    data->ids[i] = (gint32) ((gint64) (i + 1) * 7919 % data->network.n_words);
  for (gint i = 0; i < BENCH_TEXTS; i++)
    data->lengths[i] = BENCH_WORDS;
}

gboolean
bench_data_init (BenchData *data, const char *path, gboolean small, GError **error)
{
  SagNetwork *network = &data->network;

  *data = (BenchData){ .made = NULL };
  sag_network_init_paper (network);
  if (small)
    shrink (network);
  if (path != NULL && (data->file = sag_tensor_file_open (path, error)) == NULL)
    return FALSE;
  if (path == NULL)
    data->made = made_weights_new (network);
  data->weights = path != NULL ? (SagWeightSource){ network, oracle_read, data->file }
                               : made_weights_get_source (data->made);
  data->scale = small ? 0.25 : 1;
  data->n_voxels = (gsize) network->input[0] * network->input[1] * network->input[2];
  data->n_tokens = (gsize) sag_network_n_tokens (network) * network->hidden;
  data->n_cells = (gsize) sag_network_n_tokens (network) * sag_network_cells_per_token (network);
  for (guint i = 0; i < BENCH_INPUTS; i++)
    data->inputs[i] = make_input (network, i + 1);
  for (guint i = 0; i < G_N_ELEMENTS (data->phantoms); i++)
    data->phantoms[i] = make_phantom (i + 1, small);
  make_texts (data);
  return TRUE;
}

void
bench_data_clear (BenchData *data)
{
  for (guint i = 0; i < BENCH_INPUTS; i++)
    g_free (data->inputs[i]);
  for (guint i = 0; i < G_N_ELEMENTS (data->phantoms); i++)
    g_clear_pointer (&data->phantoms[i], sag_phantom_free);
  g_clear_pointer (&data->made, made_weights_free);
  g_clear_pointer (&data->file, sag_tensor_file_unref);
  g_free (data->ids);
  g_free (data->lengths);
}

void
bench_answers_init (BenchAnswers *answers, const BenchData *data)
{
  gsize n_tokens = BENCH_INPUTS * data->n_tokens, n_logits = BENCH_INPUTS * BENCH_TEXTS;

  answers->tokens = g_new (float, n_tokens);
  answers->logits = g_new (float, n_logits);
  for (gsize i = 0; i < n_tokens; i++)
    answers->tokens[i] = NAN;
  for (gsize i = 0; i < n_logits; i++)
    answers->logits[i] = NAN;
}

void
bench_answers_clear (BenchAnswers *answers)
{
  g_clear_pointer (&answers->tokens, g_free);
  g_clear_pointer (&answers->logits, g_free);
}
