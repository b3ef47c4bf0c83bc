/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/validate.h"

#include "model/core/error.h"
#include "model/cpu/train/loss.h"
#include "model/evaluate/metrics.h"

#include <math.h>

void
sag_train_validation_clear (SagTrainValidation *validation)
{
  g_clear_pointer (&validation->task_auroc, g_free);
}

double
sag_train_validation_score (const SagTrainValidation *validation)
{
  if (!isnan (validation->auroc))
    return validation->auroc;
  if (!isnan (validation->hit))
    return validation->hit;
  return -sag_train_validation_loss (validation);
}

double
sag_train_validation_loss (const SagTrainValidation *validation)
{
  if (isnan (validation->class_loss))
    return validation->patch_loss;
  if (isnan (validation->patch_loss))
    return validation->class_loss;
  return validation->class_loss + validation->patch_loss;
}

typedef struct
{
  GArray *scores;   /* double */
  GArray *positive; /* guint8 */
} Answers;

typedef struct
{
  const SagTrainJudge *judge;
  void                *engine;
  Answers             *answers; /* (n_tasks), of subjects only */
  float               *input;
  float               *tokens;
  gsize                n_token_values;
  double               class_loss, patch_loss;
  gsize                n_class, n_patch, n_hits, n_masks;
} Judging;

static void
judge_mask (Judging *self, const float *logits, const float *targets, gsize n)
{
  gsize    peak = 0;
  gboolean any = FALSE;

  self->patch_loss += SAG_CPU_PATCH_WEIGHT * sag_cpu_cell_loss (logits, targets, n, NULL);
  self->n_patch++;
  for (gsize c = 0; c < n; c++)
    {
      any = any || targets[c] > 0;
      peak = logits[c] > logits[peak] ? c : peak;
    }
  self->n_masks += any;
  self->n_hits += any && targets[peak] > 0;
}

static void
judge_item (
  Judging *self, const SagIndexItem *item, float logit, const float *logits, float **targets)
{
  gsize    n_cells = sag_sample_grid_n_cells (sag_scan_store_get_grid (self->judge->store));
  guint    subject = sag_index_get_task (self->judge->index, item->task)->subject;
  Answers *answers = &self->answers[subject];
  double   score = logit;
  guint8   positive = item->positive;

  if (!item->is_label)
    {
      judge_mask (self, logits, targets[item->mask] + item->set * n_cells, n_cells);
      return;
    }
  self->class_loss += sag_cpu_class_loss (logit, item->sample->label, NULL);
  self->n_class++;
  if (answers->scores == NULL || answers->positive == NULL)
    {
      answers->scores = g_array_new (FALSE, FALSE, sizeof (double));
      answers->positive = g_array_new (FALSE, FALSE, sizeof (guint8));
    }
  g_array_append_val (answers->scores, score);
  g_array_append_val (answers->positive, positive);
}

static gboolean
engine_failed (const SagStatus *status, GError **error)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_ENGINE, "%s", status->message);
  return FALSE;
}

static gboolean
encode (Judging *self, GError **error)
{
  const SagSampleGrid *grid = sag_scan_store_get_grid (self->judge->store);
  SagStatus            status = { 0 };
  SagEncodeRequest     request = { .input = self->input,
                                   .n_inputs = 1,
                                   .dims = { grid->input[0], grid->input[1], grid->input[2] },
                                   .tokens = self->tokens };

  return self->judge->table->encode (self->engine, &request, &status) ||
         engine_failed (&status, error);
}

static gboolean
ask_scan (Judging *self, const SagIndexScan *scan, float **targets, GError **error)
{
  const SagTrainJudge *judge = self->judge;
  const SagSampleGrid *grid = sag_scan_store_get_grid (judge->store);
  gsize                n_cells = sag_sample_grid_n_cells (grid);
  g_autofree guint    *tasks = g_new (guint, scan->n_items);
  g_autofree gint32   *lengths = g_new (gint32, scan->n_items);
  g_autofree float    *logits = g_new (float, scan->n_items);
  g_autofree float    *cells = g_new (float, scan->n_items *n_cells);
  g_autofree gint32   *ids = NULL;
  SagStatus            status = { 0 };
  SagAskRequest        ask = { .tokens = self->tokens,
                               .n_tokens = sag_network_n_tokens (judge->network),
                               .n_texts = (gint32) scan->n_items,
                               .lengths = lengths,
                               .class_logits = logits,
                               .cell_logits = cells };

  for (gsize i = 0; i < scan->n_items; i++)
    tasks[i] = scan->items[i].task;
  ask.max_length = sag_train_texts_fill (judge->texts, tasks, scan->n_items, lengths, &ids);
  ask.ids = ids;
  if (!judge->table->ask (self->engine, &ask, &status))
    return engine_failed (&status, error);
  for (gsize i = 0; i < scan->n_items; i++)
    judge_item (self, &scan->items[i], logits[i], cells + i * n_cells, targets);
  return TRUE;
}

/* The tokens that somebody made before, or where the cache lost them, made again. */
static gboolean
read_tokens (Judging *self, const SagIndexScan *scan, GError **error)
{
  const SagTrainJudge *judge = self->judge;
  g_autoptr (GError) lost = NULL;
  float *tokens =
    sag_scan_store_dup_tokens (judge->store, scan->path, judge->model, self->n_token_values, &lost);

  if (tokens != NULL)
    {
      g_free (self->tokens);
      self->tokens = tokens;
      return TRUE;
    }
  if (!g_error_matches (lost, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&lost));
      return FALSE;
    }
  return sag_scan_store_read_input (judge->store, scan->path, self->input, error) &&
         encode (self, error) &&
         sag_scan_store_save_tokens (judge->store, scan->path, judge->model, self->tokens,
                                     self->n_token_values, error);
}

/* Makes self->tokens. */
static gboolean
read_scan (Judging *self, const SagIndexScan *scan, GError **error)
{
  if (self->judge->model != NULL)
    return read_tokens (self, scan, error);
  return sag_scan_store_read_input (self->judge->store, scan->path, self->input, error) &&
         encode (self, error);
}

static gboolean
judge_scan (Judging *self, const SagIndexScan *scan, GError **error)
{
  g_autofree float **targets = g_new0 (float *, MAX (scan->n_masks, 1));
  SagScanStore      *store = self->judge->store;
  gboolean           good = read_scan (self, scan, error);

  for (gsize m = 0; good && m < scan->n_masks; m++)
    {
      targets[m] = sag_scan_store_dup_targets (store, scan->path, &scan->masks[m], error);
      good = targets[m] != NULL;
    }
  good = good && ask_scan (self, scan, targets, error);
  for (gsize m = 0; m < scan->n_masks; m++)
    g_free (targets[m]);
  return good;
}

static double
mean (double sum, gsize n)
{
  return n > 0 ? sum / (double) n : NAN;
}

/* AUROC of a subject, and whether it has enough of both kinds to be quoted. */
static double
find_auroc (const Answers *answers, gboolean *is_sound)
{
  const guint8 *positive;
  gsize         n, n_positives = 0;

  *is_sound = FALSE;
  if (answers->scores == NULL)
    return NAN;
  positive = (const guint8 *) answers->positive->data;
  n = answers->positive->len;
  for (gsize i = 0; i < n; i++)
    n_positives += positive[i];
  *is_sound = MIN (n_positives, n - n_positives) >= SAG_METRICS_FEWEST;
  return sag_metrics_auroc ((const double *) (gpointer) answers->scores->data, positive, n);
}

static void
sum_up (const Judging *self, SagTrainValidation *validation)
{
  gsize  n = sag_index_get_n_tasks (self->judge->index);
  double auroc = 0, aupr = 0;

  *validation = (SagTrainValidation){ .task_auroc = g_new (double, n) };
  for (gsize t = 0; t < n; t++)
    {
      guint          subject = sag_index_get_task (self->judge->index, t)->subject;
      const Answers *answers = &self->answers[subject];
      gboolean       is_sound;
      double         area = find_auroc (answers, &is_sound);

      validation->task_auroc[t] = is_sound ? area : NAN;
      if (answers->scores == NULL || isnan (area) || subject != t)
        continue;
      auroc += area;
      aupr += sag_metrics_aupr ((const double *) (gpointer) answers->scores->data,
                                (const guint8 *) answers->positive->data, answers->scores->len);
      validation->n_tasks++;
    }
  validation->auroc = mean (auroc, validation->n_tasks);
  validation->aupr = mean (aupr, validation->n_tasks);
  validation->n_masks = self->n_masks;
  validation->hit = mean ((double) self->n_hits, self->n_masks);
  validation->class_loss = mean (self->class_loss, self->n_class);
  validation->patch_loss = mean (self->patch_loss, self->n_patch);
}

static void
judging_init (Judging *self, const SagTrainJudge *judge)
{
  gsize n_tasks = sag_index_get_n_tasks (judge->index);

  *self = (Judging){ .judge = judge, .answers = g_new0 (Answers, n_tasks) };
  self->input = g_new (float, sag_sample_grid_n_input (sag_scan_store_get_grid (judge->store)));
  self->n_token_values = (gsize) sag_network_n_tokens (judge->network) * judge->network->hidden;
  self->tokens = g_new (float, self->n_token_values);
}

static void
judging_clear (Judging *self)
{
  for (gsize t = 0; t < sag_index_get_n_tasks (self->judge->index); t++)
    {
      g_clear_pointer (&self->answers[t].scores, g_array_unref);
      g_clear_pointer (&self->answers[t].positive, g_array_unref);
    }
  g_free (self->answers);
  g_free (self->input);
  g_free (self->tokens);
  if (self->engine != NULL)
    self->judge->table->close (self->engine);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Judging, judging_clear)

gsize
sag_train_validation_scan (gsize n, gsize n_asked, gsize i)
{
  return n_asked >= n ? i : (gsize) ((guint64) i * n / n_asked);
}

gboolean
sag_train_validate (const SagTrainJudge   *judge,
                    const SagWeightSource *weights,
                    SagTrainValidation    *validation,
                    GCancellable          *cancellable,
                    GError               **error)
{
  gsize     n = sag_index_get_n_scans (judge->index);
  SagStatus status = { 0 };
  g_auto (Judging) self = { 0 };

  judging_init (&self, judge);
  self.engine = judge->table->open (weights, &judge->options, &status);
  if (self.engine == NULL)
    return engine_failed (&status, error);
  for (gsize s = 0; s < MIN (judge->n_scans, n); s++)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
        !judge_scan (
          &self,
          sag_index_get_scan (judge->index, sag_train_validation_scan (n, judge->n_scans, s)),
          error))
      return FALSE;
  sum_up (&self, validation);
  return TRUE;
}
