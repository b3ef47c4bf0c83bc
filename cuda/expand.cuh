/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cuda/device.cuh"

/* What the fused expansion and depthwise convolution needs to know in every function. */

#define SAG_EXPAND_KERNEL 3
#define SAG_EXPAND_THREADS 128
#define SAG_EXPAND_TILE 16 /* outputs along z */
#define SAG_EXPAND_MOST_IN 32

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

/* A plane of the ring, (rows, HZ) voxels of PITCH values, of which the first CB are channels. With float32's pitch no
 * lanes meet in a bank; float16's spares that memory, so that more blocks fit, and two lanes meet.
 */
template <typename T, int S> struct SagExpandSizes
{
  static const int CB = sizeof (T) == 2 ? 16 : 8;
  static const int HZ = (SAG_EXPAND_TILE - 1) * S + SAG_EXPAND_KERNEL;
  static const int PITCH = sizeof (T) == 2 ? CB : CB + 4;
  static const int TAPS = SAG_EXPAND_KERNEL * SAG_EXPAND_KERNEL * SAG_EXPAND_KERNEL;
};

/* Where a block is: its first channel, and the map's voxel that lies at the ring's corner. */
struct SagExpandPlace
{
  int32_t channel;
  int32_t y;
  int32_t z;
};

/* The 16-bit expansion of 16 voxels and 8 N channels, on tensor cores. @b: the weights' fragments, for all voxels. A
 * lane has channels 4 i .. 4 i + 3 of 16, for both operands: a product's sum takes any order.
 */
template <int N> struct SagExpandFragments
{
  SagPack<uint32_t, 2> b[SAG_EXPAND_MOST_IN / 16][N];
  float                bias[N][2];
};

/* 4 channels. */
static __device__ __forceinline__ SagPack<uint32_t, 2>
                                  sag_expand_quad (const SagHalf *from, bool there)
{
  return there ? *reinterpret_cast<const SagPack<uint32_t, 2> *> (from) : SagPack<uint32_t, 2>{};
}

template <int N>
static __device__ __forceinline__ void
sag_expand_load (const SagExpandJob &job, int32_t first, SagExpandFragments<N> &f)
{
  const SagHalf *weights = (const SagHalf *) job.expand;
  int32_t        group = threadIdx.x % 32 / 4, part = threadIdx.x % 4;

#pragma unroll
  for (int n = 0; n < N; n++)
    {
      int32_t channel = first + n * 8 + group;

#pragma unroll
      for (int k = 0; k < SAG_EXPAND_MOST_IN / 16; k++)
        f.b[k][n] =
          sag_expand_quad (weights + (int64_t) channel * job.in_channels + k * 16 + part * 4,
                           channel < job.channels && k * 16 + part * 4 < job.in_channels);
#pragma unroll
      for (int i = 0; i < 2; i++)
        {
          int32_t column = first + n * 8 + part * 2 + i;

          f.bias[n][i] = column < job.channels ? job.expand_bias[column] : 0.0f;
        }
    }
}

/* Where the voxels of a plane of the ring are in the input's planes: -1 outside, where the expanded map is 0. */
template <int HZ>
static __device__ __forceinline__ void
sag_expand_find (const SagExpandJob   &job,
                 const SagExpandPlace &place,
                 int32_t               n_voxels,
                 int32_t              *places)
{
  for (int32_t v = threadIdx.x; v < n_voxels; v += SAG_EXPAND_THREADS)
    {
      int32_t y = place.y + v / HZ, z = place.z + v % HZ;
      bool    inside = y >= 0 && y < job.in[1] && z >= 0 && z < job.in[2];

      places[v] = inside ? y * job.in[2] + z : -1;
    }
}
