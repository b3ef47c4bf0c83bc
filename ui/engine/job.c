/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/job.h"

#include <glib/gi18n.h>

SagUiJob *
sag_ui_job_new (SagUiJobKind kind)
{
  SagUiJob *job = g_new0 (SagUiJob, 1);

  g_atomic_ref_count_init (&job->refs);
  job->kind = kind;
  job->cancellable = g_cancellable_new ();
  job->question = g_cancellable_new ();
  return job;
}

SagUiJob *
sag_ui_job_ref (SagUiJob *job)
{
  g_atomic_ref_count_inc (&job->refs);
  return job;
}

static void
clear_outcome (SagUiJob *job)
{
  g_clear_error (&job->error);
  g_clear_pointer (&job->bundle, sag_bundle_unref);
  g_clear_pointer (&job->answers, g_ptr_array_unref);
  g_clear_pointer (&job->evidence, sag_evidence_free);
  g_clear_pointer (&job->robust, sag_robust_free);
  g_free (job->note.sentence);
  g_free (job->calibration);
  g_free (job->bundle_sha256);
}

void
sag_ui_job_unref (SagUiJob *job)
{
  if (job == NULL || !g_atomic_ref_count_dec (&job->refs))
    return;
  clear_outcome (job);
  g_clear_pointer (&job->volume, sag_volume_unref);
  g_clear_pointer (&job->answer, sag_answer_unref);
  g_strfreev (job->texts);
  g_free (job->folder);
  g_clear_object (&job->result);
  g_clear_object (&job->task);
  g_clear_object (&job->outer);
  g_object_unref (job->cancellable);
  g_object_unref (job->question);
  g_free (job);
}

gboolean
sag_ui_job_is_stopped (SagUiJob *job)
{
  return g_cancellable_is_cancelled (job->cancellable) ||
         g_cancellable_is_cancelled (job->question);
}

void
sag_ui_job_set_cancelled (SagUiJob *job)
{
  g_clear_error (&job->error);
  g_set_error_literal (&job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       _ ("Stopped before there was an answer; ask again."));
}
