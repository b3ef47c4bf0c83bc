/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/kernels.h"
#include "model/cpu/train/dropout.h"

G_BEGIN_DECLS

/**
 * SagCpuTrainAttention: all heads of all sequences of a layer.
 * @starts: (n_sequences + 1) of the rows that are looked at
 * @query_starts: (n_sequences + 1) of the rows that look: the same, or fewer where nobody reads the others
 * @key, @value, @d_key, @d_value: (rows, hidden)
 * @query, @context, @d_query, @d_context: (query rows, hidden)
 * @weights: probabilities: of sequence s and head h, (queries, N), all after each other:
 *   sag_cpu_train_attention_floats()
 * @scratch: (threads, scratch_floats)
 * @place: of dropout
 */
typedef struct
{
  SagPool             *pool;
  const SagCpuKernels *kernels;
  gsize                n_sequences;
  const gsize         *starts;
  const gsize         *query_starts;
  gsize                hidden;
  gsize                n_heads;
  const float         *query;
  const float         *key;
  const float         *value;
  float               *context;
  float               *weights;
  const float         *d_context;
  float               *d_query;
  float               *d_key;
  float               *d_value;
  float               *scratch;
  gsize                scratch_floats;
  SagCpuDropout        dropout;
  guint64              place;
} SagCpuTrainAttention;

gsize sag_cpu_train_attention_floats (gsize        n_sequences,
                                      const gsize *starts,
                                      const gsize *query_starts,
                                      gsize        n_heads);
/** sag_cpu_train_attention_scratch: floats that each worker needs for sequences of up to @n rows. */
gsize sag_cpu_train_attention_scratch (gsize n, gsize width);

void sag_cpu_train_attend (const SagCpuTrainAttention *self);
void sag_cpu_train_attend_back (const SagCpuTrainAttention *self);

G_END_DECLS
