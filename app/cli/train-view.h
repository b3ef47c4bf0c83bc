/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/train/trainer.h"

G_BEGIN_DECLS

/** SagTrainView: what a training shows: progress on the terminal, a line for each validation on stdout. */
typedef struct _SagTrainView SagTrainView;

SagTrainView *sag_train_view_new (void);
void          sag_train_view_free (SagTrainView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTrainView, sag_train_view_free)

/** sag_train_view_get_events: for a SagTrainJob. */
SagTrainEvents sag_train_view_get_events (SagTrainView *view);

/** sag_train_view_clear: takes the progress off the terminal. */
void sag_train_view_clear (SagTrainView *view);

G_END_DECLS
