/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/sweep.h"

#include <string.h>

#define RING_BYTES (384 * 1024)       /* of one channel block: a good part of a second cache */
#define MIN_STRIP_ROWS 4              /* smaller strips would make too many rows twice */
#define SHARED_INPUT_BYTES (16 << 20) /* larger inputs are read once for several channel blocks */
#define GROUP_BYTES (4 << 20)         /* of all rings of a group */
#define ITEMS_PER_THREAD 4
#define MIN_PART_PLANES 8 /* each part makes its first kernel - stride planes again */
#define MAX_KERNEL_ROWS (15 * 15)

static int32_t
strip_input_rows (const SagCpuSweep *sweep)
{
  return (sweep->strip_rows - 1) * sweep->stride + sweep->kernel;
}

static gsize
block_ring_floats (const SagCpuSweep *sweep)
{
  return sweep->plane_floats * sweep->kernel;
}

static int32_t
ceil_div (int32_t a, int32_t b)
{
  return (a + b - 1) / b;
}

static int32_t
n_groups (const SagCpuSweep *sweep)
{
  return ceil_div (sweep->n_blocks, sweep->group);
}

static void
plan_strips (SagCpuSweep *sweep)
{
  gsize row = MAX ((gsize) (sweep->shape.out[2] - 1) * sweep->stride + sweep->kernel,
                   (gsize) sweep->shape.before[2] + sweep->in[2]);

  sweep->row_floats = row * SAG_CPU_LANES;
  for (int32_t n_strips = 1;; n_strips++)
    {
      sweep->strip_rows = ceil_div (sweep->shape.out[1], n_strips);
      sweep->plane_floats = sweep->row_floats * strip_input_rows (sweep);
      if (sweep->strip_rows <= MIN_STRIP_ROWS ||
          block_ring_floats (sweep) * sizeof (float) <= RING_BYTES)
        break;
    }
  sweep->n_strips = ceil_div (sweep->shape.out[1], sweep->strip_rows);
}

SagCpuSweep
sag_cpu_sweep_plan (const int32_t in[3],
                    int32_t       channels,
                    int32_t       kernel,
                    int32_t       stride,
                    gsize         input_floats,
                    guint         n_threads)
{
  SagCpuSweep sweep = {
    .kernel = kernel,
    .stride = stride,
    .in = { in[0], in[1], in[2] },
    .shape = sag_network_conv_shape (in, kernel, stride),
    .n_blocks = ceil_div (channels, SAG_CPU_LANES),
    .group = 1,
    .n_parts = 1,
  };

  plan_strips (&sweep);
  if (input_floats > SHARED_INPUT_BYTES / sizeof (float))
    sweep.group =
      CLAMP (GROUP_BYTES / sizeof (float) / block_ring_floats (&sweep), 1, (gsize) sweep.n_blocks);
  if (n_threads > 1)
    while ((gsize) sweep.n_strips * n_groups (&sweep) * sweep.n_parts <
             (gsize) n_threads * ITEMS_PER_THREAD &&
           sweep.shape.out[0] / (sweep.n_parts + 1) >= MIN_PART_PLANES)
      sweep.n_parts++;
  return sweep;
}

gsize
sag_cpu_sweep_ring_floats (const SagCpuSweep *sweep)
{
  return block_ring_floats (sweep) * sweep->group;
}

gsize
sag_cpu_sweep_n_sums (const SagCpuSweep *sweep)
{
  return (gsize) sweep->n_strips * sweep->shape.out[0] * sweep->n_blocks * SAG_CPU_LANES;
}

typedef struct
{
  const SagCpuSweep    *sweep;
  const SagCpuProducer *producer;
  const SagCpuKernels  *kernels;
  const float          *weights;
  const float          *bias;
  float                *out;
  float                *sums;
  float                *scratch;
  gsize                 scratch_floats;
  SagCpuStop           *stop;
} Run;

/* One work item: a strip, a group of channel blocks and a part of the planes. */
typedef struct
{
  int32_t strip;
  int32_t first_block;
  int32_t end_block;
  int32_t first_plane;
  int32_t end_plane;
  int32_t first_row; /* output rows */
  int32_t end_row;
  float  *rings;
  float  *producer_scratch;
} Item;

static float *
ring_plane (const SagCpuSweep *sweep, const Item *item, int32_t block, int32_t x)
{
  return item->rings + block_ring_floats (sweep) * (block - item->first_block) +
         sweep->plane_floats * (x % sweep->kernel);
}

/* Produces the strip's rows of input planes [@first, @end) of one channel block. */
static void
fill_planes (const Run *run, const Item *item, int32_t block, int32_t first, int32_t end)
{
  const SagCpuSweep *sweep = run->sweep;
  int32_t            top = item->first_row * sweep->stride - sweep->shape.before[1];
  int32_t            bottom = MIN (top + strip_input_rows (sweep), sweep->in[1]);

  for (int32_t x = MAX (first, 0); x < MIN (end, sweep->in[0]); x++)
    for (int32_t y = MAX (top, 0); y < bottom; y++)
      {
        float *row = ring_plane (sweep, item, block, x) + sweep->row_floats * (y - top);

        run->producer->row (run->producer, block, x, y,
                            row + sweep->shape.before[2] * SAG_CPU_LANES, item->producer_scratch);
      }
}

/* Lists the input rows that output row (@x, @y) reads; returns their number. */
static int32_t
gather_rows (const Run    *run,
             const Item   *item,
             int32_t       block,
             int32_t       x,
             int32_t       y,
             const float **rows,
             int32_t      *taps)
{
  const SagCpuSweep *sweep = run->sweep;
  int32_t            kernel = sweep->kernel;
  int32_t            top = item->first_row * sweep->stride - sweep->shape.before[1];
  int32_t            left = x * sweep->stride - sweep->shape.before[0];
  int32_t            start = y * sweep->stride - sweep->shape.before[1];
  int32_t            n = 0;

  for (int32_t i = MAX (0, -left); i < MIN (kernel, sweep->in[0] - left); i++)
    {
      const float *plane = ring_plane (sweep, item, block, left + i);

      for (int32_t j = MAX (0, -start); j < MIN (kernel, sweep->in[1] - start); j++, n++)
        {
          rows[n] = plane + sweep->row_floats * (start + j - top);
          taps[n] = i * kernel + j;
        }
    }
  return n;
}

/* Output plane @x of one channel block, within the strip. */
static void
convolve_plane (const Run *run, const Item *item, int32_t block, int32_t x)
{
  const SagCpuSweep *sweep = run->sweep;
  const int32_t     *dims = sweep->shape.out;
  const float       *rows[MAX_KERNEL_ROWS];
  int32_t            taps[MAX_KERNEL_ROWS];
  gsize              sums = ((gsize) item->strip * dims[0] + x) * sweep->n_blocks + block;
  gsize              kernel_values = (gsize) sweep->kernel * sweep->kernel * sweep->kernel;
  SagCpuDepthwise    job = {
       .rows = rows,
       .taps = taps,
       .kernel = sweep->kernel,
       .stride = sweep->stride,
       .plain = sweep->plain,
       .weights = run->weights + block * kernel_values * SAG_CPU_LANES,
       .bias = run->bias + (gsize) block * SAG_CPU_LANES,
       .sums = run->sums + sums * SAG_CPU_LANES,
       .n = dims[2],
  };

  memset (job.sums, 0, SAG_CPU_LANES * sizeof (float));
  for (int32_t y = item->first_row; y < item->end_row; y++)
    {
      gsize voxel = (((gsize) block * dims[0] + x) * dims[1] + y) * dims[2];

      job.n_rows = gather_rows (run, item, block, x, y, rows, taps);
      job.out = run->out + voxel * SAG_CPU_LANES;
      run->kernels->depthwise_row (&job);
    }
}

static Item
locate_item (const Run *run, gsize index, guint worker)
{
  const SagCpuSweep *sweep = run->sweep;
  const int32_t     *dims = sweep->shape.out;
  int32_t            strip = index % sweep->n_strips;
  int32_t            group = index / sweep->n_strips % n_groups (sweep);
  int32_t            part = index / sweep->n_strips / n_groups (sweep);
  float             *scratch = run->scratch + run->scratch_floats * worker;

  return (Item){
    .strip = strip,
    .first_block = group * sweep->group,
    .end_block = MIN ((group + 1) * sweep->group, sweep->n_blocks),
    .first_plane = (int64_t) dims[0] * part / sweep->n_parts,
    .end_plane = (int64_t) dims[0] * (part + 1) / sweep->n_parts,
    .first_row = strip * sweep->strip_rows,
    .end_row = MIN ((strip + 1) * sweep->strip_rows, dims[1]),
    .rings = scratch,
    .producer_scratch = scratch + sag_cpu_sweep_ring_floats (sweep),
  };
}

static void
run_item (gsize index, guint worker, gpointer data)
{
  const Run         *run = data;
  const SagCpuSweep *sweep = run->sweep;
  Item               item = locate_item (run, index, worker);
  int32_t            done;

  if (sag_cpu_stop_ask (run->stop, worker))
    return;
  /* Rows begin and end in padding that no producer writes. */
  memset (item.rings, 0, sag_cpu_sweep_ring_floats (sweep) * sizeof (float));
  done = item.first_plane * sweep->stride - sweep->shape.before[0];
  for (int32_t x = item.first_plane; x < item.end_plane; x++)
    {
      int32_t end = x * sweep->stride - sweep->shape.before[0] + sweep->kernel;

      for (int32_t block = item.first_block; block < item.end_block; block++)
        {
          fill_planes (run, &item, block, MAX (done, end - sweep->kernel), end);
          convolve_plane (run, &item, block, x);
        }
      done = end;
    }
}

void
sag_cpu_sweep_run (const SagCpuSweep    *sweep,
                   const SagCpuProducer *producer,
                   SagPool              *pool,
                   const SagCpuKernels  *kernels,
                   const float          *weights,
                   const float          *bias,
                   float                *out,
                   float                *sums,
                   float                *scratch,
                   gsize                 scratch_floats,
                   SagCpuStop           *stop)
{
  Run run = { sweep, producer, kernels, weights, bias, out, sums, scratch, scratch_floats, stop };

  sag_pool_run (pool, (gsize) sweep->n_strips * n_groups (sweep) * sweep->n_parts, run_item, &run);
}
