/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

#include "model/cpu/simd.h"

/* One row of a depthwise convolution over 16 channels, then SiLU, and the sums that squeeze-excite needs.
 *
 *   rows     n_rows x ((n - 1) stride + kernel, 16)   padded input rows
 *   taps     n_rows            which row of the kernel, x kernel + y, each input row meets
 *   weights  (kernel^2, kernel, 16)
 *   out      (n, 16)
 *   sums     (16)              accumulate
 *
 * A tile is 8 voxels of 8 channels: 8 sums, up to 7 weights and one input fill the 16 registers of AVX2.
 */

#define TILE 8
#define MAX_UNROLLED 7

/* Adds row @x times kernel row @w to @n sums; all but the pointers are constants wherever this is inlined. */
SAG_INLINE void
add_row (
  const int kernel, const int stride, const int n, const float *x, const float *w, SagV8 sum[TILE])
{
  SagV8 weight[MAX_UNROLLED];

  SAG_UNROLL
  for (int q = 0; q < kernel; q++)
    weight[q] = sag_v8_load (w + q * 16);
  SAG_UNROLL
  for (int j = 0; j < (n - 1) * stride + kernel; j++)
    {
      SagV8 value = sag_v8_load (x + j * 16);

      SAG_UNROLL
      for (int q = 0; q < kernel; q++)
        if (j >= q && (j - q) % stride == 0 && (j - q) / stride < n)
          sum[(j - q) / stride] += value * weight[q];
    }
}

/* The same for one voxel and a kernel of any size. */
SAG_INLINE void
add_row_any (int kernel, const float *x, const float *w, SagV8 sum[TILE])
{
  for (int q = 0; q < kernel; q++)
    sum[0] += sag_v8_load (x + q * 16) * sag_v8_load (w + q * 16);
}

/* @n voxels from @first on, channels @half to @half + 7. @kernel 0 means job->kernel. */
SAG_INLINE SagV8
tile (const int              kernel,
      const int              stride,
      const int              n,
      const SagCpuDepthwise *job,
      size_t                 first,
      int                    half)
{
  SagV8 sum[TILE], total = sag_v8_set (0.0f);

  SAG_UNROLL
  for (int i = 0; i < n; i++)
    sum[i] = sag_v8_load (job->bias + half);
  for (int r = 0; r < job->n_rows; r++)
    {
      const float *x = job->rows[r] + first * job->stride * 16 + half;
      const float *w = job->weights + (size_t) job->taps[r] * job->kernel * 16 + half;

      if (kernel)
        add_row (kernel, stride, n, x, w, sum);
      else
        add_row_any (job->kernel, x, w, sum);
    }
  SAG_UNROLL
  for (int i = 0; i < n; i++)
    {
      SagV8 y = job->plain ? sum[i] : sag_v8_silu (sum[i]);

      total += y;
      sag_v8_store (job->out + (first + i) * 16 + half, y);
    }
  return total;
}

SAG_INLINE void
row (const int kernel, const int stride, const SagCpuDepthwise *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8  total = sag_v8_load (job->sums + half);
      size_t i = 0;

      if (kernel)
        {
          for (; i + 8 <= job->n; i += 8)
            total += tile (kernel, stride, 8, job, i, half);
          for (; i + 4 <= job->n; i += 4)
            total += tile (kernel, stride, 4, job, i, half);
        }
      for (; i < job->n; i++)
        total += tile (kernel, stride, 1, job, i, half);
      sag_v8_store (job->sums + half, total);
    }
}

#define DEFINE_ROW(kernel, stride)                                                                 \
  static void row_##kernel##_##stride (const SagCpuDepthwise *job) { row (kernel, stride, job); }

DEFINE_ROW (3, 1)
DEFINE_ROW (3, 2)
DEFINE_ROW (5, 1)
DEFINE_ROW (5, 2)
DEFINE_ROW (7, 1)
DEFINE_ROW (7, 2)

static void
row_any (const SagCpuDepthwise *job)
{
  row (0, 0, job);
}

void
sag_cpu_depthwise_row (const SagCpuDepthwise *job)
{
  switch (job->kernel * 10 + job->stride)
    {
    case 31:
      row_3_1 (job);
      break;
    case 32:
      row_3_2 (job);
      break;
    case 51:
      row_5_1 (job);
      break;
    case 52:
      row_5_2 (job);
      break;
    case 71:
      row_7_1 (job);
      break;
    case 72:
      row_7_2 (job);
      break;
    default:
      row_any (job);
    }
}
