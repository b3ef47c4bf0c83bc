/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the two halves of the preparation share. */

#include "cuda/engine.h"
#include "cuda/host.h"
#include "cuda/prepare-ops.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** SagCudaPieces: pieces of one buffer, 256-byte aligned; without a buffer only their sizes are added up. */
  typedef struct
  {
    char  *memory;
    size_t used;
  } SagCudaPieces;

  /** sag_cuda_take: the next @n_bytes; NULL while measuring. */
  void *sag_cuda_take (SagCudaPieces *pieces, size_t n_bytes);

  /** sag_cuda_prepare_find: the body of the scan on the device. False with @status set. */
  bool sag_cuda_prepare_find (SagCudaEngine           *engine,
                              const SagPrepareRequest *request,
                              const SagPrepareSearch  *search,
                              SagPrepareBody          *body,
                              SagStatus               *status);

  /** sag_cuda_prepare_make: the network's input from the scan on the device. False with @status set. */
  bool sag_cuda_prepare_make (SagCudaEngine     *engine,
                              SagPrepareRequest *request,
                              SagPreparePlan    *plan,
                              SagStatus         *status);

#ifdef __cplusplus
}
#endif
