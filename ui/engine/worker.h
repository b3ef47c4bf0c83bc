/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/cache.h"
#include "ui/engine/job.h"

G_BEGIN_DECLS

/** SagUiEventKind: what the engine thread tells the main thread. */
typedef enum
{
  SAG_UI_EVENT_STATE,
  SAG_UI_EVENT_PREPARED,
  SAG_UI_EVENT_ENCODED,
  SAG_UI_EVENT_PROGRESS,
  SAG_UI_EVENT_DONE,
} SagUiEventKind;

/**
 * SagUiEvent:
 * @job: (nullable): of all but states
 * @prepared: (nullable): what the job's scan was prepared to
 * @value: milliseconds of preparing or encoding, negative if it had been done before; part of the
 *   progress, 0..1
 */
typedef struct
{
  SagUiEventKind   kind;
  SagUiEngineState state;
  SagUiJob        *job;
  SagPrepared     *prepared;
  double           value;
} SagUiEvent;

typedef void (*SagUiEventFunc) (const SagUiEvent *event, gpointer owner);

/**
 * SagUiWorker: the engine thread with its queue. Owned by the main thread, which gets the events in
 * the order in which they happened.
 */
typedef struct _SagUiWorker SagUiWorker;

/**
 * sag_ui_worker_new: starts the thread.
 * @owner: gets the events while it lives, on the main context of the thread that calls this
 */
SagUiWorker *
sag_ui_worker_new (SagUiEngineOpen open, gpointer user_data, SagUiEventFunc func, GObject *owner);

/**
 * sag_ui_worker_close: stops what is under way, waits for the thread and delivers its last events.
 * Jobs pushed later are done at once, stopped.
 */
void sag_ui_worker_close (SagUiWorker *worker);
/** sag_ui_worker_free: closes it; @owner gets nothing any more. */
void sag_ui_worker_free (SagUiWorker *worker);

/** sag_ui_worker_push: a question stops preparing ahead for another scan, which then waits again. */
void sag_ui_worker_push (SagUiWorker *worker, SagUiJob *job);
/** sag_ui_worker_cancel: the job is done soon, stopped; at once if it was not begun. */
void sag_ui_worker_cancel (SagUiWorker *worker, SagUiJob *job);
/** sag_ui_worker_supersede: the same, but preparing and encoding for it, if begun, come to an end. */
void sag_ui_worker_supersede (SagUiWorker *worker, SagUiJob *job);
/** sag_ui_worker_post_done: reports a job that never waited here. */
void sag_ui_worker_post_done (SagUiWorker *worker, SagUiJob *job);

/* Of the engine thread only: ui/engine/run.c. */

/**
 * SagUiTools: what the engine thread owns.
 * @has_failed: the engine did; a GPU that was lost stays lost until the engine is opened anew
 * @other: (nullable): a second bundle, for A/B
 */
typedef struct
{
  SagUiEngineOpen open;
  gpointer        user_data;
  SagEngine      *engine;
  gboolean        has_failed;
  SagEngine      *other;
  char           *other_folder;
  SagUiCache     *cache;
} SagUiTools;

SagUiTools *sag_ui_worker_get_tools (SagUiWorker *worker);
void        sag_ui_worker_post_state (SagUiWorker *worker, SagUiEngineState state);
void        sag_ui_worker_post (
         SagUiWorker *worker, SagUiEventKind kind, SagUiJob *job, SagPrepared *prepared, double value);

G_END_DECLS
