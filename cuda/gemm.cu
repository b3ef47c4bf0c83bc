/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/gemm.cuh"

/* Matrix product in float32: no tensor cores, whose TF32 keeps 10 bits.
 *
 * A block makes TILE x TILE outputs, a thread 4 x 4 of them; DEPTH values of the sums at a time go through shared
 * memory, turned so that a thread reads its four at once. The next ones are on their way meanwhile.
 */

#define TILE 64
#define DEPTH 16
#define PITCH (TILE + 4)
#define THREADS 256

static __device__ __forceinline__ void
put (float *tile, int32_t row, int32_t k, const SagPack<float, 4> &pack)
{
#pragma unroll
  for (int i = 0; i < 4; i++)
    tile[(k + i) * PITCH + row] = pack.v[i];
}

static __device__ __forceinline__ void
multiply (const float *a, const float *b, int32_t row, int32_t column, float (&sum)[4][4])
{
#pragma unroll
  for (int k = 0; k < DEPTH; k++)
    {
      float x[4], y[4];

      sag_load (a + k * PITCH + row, x);
      sag_load (b + k * PITCH + column, y);
#pragma unroll
      for (int i = 0; i < 4; i++)
#pragma unroll
        for (int j = 0; j < 4; j++)
          sum[i][j] += x[i] * y[j];
    }
}

template <bool ALIGNED>
static __global__ void
__launch_bounds__ (THREADS) gemm_float (SagCudaGemm job)
{
  SAG_SHARED (float, tiles);
  float       *tile_a = tiles, *tile_b = tiles + DEPTH * PITCH;
  int32_t      row = blockIdx.x * TILE, column = blockIdx.y * TILE, batch = blockIdx.z;
  int32_t      line = threadIdx.x / 4, k = threadIdx.x % 4 * 4;
  int32_t      mine_row = threadIdx.x / 16 * 4, mine_column = threadIdx.x % 16 * 4;
  const float *a =
    (const float *) job.a + (size_t) batch * job.a_batch + (size_t) (row + line) * job.a_row;
  const float      *b = (const float *) job.weight + (size_t) (column + line) * job.k;
  int32_t           k_a = row + line < job.m ? job.k : 0, k_b = column + line < job.n ? job.k : 0;
  float             sum[4][4] = {};
  SagPack<float, 4> next_a = sag_gemm_load<float, 4, ALIGNED> (a, k, k_a);
  SagPack<float, 4> next_b = sag_gemm_load<float, 4, ALIGNED> (b, k, k_b);

  for (int32_t done = 0; done < job.k; done += DEPTH)
    {
      put (tile_a, line, k, next_a);
      put (tile_b, line, k, next_b);
      __syncthreads ();
      next_a = sag_gemm_load<float, 4, ALIGNED> (a, done + DEPTH + k, k_a);
      next_b = sag_gemm_load<float, 4, ALIGNED> (b, done + DEPTH + k, k_b);
      multiply (tile_a, tile_b, mine_row, mine_column, sum);
      __syncthreads ();
    }
#pragma unroll
  for (int i = 0; i < 4; i++)
#pragma unroll
    for (int j = 0; j < 4; j++)
      sag_gemm_store<float, float> (job, job.act, row + mine_row + i, column + mine_column + j,
                                    batch, sum[i][j]);
}

int
sag_cuda_launch_gemm_float (const SagCudaGemm *job, void *stream)
{
  dim3   grid (sag_ceil_div (job->m, TILE), sag_ceil_div (job->n, TILE), job->n_batches);
  size_t shared = 2 * DEPTH * PITCH * sizeof (float);

  if (sag_gemm_is_aligned (job, 4))
    return SAG_LAUNCH (gemm_float<true>, grid, THREADS, shared, stream, *job);
  return SAG_LAUNCH (gemm_float<false>, grid, THREADS, shared, stream, *job);
}

extern "C" int
sag_cuda_launch_gemm (const SagCudaGemm *job, void *stream)
{
  if (job->m == 0 || job->n == 0 || job->n_batches == 0)
    return 0;
  return job->type == SAG_CUDA_FLOAT ? sag_cuda_launch_gemm_float (job, stream)
                                     : sag_cuda_launch_gemm_half (job, stream);
}
