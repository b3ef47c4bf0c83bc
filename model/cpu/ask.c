/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/ask.h"

#include "model/cpu/encoder.h"
#include "model/cpu/gemm.h"
#include "model/engine/status.h"

#include <math.h>
#include <string.h>

/* Upstream's get_multimodal_embeds() and forward() (models/multimodal_models.py):
 *
 *   text      = embed (word[ids], positions from 0)
 *   sequence  = embed ([start, tokens, end, text], positions from 0)
 *   embed (x) = LayerNorm (x + position + type 0); MegatronBert has no LayerNorm there
 *
 * So the text is embedded twice. [start, tokens, end] begin every sequence alike: their embedding and their first
 * queries, keys and values are computed once for all texts.
 *
 * Sequences of different lengths lie one after the other, without padding; only taps show padding, as upstream
 * computes it, and then sequences go one by one.
 */

#define GROUP_ROWS 640 /* more rows at a time gain nothing and cost memory */

typedef struct
{
  const SagCpuText    *text;
  const SagAskRequest *request;
  SagStatus           *status;
  SagCpuBatch          batch;
  SagCpuShared         shared;
  float               *shared_x; /* (shared rows, hidden), embedded */
  gsize               *starts;
  uint8_t             *visible;
  bool                 tapped;
} Ask;

static gsize
text_rows (const Ask *ask, gsize index)
{
  return ask->tapped ? ask->request->max_length : ask->request->lengths[index];
}

static bool
check_text (const Ask *ask, gsize index)
{
  const SagAskRequest *request = ask->request;
  const SagNetwork    *network = &ask->text->network;
  const int32_t       *ids = request->ids + index * request->max_length;
  int32_t              length = request->lengths[index];
  int32_t              number = index + 1;
  gsize                n_rows;

  if (length < 1 || length > request->max_length)
    return sag_status_fail (ask->status, SAG_STATUS_INVALID,
                            "Text %d has a length of %d words, not 1 to %d.", number, length,
                            request->max_length);
  n_rows = ask->shared.n_rows + text_rows (ask, index);
  if (n_rows > (gsize) network->n_positions)
    return sag_status_fail (ask->status, SAG_STATUS_INVALID,
                            "Text %d needs %d positions, but the bundle has %d; shorten it.",
                            number, (int) n_rows, network->n_positions);
  for (gsize i = 0; i < text_rows (ask, index); i++)
    if (ids[i] < 0 || ids[i] >= network->n_words)
      return sag_status_fail (ask->status, SAG_STATUS_INVALID,
                              "Text %d has the word number %d, but the bundle has %d words.",
                              number, ids[i], network->n_words);
  return true;
}

static bool
check_request (const Ask *ask)
{
  const SagAskRequest *request = ask->request;

  if (request->n_tokens < 1 || request->n_texts < 0 || request->max_length < 1)
    return sag_status_fail (ask->status, SAG_STATUS_INVALID,
                            "There are no vision tokens, or no words, to ask about.");
  for (gsize i = 0; i < (gsize) request->n_texts; i++)
    if (!check_text (ask, i))
      return false;
  return true;
}

/* How many texts, from @first on, go through the encoder together. */
static gsize
group_size (const Ask *ask, gsize first, gsize *n_rows)
{
  gsize n = 0;

  *n_rows = 0;
  while (first + n < (gsize) ask->request->n_texts)
    {
      gsize rows = ask->shared.n_rows + text_rows (ask, first + n);

      if (n > 0 && (ask->tapped || *n_rows + rows > GROUP_ROWS))
        break;
      *n_rows += rows;
      n++;
    }
  return n;
}

static void
measure (const Ask *ask, gsize *longest, gsize *most_rows)
{
  gsize n_texts = ask->request->n_texts, n_rows;

  *longest = *most_rows = ask->shared.n_rows;
  for (gsize i = 0; i < n_texts; i++)
    *longest = MAX (*longest, ask->shared.n_rows + text_rows (ask, i));
  for (gsize i = 0; i < n_texts; i += group_size (ask, i, &n_rows))
    {
      group_size (ask, i, &n_rows);
      *most_rows = MAX (*most_rows, n_rows);
    }
}

static bool
reserve (Ask *ask, SagCpuArena *arena)
{
  const SagNetwork *network = &ask->text->network;
  SagCpuBatch      *batch = &ask->batch;
  gsize             n_threads = sag_pool_get_n_threads (batch->team.pool);
  gsize             hidden = network->hidden, shared = ask->shared.n_rows * hidden, total = 0;
  gsize             longest, most_rows;

  measure (ask, &longest, &most_rows);
  batch->head_size = (sag_cpu_head_scratch (longest, hidden / network->n_heads) + 15) / 16 * 16;
  const struct
  {
    float **where;
    gsize   n;
  } pieces[] = {
    { &ask->shared_x, shared },
    { &ask->shared.query, shared },
    { &ask->shared.key_value, 2 * shared },
    { &batch->x, most_rows * hidden },
    { &batch->y, most_rows * hidden },
    { &batch->wide, most_rows * sag_cpu_wide_width (network) },
    { &batch->heads, n_threads * batch->head_size },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    total += sag_cpu_arena_piece_size (pieces[i].n);
  ask->visible = g_try_malloc (most_rows);
  ask->starts = g_try_new (gsize, most_rows);
  if (ask->visible == NULL || ask->starts == NULL || !sag_cpu_arena_reserve (arena, total))
    return sag_status_fail (ask->status, SAG_STATUS_OUT_OF_MEMORY,
                            "There is no memory to ask (%d MB); close other programs.",
                            (int) (total / 1000000));
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    *pieces[i].where = sag_cpu_arena_take (arena, FALSE, pieces[i].n);
  return true;
}

/* Upstream's BertEmbeddings without the look-up: positions count from @first.
 * @x, @out: (n_rows, hidden), may be one
 */
static void
embed (const Ask *ask, const float *x, gsize first, gsize n_rows, float *out)
{
  gsize        hidden = ask->text->network.hidden;
  const float *positions = ask->text->positions + first * hidden;

  for (gsize i = 0; i < n_rows * hidden; i++)
    out[i] = x[i] + positions[i];
  sag_cpu_norm (ask->text, &ask->batch.team, &ask->text->embedding_norm, out, out, n_rows);
}

/* [start, tokens, end] */
static void
write_shared (const Ask *ask, float *out)
{
  gsize hidden = ask->text->network.hidden;
  gsize n_tokens = ask->request->n_tokens;

  memcpy (out, ask->text->start, hidden * sizeof (float));
  memcpy (out + hidden, ask->request->tokens, n_tokens * hidden * sizeof (float));
  memcpy (out + (n_tokens + 1) * hidden, ask->text->end, hidden * sizeof (float));
}

static void
tap (const Ask *ask, const char *name, gsize n_rows, gsize width, const float *values)
{
  const SagTap *to = &ask->request->tap;

  to->func (to->data, name, 3, (const int64_t[]){ 1, n_rows, width }, values);
}

/* @out: (n_words, hidden): rows of the word table. */
static bool
read_words (const Ask *ask, const int32_t *ids, gsize n_words, float *out)
{
  static const char      name[] = "model.embeddings.word_embeddings.weight";
  const SagWeightSource *source = &ask->text->source;
  gsize                  hidden = ask->text->network.hidden;

  for (gsize i = 0; i < n_words; i++)
    if (!source->read (source->data, name, ids[i] * hidden, hidden, out + i * hidden))
      return sag_status_fail (
        ask->status, SAG_STATUS_INVALID,
        "The bundle's word table cannot be read at word %d; import the bundle again.", ids[i]);
  return true;
}

/* Sequence @s of the batch for text @index: words embedded in y, the whole sequence in x. */
static bool
embed_sequence (Ask *ask, gsize s, gsize index)
{
  gsize  hidden = ask->text->network.hidden;
  gsize  n_shared = ask->shared.n_rows;
  gsize  n_words = text_rows (ask, index);
  float *x = ask->batch.x + ask->batch.starts[s] * hidden;
  float *y = ask->batch.y + ask->batch.starts[s] * hidden;
  float *words = y + n_shared * hidden;

  if (!read_words (ask, ask->request->ids + index * ask->request->max_length, n_words, words))
    return false;
  embed (ask, words, 0, n_words, words);
  memcpy (x, ask->shared_x, n_shared * hidden * sizeof (float));
  embed (ask, words, n_shared, n_words, x + n_shared * hidden);
  if (ask->tapped)
    {
      write_shared (ask, y);
      tap (ask, "text_embeds_pass1", n_words, hidden, words);
      tap (ask, "mm_embeds_concat", n_shared + n_words, hidden, y);
      tap (ask, "embeddings_pass2", n_shared + n_words, hidden, x);
    }
  return true;
}

static void
mark_visible (Ask *ask, gsize s, gsize index)
{
  const SagAskRequest *request = ask->request;
  uint8_t             *visible = ask->visible + ask->starts[s];
  gsize                n_rows = ask->starts[s + 1] - ask->starts[s];

  for (gsize i = 0; i < n_rows; i++)
    visible[i] = i < ask->shared.n_rows + request->lengths[index];
  for (gsize i = 0; request->token_mask && i < (gsize) request->n_tokens; i++)
    visible[1 + i] = request->token_mask[index * request->n_tokens + i] != 0;
}

static bool
build_batch (Ask *ask, gsize first, gsize n)
{
  ask->batch.n_sequences = n;
  ask->starts[0] = 0;
  for (gsize s = 0; s < n; s++)
    {
      ask->starts[s + 1] = ask->starts[s] + ask->shared.n_rows + text_rows (ask, first + s);
      mark_visible (ask, s, first + s);
      if (!embed_sequence (ask, s, first + s))
        return false;
    }
  return true;
}

/* The heads. @n_rows: of each sequence, in x one after the other; the first, then those of the vision tokens. */
static void
answer (const Ask *ask, gsize first, gsize n_rows)
{
  const SagAskRequest *request = ask->request;
  const SagCpuText    *text = ask->text;
  const SagCpuTeam    *team = &ask->batch.team;
  gsize                n = ask->batch.n_sequences, hidden = text->network.hidden;
  gsize                n_tokens = request->n_tokens, n_cells = text->patch_head.n_out;
  float               *logits = request->class_logits + first;

  for (gsize s = 0; s < n; s++)
    {
      const float *x = ask->batch.x + s * n_rows * hidden;

      sag_cpu_linear (&text->class_head, team, x, logits + s, 1, SAG_CPU_ACT_NONE, NULL);
      if (request->cell_logits != NULL)
        sag_cpu_linear (&text->patch_head, team, x + hidden,
                        request->cell_logits + (first + s) * n_tokens * n_cells, n_tokens,
                        SAG_CPU_ACT_NONE, NULL);
    }
  if (ask->tapped)
    {
      float probability = 1.0f / (1.0f + expf (-logits[0]));

      tap (ask, "last_hidden_state", n_rows, hidden, ask->batch.x);
      request->tap.func (request->tap.data, "logits_cls", 2, (const int64_t[]){ 1, 1 }, logits);
      request->tap.func (request->tap.data, "prob_cls", 2, (const int64_t[]){ 1, 1 }, &probability);
      if (request->cell_logits != NULL)
        tap (ask, "logits_seg", n_tokens, n_cells,
             request->cell_logits + first * n_tokens * n_cells);
    }
}

/* The sequences of the batch through all layers and the heads. */
static bool
run_batch (Ask *ask, gsize first)
{
  const SagCpuText *text = ask->text;
  int               n_layers = text->network.text_layers;
  gsize             wanted = ask->request->cell_logits ? 1 + ask->request->n_tokens : 1;
  gsize n_rows = ask->tapped ? ask->starts[1] : wanted; /* of each sequence, after the last layer */

  for (int i = 0; i < n_layers; i++)
    {
      if (sag_cancel_is_set (&ask->request->cancel))
        return sag_status_fail (ask->status, SAG_STATUS_CANCELLED, "Asking was cancelled.");
      sag_cpu_encode_layer (&ask->batch, &text->layers[i], i == 0 ? &ask->shared : NULL,
                            i + 1 == n_layers && !ask->tapped ? wanted : 0);
      if (ask->tapped)
        {
          g_autofree char *name = g_strdup_printf ("bert_layer%d", i);

          tap (ask, name, n_rows, text->network.hidden, ask->batch.x);
        }
    }
  sag_cpu_norm (text, &ask->batch.team, &text->final_norm, ask->batch.x, ask->batch.x,
                ask->batch.n_sequences * n_rows);
  answer (ask, first, n_rows);
  return true;
}

static bool
run (Ask *ask, SagCpuArena *arena)
{
  gsize n_rows, n;

  if (!check_request (ask) || !reserve (ask, arena))
    return false;
  ask->batch.starts = ask->starts;
  ask->batch.visible = ask->visible;
  write_shared (ask, ask->shared_x);
  embed (ask, ask->shared_x, 0, ask->shared.n_rows, ask->shared_x);
  sag_cpu_encode_share (ask->text, &ask->batch.team, ask->shared_x, ask->batch.y, &ask->shared);
  for (gsize first = 0; first < (gsize) ask->request->n_texts; first += n)
    {
      n = group_size (ask, first, &n_rows);
      if (!build_batch (ask, first, n) || !run_batch (ask, first))
        return false;
    }
  return true;
}

bool
sag_cpu_ask (const SagCpuText    *text,
             const SagCpuTeam    *team,
             SagCpuArena         *arena,
             const SagAskRequest *request,
             SagStatus           *status)
{
  Ask ask = {
    .text = text,
    .request = request,
    .status = status,
    .batch = { .text = text, .team = *team },
    .shared = { .n_rows = 2 + (gsize) MAX (request->n_tokens, 0) },
    .tapped = request->tap.func != NULL,
  };
  bool done = run (&ask, arena);

  g_free (ask.visible);
  g_free (ask.starts);
  return done;
}
