/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a run, in order; each leaves something in the folder, by which a run that goes on knows it as done. */
#include "model/tune/tune-private.h"

#include "model/core/error.h"
#include "model/train/checkpoint.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>

#define SHOW_EVERY (G_USEC_PER_SEC / 4)
#define HEED_EVERY_US 200000
#define LOOKS 10        /* at what is watched */
#define PAUSE_FACTOR 10 /* a step that took so much longer than the others was a pause */

char *
sag_tune_dup_bundle (const char *folder)
{
  return g_build_filename (folder, "bundle", NULL);
}

char *
sag_tune_dup_report (const char *folder)
{
  return g_build_filename (folder, "report.json", NULL);
}

void
sag_tune_say (const SagTuneRun *self, const char *sentence)
{
  if (self->job->events.said != NULL)
    self->job->events.said (self->job->events.data, sentence);
}

void
sag_tune_show (SagTuneRun *self, gboolean now)
{
  gint64 time = g_get_monotonic_time ();

  if (!now && time - self->shown_at < SHOW_EVERY)
    return;
  self->shown_at = time;
  sag_tune_status_save (self->job->folder, &self->status,
                        NULL); /* a full disk stops the training itself */
  if (self->job->events.changed != NULL)
    self->job->events.changed (self->job->events.data, &self->status);
}

void
sag_tune_heed (SagTuneRun *self)
{
  SagTuneState before = self->status.state;
  SagTuneWish  wish = sag_tune_control_get (self->job->folder);

  if (wish == SAG_TUNE_PAUSE && !g_cancellable_is_cancelled (self->cancellable))
    {
      self->status.state = SAG_TUNE_PAUSED;
      sag_tune_show (self, TRUE);
      while (wish == SAG_TUNE_PAUSE && !g_cancellable_is_cancelled (self->cancellable))
        {
          g_usleep (HEED_EVERY_US);
          wish = sag_tune_control_get (self->job->folder);
        }
      self->stepped_at = 0;
      self->status.state = before;
      sag_tune_show (self, TRUE);
    }
  if (wish == SAG_TUNE_STOP)
    g_cancellable_cancel (self->cancellable);
}

char *
sag_tune_dup_folder (const SagTuneRun *self, guint fold)
{
  g_autofree char *name = fold > 0 ? g_strdup_printf ("fold-%u", fold) : g_strdup ("run");

  return g_build_filename (self->job->folder, name, NULL);
}

static void
said_cb (gpointer data, const char *sentence)
{
  sag_tune_say (data, sentence);
}

static void
scans_cb (gpointer data, gsize n_done, gsize n)
{
  SagTuneRun *self = data;

  g_mutex_lock (&self->mutex);
  self->status.n_done = n_done;
  self->status.n = n;
  sag_tune_show (self, n_done == n);
  sag_tune_heed (self);
  g_mutex_unlock (&self->mutex);
}

/* Pauses, whoever made them, are no part of the pace. */
static void
keep_pace (SagTuneRun *self)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - self->stepped_at) / G_USEC_PER_SEC;

  if (self->stepped_at > 0 && (isnan (self->step_s) || seconds < PAUSE_FACTOR * self->step_s + 1))
    self->step_s = isnan (self->step_s) ? seconds : 0.8 * self->step_s + 0.2 * seconds;
  self->stepped_at = now;
}

static double
guess_left (const SagTuneRun *self, guint64 step, guint64 n_steps)
{
  guint n_models = self->status.n_folds - (self->status.fold > 0 ? self->status.fold : 0) + 1;

  if (self->status.fold == 0)
    n_models = 0;
  return self->step_s * ((double) (n_steps - step) + (double) n_steps * n_models);
}

static void
write_step (SagTuneRun *self, const SagTrainProgress *progress)
{
  sag_train_log_begin (self->log, progress->step);
  sag_train_log_string (self->log, "kind", "step");
  sag_train_log_number (self->log, "fold", self->status.fold);
  sag_train_log_number (self->log, "loss", progress->loss);
  sag_train_log_number (self->log, "class_loss", progress->class_loss);
  sag_train_log_number (self->log, "patch_loss", progress->patch_loss);
  sag_train_log_end (self->log, NULL); /* the training's own log says if the disk is full */
}

static void
stepped_cb (gpointer data, const SagTrainProgress *progress)
{
  SagTuneRun *self = data;
  gboolean    begins = self->status.state != SAG_TUNE_TRAINING;

  keep_pace (self);
  self->status.state = SAG_TUNE_TRAINING;
  self->status.step = progress->step;
  self->status.n_steps = progress->n_steps;
  self->status.loss = progress->loss;
  self->status.seconds_left = guess_left (self, progress->step, progress->n_steps);
  sag_tune_show (self, begins || progress->step == progress->n_steps);
  write_step (self, progress); /* after the status: who sees the line finds it there */
  sag_tune_heed (self);
}

static void
validated_cb (gpointer data, guint64 step, const SagTrainValidation *validation, gboolean is_best)
{
  SagTuneRun *self = data;

  sag_train_log_begin (self->log, step);
  sag_train_log_string (self->log, "kind", "validation");
  sag_train_log_number (self->log, "fold", self->status.fold);
  sag_train_log_number (self->log, "loss", sag_train_validation_loss (validation));
  sag_train_log_number (self->log, "class_loss", validation->class_loss);
  sag_train_log_number (self->log, "patch_loss", validation->patch_loss);
  sag_train_log_number (self->log, "auroc", validation->auroc);
  sag_train_log_end (self->log, NULL);
  self->stepped_at = 0; /* no part of the pace */
}

gboolean
sag_tune_train (SagTuneRun *self, guint fold, GError **error)
{
  const SagTuneJob *job = self->job;
  g_autofree char  *folder = sag_tune_dup_folder (self, fold);
  g_autofree char  *manifest = sag_snapshot_dup_manifest (self->snapshot, fold);
  g_autoptr (SagTrainer) trainer = NULL;
  SagTrainJob train = { .plan = job->plan,
                        .bundle = job->bundle,
                        .table = job->table,
                        .judge = job->judge,
                        .manifest = manifest,
                        .folder = folder,
                        .cache = job->cache,
                        .cache_bytes = job->cache_bytes,
                        .events = { self, said_cb, scans_cb, scans_cb, stepped_cb, validated_cb } };
  SagTrainEnd end;
  guint64     step;

  if (sag_snapshot_count (self->snapshot, SAG_SNAPSHOT_WATCHED) > 0)
    train.plan.validate_every = (guint) CLAMP (job->plan.n_steps / LOOKS, 1, G_MAXUINT);
  self->status.state = SAG_TUNE_PREPARING;
  self->status.fold = fold;
  self->status.step = 0;
  self->status.n_steps = job->plan.n_steps;
  self->stepped_at = 0;
  sag_tune_show (self, TRUE);
  train.resume = sag_checkpoint_find_last (folder, &step);
  if (train.resume && step >= job->plan.n_steps)
    return TRUE;
  trainer = sag_trainer_new (&train, self->cancellable, error);
  if (trainer == NULL || !sag_trainer_run (trainer, &end, self->cancellable, error))
    return FALSE;
  return end != SAG_TRAIN_INTERRUPTED ||
         (g_cancellable_set_error_if_cancelled (self->cancellable, error), FALSE);
}

static gboolean
take_snapshot (SagTuneRun *self, GError **error)
{
  g_autofree char *folder = g_build_filename (self->job->folder, "snapshot", NULL);
  g_autofree char *known = g_build_filename (folder, "snapshot.json", NULL);
  g_autoptr (SagStore) store = NULL;

  if (g_file_test (known, G_FILE_TEST_EXISTS))
    self->snapshot = sag_snapshot_open (folder, error);
  else
    {
      store = sag_store_open (self->job->project, SAG_STORE_READ, NULL, error);
      self->snapshot = store != NULL ? sag_snapshot_new (store, &self->job->snapshot, folder,
                                                         self->cancellable, error)
                                     : NULL;
    }
  if (self->snapshot == NULL)
    return FALSE;
  self->status.n_folds = sag_snapshot_get_n_folds (self->snapshot);
  for (const char *const *note = sag_snapshot_get_notes (self->snapshot); *note != NULL; note++)
    sag_tune_say (self, *note);
  return TRUE;
}

static gboolean
measure (SagTuneRun *self, GError **error)
{
  g_autofree char *folder = sag_tune_dup_folder (self, 0);
  g_autofree char *last = g_build_filename (folder, "last", NULL);
  g_autoptr (SagBundle) trained = sag_bundle_load (last, error);
  g_autoptr (SagEvaluation) evaluation = NULL;
  g_autoptr (SagReport) report = NULL;
  g_autoptr (SagBundle) tuned = NULL;
  SagReportOptions options = { .threshold = self->job->threshold, .seed = self->job->plan.seed };

  if (trained == NULL)
    return FALSE;
  self->status.state = SAG_TUNE_MEASURING;
  self->status.seconds_left = NAN;
  sag_tune_show (self, TRUE);
  evaluation = sag_tune_measure (self, trained, error);
  if (evaluation == NULL)
    return FALSE;
  report = sag_report_new (evaluation, (SagBundle *const[]){ self->job->bundle, trained }, &options,
                           self->cancellable, error);
  tuned = report != NULL ? sag_tune_make_bundle (self, report, error) : NULL;
  return tuned != NULL && sag_tune_write (self, tuned, report, error);
}

static gboolean
run (SagTuneRun *self, GError **error)
{
  if (!take_snapshot (self, error))
    return FALSE;
  for (guint fold = 1; fold <= self->status.n_folds; fold++)
    if (!sag_tune_train (self, fold, error))
      return FALSE;
  return sag_tune_train (self, 0, error) && measure (self, error);
}

/* One run a folder; the log's lock is the folder's. */
static gboolean
open_folder (SagTuneRun *self, GError **error)
{
  const SagTuneJob *job = self->job;
  g_autofree char  *snapshot = g_build_filename (job->folder, "snapshot", "snapshot.json", NULL);
  g_autofree char  *log = g_build_filename (job->folder, "log.jsonl", NULL);
  g_autofree char  *report = sag_tune_dup_report (job->folder);
  gboolean          begun = g_file_test (snapshot, G_FILE_TEST_EXISTS);

  if (begun && !job->resume)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "%s holds a training already; go on with --resume, or choose another folder.",
                 job->folder);
  else if (!begun && job->resume)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "There is no training in %s to go on with; start without --resume.", job->folder);
  else if (g_file_test (report, G_FILE_TEST_EXISTS))
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "The training in %s is done; choose another folder for a new one.", job->folder);
  else if (g_mkdir_with_parents (job->folder, 0700) != 0)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                 "The folder %s cannot be made: %s; choose another one.", job->folder,
                 g_strerror (errno));
  else
    self->log = sag_train_log_open (log, error);
  return self->log != NULL;
}

static void
end_run (SagTuneRun *self, gboolean done, const GError *problem)
{
  gboolean stopped = !done && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  self->status.state = done ? SAG_TUNE_DONE : stopped ? SAG_TUNE_STOPPED : SAG_TUNE_FAILED;
  self->status.seconds_left = done ? 0 : NAN;
  self->status.message = done || stopped ? NULL : g_strdup (problem->message);
  sag_tune_show (self, TRUE);
}

gboolean
sag_tune_run (const SagTuneJob *job, GCancellable *cancellable, GError **error)
{
  g_autoptr (GCancellable) own =
    cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  g_autoptr (GPtrArray) datasets =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dataset_unref);
  SagTuneRun self = { .job = job,
                      .cancellable = own,
                      .datasets = datasets,
                      .step_s = NAN,
                      .status = { .loss = NAN, .seconds_left = NAN } };
  g_autoptr (GError) problem = NULL;
  gboolean done;

  if (!sag_train_plan_fits (&job->plan, sag_bundle_get_network (job->bundle), error) ||
      !open_folder (&self, error))
    return FALSE;
  g_mutex_init (&self.mutex);
  sag_tune_control_set (job->folder, SAG_TUNE_RUN, NULL);
  done = run (&self, &problem);
  end_run (&self, done, problem);
  g_mutex_clear (&self.mutex);
  sag_tune_status_clear (&self.status);
  g_clear_pointer (&self.snapshot, sag_snapshot_free);
  sag_train_log_close (self.log);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&problem));
  return done;
}
