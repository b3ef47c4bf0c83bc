/* SPDX-License-Identifier: Apache-2.0 */

/* A block's way back from its raw depthwise output to its input, plane by plane, so that the gradient of the expanded
 * map never exists as a whole.
 *
 *   t = BN (W x),  e = SiLU (t)          made again
 *   d_e = depthwise^T (d_u),  d_t = d_e SiLU' (t)
 *   d_depthwise = sum d_u e
 *   Q = d_t^T x                          (mid, channels)
 *
 * BatchNorm's way back is linear in d_t and in e' = W x, so that sums over the whole batch can follow afterwards:
 *   d_x = W^T (factor d_t) - W^T slope (W x - mean) - W^T shift
 *   d_W = factor Q - slope (W M - mean s) - shift s,  M = sum x x^T,  s = sum x
 *   sum d_t (e' - mean) = rowsum (W Q) - mean sum d_t
 */

#include "model/cpu/train/block-back.h"

#include "model/cpu/gemm.h"
#include "model/cpu/train/matrix.h"
#include "model/cpu/train/sums.h"

#include <stdlib.h>
#include <string.h>

#define GATHERED 2048 /* values that are summed over all items by one thread */

/* Where a plane's things lie in a worker's scratch, and its item's sums. */
typedef struct
{
  SagCpuBack         *back;
  const SagCpuSource *source;
  gsize               s;
  int32_t             x;
  float              *d_t;      /* (mid blocks, plane, 16) */
  float              *rows;     /* (in[1]) padded rows of e, 16 channels */
  float              *gathered; /* (plane, row) of an image's patches */
  float              *scratch;
  float              *q;     /* (mid blocks, channels, 16) */
  float              *d_sum; /* (mid blocks, 16) */
  float              *taps;  /* (mid blocks, k, k, k, 16) */
} Plane;

static gsize
plane_voxels (const SagCpuTrainBlock *self)
{
  return (gsize) self->in[1] * self->in[2];
}

static gsize
kernel_floats (const SagCpuTrainBlock *self)
{
  return (gsize) self->shape.kernel * self->shape.kernel * self->shape.kernel * SAG_CPU_LANES;
}

static gsize
item_floats (const SagCpuBack *back)
{
  const SagCpuTrainBlock *self = back->self;

  return self->mid_blocks * ((gsize) (self->channels + 1) * SAG_CPU_LANES + kernel_floats (self));
}

/* Which output the input at @in meets with kernel tap @tap along @axis; -1: none. */
static int32_t
output_of (const SagCpuTrainBlock *self, int axis, int32_t in, int32_t tap)
{
  int32_t at = in + self->sweep.shape.before[axis] - tap;

  if (at < 0 || at % self->shape.stride != 0 || at / self->shape.stride >= self->out[axis])
    return -1;
  return at / self->shape.stride;
}

static float *
padded_row (const Plane *plane, int32_t y)
{
  return plane->rows + y * sag_cpu_train_spread_row (plane->back->self);
}

/* Row @y of t, or of the source where nothing expands, within its padded row. */
static void
make_row (const Plane *plane, gsize block, int32_t y)
{
  const SagCpuTrainBlock *self = plane->back->self;
  const SagCpuSource     *source = plane->source;
  float                  *row = padded_row (plane, y) + self->sweep.shape.before[2] * SAG_CPU_LANES;

  if (self->expand != NULL)
    {
      sag_cpu_train_expand_row (self, plane->back->team->kernels, source, block, plane->x, y,
                                SAG_CPU_ACT_NONE, row, plane->scratch);
      return;
    }
  for (int32_t z = 0; z < self->in[2]; z++)
    memcpy (row + z * SAG_CPU_LANES,
            sag_cpu_source_row (source, plane->x, y, plane->scratch) + (gsize) z * source->row +
              block * SAG_CPU_LANES,
            SAG_CPU_LANES * sizeof (float));
}

/* d_e of row @y: (in[2], 16). */
static void
back_row (const Plane *plane, gsize block, int32_t y, float *d_e)
{
  const SagCpuTrainBlock *self = plane->back->self;
  const float             zeros[SAG_CPU_LANES] = { 0 };
  const float            *rows[15 * 15];
  int32_t                 taps[15 * 15];
  float                   sums[SAG_CPU_LANES] = { 0 };
  int32_t                 kernel = self->shape.kernel, n = 0;

  for (int32_t i = 0; i < kernel; i++)
    for (int32_t j = 0; j < kernel; j++)
      {
        int32_t x = output_of (self, 0, plane->x, i), y_out = output_of (self, 1, y, j);

        if (x < 0 || y_out < 0)
          continue;
        rows[n] = sag_cpu_train_spread_at (plane->back, plane->s, block, x, y_out);
        taps[n++] = i * kernel + j;
      }
  plane->back->team->kernels->depthwise_row (&(SagCpuDepthwise){
    .rows = rows,
    .taps = taps,
    .n_rows = n,
    .kernel = kernel,
    .stride = 1,
    .plain = true,
    .weights = plane->back->flipped + block * kernel_floats (self),
    .bias = zeros,
    .out = d_e,
    .sums = sums,
    .n = self->in[2],
  });
}

/* The weights' gradient from all output rows that read this plane. */
static void
weigh_plane (const Plane *plane, gsize block)
{
  const SagCpuTrainBlock *self = plane->back->self;
  int32_t                 kernel = self->shape.kernel;

  for (int32_t i = 0; i < kernel; i++)
    for (int32_t y_out = 0, x = output_of (self, 0, plane->x, i); x >= 0 && y_out < self->out[1];
         y_out++)
      {
        const float *rows[15];
        int32_t      taps[15], n = 0;

        for (int32_t j = 0; j < kernel; j++)
          {
            int32_t y = y_out * self->shape.stride - self->sweep.shape.before[1] + j;

            if (y < 0 || y >= self->in[1])
              continue;
            rows[n] = padded_row (plane, y);
            taps[n++] = i * kernel + j;
          }
        plane->back->team->kernels->depthwise_gradient (&(SagCpuDepthwiseGradient){
          .rows = rows,
          .taps = taps,
          .n_rows = n,
          .kernel = kernel,
          .stride = self->shape.stride,
          .gradient = sag_cpu_train_spread_at (plane->back, plane->s, block, x, y_out) +
                      sag_cpu_train_spread_offset (self),
          .gradient_step = (gsize) self->shape.stride * SAG_CPU_LANES,
          .sums = plane->taps + block * kernel_floats (self),
          .n = self->out[2],
        });
      }
}

/* Block 0's skip: its output's gradient reaches the stem's output too. */
static void
add_skipped (const Plane *plane, gsize block, int32_t y, float *d_e)
{
  const SagCpuTrainBlock *self = plane->back->self;
  gsize voxel = plane->s * self->in[0] * plane_voxels (self) + plane->x * plane_voxels (self) +
                (gsize) y * self->in[2];
  const float *from = plane->back->skipped + voxel * self->out_row + block * SAG_CPU_LANES;

  for (int32_t z = 0; z < self->in[2]; z++)
    for (int32_t c = 0; c < SAG_CPU_LANES; c++)
      d_e[z * SAG_CPU_LANES + c] += from[(gsize) z * self->out_row + c];
}

/* Where nothing expands, d_e is the source's gradient. */
static void
give_row (const Plane *plane, gsize block, int32_t y, const float *d_e)
{
  const SagCpuTrainBlock *self = plane->back->self;
  gsize voxel = (plane->s * self->in[0] + plane->x) * plane_voxels (self) + (gsize) y * self->in[2];
  float *to = plane->back->d_in + voxel * plane->source->row + block * SAG_CPU_LANES;

  for (int32_t z = 0; z < self->in[2]; z++, to += plane->source->row)
    for (int32_t c = 0; c < SAG_CPU_LANES; c++)
      to[c] = d_e[z * SAG_CPU_LANES + c] + (self->shape.skips ? to[c] : 0);
}

static void
back_block (const Plane *plane, gsize block)
{
  const SagCpuTrainBlock *self = plane->back->self;
  gsize                   row_floats = (gsize) self->in[2] * SAG_CPU_LANES;
  float                  *d_t = plane->d_t + block * self->in[1] * row_floats;

  for (int32_t y = 0; y < self->in[1]; y++)
    {
      float *d = d_t + y * row_floats;

      make_row (plane, block, y);
      back_row (plane, block, y, d);
      if (plane->back->skipped != NULL)
        add_skipped (plane, block, y, d);
      if (self->expand == NULL)
        give_row (plane, block, y, d);
      else
        plane->back->team->kernels->silu_gradient (&(SagCpuSiluGradient){
          .t = padded_row (plane, y) + self->sweep.shape.before[2] * SAG_CPU_LANES,
          .d = d,
          .n = self->in[2],
          .sums = plane->d_sum + block * SAG_CPU_LANES,
        });
    }
  if (self->depthwise->trains)
    weigh_plane (plane, block);
}

/* The source's plane as one matrix: (plane, row). */
static const float *
source_plane (const Plane *plane)
{
  const SagCpuSource *source = plane->source;
  gsize               row_floats = (gsize) source->dims[2] * source->row;

  if (!source->is_image)
    return sag_cpu_source_row (source, plane->x, 0, NULL);
  for (int32_t y = 0; y < source->dims[1]; y++)
    sag_cpu_source_row (source, plane->x, y, plane->gathered + y * row_floats);
  return plane->gathered;
}

/* Q and W^T (factor d_t). */
static void
back_through_expansion (const Plane *plane)
{
  const SagCpuBack       *back = plane->back;
  const SagCpuTrainBlock *self = back->self;
  gsize                   n = plane_voxels (self), row = plane->source->row;
  const float            *x = source_plane (plane);
  float                  *d_in =
    back->d_in != NULL ? back->d_in + (plane->s * self->in[0] + plane->x) * n * row : NULL;

  for (gsize block = 0; block < (gsize) self->mid_blocks; block++)
    back->team->kernels->outer (&(SagCpuOuter){
      .a = plane->d_t + block * n * SAG_CPU_LANES,
      .a_row = SAG_CPU_LANES,
      .x = x,
      .x_row = row,
      .n = n,
      .n_columns = self->channels,
      .sums = plane->q + block * self->channels * SAG_CPU_LANES,
    });
  if (d_in == NULL)
    return;
  sag_cpu_clear_padding (d_in, row, self->channels, n);
  back->team->kernels->gemm (&(SagCpuGemm){
    .a = plane->d_t,
    .a_row = SAG_CPU_LANES,
    .a_block = n * SAG_CPU_LANES,
    .panels = back->panels,
    .residual = self->shape.skips ? d_in : NULL,
    .residual_row = row,
    .out = d_in,
    .out_row = row,
    .n_rows = n,
    .n_columns = sag_cpu_full_columns (self->channels),
    .k = self->shape.mid_channels,
  });
}

/* Item: sample, part. */
static void
back_part (gsize item, guint worker, gpointer data)
{
  SagCpuBack             *back = data;
  const SagCpuTrainBlock *self = back->self;
  gsize                   part = item % self->n_parts;
  gsize                   s = item / self->n_parts, n = plane_voxels (self);
  float                  *scratch = back->team->scratch + worker * back->team->scratch_floats;
  float                  *sums = back->team->partial + item * item_floats (back);
  gsize                   blocks = self->mid_blocks;
  Plane                   plane = { .back = back, .source = &back->sources[s], .s = s };

  plane.d_t = scratch;
  plane.rows = plane.d_t + blocks * n * SAG_CPU_LANES;
  plane.gathered = plane.rows + self->in[1] * sag_cpu_train_spread_row (self);
  plane.scratch = plane.gathered + (plane.source->is_image ? n * plane.source->row : 0);
  plane.q = sums;
  plane.d_sum = plane.q + blocks * self->channels * SAG_CPU_LANES;
  plane.taps = plane.d_sum + blocks * SAG_CPU_LANES;
  memset (sums, 0, item_floats (back) * sizeof *sums);
  memset (plane.rows, 0, self->in[1] * sag_cpu_train_spread_row (self) * sizeof (float));
  for (plane.x = self->in[0] * part / self->n_parts;
       plane.x < (int32_t) (self->in[0] * (part + 1) / self->n_parts); plane.x++)
    {
      for (gsize block = 0; block < blocks; block++)
        back_block (&plane, block);
      if (self->expand != NULL)
        back_through_expansion (&plane);
    }
}

typedef struct
{
  const SagCpuBack *back;
  double           *totals;
} Gather;

/* Sums of all items, in order, for some of the values. */
static void
gather_piece (gsize item, guint worker, gpointer data)
{
  const Gather     *gather = data;
  const SagCpuBack *back = gather->back;
  gsize             n = item_floats (back), first = item * GATHERED;
  gsize             n_here = MIN (GATHERED, n - first);

  memset (gather->totals + first, 0, n_here * sizeof (double));
  for (gsize i = 0; i < back->team->n * back->self->n_parts; i++)
    sag_cpu_add_floats (gather->totals + first, back->team->partial + i * n + first, n_here);
}

static void
gather_items (const SagCpuBack *back, double *totals)
{
  Gather gather = { back, totals };

  sag_pool_run (back->team->pool, (item_floats (back) + GATHERED - 1) / GATHERED, gather_piece,
                &gather);
}

static void
give_depthwise (const SagCpuTrainBlock *self, const double *taps)
{
  gsize k3 = kernel_floats (self) / SAG_CPU_LANES;

  for (gsize c = 0; c < (gsize) self->shape.mid_channels; c++)
    for (gsize i = 0; i < k3; i++)
      self->depthwise->grad[c * k3 + i] +=
        (float) taps[(c / SAG_CPU_LANES * k3 + i) * SAG_CPU_LANES + c % SAG_CPU_LANES];
}

typedef struct
{
  SagCpuBack   *back;
  const double *q; /* (mid blocks, channels, 16) */
  const double *d_sum;
  double       *sums;       /* (2, mid) */
  float        *correction; /* (channels, channels) */
  float        *constant;
} Expansion;

static double
q_at (const Expansion *expansion, gsize c, gsize j)
{
  gsize channels = expansion->back->self->channels;

  return expansion->q[(c / SAG_CPU_LANES * channels + j) * SAG_CPU_LANES + c % SAG_CPU_LANES];
}

static void
sum_channels (Expansion *expansion)
{
  const SagCpuTrainBlock *self = expansion->back->self;
  gsize                   mid = self->shape.mid_channels, channels = self->channels;

  for (gsize c = 0; c < mid; c++)
    {
      double along = 0;

      for (gsize j = 0; j < channels; j++)
        along += self->expand->value[c * channels + j] * q_at (expansion, c, j);
      expansion->sums[c] = expansion->d_sum[c];
      expansion->sums[mid + c] = along - self->expand_norm.mean[c] * expansion->d_sum[c];
    }
}

/* d_W of one expanded channel. */
static void
give_channel (gsize c, guint worker, gpointer data)
{
  const Expansion        *expansion = data;
  const SagCpuTrainBlock *self = expansion->back->self;
  const SagCpuBatchNorm  *norm = &self->expand_norm;
  gsize                   channels = self->channels, row = expansion->back->sources->row;
  const double           *turned = self->turned + c * row;

  for (gsize j = 0; j < channels; j++)
    self->expand->grad[c * channels + j] +=
      (float) (norm->factor[c] * q_at (expansion, c, j) -
               norm->slope[c] * (turned[j] - norm->mean[c] * self->first_moments[j]) -
               norm->shift[c] * self->first_moments[j]);
}

/* 16 columns of -W^T slope W and of -(shift - slope mean)^T W. Item: group of 16. */
static void
correct_group (gsize item, guint worker, gpointer data)
{
  const Expansion        *expansion = data;
  const SagCpuTrainBlock *self = expansion->back->self;
  const SagCpuBatchNorm  *norm = &self->expand_norm;
  gsize                   channels = self->channels, mid = self->shape.mid_channels;
  gsize                   first = item * SAG_CPU_LANES;
  gsize                   n = MIN (SAG_CPU_LANES, channels - first);
  double                  constant[SAG_CPU_LANES] = { 0 };
  g_autofree float       *scaled = g_new0 (float, mid *SAG_CPU_LANES);
  g_autofree float       *sums = g_new0 (float, channels *SAG_CPU_LANES);

  for (gsize c = 0; c < mid; c++)
    for (gsize j = 0; j < n; j++)
      {
        float w = self->expand->value[c * channels + first + j];

        scaled[c * SAG_CPU_LANES + j] = -w * norm->slope[c];
        constant[j] -= w * (norm->shift[c] - (double) norm->slope[c] * norm->mean[c]);
      }
  expansion->back->team->kernels->outer (&(SagCpuOuter){
    .a = scaled,
    .a_row = SAG_CPU_LANES,
    .x = self->expand->value,
    .x_row = channels,
    .n = mid,
    .n_columns = channels,
    .sums = sums,
  });
  for (gsize c = 0; c < channels; c++)
    memcpy (expansion->correction + c * channels + first, sums + c * SAG_CPU_LANES,
            n * sizeof (float));
  for (gsize j = 0; j < n; j++)
    expansion->constant[first + j] = (float) constant[j];
}

/* d_x += - x W^T slope W - W^T (shift - slope mean) */
static void
correct_input (Expansion *expansion)
{
  SagCpuBack             *back = expansion->back;
  const SagCpuTrainBlock *self = back->self;
  gsize                   channels = self->channels, row = back->sources->row;
  gsize                   n = self->in[0] * plane_voxels (self);
  g_autofree float       *correction = g_new (float, channels *channels);
  g_autofree float       *constant = g_new0 (float, row);
  g_autofree float       *panels = g_new (float, sag_cpu_panel_floats (channels, channels));

  expansion->correction = correction;
  expansion->constant = constant;
  sag_pool_run (back->team->pool, (channels + SAG_CPU_LANES - 1) / SAG_CPU_LANES, correct_group,
                expansion);
  sag_cpu_pack_rows (correction, channels, channels, channels, panels);
  for (gsize s = 0; s < back->team->n; s++)
    sag_cpu_gemm_parallel (back->team->pool, back->team->kernels,
                           &(SagCpuGemm){
                             .a = back->sources[s].map,
                             .a_row = row,
                             .a_block = 16,
                             .panels = panels,
                             .bias = constant,
                             .residual = back->d_in + s * n * row,
                             .residual_row = row,
                             .out = back->d_in + s * n * row,
                             .out_row = row,
                             .n_rows = n,
                             .n_columns = sag_cpu_full_columns (channels),
                             .k = channels,
                           });
}

static void
finish_expansion (SagCpuBack *back, const double *totals)
{
  SagCpuTrainBlock *self = back->self;
  gsize             mid = self->shape.mid_channels;
  gsize             n_q = (gsize) self->mid_blocks * self->channels * SAG_CPU_LANES;
  double            n = (double) back->team->n * self->in[0] * plane_voxels (self);
  Expansion         expansion = { back, totals, totals + n_q, g_new (double, 2 * mid) };

  sum_channels (&expansion);
  sag_cpu_batch_norm_backward (&self->expand_norm, expansion.sums, expansion.sums + mid, n);
  if (self->expand->trains)
    sag_pool_run (back->team->pool, mid, give_channel, &expansion);
  if (back->d_in != NULL && !self->expand_norm.frozen)
    correct_input (&expansion);
  g_free (expansion.sums);
}

/* The kernel turned round along z; x and y are taken care of where rows are gathered. */
static float *
flip_weights (const SagCpuTrainBlock *self)
{
  gsize  k = self->shape.kernel, n = self->mid_blocks * k * k;
  float *flipped = g_new (float, n *k *SAG_CPU_LANES);

  for (gsize i = 0; i < n; i++)
    for (gsize q = 0; q < k; q++)
      memcpy (flipped + (i * k + q) * SAG_CPU_LANES,
              self->depth_weights + (i * k + k - 1 - q) * SAG_CPU_LANES,
              SAG_CPU_LANES * sizeof (float));
  return flipped;
}

/* factor W as panels of the source's channels over mid. */
static float *
pack_expansion (const SagCpuTrainBlock *self)
{
  gsize             channels = self->channels, mid = self->shape.mid_channels;
  g_autofree float *scaled = g_new (float, mid *channels);
  float            *panels = g_new (float, sag_cpu_panel_floats (channels, mid));

  for (gsize i = 0; i < mid * channels; i++)
    scaled[i] = self->expand->value[i] * self->expand_norm.factor[i / channels];
  sag_cpu_pack_rows (scaled, channels, channels, mid, panels);
  return panels;
}

void
sag_cpu_train_block_backward (SagCpuTrainBlock      *self,
                              const SagCpuTrainTeam *team,
                              const SagCpuSource    *sources,
                              float                 *d_out,
                              float                 *d_in)
{
  gsize      n_floats = team->n * self->out[0] * self->out[1] * self->out[2] * self->out_row;
  SagCpuBack back = {
    .self = self, .team = team, .sources = sources, .d_out = d_out, .d_in = d_in
  };
  g_autofree double *totals = NULL;

  if (self->shape.skips && d_in != NULL)
    memcpy (d_in, d_out, n_floats * sizeof *d_in);
  if (self->shape.skips && self->is_first)
    back.skipped = g_memdup2 (d_out, n_floats * sizeof *d_out);
  sag_cpu_train_back_to_depthwise (&back);
  back.flipped = flip_weights (self);
  back.panels = self->expand != NULL ? pack_expansion (self) : NULL;
  sag_pool_run (team->pool, team->n * self->n_parts, back_part, &back);
  totals = g_new (double, item_floats (&back));
  gather_items (&back, totals);
  if (self->depthwise->trains)
    give_depthwise (self, totals + (gsize) self->mid_blocks * (self->channels + 1) * SAG_CPU_LANES);
  if (self->expand != NULL)
    finish_expansion (&back, totals);
  g_free (back.skipped);
  g_free (back.flipped);
  g_free (back.panels);
}
