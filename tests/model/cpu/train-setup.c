/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/cpu/train-setup.h"

#include "model/cpu/train/train.h"

#include <math.h>
#include <string.h>

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

  sag_network_init_paper (network);
  for (guint i = 0; i < 3; i++)
    {
      network->input[i] = i == 0 ? 32 : 16;
      network->cells[i] = 2;
    }
  network->stem_channels = 8;
  network->head_channels = 40;
  network->text_kind = kind;
  network->n_words = 40;
  network->n_positions = 64;
  network->hidden = 24;
  network->n_heads = 3;
  network->intermediate = 40;
  network->text_layers = 2;
  network->layer_norm_eps = 1e-6f;
  if (kind == SAG_TEXT_MULTI_LABEL)
    sag_network_set_multi_label (network, 40, 24);
  g_assert_true (sag_network_set_stages (network, stages, G_N_ELEMENTS (stages)));
}

void
train_setup_init (TrainSetup *self, SagTextKind kind, SagTrainParts parts, const int32_t dims[3])
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
  n_targets = (gsize) TRAIN_SAMPLES * self->n_tokens * 8;
  self->input = g_new (float, TRAIN_SAMPLES *n_voxels);
  for (gsize i = 0; i < TRAIN_SAMPLES * n_voxels; i++)
    self->input[i] = (float) (0.5 + 0.5 * noise (i));
  self->tokens = g_new (float, (gsize) TRAIN_SAMPLES * self->n_tokens * self->network.hidden);
  for (gsize i = 0; i < (gsize) TRAIN_SAMPLES * self->n_tokens * self->network.hidden; i++)
    self->tokens[i] = (float) noise (i + 77);
  self->targets = g_new (float, n_targets);
  for (gsize i = 0; i < n_targets; i++)
    self->targets[i] = (float) (0.5 + 0.5 * noise (i + 5));
  for (int i = 0; i < TRAIN_SAMPLES * 6; i++)
    self->ids[i] = (i * 7 + 3) % 40;
  for (int s = 0; s < TRAIN_SAMPLES; s++)
    {
      self->lengths[s] = 4 + s;
      self->labels[s] = s % 2;
      self->task[s] = s == 1 ? 0 : 1;
    }
}

void
train_setup_open (TrainSetup *self)
{
  SagStatus status = { 0 };

  self->engine = sag_cpu_train_get_table ()->open (&self->source, &self->options, &status);
  g_assert_cmpstr (status.message, ==, "");
  g_assert_nonnull (self->engine);
}

void
train_setup_clear (TrainSetup *self)
{
  sag_cpu_train_get_table ()->close (self->engine);
  g_free (self->input);
  g_free (self->tokens);
  g_free (self->targets);
}

SagTrainBatch
train_setup_batch (TrainSetup *self, gboolean from_tokens)
{
  return (SagTrainBatch){
    .n = TRAIN_SAMPLES,
    .input = from_tokens ? NULL : self->input,
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
}

double
train_setup_run (TrainSetup *self, SagTrainBatch *batch)
{
  const uint64_t random[4] = { 7, 0, 0, 0 };
  SagStatus      status = { 0 };

  sag_cpu_train_get_table ()->set_random (self->engine, random);
  g_assert_true (sag_cpu_train_get_table ()->forward_backward (self->engine, batch, &status));
  return batch->loss;
}

double
train_setup_loss (TrainSetup *self, gboolean from_tokens)
{
  SagTrainBatch batch = train_setup_batch (self, from_tokens);

  return train_setup_run (self, &batch);
}

static bool
copy_gradient (void *data, const char *name, float *values, size_t n)
{
  TrainArray array = { g_strdup (name), g_memdup2 (values, n * sizeof *values), NULL, n };

  g_array_append_val ((GArray *) data, array);
  return true;
}

static void
clear_array (gpointer data)
{
  TrainArray *array = data;

  g_free (array->name);
  g_free (array->copy);
}

static bool
find_weight (void *data, const char *name, float *values, size_t n)
{
  GArray *arrays = data;

  for (guint i = 0; i < arrays->len; i++)
    if (g_str_has_prefix (name, "weight.") &&
        strcmp (g_array_index (arrays, TrainArray, i).name, name + 7) == 0)
      g_array_index (arrays, TrainArray, i).weight = values;
  return true;
}

/* A step of size zero shows the gradients and takes them back. */
GArray *
train_setup_gradients (TrainSetup *self)
{
  GArray      *arrays = g_array_new (FALSE, FALSE, sizeof (TrainArray));
  SagTrainStep step = { .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8 };
  SagStatus    status = { 0 };

  g_array_set_clear_func (arrays, clear_array);
  g_assert_true (
    sag_cpu_train_get_table ()->step (self->engine, &step, copy_gradient, arrays, &status));
  sag_cpu_train_get_table ()->visit (self->engine, find_weight, arrays);
  return arrays;
}

static void
move (TrainArray *array, double by)
{
  for (gsize i = 0; i < array->n; i++)
    array->weight[i] += (float) (by * array->copy[i]);
}

double
train_array_norm (const TrainArray *array)
{
  double sum = 0;

  for (gsize i = 0; i < array->n; i++)
    sum += (double) array->copy[i] * array->copy[i];
  return sqrt (sum);
}

/* Along its own gradient g the loss rises by |g| for each unit. */
static guint
check_array (TrainSetup *self, TrainArray *array, gboolean from_tokens, double largest)
{
  double length = train_array_norm (array), rise, step;

  if (length < 1e-3 * largest) /* smaller than what rounding leaves of the loss */
    return 0;
  step = 3e-3 / (length * length);
  step = MIN (step, 2e-2 / length);
  move (array, step);
  rise = train_setup_loss (self, from_tokens);
  move (array, -2 * step);
  rise -= train_setup_loss (self, from_tokens);
  move (array, step);
  rise /= 2 * step;
  if (fabs (rise - length * length) > 0.03 * length * length)
    g_error ("%s: the loss rises by %g, the gradient says %g", array->name, rise, length * length);
  return 1;
}

void
train_setup_check (TrainSetup *self, gboolean from_tokens, guint at_least)
{
  GArray *arrays;
  guint   n_checked = 0;
  double  largest = 0;

  train_setup_loss (self, from_tokens);
  arrays = train_setup_gradients (self);
  for (guint i = 0; i < arrays->len; i++)
    largest = MAX (largest, train_array_norm (&g_array_index (arrays, TrainArray, i)));
  for (guint i = 0; i < arrays->len; i++)
    n_checked += check_array (self, &g_array_index (arrays, TrainArray, i), from_tokens, largest);
  g_test_message ("%u of %u tensors", n_checked, arrays->len);
  g_assert_cmpuint (n_checked, >=, at_least);
  g_array_unref (arrays);
}
