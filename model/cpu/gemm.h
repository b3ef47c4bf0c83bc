/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/kernels.h"

/** sag_cpu_alloc: @n floats, 64-byte aligned, not cleared; NULL when there is no memory. Free with free(). */
float *sag_cpu_alloc (size_t n);

/** sag_cpu_panel_floats: size of packed weights of a layer with @n_columns outputs and @k inputs. */
size_t sag_cpu_panel_floats (int32_t n_columns, int32_t k);

/**
 * sag_cpu_pack: PyTorch's (out, in) weights into the panels that SagCpuGemm reads; padding columns are zero.
 *
 * Columns may arrive in pieces, from several threads: @n_here of them, from @first on.
 * @weights: (n_here, k)
 * @n_columns: outputs of the whole layer
 * @panels: sag_cpu_panel_floats (n_columns, k) floats
 */
void sag_cpu_pack (
  const float *weights, int32_t first, int32_t n_here, int32_t n_columns, int32_t k, float *panels);

/** sag_cpu_gemm_parallel: any number of rows and columns, cut into pieces for the pool's threads. */
void sag_cpu_gemm_parallel (SagPool *pool, const SagCpuKernels *kernels, const SagCpuGemm *job);

/** sag_cpu_gemm_each: @jobs share weights, columns, k and activation; each has at most a few hundred rows. */
void sag_cpu_gemm_each (SagPool             *pool,
                        const SagCpuKernels *kernels,
                        const SagCpuGemm    *jobs,
                        gsize                n_jobs);
