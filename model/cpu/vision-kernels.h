/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inner loops of the vision network (kernels.h says how they are compiled). Both make one row of 16 channels. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAG_CPU_LANES 16 /* channels of a channel block */

/**
 * SagCpuStem: a row of the stem, 3x3x3 with stride 2 over one channel, then SiLU.
 * @rows: 2 n + 1 image values each, padding included, for kernel x and y rising
 * @weights: (3, 3, 3, 16)
 * @bias: (16)
 * @out: (n, 16)
 */
typedef struct
{
  const float *rows[9];
  const float *weights;
  const float *bias;
  float       *out;
  size_t       n;
} SagCpuStem;

/**
 * SagCpuDepthwise: a row of a depthwise convolution, then SiLU unless @plain.
 * @rows: n_rows input rows, ((n - 1) stride + kernel, 16) each, padding along z included; rows that are all padding
 *   are left out
 * @taps: n_rows: the kernel row, kernel x + y, that the input row meets
 * @weights: (kernel, kernel, kernel, 16)
 * @bias: (16)
 * @out: (n, 16)
 * @sums: (16) the sum of each channel's outputs is added
 */
typedef struct
{
  const float *const *rows;
  const int32_t      *taps;
  int32_t             n_rows;
  int32_t             kernel;
  int32_t             stride;
  bool                plain;
  const float        *weights;
  const float        *bias;
  float              *out;
  float              *sums;
  size_t              n;
} SagCpuDepthwise;
