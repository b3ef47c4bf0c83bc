/* SPDX-License-Identifier: Apache-2.0 */

/* The multi-label network: its gradients against finite differences of its loss, dropout and all, and its training
 * engine against the engine that answers.
 */

#include "model/cpu/cpu.h"
#include "model/cpu/train/train.h"

#include "tests/model/cpu/train-setup.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static const int32_t dims[3] = { 32, 16, 16 };

#define HIDDEN 24

/* Every second channel lies well above ReLU's kink and the others below: a finite difference must not step over it. */
static GHashTable *
make_biases (void)
{
  GHashTable *kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  float      *bias = g_new (float, HIDDEN);

  for (int c = 0; c < HIDDEN; c++)
    bias[c] = c % 2 ? 3 : -3;
  g_hash_table_insert (kept, g_strdup ("vision_model.lm_adaptor.0.bias"), bias);
  return kept;
}

/* Labels only, and texts of one id. */
static void
init (TrainSetup *setup, SagTrainParts parts, GHashTable *kept)
{
  train_setup_init (setup, SAG_TEXT_MULTI_LABEL, parts, dims);
  setup->source.data = kept;
  for (int s = 0; s < TRAIN_SAMPLES; s++)
    {
      setup->lengths[s] = 1;
      setup->task[s] = 1;
    }
}

static void
test_gradients (void)
{
  g_autoptr (GHashTable) kept = make_biases ();
  TrainSetup setup;

  init (&setup, SAG_TRAIN_ALL, kept);
  train_setup_open (&setup);
  train_setup_check (&setup, FALSE, 30);
  train_setup_clear (&setup);
}

static void
test_dropout (void)
{
  g_autoptr (GHashTable) kept = make_biases ();
  TrainSetup setup;
  double     without;

  init (&setup, SAG_TRAIN_VISION, kept);
  train_setup_open (&setup);
  without = train_setup_loss (&setup, FALSE);
  sag_cpu_train_get_table ()->close (setup.engine);
  setup.options.dropout = 0.3f;
  train_setup_open (&setup);
  g_assert_cmpfloat (fabs (train_setup_loss (&setup, FALSE) - without), >, 1e-4);
  g_array_unref (train_setup_gradients (&setup));
  train_setup_check (&setup, FALSE, 30);
  train_setup_clear (&setup);
}

/* Two samples of one image: its gradient is the sum of both. */
static void
test_shared_image (void)
{
  g_autoptr (GHashTable) kept = make_biases ();
  const int32_t image_of[TRAIN_SAMPLES] = { 0, 1, 0 };
  TrainSetup    setup;
  SagTrainBatch batch;
  float         shared[TRAIN_SAMPLES], own[TRAIN_SAMPLES];

  init (&setup, SAG_TRAIN_ALL, kept);
  train_setup_open (&setup);
  batch = train_setup_batch (&setup, FALSE);
  batch.evaluate = true;
  batch.class_logits = own;
  train_setup_run (&setup, &batch);
  batch.n_images = 2;
  batch.image_of = image_of;
  batch.class_logits = shared;
  train_setup_run (&setup, &batch);
  g_assert_cmpfloat (fabsf (shared[0] - own[0]), <, 1e-5f);
  g_assert_cmpfloat (fabsf (shared[1] - own[1]), <, 1e-5f);
  g_assert_cmpfloat (fabsf (shared[2] - own[2]), >, 1e-5f);
  train_setup_clear (&setup);
}

/* What the trained weights answer in training is what they answer afterwards. */
static void
test_answers (void)
{
  g_autoptr (GHashTable) kept = make_biases ();
  const SagEngineTable  *table = sag_cpu_get_table ();
  const SagEngineOptions options = { .n_threads = 2 };
  TrainSetup             setup;
  SagTrainBatch          batch;
  SagStatus              status = { 0 };
  float                  trained[TRAIN_SAMPLES];
  void                  *engine;

  init (&setup, SAG_TRAIN_ALL, kept);
  train_setup_open (&setup);
  batch = train_setup_batch (&setup, FALSE);
  batch.evaluate = true;
  batch.class_logits = trained;
  train_setup_run (&setup, &batch);
  engine = table->open (&setup.source, &options, &status);
  g_assert_nonnull (engine);
  for (int s = 0; s < TRAIN_SAMPLES; s++)
    {
      g_autofree float *tokens = g_new (float, (gsize) setup.n_tokens *setup.network.hidden);
      g_autofree float *cells = g_new (float, (gsize) setup.n_tokens * 8);
      float             logit;
      SagEncodeRequest  encode = {
         .input = setup.input + (gsize) s * dims[0] * dims[1] * dims[2],
         .n_inputs = 1,
         .dims = { dims[0], dims[1], dims[2] },
         .tokens = tokens,
      };
      SagAskRequest ask = {
        .tokens = tokens,
        .n_tokens = setup.n_tokens,
        .n_texts = 1,
        .max_length = 6,
        .ids = setup.ids + s * 6,
        .lengths = setup.lengths + s,
        .class_logits = &logit,
        .cell_logits = cells,
      };

      g_assert_true (table->encode (engine, &encode, &status));
      g_assert_true (table->ask (engine, &ask, &status));
      g_assert_cmpfloat (fabsf (logit - trained[s]), <, 1e-4f * (1 + fabsf (logit)));
      for (int i = 0; i < setup.n_tokens * 8; i++)
        g_assert_cmpfloat (cells[i], <, -50);
    }
  table->close (engine);
  train_setup_clear (&setup);
}

static void
test_refused (void)
{
  g_autoptr (GHashTable) kept = make_biases ();
  const SagTrainTable *table = sag_cpu_train_get_table ();
  TrainSetup           setup;
  SagTrainBatch        batch;
  SagStatus            status = { 0 };

  init (&setup, SAG_TRAIN_HEADS, kept);
  g_assert_null (table->open (&setup.source, &setup.options, &status));
  g_assert_nonnull (strstr (status.message, "as a whole"));
  train_setup_clear (&setup);

  init (&setup, SAG_TRAIN_ALL, kept);
  train_setup_open (&setup);
  setup.task[1] = 0;
  batch = train_setup_batch (&setup, FALSE);
  g_assert_false (table->forward_backward (setup.engine, &batch, &status));
  g_assert_nonnull (strstr (status.message, "Sample 2"));
  setup.task[1] = 1;
  setup.lengths[2] = 3;
  g_assert_false (table->forward_backward (setup.engine, &batch, &status));
  g_assert_nonnull (strstr (status.message, "Sample 3"));
  train_setup_clear (&setup);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpu/classes/gradients", test_gradients);
  g_test_add_func ("/cpu/classes/dropout", test_dropout);
  g_test_add_func ("/cpu/classes/shared-image", test_shared_image);
  g_test_add_func ("/cpu/classes/answers", test_answers);
  g_test_add_func ("/cpu/classes/refused", test_refused);
  return g_test_run ();
}
