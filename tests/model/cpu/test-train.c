/* SPDX-License-Identifier: Apache-2.0 */

/* The training engine against finite differences of its own loss, along each tensor's gradient; small networks with
 * everything that a network can have: skips in the first block, blocks without expansion, odd sizes, both text kinds.
 */

#include "model/cpu/train/train.h"
#include "model/engine/status.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N_SAMPLES 3

typedef struct
{
  SagNetwork      network;
  SagTrainOptions options;
  SagWeightSource source;
  int32_t         dims[3];
  float          *input;
  float          *tokens;
  int32_t         n_tokens;
  int32_t         ids[N_SAMPLES * 6];
  int32_t         lengths[N_SAMPLES];
  float           labels[N_SAMPLES];
  float           task[N_SAMPLES];
  float          *targets;
  void           *engine;
} Setup;

static double
noise (guint64 seed)
{
  seed = (seed + 1) * 0x9e3779b97f4a7c15u;
  seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
  seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebu;
  return (double) ((seed ^ (seed >> 31)) >> 11) * 0x1p-52 - 1; /* -1..1 */
}

static bool
read_weights (void *data, const char *name, size_t offset, size_t n, float *out)
{
  gboolean scale = strstr (name, ".weight") != NULL &&
                   (strstr (name, "bn") != NULL || strstr (name, "LayerNorm") != NULL ||
                    strstr (name, "ln.") != NULL);
  gboolean variance = g_str_has_suffix (name, "running_var");
  double   middle = scale ? 1 : variance ? 0.06 : 0;
  double   width = strstr (name, "conv") != NULL ? 0.4 : variance ? 0.02 : 0.15;

  const float *kept = data != NULL ? g_hash_table_lookup (data, name) : NULL;

  for (size_t i = 0; i < n; i++)
    out[i] = kept != NULL
               ? kept[offset + i]
               : (float) (middle + width * noise (g_str_hash (name) * 1000003ull + offset + i));
  return true;
}

static void
small_network (SagNetwork *network, SagTextKind kind)
{
  static const SagStage stages[] = {
    { 2, 3, 1, 1, 8 }, { 2, 3, 2, 2, 12 }, { 2, 5, 2, 3, 20 }, { 1, 7, 1, 2, 24 }
  };

  *network = (SagNetwork){
    .input = { 32, 16, 16 },
    .stem_channels = 8,
    .head_channels = 40,
    .batch_norm_eps = 1e-3f,
    .text_kind = kind,
    .n_words = 40,
    .n_positions = 64,
    .n_types = 2,
    .hidden = 24,
    .n_heads = 3,
    .intermediate = 40,
    .text_layers = 2,
    .layer_norm_eps = 1e-6f,
    .cells = { 2, 2, 2 },
  };
  g_assert_true (sag_network_set_stages (network, stages, G_N_ELEMENTS (stages)));
}

static void
setup_init (Setup *self, SagTextKind kind, SagTrainParts parts, const int32_t dims[3])
{
  int32_t features[3];
  gsize   n_targets, n_voxels = (gsize) dims[0] * dims[1] * dims[2];

  memset (self, 0, sizeof *self);
  small_network (&self->network, kind);
  memcpy (self->dims, dims, sizeof self->dims);
  self->options = (SagTrainOptions){ .parts = parts, .seed = 7, .engine = { .n_threads = 2 } };
  self->source = (SagWeightSource){ &self->network, read_weights, NULL };
  sag_network_feature_dims (&self->network, dims, features);
  self->n_tokens = features[0] * features[1] * features[2];
  n_targets = (gsize) N_SAMPLES * self->n_tokens * 8;
  self->input = g_new (float, N_SAMPLES *n_voxels);
  for (gsize i = 0; i < N_SAMPLES * n_voxels; i++)
    self->input[i] = (float) (0.5 + 0.5 * noise (i));
  self->tokens = g_new (float, (gsize) N_SAMPLES * self->n_tokens * self->network.hidden);
  for (gsize i = 0; i < (gsize) N_SAMPLES * self->n_tokens * self->network.hidden; i++)
    self->tokens[i] = (float) noise (i + 77);
  self->targets = g_new (float, n_targets);
  for (gsize i = 0; i < n_targets; i++)
    self->targets[i] = (float) (0.5 + 0.5 * noise (i + 5));
  for (int i = 0; i < N_SAMPLES * 6; i++)
    self->ids[i] = (i * 7 + 3) % 40;
  for (int s = 0; s < N_SAMPLES; s++)
    {
      self->lengths[s] = 4 + s;
      self->labels[s] = s % 2;
      self->task[s] = s == 1 ? 0 : 1;
    }
}

static void
setup_open (Setup *self)
{
  SagStatus status = { 0 };

  self->engine = sag_cpu_train_get_table ()->open (&self->source, &self->options, &status);
  g_assert_cmpstr (status.message, ==, "");
  g_assert_nonnull (self->engine);
}

static void
setup_clear (Setup *self)
{
  sag_cpu_train_get_table ()->close (self->engine);
  g_free (self->input);
  g_free (self->tokens);
  g_free (self->targets);
}

/* The loss; the same values are dropped every time. */
static double
loss (Setup *self, gboolean from_tokens)
{
  const uint64_t random[4] = { 7, 0, 0, 0 };
  SagStatus      status = { 0 };
  SagTrainBatch  batch = {
     .n = N_SAMPLES,
     .input = self->input,
     .dims = { self->dims[0], self->dims[1], self->dims[2] },
     .tokens = from_tokens ? self->tokens : NULL,
     .n_tokens = self->n_tokens,
     .max_length = 6,
     .ids = self->ids,
     .lengths = self->lengths,
     .labels = self->labels,
     .task = self->task,
     .cell_targets = self->targets,
  };

  sag_cpu_train_get_table ()->set_random (self->engine, random);
  g_assert_true (sag_cpu_train_get_table ()->forward_backward (self->engine, &batch, &status));
  return batch.loss;
}

typedef struct
{
  char  *name;
  float *copy;
  float *weight;
  gsize  n;
} Array;

static bool
copy_gradient (void *data, const char *name, float *values, size_t n)
{
  Array array = { g_strdup (name), g_memdup2 (values, n * sizeof *values), NULL, n };

  g_array_append_val ((GArray *) data, array);
  return true;
}

static bool
find_weight (void *data, const char *name, float *values, size_t n)
{
  GArray *arrays = data;

  for (guint i = 0; i < arrays->len; i++)
    if (g_str_has_prefix (name, "weight.") &&
        strcmp (g_array_index (arrays, Array, i).name, name + 7) == 0)
      g_array_index (arrays, Array, i).weight = values;
  return true;
}

/* A step of size zero shows the gradients and takes them back. */
static GArray *
take_gradients (Setup *self)
{
  GArray      *arrays = g_array_new (FALSE, FALSE, sizeof (Array));
  SagTrainStep step = { .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8 };
  SagStatus    status = { 0 };

  g_assert_true (
    sag_cpu_train_get_table ()->step (self->engine, &step, copy_gradient, arrays, &status));
  sag_cpu_train_get_table ()->visit (self->engine, find_weight, arrays);
  return arrays;
}

static void
move (Array *array, double by)
{
  for (gsize i = 0; i < array->n; i++)
    array->weight[i] += (float) (by * array->copy[i]);
}

static double
norm (const Array *array)
{
  double sum = 0;

  for (gsize i = 0; i < array->n; i++)
    sum += (double) array->copy[i] * array->copy[i];
  return sqrt (sum);
}

/* Along its own gradient g the loss rises by |g| for each unit. */
static guint
check_array (Setup *self, Array *array, gboolean from_tokens, double largest)
{
  double length = norm (array), rise, step;

  if (length < 1e-3 * largest) /* smaller than what rounding leaves of the loss */
    return 0;
  step = 3e-3 / (length * length);
  step = MIN (step, 2e-2 / length);
  move (array, step);
  rise = loss (self, from_tokens);
  move (array, -2 * step);
  rise -= loss (self, from_tokens);
  move (array, step);
  rise /= 2 * step;
  if (fabs (rise - length * length) > 0.03 * length * length)
    g_error ("%s: the loss rises by %g, the gradient says %g", array->name, rise, length * length);
  return 1;
}

static void
check (Setup *self, gboolean from_tokens, guint at_least)
{
  GArray *arrays;
  guint   n_checked = 0;
  double  largest = 0;

  loss (self, from_tokens);
  arrays = take_gradients (self);
  for (guint i = 0; i < arrays->len; i++)
    largest = MAX (largest, norm (&g_array_index (arrays, Array, i)));
  for (guint i = 0; i < arrays->len; i++)
    n_checked += check_array (self, &g_array_index (arrays, Array, i), from_tokens, largest);
  g_test_message ("%u of %u tensors", n_checked, arrays->len);
  g_assert_cmpuint (n_checked, >=, at_least);
  for (guint i = 0; i < arrays->len; i++)
    {
      g_free (g_array_index (arrays, Array, i).name);
      g_free (g_array_index (arrays, Array, i).copy);
    }
  g_array_unref (arrays);
}

static const int32_t even[3] = { 32, 16, 16 };
static const int32_t odd[3] = { 29, 19, 25 };

static void
test_all (void)
{
  Setup setup;

  setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_ALL, even);
  setup_open (&setup);
  check (&setup, FALSE, 60);
  setup_clear (&setup);
}

static void
test_odd (void)
{
  Setup setup;

  setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_VISION, odd);
  setup_open (&setup);
  check (&setup, FALSE, 40);
  setup_clear (&setup);
}

static void
test_portable (void)
{
  Setup setup;

  setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_VISION, even);
  setup.options.engine.portable = true;
  setup_open (&setup);
  check (&setup, FALSE, 40);
  setup_clear (&setup);
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
  Setup setup;

  setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_VISION, even);
  setup_open (&setup);
  for (int i = 0; i < 60; i++)
    loss (&setup, FALSE);
  sag_cpu_train_get_table ()->visit (setup.engine, keep_running, running);
  sag_cpu_train_get_table ()->close (setup.engine);
  setup.source.data = running;
  setup.options.freeze_norms = true;
  setup_open (&setup);
  check (&setup, FALSE, 40);
  setup_clear (&setup);
}

static void
test_megatron (void)
{
  Setup setup;

  setup_init (&setup, SAG_TEXT_MEGATRON, SAG_TRAIN_ALL, even);
  setup.options.dropout = 0.1f;
  setup_open (&setup);
  check (&setup, TRUE, 20);
  setup_clear (&setup);
}

static void
test_dropout (void)
{
  Setup  setup;
  double without;

  setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS_AND_TEXT, even);
  setup_open (&setup);
  without = loss (&setup, TRUE);
  sag_cpu_train_get_table ()->close (setup.engine);
  setup.options.dropout = 0.2f;
  setup_open (&setup);
  g_assert_cmpfloat (fabs (loss (&setup, TRUE) - without), >, 1e-4);
  take_gradients (&setup);
  check (&setup, TRUE, 20);
  setup_clear (&setup);
}

/* The same numbers whatever the number of threads. */
static void
test_threads (void)
{
  double values[2];

  for (int i = 0; i < 2; i++)
    {
      Setup   setup;
      GArray *arrays;

      setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_ALL, even);
      setup.options.engine.n_threads = 1 + 2 * i;
      setup_open (&setup);
      values[i] = loss (&setup, FALSE);
      arrays = take_gradients (&setup);
      for (guint a = 0; a < arrays->len; a++)
        {
          values[i] += norm (&g_array_index (arrays, Array, a));
          g_free (g_array_index (arrays, Array, a).name);
          g_free (g_array_index (arrays, Array, a).copy);
        }
      g_array_unref (arrays);
      setup_clear (&setup);
    }
  g_assert_true (values[0] == values[1]);
}

static void
test_bad_text (void)
{
  Setup         setup;
  SagStatus     status = { 0 };
  SagTrainBatch batch = { .n = 1, .max_length = 6 };

  setup_init (&setup, SAG_TEXT_BERT, SAG_TRAIN_HEADS, even);
  setup_open (&setup);
  batch.tokens = setup.tokens;
  batch.n_tokens = setup.n_tokens;
  batch.ids = setup.ids;
  batch.lengths = setup.lengths;
  setup.ids[1] = 40;
  g_assert_false (sag_cpu_train_get_table ()->forward_backward (setup.engine, &batch, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  setup_clear (&setup);
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
  g_test_add_func ("/cpu/train/threads", test_threads);
  g_test_add_func ("/cpu/train/bad-text", test_bad_text);
  return g_test_run ();
}
