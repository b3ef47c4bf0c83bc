/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The network as data: what a bundle's configuration describes and every engine builds from.
 * Plain C: the CUDA engine includes this header.
 *
 * Uniferum (arXiv:2509.01554): a 3D EfficientNet, an adaptor to tokens, and the first layers of a BERT
 * over [start, vision tokens, end, text], with a class head on position 0 and a patch head on the vision tokens.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C"
{
#endif

#define SAG_MAX_BLOCKS 64
#define SAG_MAX_STAGES 16
#define SAG_WEIGHT_NAME 160
#define SAG_CLASSIFIER                                                                             \
  "classifier" /* the multi-label network's last layer, ".weight" and ".bias" */

  /** SagTextKind: which Hugging Face class the text layers follow. */
  typedef enum
  {
    SAG_TEXT_BERT,        /* post-LayerNorm, LayerNorm in the embeddings */
    SAG_TEXT_MEGATRON,    /* MegatronBert: pre-LayerNorm, none in the embeddings */
    SAG_TEXT_MULTI_LABEL, /* no text layers: sag_network_set_multi_label() */
  } SagTextKind;

  /**
 * SagBlock: one block of the vision network, depthwise-separable or inverted residual.
 * @stage, @index: blocks.<stage>.<index> of timm
 * @kernel, @stride: of the depthwise convolution, the same along x, y, z
 * @mid_channels: width of the depthwise convolution
 * @gate_channels: reduced width of the squeeze-excite gate
 * @expands: starts with a 1x1x1 expansion (inverted residual); else depthwise comes first
 * @skips: adds its input to its output
 */
  typedef struct
  {
    int32_t stage;
    int32_t index;
    int32_t kernel;
    int32_t stride;
    int32_t in_channels;
    int32_t mid_channels;
    int32_t out_channels;
    int32_t gate_channels;
    bool    expands;
    bool    skips;
  } SagBlock;

  /**
 * SagNetwork:
 * @input: voxels along x, y, z that the bundle is meant for, each divisible by the total stride
 * @cells: cells of a token along x, y, z (4, 4, 4); their product is the patch head's width
 * @text_layers: encoder layers that are run (the first n of the text model)
 */
  typedef struct
  {
    int32_t input[3];

    int32_t  stem_channels; /* 3x3x3, stride 2 */
    int32_t  n_blocks;
    SagBlock blocks[SAG_MAX_BLOCKS];
    int32_t  head_channels;
    float    batch_norm_eps;

    SagTextKind text_kind;
    int32_t     n_words;
    int32_t     n_positions;
    int32_t     n_types;
    int32_t     hidden;
    int32_t     n_heads;
    int32_t     intermediate;
    int32_t     text_layers;
    float       layer_norm_eps;

    int32_t cells[3];
  } SagNetwork;

  /**
 * SagStage: a row of the EfficientNet table.
 * @expansion: 1 makes a depthwise-separable block, more an inverted residual
 */
  typedef struct
  {
    int32_t repeats;
    int32_t kernel;
    int32_t stride;
    int32_t expansion;
    int32_t out_channels;
  } SagStage;

  /** sag_network_b0_stages: the seven rows of EfficientNet-b0; returns their number. */
  int sag_network_b0_stages (SagStage stages[SAG_MAX_STAGES]);

  /**
 * sag_network_round_channels: timm's make_divisible(channels * multiplier, 8).
 */
  int32_t sag_network_round_channels (int32_t channels, double multiplier);

  /**
 * sag_network_set_stages: fills @network's blocks from a table and stem_channels. The gate's width is
 * Python's round(in_channels * 0.25) of each block's INPUT, ties to even. False if there are too many blocks.
 */
  bool sag_network_set_stages (SagNetwork *network, const SagStage *stages, int n_stages);

  /**
 * sag_network_validate: every size is positive, bounded and fits the others; heads divide hidden.
 * @message: receives one sentence, 200 bytes, when it returns false
 */
  bool sag_network_validate (const SagNetwork *network, char message[200]);

  /**
 * SagConvShape: a strided convolution's sizes with the padding that upstream applies.
 * @before: padding before the first voxel, per axis; after is what remains
 */
  typedef struct
  {
    int32_t out[3];
    int32_t before[3];
  } SagConvShape;

  /**
 * sag_network_conv_shape: stride 1 pads kernel/2 on both sides; stride 2 pads "SAME" with timm_3d's
 * permuted axes (quirk V1 of the oracle: amounts computed for axes 0, 1, 2 land on axes 1, 2, 0).
 */
  SagConvShape sag_network_conv_shape (const int32_t in[3], int32_t kernel, int32_t stride);

  /**
   * sag_network_set_multi_label: the convolutional network that the paper compares with (arXiv:2509.01554): no text
   * is read; the mean of the vision tokens, ReLU, and an output for each word of the vocabulary, whose words
   * are whole questions. Dropout lies before and after the adaptor, which is the head's first layer. No map is drawn.
   */
  void sag_network_set_multi_label (SagNetwork *network, int32_t n_words, int32_t hidden);

  /** sag_network_has_map: whether it scores cells, or has a class number only. */
  bool sag_network_has_map (const SagNetwork *network);

  /** sag_network_init_paper: the paper's network: EfficientNet-b0 over 256 x 160 x 128, four layers of a BERT-base. */
  void sag_network_init_paper (SagNetwork *network);

  /** sag_network_feature_dims: sizes after the whole vision network; their product is the number of vision tokens. */
  void
  sag_network_feature_dims (const SagNetwork *network, const int32_t input[3], int32_t dims[3]);

  /** sag_network_n_tokens: vision tokens at the bundle's own input size. */
  int32_t sag_network_n_tokens (const SagNetwork *network);

  /** sag_network_cells_per_token: product of cells. */
  int32_t sag_network_cells_per_token (const SagNetwork *network);

  /** sag_network_max_text: longest text in tokens, [CLS] and [SEP] included, that the positions leave room for. */
  int32_t sag_network_max_text (const SagNetwork *network);

  /** SagWeightKind: how a weight starts in a random bundle, and which optimiser group it joins. */
  typedef enum
  {
    SAG_WEIGHT_CONV,
    SAG_WEIGHT_LINEAR,
    SAG_WEIGHT_BIAS,
    SAG_WEIGHT_EMBEDDING,
    SAG_WEIGHT_NORM_SCALE,
    SAG_WEIGHT_NORM_SHIFT,
    SAG_WEIGHT_RUNNING_MEAN,
    SAG_WEIGHT_RUNNING_VAR,
  } SagWeightKind;

  /**
 * SagWeightSpec: one tensor that the network reads.
 * @name: upstream's key, for example "vision_model.model.blocks.1.0.conv_dw.weight"
 * @shape: row-major, as PyTorch stores it
 */
  typedef struct
  {
    char          name[SAG_WEIGHT_NAME];
    SagWeightKind kind;
    int32_t       n_dims;
    int64_t       shape[5];
    size_t        n_values;
  } SagWeightSpec;

  typedef bool (*SagWeightFunc) (const SagWeightSpec *spec, void *user_data);

  /**
   * sag_network_foreach_weight: every tensor in a fixed order, vision first; stops and returns
   * false when @func does.
   */
  bool sag_network_foreach_weight (const SagNetwork *network, SagWeightFunc func, void *user_data);

#ifdef __cplusplus
}
#endif
