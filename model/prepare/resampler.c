/* SPDX-License-Identifier: Apache-2.0 */
/* Separable cubic resampling, streamed along k.
 *
 *   1. each source plane (n_j, n_i) is filtered and interpolated along i, then along j, into a
 *      ring of planes; parallel over planes
 *   2. for each output row j: the causal filter along k over the new planes, then, from the
 *      last plane whose influence is felt back to the first that is tapped, the anticausal
 *      filter, then the taps; parallel over rows
 *
 *   ring   (n_out_j, capacity, width)   plane p of the source lies at p % capacity; causal
 *                                       after step 2
 *
 * Where every output lies on a sample of an axis (1 mm spacing), that axis is only copied.
 */
#include "model/prepare/resampler.h"

#include "model/core/pool.h"
#include "model/prepare/spline-kernels.h"

#include <stdlib.h>
#include <string.h>

#define LANES SAG_SPLINE_LANES
/* Columns that are filtered side by side along j and k: rows of the strip stay in the first-level
 * cache. */
#define STRIP 32

struct _SagResampler
{
  SagResampling           what;
  SagSplineAxis           axes[3];
  const SagSplineKernels *kernels;
  SagPool                *pool;
  double                **scratch; /* per worker */
  gsize                   width;   /* outputs along i, rounded up to whole lanes */
  gint32                  capacity;
  double                 *ring;
  gint32                  n_fed;    /* planes in the ring so far */
  gint32                  n_causal; /* of which the causal filter has run */

  /* The call of sag_resampler_get() that is going on. */
  gint32  first;
  gint32  n;
  gint32  low;
  gint32  high;
  gint16 *out;
};

static gsize
scratch_size (const SagResampler *self)
{
  gsize plane = ((gsize) self->axes[1].n_in + LANES) * self->width;
  gsize rows = (gsize) self->axes[0].n_in * LANES;
  gsize column = ((gsize) self->capacity + 2) * STRIP;

  return MAX (plane + rows, column);
}

/* Planes of the source that must be in the ring at once for any @n_planes outputs. */
static gint32
ring_capacity (const SagSplineAxis *axis, gint32 n_planes)
{
  gint32 most = 1;

  for (gint32 first = 0; first < axis->n_out; first++)
    {
      gint32 low, high;

      sag_spline_axis_needs (axis, first, MIN (n_planes, axis->n_out - first), &low, &high);
      most = MAX (most, high - low + 1);
    }
  return MIN (axis->n_in, axis->on_samples ? most : most + SAG_SPLINE_REACH);
}

/* Zeros, so that columns which only fill up the last lanes hold numbers. */
static double *
lines_new (gsize n)
{
  gsize   size = (n * sizeof (double) + 63) & ~(gsize) 63;
  double *lines = aligned_alloc (64, size);

  if (lines == NULL)
    g_error ("no memory for %" G_GSIZE_FORMAT " bytes", size);
  memset (lines, 0, size);
  return lines;
}

SagResampler *
sag_resampler_new (const SagResampling *what, gint32 n_planes)
{
  SagResampler *self = g_new0 (SagResampler, 1);

  g_return_val_if_fail (what->source.stride[0] == 1 && n_planes > 0, NULL);

  self->what = *what;
  for (int a = 0; a < 3; a++)
    sag_spline_axis_init (&self->axes[a], what->source.geometry.dims[a], what->origin[a],
                          what->step[a], what->slack, what->first[a], what->n[a]);
  self->kernels = sag_spline_kernels_get (what->portable);
  self->pool = sag_pool_get_default ();
  self->width = ((gsize) what->n[0] + LANES - 1) / LANES * LANES;
  self->capacity = ring_capacity (&self->axes[2], n_planes);
  self->ring = lines_new ((gsize) what->n[1] * self->capacity * self->width);
  self->scratch = g_new0 (double *, sag_pool_get_n_threads (self->pool));
  for (guint w = 0; w < sag_pool_get_n_threads (self->pool); w++)
    self->scratch[w] = lines_new (scratch_size (self));
  return self;
}

void
sag_resampler_free (SagResampler *self)
{
  for (guint w = 0; w < sag_pool_get_n_threads (self->pool); w++)
    free (self->scratch[w]);
  g_free (self->scratch);
  free (self->ring);
  for (int a = 0; a < 3; a++)
    sag_spline_axis_clear (&self->axes[a]);
  g_free (self);
}

/* Rows @first .. @first + LANES - 1 of a source plane, beyond the last the last again, resampled
 * along i into @out. */
static void
resample_rows (const SagResampler *self, gint32 plane, gint32 first, double *lines, double *out)
{
  const SagSplineAxis *axis = &self->axes[0];
  const SagVoxels     *source = &self->what.source;
  gint64               start = axis->first_in + source->stride[2] * plane;
  const gint16        *int16_rows[LANES];
  const float         *float_rows[LANES];

  for (int r = 0; r < LANES; r++)
    {
      gint32 j = self->axes[1].first_in + MIN (first + r, self->axes[1].n_in - 1);

      if (source->scalar == SAG_SCALAR_INT16)
        int16_rows[r] = (const gint16 *) source->origin + start + source->stride[1] * j;
      else
        float_rows[r] = (const float *) source->origin + start + source->stride[1] * j;
    }
  if (source->scalar == SAG_SCALAR_INT16)
    self->kernels->load_int16 (int16_rows, axis->n_in, self->what.source_low,
                               self->what.source_high, lines);
  else
    self->kernels->load_float (float_rows, axis->n_in, self->what.source_low,
                               self->what.source_high, lines);

  if (axis->on_samples)
    {
      self->kernels->pick (lines, axis->taps, axis->n_inside, out, self->width);
      return;
    }
  self->kernels->filter (lines, axis->n_in);
  self->kernels->interpolate (lines, axis->taps, axis->weights, axis->n_inside, out, self->width);
}

static double *
ring_line (const SagResampler *self, gint32 row, gint32 plane)
{
  return self->ring + ((gsize) row * self->capacity + plane % self->capacity) * self->width;
}

static void
resample_columns (const SagResampler *self, gint32 plane, double *rows, gsize x, gsize n)
{
  const SagSplineAxis *axis = &self->axes[1];

  if (!axis->on_samples)
    self->kernels->filter_strided (rows + x, axis->n_in, self->width, n);
  for (gint32 o = 0; o < axis->n_inside; o++)
    {
      const gint32 *tap = axis->taps + 4 * o;
      const double *lines[4];

      for (int t = 0; t < 4; t++)
        lines[t] = rows + (gsize) tap[t] * self->width + x;
      if (axis->on_samples)
        memcpy (ring_line (self, o, plane) + x, lines[0], n * sizeof (double));
      else
        self->kernels->weigh (lines, axis->weights + 4 * o, n, ring_line (self, o, plane) + x);
    }
}

static void
feed_plane (gsize item, guint worker, gpointer data)
{
  SagResampler *self = data;
  gint32        plane = self->n_fed + (gint32) item;
  double       *rows = self->scratch[worker];
  double       *lines = rows + ((gsize) self->axes[1].n_in + LANES) * self->width;

  for (gint32 j = 0; j < self->axes[1].n_in; j += LANES)
    resample_rows (self, self->axes[2].first_in + plane, j, lines, rows + (gsize) j * self->width);
  for (gsize x = 0; x < self->width; x += STRIP)
    resample_columns (self, plane, rows, x, MIN (STRIP, self->width - x));
}

/* The causal filter of one row over the planes that it has not seen. */
static void
run_causal (const SagResampler *self, gint32 row)
{
  gint32 plane = self->n_causal;

  if (self->axes[2].on_samples || self->axes[2].n_in < 2)
    return;
  if (plane == 0)
    {
      self->kernels->causal_start (ring_line (self, row, 0), self->axes[2].n_in, self->width,
                                   self->width);
      plane = 1;
    }
  for (; plane < self->n_fed; plane++)
    self->kernels->causal (ring_line (self, row, plane), ring_line (self, row, plane - 1),
                           self->width);
}

/* Coefficients of planes low .. high of one strip into @column, (high - low + 2, STRIP). */
static void
run_anticausal (const SagResampler *self, gint32 row, gsize x, gsize n, double *column)
{
  double *spare = column + (gsize) (self->high - self->low + 1) * STRIP, *after = spare;
  gint32  plane = self->n_fed - 1;

  if (plane <= self->high)
    after = column + (gsize) (plane - self->low) * STRIP;
  self->kernels->anticausal_start (ring_line (self, row, plane) + x,
                                   ring_line (self, row, plane - 1) + x, n, after);
  while (plane-- > self->low)
    {
      double *out = plane <= self->high ? column + (gsize) (plane - self->low) * STRIP : spare;

      self->kernels->anticausal (ring_line (self, row, plane) + x, after, n, out);
      after = out;
    }
}

static void
store (const SagResampler *self, const double *values, gsize n, gint16 *out)
{
  if (self->what.truncate)
    self->kernels->store_truncated (values, n, self->what.low, self->what.high, out);
  else
    self->kernels->store_rounded (values, n, self->what.low, self->what.high, out);
}

static void
make_strip (
  const SagResampler *self, gint32 row, gsize x, double *column, gint16 *out, gsize plane_size)
{
  const SagSplineAxis *axis = &self->axes[2];
  gsize                n = MIN (STRIP, self->width - x);
  gsize                n_stored = MIN (n, self->axes[0].n_inside - x);
  gboolean             filtered = !axis->on_samples && axis->n_in > 1;

  if (filtered)
    run_anticausal (self, row, x, n, column);
  for (gint32 o = self->first; o < MIN (self->first + self->n, axis->n_inside); o++)
    {
      const gint32 *tap = axis->taps + 4 * o;
      const double *lines[4];
      double        values[STRIP];

      for (int t = 0; t < 4; t++)
        lines[t] = filtered ? column + (gsize) (tap[t] - self->low) * STRIP
                            : ring_line (self, row, tap[t]) + x;
      if (!axis->on_samples)
        {
          self->kernels->weigh (lines, axis->weights + 4 * o, n, values);
          lines[0] = values;
        }
      store (self, lines[0], n_stored, out + (gsize) (o - self->first) * plane_size + x);
    }
}

static void
fill_row (gint16 *out, gsize n, gint16 value)
{
  for (gsize x = 0; x < n; x++)
    out[x] = value;
}

static void
make_row (gsize item, guint worker, gpointer data)
{
  SagResampler *self = data;
  gint32        row = (gint32) item;
  gsize         plane_size = (gsize) self->what.n[0] * self->what.n[1];
  gsize         n_inside = row < self->axes[1].n_inside ? self->axes[0].n_inside : 0;
  gint16       *out = self->out + (gsize) row * self->what.n[0];

  if (n_inside > 0)
    {
      run_causal (self, row);
      for (gsize x = 0; x < n_inside; x += STRIP)
        make_strip (self, row, x, self->scratch[worker], out, plane_size);
    }
  for (gint32 o = 0; o < self->n; o++)
    {
      gsize done = self->first + o < self->axes[2].n_inside ? n_inside : 0;

      fill_row (out + o * plane_size + done, self->what.n[0] - done, self->what.fill);
    }
}

static void
advance_row (gsize item, guint worker, gpointer data)
{
  run_causal (data, (gint32) item);
}

/* Brings the ring up to @needed planes. The first of them may be more than it holds: they are only
 * led through. */
static void
feed (SagResampler *self, gint32 needed)
{
  while (self->n_fed < needed)
    {
      /* The last plane before stays for the causal filter. */
      gint32 room = self->n_fed == 0 ? self->capacity : MAX (self->capacity - 1, 1);
      gint32 n = MIN (needed - self->n_fed, room);

      sag_pool_run (self->pool, n, feed_plane, self);
      self->n_fed += n;
      if (self->n_fed == needed)
        break;
      sag_pool_run (self->pool, self->axes[1].n_inside, advance_row, self);
      self->n_causal = self->n_fed;
    }
}

void
sag_resampler_get (SagResampler *self, gint32 first, gint32 n, gint16 *out)
{
  const SagSplineAxis *axis = &self->axes[2];
  gint32               reach = axis->on_samples ? 0 : SAG_SPLINE_REACH;
  gint32               needed;

  g_return_if_fail (first >= 0 && n > 0 && first + n <= self->what.n[2]);

  self->first = first;
  self->n = n;
  self->out = out;
  sag_spline_axis_needs (axis, first, n, &self->low, &self->high);
  needed = MIN (self->high + reach + 1, axis->n_in);
  feed (self, needed);
  sag_pool_run (self->pool, self->what.n[1], make_row, self);
  self->n_causal = self->n_fed;
}
