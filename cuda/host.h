/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/plugin-abi.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** sag_cuda_host: the program's functions; set by sag_cuda_plugin() before anything else runs. */
  extern const SagHost *sag_cuda_host;

#ifdef __cplusplus
}
#endif
