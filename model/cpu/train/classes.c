/* SPDX-License-Identifier: Apache-2.0 */

/* The head of the multi-label network, for sequence s of image i:
 *
 *   m = mean over i's tokens          (hidden)
 *   h = dropout (ReLU (m))            (hidden)
 *   logit = w[id] h + b[id]
 *
 * The other dropout, of the pooled features, lies before the adaptor: sag_cpu_train_vision_drop().
 */

#include "model/cpu/train/classes.h"

#include <string.h>

#define PLACE 5 /* of dropout */

struct _SagCpuTrainClasses
{
  gsize            hidden;
  gsize            n_cells;
  SagCpuParam     *weight;
  SagCpuParam     *bias;
  SagCpuTrainTexts texts;
  float           *means;  /* (n, hidden) */
  float           *states; /* (n, hidden) h */
};

SagCpuTrainClasses *
sag_cpu_train_classes_new (SagCpuParams *params, const SagNetwork *network)
{
  SagCpuTrainClasses *self = g_new0 (SagCpuTrainClasses, 1);

  self->hidden = network->hidden;
  self->n_cells = sag_network_cells_per_token (network);
  self->weight = sag_cpu_params_find (params, SAG_CLASSIFIER ".weight");
  self->bias = sag_cpu_params_find (params, SAG_CLASSIFIER ".bias");
  return self;
}

void
sag_cpu_train_classes_free (SagCpuTrainClasses *self)
{
  if (self == NULL)
    return;
  g_free (self->means);
  g_free (self->states);
  g_free (self);
}

static gsize
image_of (const SagCpuTrainClasses *self, gsize s)
{
  return self->texts.image_of != NULL ? (gsize) self->texts.image_of[s] : s;
}

static gsize
class_of (const SagCpuTrainClasses *self, gsize s)
{
  return (gsize) self->texts.ids[s * self->texts.max_length];
}

static void
pool_tokens (const SagCpuTrainClasses *self, gsize s, float *mean)
{
  gsize        hidden = self->hidden, n_tokens = self->texts.n_tokens;
  const float *tokens = self->texts.tokens + image_of (self, s) * n_tokens * hidden;

  memset (mean, 0, hidden * sizeof *mean);
  for (gsize t = 0; t < n_tokens; t++)
    for (gsize c = 0; c < hidden; c++)
      mean[c] += tokens[t * hidden + c];
  for (gsize c = 0; c < hidden; c++)
    mean[c] /= (float) n_tokens;
}

void
sag_cpu_train_classes_forward (SagCpuTrainClasses     *self,
                               const SagCpuTrainTexts *texts,
                               float                  *class_logits,
                               float                  *cell_logits)
{
  gsize hidden = self->hidden, n = texts->n;

  self->texts = *texts;
  self->means = g_renew (float, self->means, n *hidden);
  self->states = g_renew (float, self->states, n *hidden);
  for (gsize s = 0; s < n; s++)
    pool_tokens (self, s, self->means + s * hidden);
  for (gsize i = 0; i < n * hidden; i++)
    self->states[i] = MAX (0.0f, self->means[i]);
  sag_cpu_dropout (&texts->dropout, NULL, PLACE, self->states, n * hidden);
  for (gsize s = 0; s < n; s++)
    {
      const float *row = self->weight->value + class_of (self, s) * hidden;

      class_logits[s] = self->bias->value[class_of (self, s)];
      for (gsize c = 0; c < hidden; c++)
        class_logits[s] += row[c] * self->states[s * hidden + c];
    }
  memset (cell_logits, 0, n * texts->n_tokens * self->n_cells * sizeof *cell_logits);
}

/* @d: (n, hidden), of the states: times the classifier's rows, whose gradients accumulate. */
static void
back_through_classifier (SagCpuTrainClasses *self, const float *d_class, float *d)
{
  gsize hidden = self->hidden;

  for (gsize s = 0; s < self->texts.n; s++)
    {
      gsize        at = class_of (self, s) * hidden;
      const float *row = self->weight->value + at, *h = self->states + s * hidden;

      for (gsize c = 0; c < hidden; c++)
        d[s * hidden + c] = d_class[s] * row[c];
      for (gsize c = 0; self->weight->trains && c < hidden; c++)
        self->weight->grad[at + c] += d_class[s] * h[c];
      if (self->bias->trains)
        self->bias->grad[class_of (self, s)] += d_class[s];
    }
}

void
sag_cpu_train_classes_backward (SagCpuTrainClasses *self, const float *d_class, float *d_tokens)
{
  gsize             hidden = self->hidden, n_tokens = self->texts.n_tokens, n = self->texts.n;
  g_autofree float *d = g_new (float, n *hidden);

  back_through_classifier (self, d_class, d);
  if (d_tokens == NULL)
    return;
  sag_cpu_dropout (&self->texts.dropout, NULL, PLACE, d, n * hidden);
  for (gsize i = 0; i < n * hidden; i++)
    d[i] = self->means[i] > 0 ? d[i] / (float) n_tokens : 0;
  for (gsize s = 0; s < n; s++)
    for (gsize t = 0; t < n_tokens; t++)
      for (gsize c = 0; c < hidden; c++)
        d_tokens[(image_of (self, s) * n_tokens + t) * hidden + c] += d[s * hidden + c];
}
