/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/attend.cuh"

/* Attention without tensor cores: float32, and widths that they do not take.
 *
 * A block makes QUERIES rows of one head of one sequence; 8 threads work on a query. Shared memory holds the queries,
 * a tile of keys and values, and the tile's scores:
 *
 *   query   (QUERIES, pitch)    pitch is odd: threads next to each other read other banks
 *   key     (KEYS, pitch)
 *   value   (KEYS, pitch)
 *   score   (QUERIES, KEYS)
 *   result  (QUERIES, pitch)
 */

#define QUERIES 16
#define PARTS 8 /* threads of a query */
#define KEYS 32
#define THREADS (QUERIES * PARTS)

struct Tiles
{
  int32_t pitch;
  float  *query;
  float  *key;
  float  *value;
  float  *score;
  float  *result;
};

static __host__ __device__ __forceinline__ size_t
tiles_bytes (int32_t width)
{
  int32_t pitch = width | 1;

  return ((size_t) (2 * QUERIES + 2 * KEYS) * pitch + QUERIES * KEYS) * sizeof (float);
}

static __device__ __forceinline__ Tiles
place_tiles (float *memory, int32_t width)
{
  Tiles tiles;

  tiles.pitch = width | 1;
  tiles.query = memory;
  tiles.result = tiles.query + QUERIES * tiles.pitch;
  tiles.key = tiles.result + QUERIES * tiles.pitch;
  tiles.value = tiles.key + KEYS * tiles.pitch;
  tiles.score = tiles.value + KEYS * tiles.pitch;
  return tiles;
}

/* Rows of queries (@part 0), keys (1) or values (2), zeros beyond the sequence. */
template <typename T>
static __device__ __forceinline__ void
load_rows (
  const SagCudaAttend &job, int32_t part, int32_t first, int32_t n, int32_t pitch, float *to)
{
  int32_t  hidden = job.n_heads * job.width;
  const T *from = (const T *) job.qkv + (size_t) blockIdx.z * job.length * 3 * hidden +
                  (size_t) part * hidden + (size_t) blockIdx.y * job.width;

  for (int32_t i = threadIdx.x; i < n * job.width; i += THREADS)
    {
      int32_t row = i / job.width, column = i % job.width;

      to[row * pitch + column] =
        first + row < job.length ? sag_to_float (from[(size_t) (first + row) * 3 * hidden + column])
                                 : 0.0f;
    }
}

/* The query's largest or summed value among its threads, which are neighbours. */
static __device__ __forceinline__ float
most_of_parts (float x)
{
#pragma unroll
  for (int bits = PARTS / 2; bits > 0; bits /= 2)
    x = fmaxf (x, __shfl_xor_sync (SAG_ALL_LANES, x, bits));
  return x;
}

static __device__ __forceinline__ float
sum_of_parts (float x)
{
#pragma unroll
  for (int bits = PARTS / 2; bits > 0; bits /= 2)
    x += __shfl_xor_sync (SAG_ALL_LANES, x, bits);
  return x;
}

/* The thread's scores of keys @first on; returns the largest of the query's. */
static __device__ __forceinline__ float
score_keys (const SagCudaAttend &job, const Tiles &tiles, int32_t first, float scale)
{
  const uint8_t *visible = job.visible + (size_t) blockIdx.z * job.length;
  int32_t        query = threadIdx.x / PARTS, part = threadIdx.x % PARTS;
  const float   *q = tiles.query + query * tiles.pitch;
  float          most = SAG_ATTEND_LOWEST, dot[KEYS / PARTS] = {};

  for (int32_t i = 0; i < job.width; i++)
#pragma unroll
    for (int t = 0; t < KEYS / PARTS; t++)
      dot[t] += q[i] * tiles.key[(t * PARTS + part) * tiles.pitch + i];
#pragma unroll
  for (int t = 0; t < KEYS / PARTS; t++)
    {
      int32_t key = first + t * PARTS + part;
      float   score = key < job.length && visible[key] != 0 ? dot[t] * scale : SAG_ATTEND_LOWEST;

      tiles.score[query * KEYS + t * PARTS + part] = score;
      most = fmaxf (most, score);
    }
  return most_of_parts (most);
}

/* Turns the thread's scores into weights; returns the sum of the query's. */
static __device__ __forceinline__ float
weigh_keys (const Tiles &tiles, float most)
{
  float *scores = tiles.score + threadIdx.x / PARTS * KEYS + threadIdx.x % PARTS, sum = 0.0f;

#pragma unroll
  for (int t = 0; t < KEYS / PARTS; t++)
    {
      float score = scores[t * PARTS];
      float weight = score > 0.5f * SAG_ATTEND_LOWEST ? expf (score - most) : 0.0f;

      scores[t * PARTS] = weight;
      sum += weight;
    }
  return sum_of_parts (sum);
}

/* result = result @keep + weights x values, the thread's columns. */
static __device__ __forceinline__ void
add_values (const SagCudaAttend &job, const Tiles &tiles, float keep)
{
  int32_t      query = threadIdx.x / PARTS;
  const float *weights = tiles.score + query * KEYS;
  float       *result = tiles.result + query * tiles.pitch;

  for (int32_t i = threadIdx.x % PARTS; i < job.width; i += PARTS)
    {
      float sum = result[i] * keep;

#pragma unroll 8
      for (int32_t k = 0; k < KEYS; k++)
        sum += weights[k] * tiles.value[k * tiles.pitch + i];
      result[i] = sum;
    }
}

template <typename T>
static __global__ void
__launch_bounds__ (THREADS) attend (SagCudaAttend job)
{
  SAG_SHARED (float, memory);
  Tiles   tiles = place_tiles (memory, job.width);
  int32_t first_query = blockIdx.x * QUERIES, query = first_query + threadIdx.x / PARTS;
  float   scale = 1.0f / sqrtf ((float) job.width), most = SAG_ATTEND_LOWEST, total = 0.0f;

  load_rows<T> (job, 0, first_query, QUERIES, tiles.pitch, tiles.query);
  for (int32_t i = threadIdx.x; i < QUERIES * tiles.pitch; i += THREADS)
    tiles.result[i] = 0.0f;
  for (int32_t first = 0; first < job.length; first += KEYS)
    {
      float highest, keep;

      __syncthreads ();
      load_rows<T> (job, 1, first, KEYS, tiles.pitch, tiles.key);
      load_rows<T> (job, 2, first, KEYS, tiles.pitch, tiles.value);
      __syncthreads ();
      highest = fmaxf (most, score_keys (job, tiles, first, scale));
      keep = expf (most - highest);
      most = highest;
      total = total * keep + weigh_keys (tiles, most);
      __syncwarp ();
      add_values (job, tiles, keep);
    }
  if (query < job.n_queries)
    {
      T *out =
        (T *) job.out +
        (((size_t) blockIdx.z * job.n_queries + query) * job.n_heads + blockIdx.y) * job.width;
      const float *result = tiles.result + threadIdx.x / PARTS * tiles.pitch;

      for (int32_t i = threadIdx.x % PARTS; i < job.width; i += PARTS)
        sag_assign (&out[i], result[i] / total);
    }
}

extern "C" int
sag_cuda_launch_attend (const SagCudaAttend *job, void *stream)
{
  dim3   grid (sag_ceil_div (job->n_queries, QUERIES), job->n_heads, job->n_sequences);
  size_t shared = tiles_bytes (job->width);

  if (job->n_queries == 0 || job->n_sequences == 0)
    return 0;
  if (sag_cuda_attend_half_fits (job))
    return sag_cuda_launch_attend_half (job, stream);
  if (job->type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (attend<float>, grid, THREADS, shared, stream, *job);
  return SAG_LAUNCH (attend<SagHalf>, grid, THREADS, shared, stream, *job);
}
