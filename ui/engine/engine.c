/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/engine.h"

#include "model/core/error.h"
#include "ui/engine/engine-private.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (SagUiEngine, sag_ui_engine, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  PROP_BUNDLE_NAME,
  PROP_NOTE,
  PROP_ERROR,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
static guint       changed_signal;

static gboolean
same_shift (SagUiCase *one, const SagUiJob *job)
{
  double shift_mm[3];

  sag_ui_case_get_box_shift (one, shift_mm);
  return sag_geometry_same_point (shift_mm, job->shift_mm);
}

/* What another bundle prepared, or an older box, is not what the views should draw. */
static void
show_prepared (const SagUiJob *job, SagPrepared *prepared)
{
  SagUiCase *one = job->one;

  if (one != NULL && job->kind != SAG_UI_JOB_ASK_WITH && same_shift (one, job) &&
      sag_ui_case_get_volume (one) == job->volume)
    sag_ui_case_set_prepared (one, prepared);
}

static void
end_job (SagUiEngine *self, SagUiJob *job)
{
  if (job->outer_handler != 0)
    g_cancellable_disconnect (job->outer, job->outer_handler);
  job->outer_handler = 0;
  sag_ui_job_ref (job);
  if (g_ptr_array_remove (self->jobs, job) || job->kind == SAG_UI_JOB_OPEN)
    sag_ui_engine_finish (self, job); /* an engine may be opened anew without being asked */
  sag_ui_job_unref (job);
}

static void
show_progress (SagUiJob *job, double fraction)
{
  if (job->progress != NULL && !sag_ui_job_is_stopped (job))
    job->progress (fraction, job->progress_data);
}

static void
event_cb (const SagUiEvent *event, gpointer owner)
{
  SagUiEngine *self = owner;

  switch (event->kind)
    {
    case SAG_UI_EVENT_STATE:
      self->state = event->state;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
      break;
    case SAG_UI_EVENT_PREPARED:
      if (event->value >= 0)
        self->times.prepare = event->value;
      show_prepared (event->job, event->prepared);
      break;
    case SAG_UI_EVENT_ENCODED:
      self->times.encode = event->value;
      break;
    case SAG_UI_EVENT_PROGRESS:
      show_progress (event->job, event->value);
      return;
    case SAG_UI_EVENT_DONE:
      end_job (self, event->job);
      return;
    }
  g_signal_emit (self, changed_signal, 0);
}

/* The scan as it is now; what comes later is another question. */
static void
push (SagUiEngine *self, SagUiJob *job)
{
  if (job->one != NULL)
    {
      job->volume = sag_volume_ref (sag_ui_case_get_volume (job->one));
      job->forced = sag_ui_case_get_forced (job->one);
      sag_ui_case_get_box_shift (job->one, job->shift_mm);
      self->times.load = sag_ui_case_get_load_ms (job->one);
    }
  sag_ui_worker_push (self->worker, job);
}

static void
fail (SagUiEngine *self, SagUiJob *job, const char *message)
{
  job->is_waiting = FALSE;
  g_set_error_literal (&job->error, SAG_ERROR, SAG_ERROR_FORMAT, message);
  sag_ui_worker_post_done (self->worker, job);
}

static void
resume (SagUiEngine *self, SagUiJob *job)
{
  switch (sag_ui_case_get_state (job->one))
    {
    case SAG_UI_CASE_LOADING:
      return;
    case SAG_UI_CASE_READY:
      job->is_waiting = FALSE;
      push (self, job);
      return;
    case SAG_UI_CASE_WAITING:
      sag_ui_engine_stop (self, job);
      return;
    case SAG_UI_CASE_FAILED:
      fail (self, job, sag_ui_case_get_error (job->one));
      return;
    }
}

void
sag_ui_engine_resume (SagUiEngine *self, SagUiCase *one)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *job = self->jobs->pdata[i];

      if (job->one == one && job->is_waiting)
        resume (self, job);
    }
}

void
sag_ui_engine_case_gone (SagUiEngine *self, SagUiCase *one)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *job = self->jobs->pdata[i];

      if (job->one != one)
        continue;
      job->one = NULL;
      g_clear_object (&job->result);
      sag_ui_engine_stop (self, job);
    }
}

static void
outer_cb (GCancellable *outer, SagUiJob *job)
{
  sag_ui_engine_stop (g_task_get_source_object (job->task), job);
}

void
sag_ui_engine_start (SagUiEngine *self, SagUiJob *job)
{
  g_ptr_array_add (self->jobs, sag_ui_job_ref (job));
  if (job->one == NULL)
    push (self, job);
  else
    {
      job->is_waiting = TRUE;
      sag_ui_engine_track (self, job->one);
      if (sag_ui_case_get_state (job->one) == SAG_UI_CASE_WAITING)
        sag_ui_case_load (job->one);
      if (job->is_waiting)
        resume (self, job);
    }
  if (job->outer != NULL)
    job->outer_handler = g_cancellable_connect (job->outer, G_CALLBACK (outer_cb), job, NULL);
}

void
sag_ui_engine_stop (SagUiEngine *self, SagUiJob *job)
{
  if (job->is_waiting)
    {
      job->is_waiting = FALSE;
      sag_ui_job_set_cancelled (job);
      sag_ui_worker_post_done (self->worker, job);
    }
  else
    sag_ui_worker_cancel (self->worker, job);
}

SagUiJob *
sag_ui_engine_find_job (SagUiEngine *self, SagUiResult *result)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *job = self->jobs->pdata[i];

      if (job->kind == SAG_UI_JOB_ASK && job->result == result)
        return job;
    }
  return NULL;
}

void
sag_ui_engine_cancel (SagUiEngine *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *job = self->jobs->pdata[i];

      if (job->kind != SAG_UI_JOB_OPEN)
        sag_ui_engine_stop (self, job);
    }
}

void
sag_ui_engine_close (SagUiEngine *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  sag_ui_engine_cancel (self);
  sag_ui_worker_close (self->worker);
}

SagUiEngine *
sag_ui_engine_new (SagUiEngineOpen open, gpointer user_data, GDestroyNotify destroy)
{
  SagUiEngine *self = g_object_new (SAG_UI_TYPE_ENGINE, NULL);

  self->open = open;
  self->user_data = user_data;
  self->destroy = destroy;
  self->worker = sag_ui_worker_new (open, user_data, event_cb, G_OBJECT (self));
  return self;
}

SagUiEngineState
sag_ui_engine_get_state (SagUiEngine *self)
{
  return self->state;
}

SagBundle *
sag_ui_engine_get_bundle (SagUiEngine *self)
{
  return self->bundle;
}

const SagEngineInfo *
sag_ui_engine_get_info (SagUiEngine *self)
{
  return self->bundle != NULL ? &self->info : NULL;
}

SagUiEngineTimes
sag_ui_engine_get_times (SagUiEngine *self)
{
  return self->times;
}

const char *
sag_ui_engine_get_note (SagUiEngine *self)
{
  return self->note.unasked ? self->note.sentence : NULL;
}

const char *
sag_ui_engine_get_reason (SagUiEngine *self)
{
  return self->note.sentence;
}

const char *
sag_ui_engine_get_error (SagUiEngine *self)
{
  return self->error;
}

char *
sag_ui_engine_dup_watermark (SagUiEngine *self, SagUiCase *one)
{
  if (self->bundle == NULL)
    return NULL;
  if (!sag_bundle_is_trained (self->bundle))
    return g_strdup (_ ("Untrained model: the numbers mean nothing"));
  if (sag_bundle_is_synthetic (self->bundle))
    return g_strdup (_ ("Demonstration model, trained on synthetic scans"));
  return NULL;
}

const char *
sag_ui_engine_get_brief_watermark (SagUiEngine *self)
{
  if (self->bundle == NULL)
    return NULL;
  if (!sag_bundle_is_trained (self->bundle))
    /* Translators: "Untrained model: the numbers mean nothing", briefly, for narrow views. */
    return _ ("Untrained model");
  if (sag_bundle_is_synthetic (self->bundle))
    /* Translators: "Demonstration model, trained on synthetic scans", briefly, for narrow views. */
    return _ ("Synthetic demo model");
  return NULL;
}

static void
sag_ui_engine_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SagUiEngine *self = SAG_UI_ENGINE (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_BUNDLE_NAME:
      g_value_set_string (value, self->bundle != NULL ? sag_bundle_get_name (self->bundle) : NULL);
      break;
    case PROP_NOTE:
      g_value_set_string (value, sag_ui_engine_get_note (self));
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sag_ui_engine_finalize (GObject *object)
{
  SagUiEngine *self = SAG_UI_ENGINE (object);

  sag_ui_engine_untrack_all (self);
  g_clear_pointer (&self->worker, sag_ui_worker_free);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->cases);
  g_clear_pointer (&self->bundle, sag_bundle_unref);
  g_free (self->note.sentence);
  g_free (self->error);
  g_clear_pointer (&self->previous, sag_bundle_unref);
  g_free (self->calibration);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  G_OBJECT_CLASS (sag_ui_engine_parent_class)->finalize (object);
}

static void
sag_ui_engine_class_init (SagUiEngineClass *class)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sag_ui_engine_get_property;
  object_class->finalize = sag_ui_engine_finalize;
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, SAG_UI_ENGINE_FAILED, 0, flags);
  props[PROP_BUNDLE_NAME] = g_param_spec_string ("bundle-name", NULL, NULL, NULL, flags);
  props[PROP_NOTE] = g_param_spec_string ("note", NULL, NULL, NULL, flags);
  props[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  changed_signal = g_signal_new ("changed", SAG_UI_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
  g_signal_new ("bundle-changed", SAG_UI_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
sag_ui_engine_init (SagUiEngine *self)
{
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) sag_ui_job_unref);
  self->cases = g_ptr_array_new ();
}
