/* SPDX-License-Identifier: Apache-2.0 */

/* The vision network, block by block.
 *
 * Maps between blocks are channels last, (voxels, C). Inside a block the expanded map exists only in rings of planes
 * (sweep.h); the depthwise output is (mid / 16, voxels, 16), which the projection reads as it is. Maps come from the
 * two ends of one arena in turn: a block's input from one end, its output from the other, and what it needs itself
 * in between.
 */

#include "model/cpu/vision.h"

#include "model/cpu/arena.h"
#include "model/cpu/gate.h"
#include "model/cpu/gemm.h"
#include "model/cpu/stem.h"
#include "model/cpu/tap.h"
#include "model/cpu/vision-plan.h"
#include "model/engine/status.h"

struct _SagCpuVision
{
  SagWeightSource      source;
  const SagCpuKernels *kernels;
  SagCpuVisionWeights  weights;
  SagCpuArena          arena;
};

/* One call. */
typedef struct
{
  SagCpuVision    *self;
  SagPool         *pool;
  const SagTap    *tap;
  SagCpuVisionPlan plan;
  SagCpuStop       stop;
  SagCpuProducer   stem;
  gsize            fixed_bytes; /* at the arena's front, of the four pieces below */
  float           *scratch;     /* per worker */
  float           *sums;
  float           *gate;
  float           *panels;
} Call;

SagCpuVision *
sag_cpu_vision_new (const SagWeightSource *source, gboolean portable, SagStatus *status)
{
  SagCpuVision *self = g_new0 (SagCpuVision, 1);

  self->source = *source;
  self->kernels = sag_cpu_get_kernels (portable);
  if (!sag_cpu_vision_weights_read (&self->weights, source, status))
    g_clear_pointer (&self, sag_cpu_vision_free);
  return self;
}

void
sag_cpu_vision_free (SagCpuVision *self)
{
  if (self == NULL)
    return;
  sag_cpu_vision_weights_clear (&self->weights);
  sag_cpu_arena_clear (&self->arena);
  g_free (self);
}

static bool
reserve_memory (Call *call, SagStatus *status)
{
  const SagCpuVisionPlan *plan = &call->plan;
  SagCpuArena            *arena = &call->self->arena;

  if (!sag_cpu_arena_reserve (arena, plan->size_bytes))
    return sag_status_fail (
      status, SAG_STATUS_OUT_OF_MEMORY,
      "Encoding this volume needs %zu MB of memory, which this machine does not have free.",
      plan->size_bytes >> 20);
  call->scratch =
    sag_cpu_arena_take (arena, FALSE, plan->scratch_floats * sag_pool_get_n_threads (call->pool));
  call->sums = sag_cpu_arena_take (arena, FALSE, plan->sums_floats);
  call->gate = sag_cpu_arena_take (arena, FALSE, plan->gate_floats);
  call->panels = sag_cpu_arena_take (arena, FALSE, plan->panels_floats);
  call->fixed_bytes = arena->front;
  return true;
}

static void
tap_stem (Call *call)
{
  const int32_t    *dims = call->plan.stem.out;
  int32_t           channels = call->self->weights.stem_channels;
  gsize             n_voxels = sag_cpu_n_voxels (dims);
  int64_t           shape[] = { 1, channels, dims[0], dims[1], dims[2] };
  g_autofree float *map = g_try_new (float, n_voxels *channels);

  if (map == NULL)
    return;
  sag_cpu_stem_map (&call->stem, call->pool, channels, map, 1, n_voxels, call->scratch,
                    call->plan.scratch_floats);
  call->tap->func (call->tap->data, "stem", 5, shape, map);
}

/* The stem's map from the front of the arena; NULL if the first block makes it on the way. */
static float *
store_stem (Call *call)
{
  int32_t channels = call->self->weights.stem_channels;
  float  *map;

  if (!call->plan.stores_stem)
    return NULL;
  map = sag_cpu_arena_take (&call->self->arena, FALSE,
                            sag_cpu_n_voxels (call->plan.stem.out) * channels);
  sag_cpu_stem_map (&call->stem, call->pool, channels, map, channels, 1, call->scratch,
                    call->plan.scratch_floats);
  return map;
}

/* Expansion, depthwise convolution and squeeze-excite: fills @inner, call->panels. */
static void
sweep_block (
  Call *call, const SagCpuBlock *block, const SagCpuSweep *sweep, const float *input, float *inner)
{
  const SagCpuKernels *kernels = call->self->kernels;
  int32_t              channels = block->shape.in_channels;
  SagCpuProducer       producer;

  if (input == NULL)
    producer = call->stem;
  else if (block->shape.expands)
    producer = sag_cpu_producer_expand (kernels, input, sweep->in, channels, block->expand,
                                        block->expand_bias);
  else
    producer = sag_cpu_producer_copy (input, sweep->in, channels);
  sag_cpu_sweep_run (sweep, &producer, call->pool, kernels, block->depthwise, block->depthwise_bias,
                     inner, call->sums, call->scratch, call->plan.scratch_floats, &call->stop);
  sag_cpu_gate (block, call->sums, (gsize) sweep->n_strips * sweep->shape.out[0],
                sag_cpu_n_voxels (sweep->shape.out), call->gate);
  sag_cpu_gate_project (block, call->gate, call->panels);
}

static void
project_block (Call              *call,
               const SagCpuBlock *block,
               const float       *inner,
               gsize              n_voxels,
               const float       *input,
               float             *out)
{
  int32_t    channels = block->shape.out_channels;
  SagCpuGemm job = {
    .a = inner,
    .a_row = SAG_CPU_LANES,
    .a_block = n_voxels * SAG_CPU_LANES,
    .panels = call->panels,
    .bias = block->project_bias,
    .residual = block->shape.skips ? input : NULL,
    .residual_row = channels,
    .out = out,
    .out_row = channels,
    .n_rows = n_voxels,
    .n_columns = channels,
    .k = block->shape.mid_channels,
  };

  sag_cpu_gemm_parallel (call->pool, call->self->kernels, &job);
}

/* @input, NULL for the stem made on the way, lies at the front of the arena, or at the back if @from_back; the block's
 * output, which is returned, at the other end. What else was at the input's end is free again afterwards.
 */
static float *
run_block (Call *call, int32_t b, const float *input, gboolean from_back)
{
  const SagCpuBlock *block = &call->self->weights.blocks[b];
  const SagCpuSweep *sweep = &call->plan.sweeps[b];
  SagCpuArena       *arena = &call->self->arena;
  gsize              n_voxels = sag_cpu_n_voxels (sweep->shape.out);
  float *inner = sag_cpu_arena_take (arena, from_back, n_voxels * sweep->n_blocks * SAG_CPU_LANES);
  float *out = sag_cpu_arena_take (arena, !from_back, n_voxels * block->shape.out_channels);

  if (call->tap != NULL && input != NULL)
    sag_cpu_tap_block (call->tap, &call->self->source, &block->shape, input, sweep->in);
  sweep_block (call, block, sweep, input, inner);
  if (!sag_cpu_stop_ask (&call->stop, 0))
    project_block (call, block, inner, n_voxels, input, out);
  if (from_back)
    arena->back = 0;
  else
    arena->front = call->fixed_bytes;
  return out;
}

static void
tap_stage (Call *call, int32_t b, const float *out)
{
  const SagCpuVisionWeights *weights = &call->self->weights;
  const SagBlock            *shape = &weights->blocks[b].shape;
  char                       name[32];

  if (b + 1 < weights->n_blocks && weights->blocks[b + 1].shape.stage == shape->stage)
    return;
  g_snprintf (name, sizeof name, "stage%d", shape->stage);
  sag_cpu_tap_map (call->tap, name, out, call->plan.sweeps[b].shape.out, shape->out_channels);
}

static void
run_head (Call *call, const float *input, const int32_t dims[3], int32_t channels, float *features)
{
  const SagCpuVisionWeights *weights = &call->self->weights;
  SagCpuGemm                 job = {
                    .a = input,
                    .a_row = channels,
                    .a_block = 16,
                    .panels = weights->head,
                    .bias = weights->head_bias,
                    .out = features,
                    .out_row = weights->head_channels,
                    .n_rows = sag_cpu_n_voxels (dims),
                    .n_columns = weights->head_channels,
                    .k = channels,
                    .act = SAG_CPU_ACT_SILU,
  };

  sag_cpu_gemm_parallel (call->pool, call->self->kernels, &job);
  sag_cpu_tap_map (call->tap, "head", features, dims, weights->head_channels);
}

static bool
run_network (Call *call, float *features, SagStatus *status)
{
  const SagCpuVisionWeights *weights = &call->self->weights;
  float                     *map = store_stem (call);
  gboolean                   at_back = FALSE;
  const SagCpuBlock         *last = &weights->blocks[weights->n_blocks - 1];

  if (call->tap != NULL)
    tap_stem (call);
  for (int32_t b = 0; b < weights->n_blocks; b++, at_back = !at_back)
    {
      map = run_block (call, b, map, at_back);
      if (sag_cpu_stop_ask (&call->stop, 0))
        return sag_status_fail (status, SAG_STATUS_CANCELLED, "Encoding was cancelled.");
      if (call->tap != NULL)
        tap_stage (call, b, map);
    }
  run_head (call, map, call->plan.sweeps[weights->n_blocks - 1].shape.out, last->shape.out_channels,
            features);
  return true;
}

bool
sag_cpu_vision_encode (SagCpuVision    *self,
                       SagPool         *pool,
                       const float     *input,
                       const int32_t    dims[3],
                       float           *features,
                       const SagTap    *tap,
                       const SagCancel *cancel,
                       SagStatus       *status)
{
  Call call = {
    .self = self,
    .pool = pool,
    .tap = tap != NULL && tap->func != NULL ? tap : NULL,
    .stop = { .cancel = cancel },
  };

  if (!sag_cpu_vision_plan (&call.plan, &self->weights, dims, sag_pool_get_n_threads (pool),
                            status) ||
      !reserve_memory (&call, status))
    return false;
  call.stem =
    sag_cpu_producer_stem (self->kernels, input, dims, self->weights.stem, self->weights.stem_bias);
  return run_network (&call, features, status);
}
