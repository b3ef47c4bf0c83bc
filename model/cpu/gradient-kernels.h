/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Inner loops that only training needs (kernels.h says how they are compiled). All of them work on channel blocks:
 * (n, 16), 16 channels of n voxels.
 */

#include <stddef.h>
#include <stdint.h>

/**
 * SagCpuOuter: sums[c][j] += sum over voxels v of a[v][j] x[v][c].
 * @a: (n, 16), rows @a_row floats apart
 * @x: (n, n_columns), rows @x_row floats apart
 * @sums: (n_columns, 16)
 */
typedef struct
{
  const float *a;
  size_t       a_row;
  const float *x;
  size_t       x_row;
  size_t       n;
  int32_t      n_columns;
  float       *sums;
} SagCpuOuter;

/**
 * SagCpuWeigh: out = weights matrix, in double.
 * @weights: (n_rows, k)
 * @matrix: (k, row), @out: (n_rows, row); @row a multiple of 16
 */
typedef struct
{
  const float  *weights;
  size_t        n_rows;
  const double *matrix;
  size_t        row;
  size_t        k;
  double       *out;
} SagCpuWeigh;

/**
 * SagCpuDepthwiseGradient: a depthwise convolution's weight gradient from one row of output gradients.
 * @rows: n_rows input rows, ((n - 1) stride + kernel, 16) each, padding along z included
 * @taps: n_rows: the kernel row, kernel x + y, that the input row meets
 * @gradient: n times 16 values, @gradient_step floats from one voxel to the next
 * @sums: (kernel, kernel, kernel, 16), accumulate
 */
typedef struct
{
  const float *const *rows;
  const int32_t      *taps;
  int32_t             n_rows;
  int32_t             kernel;
  int32_t             stride;
  const float        *gradient;
  size_t              gradient_step;
  float              *sums;
  size_t              n;
} SagCpuDepthwiseGradient;

/**
 * SagCpuMoments: sums[0][c] += sum of (x - pivot), sums[1][c] += sum of (x - pivot)^2.
 * @x: (n, 16), rows @x_row floats apart
 */
typedef struct
{
  const float *x;
  size_t       x_row;
  size_t       n;
  const float *pivot; /* (16) */
  float       *sums;  /* (2, 16) */
} SagCpuMoments;

/**
 * SagCpuNormSums: sums[0] += d, sums[1] += d (x - mean).
 * @x, @d: (n, 16), rows @x_row and @d_row floats apart
 */
typedef struct
{
  const float *x;
  size_t       x_row;
  const float *d;
  size_t       d_row;
  size_t       n;
  const float *mean;
  float       *sums; /* (2, 16) */
} SagCpuNormSums;

/**
 * SagCpuNormSilu: out = SiLU (x scale + shift), sums += out.
 * @x: (n, 16)
 * @out: (n, 16), may be @x; NULL: only the sums
 * @sums: (16); NULL for none
 */
typedef struct
{
  const float *x;
  size_t       n;
  const float *scale;
  const float *shift;
  float       *out;
  float       *sums;
} SagCpuNormSilu;

/**
 * SagCpuNormSiluGradient: the way back to the normalised value:
 *   d = (d gate + add) SiLU' (x scale + shift), sums[0] += d, sums[1] += d (x - mean).
 * @d: (n, 16) in and out: the result goes to @out, whose voxels lie @out_step floats apart
 */
typedef struct
{
  const float *x;
  const float *d;
  size_t       n;
  const float *scale;
  const float *shift;
  const float *mean;
  const float *gate;
  const float *add;
  float       *out;
  size_t       out_step;
  float       *sums; /* (2, 16) */
} SagCpuNormSiluGradient;

/**
 * SagCpuNormAdd: out = x scale + shift + residual.
 * @x, @out, @residual: (n, width), contiguous; @width a multiple of 16; @residual NULL for none
 */
typedef struct
{
  const float *x;
  size_t       n;
  size_t       width;
  const float *scale;
  const float *shift;
  const float *residual;
  float       *out;
} SagCpuNormAdd;

/**
 * SagCpuSiluGradient: d = d SiLU' (t), t = SiLU (t), sums += d.
 * @t, @d: (n, 16), changed in place
 * @sums: (16)
 */
typedef struct
{
  float *t;
  float *d;
  size_t n;
  float *sums;
} SagCpuSiluGradient;

/**
 * SagCpuNormGradient: BatchNorm's way back: d = d factor - (x - mean) slope - offset.
 * @x: (n, 16), rows @x_row floats apart
 * @d: voxels @d_step floats apart, in place
 */
typedef struct
{
  const float *x;
  size_t       x_row;
  size_t       n;
  const float *mean;
  const float *factor;
  const float *slope;
  const float *offset;
  float       *d;
  size_t       d_step;
} SagCpuNormGradient;

/** SagCpuGelu: out = x Phi (x). @x, @out: (n), room for a multiple of 8. */
typedef struct
{
  const float *x;
  float       *out;
  size_t       n;
} SagCpuGelu;

/** SagCpuGeluGradient: d = d (Phi (x) + x phi (x)). @x, @d: (n), room for a multiple of 8. */
typedef struct
{
  const float *x;
  float       *d;
  size_t       n;
} SagCpuGeluGradient;

/**
 * SagCpuLayerNormGradient: d becomes LayerNorm's gradient of x.
 * @x, @d: (n_rows, width)
 * @sums: (2, width) += of the gradients of scale and shift; NULL for none
 */
typedef struct
{
  const float *x;
  float       *d;
  size_t       n_rows;
  size_t       width;
  const float *scale;
  float        eps;
  float       *sums;
} SagCpuLayerNormGradient;
