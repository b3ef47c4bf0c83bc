/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/worker.h"

#include "ui/engine/queue.h"
#include "ui/engine/run.h"

struct _SagUiWorker
{
  gatomicrefcount refs; /* the owner and a call to the main thread that is under way */
  GMutex          lock;
  GCond           cond;
  SagUiQueue      queue;
  SagUiJob       *running;
  gboolean        is_preempted;
  gboolean        is_closed;
  GQueue          events;
  gboolean        is_posted;

  GThread         *thread;
  GMainContext    *context;
  SagUiEventFunc   func;
  GObject         *owner; /* main thread; NULL once it is gone */
  SagUiTools       tools;
  SagUiEngineState state;
  gboolean         has_worked;
};

static void
event_free (gpointer data)
{
  SagUiEvent *event = data;

  g_clear_pointer (&event->job, sag_ui_job_unref);
  g_clear_pointer (&event->prepared, sag_prepared_unref);
  g_free (event);
}

static void
worker_unref (gpointer data)
{
  SagUiWorker *worker = data;

  if (!g_atomic_ref_count_dec (&worker->refs))
    return;
  g_queue_clear_full (&worker->events, event_free);
  g_main_context_unref (worker->context);
  g_mutex_clear (&worker->lock);
  g_cond_clear (&worker->cond);
  g_free (worker);
}

static SagUiEvent *
next_event (SagUiWorker *worker)
{
  SagUiEvent *event;

  g_mutex_lock (&worker->lock);
  event = g_queue_pop_head (&worker->events);
  g_mutex_unlock (&worker->lock);
  return event;
}

static void
deliver (SagUiWorker *worker)
{
  SagUiEvent *event;

  while ((event = next_event (worker)) != NULL)
    {
      GObject *owner = worker->owner != NULL ? g_object_ref (worker->owner) : NULL;

      if (owner != NULL)
        worker->func (event, owner);
      event_free (event);
      g_clear_object (&owner);
    }
}

static gboolean
deliver_cb (gpointer data)
{
  SagUiWorker *worker = data;

  g_mutex_lock (&worker->lock);
  worker->is_posted = FALSE;
  g_mutex_unlock (&worker->lock);
  deliver (worker);
  return G_SOURCE_REMOVE;
}

/* With the lock. */
static void
post_locked (SagUiWorker *worker, SagUiEvent *event)
{
  g_autoptr (GSource) source = NULL;

  g_queue_push_tail (&worker->events, event);
  if (worker->is_posted)
    return;
  worker->is_posted = TRUE;
  g_atomic_ref_count_inc (&worker->refs);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, deliver_cb, worker, worker_unref);
  g_source_attach (source, worker->context);
}

static SagUiEvent *
event_new (SagUiEventKind kind, SagUiJob *job)
{
  SagUiEvent *event = g_new0 (SagUiEvent, 1);

  event->kind = kind;
  event->job = job != NULL ? sag_ui_job_ref (job) : NULL;
  return event;
}

static void
post (SagUiWorker *worker, SagUiEvent *event)
{
  g_mutex_lock (&worker->lock);
  post_locked (worker, event);
  g_mutex_unlock (&worker->lock);
}

void
sag_ui_worker_post (
  SagUiWorker *worker, SagUiEventKind kind, SagUiJob *job, SagPrepared *prepared, double value)
{
  SagUiEvent *event = event_new (kind, job);

  event->prepared = prepared != NULL ? sag_prepared_ref (prepared) : NULL;
  event->value = value;
  post (worker, event);
}

void
sag_ui_worker_post_state (SagUiWorker *worker, SagUiEngineState state)
{
  SagUiEvent *event;

  if (state == worker->state)
    return;
  worker->state = state;
  event = event_new (SAG_UI_EVENT_STATE, NULL);
  event->state = state;
  post (worker, event);
}

/* Who waits for a stopped job is told so, whatever it came to. */
static void
post_done_locked (SagUiWorker *worker, SagUiJob *job)
{
  post_locked (worker, event_new (SAG_UI_EVENT_DONE, job));
}

void
sag_ui_worker_post_done (SagUiWorker *worker, SagUiJob *job)
{
  g_mutex_lock (&worker->lock);
  post_done_locked (worker, job);
  g_mutex_unlock (&worker->lock);
}

SagUiTools *
sag_ui_worker_get_tools (SagUiWorker *worker)
{
  return &worker->tools;
}

/* With the lock. Before the first job there is nothing to say. */
static void
rest_locked (SagUiWorker *worker)
{
  SagUiEngineState state = worker->tools.engine != NULL ? SAG_UI_ENGINE_IDLE : SAG_UI_ENGINE_FAILED;
  SagUiEvent      *event;

  if (!worker->has_worked || state == worker->state)
    return;
  worker->state = state;
  event = event_new (SAG_UI_EVENT_STATE, NULL);
  event->state = state;
  post_locked (worker, event);
}

/* Sleeps until there is work; NULL at the end. */
static SagUiJob *
next_job (SagUiWorker *worker)
{
  SagUiJob *job = NULL;

  g_mutex_lock (&worker->lock);
  while (!worker->is_closed && (job = sag_ui_queue_pop (&worker->queue)) == NULL)
    {
      rest_locked (worker);
      g_cond_wait (&worker->cond, &worker->lock);
    }
  worker->running = job;
  worker->is_preempted = FALSE;
  worker->has_worked = TRUE;
  g_mutex_unlock (&worker->lock);
  return job;
}

/* Takes over the reference of next_job(). */
static void
end_job (SagUiWorker *worker, SagUiJob *job, gboolean done)
{
  g_mutex_lock (&worker->lock);
  worker->running = NULL;
  if (worker->is_preempted && !worker->is_closed)
    {
      g_clear_error (&job->error);
      g_object_unref (job->cancellable);
      job->cancellable = g_cancellable_new ();
      sag_ui_queue_push (&worker->queue, job);
    }
  else if (!done && !worker->is_closed && !sag_ui_job_is_stopped (job))
    sag_ui_queue_push (&worker->queue, job);
  else
    {
      if (!done || g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        sag_ui_job_set_cancelled (job);
      post_done_locked (worker, job);
    }
  /* Never the last one, which is the main thread's: the queue or the event has another, until the lock goes. */
  sag_ui_job_unref (job);
  g_mutex_unlock (&worker->lock);
}

static void
clear_tools (SagUiTools *tools)
{
  g_clear_pointer (&tools->cache, sag_ui_cache_free);
  g_clear_pointer (&tools->other, sag_engine_close);
  g_clear_pointer (&tools->other_folder, g_free);
  g_clear_pointer (&tools->engine, sag_engine_close);
}

static gpointer
engine_thread (gpointer data)
{
  SagUiWorker *worker = data;
  SagUiJob    *job;

  while ((job = next_job (worker)) != NULL)
    {
      gboolean done = TRUE;

      if (sag_ui_job_is_stopped (job))
        sag_ui_job_set_cancelled (job);
      else
        done = sag_ui_run (worker, job);
      end_job (worker, job, done);
    }
  clear_tools (&worker->tools);
  return NULL;
}

SagUiWorker *
sag_ui_worker_new (SagUiEngineOpen open, gpointer user_data, SagUiEventFunc func, GObject *owner)
{
  SagUiWorker *worker = g_new0 (SagUiWorker, 1);

  g_atomic_ref_count_init (&worker->refs);
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->cond);
  sag_ui_queue_init (&worker->queue);
  worker->context = g_main_context_ref_thread_default ();
  worker->func = func;
  worker->owner = owner;
  worker->tools.open = open;
  worker->tools.user_data = user_data;
  worker->tools.cache = sag_ui_cache_new ();
  worker->thread = g_thread_new ("sagitta-engine", engine_thread, worker);
  return worker;
}

void
sag_ui_worker_close (SagUiWorker *worker)
{
  SagUiJob *job;

  if (worker->thread == NULL)
    return;
  g_mutex_lock (&worker->lock);
  worker->is_closed = TRUE;
  while ((job = sag_ui_queue_pop (&worker->queue)) != NULL)
    {
      sag_ui_job_set_cancelled (job);
      post_done_locked (worker, job);
      sag_ui_job_unref (job);
    }
  if (worker->running != NULL)
    {
      g_cancellable_cancel (worker->running->cancellable);
      g_cancellable_cancel (worker->running->question);
    }
  g_cond_signal (&worker->cond);
  g_mutex_unlock (&worker->lock);
  g_thread_join (g_steal_pointer (&worker->thread));
  deliver (worker);
}

void
sag_ui_worker_free (SagUiWorker *worker)
{
  worker->owner = NULL;
  sag_ui_worker_close (worker);
  worker_unref (worker);
}

/* A person's question does not wait for another scan that is prepared ahead. */
static gboolean
is_in_the_way (const SagUiJob *running, const SagUiJob *job)
{
  return running != NULL && running->kind == SAG_UI_JOB_PREPARE && job->kind < SAG_UI_JOB_PREPARE &&
         running->volume != job->volume;
}

void
sag_ui_worker_push (SagUiWorker *worker, SagUiJob *job)
{
  g_mutex_lock (&worker->lock);
  if (worker->is_closed)
    {
      sag_ui_job_set_cancelled (job);
      post_done_locked (worker, job);
    }
  else
    {
      sag_ui_queue_push (&worker->queue, job);
      if (is_in_the_way (worker->running, job) && !sag_ui_job_is_stopped (worker->running))
        {
          worker->is_preempted = TRUE;
          g_cancellable_cancel (worker->running->cancellable);
        }
      g_cond_signal (&worker->cond);
    }
  g_mutex_unlock (&worker->lock);
}

static void
stop (SagUiWorker *worker, SagUiJob *job, gboolean all)
{
  g_mutex_lock (&worker->lock);
  g_cancellable_cancel (job->question);
  if (all)
    g_cancellable_cancel (job->cancellable);
  if (job == worker->running)
    worker->is_preempted = FALSE;
  else if (sag_ui_queue_remove (&worker->queue, job))
    {
      sag_ui_job_set_cancelled (job);
      post_done_locked (worker, job);
    }
  g_mutex_unlock (&worker->lock);
}

void
sag_ui_worker_cancel (SagUiWorker *worker, SagUiJob *job)
{
  stop (worker, job, TRUE);
}

void
sag_ui_worker_supersede (SagUiWorker *worker, SagUiJob *job)
{
  stop (worker, job, FALSE);
}
