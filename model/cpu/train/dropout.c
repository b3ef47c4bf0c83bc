/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/dropout.h"

/* splitmix64, Steele et al., "Fast splittable pseudorandom number generators", 2014. */
static guint64
mix (guint64 z)
{
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void
sag_cpu_dropout (const SagCpuDropout *self, guint64 place, float *values, gsize n)
{
  guint64 start = mix (self->seed ^ mix (place));
  float   factor = 1 / (1 - self->p);

  if (self->p <= 0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      float u = (float) (mix (start + i) >> 40) * 0x1p-24f;

      values[i] = u < self->p ? 0 : values[i] * factor;
    }
}
