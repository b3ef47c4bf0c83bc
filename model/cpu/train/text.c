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

static SagCpuTrainNorm
find_norm (SagCpuParams *params, const SagCpuKernels *kernels, const char *prefix, float eps)
{
  return (SagCpuTrainNorm){ kernels, sag_cpu_params_find (params, "%s.weight", prefix),
                            sag_cpu_params_find (params, "%s.bias", prefix), eps };
}

static void
find_layer (Layer                 *layer,
            SagCpuParams          *params,
            const SagNetwork      *network,
            const SagTrainOptions *options,
            const SagCpuKernels   *kernels,
            int32_t                index)
{
  float eps = network->layer_norm_eps;
  char  names[SAG_N_LAYER_PARTS][SAG_WEIGHT_NAME];

  for (int i = 0; i < SAG_N_LAYER_PARTS; i++)
    sag_layer_name (network->text_kind, index, (SagLayerPart) i, names[i]);
  layer->query = sag_cpu_train_linear_new (params, names[SAG_LAYER_QUERY], options);
  layer->key = sag_cpu_train_linear_new (params, names[SAG_LAYER_KEY], NULL);
  layer->value = sag_cpu_train_linear_new (params, names[SAG_LAYER_VALUE], options);
  layer->output = sag_cpu_train_linear_new (params, names[SAG_LAYER_OUTPUT], NULL);
  layer->attention_norm = find_norm (params, kernels, names[SAG_LAYER_ATTENTION_NORM], eps);
  layer->up = sag_cpu_train_linear_new (params, names[SAG_LAYER_UP], NULL);
  layer->down = sag_cpu_train_linear_new (params, names[SAG_LAYER_DOWN], NULL);
  layer->feed_norm = find_norm (params, kernels, names[SAG_LAYER_FEED_NORM], eps);
  layer->query.place = (guint64) (index + 1) * LAYER_PLACES + PLACE_QUERY;
  layer->value.place = (guint64) (index + 1) * LAYER_PLACES + PLACE_VALUE;
  layer->is_last = index + 1 == network->text_layers;
}

SagCpuTrainText *
sag_cpu_train_text_new (SagCpuParams          *params,
                        const SagNetwork      *network,
                        const SagTrainOptions *options,
                        SagPool               *pool,
                        const SagCpuKernels   *kernels)
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
      find_norm (params, kernels, "model.embeddings.LayerNorm", network->layer_norm_eps);
  else
    self->final_norm = find_norm (params, kernels, "model.encoder.ln", network->layer_norm_eps);
  self->layers = g_new0 (Layer, network->text_layers);
  for (int32_t i = 0; i < network->text_layers; i++)
    find_layer (&self->layers[i], params, network, options, kernels, i);
  self->class_head = sag_cpu_train_linear_new (params, "lm_head_cls", NULL);
  self->patch_head = sag_cpu_train_linear_new (params, "lm_head_seg", NULL);
  self->lora_dropout = options->lora_dropout;
  self->layers_train = network->text_layers > 0 &&
                       (self->layers[0].query.weight->trains || self->layers[0].query.a != NULL);
  self->embeddings_train = self->words->trains || self->start->trains;
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
  g_free (self->used);
  free (self->memory);
  g_free (self);
}

/* Memory that is shared out: NULL, while it is only counted. */
typedef struct
{
  float *memory;
  gsize  used;
} Share;

static float *
take (Share *share, gsize n)
{
  float *piece = share->memory != NULL ? share->memory + share->used : NULL;

  share->used += sag_cpu_round_up (n);
  return piece;
}

gsize
sag_cpu_train_image_of (const SagCpuTrainText *self, gsize sequence)
{
  return self->texts.image_of != NULL ? (gsize) self->texts.image_of[sequence] : sequence;
}

gboolean
sag_cpu_train_has_cells (const SagCpuTrainText *self, gsize sequence)
{
  return self->texts.cells_matter == NULL || self->texts.cells_matter[sequence];
}

/* The maps of one layer; @weights: floats of attention probabilities. Only the gradients of weights need y, context and
 * gelu on the way back: where the layers are frozen all of them share these. */
static void
share_layer (SagCpuTrainText *self, Layer *layer, gsize weights, Share *share)
{
  gsize    hidden = self->rows * self->network.hidden;
  gsize    wide = self->rows * self->network.intermediate;
  gboolean bert = self->network.text_kind == SAG_TEXT_BERT;
  float  **maps[] = { &layer->x, &layer->q, &layer->k, &layer->v, &layer->a, &layer->b };

  for (gsize m = 0; m < G_N_ELEMENTS (maps); m++)
    *maps[m] = take (share, hidden);
  layer->wide = take (share, wide);
  layer->weights = take (share, weights);
  layer->in = bert ? layer->x : take (share, hidden);
  layer->x_used = layer->is_last ? take (share, hidden) : layer->x;
  layer->in_used = bert ? layer->x_used : layer->is_last ? take (share, hidden) : layer->in;
  if (!self->layers_train && layer != self->layers)
    {
      layer->y = self->layers->y;
      layer->context = self->layers->context;
      layer->gelu = self->layers->gelu;
    }
  else
    {
      layer->y = take (share, hidden);
      layer->context = take (share, hidden);
      layer->gelu = take (share, wide);
    }
  layer->query.inner = take (share, self->rows * layer->query.rank);
  layer->value.inner = take (share, self->rows * layer->value.rank);
}

/* All maps of a batch; returns how many floats they take. */
static gsize
share_memory (SagCpuTrainText *self, float *memory, gsize weights, gsize used_weights)
{
  gsize hidden = self->rows * self->network.hidden;
  Share share = { memory, 0 };

  for (int32_t i = 0; i < self->network.text_layers; i++)
    share_layer (self, &self->layers[i], self->layers[i].is_last ? used_weights : weights, &share);
  self->sum_text = take (&share, hidden);
  self->sum_sequence = take (&share, hidden);
  self->x = take (&share, hidden);
  self->last = take (&share, hidden);
  self->dropped = take (&share, hidden);
  for (gsize i = 0; i < G_N_ELEMENTS (self->d); i++)
    self->d[i] = take (&share, hidden);
  self->d_wide = take (&share, self->rows * self->network.intermediate);
  self->class_in = take (&share, self->n * self->network.hidden);
  self->cells_in = take (&share, self->n_with_cells * self->n_tokens * self->network.hidden);
  self->cells = take (&share, self->n_with_cells * self->n_tokens * self->patch_head.n_out);
  self->scratch = take (&share, self->scratch_floats * sag_pool_get_n_threads (self->matrix.pool));
  return share.used;
}

/* Where sequences, and their used rows, begin; returns the longest. */
static gsize
plan_rows (SagCpuTrainText *self)
{
  gboolean has_sequences = self->texts.states == NULL;
  gsize    longest = 0;

  self->starts = g_renew (gsize, self->starts, self->n + 1);
  self->used = g_renew (gsize, self->used, self->n + 1);
  self->starts[0] = self->used[0] = self->n_with_cells = 0;
  for (gsize s = 0; s < self->n; s++)
    {
      gboolean has_cells = sag_cpu_train_has_cells (self, s);
      gsize    n = has_sequences ? self->n_tokens + 2 + self->texts.lengths[s] : 0;

      self->starts[s + 1] = self->starts[s] + n;
      self->used[s + 1] = self->used[s] + (has_cells ? 1 + self->n_tokens : 1);
      self->n_with_cells += has_cells;
      longest = MAX (longest, n);
    }
  self->rows = self->starts[self->n];
  self->used_rows = self->used[self->n];
  return longest;
}

static gboolean
plan (SagCpuTrainText *self)
{
  int32_t hidden = self->network.hidden, wide = self->network.intermediate;
  gsize   n_heads = self->network.n_heads, longest = plan_rows (self), total, weights, used;
  gsize   rows = MAX (self->rows, MAX (self->n, self->n_with_cells * self->n_tokens));

  weights = sag_cpu_train_attention_floats (self->n, self->starts, self->starts, n_heads);
  used = sag_cpu_train_attention_floats (self->n, self->starts, self->used, n_heads);
  self->scratch_floats = sag_cpu_train_attention_scratch (longest, hidden / n_heads);
  total = share_memory (self, NULL, weights, used);
  if (total > self->memory_floats)
    {
      free (self->memory);
      self->memory = sag_cpu_alloc (total);
      self->memory_floats = self->memory != NULL ? total : 0;
    }
  if (self->memory == NULL || !sag_cpu_matrix_reserve (&self->matrix, rows, hidden, wide) ||
      !sag_cpu_matrix_reserve (&self->matrix, rows, wide, hidden) ||
      !sag_cpu_matrix_reserve (&self->matrix, rows, hidden, self->patch_head.n_out) ||
      !sag_cpu_matrix_reserve (&self->matrix, rows, hidden, MAX (1, self->layers->query.rank)) ||
      !sag_cpu_matrix_reserve (&self->matrix, rows, MAX (1, self->layers->query.rank), hidden))
    return FALSE;
  share_memory (self, self->memory, weights, used);
  return TRUE;
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

static void
embed_sequence (SagCpuTrainText *self, gsize s)
{
  gsize          hidden = self->network.hidden, n_shared = self->n_tokens + 2;
  gsize          n_words = self->starts[s + 1] - self->starts[s] - n_shared;
  gsize          at = self->starts[s] * hidden, text = at + n_shared * hidden;
  const int32_t *ids = self->texts.ids + s * self->texts.max_length;
  float         *sum = self->sum_sequence + at, *words = self->sum_text + text;

  for (gsize i = 0; i < n_words; i++)
    memcpy (words + i * hidden, self->words->value + (gsize) ids[i] * hidden,
            hidden * sizeof (float));
  add_positions (self, words, 0, n_words);
  memcpy (sum, self->start->value, hidden * sizeof (float));
  memcpy (sum + hidden,
          self->texts.tokens + sag_cpu_train_image_of (self, s) * self->n_tokens * hidden,
          self->n_tokens * hidden * sizeof (float));
  memcpy (sum + (n_shared - 1) * hidden, self->end->value, hidden * sizeof (float));
  sag_cpu_train_norm (&self->embedding_norm, self->matrix.pool, words, self->sum_sequence + text,
                      n_words, hidden);
  sag_cpu_dropout (&self->texts.dropout, NULL, PLACE_TEXT + (s << 8), self->sum_sequence + text,
                   n_words * hidden);
  add_positions (self, sum, 0, n_shared + n_words);
}

static void
run_layers (SagCpuTrainText *self)
{
  gsize    hidden = self->network.hidden;
  int32_t  n_layers = self->network.text_layers;
  SagPool *pool = self->matrix.pool;

  for (gsize s = 0; s < self->n; s++)
    embed_sequence (self, s);
  sag_cpu_train_norm (&self->embedding_norm, pool, self->sum_sequence, self->layers[0].x,
                      self->rows, hidden);
  sag_cpu_dropout (&self->texts.dropout, pool, PLACE_SEQUENCE, self->layers[0].x,
                   self->rows * hidden);
  for (int32_t i = 0; i < n_layers; i++)
    sag_cpu_train_layer (self, i, i + 1 < n_layers ? self->layers[i + 1].x : self->x);
  sag_cpu_train_norm (&self->final_norm, pool, self->x, self->last, self->used_rows, hidden);
}

gboolean
sag_cpu_train_text_forward (SagCpuTrainText        *self,
                            const SagCpuTrainTexts *texts,
                            float                  *class_logits,
                            float                  *cell_logits,
                            SagStatus              *status)
{
  self->texts = *texts;
  self->n = texts->n;
  self->n_tokens = texts->n_tokens;
  if (!plan (self))
    return sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                            "There is no memory for %zu samples at once; train with smaller "
                            "batches.",
                            texts->n);
  if (texts->states == NULL)
    run_layers (self);
  sag_cpu_train_heads (self, class_logits, cell_logits);
  return TRUE;
}
