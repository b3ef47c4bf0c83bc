/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/gemm.cuh"

/* Matrix product of float16 on tensor cores, sums in float32.
 *
 * A block makes BM x BN outputs, BK values of the sums at a time through shared memory, which has room for STAGES of
 * them: all but one are on their way meanwhile. Its four warps share the outputs (WN x WN), or, for small products, all
 * make the same outputs from a quarter of each BK (WK = 4), so that more blocks are at work. A warp makes 32 x 32
 * outputs as 4 strips of 32 x 8. Rows in shared memory are 8 values longer than BK: the eight rows of a matrix lie in
 * different banks.
 */

#define THREADS 128
#define PACK 8
#define SMALL 132 /* blocks that fill the largest GPUs */

template <int BM_, int BK_, int WK_, int STAGES_> struct Shape
{
  static const int BM = BM_;
  static const int BK = BK_;
  static const int WK = WK_;
  static const int STAGES = STAGES_;
  static const int WN = BM_ / 32;                /* warps along each side */
  static const int PITCH = BK_ + PACK;           /* of a row in shared memory */
  static const int LINES = THREADS * PACK / BK_; /* rows that are copied at once */
  static const int N = BM_ / LINES;              /* packs that a thread copies of each tile */
  static const int TILE = BM_ * PITCH;           /* values */
  static const int SHARED = STAGES_ * 2 * TILE * 2;
};

typedef Shape<64, 32, 1, 3> Large;
typedef Shape<32, 64, 4, 4> Small;

/* What a tile is copied from. */
struct Source
{
  const SagHalf *from;
  int64_t        step; /* between rows */
  int32_t        n_rows;
  int32_t        n_k;
};

/* The thread's part of a tile: rows @first on, sums from @k on; zeros beyond the matrix. */
template <typename S, bool ALIGNED>
static __device__ __forceinline__ void
copy_tile (const Source &source, int32_t first, int32_t k, SagHalf *tile)
{
  int32_t line = threadIdx.x / (S::BK / PACK), column = threadIdx.x % (S::BK / PACK) * PACK;

  k += column;
#pragma unroll
  for (int i = 0; i < S::N; i++)
    {
      int32_t        row = first + line + i * S::LINES;
      const SagHalf *from = source.from + row * source.step + k;
      SagHalf       *to = tile + (line + i * S::LINES) * S::PITCH + column;

      if (ALIGNED)
        sag_copy_start (to, from, row < source.n_rows && k < source.n_k);
      else
        for (int c = 0; c < PACK; c++)
          if (row < source.n_rows && k + c < source.n_k)
            to[c] = from[c];
          else
            sag_assign (&to[c], 0.0f);
    }
}

/* Both tiles from @k on, into their stage. */
template <typename S, bool ALIGNED>
static __device__ __forceinline__ void
copy_stage (const Source &a, const Source &b, int32_t k, SagHalf *tiles)
{
  SagHalf *stage = tiles + k / S::BK % S::STAGES * 2 * S::TILE;

  if (k < a.n_k)
    {
      copy_tile<S, ALIGNED> (a, blockIdx.x * S::BM, k, stage);
      copy_tile<S, ALIGNED> (b, blockIdx.y * S::BM, k, stage + S::TILE);
    }
  sag_copy_close ();
}

/* 16 values of the sums of a warp's 32 x 32 outputs; @a, @b: the first of its rows, at its k. */
template <typename S>
static __device__ __forceinline__ void
multiply (const SagHalf *a, const SagHalf *b, float (&sum)[4][2][4])
{
  int32_t  lane = threadIdx.x % 32;
  uint32_t x[2][4], y[2][4];

#pragma unroll
  for (int i = 0; i < 2; i++)
    sag_load_matrices (x[i], a + (i * 16 + lane % 16) * S::PITCH + lane / 16 * 8);
#pragma unroll
  for (int j = 0; j < 2; j++)
    sag_load_matrices (y[j], b + (j * 16 + lane / 16 * 8 + lane % 8) * S::PITCH + lane / 8 % 2 * 8);
#pragma unroll
  for (int j = 0; j < 4; j++)
#pragma unroll
    for (int i = 0; i < 2; i++)
      sag_mma (sum[j][i], x[i], &y[j / 2][j % 2 * 2]);
}

/* Adds the four warps' sums up: each warp its own strip, into the first. */
static __device__ __forceinline__ void
gather (float *parts, int32_t warp, float (&sum)[4][2][4])
{
  int32_t lane = threadIdx.x % 32;

#pragma unroll
  for (int i = 0; i < 32; i++)
    parts[(warp * 32 + i) * 32 + lane] = sum[i / 8][i / 4 % 2][i % 4];
  __syncthreads ();
#pragma unroll
  for (int i = 0; i < 8; i++)
    {
      float total = 0.0f;

      for (int w = 0; w < 4; w++)
        total += parts[(w * 32 + warp * 8 + i) * 32 + lane];
      sum[0][i / 4][i % 4] = total;
    }
}

/* Two neighbours of a row, bias and residual added. */
template <typename Out, SagCudaAct ACT>
static __device__ __forceinline__ void
store_pair (const SagCudaGemm &job, size_t at, const float (&bias)[2], float low, float high)
{
  float values[2] = { low + bias[0], high + bias[1] }, add[2] = {};

  if (job.residual != NULL)
    sag_load ((const Out *) job.residual + at, add);
  for (int c = 0; c < 2; c++)
    values[c] = sag_act<SagHalf> (values[c] + add[c], ACT);
  sag_store ((Out *) job.out + at, values);
}

/* A strip's outputs; @row, @column: its first. */
template <typename Out, SagCudaAct ACT, bool ALIGNED>
static __device__ __forceinline__ void
store (const SagCudaGemm &job, int32_t row, int32_t column, const float (&sum)[2][4])
{
  float bias[2] = {};

  row += threadIdx.x % 32 / 4;
  column += threadIdx.x % 4 * 2;
  if (column >= job.n)
    return;
  if (ALIGNED && job.bias != NULL)
    sag_load (job.bias + column, bias);
#pragma unroll
  for (int i = 0; i < 4; i++, row += 8)
    if (!ALIGNED)
      for (int c = 0; c < 2; c++)
        sag_gemm_store<SagHalf, Out> (job, ACT, row, column + c, blockIdx.z,
                                      sum[i / 2][i % 2 * 2 + c]);
    else if (row < job.m)
      store_pair<Out, ACT> (job, blockIdx.z * job.out_batch + (int64_t) row * job.out_row + column,
                            bias, sum[i / 2][i % 2 * 2], sum[i / 2][i % 2 * 2 + 1]);
}

template <typename S, typename Out, SagCudaAct ACT, bool ALIGNED>
static __global__ void
__launch_bounds__ (THREADS) gemm_half (SagCudaGemm job)
{
  SAG_SHARED (SagHalf, tiles);
  int32_t warp = threadIdx.x / 32, k_slice = S::WK > 1 ? warp * (S::BK / S::WK) : 0;
  int32_t warp_row = S::WK > 1 ? 0 : warp / S::WN * 32;
  int32_t warp_column = S::WK > 1 ? 0 : warp % S::WN * 32;
  int32_t row = blockIdx.x * S::BM + warp_row, column = blockIdx.y * S::BM + warp_column;
  Source  a = { (const SagHalf *) job.a + blockIdx.z * job.a_batch, job.a_row, job.m, job.k };
  Source  b = { (const SagHalf *) job.weight, job.k, job.n, job.k };
  float   sum[4][2][4] = {};

  for (int i = 0; i < S::STAGES - 1; i++)
    copy_stage<S, ALIGNED> (a, b, i * S::BK, tiles);
  for (int32_t k = 0; k < job.k; k += S::BK)
    {
      const SagHalf *stage = tiles + k / S::BK % S::STAGES * 2 * S::TILE + k_slice;

      /* This stage is there, and nobody reads any more what the next copies replace. */
      sag_copy_wait<S::STAGES - 2> ();
      __syncthreads ();
      copy_stage<S, ALIGNED> (a, b, k + (S::STAGES - 1) * S::BK, tiles);
#pragma unroll
      for (int i = 0; i < S::BK / S::WK; i += 16)
        multiply<S> (stage + warp_row * S::PITCH + i, stage + S::TILE + warp_column * S::PITCH + i,
                     sum);
    }
  if (S::WK == 1)
#pragma unroll
    for (int j = 0; j < 4; j++)
      store<Out, ACT, ALIGNED> (job, row, column + j * 8, sum[j]);
  else
    {
      __syncthreads ();
      gather (reinterpret_cast<float *> (tiles), warp, sum);
      store<Out, ACT, ALIGNED> (job, row, column + warp * 8, sum[0]);
    }
}

/* Whether outputs can be stored two at a time. */
static bool
is_paired (const SagCudaGemm *job)
{
  return job->n % 2 == 0 && job->out_row % 2 == 0 && job->out_batch % 2 == 0 &&
         ((uintptr_t) job->out | (uintptr_t) job->residual | (uintptr_t) job->bias) % 8 == 0;
}

template <typename S, typename Out, SagCudaAct ACT, bool ALIGNED>
static int
launch (const SagCudaGemm *job, void *stream)
{
  dim3 grid (sag_ceil_div (job->m, (int32_t) S::BM), sag_ceil_div (job->n, (int32_t) S::BM),
             job->n_batches);

  return SAG_LAUNCH ((gemm_half<S, Out, ACT, ALIGNED>), grid, THREADS, S::SHARED, stream, *job);
}

template <typename Out, SagCudaAct ACT>
static int
pick (const SagCudaGemm *job, void *stream)
{
  int64_t blocks = (int64_t) sag_ceil_div (job->m, (int32_t) Large::BM) *
                   sag_ceil_div (job->n, (int32_t) Large::BM) * job->n_batches;

  if (!sag_gemm_is_aligned (job, PACK) || !is_paired (job))
    return launch<Small, Out, ACT, false> (job, stream);
  return blocks < SMALL ? launch<Small, Out, ACT, true> (job, stream)
                        : launch<Large, Out, ACT, true> (job, stream);
}

template <typename Out>
static int
pick_act (const SagCudaGemm *job, void *stream)
{
  return job->act == SAG_CUDA_ACT_SILU   ? pick<Out, SAG_CUDA_ACT_SILU> (job, stream)
         : job->act == SAG_CUDA_ACT_GELU ? pick<Out, SAG_CUDA_ACT_GELU> (job, stream)
                                         : pick<Out, SAG_CUDA_ACT_NONE> (job, stream);
}

int
sag_cuda_launch_gemm_half (const SagCudaGemm *job, void *stream)
{
  return job->out_type == SAG_CUDA_FLOAT ? pick_act<float> (job, stream)
                                         : pick_act<SagHalf> (job, stream);
}
