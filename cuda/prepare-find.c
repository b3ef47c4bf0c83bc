/* SPDX-License-Identifier: Apache-2.0 */

/* The body: the largest component of the voxels in a recipe's range, and the hulls of its slices. */

#include "cuda/prepare.h"

#include "cuda/status.h"

#include <string.h>

/* One search; all pointers are into the arena. */
typedef struct
{
  SagCudaEngine    *engine;
  SagCudaMask       mask;
  SagCudaComponents components;
  SagCudaHull       hull;
  int32_t           n_slices; /* of hulls; 0: none are wanted */
  int32_t           n_room;   /* runs that there is memory for */
  SagCudaComponent *largest;
  double           *measures;
} Search;

static int64_t
n_rows (const Search *search)
{
  return (int64_t) search->mask.dims[1] * search->mask.dims[2];
}

static void
place (Search *search, SagCudaPieces *pieces)
{
  const int32_t *dims = search->mask.dims;
  size_t         rows = n_rows (search), runs = search->n_room;

  search->mask.bits =
    sag_cuda_take (pieces, rows * sag_cuda_mask_words (dims[0]) * sizeof (uint32_t));
  search->mask.row_start = sag_cuda_take (pieces, (rows + 1) * sizeof (int32_t));
  search->components.bits = search->mask.bits;
  search->components.row_start = search->mask.row_start;
  search->components.start = sag_cuda_take (pieces, runs * sizeof (int32_t));
  search->components.end = sag_cuda_take (pieces, runs * sizeof (int32_t));
  search->components.label = sag_cuda_take (pieces, runs * sizeof (int32_t));
  search->components.size = sag_cuda_take (pieces, runs * sizeof (int32_t));
  search->components.largest = sag_cuda_take (pieces, sizeof (SagCudaComponent));
  if (search->n_slices > 0)
    {
      size_t n = (size_t) search->n_slices * dims[search->hull.axis == 1 ? 2 : 1];

      search->hull.extents = sag_cuda_take (pieces, n * 2 * sizeof (int32_t));
      search->hull.chain = sag_cuda_take (pieces, n * 4 * sizeof (int32_t));
      search->hull.measures =
        sag_cuda_take (pieces, (size_t) search->n_slices * 3 * sizeof (double));
    }
}

/* Voxels in, bits and starts of rows out. */
static double
mask_bytes (const Search *search)
{
  const int32_t *dims = search->mask.dims;
  size_t         row = dims[0] * (search->mask.is_float ? sizeof (float) : sizeof (int16_t));

  return (double) n_rows (search) * (row + (sag_cuda_mask_words (dims[0]) + 1) * sizeof (uint32_t));
}

/* Bits and runs of all rows; learns the number of runs. */
static bool
count_runs (Search *search, SagStatus *status)
{
  SagCudaEngine *engine = search->engine;
  SagCudaPieces  pieces = { 0 };
  int32_t       *n_runs = (int32_t *) engine->staging.memory;

  place (search, &pieces);
  if (!sag_cuda_reserve (engine, &engine->arena, pieces.used, status))
    return false;
  pieces = (SagCudaPieces){ engine->arena.memory, 0 };
  place (search, &pieces);
  sag_cuda_stage (engine->device, "mask");
  sag_cuda_count (engine->device, mask_bytes (search), 0);
  sag_cuda_check (engine->device,
                  sag_cuda_launch_mask (&search->mask, sag_cuda_get_stream (engine->device)),
                  "the search for the body");
  sag_cuda_stage (engine->device, "host");
  sag_cuda_download (engine->device, n_runs, search->mask.row_start + n_rows (search),
                     sizeof *n_runs);
  if (!sag_cuda_wait (engine->device, status))
    return false;
  search->components.n_runs = *n_runs;
  return true;
}

static bool
label_runs (Search *search, SagStatus *status)
{
  SagCudaEngine *engine = search->engine;
  void          *stream = sag_cuda_get_stream (engine->device);
  size_t         n_measures = (size_t) search->n_slices * 3;

  if (!sag_cuda_reserve_pinned (engine, &engine->staging,
                                sizeof *search->largest + n_measures * sizeof (double), status))
    return false;
  search->largest = (SagCudaComponent *) engine->staging.memory;
  search->measures = (double *) (engine->staging.memory + sizeof *search->largest);
  sag_cuda_stage (engine->device, "components");
  sag_cuda_check (engine->device, sag_cuda_launch_components (&search->components, stream),
                  "the search for the body");
  sag_cuda_download (engine->device, search->largest, search->components.largest,
                     sizeof *search->largest);
  if (n_measures > 0 && search->components.n_runs > 0)
    {
      search->hull.components = search->components;
      sag_cuda_stage (engine->device, "hulls");
      sag_cuda_check (engine->device, sag_cuda_launch_hull (&search->hull, stream),
                      "the body's hulls");
      sag_cuda_download (engine->device, search->measures, search->hull.measures,
                         n_measures * sizeof (double));
    }
  sag_cuda_stage (engine->device, "host");
  return sag_cuda_wait (engine->device, status);
}

/* Centroids averaged with areas as weights, as sag_hull_find_centre() does it. */
static void
find_centre (const Search *search, SagPrepareBody *body)
{
  int    axis = search->hull.axis, row_axis = axis == 1 ? 2 : 1, at_axis = axis == 0 ? 2 : 0;
  double total = 0, sum[2] = { 0, 0 };

  for (int32_t s = 0; s < search->n_slices; s++)
    {
      const double *measure = search->measures + 3 * s;

      total += measure[0];
      sum[0] += measure[0] * measure[1];
      sum[1] += measure[0] * measure[2];
    }
  body->has_centre = total > 0;
  if (!body->has_centre)
    return;
  body->centre[row_axis] = sum[0] / total;
  body->centre[at_axis] = sum[1] / total;
}

bool
sag_cuda_prepare_find (SagCudaEngine           *engine,
                       const SagPrepareRequest *request,
                       const SagPrepareSearch  *wanted,
                       SagPrepareBody          *body,
                       SagStatus               *status)
{
  const int32_t *dims = request->geometry.dims;
  Search         search = { .engine = engine,
                            .mask = { .voxels = engine->scan.memory,
                                      .is_float = request->is_float,
                                      .low = wanted->low,
                                      .high = wanted->high },
                            .n_slices = wanted->hull_axis >= 0 ? dims[wanted->hull_axis] : 0 };
  int64_t        n_room;

  search.hull.axis = wanted->hull_axis;
  memcpy (search.mask.dims, dims, sizeof search.mask.dims);
  memcpy (search.components.dims, dims, sizeof search.components.dims);
  /* Enough for any body; noise can have more. */
  n_room = n_rows (&search) * (4 + dims[0] / 64);
  search.n_room = n_room < INT32_MAX ? (int32_t) n_room : INT32_MAX;
  if (!count_runs (&search, status))
    return false;
  if (search.components.n_runs > search.n_room)
    {
      search.n_room = search.components.n_runs;
      if (!count_runs (&search, status))
        return false;
    }
  if (!label_runs (&search, status))
    return false;
  *body = (SagPrepareBody){ .n_voxels = search.largest->n_voxels };
  for (int a = 0; a < 3; a++)
    {
      body->low[a] = search.largest->low[a];
      body->high[a] = search.largest->high[a];
      body->index_sum[a] = search.largest->index_sum[a];
    }
  if (search.n_slices > 0 && body->n_voxels > 0)
    find_centre (&search, body);
  return true;
}
