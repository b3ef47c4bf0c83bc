/* SPDX-License-Identifier: Apache-2.0 */

/* LayerNorm, Ba et al., arXiv:1607.06450, forward and backward.
 *
 *   y = x_hat scale + shift,  x_hat = (x - mean) / std
 *   d_x = (g - mean (g) - x_hat mean (g x_hat)) / std,  g = d scale
 */

#include "model/cpu/train/layer-norm.h"

#include <math.h>
#include <string.h>

static void
row_moments (const float *x, gsize width, float eps, double *mean, double *inv_std)
{
  double sum = 0, squares = 0;

  for (gsize i = 0; i < width; i++)
    sum += x[i];
  *mean = sum / width;
  for (gsize i = 0; i < width; i++)
    squares += (x[i] - *mean) * (x[i] - *mean);
  *inv_std = 1 / sqrt (squares / width + eps);
}

void
sag_cpu_train_norm (
  const SagCpuTrainNorm *self, const float *x, float *out, gsize n_rows, gsize width)
{
  if (self->scale == NULL)
    {
      memmove (out, x, n_rows * width * sizeof *out);
      return;
    }
  for (gsize r = 0; r < n_rows; r++, x += width, out += width)
    {
      double mean, inv_std;

      row_moments (x, width, self->eps, &mean, &inv_std);
      for (gsize i = 0; i < width; i++)
        out[i] = (float) ((x[i] - mean) * inv_std) * self->scale->value[i] + self->shift->value[i];
    }
}

static void
back_row (const SagCpuTrainNorm *self, const float *x, float *d, gsize width)
{
  const float *scale = self->scale->value;
  double       mean, inv_std, sum = 0, along = 0;

  row_moments (x, width, self->eps, &mean, &inv_std);
  for (gsize i = 0; i < width; i++)
    {
      double x_hat = (x[i] - mean) * inv_std, g = (double) d[i] * scale[i];

      sum += g;
      along += g * x_hat;
      if (self->scale->trains)
        {
          self->scale->grad[i] += (float) (d[i] * x_hat);
          self->shift->grad[i] += d[i];
        }
    }
  for (gsize i = 0; i < width; i++)
    {
      double x_hat = (x[i] - mean) * inv_std;

      d[i] = (float) ((d[i] * scale[i] - sum / width - x_hat * along / width) * inv_std);
    }
}

void
sag_cpu_train_norm_back (
  const SagCpuTrainNorm *self, const float *x, float *d, gsize n_rows, gsize width)
{
  if (self->scale == NULL)
    return;
  for (gsize r = 0; r < n_rows; r++)
    back_row (self, x + r * width, d + r * width, width);
}
