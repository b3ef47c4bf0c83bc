/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/block.h"

#include "model/cpu/gemm.h"
#include "model/cpu/train/sums.h"
#include "model/cpu/vision-weights.h"

#include <stdlib.h>
#include <string.h>

#define VISION SAG_CPU_VISION_PREFIX
#define FEW_VOXELS 4096

static void
init_norms (SagCpuTrainBlock *self,
            SagCpuParams     *params,
            const SagNetwork *network,
            const char       *prefix,
            gboolean          frozen)
{
  gboolean         expands = self->shape.expands;
  g_autofree char *depth = g_strconcat (prefix, expands ? "bn2" : "bn1", NULL);
  g_autofree char *project = g_strconcat (prefix, expands ? "bn3" : "bn2", NULL);
  g_autofree char *expand = g_strconcat (prefix, "bn1", NULL);

  if (self->expand != NULL)
    sag_cpu_batch_norm_init (&self->expand_norm, params, self->is_first ? VISION "bn1" : expand,
                             network->batch_norm_eps, frozen);
  sag_cpu_batch_norm_init (&self->depth_norm, params, depth, network->batch_norm_eps, frozen);
  sag_cpu_batch_norm_init (&self->project_norm, params, project, network->batch_norm_eps, frozen);
}

void
sag_cpu_train_block_init (SagCpuTrainBlock *self,
                          SagCpuParams     *params,
                          const SagNetwork *network,
                          int32_t           index,
                          gboolean          frozen_norms)
{
  const SagBlock *shape = &network->blocks[index];
  char            prefix[SAG_WEIGHT_NAME];

  memset (self, 0, sizeof *self);
  self->shape = *shape;
  self->is_first = index == 0;
  self->channels = self->is_first ? SAG_CPU_PATCH : shape->in_channels;
  self->mid_blocks = sag_cpu_channel_blocks (shape->mid_channels);
  self->out_row = sag_cpu_channel_blocks (shape->out_channels) * SAG_CPU_LANES;
  g_snprintf (prefix, sizeof prefix, VISION "blocks.%d.%d.", shape->stage, shape->index);
  if (self->is_first)
    self->expand = sag_cpu_params_find (params, VISION "conv_stem.weight");
  else if (shape->expands)
    self->expand = sag_cpu_params_find (params, "%sconv_pw.weight", prefix);
  self->depthwise = sag_cpu_params_find (params, "%sconv_dw.weight", prefix);
  self->reduce = sag_cpu_params_find (params, "%sse.conv_reduce.weight", prefix);
  self->reduce_bias = sag_cpu_params_find (params, "%sse.conv_reduce.bias", prefix);
  self->widen = sag_cpu_params_find (params, "%sse.conv_expand.weight", prefix);
  self->widen_bias = sag_cpu_params_find (params, "%sse.conv_expand.bias", prefix);
  self->project =
    sag_cpu_params_find (params, shape->expands ? "%sconv_pwl.weight" : "%sconv_pw.weight", prefix);
  init_norms (self, params, network, prefix, frozen_norms);
}

static void
release (SagCpuTrainBlock *self)
{
  g_clear_pointer (&self->moments, g_free);
  g_clear_pointer (&self->first_moments, g_free);
  g_clear_pointer (&self->turned, g_free);
  g_clear_pointer (&self->expand_panels, free);
  g_clear_pointer (&self->depth_weights, free);
  g_clear_pointer (&self->gate, free);
  g_clear_pointer (&self->pooled, free);
  g_clear_pointer (&self->hidden, free);
}

void
sag_cpu_train_block_clear (SagCpuTrainBlock *self)
{
  release (self);
  sag_cpu_batch_norm_clear (&self->expand_norm);
  sag_cpu_batch_norm_clear (&self->depth_norm);
  sag_cpu_batch_norm_clear (&self->project_norm);
}

static gsize
n_voxels (const int32_t dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

/* Cleared, because channels beyond the last are read as zeros. */
static float *
zeros (gsize n)
{
  float *memory = sag_cpu_alloc (n);

  if (memory != NULL)
    memset (memory, 0, n * sizeof *memory);
  return memory;
}

/* Enough pieces of work for any processor, few where each is small: sums of many channels cost more to join. */
static gsize
count_parts (const int32_t in[3], gsize n)
{
  gsize few = MAX (1, 16 / n);

  return n_voxels (in) >= FEW_VOXELS ? SAG_CPU_TRAIN_PARTS : MIN (SAG_CPU_TRAIN_PARTS, few);
}

gboolean
sag_cpu_train_block_plan (SagCpuTrainBlock *self, const int32_t in[3], gsize n, guint n_threads)
{
  gsize        kernel = self->shape.kernel;
  gsize        padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  SagCpuSource source = self->is_first ? sag_cpu_source_image (NULL, in)
                                       : sag_cpu_source_map (NULL, in, self->channels);

  release (self);
  memcpy (self->in, source.dims, sizeof self->in);
  self->n_parts = count_parts (self->in, n);
  self->sweep =
    sag_cpu_sweep_plan (self->in, self->shape.mid_channels, self->shape.kernel, self->shape.stride,
                        n_voxels (self->in) * source.row, n_threads);
  self->sweep.plain = TRUE;
  memcpy (self->out, self->sweep.shape.out, sizeof self->out);
  self->moments = g_new0 (double, (gsize) self->channels *source.row);
  self->first_moments = g_new0 (double, source.row);
  self->turned = g_new0 (double, (gsize) self->shape.mid_channels *source.row);
  self->expand_panels = zeros (padded * self->channels);
  self->depth_weights = zeros (padded * kernel * kernel * kernel);
  self->gate = zeros (n * padded);
  self->pooled = zeros (n * padded);
  self->hidden = zeros (n * self->shape.gate_channels);
  return self->expand_panels && self->depth_weights && self->gate && self->pooled && self->hidden;
}

gsize
sag_cpu_train_block_kept (const SagCpuTrainBlock *self, gsize n)
{
  return n * n_voxels (self->out) * ((gsize) self->mid_blocks * SAG_CPU_LANES + self->out_row);
}

gsize
sag_cpu_train_block_out (const SagCpuTrainBlock *self, gsize n)
{
  return n * n_voxels (self->out) * self->out_row;
}

void
sag_cpu_train_block_place (SagCpuTrainBlock *self, gsize n, float *memory)
{
  self->u = memory;
  self->p = self->u + n * n_voxels (self->out) * self->mid_blocks * SAG_CPU_LANES;
  self->x = self->p + sag_cpu_train_block_out (self, n);
}

static int32_t
source_row_floats (const SagCpuTrainBlock *self)
{
  return self->is_first ? SAG_CPU_PATCH_ROW : (self->channels + 15) / 16 * 16;
}

/* Floats along a row of output gradients, spread out so that the way back has stride 1. */
static gsize
spread_row (const SagCpuTrainBlock *self)
{
  return ((gsize) self->in[2] + self->shape.kernel - 1) * SAG_CPU_LANES;
}

gsize
sag_cpu_train_block_inner (const SagCpuTrainBlock *self, gsize n)
{
  return n * self->mid_blocks * self->out[0] * self->out[1] * spread_row (self);
}

gsize
sag_cpu_train_block_scratch (const SagCpuTrainBlock *self)
{
  gsize row = (gsize) source_row_floats (self) * self->in[2];
  gsize plane = (gsize) self->in[1] * self->in[2];
  gsize padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  gsize forward = sag_cpu_sweep_ring_floats (&self->sweep) + row;
  gsize moments = row + ((gsize) self->channels + 1) * source_row_floats (self);
  gsize chunk = padded * SAG_CPU_TRAIN_CHUNK + (gsize) self->out_row * SAG_CPU_TRAIN_CHUNK;
  gsize backward = padded * plane                            /* dA of a plane */
                   + (gsize) self->in[1] * spread_row (self) /* expanded, padded rows */
                   + plane * source_row_floats (self)        /* the source's plane */
                   + row + (gsize) self->in[2] * SAG_CPU_LANES;

  gsize skipped = row + (gsize) self->in[2] * (self->out_row + SAG_CPU_LANES);

  return MAX (MAX (MAX (forward, skipped), moments), MAX (chunk, backward)) + 64;
}

gsize
sag_cpu_train_block_partial (const SagCpuTrainBlock *self, gsize n)
{
  gsize padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  gsize kernel = self->shape.kernel;
  gsize back = padded * (source_row_floats (self) + 1 + kernel * kernel * kernel);
  gsize project = padded * (self->out_row + 2);

  gsize moments = 2 * ((gsize) self->channels + 1) * source_row_floats (self); /* doubles */

  return sag_cpu_round_up (n * self->n_parts * MAX (MAX (back, project), moments));
}

void
sag_cpu_train_expand_row (const SagCpuTrainBlock *self,
                          const SagCpuKernels    *kernels,
                          const SagCpuSource     *source,
                          int32_t                 block,
                          int32_t                 x,
                          int32_t                 y,
                          SagCpuAct               act,
                          float                  *out,
                          float                  *scratch)
{
  const float *row = sag_cpu_source_row (source, x, y, scratch);

  kernels->gemm (&(SagCpuGemm){
    .a = row,
    .a_row = source->row,
    .a_block = 16,
    .panels = self->expand_panels + (gsize) block * self->channels * SAG_CPU_LANES,
    .bias = self->expand_norm.offset + (gsize) block * SAG_CPU_LANES,
    .out = out,
    .out_row = SAG_CPU_LANES,
    .n_rows = source->dims[2],
    .n_columns = SAG_CPU_LANES,
    .k = self->channels,
    .act = act,
  });
}
