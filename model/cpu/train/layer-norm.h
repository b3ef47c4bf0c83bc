/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/kernels.h"
#include "model/cpu/train/params.h"

G_BEGIN_DECLS

/** SagCpuTrainNorm: LayerNorm's scale and shift; both NULL where the text model has none there. */
typedef struct
{
  const SagCpuKernels *kernels;
  SagCpuParam         *scale;
  SagCpuParam         *shift;
  float                eps;
} SagCpuTrainNorm;

/** sag_cpu_train_norm: out = LN (x), (n_rows, width); a copy where there is none. */
void sag_cpu_train_norm (const SagCpuTrainNorm *self,
                         SagPool               *pool,
                         const float           *x,
                         float                 *out,
                         gsize                  n_rows,
                         gsize                  width);

/** sag_cpu_train_norm_back: d becomes the gradient of @x, in place; gradients of scale and shift are added. */
void sag_cpu_train_norm_back (
  const SagCpuTrainNorm *self, SagPool *pool, const float *x, float *d, gsize n_rows, gsize width);

G_END_DECLS
