/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cuda/device.cuh"

struct SagNormed
{
  float mean;
  float factor; /* 1 / sqrt (variance + eps) */
};

/* Mean and spread of values (0) .. values (width - 1), by a whole warp; the same in all lanes. */
template <typename Values>
static __device__ __forceinline__ SagNormed
sag_norm_measure (const Values &values, int32_t width, float eps)
{
  SagNormed normed;
  float     sum = 0.0f, squares = 0.0f;

  for (int32_t i = threadIdx.x % 32; i < width; i += 32)
    sum += values (i);
  normed.mean = sag_warp_sum (sum) / (float) width;
  for (int32_t i = threadIdx.x % 32; i < width; i += 32)
    {
      float d = values (i) - normed.mean;

      squares += d * d;
    }
  normed.factor = 1.0f / sqrtf (sag_warp_sum (squares) / (float) width + eps);
  return normed;
}
