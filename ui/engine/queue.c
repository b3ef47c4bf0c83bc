/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/queue.h"

void
sag_ui_queue_init (SagUiQueue *queue)
{
  for (int kind = 0; kind < SAG_UI_N_JOBS; kind++)
    g_queue_init (&queue->kinds[kind]);
}

void
sag_ui_queue_push (SagUiQueue *queue, SagUiJob *job)
{
  g_queue_push_head (&queue->kinds[job->kind], sag_ui_job_ref (job));
}

SagUiJob *
sag_ui_queue_pop (SagUiQueue *queue)
{
  SagUiJob *job = NULL;

  for (int kind = 0; kind < SAG_UI_N_JOBS && job == NULL; kind++)
    job = g_queue_pop_head (&queue->kinds[kind]);
  return job;
}

gboolean
sag_ui_queue_remove (SagUiQueue *queue, SagUiJob *job)
{
  if (!g_queue_remove (&queue->kinds[job->kind], job))
    return FALSE;
  sag_ui_job_unref (job);
  return TRUE;
}
