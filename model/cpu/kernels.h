/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The inner loops of the CPU engine. Every *-kernel.c is compiled twice, for AVX2+FMA and for whatever the
 * compiler's base target is (variant.h), and sag_cpu_get_kernels() picks at run time.
 * Kernels run on the calling thread, allocate nothing and know no GLib.
 */

#include "model/cpu/gradient-kernels.h"
#include "model/cpu/vision-kernels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Widths of weight panels: 16 columns, or 24 where that wastes less (gemm.h). */
#define SAG_CPU_PANEL 16
#define SAG_CPU_WIDE_PANEL 24
/* Queries that attention works on at a time. */
#define SAG_CPU_QUERIES 24

typedef enum
{
  SAG_CPU_ACT_NONE,
  SAG_CPU_ACT_SILU,
  SAG_CPU_ACT_GELU, /* with the error function */
} SagCpuAct;

/**
 * SagCpuGemm: out[m][n] = act (bias[n] + residual[m][n] + sum_k a[m][k] w[k][n]) for some rows and some panels.
 *
 * @a: element (m, k) lies at a[m * a_row + (k / 16) * a_block + k % 16]. Plain rows: a_row is their distance, a_block
 *   is 16. Blocked maps [K/16][V][16]: a_row is 16, a_block is 16 * V
 * @panels: packed weights (gemm.h), from the first wanted panel on
 * @n_columns: columns of @out; all panels are 16 wide, but the last is 24 wide where n_columns % 16 is 1..8 and
 *   n_columns > 16. A block of columns that is not the last must therefore be a multiple of 16
 * @bias: (n_columns); NULL for zeros
 * @residual: rows @residual_row apart; may be @out itself; NULL for none
 * @k: length of the sums, at least 1
 *
 * The work is arranged for @n_rows up to about 200 and reads nothing outside of rows, columns and @k.
 */
typedef struct
{
  const float *a;
  size_t       a_row;
  size_t       a_block;
  const float *panels;
  const float *bias;
  const float *residual;
  size_t       residual_row;
  float       *out;
  size_t       out_row;
  int32_t      n_rows;
  int32_t      n_columns;
  int32_t      k;
  SagCpuAct    act;
} SagCpuGemm;

/**
 * SagCpuHead: one head of attention over one sequence: out = softmax (query key^T scale) value.
 *
 * @query: (n_queries, width), rows @query_row floats apart; @key, @value: (n_keys, width), rows @key_row apart
 * @visible: (n_keys) 0 for keys that nobody may look at, at least one is not; NULL for all
 * @scale: 1 / sqrt (width)
 * @out: (n_queries, width), rows @out_row apart
 * @scratch: sag_cpu_head_scratch() floats, 64-byte aligned
 */
typedef struct
{
  const float   *query;
  const float   *key;
  const float   *value;
  size_t         query_row;
  size_t         key_row;
  const uint8_t *visible;
  float          scale;
  float         *out;
  size_t         out_row;
  int32_t        n_queries;
  int32_t        n_keys;
  int32_t        width;
  float         *scratch;
} SagCpuHead;

/**
 * SagCpuNorm: out = (x - mean) / sqrt (variance + eps) * scale + shift over each row, contiguous; @out may be @x.
 */
typedef struct
{
  const float *x;
  const float *scale;
  const float *shift;
  float        eps;
  float       *out;
  size_t       n_rows;
  size_t       width;
} SagCpuNorm;

/** SagCpuKernels: one variant. @name: "AVX2" or "portable". */
typedef struct
{
  const char *name;
  void (*gemm) (const SagCpuGemm *job);
  void (*layer_norm) (const SagCpuNorm *job);
  void (*attend) (const SagCpuHead *job);
  void (*stem_row) (const SagCpuStem *job);
  void (*depthwise_row) (const SagCpuDepthwise *job);
  void (*outer) (const SagCpuOuter *job);
  void (*weigh) (const SagCpuWeigh *job);
  void (*layer_norm_gradient) (const SagCpuLayerNormGradient *job);
  void (*gelu) (const SagCpuGelu *job);
  void (*gelu_gradient) (const SagCpuGeluGradient *job);
  void (*depthwise_gradient) (const SagCpuDepthwiseGradient *job);
  void (*moments) (const SagCpuMoments *job);
  void (*norm_silu) (const SagCpuNormSilu *job);
  void (*norm_silu_gradient) (const SagCpuNormSiluGradient *job);
  void (*silu_gradient) (const SagCpuSiluGradient *job);
  void (*norm_sums) (const SagCpuNormSums *job);
  void (*norm_add) (const SagCpuNormAdd *job);
  void (*norm_gradient) (const SagCpuNormGradient *job);
} SagCpuKernels;

/** sag_cpu_get_kernels: AVX2+FMA where the processor has them and @portable is not asked for. */
const SagCpuKernels *sag_cpu_get_kernels (bool portable);

/** sag_cpu_head_scratch: how many floats SagCpuHead.scratch holds. */
size_t sag_cpu_head_scratch (int32_t n_keys, int32_t width);

/** sag_cpu_panel_columns: columns that panels over @n_columns hold, padding included. */
static inline int32_t
sag_cpu_panel_columns (int32_t n_columns)
{
  int32_t tail = n_columns % SAG_CPU_PANEL;

  if (tail == 0)
    return n_columns;
  return n_columns - tail + (tail <= 8 && n_columns > SAG_CPU_PANEL ? 8 : SAG_CPU_PANEL);
}
