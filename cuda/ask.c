/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/engine.h"

#include "cuda/status.h"

#include <string.h>

static bool
check_text (const SagNetwork    *network,
            const SagAskRequest *request,
            int32_t              index,
            SagStatus           *status)
{
  const int32_t *ids = request->ids + (size_t) index * request->max_length;
  int32_t        length = request->lengths[index];
  int32_t        n_words = request->tap.func != NULL ? request->max_length : length;
  int32_t        n_rows = 2 + request->n_tokens;

  if (length < 1 || length > request->max_length)
    return sag_cuda_fail (status, SAG_STATUS_INVALID,
                          "Text %d has a length of %d words, not 1 to %d.", index + 1, length,
                          request->max_length);
  if (n_rows > network->n_positions - n_words)
    return sag_cuda_fail (status, SAG_STATUS_INVALID,
                          "Text %d needs %d positions, but the bundle has %d; shorten it.",
                          index + 1, n_rows + n_words, network->n_positions);
  for (int32_t i = 0; i < n_words; i++)
    if (ids[i] < 0 || ids[i] >= network->n_words)
      return sag_cuda_fail (status, SAG_STATUS_INVALID,
                            "Text %d has the word number %d, but the bundle has %d words.",
                            index + 1, ids[i], network->n_words);
  return true;
}

static bool
check_request (const SagNetwork *network, const SagAskRequest *request, SagStatus *status)
{
  if (request->n_tokens < 1 || request->n_texts < 0 || request->max_length < 1)
    return sag_cuda_fail (status, SAG_STATUS_INVALID,
                          "There are no vision tokens, or no words, to ask about.");
  for (int32_t i = 0; i < request->n_texts; i++)
    if (!check_text (network, request, i, status))
      return false;
  return true;
}

static SagCudaTextSlot *
find_slot (SagCudaEngine *engine, const SagCudaTextShape *shape)
{
  SagCudaTextSlot *slot = &engine->text[0];

  for (int i = 0; i < SAG_CUDA_TEXT_GRAPHS; i++)
    {
      const SagCudaTextShape *is = &engine->text[i].plan.shape;

      if (engine->text[i].used > 0 && is->n_tokens == shape->n_tokens &&
          is->n_texts == shape->n_texts && is->text_length == shape->text_length &&
          is->wants_cells == shape->wants_cells && is->all_rows == shape->all_rows)
        return &engine->text[i];
      if (engine->text[i].used < slot->used)
        slot = &engine->text[i];
    }
  sag_cuda_graph_free (engine->device, slot->graph);
  slot->graph = NULL;
  sag_cuda_text_plan (&slot->plan, &engine->weights, &engine->network, shape);
  return slot;
}

/* The scan asked about is mostly that of the request before, or was just encoded: comparing is faster than sending. */
static bool
place_tokens (SagCudaEngine *engine, const SagAskRequest *request, SagStatus *status)
{
  size_t n_bytes = (size_t) request->n_tokens * engine->network.hidden * sizeof (float);

  if (engine->n_tokens == request->n_tokens &&
      memcmp (engine->tokens_pinned.memory, request->tokens, n_bytes) == 0)
    return true;
  engine->n_tokens = 0;
  if (!sag_cuda_reserve (engine, &engine->tokens, n_bytes, status) ||
      !sag_cuda_reserve_pinned (engine, &engine->tokens_pinned, n_bytes, status))
    return false;
  memcpy (engine->tokens_pinned.memory, request->tokens, n_bytes);
  sag_cuda_upload (engine->device, engine->tokens.memory, engine->tokens_pinned.memory, n_bytes);
  engine->n_tokens = request->n_tokens;
  return true;
}

/* Texts @first .. @first + @n - 1 into pinned memory; the plan has room for more. */
static void
write_texts (const SagCudaTextPlan *plan,
             const SagAskRequest   *request,
             int32_t                first,
             int32_t                n,
             bool                   whole_rows,
             char                  *pinned)
{
  int32_t *ids = (int32_t *) (pinned + plan->ids), *lengths = (int32_t *) (pinned + plan->lengths);
  char    *mask = pinned + plan->token_mask;
  size_t   n_tokens = request->n_tokens;

  memset (pinned, 0, plan->token_mask);
  memset (mask, 1, plan->shape.n_texts * n_tokens);
  for (int32_t t = 0; t < plan->shape.n_texts; t++)
    {
      size_t index = first + (t < n ? t : 0);

      lengths[t] = request->lengths[index];
      memcpy (ids + (size_t) t * plan->shape.text_length,
              request->ids + index * request->max_length,
              (whole_rows ? request->max_length : lengths[t]) * sizeof *ids);
      for (size_t i = 0; request->token_mask != NULL && i < n_tokens; i++)
        mask[t * n_tokens + i] = request->token_mask[index * n_tokens + i] != 0;
    }
}

static void
read_answers (const SagCudaTextPlan *plan,
              const SagAskRequest   *request,
              int32_t                first,
              int32_t                n,
              const char            *pinned)
{
  size_t n_cells = (size_t) request->n_tokens * plan->n_cells;

  memcpy (request->class_logits + first, pinned + plan->logits, n * sizeof (float));
  if (plan->shape.wants_cells)
    memcpy (request->cell_logits + first * n_cells, pinned + plan->cells,
            n * n_cells * sizeof (float));
}

static int32_t
longest_text (const SagAskRequest *request, int32_t first)
{
  int32_t longest = 1;

  for (int32_t i = first; i < request->n_texts; i++)
    if (request->lengths[i] > longest)
      longest = request->lengths[i];
  return longest;
}

/* Some texts from @first on; @taken: how many. */
static bool
ask_some (SagCudaEngine       *engine,
          const SagAskRequest *request,
          int32_t              first,
          int32_t             *taken,
          SagStatus           *status)
{
  const SagTap    *tap = request->tap.func != NULL ? &request->tap : NULL;
  SagCudaTextShape shape =
    sag_cuda_text_shape (&engine->network, request->n_tokens, request->n_texts - first,
                         longest_text (request, first), request->cell_logits != NULL, taken);
  SagCudaTextSlot *slot;
  SagCudaText      run;
  bool             done = !sag_cuda_is_cancelled (&request->cancel);

  if (tap != NULL)
    {
      *taken = shape.n_texts = 1;
      shape.text_length = request->max_length;
      shape.all_rows = true;
    }
  slot = find_slot (engine, &shape);
  if (!sag_cuda_reserve (engine, &engine->arena, slot->plan.n_bytes, status) ||
      !sag_cuda_reserve_pinned (engine, &engine->pinned, slot->plan.in_bytes + slot->plan.out_bytes,
                                status))
    return false;
  slot->used = ++engine->clock;
  run = (SagCudaText){
    .device = engine->device,
    .weights = &engine->weights,
    .network = &engine->network,
    .plan = &slot->plan,
    .arena = engine->arena.memory,
    .pinned = engine->pinned.memory,
    .tokens = (const float *) engine->tokens.memory,
    .tap = tap,
    .cancel = &request->cancel,
  };
  if (done)
    {
      write_texts (&slot->plan, request, first, *taken, tap != NULL, engine->pinned.memory);
      done = tap != NULL
               ? sag_cuda_text_queue (&run)
               : sag_cuda_graph_run (engine->device, &slot->graph, sag_cuda_text_queue, &run);
    }
  if (!sag_cuda_wait (engine->device, status))
    return false;
  if (!done)
    return sag_cuda_fail (status, SAG_STATUS_CANCELLED, "Asking was cancelled.");
  engine->ms += sag_cuda_get_ms (engine->device);
  read_answers (&slot->plan, request, first, *taken, engine->pinned.memory);
  return true;
}

bool
sag_cuda_ask (void *self, const SagAskRequest *request, SagStatus *status)
{
  SagCudaEngine *engine = self;
  int32_t        taken;

  if (!check_request (&engine->network, request, status))
    return false;
  sag_cuda_use (engine->device);
  engine->ms = 0;
  if (request->n_texts == 0)
    return true;
  if (!place_tokens (engine, request, status))
    return false;
  for (int32_t first = 0; first < request->n_texts; first += taken)
    if (!ask_some (engine, request, first, &taken, status))
      {
        engine->n_tokens = 0; /* who knows whether they arrived */
        return false;
      }
  return true;
}
