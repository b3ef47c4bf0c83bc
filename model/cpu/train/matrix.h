/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/kernels.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagCpuScratch: memory for packed matrices, grown as needed and kept. Zero-initialised is empty; clear it at last.
 */
typedef struct
{
  float *floats;
  gsize  n;
} SagCpuScratch;

/** sag_cpu_scratch_reserve: room for @n floats, contents undefined; FALSE when memory is short. */
gboolean sag_cpu_scratch_reserve (SagCpuScratch *scratch, gsize n);
void     sag_cpu_scratch_clear (SagCpuScratch *scratch);

/** sag_cpu_pack_rows: (k, n_columns) row-major, rows @row floats apart, into the panels that SagCpuGemm reads. */
void
sag_cpu_pack_rows (const float *matrix, gsize row, int32_t n_columns, int32_t k, float *panels);

/**
 * SagCpuMatrix: who multiplies, and where packed matrices rest meanwhile. Not for several threads at once.
 */
typedef struct
{
  SagPool             *pool;
  const SagCpuKernels *kernels;
  SagCpuScratch        panels;
  SagCpuScratch        turned;
} SagCpuMatrix;

void sag_cpu_matrix_clear (SagCpuMatrix *matrix);

/** sag_cpu_matrix_reserve: room for every product of these sizes or smaller; FALSE when memory is short. */
gboolean sag_cpu_matrix_reserve (SagCpuMatrix *matrix, gsize n_rows, int32_t n_in, int32_t n_out);

/**
 * sag_cpu_matrix_forward: out = in weight^T + bias.
 * @in: (n_rows, n_in), @weight: (n_out, n_in), @bias: (n_out) or NULL
 * @out: (n_rows, n_out), assigned, or added to if @add
 */
void sag_cpu_matrix_forward (SagCpuMatrix *self,
                             const float  *in,
                             const float  *weight,
                             const float  *bias,
                             float        *out,
                             gboolean      add,
                             gsize         n_rows,
                             int32_t       n_in,
                             int32_t       n_out);

/**
 * sag_cpu_matrix_backward: the same map's way back.
 * @d_out: (n_rows, n_out)
 * @d_in: (n_rows, n_in), assigned, or added to if @add; NULL: not wanted
 * @d_weight: (n_out, n_in), @d_bias: (n_out): accumulate; NULL: not wanted
 */
void sag_cpu_matrix_backward (SagCpuMatrix *self,
                              const float  *in,
                              const float  *weight,
                              const float  *d_out,
                              float        *d_in,
                              gboolean      add,
                              float        *d_weight,
                              float        *d_bias,
                              gsize         n_rows,
                              int32_t       n_in,
                              int32_t       n_out);

G_END_DECLS
