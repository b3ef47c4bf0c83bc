/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/engine.h"

#include "cuda/status.h"

#include <string.h>

#define SLAB ((size_t) 32 << 20) /* bytes of target voxels that are made and fetched at once */

static size_t
least (size_t a, size_t b)
{
  return a < b ? a : b;
}

static bool
check_dims (const int32_t dims[3], SagStatus *status)
{
  if (dims[0] > 0 && dims[1] > 0 && dims[2] > 0 && (int64_t) dims[0] * dims[1] <= INT32_MAX)
    return true;
  return sag_cuda_fail (status, SAG_STATUS_INVALID, "A grid of %d x %d x %d voxels holds no map.",
                        dims[0], dims[1], dims[2]);
}

/* Planes @first .. of the target; @job holds all but them. */
static void
queue_planes (SagCudaEngine *engine, SagCudaUpsample job, int32_t first, int32_t n)
{
  for (int a = 0; a < 3; a++)
    job.to_cell[a][3] += job.to_cell[a][2] * first;
  job.dims[2] = n;
  sag_cuda_check (engine->device,
                  sag_cuda_launch_upsample (&job, sag_cuda_get_stream (engine->device)),
                  "a heatmap");
}

bool
sag_cuda_upsample (void *self, const SagUpsampleRequest *request, SagStatus *status)
{
  SagCudaEngine  *engine = self;
  const int32_t  *cells = request->cell_geometry.dims, *dims = request->target.dims;
  SagCudaUpsample job = { .smooth = request->smooth, .outside = request->outside };
  double          to_cell[3][4];
  size_t          cell_bytes, plane_bytes, slab_planes;

  if (!check_dims (cells, status) || !check_dims (dims, status))
    return false;
  if (!sag_cuda_host->geometry_invert (&request->cell_geometry, to_cell))
    return sag_cuda_fail (status, SAG_STATUS_INVALID, "The grid of the cells has no volume.");
  sag_cuda_use (engine->device);
  sag_cuda_host->geometry_compose (to_cell, request->target.ijk_to_ras, job.to_cell);
  memcpy (job.n_cells, cells, sizeof job.n_cells);
  memcpy (job.dims, dims, sizeof job.dims);
  cell_bytes = (size_t) cells[0] * cells[1] * cells[2] * sizeof (float);
  cell_bytes = (cell_bytes + 255) / 256 * 256;
  plane_bytes = (size_t) dims[0] * dims[1] * sizeof (float);
  slab_planes = plane_bytes < SLAB ? SLAB / plane_bytes : 1;
  slab_planes = least (slab_planes, dims[2]);
  if (!sag_cuda_reserve (engine, &engine->arena, cell_bytes + slab_planes * plane_bytes, status) ||
      !sag_cuda_reserve_pinned (engine, &engine->pinned, cell_bytes + slab_planes * plane_bytes,
                                status))
    return false;
  job.cells = (const float *) engine->arena.memory;
  job.out = (float *) (engine->arena.memory + cell_bytes);
  memcpy (engine->pinned.memory, request->cells,
          (size_t) cells[0] * cells[1] * cells[2] * sizeof (float));
  sag_cuda_upload (engine->device, engine->arena.memory, engine->pinned.memory, cell_bytes);
  for (int32_t k = 0; k < dims[2]; k += (int32_t) slab_planes)
    {
      int32_t n = (int32_t) least (slab_planes, dims[2] - k);

      if (sag_cuda_is_cancelled (&request->cancel))
        {
          sag_cuda_wait (engine->device, NULL);
          return sag_cuda_fail (status, SAG_STATUS_CANCELLED, "Making the heatmap was cancelled.");
        }
      queue_planes (engine, job, k, n);
      sag_cuda_download (engine->device, engine->pinned.memory + cell_bytes, job.out,
                         n * plane_bytes);
      if (!sag_cuda_wait (engine->device, status))
        return false;
      memcpy ((char *) request->out + k * plane_bytes, engine->pinned.memory + cell_bytes,
              n * plane_bytes);
    }
  return true;
}
