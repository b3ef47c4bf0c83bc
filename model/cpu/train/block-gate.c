/* SPDX-License-Identifier: Apache-2.0 */

/* A block's way back from its output to its raw depthwise output.
 *
 *   d_p = BN' (d_out)
 *   A = z^T d_p                       (mid, out), each sample
 *   d_project = A gate,  d_gate = rowsum (project^T A)
 *   d_z = d_p project gate + d_pooled / voxels,  d_pooled through squeeze-excite
 *   d_u = BN' (d_z SiLU' (BN (u)))
 *
 * Rows of d_u are spread out along z, zeros between and around the values, so that the way back through the depthwise
 * convolution is a convolution of stride 1 whatever the stride was.
 */

#include "model/cpu/train/block-back.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <string.h>

gsize
sag_cpu_train_spread_row (const SagCpuTrainBlock *self)
{
  return ((gsize) self->in[2] + self->shape.kernel - 1) * SAG_CPU_LANES;
}

float *
sag_cpu_train_spread_at (const SagCpuBack *back, gsize s, gsize block, gsize x, gsize y)
{
  const SagCpuTrainBlock *self = back->self;
  gsize at = ((s * self->mid_blocks + block) * self->out[0] + x) * self->out[1] + y;

  return back->team->inner + at * sag_cpu_train_spread_row (self);
}

gsize
sag_cpu_train_spread_offset (const SagCpuTrainBlock *self)
{
  return (gsize) (self->shape.kernel - 1 - self->sweep.shape.before[2]) * SAG_CPU_LANES;
}

/* Item: sample, group of 16 output channels. */
static void
output_sums (gsize item, guint worker, gpointer data)
{
  const SagCpuBack *back = data;
  SagCpuTrainBlock *self = back->self;
  gsize   n = sag_cpu_train_n_out (self), row = self->out_row, groups = row / SAG_CPU_LANES;
  gsize   at = item / groups * n * row + item % groups * SAG_CPU_LANES;
  double *totals = back->doubles + item * 2 * SAG_CPU_LANES;

  for (gsize i = 0; i < n; i += SAG_CPU_TRAIN_RUN)
    {
      float sums[2 * SAG_CPU_LANES] = { 0 };

      back->team->kernels->norm_sums (&(SagCpuNormSums){
        .x = self->p + at + i * row,
        .x_row = row,
        .d = back->d_out + at + i * row,
        .d_row = row,
        .n = MIN (SAG_CPU_TRAIN_RUN, n - i),
        .mean = self->project_norm.mean + item % groups * SAG_CPU_LANES,
        .sums = sums,
      });
      sag_cpu_add_floats (totals, sums, 2 * SAG_CPU_LANES);
    }
}

/* Sums of items over samples: (samples, groups, 2, 16) to (2, channels). */
static void
gather_sums (const SagCpuBack *back, gsize n_samples, gsize groups, gsize channels, double *sums)
{
  memset (sums, 0, 2 * channels * sizeof *sums);
  for (gsize s = 0; s < n_samples; s++)
    for (gsize c = 0; c < channels; c++)
      {
        const double *from =
          back->doubles + (s * groups + c / SAG_CPU_LANES) * 2 * SAG_CPU_LANES + c % SAG_CPU_LANES;

        sums[c] += from[0];
        sums[channels + c] += from[SAG_CPU_LANES];
      }
}

static void
normalise_output (gsize item, guint worker, gpointer data)
{
  const SagCpuBack *back = data;
  SagCpuTrainBlock *self = back->self;
  gsize n = sag_cpu_train_n_out (self), row = self->out_row, groups = row / SAG_CPU_LANES;
  gsize at = item / groups * n * row + item % groups * SAG_CPU_LANES;
  gsize c = item % groups * SAG_CPU_LANES;

  back->team->kernels->norm_gradient (&(SagCpuNormGradient){
    .x = self->p + at,
    .x_row = row,
    .n = n,
    .mean = self->project_norm.mean + c,
    .factor = self->project_norm.factor + c,
    .slope = self->project_norm.slope + c,
    .offset = self->project_norm.shift + c,
    .d = back->d_out + at,
    .d_step = row,
  });
}

static void
back_through_output_norm (SagCpuBack *back)
{
  SagCpuTrainBlock  *self = back->self;
  gsize              n_samples = back->team->n, channels = self->shape.out_channels;
  gsize              groups = self->out_row / SAG_CPU_LANES;
  g_autofree double *sums = g_new (double, 2 * channels);

  back->doubles = g_new0 (double, n_samples *groups * 2 * SAG_CPU_LANES);
  sag_pool_run (back->team->pool, n_samples * groups, output_sums, back);
  gather_sums (back, n_samples, groups, channels, sums);
  g_clear_pointer (&back->doubles, g_free);
  sag_cpu_batch_norm_backward (&self->project_norm, sums, sums + channels,
                               (double) n_samples * sag_cpu_train_n_out (self));
  sag_pool_run (back->team->pool, n_samples * groups, normalise_output, back);
}

/* A of a part of a sample: (mid blocks, out channels, 16) in its partial. Item: sample, part. */
static void
project_part (gsize item, guint worker, gpointer data)
{
  const SagCpuBack *back = data;
  SagCpuTrainBlock *self = back->self;
  gsize             n = sag_cpu_train_n_out (self), s = item / self->n_parts;
  gsize             part = item % self->n_parts;
  gsize             end = n * (part + 1) / self->n_parts;
  gsize             block_floats = (gsize) self->shape.out_channels * SAG_CPU_LANES;
  float            *z = back->team->scratch + worker * back->team->scratch_floats;
  float            *sums = back->team->partial + item * self->mid_blocks * block_floats;

  memset (sums, 0, self->mid_blocks * block_floats * sizeof *sums);
  for (gsize i = n * part / self->n_parts; i < end; i += SAG_CPU_TRAIN_CHUNK)
    for (gsize block = 0; block < (gsize) self->mid_blocks; block++)
      {
        gsize rows = MIN (SAG_CPU_TRAIN_CHUNK, end - i);

        back->team->kernels->norm_silu (&(SagCpuNormSilu){
          .x = self->u + ((s * self->mid_blocks + block) * n + i) * SAG_CPU_LANES,
          .n = rows,
          .scale = self->depth_norm.factor + block * SAG_CPU_LANES,
          .shift = self->depth_norm.offset + block * SAG_CPU_LANES,
          .out = z,
        });
        back->team->kernels->outer (&(SagCpuOuter){
          .a = z,
          .a_row = SAG_CPU_LANES,
          .x = back->d_out + (s * n + i) * self->out_row,
          .x_row = self->out_row,
          .n = rows,
          .n_columns = self->shape.out_channels,
          .sums = sums + block * block_floats,
        });
      }
}

/* From A: the projection's gradient and that of every sample's gate. Item: channel of mid. */
static void
gather_channel (gsize c, guint worker, gpointer data)
{
  const SagCpuBack *back = data;
  SagCpuTrainBlock *self = back->self;
  gsize             mid = self->shape.mid_channels, out = self->shape.out_channels;
  gsize block_floats = out * SAG_CPU_LANES, item_floats = self->mid_blocks * block_floats;
  gsize padded = (gsize) self->mid_blocks * SAG_CPU_LANES;

  for (gsize s = 0; s < back->team->n; s++)
    {
      const float *a = back->team->partial + s * self->n_parts * item_floats +
                       c / SAG_CPU_LANES * block_floats + c % SAG_CPU_LANES;
      double d_gate = 0;

      for (gsize o = 0; o < out; o++)
        {
          double sum = 0;

          for (gsize part = 0; part < self->n_parts; part++)
            sum += a[part * item_floats + o * SAG_CPU_LANES];
          d_gate += sum * self->project->value[o * mid + c];
          if (self->project->trains)
            self->project->grad[o * mid + c] += (float) (sum * self->gate[s * padded + c]);
        }
      back->d_gate[s * padded + c] = (float) d_gate;
    }
}

/* One sample's squeeze-excite: d_gate becomes d_pooled / voxels. */
static void
back_through_gate (const SagCpuBack *back, gsize s)
{
  SagCpuTrainBlock  *self = back->self;
  gsize              mid = self->shape.mid_channels, reduced = self->shape.gate_channels;
  gsize              padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  float             *d = back->d_gate + s * padded;
  const float       *gate = self->gate + s * padded, *pooled = self->pooled + s * padded;
  g_autofree double *d_inner = g_new0 (double, reduced);
  gboolean           trains = self->reduce->trains;

  for (gsize c = 0; c < mid; c++)
    {
      d[c] *= gate[c] * (1 - gate[c]);
      for (gsize r = 0; r < reduced; r++)
        d_inner[r] += (double) d[c] * self->widen->value[c * reduced + r];
    }
  for (gsize r = 0; r < reduced; r++)
    {
      double t = self->hidden[s * reduced + r], sigmoid = 1 / (1 + exp (-t));

      for (gsize c = 0; trains && c < mid; c++)
        self->widen->grad[c * reduced + r] += (float) (d[c] * t * sigmoid);
      d_inner[r] *= sigmoid * (1 + t * (1 - sigmoid));
      for (gsize c = 0; trains && c < mid; c++)
        self->reduce->grad[r * mid + c] += (float) (d_inner[r] * pooled[c]);
      if (trains)
        self->reduce_bias->grad[r] += (float) d_inner[r];
    }
  for (gsize c = 0; c < mid; c++)
    {
      double d_pooled = 0;

      if (trains)
        self->widen_bias->grad[c] += d[c];
      for (gsize r = 0; r < reduced; r++)
        d_pooled += d_inner[r] * self->reduce->value[r * mid + c];
      d[c] = (float) (d_pooled / sag_cpu_train_n_out (self));
    }
}

/* project as (mid blocks, out, 16). */
static float *
pack_project (const SagCpuTrainBlock *self)
{
  gsize  mid = self->shape.mid_channels, out = self->shape.out_channels;
  float *panels = g_new0 (float, (gsize) self->mid_blocks *out *SAG_CPU_LANES);

  for (gsize c = 0; c < mid; c++)
    for (gsize o = 0; o < out; o++)
      panels[(c / SAG_CPU_LANES * out + o) * SAG_CPU_LANES + c % SAG_CPU_LANES] =
        self->project->value[o * mid + c];
  return panels;
}

/* 16 channels of plane @x: d_z, then through SiLU into spread rows. @totals: (2, 16) */
static void
inner_plane (const SagCpuBack *back, gsize s, gsize block, gsize x, float *d_z, double *totals)
{
  SagCpuTrainBlock *self = back->self;
  gsize             plane = (gsize) self->out[1] * self->out[2], c = block * SAG_CPU_LANES;
  gsize             first = x * plane, padded = (gsize) self->mid_blocks * SAG_CPU_LANES;
  const float      *u =
    self->u + ((s * self->mid_blocks + block) * sag_cpu_train_n_out (self) + first) * SAG_CPU_LANES;

  back->team->kernels->gemm (&(SagCpuGemm){
    .a = back->d_out + (s * sag_cpu_train_n_out (self) + first) * self->out_row,
    .a_row = self->out_row,
    .a_block = 16,
    .panels = back->panels + block * self->shape.out_channels * SAG_CPU_LANES,
    .out = d_z,
    .out_row = SAG_CPU_LANES,
    .n_rows = plane,
    .n_columns = SAG_CPU_LANES,
    .k = self->shape.out_channels,
  });
  for (gsize y = 0; y < (gsize) self->out[1]; y++)
    {
      float sums[2 * SAG_CPU_LANES] = { 0 };

      back->team->kernels->norm_silu_gradient (&(SagCpuNormSiluGradient){
        .x = u + y * self->out[2] * SAG_CPU_LANES,
        .d = d_z + y * self->out[2] * SAG_CPU_LANES,
        .n = self->out[2],
        .scale = self->depth_norm.factor + c,
        .shift = self->depth_norm.offset + c,
        .mean = self->depth_norm.mean + c,
        .gate = self->gate + s * padded + c,
        .add = back->d_gate + s * padded + c,
        .out = sag_cpu_train_spread_at (back, s, block, x, y) + sag_cpu_train_spread_offset (self),
        .out_step = (gsize) self->shape.stride * SAG_CPU_LANES,
        .sums = sums,
      });
      sag_cpu_add_floats (totals, sums, 2 * SAG_CPU_LANES);
    }
}

/* Item: sample, channel block. */
static void
inner_block (gsize item, guint worker, gpointer data)
{
  const SagCpuBack *back = data;
  SagCpuTrainBlock *self = back->self;
  gsize             s = item / self->mid_blocks, block = item % self->mid_blocks;
  float            *d_z = back->team->scratch + worker * back->team->scratch_floats;

  memset (sag_cpu_train_spread_at (back, s, block, 0, 0), 0,
          sag_cpu_train_spread_row (self) * self->out[0] * self->out[1] * sizeof (float));
  for (gsize x = 0; x < (gsize) self->out[0]; x++)
    inner_plane (back, s, block, x, d_z, back->doubles + item * 2 * SAG_CPU_LANES);
}

/* BatchNorm's way back over the spread rows. Item: sample, channel block. */
static void
normalise_inner (gsize item, guint worker, gpointer data)
{
  const SagCpuBack *back = data;
  SagCpuTrainBlock *self = back->self;
  gsize             c = item % self->mid_blocks * SAG_CPU_LANES;
  const float      *u = self->u + item * sag_cpu_train_n_out (self) * SAG_CPU_LANES;
  float            *d =
    sag_cpu_train_spread_at (back, item / self->mid_blocks, item % self->mid_blocks, 0, 0) +
    sag_cpu_train_spread_offset (self);

  for (gsize row = 0; row < (gsize) self->out[0] * self->out[1]; row++)
    back->team->kernels->norm_gradient (&(SagCpuNormGradient){
      .x = u + row * self->out[2] * SAG_CPU_LANES,
      .x_row = SAG_CPU_LANES,
      .n = self->out[2],
      .mean = self->depth_norm.mean + c,
      .factor = self->depth_norm.factor + c,
      .slope = self->depth_norm.slope + c,
      .offset = self->depth_norm.shift + c,
      .d = d + row * sag_cpu_train_spread_row (self),
      .d_step = (gsize) self->shape.stride * SAG_CPU_LANES,
    });
}

void
sag_cpu_train_back_to_depthwise (SagCpuBack *back)
{
  SagCpuTrainBlock      *self = back->self;
  const SagCpuTrainTeam *team = back->team;
  gsize                  mid = self->shape.mid_channels, blocks = self->mid_blocks;
  g_autofree double     *sums = g_new (double, 2 * mid);

  back_through_output_norm (back);
  sag_pool_run (team->pool, team->n * self->n_parts, project_part, back);
  back->d_gate = g_new0 (float, team->n *blocks *SAG_CPU_LANES);
  sag_pool_run (team->pool, mid, gather_channel, back);
  for (gsize s = 0; s < team->n; s++)
    back_through_gate (back, s);
  back->panels = pack_project (self);
  back->doubles = g_new0 (double, team->n *blocks * 2 * SAG_CPU_LANES);
  sag_pool_run (team->pool, team->n * blocks, inner_block, back);
  gather_sums (back, team->n, blocks, mid, sums);
  sag_cpu_batch_norm_backward (&self->depth_norm, sums, sums + mid,
                               (double) team->n * sag_cpu_train_n_out (self));
  sag_pool_run (team->pool, team->n * blocks, normalise_inner, back);
  g_clear_pointer (&back->doubles, g_free);
  g_clear_pointer (&back->panels, g_free);
  g_clear_pointer (&back->d_gate, g_free);
}
