/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/dropout.h"

#include "model/core/random.h"

#define PIECE 8192

typedef struct
{
  const SagCpuDropout *dropout;
  guint64              start;
  float               *values;
  gsize                n;
} Work;

static void
drop (const Work *work, gsize first, gsize end)
{
  float p = work->dropout->p, factor = 1 / (1 - p);

  for (gsize i = first; i < end; i++)
    {
      float u = (float) (sag_random_hash (work->start, i) >> 40) * 0x1p-24f;

      work->values[i] = u < p ? 0 : work->values[i] * factor;
    }
}

static void
drop_piece (gsize item, guint worker, gpointer data)
{
  const Work *work = data;

  drop (work, item * PIECE, MIN ((item + 1) * PIECE, work->n));
}

void
sag_cpu_dropout (const SagCpuDropout *self, SagPool *pool, guint64 place, float *values, gsize n)
{
  Work work = { self, sag_random_hash (self->seed, place), values, n };

  if (self->p <= 0)
    return;
  if (pool != NULL)
    sag_pool_run (pool, (n + PIECE - 1) / PIECE, drop_piece, &work);
  else
    drop (&work, 0, n);
}
