/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

extern const SagCpuKernels SAG_CPU_NAME (sag_cpu_kernels);

const SagCpuKernels SAG_CPU_NAME (sag_cpu_kernels) = {
#ifdef __AVX2__
  .name = "AVX2",
#else
  .name = "portable",
#endif
  .gemm = sag_cpu_gemm,
  .layer_norm = sag_cpu_layer_norm,
  .attend = sag_cpu_attend,
  .stem_row = sag_cpu_stem_row,
  .depthwise_row = sag_cpu_depthwise_row,
  .outer = sag_cpu_outer,
  .weigh = sag_cpu_weigh,
  .layer_norm_gradient = sag_cpu_layer_norm_gradient,
  .gelu = sag_cpu_gelu,
  .gelu_gradient = sag_cpu_gelu_gradient,
  .depthwise_gradient = sag_cpu_depthwise_gradient,
  .moments = sag_cpu_moments,
  .norm_silu = sag_cpu_norm_silu,
  .norm_silu_gradient = sag_cpu_norm_silu_gradient,
  .silu_gradient = sag_cpu_silu_gradient,
  .norm_sums = sag_cpu_norm_sums,
  .norm_add = sag_cpu_norm_add,
  .norm_gradient = sag_cpu_norm_gradient,
};
