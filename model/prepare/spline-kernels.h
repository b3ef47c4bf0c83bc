/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The inner loops of resampling. spline-kernels.c is compiled twice, for any x86-64 or other
 * machine and for AVX2+FMA; sag_spline_kernels_get() picks at run time. All lines are double:
 * float32 would put up to 1.6 % of a scan's voxels on the other side of upstream's truncation
 * (measured for the oracle).
 */

/** SAG_SPLINE_LANES: rows that are filtered side by side along the stored i axis. */
#define SAG_SPLINE_LANES 8

typedef struct
{
  /**
   * load_int16, load_float: SAG_SPLINE_LANES rows to lines[i * SAG_SPLINE_LANES + row], clamped to
   * @low .. @high. load_float: what is no number becomes @low.
   */
  void (*load_int16) (
    const int16_t *const rows[SAG_SPLINE_LANES], size_t n, double low, double high, double *lines);
  void (*load_float) (
    const float *const rows[SAG_SPLINE_LANES], size_t n, double low, double high, double *lines);

  /** filter: prefilter without its gain along the first axis of @lines, (n, SAG_SPLINE_LANES), in
   * place. */
  void (*filter) (double *lines, size_t n);

  /** filter_strided: the same on (n, width), the rows @stride apart. */
  void (*filter_strided) (double *lines, size_t n, size_t stride, size_t width);

  /** causal_start: the first causal line, from the first min(n, SAG_SPLINE_REACH) lines of all @n
   * > 1. */
  void (*causal_start) (double *lines, size_t n, size_t stride, size_t width);
  /** causal: line[x] += pole * before[x]. */
  void (*causal) (double *line, const double *before, size_t n);
  /** anticausal_start: out = the last coefficient, from the last two causal lines. */
  void (*anticausal_start) (const double *last, const double *before_last, size_t n, double *out);
  /** anticausal: out[x] = pole * (after[x] - line[x]). @out may be @after. */
  void (*anticausal) (const double *line, const double *after, size_t n, double *out);

  /** interpolate: @n_out lines of SAG_SPLINE_LANES, then stored as rows: out[row * stride + o]. */
  void (*interpolate) (const double  *lines,
                       const int32_t *taps,
                       const double  *weights,
                       size_t         n_out,
                       double        *out,
                       size_t         stride);
  /** pick: interpolate() where every output is a sample: taps[4 * o]. */
  void (*pick) (const double *lines, const int32_t *taps, size_t n_out, double *out, size_t stride);

  /** weigh: out[x] = sum of weights[t] * lines[t][x] over four lines. */
  void (*weigh) (const double *const lines[4], const double weights[4], size_t n, double *out);

  /**
   * store_truncated: to float32, clamped to @low .. @high, then towards zero. The float32 is
   * upstream's and matters: 99.9999999 becomes 100. store_rounded: to the nearest, halves to even.
   */
  void (*store_truncated) (const double *values, size_t n, float low, float high, int16_t *out);
  void (*store_rounded) (const double *values, size_t n, float low, float high, int16_t *out);
} SagSplineKernels;

/** sag_spline_kernels_get: the fastest that this processor runs, or the plain ones. */
const SagSplineKernels *sag_spline_kernels_get (bool portable);

extern const SagSplineKernels sag_spline_kernels_portable;
extern const SagSplineKernels sag_spline_kernels_avx2;
