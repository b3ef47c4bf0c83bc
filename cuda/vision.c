/* SPDX-License-Identifier: Apache-2.0 */

/* The vision network, block by block: expansion, depthwise convolution, squeeze-excite, projection. Maps between blocks
 * are channels last and lie in two places in turn; the gate is multiplied into the projection's weights, which are
 * small, instead of into the map.
 */

#include "cuda/vision.h"

#include "cuda/status.h"
#include "cuda/tap.h"

#include <stdio.h>
#include <string.h>

#define ALIGNMENT 256

static size_t
count (const int32_t dims[3])
{
  return (size_t) dims[0] * dims[1] * dims[2];
}

/* Up to 2^31 voxels. */
static bool
check_dims (const int32_t dims[3], SagStatus *status)
{
  if (dims[0] < 1 || dims[1] < 1 || dims[2] < 1)
    return sag_cuda_fail (status, SAG_STATUS_INVALID, "The volume is too small for the network.");
  if ((uint64_t) dims[0] * dims[1] <= INT32_MAX &&
      (uint64_t) dims[0] * dims[1] * dims[2] <= INT32_MAX)
    return true;
  return sag_cuda_fail (
    status, SAG_STATUS_UNSUPPORTED,
    "A volume of %d x %d x %d voxels is larger than the GPU engine can take (2^31 voxels).",
    dims[0], dims[1], dims[2]);
}

static void
raise (size_t *most, size_t value)
{
  if (value > *most)
    *most = value;
}

static SagCudaDepthwise
depthwise_of (const SagCudaVisionPlan *plan, const SagCudaWeights *weights, int32_t b)
{
  const SagCudaBlock *block = &weights->blocks[b];
  SagCudaDepthwise    job = {
       .weights = block->depthwise.weight,
       .bias = block->depthwise.bias,
       .type = weights->type,
       .channels = sag_cuda_pad_channels (block->shape.mid_channels),
       .kernel = block->shape.kernel,
       .stride = block->shape.stride,
       .shape = plan->conv[b],
  };

  memcpy (job.in, plan->in[b], sizeof job.in);
  return job;
}

static SagCudaExpand
expand_of (const SagCudaVisionPlan *plan, const SagCudaWeights *weights, int32_t b)
{
  const SagCudaBlock *block = &weights->blocks[b];

  return (SagCudaExpand){
    .depthwise = depthwise_of (plan, weights, b),
    .expand = block->expand.weight,
    .expand_bias = block->expand.bias,
    .in_channels = sag_cuda_pad_channels (block->shape.in_channels),
  };
}

static int32_t
n_sums (const SagCudaVisionPlan *plan, const SagCudaWeights *weights, int32_t b)
{
  SagCudaExpand job = expand_of (plan, weights, b);

  return plan->fused[b] ? sag_cuda_expand_n_sums (&job)
                        : sag_cuda_depthwise_n_sums (&job.depthwise);
}

/* Largest sizes in bytes of what blocks share. */
typedef struct
{
  size_t map;
  size_t expanded;
  size_t inner;
  size_t sums;
  size_t hidden;
  size_t gate;
  size_t gated;
} Sizes;

static void
plan_block (SagCudaVisionPlan *plan, const SagCudaWeights *weights, int32_t b, Sizes *sizes)
{
  const SagBlock *shape = &weights->blocks[b].shape;
  SagCudaExpand   job = expand_of (plan, weights, b);
  size_t          item = sag_cuda_type_size (weights->type);
  size_t          mid = sag_cuda_pad_channels (shape->mid_channels);
  size_t          out = sag_cuda_pad_channels (shape->out_channels);

  plan->fused[b] = shape->expands && sag_cuda_expand_pays (&job);
  if (shape->expands && !plan->fused[b])
    raise (&sizes->expanded, count (plan->in[b]) * mid * item);
  raise (&sizes->map, count (plan->conv[b].out) * out * item);
  raise (&sizes->inner, count (plan->conv[b].out) * mid * item);
  raise (&sizes->sums, n_sums (plan, weights, b) * mid * sizeof (float));
  raise (&sizes->hidden, shape->gate_channels * sizeof (float));
  raise (&sizes->gate, mid * sizeof (float));
  raise (&sizes->gated, mid * out * item);
}

static size_t
place (SagCudaVisionPlan *plan, size_t n_bytes)
{
  size_t offset = plan->n_bytes;

  plan->n_bytes += (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  return offset;
}

bool
sag_cuda_vision_plan (SagCudaVisionPlan    *plan,
                      const SagCudaWeights *weights,
                      const SagNetwork     *network,
                      const int32_t         dims[3],
                      SagStatus            *status)
{
  Sizes          sizes = { 0 };
  size_t         item = sag_cuda_type_size (weights->type);
  const int32_t *in;

  memset (plan, 0, sizeof *plan);
  if (!check_dims (dims, status))
    return false;
  memcpy (plan->dims, dims, sizeof plan->dims);
  plan->stem = sag_cuda_host->conv_shape (dims, 3, 2);
  if (!check_dims (plan->stem.out, status))
    return false;
  raise (&sizes.map,
         count (plan->stem.out) * sag_cuda_pad_channels (network->stem_channels) * item);
  in = plan->stem.out;
  for (int32_t b = 0; b < network->n_blocks; b++)
    {
      const SagBlock *shape = &network->blocks[b];

      memcpy (plan->in[b], in, sizeof plan->in[b]);
      plan->conv[b] = sag_cuda_host->conv_shape (in, shape->kernel, shape->stride);
      in = plan->conv[b].out;
      if (!check_dims (in, status))
        return false;
      plan_block (plan, weights, b, &sizes);
    }
  memcpy (plan->features, in, sizeof plan->features);
  plan->n_tokens = (int32_t) count (in);
  plan->input = place (plan, count (dims) * sizeof (float));
  plan->maps[0] = place (plan, sizes.map);
  plan->maps[1] = place (plan, sizes.map);
  plan->expanded = place (plan, sizes.expanded);
  plan->inner = place (plan, sizes.inner);
  plan->sums = place (plan, sizes.sums);
  plan->hidden = place (plan, sizes.hidden);
  plan->gate = place (plan, sizes.gate);
  plan->gated = place (plan, sizes.gated);
  plan->head = place (plan, count (in) * sag_cuda_pad_channels (network->head_channels) * item);
  return true;
}

static double
map_bytes (const SagCudaVision *run, const int32_t dims[3], int32_t channels)
{
  return (double) count (dims) * channels * sag_cuda_type_size (run->weights->type);
}

/* "1.0 expand" and so on: as the weights are named. */
static void
begin_stage (const SagCudaVision *run, int32_t b, const char *part)
{
  const SagBlock *block = &run->network->blocks[b];

  sag_cuda_stage (run->device, "%d.%d %s", block->stage, block->index, part);
}

/* The expanded map need not be moved: it can stay where it is made. */
static void
count_depthwise (const SagCudaVision *run, int32_t b)
{
  const SagCudaVisionPlan *plan = run->plan;
  const SagBlock          *shape = &run->weights->blocks[b].shape;
  int32_t                  in = sag_cuda_pad_channels (shape->in_channels);
  int32_t                  mid = sag_cuda_pad_channels (shape->mid_channels);
  double                   taps = (double) shape->kernel * shape->kernel * shape->kernel;
  double                   expansion = shape->expands ? (double) in * mid : 0;

  begin_stage (run, b, shape->expands ? "expand" : "depthwise");
  sag_cuda_count (run->device,
                  map_bytes (run, plan->in[b], in) + map_bytes (run, plan->conv[b].out, mid) +
                    expansion * sag_cuda_type_size (run->weights->type),
                  count (plan->in[b]) * expansion + count (plan->conv[b].out) * taps * mid);
}

static void
queue_stem (const SagCudaVision *run, void *out)
{
  const SagCudaVisionPlan *plan = run->plan;
  SagCudaStem              job = {
                 .input = (const float *) (run->arena + plan->input),
                 .weights = run->weights->stem.weight,
                 .bias = run->weights->stem.bias,
                 .out = out,
                 .type = run->weights->type,
                 .channels = sag_cuda_pad_channels (run->network->stem_channels),
                 .shape = plan->stem,
  };

  memcpy (job.in, plan->dims, sizeof job.in);
  sag_cuda_stage (run->device, "stem");
  sag_cuda_count (run->device,
                  (double) count (job.in) * sizeof (float) +
                    map_bytes (run, plan->stem.out, job.channels),
                  27.0 * count (plan->stem.out) * job.channels);
  sag_cuda_check (run->device, sag_cuda_launch_stem (&job, sag_cuda_get_stream (run->device)),
                  "the stem");
}

/* out = act (in weight^T + bias) for all voxels of a map. */
static SagCudaGemm
linear_of (const SagCudaVision *run,
           const SagCudaLinear *linear,
           const void          *in,
           size_t               n_voxels,
           SagCudaAct           act,
           SagCudaType          out_type,
           void                *out)
{
  return (SagCudaGemm){
    .a = in,
    .weight = linear->weight,
    .bias = linear->bias,
    .bias_out = linear->bias_stored,
    .out = out,
    .type = run->weights->type,
    .out_type = out_type,
    .act = act,
    .m = (int32_t) n_voxels,
    .n = linear->n_out,
    .k = linear->n_in,
    .a_row = linear->n_in,
    .out_row = linear->n_out,
    .n_batches = 1,
  };
}

/* Expansion and depthwise convolution: @in to the inner map and the sums. */
static void
queue_depthwise (const SagCudaVision *run, int32_t b, const void *in)
{
  const SagCudaVisionPlan *plan = run->plan;
  const SagCudaBlock      *block = &run->weights->blocks[b];
  SagCudaExpand            job = expand_of (plan, run->weights, b);
  void                    *stream = sag_cuda_get_stream (run->device);

  job.input = in;
  job.depthwise.input = in;
  job.depthwise.out = run->arena + plan->inner;
  job.depthwise.sums = (float *) (run->arena + plan->sums);
  count_depthwise (run, b);
  if (plan->fused[b])
    {
      sag_cuda_check (run->device, sag_cuda_launch_expand (&job, stream), "an expansion");
      return;
    }
  if (block->shape.expands)
    {
      SagCudaGemm expand =
        linear_of (run, &block->expand, in, count (plan->in[b]), SAG_CUDA_ACT_SILU,
                   run->weights->type, run->arena + plan->expanded);

      sag_cuda_gemm (run->device, &expand);
      job.depthwise.input = run->arena + plan->expanded;
    }
  sag_cuda_check (run->device, sag_cuda_launch_depthwise (&job.depthwise, stream),
                  "a depthwise convolution");
}

static void
queue_gate (const SagCudaVision *run, int32_t b)
{
  const SagCudaVisionPlan *plan = run->plan;
  const SagCudaBlock      *block = &run->weights->blocks[b];
  SagCudaGate              job = {
                 .sums = (const float *) (run->arena + plan->sums),
                 .reduce = block->reduce,
                 .reduce_bias = block->reduce_bias,
                 .widen = block->widen,
                 .widen_bias = block->widen_bias,
                 .project = block->project,
                 .hidden = (float *) (run->arena + plan->hidden),
                 .gate = (float *) (run->arena + plan->gate),
                 .gated = run->arena + plan->gated,
                 .type = run->weights->type,
                 .n_sums = n_sums (plan, run->weights, b),
                 .n_voxels = (int32_t) count (plan->conv[b].out),
                 .mid = sag_cuda_pad_channels (block->shape.mid_channels),
                 .reduced = block->shape.gate_channels,
                 .n_out = sag_cuda_pad_channels (block->shape.out_channels),
  };

  begin_stage (run, b, "gate");
  sag_cuda_count (run->device,
                  4.0 * job.mid * (job.n_sums + 2 * job.reduced + job.n_out) +
                    (double) job.mid * job.n_out * sag_cuda_type_size (job.type),
                  (double) job.mid * (2 * job.reduced + job.n_out));
  sag_cuda_check (run->device, sag_cuda_launch_gate (&job, sag_cuda_get_stream (run->device)),
                  "a gate");
}

static void
queue_projection (const SagCudaVision *run, int32_t b, const void *in, void *out)
{
  const SagCudaVisionPlan *plan = run->plan;
  const SagCudaBlock      *block = &run->weights->blocks[b];
  int32_t                  n_out = sag_cuda_pad_channels (block->shape.out_channels);
  int32_t                  mid = sag_cuda_pad_channels (block->shape.mid_channels);

  SagCudaGemm job = {
    .a = run->arena + plan->inner,
    .weight = run->arena + plan->gated,
    .bias = block->project_bias,
    .bias_out = block->project_bias_stored,
    .residual = block->shape.skips ? in : NULL,
    .out = out,
    .type = run->weights->type,
    .out_type = run->weights->type,
    .act = SAG_CUDA_ACT_NONE,
    .m = (int32_t) count (plan->conv[b].out),
    .n = n_out,
    .k = mid,
    .a_row = mid,
    .out_row = n_out,
    .n_batches = 1,
  };

  begin_stage (run, b, "project");
  sag_cuda_count_gemm (run->device, &job);
  sag_cuda_gemm (run->device, &job);
}

static void
tap_stage (const SagCudaVision *run, int32_t b, const void *map)
{
  const SagBlock *shape = &run->network->blocks[b];
  char            name[32];

  if (b + 1 < run->network->n_blocks && run->network->blocks[b + 1].stage == shape->stage)
    return;
  snprintf (name, sizeof name, "stage%d", shape->stage);
  sag_cuda_tap_map (run->device, run->tap, name, map, run->weights->type, run->plan->conv[b].out,
                    shape->out_channels);
}

/* A product that is a stage of its own. */
static void
queue_product (const SagCudaVision *run, const char *name, SagCudaGemm job)
{
  sag_cuda_stage (run->device, "%s", name);
  sag_cuda_count_gemm (run->device, &job);
  sag_cuda_gemm (run->device, &job);
}

static void
queue_head (const SagCudaVision *run, const void *map)
{
  const SagCudaVisionPlan *plan = run->plan;
  const SagCudaWeights    *weights = run->weights;
  char                    *head = run->arena + plan->head;

  queue_product (
    run, "head",
    linear_of (run, &weights->head, map, plan->n_tokens, SAG_CUDA_ACT_SILU, weights->type, head));
  sag_cuda_tap_map (run->device, run->tap, "head", head, weights->type, plan->features,
                    run->network->head_channels);
  queue_product (run, "adaptor",
                 linear_of (run, &weights->adaptor, head, plan->n_tokens, SAG_CUDA_ACT_NONE,
                            SAG_CUDA_FLOAT, run->tokens));
  sag_cuda_tap_rows (run->device, run->tap, "lm_adaptor", run->tokens, SAG_CUDA_FLOAT,
                     plan->n_tokens, run->network->hidden);
}

bool
sag_cuda_vision_queue (void *data)
{
  const SagCudaVision *run = data;
  char                *map = run->arena + run->plan->maps[0];

  queue_stem (run, map);
  sag_cuda_tap_map (run->device, run->tap, "stem", map, run->weights->type, run->plan->stem.out,
                    run->network->stem_channels);
  for (int32_t b = 0; b < run->network->n_blocks; b++)
    {
      char *out = run->arena + run->plan->maps[(b + 1) % 2];

      if (sag_cuda_is_cancelled (run->cancel))
        return false;
      queue_depthwise (run, b, map);
      queue_gate (run, b);
      queue_projection (run, b, map, out);
      tap_stage (run, b, out);
      map = out;
    }
  queue_head (run, map);
  return true;
}
