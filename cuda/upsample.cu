/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"

/* Cells to voxels, as model/engine/upsample.c does it: a voxel is inside where its centre lies in the cells' box, or
 * less than INSIDE of a cell beyond; in the outer half of the outer cells the value of the cell's centre continues.
 */

#define INSIDE 1e-6
#define THREADS 256

/* The cell at or before a position inside along one axis, the one after, and how far it is on the way. */
struct Place
{
  int32_t at;
  int32_t next;
  float   part;
};

/* Cells are counted from 1 here, as if the outer ones were repeated once more: then all casts round down. */
static __device__ __forceinline__ Place
find_place (double position, int32_t n, bool smooth)
{
  int32_t cell = (int32_t) (smooth ? position + 1.0 : position + 1.5);
  Place   place;

  place.part = (float) (position + 1.0 - cell);
  place.at = (cell < 1 ? 1 : cell > n ? n : cell) - 1;
  place.next = (cell + 1 > n ? n : cell + 1) - 1;
  return place;
}

static __device__ __forceinline__ float
between (float a, float b, float part)
{
  return a + part * (b - a);
}

static __device__ __forceinline__ float
smooth_value (const SagCudaUpsample &job, const Place (&p)[3])
{
  int64_t      ny = job.n_cells[1], nx = job.n_cells[0];
  const float *c00 = job.cells + (p[2].at * ny + p[1].at) * nx;
  const float *c10 = job.cells + (p[2].at * ny + p[1].next) * nx;
  const float *c01 = job.cells + (p[2].next * ny + p[1].at) * nx;
  const float *c11 = job.cells + (p[2].next * ny + p[1].next) * nx;
  float        v00 = between (c00[p[0].at], c00[p[0].next], p[0].part);
  float        v10 = between (c10[p[0].at], c10[p[0].next], p[0].part);
  float        v01 = between (c01[p[0].at], c01[p[0].next], p[0].part);
  float        v11 = between (c11[p[0].at], c11[p[0].next], p[0].part);

  return between (between (v00, v10, p[1].part), between (v01, v11, p[1].part), p[2].part);
}

/* A thread makes a voxel; a block, a piece of a row. */
static __global__ void
upsample (SagCudaUpsample job)
{
  int32_t i = blockIdx.x * THREADS + threadIdx.x, j = blockIdx.y;

  if (i >= job.dims[0])
    return;
  for (int32_t k = blockIdx.z; k < job.dims[2]; k += gridDim.z)
    {
      float value = job.outside;
      bool  inside = true;
      Place places[3];

      for (int a = 0; a < 3; a++)
        {
          const double *row = job.to_cell[a];
          double        position = row[1] * j + row[2] * k + row[3] + i * row[0];

          inside = inside && position >= -0.5 - INSIDE && position <= job.n_cells[a] - 0.5 + INSIDE;
          places[a] = find_place (inside ? position : 0.0, job.n_cells[a], job.smooth);
        }
      if (inside)
        value =
          job.smooth
            ? smooth_value (job, places)
            : job.cells[((int64_t) places[2].at * job.n_cells[1] + places[1].at) * job.n_cells[0] +
                        places[0].at];
      job.out[((size_t) k * job.dims[1] + j) * job.dims[0] + i] = value;
    }
}

extern "C" int
sag_cuda_launch_upsample (const SagCudaUpsample *job, void *stream)
{
  int32_t n_planes = job->dims[2] < 65535 ? job->dims[2] : 65535;
  dim3    grid (sag_ceil_div (job->dims[0], THREADS), job->dims[1], n_planes);

  if (job->dims[0] == 0 || job->dims[1] == 0 || job->dims[2] == 0)
    return 0;
  return SAG_LAUNCH (upsample, grid, THREADS, 0, stream, *job);
}
