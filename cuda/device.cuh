/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What kernels share: storage types, vectors of them, activations, sums over a warp. */

#include "cuda/launch.cuh"
#include "cuda/ops.h"

#include <string.h>

#ifndef SAG_EMULATED

#include <cuda_fp16.h>

typedef __half SagHalf;

static __device__ __forceinline__ float
sag_half_to_float (SagHalf x)
{
  return __half2float (x);
}

static __device__ __forceinline__ SagHalf
sag_half_from_float (float x)
{
  return __float2half_rn (x);
}

/* 2^x. Numbers below 2^-126 are 0, here and below: float16 has none of them, and keeping them takes branches. */
static __device__ __forceinline__ float
sag_exp2_fast (float x)
{
  float power;

  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(power) : "f"(x));
  return power;
}

static __device__ __forceinline__ float
sag_exp_fast (float x)
{
  return sag_exp2_fast (x * 1.4426950408889634f);
}

/* 0 for denominators beyond 2^126. */
static __device__ __forceinline__ float
sag_divide_fast (float a, float b)
{
  float inverse;

  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(inverse) : "f"(b));
  return a * inverse;
}

/* d += a b on tensor cores: a (16, 16), b (8, 16) transposed, spread over the lanes as PTX's
 * mma.m16n8k16 wants them. */
static __device__ __forceinline__ void
sag_mma (float d[4], const uint32_t a[4], const uint32_t b[2])
{
#if __CUDA_ARCH__ >= 800
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
               "{%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  for (int i = 0; i < 2; i++)
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, "
                 "{%4, %5}, {%6}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[2 * i]), "r"(a[2 * i + 1]), "r"(b[i]));
#endif
}

/* Four 8 x 8 matrices of float16 from shared memory, each spread over the lanes as sag_mma()'s operands are: @row is
 * where lane i finds row i % 8 of matrix i / 8, 16-byte aligned.
 */
static __device__ __forceinline__ void
sag_load_matrices (uint32_t (&to)[4], const SagHalf *row)
{
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"((uint32_t) __cvta_generic_to_shared (row))
               : "memory");
}

/* The same, each matrix turned. */
static __device__ __forceinline__ void
sag_load_turned (uint32_t (&to)[4], const SagHalf *row)
{
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"((uint32_t) __cvta_generic_to_shared (row))
               : "memory");
}

/* 16 bytes from global to shared memory, zeros unless @there. They are on their way until the thread has waited for
 * them; before sm_80 they are there at once.
 */
static __device__ __forceinline__ void
sag_copy_start (void *to, const void *from, bool there)
{
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
               :
               : "r"((uint32_t) __cvta_generic_to_shared (to)), "l"(from), "r"(there ? 16 : 0)
               : "memory");
#else
  *reinterpret_cast<uint4 *> (to) =
    there ? *reinterpret_cast<const uint4 *> (from) : make_uint4 (0, 0, 0, 0);
#endif
}

/* What was started since the last call belongs together. */
static __device__ __forceinline__ void
sag_copy_close (void)
{
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" : : : "memory");
#endif
}

/* Waits for the thread's own copies but the last @N closed groups. */
template <int N>
static __device__ __forceinline__ void
sag_copy_wait (void)
{
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" : : "n"(N) : "memory");
#endif
}

#endif

#define SAG_ALL_LANES 0xffffffffu
#define SAG_HALF_MOST 65504.0f

static __device__ __forceinline__ float
sag_to_float (float x)
{
  return x;
}

static __device__ __forceinline__ float
sag_to_float (SagHalf x)
{
  return sag_half_to_float (x);
}

static __device__ __forceinline__ void
sag_assign (float *to, float x)
{
  *to = x;
}

/* A NaN stays one. */
static __device__ __forceinline__ SagHalf
sag_half_saturated (float x)
{
  x = x > SAG_HALF_MOST ? SAG_HALF_MOST : x;
  return sag_half_from_float (x < -SAG_HALF_MOST ? -SAG_HALF_MOST : x);
}

/* Two of them in a word, the first in its lower half: one instruction from sm_80 on. */
static __device__ __forceinline__ uint32_t
sag_half_pair (float low, float high)
{
  uint32_t pair;

#if __CUDA_ARCH__ >= 800
  asm("cvt.rn.satfinite.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
#else
  SagHalf halves[2] = { sag_half_saturated (low), sag_half_saturated (high) };

  memcpy (&pair, halves, sizeof pair);
#endif
  return pair;
}

static __device__ __forceinline__ void
sag_assign (SagHalf *to, float x)
{
  uint32_t pair = sag_half_pair (x, 0.0f);
  SagHalf  halves[2];

  memcpy (halves, &pair, sizeof halves);
  *to = halves[0];
}

/* N values that are read and written at once; sizeof (T) N is a power of two up to 16. */
template <typename T, int N> struct alignas (sizeof (T) * N) SagPack
{
  T v[N];
};

template <typename T, int N>
static __device__ __forceinline__ void
sag_load (const T *from, float (&to)[N])
{
  SagPack<T, N> pack = *reinterpret_cast<const SagPack<T, N> *> (from);

#pragma unroll
  for (int i = 0; i < N; i++)
    to[i] = sag_to_float (pack.v[i]);
}

template <int N>
static __device__ __forceinline__ void
sag_store (float *to, const float (&from)[N])
{
  SagPack<float, N> pack;

#pragma unroll
  for (int i = 0; i < N; i++)
    pack.v[i] = from[i];
  *reinterpret_cast<SagPack<float, N> *> (to) = pack;
}

/* N is even. */
template <int N>
static __device__ __forceinline__ void
sag_store (SagHalf *to, const float (&from)[N])
{
  SagPack<uint32_t, N / 2> pack;

#pragma unroll
  for (int i = 0; i < N / 2; i++)
    pack.v[i] = sag_half_pair (from[2 * i], from[2 * i + 1]);
  *reinterpret_cast<SagPack<uint32_t, N / 2> *> (to) = pack;
}

/* Activations are exact to float32 where T is float; else they use the special function units. */
template <typename T>
static __device__ __forceinline__ float
sag_silu (float x)
{
  return sizeof (T) == 4 ? x / (1.0f + expf (-x)) : sag_divide_fast (x, 1.0f + sag_exp_fast (-x));
}

static __device__ __forceinline__ float
sag_gelu (float x)
{
  return 0.5f * x * (1.0f + erff (x * 0.70710678118654752f));
}

template <typename T>
static __device__ __forceinline__ float
sag_act (float x, SagCudaAct act)
{
  return act == SAG_CUDA_ACT_SILU ? sag_silu<T> (x) : act == SAG_CUDA_ACT_GELU ? sag_gelu (x) : x;
}

/* Sum over the 32 lanes, the same in all of them. */
template <typename T>
static __device__ __forceinline__ T
sag_warp_sum (T x)
{
#pragma unroll
  for (int bits = 16; bits > 0; bits /= 2)
    x += __shfl_xor_sync (SAG_ALL_LANES, x, bits);
  return x;
}

static __device__ __forceinline__ float
sag_warp_max (float x)
{
#pragma unroll
  for (int bits = 16; bits > 0; bits /= 2)
    x = fmaxf (x, __shfl_xor_sync (SAG_ALL_LANES, x, bits));
  return x;
}

template <typename T>
static __host__ __device__ __forceinline__ T
sag_ceil_div (T a, T b)
{
  return (a + b - 1) / b;
}
