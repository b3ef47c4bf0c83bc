/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/cpu/text.h"

G_BEGIN_DECLS

/**
 * SagCpuShared: queries, keys and values of rows with which every sequence begins.
 * @query: (n_rows, hidden), @key_value: (n_rows, 2 hidden)
 */
typedef struct
{
  gsize  n_rows;
  float *query;
  float *key_value;
} SagCpuShared;

/**
 * SagCpuBatch: sequences on their way through the encoder.
 * @starts: (n_sequences + 1) first row of each, and the number of rows
 * @visible: (rows) 0 for positions that nobody may look at; NULL for none
 * @x: (rows, hidden) the activations, in and out
 * @y: (rows, hidden) scratch
 * @wide: (rows, sag_cpu_wide_width()) scratch
 * @heads: (threads, head_size) scratch; head_size = sag_cpu_head_scratch() of the longest sequence
 */
typedef struct
{
  const SagCpuText *text;
  SagCpuTeam        team;
  gsize             n_sequences;
  const gsize      *starts;
  const uint8_t    *visible;
  float            *x;
  float            *y;
  float            *wide;
  float            *heads;
  gsize             head_size;
} SagCpuBatch;

/** sag_cpu_wide_width: floats a row that SagCpuBatch.wide holds. */
gsize sag_cpu_wide_width (const SagNetwork *network);

/**
 * sag_cpu_encode_share: the first layer's queries, keys and values of rows @x, (shared->n_rows, hidden).
 * @scratch: (n_rows, hidden)
 */
void sag_cpu_encode_share (const SagCpuText *text,
                           const SagCpuTeam *team,
                           const float      *x,
                           float            *scratch,
                           SagCpuShared     *shared);

/**
 * sag_cpu_encode_layer: one encoder layer.
 * @shared: (nullable): what every sequence begins with in this layer
 * @n_queries: 0: all rows. Else only the first n_queries rows of each sequence are wanted, at most shared->n_rows where
 *   @shared is given; x is (n_sequences, n_queries, hidden) afterwards, and no further layer can run
 */
void sag_cpu_encode_layer (SagCpuBatch        *batch,
                           const SagCpuLayer  *layer,
                           const SagCpuShared *shared,
                           gsize               n_queries);

/** sag_cpu_norm: layer normalisation of @n_rows rows; @out may be @x. Copies where the model has no such @norm. */
void sag_cpu_norm (const SagCpuText      *text,
                   const SagCpuTeam      *team,
                   const SagCpuLayerNorm *norm,
                   const float           *x,
                   float                 *out,
                   gsize                  n_rows);

G_END_DECLS
