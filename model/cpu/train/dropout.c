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

/* Two values share the halves of a number. @first is even. */
static void
drop (const Work *work, gsize first, gsize end)
{
  float p = work->dropout->p, factor = 1 / (1 - p);

  for (gsize i = first; i < end; i += 2)
    {
      guint64 hash = sag_random_hash (work->start, i / 2);
      float   low = (float) (guint32) (hash & 0xffffff) * 0x1p-24f;
      float   high = (float) (guint32) (hash >> 40) * 0x1p-24f;

      work->values[i] = low < p ? 0 : work->values[i] * factor;
      if (i + 1 < end)
        work->values[i + 1] = high < p ? 0 : work->values[i + 1] * factor;
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
