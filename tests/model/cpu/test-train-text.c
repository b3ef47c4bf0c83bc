/* SPDX-License-Identifier: Apache-2.0 */

/* What of the text model is trained, and from what: adapters, tokens, states; what nobody asked for is not computed. */

#include "model/cpu/train/train.h"

#include "tests/model/cpu/train-setup.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static const int32_t dims[3] = { 32, 16, 16 };

static double
distance (const TrainArray *a, const TrainArray *b)
{
  double sum = 0;

  g_assert_cmpstr (a->name, ==, b->name);
  for (gsize i = 0; i < a->n; i++)
    sum += ((double) a->copy[i] - b->copy[i]) * ((double) a->copy[i] - b->copy[i]);
  return sqrt (sum);
}

static void
compare (GArray *a, GArray *b)
{
  double largest = 0;

  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++)
    largest = MAX (largest, train_array_norm (&g_array_index (a, TrainArray, i)));
  for (guint i = 0; i < a->len; i++)
    g_assert_cmpfloat (
      distance (&g_array_index (a, TrainArray, i), &g_array_index (b, TrainArray, i)), <=,
      1e-5 * largest);
  g_array_unref (a);
  g_array_unref (b);
}

/* Adapters begin as nothing: something else, for the gradient of A to be there. */
static bool
stir_adapters (void *data, const char *name, float *values, size_t n)
{
  if (!g_str_has_prefix (name, "weight.") || !g_str_has_suffix (name, ".lora_B.weight"))
    return true;
  for (size_t i = 0; i < n; i++)
    {
      g_assert_cmpfloat (values[i], ==, 0);
      values[i] = (float) (i * 7 % 11) / 20 - 0.25f;
    }
  ++*(guint *) data;
  return true;
}

static void
check_lora (SagTextKind kind, SagTrainParts parts, gboolean from_tokens, guint at_least)
{
  TrainSetup setup;
  guint      n_adapters = 0;

  train_setup_init (&setup, kind, parts, dims);
  setup.options.lora_rank = 4;
  setup.options.lora_alpha = 6;
  setup.options.lora_dropout = 0.1f;
  setup.options.dropout = 0.1f;
  train_setup_open (&setup);
  sag_cpu_train_get_table ()->visit (setup.engine, stir_adapters, &n_adapters);
  g_assert_cmpuint (n_adapters, ==, 4);
  train_setup_check (&setup, from_tokens, at_least);
  train_setup_clear (&setup);
}

static void
test_lora (void)
{
  check_lora (SAG_TEXT_BERT, SAG_TRAIN_LORA, TRUE, 10);
  check_lora (SAG_TEXT_MEGATRON, SAG_TRAIN_LORA, TRUE, 10);
}

static void
test_vision_and_lora (void)
{
  check_lora (SAG_TEXT_BERT, SAG_TRAIN_VISION_AND_LORA, FALSE, 40);
}

static bool
read_merged (void *engine, const char *name, size_t offset, size_t n, float *out)
{
  return sag_cpu_train_get_table ()->read (engine, name, offset, n, out);
}

static double
evaluate (TrainSetup *setup, gboolean from_tokens, float *states)
{
  SagTrainBatch batch = train_setup_batch (setup, from_tokens);

  batch.evaluate = true;
  batch.states_out = states;
  return train_setup_run (setup, &batch);
}

/* A network that reads the merged weights answers as the one with adapters. */
static void
test_merged (void)
{
  TrainSetup setup, merged;
  guint      n_adapters = 0;
  double     before, with;
  float      piece[5], whole[24 * 24];

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_LORA, dims);
  train_setup_open (&setup);
  before = evaluate (&setup, TRUE, NULL);
  sag_cpu_train_get_table ()->visit (setup.engine, stir_adapters, &n_adapters);
  with = evaluate (&setup, TRUE, NULL);
  g_assert_cmpfloat (fabs (with - before), >, 1e-3);
  train_setup_init (&merged, SAG_TEXT_BERT, SAG_TRAIN_HEADS, dims);
  merged.source = (SagWeightSource){ &merged.network, read_merged, setup.engine };
  train_setup_open (&merged);
  g_assert_cmpfloat_with_epsilon (evaluate (&merged, TRUE, NULL), with, 1e-5);
  g_assert_true (read_merged (setup.engine, "model.encoder.layer.1.attention.self.value.weight", 0,
                              24 * 24, whole));
  g_assert_true (
    read_merged (setup.engine, "model.encoder.layer.1.attention.self.value.weight", 50, 5, piece));
  for (int i = 0; i < 5; i++)
    g_assert_true (piece[i] == whole[50 + i]);
  g_assert_false (read_merged (setup.engine, "model.encoder.layer.1.attention.self.value.weight",
                               24 * 24 - 2, 3, piece));
  g_assert_false (read_merged (setup.engine, "no.such.weight", 0, 1, piece));
  train_setup_clear (&setup);
  train_setup_clear (&merged);
}

/* Heads from cached states get the gradients that they get from tokens. */
static void
test_states (void)
{
  TrainSetup        setup;
  GArray           *from_tokens;
  double            loss;
  SagTrainBatch     batch;
  g_autofree float *states = NULL;

  train_setup_init (&setup, SAG_TEXT_MEGATRON, SAG_TRAIN_HEADS, dims);
  train_setup_open (&setup);
  states = g_new0 (float, (gsize) TRAIN_SAMPLES *(1 + setup.n_tokens) * setup.network.hidden);
  loss = train_setup_loss (&setup, TRUE);
  from_tokens = train_setup_gradients (&setup);
  g_assert_cmpuint (from_tokens->len, ==, 4);
  g_assert_cmpfloat_with_epsilon (evaluate (&setup, TRUE, states), loss, 1e-6);
  batch = train_setup_batch (&setup, TRUE);
  batch.tokens = NULL;
  batch.ids = batch.lengths = NULL;
  batch.states = states;
  g_assert_cmpfloat_with_epsilon (train_setup_run (&setup, &batch), loss, 1e-6);
  compare (from_tokens, train_setup_gradients (&setup));
  train_setup_clear (&setup);
}

static void
test_states_train_heads_only (void)
{
  TrainSetup    setup;
  SagTrainBatch batch;
  SagStatus     status = { 0 };

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS_AND_TEXT, dims);
  train_setup_open (&setup);
  batch = train_setup_batch (&setup, TRUE);
  batch.states = setup.tokens;
  g_assert_false (sag_cpu_train_get_table ()->forward_backward (setup.engine, &batch, &status));
  batch.tokens = NULL;
  g_assert_false (sag_cpu_train_get_table ()->forward_backward (setup.engine, &batch, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  train_setup_clear (&setup);
}

/* Asking for the cell logits of samples whose mask is not read changes no gradient. */
static void
check_wanted (SagTextKind kind)
{
  TrainSetup        setup;
  GArray           *without;
  SagTrainBatch     batch;
  double            loss;
  g_autofree float *cells = NULL;

  train_setup_init (&setup, kind, SAG_TRAIN_ALL, dims);
  train_setup_open (&setup);
  cells = g_new0 (float, (gsize) TRAIN_SAMPLES *setup.n_tokens * 8);
  loss = train_setup_loss (&setup, TRUE);
  without = train_setup_gradients (&setup);
  batch = train_setup_batch (&setup, TRUE);
  batch.cell_logits = cells;
  g_assert_cmpfloat_with_epsilon (train_setup_run (&setup, &batch), loss, 1e-6);
  for (gsize i = 0; i < (gsize) TRAIN_SAMPLES * setup.n_tokens * 8; i++)
    g_assert_cmpfloat (cells[i], !=, 0);
  compare (without, train_setup_gradients (&setup));
  train_setup_clear (&setup);
}

static void
test_wanted (void)
{
  check_wanted (SAG_TEXT_BERT);
  check_wanted (SAG_TEXT_MEGATRON);
}

static bool
sum_running (void *data, const char *name, float *values, size_t n)
{
  for (size_t i = 0; g_str_has_prefix (name, "running.") && i < n; i++)
    *(double *) data += values[i];
  return true;
}

/* Evaluation changes nothing, and neither do the statistics where the vision network does not train. */
static void
test_evaluate (void)
{
  TrainSetup setup;
  double     before = 0, after = 0;
  uint64_t   random[4], again[4];

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_ALL, dims);
  setup.options.dropout = 0.3f;
  train_setup_open (&setup);
  train_setup_loss (&setup, FALSE);
  g_array_unref (train_setup_gradients (&setup));
  sag_cpu_train_get_table ()->visit (setup.engine, sum_running, &before);
  g_assert_true (evaluate (&setup, FALSE, NULL) == evaluate (&setup, FALSE, NULL));
  sag_cpu_train_get_table ()->get_random (setup.engine, random);
  evaluate (&setup, FALSE, NULL);
  sag_cpu_train_get_table ()->get_random (setup.engine, again);
  g_assert_cmpuint (random[2], ==, again[2]);
  sag_cpu_train_get_table ()->visit (setup.engine, sum_running, &after);
  g_assert_true (before == after);
  train_setup_loss (&setup, FALSE);
  after = 0;
  sag_cpu_train_get_table ()->visit (setup.engine, sum_running, &after);
  g_assert_false (before == after);
  train_setup_clear (&setup);
  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS, dims);
  train_setup_open (&setup);
  before = after = 0;
  sag_cpu_train_get_table ()->visit (setup.engine, sum_running, &before);
  train_setup_loss (&setup, FALSE);
  sag_cpu_train_get_table ()->visit (setup.engine, sum_running, &after);
  g_assert_true (before == after);
  train_setup_clear (&setup);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpu/train/lora", test_lora);
  g_test_add_func ("/cpu/train/vision-and-lora", test_vision_and_lora);
  g_test_add_func ("/cpu/train/merged", test_merged);
  g_test_add_func ("/cpu/train/states", test_states);
  g_test_add_func ("/cpu/train/states-train-heads-only", test_states_train_heads_only);
  g_test_add_func ("/cpu/train/wanted", test_wanted);
  g_test_add_func ("/cpu/train/evaluate", test_evaluate);
  return g_test_run ();
}
