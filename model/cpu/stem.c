/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/stem.h"

typedef struct
{
  const SagCpuProducer *producer;
  int32_t               channels;
  float                *out;
  gsize                 voxel_stride;
  gsize                 channel_stride;
  float                *scratch;
  gsize                 scratch_floats;
} Run;

static void
scatter_row (const Run *run, gsize voxel, int32_t block, const float *row)
{
  int32_t first = block * SAG_CPU_LANES;
  int32_t width = MIN (SAG_CPU_LANES, run->channels - first);

  for (int32_t z = 0; z < run->producer->dims[2]; z++, voxel++, row += SAG_CPU_LANES)
    for (int32_t c = 0; c < width; c++)
      run->out[voxel * run->voxel_stride + (first + c) * run->channel_stride] = row[c];
}

static void
run_plane (gsize x, guint worker, gpointer data)
{
  const Run            *run = data;
  const SagCpuProducer *producer = run->producer;
  const int32_t        *dims = producer->dims;
  float                *row = run->scratch + run->scratch_floats * worker;

  for (int32_t y = 0; y < dims[1]; y++)
    for (int32_t block = 0; block * SAG_CPU_LANES < run->channels; block++)
      {
        producer->row (producer, block, x, y, row, row + (gsize) dims[2] * SAG_CPU_LANES);
        scatter_row (run, (x * dims[1] + y) * dims[2], block, row);
      }
}

void
sag_cpu_stem_map (const SagCpuProducer *producer,
                  SagPool              *pool,
                  int32_t               channels,
                  float                *out,
                  gsize                 voxel_stride,
                  gsize                 channel_stride,
                  float                *scratch,
                  gsize                 scratch_floats)
{
  Run run = { producer, channels, out, voxel_stride, channel_stride, scratch, scratch_floats };

  sag_pool_run (pool, producer->dims[0], run_plane, &run);
}
