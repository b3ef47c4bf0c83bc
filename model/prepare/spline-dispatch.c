/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/spline-kernels.h"

const SagSplineKernels *
sag_spline_kernels_get (bool portable)
{
#ifdef SAG_SPLINE_HAVE_AVX2
  if (!portable && __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &sag_spline_kernels_avx2;
#endif
  return &sag_spline_kernels_portable;
}
