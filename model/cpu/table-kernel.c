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
};
