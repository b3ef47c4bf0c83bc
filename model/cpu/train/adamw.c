/* SPDX-License-Identifier: Apache-2.0 */

/* AdamW, decoupled weight decay.
 *
 *   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
 *   p = p (1 - lr wd) - lr / (1 - b1^t) m / (sqrt (v / (1 - b2^t)) + eps)
 */

#include "model/cpu/train/adamw.h"

#include <math.h>

#define PIECE 65536

typedef struct
{
  float *value;
  float *grad;
  float *exp_avg;
  float *exp_avg_sq;
  gsize  n;
  float  decay;
  double rate;
  double sum;
} Piece;

typedef struct
{
  GArray      *pieces;
  SagTrainStep step;
  double       clip;
  double       lr;
  double       root; /* 1 / sqrt (1 - b2^t) */
} Work;

static void
add_pieces (GArray *pieces, const SagCpuParam *param, double decay)
{
  gsize n = param->spec.n_values;
  float keeps = (float) (param->decays ? 1 - param->rate * decay : 1);

  for (gsize i = 0; i < n; i += PIECE)
    {
      Piece piece = { param->value + i,   param->grad + i,
                      param->exp_avg + i, param->exp_avg_sq + i,
                      MIN (PIECE, n - i), keeps,
                      param->rate };

      g_array_append_val (pieces, piece);
    }
}

static GArray *
list_pieces (const SagCpuParams *params, double decay)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

  for (gsize i = 0; i < params->n; i++)
    if (params->items[i].trains)
      add_pieces (pieces, &params->items[i], decay);
  return pieces;
}

static void
square_piece (gsize item, guint worker, gpointer data)
{
  Piece *piece = &g_array_index (((Work *) data)->pieces, Piece, item);
  double sum = 0;

  for (gsize i = 0; i < piece->n; i++)
    sum += (double) piece->grad[i] * piece->grad[i];
  piece->sum = sum;
}

double
sag_cpu_grad_norm (const SagCpuParams *params, SagPool *pool)
{
  g_autoptr (GArray) pieces = list_pieces (params, 0);
  Work   work = { .pieces = pieces };
  double sum = 0;

  sag_pool_run (pool, pieces->len, square_piece, &work);
  for (guint i = 0; i < pieces->len; i++)
    sum += g_array_index (pieces, Piece, i).sum;
  return sqrt (sum);
}

static void
step_piece (gsize item, guint worker, gpointer data)
{
  const Work  *work = data;
  const Piece *piece = &g_array_index (work->pieces, Piece, item);
  float        b1 = work->step.beta1, b2 = work->step.beta2, eps = work->step.eps;
  float        n1 = 1 - work->step.beta1, n2 = 1 - work->step.beta2;
  float        clip = work->clip, lr = work->lr * piece->rate, root = work->root;

  for (gsize i = 0; i < piece->n; i++)
    {
      float g = piece->grad[i] * clip;
      float m = piece->exp_avg[i] = b1 * piece->exp_avg[i] + n1 * g;
      float v = piece->exp_avg_sq[i] = b2 * piece->exp_avg_sq[i] + n2 * g * g;

      piece->value[i] = piece->value[i] * piece->decay - lr * m / (sqrtf (v) * root + eps);
    }
}

void
sag_cpu_adamw (SagCpuParams *params, SagPool *pool, const SagTrainStep *step, guint64 n_steps)
{
  g_autoptr (GArray) pieces = list_pieces (params, step->lr * step->weight_decay);
  Work work = {
    .pieces = pieces,
    .step = *step,
    .clip = step->max_norm > 0 ? MIN (1, step->max_norm / (step->grad_norm + 1e-6)) : 1,
    .lr = step->lr / (1 - pow (step->beta1, n_steps)),
    .root = 1 / sqrt (1 - pow (step->beta2, n_steps)),
  };

  sag_pool_run (pool, pieces->len, step_piece, &work);
}
