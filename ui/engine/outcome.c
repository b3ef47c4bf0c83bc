/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/trace.h"
#include "ui/engine/engine-private.h"

/* What the main thread does with what the engine thread found. */

static void
remove_map (GListStore *overlays, SagUiOverlay *overlay)
{
  guint position;

  if (overlay != NULL && g_list_store_find (overlays, overlay, &position))
    g_list_store_remove (overlays, position);
}

/* A new map lies where the old one lay. Either may be NULL. */
static void
replace_map (GListStore *overlays, SagUiOverlay *old, SagUiOverlay *overlay)
{
  gpointer item = overlay;
  guint    position;

  if (old != NULL && g_list_store_find (overlays, old, &position))
    g_list_store_splice (overlays, position, 1, &item, overlay != NULL ? 1 : 0);
  else if (overlay != NULL)
    g_list_store_append (overlays, overlay);
}

void
sag_ui_engine_drop_maps (SagUiCase *one, SagUiResult *result)
{
  GListStore *overlays = sag_ui_case_get_overlays (one);

  remove_map (overlays, sag_ui_result_get_overlay (result));
  remove_map (overlays, sag_ui_result_get_evidence (result));
}

static void
answer_result (SagUiEngine *self, SagUiJob *job)
{
  GListStore *overlays = sag_ui_case_get_overlays (job->one);
  g_autoptr (SagUiOverlay) old = NULL;

  g_set_object (&old, sag_ui_result_get_overlay (job->result));
  remove_map (overlays, sag_ui_result_get_evidence (job->result));
  sag_ui_result_take_answer (job->result, sag_answer_ref (job->answers->pdata[0]), job->ms);
  replace_map (overlays, old, sag_ui_result_get_overlay (job->result));
  /* The box may have been moved meanwhile, or another model chosen. */
  sag_ui_result_set_stale (job->result,
                           sag_ui_engine_is_stale (self, job->one, job->answers->pdata[0]));
  sag_ui_trace ("answered", "ms", job->ms, NULL);
}

/* Somebody else, the command line perhaps, may have calibrated meanwhile. */
static void
heed_calibration (SagUiEngine *self, const SagAnswer *answer)
{
  if (sag_ui_engine_gave (self, answer))
    sag_ui_engine_set_calibration (self, answer->provenance->calibration_sha256);
}

static void
finish_ask (SagUiEngine *self, SagUiJob *job)
{
  if (job->error == NULL)
    self->times.ask = job->ms;
  if (job->one == NULL || job->result == NULL)
    return;
  if (job->error == NULL)
    {
      answer_result (self, job);
      heed_calibration (self, job->answers->pdata[0]);
      return;
    }
  sag_ui_engine_drop_maps (job->one, job->result);
  sag_ui_result_fail (job->result, job->error);
}

static void
remember_bundle (SagUiEngine *self, SagBundle *bundle)
{
  if (self->bundle == NULL ||
      g_str_equal (sag_bundle_get_sha256 (self->bundle), sag_bundle_get_sha256 (bundle)))
    return;
  g_clear_pointer (&self->previous, sag_bundle_unref);
  self->previous = sag_bundle_ref (self->bundle);
}

static void
finish_open (SagUiEngine *self, SagUiJob *job)
{
  if (job->error != NULL)
    {
      if (self->bundle == NULL)
        {
          g_free (self->error);
          self->error = g_strdup (job->error->message);
          g_object_notify (G_OBJECT (self), "error");
        }
      return;
    }
  remember_bundle (self, job->bundle);
  g_free (self->calibration);
  self->calibration = g_steal_pointer (&job->calibration);
  g_clear_pointer (&self->bundle, sag_bundle_unref);
  g_clear_pointer (&self->error, g_free);
  g_free (self->note.sentence);
  self->bundle = g_steal_pointer (&job->bundle);
  self->note = job->note;
  job->note.sentence = NULL;
  self->info = job->info;
  self->times = (SagUiEngineTimes){ .load = self->times.load };
  g_object_notify (G_OBJECT (self), "bundle-name");
  g_object_notify (G_OBJECT (self), "note");
  g_object_notify (G_OBJECT (self), "error");
  sag_ui_engine_mark_stale (self);
  g_signal_emit_by_name (self, "bundle-changed");
}

/* The card may have been asked again meanwhile. */
static gboolean
is_of_answer (const SagUiJob *job)
{
  return job->one != NULL && job->result != NULL &&
         sag_ui_result_get_answer (job->result) == job->answer;
}

static void
finish_evidence (SagUiJob *job)
{
  GListStore *overlays;
  g_autoptr (SagUiOverlay) old = NULL;

  if (!is_of_answer (job) || job->evidence == NULL)
    return;
  overlays = sag_ui_case_get_overlays (job->one);
  g_set_object (&old, sag_ui_result_get_evidence (job->result));
  sag_ui_result_take_evidence (job->result, g_steal_pointer (&job->evidence));
  replace_map (overlays, old, sag_ui_result_get_evidence (job->result));
}

static void
finish_robust (SagUiJob *job)
{
  if (is_of_answer (job) && job->robust != NULL)
    sag_ui_result_take_robust (job->result, g_steal_pointer (&job->robust));
}

static void
return_task (SagUiJob *job)
{
  if (job->error != NULL)
    g_task_return_error (job->task, g_error_copy (job->error));
  else if (job->kind == SAG_UI_JOB_ASK_MANY)
    g_task_return_pointer (job->task, g_steal_pointer (&job->answers),
                           (GDestroyNotify) g_ptr_array_unref);
  else if (job->kind == SAG_UI_JOB_ASK_WITH)
    g_task_return_pointer (job->task, sag_answer_ref (job->answers->pdata[0]),
                           (GDestroyNotify) sag_answer_unref);
  else if (job->kind == SAG_UI_JOB_LATERALITY)
    g_task_return_pointer (job->task, g_memdup2 (&job->laterality, sizeof job->laterality), g_free);
  else
    g_task_return_boolean (job->task, TRUE);
}

void
sag_ui_engine_finish (SagUiEngine *self, SagUiJob *job)
{
  if (job->kind == SAG_UI_JOB_OPEN)
    finish_open (self, job);
  else if (job->kind == SAG_UI_JOB_ASK)
    finish_ask (self, job);
  else if (job->kind == SAG_UI_JOB_EVIDENCE)
    finish_evidence (job);
  else if (job->kind == SAG_UI_JOB_ROBUST)
    finish_robust (job);
  if (job->task != NULL)
    return_task (job);
  g_signal_emit_by_name (self, "changed");
}
