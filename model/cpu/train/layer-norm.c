/* SPDX-License-Identifier: Apache-2.0 */

/* LayerNorm, Ba et al., arXiv:1607.06450, forward and backward.
 *
 *   y = x_hat scale + shift,  x_hat = (x - mean) / std
 *   d_x = (g - mean (g) - x_hat mean (g x_hat)) / std,  g = d scale
 */

#include "model/cpu/train/layer-norm.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <string.h>

static void
row_moments (const float *x, gsize width, float eps, double *mean, double *inv_std)
{
  double sum = 0, squares = 0;

  for (gsize i = 0; i < width; i++)
    sum += x[i];
  *mean = sum / width;
  for (gsize i = 0; i < width; i++)
    squares += (x[i] - *mean) * (x[i] - *mean);
  *inv_std = 1 / sqrt (squares / width + eps);
}

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
  const Work  *work = data;
  const float *scale = work->norm->scale->value, *shift = work->norm->shift->value;
  gsize        width = work->width;

  for (gsize r = item * ROWS; r < MIN ((item + 1) * ROWS, work->n_rows); r++)
    {
      const float *x = work->x + r * width;
      float       *out = work->out + r * width;
      double       mean, inv_std;

      row_moments (x, width, work->norm->eps, &mean, &inv_std);
      for (gsize i = 0; i < width; i++)
        out[i] = (float) ((x[i] - mean) * inv_std) * scale[i] + shift[i];
    }
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
back_row (const SagCpuTrainNorm *self, const float *x, float *d, gsize width, float *sums)
{
  const float *scale = self->scale->value;
  double       mean, inv_std, sum = 0, along = 0;

  row_moments (x, width, self->eps, &mean, &inv_std);
  for (gsize i = 0; i < width; i++)
    {
      double x_hat = (x[i] - mean) * inv_std, g = (double) d[i] * scale[i];

      sum += g;
      along += g * x_hat;
    }
  for (gsize i = 0; sums != NULL && i < width; i++)
    {
      sums[i] += d[i] * (float) ((x[i] - mean) * inv_std);
      sums[width + i] += d[i];
    }
  for (gsize i = 0; i < width; i++)
    {
      double x_hat = (x[i] - mean) * inv_std;

      d[i] = (float) ((d[i] * scale[i] - sum / width - x_hat * along / width) * inv_std);
    }
}

static void
back_rows (gsize item, guint worker, gpointer data)
{
  const Work *work = data;
  gsize       width = work->width;

  for (gsize r = item * ROWS; r < MIN ((item + 1) * ROWS, work->n_rows); r++)
    back_row (work->norm, work->x + r * width, work->out + r * width, width,
              work->sums != NULL ? work->sums + item * 2 * width : NULL);
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
