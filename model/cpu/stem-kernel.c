/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

#include "model/cpu/simd.h"

/* One row of the stem: a 3x3x3 convolution with stride 2 over one channel, then SiLU.
 *
 *   rows     9 x (2 n + 1)   padded rows of the image, kernel's x and y rising, z along each
 *   weights  (9, 3, 16)      BatchNorm folded in
 *   out      (n, 16)
 */

#define TILE 6

/* @n voxels from @first on; n is a constant wherever this is inlined. */
SAG_INLINE void
tile (const int n, const SagCpuStem *job, size_t first)
{
  const float *w = job->weights;
  SagV8        sum[TILE][2];

  SAG_UNROLL
  for (int i = 0; i < n; i++)
    {
      sum[i][0] = sag_v8_load (job->bias);
      sum[i][1] = sag_v8_load (job->bias + 8);
    }
  for (int r = 0; r < 9; r++, w += 3 * 16)
    {
      const float *x = job->rows[r] + 2 * first;

      SAG_UNROLL
      for (int q = 0; q < 3; q++)
        {
          SagV8 low = sag_v8_load (w + q * 16);
          SagV8 high = sag_v8_load (w + q * 16 + 8);

          SAG_UNROLL
          for (int i = 0; i < n; i++)
            {
              SagV8 value = sag_v8_set (x[2 * i + q]);

              sum[i][0] += value * low;
              sum[i][1] += value * high;
            }
        }
    }
  SAG_UNROLL
  for (int i = 0; i < n; i++)
    {
      sag_v8_store (job->out + (first + i) * 16, sag_v8_silu (sum[i][0]));
      sag_v8_store (job->out + (first + i) * 16 + 8, sag_v8_silu (sum[i][1]));
    }
}

void
sag_cpu_stem_row (const SagCpuStem *job)
{
  size_t i = 0;

  for (; i + 6 <= job->n; i += 6)
    tile (6, job, i);
  for (; i + 2 <= job->n; i += 2)
    tile (2, job, i);
  for (; i < job->n; i++)
    tile (1, job, i);
}
