/* SPDX-License-Identifier: Apache-2.0 */

/* The joined sequence between forward and backward. Embedding as model/cpu/ask.c says: the text twice, all else once.
 *
 *   text = LN (word + position + type),  x = LN ([start, tokens, end, text] + position + type)
 * BERT, normalising after each half:
 *   a = x + output (attention (x)),  y = LN (a),  b = y + down (gelu (up (y))),  x = LN (b)
 * MegatronBert, normalising before each half:
 *   y = LN (x), a = x + output (attention (y)),  b = LN (a), x = a + down (gelu (up (b)))
 *
 * Dropout follows each embedding, the attention weights, and both halves' outputs.
 */

#include "model/cpu/train/text.h"

#include "model/cpu/gemm.h"
#include "model/cpu/train/text-private.h"
#include "model/engine/status.h"
#include "model/network/layer-names.h"

#include "model/cpu/train/sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static Linear
find_linear (SagCpuParams *params, const char *prefix)
{
  SagCpuParam *weight = sag_cpu_params_find (params, "%s.weight", prefix);

  return (Linear){ weight, sag_cpu_params_find (params, "%s.bias", prefix), weight->spec.shape[1],
                   weight->spec.shape[0] };
}

static SagCpuTrainNorm
find_norm (SagCpuParams *params, const char *prefix, float eps)
{
  return (SagCpuTrainNorm){ sag_cpu_params_find (params, "%s.weight", prefix),
                            sag_cpu_params_find (params, "%s.bias", prefix), eps };
}

static void
find_layer (Layer *layer, SagCpuParams *params, const SagNetwork *network, int32_t index)
{
  float eps = network->layer_norm_eps;
  char  names[SAG_N_LAYER_PARTS][SAG_WEIGHT_NAME];

  for (int i = 0; i < SAG_N_LAYER_PARTS; i++)
    sag_layer_name (network->text_kind, index, (SagLayerPart) i, names[i]);
  layer->query = find_linear (params, names[SAG_LAYER_QUERY]);
  layer->key = find_linear (params, names[SAG_LAYER_KEY]);
  layer->value = find_linear (params, names[SAG_LAYER_VALUE]);
  layer->output = find_linear (params, names[SAG_LAYER_OUTPUT]);
  layer->attention_norm = find_norm (params, names[SAG_LAYER_ATTENTION_NORM], eps);
  layer->up = find_linear (params, names[SAG_LAYER_UP]);
  layer->down = find_linear (params, names[SAG_LAYER_DOWN]);
  layer->feed_norm = find_norm (params, names[SAG_LAYER_FEED_NORM], eps);
}

SagCpuTrainText *
sag_cpu_train_text_new (SagCpuParams        *params,
                        const SagNetwork    *network,
                        SagPool             *pool,
                        const SagCpuKernels *kernels)
{
  static const char embeddings[] = "model.embeddings.";
  SagCpuTrainText  *self = g_new0 (SagCpuTrainText, 1);

  self->network = *network;
  self->matrix.pool = pool;
  self->matrix.kernels = kernels;
  self->words = sag_cpu_params_find (params, "%sword_embeddings.weight", embeddings);
  self->positions = sag_cpu_params_find (params, "%sposition_embeddings.weight", embeddings);
  self->types = sag_cpu_params_find (params, "%stoken_type_embeddings.weight", embeddings);
  self->start = sag_cpu_params_find (params, "vision_model.emb_start");
  self->end = sag_cpu_params_find (params, "vision_model.emb_end");
  if (network->text_kind == SAG_TEXT_BERT)
    self->embedding_norm =
      find_norm (params, "model.embeddings.LayerNorm", network->layer_norm_eps);
  else
    self->final_norm = find_norm (params, "model.encoder.ln", network->layer_norm_eps);
  self->layers = g_new0 (Layer, network->text_layers);
  for (int32_t i = 0; i < network->text_layers; i++)
    find_layer (&self->layers[i], params, network, i);
  self->class_head = find_linear (params, "lm_head_cls");
  self->patch_head = find_linear (params, "lm_head_seg");
  return self;
}

void
sag_cpu_train_text_free (SagCpuTrainText *self)
{
  if (self == NULL)
    return;
  sag_cpu_matrix_clear (&self->matrix);
  g_free (self->layers);
  g_free (self->starts);
  free (self->memory);
  g_free (self);
}

static float *
take (float **at, gsize n)
{
  float *piece = *at;

  *at += sag_cpu_round_up (n);
  return piece;
}

/* All maps of a batch, in one block of memory. */
static void
share_memory (SagCpuTrainText *self, gsize weights)
{
  gsize  hidden = self->rows * self->network.hidden;
  gsize  wide = self->rows * self->network.intermediate;
  float *at = self->memory;

  for (int32_t i = 0; i < self->network.text_layers; i++)
    {
      Layer  *layer = &self->layers[i];
      float **maps[] = { &layer->x, &layer->in,      &layer->q, &layer->k, &layer->v,
                         &layer->y, &layer->context, &layer->a, &layer->b };

      for (gsize m = 0; m < G_N_ELEMENTS (maps); m++)
        *maps[m] = take (&at, hidden);
      layer->wide = take (&at, wide);
      layer->gelu = take (&at, wide);
      layer->weights = take (&at, weights);
    }
  self->sum_text = take (&at, hidden);
  self->sum_sequence = take (&at, hidden);
  self->x = take (&at, hidden);
  self->last = take (&at, hidden);
  self->rows_in = take (&at, hidden);
  for (int i = 0; i < 4; i++)
    self->d[i] = take (&at, hidden);
  self->d_wide = take (&at, wide);
  self->scratch = take (&at, self->scratch_floats * sag_pool_get_n_threads (self->matrix.pool));
}

static gboolean
plan (SagCpuTrainText *self, const int32_t *lengths)
{
  gsize layers = self->network.text_layers, longest = 0, weights, total, hidden, wide;

  self->starts = g_renew (gsize, self->starts, self->n + 1);
  self->starts[0] = 0;
  for (gsize s = 0; s < self->n; s++)
    {
      self->starts[s + 1] = self->starts[s] + self->n_tokens + 2 + lengths[s];
      longest = MAX (longest, self->n_tokens + 2 + lengths[s]);
    }
  self->rows = self->starts[self->n];
  weights = sag_cpu_train_attention_floats (self->n, self->starts, self->network.n_heads);
  self->scratch_floats =
    sag_cpu_train_attention_scratch (longest, self->network.hidden / self->network.n_heads);
  hidden = sag_cpu_round_up (self->rows * self->network.hidden);
  wide = sag_cpu_round_up (self->rows * self->network.intermediate);
  total = layers * (9 * hidden + 2 * wide + sag_cpu_round_up (weights)) + 9 * hidden + wide +
          sag_cpu_round_up (self->scratch_floats * sag_pool_get_n_threads (self->matrix.pool));
  if (total > self->memory_floats)
    {
      free (self->memory);
      self->memory = sag_cpu_alloc (total);
      self->memory_floats = self->memory != NULL ? total : 0;
    }
  if (self->memory == NULL ||
      !sag_cpu_matrix_reserve (&self->matrix, self->rows, self->network.hidden,
                               self->network.intermediate) ||
      !sag_cpu_matrix_reserve (&self->matrix, self->rows, self->network.intermediate,
                               self->network.hidden) ||
      !sag_cpu_matrix_reserve (&self->matrix, self->rows, self->network.hidden,
                               self->patch_head.n_out))
    return FALSE;
  share_memory (self, weights);
  return TRUE;
}

static void
linear (SagCpuTrainText *self, const Linear *linear, const float *in, float *out, gsize rows)
{
  sag_cpu_matrix_forward (&self->matrix, in, linear->weight->value, linear->bias->value, out, rows,
                          linear->n_in, linear->n_out);
}

/* The sequence's rows of @out: positions from @first on, and type 0, added. */
static void
add_positions (const SagCpuTrainText *self, float *out, gsize first, gsize n_rows)
{
  gsize hidden = self->network.hidden;

  for (gsize i = 0; i < n_rows; i++)
    for (gsize j = 0; j < hidden; j++)
      out[i * hidden + j] +=
        self->positions->value[(first + i) * hidden + j] + self->types->value[j];
}

gsize
sag_cpu_train_image_of (const SagCpuTrainText *self, gsize sequence)
{
  return self->image_of != NULL ? (gsize) self->image_of[sequence] : sequence;
}

static void
embed_sequence (SagCpuTrainText *self, gsize s, const float *tokens)
{
  gsize          hidden = self->network.hidden, n_shared = self->n_tokens + 2;
  gsize          n_words = self->starts[s + 1] - self->starts[s] - n_shared;
  gsize          at = self->starts[s] * hidden, text = at + n_shared * hidden;
  const int32_t *ids = self->ids + s * self->max_length;
  float         *sum = self->sum_sequence + at, *words = self->sum_text + text;

  for (gsize i = 0; i < n_words; i++)
    memcpy (words + i * hidden, self->words->value + (gsize) ids[i] * hidden,
            hidden * sizeof (float));
  add_positions (self, words, 0, n_words);
  memcpy (sum, self->start->value, hidden * sizeof (float));
  memcpy (sum + hidden, tokens + sag_cpu_train_image_of (self, s) * self->n_tokens * hidden,
          self->n_tokens * hidden * sizeof (float));
  memcpy (sum + (n_shared - 1) * hidden, self->end->value, hidden * sizeof (float));
  sag_cpu_train_norm (&self->embedding_norm, words, self->sum_sequence + text, n_words, hidden);
  sag_cpu_dropout (&self->dropout, PLACE_TEXT + (s << 8), self->sum_sequence + text,
                   n_words * hidden);
  add_positions (self, sum, 0, n_shared + n_words);
}

static float
gelu (float x)
{
  return x * 0.5f * (1 + erff (x * (float) M_SQRT1_2));
}

static void
gelu_piece (gsize item, guint worker, gpointer data)
{
  const Elements *elements = data;

  for (gsize i = item * ELEMENTS; i < MIN ((item + 1) * ELEMENTS, elements->n); i++)
    elements->out[i] = gelu (elements->x[i]);
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
    .hidden = self->network.hidden,
    .n_heads = self->network.n_heads,
    .query = layer->q,
    .key = layer->k,
    .value = layer->v,
    .context = layer->context,
    .weights = layer->weights,
    .scratch = self->scratch,
    .scratch_floats = self->scratch_floats,
    .dropout = self->dropout,
    .place = (guint64) (index + 1) * LAYER_PLACES,
  };
}

/* @x to the next layer's input, @out. */
static void
run_layer (SagCpuTrainText *self, int32_t index, float *out)
{
  Layer               *layer = &self->layers[index];
  gboolean             bert = self->network.text_kind == SAG_TEXT_BERT;
  gsize                rows = self->rows, hidden = self->network.hidden, n = rows * hidden;
  guint64              place = (guint64) (index + 1) * LAYER_PLACES;
  SagCpuTrainAttention attention = sag_cpu_train_attention_of (self, index);
  Elements             elements = { .x = layer->wide,
                                    .out = layer->gelu,
                                    .n = rows * self->network.intermediate };
  const float         *feed;

  if (bert)
    memcpy (layer->in, layer->x, n * sizeof (float));
  else
    sag_cpu_train_norm (&layer->attention_norm, layer->x, layer->in, rows, hidden);
  linear (self, &layer->query, layer->in, layer->q, rows);
  linear (self, &layer->key, layer->in, layer->k, rows);
  linear (self, &layer->value, layer->in, layer->v, rows);
  sag_cpu_train_attend (&attention);
  linear (self, &layer->output, layer->context, layer->a, rows);
  sag_cpu_dropout (&self->dropout, place + PLACE_OUTPUT, layer->a, n);
  sag_cpu_add (layer->a, layer->x, n);
  /* BERT: y is the normalised sum, which the second half adds to; MegatronBert: y is a normalised copy. */
  sag_cpu_train_norm (bert ? &layer->attention_norm : &layer->feed_norm, layer->a, layer->y, rows,
                      hidden);
  feed = bert ? layer->y : layer->a;
  linear (self, &layer->up, layer->y, layer->wide, rows);
  sag_pool_run (self->matrix.pool, (elements.n + ELEMENTS - 1) / ELEMENTS, gelu_piece, &elements);
  linear (self, &layer->down, layer->gelu, layer->b, rows);
  sag_cpu_dropout (&self->dropout, place + PLACE_DOWN, layer->b, n);
  sag_cpu_add (layer->b, feed, n);
  if (bert)
    sag_cpu_train_norm (&layer->feed_norm, layer->b, out, rows, hidden);
  else
    memcpy (out, layer->b, n * sizeof (float));
}

/* The vision rows of every sequence, for the patch head: to @compact, or back from it (added). */
static void
gather_tokens (const SagCpuTrainText *self, const float *x, float *compact)
{
  gsize hidden = self->network.hidden, n = self->n_tokens * hidden;

  for (gsize s = 0; s < self->n; s++)
    memcpy (compact + s * n, x + (self->starts[s] + 1) * hidden, n * sizeof (float));
}

gboolean
sag_cpu_train_text_forward (SagCpuTrainText *self,
                            const float     *tokens,
                            const int32_t   *image_of,
                            gsize            n,
                            gsize            n_tokens,
                            const int32_t   *ids,
                            const int32_t   *lengths,
                            gsize            max_length,
                            SagCpuDropout    dropout,
                            float           *class_logits,
                            float           *cell_logits,
                            SagStatus       *status)
{
  gsize   hidden = self->network.hidden;
  int32_t n_layers = self->network.text_layers;

  self->n = n;
  self->n_tokens = n_tokens;
  self->max_length = max_length;
  self->ids = ids;
  self->image_of = image_of;
  self->dropout = dropout;
  if (!plan (self, lengths))
    return sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                            "There is no memory for %zu samples at once; train with smaller "
                            "batches.",
                            n);
  for (gsize s = 0; s < n; s++)
    embed_sequence (self, s, tokens);
  sag_cpu_train_norm (&self->embedding_norm, self->sum_sequence, self->layers[0].x, self->rows,
                      hidden);
  sag_cpu_dropout (&dropout, PLACE_SEQUENCE, self->layers[0].x, self->rows * hidden);
  for (int32_t i = 0; i < n_layers; i++)
    run_layer (self, i, i + 1 < n_layers ? self->layers[i + 1].x : self->x);
  sag_cpu_train_norm (&self->final_norm, self->x, self->last, self->rows, hidden);
  for (gsize s = 0; s < n; s++)
    linear (self, &self->class_head, self->last + self->starts[s] * hidden, class_logits + s, 1);
  gather_tokens (self, self->last, self->rows_in);
  linear (self, &self->patch_head, self->rows_in, cell_logits, n * n_tokens);
  return TRUE;
}
