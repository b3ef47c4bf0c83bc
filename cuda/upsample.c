/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/engine.h"

#include "cuda/status.h"

#include <string.h>

#define ALIGNMENT 256

/* Bytes of target voxels that are made and fetched at once; tests make them few. */
#ifndef SAG_CUDA_HEATMAP_SLAB
#define SAG_CUDA_HEATMAP_SLAB ((size_t) 8 << 20)
#endif

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

/* One heatmap: slabs of planes are made in the arena and fetched to two places of pinned memory in turn. */
typedef struct
{
  SagCudaEngine            *engine;
  const SagUpsampleRequest *request;
  SagCudaUpsample           job;
  size_t                    cell_bytes;
  size_t                    plane_bytes;
  int32_t                   slab_planes;
} Heatmap;

static bool
reserve (Heatmap *map, SagStatus *status)
{
  SagCudaEngine *engine = map->engine;
  const int32_t *cells = map->job.n_cells, *dims = map->job.dims;
  size_t         slab_bytes;

  map->cell_bytes = (size_t) cells[0] * cells[1] * cells[2] * sizeof (float);
  map->cell_bytes = (map->cell_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  map->plane_bytes = (size_t) dims[0] * dims[1] * sizeof (float);
  map->slab_planes = 1;
  if (map->plane_bytes < SAG_CUDA_HEATMAP_SLAB)
    map->slab_planes = (int32_t) least (SAG_CUDA_HEATMAP_SLAB / map->plane_bytes, dims[2]);
  slab_bytes = map->slab_planes * map->plane_bytes;
  if (!sag_cuda_reserve (engine, &engine->arena, map->cell_bytes + slab_bytes, status) ||
      !sag_cuda_reserve_pinned (engine, &engine->staging, map->cell_bytes + 2 * slab_bytes, status))
    return false;
  map->job.cells = (const float *) engine->arena.memory;
  map->job.out = (float *) (engine->arena.memory + map->cell_bytes);
  return true;
}

static void
upload_cells (const Heatmap *map)
{
  SagCudaEngine *engine = map->engine;
  const int32_t *cells = map->job.n_cells;

  memcpy (engine->staging.memory, map->request->cells,
          (size_t) cells[0] * cells[1] * cells[2] * sizeof (float));
  sag_cuda_upload (engine->device, engine->arena.memory, engine->staging.memory, map->cell_bytes);
}

static int32_t
count_planes (const Heatmap *map, int32_t first)
{
  return (int32_t) least (map->slab_planes, map->job.dims[2] - first);
}

/* Where the slab from plane @first on arrives. */
static char *
place_of (const Heatmap *map, int32_t first)
{
  return map->engine->staging.memory + map->cell_bytes +
         first / map->slab_planes % 2 * map->slab_planes * map->plane_bytes;
}

static void
queue_slab (const Heatmap *map, int32_t first)
{
  SagCudaDevice  *device = map->engine->device;
  SagCudaUpsample job = map->job;

  for (int a = 0; a < 3; a++)
    job.to_cell[a][3] += job.to_cell[a][2] * first;
  job.dims[2] = count_planes (map, first);
  sag_cuda_check (device, sag_cuda_launch_upsample (&job, sag_cuda_get_stream (device)),
                  "a heatmap");
  sag_cuda_download (device, place_of (map, first), job.out, job.dims[2] * map->plane_bytes);
}

static void
store_slab (const Heatmap *map, int32_t first)
{
  memcpy ((char *) map->request->out + first * map->plane_bytes, place_of (map, first),
          count_planes (map, first) * map->plane_bytes);
}

/* The copy of one slab and the making of the next overlap. */
static bool
make_slabs (const Heatmap *map, SagStatus *status)
{
  int32_t step = map->slab_planes, n = map->job.dims[2];

  for (int32_t first = 0; first < n; first += step)
    {
      if (sag_cuda_is_cancelled (&map->request->cancel))
        {
          sag_cuda_wait (map->engine->device, NULL);
          return sag_cuda_fail (status, SAG_STATUS_CANCELLED, "Making the heatmap was cancelled.");
        }
      queue_slab (map, first);
      if (first > 0)
        store_slab (map, first - step);
      if (!sag_cuda_wait (map->engine->device, status))
        return false;
    }
  store_slab (map, (n - 1) / step * step);
  return true;
}

bool
sag_cuda_upsample (void *self, const SagUpsampleRequest *request, SagStatus *status)
{
  SagCudaEngine *engine = self;
  const int32_t *cells = request->cell_geometry.dims, *dims = request->target.dims;
  Heatmap        map = { .engine = engine,
                         .request = request,
                         .job = { .smooth = request->smooth, .outside = request->outside } };
  double         to_cell[3][4];

  if (!check_dims (cells, status) || !check_dims (dims, status))
    return false;
  if (!sag_cuda_host->geometry_invert (&request->cell_geometry, to_cell))
    return sag_cuda_fail (status, SAG_STATUS_INVALID, "The grid of the cells has no volume.");
  sag_cuda_use (engine->device);
  sag_cuda_host->geometry_compose (to_cell, request->target.ijk_to_ras, map.job.to_cell);
  memcpy (map.job.n_cells, cells, sizeof map.job.n_cells);
  memcpy (map.job.dims, dims, sizeof map.job.dims);
  if (!reserve (&map, status))
    return false;
  upload_cells (&map);
  return make_slabs (&map, status);
}
