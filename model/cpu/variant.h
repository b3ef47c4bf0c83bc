/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Included first by every *-kernel.c: which variant is being compiled (model/cpu/meson.build defines the macro). */

#include "model/cpu/kernels.h"

#ifndef SAG_CPU_VARIANT
#error "model/cpu/meson.build defines SAG_CPU_VARIANT"
#endif
#define SAG_CPU_JOIN_(a, b) a##_##b
#define SAG_CPU_JOIN(a, b) SAG_CPU_JOIN_ (a, b)

/** SAG_CPU_NAME: the variant's own name of a function: sag_cpu_gemm_avx2, sag_cpu_gemm_portable. */
#define SAG_CPU_NAME(name) SAG_CPU_JOIN (name, SAG_CPU_VARIANT)

#define sag_cpu_gemm SAG_CPU_NAME (sag_cpu_gemm)
#define sag_cpu_layer_norm SAG_CPU_NAME (sag_cpu_layer_norm)
#define sag_cpu_attend SAG_CPU_NAME (sag_cpu_attend)
#define sag_cpu_stem_row SAG_CPU_NAME (sag_cpu_stem_row)
#define sag_cpu_depthwise_row SAG_CPU_NAME (sag_cpu_depthwise_row)
#define sag_cpu_outer SAG_CPU_NAME (sag_cpu_outer)
#define sag_cpu_layer_norm_gradient SAG_CPU_NAME (sag_cpu_layer_norm_gradient)
#define sag_cpu_gelu SAG_CPU_NAME (sag_cpu_gelu)
#define sag_cpu_gelu_gradient SAG_CPU_NAME (sag_cpu_gelu_gradient)
#define sag_cpu_weigh SAG_CPU_NAME (sag_cpu_weigh)
#define sag_cpu_depthwise_gradient SAG_CPU_NAME (sag_cpu_depthwise_gradient)
#define sag_cpu_moments SAG_CPU_NAME (sag_cpu_moments)
#define sag_cpu_norm_silu SAG_CPU_NAME (sag_cpu_norm_silu)
#define sag_cpu_norm_silu_gradient SAG_CPU_NAME (sag_cpu_norm_silu_gradient)
#define sag_cpu_silu_gradient SAG_CPU_NAME (sag_cpu_silu_gradient)
#define sag_cpu_norm_sums SAG_CPU_NAME (sag_cpu_norm_sums)
#define sag_cpu_norm_add SAG_CPU_NAME (sag_cpu_norm_add)
#define sag_cpu_norm_gradient SAG_CPU_NAME (sag_cpu_norm_gradient)

void sag_cpu_gemm (const SagCpuGemm *job);
void sag_cpu_layer_norm (const SagCpuNorm *job);
void sag_cpu_attend (const SagCpuHead *job);
void sag_cpu_stem_row (const SagCpuStem *job);
void sag_cpu_depthwise_row (const SagCpuDepthwise *job);
void sag_cpu_outer (const SagCpuOuter *job);
void sag_cpu_layer_norm_gradient (const SagCpuLayerNormGradient *job);
void sag_cpu_gelu (const SagCpuGelu *job);
void sag_cpu_gelu_gradient (const SagCpuGeluGradient *job);
void sag_cpu_weigh (const SagCpuWeigh *job);
void sag_cpu_depthwise_gradient (const SagCpuDepthwiseGradient *job);
void sag_cpu_moments (const SagCpuMoments *job);
void sag_cpu_norm_silu (const SagCpuNormSilu *job);
void sag_cpu_norm_silu_gradient (const SagCpuNormSiluGradient *job);
void sag_cpu_silu_gradient (const SagCpuSiluGradient *job);
void sag_cpu_norm_gradient (const SagCpuNormGradient *job);
void sag_cpu_norm_sums (const SagCpuNormSums *job);
void sag_cpu_norm_add (const SagCpuNormAdd *job);
