/* SPDX-License-Identifier: Apache-2.0 */

/* The head of the multi-label network (model/network/network.h):
 *
 *   h = ReLU (mean over tokens)       (hidden)
 *   logit = w[id] h + b[id]
 */

#include "model/cpu/classes.h"

#include "model/engine/status.h"

#define NO_MAP (-80.0f) /* a score of 0 */

/* @h: (hidden); 0 where every token is hidden. */
static void
pool_tokens (const SagAskRequest *request, gsize text, gsize hidden, float *h)
{
  const uint8_t *mask =
    request->token_mask != NULL ? request->token_mask + text * request->n_tokens : NULL;
  gsize n_tokens = request->n_tokens, n_seen = 0;

  for (gsize c = 0; c < hidden; c++)
    h[c] = 0;
  for (gsize t = 0; t < n_tokens; t++)
    {
      if (mask != NULL && mask[t] == 0)
        continue;
      n_seen++;
      for (gsize c = 0; c < hidden; c++)
        h[c] += request->tokens[t * hidden + c];
    }
  for (gsize c = 0; c < hidden; c++)
    h[c] = MAX (0.0f, h[c] / (float) MAX (n_seen, 1));
}

static bool
answer (const SagWeightSource *source,
        const SagAskRequest   *request,
        gsize                  text,
        const float           *h,
        float                 *row,
        SagStatus             *status)
{
  gsize   hidden = source->network->hidden;
  int32_t id = request->ids[text * request->max_length];
  float  *logit = &request->class_logits[text];

  if (request->lengths[text] != 1 || id < 0 || id >= source->network->n_words)
    return sag_status_fail (status, SAG_STATUS_INVALID,
                            "Text %zu is none of the multi-label bundle's questions.", text + 1);
  if (!source->read (source->data, SAG_CLASSIFIER ".weight", (gsize) id * hidden, hidden, row))
    return sag_status_fail_weight (status, SAG_CLASSIFIER ".weight");
  if (!source->read (source->data, SAG_CLASSIFIER ".bias", id, 1, logit))
    return sag_status_fail_weight (status, SAG_CLASSIFIER ".bias");
  for (gsize c = 0; c < hidden; c++)
    *logit += row[c] * h[c];
  return true;
}

bool
sag_cpu_ask_classes (const SagWeightSource *source, const SagAskRequest *request, SagStatus *status)
{
  gsize             hidden = source->network->hidden, n_texts = MAX (request->n_texts, 0);
  gsize             cells = sag_network_cells_per_token (source->network);
  g_autofree float *h = g_new (float, hidden);
  g_autofree float *row = g_new (float, hidden);

  if (request->n_tokens < 1 || request->max_length < 1)
    return sag_status_fail (status, SAG_STATUS_INVALID,
                            "There are no vision tokens, or no words, to ask about.");
  for (gsize text = 0; text < n_texts; text++)
    {
      if (sag_cancel_is_set (&request->cancel))
        return sag_status_fail (status, SAG_STATUS_CANCELLED, "Asking was cancelled.");
      if (text == 0 || request->token_mask != NULL)
        pool_tokens (request, text, hidden, h);
      if (!answer (source, request, text, h, row, status))
        return false;
    }
  for (gsize i = 0; request->cell_logits != NULL && i < n_texts * request->n_tokens * cells; i++)
    request->cell_logits[i] = NO_MAP;
  return true;
}
