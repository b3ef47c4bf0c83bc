/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

#define SAG_CPU_VISION_PREFIX "vision_model.model."

/**
 * SagCpuBlock: a block's weights, BatchNorm folded in, in the order in which the kernels read them. 16 channels make
 * a channel block; channels beyond the last have zero weights.
 *
 * @expand: (mid blocks, in, 16), @expand_bias: (mid blocks, 16); NULL where the block does not expand
 * @depthwise: (mid blocks, kernel, kernel, kernel, 16), @depthwise_bias: (mid blocks, 16)
 * @reduce: (gate, mid), @reduce_bias: (gate), @widen: (mid, gate), @widen_bias: (mid)
 * @project: panels (gemm.h) of out columns over mid, @project_bias: (out)
 */
typedef struct
{
  SagBlock shape;
  float   *expand;
  float   *expand_bias;
  float   *depthwise;
  float   *depthwise_bias;
  float   *reduce;
  float   *reduce_bias;
  float   *widen;
  float   *widen_bias;
  float   *project;
  float   *project_bias;
} SagCpuBlock;

/**
 * SagCpuVisionWeights: the whole vision network's.
 * @stem: (stem blocks, 3, 3, 3, 16), @stem_bias: (stem blocks, 16)
 * @head: panels of head_channels columns, @head_bias: (head_channels)
 */
typedef struct
{
  int32_t     stem_channels;
  int32_t     head_channels;
  int32_t     n_blocks;
  SagCpuBlock blocks[SAG_MAX_BLOCKS];
  float      *stem;
  float      *stem_bias;
  float      *head;
  float      *head_bias;
  GPtrArray  *arrays; /* owns all of the above */
} SagCpuVisionWeights;

/** sag_cpu_vision_weights_read: reads, folds and packs. FALSE, with a sentence, when a tensor is missing. */
gboolean sag_cpu_vision_weights_read (SagCpuVisionWeights   *weights,
                                      const SagWeightSource *source,
                                      SagStatus             *status);

void sag_cpu_vision_weights_clear (SagCpuVisionWeights *weights);

/** sag_cpu_channel_blocks: blocks of 16 that hold @channels. */
int32_t sag_cpu_channel_blocks (int32_t channels);

G_END_DECLS
