/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cuda/device.cuh"

/* What the fused expansion and depthwise convolution needs to know in every function. */

#define SAG_EXPAND_KERNEL 3
#define SAG_EXPAND_THREADS 128
#define SAG_EXPAND_TILE 16 /* outputs along z */
#define SAG_EXPAND_MOST_IN 48

struct SagExpandJob
{
  const void  *input;
  const void  *expand;
  const float *expand_bias;
  const float *weights;
  const float *bias;
  void        *out;
  float       *sums;
  int32_t      in_channels;
  int32_t      channels;
  int32_t      in[3];
  int32_t      out_dims[3];
  int32_t      before[3];
  int32_t      tile_y;    /* output rows of a block */
  int32_t      segment;   /* output planes of a block */
  int32_t      n_tiles_y; /* blocks side by side */
  int32_t      n_tiles_z;
};

/* A plane of the ring, (rows, HZ) voxels of PITCH values, of which the first CB are channels. */
template <typename T, int S, int CB> struct SagExpandSizes
{
  static const int HZ = (SAG_EXPAND_TILE - 1) * S + SAG_EXPAND_KERNEL;
  static const int PITCH = CB + 4;
};

/* Where a block is: its first channel, and the map's voxel that lies at the ring's corner. */
struct SagExpandPlace
{
  int32_t channel;
  int32_t y;
  int32_t z;
};

/* The 16-bit expansion of 16 voxels and 8 N channels, on tensor cores. @b: the weights' fragments, for all voxels */
template <int N> struct SagExpandFragments
{
  uint32_t b[SAG_EXPAND_MOST_IN / 16][N][2];
  float    bias[N][2];
};

static __device__ __forceinline__ uint32_t
sag_expand_pair (const SagHalf *from, bool there)
{
  return there ? *reinterpret_cast<const uint32_t *> (from) : 0u;
}

template <int N>
static __device__ __forceinline__ void
sag_expand_load (const SagExpandJob &job, int32_t first, SagExpandFragments<N> &f)
{
  const SagHalf *weights = (const SagHalf *) job.expand;
  int32_t        group = threadIdx.x % 32 / 4, part = threadIdx.x % 4 * 2;

#pragma unroll
  for (int n = 0; n < N; n++)
    {
      int32_t channel = first + n * 8 + group;

#pragma unroll
      for (int i = 0; i < SAG_EXPAND_MOST_IN / 8; i++)
        f.b[i / 2][n][i % 2] =
          sag_expand_pair (weights + (int64_t) channel * job.in_channels + i * 8 + part,
                           channel < job.channels && i * 8 < job.in_channels);
#pragma unroll
      for (int i = 0; i < 2; i++)
        {
          int32_t column = first + n * 8 + part + i;

          f.bias[n][i] = column < job.channels ? job.expand_bias[column] : 0.0f;
        }
    }
}

/* The input's row of voxel @v of a plane of the ring; NULL outside of the map, where the expanded map is 0. */
template <typename T, int HZ>
static __device__ __forceinline__ const T *
sag_expand_row (const SagExpandJob &job, const SagExpandPlace &place, int32_t x, int32_t v)
{
  int32_t y = place.y + v / HZ, z = place.z + v % HZ;

  if (y < 0 || y >= job.in[1] || z < 0 || z >= job.in[2])
    return NULL;
  return (const T *) job.input + (((int64_t) x * job.in[1] + y) * job.in[2] + z) * job.in_channels;
}
