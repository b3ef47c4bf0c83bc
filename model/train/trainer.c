/* SPDX-License-Identifier: Apache-2.0 */

/* The loop: steps, now and then a validation and a checkpoint. Everything that decides the weights is a function of
 * plan, data and the step's number, so that a run that was killed anywhere goes on to the same bits.
 */

#include "model/train/trainer-private.h"

#include "model/cpu/train/loss.h"

#include <math.h>

#define SECOND G_USEC_PER_SEC

static double
seconds_since (gint64 then)
{
  return (double) (g_get_monotonic_time () - then) / SECOND;
}

/* Bundle and state of a step, or, where the bundle is there, the state alone, which a validation changed. */
static gboolean
write_checkpoint (SagTrainer *self, GError **error)
{
  const SagWeightSource weights = { self->network, self->job.table->read, self->engine };
  g_autoptr (SagManifest) manifest = NULL;
  g_autofree char *path = NULL;

  if (self->saved_step == self->state.step)
    {
      path = sag_checkpoint_dup_state (self->job.folder, self->state.step);
      return sag_train_state_save (&self->state, self->arrays, path, error);
    }
  manifest = sag_trainer_make_manifest (self);
  return sag_checkpoint_save (self->job.folder, self->job.bundle, manifest, &weights, self->arrays,
                              &self->state, error);
}

guint64
sag_trainer_get_best (const SagTrainer *self)
{
  return isnan (self->state.best) ? G_MAXUINT64 : self->state.best_step;
}

static gboolean
save (SagTrainer *self, GError **error)
{
  if (self->saved_step == self->state.step && self->saved_validation == self->state.validated)
    return TRUE;
  self->state.n_seconds = self->seconds_before + seconds_since (self->started_at);
  self->job.table->get_random (self->engine, self->state.random);
  if (!write_checkpoint (self, error))
    return FALSE;
  if (self->saved_step != self->state.step)
    {
      self->older_step = self->saved_step;
      self->older_best = self->saved_best;
    }
  self->saved_step = self->state.step;
  self->saved_best = sag_trainer_get_best (self);
  self->saved_validation = self->state.validated;
  self->saved_at = g_get_monotonic_time ();
  if (!isnan (self->state.best) &&
      !sag_checkpoint_mark_best (self->job.folder, self->state.best_step, error))
    return FALSE;
  sag_checkpoint_clean (self->job.folder, self->saved_best, self->state.step, self->older_step,
                        self->older_best);
  return TRUE;
}

static gboolean
log_validation (SagTrainer *self, const SagTrainValidation *validation, GError **error)
{
  sag_train_log_begin (self->log, self->state.step);
  sag_train_log_string (self->log, "kind", "validation");
  sag_train_log_number (self->log, "auroc", validation->auroc);
  sag_train_log_number (self->log, "aupr", validation->aupr);
  sag_train_log_number (self->log, "tasks", (double) validation->n_tasks);
  sag_train_log_number (self->log, "hit", validation->hit);
  sag_train_log_number (self->log, "masks", (double) validation->n_masks);
  sag_train_log_number (self->log, "class_loss", validation->class_loss);
  sag_train_log_number (self->log, "patch_loss", validation->patch_loss);
  sag_train_log_number (self->log, "best_step", (double) self->state.best_step);
  return sag_train_log_end (self->log, error);
}

static gboolean
is_better (const SagTrainState *state, const SagTrainValidation *validation)
{
  double score = sag_train_validation_score (validation);

  if (isnan (state->best) || score > state->best)
    return TRUE;
  return !(score < state->best) && sag_train_validation_loss (validation) < state->best_loss;
}

static gboolean
validate (SagTrainer *self, GCancellable *cancellable, GError **error)
{
  g_auto (SagTrainValidation) validation = { 0 };
  const SagWeightSource weights = { self->network, self->job.table->read, self->engine };
  SagTrainJudge         judge = { .table = self->job.judge,
                                  .options = self->plan.engine,
                                  .network = self->network,
                                  .store = self->store,
                                  .index = self->held_out,
                                  .texts = self->other_texts,
                                  .n_scans = self->plan.validate_on,
                                  .model = self->model };
  gboolean              better;

  if (!sag_train_validate (&judge, &weights, &validation, cancellable, error))
    return FALSE;
  better = is_better (&self->state, &validation);
  if (better)
    {
      self->state.best = sag_train_validation_score (&validation);
      self->state.best_loss = sag_train_validation_loss (&validation);
      self->state.best_step = self->state.step;
      self->state.n_worse = 0;
    }
  else
    self->state.n_worse++;
  self->state.validated = self->state.step;
  g_free (self->task_auroc);
  self->task_auroc = g_steal_pointer (&validation.task_auroc);
  if (self->job.events.validated != NULL)
    self->job.events.validated (self->job.events.data, self->state.step, &validation, better);
  return log_validation (self, &validation, error);
}

static gboolean
log_step (SagTrainer *self, const SagTrainProgress *progress, GError **error)
{
  sag_train_log_begin (self->log, progress->step);
  sag_train_log_string (self->log, "kind", "step");
  sag_train_log_number (self->log, "loss", progress->loss);
  sag_train_log_number (self->log, "class_loss", progress->class_loss);
  sag_train_log_number (self->log, "patch_loss", progress->patch_loss);
  sag_train_log_number (self->log, "lr", progress->lr);
  sag_train_log_number (self->log, "grad_norm", progress->grad_norm);
  sag_train_log_number (self->log, "samples_per_s", progress->samples_per_s);
  sag_train_log_number (self->log, "waiting", progress->waiting);
  sag_train_log_number (self->log, "seconds_left", progress->seconds_left);
  return sag_train_log_end (self->log, error);
}

static guint64
last_step (const SagTrainer *self)
{
  return self->job.until > 0 ? MIN (self->job.until, self->plan.n_steps) : self->plan.n_steps;
}

/* Time left at the pace of this sitting, validations and checkpoints included. */
static double
guess_seconds_left (const SagTrainer *self)
{
  double per_step = seconds_since (self->started_at) / (double) self->n_steps_here;

  return per_step * (double) (last_step (self) - self->state.step);
}

static gboolean
do_step (SagTrainer *self, GError **error)
{
  gint64           start = g_get_monotonic_time ();
  SagTrainProgress progress = { .n_steps = last_step (self) };
  SagTrainStepSums sums;

  if (!sag_trainer_do_step (self, &sums, &progress.lr, &progress.grad_norm, error))
    return FALSE;
  self->state.step++;
  self->n_steps_here++;
  self->busy_s += seconds_since (start);
  progress.step = self->state.step;
  progress.loss = sums.loss;
  progress.class_loss = sums.n_class > 0 ? sums.class_loss / (double) sums.n_class : NAN;
  progress.patch_loss = sums.n_patch > 0 ? sums.patch_loss / (double) sums.n_patch : NAN;
  progress.patch_loss *= SAG_CPU_PATCH_WEIGHT / self->plan.patch_weight;
  progress.samples_per_s = (double) self->n_samples / self->busy_s;
  progress.waiting = self->waited_s / self->busy_s;
  progress.seconds_left = guess_seconds_left (self);
  if (self->job.events.stepped != NULL)
    self->job.events.stepped (self->job.events.data, &progress);
  return log_step (self, &progress, error);
}

/* Whether the step that was just done, perhaps in an earlier sitting, waits for its validation. */
static gboolean
is_validation_due (const SagTrainer *self)
{
  guint64 step = self->state.step;

  if (self->plan.validate_every == 0 || sag_index_get_n_scans (self->held_out) == 0 || step == 0)
    return FALSE;
  return self->state.validated != step &&
         (step % self->plan.validate_every == 0 || step == self->plan.n_steps);
}

static gboolean
is_save_due (const SagTrainer *self)
{
  return self->plan.save_minutes > 0 &&
         seconds_since (self->saved_at) >= 60.0 * self->plan.save_minutes;
}

/* Whether the run ends here, and how. */
static gboolean
is_over (const SagTrainer *self, GCancellable *cancellable, SagTrainEnd *end)
{
  const SagTrainPlan *plan = &self->plan;

  *end = SAG_TRAIN_DONE;
  if (self->state.step >= last_step (self))
    return TRUE;
  if (plan->patience > 0 && self->state.n_worse >= plan->patience)
    *end = SAG_TRAIN_NO_BETTER;
  else if (g_cancellable_is_cancelled (cancellable))
    *end = SAG_TRAIN_INTERRUPTED;
  return *end != SAG_TRAIN_DONE;
}

gboolean
sag_trainer_run (SagTrainer *trainer, SagTrainEnd *end, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;

  trainer->started_at = trainer->saved_at = g_get_monotonic_time ();
  for (;;)
    {
      gboolean due = is_validation_due (trainer);

      if (due && !validate (trainer, cancellable, &problem))
        {
          *end = SAG_TRAIN_INTERRUPTED;
          if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            break;
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if ((due || is_save_due (trainer)) && !save (trainer, error))
        return FALSE;
      if (is_over (trainer, cancellable, end))
        break;
      if (!do_step (trainer, error))
        return FALSE;
    }
  return save (trainer, error);
}
