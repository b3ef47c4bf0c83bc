/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/train/block.h"
#include "model/cpu/train/dropout.h"
#include "model/cpu/train/matrix.h"

G_BEGIN_DECLS

/** SagCpuTrainVision: stem, blocks, head and adaptor of the vision network, forward and backward. One owner. */
typedef struct _SagCpuTrainVision SagCpuTrainVision;

/**
 * sag_cpu_train_vision_new: finds its weights in @params, which outlives it.
 * @frozen_norms: BatchNorm uses and keeps its running statistics
 *
 * Returns: NULL, with a sentence, for a network whose first block expands
 */
SagCpuTrainVision *sag_cpu_train_vision_new (SagCpuParams        *params,
                                             const SagNetwork    *network,
                                             gboolean             frozen_norms,
                                             SagPool             *pool,
                                             const SagCpuKernels *kernels,
                                             SagStatus           *status);
void               sag_cpu_train_vision_free (SagCpuTrainVision *self);

/**
 * sag_cpu_train_vision_forward:
 * @input: (n, dims), z fastest; kept by the caller until backward
 * @tokens: (n, n_tokens, hidden), after the adaptor
 * Returns: FALSE when memory is short
 */
gboolean sag_cpu_train_vision_forward (SagCpuTrainVision *self,
                                       const float       *input,
                                       gsize              n,
                                       const int32_t      dims[3],
                                       float             *tokens,
                                       SagStatus         *status);

/** sag_cpu_train_vision_evaluate: from now on with the running statistics, which stay, or as it was made. */
void sag_cpu_train_vision_evaluate (SagCpuTrainVision *self, gboolean evaluate);

/**
 * sag_cpu_train_vision_drop: from now on whole channels of an image's features are dropped before the adaptor, which
 * is dropout of their mean, since the adaptor is linear. @dropout: p of 0 for none
 */
void sag_cpu_train_vision_drop (SagCpuTrainVision *self, const SagCpuDropout *dropout);

/** sag_cpu_train_vision_backward: of the last forward. @d_tokens: (n, n_tokens, hidden) */
void sag_cpu_train_vision_backward (SagCpuTrainVision *self, const float *d_tokens);

/** sag_cpu_train_vision_n_tokens: of an image of @dims. */
gsize sag_cpu_train_vision_n_tokens (const SagCpuTrainVision *self, const int32_t dims[3]);

G_END_DECLS
