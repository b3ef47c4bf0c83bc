/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/train/dropout.h"
#include "model/cpu/train/matrix.h"
#include "model/cpu/train/params.h"

G_BEGIN_DECLS

/** SagCpuTrainText: everything after the vision tokens, forward and backward. One owner. */
typedef struct _SagCpuTrainText SagCpuTrainText;

/**
 * SagCpuTrainTexts: sequences without padding, one after the other; all arrays stay until the way back.
 * @tokens: (images, n_tokens, hidden)
 * @image_of: (n): which image a sequence reads; NULL: each its own
 * @states: (n, 1 + n_tokens, hidden): instead of @tokens and @ids, what the heads read
 * @ids: (n, max_length), @lengths: (n)
 * @cells_matter: (n): where FALSE, the patch head's logits are left 0 and take no time; NULL: everywhere
 */
typedef struct
{
  gsize           n;
  gsize           n_tokens;
  const float    *tokens;
  const int32_t  *image_of;
  const float    *states;
  const int32_t  *ids;
  const int32_t  *lengths;
  gsize           max_length;
  const gboolean *cells_matter;
  SagCpuDropout   dropout;
} SagCpuTrainTexts;

/** sag_cpu_train_text_new: finds its weights in @params, which outlives it. */
SagCpuTrainText *sag_cpu_train_text_new (SagCpuParams          *params,
                                         const SagNetwork      *network,
                                         const SagTrainOptions *options,
                                         SagPool               *pool,
                                         const SagCpuKernels   *kernels);
void             sag_cpu_train_text_free (SagCpuTrainText *self);

/**
 * sag_cpu_train_text_forward:
 * @class_logits: (n)
 * @cell_logits: (n, n_tokens, cells)
 *
 * Returns: FALSE when memory is short
 */
gboolean sag_cpu_train_text_forward (SagCpuTrainText        *self,
                                     const SagCpuTrainTexts *texts,
                                     float                  *class_logits,
                                     float                  *cell_logits,
                                     SagStatus              *status);

/** sag_cpu_train_text_states: of the last forward, in which all cells mattered: (n, 1 + n_tokens, hidden). */
void sag_cpu_train_text_states (const SagCpuTrainText *self, float *states);

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
