/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

#include "model/cpu/simd.h"

#include <math.h>

/* Layer normalisation, Ba et al., arXiv:1607.06450, as torch.nn.LayerNorm: biased variance, eps under the root. */

/* Sum of (x - @centre), or of its square. */
static float
sum_row (const float *x, size_t width, float centre, bool square)
{
  SagV8  sum = sag_v8_set (0.0f);
  float  rest = 0.0f;
  size_t i = 0;

  for (; i + 8 <= width; i += 8)
    {
      SagV8 d = sag_v8_load (x + i) - centre;

      sum += square ? d * d : d;
    }
  for (; i < width; i++)
    rest += square ? (x[i] - centre) * (x[i] - centre) : x[i] - centre;
  return sag_v8_sum (sum) + rest;
}

void
sag_cpu_layer_norm (const SagCpuNorm *job)
{
  for (size_t r = 0; r < job->n_rows; r++)
    {
      const float *x = job->x + r * job->width;
      float       *out = job->out + r * job->width;
      float        mean = sum_row (x, job->width, 0.0f, false) / job->width;
      float        variance = sum_row (x, job->width, mean, true) / job->width;
      float        factor = 1.0f / sqrtf (variance + job->eps);
      size_t       i = 0;

      for (; i + 8 <= job->width; i += 8)
        sag_v8_store (out + i,
                      (sag_v8_load (x + i) - mean) * factor * sag_v8_load (job->scale + i) +
                        sag_v8_load (job->shift + i));
      for (; i < job->width; i++)
        out[i] = (x[i] - mean) * factor * job->scale[i] + job->shift[i];
    }
}

/* With g = d scale: the sum of g, and of g x_hat. */
static void
sum_gradient (const SagCpuLayerNormGradient *job,
              const float                   *x,
              const float                   *d,
              float                          mean,
              float                          factor,
              float                          sums[2])
{
  SagV8  first = sag_v8_set (0.0f), second = sag_v8_set (0.0f);
  size_t i = 0;

  for (; i + 8 <= job->width; i += 8)
    {
      SagV8 g = sag_v8_load (d + i) * sag_v8_load (job->scale + i);

      first += g;
      second += g * (sag_v8_load (x + i) - mean);
    }
  sums[0] = sag_v8_sum (first);
  sums[1] = sag_v8_sum (second);
  for (; i < job->width; i++)
    {
      sums[0] += d[i] * job->scale[i];
      sums[1] += d[i] * job->scale[i] * (x[i] - mean);
    }
  sums[1] *= factor;
}

static void
give_sums (
  const SagCpuLayerNormGradient *job, const float *x, const float *d, float mean, float factor)
{
  float *scale = job->sums, *shift = job->sums + job->width;

  for (size_t i = 0; i < job->width; i++)
    {
      scale[i] += d[i] * ((x[i] - mean) * factor);
      shift[i] += d[i];
    }
}

/* d_x = (g - mean (g) - x_hat mean (g x_hat)) / std */
void
sag_cpu_layer_norm_gradient (const SagCpuLayerNormGradient *job)
{
  for (size_t r = 0; r < job->n_rows; r++)
    {
      const float *x = job->x + r * job->width;
      float       *d = job->d + r * job->width;
      float        mean = sum_row (x, job->width, 0.0f, false) / job->width;
      float        variance = sum_row (x, job->width, mean, true) / job->width;
      float        factor = 1.0f / sqrtf (variance + job->eps), sums[2];

      sum_gradient (job, x, d, mean, factor, sums);
      if (job->sums)
        give_sums (job, x, d, mean, factor);
      for (size_t i = 0; i < job->width; i++)
        d[i] = (d[i] * job->scale[i] - sums[0] / job->width -
                (x[i] - mean) * factor * (sums[1] / job->width)) *
               factor;
    }
}
