/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"

/* Depthwise 3D convolution, then SiLU, and the sums that squeeze-excite needs.
 *
 *   input    (X, Y, Z, C)
 *   weights  (K, K, K, C)       BatchNorm folded in
 *   out      (X', Y', Z', C)
 *   sums     (spatial blocks, C)
 *
 * A thread makes 4 channels of a box of TX x 1 x TZ outputs: it walks over the rows of the input that the box sees,
 * keeps one in registers and adds it wherever a tap meets it. Threads next to each other take channels next to each
 * other; a block's threads are (channel groups, boxes).
 */

#define THREADS 256
#define MOST_GROUPS 32    /* channel groups of a block */
#define BIG 65536         /* threads that fill the largest GPUs */
#define ENOUGH_BLOCKS 330 /* that no multiprocessor of 132 has much more to do than others */

struct Depthwise
{
  const float *weights;
  const float *bias;
  float       *sums;
  int32_t      channels;
  int32_t      kernel;
  int32_t      stride;
  int32_t      in[3];
  int32_t      out[3];
  int32_t      before[3];
};

/* How a convolution is cut into threads. */
struct Cut
{
  bool    fast; /* a kernel made for these sizes */
  int32_t tx;
  int32_t tz;
  int32_t boxes[3];
  int32_t n_boxes;
  int32_t groups; /* of a block */
  int32_t slabs;  /* blocks side by side over the channels */
  int32_t rows;   /* boxes of a block */
};

/* The thread's box: where its outputs start, and its channel. */
struct Box
{
  int32_t x;
  int32_t y;
  int32_t z;
  int32_t channel;
  bool    inside;
};

static __device__ __forceinline__ Box
find_box (const Depthwise &job, int32_t tx, int32_t tz)
{
  int32_t boxes_z = sag_ceil_div (job.out[2], tz);
  int32_t index = blockIdx.x * blockDim.y + threadIdx.y;
  Box     box;

  box.channel = (blockIdx.y * blockDim.x + threadIdx.x) * 4;
  box.z = index % boxes_z * tz;
  box.y = index / boxes_z % job.out[1];
  box.x = index / boxes_z / job.out[1] * tx;
  box.inside = box.x < job.out[0] && box.channel < job.channels;
  return box;
}

/* SiLU of the box's sums, then to memory; adds what was stored to @total. */
template <typename T, int TX, int TZ>
static __device__ __forceinline__ void
finish (const Depthwise &job, T *out, const Box &box, float (&sum)[TX][TZ][4], float (&total)[4])
{
  int64_t  voxel = ((int64_t) box.x * job.out[1] + box.y) * job.out[2] + box.z;
  char    *row = (char *) (out + voxel * job.channels + box.channel);
  uint32_t step = job.channels * sizeof (T);

#pragma unroll
  for (int i = 0; i < TX * TZ; i++)
    {
      float (&values)[4] = sum[i / TZ][i % TZ];
      bool inside = box.x + i / TZ < job.out[0] && box.z + i % TZ < job.out[2];

#pragma unroll
      for (int c = 0; c < 4; c++)
        {
          values[c] = sag_silu<T> (values[c]);
          total[c] += inside ? values[c] : 0.0f;
        }
      if (inside)
        sag_store ((T *) (row + (uint64_t) step * (i % TZ)), values);
      if (i % TZ == TZ - 1)
        row += (uint64_t) step * (job.out[1] * job.out[2]);
    }
}

/* A block's sums of each channel, in the same order every time. */
static __device__ __forceinline__ void
write_sums (const Depthwise &job, const float (&total)[4])
{
  SAG_SHARED (float, parts);
  int32_t width = blockDim.x * 4, here = threadIdx.y * blockDim.x + threadIdx.x;

  sag_store (parts + here * 4, total);
  __syncthreads ();
  for (int32_t c = here; c < width; c += blockDim.x * blockDim.y)
    {
      int32_t channel = blockIdx.y * width + c;
      float   sum = 0.0f;

      for (int32_t row = 0; row < (int32_t) blockDim.y; row++)
        sum += parts[row * width + c];
      if (channel < job.channels)
        job.sums[(size_t) blockIdx.x * job.channels + channel] = sum;
    }
}

/* 4 channels of a voxel as they lie in memory. */
template <typename T> using Bits = SagPack<uint32_t, sizeof (T)>;

/* One row of input: 4 channels of NZ voxels, @step bytes apart. @inside has a bit for each that exists; the others
 * stay zero. Addresses are sums of bytes: one instruction each.
 */
template <typename T, int NZ>
static __device__ __forceinline__ void
load_row (
  const char *row, uint32_t step, uint32_t inside, Bits<T> (&bits)[NZ], float (&values)[NZ][4])
{
#pragma unroll
  for (int i = 0; i < NZ; i++)
    if (inside >> i & 1)
      bits[i] = *reinterpret_cast<const Bits<T> *> (row + (uint64_t) step * i);
#pragma unroll
  for (int i = 0; i < NZ; i++)
    {
      SagPack<T, 4> voxel;

      memcpy (&voxel, &bits[i], sizeof voxel);
#pragma unroll
      for (int c = 0; c < 4; c++)
        values[i][c] = sag_to_float (voxel.v[c]);
    }
}

/* Adds a row, tapped by the kernel's row at @weights. */
template <int K, int S, int TZ, int NZ>
static __device__ __forceinline__ void
add_row (const char *weights, uint32_t step, const float (&values)[NZ][4], float (&sum)[TZ][4])
{
#pragma unroll
  for (int q = 0; q < K; q++)
    {
      float w[4];

      sag_load ((const float *) (weights + (uint64_t) step * q), w);
#pragma unroll
      for (int t = 0; t < TZ; t++)
#pragma unroll
        for (int c = 0; c < 4; c++)
          sum[t][c] += values[t * S + q][c] * w[c];
    }
}

/* Adds plane @p of what the box sees. @row: its first row that exists; @inside: of the row's voxels */
template <typename T, int K, int S, int TX, int TZ>
static __device__ __forceinline__ void
add_plane (const Depthwise &job,
           const char      *row,
           uint32_t         inside,
           const float     *weights,
           int              p,
           int32_t          n_rows,
           float (&sum)[TX][TZ][4])
{
  const int   NZ = (TZ - 1) * S + K;
  uint32_t    step = job.channels * sizeof (T), tap = job.channels * sizeof (float);
  Bits<T>     bits[NZ] = {};
  const char *at[TX];

#pragma unroll
  for (int t = 0; t < TX; t++)
    at[t] = (const char *) (weights + (p - t * S) * K * K * job.channels);
#pragma unroll 1
  for (int32_t r = 0; r < n_rows; r++)
    {
      float values[NZ][4];

      load_row<T, NZ> (row, step, inside, bits, values);
      row += (uint64_t) step * job.in[2];
#pragma unroll
      for (int t = 0; t < TX; t++)
        if (p >= t * S && p < t * S + K)
          {
            add_row<K, S, TZ, NZ> (at[t], tap, values, sum[t]);
            at[t] += (uint64_t) tap * K;
          }
    }
}

template <typename T, int K, int S, int TX, int TZ>
static __device__ __forceinline__ void
convolve (const Depthwise &job, const T *in, const Box &box, float (&sum)[TX][TZ][4])
{
  int32_t        x0 = box.x * S - job.before[0];
  int32_t        y0 = box.y * S - job.before[1], z0 = box.z * S - job.before[2];
  const int32_t *n = job.in;
  int32_t        first = y0 < 0 ? -y0 : 0, end = n[1] - y0 < K ? n[1] - y0 : K;
  const float   *weights = job.weights + first * K * job.channels + box.channel;
  uint32_t       inside = 0;

#pragma unroll
  for (int i = 0; i < (TZ - 1) * S + K; i++)
    inside |= (uint32_t) (z0 + i >= 0 && z0 + i < n[2]) << i;
#pragma unroll
  for (int p = 0; p < (TX - 1) * S + K; p++)
    {
      int64_t row = ((int64_t) (x0 + p) * n[1] + y0 + first) * n[2] + z0;

      if (x0 + p >= 0 && x0 + p < n[0])
        add_plane<T, K, S, TX, TZ> (job, (const char *) (in + row * job.channels + box.channel),
                                    inside, weights, p, end - first, sum);
    }
}

template <typename T, int K, int S, int TX, int TZ>
static __global__ void
__launch_bounds__ (THREADS, 2) depthwise (Depthwise job, const T *in, T *out)
{
  Box   box = find_box (job, TX, TZ);
  float total[4] = { 0.0f, 0.0f, 0.0f, 0.0f };

  if (box.inside)
    {
      float bias[4], sum[TX][TZ][4];

      sag_load (job.bias + box.channel, bias);
#pragma unroll
      for (int i = 0; i < TX * TZ * 4; i++)
        sum[i / 4 / TZ][i / 4 % TZ][i % 4] = bias[i % 4];
      convolve<T, K, S, TX, TZ> (job, in, box, sum);
      finish (job, out, box, sum, total);
    }
  write_sums (job, total);
}

/* Any kernel and stride: a thread makes one voxel. */
template <typename T>
static __global__ void
__launch_bounds__ (THREADS) depthwise_any (Depthwise job, const T *in, T *out)
{
  Box   box = find_box (job, 1, 1);
  float total[4] = { 0.0f, 0.0f, 0.0f, 0.0f };

  if (box.inside)
    {
      int32_t k = job.kernel;
      float   sum[1][1][4];

      sag_load (job.bias + box.channel, sum[0][0]);
      for (int32_t tap = 0; tap < k * k * k; tap++)
        {
          int32_t x = box.x * job.stride - job.before[0] + tap / (k * k);
          int32_t y = box.y * job.stride - job.before[1] + tap / k % k;
          int32_t z = box.z * job.stride - job.before[2] + tap % k;
          float   value[4], w[4];

          if (x < 0 || x >= job.in[0] || y < 0 || y >= job.in[1] || z < 0 || z >= job.in[2])
            continue;
          sag_load (in + (((int64_t) x * job.in[1] + y) * job.in[2] + z) * job.channels +
                      box.channel,
                    value);
          sag_load (job.weights + (size_t) tap * job.channels + box.channel, w);
          for (int c = 0; c < 4; c++)
            sum[0][0][c] += value[c] * w[c];
        }
      finish (job, out, box, sum, total);
    }
  write_sums (job, total);
}

static void
cut_boxes (Cut *cut, const SagCudaDepthwise *job)
{
  const int32_t *out = job->shape.out;

  cut->boxes[0] = sag_ceil_div (out[0], cut->tx);
  cut->boxes[1] = out[1];
  cut->boxes[2] = sag_ceil_div (out[2], cut->tz);
  cut->n_boxes = cut->boxes[0] * cut->boxes[1] * cut->boxes[2];
}

/* Boxes as large as leaves enough threads to fill the GPU. */
static Cut
plan (const SagCudaDepthwise *job)
{
  int32_t groups = job->channels / 4;
  Cut     cut = {};

  cut.fast = (job->kernel == 3 || job->kernel == 5 || job->kernel == 7) && job->stride <= 2;
  cut.tx = cut.fast && job->kernel < 7 ? 2 : 1;
  cut.tz = cut.fast ? job->kernel == 7 ? 2 : 4 : 1;
  cut_boxes (&cut, job);
  if ((int64_t) cut.n_boxes * groups < BIG && cut.tx > 1)
    {
      cut.tx = 1;
      cut_boxes (&cut, job);
    }
  cut.slabs = sag_ceil_div (groups, MOST_GROUPS);
  cut.groups = sag_ceil_div (groups, cut.slabs);
  cut.rows = THREADS / cut.groups;
  while (cut.rows > 2 && sag_ceil_div (cut.n_boxes, cut.rows) * cut.slabs < ENOUGH_BLOCKS)
    cut.rows /= 2;
  return cut;
}

extern "C" int32_t
sag_cuda_depthwise_n_sums (const SagCudaDepthwise *job)
{
  Cut cut = plan (job);

  return sag_ceil_div (cut.n_boxes, cut.rows);
}

template <typename T>
static int
launch (const SagCudaDepthwise *job, void *stream)
{
  Cut       cut = plan (job);
  dim3      grid (sag_ceil_div (cut.n_boxes, cut.rows), cut.slabs), block (cut.groups, cut.rows);
  size_t    shared = (size_t) cut.groups * cut.rows * 4 * sizeof (float);
  const T  *in = (const T *) job->input;
  T        *out = (T *) job->out;
  Depthwise d = { job->weights, job->bias, job->sums, job->channels, job->kernel, job->stride,
                  {},           {},        {} };

  if (cut.n_boxes == 0 || job->channels == 0)
    return 0;
  for (int a = 0; a < 3; a++)
    {
      d.in[a] = job->in[a];
      d.out[a] = job->shape.out[a];
      d.before[a] = job->shape.before[a];
    }
  switch (cut.fast ? job->kernel * 100 + job->stride * 10 + cut.tx : 0)
    {
    case 312:
      return SAG_LAUNCH ((depthwise<T, 3, 1, 2, 4>), grid, block, shared, stream, d, in, out);
    case 311:
      return SAG_LAUNCH ((depthwise<T, 3, 1, 1, 4>), grid, block, shared, stream, d, in, out);
    case 322:
      return SAG_LAUNCH ((depthwise<T, 3, 2, 2, 4>), grid, block, shared, stream, d, in, out);
    case 321:
      return SAG_LAUNCH ((depthwise<T, 3, 2, 1, 4>), grid, block, shared, stream, d, in, out);
    case 512:
      return SAG_LAUNCH ((depthwise<T, 5, 1, 2, 4>), grid, block, shared, stream, d, in, out);
    case 511:
      return SAG_LAUNCH ((depthwise<T, 5, 1, 1, 4>), grid, block, shared, stream, d, in, out);
    case 522:
      return SAG_LAUNCH ((depthwise<T, 5, 2, 2, 4>), grid, block, shared, stream, d, in, out);
    case 521:
      return SAG_LAUNCH ((depthwise<T, 5, 2, 1, 4>), grid, block, shared, stream, d, in, out);
    case 711:
      return SAG_LAUNCH ((depthwise<T, 7, 1, 1, 2>), grid, block, shared, stream, d, in, out);
    case 721:
      return SAG_LAUNCH ((depthwise<T, 7, 2, 1, 2>), grid, block, shared, stream, d, in, out);
    default:
      return SAG_LAUNCH (depthwise_any<T>, grid, block, shared, stream, d, in, out);
    }
}

extern "C" int
sag_cuda_launch_depthwise (const SagCudaDepthwise *job, void *stream)
{
  return job->type == SAG_CUDA_FLOAT ? launch<float> (job, stream) : launch<SagHalf> (job, stream);
}
