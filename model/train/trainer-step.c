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

/* How often what the cache lost is made again. */
#define MOST_ATTEMPTS 3

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

/* A sample of the step so far, for a message. */
typedef struct
{
  guint line;
  float loss;
} Sample;

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

static SagLoadedScan *
load_again (SagTrainer *self, GError **error)
{
  g_autofree gsize *items = g_new (gsize, sag_sampler_get_most (self->sampler));
  gsize n, scan = sag_sampler_draw (self->sampler, sag_loader_get_place (self->loader), items, &n);

  if (!sag_trainer_make_again (self, sag_index_get_scan (self->index, scan), error))
    return NULL;
  return sag_loader_again (self->loader, error);
}

/* The next scan. What another program took out of the cache is made again. */
static SagLoadedScan *
load_scan (SagTrainer *self, GError **error)
{
  g_autoptr (GError) lost = NULL;
  SagLoadedScan *loaded = sag_loader_next (self->loader, &self->waited_s, &lost);

  for (int attempt = 0; loaded == NULL && attempt < MOST_ATTEMPTS; attempt++)
    {
      if (!g_error_matches (lost, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        break;
      g_clear_error (&lost);
      loaded = load_again (self, &lost);
    }
  if (loaded == NULL)
    g_propagate_error (error, g_steal_pointer (&lost));
  return loaded;
}

static gboolean
load_scans (SagTrainer *self, Batch *batch, GError **error)
{
  batch->scans = g_new0 (SagLoadedScan *, self->plan.scans_per_batch);
  while (batch->n_scans < self->plan.scans_per_batch)
    {
      SagLoadedScan *loaded = load_scan (self, error);

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

/* "12, 40, 41" of the samples whose loss is no number, or of all. */
static char *
describe_lines (const GArray *samples)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize    n = 0;
  gboolean all = TRUE;

  for (guint s = 0; s < samples->len; s++)
    all = all && isfinite (g_array_index (samples, Sample, s).loss);
  for (guint s = 0; s < samples->len; s++)
    {
      const Sample *sample = &g_array_index (samples, Sample, s);

      if (!all && isfinite (sample->loss))
        continue;
      if (n++ == MOST_LINES)
        {
          g_string_append (text, " and more");
          break;
        }
      g_string_append_printf (text, "%s%u", n > 1 ? ", " : "", sample->line);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
not_a_number (const SagTrainer *self, const char *what, GError **error)
{
  g_autofree char *lines = describe_lines (self->samples);

  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE,
               "The %s of step %" G_GUINT64_FORMAT " is not a number any more (manifest line %s); "
               "look at these samples or lower --lr. The last checkpoint is as it was.",
               what, self->state.step + 1, lines);
  return FALSE;
}

static void
add_losses (SagTrainer *self, const Batch *batch, SagTrainStepSums *sums)
{
  for (gsize s = 0; s < batch->n; s++)
    {
      gboolean is_label = batch->tasks[s] > 0.5f;
      Sample   sample = { batch->lines[s], batch->losses[s] };

      g_array_append_val (self->samples, sample);
      *(is_label ? &sums->class_loss : &sums->patch_loss) += sample.loss;
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
  add_losses (self, batch, sums);
  if (!isfinite (request.loss))
    return not_a_number (self, "loss", error);
  sums->loss += request.loss / self->plan.accumulate;
  self->n_samples += batch->n;
  return TRUE;
}

static gboolean
step_failed (const SagTrainer *self, const SagStatus *status, double grad_norm, GError **error)
{
  if (!isfinite (grad_norm))
    return not_a_number (self, "gradient", error);
  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status->message);
  return FALSE;
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

  *sums = (SagTrainStepSums){ 0 };
  if (self->samples == NULL)
    self->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  g_array_set_size (self->samples, 0);
  for (guint a = 0; a < self->plan.accumulate; a++)
    {
      g_auto (Batch) batch = { 0 };

      if (!run_batch (self, &batch, sums, error))
        return FALSE;
    }
  if (!self->job.table->step (self->engine, &step, self->plan.accumulate > 1 ? average : NULL, self,
                              &status))
    return step_failed (self, &status, step.grad_norm, error);
  *lr = step.lr;
  *grad_norm = step.grad_norm;
  return TRUE;
}
