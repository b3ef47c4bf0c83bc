/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/cpu/kernels.h"
#include "model/engine/table.h"

G_BEGIN_DECLS

/** SagCpuLinear: out = in weight^T + bias, packed. @bias: (n_out). */
typedef struct
{
  int32_t n_out;
  int32_t n_in;
  float  *panels;
  float  *bias;
} SagCpuLinear;

/** SagCpuLayerNorm: scale and shift, (hidden) each; both NULL where the text model has none there. */
typedef struct
{
  float *scale;
  float *shift;
} SagCpuLayerNorm;

/**
 * SagCpuLayer: an encoder layer. BERT normalises after each half's sum, MegatronBert before each half.
 * @key_value: keys in the first hidden columns, values in the rest
 */
typedef struct
{
  SagCpuLinear    query;
  SagCpuLinear    key_value;
  SagCpuLinear    output;
  SagCpuLayerNorm attention_norm;
  SagCpuLinear    up;
  SagCpuLinear    down;
  SagCpuLayerNorm feed_norm;
} SagCpuLayer;

/**
 * SagCpuText: everything after the vision tokens, packed. Immutable once loaded.
 * @positions: (n_positions, hidden), the embedding of token type 0 added
 * @start, @end: (hidden)
 * @embedding_norm: BERT only
 * @final_norm: MegatronBert only
 * The word table is not copied: rows are read when a text asks for them.
 */
typedef struct
{
  SagWeightSource source;
  SagNetwork      network;
  float          *start;
  float          *end;
  float          *positions;
  SagCpuLayerNorm embedding_norm;
  SagCpuLayer    *layers;
  SagCpuLayerNorm final_norm;
  SagCpuLinear    class_head;
  SagCpuLinear    patch_head;
  float          *memory;
} SagCpuText;

/** sag_cpu_text_load: reads and packs. NULL, with @status set, when a tensor is missing or memory is short. */
SagCpuText *sag_cpu_text_load (const SagWeightSource *source, SagPool *pool, SagStatus *status);
void        sag_cpu_text_free (SagCpuText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagCpuText, sag_cpu_text_free)

/**
 * sag_cpu_adaptor_load: reads and packs the layer that makes tokens of features.
 *
 * Returns: the memory of @adaptor, for free(); NULL, with @status set, as sag_cpu_text_load()
 */
float *sag_cpu_adaptor_load (const SagWeightSource *source,
                             SagPool               *pool,
                             SagCpuLinear          *adaptor,
                             SagStatus             *status);

/** SagCpuTeam: who does the work. */
typedef struct
{
  const SagCpuKernels *kernels;
  SagPool             *pool;
} SagCpuTeam;

/**
 * sag_cpu_linear: out = act (in weight^T + bias + residual).
 * @in: (n_rows, n_in), @out and @residual: (n_rows, n_out); @residual may be @out, or NULL for none
 */
void sag_cpu_linear (const SagCpuLinear *linear,
                     const SagCpuTeam   *team,
                     const float        *in,
                     float              *out,
                     gsize               n_rows,
                     SagCpuAct           act,
                     const float        *residual);

G_END_DECLS
