/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/attend.cuh"

/* Attention of float16 on tensor cores.
 *
 * A block makes 64 queries of one head of one sequence, a warp 16 of them: their queries, the scores of a tile of keys
 * and the results stay in its registers. The tile goes through shared memory:
 *
 *   key    (KEYS, W + 8)
 *   value  (W, KEYS + 8)   turned, so that two values of neighbouring keys lie side by side
 *
 * The scores' registers, as a product leaves them, are the weights' registers, as the next product wants them.
 */

#define WARPS 4
#define THREADS (WARPS * 32)
#define QUERIES (WARPS * 16)
#define KEYS 64
#define PACK 8

typedef SagPack<SagHalf, PACK> Pack;

/* Where one head of one sequence lies. */
struct Head
{
  const SagHalf *query; /* rows @step apart; keys and values follow at @hidden and 2 @hidden */
  const uint8_t *visible;
  int64_t        step;
  int32_t        hidden;
  int32_t        length;
};

static __device__ __forceinline__ Head
find_head (const SagCudaAttend &job)
{
  Head head;

  head.hidden = job.n_heads * job.width;
  head.step = 3 * (int64_t) head.hidden;
  head.query = (const SagHalf *) job.qkv + (size_t) blockIdx.z * job.length * head.step +
               (size_t) blockIdx.y * job.width;
  head.visible = job.visible + (size_t) blockIdx.z * job.length;
  head.length = job.length;
  return head;
}

static __device__ __forceinline__ Pack
load_pack (const SagHalf *from, bool there)
{
  Pack pack;

  if (there)
    return *reinterpret_cast<const Pack *> (from);
#pragma unroll
  for (int i = 0; i < PACK; i++)
    sag_assign (&pack.v[i], 0.0f);
  return pack;
}

static __device__ __forceinline__ uint32_t
load_pair (const SagHalf *from)
{
  return *reinterpret_cast<const uint32_t *> (from);
}

static __device__ __forceinline__ uint32_t
make_pair (float low, float high)
{
  union
  {
    SagPack<SagHalf, 2> pack;
    uint32_t            bits;
  } pair;

  sag_assign (&pair.pack.v[0], low);
  sag_assign (&pair.pack.v[1], high);
  return pair.bits;
}

/* Keys and values first .. first + KEYS - 1; zeros beyond the sequence. */
template <int W>
static __device__ __forceinline__ void
load_tile (const Head &head, int32_t first, SagHalf *key, SagHalf *value)
{
#pragma unroll
  for (int32_t i = threadIdx.x; i < KEYS * W / PACK; i += THREADS)
    {
      int32_t row = i / (W / PACK), column = i % (W / PACK) * PACK;

      *reinterpret_cast<Pack *> (key + row * (W + PACK) + column) = load_pack (
        head.query + (first + row) * head.step + head.hidden + column, first + row < head.length);
    }
#pragma unroll
  for (int32_t i = threadIdx.x; i < KEYS * W / PACK; i += THREADS)
    {
      int32_t row = i % KEYS, column = i / KEYS * PACK;
      Pack    pack = load_pack (head.query + (first + row) * head.step + 2 * head.hidden + column,
                                first + row < head.length);

#pragma unroll
      for (int c = 0; c < PACK; c++)
        value[(column + c) * (KEYS + PACK) + row] = pack.v[c];
    }
}

/* The warp's 16 queries as fragments; zeros from @end on. */
template <int W>
static __device__ __forceinline__ void
load_queries (const Head &head, int32_t first, int32_t end, uint32_t (&query)[W / 16][4])
{
  int32_t group = threadIdx.x % 32 / 4, part = threadIdx.x % 4 * 2;

#pragma unroll
  for (int k = 0; k < W / 16; k++)
#pragma unroll
    for (int r = 0; r < 4; r++)
      {
        int32_t row = first + group + r % 2 * 8;

        query[k][r] =
          row < end ? load_pair (head.query + row * head.step + k * 16 + part + r / 2 * 8) : 0u;
      }
}

/* Scaled scores of the tile's keys; hidden ones are SAG_ATTEND_LOWEST. */
template <int W>
static __device__ __forceinline__ void
score_keys (const Head    &head,
            int32_t        first,
            const SagHalf *key,
            const uint32_t (&query)[W / 16][4],
            float (&score)[KEYS / 8][4])
{
  const float scale = 1.0f / sqrtf ((float) W);
  int32_t     group = threadIdx.x % 32 / 4, part = threadIdx.x % 4 * 2;

#pragma unroll
  for (int n = 0; n < KEYS / 8; n++)
    {
      const SagHalf *row = key + (n * 8 + group) * (W + PACK) + part;
      float          sum[4] = {};

#pragma unroll
      for (int k = 0; k < W / 16; k++)
        {
          uint32_t b[2] = { load_pair (row + k * 16), load_pair (row + k * 16 + 8) };

          sag_mma (sum, query[k], b);
        }
#pragma unroll
      for (int c = 0; c < 4; c++)
        {
          int32_t at = first + n * 8 + part + c % 2;

          score[n][c] =
            at < head.length && head.visible[at] != 0 ? sum[c] * scale : SAG_ATTEND_LOWEST;
        }
    }
}

/* What is known of the thread's two rows: @h 0 and 1 are rows group and group + 8. */
struct Running
{
  float most[2];
  float total[2];
  float keep[2]; /* of what was added up before the last tile */
};

/* Largest or summed value of a row, which four neighbouring lanes share. */
static __device__ __forceinline__ float
row_most (float x)
{
  x = fmaxf (x, __shfl_xor_sync (SAG_ALL_LANES, x, 1));
  return fmaxf (x, __shfl_xor_sync (SAG_ALL_LANES, x, 2));
}

static __device__ __forceinline__ float
row_sum (float x)
{
  x += __shfl_xor_sync (SAG_ALL_LANES, x, 1);
  return x + __shfl_xor_sync (SAG_ALL_LANES, x, 2);
}

/* Turns scores into weights. */
static __device__ __forceinline__ void
weigh_keys (float (&score)[KEYS / 8][4], Running &running)
{
#pragma unroll
  for (int h = 0; h < 2; h++)
    {
      float most = SAG_ATTEND_LOWEST, sum = 0.0f;

#pragma unroll
      for (int i = 0; i < KEYS / 4; i++)
        most = fmaxf (most, score[i / 2][2 * h + i % 2]);
      most = fmaxf (running.most[h], row_most (most));
      running.keep[h] = sag_exp_fast (running.most[h] - most);
      running.most[h] = most;
#pragma unroll
      for (int i = 0; i < KEYS / 4; i++)
        {
          float x = score[i / 2][2 * h + i % 2];

          x = x > 0.5f * SAG_ATTEND_LOWEST ? sag_exp_fast (x - most) : 0.0f;
          score[i / 2][2 * h + i % 2] = x;
          sum += x;
        }
      running.total[h] = running.total[h] * running.keep[h] + row_sum (sum);
    }
}

template <int W>
static __device__ __forceinline__ void
add_values (const SagHalf *value,
            const float (&weight)[KEYS / 8][4],
            const Running &running,
            float (&result)[W / 8][4])
{
  int32_t group = threadIdx.x % 32 / 4, part = threadIdx.x % 4 * 2;

#pragma unroll
  for (int i = 0; i < W / 8 * 4; i++)
    result[i / 4][i % 4] *= running.keep[i % 4 / 2];
#pragma unroll
  for (int k = 0; k < KEYS / 16; k++)
    {
      uint32_t a[4];

#pragma unroll
      for (int r = 0; r < 4; r++)
        a[r] = make_pair (weight[2 * k + r / 2][r % 2 * 2], weight[2 * k + r / 2][r % 2 * 2 + 1]);
#pragma unroll
      for (int n = 0; n < W / 8; n++)
        {
          const SagHalf *row = value + (n * 8 + group) * (KEYS + PACK) + k * 16 + part;
          uint32_t       b[2] = { load_pair (row), load_pair (row + 8) };

          sag_mma (result[n], a, b);
        }
    }
}

template <int W>
static __global__ void
__launch_bounds__ (THREADS) attend_half (SagCudaAttend job)
{
  SAG_SHARED (SagHalf, key);
  SagHalf *value = key + KEYS * (W + PACK);
  Head     head = find_head (job);
  int32_t  first_query = (blockIdx.x * WARPS + threadIdx.x / 32) * 16;
  uint32_t query[W / 16][4];
  float    result[W / 8][4] = {};
  Running  running = { { SAG_ATTEND_LOWEST, SAG_ATTEND_LOWEST }, {}, {} };

  load_queries<W> (head, first_query, job.n_queries, query);
  for (int32_t first = 0; first < job.length; first += KEYS)
    {
      float score[KEYS / 8][4];

      __syncthreads ();
      load_tile<W> (head, first, key, value);
      __syncthreads ();
      score_keys<W> (head, first, key, query, score);
      weigh_keys (score, running);
      add_values<W> (value, score, running, result);
    }
#pragma unroll
  for (int i = 0; i < W / 8 * 2; i++)
    {
      int32_t row = first_query + threadIdx.x % 32 / 4 + i % 2 * 8;
      float   pair[2];

      for (int c = 0; c < 2; c++)
        pair[c] = result[i / 2][i % 2 * 2 + c] / running.total[i % 2];
      if (row < job.n_queries)
        sag_store ((SagHalf *) job.out +
                     (((size_t) blockIdx.z * job.n_queries + row) * job.n_heads + blockIdx.y) * W +
                     i / 2 * 8 + threadIdx.x % 4 * 2,
                   pair);
    }
}

template <int W>
static int
launch (const SagCudaAttend *job, void *stream)
{
  dim3   grid (sag_ceil_div (job->n_queries, QUERIES), job->n_heads, job->n_sequences);
  size_t shared = (KEYS * (W + PACK) + W * (KEYS + PACK)) * sizeof (SagHalf);

  return SAG_LAUNCH (attend_half<W>, grid, THREADS, shared, stream, *job);
}

bool
sag_cuda_attend_half_fits (const SagCudaAttend *job)
{
  return job->type == SAG_CUDA_HALF &&
         (job->width == 32 || job->width == 64 || job->width == 128) &&
         (uintptr_t) job->qkv % 16 == 0;
}

int
sag_cuda_launch_attend_half (const SagCudaAttend *job, void *stream)
{
  return job->width == 32   ? launch<32> (job, stream)
         : job->width == 64 ? launch<64> (job, stream)
                            : launch<128> (job, stream);
}
