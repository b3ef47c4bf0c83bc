/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"
#include "cuda/prepare-ops.h"

/* Voxels in a range of Hounsfield units, as bits, and how many runs each row of them has; the range of a box. */

#define THREADS 256
#define WARPS (THREADS / 32)
#define SCAN_THREADS 1024
#define SCAN_EACH 4 /* values of a thread at a time */

struct Mask
{
  SagCudaMask job;
  int32_t     n_words;
  int64_t     n_rows;
};

/* A warp makes a row: 32 voxels, a word, at a time. Its run count goes to row_start. */
template <typename Voxel>
static __global__ void
mask_rows (Mask mask, const Voxel *__restrict__ voxels)
{
  int64_t  row = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32;
  int32_t  lane = threadIdx.x % 32, ni = mask.job.dims[0], n_runs = 0;
  unsigned carry = 0;

  if (row >= mask.n_rows)
    return;
  for (int32_t w = 0; w < mask.n_words; w++)
    {
      int32_t  i = w * 32 + lane;
      double   value = i < ni ? (double) voxels[row * ni + i] : 0.0;
      unsigned bits =
        __ballot_sync (SAG_ALL_LANES, i < ni && value >= mask.job.low && value <= mask.job.high);

      n_runs += __popc ((int) (bits & ~(bits << 1 | carry)));
      carry = bits >> 31;
      if (lane == 0)
        mask.job.bits[row * mask.n_words + w] = bits;
    }
  if (lane == 0)
    mask.job.row_start[row] = n_runs;
}

/* The sum of the lanes up to this one. */
static __device__ __forceinline__ int32_t
scan_warp (int32_t value)
{
  int32_t lane = threadIdx.x % 32;

#pragma unroll
  for (int32_t step = 1; step < 32; step *= 2)
    {
      int32_t before = __shfl_up_sync (SAG_ALL_LANES, value, step);

      value += lane >= step ? before : 0;
    }
  return value;
}

/* One block turns run counts into the runs before each row, 4096 rows at a time; the last is the number of runs. */
static __global__ void
scan_rows (int32_t *row_start, int64_t n_rows)
{
  SAG_SHARED (int32_t, sums);
  int32_t lane = threadIdx.x % 32, warp = threadIdx.x / 32, before = 0;

  for (int64_t first = 0; first < n_rows; first += SCAN_THREADS * SCAN_EACH)
    {
      int64_t at = first + threadIdx.x * SCAN_EACH;
      int32_t counts[SCAN_EACH], mine = 0, upto, start;

#pragma unroll
      for (int i = 0; i < SCAN_EACH; i++)
        {
          counts[i] = at + i < n_rows ? row_start[at + i] : 0;
          mine += counts[i];
        }
      upto = scan_warp (mine);
      if (lane == 31)
        sums[warp] = upto;
      __syncthreads ();
      if (warp == 0)
        sums[32 + lane] = scan_warp (sums[lane]);
      __syncthreads ();
      start = before + upto - mine + (warp > 0 ? sums[32 + warp - 1] : 0);
      before += sums[63];
#pragma unroll
      for (int i = 0; i < SCAN_EACH; i++)
        {
          if (at + i < n_rows)
            row_start[at + i] = start;
          start += counts[i];
        }
      __syncthreads ();
    }
  if (threadIdx.x == 0)
    row_start[n_rows] = before;
}

extern "C" int
sag_cuda_launch_mask (const SagCudaMask *job, void *stream)
{
  Mask mask = { *job, sag_cuda_mask_words (job->dims[0]), (int64_t) job->dims[1] * job->dims[2] };
  unsigned blocks = (unsigned) sag_ceil_div<int64_t> (mask.n_rows, WARPS);
  int      error;

  if (job->is_float)
    error =
      SAG_LAUNCH (mask_rows<float>, blocks, THREADS, 0, stream, mask, (const float *) job->voxels);
  else
    error = SAG_LAUNCH (mask_rows<int16_t>, blocks, THREADS, 0, stream, mask,
                        (const int16_t *) job->voxels);
  if (error != 0)
    return error;
  return SAG_LAUNCH (scan_rows, 1, SCAN_THREADS, 64 * sizeof (int32_t), stream, job->row_start,
                     mask.n_rows);
}

/* Both ends as bits: those of negative numbers rise, as unsigned, when the numbers fall. */
static __global__ void
clear_range (unsigned *range)
{
  range[0] = 0x80000000u;
  range[1] = 0;
}

/* A warp looks at every n-th row. */
template <typename Voxel>
static __global__ void
box_range (SagCudaBox box, const Voxel *voxels, unsigned *range)
{
  int64_t n_rows = (int64_t) box.n[1] * box.n[2];
  int32_t lane = threadIdx.x % 32;
  float   low = 0.0f, high = 0.0f;

  for (int64_t row = (int64_t) blockIdx.x * WARPS + threadIdx.x / 32; row < n_rows;
       row += (int64_t) gridDim.x * WARPS)
    {
      int64_t      j = box.first[1] + row % box.n[1], k = box.first[2] + row / box.n[1];
      const Voxel *from = voxels + (k * box.dims[1] + j) * box.dims[0] + box.first[0];

      for (int32_t i = lane; i < box.n[0]; i += 32)
        {
          float value = (float) from[i];

          low = value < low ? value : low; /* false for NaN */
          high = value > high ? value : high;
        }
    }
  low = -sag_warp_max (-low);
  high = sag_warp_max (high);
  if (lane == 0)
    {
      union
      {
        float    value;
        unsigned bits;
      } ends[2] = { { low }, { high } };

      if (low < 0.0f)
        atomicMax (&range[0], ends[0].bits);
      if (high > 0.0f)
        atomicMax (&range[1], ends[1].bits);
    }
}

extern "C" int
sag_cuda_launch_range (const SagCudaBox *box, float *range, void *stream)
{
  unsigned *bits = (unsigned *) range;
  int64_t   blocks = sag_ceil_div<int64_t> ((int64_t) box->n[1] * box->n[2], WARPS);
  int       error = SAG_LAUNCH (clear_range, 1, 1, 0, stream, bits);

  if (error != 0 || blocks == 0)
    return error;
  blocks = blocks < 2048 ? blocks : 2048;
  if (box->is_float)
    return SAG_LAUNCH (box_range<float>, (unsigned) blocks, THREADS, 0, stream, *box,
                       (const float *) box->voxels, bits);
  return SAG_LAUNCH (box_range<int16_t>, (unsigned) blocks, THREADS, 0, stream, *box,
                     (const int16_t *) box->voxels, bits);
}
