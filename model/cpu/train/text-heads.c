/* SPDX-License-Identifier: Apache-2.0 */

/* The two heads: class on each sequence's first row, patch on its vision rows. */

#include "model/cpu/train/text-private.h"

#include <string.h>

/* What the heads read of sequence @s: row 0, then the vision rows. */
static const float *
state_of (const SagCpuTrainText *self, gsize s)
{
  gsize hidden = self->network.hidden;

  return self->texts.states != NULL ? self->texts.states + s * (1 + self->n_tokens) * hidden
                                    : self->last + self->used[s] * hidden;
}

void
sag_cpu_train_heads (SagCpuTrainText *self, float *class_logits, float *cell_logits)
{
  gsize  hidden = self->network.hidden, n = self->n_tokens * hidden;
  gsize  n_cells = self->n_tokens * self->patch_head.n_out;
  float *cells_in = self->cells_in, *cells = self->cells;

  for (gsize s = 0; s < self->n; s++)
    {
      memcpy (self->class_in + s * hidden, state_of (self, s), hidden * sizeof (float));
      if (!sag_cpu_train_has_cells (self, s))
        continue;
      memcpy (cells_in, state_of (self, s) + hidden, n * sizeof (float));
      cells_in += n;
    }
  sag_cpu_train_linear (self, &self->class_head, self->class_in, class_logits, self->n);
  sag_cpu_train_linear (self, &self->patch_head, self->cells_in, self->cells,
                        self->n_with_cells * self->n_tokens);
  for (gsize s = 0; s < self->n; s++)
    if (sag_cpu_train_has_cells (self, s))
      {
        memcpy (cell_logits + s * n_cells, cells, n_cells * sizeof (float));
        cells += n_cells;
      }
    else
      memset (cell_logits + s * n_cells, 0, n_cells * sizeof (float));
}

/* Gradients of the used rows from d_class_in and d_cells_in. */
static void
scatter (const SagCpuTrainText *self, const float *d_class_in, const float *d_cells_in, float *d)
{
  gsize hidden = self->network.hidden, n = self->n_tokens * hidden;

  for (gsize s = 0; s < self->n; s++)
    {
      float *to = d + self->used[s] * hidden;

      memcpy (to, d_class_in + s * hidden, hidden * sizeof (float));
      if (!sag_cpu_train_has_cells (self, s))
        continue;
      memcpy (to + hidden, d_cells_in, n * sizeof (float));
      d_cells_in += n;
    }
}

void
sag_cpu_train_heads_back (SagCpuTrainText *self,
                          const float     *d_class,
                          const float     *d_cells,
                          float           *d)
{
  gsize  n_cells = self->n_tokens * self->patch_head.n_out;
  float *cells = self->cells;
  float *d_class_in = d != NULL ? self->d[1] : NULL, *d_cells_in = d != NULL ? self->d[2] : NULL;

  for (gsize s = 0; s < self->n; s++)
    if (sag_cpu_train_has_cells (self, s))
      {
        memcpy (cells, d_cells + s * n_cells, n_cells * sizeof (float));
        cells += n_cells;
      }
  sag_cpu_train_linear_back (self, &self->class_head, self->class_in, d_class, d_class_in, FALSE,
                             self->n);
  sag_cpu_train_linear_back (self, &self->patch_head, self->cells_in, self->cells, d_cells_in,
                             FALSE, self->n_with_cells * self->n_tokens);
  if (d != NULL)
    scatter (self, d_class_in, d_cells_in, d);
}

void
sag_cpu_train_text_states (const SagCpuTrainText *self, float *states)
{
  gsize n = (1 + self->n_tokens) * self->network.hidden;

  for (gsize s = 0; s < self->n; s++)
    memcpy (states + s * n, state_of (self, s), n * sizeof (float));
}
