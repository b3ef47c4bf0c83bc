/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"
#include "cuda/prepare-ops.h"

/* The largest component of a mask, by a union-find over its runs that many threads work on at once (Jayanti and Tarjan,
 * arXiv:1612.01514): label[] is the parent; a root joins another by compare-and-swap, always the later run the earlier,
 * so that in the end each component's root is its first run.
 */

#define THREADS 256
#define WARPS (THREADS / 32)

struct Components
{
  SagCudaComponents job;
  int32_t           n_words;
  int64_t           n_rows;
};

static __global__ void
clear_component (SagCudaComponent *largest)
{
  SagCudaComponent cleared = {};

  cleared.first = UINT64_MAX;
  cleared.run = -1;
  for (int a = 0; a < 3; a++)
    cleared.low[a] = INT32_MAX;
  *largest = cleared;
}

static __device__ __forceinline__ int64_t
find_row (void)
{
  return (int64_t) blockIdx.x * THREADS + threadIdx.x;
}

/* A thread writes down the runs of a row. */
static __global__ void
make_runs (Components c)
{
  int64_t row = find_row ();

  if (row >= c.n_rows)
    return;

  const uint32_t *bits = c.job.bits + row * c.n_words;
  int32_t         run = c.job.row_start[row];
  uint32_t        carry = 0;

  for (int32_t w = 0; w < c.n_words; w++)
    {
      uint32_t changes = bits[w] ^ (bits[w] << 1 | carry);

      carry = bits[w] >> 31;
      for (; changes != 0; changes &= changes - 1)
        {
          int32_t bit = __ffs ((int) changes) - 1;

          if (bits[w] >> bit & 1)
            {
              c.job.start[run] = w * 32 + bit;
              c.job.label[run] = run;
              c.job.size[run] = 0;
            }
          else
            c.job.end[run++] = w * 32 + bit;
        }
    }
  if (carry)
    c.job.end[run] = c.n_words * 32;
}

/* Others change labels meanwhile, but only to runs that are further up the same tree. */
static __device__ __forceinline__ int32_t
find_root (volatile int32_t *label, int32_t run)
{
  int32_t parent = label[run];

  while (parent != run)
    {
      int32_t above = label[parent];

      if (above != parent)
        label[run] = above;
      run = parent;
      parent = above;
    }
  return run;
}

static __device__ __forceinline__ void
join (int32_t *label, int32_t a, int32_t b)
{
  for (;;)
    {
      int32_t later, earlier;

      a = find_root (label, a);
      b = find_root (label, b);
      if (a == b)
        return;
      later = a > b ? a : b;
      earlier = a > b ? b : a;
      if (atomicCAS (&label[later], later, earlier) == later)
        return;
    }
}

/* A thread joins the runs of a row with those of the four rows before it that touch it. */
static __global__ void
join_runs (Components c)
{
  const SagCudaComponents &job = c.job;
  int64_t                  row = find_row ();

  if (row >= c.n_rows)
    return;

  int32_t nj = job.dims[1], j = (int32_t) (row % nj), k = (int32_t) (row / nj);

  for (int n = 0; n < 4; n++)
    {
      int32_t other_j = n == 3 ? j + 1 : n == 2 ? j : j - 1, other_k = n == 0 ? k : k - 1;

      if (other_j < 0 || other_j >= nj || other_k < 0)
        continue;

      int64_t other = (int64_t) other_k * nj + other_j;
      int32_t a = job.row_start[other], a_end = job.row_start[other + 1];
      int32_t b = job.row_start[row], b_end = job.row_start[row + 1];

      while (a < a_end && b < b_end)
        {
          if (job.start[a] < job.end[b] + 1 && job.start[b] < job.end[a] + 1)
            join (job.label, a, b);
          if (job.end[a] < job.end[b])
            a++;
          else
            b++;
        }
    }
}

/* A thread labels the runs of a row with their roots, and counts their voxels there. Nobody shortens others' ways here:
 * what one read before the root was written would come after it.
 */
static __global__ void
count_runs (Components c)
{
  const SagCudaComponents &job = c.job;
  volatile int32_t        *label = job.label;
  int64_t                  row = find_row ();

  if (row >= c.n_rows)
    return;

  int32_t last = -1, n_voxels = 0;

  for (int32_t run = job.row_start[row]; run < job.row_start[row + 1]; run++)
    {
      int32_t root = label[run];

      for (int32_t above = label[root]; above != root; above = label[root])
        root = above;
      if (root != last && n_voxels > 0)
        {
          atomicAdd (&job.size[last], n_voxels);
          n_voxels = 0;
        }
      label[run] = root;
      last = root;
      n_voxels += job.end[run] - job.start[run];
    }
  if (n_voxels > 0)
    atomicAdd (&job.size[last], n_voxels);
}

/* A thread looks at every n-th run for the most voxels. */
static __global__ void
find_most (const int32_t *size, int32_t n_runs, SagCudaComponent *largest)
{
  int32_t most = 0;

  for (int64_t run = (int64_t) blockIdx.x * THREADS + threadIdx.x; run < n_runs;
       run += (int64_t) gridDim.x * THREADS)
    most = size[run] > most ? size[run] : most;
#pragma unroll
  for (int bits = 16; bits > 0; bits /= 2)
    {
      int32_t other = __shfl_xor_sync (SAG_ALL_LANES, most, bits);

      most = other > most ? other : most;
    }
  if (threadIdx.x % 32 == 0 && most > 0)
    atomicMax (&largest->size, most);
}

/* Where a voxel comes when k runs fastest and i slowest. */
static __device__ __forceinline__ unsigned long long
voxel_order (const SagCudaComponents &job, int32_t i, int64_t row)
{
  int64_t j = row % job.dims[1], k = row / job.dims[1];

  return (unsigned long long) (((int64_t) i * job.dims[1] + j) * job.dims[2] + k);
}

/* A thread looks at a row for the first voxel of a component with the most voxels. */
static __global__ void
find_first (Components c)
{
  const SagCudaComponents &job = c.job;
  int64_t                  row = find_row ();
  unsigned long long       first = UINT64_MAX;

  if (row < c.n_rows)
    for (int32_t run = job.row_start[row]; run < job.row_start[row + 1]; run++)
      if (job.size[job.label[run]] == job.largest->size)
        {
          unsigned long long order = voxel_order (job, job.start[run], row);

          first = order < first ? order : first;
        }
#pragma unroll
  for (int bits = 16; bits > 0; bits /= 2)
    {
      unsigned long long other = __shfl_xor_sync (SAG_ALL_LANES, first, bits);

      first = other < first ? other : first;
    }
  if (threadIdx.x % 32 == 0 && first != UINT64_MAX)
    atomicMin ((unsigned long long *) &job.largest->first, first);
}

/* The thread whose row has that voxel says which component it is. */
static __global__ void
pick_component (Components c)
{
  const SagCudaComponents &job = c.job;
  int64_t                  row = find_row ();

  if (row >= c.n_rows)
    return;
  for (int32_t run = job.row_start[row]; run < job.row_start[row + 1]; run++)
    if (voxel_order (job, job.start[run], row) == job.largest->first)
      job.largest->run = job.label[run];
}

static __device__ __forceinline__ void
add_over_warp (int64_t *where, int64_t value)
{
  value = sag_warp_sum (value);
  if (threadIdx.x % 32 == 0 && value > 0)
    atomicAdd ((unsigned long long *) where, (unsigned long long) value);
}

/* A thread measures what a row has of the component. */
static __global__ void
measure_component (Components c)
{
  const SagCudaComponents &job = c.job;
  SagCudaComponent        *largest = job.largest;
  int64_t                  row = find_row (), n_voxels = 0, sum = 0;
  int32_t                  j = (int32_t) (row % job.dims[1]), k = (int32_t) (row / job.dims[1]);
  int32_t                  low = INT32_MAX, high = 0;

  if (row < c.n_rows)
    for (int32_t run = job.row_start[row]; run < job.row_start[row + 1]; run++)
      if (job.label[run] == largest->run)
        {
          int64_t n = job.end[run] - job.start[run];

          n_voxels += n;
          sum += n * (job.start[run] + job.end[run] - 1) / 2;
          low = job.start[run] < low ? job.start[run] : low;
          high = job.end[run];
        }
  add_over_warp (&largest->n_voxels, n_voxels);
  add_over_warp (&largest->index_sum[0], sum);
  add_over_warp (&largest->index_sum[1], n_voxels * j);
  add_over_warp (&largest->index_sum[2], n_voxels * k);
  if (n_voxels == 0)
    return;
  atomicMin (&largest->low[0], low);
  atomicMax (&largest->high[0], high);
  atomicMin (&largest->low[1], j);
  atomicMax (&largest->high[1], j + 1);
  atomicMin (&largest->low[2], k);
  atomicMax (&largest->high[2], k + 1);
}

extern "C" int
sag_cuda_launch_components (const SagCudaComponents *job, void *stream)
{
  Components c = { *job, sag_cuda_mask_words (job->dims[0]),
                   (int64_t) job->dims[1] * job->dims[2] };
  unsigned   rows = (unsigned) sag_ceil_div<int64_t> (c.n_rows, THREADS);
  unsigned   runs = (unsigned) sag_ceil_div (job->n_runs, THREADS);
  int        error = SAG_LAUNCH (clear_component, 1, 1, 0, stream, job->largest);

  if (error != 0 || job->n_runs == 0)
    return error;
  error = SAG_LAUNCH (make_runs, rows, THREADS, 0, stream, c);
  if (error == 0)
    error = SAG_LAUNCH (join_runs, rows, THREADS, 0, stream, c);
  if (error == 0)
    error = SAG_LAUNCH (count_runs, rows, THREADS, 0, stream, c);
  if (error == 0)
    error = SAG_LAUNCH (find_most, runs < 512 ? runs : 512, THREADS, 0, stream, job->size,
                        job->n_runs, job->largest);
  if (error == 0)
    error = SAG_LAUNCH (find_first, rows, THREADS, 0, stream, c);
  if (error == 0)
    error = SAG_LAUNCH (pick_component, rows, THREADS, 0, stream, c);
  if (error == 0)
    error = SAG_LAUNCH (measure_component, rows, THREADS, 0, stream, c);
  return error;
}
