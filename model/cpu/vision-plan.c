/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/vision-plan.h"

#include "model/cpu/arena.h"
#include "model/cpu/gemm.h"
#include "model/engine/status.h"

gsize
sag_cpu_n_voxels (const int32_t dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

/* Sizes of maps that do not overflow: up to 2^31 voxels. */
static bool
check_dims (const int32_t dims[3], SagStatus *status)
{
  if (dims[0] < 1 || dims[1] < 1 || dims[2] < 1)
    return sag_status_fail (status, SAG_STATUS_INVALID, "The volume is too small for the network.");
  if ((guint64) dims[0] * dims[1] <= G_MAXINT32 &&
      (guint64) dims[0] * dims[1] * dims[2] <= G_MAXINT32)
    return true;
  return sag_status_fail (
    status, SAG_STATUS_UNSUPPORTED,
    "A volume of %d x %d x %d voxels is larger than the CPU engine can take (2^31 voxels).",
    dims[0], dims[1], dims[2]);
}

/* Bytes of a map; G_MAXSIZE if that overflows. */
static gsize
map_size (gsize n_voxels, gsize channels)
{
  gsize n;

  return g_size_checked_mul (&n, n_voxels, channels) ? sag_cpu_arena_piece_size (n) : G_MAXSIZE;
}

static gsize
add_sizes (gsize a, gsize b)
{
  gsize sum;

  return g_size_checked_add (&sum, a, b) ? sum : G_MAXSIZE;
}

/* Plans block @b, whose input map has @in voxels and, unless it is made on the way, is stored.
 * Returns the bytes of the maps that are alive during the block.
 */
static gsize
plan_block (
  SagCpuVisionPlan *plan, const SagCpuBlock *block, int32_t b, const int32_t in[3], guint n_threads)
{
  const SagBlock *shape = &block->shape;
  gboolean        stored = b > 0 || plan->stores_stem;
  gsize           padded = (gsize) sag_cpu_channel_blocks (shape->mid_channels) * SAG_CPU_LANES;
  gsize           n_out, size;
  SagCpuSweep    *sweep = &plan->sweeps[b];

  *sweep =
    sag_cpu_sweep_plan (in, shape->mid_channels, shape->kernel, shape->stride,
                        shape->expands ? sag_cpu_n_voxels (in) * shape->in_channels : 0, n_threads);
  n_out = sag_cpu_n_voxels (sweep->shape.out);
  plan->scratch_floats = MAX (plan->scratch_floats, sag_cpu_sweep_ring_floats (sweep));
  plan->sums_floats = MAX (plan->sums_floats, sag_cpu_sweep_n_sums (sweep));
  plan->gate_floats = MAX (plan->gate_floats, (gsize) shape->mid_channels);
  plan->panels_floats =
    MAX (plan->panels_floats, sag_cpu_panel_floats (shape->out_channels, shape->mid_channels));

  size = add_sizes (map_size (n_out, padded), map_size (n_out, shape->out_channels));
  return stored ? add_sizes (size, map_size (sag_cpu_n_voxels (in), shape->in_channels)) : size;
}

bool
sag_cpu_vision_plan (SagCpuVisionPlan          *plan,
                     const SagCpuVisionWeights *weights,
                     const int32_t              dims[3],
                     guint                      n_threads,
                     SagStatus                 *status)
{
  const SagBlock *first = &weights->blocks[0].shape;
  const int32_t  *in;
  gsize           maps = 0;

  *plan = (SagCpuVisionPlan){ .stores_stem = first->expands || first->skips };
  if (!check_dims (dims, status))
    return false;
  plan->stem = sag_network_conv_shape (dims, 3, 2);
  in = plan->stem.out;
  if (!check_dims (in, status))
    return false;
  for (int32_t b = 0; b < weights->n_blocks; b++)
    {
      const SagBlock *shape = &weights->blocks[b].shape;
      SagConvShape    conv = sag_network_conv_shape (in, shape->kernel, shape->stride);

      if (!check_dims (conv.out, status))
        return false;
      maps = MAX (maps, plan_block (plan, &weights->blocks[b], b, in, n_threads));
      in = plan->sweeps[b].shape.out;
    }

  /* The stem's producer keeps nine rows of the image. */
  plan->scratch_floats +=
    9 * (2 * (gsize) plan->stem.out[2] + 1) + (gsize) plan->stem.out[2] * SAG_CPU_LANES;
  plan->scratch_floats = (plan->scratch_floats + 15) / 16 * 16;
  plan->size_bytes = add_sizes (maps, map_size (plan->scratch_floats, n_threads));
  plan->size_bytes = add_sizes (plan->size_bytes, sag_cpu_arena_piece_size (plan->sums_floats));
  plan->size_bytes = add_sizes (plan->size_bytes, sag_cpu_arena_piece_size (plan->gate_floats));
  plan->size_bytes = add_sizes (plan->size_bytes, sag_cpu_arena_piece_size (plan->panels_floats));
  return true;
}
