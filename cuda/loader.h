/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How weights come onto the device. Loading walks the same list twice: once to measure, once to read, fold, convert and
 * upload into the one block of device memory. The first failure sets the status, and the rest does nothing.
 */

#include "cuda/weights.h"

#ifdef __cplusplus
extern "C"
{
#endif

/** Values of large tensors that go up at once. */
#define SAG_CUDA_STAGE ((size_t) 4 << 20)

  /**
   * SagCudaLoader:
   * @type: of the weights of matrix products
   * @memory: of the device; NULL while measuring
   * @used: bytes of it
   * @stage: pinned, SAG_CUDA_STAGE floats
   */
  typedef struct
  {
    SagCudaDevice         *device;
    const SagWeightSource *source;
    SagStatus             *status;
    SagCudaType            type;
    char                  *memory;
    size_t                 used;
    void                  *stage;
    bool                   failed;
  } SagCudaLoader;

  /** sag_cuda_load_take: the next @n_bytes of the device's block; NULL while measuring. */
  void *sag_cuda_load_take (SagCudaLoader *loader, size_t n_bytes);

  /** sag_cuda_load_scratch: a zeroed array of the host, for free(); NULL while measuring and after a failure. */
  float *sag_cuda_load_scratch (SagCudaLoader *loader, size_t n);
  void   sag_cuda_load_fail_memory (SagCudaLoader *loader);

  /** sag_cuda_load_join: a tensor's name. */
  void sag_cuda_load_join (char name[SAG_WEIGHT_NAME], const char *prefix, const char *part);

  void
  sag_cuda_load_read (SagCudaLoader *loader, const char *name, size_t offset, size_t n, float *out);

  /** sag_cuda_load_upload: values of the host to the device, as @type. */
  void sag_cuda_load_upload (
    SagCudaLoader *loader, const float *values, size_t n, SagCudaType type, void *to);

  /** sag_cuda_load_keep: takes memory for @values (nullable while measuring) and uploads them. */
  float *sag_cuda_load_keep (SagCudaLoader *loader, const float *values, size_t n);

  /** sag_cuda_load_bias: the same, and in @stored once more as @out_type. */
  float *sag_cuda_load_bias (
    SagCudaLoader *loader, const float *values, size_t n, SagCudaType out_type, void **stored);

  /** sag_cuda_load_vector: a tensor as it is. */
  float *sag_cuda_load_vector (SagCudaLoader *loader, const char *name, size_t n);

  /** sag_cuda_load_norm: "<prefix>.weight" and ".bias". */
  void sag_cuda_load_norm (SagCudaLoader    *loader,
                           const char       *prefix,
                           int32_t           width,
                           SagCudaLayerNorm *norm);

  /** sag_cuda_load_table: a large tensor to @to, piece by piece. */
  void sag_cuda_load_table (
    SagCudaLoader *loader, const char *name, size_t n, SagCudaType type, void *to);

  /**
   * sag_cuda_load_linear: tensors whose outputs follow each other: @prefixes ends with NULL, each has @n_out outputs.
   * @out_type: of what the product writes
   */
  void sag_cuda_load_linear (SagCudaLoader     *loader,
                             const char *const *prefixes,
                             int32_t            n_out,
                             int32_t            n_in,
                             SagCudaType        out_type,
                             SagCudaLinear     *linear);

  /** sag_cuda_load_vision: the vision network and the adaptor, BatchNorm folded in. */
  void sag_cuda_load_vision (SagCudaLoader *loader, SagCudaWeights *weights);

#ifdef __cplusplus
}
#endif
