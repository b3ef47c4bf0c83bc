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

/* The width that BERT has: such rows stay in a warp's registers, a lane has every 32nd pack of 4 values. */
#define SAG_NORM_WIDE 768
#define SAG_NORM_PACKS (SAG_NORM_WIDE / 128)

struct SagNormRow
{
  float v[SAG_NORM_PACKS][4];
};

/* Whether rows at all of these places can be read and written a pack at a time. */
template <typename... Places>
static inline bool
sag_norm_is_wide (int32_t width, Places... places)
{
  return width == SAG_NORM_WIDE && ((uintptr_t) places | ...) % 16 == 0;
}

/* Where the lane's pack @i starts. */
static __device__ __forceinline__ int32_t
sag_norm_at (int32_t i)
{
  return (i * 32 + threadIdx.x % 32) * 4;
}

template <typename T>
static __device__ __forceinline__ SagNormRow
sag_norm_load (const T *from)
{
  SagNormRow row;

#pragma unroll
  for (int i = 0; i < SAG_NORM_PACKS; i++)
    sag_load (from + sag_norm_at (i), row.v[i]);
  return row;
}

static __device__ __forceinline__ void
sag_norm_add (SagNormRow &row, const SagNormRow &other)
{
#pragma unroll
  for (int i = 0; i < SAG_NORM_WIDE / 32; i++)
    row.v[i / 4][i % 4] += other.v[i / 4][i % 4];
}

template <typename T>
static __device__ __forceinline__ void
sag_norm_store (T *to, const SagNormRow &row)
{
#pragma unroll
  for (int i = 0; i < SAG_NORM_PACKS; i++)
    sag_store (to + sag_norm_at (i), row.v[i]);
}

/* The LayerNorm of a row in registers. */
static __device__ __forceinline__ void
sag_norm_apply (SagNormRow &row, const float *scale, const float *shift, float eps)
{
  float sum = 0.0f, squares = 0.0f, factor;

#pragma unroll
  for (int i = 0; i < SAG_NORM_WIDE / 32; i++)
    sum += row.v[i / 4][i % 4];
  sum = sag_warp_sum (sum) * (1.0f / SAG_NORM_WIDE);
#pragma unroll
  for (int i = 0; i < SAG_NORM_WIDE / 32; i++)
    {
      row.v[i / 4][i % 4] -= sum;
      squares += row.v[i / 4][i % 4] * row.v[i / 4][i % 4];
    }
  factor = 1.0f / sqrtf (sag_warp_sum (squares) * (1.0f / SAG_NORM_WIDE) + eps);
#pragma unroll
  for (int i = 0; i < SAG_NORM_PACKS; i++)
    {
      float by[4], plus[4];

      sag_load (scale + sag_norm_at (i), by);
      sag_load (shift + sag_norm_at (i), plus);
#pragma unroll
      for (int c = 0; c < 4; c++)
        row.v[i][c] = row.v[i][c] * factor * by[c] + plus[c];
    }
}
