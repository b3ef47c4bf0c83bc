/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Texts about one volume's tokens through the encoder and its heads, queued on the device. */

#include "cuda/weights.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** Most texts that go through the encoder together, and most rows of all their sequences. */
#define SAG_CUDA_MOST_TEXTS 32
#define SAG_CUDA_MOST_ROWS 8192

  /** SagCudaTextShape: what decides the kernels of a run: how many texts, how long they are padded, what is wanted. */
  typedef struct
  {
    int32_t n_tokens;
    int32_t n_texts;
    int32_t text_length;
    bool    wants_cells;
    bool    all_rows; /* also in the last layer: for taps */
  } SagCudaTextShape;

  /**
   * sag_cuda_text_shape: the shape in which some of @n_texts texts go first, padded to one of few sizes, so that few
   * shapes cover all requests. Padding changes no answer: padded texts are dropped, padded words masked.
   * @longest: words of the longest text
   * @taken: out: how many of the texts go
   */
  SagCudaTextShape sag_cuda_text_shape (const SagNetwork *network,
                                        int32_t           n_tokens,
                                        int32_t           n_texts,
                                        int32_t           longest,
                                        bool              wants_cells,
                                        int32_t          *taken);

  /**
   * SagCudaTextPlan: where everything lies in the arena, in bytes. What goes up lies together at its start, as it lies
   * in pinned memory, what comes down behind that: @in_bytes and @out_bytes of them.
   * @ids: (n_texts, text_length) int32; @lengths: (n_texts) int32; @token_mask: (n_texts, n_tokens)
   * @logits: (n_texts); @cells: (n_texts, n_tokens, cells)
   */
  typedef struct
  {
    SagCudaTextShape shape;
    int32_t          length; /* of a sequence */
    int32_t          n_cells;
    size_t           ids;
    size_t           lengths;
    size_t           token_mask;
    size_t           in_bytes;
    size_t           logits;
    size_t           cells;
    size_t           out_bytes;
    size_t           visible;
    size_t           x;
    size_t           y;
    size_t           qkv;
    size_t           context;
    size_t           inner;
    size_t           n_bytes;
  } SagCudaTextPlan;

  void sag_cuda_text_plan (SagCudaTextPlan        *plan,
                           const SagCudaWeights   *weights,
                           const SagNetwork       *network,
                           const SagCudaTextShape *shape);

  /**
   * SagCudaText: one run.
   * @arena: at least plan->n_bytes
   * @pinned: at least plan->in_bytes + plan->out_bytes: what goes up, then what comes down
   * @tokens: (n_tokens, hidden) float32, on the device
   * @tap: (nullable): as sag_cpu_ask()'s; the shape then has one text, as long as it is, and all rows
   */
  typedef struct
  {
    SagCudaDevice         *device;
    const SagCudaWeights  *weights;
    const SagNetwork      *network;
    const SagCudaTextPlan *plan;
    char                  *arena;
    char                  *pinned;
    const float           *tokens;
    const SagTap          *tap;
    const SagCancel       *cancel;
  } SagCudaText;

  /** sag_cuda_text_queue: a SagCudaWork on a SagCudaText. */
  bool sag_cuda_text_queue (void *text);

#ifdef __cplusplus
}
#endif
