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

#include <atomic>

/* More shared memory than PLAIN must be asked for, once a kernel and device; MOST is what every card since sm_75 gives,
 * asked for whole: another launch of the kernel may need more than this one.
 */
#define SAG_PLAIN_SHARED (48 * 1024)
#define SAG_MOST_SHARED (64 * 1024)

template <auto Kernel>
static inline cudaError_t
sag_ask_shared ()
{
  static std::atomic<unsigned long long> asked{ 0 }; /* a bit a device */
  int                                    device = 0;
  cudaError_t                            error = cudaGetDevice (&device);
  unsigned long long                     bit = 1ull << (device & 63);

  if (error != cudaSuccess || (asked & bit) != 0)
    return error;
  error =
    cudaFuncSetAttribute (Kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, SAG_MOST_SHARED);
  if (error == cudaSuccess)
    asked |= bit;
  return error;
}

template <typename T> struct SagSame
{
  typedef T Type;
};

/* The code is this launch's own, not what some call before left behind. */
template <auto Kernel, typename... Parameters>
static inline int
sag_launch (void (*) (Parameters...),
            dim3   grid,
            dim3   block,
            size_t shared,
            void  *stream,
            typename SagSame<Parameters>::Type... arguments)
{
  void       *places[] = { &arguments... };
  cudaError_t error = shared > SAG_PLAIN_SHARED ? sag_ask_shared<Kernel> () : cudaSuccess;

  if (error == cudaSuccess)
    error = cudaLaunchKernel (Kernel, grid, block, places, shared, (cudaStream_t) stream);
  if (error != cudaSuccess)
    cudaGetLastError ();
  return error;
}

#define SAG_LAUNCH(kernel, grid, block, shared, stream, ...)                                       \
  sag_launch<kernel> (kernel, grid, block, shared, stream, __VA_ARGS__)

#define SAG_SHARED(type, name)                                                                     \
  extern __shared__ __align__ (16) unsigned char sag_shared[];                                     \
  type                                          *name = reinterpret_cast<type *> (sag_shared)

#endif
