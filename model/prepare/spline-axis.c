/* SPDX-License-Identifier: Apache-2.0 */
/* One axis of cubic B-spline interpolation.
 *
 * Unser, Aldroubi, Eden, "Fast B-spline transforms for continuous image representation and
 * interpolation", IEEE PAMI 13(3), 1991. The conventions are scipy.ndimage.affine_transform's
 * (order 3, mode constant): the prefilter mirrors at the ends, and an output beyond the last
 * sample's centre is filled, not extrapolated.
 */
#include "model/prepare/spline-axis.h"

#include <math.h>

/* Product of (1 - z) (1 - 1 / z) for the one pole z. */
#define GAIN 6.0

typedef struct
{
  gint32 n_source;
  double origin;
  double step;
  double slack;
} Line;

static gint32
mirror (gint64 index, gint32 n)
{
  gint64 period = 2 * ((gint64) n - 1);

  if (n == 1)
    return 0;
  index = ABS (index) % period;
  return index < n ? index : period - index;
}

static void
spline_weights (double fraction, double weights[4])
{
  double y = fraction, z = 1 - fraction;

  weights[0] = z * z * z / 6;
  weights[1] = (y * y * (y - 2) * 3 + 4) / 6;
  weights[2] = (z * z * (z - 2) * 3 + 4) / 6;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}

/* Where output @o lies, and FALSE if that is beyond the last sample. */
static gboolean
locate (const SagSplineAxis *axis, const Line *line, gint32 o, double *position)
{
  double last = line->n_source - 1;

  *position = line->origin + (double) (axis->first_out + o) * line->step;
  if (*position > last + line->slack)
    return FALSE;
  *position = MIN (*position, last);
  return TRUE;
}

static void
place_on_samples (SagSplineAxis *axis, const Line *line)
{
  double position;

  for (gint32 o = 0; o < axis->n_inside && locate (axis, line, o, &position); o++)
    {
      axis->taps[4 * o] = (gint32) position;
      axis->weights[4 * o] = 1;
    }
}

static void
place_between_samples (SagSplineAxis *axis, const Line *line)
{
  double position;

  for (gint32 o = 0; o < axis->n_inside && locate (axis, line, o, &position); o++)
    {
      double below = floor (position);

      spline_weights (position - below, &axis->weights[4 * o]);
      for (int t = 0; t < 4; t++)
        {
          axis->taps[4 * o + t] = mirror ((gint64) below - 1 + t, line->n_source);
          /* A single sample is not prefiltered: there is no gain to undo. */
          if (line->n_source > 1)
            axis->weights[4 * o + t] *= GAIN;
        }
    }
}

static void
limit_source (SagSplineAxis *axis, gint32 n_source)
{
  gint32 low, high, reach = axis->on_samples ? 0 : SAG_SPLINE_REACH;

  sag_spline_axis_needs (axis, 0, axis->n_out, &low, &high);
  axis->first_in = MAX (low - reach, 0);
  axis->n_in = MIN (high + reach, n_source - 1) - axis->first_in + 1;
  for (gint32 o = 0; o < axis->n_inside; o++)
    for (int t = 0; t < (axis->on_samples ? 1 : 4); t++)
      axis->taps[4 * o + t] -= axis->first_in;
}

void
sag_spline_axis_init (SagSplineAxis *axis,
                      gint32         n_source,
                      double         origin,
                      double         step,
                      double         slack,
                      gint32         first_out,
                      gint32         n_out)
{
  const Line line = { n_source, origin, step, slack };
  double     position;

  g_return_if_fail (n_source > 0 && origin >= 0 && step > 0 && first_out >= 0 && n_out > 0);

  *axis = (SagSplineAxis){
    .first_out = first_out,
    .n_out = n_out,
    .on_samples = TRUE,
    .taps = g_new0 (gint32, 4 * (gsize) n_out),
    .weights = g_new0 (double, 4 * (gsize) n_out),
  };
  while (axis->n_inside < n_out && locate (axis, &line, axis->n_inside, &position))
    {
      axis->on_samples &= position == floor (position);
      axis->n_inside++;
    }
  if (axis->on_samples)
    place_on_samples (axis, &line);
  else
    place_between_samples (axis, &line);
  limit_source (axis, n_source);
}

void
sag_spline_axis_clear (SagSplineAxis *axis)
{
  g_clear_pointer (&axis->taps, g_free);
  g_clear_pointer (&axis->weights, g_free);
}

void
sag_spline_axis_needs (const SagSplineAxis *axis, gint32 first, gint32 n, gint32 *low, gint32 *high)
{
  gint32 end = MIN (first + n, axis->n_inside);

  *low = G_MAXINT32;
  *high = 0;
  for (gint32 o = first; o < end; o++)
    for (int t = 0; t < (axis->on_samples ? 1 : 4); t++)
      {
        *low = MIN (*low, axis->taps[4 * o + t]);
        *high = MAX (*high, axis->taps[4 * o + t]);
      }
  if (*low == G_MAXINT32)
    *low = 0;
}
