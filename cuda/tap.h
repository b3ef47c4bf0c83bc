/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Activations shown to a tap: waits for the device, and takes memory of its own. */

#include "cuda/device.h"

#ifdef __cplusplus
extern "C"
{
#endif

  /** sag_cuda_tap_rows: (n_rows, width) of @type on the device, as (1, n_rows, width). Nothing without a tap. */
  void sag_cuda_tap_rows (SagCudaDevice *device,
                          const SagTap  *tap,
                          const char    *name,
                          const void    *values,
                          SagCudaType    type,
                          int32_t        n_rows,
                          int32_t        width);

  /** sag_cuda_tap_map: a channels-last map on the device as (1, channels, X, Y, Z). Nothing without a tap. */
  void sag_cuda_tap_map (SagCudaDevice *device,
                         const SagTap  *tap,
                         const char    *name,
                         const void    *map,
                         SagCudaType    type,
                         const int32_t  dims[3],
                         int32_t        channels);

#ifdef __cplusplus
}
#endif
