/* SPDX-License-Identifier: Apache-2.0 */

/* SagTrainTable for the processor. A step's way: tokens from the vision network, or given; the joined sequence; both
 * losses; back. Per sample: task BCE + w (1 - task) focal, mean over the batch; w = 10 (MODEL.md, section 4) unless
 * told.
 */

#include "model/cpu/train/train.h"

#include "model/core/random.h"
#include "model/cpu/gemm.h"
#include "model/cpu/train/adamw.h"
#include "model/cpu/train/classes.h"
#include "model/cpu/train/lora.h"
#include "model/cpu/train/loss.h"
#include "model/cpu/train/text.h"
#include "model/cpu/train/vision.h"
#include "model/engine/status.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
  SagNetwork          network;
  SagTrainParts       parts;
  SagTrainOptions     options;
  SagPool            *pool;
  SagCpuParams        params;
  SagCpuTrainVision  *vision;
  SagCpuTrainText    *text;
  SagCpuTrainClasses *classes; /* of a multi-label network, which has no text */
  guint64             seed;
  guint64             n_steps;
  guint64             n_batches;
  float              *values; /* tokens, d_tokens, logits and their gradients of a batch */
  gsize               n_values;
  gboolean           *cells_matter; /* (n) */
} Trainer;

static void
train_close (void *self)
{
  Trainer *trainer = self;

  if (trainer == NULL)
    return;
  sag_cpu_train_vision_free (trainer->vision);
  sag_cpu_train_text_free (trainer->text);
  sag_cpu_train_classes_free (trainer->classes);
  sag_cpu_params_clear (&trainer->params);
  g_clear_pointer (&trainer->pool, sag_pool_free);
  free (trainer->values);
  g_free (trainer->cells_matter);
  g_free (trainer);
}

static gboolean
trains_vision (SagTrainParts parts)
{
  return parts == SAG_TRAIN_VISION || parts == SAG_TRAIN_ALL || parts == SAG_TRAIN_VISION_AND_LORA;
}

static gboolean
is_multi_label (const Trainer *self)
{
  return self->network.text_kind == SAG_TEXT_MULTI_LABEL;
}

static void *
train_open (const SagWeightSource *source, const SagTrainOptions *options, SagStatus *status)
{
  const SagCpuKernels *kernels = sag_cpu_get_kernels (options->engine.portable);
  Trainer             *self;

  if (source->network->text_kind == SAG_TEXT_MULTI_LABEL && !trains_vision (options->parts))
    {
      sag_status_fail (status, SAG_STATUS_UNSUPPORTED,
                       "A multi-label bundle is trained as a whole; say vision or all.");
      return NULL;
    }
  self = g_new0 (Trainer, 1);

  self->network = *source->network;
  self->options = *options;
  self->seed = options->seed;
  self->pool = sag_pool_new (options->engine.n_threads);
  if (!sag_cpu_params_read (&self->params, source, options, status))
    {
      train_close (self);
      return NULL;
    }
  self->vision = sag_cpu_train_vision_new (&self->params, &self->network,
                                           options->freeze_norms || !trains_vision (options->parts),
                                           self->pool, kernels, status);
  if (is_multi_label (self))
    self->classes = sag_cpu_train_classes_new (&self->params, &self->network);
  else
    self->text =
      sag_cpu_train_text_new (&self->params, &self->network, options, self->pool, kernels);
  if (self->vision == NULL)
    g_clear_pointer (&self, train_close);
  return self;
}

static gsize
n_images (const SagTrainBatch *batch)
{
  return batch->n_images > 0 ? (gsize) batch->n_images : (gsize) batch->n;
}

static gboolean
check_source (const Trainer *self, const SagTrainBatch *batch, SagStatus *status)
{
  int n = (batch->input != NULL) + (batch->tokens != NULL) + (batch->states != NULL);

  if (batch->n < 1)
    return sag_status_fail (status, SAG_STATUS_INVALID, "A batch has no samples.");
  if (n != 1)
    return sag_status_fail (status, SAG_STATUS_INVALID,
                            "A batch holds volumes, tokens or states, and only one of them.");
  if (batch->states != NULL && self->options.parts != SAG_TRAIN_HEADS)
    return sag_status_fail (status, SAG_STATUS_INVALID,
                            "Only heads can be trained from the last layer's states.");
  return true;
}

static gboolean
check_images (const SagTrainBatch *batch, SagStatus *status)
{
  for (int32_t s = 0; batch->image_of != NULL && s < batch->n; s++)
    if (batch->image_of[s] < 0 || (gsize) batch->image_of[s] >= n_images (batch))
      return sag_status_fail (status, SAG_STATUS_INVALID,
                              "Sample %d reads volume %d, but the batch has %zu volumes.", s + 1,
                              batch->image_of[s] + 1, n_images (batch));
  if (batch->image_of == NULL && n_images (batch) != (gsize) batch->n)
    return sag_status_fail (status, SAG_STATUS_INVALID,
                            "A batch of %d samples and %zu volumes does not say which sample reads "
                            "which volume.",
                            batch->n, n_images (batch));
  return true;
}

static gboolean
check_ids (const Trainer *self, const SagTrainBatch *batch, gsize n_tokens, SagStatus *status)
{
  for (int32_t s = 0; batch->states == NULL && s < batch->n; s++)
    {
      gsize length = MAX (batch->lengths[s], 0);

      if (length < 1 || length > (gsize) batch->max_length ||
          n_tokens + 2 + length > (gsize) self->network.n_positions)
        return sag_status_fail (status, SAG_STATUS_INVALID,
                                "The text of sample %d has %d words, which is more than the model "
                                "has room for, or none.",
                                s + 1, batch->lengths[s]);
      for (gsize i = 0; i < length; i++)
        {
          int32_t id = batch->ids[(gsize) s * batch->max_length + i];

          if (id < 0 || id >= self->network.n_words)
            return sag_status_fail (status, SAG_STATUS_INVALID,
                                    "The text of sample %d has the word number %d, but the bundle "
                                    "has %d words.",
                                    s + 1, id, self->network.n_words);
        }
    }
  return true;
}

static gboolean
check_classes (const Trainer *self, const SagTrainBatch *batch, SagStatus *status)
{
  for (int32_t s = 0; is_multi_label (self) && s < batch->n; s++)
    if (batch->lengths[s] != 1 || batch->task[s] != 1)
      return sag_status_fail (
        status, SAG_STATUS_INVALID,
        "Sample %d is a mask or another text, but a multi-label bundle learns "
        "labels of its own questions only; leave such rows out.",
        s + 1);
  return true;
}

/* Where a batch's numbers lie in trainer->values. */
typedef struct
{
  gsize  n_tokens;
  gsize  n_cells; /* of a sample */
  float *tokens;
  float *d_tokens;
  float *class_logits;
  float *cell_logits;
  float *d_class;
  float *d_cells;
} Numbers;

static gboolean
plan_numbers (Trainer *self, const SagTrainBatch *batch, Numbers *numbers)
{
  gsize n = batch->n;
  gsize n_tokens = batch->input == NULL ? (gsize) batch->n_tokens
                                        : sag_cpu_train_vision_n_tokens (self->vision, batch->dims);
  gsize tokens = n_images (batch) * n_tokens * self->network.hidden;
  gsize cells = n_tokens * sag_network_cells_per_token (&self->network);
  gsize total = 2 * tokens + 2 * n * cells + 2 * n;

  if (total > self->n_values)
    {
      free (self->values);
      self->values = sag_cpu_alloc (total);
      self->n_values = self->values != NULL ? total : 0;
    }
  *numbers = (Numbers){ .n_tokens = n_tokens, .n_cells = cells, .tokens = self->values };
  if (self->values == NULL)
    return FALSE;
  numbers->d_tokens = numbers->tokens + tokens;
  numbers->cell_logits = numbers->d_tokens + tokens;
  numbers->d_cells = numbers->cell_logits + n * cells;
  numbers->class_logits = numbers->d_cells + n * cells;
  numbers->d_class = numbers->class_logits + n;
  return TRUE;
}

typedef struct
{
  SagTrainBatch  *batch;
  const Numbers  *numbers;
  const gboolean *cells_matter;
  double         *losses;
  double          patch_weight;
  gboolean        balances;
} Judge;

/* Loss and derivatives of a sample. */
static void
judge_sample (gsize s, guint worker, gpointer data)
{
  const Judge         *judge = data;
  const Numbers       *numbers = judge->numbers;
  const SagTrainBatch *batch = judge->batch;
  gsize                n_cells = numbers->n_cells;
  double               task = batch->task[s], cell_weight = judge->patch_weight * (1 - task);
  float               *d_cells = numbers->d_cells + s * n_cells;
  double               loss =
    task * sag_cpu_class_loss (numbers->class_logits[s], batch->labels[s], &numbers->d_class[s]);

  numbers->d_class[s] *= (float) (task / batch->n);
  if (judge->balances && cell_weight != 0)
    cell_weight *= sag_cpu_cells_scale (batch->cell_targets + s * n_cells, n_cells);
  if (judge->cells_matter[s] && cell_weight != 0)
    loss += cell_weight * sag_cpu_cell_loss (numbers->cell_logits + s * n_cells,
                                             batch->cell_targets + s * n_cells, n_cells, d_cells);
  else
    memset (d_cells, 0, n_cells * sizeof (float));
  for (gsize i = 0; i < n_cells; i++)
    d_cells[i] *= (float) (cell_weight / batch->n);
  judge->losses[s] = loss;
}

static void
judge (Trainer *self, SagTrainBatch *batch, const Numbers *numbers)
{
  g_autofree double *losses = g_new (double, batch->n);
  double             weight =
    self->options.patch_weight > 0 ? (double) self->options.patch_weight : SAG_CPU_PATCH_WEIGHT;
  Judge judge = { batch, numbers, self->cells_matter, losses, weight, self->options.balance_masks };

  sag_pool_run (self->pool, batch->n, judge_sample, &judge);
  batch->loss = 0;
  for (gsize s = 0; s < (gsize) batch->n; s++)
    {
      batch->loss += losses[s] / batch->n;
      if (batch->losses != NULL)
        batch->losses[s] = (float) losses[s];
    }
}

static gboolean
is_cancelled (const SagTrainBatch *batch)
{
  return batch->cancel.func != NULL && batch->cancel.func (batch->cancel.data);
}

static gboolean
see (Trainer             *self,
     SagTrainBatch       *batch,
     const Numbers       *numbers,
     const SagCpuDropout *dropout,
     SagStatus           *status)
{
  gboolean ok;

  if (batch->input == NULL)
    return TRUE;
  sag_cpu_train_vision_evaluate (self->vision, batch->evaluate);
  if (is_multi_label (self))
    sag_cpu_train_vision_drop (self->vision, dropout);
  ok = sag_cpu_train_vision_forward (self->vision, batch->input, n_images (batch), batch->dims,
                                     numbers->tokens, status);
  sag_cpu_train_vision_evaluate (self->vision, FALSE);
  return ok;
}

static gboolean
forward (Trainer *self, SagTrainBatch *batch, const Numbers *numbers, SagStatus *status)
{
  gboolean         all_cells = batch->cell_logits != NULL || batch->states_out != NULL;
  SagCpuTrainTexts texts = {
    .n = batch->n,
    .n_tokens = numbers->n_tokens,
    .tokens = batch->tokens != NULL ? batch->tokens : numbers->tokens,
    .image_of = batch->image_of,
    .states = batch->states,
    .ids = batch->ids,
    .lengths = batch->lengths,
    .max_length = batch->max_length,
    .dropout = { batch->evaluate ? 0 : self->options.dropout,
                 sag_random_hash (self->seed, self->n_batches) },
  };

  self->cells_matter = g_renew (gboolean, self->cells_matter, batch->n);
  for (gsize s = 0; s < (gsize) batch->n; s++)
    self->cells_matter[s] = all_cells || batch->task[s] != 1;
  texts.cells_matter = self->cells_matter;
  if (!see (self, batch, numbers, &texts.dropout, status))
    return FALSE;
  if (is_cancelled (batch))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Training was cancelled.");
  if (is_multi_label (self))
    {
      sag_cpu_train_classes_forward (self->classes, &texts, numbers->class_logits,
                                     numbers->cell_logits);
      return TRUE;
    }
  return sag_cpu_train_text_forward (self->text, &texts, numbers->class_logits,
                                     numbers->cell_logits, status);
}

static void
backward (Trainer *self, const SagTrainBatch *batch, const Numbers *numbers)
{
  gboolean to_vision = batch->input != NULL && trains_vision (self->options.parts);
  gsize    n_tokens = n_images (batch) * numbers->n_tokens;

  if (to_vision)
    memset (numbers->d_tokens, 0, n_tokens * self->network.hidden * sizeof (float));
  if (is_multi_label (self))
    sag_cpu_train_classes_backward (self->classes, numbers->d_class,
                                    to_vision ? numbers->d_tokens : NULL);
  else
    sag_cpu_train_text_backward (self->text, numbers->d_class, numbers->d_cells,
                                 to_vision ? numbers->d_tokens : NULL);
  if (to_vision)
    sag_cpu_train_vision_backward (self->vision, numbers->d_tokens);
  self->n_batches++;
}

static bool
train_forward_backward (void *data, SagTrainBatch *batch, SagStatus *status)
{
  Trainer *self = data;
  Numbers  numbers;

  if (!check_source (self, batch, status) || !check_images (batch, status))
    return false;
  if (!plan_numbers (self, batch, &numbers))
    return sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                            "There is no memory for this batch; train with smaller batches.");
  if (!check_ids (self, batch, numbers.n_tokens, status) || !check_classes (self, batch, status) ||
      !forward (self, batch, &numbers, status))
    return false;
  judge (self, batch, &numbers);
  if (is_cancelled (batch))
    return sag_status_fail (status, SAG_STATUS_CANCELLED, "Training was cancelled.");
  if (batch->class_logits != NULL)
    memcpy (batch->class_logits, numbers.class_logits, batch->n * sizeof (float));
  if (batch->cell_logits != NULL)
    memcpy (batch->cell_logits, numbers.cell_logits, batch->n * numbers.n_cells * sizeof (float));
  if (batch->states_out != NULL && !is_multi_label (self))
    sag_cpu_train_text_states (self->text, batch->states_out);
  if (!batch->evaluate)
    backward (self, batch, &numbers);
  return true;
}

static bool
visit_gradients (Trainer *self, SagTrainStateFunc func, void *data)
{
  for (gsize i = 0; i < self->params.n; i++)
    if (self->params.items[i].trains &&
        !func (data, self->params.items[i].spec.name, self->params.items[i].grad,
               self->params.items[i].spec.n_values))
      return false;
  return true;
}

static bool
train_step (
  void *data, SagTrainStep *step, SagTrainStateFunc reduce, void *reduce_data, SagStatus *status)
{
  Trainer *self = data;

  if (reduce != NULL && !visit_gradients (self, reduce, reduce_data))
    return sag_status_fail (status, SAG_STATUS_FAILED, "The gradients could not be shared.");
  step->grad_norm = sag_cpu_grad_norm (&self->params, self->pool);
  if (!(step->grad_norm < G_MAXDOUBLE))
    {
      sag_cpu_params_zero_grad (&self->params);
      return sag_status_fail (status, SAG_STATUS_FAILED,
                              "The gradient is not a number any more; lower the learning rate or "
                              "look at the newest samples.");
    }
  self->n_steps++;
  sag_cpu_adamw (&self->params, self->pool, step, self->n_steps);
  sag_cpu_params_zero_grad (&self->params);
  return true;
}

static bool
visit_array (
  SagTrainStateFunc func, void *data, const char *kind, const char *name, float *values, gsize n)
{
  char full[SAG_WEIGHT_NAME + 16];

  g_snprintf (full, sizeof full, "%s%s", kind, name);
  return func (data, full, values, n);
}

static bool
train_visit (void *self, SagTrainStateFunc func, void *data)
{
  SagCpuParams *params = &((Trainer *) self)->params;

  for (gsize i = 0; i < params->n; i++)
    {
      SagCpuParam *param = &params->items[i];
      const char  *name = param->spec.name;
      gsize        n = param->spec.n_values;

      if (!visit_array (func, data, sag_cpu_is_running (&param->spec) ? "running." : "weight.",
                        name, param->value, n))
        return false;
      if (param->trains && (!visit_array (func, data, "exp_avg.", name, param->exp_avg, n) ||
                            !visit_array (func, data, "exp_avg_sq.", name, param->exp_avg_sq, n)))
        return false;
    }
  return true;
}

static bool
train_read (void *self, const char *name, size_t offset, size_t n_values, float *out)
{
  Trainer           *trainer = self;
  const SagCpuParam *param = g_hash_table_lookup (trainer->params.by_name, name);

  if (param == NULL || offset > param->spec.n_values || n_values > param->spec.n_values - offset)
    return false;
  memcpy (out, param->value + offset, n_values * sizeof *out);
  sag_cpu_lora_merge (&trainer->params, &trainer->options, name, offset, n_values, out);
  return true;
}

static void
train_get_random (void *self, uint64_t state[4])
{
  const Trainer *trainer = self;

  state[0] = trainer->seed;
  state[1] = trainer->n_steps;
  state[2] = trainer->n_batches;
  state[3] = 0;
}

static void
train_set_random (void *self, const uint64_t state[4])
{
  Trainer *trainer = self;

  trainer->seed = state[0];
  trainer->n_steps = state[1];
  trainer->n_batches = state[2];
}

const SagTrainTable *
sag_cpu_train_get_table (void)
{
  static const SagTrainTable table = {
    .abi = SAG_ENGINE_ABI,
    .id = "cpu",
    .open = train_open,
    .close = train_close,
    .forward_backward = train_forward_backward,
    .step = train_step,
    .visit = train_visit,
    .read = train_read,
    .get_random = train_get_random,
    .set_random = train_set_random,
  };

  return &table;
}
