/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/dropout.h"

#include "model/core/random.h"

void
sag_cpu_dropout (const SagCpuDropout *self, guint64 place, float *values, gsize n)
{
  guint64 start = sag_random_hash (self->seed, place);
  float   factor = 1 / (1 - self->p);

  if (self->p <= 0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      float u = (float) (sag_random_hash (start, i) >> 40) * 0x1p-24f;

      values[i] = u < self->p ? 0 : values[i] * factor;
    }
}
