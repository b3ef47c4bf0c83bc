/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/values.h"

#include "tests/cuda/emulation/emulation.h"
#include "tests/cuda/emulation/half.h"

#include <math.h>

float *
values_random (gsize n, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = g_rand_double_range (rand, -1, 1);
  return values;
}

void
values_round (float *values, gsize n, SagCudaType type)
{
  if (type == SAG_CUDA_HALF)
    for (gsize i = 0; i < n; i++)
      values[i] = sag_half_to_float (sag_half_from_float (values[i]));
}

void *
values_store (const float *values, gsize n, SagCudaType type)
{
  SagHalf *halves;

  if (type == SAG_CUDA_FLOAT)
    return g_memdup2 (values, n * sizeof *values);
  halves = g_new (SagHalf, n);
  for (gsize i = 0; i < n; i++)
    halves[i] = sag_half_from_float (values[i]);
  return halves;
}

void *
values_empty (gsize n, SagCudaType type)
{
  void *stored = g_malloc (n * sag_cuda_type_size (type));

  memset (stored, 0xff, n * sag_cuda_type_size (type));
  return stored;
}

float *
values_load (const void *stored, gsize n, SagCudaType type)
{
  const SagHalf *halves = stored;
  float         *values;

  if (type == SAG_CUDA_FLOAT)
    return g_memdup2 (stored, n * sizeof *values);
  values = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    values[i] = sag_half_to_float (halves[i]);
  return values;
}

void
values_compare (const char *what, const float *got, const float *want, gsize n, double tolerance)
{
  double squares = 0, mean, worst = 0;

  for (gsize i = 0; i < n; i++)
    squares += (double) want[i] * want[i];
  mean = sqrt (squares / n);
  g_assert_cmpfloat (mean, >, 0);
  for (gsize i = 0; i < n; i++)
    {
      double error = fabs ((double) got[i] - want[i]) / (mean + fabs (want[i]));

      if (!(error <= tolerance))
        g_error ("%s: value %zu of %zu is %g, not %g", what, i, n, got[i], want[i]);
      worst = MAX (worst, error);
    }
  g_test_message ("%s: %.2g", what, worst);
}

double
values_tolerance (SagCudaType type)
{
  return type == SAG_CUDA_FLOAT ? 1e-5 : 1.5e-3;
}

void
values_each (void (*func) (SagCudaType type))
{
  static const SagEmulationOrder orders[] = { SAG_EMULATION_RISING, SAG_EMULATION_FALLING };

  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      sag_emulation_set_order (orders[i]);
      func (SAG_CUDA_FLOAT);
      func (SAG_CUDA_HALF);
    }
  sag_emulation_set_order (SAG_EMULATION_MIXED);
}
