/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"
#include "cuda/prepare-ops.h"

/* Adaptive average pooling of int16 Hounsfield units to network input.
 *
 *   out = sum over the window of (HU + 1000) / (2000 * size of the window)
 *
 * Sums are exact integers, so that the result has the host's bits (model/prepare/area.c). A block makes TILE outputs
 * along i by TILE along whichever of j and k is the faster in the result: it reads along i and writes along the other.
 */

#define TILE 32
#define LINES 8 /* threads across */

static __device__ __forceinline__ float
average (const SagCudaArea &job, const int32_t (&o)[3])
{
  int32_t low[3], high[3];
  int64_t sum = 0, size = 1;

  for (int a = 0; a < 3; a++)
    {
      low[a] = job.axes[a].low[o[a]];
      high[a] = job.axes[a].high[o[a]];
      size *= job.axes[a].size[o[a]];
    }
  for (int32_t k = low[2]; k < high[2]; k++)
    for (int32_t j = low[1]; j < high[1]; j++)
      {
        const int16_t *row = job.planes + ((int64_t) k * job.n[1] + j) * job.n[0];
        int32_t        part = 0;

        for (int32_t i = low[0]; i < high[0]; i++)
          part += row[i];
        sum += part;
      }
  sum += (int64_t) 1000 * (high[0] - low[0]) * (high[1] - low[1]) * (high[2] - low[2]);
  return (float) ((double) sum / (2000.0 * (double) size));
}

/* @fast: the result's faster axis of j and k; @turn: through shared memory, so that writes lie along it. */
static __global__ void
area (SagCudaArea job, int fast, bool turn)
{
  SAG_SHARED (float, tile);
  int32_t x = threadIdx.x, o[3];

  o[3 - fast] = blockIdx.z;
  for (int32_t y = threadIdx.y; y < TILE; y += LINES)
    {
      o[0] = blockIdx.x * TILE + x;
      o[fast] = blockIdx.y * TILE + y;
      if (o[0] < job.axes[0].n_out && o[fast] < job.axes[fast].n_out)
        {
          float value = average (job, o);

          if (turn)
            tile[y * (TILE + 1) + x] = value;
          else
            job.out[o[0] * job.stride[0] + o[1] * job.stride[1] + o[2] * job.stride[2]] = value;
        }
    }
  __syncthreads ();
  for (int32_t y = threadIdx.y; y < TILE && turn; y += LINES)
    {
      o[0] = blockIdx.x * TILE + y;
      o[fast] = blockIdx.y * TILE + x;
      if (o[0] < job.axes[0].n_out && o[fast] < job.axes[fast].n_out)
        job.out[o[0] * job.stride[0] + o[1] * job.stride[1] + o[2] * job.stride[2]] =
          tile[x * (TILE + 1) + y];
    }
}

static int64_t
size_of (int64_t stride)
{
  return stride < 0 ? -stride : stride;
}

extern "C" int
sag_cuda_launch_area (const SagCudaArea *job, void *stream)
{
  int  fast = size_of (job->stride[1]) < size_of (job->stride[2]) ? 1 : 2;
  bool turn = size_of (job->stride[fast]) < size_of (job->stride[0]);
  dim3 grid (sag_ceil_div (job->axes[0].n_out, TILE), sag_ceil_div (job->axes[fast].n_out, TILE),
             job->axes[3 - fast].n_out);

  return SAG_LAUNCH (area, grid, dim3 (TILE, LINES), TILE * (TILE + 1) * sizeof (float), stream,
                     *job, fast, turn);
}
