/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/emulation/half.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

#include <math.h>

/* Every float16 is itself after a round trip, and values between two go to the nearer, halves to even. */
static void
test_half (void)
{
  for (guint bits = 0; bits < 0x7c00; bits++)
    {
      SagHalf half = { bits }, next = { bits + 1 };
      float   value = sag_half_to_float (half), after = sag_half_to_float (next);
      float   middle = bits == 0x7bff ? 65520 : (value + after) / 2;

      g_assert_cmpuint (sag_half_from_float (value).bits, ==, bits);
      g_assert_cmpuint (sag_half_from_float (-value).bits, ==, bits | 0x8000);
      g_assert_cmpuint (sag_half_from_float (middle).bits, ==, bits + bits % 2);
      g_assert_cmpuint (sag_half_from_float (nextafterf (middle, 0)).bits, ==, bits);
      g_assert_cmpuint (sag_half_from_float (nextafterf (middle, 1e9)).bits, ==, bits + 1);
    }
  g_assert_cmpfloat (sag_half_to_float ((SagHalf){ 1 }), ==, 0x1p-24f);
  g_assert_cmpfloat (sag_half_to_float ((SagHalf){ 0x3c00 }), ==, 1);
  g_assert_true (isinf (sag_half_to_float (sag_half_from_float (1e9f))));
  g_assert_true (isnan (sag_half_to_float (sag_half_from_float (NAN))));
}

static void
check_convert (SagCudaType from, SagCudaType to, gsize n)
{
  g_autofree float *values = values_random (n, n);
  g_autofree void  *in = NULL, *out = values_empty (n, to);
  g_autofree float *got = NULL;

  values[0] = 1e6f;
  values[1] = -1e6f;
  if (n > 2)
    values[2] = 3e-7f;
  in = values_store (values, n, from);
  g_assert_cmpint (sag_cuda_launch_convert (in, from, out, to, n, NULL), ==, 0);
  got = values_load (out, n, to);
  values_round (values, n, from);
  for (gsize i = 0; i < n; i++)
    {
      float want = values[i];

      values_round (&want, 1, to);
      if (isinf (want) && to == SAG_CUDA_HALF)
        want = want > 0 ? 65504 : -65504; /* stores saturate */
      g_assert_cmpfloat (got[i], ==, want);
    }
}

static void
check_converts (SagCudaType type)
{
  check_convert (type, SAG_CUDA_FLOAT, 1000);
  check_convert (type, SAG_CUDA_HALF, 2);
  check_convert (type, type, 257);
}

static void
test_convert (void)
{
  values_each (check_converts);
}

static void
check_planes (SagCudaType type)
{
  static const int32_t sizes[][2] = { { 1, 1 }, { 70, 40 }, { 33, 3 }, { 5, 65 } };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      gsize             n = sizes[s][0], channels = sizes[s][1];
      gsize             padded = sag_cuda_pad_channels (channels);
      g_autofree float *values = values_random (n * padded, s);
      g_autofree void  *in = values_store (values, n * padded, type);
      g_autofree float *out = values_empty (n * channels, SAG_CUDA_FLOAT);

      values_round (values, n * padded, type);
      g_assert_cmpint (sag_cuda_launch_planes (in, type, n, channels, out, NULL), ==, 0);
      for (gsize v = 0; v < n; v++)
        for (gsize c = 0; c < channels; c++)
          g_assert_cmpfloat (out[c * n + v], ==, values[v * padded + c]);
    }
}

static void
test_planes (void)
{
  values_each (check_planes);
}

static float
activated (float x, SagCudaAct act)
{
  return act == SAG_CUDA_ACT_SILU ? x / (1 + exp (-x)) : x * 0.5 * (1 + erf (x * G_SQRT2 / 2));
}

static void
check_activate (SagCudaType type)
{
  for (gsize n = 1; n < 3000; n += 677)
    for (int act = SAG_CUDA_ACT_SILU; act <= SAG_CUDA_ACT_GELU; act++)
      {
        g_autofree float *want = values_random (n, n);
        g_autofree void  *stored = NULL;
        g_autofree float *got = NULL;

        for (gsize i = 0; i < n; i++)
          want[i] *= 12;
        values_round (want, n, type);
        stored = values_store (want, n, type);
        for (gsize i = 0; i < n; i++)
          want[i] = activated (want[i], act);
        g_assert_cmpint (sag_cuda_launch_activate (stored, type, n, act, NULL), ==, 0);
        got = values_load (stored, n, type);
        values_compare ("activate", got, want, n, values_tolerance (type));
      }
}

static void
test_activate (void)
{
  values_each (check_activate);
}

void
add_convert_tests (void)
{
  g_test_add_func ("/cuda/half", test_half);
  g_test_add_func ("/cuda/convert", test_convert);
  g_test_add_func ("/cuda/planes", test_planes);
  g_test_add_func ("/cuda/activate", test_activate);
}
