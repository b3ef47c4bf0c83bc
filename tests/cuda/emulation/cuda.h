/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The part of CUDA's language that the kernel files use, for the host's compiler: every kernel runs on the processor, a
 * block's threads as coroutines. Included before a kernel file (g++ -include).
 *
 * Stricter than a GPU: a launch fails on shared memory that not every supported card has, and the process ends with a
 * sentence when the threads of a block meet different barriers, when one leaves before a barrier that others wait at
 * or with copies on their way, or when a warp function is not called by all 32 lanes. Shared memory is as long as was
 * asked for, to the byte, and starts as NaNs, so that AddressSanitizer and wrong results show what a GPU would hide.
 * Blocks and threads run in an order that differs from launch to launch (sag_emulation_set_order()).
 */

#define SAG_EMULATED 1

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/half.h"

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)

#define SAG_LAUNCH(kernel, grid, block, shared, stream, ...)                                       \
  sag_emulation_call (#kernel, kernel, grid, block, shared, stream, __VA_ARGS__)
#define SAG_SHARED(type, name) type *name = reinterpret_cast<type *> (sag_emulation_shared ())

#define threadIdx (sag_emulation_thread)
#define blockIdx (sag_emulation_block)
#define blockDim (sag_emulation_block_dims)
#define gridDim (sag_emulation_grid_dims)
#define warpSize 32

#define __syncthreads() sag_emulation_sync_block (__LINE__)

static inline void
__syncwarp (unsigned mask = 0xffffffffu)
{
  sag_emulation_sync_warp (__func__, mask, NULL, 0);
}

/* Lane @lane's value; @value itself where there is no such lane. */
template <typename T>
static inline T
sag_emulation_shuffle (unsigned mask, T value, int lane)
{
  const SagEmulationSlot *slots = sag_emulation_sync_warp (__func__, mask, &value, sizeof value);

  if (lane >= 0 && lane < 32)
    memcpy (&value, &slots[lane], sizeof value);
  return value;
}

template <typename T>
static inline T
__shfl_sync (unsigned mask, T value, int lane)
{
  return sag_emulation_shuffle (mask, value, lane & 31);
}

template <typename T>
static inline T
__shfl_xor_sync (unsigned mask, T value, int bits)
{
  return sag_emulation_shuffle (mask, value, sag_emulation_lane () ^ bits);
}

template <typename T>
static inline T
__shfl_down_sync (unsigned mask, T value, unsigned n)
{
  return sag_emulation_shuffle (mask, value, sag_emulation_lane () + (int) n);
}

template <typename T>
static inline T
__shfl_up_sync (unsigned mask, T value, unsigned n)
{
  return sag_emulation_shuffle (mask, value, sag_emulation_lane () - (int) n);
}

static inline unsigned
__ballot_sync (unsigned mask, int predicate)
{
  const SagEmulationSlot *slots =
    sag_emulation_sync_warp (__func__, mask, &predicate, sizeof predicate);
  unsigned bits = 0;

  for (int lane = 0; lane < 32; lane++)
    {
      int value;

      memcpy (&value, &slots[lane], sizeof value);
      bits |= (value != 0 ? 1u : 0u) << lane;
    }
  return bits;
}

static inline int
__any_sync (unsigned mask, int predicate)
{
  return __ballot_sync (mask, predicate) != 0;
}

static inline int
__all_sync (unsigned mask, int predicate)
{
  return __ballot_sync (mask, predicate) == 0xffffffffu;
}

/* For the race detector one step, not a read and a write. */
#define SAG_ATOMIC __attribute__ ((noinline, no_sanitize ("thread")))

template <typename T>
SAG_ATOMIC static T
atomicAdd (T *where, T value)
{
  sag_emulation_atomic (where, sizeof *where, __builtin_return_address (0));

  T old = *where;

  *where = old + value;
  return old;
}

template <typename T>
SAG_ATOMIC static T
atomicMin (T *where, T value)
{
  sag_emulation_atomic (where, sizeof *where, __builtin_return_address (0));

  T old = *where;

  *where = value < old ? value : old;
  return old;
}

template <typename T>
SAG_ATOMIC static T
atomicMax (T *where, T value)
{
  sag_emulation_atomic (where, sizeof *where, __builtin_return_address (0));

  T old = *where;

  *where = value > old ? value : old;
  return old;
}

template <typename T>
SAG_ATOMIC static T
atomicCAS (T *where, T expected, T value)
{
  sag_emulation_atomic (where, sizeof *where, __builtin_return_address (0));

  T old = *where;

  if (old == expected)
    *where = value;
  return old;
}

static inline void
__threadfence (void)
{
}

template <typename T>
static inline T
__ldg (const T *from)
{
  return *from;
}

static inline int
__popc (unsigned bits)
{
  return __builtin_popcount (bits);
}

static inline int
__ffs (int bits)
{
  return __builtin_ffs (bits);
}

static inline int
__clz (int bits)
{
  return bits == 0 ? 32 : __builtin_clz ((unsigned) bits);
}

static inline float
sag_exp_fast (float x)
{
  return expf (x);
}

static inline float
sag_exp2_fast (float x)
{
  return x < -126.0f ? 0.0f : exp2f (x);
}

static inline float
sag_divide_fast (float a, float b)
{
  return a / b;
}

/* d += a b: a 16 x 16 by 8 x 16 transposed, spread over the lanes as PTX's mma.m16n8k16 wants them. */
static inline void
sag_mma (float d[4], const uint32_t a[4], const uint32_t b[2])
{
  sag_emulation_mma (d, a, b);
}

/* Lane i's @row is row i % 8 of matrix i / 8. */
static inline void
sag_load_matrices (uint32_t (&to)[4], const SagHalf *row)
{
  sag_emulation_load_matrices (to, row, false);
}

static inline void
sag_load_turned (uint32_t (&to)[4], const SagHalf *row)
{
  sag_emulation_load_matrices (to, row, true);
}

/* What was there is gone at once, what comes is there when it is waited for. */
static inline void
sag_copy_start (void *to, const void *from, bool there)
{
  sag_emulation_copy_start (to, there ? from : NULL);
}

static inline void
sag_copy_close (void)
{
  sag_emulation_copy_close ();
}

template <int N>
static inline void
sag_copy_wait (void)
{
  sag_emulation_copy_wait (N);
}
