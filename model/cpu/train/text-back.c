/* SPDX-License-Identifier: Apache-2.0 */

/* The way back through the joined sequence; text.c says what the way forward was. */

#include "model/cpu/train/text-private.h"

#include "model/cpu/train/sums.h"

#include <string.h>

#define ELEMENTS 16384 /* of a piece */

typedef struct
{
  const SagCpuKernels *kernels;
  const float         *x;
  float               *d;
  gsize                n;
} GeluBack;

static void
gelu_back_piece (gsize item, guint worker, gpointer data)
{
  const GeluBack *back = data;

  back->kernels->gelu_gradient (&(SagCpuGeluGradient){
    .x = back->x + item * ELEMENTS,
    .d = back->d + item * ELEMENTS,
    .n = MIN (ELEMENTS, back->n - item * ELEMENTS),
  });
}

/* d[0], of the layer's output, becomes the gradient of layer->a. */
static void
feed_back (SagCpuTrainText *self, const Layer *layer, guint64 place, gsize used)
{
  gboolean bert = self->network.text_kind == SAG_TEXT_BERT;
  gsize    hidden = self->network.hidden, n = used * hidden;
  SagPool *pool = self->matrix.pool;
  float   *d = self->d[0], *inner = self->d[1];
  GeluBack gelu = { self->matrix.kernels, layer->wide, self->d_wide,
                    used * self->network.intermediate };

  if (bert)
    sag_cpu_train_norm_back (&layer->feed_norm, pool, layer->b, d, used, hidden);
  /* d: of b, and of what this half added to. */
  memcpy (inner, d, n * sizeof (float));
  sag_cpu_dropout (&self->texts.dropout, pool, place + PLACE_DOWN, inner, n);
  sag_cpu_train_linear_back (self, &layer->down, layer->gelu, inner, self->d_wide, FALSE, used);
  sag_pool_run (pool, (gelu.n + ELEMENTS - 1) / ELEMENTS, gelu_back_piece, &gelu);
  sag_cpu_train_linear_back (self, &layer->up, layer->y, self->d_wide, bert ? d : inner, bert,
                             used);
  if (bert)
    {
      sag_cpu_train_norm_back (&layer->attention_norm, pool, layer->a, d, used, hidden);
      return;
    }
  sag_cpu_train_norm_back (&layer->feed_norm, pool, layer->a, inner, used, hidden);
  sag_cpu_add (d, inner, n);
}

/* From d_query in d[1], d_key in d[3], d_value in d[4]: the weights' gradients only. */
static void
give_weights (SagCpuTrainText *self, const Layer *layer, gsize used)
{
  sag_cpu_train_linear_back (self, &layer->query, layer->in_used, self->d[1], NULL, FALSE, used);
  sag_cpu_train_linear_back (self, &layer->key, layer->in, self->d[3], NULL, FALSE, self->rows);
  sag_cpu_train_linear_back (self, &layer->value, layer->in, self->d[4], NULL, FALSE, self->rows);
}

/* The same, and d[0] becomes the gradient of the layer's input. */
static void
give_input (SagCpuTrainText *self, const Layer *layer, gsize used)
{
  gboolean bert = self->network.text_kind == SAG_TEXT_BERT;
  gsize    rows = self->rows, hidden = self->network.hidden;
  float   *d = self->d[0], *d_in = self->d[2];

  sag_cpu_train_linear_back (self, &layer->value, layer->in, self->d[4], d_in, FALSE, rows);
  sag_cpu_train_linear_back (self, &layer->key, layer->in, self->d[3], d_in, TRUE, rows);
  if (layer->is_last)
    {
      sag_cpu_train_linear_back (self, &layer->query, layer->in_used, self->d[1], self->d[3], FALSE,
                                 used);
      sag_cpu_train_scatter_used (self, self->d[3], d_in);
    }
  else
    sag_cpu_train_linear_back (self, &layer->query, layer->in, self->d[1], d_in, TRUE, rows);
  if (!bert)
    sag_cpu_train_norm_back (&layer->attention_norm, self->matrix.pool, layer->x, d_in, rows,
                             hidden);
  if (layer->is_last)
    sag_cpu_train_scatter_used (self, d, d_in);
  else
    sag_cpu_add (d_in, d, rows * hidden);
  self->d[0] = d_in;
  self->d[2] = d;
}

/* d[0], of the layer's output, becomes the gradient of its input, if anybody wants that. */
static void
back_layer (SagCpuTrainText *self, int32_t index, gboolean input_wanted)
{
  Layer               *layer = &self->layers[index];
  gsize                used = layer->is_last ? self->used_rows : self->rows;
  gsize                n = used * self->network.hidden;
  guint64              place = (guint64) (index + 1) * LAYER_PLACES;
  SagCpuTrainAttention attention = sag_cpu_train_attention_of (self, index);
  float               *inner = self->d[1];

  feed_back (self, layer, place, used);
  /* d[0]: of a, and of x. */
  memcpy (inner, self->d[0], n * sizeof (float));
  sag_cpu_dropout (&self->texts.dropout, self->matrix.pool, place + PLACE_OUTPUT, inner, n);
  sag_cpu_train_linear_back (self, &layer->output, layer->context, inner, self->d[2], FALSE, used);
  attention.d_context = self->d[2];
  attention.d_query = self->d[1];
  attention.d_key = self->d[3];
  attention.d_value = self->d[4];
  sag_cpu_train_attend_back (&attention);
  if (input_wanted)
    give_input (self, layer, used);
  else
    give_weights (self, layer, used);
}

static void
give_positions (SagCpuTrainText *self, const float *d, gsize n_rows)
{
  gsize hidden = self->network.hidden;

  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < hidden; j++)
      {
        if (self->positions->trains)
          self->positions->grad[i * hidden + j] += d[i * hidden + j];
        if (self->types->trains)
          self->types->grad[j] += d[i * hidden + j];
      }
}

/* One sequence's embedding; @d: (rows of it, hidden), after the second embedding's norm. */
static void
back_through_embedding (SagCpuTrainText *self, gsize s, float *d, float *d_tokens)
{
  gsize          hidden = self->network.hidden, n_shared = self->n_tokens + 2;
  gsize          n_rows = self->starts[s + 1] - self->starts[s], n_words = n_rows - n_shared;
  float         *d_text = d + n_shared * hidden;
  const int32_t *ids = self->texts.ids + s * self->texts.max_length;

  give_positions (self, d, n_rows);
  if (self->start->trains)
    {
      sag_cpu_add (self->start->grad, d, hidden);
      sag_cpu_add (self->end->grad, d + (n_shared - 1) * hidden, hidden);
    }
  if (d_tokens != NULL)
    sag_cpu_add (d_tokens + sag_cpu_train_image_of (self, s) * self->n_tokens * hidden, d + hidden,
                 self->n_tokens * hidden);
  if (!self->words->trains)
    return;
  sag_cpu_dropout (&self->texts.dropout, NULL, PLACE_TEXT + (s << 8), d_text, n_words * hidden);
  sag_cpu_train_norm_back (&self->embedding_norm, self->matrix.pool,
                           self->sum_text + (self->starts[s] + n_shared) * hidden, d_text, n_words,
                           hidden);
  give_positions (self, d_text, n_words);
  for (gsize i = 0; i < n_words; i++)
    sag_cpu_add (self->words->grad + (gsize) ids[i] * hidden, d_text + i * hidden, hidden);
}

void
sag_cpu_train_text_backward (SagCpuTrainText *self,
                             const float     *d_class,
                             const float     *d_cells,
                             float           *d_tokens)
{
  gsize    hidden = self->network.hidden;
  gboolean below = self->embeddings_train || d_tokens != NULL;
  gboolean layers = self->texts.states == NULL && (below || self->layers_train);
  SagPool *pool = self->matrix.pool;

  sag_cpu_train_heads_back (self, d_class, d_cells, layers ? self->d[0] : NULL);
  if (!layers)
    return;
  sag_cpu_train_norm_back (&self->final_norm, pool, self->x, self->d[0], self->used_rows, hidden);
  for (int32_t i = self->network.text_layers - 1; i >= 0; i--)
    back_layer (self, i, i > 0 || below);
  if (!below)
    return;
  sag_cpu_dropout (&self->texts.dropout, pool, PLACE_SEQUENCE, self->d[0], self->rows * hidden);
  sag_cpu_train_norm_back (&self->embedding_norm, pool, self->sum_sequence, self->d[0], self->rows,
                           hidden);
  for (gsize s = 0; s < self->n; s++)
    back_through_embedding (self, s, self->d[0] + self->starts[s] * hidden, d_tokens);
}
