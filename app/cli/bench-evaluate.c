/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bench-evaluate.h"

#include "app/cli/bench-weights.h"
#include "app/cli/cli.h"
#include "app/cli/timing.h"
#include "model/evaluate/bootstrap.h"
#include "model/evaluate/metrics.h"

#include <stdio.h>

#define N_CASES 3000
#define N_PATIENTS 2000
#define N_TASKS 18
#define N_ROUNDS 1000

typedef struct
{
  double          *scores; /* (2, N_TASKS, N_CASES) */
  guint8          *positive;
  guint32         *patients;
  SagBootstrapTask tasks[N_TASKS];
} Cases;

static void
cases_clear (Cases *self)
{
  g_free (self->scores);
  g_free (self->positive);
  g_free (self->patients);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cases, cases_clear)

/* A fifth is positive, and scores a little more. */
static void
draw_cases (Cases *self)
{
  const gsize n = (gsize) N_TASKS * N_CASES;
  guint64     state = 1;

  self->scores = g_new (double, 2 * n);
  self->positive = g_new (guint8, n);
  self->patients = g_new (guint32, N_CASES);
  for (gsize i = 0; i < n; i++)
    {
      self->positive[i] = sag_cli_next_random (&state) > 0.6f;
      self->scores[i] = sag_cli_next_random (&state) + 0.6 * self->positive[i];
      self->scores[n + i] = sag_cli_next_random (&state) + 0.6 * self->positive[i];
      self->patients[i % N_CASES] = (guint32) (i % N_CASES * N_PATIENTS / N_CASES);
    }
  for (gsize t = 0; t < N_TASKS; t++)
    self->tasks[t] =
      (SagBootstrapTask){ N_CASES, self->scores + t * N_CASES, self->scores + n + t * N_CASES,
                          self->positive + t * N_CASES, self->patients };
}

static gboolean
compare_once (gpointer data, GError **error)
{
  const Cases *self = data;

  for (gsize t = 0; t < N_TASKS; t++)
    sag_metrics_compare (self->tasks[t].scores, self->tasks[t].other_scores,
                         self->tasks[t].positive, N_CASES);
  return !g_cancellable_set_error_if_cancelled (sag_cli_get_cancellable (), error);
}

static gboolean
draw_once (gpointer data, GError **error)
{
  const Cases *self = data;
  gsize        all[N_TASKS];
  g_autoptr (SagBootstrap) bootstrap = sag_bootstrap_new (
    self->tasks, N_TASKS, N_PATIENTS, N_ROUNDS, 1, sag_cli_get_cancellable (), error);

  for (gsize t = 0; t < N_TASKS; t++)
    all[t] = t;
  if (bootstrap != NULL)
    sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUROC, SAG_BOOTSTRAP_SECOND, all, N_TASKS);
  return bootstrap != NULL;
}

gboolean
sag_cli_bench_evaluate (int n_runs, SagJsonWriter *writer, GError **error)
{
  static const struct
  {
    const char     *name;
    SagCliTimedFunc func;
  } parts[] = { { "DeLong, 18 tasks of 3,000 cases", compare_once },
                { "bootstrap of them, 1,000 rounds", draw_once } };
  g_auto (Cases) cases = { 0 };

  draw_cases (&cases);
  for (gsize p = 0; p < G_N_ELEMENTS (parts); p++)
    if (!sag_cli_timing_tell (parts[p].name, n_runs, parts[p].func, &cases, writer, error))
      return FALSE;
  return TRUE;
}
