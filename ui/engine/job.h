/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/engine.h"

G_BEGIN_DECLS

/** SagUiJobKind: what the engine thread can be asked to do, most urgent first. */
typedef enum
{
  SAG_UI_JOB_OPEN,
  SAG_UI_JOB_ASK,
  SAG_UI_JOB_ASK_WITH,
  SAG_UI_JOB_EVIDENCE,
  SAG_UI_JOB_ROBUST,
  SAG_UI_JOB_SAVE_MAP,
  SAG_UI_JOB_LATERALITY,
  SAG_UI_JOB_ASK_MANY,
  SAG_UI_JOB_PREPARE,
  SAG_UI_N_JOBS,
} SagUiJobKind;

/**
 * SagUiJob: one piece of work, its inputs and what came of it. Atomically reference counted.
 *
 * The engine thread reads the inputs and writes the outcome; the main thread reads the outcome
 * after the job is done. The last part belongs to the main thread.
 *
 * @folder: (nullable): of a bundle; NULL means the one that ships; of a map: where it is written
 * @smooth: of a map
 * @answer: that evidence or robustness is wanted of
 * @cancellable: stops all of it
 * @question: stops the question but lets what was begun for it, preparing and encoding, end
 * @note: of the engine that was opened
 * @calibration: (nullable): SHA-256 of what was found with the bundle that was opened
 * @bundle_sha256: with which @answers were begun
 * @one: (nullable): not a reference; NULL once the case is gone
 * @result: (nullable): the card that waits; NULL once nobody wants it
 * @is_waiting: for the scan to be read; not in the queue
 */
typedef struct
{
  gatomicrefcount refs;
  SagUiJobKind    kind;

  SagVolume *volume;
  double     shift_mm[3];
  gboolean   forced;
  char      *folder;
  gboolean   smooth;
  char     **texts;
  SagAnswer *answer;

  GCancellable *cancellable;
  GCancellable *question;

  GError            *error;
  double             ms;
  SagBundle         *bundle;
  SagEngineInfo      info;
  SagUiEngineNote    note;
  char              *calibration;
  char              *bundle_sha256;
  GPtrArray         *answers;
  SagEvidence       *evidence;
  SagRobust         *robust;
  SagLateralityCheck laterality;

  SagUiCase          *one;
  SagUiResult        *result;
  gboolean            is_waiting;
  GTask              *task;
  GCancellable       *outer;
  gulong              outer_handler;
  SagUiEngineProgress progress;
  gpointer            progress_data;
} SagUiJob;

SagUiJob *sag_ui_job_new (SagUiJobKind kind);
SagUiJob *sag_ui_job_ref (SagUiJob *job);
/** sag_ui_job_unref: the last one on the main thread, as jobs hold what belongs there. */
void sag_ui_job_unref (SagUiJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiJob, sag_ui_job_unref)

/** sag_ui_job_is_stopped: nobody waits for it any more. Any thread. */
gboolean sag_ui_job_is_stopped (SagUiJob *job);

/** sag_ui_job_set_cancelled: its outcome is that it was stopped. */
void sag_ui_job_set_cancelled (SagUiJob *job);

G_END_DECLS
