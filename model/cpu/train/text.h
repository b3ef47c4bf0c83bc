/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/train/dropout.h"
#include "model/cpu/train/matrix.h"
#include "model/cpu/train/params.h"

G_BEGIN_DECLS

/** SagCpuTrainText: everything after the vision tokens, forward and backward. One owner. */
typedef struct _SagCpuTrainText SagCpuTrainText;

/** sag_cpu_train_text_new: finds its weights in @params, which outlives it. */
SagCpuTrainText *sag_cpu_train_text_new (SagCpuParams        *params,
                                         const SagNetwork    *network,
                                         SagPool             *pool,
                                         const SagCpuKernels *kernels);
void             sag_cpu_train_text_free (SagCpuTrainText *self);

/**
 * sag_cpu_train_text_forward: sequences without padding, one after the other.
 * @tokens: (images, n_tokens, hidden)
 * @image_of: (n): which image a sequence reads; NULL: each its own
 * @ids: (n, max_length), @lengths: (n)
 * @class_logits: (n)
 * @cell_logits: (n, n_tokens, cells)
 */
gboolean sag_cpu_train_text_forward (SagCpuTrainText *self,
                                     const float     *tokens,
                                     const int32_t   *image_of,
                                     gsize            n,
                                     gsize            n_tokens,
                                     const int32_t   *ids,
                                     const int32_t   *lengths,
                                     gsize            max_length,
                                     SagCpuDropout    dropout,
                                     float           *class_logits,
                                     float           *cell_logits,
                                     SagStatus       *status);

/**
 * sag_cpu_train_text_backward: of the last forward.
 * @d_class: (n), @d_cells: (n, n_tokens, cells)
 * @d_tokens: (images, n_tokens, hidden), added to; NULL: not wanted
 */
void sag_cpu_train_text_backward (SagCpuTrainText *self,
                                  const float     *d_class,
                                  const float     *d_cells,
                                  float           *d_tokens);

G_END_DECLS
