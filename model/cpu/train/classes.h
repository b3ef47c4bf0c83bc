/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/train/text.h"

G_BEGIN_DECLS

/** SagCpuTrainClasses: what follows the vision tokens of a multi-label network, forward and backward. One owner. */
typedef struct _SagCpuTrainClasses SagCpuTrainClasses;

/** sag_cpu_train_classes_new: finds its weights in @params, which outlives it. */
SagCpuTrainClasses *sag_cpu_train_classes_new (SagCpuParams *params, const SagNetwork *network);
void                sag_cpu_train_classes_free (SagCpuTrainClasses *self);

/**
 * sag_cpu_train_classes_forward: as sag_cpu_train_text_forward(); a text is one id.
 * @cell_logits: (n, n_tokens, cells): 0, since there is no map
 */
void sag_cpu_train_classes_forward (SagCpuTrainClasses     *self,
                                    const SagCpuTrainTexts *texts,
                                    float                  *class_logits,
                                    float                  *cell_logits);

/**
 * sag_cpu_train_classes_backward: of the last forward.
 * @d_class: (n)
 * @d_tokens: (images, n_tokens, hidden), added to; NULL: not wanted
 */
void
sag_cpu_train_classes_backward (SagCpuTrainClasses *self, const float *d_class, float *d_tokens);

G_END_DECLS
