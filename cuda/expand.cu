/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/expand.cuh"

/* Expansion, depthwise convolution and the sums that squeeze-excite needs, in one: the expanded map, the largest of
 * the network, exists only as a ring of K = 3 planes in shared memory.
 *
 *   input    (X, Y, Z, in)
 *   expand   (C, in)            both with BatchNorm folded in and SiLU after them
 *   weights  (K, K, K, C)
 *   out      (X', Y', Z', C)
 *   sums     (spatial blocks, C)
 *
 * A block makes CB channels of some rows (tile_y) of SAG_EXPAND_TILE voxels, plane after plane along x (segment of
 * them): it expands the S planes that the next output needs, then taps the K planes of the ring. float16 is expanded
 * on tensor cores, 16 voxels a warp at a time; float32 by plain sums, a voxel a thread.
 */

#define K SAG_EXPAND_KERNEL
#define THREADS SAG_EXPAND_THREADS
#define TILE SAG_EXPAND_TILE
#define ENOUGH_BLOCKS 512
#define LEAST_PLANES 4 /* of a segment: each expands its first K - S planes again */
#define LARGE_MAP 32768
#define MOST_SHARED (48 * 1024)

/* One plane, float16. */
template <int S, int CB>
static __device__ __forceinline__ void
expand_plane (const SagExpandJob               &job,
              const SagExpandPlace             &place,
              const SagExpandFragments<CB / 8> &f,
              int32_t                           x,
              int32_t                           n_voxels,
              SagHalf                          *plane)
{
  typedef SagExpandSizes<SagHalf, S, CB> Sizes;
  int32_t                                group = threadIdx.x % 32 / 4, part = threadIdx.x % 4 * 2;

  for (int32_t first = threadIdx.x / 32 * 16; first < n_voxels; first += THREADS / 32 * 16)
    {
      const SagHalf *rows[2];
      float          sum[CB / 8][4];

      for (int h = 0; h < 2; h++)
        rows[h] = first + group + h * 8 < n_voxels
                    ? sag_expand_row<SagHalf, Sizes::HZ> (job, place, x, first + group + h * 8)
                    : NULL;
#pragma unroll
      for (int i = 0; i < CB / 8 * 4; i++)
        sum[i / 4][i % 4] = f.bias[i / 4][i % 2];
#pragma unroll
      for (int k = 0; k < SAG_EXPAND_MOST_IN / 16; k++)
        if (k * 16 < job.in_channels)
          {
            uint32_t a[4];

#pragma unroll
            for (int r = 0; r < 4; r++)
              a[r] = sag_expand_pair (rows[r % 2] + k * 16 + r / 2 * 8 + part,
                                      rows[r % 2] != NULL && k * 16 + r / 2 * 8 < job.in_channels);
#pragma unroll
            for (int n = 0; n < CB / 8; n++)
              sag_mma (sum[n], a, f.b[k][n]);
          }
#pragma unroll
      for (int i = 0; i < CB / 8 * 2; i++)
        {
          int32_t voxel = first + group + i % 2 * 8;
          float   pair[2];

          for (int c = 0; c < 2; c++)
            {
              pair[c] = sag_silu<SagHalf> (sum[i / 2][i % 2 * 2 + c]);
              pair[c] = rows[i % 2] != NULL ? pair[c] : 0.0f;
            }
          if (voxel < n_voxels)
            sag_store (plane + voxel * Sizes::PITCH + i / 2 * 8 + part, pair);
        }
    }
}

/* One plane, float32. @weights: (in, CB), then the bias */
template <int S, int CB>
static __device__ __forceinline__ void
expand_plane (const SagExpandJob   &job,
              const SagExpandPlace &place,
              const float          *weights,
              int32_t               x,
              int32_t               n_voxels,
              float                *plane)
{
  typedef SagExpandSizes<float, S, CB> Sizes;

  for (int32_t voxel = threadIdx.x; voxel < n_voxels; voxel += THREADS)
    {
      const float *row = sag_expand_row<float, Sizes::HZ> (job, place, x, voxel);
      float        sum[CB / 4][4] = {};

      if (row != NULL)
        {
#pragma unroll
          for (int n = 0; n < CB / 4; n++)
            sag_load (weights + job.in_channels * CB + n * 4, sum[n]);
          for (int32_t k = 0; k < job.in_channels; k += 4)
            {
              float values[4];

              sag_load (row + k, values);
#pragma unroll
              for (int i = 0; i < CB; i++)
                {
                  float w[4];

                  sag_load (weights + (k + i / (CB / 4)) * CB + i % (CB / 4) * 4, w);
#pragma unroll
                  for (int c = 0; c < 4; c++)
                    sum[i % (CB / 4)][c] += values[i / (CB / 4)] * w[c];
                }
            }
#pragma unroll
          for (int i = 0; i < CB; i++)
            sum[i / 4][i % 4] = sag_silu<float> (sum[i / 4][i % 4]);
        }
#pragma unroll
      for (int n = 0; n < CB / 4; n++)
        sag_store (plane + voxel * Sizes::PITCH + n * 4, sum[n]);
    }
}

/* What the expansion of a block's channels needs: fragments in registers, or weights in shared memory. */
template <typename T, int CB> struct Weights;

template <int CB> struct Weights<SagHalf, CB>
{
  SagExpandFragments<CB / 8> value;

  __device__ __forceinline__ void
  load (const SagExpandJob &job, int32_t channel, void *)
  {
    sag_expand_load (job, channel, value);
  }
};

template <int CB> struct Weights<float, CB>
{
  const float *value;

  __device__ __forceinline__ void
  load (const SagExpandJob &job, int32_t channel, void *shared)
  {
    float *to = (float *) shared;

    value = to;
    for (int32_t i = threadIdx.x; i < (job.in_channels + 1) * CB; i += THREADS)
      {
        int32_t c = channel + i % CB, k = i / CB;

        if (c >= job.channels)
          to[i] = 0.0f;
        else if (k < job.in_channels)
          to[i] = ((const float *) job.expand)[(int64_t) c * job.in_channels + k];
        else
          to[i] = job.expand_bias[c];
      }
  }
};

/* Adds one row of the ring, tapped by kernel row @weights, to 4 outputs. */
template <typename T, int S, int PITCH>
static __device__ __forceinline__ void
tap_row (const T *row, const float *weights, int32_t channels, float (&sum)[4][4])
{
  const int NZ = 3 * S + K;
  float     values[NZ][4];

#pragma unroll
  for (int i = 0; i < NZ; i++)
    sag_load (row + i * PITCH, values[i]);
#pragma unroll
  for (int q = 0; q < K; q++)
    {
      float w[4];

      sag_load (weights + q * channels, w);
#pragma unroll
      for (int i = 0; i < 16; i++)
        sum[i / 4][i % 4] += values[i / 4 * S + q][i % 4] * w[i % 4];
    }
}

/* Output plane @x of the block; @slot: where its first tapped plane is in the ring. */
template <typename T, int S, int CB>
static __device__ __forceinline__ void
tap_plane (const SagExpandJob   &job,
           const SagExpandPlace &place,
           const T              *ring,
           int32_t               plane_size,
           int32_t               slot,
           int32_t               x,
           float (&total)[4])
{
  typedef SagExpandSizes<T, S, CB> Sizes;
  const int32_t                    groups = CB / 4, steps = TILE / 4;
  int32_t group = threadIdx.x % groups, step = threadIdx.x / groups % steps;
  int32_t channel = place.channel + group * 4;
  int32_t y0 = (place.y + job.before[1]) / S, z = (place.z + job.before[2]) / S + step * 4;

  if (channel >= job.channels)
    return;
  for (int32_t r = threadIdx.x / groups / steps; r < job.tile_y; r += THREADS / groups / steps)
    {
      float  sum[4][4], bias[4];
      size_t voxel = ((size_t) x * job.out_dims[1] + y0 + r) * job.out_dims[2] + z;

      if (y0 + r >= job.out_dims[1])
        break;
      sag_load (job.bias + channel, bias);
#pragma unroll
      for (int i = 0; i < 16; i++)
        sum[i / 4][i % 4] = bias[i % 4];
#pragma unroll 1
      for (int32_t i = 0; i < K * K; i++)
        {
          const T *plane = ring + (slot + i / K) % K * plane_size;

          tap_row<T, S, Sizes::PITCH> (
            plane + ((r * S + i % K) * Sizes::HZ + step * 4 * S) * Sizes::PITCH + group * 4,
            job.weights + (int64_t) i * K * job.channels + channel, job.channels, sum);
        }
#pragma unroll
      for (int i = 0; i < 4; i++)
        if (z + i < job.out_dims[2])
          {
#pragma unroll
            for (int c = 0; c < 4; c++)
              {
                sum[i][c] = sag_silu<T> (sum[i][c]);
                total[c] += sum[i][c];
              }
            sag_store ((T *) job.out + (voxel + i) * job.channels + channel, sum[i]);
          }
    }
}

/* The block's sums of each channel, in the same order every time. */
template <int CB>
static __device__ __forceinline__ void
write_sums (const SagExpandJob &job, int32_t first, float *parts, const float (&total)[4])
{
  sag_store (parts + threadIdx.x * 4, total);
  __syncthreads ();
  if (threadIdx.x < CB && first + (int32_t) threadIdx.x < job.channels)
    {
      float sum = 0.0f;

      for (int32_t i = 0; i < THREADS * 4; i += CB)
        sum += parts[i + threadIdx.x];
      job.sums[(size_t) blockIdx.x * job.channels + first + threadIdx.x] = sum;
    }
}

template <typename T, int S, int CB>
static __global__ void
__launch_bounds__ (THREADS) expand_depthwise (SagExpandJob job)
{
  SAG_SHARED (T, ring);
  typedef SagExpandSizes<T, S, CB> Sizes;
  int32_t                          tile = blockIdx.x % (job.n_tiles_y * job.n_tiles_z);
  int32_t first = blockIdx.x / (job.n_tiles_y * job.n_tiles_z) * job.segment;
  int32_t end = first + job.segment < job.out_dims[0] ? first + job.segment : job.out_dims[0];
  int32_t n_voxels = ((job.tile_y - 1) * S + K) * Sizes::HZ;
  int32_t plane_size = n_voxels * Sizes::PITCH, corner = first * S - job.before[0];
  SagExpandPlace place = { (int32_t) blockIdx.y * CB,
                           tile / job.n_tiles_z * job.tile_y * S - job.before[1],
                           tile % job.n_tiles_z * TILE * S - job.before[2] };
  float          total[4] = {};
  int32_t        done = corner;
  Weights<T, CB> weights;

  weights.load (job, place.channel, ring + K * plane_size);
  for (int32_t x = first; x < end; x++)
    {
      int32_t start = x * S - job.before[0];

      __syncthreads ();
      for (; done < start + K; done++)
        {
          T *plane = ring + (done - corner) % K * plane_size;

          if (done >= 0 && done < job.in[0])
            expand_plane<S, CB> (job, place, weights.value, done, n_voxels, plane);
          else
            for (int32_t i = threadIdx.x; i < plane_size; i += THREADS)
              sag_assign (&plane[i], 0.0f);
        }
      __syncthreads ();
      tap_plane<T, S, CB> (job, place, ring, plane_size, (start - corner) % K, x, total);
    }
  __syncthreads ();
  write_sums<CB> (job, place.channel, reinterpret_cast<float *> (ring), total);
}

/* How a job is cut into blocks. */
struct Cut
{
  bool    fits;
  int32_t cb;
  int32_t tile_y;
  int32_t segment;
  int32_t n_tiles_y;
  int32_t n_tiles_z;
  int32_t n_segments;
  size_t  shared;
};

/* Bytes of the ring with @tile_y output rows, and of the weights. */
static size_t
shared_bytes (const SagCudaDepthwise *d, int32_t in_channels, int32_t cb, int32_t tile_y)
{
  int32_t hz = (TILE - 1) * d->stride + K, hy = (tile_y - 1) * d->stride + K;
  size_t  ring = (size_t) K * hy * hz * (cb + 4) * sag_cuda_type_size (d->type);

  return ring + (d->type == SAG_CUDA_FLOAT ? (size_t) (in_channels + 1) * cb * 4 : 0);
}

static Cut
plan (const SagCudaExpand *job)
{
  const SagCudaDepthwise *d = &job->depthwise;
  const int32_t          *out = d->shape.out;
  Cut                     cut = {};
  int32_t                 rows = 0, tiles;

  cut.fits = d->kernel == K && (d->stride == 1 || d->stride == 2) &&
             job->in_channels <= SAG_EXPAND_MOST_IN && out[0] > 0 && out[1] > 0 && out[2] > 0;
  cut.cb = d->type == SAG_CUDA_HALF ? 16 : 8;
  while (cut.fits && rows < out[1] &&
         shared_bytes (d, job->in_channels, cut.cb, rows + 1) <= MOST_SHARED)
    rows++;
  cut.fits = cut.fits && rows > 0;
  if (!cut.fits)
    return cut;
  cut.n_tiles_y = sag_ceil_div (out[1], rows);
  cut.tile_y = sag_ceil_div (out[1], cut.n_tiles_y);
  cut.n_tiles_y = sag_ceil_div (out[1], cut.tile_y);
  cut.n_tiles_z = sag_ceil_div (out[2], TILE);
  tiles = cut.n_tiles_y * cut.n_tiles_z * sag_ceil_div (d->channels, cut.cb);
  cut.segment = sag_ceil_div (out[0], sag_ceil_div (ENOUGH_BLOCKS, tiles));
  cut.segment = cut.segment < LEAST_PLANES ? LEAST_PLANES : cut.segment;
  cut.n_segments = sag_ceil_div (out[0], cut.segment);
  cut.shared = shared_bytes (d, job->in_channels, cut.cb, cut.tile_y);
  if (cut.shared < THREADS * 4 * sizeof (float))
    cut.shared = THREADS * 4 * sizeof (float);
  return cut;
}

extern "C" bool
sag_cuda_expand_fits (const SagCudaExpand *job)
{
  return plan (job).fits;
}

extern "C" bool
sag_cuda_expand_pays (const SagCudaExpand *job)
{
  const int32_t *in = job->depthwise.in;

  return (int64_t) in[0] * in[1] * in[2] >= LARGE_MAP && sag_cuda_expand_fits (job);
}

extern "C" int32_t
sag_cuda_expand_n_sums (const SagCudaExpand *job)
{
  Cut cut = plan (job);

  return cut.n_segments * cut.n_tiles_y * cut.n_tiles_z;
}

template <typename T, int CB>
static int
launch (const SagExpandJob &job, const Cut &cut, int32_t stride, void *stream)
{
  dim3 grid (cut.n_segments * cut.n_tiles_y * cut.n_tiles_z, sag_ceil_div (job.channels, cut.cb));

  if (stride == 1)
    return SAG_LAUNCH ((expand_depthwise<T, 1, CB>), grid, THREADS, cut.shared, stream, job);
  return SAG_LAUNCH ((expand_depthwise<T, 2, CB>), grid, THREADS, cut.shared, stream, job);
}

extern "C" int
sag_cuda_launch_expand (const SagCudaExpand *job, void *stream)
{
  const SagCudaDepthwise *d = &job->depthwise;
  Cut                     cut = plan (job);
  SagExpandJob            e = {};

  e.input = job->input;
  e.expand = job->expand;
  e.expand_bias = job->expand_bias;
  e.weights = d->weights;
  e.bias = d->bias;
  e.out = d->out;
  e.sums = d->sums;
  e.in_channels = job->in_channels;
  e.channels = d->channels;
  e.tile_y = cut.tile_y;
  e.segment = cut.segment;
  e.n_tiles_y = cut.n_tiles_y;
  e.n_tiles_z = cut.n_tiles_z;
  for (int a = 0; a < 3; a++)
    {
      e.in[a] = d->in[a];
      e.out_dims[a] = d->shape.out[a];
      e.before[a] = d->shape.before[a];
    }
  if (d->type == SAG_CUDA_FLOAT)
    return launch<float, 8> (e, cut, d->stride, stream);
  return launch<SagHalf, 16> (e, cut, d->stride, stream);
}
