/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SAG_SPLINE_REACH: samples after which the B-spline prefilter has forgotten: its pole to this
 * power is 2e-14. */
#define SAG_SPLINE_REACH 24

/** SAG_SPLINE_POLE: pole of the cubic B-spline prefilter, sqrt(3) - 2. */
#define SAG_SPLINE_POLE (-0.267949192431122706472553658494127633)

/**
 * SagSplineAxis: how one axis of a grid is resampled by cubic B-splines.
 *
 * Output @o of the axis lies at sample origin + o * step of the source. Only @n_out outputs from
 * @first_out on are wanted, and only source samples @first_in .. @first_in + @n_in - 1 matter for
 * them.
 *
 * @n_inside: outputs 0 .. n_inside - 1 (of the wanted ones) lie inside the source; the others are
 * fill
 * @on_samples: every wanted output lies on a sample: no filter is needed, and tap 0 alone has
 * weight 1
 * @taps: (n_out, 4) indices relative to @first_in, mirrored at the ends of the source
 * @weights: (n_out, 4) spline weights times the prefilter's gain
 */
typedef struct
{
  gint32   first_out;
  gint32   n_out;
  gint32   n_inside;
  gint32   first_in;
  gint32   n_in;
  gboolean on_samples;
  gint32  *taps;
  double  *weights;
} SagSplineAxis;

/**
 * sag_spline_axis_init: plans outputs @first_out .. @first_out + @n_out - 1.
 * @n_source: samples of the source, at least 1
 * @origin: sample on which output 0 lies, not negative
 * @step: samples per output, positive
 * @slack: an output that lies less than this beyond the last sample counts as lying on it
 */
void sag_spline_axis_init (SagSplineAxis *axis,
                           gint32         n_source,
                           double         origin,
                           double         step,
                           double         slack,
                           gint32         first_out,
                           gint32         n_out);
void sag_spline_axis_clear (SagSplineAxis *axis);

/** sag_spline_axis_needs: the source samples, relative to @first_in, that outputs @first .. @first
 * + @n - 1 tap. */
void sag_spline_axis_needs (
  const SagSplineAxis *axis, gint32 first, gint32 n, gint32 *low, gint32 *high);

G_END_DECLS
