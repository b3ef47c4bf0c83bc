/* SPDX-License-Identifier: Apache-2.0 */

/* The training engine against finite differences of its own loss, along each tensor's gradient; small networks with
 * everything that a network can have: skips in the first block, blocks without expansion, odd sizes, both text kinds.
 */

#include "model/cpu/train/loss.h"
#include "model/cpu/train/train.h"

#include "tests/model/cpu/train-setup.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static const int32_t even[3] = { 32, 16, 16 };
static const int32_t odd[3] = { 29, 19, 25 };

static void
test_all (void)
{
  TrainSetup setup;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_ALL, even);
  train_setup_open (&setup);
  train_setup_check (&setup, FALSE, 60);
  train_setup_clear (&setup);
}

static void
test_odd (void)
{
  TrainSetup setup;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_VISION, odd);
  train_setup_open (&setup);
  train_setup_check (&setup, FALSE, 40);
  train_setup_clear (&setup);
}

static void
test_portable (void)
{
  TrainSetup setup;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_VISION, even);
  setup.options.engine.portable = true;
  train_setup_open (&setup);
  train_setup_check (&setup, FALSE, 40);
  train_setup_clear (&setup);
}

static bool
keep_running (void *data, const char *name, float *values, size_t n)
{
  if (g_str_has_prefix (name, "running."))
    g_hash_table_insert (data, g_strdup (name + 8), g_memdup2 (values, n * sizeof *values));
  return true;
}

/* Statistics that fit the weights, or every layer would blow up what the last one gave. */
static void
test_frozen_norms (void)
{
  g_autoptr (GHashTable) running = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TrainSetup setup;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_VISION, even);
  train_setup_open (&setup);
  for (int i = 0; i < 60; i++)
    train_setup_loss (&setup, FALSE);
  sag_cpu_train_get_table ()->visit (setup.engine, keep_running, running);
  sag_cpu_train_get_table ()->close (setup.engine);
  setup.source.data = running;
  setup.options.freeze_norms = true;
  train_setup_open (&setup);
  train_setup_check (&setup, FALSE, 40);
  train_setup_clear (&setup);
}

static void
test_megatron (void)
{
  TrainSetup setup;

  train_setup_init (&setup, SAG_TEXT_MEGATRON, SAG_TRAIN_ALL, even);
  setup.options.dropout = 0.1f;
  train_setup_open (&setup);
  train_setup_check (&setup, TRUE, 20);
  train_setup_clear (&setup);
}

static void
test_dropout (void)
{
  TrainSetup setup;
  double     without;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS_AND_TEXT, even);
  train_setup_open (&setup);
  without = train_setup_loss (&setup, TRUE);
  sag_cpu_train_get_table ()->close (setup.engine);
  setup.options.dropout = 0.2f;
  train_setup_open (&setup);
  g_assert_cmpfloat (fabs (train_setup_loss (&setup, TRUE) - without), >, 1e-4);
  g_array_unref (train_setup_gradients (&setup));
  train_setup_check (&setup, TRUE, 20);
  train_setup_clear (&setup);
}

/* The patch loss counts ten times, or as often as is said. */
static void
test_patch_weight (void)
{
  const float weights[] = { 0, 10, 20, 30 };
  double      losses[4];

  for (int i = 0; i < 4; i++)
    {
      TrainSetup setup;

      train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS_AND_TEXT, even);
      setup.options.patch_weight = weights[i];
      train_setup_open (&setup);
      losses[i] = train_setup_loss (&setup, TRUE);
      g_array_unref (train_setup_gradients (&setup));
      if (i == 3)
        train_setup_check (&setup, TRUE, 20);
      train_setup_clear (&setup);
    }
  g_assert_cmpfloat (losses[0], ==, losses[1]);
  g_assert_cmpfloat (losses[2], >, losses[1] + 0.01);
  g_assert_cmpfloat_with_epsilon (losses[3] - losses[2], losses[2] - losses[1], 1e-6);
}

/* Small and empty masks weigh the same, and no less than large ones; the gradients are those of the loss. */
static void
test_balanced_masks (void)
{
  float      targets[128] = { 0 };
  TrainSetup setup;
  double     plain;

  g_assert_cmpfloat (sag_cpu_cells_scale (targets, 128), ==, 64);
  targets[0] = 0.5f;
  g_assert_cmpfloat (sag_cpu_cells_scale (targets, 128), ==, 64);
  for (int i = 0; i < 32; i++)
    targets[i] = 1;
  g_assert_cmpfloat (sag_cpu_cells_scale (targets, 128), ==, 4);

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS_AND_TEXT, even);
  train_setup_open (&setup);
  plain = train_setup_loss (&setup, TRUE);
  train_setup_clear (&setup);
  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS_AND_TEXT, even);
  setup.options.balance_masks = true;
  train_setup_open (&setup);
  g_assert_cmpfloat (train_setup_loss (&setup, TRUE), >, plain + 0.01);
  g_array_unref (train_setup_gradients (&setup));
  train_setup_check (&setup, TRUE, 20);
  train_setup_clear (&setup);
}

/* The same numbers whatever the number of threads. */
static void
test_threads (void)
{
  double values[2];

  for (int i = 0; i < 2; i++)
    {
      TrainSetup setup;
      GArray    *arrays;

      train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_ALL, even);
      setup.options.engine.n_threads = 1 + 2 * i;
      train_setup_open (&setup);
      values[i] = train_setup_loss (&setup, FALSE);
      arrays = train_setup_gradients (&setup);
      for (guint a = 0; a < arrays->len; a++)
        values[i] += train_array_norm (&g_array_index (arrays, TrainArray, a));
      g_array_unref (arrays);
      train_setup_clear (&setup);
    }
  g_assert_true (values[0] == values[1]);
}

/* Gradients of a batch from samples 0 and 1, of two volumes and two texts each, by either way of saying it. */
static GArray *
share_volumes (TrainSetup *setup, gboolean share, float *class_logits)
{
  const int32_t     image_of[] = { 1, 0, 1, 0 };
  const gsize       n_voxels = (gsize) setup->dims[0] * setup->dims[1] * setup->dims[2];
  const gsize       n_cells = (gsize) setup->n_tokens * 8;
  g_autofree float *input = g_new (float, 4 * n_voxels);
  g_autofree float *targets = g_new (float, 4 * n_cells);
  const int32_t     lengths[] = { 4, 6, 5, 2 };
  const float       labels[] = { 1, 0, 0, 1 };
  const float       task[] = { 1, 0, 1, 1 };
  int32_t           ids[4 * 6];
  SagTrainBatch     batch = train_setup_batch (setup, FALSE);

  for (gsize s = 0; s < 4; s++)
    memcpy (input + s * n_voxels, setup->input + (share ? s : (gsize) image_of[s]) % 2 * n_voxels,
            n_voxels * sizeof (float));
  for (gsize i = 0; i < 4 * n_cells; i++)
    targets[i] = (float) (i % 7) / 7;
  for (int i = 0; i < 4 * 6; i++)
    ids[i] = (i * 11 + 2) % 40;
  batch.n = 4;
  batch.n_images = share ? 2 : 0;
  batch.image_of = share ? image_of : NULL;
  batch.input = input;
  batch.ids = ids;
  batch.lengths = lengths;
  batch.labels = labels;
  batch.task = task;
  batch.cell_targets = targets;
  batch.class_logits = class_logits;
  train_setup_run (setup, &batch);
  return train_setup_gradients (setup);
}

static void
compare_arrays (const TrainArray *a, const TrainArray *b, double largest)
{
  double distance = 0, length = train_array_norm (a);

  g_assert_cmpstr (a->name, ==, b->name);
  for (gsize i = 0; i < a->n; i++)
    distance += ((double) a->copy[i] - b->copy[i]) * ((double) a->copy[i] - b->copy[i]);
  if (sqrt (distance) > 1e-4 * MAX (length, 1e-3 * largest))
    g_error ("%s: apart by %g of %g", a->name, sqrt (distance), length);
}

/* Two volumes with two texts each, and the same as four samples: all in one batch, each volume equally often, so that
 * the statistics of the batch are the same. */
static void
test_shared_volumes (void)
{
  TrainSetup setup;
  float      logits[2][4];
  GArray    *arrays[2];
  double     largest = 0;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_ALL, even);
  train_setup_open (&setup);
  for (int i = 0; i < 2; i++)
    arrays[i] = share_volumes (&setup, i == 1, logits[i]);
  for (int s = 0; s < 4; s++)
    g_assert_cmpfloat_with_epsilon (logits[0][s], logits[1][s], 1e-4);
  g_assert_cmpuint (arrays[0]->len, ==, arrays[1]->len);
  for (guint a = 0; a < arrays[0]->len; a++)
    largest = MAX (largest, train_array_norm (&g_array_index (arrays[0], TrainArray, a)));
  for (guint a = 0; a < arrays[0]->len; a++)
    compare_arrays (&g_array_index (arrays[0], TrainArray, a),
                    &g_array_index (arrays[1], TrainArray, a), largest);
  g_array_unref (arrays[0]);
  g_array_unref (arrays[1]);
  train_setup_clear (&setup);
}

static void
test_bad_images (void)
{
  const int32_t image_of[TRAIN_SAMPLES] = { 0, 2, 1 };
  TrainSetup    setup;
  SagTrainBatch batch;

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS, even);
  train_setup_open (&setup);
  batch = train_setup_batch (&setup, TRUE);
  for (int i = 0; i < 2; i++)
    {
      SagStatus status = { 0 };

      batch.n_images = 2;
      batch.image_of = i == 0 ? image_of : NULL;
      g_assert_false (sag_cpu_train_get_table ()->forward_backward (setup.engine, &batch, &status));
      g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
      g_assert_cmpstr (status.message, !=, "");
    }
  train_setup_clear (&setup);
}

static void
test_bad_text (void)
{
  TrainSetup    setup;
  SagStatus     status = { 0 };
  SagTrainBatch batch = { .n = 1, .max_length = 6 };

  train_setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS, even);
  train_setup_open (&setup);
  batch.tokens = setup.tokens;
  batch.n_tokens = setup.n_tokens;
  batch.ids = setup.ids;
  batch.lengths = setup.lengths;
  setup.ids[1] = 40;
  g_assert_false (sag_cpu_train_get_table ()->forward_backward (setup.engine, &batch, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  train_setup_clear (&setup);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpu/train/all", test_all);
  g_test_add_func ("/cpu/train/odd", test_odd);
  g_test_add_func ("/cpu/train/portable", test_portable);
  g_test_add_func ("/cpu/train/frozen-norms", test_frozen_norms);
  g_test_add_func ("/cpu/train/megatron", test_megatron);
  g_test_add_func ("/cpu/train/dropout", test_dropout);
  g_test_add_func ("/cpu/train/patch-weight", test_patch_weight);
  g_test_add_func ("/cpu/train/balanced-masks", test_balanced_masks);
  g_test_add_func ("/cpu/train/threads", test_threads);
  g_test_add_func ("/cpu/train/shared-volumes", test_shared_volumes);
  g_test_add_func ("/cpu/train/bad-images", test_bad_images);
  g_test_add_func ("/cpu/train/bad-text", test_bad_text);
  return g_test_run ();
}
