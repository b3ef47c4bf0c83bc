/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where a request's time goes on the device: stages, each with what it has to move and to multiply at the least. Off
 * unless asked for: a stage then costs a comparison while work is queued, and nothing in a replayed graph.
 */

#include "cuda/ops.h"
#include "model/engine/plugin-abi.h"

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct SagCudaDevice SagCudaDevice;

#define SAG_CUDA_MOST_STAGES 96

  /**
   * SagCudaTrace: the stages that were queued since the work of the last request began. Part of a device.
   * @n: of them; those beyond SAG_CUDA_MOST_STAGES are counted to the last
   */
  typedef struct
  {
    bool           on;
    int32_t        n;
    SagPluginStage stages[SAG_CUDA_MOST_STAGES];
  } SagCudaTrace;

  /** sag_cuda_stage: what is queued from now on belongs to a stage of this name, as printf() makes it. */
  void sag_cuda_stage (SagCudaDevice *device, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

  /** sag_cuda_count: adds to the stage what it must move and multiply. */
  void sag_cuda_count (SagCudaDevice *device, double n_bytes, double n_products);

  /** sag_cuda_count_gemm: adds a product: each matrix moved once. */
  void sag_cuda_count_gemm (SagCudaDevice *device, const SagCudaGemm *gemm);

  /** sag_cuda_note_library: the stage has a product that NVIDIA's library does. */
  void sag_cuda_note_library (SagCudaDevice *device);

  /** sag_cuda_get_stages: the stages of the last request with the times that they took. Returns how many there are. */
  int32_t sag_cuda_get_stages (SagCudaDevice *device, SagPluginStage *stages, int32_t n_room);

#ifdef __cplusplus
}
#endif
