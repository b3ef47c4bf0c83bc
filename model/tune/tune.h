/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/train/trainer.h"
#include "model/tune/control.h"
#include "model/tune/snapshot.h"

G_BEGIN_DECLS

/**
 * SagTuneEvents: what a run tells; any may be NULL. On the thread that runs, status also from others, one at a time.
 */
typedef struct
{
  gpointer data;
  void (*said) (gpointer data, const char *sentence);
  void (*changed) (gpointer data, const SagTuneStatus *status);
} SagTuneEvents;

/**
 * SagTuneJob: a training on a project, from its labels to a bundle and the figures before and after.
 * @project: path; only read
 * @snapshot: which labels; not looked at when a run goes on
 * @plan: of every training; its validations are not made
 * @bundle: to begin from; in a folder
 * @table, @judge: engines that train and measure; measuring is always in fp32
 * @folder: gets everything: the snapshot, the trainings, the log, report.json, report.html, and the new bundle,
 *   "bundle"
 * @name: (nullable): of the new bundle; else the old one's with ", fine-tuned"
 * @threshold: for sensitivity and specificity; 0: 0.5
 * @resume: go on in @folder
 */
typedef struct
{
  const char           *project;
  SagSnapshotOptions    snapshot;
  SagTrainPlan          plan;
  SagBundle            *bundle;
  const SagTrainTable  *table;
  const SagEngineTable *judge;
  const char           *folder;
  const char           *name;
  const char           *cache;
  guint64               cache_bytes;
  double                threshold;
  gboolean              resume;
  SagTuneEvents         events;
} SagTuneJob;

/**
 * sag_tune_run: all of it; the snapshot, with folds a training and a measurement each, the training of the bundle that
 * stays, the measurement, the bundle. Heeds control.h. What was done is not done again when a run goes on.
 *
 * The new bundle names its parent, the hashes of project, labels and log, the plan with its seed, and how it was split;
 * it inherits licences, and says that it derives from patient data unless all scans were phantoms. No path and no name
 * is in it.
 *
 * Returns: TRUE when everything is done, FALSE with an error; G_IO_ERROR_CANCELLED: it was stopped and can go on
 */
gboolean sag_tune_run (const SagTuneJob *job, GCancellable *cancellable, GError **error);

/** sag_tune_dup_bundle: path of the new bundle; sag_tune_dup_report: of report.json. */
char *sag_tune_dup_bundle (const char *folder);
char *sag_tune_dup_report (const char *folder);

/**
 * SagTuneEstimate: how long a run will take on this machine.
 * @scan_s: to prepare and encode a scan; @step_s: a step; both measured
 * @total_s: of everything
 */
typedef struct
{
  double scan_s;
  double step_s;
  double total_s;
} SagTuneEstimate;

/**
 * sag_tune_estimate: trains some steps on two of the cases, in a folder that goes away, and reckons. What it prepares
 * stays in the cache.
 *
 * Errors: as sag_tune_run()
 */
gboolean sag_tune_estimate (const SagTuneJob *job,
                            SagTuneEstimate  *estimate,
                            GCancellable     *cancellable,
                            GError          **error);

G_END_DECLS
