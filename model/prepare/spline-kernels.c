/* SPDX-License-Identifier: Apache-2.0 */
/* Inner loops of cubic B-spline resampling; see spline-kernels.h and spline-axis.c.
 *
 * The prefilter has one pole z = sqrt(3) - 2 and, with mirrored ends:
 *
 *   c+[0] = sum over i < n of z^i x[i], and the mirrored half of the period
 *   c+[i] = x[i] + z c+[i - 1]
 *   c[n - 1] = z / (z^2 - 1) (c+[n - 1] + z c+[n - 2])
 *   c[i] = z (c[i + 1] - c+[i])
 *
 * Its gain of 6 is part of the interpolation weights.
 */
#include "model/prepare/spline-kernels.h"

#include "model/prepare/spline-axis.h"

#ifndef SAG_SPLINE_KERNELS
#define SAG_SPLINE_KERNELS sag_spline_kernels_portable
#endif

#define LANES SAG_SPLINE_LANES

typedef double V __attribute__ ((vector_size (32), aligned (8), may_alias));

static const double pole = SAG_SPLINE_POLE;

/* The whole period matters only if it is shorter than the filter's memory. */
static void
causal_start_short (double *restrict lines, size_t n, size_t stride, size_t width)
{
  double to_end = 1, power = pole;

  for (size_t i = 1; i < n; i++)
    to_end *= pole;
  for (size_t x = 0; x < width; x++)
    lines[x] += to_end * lines[(n - 1) * stride + x];
  for (size_t i = 1; i < n - 1; i++, power *= pole)
    {
      const double *line = lines + i * stride, *far = lines + (n - 1 - i) * stride;

      for (size_t x = 0; x < width; x++)
        lines[x] += power * (line[x] + to_end * far[x]);
    }
  for (size_t x = 0; x < width; x++)
    lines[x] /= 1 - to_end * to_end;
}

static void
causal_start (double *restrict lines, size_t n, size_t stride, size_t width)
{
  double power = pole;

  if (n <= SAG_SPLINE_REACH)
    {
      causal_start_short (lines, n, stride, width);
      return;
    }
  for (size_t i = 1; i < SAG_SPLINE_REACH; i++, power *= pole)
    for (size_t x = 0; x < width; x++)
      lines[x] += power * lines[i * stride + x];
}

static void
causal (double *restrict line, const double *restrict before, size_t n)
{
  for (size_t x = 0; x < n; x++)
    line[x] += pole * before[x];
}

static void
anticausal_start (const double *last, const double *before_last, size_t n, double *out)
{
  const double scale = pole / (pole * pole - 1);

  for (size_t x = 0; x < n; x++)
    out[x] = (pole * before_last[x] + last[x]) * scale;
}

static void
anticausal (const double *line, const double *after, size_t n, double *out)
{
  for (size_t x = 0; x < n; x++)
    out[x] = pole * (after[x] - line[x]);
}

static void
filter_strided (double *lines, size_t n, size_t stride, size_t width)
{
  double *last = lines + (n - 1) * stride;

  if (n < 2)
    return;
  causal_start (lines, n, stride, width);
  for (size_t i = 1; i < n; i++)
    causal (lines + i * stride, lines + (i - 1) * stride, width);
  anticausal_start (last, last - stride, width, last);
  for (size_t i = n - 1; i-- > 0;)
    anticausal (lines + i * stride, lines + (i + 1) * stride, width, lines + i * stride);
}

static void
filter (double *lines, size_t n)
{
  V *line = (V *) lines, a, b;

  if (n < 2)
    return;
  causal_start (lines, n, LANES, LANES);
  a = line[0], b = line[1];
  for (size_t i = 1; i < n; i++)
    {
      line[2 * i] = a = line[2 * i] + pole * a;
      line[2 * i + 1] = b = line[2 * i + 1] + pole * b;
    }
  anticausal_start (lines + (n - 1) * LANES, lines + (n - 2) * LANES, LANES,
                    lines + (n - 1) * LANES);
  a = line[2 * (n - 1)], b = line[2 * (n - 1) + 1];
  for (size_t i = n - 1; i-- > 0;)
    {
      line[2 * i] = a = pole * (a - line[2 * i]);
      line[2 * i + 1] = b = pole * (b - line[2 * i + 1]);
    }
}

static void
load_int16 (
  const int16_t *const rows[LANES], size_t n, double low, double high, double *restrict lines)
{
  const int16_t floor = low < INT16_MIN ? INT16_MIN : (int16_t) low;
  const int16_t ceiling = high > INT16_MAX ? INT16_MAX : (int16_t) high;

  for (size_t i = 0; i < n; i++)
    for (size_t r = 0; r < LANES; r++)
      {
        int16_t value = rows[r][i];

        value = value < floor ? floor : value;
        lines[i * LANES + r] = value > ceiling ? ceiling : value;
      }
}

static void
load_float (
  const float *const rows[LANES], size_t n, double low, double high, double *restrict lines)
{
  for (size_t i = 0; i < n; i++)
    for (size_t r = 0; r < LANES; r++)
      {
        double value = rows[r][i];

        value = value > low ? value : low; /* NaN too */
        lines[i * LANES + r] = value < high ? value : high;
      }
}

/* (n, LANES) to rows: blocks small enough for the first-level cache. */
static void
store_rows (const double *restrict lines, size_t n, double *restrict out, size_t stride)
{
  for (size_t r = 0; r < LANES; r++)
    for (size_t o = 0; o < n; o++)
      out[r * stride + o] = lines[o * LANES + r];
}

static inline const V *
line_at (const double *lines, int32_t index)
{
  return (const V *) (lines + (size_t) index * LANES);
}

#define BLOCK 32

static void
interpolate (const double  *lines,
             const int32_t *taps,
             const double  *weights,
             size_t         n_out,
             double        *out,
             size_t         stride)
{
  V block[BLOCK * 2];

  for (size_t first = 0; first < n_out; first += BLOCK)
    {
      size_t n = n_out - first < BLOCK ? n_out - first : BLOCK;

      for (size_t o = 0; o < n; o++)
        {
          const int32_t *tap = taps + 4 * (first + o);
          const double  *w = weights + 4 * (first + o);
          const V       *p = line_at (lines, tap[0]), *q = line_at (lines, tap[1]);
          const V       *s = line_at (lines, tap[2]), *t = line_at (lines, tap[3]);

          block[2 * o] = w[0] * p[0] + w[1] * q[0] + w[2] * s[0] + w[3] * t[0];
          block[2 * o + 1] = w[0] * p[1] + w[1] * q[1] + w[2] * s[1] + w[3] * t[1];
        }
      store_rows ((const double *) block, n, out + first, stride);
    }
}

static void
pick (const double *lines, const int32_t *taps, size_t n_out, double *out, size_t stride)
{
  for (size_t r = 0; r < LANES; r++)
    for (size_t o = 0; o < n_out; o++)
      out[r * stride + o] = lines[(size_t) taps[4 * o] * LANES + r];
}

static void
weigh (const double *const lines[4], const double weights[4], size_t n, double *restrict out)
{
  const double *a = lines[0], *b = lines[1], *c = lines[2], *d = lines[3];
  const double  wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];

  for (size_t x = 0; x < n; x++)
    out[x] = wa * a[x] + wb * b[x] + wc * c[x] + wd * d[x];
}

static void
store_truncated (const double *values, size_t n, float low, float high, int16_t *out)
{
  for (size_t x = 0; x < n; x++)
    {
      float value = (float) values[x];

      value = value < low ? low : value;
      value = value > high ? high : value;
      out[x] = (int16_t) (int32_t) value;
    }
}

static void
store_rounded (const double *values, size_t n, float low, float high, int16_t *out)
{
  /* Adding 1.5 * 2^23 leaves no room for a fraction. */
  const float shift = 12582912;

  for (size_t x = 0; x < n; x++)
    {
      float value = (float) values[x];

      value = value < low ? low : value;
      value = value > high ? high : value;
      out[x] = (int16_t) (int32_t) ((value + shift) - shift);
    }
}

const SagSplineKernels SAG_SPLINE_KERNELS = {
  .load_int16 = load_int16,
  .load_float = load_float,
  .filter = filter,
  .filter_strided = filter_strided,
  .causal_start = causal_start,
  .causal = causal,
  .anticausal_start = anticausal_start,
  .anticausal = anticausal,
  .interpolate = interpolate,
  .pick = pick,
  .weigh = weigh,
  .store_truncated = store_truncated,
  .store_rounded = store_rounded,
};
