/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What forward and backward of the joined sequence share: private to text*.c. */

#include "model/cpu/train/attention.h"
#include "model/cpu/train/layer-norm.h"
#include "model/cpu/train/text.h"

/* Places of dropout: a layer's begin at (layer + 1) * LAYER_PLACES. */
#define LAYER_PLACES ((guint64) 1 << 32)
#define PLACE_TEXT 1
#define PLACE_SEQUENCE 2
#define PLACE_QUERY (LAYER_PLACES - 4)
#define PLACE_VALUE (LAYER_PLACES - 3)
#define PLACE_OUTPUT (LAYER_PLACES - 2)
#define PLACE_DOWN (LAYER_PLACES - 1)

/**
 * Linear: y = x W^T + b, with an adapter (Hu et al., "LoRA", arXiv:2106.09685, as peft has it)
 *   y += scale dropout (x) A^T B^T
 * @a, @b: NULL where there is none; (rank, n_in), (n_out, rank)
 * @inner: (rows, rank) scale dropout (x) A^T, kept for the way back
 * @place: of the adapter's dropout
 */
typedef struct
{
  SagCpuParam *weight;
  SagCpuParam *bias;
  int32_t      n_in;
  int32_t      n_out;
  SagCpuParam *a;
  SagCpuParam *b;
  int32_t      rank;
  float        scale;
  guint64      place;
  float       *inner;
} Linear;

/**
 * Layer: maps of (rows, hidden) unless said otherwise. The last layer computes only the rows that the heads read, at
 * the beginning of each sequence; in the other layers these are all rows.
 * @x: the layer's input; @in: what attention reads: normalised for MegatronBert, else @x itself
 * @x_used, @in_used: their used rows
 * @q, @context, @a, @y, @wide, @gelu, @b: of used rows; @wide and @gelu: (rows, intermediate), before and after GELU
 */
typedef struct
{
  Linear          query;
  Linear          key;
  Linear          value;
  Linear          output;
  SagCpuTrainNorm attention_norm;
  Linear          up;
  Linear          down;
  SagCpuTrainNorm feed_norm;
  gboolean        is_last;

  float *x;
  float *in;
  float *x_used;
  float *in_used;
  float *q;
  float *k;
  float *v;
  float *weights;
  float *context;
  float *a;
  float *y;
  float *wide;
  float *gelu;
  float *b;
} Layer;

struct _SagCpuTrainText
{
  SagNetwork      network;
  SagCpuMatrix    matrix;
  SagCpuParam    *words;
  SagCpuParam    *positions;
  SagCpuParam    *types;
  SagCpuParam    *start;
  SagCpuParam    *end;
  SagCpuTrainNorm embedding_norm;
  Layer          *layers;
  SagCpuTrainNorm final_norm;
  Linear          class_head;
  Linear          patch_head;

  float    lora_dropout;
  gboolean layers_train; /* or their adapters */
  gboolean embeddings_train;

  SagCpuTrainTexts texts;
  gsize            n;
  gsize            n_tokens;
  gsize            rows;
  gsize            used_rows;
  gsize            n_with_cells;
  gsize           *starts;       /* (n + 1) */
  gsize           *used;         /* (n + 1) of the used rows in the last layer */
  float           *sum_text;     /* (rows, hidden) word + position + type; rows of the text only */
  float           *sum_sequence; /* (rows, hidden) */
  float           *x;            /* (used rows, hidden) after the last layer */
  float           *last;         /* (used rows, hidden) after the final norm */
  float           *class_in;     /* (n, hidden) what the heads read */
  float           *cells_in;     /* (n with cells, n_tokens, hidden) */
  float           *cells;        /* (n with cells, n_tokens, cells) logits, then their gradients */
  float           *d[5];         /* (rows, hidden) */
  float           *d_wide;
  float           *dropped; /* (rows, hidden) */
  float           *scratch;
  gsize            scratch_floats;
  float           *memory;
  gsize            memory_floats;
};

/** sag_cpu_train_image_of: whose tokens a sequence reads. */
gsize sag_cpu_train_image_of (const SagCpuTrainText *self, gsize sequence);

/** sag_cpu_train_has_cells: the patch head's answer to a sequence matters. */
gboolean sag_cpu_train_has_cells (const SagCpuTrainText *self, gsize sequence);

/** sag_cpu_train_linear_new: finds @prefix's weights, and its adapter's where @adapts. */
Linear
sag_cpu_train_linear_new (SagCpuParams *params, const char *prefix, const SagTrainOptions *adapts);

/** sag_cpu_train_linear: @out assigned. */
void sag_cpu_train_linear (
  SagCpuTrainText *self, const Linear *linear, const float *in, float *out, gsize rows);

/** sag_cpu_train_linear_back: @d_in assigned, or added to if @add; NULL: not wanted. */
void sag_cpu_train_linear_back (SagCpuTrainText *self,
                                const Linear    *linear,
                                const float     *in,
                                const float     *d_out,
                                float           *d_in,
                                gboolean         add,
                                gsize            rows);

/** sag_cpu_train_layer: from the layer's x to @out, (used rows, hidden). */
void sag_cpu_train_layer (SagCpuTrainText *self, int32_t index, float *out);

/** sag_cpu_train_attention_of: the attention of a layer. */
SagCpuTrainAttention sag_cpu_train_attention_of (SagCpuTrainText *self, int32_t index);

/** sag_cpu_train_gather_used: the used rows of (rows, hidden), one after the other. */
void sag_cpu_train_gather_used (const SagCpuTrainText *self, const float *from, float *to);

/** sag_cpu_train_scatter_used: adds the used rows to theirs among (rows, hidden). */
void sag_cpu_train_scatter_used (const SagCpuTrainText *self, const float *from, float *to);

/** sag_cpu_train_heads: from self->last, or from the given states. */
void sag_cpu_train_heads (SagCpuTrainText *self, float *class_logits, float *cell_logits);

/** sag_cpu_train_heads_back: @d: (used rows, hidden), assigned; NULL: not wanted. */
void sag_cpu_train_heads_back (SagCpuTrainText *self,
                               const float     *d_class,
                               const float     *d_cells,
                               float           *d);
