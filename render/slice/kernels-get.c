/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/kernels.h"

const SagRenderKernels *
sag_render_kernels_get (void)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx2"))
    return &sag_render_kernels_avx2;
#endif
  return &sag_render_kernels_portable;
}
