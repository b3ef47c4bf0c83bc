/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/train/params.h"

G_BEGIN_DECLS

/** sag_cpu_grad_norm: the root of the sum of squares over all gradients, in double. */
double sag_cpu_grad_norm (const SagCpuParams *params, SagPool *pool);

/**
 * sag_cpu_adamw: one step of AdamW (Loshchilov and Hutter, arXiv:1711.05101, as torch.optim.AdamW) after clipping
 * to step->max_norm with min (1, max_norm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_.
 * @n_steps: of this one, 1 for the first
 */
void sag_cpu_adamw (SagCpuParams *params, SagPool *pool, const SagTrainStep *step, guint64 n_steps);

G_END_DECLS
