/* SPDX-License-Identifier: Apache-2.0 */

/* BatchNorm, Ioffe and Szegedy, arXiv:1502.03167, as torch.nn.BatchNorm3d in train mode.
 *
 *   y = (x - mean) / sqrt (var + eps) * scale + shift
 *   d_x = scale / std (d - mean (d) - x_hat mean (d x_hat)),  x_hat = (x - mean) / std
 */

#include "model/cpu/train/batch-norm.h"

#include <math.h>

#define MOMENTUM 0.1

void
sag_cpu_batch_norm_init (
  SagCpuBatchNorm *self, SagCpuParams *params, const char *prefix, float eps, gboolean frozen)
{
  float *memory;

  self->scale_param = sag_cpu_params_find (params, "%s.weight", prefix);
  self->shift_param = sag_cpu_params_find (params, "%s.bias", prefix);
  self->running_mean = sag_cpu_params_find (params, "%s.running_mean", prefix);
  self->running_var = sag_cpu_params_find (params, "%s.running_var", prefix);
  self->eps = eps;
  self->frozen = frozen;
  self->n_channels = self->scale_param->spec.n_values;
  self->padded = (self->n_channels + 15) / 16 * 16;
  memory = g_new0 (float, 6 * (gsize) self->padded);
  self->mean = memory;
  self->inv_std = memory + self->padded;
  self->factor = memory + 2 * (gsize) self->padded;
  self->offset = memory + 3 * (gsize) self->padded;
  self->slope = memory + 4 * (gsize) self->padded;
  self->shift = memory + 5 * (gsize) self->padded;
}

void
sag_cpu_batch_norm_clear (SagCpuBatchNorm *self)
{
  g_clear_pointer (&self->mean, g_free);
}

static void
move_running (SagCpuBatchNorm *self, int32_t c, double mean, double variance, double n)
{
  float *running_mean = self->running_mean->value + c;
  float *running_var = self->running_var->value + c;
  double unbiased = n > 1 ? variance * n / (n - 1) : variance;

  *running_mean = (float) (*running_mean * (1 - MOMENTUM) + mean * MOMENTUM);
  *running_var = (float) (*running_var * (1 - MOMENTUM) + unbiased * MOMENTUM);
}

void
sag_cpu_batch_norm_set (SagCpuBatchNorm *self, const double *mean, const double *variance, double n)
{
  for (int32_t c = 0; c < self->n_channels; c++)
    {
      double m = self->frozen ? self->running_mean->value[c] : mean[c];
      double v = self->frozen ? self->running_var->value[c] : MAX (variance[c], 0);
      double inv_std = 1 / sqrt (v + self->eps);

      self->mean[c] = (float) m;
      self->inv_std[c] = (float) inv_std;
      self->factor[c] = (float) (self->scale_param->value[c] * inv_std);
      self->offset[c] =
        (float) (self->shift_param->value[c] - self->scale_param->value[c] * inv_std * m);
      if (!self->frozen)
        move_running (self, c, m, v, n);
    }
}

void
sag_cpu_batch_norm_backward (SagCpuBatchNorm *self,
                             const double    *d_sum,
                             const double    *d_x_sum,
                             double           n)
{
  for (int32_t c = 0; c < self->n_channels; c++)
    {
      double inv_std = self->inv_std[c];

      if (self->scale_param->trains)
        {
          self->scale_param->grad[c] += (float) (d_x_sum[c] * inv_std);
          self->shift_param->grad[c] += (float) d_sum[c];
        }
      self->slope[c] =
        self->frozen ? 0 : (float) (self->factor[c] * inv_std * inv_std * d_x_sum[c] / n);
      self->shift[c] = self->frozen ? 0 : (float) (self->factor[c] * d_sum[c] / n);
    }
}
