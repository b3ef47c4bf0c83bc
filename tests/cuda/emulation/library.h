/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Products in 16 bits as cuBLASLt does them on a card, where its epilogue rounds otherwise than the engine's own
 * kernels: the bias in 16 bits, GELU by tanh, and no stop at 65504.
 */

#include "cuda/ops.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** sag_emulation_library_takes: whether cuda/gemm.c gives it to the library, and it matters. */
  bool sag_emulation_library_takes (const SagCudaGemm *job);
  void sag_emulation_library_gemm (const SagCudaGemm *job, void *stream);

#ifdef __cplusplus
}
#endif
