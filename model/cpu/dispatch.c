/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/kernels.h"

extern const SagCpuKernels sag_cpu_kernels_portable;
#ifdef SAG_CPU_HAVE_AVX2
extern const SagCpuKernels sag_cpu_kernels_avx2;
#endif

const SagCpuKernels *
sag_cpu_get_kernels (bool portable)
{
#ifdef SAG_CPU_HAVE_AVX2
  if (!portable && __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &sag_cpu_kernels_avx2;
#endif
  return &sag_cpu_kernels_portable;
}

size_t
sag_cpu_head_scratch (int32_t n_keys, int32_t width)
{
  size_t keys = ((size_t) n_keys + 15) / 16 * 16;
  size_t values = ((size_t) sag_cpu_panel_columns (width) * n_keys + 15) / 16 * 16;

  return keys * width + values + keys + SAG_CPU_QUERIES * keys;
}
