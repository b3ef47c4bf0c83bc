/* SPDX-License-Identifier: Apache-2.0 */

/* The vision network between forward and backward: blocks (block.h), then the head and the adaptor:
 *
 *   h = head x                 (n tokens, head channels), raw
 *   f = SiLU (BN (h))
 *   tokens = adaptor f + bias, of a multi-label network with channels of f dropped
 */

#include "model/cpu/train/vision.h"

#include "model/cpu/gemm.h"
#include "model/cpu/vision-weights.h"
#include "model/engine/status.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VISION SAG_CPU_VISION_PREFIX
#define PLACE_FEATURES 3 /* of dropout */

struct _SagCpuTrainVision
{
  SagNetwork       network;
  SagCpuTrainTeam  team;
  SagCpuMatrix     matrix;
  SagCpuTrainBlock blocks[SAG_MAX_BLOCKS];
  SagCpuParam     *head;
  SagCpuBatchNorm  head_norm;
  SagCpuParam     *adaptor;
  SagCpuParam     *adaptor_bias;
  gboolean         frozen_norms;
  SagCpuDropout    dropout;
  int32_t          dims[3]; /* that everything below is planned for */
  const float     *input;
  SagCpuSource    *sources; /* (n) of the block at work */
  float           *last;    /* (rows, channels) the last block's output, compact */
  float           *h;       /* (rows, head channels) raw */
  float           *f;       /* (rows, head channels) */
  float           *d_f;     /* (rows, head channels) */
  float           *d_last;  /* (rows, channels) */
  float           *memory;  /* of all blocks: see plan_memory() */
  gsize            memory_floats;
  gsize            starts[SAG_MAX_BLOCKS];
  gsize            odd_floats; /* of the largest gradient of an odd block's output */
  gsize            end;
};

SagCpuTrainVision *
sag_cpu_train_vision_new (SagCpuParams        *params,
                          const SagNetwork    *network,
                          gboolean             frozen_norms,
                          SagPool             *pool,
                          const SagCpuKernels *kernels,
                          SagStatus           *status)
{
  SagCpuTrainVision *self;

  if (network->blocks[0].expands)
    {
      sag_status_fail (status, SAG_STATUS_UNSUPPORTED,
                       "This network's first block expands its channels; only networks that begin "
                       "with a depthwise-separable block can be trained.");
      return NULL;
    }
  self = g_new0 (SagCpuTrainVision, 1);
  self->network = *network;
  self->frozen_norms = frozen_norms;
  self->team.pool = self->matrix.pool = pool;
  self->team.kernels = self->matrix.kernels = kernels;
  for (int32_t b = 0; b < network->n_blocks; b++)
    sag_cpu_train_block_init (&self->blocks[b], params, network, b, frozen_norms);
  self->head = sag_cpu_params_find (params, VISION "conv_head.weight");
  sag_cpu_batch_norm_init (&self->head_norm, params, VISION "bn2", network->batch_norm_eps,
                           frozen_norms);
  self->adaptor = sag_cpu_params_find (params, "vision_model.lm_adaptor.0.weight");
  self->adaptor_bias = sag_cpu_params_find (params, "vision_model.lm_adaptor.0.bias");
  return self;
}

void
sag_cpu_train_vision_evaluate (SagCpuTrainVision *self, gboolean evaluate)
{
  gboolean frozen = evaluate || self->frozen_norms;

  for (int32_t b = 0; b < self->network.n_blocks; b++)
    {
      self->blocks[b].expand_norm.frozen = frozen;
      self->blocks[b].depth_norm.frozen = frozen;
      self->blocks[b].project_norm.frozen = frozen;
    }
  self->head_norm.frozen = frozen;
}

static void
release (SagCpuTrainVision *self)
{
  g_clear_pointer (&self->team.scratch, free);
  g_clear_pointer (&self->sources, g_free);
  g_clear_pointer (&self->last, free);
  g_clear_pointer (&self->h, free);
  g_clear_pointer (&self->f, free);
  g_clear_pointer (&self->d_f, free);
  g_clear_pointer (&self->d_last, free);
  self->team.n = 0;
}

void
sag_cpu_train_vision_free (SagCpuTrainVision *self)
{
  if (self == NULL)
    return;
  release (self);
  free (self->memory);
  for (int32_t b = 0; b < self->network.n_blocks; b++)
    sag_cpu_train_block_clear (&self->blocks[b]);
  sag_cpu_batch_norm_clear (&self->head_norm);
  sag_cpu_matrix_clear (&self->matrix);
  g_free (self);
}

static gsize
n_voxels (const int32_t dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

static const SagCpuTrainBlock *
last_block (const SagCpuTrainVision *self)
{
  return &self->blocks[self->network.n_blocks - 1];
}

gsize
sag_cpu_train_vision_n_tokens (const SagCpuTrainVision *self, const int32_t dims[3])
{
  int32_t features[3];

  sag_network_feature_dims (&self->network, dims, features);
  return n_voxels (features);
}

static gboolean
plan_blocks (SagCpuTrainVision *self, const int32_t dims[3], gsize n)
{
  guint            n_threads = sag_pool_get_n_threads (self->team.pool);
  int32_t          in[3] = { dims[0], dims[1], dims[2] };
  SagCpuTrainTeam *team = &self->team;

  for (int32_t b = 0; b < self->network.n_blocks; b++)
    {
      SagCpuTrainBlock *block = &self->blocks[b];

      if (!sag_cpu_train_block_plan (block, in, n, n_threads))
        return FALSE;
      memcpy (in, block->out, sizeof in);
      team->scratch_floats = MAX (team->scratch_floats, sag_cpu_train_block_scratch (block));
    }
  return TRUE;
}

/* Where block @b's workspace on the way back begins: at its output, which nobody reads any more. */
static gsize
workspace (const SagCpuTrainVision *self, int32_t b, gsize n)
{
  return self->starts[b] + sag_cpu_train_block_kept (&self->blocks[b], n);
}

/* One block of memory for what all blocks keep, one after the other. While a block is at work the later blocks' part is
 * free and serves it: sums of parts lie there, on the way back the inner gradient too, and, at the end, the gradients
 * of block outputs: those of odd blocks last, those of even blocks before. */
static gboolean
plan_memory (SagCpuTrainVision *self, gsize n)
{
  gsize at = 0;

  self->odd_floats = 0;
  for (int32_t b = 0; b < self->network.n_blocks; b++)
    {
      gsize out = sag_cpu_train_block_out (&self->blocks[b], n);

      self->starts[b] = at;
      at = workspace (self, b, n) + out;
      if (b % 2 == 1)
        self->odd_floats = MAX (self->odd_floats, out);
    }
  self->end = at;
  for (int32_t b = 0; b < self->network.n_blocks; b++)
    {
      const SagCpuTrainBlock *even = &self->blocks[b % 2 == 0 ? b : b - 1];
      gsize work = workspace (self, b, n) + sag_cpu_train_block_partial (&self->blocks[b], n);
      gsize forward = work + sag_cpu_train_block_out (&self->blocks[b], n);
      gsize back = work + sag_cpu_train_block_inner (&self->blocks[b], n) +
                   sag_cpu_train_block_out (even, n) + self->odd_floats;

      self->end = MAX (self->end, MAX (forward, back));
    }
  if (self->end > self->memory_floats)
    {
      free (self->memory);
      self->memory = sag_cpu_alloc (self->end);
      self->memory_floats = self->memory != NULL ? self->end : 0;
    }
  for (int32_t b = 0; self->memory != NULL && b < self->network.n_blocks; b++)
    sag_cpu_train_block_place (&self->blocks[b], n, self->memory + self->starts[b]);
  return self->memory != NULL;
}

/* The gradient of block @b's output. */
static float *
gradient_of (const SagCpuTrainVision *self, int32_t b)
{
  gsize even = b % 2 == 0 ? sag_cpu_train_block_out (&self->blocks[b], self->team.n) : 0;

  return self->memory + self->end - self->odd_floats - even;
}

static gboolean
plan (SagCpuTrainVision *self, const int32_t dims[3], gsize n)
{
  gsize rows, head = self->network.head_channels;

  if (self->team.n == n && memcmp (self->dims, dims, sizeof self->dims) == 0)
    return TRUE;
  release (self);
  self->team.scratch_floats = 0;
  if (!plan_blocks (self, dims, n) || !plan_memory (self, n))
    return FALSE;
  rows = n * n_voxels (last_block (self)->out);
  self->team.scratch_floats = sag_cpu_round_up (self->team.scratch_floats);
  self->team.scratch =
    sag_cpu_alloc (self->team.scratch_floats * sag_pool_get_n_threads (self->team.pool));
  self->sources = g_new0 (SagCpuSource, n);
  self->last = sag_cpu_alloc (rows * last_block (self)->shape.out_channels);
  self->h = sag_cpu_alloc (rows * head);
  self->f = sag_cpu_alloc (rows * head);
  self->d_f = sag_cpu_alloc (rows * head);
  self->d_last = sag_cpu_alloc (rows * last_block (self)->shape.out_channels);
  if (!self->team.scratch || !self->last || !self->h || !self->f || !self->d_f || !self->d_last ||
      !sag_cpu_matrix_reserve (&self->matrix, rows, last_block (self)->shape.out_channels, head) ||
      !sag_cpu_matrix_reserve (&self->matrix, rows, head, self->network.hidden))
    return FALSE;
  memcpy (self->dims, dims, sizeof self->dims);
  self->team.n = n;
  return TRUE;
}

/* What block @b reads of every sample. */
static const SagCpuSource *
point_sources (SagCpuTrainVision *self, int32_t b)
{
  const SagCpuTrainBlock *before = b > 0 ? &self->blocks[b - 1] : NULL;

  for (gsize s = 0; s < self->team.n; s++)
    if (before == NULL)
      self->sources[s] = sag_cpu_source_image (self->input + s * n_voxels (self->dims), self->dims);
    else
      self->sources[s] =
        sag_cpu_source_map (before->x + s * n_voxels (before->out) * before->out_row, before->out,
                            before->shape.out_channels);
  return self->sources;
}

/* (rows, out row) to (rows, channels), or back. */
static void
copy_rows (const float *from, gsize from_row, float *to, gsize to_row, gsize n, gsize n_rows)
{
  for (gsize i = 0; i < n_rows; i++)
    memcpy (to + i * to_row, from + i * from_row, n * sizeof (float));
}

/* The head's BatchNorm and SiLU, 16 channels an item. @sums: (2, head channels) */
typedef struct
{
  SagCpuTrainVision *self;
  gsize              rows;
  double            *sums;
} Head;

/* Channels first .. end - 1 of all. */
typedef struct
{
  gsize first;
  gsize end;
  gsize all;
} HeadChannels;

static HeadChannels
head_channels (const Head *work, gsize item)
{
  HeadChannels channels = { .first = item * SAG_CPU_LANES,
                            .all = work->self->network.head_channels };

  channels.end = MIN (channels.first + SAG_CPU_LANES, channels.all);
  return channels;
}

static void
head_moments (gsize item, guint worker, gpointer data)
{
  const Head  *work = data;
  HeadChannels at = head_channels (work, item);
  const float *h = work->self->h;
  double      *mean = work->sums, *variance = work->sums + at.all;

  for (gsize r = 0; r < work->rows; r++)
    for (gsize c = at.first; c < at.end; c++)
      mean[c] += h[r * at.all + c];
  for (gsize c = at.first; c < at.end; c++)
    mean[c] /= work->rows;
  for (gsize r = 0; r < work->rows; r++)
    for (gsize c = at.first; c < at.end; c++)
      variance[c] += (h[r * at.all + c] - mean[c]) * (h[r * at.all + c] - mean[c]);
  for (gsize c = at.first; c < at.end; c++)
    variance[c] /= work->rows;
}

static void
head_activate (gsize item, guint worker, gpointer data)
{
  const Head            *work = data;
  const SagCpuBatchNorm *norm = &work->self->head_norm;
  HeadChannels           at = head_channels (work, item);

  for (gsize r = 0; r < work->rows; r++)
    for (gsize c = at.first; c < at.end; c++)
      {
        float t = work->self->h[r * at.all + c] * norm->factor[c] + norm->offset[c];

        work->self->f[r * at.all + c] = t / (1 + expf (-t));
      }
}

static gsize
head_items (const SagCpuTrainVision *self)
{
  return (self->network.head_channels + SAG_CPU_LANES - 1) / SAG_CPU_LANES;
}

static void
normalise_head (SagCpuTrainVision *self, gsize rows)
{
  gsize              head = self->network.head_channels;
  g_autofree double *sums = g_new0 (double, 2 * head);
  Head               work = { self, rows, sums };

  sag_pool_run (self->team.pool, head_items (self), head_moments, &work);
  sag_cpu_batch_norm_set (&self->head_norm, sums, sums + head, rows);
  sag_pool_run (self->team.pool, head_items (self), head_activate, &work);
}

void
sag_cpu_train_vision_drop (SagCpuTrainVision *self, const SagCpuDropout *dropout)
{
  self->dropout = *dropout;
}

/* @f: (n, n_tokens, head channels), features or their gradients. */
static void
drop_channels (SagCpuTrainVision *self, float *f, gsize n, gsize n_tokens)
{
  gsize             head = self->network.head_channels;
  g_autofree float *factors = NULL;

  if (self->dropout.p <= 0)
    return;
  factors = g_new (float, n *head);
  for (gsize i = 0; i < n * head; i++)
    factors[i] = 1;
  sag_cpu_dropout (&self->dropout, NULL, PLACE_FEATURES, factors, n * head);
  for (gsize r = 0; r < n * n_tokens; r++)
    for (gsize c = 0; c < head; c++)
      f[r * head + c] *= factors[r / n_tokens * head + c];
}

gboolean
sag_cpu_train_vision_forward (SagCpuTrainVision *self,
                              const float       *input,
                              gsize              n,
                              const int32_t      dims[3],
                              float             *tokens,
                              SagStatus         *status)
{
  const SagCpuTrainBlock *last = last_block (self);
  gsize                   rows;

  if (!plan (self, dims, n))
    {
      release (self);
      return sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                              "There is no memory for %zu samples at once; train with smaller "
                              "batches.",
                              n);
    }
  self->input = input;
  for (int32_t b = 0; b < self->network.n_blocks; b++)
    {
      self->team.partial =
        self->memory + workspace (self, b, n) + sag_cpu_train_block_out (&self->blocks[b], n);
      sag_cpu_train_block_forward (&self->blocks[b], &self->team, point_sources (self, b));
    }
  rows = n * n_voxels (last->out);
  copy_rows (last->x, last->out_row, self->last, last->shape.out_channels, last->shape.out_channels,
             rows);
  sag_cpu_matrix_forward (&self->matrix, self->last, self->head->value, NULL, self->h, FALSE, rows,
                          last->shape.out_channels, self->network.head_channels);
  normalise_head (self, rows);
  drop_channels (self, self->f, n, n_voxels (last->out));
  sag_cpu_matrix_forward (&self->matrix, self->f, self->adaptor->value, self->adaptor_bias->value,
                          tokens, FALSE, rows, self->network.head_channels, self->network.hidden);
  return TRUE;
}

static void
head_slope (gsize item, guint worker, gpointer data)
{
  const Head            *work = data;
  const SagCpuBatchNorm *norm = &work->self->head_norm;
  HeadChannels           at = head_channels (work, item);

  for (gsize r = 0; r < work->rows; r++)
    for (gsize c = at.first; c < at.end; c++)
      {
        float  h = work->self->h[r * at.all + c], t = h * norm->factor[c] + norm->offset[c];
        float  sigmoid = 1 / (1 + expf (-t));
        float *d = &work->self->d_f[r * at.all + c];

        *d *= sigmoid * (1 + t * (1 - sigmoid));
        work->sums[c] += *d;
        work->sums[at.all + c] += (double) *d * (h - norm->mean[c]);
      }
}

static void
head_back (gsize item, guint worker, gpointer data)
{
  const Head            *work = data;
  const SagCpuBatchNorm *norm = &work->self->head_norm;
  HeadChannels           at = head_channels (work, item);

  for (gsize r = 0; r < work->rows; r++)
    for (gsize c = at.first; c < at.end; c++)
      {
        float *d = &work->self->d_f[r * at.all + c];

        *d = *d * norm->factor[c] -
             (work->self->h[r * at.all + c] - norm->mean[c]) * norm->slope[c] - norm->shift[c];
      }
}

/* d_f through SiLU and BatchNorm, in place. */
static void
back_through_head_norm (SagCpuTrainVision *self, gsize rows)
{
  gsize              head = self->network.head_channels;
  g_autofree double *sums = g_new0 (double, 2 * head);
  Head               work = { self, rows, sums };

  sag_pool_run (self->team.pool, head_items (self), head_slope, &work);
  sag_cpu_batch_norm_backward (&self->head_norm, sums, sums + head, rows);
  sag_pool_run (self->team.pool, head_items (self), head_back, &work);
}

void
sag_cpu_train_vision_backward (SagCpuTrainVision *self, const float *d_tokens)
{
  const SagCpuTrainBlock *last = last_block (self);
  gsize                   rows = self->team.n * n_voxels (last->out);
  gsize                   head = self->network.head_channels, channels = last->shape.out_channels;
  int32_t                 b = self->network.n_blocks - 1;
  float                  *d = gradient_of (self, b);

  sag_cpu_matrix_backward (&self->matrix, self->f, self->adaptor->value, d_tokens, self->d_f, FALSE,
                           self->adaptor->grad, self->adaptor_bias->grad, rows, head,
                           self->network.hidden);
  drop_channels (self, self->d_f, self->team.n, n_voxels (last->out));
  back_through_head_norm (self, rows);
  sag_cpu_matrix_backward (&self->matrix, self->last, self->head->value, self->d_f, self->d_last,
                           FALSE, self->head->grad, NULL, rows, channels, head);
  memset (d, 0, rows * last->out_row * sizeof (float));
  copy_rows (self->d_last, channels, d, last->out_row, channels, rows);
  for (; b >= 0; b--)
    {
      self->team.inner = self->memory + workspace (self, b, self->team.n);
      self->team.partial =
        self->team.inner + sag_cpu_train_block_inner (&self->blocks[b], self->team.n);
      sag_cpu_train_block_backward (&self->blocks[b], &self->team, point_sources (self, b),
                                    gradient_of (self, b),
                                    b > 0 ? gradient_of (self, b - 1) : NULL);
    }
}
