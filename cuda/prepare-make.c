/* SPDX-License-Identifier: Apache-2.0 */

/* The network's input: what is kept of the scan is resampled along i and j a few planes at a time, then along k, and
 * averaged.
 */

#include "cuda/prepare.h"

#include "cuda/status.h"

#include <string.h>

#define SLAB ((size_t) 64 << 20) /* bytes of half-resampled lines at once */

/* Everything in the arena. */
typedef struct
{
  SagCudaEngine     *engine;
  SagPrepareRequest *request;
  SagPreparePlan    *plan;
  SagCudaSplineAxis  splines[3];
  SagCudaAreaAxis    areas[3];
  float             *range;
  double            *rows;  /* (slab planes, j n_in, i n_inside) */
  double            *lines; /* (k n_in, j n_inside, i n_inside) */
  int16_t           *planes;
  float             *input;
  int32_t            slab_planes;
  char              *tables;       /* where all tables start */
  size_t             tables_bytes; /* the same in pinned memory */
} Make;

static size_t
input_bytes (const Make *make)
{
  const int32_t *input = make->request->recipe.input;

  return (size_t) input[0] * input[1] * input[2] * sizeof (float);
}

/* A table's place on the device; its values go to the same place of pinned memory once there is one. */
static void *
take_table (Make *make, SagCudaPieces *pieces, const void *values, size_t n_bytes)
{
  size_t at = pieces->used;
  void  *table = sag_cuda_take (pieces, n_bytes);

  if (table != NULL)
    memcpy (make->engine->staging.memory + at, values, n_bytes);
  return table;
}

/* Tables come first: they are sent at once. */
static void
place_tables (Make *make, SagCudaPieces *pieces)
{
  for (int a = 0; a < 3; a++)
    {
      const SagPrepareSpline *s = &make->plan->splines[a];
      const SagPrepareArea   *area = &make->plan->areas[a];
      size_t                  n_taps = 4 * (size_t) s->n_out, n = area->n_out;

      make->splines[a] = (SagCudaSplineAxis){
        s->n_in,
        s->n_out,
        s->n_inside,
        s->on_samples,
        take_table (make, pieces, s->taps, n_taps * sizeof (int32_t)),
        take_table (make, pieces, s->weights, n_taps * sizeof (double)),
      };
      make->areas[a] = (SagCudaAreaAxis){
        area->n_out,
        take_table (make, pieces, area->low, n * sizeof (int32_t)),
        take_table (make, pieces, area->high, n * sizeof (int32_t)),
        take_table (make, pieces, area->size, n * sizeof (int32_t)),
      };
    }
  make->tables_bytes = pieces->used;
}

static void
place (Make *make, SagCudaPieces *pieces)
{
  const SagPrepareSpline *s = make->plan->splines;
  size_t                  width = s[0].n_inside, plane = width * s[1].n_inside;
  size_t                  row_bytes = width * s[1].n_in * sizeof (double);
  size_t                  n_planes = row_bytes > 0 ? SLAB / row_bytes : 1;

  n_planes = n_planes < 1 ? 1 : n_planes > (size_t) s[2].n_in ? (size_t) s[2].n_in : n_planes;
  make->slab_planes = (int32_t) n_planes;
  place_tables (make, pieces);
  make->range = sag_cuda_take (pieces, 2 * sizeof (float));
  make->rows = sag_cuda_take (pieces, n_planes * row_bytes);
  make->lines = sag_cuda_take (pieces, plane * s[2].n_in * sizeof (double));
  make->planes =
    sag_cuda_take (pieces, (size_t) s[0].n_out * s[1].n_out * s[2].n_out * sizeof (int16_t));
  make->input = sag_cuda_take (pieces, input_bytes (make));
}

static bool
reserve (Make *make, SagStatus *status)
{
  SagCudaEngine *engine = make->engine;
  SagCudaPieces  pieces = { 0 };
  size_t         n_pinned;

  place (make, &pieces);
  n_pinned = make->tables_bytes > input_bytes (make) ? make->tables_bytes : input_bytes (make);
  if (!sag_cuda_reserve (engine, &engine->arena, pieces.used, status) ||
      !sag_cuda_reserve_pinned (engine, &engine->staging, n_pinned, status))
    return false;
  pieces = (SagCudaPieces){ engine->arena.memory, 0 };
  place (make, &pieces);
  sag_cuda_upload (engine->device, engine->arena.memory, engine->staging.memory,
                   make->tables_bytes);
  return true;
}

/* The kept voxels, planes @first .. @first + @n - 1 of them. */
static SagCudaBox
kept_box (const Make *make)
{
  const SagPreparePlan *plan = make->plan;
  SagCudaBox box = { .voxels = make->engine->scan.memory, .is_float = make->request->is_float };

  memcpy (box.dims, make->request->geometry.dims, sizeof box.dims);
  memcpy (box.first, plan->first, sizeof box.first);
  memcpy (box.n, plan->n, sizeof box.n);
  return box;
}

static double
box_bytes (const SagCudaBox *box)
{
  return (double) box->n[0] * box->n[1] * box->n[2] * (box->is_float ? 4 : 2);
}

/* Narrows the clamp to the range of what is kept and 0. */
static bool
find_range (Make *make, SagStatus *status)
{
  SagCudaEngine *engine = make->engine;
  SagCudaBox     box = kept_box (make);
  float         *range = (float *) engine->staging.memory;

  sag_cuda_stage (engine->device, "range");
  sag_cuda_count (engine->device, box_bytes (&box), 0);
  sag_cuda_check (engine->device,
                  sag_cuda_launch_range (&box, make->range, sag_cuda_get_stream (engine->device)),
                  "the range of a scan");
  sag_cuda_stage (engine->device, "host");
  /* The tables have left pinned memory by then: queued work is done in order. */
  sag_cuda_download (engine->device, range, make->range, 2 * sizeof *range);
  if (!sag_cuda_wait (engine->device, status))
    return false;
  if (range[0] > make->plan->low)
    make->plan->low = range[0];
  if (range[1] < make->plan->high)
    make->plan->high = range[1];
  return true;
}

/* Source planes @first .. @first + @n - 1 of those that matter, along i and j. */
static void
queue_slab (const Make *make, int32_t first, int32_t n)
{
  const SagPreparePlan *plan = make->plan;
  SagCudaDevice        *device = make->engine->device;
  void                 *stream = sag_cuda_get_stream (device);
  int32_t               width = plan->splines[0].n_inside;
  size_t                plane = (size_t) width * plan->splines[1].n_inside;
  SagCudaBox            box = kept_box (make);
  double                lines;

  for (int a = 0; a < 3; a++)
    {
      box.first[a] += plan->splines[a].first_in;
      box.n[a] = plan->splines[a].n_in;
    }
  box.first[2] += first;
  box.n[2] = n;
  lines = (double) width * box.n[1] * n * sizeof (double);
  sag_cuda_stage (device, "rows");
  sag_cuda_count (device, box_bytes (&box) + lines, 0);
  sag_cuda_check (device,
                  sag_cuda_launch_spline_rows (&box, plan->source_low, plan->source_high,
                                               &make->splines[0], make->rows, stream),
                  "resampling along rows");
  sag_cuda_stage (device, "columns");
  sag_cuda_count (device, 3 * lines + (double) plane * n * sizeof (double),
                  0); /* filtered in place */
  sag_cuda_check (device,
                  sag_cuda_launch_spline_columns (make->rows, n, width, &make->splines[1],
                                                  make->lines + plane * first, stream),
                  "resampling along columns");
}

static void
queue_rest (const Make *make)
{
  const SagPreparePlan *plan = make->plan;
  SagCudaDevice        *device = make->engine->device;
  void                 *stream = sag_cuda_get_stream (device);
  SagCudaPlanes         planes = { .lines = make->lines,
                                   .k = make->splines[2],
                                   .n_inside = { plan->splines[0].n_inside, plan->splines[1].n_inside },
                                   .n = { plan->splines[0].n_out, plan->splines[1].n_out },
                                   .low = plan->low,
                                   .high = plan->high,
                                   .truncate = plan->truncate,
                                   .fill = plan->fill,
                                   .out = make->planes };
  SagCudaArea           area = { .axes = { make->areas[0], make->areas[1], make->areas[2] },
                                 .planes = make->planes,
                                 .n = { plan->splines[0].n_out, plan->splines[1].n_out },
                                 .stride = { plan->stride[0], plan->stride[1], plan->stride[2] },
                                 .out = make->input + plan->origin };

  double lines = sizeof (double) * (double) planes.n_inside[0] * planes.n_inside[1];
  double whole = sizeof (int16_t) * (double) planes.n[0] * planes.n[1] * planes.k.n_out;

  sag_cuda_stage (device, "planes");
  sag_cuda_count (device, 3 * lines * planes.k.n_in + whole, 0);
  sag_cuda_check (device, sag_cuda_launch_spline_planes (&planes, stream),
                  "resampling along planes");
  sag_cuda_stage (device, "average");
  sag_cuda_count (device, whole + input_bytes (make), 0);
  sag_cuda_check (device, sag_cuda_launch_area (&area, stream), "averaging");
}

bool
sag_cuda_prepare_make (SagCudaEngine     *engine,
                       SagPrepareRequest *request,
                       SagPreparePlan    *plan,
                       SagStatus         *status)
{
  Make    make = { .engine = engine, .request = request, .plan = plan };
  int32_t n_planes = plan->splines[2].n_in;

  if (plan->splines[0].n_in > SAG_CUDA_MOST_SAMPLES)
    return sag_cuda_fail (
      status, SAG_STATUS_UNSUPPORTED,
      "Rows of %d voxels in the box are more than the GPU engine can prepare (%d).",
      plan->splines[0].n_in, SAG_CUDA_MOST_SAMPLES);
  if (!reserve (&make, status) || (plan->clamps_to_range && !find_range (&make, status)))
    return false;
  for (int32_t first = 0; first < n_planes; first += make.slab_planes)
    {
      int32_t left = n_planes - first;

      if (sag_cuda_is_cancelled (&request->cancel))
        {
          sag_cuda_wait (engine->device, NULL);
          return sag_cuda_fail (status, SAG_STATUS_CANCELLED, "Preparing the scan was cancelled.");
        }
      queue_slab (&make, first, left < make.slab_planes ? left : make.slab_planes);
    }
  queue_rest (&make);
  sag_cuda_stage (engine->device, "download");
  sag_cuda_count (engine->device, input_bytes (&make), 0);
  sag_cuda_download (engine->device, engine->staging.memory, make.input, input_bytes (&make));
  sag_cuda_end (engine->device);
  if (!sag_cuda_wait (engine->device, status))
    return false;
  engine->ms = sag_cuda_get_ms (engine->device);
  memcpy (request->input, engine->staging.memory, input_bytes (&make));
  return true;
}
