/* SPDX-License-Identifier: Apache-2.0 */

/* One optimiser step: batches of scans with their questions, gradients added up and averaged, AdamW. */

#include "model/train/trainer-private.h"

#include "model/core/error.h"

#include <math.h>
#include <string.h>

/* AdamW as MODEL.md section 4 has it. */
#define WEIGHT_DECAY 1e-4
#define BETA1 0.9
#define BETA2 0.999
#define EPS 1e-8
#define MAX_NORM 1.0

/* Lines of the manifest that an error names. */
#define MOST_LINES 8

/* A batch in the engine's terms. */
typedef struct
{
  SagLoadedScan **scans;
  gsize           n_scans;
  gsize           n;
  float          *source; /* volumes, tokens or states */
  gint32         *image_of;
  gint32         *ids;
  gint32         *lengths;
  float          *labels;
  float          *tasks;
  float          *targets;
  float          *losses;
  guint          *lines; /* of the manifest */
} Batch;

static void
batch_clear (Batch *batch)
{
  for (gsize s = 0; s < batch->n_scans; s++)
    sag_loaded_scan_free (batch->scans[s]);
  g_free (batch->scans);
  g_free (batch->source);
  g_free (batch->image_of);
  g_free (batch->ids);
  g_free (batch->lengths);
  g_free (batch->labels);
  g_free (batch->tasks);
  g_free (batch->targets);
  g_free (batch->losses);
  g_free (batch->lines);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static gboolean
load_scans (SagTrainer *self, Batch *batch, GError **error)
{
  batch->scans = g_new0 (SagLoadedScan *, self->plan.scans_per_batch);
  while (batch->n_scans < self->plan.scans_per_batch)
    {
      SagLoadedScan *loaded = sag_loader_next (self->loader, &self->waited_s, error);

      if (loaded == NULL)
        return FALSE;
      batch->scans[batch->n_scans++] = loaded;
      batch->n += loaded->n;
    }
  return TRUE;
}

/* Where a scan's numbers are that the engine begins with, and how many. */
static const float *
find_source (const SagTrainer *self, const SagLoadedScan *scan, gsize *n)
{
  *n = sag_sample_grid_n_input (&self->grid);
  if (self->model != NULL)
    *n = self->n_token_values;
  if (self->state_model != NULL)
    *n = scan->n * (self->n_token_values + (gsize) self->network->hidden);
  if (self->state_model != NULL)
    return scan->states;
  return self->model != NULL ? scan->tokens : scan->input;
}

static void
make_room (SagTrainer *self, Batch *batch)
{
  gsize total = 0, n;

  for (gsize s = 0; s < batch->n_scans; s++)
    {
      find_source (self, batch->scans[s], &n);
      total += n;
    }
  batch->source = g_new (float, total);
  batch->image_of = g_new (gint32, batch->n);
  batch->lengths = g_new (gint32, batch->n);
  batch->labels = g_new (float, batch->n);
  batch->tasks = g_new (float, batch->n);
  batch->targets = g_new (float, batch->n *sag_sample_grid_n_cells (&self->grid));
  batch->losses = g_new0 (float, batch->n);
  batch->lines = g_new (guint, batch->n);
}

/* Lays the scans side by side. */
static gint32
gather (SagTrainer *self, Batch *batch)
{
  gsize             n_cells = sag_sample_grid_n_cells (&self->grid), at = 0, n;
  g_autofree guint *questions = g_new (guint, batch->n);
  float            *to;

  make_room (self, batch);
  to = batch->source;
  for (gsize s = 0; s < batch->n_scans; s++, to += n)
    {
      SagLoadedScan *scan = batch->scans[s];
      const float   *source = find_source (self, scan, &n);

      memcpy (to, source, n * sizeof (float));
      g_clear_pointer (&scan->input, g_free); /* the largest of all; it need not be there twice */
      memcpy (batch->labels + at, scan->labels, scan->n * sizeof (float));
      memcpy (batch->tasks + at, scan->tasks, scan->n * sizeof (float));
      memcpy (batch->targets + at * n_cells, scan->targets, scan->n * n_cells * sizeof (float));
      for (gsize i = 0; i < scan->n; i++, at++)
        {
          batch->image_of[at] = (gint32) s;
          batch->lines[at] = scan->items[i]->sample->line;
          questions[at] = scan->items[i]->task;
        }
    }
  return sag_train_texts_fill (self->texts, questions, batch->n, batch->lengths, &batch->ids);
}

/* "12, 40 and 41" of the samples whose loss is no number, or of all. */
static char *
describe_lines (const Batch *batch)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize    n = 0;
  gboolean all = TRUE;

  for (gsize s = 0; s < batch->n; s++)
    all = all && isfinite (batch->losses[s]);
  for (gsize s = 0; s < batch->n && n < MOST_LINES; s++)
    if (all || !isfinite (batch->losses[s]))
      g_string_append_printf (text, "%s%u", n++ > 0 ? ", " : "", batch->lines[s]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
not_a_number (const SagTrainer *self, const Batch *batch, const char *what, GError **error)
{
  g_autofree char *lines = describe_lines (batch);

  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE,
               "The %s of step %" G_GUINT64_FORMAT " is not a number any more (manifest line %s); "
               "look at these samples or lower --lr. The last checkpoint is as it was.",
               what, self->state.step + 1, lines);
  return FALSE;
}

static void
add_losses (const Batch *batch, SagTrainStepSums *sums)
{
  for (gsize s = 0; s < batch->n; s++)
    {
      gboolean is_label = batch->tasks[s] > 0.5f;

      *(is_label ? &sums->class_loss : &sums->patch_loss) += batch->losses[s];
      *(is_label ? &sums->n_class : &sums->n_patch) += 1;
    }
}

static gboolean
run_batch (SagTrainer *self, Batch *batch, SagTrainStepSums *sums, GError **error)
{
  SagStatus     status = { 0 };
  SagTrainBatch request = { .dims = { self->grid.input[0], self->grid.input[1],
                                      self->grid.input[2] } };

  if (!load_scans (self, batch, error))
    return FALSE;
  request.max_length = gather (self, batch);
  request.n = (int32_t) batch->n;
  request.n_images = (int32_t) batch->n_scans;
  request.image_of = batch->image_of;
  request.n_tokens = sag_network_n_tokens (self->network);
  if (self->state_model != NULL)
    {
      request.states = batch->source;
      request.image_of = NULL;
      request.n_images = 0;
    }
  else
    *(self->model != NULL ? &request.tokens : &request.input) = batch->source;
  request.ids = batch->ids;
  request.lengths = batch->lengths;
  request.labels = batch->labels;
  request.task = batch->tasks;
  request.cell_targets = batch->targets;
  request.losses = batch->losses;
  if (!self->job.table->forward_backward (self->engine, &request, &status))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status.message);
      return FALSE;
    }
  if (!isfinite (request.loss))
    return not_a_number (self, batch, "loss", error);
  sums->loss += request.loss / self->plan.accumulate;
  add_losses (batch, sums);
  self->n_samples += batch->n;
  return TRUE;
}

/* Batches are averaged, as if they were one. */
static bool
average (void *data, const char *name, float *values, size_t n_values)
{
  float factor = 1 / (float) ((const SagTrainer *) data)->plan.accumulate;

  for (size_t v = 0; v < n_values; v++)
    values[v] *= factor;
  return true;
}

gboolean
sag_trainer_do_step (
  SagTrainer *self, SagTrainStepSums *sums, double *lr, double *grad_norm, GError **error)
{
  SagStatus    status = { 0 };
  SagTrainStep step = { .lr = sag_train_plan_rate (&self->plan, self->state.step),
                        .weight_decay = WEIGHT_DECAY,
                        .beta1 = BETA1,
                        .beta2 = BETA2,
                        .eps = EPS,
                        .max_norm = MAX_NORM };
  g_auto (Batch) last = { 0 };

  *sums = (SagTrainStepSums){ 0 };
  for (guint a = 0; a < self->plan.accumulate; a++)
    {
      batch_clear (&last);
      last = (Batch){ 0 };
      if (!run_batch (self, &last, sums, error))
        return FALSE;
    }
  if (!self->job.table->step (self->engine, &step, self->plan.accumulate > 1 ? average : NULL, self,
                              &status))
    return not_a_number (self, &last, "gradient", error);
  *lr = step.lr;
  *grad_norm = step.grad_norm;
  return TRUE;
}
