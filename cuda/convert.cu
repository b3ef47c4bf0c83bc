/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"

/* Values from one type, layout or activation to another. */

#define THREADS 256

/* A thread converts every n-th value. */
template <typename In, typename Out>
static __global__ void
convert (const In *in, Out *out, size_t n)
{
  size_t step = (size_t) gridDim.x * THREADS;

  for (size_t i = (size_t) blockIdx.x * THREADS + threadIdx.x; i < n; i += step)
    sag_assign (&out[i], sag_to_float (in[i]));
}

static unsigned
n_blocks (size_t n)
{
  size_t blocks = sag_ceil_div<size_t> (n, THREADS);

  return blocks < 4096 ? (unsigned) blocks : 4096;
}

template <typename In, typename Out>
static int
launch_convert (const void *in, void *out, size_t n, void *stream)
{
  return SAG_LAUNCH ((convert<In, Out>), n_blocks (n), THREADS, 0, stream, (const In *) in,
                     (Out *) out, n);
}

extern "C" int
sag_cuda_launch_convert (
  const void *in, SagCudaType in_type, void *out, SagCudaType out_type, size_t n, void *stream)
{
  if (n == 0)
    return 0;
  if (in_type == SAG_CUDA_FLOAT)
    return out_type == SAG_CUDA_FLOAT ? launch_convert<float, float> (in, out, n, stream)
                                      : launch_convert<float, SagHalf> (in, out, n, stream);
  return out_type == SAG_CUDA_FLOAT ? launch_convert<SagHalf, float> (in, out, n, stream)
                                    : launch_convert<SagHalf, SagHalf> (in, out, n, stream);
}

/* A block turns 32 voxels of 32 channels. */
template <typename T>
static __global__ void
planes (const T *in, int32_t n_voxels, int32_t channels, int32_t padded, float *out)
{
  SAG_SHARED (float, tile);
  int32_t first_voxel = blockIdx.x * 32, first_channel = blockIdx.y * 32;

  for (int32_t i = threadIdx.y; i < 32; i += 8)
    {
      int32_t voxel = first_voxel + i, channel = first_channel + (int32_t) threadIdx.x;

      if (voxel < n_voxels && channel < channels)
        tile[i * 33 + threadIdx.x] = sag_to_float (in[(size_t) voxel * padded + channel]);
    }
  __syncthreads ();
  for (int32_t i = threadIdx.y; i < 32; i += 8)
    {
      int32_t voxel = first_voxel + (int32_t) threadIdx.x, channel = first_channel + i;

      if (voxel < n_voxels && channel < channels)
        out[(size_t) channel * n_voxels + voxel] = tile[threadIdx.x * 33 + i];
    }
}

extern "C" int
sag_cuda_launch_planes (
  const void *in, SagCudaType type, int32_t n_voxels, int32_t channels, float *out, void *stream)
{
  dim3    grid (sag_ceil_div (n_voxels, 32), sag_ceil_div (channels, 32)), block (32, 8);
  int32_t padded = sag_cuda_pad_channels (channels);
  size_t  shared = 32 * 33 * sizeof (float);

  if (n_voxels == 0 || channels == 0)
    return 0;
  if (type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (planes<float>, grid, block, shared, stream, (const float *) in, n_voxels,
                       channels, padded, out);
  return SAG_LAUNCH (planes<SagHalf>, grid, block, shared, stream, (const SagHalf *) in, n_voxels,
                     channels, padded, out);
}

/* A thread changes every n-th value. */
template <typename T>
static __global__ void
activate (T *values, size_t n, SagCudaAct act)
{
  size_t step = (size_t) gridDim.x * THREADS;

  for (size_t i = (size_t) blockIdx.x * THREADS + threadIdx.x; i < n; i += step)
    sag_assign (&values[i], sag_act<T> (sag_to_float (values[i]), act));
}

/* The same, four values at a time. */
template <typename T>
static __global__ void
activate_packs (T *values, size_t n_packs, SagCudaAct act)
{
  size_t step = (size_t) gridDim.x * THREADS;

  for (size_t i = (size_t) blockIdx.x * THREADS + threadIdx.x; i < n_packs; i += step)
    {
      float x[4];

      sag_load (values + 4 * i, x);
#pragma unroll
      for (int v = 0; v < 4; v++)
        x[v] = sag_act<T> (x[v], act);
      sag_store (values + 4 * i, x);
    }
}

template <typename T>
static int
launch_activate (T *values, size_t n, SagCudaAct act, void *stream)
{
  if (n % 4 == 0)
    return SAG_LAUNCH (activate_packs<T>, n_blocks (n / 4), THREADS, 0, stream, values, n / 4, act);
  return SAG_LAUNCH (activate<T>, n_blocks (n), THREADS, 0, stream, values, n, act);
}

extern "C" int
sag_cuda_launch_activate (void *values, SagCudaType type, size_t n, SagCudaAct act, void *stream)
{
  if (n == 0 || act == SAG_CUDA_ACT_NONE)
    return 0;
  if (type == SAG_CUDA_FLOAT)
    return launch_activate ((float *) values, n, act, stream);
  return launch_activate ((SagHalf *) values, n, act, stream);
}
