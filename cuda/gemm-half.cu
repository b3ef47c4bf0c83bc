/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/gemm.cuh"

/* Matrix product of float16 on tensor cores, sums in float32.
 *
 * A block makes BM x BN outputs, BK values of the sums at a time through shared memory, the next ones on their way
 * meanwhile. Its four warps share the outputs (WN x WN), or, for small products, all make the same outputs from a
 * quarter of each BK (WK = 4), so that more blocks are at work. A warp makes 32 x 32 outputs as 2 x 4 pieces of
 * 16 x 8. Rows in shared memory are 8 values longer than BK: the eight rows of a piece lie in different banks.
 */

#define THREADS 128
#define PACK 8
#define SMALL 132 /* blocks that fill the largest GPUs */

template <int BM_, int BK_, int WK_> struct Shape
{
  static const int BM = BM_;
  static const int BK = BK_;
  static const int WK = WK_;
  static const int WN = BM_ / 32;                /* warps along each side */
  static const int PITCH = BK_ + PACK;           /* of a row in shared memory */
  static const int LINES = THREADS * PACK / BK_; /* rows that are loaded at once */
  static const int N = BM_ / LINES;              /* packs that a thread loads of each tile */
  static const int TILE_BYTES = BM_ * PITCH * 2;
  static const int SUM_BYTES = (WK_ - 1) * 32 * 32 * 4;
  static const int SHARED = 2 * TILE_BYTES > SUM_BYTES ? 2 * TILE_BYTES : SUM_BYTES;
};

typedef Shape<64, 32, 1>  Large;
typedef Shape<32, 128, 4> Small;

typedef SagPack<SagHalf, PACK> Pack;

/* The thread's packs of a tile: rows @first on, sums from @k on. */
template <typename S, bool ALIGNED>
static __device__ __forceinline__ void
fetch (const SagHalf *from,
       int64_t        row_step,
       int32_t        first,
       int32_t        n_rows,
       int32_t        k,
       int32_t        n_k,
       Pack (&packs)[S::N])
{
  int32_t line = threadIdx.x / (S::BK / PACK);

  k += threadIdx.x % (S::BK / PACK) * PACK;
#pragma unroll
  for (int i = 0; i < S::N; i++)
    {
      int32_t row = first + line + i * S::LINES;

      packs[i] =
        sag_gemm_load<SagHalf, PACK, ALIGNED> (from + row * row_step, k, row < n_rows ? n_k : 0);
    }
}

template <typename S>
static __device__ __forceinline__ void
put (SagHalf *tile, const Pack (&packs)[S::N])
{
  int32_t line = threadIdx.x / (S::BK / PACK), k = threadIdx.x % (S::BK / PACK) * PACK;

#pragma unroll
  for (int i = 0; i < S::N; i++)
    *reinterpret_cast<Pack *> (tile + (line + i * S::LINES) * S::PITCH + k) = packs[i];
}

static __device__ __forceinline__ uint32_t
pair (const SagHalf *at)
{
  return *reinterpret_cast<const uint32_t *> (at);
}

/* 16 values of the sums of a warp's 32 x 32 outputs; @a, @b: the first of its rows, at its k. */
template <typename S>
static __device__ __forceinline__ void
multiply (const SagHalf *a, const SagHalf *b, float (&sum)[2][4][4])
{
  int32_t  group = threadIdx.x % 32 / 4, part = threadIdx.x % 4 * 2;
  uint32_t x[2][4], y[4][2];

#pragma unroll
  for (int i = 0; i < 2; i++)
#pragma unroll
    for (int r = 0; r < 4; r++)
      x[i][r] = pair (a + (i * 16 + group + r % 2 * 8) * S::PITCH + part + r / 2 * 8);
#pragma unroll
  for (int j = 0; j < 4; j++)
#pragma unroll
    for (int r = 0; r < 2; r++)
      y[j][r] = pair (b + (j * 8 + group) * S::PITCH + part + r * 8);
#pragma unroll
  for (int i = 0; i < 2; i++)
#pragma unroll
    for (int j = 0; j < 4; j++)
      sag_mma (sum[i][j], x[i], y[j]);
}

/* Adds the four warps' sums up in the first. */
static __device__ __forceinline__ void
gather (float *parts, int32_t warp, float (&sum)[2][4][4])
{
  float *mine = parts + (warp - 1) * 1024 + threadIdx.x % 32;

  if (warp > 0)
#pragma unroll
    for (int i = 0; i < 32; i++)
      mine[i * 32] = sum[i / 16][i / 4 % 4][i % 4];
  __syncthreads ();
  if (warp == 0)
#pragma unroll
    for (int i = 0; i < 32; i++)
      for (int w = 0; w < 3; w++)
        sum[i / 16][i / 4 % 4][i % 4] += parts[w * 1024 + i * 32 + threadIdx.x];
}

template <typename Out>
static __device__ __forceinline__ void
store (
  const SagCudaGemm &job, int32_t row, int32_t column, int32_t batch, const float (&sum)[2][4][4])
{
  row += threadIdx.x % 32 / 4;
  column += threadIdx.x % 4 * 2;
#pragma unroll
  for (int i = 0; i < 2; i++)
#pragma unroll
    for (int j = 0; j < 4; j++)
#pragma unroll
      for (int r = 0; r < 4; r++)
        sag_gemm_store<SagHalf, Out> (job, row + i * 16 + r / 2 * 8, column + j * 8 + r % 2, batch,
                                      sum[i][j][r]);
}

template <typename S, typename Out, bool ALIGNED>
static __global__ void
__launch_bounds__ (THREADS) gemm_half (SagCudaGemm job)
{
  SAG_SHARED (SagHalf, tiles);
  SagHalf       *tile_a = tiles, *tile_b = tiles + S::BM * S::PITCH;
  int32_t        row = blockIdx.x * S::BM, column = blockIdx.y * S::BM, batch = blockIdx.z;
  int32_t        warp = threadIdx.x / 32, k_slice = S::WK > 1 ? warp * (S::BK / S::WK) : 0;
  int32_t        warp_row = S::WK > 1 ? 0 : warp / S::WN * 32;
  int32_t        warp_column = S::WK > 1 ? 0 : warp % S::WN * 32;
  const SagHalf *a = (const SagHalf *) job.a + (size_t) batch * job.a_batch;
  const SagHalf *b = (const SagHalf *) job.weight;
  float          sum[2][4][4] = {};
  Pack           next_a[S::N], next_b[S::N];

  fetch<S, ALIGNED> (a, job.a_row, row, job.m, 0, job.k, next_a);
  fetch<S, ALIGNED> (b, job.k, column, job.n, 0, job.k, next_b);
  for (int32_t k = 0; k < job.k; k += S::BK)
    {
      put<S> (tile_a, next_a);
      put<S> (tile_b, next_b);
      __syncthreads ();
      fetch<S, ALIGNED> (a, job.a_row, row, job.m, k + S::BK, job.k, next_a);
      fetch<S, ALIGNED> (b, job.k, column, job.n, k + S::BK, job.k, next_b);
#pragma unroll
      for (int i = 0; i < S::BK / S::WK; i += 16)
        multiply<S> (tile_a + warp_row * S::PITCH + k_slice + i,
                     tile_b + warp_column * S::PITCH + k_slice + i, sum);
      __syncthreads ();
    }
  if (S::WK > 1)
    gather (reinterpret_cast<float *> (tiles), warp, sum);
  if (S::WK == 1 || warp == 0)
    store<Out> (job, row + warp_row, column + warp_column, batch, sum);
}

template <typename S, typename Out>
static int
launch (const SagCudaGemm *job, void *stream)
{
  dim3 grid (sag_ceil_div (job->m, (int32_t) S::BM), sag_ceil_div (job->n, (int32_t) S::BM),
             job->n_batches);

  if (sag_gemm_is_aligned (job, PACK))
    return SAG_LAUNCH ((gemm_half<S, Out, true>), grid, THREADS, S::SHARED, stream, *job);
  return SAG_LAUNCH ((gemm_half<S, Out, false>), grid, THREADS, S::SHARED, stream, *job);
}

int
sag_cuda_launch_gemm_half (const SagCudaGemm *job, void *stream)
{
  int64_t blocks = (int64_t) sag_ceil_div (job->m, (int32_t) Large::BM) *
                   sag_ceil_div (job->n, (int32_t) Large::BM) * job->n_batches;

  if (job->out_type == SAG_CUDA_FLOAT)
    return blocks < SMALL ? launch<Small, float> (job, stream) : launch<Large, float> (job, stream);
  return blocks < SMALL ? launch<Small, SagHalf> (job, stream)
                        : launch<Large, SagHalf> (job, stream);
}
