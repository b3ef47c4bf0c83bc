/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The engine behind the table: what its files share. */

#include "cuda/text.h"
#include "cuda/vision.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define SAG_CUDA_VISION_GRAPHS 4
#define SAG_CUDA_TEXT_GRAPHS 64

  typedef struct
  {
    SagCudaVisionPlan plan;
    SagCudaGraph     *graph;
    uint64_t          used; /* when it last ran; 0: the slot is free */
  } SagCudaVisionSlot;

  typedef struct
  {
    SagCudaTextPlan plan;
    SagCudaGraph   *graph;
    uint64_t        used;
  } SagCudaTextSlot;

  /** SagCudaBuffer: memory that grows and is kept. */
  typedef struct
  {
    char  *memory;
    size_t n_bytes;
  } SagCudaBuffer;

  /**
   * SagCudaEngine:
   * @arena: of all requests, on the device, one after the other
   * @scan: voxels that are being prepared, on the device
   * @pinned: what asks send and receive
   * @staging: pinned too: what all others send and receive; graphs know nothing of it and of @scan
   * @tokens: the scan that was encoded or asked about last, on the device, and @tokens_pinned what it holds
   * @n_tokens: of them; 0: none
   * @ms: that the device worked on the last request
   */
  typedef struct
  {
    SagNetwork        network;
    SagPrecision      precision;
    SagCudaDevice    *device;
    SagCudaWeights    weights;
    SagCudaBuffer     arena;
    SagCudaBuffer     scan;
    SagCudaBuffer     pinned;
    SagCudaBuffer     staging;
    SagCudaBuffer     tokens;
    SagCudaBuffer     tokens_pinned;
    int32_t           n_tokens;
    float             ms;
    SagCudaVisionSlot vision[SAG_CUDA_VISION_GRAPHS];
    SagCudaTextSlot   text[SAG_CUDA_TEXT_GRAPHS];
    uint64_t          clock;
  } SagCudaEngine;

  /**
   * sag_cuda_reserve: at least @n_bytes on the device. What it held is lost when it grows, and with what graphs know
   * all graphs.
   */
  bool sag_cuda_reserve (SagCudaEngine *engine,
                         SagCudaBuffer *buffer,
                         size_t         n_bytes,
                         SagStatus     *status);

  /** sag_cuda_reserve_pinned: the same in pinned memory. */
  bool sag_cuda_reserve_pinned (SagCudaEngine *engine,
                                SagCudaBuffer *buffer,
                                size_t         n_bytes,
                                SagStatus     *status);

  bool sag_cuda_prepare (void *self, SagPrepareRequest *request, SagStatus *status);
  bool sag_cuda_encode (void *self, const SagEncodeRequest *request, SagStatus *status);
  bool sag_cuda_ask (void *self, const SagAskRequest *request, SagStatus *status);
  bool sag_cuda_upsample (void *self, const SagUpsampleRequest *request, SagStatus *status);

  const SagEngineTable *sag_cuda_get_table (void);

  /** sag_cuda_engine_trace: whether stages are timed; what was recorded before is forgotten. */
  void sag_cuda_engine_trace (void *self, bool on);

#ifdef __cplusplus
}
#endif
