/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /**
   * sag_cuda_fail: fills @status (nullable) with @code and a sentence.
   *
   * Returns: false, for `return sag_cuda_fail (...)`
   */
  bool sag_cuda_fail (SagStatus *status, SagStatusCode code, const char *format, ...)
    __attribute__ ((format (printf, 3, 4)));

  /** sag_cuda_fail_weight: the same for a tensor that is missing or too short. */
  bool sag_cuda_fail_weight (SagStatus *status, const char *name);

  /** sag_cuda_fail_memory: the same for memory of the host. */
  bool sag_cuda_fail_memory (SagStatus *status);

  /** sag_cuda_is_cancelled: asks @cancel (nullable). */
  bool sag_cuda_is_cancelled (const SagCancel *cancel);

#ifdef __cplusplus
}
#endif
