/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/attend.cuh"

/* Attention of float16 on tensor cores.
 *
 * A block makes 64 queries of one head of one sequence, a warp 16 of them: their queries, the scores of a tile of keys
 * and the results stay in its registers. The tile goes through shared memory: keys and values (KEYS, W + 8) each, 8
 * more than W so that the eight rows of a matrix lie in different banks. Values are on their way while keys are scored,
 * the next keys while values are added up.
 *
 * The scores' registers, as a product leaves them, are the weights' registers, as the next product wants them.
 */

#define WARPS 4
#define THREADS (WARPS * 32)
#define QUERIES (WARPS * 16)
#define KEYS QUERIES /* queries start in the values' place */
#define PACK 8

/* Where one head of one sequence lies. */
struct Head
{
  const SagHalf *query; /* rows @step apart; keys and values follow at @hidden and 2 @hidden */
  const uint8_t *visible;
  int32_t        step;
  int32_t        hidden;
  int32_t        length;
};

static __device__ __forceinline__ Head
find_head (const SagCudaAttend &job)
{
  Head head;

  head.hidden = job.n_heads * job.width;
  head.step = 3 * head.hidden;
  head.query = (const SagHalf *) job.qkv + (size_t) blockIdx.z * job.length * head.step +
               (size_t) blockIdx.y * job.width;
  head.visible = job.visible + (size_t) blockIdx.z * job.length;
  head.length = job.length;
  return head;
}

/* Rows @first .. @first + KEYS - 1 of what starts at @from; zeros from @end on. */
template <int W>
static __device__ __forceinline__ void
copy_rows (const Head &head, const SagHalf *from, int32_t first, int32_t end, SagHalf *tile)
{
  const int lines = THREADS * PACK / W; /* rows that are copied at once */
  int32_t   line = threadIdx.x / (W / PACK), column = threadIdx.x % (W / PACK) * PACK;

  from += (int64_t) (first + line) * head.step + column;
  tile += line * (W + PACK) + column;
#pragma unroll
  for (int i = 0; i < KEYS; i += lines)
    sag_copy_start (tile + i * (W + PACK), from + i * head.step, first + line + i < end);
  sag_copy_close ();
}

/* The warp's 16 queries as fragments. */
template <int W>
static __device__ __forceinline__ void
load_queries (const SagHalf *tile, uint32_t (&query)[W / 16][4])
{
  int32_t lane = threadIdx.x % 32, row = threadIdx.x / 32 * 16 + lane % 16;

#pragma unroll
  for (int k = 0; k < W / 16; k++)
    sag_load_matrices (query[k], tile + row * (W + PACK) + k * 16 + lane / 16 * 8);
}

/* Which keys the lane may look at: bit i of word w is key @first + 32 w + i + what the lane's first column is. */
static __device__ __forceinline__ void
find_visible (const Head &head, int32_t first, uint32_t (&visible)[KEYS / 32])
{
#pragma unroll
  for (int w = 0; w < KEYS / 32; w++)
    {
      int32_t at = first + w * 32 + threadIdx.x % 32;

      visible[w] = __ballot_sync (SAG_ALL_LANES, at < head.length && head.visible[at] != 0) >>
                   threadIdx.x % 4 * 2;
    }
}

/* Scores of the tile's keys, not scaled yet; hidden ones are SAG_ATTEND_LOWEST. */
template <int W>
static __device__ __forceinline__ void
score_keys (const SagHalf *key,
            const uint32_t (&query)[W / 16][4],
            const uint32_t (&visible)[KEYS / 32],
            float (&score)[KEYS / 8][4])
{
  int32_t lane = threadIdx.x % 32;

#pragma unroll
  for (int n = 0; n < KEYS / 8; n++)
    {
      float sum[4] = {};

#pragma unroll
      for (int k = 0; k < W / 16; k += 2)
        {
          uint32_t b[4];

          sag_load_matrices (b, key + (n * 8 + lane % 8) * (W + PACK) + k * 16 + lane / 8 * 8);
          sag_mma (sum, query[k], b);
          sag_mma (sum, query[k + 1], b + 2);
        }
#pragma unroll
      for (int c = 0; c < 4; c++)
        score[n][c] = (visible[n / 4] >> (n % 4 * 8 + c % 2) & 1) != 0 ? sum[c] : SAG_ATTEND_LOWEST;
    }
}

/* What is known of the thread's two rows: @h 0 and 1 are rows group and group + 8. */
struct Running
{
  float most[2];
  float total[2]; /* of the thread's own keys */
  float keep[2];  /* of what was added up before the last tile */
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

/* Turns scores into weights: exp (score / sqrt (W)), by powers of 2. Half of the lowest score is below all real ones,
 * and so far above hidden ones that these get exactly nothing.
 */
template <int W>
static __device__ __forceinline__ void
weigh_keys (float (&score)[KEYS / 8][4], Running &running)
{
  const float scale = 1.4426950408889634f / sqrtf ((float) W);

#pragma unroll
  for (int h = 0; h < 2; h++)
    {
      float most = 0.5f * SAG_ATTEND_LOWEST, sum = 0.0f;

#pragma unroll
      for (int i = 0; i < KEYS / 4; i++)
        most = fmaxf (most, score[i / 2][2 * h + i % 2]);
      most = fmaxf (running.most[h], row_most (most));
      running.keep[h] = sag_exp2_fast ((running.most[h] - most) * scale);
      running.most[h] = most;
      most *= scale;
#pragma unroll
      for (int i = 0; i < KEYS / 4; i++)
        {
          float &x = score[i / 2][2 * h + i % 2];

          x = sag_exp2_fast (x * scale - most);
          sum += x;
        }
      running.total[h] = running.total[h] * running.keep[h] + sum;
    }
}

template <int W>
static __device__ __forceinline__ void
add_values (const SagHalf *value,
            const float (&weight)[KEYS / 8][4],
            const Running &running,
            float (&result)[W / 8][4])
{
  int32_t lane = threadIdx.x % 32;

#pragma unroll
  for (int i = 0; i < W / 8 * 4; i++)
    result[i / 4][i % 4] *= running.keep[i % 4 / 2];
#pragma unroll
  for (int k = 0; k < KEYS / 16; k++)
    {
      uint32_t a[4];

#pragma unroll
      for (int r = 0; r < 4; r++)
        a[r] =
          sag_half_pair (weight[2 * k + r / 2][r % 2 * 2], weight[2 * k + r / 2][r % 2 * 2 + 1]);
#pragma unroll
      for (int n = 0; n < W / 8; n += 2)
        {
          uint32_t b[4];

          sag_load_turned (b, value + (k * 16 + lane % 16) * (W + PACK) + n * 8 + lane / 16 * 8);
          sag_mma (result[n], a, b);
          sag_mma (result[n + 1], a, b + 2);
        }
    }
}

template <int W>
static __device__ __forceinline__ void
store_results (const SagCudaAttend &job,
               int32_t              first_query,
               const Running       &running,
               const float (&result)[W / 8][4])
{
#pragma unroll
  for (int h = 0; h < 2; h++)
    {
      int32_t  row = first_query + threadIdx.x % 32 / 4 + h * 8;
      size_t   at = ((size_t) blockIdx.z * job.n_queries + row) * job.n_heads + blockIdx.y;
      SagHalf *out = (SagHalf *) job.out + at * W + threadIdx.x % 4 * 2;
      float    factor = sag_divide_fast (1.0f, row_sum (running.total[h]));

      if (row < job.n_queries)
#pragma unroll
        for (int n = 0; n < W / 8; n++)
          *reinterpret_cast<uint32_t *> (out + n * 8) =
            sag_half_pair (result[n][2 * h] * factor, result[n][2 * h + 1] * factor);
    }
}

template <int W>
static __global__ void
__launch_bounds__ (THREADS, W == 128 ? 3 : 4) attend_half (SagCudaAttend job)
{
  SAG_SHARED (SagHalf, key);
  SagHalf *value = key + KEYS * (W + PACK);
  Head     head = find_head (job);
  int32_t  first_query = blockIdx.x * QUERIES;
  uint32_t query[W / 16][4], visible[KEYS / 32];
  float    score[KEYS / 8][4], result[W / 8][4] = {};
  Running  running = { { 0.5f * SAG_ATTEND_LOWEST, 0.5f * SAG_ATTEND_LOWEST }, {}, {} };

  copy_rows<W> (head, head.query, first_query, job.n_queries, value);
  copy_rows<W> (head, head.query + head.hidden, 0, job.length, key);
  sag_copy_wait<1> ();
  __syncthreads ();
  load_queries<W> (value, query);
  for (int32_t first = 0; first < job.length; first += KEYS)
    {
      find_visible (head, first, visible);
      /* The keys are there, and nobody needs any more what lies in the values' place. */
      sag_copy_wait<0> ();
      __syncthreads ();
      copy_rows<W> (head, head.query + 2 * head.hidden, first, job.length, value);
      score_keys<W> (key, query, visible, score);
      /* Now the other way round. */
      sag_copy_wait<0> ();
      __syncthreads ();
      if (first + KEYS < job.length)
        copy_rows<W> (head, head.query + head.hidden, first + KEYS, job.length, key);
      weigh_keys<W> (score, running);
      add_values<W> (value, score, running, result);
    }
  store_results<W> (job, first_query + threadIdx.x / 32 * 16, running, result);
}

template <int W>
static int
launch (const SagCudaAttend *job, void *stream)
{
  dim3   grid (sag_ceil_div (job->n_queries, QUERIES), job->n_heads, job->n_sequences);
  size_t shared = 2 * KEYS * (W + PACK) * sizeof (SagHalf);

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
