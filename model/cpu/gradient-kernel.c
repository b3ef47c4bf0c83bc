/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/variant.h"

#include "model/cpu/simd.h"

/* Products and sums over voxels, for the way back. All maps are (n, 16). */

#define COLUMNS 6
#define MAX_UNROLLED 7

/* @n columns from @first on; n is a constant wherever this is inlined. */
SAG_INLINE void
outer_tile (const int n, const SagCpuOuter *job, int first)
{
  const float *a = job->a;
  const float *x = job->x + first;
  float       *out = job->sums + (size_t) first * 16;
  SagV8        sum[COLUMNS][2];

  SAG_UNROLL
  for (int i = 0; i < n; i++)
    {
      sum[i][0] = sag_v8_load (out + i * 16);
      sum[i][1] = sag_v8_load (out + i * 16 + 8);
    }
  for (size_t v = 0; v < job->n; v++, a += job->a_row, x += job->x_row)
    {
      SagV8 low = sag_v8_load (a);
      SagV8 high = sag_v8_load (a + 8);

      SAG_UNROLL
      for (int i = 0; i < n; i++)
        {
          SagV8 value = sag_v8_set (x[i]);

          sum[i][0] += value * low;
          sum[i][1] += value * high;
        }
    }
  SAG_UNROLL
  for (int i = 0; i < n; i++)
    {
      sag_v8_store (out + i * 16, sum[i][0]);
      sag_v8_store (out + i * 16 + 8, sum[i][1]);
    }
}

void
sag_cpu_outer (const SagCpuOuter *job)
{
  int c = 0;

  for (; c + 6 <= job->n_columns; c += 6)
    outer_tile (6, job, c);
  for (; c + 2 <= job->n_columns; c += 2)
    outer_tile (2, job, c);
  for (; c < job->n_columns; c++)
    outer_tile (1, job, c);
}

typedef double Doubles __attribute__ ((vector_size (32)));

/* @n rows times 8 columns. */
SAG_INLINE void
weigh_tile (const int n, const SagCpuWeigh *job, size_t first, size_t column)
{
  Doubles sum[4][2] = { 0 };

  for (size_t i = 0; i < job->k; i++)
    {
      Doubles m[2];

      memcpy (m, job->matrix + i * job->row + column, sizeof m);
      SAG_UNROLL
      for (int r = 0; r < n; r++)
        {
          double w = job->weights[(first + r) * job->k + i];

          sum[r][0] += w * m[0];
          sum[r][1] += w * m[1];
        }
    }
  SAG_UNROLL
  for (int r = 0; r < n; r++)
    memcpy (job->out + (first + r) * job->row + column, sum[r], sizeof sum[r]);
}

void
sag_cpu_weigh (const SagCpuWeigh *job)
{
  size_t r = 0;

  for (; r + 4 <= job->n_rows; r += 4)
    for (size_t c = 0; c < job->row; c += 8)
      weigh_tile (4, job, r, c);
  for (; r < job->n_rows; r++)
    for (size_t c = 0; c < job->row; c += 8)
      weigh_tile (1, job, r, c);
}

/* @n_rows rows of the kernel at once, for 8 channels: their sums fill the registers. */
SAG_INLINE void
weight_rows (
  const int kernel, const int n_rows, const SagCpuDepthwiseGradient *job, int32_t first, int half)
{
  SagV8        sum[3 * MAX_UNROLLED];
  const float *x[3];
  float       *out[3];
  const float *d = job->gradient + half;
  size_t       step = (size_t) job->stride * 16;

  SAG_UNROLL
  for (int r = 0; r < n_rows; r++)
    {
      x[r] = job->rows[first + r] + half;
      out[r] = job->sums + (size_t) job->taps[first + r] * kernel * 16 + half;
      SAG_UNROLL
      for (int q = 0; q < kernel; q++)
        sum[r * kernel + q] = sag_v8_load (out[r] + q * 16);
    }
  for (size_t i = 0; i < job->n; i++, d += job->gradient_step)
    {
      SagV8 value = sag_v8_load (d);

      SAG_UNROLL
      for (int r = 0; r < n_rows; r++)
        {
          SAG_UNROLL
          for (int q = 0; q < kernel; q++)
            sum[r * kernel + q] += value * sag_v8_load (x[r] + i * step + q * 16);
        }
    }
  SAG_UNROLL
  for (int r = 0; r < n_rows; r++)
    {
      SAG_UNROLL
      for (int q = 0; q < kernel; q++)
        sag_v8_store (out[r] + q * 16, sum[r * kernel + q]);
    }
}

SAG_INLINE void
weight_all (const int kernel, const int at_once, const SagCpuDepthwiseGradient *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      int32_t r = 0;

      for (; r + at_once <= job->n_rows; r += at_once)
        weight_rows (kernel, at_once, job, r, half);
      for (; r < job->n_rows; r++)
        weight_rows (kernel, 1, job, r, half);
    }
}

static void
weights_3 (const SagCpuDepthwiseGradient *job)
{
  weight_all (3, 3, job);
}

static void
weights_5 (const SagCpuDepthwiseGradient *job)
{
  weight_all (5, 2, job);
}

static void
weights_7 (const SagCpuDepthwiseGradient *job)
{
  weight_all (7, 1, job);
}

/* A kernel of any size, one weight at a time. */
static void
weights_any (const SagCpuDepthwiseGradient *job)
{
  for (int32_t r = 0; r < job->n_rows; r++)
    for (int32_t q = 0; q < job->kernel; q++)
      {
        float *out = job->sums + ((size_t) job->taps[r] * job->kernel + q) * 16;

        for (size_t i = 0; i < job->n; i++)
          for (int c = 0; c < 16; c++)
            out[c] += job->gradient[i * job->gradient_step + c] *
                      job->rows[r][(i * job->stride + q) * 16 + c];
      }
}

void
sag_cpu_depthwise_gradient (const SagCpuDepthwiseGradient *job)
{
  switch (job->kernel)
    {
    case 3:
      weights_3 (job);
      break;
    case 5:
      weights_5 (job);
      break;
    case 7:
      weights_7 (job);
      break;
    default:
      weights_any (job);
    }
}

void
sag_cpu_moments (const SagCpuMoments *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8 pivot = sag_v8_load (job->pivot + half);
      SagV8 first = sag_v8_load (job->sums + half);
      SagV8 second = sag_v8_load (job->sums + 16 + half);

      for (size_t i = 0; i < job->n; i++)
        {
          SagV8 x = sag_v8_load (job->x + i * job->x_row + half) - pivot;

          first += x;
          second += x * x;
        }
      sag_v8_store (job->sums + half, first);
      sag_v8_store (job->sums + 16 + half, second);
    }
}

void
sag_cpu_norm_silu (const SagCpuNormSilu *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8 scale = sag_v8_load (job->scale + half);
      SagV8 shift = sag_v8_load (job->shift + half);
      SagV8 sum = sag_v8_set (0.0f);

      for (size_t i = 0; i < job->n; i++)
        {
          SagV8 y = sag_v8_silu (sag_v8_load (job->x + i * 16 + half) * scale + shift);

          sum += y;
          if (job->out)
            sag_v8_store (job->out + i * 16 + half, y);
        }
      if (job->sums)
        sag_v8_store (job->sums + half, sag_v8_load (job->sums + half) + sum);
    }
}

/* d/dt t sigmoid (t) = s (1 + t (1 - s)), s = sigmoid (t) */
SAG_INLINE SagV8
silu_slope (SagV8 t, SagV8 *silu)
{
  SagV8 s = 1.0f / sag_v8_one_and_exp (t);

  *silu = t * s;
  return s * (1.0f + t * (1.0f - s));
}

void
sag_cpu_norm_silu_gradient (const SagCpuNormSiluGradient *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8 scale = sag_v8_load (job->scale + half);
      SagV8 shift = sag_v8_load (job->shift + half);
      SagV8 mean = sag_v8_load (job->mean + half);
      SagV8 gate = sag_v8_load (job->gate + half);
      SagV8 add = sag_v8_load (job->add + half);
      SagV8 first = sag_v8_load (job->sums + half);
      SagV8 second = sag_v8_load (job->sums + 16 + half);

      for (size_t i = 0; i < job->n; i++)
        {
          SagV8 x = sag_v8_load (job->x + i * 16 + half);
          SagV8 d = sag_v8_load (job->d + i * 16 + half) * gate + add;
          SagV8 silu;

          d *= silu_slope (x * scale + shift, &silu);
          first += d;
          second += d * (x - mean);
          sag_v8_store (job->out + i * job->out_step + half, d);
        }
      sag_v8_store (job->sums + half, first);
      sag_v8_store (job->sums + 16 + half, second);
    }
}

void
sag_cpu_silu_gradient (const SagCpuSiluGradient *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8 sum = sag_v8_load (job->sums + half);

      for (size_t i = 0; i < job->n; i++)
        {
          float *t = job->t + i * 16 + half;
          float *d = job->d + i * 16 + half;
          SagV8  silu;
          SagV8  value = sag_v8_load (d) * silu_slope (sag_v8_load (t), &silu);

          sum += value;
          sag_v8_store (d, value);
          sag_v8_store (t, silu);
        }
      sag_v8_store (job->sums + half, sum);
    }
}

void
sag_cpu_norm_sums (const SagCpuNormSums *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8 mean = sag_v8_load (job->mean + half);
      SagV8 first = sag_v8_load (job->sums + half);
      SagV8 second = sag_v8_load (job->sums + 16 + half);

      for (size_t i = 0; i < job->n; i++)
        {
          SagV8 d = sag_v8_load (job->d + i * job->d_row + half);

          first += d;
          second += d * (sag_v8_load (job->x + i * job->x_row + half) - mean);
        }
      sag_v8_store (job->sums + half, first);
      sag_v8_store (job->sums + 16 + half, second);
    }
}

void
sag_cpu_norm_add (const SagCpuNormAdd *job)
{
  for (size_t i = 0; i < job->n; i++)
    for (size_t c = 0; c < job->width; c += 8)
      {
        size_t at = i * job->width + c;
        SagV8  y =
          sag_v8_load (job->x + at) * sag_v8_load (job->scale + c) + sag_v8_load (job->shift + c);

        if (job->residual)
          y += sag_v8_load (job->residual + at);
        sag_v8_store (job->out + at, y);
      }
}

void
sag_cpu_norm_gradient (const SagCpuNormGradient *job)
{
  for (int half = 0; half < 16; half += 8)
    {
      SagV8 mean = sag_v8_load (job->mean + half);
      SagV8 factor = sag_v8_load (job->factor + half);
      SagV8 slope = sag_v8_load (job->slope + half);
      SagV8 offset = sag_v8_load (job->offset + half);

      for (size_t i = 0; i < job->n; i++)
        {
          float *d = job->d + i * job->d_step + half;
          SagV8  x = sag_v8_load (job->x + i * job->x_row + half);

          sag_v8_store (d, sag_v8_load (d) * factor - (x - mean) * slope - offset);
        }
    }
}

/* The normal distribution's Phi (x), and sqrt (2 pi) phi (x) = e^(-x^2 / 2); simd.h names the series. */
SAG_INLINE SagV8
normal (SagV8 x, SagV8 *bell)
{
  SagV8 t = 1.0f / (1.0f + 0.3275911f * 0.70710678f * sag_v8_abs (x));
  SagV8 p = sag_v8_set (1.061405429f);

  *bell = sag_v8_exp (-0.5f * x * x);
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  p = p * t * *bell * 0.5f;
  return sag_v8_select (x > 0.0f, 1.0f - p, p);
}

void
sag_cpu_gelu (const SagCpuGelu *job)
{
  for (size_t i = 0; i < job->n; i += 8)
    {
      SagV8 x = sag_v8_load (job->x + i), bell;

      sag_v8_store (job->out + i, x * normal (x, &bell));
    }
}

void
sag_cpu_gelu_gradient (const SagCpuGeluGradient *job)
{
  for (size_t i = 0; i < job->n; i += 8)
    {
      SagV8 x = sag_v8_load (job->x + i), bell;
      SagV8 slope = normal (x, &bell);

      slope += x * bell * 0.39894228f;
      sag_v8_store (job->d + i, sag_v8_load (job->d + i) * slope);
    }
}
