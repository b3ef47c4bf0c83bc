/* SPDX-License-Identifier: Apache-2.0 */
/* Bootstrap by patients.
 *
 * Cases are sorted once a task; a draw then is a weight for each patient (how often he was drawn), and a figure one
 * sweep over the sorted cases.
 *
 *   values   (n_rounds, n_tasks, 2 models, 2 figures), NaN where a kind of case was not drawn
 */
#include "model/evaluate/bootstrap.h"

#include "model/core/pool.h"
#include "model/core/random.h"

#include <math.h>
#include <stdlib.h>

#define N_MODELS 2
#define N_FIGURES 2

/* @last: the last of those that score the same. */
typedef struct
{
  double   score;
  guint32  patient;
  gboolean positive;
  gboolean last;
} Case;

struct _SagBootstrap
{
  gsize   n_tasks;
  guint   n_rounds;
  double *values;
};

typedef struct
{
  SagBootstrap           *self;
  const SagBootstrapTask *tasks;
  Case                  **cases; /* (n_tasks, N_MODELS); NULL without a second model */
  guint                   n_patients;
  guint64                 seed;
  GCancellable           *cancellable;
} Drawing;

static int
compare_cases (const void *a, const void *b)
{
  const Case *x = a, *y = b;

  return (x->score > y->score) - (x->score < y->score);
}

static Case *
sort_cases (const SagBootstrapTask *task, const double *scores)
{
  Case *cases;

  if (scores == NULL || task->n == 0)
    return NULL;
  cases = g_new (Case, task->n);
  for (gsize i = 0; i < task->n; i++)
    cases[i] = (Case){ scores[i], task->patients[i], task->positive[i] != 0, FALSE };
  qsort (cases, task->n, sizeof *cases, compare_cases);
  for (gsize i = 0; i < task->n; i++)
    cases[i].last = i + 1 == task->n || cases[i + 1].score > cases[i].score;
  return cases;
}

static double
weigh_auroc (const Case *cases, gsize n, const guint16 *weights)
{
  double below = 0, positives = 0, area = 0, tied[2] = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      tied[cases[i].positive] += weights[cases[i].patient];
      if (!cases[i].last)
        continue;
      area += tied[1] * (below + tied[0] / 2);
      below += tied[0];
      positives += tied[1];
      tied[0] = tied[1] = 0;
    }
  return area / (positives * below);
}

static double
weigh_aupr (const Case *cases, gsize n, const guint16 *weights)
{
  double above = 0, hits = 0, area = 0, gained = 0;

  for (gsize i = n; i-- > 0;)
    {
      double weight = weights[cases[i].patient];

      above += weight;
      gained += cases[i].positive ? weight : 0;
      if ((i > 0 && !cases[i - 1].last) || gained <= 0)
        continue;
      hits += gained;
      area += gained * hits / above;
      gained = 0;
    }
  return above > hits ? area / hits : NAN;
}

/* Sums of whole numbers are exact, so that 0 / 0 is NaN where a kind was not drawn. */
static void
draw_cb (gsize round, guint worker, gpointer data)
{
  const Drawing      *drawing = data;
  SagBootstrap       *self = drawing->self;
  g_autofree guint16 *weights = g_new0 (guint16, drawing->n_patients);
  guint64             seed = sag_random_hash (drawing->seed, round);

  if (g_cancellable_is_cancelled (drawing->cancellable))
    return;
  for (guint i = 0; i < drawing->n_patients; i++)
    {
      guint64 hash = sag_random_hash (seed, i) >> 32;

      weights[hash * drawing->n_patients >> 32]++;
    }
  for (gsize t = 0; t < self->n_tasks; t++)
    for (gsize m = 0; m < N_MODELS; m++)
      {
        const Case *cases = drawing->cases[t * N_MODELS + m];
        double     *out = self->values + ((round * self->n_tasks + t) * N_MODELS + m) * N_FIGURES;
        gsize       n = drawing->tasks[t].n;

        out[SAG_BOOTSTRAP_AUROC] = cases != NULL ? weigh_auroc (cases, n, weights) : NAN;
        out[SAG_BOOTSTRAP_AUPR] = cases != NULL ? weigh_aupr (cases, n, weights) : NAN;
      }
}

static void
draw (Drawing *drawing)
{
  gsize n_tasks = drawing->self->n_tasks;

  drawing->cases = g_new0 (Case *, n_tasks * N_MODELS);
  for (gsize t = 0; t < n_tasks; t++)
    {
      drawing->cases[t * N_MODELS] = sort_cases (&drawing->tasks[t], drawing->tasks[t].scores);
      drawing->cases[t * N_MODELS + 1] =
        sort_cases (&drawing->tasks[t], drawing->tasks[t].other_scores);
    }
  sag_pool_run (sag_pool_get_default (), drawing->self->n_rounds, draw_cb, drawing);
  for (gsize i = 0; i < n_tasks * N_MODELS; i++)
    g_free (drawing->cases[i]);
  g_free (drawing->cases);
}

SagBootstrap *
sag_bootstrap_new (const SagBootstrapTask *tasks,
                   gsize                   n_tasks,
                   guint                   n_patients,
                   guint                   n_rounds,
                   guint64                 seed,
                   GCancellable           *cancellable,
                   GError                **error)
{
  g_autoptr (SagBootstrap) self = NULL;
  Drawing drawing = {
    .tasks = tasks, .n_patients = n_patients, .seed = seed, .cancellable = cancellable
  };

  g_return_val_if_fail (n_patients > 0 && n_rounds > 0, NULL);
  self = g_new0 (SagBootstrap, 1);
  self->n_tasks = n_tasks;
  self->n_rounds = n_rounds;
  self->values = g_new (double, n_rounds *n_tasks *N_MODELS *N_FIGURES);
  drawing.self = self;
  draw (&drawing);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sag_bootstrap_free (SagBootstrap *bootstrap)
{
  if (bootstrap == NULL)
    return;
  g_free (bootstrap->values);
  g_free (bootstrap);
}

static double
value_of (
  const SagBootstrap *self, gsize round, gsize task, SagBootstrapFigure figure, SagBootstrapOf of)
{
  const double *values = self->values + (round * self->n_tasks + task) * N_MODELS * N_FIGURES;

  if (of == SAG_BOOTSTRAP_FIRST)
    return values[figure];
  return values[N_FIGURES + figure] - (of == SAG_BOOTSTRAP_DIFFERENCE ? values[figure] : 0);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Linear between the values, as numpy's default. */
static double
percentile (const double *sorted, gsize n, double share)
{
  double at = share * (double) (n - 1);
  gsize  i = MIN ((gsize) at, n - 1), next = MIN (i + 1, n - 1);

  return sorted[i] + (at - (double) i) * (sorted[next] - sorted[i]);
}

SagInterval
sag_bootstrap_interval (const SagBootstrap *bootstrap,
                        SagBootstrapFigure  figure,
                        SagBootstrapOf      of,
                        const gsize        *tasks,
                        gsize               n_tasks)
{
  g_autofree double *means = g_new (double, bootstrap->n_rounds);
  gsize              n = 0;

  for (gsize round = 0; round < bootstrap->n_rounds; round++)
    {
      double sum = 0;
      gsize  n_there = 0;

      for (gsize t = 0; t < n_tasks; t++)
        {
          double value = value_of (bootstrap, round, tasks[t], figure, of);

          sum += isnan (value) ? 0 : value;
          n_there += !isnan (value);
        }
      if (n_there > 0)
        means[n++] = sum / (double) n_there;
    }
  if (2 * n < bootstrap->n_rounds || n == 0)
    return (SagInterval){ NAN, NAN };
  qsort (means, n, sizeof *means, compare_doubles);
  return (SagInterval){ percentile (means, n, 0.025), percentile (means, n, 0.975) };
}
