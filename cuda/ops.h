/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Launchers of the GPU engine's own kernels. Plain C without CUDA's headers: the host part of the engine and the
 * emulation of tests/cuda/emulation include it.
 *
 * Every launcher queues on @stream (a cudaStream_t) and returns the launch's error code, 0 for success; none waits or
 * allocates. All pointers are device memory, 16-byte aligned, except the job itself, which is read before the launcher
 * returns. Counts of zero launch nothing.
 *
 * Storage is float32, or float16 in the fast mode: its 11 significant bits round eight times finer than bfloat16's,
 * tensor cores take it from sm_75 on, and with BatchNorm folded in no activation comes near its range, 65504, at which
 * stores saturate. Sums, biases, norms, gates and depthwise weights are float32 in both modes.
 *
 * Maps are channels last, (X, Y, Z, C) with z faster than y than x, and C a multiple of 8: sag_cuda_pad_channels(). The
 * channels that fill up have zero weights and biases, and stay zero. Text rows are (rows, hidden) without padding.
 */

#include "model/network/network.h"

#ifdef __cplusplus
extern "C"
{
#endif

  typedef enum
  {
    SAG_CUDA_FLOAT,
    SAG_CUDA_HALF,
  } SagCudaType;

  typedef enum
  {
    SAG_CUDA_ACT_NONE,
    SAG_CUDA_ACT_SILU,
    SAG_CUDA_ACT_GELU, /* with the error function, as PyTorch's */
  } SagCudaAct;

  static inline size_t
  sag_cuda_type_size (SagCudaType type)
  {
    return type == SAG_CUDA_FLOAT ? 4 : 2;
  }

  /** sag_cuda_pad_channels: channels of a map in memory. */
  static inline int32_t
  sag_cuda_pad_channels (int32_t channels)
  {
    return (channels + 7) / 8 * 8;
  }

  /** sag_cuda_launch_convert: @n values of one type to another. */
  int sag_cuda_launch_convert (
    const void *in, SagCudaType in_type, void *out, SagCudaType out_type, size_t n, void *stream);

  /**
   * sag_cuda_launch_planes: a channels-last map as planes, float32: what taps show.
   * @in: (n_voxels, sag_cuda_pad_channels (channels))
   * @out: (channels, n_voxels)
   */
  int sag_cuda_launch_planes (
    const void *in, SagCudaType type, int32_t n_voxels, int32_t channels, float *out, void *stream);

  /** sag_cuda_launch_activate: @n values of @type in place. */
  int
  sag_cuda_launch_activate (void *values, SagCudaType type, size_t n, SagCudaAct act, void *stream);

  /**
   * SagCudaStem: out = SiLU (convolution of one channel, kernel 3, stride 2).
   * @input: (in) float32
   * @weights: (27, channels), tap (x 3 + y) 3 + z, BatchNorm folded in
   * @bias: (channels)
   * @out: (shape.out, channels) of @type
   * @channels: padded
   */
  typedef struct
  {
    const float *input;
    const float *weights;
    const float *bias;
    void        *out;
    SagCudaType  type;
    int32_t      channels;
    int32_t      in[3];
    SagConvShape shape;
  } SagCudaStem;

  int sag_cuda_launch_stem (const SagCudaStem *job, void *stream);

  /**
   * SagCudaDepthwise: out = SiLU (depthwise convolution + bias), and sums for squeeze-excite.
   * @input: (in, channels) of @type
   * @weights: (kernel^3, channels), BatchNorm folded in
   * @bias: (channels)
   * @out: (shape.out, channels) of @type
   * @sums: (sag_cuda_depthwise_n_sums (), channels): each row sums other outputs, before they are rounded to @type
   * @channels: padded
   * @kernel: odd, up to 15; 3, 5 and 7 are fast
   * @stride: 1 or 2
   */
  typedef struct
  {
    const void  *input;
    const float *weights;
    const float *bias;
    void        *out;
    float       *sums;
    SagCudaType  type;
    int32_t      channels;
    int32_t      kernel;
    int32_t      stride;
    int32_t      in[3];
    SagConvShape shape;
  } SagCudaDepthwise;

  int32_t sag_cuda_depthwise_n_sums (const SagCudaDepthwise *job);
  int     sag_cuda_launch_depthwise (const SagCudaDepthwise *job, void *stream);

  /**
   * SagCudaExpand: expansion and depthwise convolution in one: the expanded map is never stored.
   * @depthwise: input is unused; sums has sag_cuda_expand_n_sums() rows
   * @input: (depthwise.in, in_channels) of depthwise.type
   * @expand: (depthwise.channels, in_channels) of depthwise.type, BatchNorm folded in
   * @expand_bias: (depthwise.channels)
   * @in_channels: padded
   */
  typedef struct
  {
    SagCudaDepthwise depthwise;
    const void      *input;
    const void      *expand;
    const float     *expand_bias;
    int32_t          in_channels;
  } SagCudaExpand;

  /** sag_cuda_expand_fits: whether the fused kernel can do it: kernel 3, at most 32 channels in. */
  bool sag_cuda_expand_fits (const SagCudaExpand *job);

  /**
   * sag_cuda_expand_pays: whether it fits and is the better way: large maps. Small ones stay in the second cache: a
   * matrix product with SiLU and then sag_cuda_launch_depthwise() are as fast there.
   */
  bool    sag_cuda_expand_pays (const SagCudaExpand *job);
  int32_t sag_cuda_expand_n_sums (const SagCudaExpand *job);
  int     sag_cuda_launch_expand (const SagCudaExpand *job, void *stream);

  /**
   * SagCudaGate: squeeze-excite, folded into the weights of the projection that follows.
   * @sums: (n_sums, mid)
   * @n_voxels: that all sums together ran over
   * @reduce: (reduced, mid), @reduce_bias: (reduced), @widen: (mid, reduced), @widen_bias: (mid)
   * @hidden: (reduced) scratch
   * @gate: (mid) out
   * @project: (n_out, mid) float32, BatchNorm folded in
   * @gated: (n_out, mid) of @type, out: project times gate, rounded once
   * @mid, @n_out: padded
   */
  typedef struct
  {
    const float *sums;
    const float *reduce;
    const float *reduce_bias;
    const float *widen;
    const float *widen_bias;
    const float *project;
    float       *hidden;
    float       *gate;
    void        *gated;
    SagCudaType  type;
    int32_t      n_sums;
    int32_t      n_voxels;
    int32_t      mid;
    int32_t      reduced;
    int32_t      n_out;
  } SagCudaGate;

  int sag_cuda_launch_gate (const SagCudaGate *job, void *stream);

  /**
   * SagCudaGemm: out = act (a weight^T + bias + residual), sums in float32.
   * @a: (m, k) of @type, rows @a_row apart
   * @weight: (n, k) of @type, rows k apart
   * @bias: (nullable): (n) float32; @bias_out: the same values of @out_type, which only cuBLAS reads
   * @residual: (nullable): (m, n) of @out_type, rows as @out's; may be @out
   * @out: (m, n) of @out_type, rows @out_row apart
   * @out_type: @type or float32
   * @n_batches: as many products with the same weight, @a_batch and @out_batch elements apart
   */
  typedef struct
  {
    const void  *a;
    const void  *weight;
    const float *bias;
    const void  *bias_out;
    const void  *residual;
    void        *out;
    SagCudaType  type;
    SagCudaType  out_type;
    SagCudaAct   act;
    int32_t      m;
    int32_t      n;
    int32_t      k;
    int32_t      a_row;
    int32_t      out_row;
    int32_t      n_batches;
    int64_t      a_batch;
    int64_t      out_batch;
  } SagCudaGemm;

  /**
   * sag_cuda_launch_gemm: a matrix product by our own kernels: tensor cores with float16, plain float32 else. Any sizes
   * and alignments. Better than cuBLAS where SiLU or GELU follows a small product: cuBLAS has no such epilogue.
   */
  int sag_cuda_launch_gemm (const SagCudaGemm *job, void *stream);

  /**
   * SagCudaNorm: out = (y - mean) / sqrt (variance + eps) * scale + shift over each row of y = x + residual.
   * @x, @residual (nullable), @out: (n_rows, width) of @type; @out may be either
   */
  typedef struct
  {
    const void  *x;
    const void  *residual;
    const float *scale;
    const float *shift;
    void        *out;
    SagCudaType  type;
    float        eps;
    int32_t      n_rows;
    int32_t      width;
  } SagCudaNorm;

  int sag_cuda_launch_norm (const SagCudaNorm *job, void *stream);

  /**
   * SagCudaEmbed: sequences [start, tokens, end, text], embedded as upstream does it: the text twice.
   *
   *   embed (x, r) = LayerNorm (x + position[r]), without the LayerNorm where scale is NULL (MegatronBert)
   *   word r       = embed (words[ids[r]], r)
   *   x[r]         = embed ([start, tokens, end, word 0 ..][r], r)
   *
   * @tokens: (n_tokens, hidden) float32, the same for all sequences
   * @start, @end: (hidden)
   * @words: (n_words, hidden) of @type
   * @positions: (n_positions, hidden), the embedding of token type 0 added
   * @scale, @shift: (nullable): (hidden)
   * @ids: (n_sequences, text_length), each below n_words, those beyond the length too
   * @lengths: (n_sequences) real ids of each row
   * @token_mask: (nullable): (n_sequences, n_tokens); 0 hides a token
   * @x: out: (n_sequences, 2 + n_tokens + text_length, hidden) of @type
   * @visible: out: (n_sequences, 2 + n_tokens + text_length): 0 for positions that nobody may look at
   * @words_out: (nullable): (n_sequences, text_length, hidden): the first embedding of the text, for taps
   * @concat_out: (nullable): (n_sequences, 2 + n_tokens + text_length, hidden): what the second starts from
   */
  typedef struct
  {
    const float   *tokens;
    const float   *start;
    const float   *end;
    const void    *words;
    const float   *positions;
    const float   *scale;
    const float   *shift;
    const int32_t *ids;
    const int32_t *lengths;
    const uint8_t *token_mask;
    void          *x;
    uint8_t       *visible;
    float         *words_out;
    float         *concat_out;
    SagCudaType    type;
    float          eps;
    int32_t        n_sequences;
    int32_t        n_tokens;
    int32_t        text_length;
    int32_t        hidden;
  } SagCudaEmbed;

  int sag_cuda_launch_embed (const SagCudaEmbed *job, void *stream);

#define SAG_CUDA_MOST_WIDTH 160

  /**
   * SagCudaAttend: softmax (query key^T / sqrt (width)) value, each head of each sequence.
   * @qkv: (n_sequences, length, 3, n_heads, width) of @type: each row's queries, keys and values
   * @visible: (n_sequences, length): 0 hides a key; at least one of each sequence is visible
   * @out: (n_sequences, n_queries, n_heads, width) of @type
   * @n_queries: only the first rows of each sequence ask; @length for all
   * @width: at most SAG_CUDA_MOST_WIDTH: a block's queries, keys and values lie in shared memory
   */
  typedef struct
  {
    const void    *qkv;
    const uint8_t *visible;
    void          *out;
    SagCudaType    type;
    int32_t        n_sequences;
    int32_t        length;
    int32_t        n_queries;
    int32_t        n_heads;
    int32_t        width;
  } SagCudaAttend;

  int sag_cuda_launch_attend (const SagCudaAttend *job, void *stream);

  /** sag_cuda_launch_take_rows: the first @n_rows rows of each sequence: (n, length, width) to (n, n_rows, width). */
  int sag_cuda_launch_take_rows (const void *in,
                                 SagCudaType type,
                                 int32_t     n_sequences,
                                 int32_t     length,
                                 int32_t     width,
                                 int32_t     n_rows,
                                 void       *out,
                                 void       *stream);

  /**
   * sag_cuda_launch_class_head: logits[s] = x[s length] . weight + bias[0].
   * @x: (n_sequences, length, hidden) of @type
   * @weight: (hidden), @bias: (1), @logits: (n_sequences)
   */
  int sag_cuda_launch_class_head (const void  *x,
                                  SagCudaType  type,
                                  int32_t      n_sequences,
                                  int32_t      length,
                                  int32_t      hidden,
                                  const float *weight,
                                  const float *bias,
                                  float       *logits,
                                  void        *stream);

  /**
   * sag_cuda_launch_cells: the patch head's logits as one grid, x fastest: sag_cells_arrange() on the device.
   * @logits: (tokens, cells)
   * @scores: out: (token_dims times cells); sigmoid of the logits if @sigmoid
   */
  int sag_cuda_launch_cells (const float  *logits,
                             const int32_t token_dims[3],
                             const int32_t cells[3],
                             bool          sigmoid,
                             float        *scores,
                             void         *stream);

  /**
   * SagCudaUpsample: cells onto any grid; what sag_upsample() does.
   * @cells: (n_cells), x fastest
   * @to_cell: voxel indices to positions in cells, integers are cell centres
   * @out: (dims), i fastest
   */
  typedef struct
  {
    const float *cells;
    int32_t      n_cells[3];
    double       to_cell[3][4];
    int32_t      dims[3];
    bool         smooth;
    float        outside;
    float       *out;
  } SagCudaUpsample;

  int sag_cuda_launch_upsample (const SagCudaUpsample *job, void *stream);

#ifdef __cplusplus
}
#endif
