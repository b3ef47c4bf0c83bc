/* SPDX-License-Identifier: Apache-2.0 */

/* LayerNorm, Ba et al., arXiv:1607.06450, forward and backward.
 *
 *   y = x_hat scale + shift,  x_hat = (x - mean) / std
 *   d_x = (g - mean (g) - x_hat mean (g x_hat)) / std,  g = d scale
 */

#include "model/cpu/train/layer-norm.h"

#include "model/cpu/train/sums.h"

#include <string.h>

#define ROWS 32 /* of a piece */

/**
 * Work:
 * @sums: (pieces, 2, width) of the gradients of scale and shift, or NULL
 */
typedef struct
{
  const SagCpuTrainNorm *norm;
  const float           *x;
  float                 *out;
  gsize                  n_rows;
  gsize                  width;
  float                 *sums;
} Work;

static void
norm_rows (gsize item, guint worker, gpointer data)
{
  const Work *work = data;
  gsize       first = item * ROWS;

  work->norm->kernels->layer_norm (&(SagCpuNorm){
    .x = work->x + first * work->width,
    .n_rows = MIN (ROWS, work->n_rows - first),
    .width = work->width,
    .scale = work->norm->scale->value,
    .shift = work->norm->shift->value,
    .eps = work->norm->eps,
    .out = work->out + first * work->width,
  });
}

void
sag_cpu_train_norm (
  const SagCpuTrainNorm *self, SagPool *pool, const float *x, float *out, gsize n_rows, gsize width)
{
  Work work = { self, x, out, n_rows, width, NULL };

  if (self->scale == NULL)
    memmove (out, x, n_rows * width * sizeof *out);
  else
    sag_pool_run (pool, (n_rows + ROWS - 1) / ROWS, norm_rows, &work);
}

static void
back_rows (gsize item, guint worker, gpointer data)
{
  const Work *work = data;
  gsize       first = item * ROWS;

  work->norm->kernels->layer_norm_gradient (&(SagCpuLayerNormGradient){
    .x = work->x + first * work->width,
    .d = work->out + first * work->width,
    .n_rows = MIN (ROWS, work->n_rows - first),
    .width = work->width,
    .scale = work->norm->scale->value,
    .eps = work->norm->eps,
    .sums = work->sums != NULL ? work->sums + item * 2 * work->width : NULL,
  });
}

void
sag_cpu_train_norm_back (
  const SagCpuTrainNorm *self, SagPool *pool, const float *x, float *d, gsize n_rows, gsize width)
{
  gsize n_pieces = (n_rows + ROWS - 1) / ROWS;
  Work  work = { self, x, d, n_rows, width, NULL };

  if (self->scale == NULL)
    return;
  if (self->scale->trains)
    work.sums = g_new0 (float, n_pieces * 2 * width);
  sag_pool_run (pool, n_pieces, back_rows, &work);
  for (gsize i = 0; work.sums != NULL && i < n_pieces; i++)
    {
      sag_cpu_add (self->scale->grad, work.sums + i * 2 * width, width);
      sag_cpu_add (self->shift->grad, work.sums + (i * 2 + 1) * width, width);
    }
  g_free (work.sums);
}
