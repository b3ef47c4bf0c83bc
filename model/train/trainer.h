/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/manifest.h"
#include "model/train/plan.h"
#include "model/train/validate.h"

G_BEGIN_DECLS

/**
 * SagTrainProgress: after a step.
 * @loss: mean over the step's samples; @class_loss, @patch_loss: over those of each kind, NaN without any; the focal
 *   loss ten times, whatever its weight
 * @grad_norm: before clipping
 * @samples_per_s, @waiting: share of the time in which the engine waited for scans; since the run was started or
 *   resumed, validations and checkpoints left aside
 * @seconds_left: NaN while nobody knows
 */
typedef struct
{
  guint64 step; /* done */
  guint64 n_steps;
  double  loss;
  double  class_loss;
  double  patch_loss;
  double  lr;
  double  grad_norm;
  double  samples_per_s;
  double  waiting;
  double  seconds_left;
} SagTrainProgress;

/** SagTrainEvents: what a run tells; any may be NULL. Called on the thread that runs, preparing but for. */
typedef struct
{
  gpointer data;
  void (*said) (gpointer data, const char *sentence);
  /** of the scans; from any thread, one at a time */
  void (*preparing) (gpointer data, gsize n_done, gsize n);
  /** scans through the vision network, where it does not train and this is done once */
  void (*encoding) (gpointer data, gsize n_done, gsize n);
  void (*stepped) (gpointer data, const SagTrainProgress *progress);
  void (*validated) (gpointer                  data,
                     guint64                   step,
                     const SagTrainValidation *validation,
                     gboolean                  is_best);
} SagTrainEvents;

/**
 * SagTrainJob: a training.
 * @bundle: to begin from; in a folder
 * @table, @judge: engines that train and validate
 * @manifest: path of the manifest
 * @folder: gets checkpoints and log.jsonl (docs/training.md)
 * @cache: folder of prepared scans; @cache_bytes: its limit
 * @resume: go on in @folder
 * @until: the run is done after this step, though its rates fall as for all of the plan's; 0: after the plan's last
 */
typedef struct
{
  SagTrainPlan          plan;
  SagBundle            *bundle;
  const SagTrainTable  *table;
  const SagEngineTable *judge;
  const char           *manifest;
  const char           *folder;
  const char           *cache;
  guint64               cache_bytes;
  gboolean              resume;
  guint64               until;
  SagTrainEvents        events;
} SagTrainJob;

/** SagTrainEnd: how a run ended. */
typedef enum
{
  SAG_TRAIN_DONE,
  SAG_TRAIN_NO_BETTER,   /* patience ran out */
  SAG_TRAIN_INTERRUPTED, /* after a step; a checkpoint is there */
} SagTrainEnd;

/** SagTrainer: a training that is set up: everything checked, scans prepared. One owner, one thread. */
typedef struct _SagTrainer SagTrainer;

/**
 * sag_trainer_new: checks and prepares everything, and reads the newest checkpoint when resuming.
 * @job: what it points to outlives the trainer
 *
 * Errors: SAG_ERROR_ARGUMENT (a plan that means nothing, a folder that is in use without resuming, or nothing to
 * resume), SAG_ERROR_MISMATCH (resuming with other options, data or bundle), SAG_ERROR_LIMIT (a question that is too
 * long, a cache that is too small), SAG_ERROR_ENGINE, and those of manifests, scans and files
 */
SagTrainer *sag_trainer_new (const SagTrainJob *job, GCancellable *cancellable, GError **error);
void        sag_trainer_free (SagTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTrainer, sag_trainer_free)

/** sag_trainer_get_step: steps done. */
guint64 sag_trainer_get_step (SagTrainer *trainer);

/**
 * sag_trainer_run: trains to the end. When @cancellable is cancelled the step is finished and a checkpoint written.
 *
 * Errors: SAG_ERROR_ENGINE (a loss or gradient that is no number: names lines of the manifest; the last checkpoint
 * stays as it is), G_FILE_ERROR, those of scans
 */
gboolean
sag_trainer_run (SagTrainer *trainer, SagTrainEnd *end, GCancellable *cancellable, GError **error);

G_END_DECLS
