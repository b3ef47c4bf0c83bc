/* SPDX-License-Identifier: Apache-2.0 */

/* BatchNorm of the expanded map without the map: with e = W x,
 *   mean (e) = W mean (x),  var (e) = diag (W Cov (x) W^T)
 * so that sums of x x^T and x over the batch are enough; they serve the way back too.
 */

#include "model/cpu/train/block.h"

#include "model/cpu/train/sums.h"

#include <string.h>

#define ROWS 4 /* channels of W M at a time */

/**
 * Moments:
 * @sums: (items, n_sums) doubles: (row / 16, channels, 16), of which element (i, j) is the sum of x_i x_j where i is
 *   not before j's group of 16, then (row) sums of x
 */
typedef struct
{
  SagCpuTrainBlock      *self;
  const SagCpuTrainTeam *team;
  const SagCpuSource    *sources;
  double                *sums;
  gsize                  n_sums;
  double                 n; /* voxels of the batch */
  double                *mean;
  double                *variance;
} Moments;

static void
add_row (const SagCpuKernels *kernels, const SagCpuSource *source, const float *rows, float *sums)
{
  gsize  row = source->row, channels = source->channels;
  float *first = sums + channels * row;

  for (gsize c = 0; c < channels; c += SAG_CPU_LANES)
    kernels->outer (&(SagCpuOuter){
      .a = rows + c,
      .a_row = row,
      .x = rows + c,
      .x_row = row,
      .n = source->dims[2],
      .n_columns = channels - c,
      .sums = sums + c * channels + c * SAG_CPU_LANES,
    });
  for (gsize z = 0; z < (gsize) source->dims[2]; z++)
    sag_cpu_add (first, rows + z * row, row);
}

/* Item: sample, part. */
static void
moments_part (gsize item, guint worker, gpointer data)
{
  const Moments      *moments = data;
  gsize               n_parts = moments->self->n_parts, part = item % n_parts, n_summed = 0;
  const SagCpuSource *source = &moments->sources[item / n_parts];
  float              *scratch = moments->team->scratch + worker * moments->team->scratch_floats;
  float              *sums = scratch + (gsize) source->row * source->dims[2];
  double             *totals = moments->sums + item * moments->n_sums;
  gsize               first = source->dims[0] * part / n_parts;
  gsize               end = source->dims[0] * (part + 1) / n_parts;
  gsize               n_rows = (end - first) * source->dims[1];

  memset (totals, 0, moments->n_sums * sizeof *totals);
  memset (sums, 0, moments->n_sums * sizeof *sums);
  for (gsize i = 0; i < n_rows; i++)
    {
      gsize x = first + i / source->dims[1], y = i % source->dims[1];

      add_row (moments->team->kernels, source, sag_cpu_source_row (source, x, y, scratch), sums);
      n_summed += source->dims[2];
      if (n_summed < SAG_CPU_TRAIN_RUN && i + 1 < n_rows)
        continue;
      sag_cpu_add_floats (totals, sums, moments->n_sums);
      memset (sums, 0, moments->n_sums * sizeof *sums);
      n_summed = 0;
    }
}

/* Row @i of the sums of all items, in order. */
static void
gather_row (gsize i, guint worker, gpointer data)
{
  const Moments    *moments = data;
  SagCpuTrainBlock *self = moments->self;
  gsize             row = moments->sources->row, channels = self->channels;
  gsize             n_items = moments->team->n * self->n_parts;
  double           *out = self->moments + i * row;

  memset (out, 0, row * sizeof *out);
  for (gsize item = 0; item < n_items; item++)
    {
      const double *sums = moments->sums + item * moments->n_sums;

      for (gsize j = 0; j < channels; j++)
        {
          gsize from = i >= j / SAG_CPU_LANES * SAG_CPU_LANES ? i : j;
          gsize to = from == i ? j : i;

          out[j] +=
            sums[(to / SAG_CPU_LANES * channels + from) * SAG_CPU_LANES + to % SAG_CPU_LANES];
        }
    }
}

static void
gather_first (const Moments *moments)
{
  SagCpuTrainBlock *self = moments->self;
  gsize             row = moments->sources->row, size = self->channels * row;

  memset (self->first_moments, 0, row * sizeof (double));
  for (gsize item = 0; item < moments->team->n * self->n_parts; item++)
    for (gsize j = 0; j < row; j++)
      self->first_moments[j] += moments->sums[item * moments->n_sums + size + j];
}

/* W M, mean and variance of some expanded channels. */
static void
spread_channels (gsize item, guint worker, gpointer data)
{
  const Moments    *moments = data;
  SagCpuTrainBlock *self = moments->self;
  gsize             channels = self->channels, row = moments->sources->row, first = item * ROWS;
  gsize             end = MIN (first + ROWS, (gsize) self->shape.mid_channels);

  moments->team->kernels->weigh (&(SagCpuWeigh){
    .weights = self->expand->value + first * channels,
    .n_rows = end - first,
    .matrix = self->moments,
    .row = row,
    .k = channels,
    .out = self->turned + first * row,
  });
  for (gsize c = first; c < end; c++)
    {
      const float  *w = self->expand->value + c * channels;
      const double *turned = self->turned + c * row;
      double        mean = 0, square = 0;

      for (gsize j = 0; j < channels; j++)
        {
          mean += w[j] * self->first_moments[j];
          square += w[j] * turned[j];
        }
      moments->mean[c] = mean / moments->n;
      moments->variance[c] = square / moments->n - moments->mean[c] * moments->mean[c];
    }
}

static void
sum_moments (Moments *moments)
{
  SagCpuTrainBlock      *self = moments->self;
  const SagCpuTrainTeam *team = moments->team;
  gsize                  mid = self->shape.mid_channels;

  moments->n_sums = ((gsize) self->channels + 1) * moments->sources->row;
  moments->sums = (double *) team->partial;
  sag_pool_run (team->pool, team->n * self->n_parts, moments_part, moments);
  sag_pool_run (team->pool, self->channels, gather_row, moments);
  gather_first (moments);
  sag_pool_run (team->pool, (mid + ROWS - 1) / ROWS, spread_channels, moments);
}

void
sag_cpu_train_normalise_expansion (SagCpuTrainBlock      *self,
                                   const SagCpuTrainTeam *team,
                                   const SagCpuSource    *sources)
{
  gsize              mid = self->shape.mid_channels, channels = self->channels;
  double             n = (double) team->n * self->in[0] * self->in[1] * self->in[2];
  g_autofree double *mean = g_new0 (double, 2 * mid);
  Moments            moments = {
               .self = self, .team = team, .sources = sources, .n = n, .mean = mean, .variance = mean + mid
  };

  if (!self->expand_norm.frozen)
    sum_moments (&moments);
  sag_cpu_batch_norm_set (&self->expand_norm, mean, mean + mid, n);
  for (gsize c = 0; c < mid; c++)
    for (gsize i = 0; i < channels; i++)
      self->expand_panels[(c / SAG_CPU_LANES * channels + i) * SAG_CPU_LANES + c % SAG_CPU_LANES] =
        self->expand->value[c * channels + i] * self->expand_norm.factor[c];
}
