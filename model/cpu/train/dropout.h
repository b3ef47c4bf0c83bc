/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"

G_BEGIN_DECLS

/**
 * SagCpuDropout: dropout (Srivastava et al., JMLR 15, 2014) whose choice is a function of seed,
 * place and index, so that the way back drops the same values and a repeated step is the same
 * step, whatever the threads did.
 * @p: 0 for none
 */
typedef struct
{
  float   p;
  guint64 seed;
} SagCpuDropout;

/**
 * sag_cpu_dropout: zeroes values with probability p and divides the others by 1 - p.
 * @pool: (nullable): NULL: on this thread
 * @place: different everywhere
 */
void
sag_cpu_dropout (const SagCpuDropout *self, SagPool *pool, guint64 place, float *values, gsize n);

G_END_DECLS
