/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The weights on the device: read once, BatchNorm folded into the convolutions before it, converted once. */

#include "cuda/device.h"
#include "cuda/host.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /**
   * SagCudaLinear: out = in weight^T + bias.
   * @weight: (n_out, n_in) of the storage type, n_out and n_in padded where they are channels of maps
   * @bias: (n_out) float32; @bias_stored: the same values of the type of the output
   */
  typedef struct
  {
    int32_t n_out;
    int32_t n_in;
    void   *weight;
    float  *bias;
    void   *bias_stored;
  } SagCudaLinear;

  /** SagCudaConvolution: the stem or a depthwise one: (kernel^3, channels) and (channels), padded, float32. */
  typedef struct
  {
    float *weight;
    float *bias;
  } SagCudaConvolution;

  /**
   * SagCudaBlock: a block of the vision network.
   * @expand: only where shape.expands
   * @project: (out, mid) float32, to be multiplied by the gate; @project_bias as SagCudaLinear's two
   */
  typedef struct
  {
    SagBlock           shape;
    SagCudaLinear      expand;
    SagCudaConvolution depthwise;
    float             *reduce;
    float             *reduce_bias;
    float             *widen;
    float             *widen_bias;
    float             *project;
    float             *project_bias;
    void              *project_bias_stored;
  } SagCudaBlock;

  /** SagCudaLayerNorm: (hidden) each; NULL where the text model has none there. */
  typedef struct
  {
    float *scale;
    float *shift;
  } SagCudaLayerNorm;

  /** SagCudaLayer: an encoder layer. @qkv: queries, keys and values under each other. */
  typedef struct
  {
    SagCudaLinear    qkv;
    SagCudaLinear    output;
    SagCudaLayerNorm attention_norm;
    SagCudaLinear    up;
    SagCudaLinear    down;
    SagCudaLayerNorm feed_norm;
  } SagCudaLayer;

  /**
   * SagCudaWeights:
   * @type: how activations and the weights of matrix products are stored
   * @words: (n_words, hidden) of @type
   * @positions: (n_positions, hidden), token type 0 added
   * @class_weight: (hidden), @class_bias: (1)
   * @memory: the one block that all of it lies in
   */
  typedef struct
  {
    SagCudaType        type;
    SagCudaConvolution stem;
    SagCudaBlock       blocks[SAG_MAX_BLOCKS];
    SagCudaLinear      head;
    SagCudaLinear      adaptor;

    void            *words;
    float           *positions;
    float           *start;
    float           *end;
    SagCudaLayerNorm embedding_norm;
    SagCudaLayer    *layers;
    SagCudaLayerNorm final_norm;
    float           *class_weight;
    float           *class_bias;
    SagCudaLinear    patch_head;

    void  *memory;
    size_t n_bytes;
  } SagCudaWeights;

  /**
   * sag_cuda_weights_load: reads all of @source onto @device.
   *
   * Returns: false with @status set: SAG_STATUS_INVALID for a tensor that is missing or too short,
   *   SAG_STATUS_OUT_OF_MEMORY. What was loaded is for sag_cuda_weights_clear() all the same
   */
  bool sag_cuda_weights_load (SagCudaWeights        *weights,
                              SagCudaDevice         *device,
                              const SagWeightSource *source,
                              SagCudaType            type,
                              SagStatus             *status);
  void sag_cuda_weights_clear (SagCudaWeights *weights, SagCudaDevice *device);

  /** sag_cuda_half: the nearest 16-bit float, halves to even; beyond its range the largest. */
  uint16_t sag_cuda_half (float value);

#ifdef __cplusplus
}
#endif
