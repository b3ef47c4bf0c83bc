/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* float16 on the host: 1 sign, 5 exponent and 10 fraction bits, subnormal numbers too; to nearest, halves to even. */

#include <stdint.h>
#include <string.h>

typedef struct SagHalf
{
  uint16_t bits;
} SagHalf;

static inline float
sag_half_to_float (SagHalf half)
{
  uint32_t sign = (uint32_t) (half.bits & 0x8000u) << 16;
  uint32_t exponent = half.bits >> 10 & 31, fraction = half.bits & 1023, bits;
  float    value;

  if (exponent == 0)
    {
      value = (float) fraction * 0x1p-24f;
      memcpy (&bits, &value, sizeof bits);
      bits |= sign;
    }
  else if (exponent == 31)
    bits = sign | 0x7f800000u | fraction << 13;
  else
    bits = sign | (exponent + 112) << 23 | fraction << 13;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline SagHalf
sag_half_from_float (float value)
{
  SagHalf  half;
  uint32_t bits, sign, rest;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000u;
  bits &= 0x7fffffffu;
  if (bits >= 0x7f800000u)
    half.bits = (uint16_t) (sign | 0x7c00u | (bits > 0x7f800000u ? 0x200u : 0));
  else if (bits < 0x38800000u)
    {
      /* Subnormal: adding 0.5 leaves room for 2^-24 only, and rounds. */
      float small;

      memcpy (&small, &bits, sizeof small);
      small += 0.5f;
      memcpy (&rest, &small, sizeof rest);
      half.bits = (uint16_t) (sign | (rest - 0x3f000000u));
    }
  else
    {
      bits += 0xfffu + (bits >> 13 & 1);
      half.bits = (uint16_t) (sign | (bits >= 0x47800000u ? 0x7c00u : (bits - 0x38000000u) >> 13));
    }
  return half;
}
