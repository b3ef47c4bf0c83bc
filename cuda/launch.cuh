/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How kernels start and where their shared memory is, for nvcc. The emulation brings its own two macros (and all of
 * CUDA's words that kernels use), so that the host's compiler reads the same files: it includes
 * tests/cuda/emulation/cuda.h first, which defines SAG_EMULATED.
 *
 *   SAG_LAUNCH (kernel, grid, block, shared, stream, arguments...)
 *     launches, and is the error code. @kernel is a plain name or (name<arguments>) in brackets; @shared bytes of
 *     shared memory
 *   SAG_SHARED (type, name)
 *     in a kernel: the launch's shared memory as type *name, 16-byte aligned. No kernel has any other.
 */

#ifndef SAG_EMULATED

#include <cuda_runtime.h>

/* More shared memory than this must be asked for. */
#define SAG_PLAIN_SHARED (48 * 1024)

template <typename... Parameters, typename... Arguments>
static inline int
sag_launch (void (*kernel) (Parameters...),
            dim3   grid,
            dim3   block,
            size_t shared,
            void  *stream,
            Arguments... arguments)
{
  if (shared > SAG_PLAIN_SHARED)
    {
      cudaError_t error =
        cudaFuncSetAttribute (kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int) shared);

      if (error != cudaSuccess)
        return error;
    }
  kernel<<<grid, block, shared, (cudaStream_t) stream>>> (Parameters (arguments)...);
  return cudaGetLastError ();
}

#define SAG_LAUNCH(kernel, grid, block, shared, stream, ...)                                       \
  sag_launch (kernel, grid, block, shared, stream, __VA_ARGS__)

#define SAG_SHARED(type, name)                                                                     \
  extern __shared__ __align__ (16) unsigned char sag_shared[];                                     \
  type                                          *name = reinterpret_cast<type *> (sag_shared)

#endif
