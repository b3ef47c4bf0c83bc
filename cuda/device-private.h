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
  SagCudaTrace      trace;
  cudaEvent_t  marks[SAG_CUDA_MOST_STAGES]; /* where stages began; NULL until they are wanted */
  bool         recording;
  SagCudaBlas *blas;
  void        *workspace; /* of cuBLASLt */
  size_t       allocated;
  cudaError_t  error; /* the first */
  const char  *what;  /* was being done then */
};

/** sag_cuda_fail_code: a sentence for @code, which @what met. */
bool sag_cuda_fail_code (const SagCudaDevice *device,
                         cudaError_t          code,
                         const char          *what,
                         SagStatus           *status);

/** sag_cuda_is_lasting: whether @code has ended the context for good; other errors are of refused work. */
bool sag_cuda_is_lasting (cudaError_t code);

/**
 * sag_cuda_parse_driver: the release, 535, of "535.104.05", which the kernel's module says, or of a line like
 * "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 ..."; 0 where there is none.
 */
int sag_cuda_parse_driver (const char *line);

/**
 * sag_cuda_fail_probe: why there is no GPU to use.
 * @code: what the runtime said
 * @driver: release of the driver, 0 if unknown
 * @version: of CUDA that the driver knows, 12020 for 12.2; 0 if there is none
 */
bool sag_cuda_fail_probe (cudaError_t code, int driver, int version, SagStatus *status);

/** sag_cuda_blas_new: loads cuBLASLt, which is no part of the driver. */
SagCudaBlas *sag_cuda_blas_new (SagStatus *status);
void         sag_cuda_blas_free (SagCudaBlas *blas);

/** Bytes that cuBLASLt gets to work in. */
#define SAG_CUDA_WORKSPACE ((size_t) 32 << 20)
