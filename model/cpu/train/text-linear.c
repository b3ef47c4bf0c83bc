/* SPDX-License-Identifier: Apache-2.0 */

/* A linear map of the text layers, with its low-rank adapter if it has one; text-private.h says what it computes. */

#include "model/cpu/train/text-private.h"

#include "model/cpu/train/lora.h"
#include "model/cpu/train/sums.h"

#include <string.h>

Linear
sag_cpu_train_linear_new (SagCpuParams *params, const char *prefix, const SagTrainOptions *adapts)
{
  SagCpuParam *weight = sag_cpu_params_find (params, "%s.weight", prefix);
  Linear       self = {
          .weight = weight,
          .bias = sag_cpu_params_find (params, "%s.bias", prefix),
          .n_in = weight->spec.shape[1],
          .n_out = weight->spec.shape[0],
  };

  if (adapts == NULL || !sag_cpu_trains_adapters (adapts->parts))
    return self;
  self.a = sag_cpu_params_find (params, "%s." SAG_CPU_LORA_A, prefix);
  self.b = sag_cpu_params_find (params, "%s." SAG_CPU_LORA_B, prefix);
  self.rank = self.a->spec.shape[0];
  self.scale = sag_cpu_lora_scale (adapts);
  return self;
}

/* What the adapter reads. */
static const float *
drop (SagCpuTrainText *self, const Linear *linear, const float *in, gsize rows)
{
  gsize         n = rows * linear->n_in;
  SagCpuDropout dropout = { self->lora_dropout, self->texts.dropout.seed };

  if (dropout.p <= 0)
    return in;
  memcpy (self->dropped, in, n * sizeof (float));
  sag_cpu_dropout (&dropout, self->matrix.pool, linear->place, self->dropped, n);
  return self->dropped;
}

void
sag_cpu_train_linear (
  SagCpuTrainText *self, const Linear *linear, const float *in, float *out, gsize rows)
{
  gsize n_inner = rows * linear->rank;

  sag_cpu_matrix_forward (&self->matrix, in, linear->weight->value, linear->bias->value, out, FALSE,
                          rows, linear->n_in, linear->n_out);
  if (linear->a == NULL)
    return;
  sag_cpu_matrix_forward (&self->matrix, drop (self, linear, in, rows), linear->a->value, NULL,
                          linear->inner, FALSE, rows, linear->n_in, linear->rank);
  for (gsize i = 0; i < n_inner; i++)
    linear->inner[i] *= linear->scale;
  sag_cpu_matrix_forward (&self->matrix, linear->inner, linear->b->value, NULL, out, TRUE, rows,
                          linear->rank, linear->n_out);
}

/* The adapter's way back; d_in is added to. */
static void
adapter_back (SagCpuTrainText *self,
              const Linear    *linear,
              const float     *in,
              const float     *d_out,
              float           *d_in,
              gsize            rows)
{
  gsize             n = rows * linear->rank;
  SagCpuDropout     dropout = { self->lora_dropout, self->texts.dropout.seed };
  g_autofree float *d_inner = g_new (float, n);

  sag_cpu_matrix_backward (&self->matrix, linear->inner, linear->b->value, d_out, d_inner, FALSE,
                           linear->b->grad, NULL, rows, linear->rank, linear->n_out);
  for (gsize i = 0; i < n; i++)
    d_inner[i] *= linear->scale;
  sag_cpu_matrix_backward (&self->matrix, drop (self, linear, in, rows), linear->a->value, d_inner,
                           NULL, FALSE, linear->a->grad, NULL, rows, linear->n_in, linear->rank);
  if (d_in == NULL)
    return;
  sag_cpu_matrix_backward (&self->matrix, NULL, linear->a->value, d_inner, self->dropped, FALSE,
                           NULL, NULL, rows, linear->n_in, linear->rank);
  sag_cpu_dropout (&dropout, self->matrix.pool, linear->place, self->dropped, rows * linear->n_in);
  sag_cpu_add (d_in, self->dropped, rows * linear->n_in);
}

void
sag_cpu_train_linear_back (SagCpuTrainText *self,
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
  if (linear->a != NULL)
    adapter_back (self, linear, in, d_out, d_in, rows);
}
