/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Eight floats at a time, for the sources that are compiled once a variant (kernels.h).
 *
 * GCC vector extensions: with -mavx2 -mfma a SagV8 is one register, without it the compiler makes two or four of
 * the target's own. a * b + c contracts to a fused multiply-add where the target has one (-ffp-contract=fast).
 */

#include <stdint.h>
#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define SAG_INLINE static inline __attribute__ ((always_inline))

/* Every loop over a register tile needs this, or the tile lives in memory. */
#ifdef __clang__
#define SAG_UNROLL _Pragma ("clang loop unroll(full)")
#else
#define SAG_UNROLL _Pragma ("GCC unroll 32")
#endif

typedef float   SagV8 __attribute__ ((vector_size (32)));
typedef int32_t SagV8i __attribute__ ((vector_size (32)));

SAG_INLINE SagV8
sag_v8_load (const float *p)
{
  SagV8 v;

  memcpy (&v, p, sizeof v);
  return v;
}

SAG_INLINE void
sag_v8_store (float *p, SagV8 v)
{
  memcpy (p, &v, sizeof v);
}

SAG_INLINE SagV8
sag_v8_set (float x)
{
  return (SagV8){ x, x, x, x, x, x, x, x };
}

SAG_INLINE SagV8
sag_v8_select (SagV8i mask, SagV8 yes, SagV8 no)
{
  return (SagV8) ((mask & (SagV8i) yes) | (~mask & (SagV8i) no));
}

SAG_INLINE SagV8
sag_v8_max (SagV8 a, SagV8 b)
{
#ifdef __AVX2__
  return (SagV8) _mm256_max_ps ((__m256) a, (__m256) b);
#else
  return sag_v8_select (a > b, a, b);
#endif
}

SAG_INLINE SagV8
sag_v8_min (SagV8 a, SagV8 b)
{
#ifdef __AVX2__
  return (SagV8) _mm256_min_ps ((__m256) a, (__m256) b);
#else
  return sag_v8_select (a < b, a, b);
#endif
}

SAG_INLINE SagV8
sag_v8_abs (SagV8 a)
{
  return (SagV8) ((SagV8i) a & 0x7fffffff);
}

/* The same order of additions in every variant. */
SAG_INLINE float
sag_v8_sum (SagV8 a)
{
  return ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
}

SAG_INLINE float
sag_v8_largest (SagV8 a)
{
  float m = a[0];

  for (int i = 1; i < 8; i++)
    m = a[i] > m ? a[i] : m;
  return m;
}

/* e^x, relative error below 3e-7 where the result is a normal number; x is clamped to [-87, 88].
 * e^x = 2^n e^f, n = round (x log2 e), f = x - n ln 2 in two parts; e^f by its Taylor series to f^7 / 7!, |f| <= 0.347.
 */
SAG_INLINE SagV8
sag_v8_exp (SagV8 x)
{
  const SagV8 magic =
    sag_v8_set (12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer in the low bits */
  SagV8 shifted, n, f, p;

  x = sag_v8_min (sag_v8_max (x, sag_v8_set (-87.0f)), sag_v8_set (88.0f));
  shifted = x * 1.44269504f + magic;
  n = shifted - magic;
  f = x - n * 0.693359375f;
  f = f + n * 2.12194440e-4f;
  p = sag_v8_set (1.9841270e-4f);
  p = p * f + 1.3888889e-3f;
  p = p * f + 8.3333333e-3f;
  p = p * f + 4.1666667e-2f;
  p = p * f + 1.6666667e-1f;
  p = p * f + 0.5f;
  p = p * f + 1.0f;
  p = p * f + 1.0f;
  return (SagV8) ((SagV8i) p + (((SagV8i) shifted - (SagV8i) magic) << 23));
}

/* 1 + e^-x. Most of the vision network's time that is no multiply-add passes here, so e^-x = 2^n 2^f is cheaper than
 * sag_v8_exp(): 2^f, |f| <= 1/2, by a minimax polynomial of relative error 9.2e-8.
 */
SAG_INLINE SagV8
sag_v8_one_and_exp (SagV8 x)
{
  const SagV8 magic = sag_v8_set (12582912.0f);
  SagV8       y = sag_v8_min (sag_v8_max (x, sag_v8_set (-87.0f)), sag_v8_set (87.0f));
  SagV8       shifted = y * -1.44269504f + magic;
  SagV8       f = y * -1.44269504f - (shifted - magic);
  SagV8       p;

  p = f * 1.3264727e-3f + 9.6715130e-3f;
  p = p * f + 5.5507336e-2f;
  p = p * f + 2.4022242e-1f;
  p = p * f + 6.9314700e-1f;
  p = p * f + 1.0f;
  p = (SagV8) ((SagV8i) p + ((SagV8i) shifted << 23)); /* magic's own bits are shifted out */
  return 1.0f + p;
}

/* x / (1 + e^-x), relative error below 4e-7. */
SAG_INLINE SagV8
sag_v8_silu (SagV8 x)
{
  return x / sag_v8_one_and_exp (x);
}

/* 1 / (1 + e^-x) */
SAG_INLINE SagV8
sag_v8_sigmoid (SagV8 x)
{
  return 1.0f / (1.0f + sag_v8_exp (-x));
}

/* x (1 + erf (x / sqrt 2)) / 2, absolute error below 5e-7.
 * erfc (z) = (a1 t + .. + a5 t^5) e^(-z^2), t = 1 / (1 + 0.3275911 z), |error| <= 1.5e-7 for z >= 0:
 * Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26.
 */
SAG_INLINE SagV8
sag_v8_gelu (SagV8 x)
{
  SagV8 z = sag_v8_abs (x) * 0.70710678f;
  SagV8 t = 1.0f / (1.0f + 0.3275911f * z);
  SagV8 p = sag_v8_set (1.061405429f);

  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  p = p * t * sag_v8_exp (-z * z) * (0.5f * x);
  return sag_v8_select (x > 0.0f, x - p, p);
}
