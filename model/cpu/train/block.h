/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/sweep.h"
#include "model/cpu/train/batch-norm.h"
#include "model/cpu/train/source.h"

G_BEGIN_DECLS

/**
 * Parts of a sample, at most, that are summed apart and then in order: so sums do not depend on the number of threads.
 */
#define SAG_CPU_TRAIN_PARTS 8

/**
 * SagCpuTrainTeam: what all blocks share.
 * @n: samples of the batch
 * @scratch: (threads, scratch_floats)
 * @partial: sums of parts: sag_cpu_train_block_partial()
 * @inner: gradients of the depthwise outputs, of one block at a time: sag_cpu_train_block_inner()
 */
typedef struct
{
  SagPool             *pool;
  const SagCpuKernels *kernels;
  gsize                n;
  float               *scratch;
  gsize                scratch_floats;
  float               *partial;
  float               *inner;
} SagCpuTrainTeam;

/**
 * SagCpuTrainBlock: a block of the vision network between forward and backward. Block 0 takes the stem in: the stem is
 * its expansion, whose input is the image.
 *
 * What is kept for the way back: the raw depthwise output, the raw projection, the block's output. The expanded map
 * is never stored; its BatchNorm statistics come from the second moments of its input: with e = W x,
 *   mean (e) = W mean (x),  var (e) = diag (W Cov (x) W^T)
 *
 * @channels: of the source: 27 for block 0
 * @expand: NULL where the block does not expand (then the depthwise convolution reads the source)
 * @in: voxels of the depthwise input, @out: of its output
 * @n_parts: of a sample
 * @moments: (channels, source row) doubles: M, sums of x x^T over the batch; @first_moments: (source row)
 * @turned: (mid, source row) doubles: W M. All three are not made where statistics are frozen
 * @expand_panels: (mid blocks, channels, 16), folded with BatchNorm; @depth_weights: (mid blocks, k, k, k, 16)
 * @u: (n, mid blocks, out voxels, 16) raw depthwise output
 * @p, @x: (n, out voxels, out row) raw projection, block output
 * @gate, @pooled: (n, padded mid); @hidden: (n, gate channels), before SiLU
 */
typedef struct
{
  SagBlock        shape;
  gboolean        is_first;
  int32_t         channels;
  int32_t         mid_blocks;
  int32_t         out_row;
  int32_t         in[3];
  int32_t         out[3];
  gsize           n_parts;
  SagCpuSweep     sweep;
  SagCpuParam    *expand;
  SagCpuParam    *depthwise;
  SagCpuParam    *reduce;
  SagCpuParam    *reduce_bias;
  SagCpuParam    *widen;
  SagCpuParam    *widen_bias;
  SagCpuParam    *project;
  SagCpuBatchNorm expand_norm;
  SagCpuBatchNorm depth_norm;
  SagCpuBatchNorm project_norm;
  double         *moments;
  double         *first_moments;
  double         *turned;
  float          *expand_panels;
  float          *depth_weights;
  float          *u;
  float          *p;
  float          *x;
  float          *gate;
  float          *pooled;
  float          *hidden;
} SagCpuTrainBlock;

/** sag_cpu_train_block_init: finds the weights of block @index. Lasts until sag_cpu_train_block_clear(). */
void sag_cpu_train_block_init (SagCpuTrainBlock *self,
                               SagCpuParams     *params,
                               const SagNetwork *network,
                               int32_t           index,
                               gboolean          frozen_norms);
void sag_cpu_train_block_clear (SagCpuTrainBlock *self);

/**
 * sag_cpu_train_block_plan: sizes for an input of @in voxels (of the image for block 0) and @n
 * samples; allocates all but u, p and x. FALSE when memory is short.
 */
gboolean
sag_cpu_train_block_plan (SagCpuTrainBlock *self, const int32_t in[3], gsize n, guint n_threads);

/**
 * Floats of u and p, and of x, for @n samples: u, p and x lie one after the other in memory that is the caller's. x is
 * not needed any more once the next block's way back is done.
 */
gsize sag_cpu_train_block_kept (const SagCpuTrainBlock *self, gsize n);
gsize sag_cpu_train_block_out (const SagCpuTrainBlock *self, gsize n);
void  sag_cpu_train_block_place (SagCpuTrainBlock *self, gsize n, float *memory);

/** What a team must bring for this block. */
gsize sag_cpu_train_block_scratch (const SagCpuTrainBlock *self);
gsize sag_cpu_train_block_partial (const SagCpuTrainBlock *self, gsize n);
gsize sag_cpu_train_block_inner (const SagCpuTrainBlock *self, gsize n);

/** sag_cpu_train_normalise_expansion: expand_norm and expand_panels, from the sums of @sources. */
void sag_cpu_train_normalise_expansion (SagCpuTrainBlock      *self,
                                        const SagCpuTrainTeam *team,
                                        const SagCpuSource    *sources);

/** sag_cpu_train_block_forward: @sources: (n). Fills u, p, x; moves running statistics. */
void sag_cpu_train_block_forward (SagCpuTrainBlock      *self,
                                  const SagCpuTrainTeam *team,
                                  const SagCpuSource    *sources);

/**
 * sag_cpu_train_block_backward:
 * @d_out: (n, out voxels, out row): gradient of x; destroyed
 * @d_in: (n, in voxels, source row): gradient of the sources, assigned; NULL for block 0
 *
 * Gradients of the weights that train are added.
 */
void sag_cpu_train_block_backward (SagCpuTrainBlock      *self,
                                   const SagCpuTrainTeam *team,
                                   const SagCpuSource    *sources,
                                   float                 *d_out,
                                   float                 *d_in);

/** sag_cpu_train_expand_row: 16 channels of the expanded row (@x, @y), before SiLU unless @act. @out: (in[2], 16) */
void sag_cpu_train_expand_row (const SagCpuTrainBlock *self,
                               const SagCpuKernels    *kernels,
                               const SagCpuSource     *source,
                               int32_t                 block,
                               int32_t                 x,
                               int32_t                 y,
                               SagCpuAct               act,
                               float                  *out,
                               float                  *scratch);

/** sag_cpu_train_n_out: output voxels of a sample. */
static inline gsize
sag_cpu_train_n_out (const SagCpuTrainBlock *self)
{
  return (gsize) self->out[0] * self->out[1] * self->out[2];
}

/** SAG_CPU_TRAIN_CHUNK: voxels whose inner maps are made again at a time. */
#define SAG_CPU_TRAIN_CHUNK 96

G_END_DECLS
