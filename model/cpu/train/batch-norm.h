/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/train/params.h"

G_BEGIN_DECLS

/**
 * SagCpuBatchNorm: one BatchNorm while it is trained; out = x factor + offset.
 * @padded: channels rounded up to 16; all arrays have so many, zeros beyond the last channel
 * @frozen: uses and keeps the running statistics; nothing of the batch flows back through them
 * @mean, @inv_std: of the batch, or the running ones
 * @slope, @shift: for SagCpuNormGradient, after sag_cpu_batch_norm_backward()
 */
typedef struct
{
  int32_t      n_channels;
  int32_t      padded;
  float        eps;
  gboolean     frozen;
  SagCpuParam *scale_param;
  SagCpuParam *shift_param;
  SagCpuParam *running_mean;
  SagCpuParam *running_var;
  float       *mean;
  float       *inv_std;
  float       *factor;
  float       *offset;
  float       *slope;
  float       *shift;
} SagCpuBatchNorm;

/** sag_cpu_batch_norm_init: @prefix: without the last dot. */
void sag_cpu_batch_norm_init (
  SagCpuBatchNorm *self, SagCpuParams *params, const char *prefix, float eps, gboolean frozen);
void sag_cpu_batch_norm_clear (SagCpuBatchNorm *self);

/**
 * sag_cpu_batch_norm_set: takes a batch's statistics, and moves the running ones a tenth of the way (PyTorch's
 * momentum; the running variance takes the unbiased one).
 * @mean, @variance: (n_channels), the variance biased
 * @n: values of each channel
 */
void sag_cpu_batch_norm_set (SagCpuBatchNorm *self,
                             const double    *mean,
                             const double    *variance,
                             double           n);

/**
 * sag_cpu_batch_norm_backward: gradients of scale and shift, and the way back to x:
 *   d_x = d factor - (x - mean) slope - shift
 * @d_sum: (n_channels): sum of d over the batch
 * @d_x_sum: (n_channels): sum of d (x - mean)
 */
void sag_cpu_batch_norm_backward (SagCpuBatchNorm *self,
                                  const double    *d_sum,
                                  const double    *d_x_sum,
                                  double           n);

G_END_DECLS
