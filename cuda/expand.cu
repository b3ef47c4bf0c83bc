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
 * on tensor cores, 16 voxels a warp at a time; float32 by plain sums, a voxel a thread. Taps, and where the ring's
 * voxels lie in the input, are in shared memory too.
 */

#define K SAG_EXPAND_KERNEL
#define THREADS SAG_EXPAND_THREADS
#define TILE SAG_EXPAND_TILE
#define ROWS 4 /* whose threads are next to each other */
#define LARGE_MAP 32768
#define LEAST_PLANES 4 /* of a segment: each expands its first K - S planes again */

/* An H200's multiprocessors, their shared memory, and how many blocks each has registers for; four fit at least. */
#define SMS 132
#define SM_SHARED (227 * 1024)
#define RESIDENT 5
#define MOST_SHARED (55 * 1024)

/* One plane, float16. @input: the plane; @places: of its voxels */
template <int S>
static __device__ __forceinline__ void
expand_plane (const SagExpandJob          &job,
              const SagExpandFragments<2> &f,
              const char                  *input,
              const int32_t               *places,
              int32_t                      n_voxels,
              SagHalf                     *plane)
{
  typedef SagExpandSizes<SagHalf, S> Sizes;
  int32_t                            group = threadIdx.x % 32 / 4, part = threadIdx.x % 4;
  uint32_t                           step = job.in_channels * sizeof (SagHalf);

  for (int32_t first = threadIdx.x / 32 * 16; first < n_voxels; first += THREADS / 32 * 16)
    {
      int32_t at[2];
      float   sum[2][4];

#pragma unroll
      for (int h = 0; h < 2; h++)
        at[h] = first + group + h * 8 < n_voxels ? places[first + group + h * 8] : -1;
#pragma unroll
      for (int i = 0; i < 8; i++)
        sum[i / 4][i % 4] = f.bias[i / 4][i % 2];
#pragma unroll
      for (int k = 0; k < SAG_EXPAND_MOST_IN / 16; k++)
        if (k == 0 || k * 16 < job.in_channels)
          {
            int32_t              channel = k * 16 + part * 4;
            SagPack<uint32_t, 2> rows[2];

#pragma unroll
            for (int h = 0; h < 2; h++)
              rows[h] = sag_expand_quad (
                (const SagHalf *) (input + (uint64_t) step * (uint32_t) at[h]) + channel,
                at[h] >= 0 && channel < job.in_channels);
            uint32_t a[4] = { rows[0].v[0], rows[1].v[0], rows[0].v[1], rows[1].v[1] };
#pragma unroll
            for (int n = 0; n < 2; n++)
              sag_mma (sum[n], a, f.b[k][n].v);
          }
#pragma unroll
      for (int i = 0; i < 4; i++)
        {
          int32_t voxel = first + group + i % 2 * 8;
          float   pair[2];

#pragma unroll
          for (int c = 0; c < 2; c++)
            {
              pair[c] = sag_silu<SagHalf> (sum[i / 2][i % 2 * 2 + c]);
              pair[c] = at[i % 2] >= 0 ? pair[c] : 0.0f;
            }
          if (voxel < n_voxels)
            sag_store (plane + voxel * Sizes::PITCH + i / 2 * 8 + part * 2, pair);
        }
    }
}

/* One plane, float32. @weights: (in, CB), then the bias */
template <int S>
static __device__ __forceinline__ void
expand_plane (const SagExpandJob &job,
              const float        *weights,
              const char         *input,
              const int32_t      *places,
              int32_t             n_voxels,
              float              *plane)
{
  typedef SagExpandSizes<float, S> Sizes;
  const int                        CB = Sizes::CB;
  uint32_t                         step = job.in_channels * sizeof (float);

  for (int32_t voxel = threadIdx.x; voxel < n_voxels; voxel += THREADS)
    {
      int32_t      at = places[voxel];
      const float *row = (const float *) (input + (uint64_t) step * (uint32_t) at);
      float        sum[CB / 4][4] = {};

      if (at >= 0)
        {
#pragma unroll
          for (int n = 0; n < CB / 4; n++)
            sag_load (weights + job.in_channels * CB + n * 4, sum[n]);
#pragma unroll 4
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
template <typename T> struct Weights;

template <> struct Weights<SagHalf>
{
  SagExpandFragments<2> value;

  static __host__ __device__ int32_t
  n_floats (int32_t)
  {
    return 0;
  }

  __device__ __forceinline__ void
  load (const SagExpandJob &job, int32_t channel, float *)
  {
    sag_expand_load (job, channel, value);
  }
};

template <> struct Weights<float>
{
  const float *value;

  static __host__ __device__ int32_t
  n_floats (int32_t in_channels)
  {
    return (in_channels + 1) * SagExpandSizes<float, 1>::CB;
  }

  __device__ __forceinline__ void
  load (const SagExpandJob &job, int32_t channel, float *to)
  {
    const int CB = SagExpandSizes<float, 1>::CB;

    value = to;
    for (int32_t i = threadIdx.x; i < n_floats (job.in_channels); i += THREADS)
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

/* The taps of the block's channels: (K, K, K, CB). */
template <int CB>
static __device__ __forceinline__ void
load_taps (const SagExpandJob &job, int32_t channel, float *taps)
{
  for (int32_t i = threadIdx.x; i < K * K * K * CB; i += THREADS)
    taps[i] = channel + i % CB < job.channels
                ? job.weights[i / CB * job.channels + channel + i % CB]
                : 0.0f;
}

/* Adds one row of the ring, tapped by the kernel's row at @taps, to 4 outputs. */
template <typename T, int S>
static __device__ __forceinline__ void
tap_row (const T *row, const float *taps, float (&sum)[4][4])
{
  typedef SagExpandSizes<T, S> Sizes;
  const int                    NZ = 3 * S + K;
  float                        values[NZ][4];

#pragma unroll
  for (int i = 0; i < NZ; i++)
    sag_load (row + i * Sizes::PITCH, values[i]);
#pragma unroll
  for (int q = 0; q < K; q++)
    {
      float w[4];

      sag_load (taps + q * Sizes::CB, w);
#pragma unroll
      for (int i = 0; i < 16; i++)
        sum[i / 4][i % 4] += values[i / 4 * S + q][i % 4] * w[i % 4];
    }
}

/* Output plane @x of the block; @slot: where its first tapped plane is in the ring. Lanes next to each other take rows
 * next to each other, ROWS of them, which lie in different banks.
 */
template <typename T, int S>
static __device__ __forceinline__ void
tap_plane (const SagExpandJob   &job,
           const SagExpandPlace &place,
           const float          *taps,
           const T              *ring,
           int32_t               plane_size,
           int32_t               slot,
           int32_t               x,
           float (&total)[4])
{
  typedef SagExpandSizes<T, S> Sizes;
  const int32_t                groups = Sizes::CB / 4, steps = TILE / 4;
  int32_t                      group = threadIdx.x % groups, channel = place.channel + group * 4;
  int32_t  y0 = (place.y + job.before[1]) / S, z0 = (place.z + job.before[2]) / S;
  uint32_t step = job.channels * sizeof (T);

  if (channel >= job.channels)
    return;
  for (int32_t i = threadIdx.x / groups; i / (ROWS * steps) * ROWS < job.tile_y;
       i += THREADS / groups)
    {
      int32_t y = i / (ROWS * steps) * ROWS + i % ROWS, z = i / ROWS % steps * 4;
      int64_t voxel = ((int64_t) x * job.out_dims[1] + y0 + y) * job.out_dims[2] + z0 + z;
      char   *out = (char *) ((T *) job.out + voxel * job.channels + channel);
      float   sum[4][4], bias[4];

      if (y >= job.tile_y || y0 + y >= job.out_dims[1])
        continue;
      sag_load (job.bias + channel, bias);
#pragma unroll
      for (int c = 0; c < 16; c++)
        sum[c / 4][c % 4] = bias[c % 4];
#pragma unroll 1
      for (int32_t p = 0; p < K; p++)
        {
          const T *plane = ring + (slot + p) % K * plane_size;
          const T *corner = plane + (y * S * Sizes::HZ + z * S) * Sizes::PITCH + group * 4;

#pragma unroll
          for (int r = 0; r < K; r++)
            tap_row<T, S> (corner + r * Sizes::HZ * Sizes::PITCH,
                           taps + (p * K + r) * K * Sizes::CB + group * 4, sum);
        }
#pragma unroll
      for (int t = 0; t < 4; t++)
        {
          bool inside = z0 + z + t < job.out_dims[2];

#pragma unroll
          for (int c = 0; c < 4; c++)
            {
              sum[t][c] = sag_silu<T> (sum[t][c]);
              total[c] += inside ? sum[t][c] : 0.0f;
            }
          if (inside)
            sag_store ((T *) (out + (uint64_t) step * t), sum[t]);
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

template <typename T, int S>
static __global__ void
__launch_bounds__ (THREADS, RESIDENT) expand_depthwise (SagExpandJob job)
{
  SAG_SHARED (float, taps);
  typedef SagExpandSizes<T, S> Sizes;
  int32_t                      tile = blockIdx.x % (job.n_tiles_y * job.n_tiles_z);
  int32_t                      first = blockIdx.x / (job.n_tiles_y * job.n_tiles_z) * job.segment;
  int32_t end = first + job.segment < job.out_dims[0] ? first + job.segment : job.out_dims[0];
  int32_t n_voxels = ((job.tile_y - 1) * S + K) * Sizes::HZ;
  int32_t plane_size = n_voxels * Sizes::PITCH, corner = first * S - job.before[0];
  SagExpandPlace place = { (int32_t) blockIdx.y * Sizes::CB,
                           tile / job.n_tiles_z * job.tile_y * S - job.before[1],
                           tile % job.n_tiles_z * TILE * S - job.before[2] };
  float         *expansion = taps + Sizes::TAPS * Sizes::CB;
  T             *ring = reinterpret_cast<T *> (expansion + Weights<T>::n_floats (job.in_channels));
  int32_t       *places = reinterpret_cast<int32_t *> (ring + K * plane_size);
  float          total[4] = {};
  const char    *input = (const char *) job.input;
  int64_t        input_plane = (int64_t) job.in[1] * job.in[2] * job.in_channels * sizeof (T);
  int32_t        done = corner;
  Weights<T>     weights;

  weights.load (job, place.channel, expansion);
  load_taps<Sizes::CB> (job, place.channel, taps);
  sag_expand_find<Sizes::HZ> (job, place, n_voxels, places);
  for (int32_t x = first; x < end; x++)
    {
      int32_t start = x * S - job.before[0];

      __syncthreads ();
      for (; done < start + K; done++)
        {
          T *plane = ring + (done - corner) % K * plane_size;

          if (done >= 0 && done < job.in[0])
            expand_plane<S> (job, weights.value, input + done * input_plane, places, n_voxels,
                             plane);
          else
            for (int32_t i = threadIdx.x; i < plane_size; i += THREADS)
              sag_assign (&plane[i], 0.0f);
        }
      __syncthreads ();
      tap_plane<T, S> (job, place, taps, ring, plane_size, (start - corner) % K, x, total);
    }
  __syncthreads ();
  write_sums<Sizes::CB> (job, place.channel, taps, total);
}

/* How a job is cut into blocks. */
struct Cut
{
  bool    fits;
  int32_t tile_y;
  int32_t segment;
  int32_t n_tiles_y;
  int32_t n_tiles_z;
  int32_t n_segments;
  int32_t n_slabs; /* of channels */
  size_t  shared;
};

/* Bytes of taps, weights, ring and places with @tile_y output rows. */
template <typename T, int S>
static size_t
shared_bytes (const SagCudaExpand *job, int32_t tile_y)
{
  typedef SagExpandSizes<T, S> Sizes;
  int32_t                      n_voxels = ((tile_y - 1) * S + K) * Sizes::HZ;
  size_t n_floats = Sizes::TAPS * Sizes::CB + Weights<T>::n_floats (job->in_channels);
  size_t n_bytes =
    n_floats * sizeof (float) + n_voxels * (K * Sizes::PITCH * sizeof (T) + sizeof (int32_t));
  size_t sums = THREADS * 4 * sizeof (float);

  return n_bytes < sums ? sums : n_bytes;
}

/* Output planes of a block, so that whole waves of blocks expand the fewest planes. */
static int32_t
pick_segment (int32_t n_planes, int32_t stride, int32_t tiles, int32_t wave)
{
  int64_t least = INT64_MAX;
  int32_t best = n_planes;

  for (int32_t n = 1; n == 1 || sag_ceil_div (n_planes, n) >= LEAST_PLANES; n++)
    {
      int32_t segment = sag_ceil_div (n_planes, n);
      int64_t waves =
        sag_ceil_div ((int64_t) tiles * sag_ceil_div (n_planes, segment), (int64_t) wave);
      int64_t planes = waves * (segment * stride + K - stride);

      if (planes < least)
        {
          least = planes;
          best = segment;
        }
    }
  return best;
}

/* Rows so that every thread has taps to add, or half or a fourth of them where no more fit. */
template <typename T, int S>
static void
cut_tiles (Cut *cut, const SagCudaExpand *job)
{
  const SagCudaDepthwise *d = &job->depthwise;
  const int32_t          *out = d->shape.out;
  int32_t                 rows = THREADS / (SagExpandSizes<T, S>::CB / 4 * (TILE / 4)), resident;

  while (rows > 1 && shared_bytes<T, S> (job, rows) > MOST_SHARED)
    rows /= 2;
  cut->tile_y = sag_ceil_div (out[1], sag_ceil_div (out[1], rows));
  cut->n_tiles_y = sag_ceil_div (out[1], cut->tile_y);
  cut->n_tiles_z = sag_ceil_div (out[2], TILE);
  cut->n_slabs = sag_ceil_div (d->channels, (int32_t) SagExpandSizes<T, S>::CB);
  cut->shared = shared_bytes<T, S> (job, cut->tile_y);
  resident = SM_SHARED / (int32_t) (cut->shared + 1024);
  resident = resident > RESIDENT ? RESIDENT : resident;
  cut->segment =
    pick_segment (out[0], S, cut->n_tiles_y * cut->n_tiles_z * cut->n_slabs, SMS * resident);
  cut->n_segments = sag_ceil_div (out[0], cut->segment);
}

static Cut
plan (const SagCudaExpand *job)
{
  const SagCudaDepthwise *d = &job->depthwise;
  const int32_t          *out = d->shape.out;
  Cut                     cut = {};

  cut.fits = d->kernel == K && (d->stride == 1 || d->stride == 2) &&
             job->in_channels <= SAG_EXPAND_MOST_IN && out[0] > 0 && out[1] > 0 && out[2] > 0;
  if (!cut.fits)
    return cut;
  if (d->type == SAG_CUDA_HALF && d->stride == 1)
    cut_tiles<SagHalf, 1> (&cut, job);
  else if (d->type == SAG_CUDA_HALF)
    cut_tiles<SagHalf, 2> (&cut, job);
  else if (d->stride == 1)
    cut_tiles<float, 1> (&cut, job);
  else
    cut_tiles<float, 2> (&cut, job);
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

template <typename T>
static int
launch (const SagExpandJob &job, const Cut &cut, int32_t stride, void *stream)
{
  dim3 grid (cut.n_segments * cut.n_tiles_y * cut.n_tiles_z, cut.n_slabs);

  if (stride == 1)
    return SAG_LAUNCH ((expand_depthwise<T, 1>), grid, THREADS, cut.shared, stream, job);
  return SAG_LAUNCH ((expand_depthwise<T, 2>), grid, THREADS, cut.shared, stream, job);
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
    return launch<float> (e, cut, d->stride, stream);
  return launch<SagHalf> (e, cut, d->stride, stream);
}
