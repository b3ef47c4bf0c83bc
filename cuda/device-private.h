/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What cuda/device.c, cuda/probe.c and cuda/gemm.c share. */

#include "cuda/device.h"

#include <cuda_runtime_api.h>

typedef struct SagCudaBlas SagCudaBlas;

struct SagCudaDevice
{
  int               index;
  SagCudaDeviceInfo info;
  cudaStream_t      stream;
  cudaEvent_t       began; /* the last graph */
  cudaEvent_t       ended;
  SagCudaBlas      *blas;
  void             *workspace; /* of cuBLASLt */
  size_t            allocated;
  cudaError_t       error; /* the first */
  const char       *what;  /* was being done then */
};

/** sag_cuda_fail_code: a sentence for @code, which @what met. */
bool sag_cuda_fail_code (const SagCudaDevice *device,
                         cudaError_t          code,
                         const char          *what,
                         SagStatus           *status);

/** sag_cuda_blas_new: loads cuBLASLt, which is no part of the driver. */
SagCudaBlas *sag_cuda_blas_new (SagStatus *status);
void         sag_cuda_blas_free (SagCudaBlas *blas);

/** Bytes that cuBLASLt gets to work in. */
#define SAG_CUDA_WORKSPACE ((size_t) 32 << 20)
