/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/engine/job.h"

G_BEGIN_DECLS

/**
 * SagUiQueue: the jobs that wait: the most urgent kind first, in each kind the newest first.
 * No locks: whoever shares it has one.
 */
typedef struct
{
  GQueue kinds[SAG_UI_N_JOBS];
} SagUiQueue;

void sag_ui_queue_init (SagUiQueue *queue);
/** sag_ui_queue_push: takes a reference. */
void sag_ui_queue_push (SagUiQueue *queue, SagUiJob *job);
/** sag_ui_queue_pop: (transfer full) (nullable): NULL if nothing waits. */
SagUiJob *sag_ui_queue_pop (SagUiQueue *queue);
/** sag_ui_queue_remove: FALSE if @job does not wait; drops the queue's reference. */
gboolean sag_ui_queue_remove (SagUiQueue *queue, SagUiJob *job);

G_END_DECLS
