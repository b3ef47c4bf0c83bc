/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* For the files of a run alone. */

#include "model/evaluate/report.h"
#include "model/train/log.h"
#include "model/tune/tune.h"

G_BEGIN_DECLS

/**
 * SagTuneRun: a run at work.
 * @step_s: of a step, as it goes now, pauses left aside; NaN before
 * @datasets: tables whose rows an evaluation points to
 */
typedef struct
{
  const SagTuneJob *job;
  SagSnapshot      *snapshot;
  SagTrainLog      *log;
  SagTuneStatus     status;
  GCancellable     *cancellable;
  GMutex            mutex;
  gint64            shown_at;
  gint64            stepped_at;
  double            step_s;
  GPtrArray        *datasets;
} SagTuneRun;

/** sag_tune_say: one sentence for the person. */
void sag_tune_say (const SagTuneRun *self, const char *sentence);

/** sag_tune_show: writes and tells the status; at most some times a second unless @now. */
void sag_tune_show (SagTuneRun *self, gboolean now);

/** sag_tune_heed: does what the control file says: waits, or cancels. */
void sag_tune_heed (SagTuneRun *self);

/** sag_tune_train: one model. @fold: from 1; 0: the one that stays. */
gboolean sag_tune_train (SagTuneRun *self, guint fold, GError **error);

/** sag_tune_dup_folder: of one model. */
char *sag_tune_dup_folder (const SagTuneRun *self, guint fold);

/** sag_tune_measure: asks the old and the new models what was held out. */
SagEvaluation *sag_tune_measure (SagTuneRun *self, SagBundle *tuned, GError **error);

/** sag_tune_write: report.json and report.html. @tuned: the bundle that stays. */
gboolean
sag_tune_write (SagTuneRun *self, SagBundle *tuned, const SagReport *report, GError **error);

/** sag_tune_make_bundle: the bundle that stays, with all that it says of itself. */
SagBundle *sag_tune_make_bundle (SagTuneRun *self, const SagReport *report, GError **error);

G_END_DECLS
