/* SPDX-License-Identifier: Apache-2.0 */

/* The way back through the joined sequence; text.c says what the way forward was. */

#include "model/cpu/train/text-private.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <string.h>

static void
linear_back (SagCpuTrainText *self,
             const Linear    *linear,
             const float     *in,
             const float     *d_out,
             float           *d_in,
             gboolean         add,
             gsize            rows)
{
  sag_cpu_matrix_backward (&self->matrix, in, linear->weight->value, d_out, d_in, add,
                           linear->weight->grad, linear->bias->grad, rows, linear->n_in,
                           linear->n_out);
}

/* d/dx x Phi (x) = Phi (x) + x phi (x) */
static float
gelu_slope (float x)
{
  return 0.5f * (1 + erff (x * (float) M_SQRT1_2)) + x * 0.39894228f * expf (-0.5f * x * x);
}

static void
gelu_back_piece (gsize item, guint worker, gpointer data)
{
  const Elements *elements = data;

  for (gsize i = item * ELEMENTS; i < MIN ((item + 1) * ELEMENTS, elements->n); i++)
    elements->out[i] *= gelu_slope (elements->x[i]);
}

/* The heads' way back: d[0] becomes the gradient of the last layer's output. */
static void
back_through_heads (SagCpuTrainText *self, const float *d_class, const float *d_cells)
{
  gsize  hidden = self->network.hidden, n = self->n_tokens * hidden;
  float *d = self->d[0], *d_rows = self->d[1];

  memset (d, 0, self->rows * hidden * sizeof (float));
  linear_back (self, &self->patch_head, self->rows_in, d_cells, d_rows, FALSE,
               self->n * self->n_tokens);
  for (gsize s = 0; s < self->n; s++)
    {
      memcpy (d + (self->starts[s] + 1) * hidden, d_rows + s * n, n * sizeof (float));
      linear_back (self, &self->class_head, self->last + self->starts[s] * hidden, d_class + s,
                   d + self->starts[s] * hidden, FALSE, 1);
    }
  sag_cpu_train_norm_back (&self->final_norm, self->x, d, self->rows, hidden);
}

/* d[0], of the layer's output, becomes the gradient of its input. */
static void
back_layer (SagCpuTrainText *self, int32_t index)
{
  Layer               *layer = &self->layers[index];
  gboolean             bert = self->network.text_kind == SAG_TEXT_BERT;
  gsize                rows = self->rows, hidden = self->network.hidden, n = rows * hidden;
  guint64              place = (guint64) (index + 1) * LAYER_PLACES;
  SagCpuTrainAttention attention = sag_cpu_train_attention_of (self, index);
  float               *d = self->d[0], *inner = self->d[1];
  Elements             elements = { .x = layer->wide,
                                    .out = self->d_wide,
                                    .n = rows * self->network.intermediate };

  if (bert)
    sag_cpu_train_norm_back (&layer->feed_norm, layer->b, d, rows, hidden);
  /* d: of b, and of what the second half added to. */
  memcpy (inner, d, n * sizeof (float));
  sag_cpu_dropout (&self->dropout, place + PLACE_DOWN, inner, n);
  linear_back (self, &layer->down, layer->gelu, inner, self->d_wide, FALSE, rows);
  sag_pool_run (self->matrix.pool, (elements.n + ELEMENTS - 1) / ELEMENTS, gelu_back_piece,
                &elements);
  linear_back (self, &layer->up, layer->y, self->d_wide, bert ? d : inner, bert, rows);
  if (bert)
    sag_cpu_train_norm_back (&layer->attention_norm, layer->a, d, rows, hidden);
  else
    {
      sag_cpu_train_norm_back (&layer->feed_norm, layer->a, inner, rows, hidden);
      sag_cpu_add (d, inner, n);
    }
  /* d: of a, and of x. */
  memcpy (inner, d, n * sizeof (float));
  sag_cpu_dropout (&self->dropout, place + PLACE_OUTPUT, inner, n);
  linear_back (self, &layer->output, layer->context, inner, self->d[2], FALSE, rows);
  attention.d_context = self->d[2];
  attention.d_query = self->d[1];
  attention.d_key = self->d[3];
  attention.d_value = layer->context; /* not needed any more */
  sag_cpu_train_attend_back (&attention);
  if (bert)
    linear_back (self, &layer->query, layer->in, attention.d_query, d, TRUE, rows);
  else
    linear_back (self, &layer->query, layer->in, attention.d_query, self->d[2], FALSE, rows);
  linear_back (self, &layer->key, layer->in, attention.d_key, bert ? d : self->d[2], TRUE, rows);
  linear_back (self, &layer->value, layer->in, attention.d_value, bert ? d : self->d[2], TRUE,
               rows);
  if (!bert)
    {
      sag_cpu_train_norm_back (&layer->attention_norm, layer->x, self->d[2], rows, hidden);
      sag_cpu_add (d, self->d[2], n);
    }
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
  const int32_t *ids = self->ids + s * self->max_length;

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
  sag_cpu_dropout (&self->dropout, PLACE_TEXT + (s << 8), d_text, n_words * hidden);
  sag_cpu_train_norm_back (&self->embedding_norm,
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
  gsize  hidden = self->network.hidden;
  float *d = self->d[0];

  back_through_heads (self, d_class, d_cells);
  for (int32_t i = self->network.text_layers - 1; i >= 0; i--)
    back_layer (self, i);
  sag_cpu_dropout (&self->dropout, PLACE_SEQUENCE, d, self->rows * hidden);
  sag_cpu_train_norm_back (&self->embedding_norm, self->sum_sequence, d, self->rows, hidden);
  for (gsize s = 0; s < self->n; s++)
    back_through_embedding (self, s, d + self->starts[s] * hidden, d_tokens);
}
