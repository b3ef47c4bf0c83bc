/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"
#include "cuda/prepare-ops.h"

/* Convex hulls of a component's slices: model/prepare/hull.c, a thread a slice.
 *
 *   extents  (slices, rows, 2)     low .. end - 1 of the component in a row; low > end where there is nothing
 *   chain    (slices, 2, rows, 2)  row and coordinate of the hull's lower and upper points
 */

#define THREADS 256
#define SLICE_THREADS 32

struct Hull
{
  SagCudaHull job;
  int32_t     n_slices;
  int32_t     n_rows;
};

/* A thread empties an extent. */
static __global__ void
clear_extents (int32_t *extents, int64_t n)
{
  int64_t at = (int64_t) blockIdx.x * THREADS + threadIdx.x;

  if (at >= n)
    return;
  extents[2 * at] = INT32_MAX;
  extents[2 * at + 1] = 0;
}

static __device__ __forceinline__ void
widen (const Hull &hull, int32_t slice, int32_t row, int32_t low, int32_t end)
{
  int32_t *extent = hull.job.extents + ((int64_t) slice * hull.n_rows + row) * 2;

  atomicMin (&extent[0], low);
  atomicMax (&extent[1], end);
}

/* A thread widens the extents by what a stored row has of the component. */
static __global__ void
find_extents (Hull hull)
{
  const SagCudaComponents &c = hull.job.components;
  int64_t                  row = (int64_t) blockIdx.x * THREADS + threadIdx.x;

  if (row >= (int64_t) c.dims[1] * c.dims[2])
    return;

  int32_t j = (int32_t) (row % c.dims[1]), k = (int32_t) (row / c.dims[1]);

  for (int32_t run = c.row_start[row]; run < c.row_start[row + 1]; run++)
    {
      if (c.label[run] != c.largest->run)
        continue;
      if (hull.job.axis == 2)
        widen (hull, k, j, c.start[run], c.end[run]);
      else if (hull.job.axis == 1)
        widen (hull, j, k, c.start[run], c.end[run]);
      else
        for (int32_t i = c.start[run]; i < c.end[run]; i++)
          widen (hull, i, j, k, k + 1);
    }
}

struct Point
{
  int64_t row;
  int64_t at;
};

static __device__ __forceinline__ Point
get_point (const int32_t *chain, int32_t index)
{
  Point point = { chain[2 * index], chain[2 * index + 1] };

  return point;
}

/* Twice the area of the triangle; positive if a, b, c turn to the left. */
static __device__ __forceinline__ int64_t
turn (Point a, Point b, Point c)
{
  return (b.row - a.row) * (c.at - a.at) - (b.at - a.at) * (c.row - a.row);
}

/* Adds a point to a chain that keeps turning to one side. */
static __device__ __forceinline__ int32_t
extend_chain (int32_t *chain, int32_t n, Point point, int64_t side)
{
  while (n >= 2 && side * turn (get_point (chain, n - 2), get_point (chain, n - 1), point) <= 0)
    n--;
  chain[2 * n] = (int32_t) point.row;
  chain[2 * n + 1] = (int32_t) point.at;
  return n + 1;
}

/* Adds the polygon's signed area and first moments under one chain, walked from row to row. */
static __device__ __forceinline__ void
add_chain (const int32_t *chain, int32_t n, double sign, double (&sums)[3])
{
  for (int32_t p = 1; p < n; p++)
    {
      double u0 = chain[2 * p - 2], v0 = chain[2 * p - 1];
      double u1 = chain[2 * p], v1 = chain[2 * p + 1], width = u1 - u0;

      sums[0] += sign * width * (v0 + v1) / 2;
      sums[1] += sign * width * (v0 * (2 * u0 + u1) + v1 * (u0 + 2 * u1)) / 6;
      sums[2] += sign * width * (v0 * v0 + v0 * v1 + v1 * v1) / 6;
    }
}

/* A thread measures the hull of a slice. */
static __global__ void
measure_hulls (Hull hull)
{
  int32_t slice = blockIdx.x * SLICE_THREADS + threadIdx.x, n_lower = 0, n_upper = 0;

  if (slice >= hull.n_slices)
    return;

  const int32_t *extents = hull.job.extents + (int64_t) slice * hull.n_rows * 2;
  int32_t       *lower = hull.job.chain + (int64_t) slice * hull.n_rows * 4;
  int32_t       *upper = lower + (int64_t) hull.n_rows * 2;
  double        *measures = hull.job.measures + (int64_t) slice * 3;
  double         sums[3] = { 0.0, 0.0, 0.0 };

  for (int32_t r = 0; r < hull.n_rows; r++)
    if (extents[2 * r] < extents[2 * r + 1])
      {
        Point low = { r, extents[2 * r] }, high = { r, extents[2 * r + 1] - 1 };

        n_lower = extend_chain (lower, n_lower, low, 1);
        n_upper = extend_chain (upper, n_upper, high, -1);
      }
  add_chain (upper, n_upper, 1.0, sums);
  add_chain (lower, n_lower, -1.0, sums);
  measures[0] = sums[0];
  measures[1] = sums[0] > 0.0 ? sums[1] / sums[0] : 0.0;
  measures[2] = sums[0] > 0.0 ? sums[2] / sums[0] : 0.0;
}

extern "C" int
sag_cuda_launch_hull (const SagCudaHull *job, void *stream)
{
  const int32_t *dims = job->components.dims;
  Hull           hull = { *job, dims[job->axis], dims[job->axis == 1 ? 2 : 1] };
  int64_t        n = (int64_t) hull.n_slices * hull.n_rows, n_stored = (int64_t) dims[1] * dims[2];
  int error = SAG_LAUNCH (clear_extents, (unsigned) sag_ceil_div<int64_t> (n, THREADS), THREADS, 0,
                          stream, job->extents, n);

  if (error == 0)
    error = SAG_LAUNCH (find_extents, (unsigned) sag_ceil_div<int64_t> (n_stored, THREADS), THREADS,
                        0, stream, hull);
  if (error == 0)
    error = SAG_LAUNCH (measure_hulls, sag_ceil_div (hull.n_slices, SLICE_THREADS), SLICE_THREADS,
                        0, stream, hull);
  return error;
}
