/* SPDX-License-Identifier: Apache-2.0 */

/* The way forward through one layer; text.c says what it computes. */

#include "model/cpu/train/text-private.h"

#include "model/cpu/train/sums.h"

#include <string.h>

#define ELEMENTS 16384 /* of a piece */

typedef struct
{
  const SagCpuKernels *kernels;
  const float         *x;
  float               *out;
  gsize                n;
} Gelu;

static void
gelu_piece (gsize item, guint worker, gpointer data)
{
  const Gelu *gelu = data;

  gelu->kernels->gelu (&(SagCpuGelu){
    .x = gelu->x + item * ELEMENTS,
    .out = gelu->out + item * ELEMENTS,
    .n = MIN (ELEMENTS, gelu->n - item * ELEMENTS),
  });
}

void
sag_cpu_train_gather_used (const SagCpuTrainText *self, const float *from, float *to)
{
  gsize hidden = self->network.hidden;

  for (gsize s = 0; s < self->n; s++)
    memcpy (to + self->used[s] * hidden, from + self->starts[s] * hidden,
            (self->used[s + 1] - self->used[s]) * hidden * sizeof (float));
}

void
sag_cpu_train_scatter_used (const SagCpuTrainText *self, const float *from, float *to)
{
  gsize hidden = self->network.hidden;

  for (gsize s = 0; s < self->n; s++)
    sag_cpu_add (to + self->starts[s] * hidden, from + self->used[s] * hidden,
                 (self->used[s + 1] - self->used[s]) * hidden);
}

SagCpuTrainAttention
sag_cpu_train_attention_of (SagCpuTrainText *self, int32_t index)
{
  Layer *layer = &self->layers[index];

  return (SagCpuTrainAttention){
    .pool = self->matrix.pool,
    .kernels = self->matrix.kernels,
    .n_sequences = self->n,
    .starts = self->starts,
    .query_starts = layer->is_last ? self->used : self->starts,
    .hidden = self->network.hidden,
    .n_heads = self->network.n_heads,
    .query = layer->q,
    .key = layer->k,
    .value = layer->v,
    .context = layer->context,
    .weights = layer->weights,
    .scratch = self->scratch,
    .scratch_floats = self->scratch_floats,
    .dropout = self->texts.dropout,
    .place = (guint64) (index + 1) * LAYER_PLACES,
  };
}

/* The second half: from layer->a, (used rows), to @out. */
static void
feed (SagCpuTrainText *self, Layer *layer, guint64 place, gsize used, float *out)
{
  gboolean bert = self->network.text_kind == SAG_TEXT_BERT;
  gsize    hidden = self->network.hidden;
  SagPool *pool = self->matrix.pool;
  Gelu gelu = { self->matrix.kernels, layer->wide, layer->gelu, used * self->network.intermediate };

  /* BERT: y is the normalised sum, which this half adds to; MegatronBert: y is a normalised copy. */
  sag_cpu_train_norm (bert ? &layer->attention_norm : &layer->feed_norm, pool, layer->a, layer->y,
                      used, hidden);
  sag_cpu_train_linear (self, &layer->up, layer->y, layer->wide, used);
  sag_pool_run (pool, (gelu.n + ELEMENTS - 1) / ELEMENTS, gelu_piece, &gelu);
  sag_cpu_train_linear (self, &layer->down, layer->gelu, layer->b, used);
  sag_cpu_dropout (&self->texts.dropout, pool, place + PLACE_DOWN, layer->b, used * hidden);
  sag_cpu_add (layer->b, bert ? layer->y : layer->a, used * hidden);
  if (bert)
    sag_cpu_train_norm (&layer->feed_norm, pool, layer->b, out, used, hidden);
  else
    memcpy (out, layer->b, used * hidden * sizeof (float));
}

void
sag_cpu_train_layer (SagCpuTrainText *self, int32_t index, float *out)
{
  Layer               *layer = &self->layers[index];
  gsize                rows = self->rows, hidden = self->network.hidden;
  gsize                used = layer->is_last ? self->used_rows : rows;
  guint64              place = (guint64) (index + 1) * LAYER_PLACES;
  SagCpuTrainAttention attention = sag_cpu_train_attention_of (self, index);

  if (self->network.text_kind != SAG_TEXT_BERT)
    sag_cpu_train_norm (&layer->attention_norm, self->matrix.pool, layer->x, layer->in, rows,
                        hidden);
  if (layer->is_last)
    {
      sag_cpu_train_gather_used (self, layer->x, layer->x_used);
      if (layer->in != layer->x)
        sag_cpu_train_gather_used (self, layer->in, layer->in_used);
    }
  sag_cpu_train_linear (self, &layer->query, layer->in_used, layer->q, used);
  sag_cpu_train_linear (self, &layer->key, layer->in, layer->k, rows);
  sag_cpu_train_linear (self, &layer->value, layer->in, layer->v, rows);
  sag_cpu_train_attend (&attention);
  sag_cpu_train_linear (self, &layer->output, layer->context, layer->a, used);
  sag_cpu_dropout (&self->texts.dropout, self->matrix.pool, place + PLACE_OUTPUT, layer->a,
                   used * hidden);
  sag_cpu_add (layer->a, layer->x_used, used * hidden);
  feed (self, layer, place, used, out);
}
