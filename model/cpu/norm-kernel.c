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
