/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/engine-private.h"

#include "model/core/error.h"

#include <glib/gi18n.h>

/* Work that somebody waits for with a callback. */

static void
start_task (SagUiEngine        *self,
            SagUiJob           *job,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  job->task = g_task_new (self, cancellable, callback, user_data);
  g_set_object (&job->outer, cancellable);
  g_task_set_source_tag (job->task, GUINT_TO_POINTER (job->kind));
  sag_ui_engine_start (self, job);
}

/* Only the newest of several that were asked for matters. */
static void
stop_opening (SagUiEngine *self)
{
  for (guint i = 0; i < self->jobs->len; i++)
    {
      SagUiJob *job = self->jobs->pdata[i];

      if (job->kind == SAG_UI_JOB_OPEN)
        sag_ui_worker_cancel (self->worker, job);
    }
}

void
sag_ui_engine_open_async (SagUiEngine        *self,
                          const char         *folder,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (SagUiJob) job = sag_ui_job_new (SAG_UI_JOB_OPEN);

  job->folder = g_strdup (folder);
  stop_opening (self);
  start_task (self, job, NULL, callback, user_data);
}

static SagUiJob *
find_opening (SagUiEngine *self)
{
  for (guint i = self->jobs->len; i > 0; i--)
    {
      SagUiJob *job = self->jobs->pdata[i - 1];

      if (job->kind == SAG_UI_JOB_OPEN && !sag_ui_job_is_stopped (job))
        return job;
    }
  return NULL;
}

void
sag_ui_engine_reopen (SagUiEngine *self)
{
  SagUiJob *opening;
  g_autoptr (SagUiJob) job = NULL;

  g_return_if_fail (SAG_UI_IS_ENGINE (self));

  opening = find_opening (self);
  if (opening == NULL && self->bundle == NULL)
    return;
  job = sag_ui_job_new (SAG_UI_JOB_OPEN);
  job->folder = g_strdup (opening != NULL ? opening->folder : sag_bundle_get_folder (self->bundle));
  /* Who waits for the one that is on its way waits for this one. */
  if (opening != NULL)
    job->task = g_steal_pointer (&opening->task);
  stop_opening (self);
  sag_ui_engine_start (self, job);
}

gboolean
sag_ui_engine_open_finish (SagUiEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sag_ui_engine_ask_many_async (SagUiEngine        *self,
                              SagUiCase          *one,
                              const char *const  *texts,
                              SagUiEngineProgress progress,
                              gpointer            progress_data,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (SagUiJob) job = sag_ui_job_new (SAG_UI_JOB_ASK_MANY);

  job->one = one;
  job->texts = g_strdupv ((char **) texts);
  job->progress = progress;
  job->progress_data = progress_data;
  start_task (self, job, cancellable, callback, user_data);
}

GPtrArray *
sag_ui_engine_ask_many_finish (SagUiEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sag_ui_engine_ask_with_async (SagUiEngine        *self,
                              SagUiCase          *one,
                              const char         *folder,
                              const char         *text,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (SagUiJob) job = sag_ui_job_new (SAG_UI_JOB_ASK_WITH);
  const char *texts[] = { text, NULL };

  job->one = one;
  job->folder = g_strdup (folder);
  job->texts = g_strdupv ((char **) texts);
  start_task (self, job, cancellable, callback, user_data);
}

SagAnswer *
sag_ui_engine_ask_with_finish (SagUiEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A job about the answer of @result; NULL after telling the caller that there is none. */
static SagUiJob *
job_about (SagUiEngine        *self,
           SagUiJobKind        kind,
           SagUiCase          *one,
           SagUiResult        *result,
           GAsyncReadyCallback callback,
           gpointer            user_data)
{
  SagAnswer *answer = sag_ui_result_get_answer (result);
  SagUiJob  *job;

  if (answer == NULL)
    {
      g_task_report_new_error (self, callback, user_data, NULL, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s",
                               _ ("There is no answer to look into yet; ask first."));
      return NULL;
    }
  job = sag_ui_job_new (kind);
  job->one = one;
  job->result = g_object_ref (result);
  job->answer = sag_answer_ref (answer);
  return job;
}

void
sag_ui_engine_evidence_async (SagUiEngine        *self,
                              SagUiCase          *one,
                              SagUiResult        *result,
                              SagUiEngineProgress progress,
                              gpointer            progress_data,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (SagUiJob) job =
    job_about (self, SAG_UI_JOB_EVIDENCE, one, result, callback, user_data);

  if (job == NULL)
    return;
  job->progress = progress;
  job->progress_data = progress_data;
  start_task (self, job, cancellable, callback, user_data);
}

gboolean
sag_ui_engine_evidence_finish (SagUiEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sag_ui_engine_robust_async (SagUiEngine        *self,
                            SagUiCase          *one,
                            SagUiResult        *result,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (SagUiJob) job = job_about (self, SAG_UI_JOB_ROBUST, one, result, callback, user_data);

  if (job != NULL)
    start_task (self, job, cancellable, callback, user_data);
}

gboolean
sag_ui_engine_robust_finish (SagUiEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sag_ui_engine_save_map_async (SagUiEngine        *self,
                              SagUiCase          *one,
                              SagUiResult        *result,
                              gboolean            smooth,
                              const char         *folder,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (SagUiJob) job =
    job_about (self, SAG_UI_JOB_SAVE_MAP, one, result, callback, user_data);
  const char *texts[] = { sag_ui_case_get_name (one), NULL };

  if (job == NULL)
    return;
  job->smooth = smooth;
  job->folder = g_strdup (folder);
  job->texts = g_strdupv ((char **) texts);
  start_task (self, job, cancellable, callback, user_data);
}

gboolean
sag_ui_engine_save_map_finish (SagUiEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
sag_ui_engine_laterality_async (SagUiEngine        *self,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  g_autoptr (SagUiJob) job = sag_ui_job_new (SAG_UI_JOB_LATERALITY);

  start_task (self, job, cancellable, callback, user_data);
}

gboolean
sag_ui_engine_laterality_finish (SagUiEngine        *self,
                                 GAsyncResult       *result,
                                 SagLateralityCheck *check,
                                 GError            **error)
{
  g_autofree SagLateralityCheck *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  found = g_task_propagate_pointer (G_TASK (result), error);
  if (found != NULL)
    *check = *found;
  return found != NULL;
}
