/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/worker.h"

G_BEGIN_DECLS

/* What the files of SagUiEngine share; main thread only. */

struct _SagUiEngine
{
  GObject parent;

  SagUiEngineOpen open;
  gpointer        user_data;
  GDestroyNotify  destroy;
  SagUiWorker    *worker;
  gboolean        is_closed;

  SagUiEngineState state;
  SagUiEngineTimes times;
  SagBundle       *bundle;
  SagEngineInfo    info;
  SagUiEngineNote  note;
  char            *error;
  SagBundle       *previous;    /* nullable */
  char            *calibration; /* nullable: SHA-256 */

  GPtrArray *cases; /* of Tracked */
  GPtrArray *jobs;  /* of SagUiJob, not yet done */
};

/* Of engine.c. */

/** sag_ui_engine_start: pushes @job, or waits for its scan first. Keeps a reference. */
void sag_ui_engine_start (SagUiEngine *self, SagUiJob *job);
/** sag_ui_engine_stop: its outcome will be that it was stopped. */
void sag_ui_engine_stop (SagUiEngine *self, SagUiJob *job);
/** sag_ui_engine_find_job: (nullable) (transfer none): the one that @result waits for. */
SagUiJob *sag_ui_engine_find_job (SagUiEngine *self, SagUiResult *result);

/* Of tracked.c. */

/** sag_ui_engine_track: hears of the state and the end of @one from now on. */
void sag_ui_engine_track (SagUiEngine *self, SagUiCase *one);
void sag_ui_engine_untrack_all (SagUiEngine *self);
/** sag_ui_engine_mark_stale: after another bundle was opened. */
void sag_ui_engine_mark_stale (SagUiEngine *self);
/** sag_ui_engine_resume: starts, or ends, the jobs that wait for @one to be read. */
void sag_ui_engine_resume (SagUiEngine *self, SagUiCase *one);
/** sag_ui_engine_case_gone: nobody waits for its answers any more. */
void sag_ui_engine_case_gone (SagUiEngine *self, SagUiCase *one);

/* Of outcome.c. */

/** sag_ui_engine_finish: hands out what came of @job. */
void sag_ui_engine_finish (SagUiEngine *self, SagUiJob *job);
/** sag_ui_engine_drop_maps: takes the maps of @result off the views. */
void sag_ui_engine_drop_maps (SagUiCase *one, SagUiResult *result);

G_END_DECLS
