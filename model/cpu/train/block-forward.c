/* SPDX-License-Identifier: Apache-2.0 */

/* A block's way forward with the statistics of the batch.
 *
 *   e = SiLU (BN (W x))                    never stored
 *   u = depthwise (e)                      stored, raw
 *   z = SiLU (BN (u)),  gate = squeeze-excite (mean over voxels of z)
 *   p = project (z gate)                   stored, raw
 *   out = BN (p) (+ x)
 */

#include "model/cpu/train/block.h"

#include "model/cpu/gemm.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <string.h>

typedef struct
{
  SagCpuTrainBlock      *self;
  const SagCpuTrainTeam *team;
  const SagCpuSource    *sources;
  double                *doubles; /* per item */
  float                 *panels;  /* (n, ...) */
  gsize                  panel_floats;
} Forward;

/* A SagCpuProducer of the expanded rows. */
typedef struct
{
  SagCpuProducer          base;
  const SagCpuTrainBlock *self;
  const SagCpuSource     *source;
} Producer;

static void
expand_row (
  const SagCpuProducer *base, int32_t block, int32_t x, int32_t y, float *out, float *scratch)
{
  const Producer *producer = (const Producer *) base;

  sag_cpu_train_expand_row (producer->self, base->kernels, producer->source, block, x, y,
                            SAG_CPU_ACT_SILU, out, scratch);
}

static void
copy_row (
  const SagCpuProducer *base, int32_t block, int32_t x, int32_t y, float *out, float *scratch)
{
  const SagCpuSource *source = ((const Producer *) base)->source;
  const float        *row = sag_cpu_source_row (source, x, y, scratch) + block * SAG_CPU_LANES;

  for (int32_t z = 0; z < source->dims[2]; z++)
    memcpy (out + z * SAG_CPU_LANES, row + (gsize) z * source->row, SAG_CPU_LANES * sizeof (float));
}

/* (mid, 1, k, k, k) to (mid blocks, k, k, k, 16) */
static void
pack_depthwise (SagCpuTrainBlock *self)
{
  gsize k3 = (gsize) self->shape.kernel * self->shape.kernel * self->shape.kernel;

  for (gsize c = 0; c < (gsize) self->shape.mid_channels; c++)
    for (gsize i = 0; i < k3; i++)
      self->depth_weights[(c / SAG_CPU_LANES * k3 + i) * SAG_CPU_LANES + c % SAG_CPU_LANES] =
        self->depthwise->value[c * k3 + i];
}

static void
convolve (Forward *forward)
{
  SagCpuTrainBlock      *self = forward->self;
  const SagCpuTrainTeam *team = forward->team;
  gsize                  padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  g_autofree float      *zeros = g_new0 (float, padded);
  g_autofree float      *sums = g_new (float, sag_cpu_sweep_n_sums (&self->sweep));
  SagCpuStop             stop = { 0 };

  pack_depthwise (self);
  for (gsize s = 0; s < team->n; s++)
    {
      Producer producer = {
        .base = { .row = self->expand != NULL ? expand_row : copy_row,
                  .kernels = team->kernels,
                  .dims = { self->in[0], self->in[1], self->in[2] },
                  .scratch_floats = sag_cpu_source_scratch (&forward->sources[s]) },
        .self = self,
        .source = &forward->sources[s],
      };

      sag_cpu_sweep_run (&self->sweep, &producer.base, team->pool, team->kernels,
                         self->depth_weights, zeros,
                         self->u + s * padded * sag_cpu_train_n_out (self), sums, team->scratch,
                         team->scratch_floats, &stop);
    }
}

/* Moments of 16 channels of a sample, around their first value. Item: sample, channel block. */
static void
moments_block (gsize item, guint worker, gpointer data)
{
  const Forward *forward = data;
  gsize          n = sag_cpu_train_n_out (forward->self);
  const float   *u = forward->self->u + item * n * SAG_CPU_LANES;
  double        *totals = forward->doubles + item * 2 * SAG_CPU_LANES;

  for (gsize i = 0; i < n; i += SAG_CPU_TRAIN_RUN)
    {
      float sums[2 * SAG_CPU_LANES] = { 0 };

      forward->team->kernels->moments (&(SagCpuMoments){
        .x = u + i * SAG_CPU_LANES,
        .x_row = SAG_CPU_LANES,
        .n = MIN (SAG_CPU_TRAIN_RUN, n - i),
        .pivot = u,
        .sums = sums,
      });
      sag_cpu_add_floats (totals, sums, 2 * SAG_CPU_LANES);
    }
}

/* Joins the moments of samples around different pivots: Chan et al., "Updating formulae and a
 * pairwise algorithm for computing sample variances", 1979. */
static void
join_moments (const double *sums,
              gsize         step,
              const float  *pivots,
              gsize         pivot_step,
              gsize         n_samples,
              double        n,
              double       *mean,
              double       *variance)
{
  double total = 0, squares = 0;

  for (gsize s = 0; s < n_samples; s++)
    total += pivots[s * pivot_step] + sums[s * step] / n;
  *mean = total / n_samples;
  for (gsize s = 0; s < n_samples; s++)
    {
      double shift = sums[s * step] / n;
      double own = pivots[s * pivot_step] + shift - *mean;

      squares += sums[s * step + SAG_CPU_LANES] - n * shift * shift + n * own * own;
    }
  *variance = squares / (n * n_samples);
}

static void
normalise_depthwise (Forward *forward)
{
  SagCpuTrainBlock *self = forward->self;
  gsize n_samples = forward->team->n, n = sag_cpu_train_n_out (self), blocks = self->mid_blocks;
  gsize mid = self->shape.mid_channels;
  g_autofree double *mean = g_new (double, 2 * mid);

  forward->doubles = g_new0 (double, n_samples *blocks * 2 * SAG_CPU_LANES);
  sag_pool_run (forward->team->pool, n_samples * blocks, moments_block, forward);
  for (gsize c = 0; c < mid; c++)
    {
      gsize block = c / SAG_CPU_LANES, lane = c % SAG_CPU_LANES;

      join_moments (forward->doubles + block * 2 * SAG_CPU_LANES + lane, blocks * 2 * SAG_CPU_LANES,
                    self->u + block * n * SAG_CPU_LANES + lane, blocks * n * SAG_CPU_LANES,
                    n_samples, n, &mean[c], &mean[mid + c]);
    }
  g_clear_pointer (&forward->doubles, g_free);
  sag_cpu_batch_norm_set (&self->depth_norm, mean, mean + mid, (double) n * n_samples);
}

/* Mean of z over a sample's voxels. Item: sample, channel block. */
static void
pool_block (gsize item, guint worker, gpointer data)
{
  const Forward    *forward = data;
  SagCpuTrainBlock *self = forward->self;
  gsize             n = sag_cpu_train_n_out (self), block = item % self->mid_blocks;
  const float      *u = self->u + item * n * SAG_CPU_LANES;
  double            totals[SAG_CPU_LANES] = { 0 };

  for (gsize i = 0; i < n; i += SAG_CPU_TRAIN_RUN)
    {
      float sums[SAG_CPU_LANES] = { 0 };

      forward->team->kernels->norm_silu (&(SagCpuNormSilu){
        .x = u + i * SAG_CPU_LANES,
        .n = MIN (SAG_CPU_TRAIN_RUN, n - i),
        .scale = self->depth_norm.factor + block * SAG_CPU_LANES,
        .shift = self->depth_norm.offset + block * SAG_CPU_LANES,
        .sums = sums,
      });
      sag_cpu_add_floats (totals, sums, SAG_CPU_LANES);
    }
  for (gsize j = 0; j < SAG_CPU_LANES; j++)
    self->pooled[item * SAG_CPU_LANES + j] = (float) (totals[j] / n);
}

static double
dot (const float *a, const float *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) a[i] * b[i];
  return sum;
}

/* Squeeze-excite of one sample, and the projection's weights with its gate multiplied in. */
static void
gate_sample (gsize s, guint worker, gpointer data)
{
  Forward          *forward = data;
  SagCpuTrainBlock *self = forward->self;
  gsize             mid = self->shape.mid_channels, reduced = self->shape.gate_channels;
  gsize             padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  const float      *pooled = self->pooled + s * padded;
  float            *gate = self->gate + s * padded, *hidden = self->hidden + s * reduced;
  g_autofree float *inner = g_new (float, reduced);
  g_autofree float *scaled = g_new (float, mid);

  for (gsize r = 0; r < reduced; r++)
    {
      hidden[r] =
        (float) (self->reduce_bias->value[r] + dot (self->reduce->value + r * mid, pooled, mid));
      inner[r] = hidden[r] / (1 + expf (-hidden[r]));
    }
  for (gsize c = 0; c < mid; c++)
    gate[c] = (float) (1 / (1 + exp (-(self->widen_bias->value[c] +
                                       dot (self->widen->value + c * reduced, inner, reduced)))));
  for (int32_t o = 0; o < self->shape.out_channels; o++)
    {
      for (gsize c = 0; c < mid; c++)
        scaled[c] = self->project->value[o * mid + c] * gate[c];
      sag_cpu_pack (scaled, o, 1, self->shape.out_channels, mid,
                    forward->panels + s * forward->panel_floats);
    }
}

/* z of a chunk of voxels in scratch, then its projection. Item: sample, chunk. */
static void
project_chunk (gsize item, guint worker, gpointer data)
{
  const Forward    *forward = data;
  SagCpuTrainBlock *self = forward->self;
  gsize             n = sag_cpu_train_n_out (self),
        n_chunks = (n + SAG_CPU_TRAIN_CHUNK - 1) / SAG_CPU_TRAIN_CHUNK;
  gsize  s = item / n_chunks, first = item % n_chunks * SAG_CPU_TRAIN_CHUNK;
  gsize  rows = MIN (SAG_CPU_TRAIN_CHUNK, n - first);
  float *z = forward->team->scratch + worker * forward->team->scratch_floats;
  float *p = self->p + (s * n + first) * self->out_row;

  for (gsize block = 0; block < (gsize) self->mid_blocks; block++)
    forward->team->kernels->norm_silu (&(SagCpuNormSilu){
      .x = self->u + ((s * self->mid_blocks + block) * n + first) * SAG_CPU_LANES,
      .n = rows,
      .scale = self->depth_norm.factor + block * SAG_CPU_LANES,
      .shift = self->depth_norm.offset + block * SAG_CPU_LANES,
      .out = z + block * rows * SAG_CPU_LANES,
    });
  sag_cpu_clear_padding (p, self->out_row, self->shape.out_channels, rows);
  forward->team->kernels->gemm (&(SagCpuGemm){
    .a = z,
    .a_row = SAG_CPU_LANES,
    .a_block = rows * SAG_CPU_LANES,
    .panels = forward->panels + s * forward->panel_floats,
    .out = p,
    .out_row = self->out_row,
    .n_rows = rows,
    .n_columns = sag_cpu_full_columns (self->shape.out_channels),
    .k = self->shape.mid_channels,
  });
}

static void
project (Forward *forward)
{
  SagCpuTrainBlock      *self = forward->self;
  const SagCpuTrainTeam *team = forward->team;
  gsize n_chunks = (sag_cpu_train_n_out (self) + SAG_CPU_TRAIN_CHUNK - 1) / SAG_CPU_TRAIN_CHUNK;

  sag_pool_run (team->pool, team->n * self->mid_blocks, pool_block, forward);
  forward->panel_floats = sag_cpu_panel_floats (self->shape.out_channels, self->shape.mid_channels);
  forward->panels = g_new (float, team->n * forward->panel_floats);
  sag_pool_run (team->pool, team->n, gate_sample, forward);
  sag_pool_run (team->pool, team->n * n_chunks, project_chunk, forward);
  g_clear_pointer (&forward->panels, g_free);
}

/* Moments of 16 channels of p. Item: sample, group of 16 channels. */
static void
moments_group (gsize item, guint worker, gpointer data)
{
  const Forward    *forward = data;
  SagCpuTrainBlock *self = forward->self;
  gsize        n = sag_cpu_train_n_out (self), row = self->out_row, groups = row / SAG_CPU_LANES;
  const float *p = self->p + item / groups * n * row + item % groups * SAG_CPU_LANES;
  double      *totals = forward->doubles + item * 2 * SAG_CPU_LANES;

  for (gsize i = 0; i < n; i += SAG_CPU_TRAIN_RUN)
    {
      float sums[2 * SAG_CPU_LANES] = { 0 };

      forward->team->kernels->moments (&(SagCpuMoments){
        .x = p + i * row,
        .x_row = row,
        .n = MIN (SAG_CPU_TRAIN_RUN, n - i),
        .pivot = p,
        .sums = sums,
      });
      sag_cpu_add_floats (totals, sums, 2 * SAG_CPU_LANES);
    }
}

static void
normalise_projection (Forward *forward)
{
  SagCpuTrainBlock *self = forward->self;
  gsize n_samples = forward->team->n, n = sag_cpu_train_n_out (self), row = self->out_row;
  gsize groups = row / SAG_CPU_LANES, channels = self->shape.out_channels;
  g_autofree double *mean = g_new (double, 2 * channels);

  forward->doubles = g_new0 (double, n_samples *groups * 2 * SAG_CPU_LANES);
  sag_pool_run (forward->team->pool, n_samples * groups, moments_group, forward);
  for (gsize c = 0; c < channels; c++)
    join_moments (forward->doubles + c / SAG_CPU_LANES * 2 * SAG_CPU_LANES + c % SAG_CPU_LANES,
                  groups * 2 * SAG_CPU_LANES, self->p + c, n * row, n_samples, n, &mean[c],
                  &mean[channels + c]);
  g_clear_pointer (&forward->doubles, g_free);
  sag_cpu_batch_norm_set (&self->project_norm, mean, mean + channels, (double) n * n_samples);
}

/* The skipped input of row (@x, @y): stored, or for block 0 made again: (dims[2], out row). */
static const float *
skipped_row (const Forward *forward, gsize s, int32_t x, int32_t y, float *scratch)
{
  const SagCpuTrainBlock *self = forward->self;
  const SagCpuSource     *source = &forward->sources[s];
  float                  *row = scratch + sag_cpu_source_scratch (source);
  float                  *part = row + (gsize) self->in[2] * self->out_row;

  if (!self->is_first)
    return sag_cpu_source_row (source, x, y, scratch);
  for (int32_t block = 0; block < self->mid_blocks; block++)
    {
      sag_cpu_train_expand_row (self, forward->team->kernels, source, block, x, y, SAG_CPU_ACT_SILU,
                                part, scratch);
      for (int32_t z = 0; z < self->in[2]; z++)
        memcpy (row + z * self->out_row + block * SAG_CPU_LANES, part + z * SAG_CPU_LANES,
                SAG_CPU_LANES * sizeof (float));
    }
  return row;
}

/* Item: sample, plane. */
static void
finish_plane (gsize item, guint worker, gpointer data)
{
  const Forward    *forward = data;
  SagCpuTrainBlock *self = forward->self;
  gsize             s = item / self->out[0], width = self->out_row;
  int32_t           x = item % self->out[0];
  float            *scratch = forward->team->scratch + worker * forward->team->scratch_floats;

  for (int32_t y = 0; y < self->out[1]; y++)
    {
      gsize first = s * sag_cpu_train_n_out (self) + ((gsize) x * self->out[1] + y) * self->out[2];

      forward->team->kernels->norm_add (&(SagCpuNormAdd){
        .x = self->p + first * width,
        .n = self->out[2],
        .width = width,
        .scale = self->project_norm.factor,
        .shift = self->project_norm.offset,
        .residual = self->shape.skips ? skipped_row (forward, s, x, y, scratch) : NULL,
        .out = self->x + first * width,
      });
    }
}

void
sag_cpu_train_block_forward (SagCpuTrainBlock      *self,
                             const SagCpuTrainTeam *team,
                             const SagCpuSource    *sources)
{
  Forward forward = { .self = self, .team = team, .sources = sources };

  if (self->expand != NULL)
    sag_cpu_train_normalise_expansion (self, team, sources);
  convolve (&forward);
  normalise_depthwise (&forward);
  project (&forward);
  normalise_projection (&forward);
  sag_pool_run (team->pool, team->n * self->out[0], finish_plane, &forward);
}
