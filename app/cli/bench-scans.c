/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-scans.h"

#include "app/cli/timing.h"
#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/cpu/cpu.h"
#include "model/cpu/train/train.h"
#include "model/phantom/cohort.h"
#include "model/train/trainer.h"

#include <math.h>
#include <stdio.h>

/* A training as `train` runs it: phantoms in files, a network such as ships, augmented scans. */

#define N_SCANS 8
#define N_BATCH 8
#define N_TEXTS 10

typedef struct
{
  char            *cohort;
  char            *manifest;
  char            *start;
  char            *run;
  char            *cache;
  SagBundle       *bundle;
  SagTrainProgress last;
} Scans;

static void
scans_clear (Scans *self)
{
  g_clear_pointer (&self->bundle, sag_bundle_unref);
  g_free (self->cohort);
  g_free (self->manifest);
  g_free (self->start);
  g_free (self->run);
  g_free (self->cache);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scans, scans_clear)

static gboolean
make_scans (Scans *self, const char *folder, GError **error)
{
  SagCohort       cohort = { .n = N_SCANS, .seed = 1, .share = { 1, 0, 0 } };
  SagBundleCreate create = {
    .input = { 128, 96, 64 },
    .full = TRUE,
    .width = 0.5,
    .text_layers = 3,
    .hidden = 160,
    .heads = 5,
    .seed = 1,
  };

  self->cohort = g_build_filename (folder, "cohort", NULL);
  self->manifest = g_build_filename (self->cohort, "manifest.csv", NULL);
  self->start = g_build_filename (folder, "start", NULL);
  self->run = g_build_filename (folder, "run", NULL);
  self->cache = g_build_filename (folder, "cache", NULL);
  cohort.folder = self->cohort;
  create.source.cancellable = sag_cli_get_cancellable ();
  sag_cli_progress ("Making phantoms to train on", 0);
  if (!sag_cohort_write (&cohort, NULL, NULL, sag_cli_get_cancellable (), error))
    return FALSE;
  self->bundle = sag_bundle_create (&create, self->start, error);
  return self->bundle != NULL;
}

static void
stepped (gpointer data, const SagTrainProgress *progress)
{
  Scans *self = data;

  self->last = *progress;
}

static gboolean
train (Scans *self, const SagEngineOptions *engine, int n_steps, GError **error)
{
  SagTrainEnd end;
  SagTrainJob job = {
    .bundle = self->bundle,
    .table = sag_cpu_train_get_table (),
    .judge = sag_cpu_get_table (),
    .manifest = self->manifest,
    .folder = self->run,
    .cache = self->cache,
    .cache_bytes = G_MAXUINT32,
    .events = { .data = self, .stepped = stepped },
  };
  g_autoptr (SagTrainer) trainer = NULL;

  sag_train_plan_init (&job.plan);
  job.plan.engine = *engine;
  job.plan.parts = SAG_TRAIN_ALL;
  job.plan.n_steps = (guint64) n_steps;
  job.plan.scans_per_batch = N_BATCH;
  job.plan.texts_per_scan = N_TEXTS;
  job.plan.accumulate = 1;
  job.plan.augment = TRUE;
  job.plan.validate_every = 0;
  sag_cli_progress ("Training on them", 0);
  trainer = sag_trainer_new (&job, sag_cli_get_cancellable (), error);
  if (trainer == NULL || !sag_trainer_run (trainer, &end, sag_cli_get_cancellable (), error))
    return FALSE;
  return end == SAG_TRAIN_DONE ||
         !g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error);
}

gboolean
sag_cli_bench_scans (const SagEngineOptions *engine,
                     int                     n_steps,
                     SagJsonWriter          *writer,
                     GError                **error)
{
  g_auto (Scans) self = { 0 };
  g_autofree char *folder = g_dir_make_tmp ("sagitta-bench-XXXXXX", error);
  double           waiting;
  gboolean         done;

  if (folder == NULL)
    return FALSE;
  done = make_scans (&self, folder, error) && train (&self, engine, n_steps, error);
  sag_cli_remove_folder (folder);
  sag_cli_progress (NULL, 0);
  if (!done)
    return FALSE;
  waiting = round (self.last.waiting * 1e4) / 100;
  if (writer == NULL)
    {
      printf ("  %-22s %.1f samples/s   waited for scans %.2f %% of the time\n",
              "small, from files", self.last.samples_per_s, waiting);
      return TRUE;
    }
  sag_json_begin_object (writer, "scans");
  sag_json_number (writer, "samples_per_s", round (self.last.samples_per_s * 10) / 10);
  sag_json_number (writer, "waiting_percent", waiting);
  sag_json_integer (writer, "steps", n_steps);
  sag_json_end_object (writer);
  return TRUE;
}
