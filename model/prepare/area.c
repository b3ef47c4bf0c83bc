/* SPDX-License-Identifier: Apache-2.0 */
/* Adaptive average pooling of int16 Hounsfield units to network input.
 *
 *   out = sum over the window of (HU + 1000) / (2000 * size of the window)
 *
 * MONAI's Resize (mode "area") after HU / 2000 + 0.5 and padding with 0; the padding is air, so it
 * adds nothing.
 */
#include "model/prepare/area.h"

#include "model/core/pool.h"

#include <string.h>

/* Rows that one work item finishes, so that whole cache lines of the result are written. */
#define ROWS 16

typedef struct
{
  const SagAreaAxis *axes;
  gint32             first;
  gint32             n;
  const gint16      *planes;
  gint32             first_plane;
  gint32             n_i;
  gint32             n_j;
  const gint64      *stride;
  float             *out;
  float             *pooled;   /* (n, axes[1].n_out, axes[0].n_out) */
  gint32           **sums;     /* per worker, (n_i) */
  int                order[3]; /* axes by falling stride of the result */
} Job;

void
sag_area_axis_init (
  SagAreaAxis *axis, gint32 n_box, gint32 n_out, gboolean flip, gint32 offset, gint32 n_buffer)
{
  g_return_if_fail (n_out > 0 && n_box > 0 && n_buffer >= 0);

  axis->n_out = n_out;
  axis->low = g_new (gint32, n_out);
  axis->high = g_new (gint32, n_out);
  axis->size = g_new (gint32, n_out);
  for (gint32 b = 0; b < n_out; b++)
    {
      gint64 o = flip ? n_out - 1 - b : b;
      gint32 start = (gint32) (o * n_box / n_out),
             end = (gint32) (((o + 1) * n_box + n_out - 1) / n_out);
      gint32 low = (flip ? n_box - end : start) + offset;

      axis->size[b] = end - start;
      axis->low[b] = CLAMP (low, 0, n_buffer);
      axis->high[b] = CLAMP (low + end - start, 0, n_buffer);
    }
}

void
sag_area_axis_clear (SagAreaAxis *axis)
{
  g_clear_pointer (&axis->low, g_free);
  g_clear_pointer (&axis->high, g_free);
  g_clear_pointer (&axis->size, g_free);
}

void
sag_area_axis_needs (const SagAreaAxis *axis, gint32 first, gint32 n, gint32 *low, gint32 *high)
{
  *low = axis->low[first];
  *high = axis->high[first + n - 1];
}

static void
add_row (gint32 *restrict sums, const gint16 *restrict row, gsize n)
{
  for (gsize x = 0; x < n; x++)
    sums[x] += row[x];
}

/* One row of the result, @j and @k its place, from the summed rows of its window. */
static void
pool_row (const Job *job, gint32 j, gint32 k, const gint32 *sums, float *out)
{
  const SagAreaAxis *a = &job->axes[0], *b = &job->axes[1], *c = &job->axes[2];
  gint32             n_rows = (b->high[j] - b->low[j]) * (c->high[k] - c->low[k]);
  gint32             size = b->size[j] * c->size[k];

  for (gint32 i = 0; i < a->n_out; i++)
    {
      gint64 sum = (gint64) 1000 * n_rows * (a->high[i] - a->low[i]);

      for (gint32 x = a->low[i]; x < a->high[i]; x++)
        sum += sums[x];
      out[i] = (float) ((double) sum / (2000.0 * size * a->size[i]));
    }
}

static void
pool_plane (gsize item, guint worker, gpointer data)
{
  const Job         *job = data;
  const SagAreaAxis *b = &job->axes[1], *c = &job->axes[2];
  gint32             k = job->first + (gint32) item;
  float             *out = job->pooled + item * b->n_out * job->axes[0].n_out;
  gint32            *sums = job->sums[worker];

  for (gint32 j = 0; j < b->n_out; j++)
    {
      memset (sums, 0, job->n_i * sizeof (gint32));
      for (gint32 z = c->low[k]; z < c->high[k]; z++)
        for (gint32 y = b->low[j]; y < b->high[j]; y++)
          add_row (sums, job->planes + ((gsize) (z - job->first_plane) * job->n_j + y) * job->n_i,
                   job->n_i);
      pool_row (job, j, k, sums, out + (gsize) j * job->axes[0].n_out);
    }
}

/* Copies ROWS rows of every plane to their places, the result's fastest axis innermost. */
static void
place_rows (gsize item, guint worker, gpointer data)
{
  const Job   *job = data;
  gint32       n_i = job->axes[0].n_out, n_j = job->axes[1].n_out, start = (gint32) item * ROWS;
  gint32       n[3] = { n_i, MIN (ROWS, n_j - start), job->n };
  gint64       from[3] = { 1, n_i, (gint64) n_i * n_j };
  const float *pooled = job->pooled + (gsize) start * n_i;
  float       *out = job->out + job->stride[1] * start + job->stride[2] * job->first;
  const int   *o = job->order;

  for (gint32 u = 0; u < n[o[0]]; u++)
    for (gint32 v = 0; v < n[o[1]]; v++)
      {
        const float *read = pooled + u * from[o[0]] + v * from[o[1]];
        float       *write = out + u * job->stride[o[0]] + v * job->stride[o[1]];

        for (gint32 w = 0; w < n[o[2]]; w++)
          write[w * job->stride[o[2]]] = read[w * from[o[2]]];
      }
}

static void
sort_axes (const gint64 stride[3], int order[3])
{
  for (int a = 0; a < 3; a++)
    {
      int rank = 0;

      for (int b = 0; b < 3; b++)
        rank += ABS (stride[b]) > ABS (stride[a]) || (ABS (stride[b]) == ABS (stride[a]) && b < a);
      order[rank] = a;
    }
}

void
sag_area_pool (const SagAreaAxis axes[3],
               gint32            first,
               gint32            n,
               const gint16     *planes,
               gint32            first_plane,
               gint32            n_i,
               gint32            n_j,
               const gint64      stride[3],
               float            *out)
{
  SagPool *pool = sag_pool_get_default ();
  Job      job = {
         .axes = axes,
         .first = first,
         .n = n,
         .planes = planes,
         .first_plane = first_plane,
         .n_i = n_i,
         .n_j = n_j,
         .stride = stride,
         .out = out,
         .pooled = g_new (float, (gsize) n *axes[0].n_out *axes[1].n_out),
         .sums = g_new (gint32 *, sag_pool_get_n_threads (pool)),
  };

  for (guint w = 0; w < sag_pool_get_n_threads (pool); w++)
    job.sums[w] = g_new (gint32, MAX (n_i, 1));
  sort_axes (stride, job.order);
  sag_pool_run (pool, n, pool_plane, &job);
  sag_pool_run (pool, (axes[1].n_out + ROWS - 1) / ROWS, place_rows, &job);
  for (guint w = 0; w < sag_pool_get_n_threads (pool); w++)
    g_free (job.sums[w]);
  g_free (job.sums);
  g_free (job.pooled);
}
