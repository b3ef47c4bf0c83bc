/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A volume through the vision network and the adaptor, queued on the device. */

#include "cuda/weights.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /**
   * SagCudaVisionPlan: how a volume of some size goes through the network, and where everything lies in the arena.
   * @dims: of the volume
   * @in: each block's input
   * @conv: each block's depthwise convolution
   * @fused: the block's expansion and depthwise convolution are one kernel
   * @features: the grid of tokens
   * @input, ..: offsets in bytes: the volume, maps that blocks read and write in turn, the expanded map, the depthwise
   *   convolution's output, sums of the gate, its scratch, the gate, the gated projection, the head's output
   * @n_bytes: of the arena
   */
  typedef struct
  {
    int32_t      dims[3];
    SagConvShape stem;
    int32_t      in[SAG_MAX_BLOCKS][3];
    SagConvShape conv[SAG_MAX_BLOCKS];
    bool         fused[SAG_MAX_BLOCKS];
    int32_t      features[3];
    int32_t      n_tokens;
    size_t       input;
    size_t       maps[2];
    size_t       expanded;
    size_t       inner;
    size_t       sums;
    size_t       hidden;
    size_t       gate;
    size_t       gated;
    size_t       head;
    size_t       n_bytes;
  } SagCudaVisionPlan;

  /** sag_cuda_vision_plan: false with a sentence for sizes that give no features or are too large. */
  bool sag_cuda_vision_plan (SagCudaVisionPlan    *plan,
                             const SagCudaWeights *weights,
                             const SagNetwork     *network,
                             const int32_t         dims[3],
                             SagStatus            *status);

  /**
   * SagCudaVision: one run.
   * @arena: at least plan->n_bytes; the volume lies at plan->input
   * @tokens: out: (n_tokens, hidden) float32, on the device
   * @tap: (nullable): receives "stem", "stage0" .. "head", "lm_adaptor" and "vision_embeds"; waits for each
   */
  typedef struct
  {
    SagCudaDevice           *device;
    const SagCudaWeights    *weights;
    const SagNetwork        *network;
    const SagCudaVisionPlan *plan;
    char                    *arena;
    float                   *tokens;
    const SagTap            *tap;
    const SagCancel         *cancel;
  } SagCudaVision;

  /** sag_cuda_vision_queue: a SagCudaWork on a SagCudaVision. */
  bool sag_cuda_vision_queue (void *vision);

#ifdef __cplusplus
}
#endif
