/* SPDX-License-Identifier: Apache-2.0 */
/*   t        targets, see the header
 *   p        1 / (1 + exp (-(a + b x)))
 *   gradient (sum (p - t), sum (p - t) x)
 *   Hessian  sum p (1 - p) (1, x; x, x^2)
 *
 * The loss is convex: a Newton step that does not lower it is halved until it does.
 */
#include "model/evaluate/calibrate.h"

#include "model/core/error.h"
#include "model/evaluate/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 100
#define MOST_HALVINGS 30

typedef struct
{
  const double *logits;
  const guint8 *positive;
  gsize         n;
  double        targets[2];
} Fit;

/* ln (1 + exp (z)) without overflow */
static double
softplus (double z)
{
  return z > 0 ? z + log1p (exp (-z)) : log1p (exp (z));
}

static double
loss_of (const Fit *fit, double bias, double slope)
{
  double sum = 0;

  for (gsize i = 0; i < fit->n; i++)
    {
      double z = bias + slope * fit->logits[i];

      sum += softplus (z) - fit->targets[fit->positive[i] != 0] * z;
    }
  return sum;
}

static gboolean
find_step (const Fit *fit, double bias, double slope, double step[2])
{
  double g[2] = { 0 }, h[3] = { 0 }, determinant;

  for (gsize i = 0; i < fit->n; i++)
    {
      double x = fit->logits[i], p = 1 / (1 + exp (-(bias + slope * x)));
      double d = p - fit->targets[fit->positive[i] != 0], w = p * (1 - p);

      g[0] += d;
      g[1] += d * x;
      h[0] += w;
      h[1] += w * x;
      h[2] += w * x * x;
    }
  determinant = h[0] * h[2] - h[1] * h[1];
  if (!(determinant > 1e-12 * h[0] * h[2]))
    return FALSE;
  step[0] = -(h[2] * g[0] - h[1] * g[1]) / determinant;
  step[1] = -(h[0] * g[1] - h[1] * g[0]) / determinant;
  return TRUE;
}

gboolean
sag_calibrate_fit (
  const double *logits, const guint8 *positive, gsize n, double *bias, double *slope)
{
  Fit    fit = { logits, positive, n, { 0 } };
  double m = 0, loss, step[2];

  for (gsize i = 0; i < n; i++)
    m += positive[i] != 0;
  if (!(m > 0 && m < (double) n))
    return FALSE;
  fit.targets[1] = (m + 1) / (m + 2);
  fit.targets[0] = 1 / ((double) n - m + 2);
  *bias = log ((m + 1) / ((double) n - m + 1));
  *slope = 0;
  loss = loss_of (&fit, *bias, *slope);
  for (int s = 0; s < MOST_STEPS; s++)
    {
      double scale = 1, next = INFINITY;
      int    halvings = 0;

      if (!find_step (&fit, *bias, *slope, step))
        return s > 0;
      while (halvings++ < MOST_HALVINGS &&
             !((next = loss_of (&fit, *bias + scale * step[0], *slope + scale * step[1])) < loss))
        scale /= 2;
      if (!(next < loss))
        return TRUE;
      *bias += scale * step[0];
      *slope += scale * step[1];
      loss = next;
    }
  return TRUE;
}

static int
compare_numbers (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Linear between the sorted values, the least at 0 % and the greatest at 100 %. */
static void
fill_quantiles (
  double *quantiles, const double *logits, const guint8 *positive, gsize n, gboolean kind)
{
  g_autofree double *sorted = g_new (double, n);
  gsize              k = 0;

  for (gsize i = 0; i < n; i++)
    if (!positive[i] == !kind)
      sorted[k++] = logits[i];
  qsort (sorted, k, sizeof *sorted, compare_numbers);
  for (gsize q = 0; q < SAG_CALIBRATION_POINTS; q++)
    {
      double at = (double) (k - 1) * (double) q / (SAG_CALIBRATION_POINTS - 1);
      gsize  low = (gsize) at, high = MIN (low + 1, k - 1);

      quantiles[q] = sorted[low] + (at - (double) low) * (sorted[high] - sorted[low]);
    }
}

static void
fill_bins (SagCalibrationTask *task, const double *logits, const guint8 *positive, gsize n)
{
  g_autoptr (GArray) bins = sag_curve_reliability (logits, positive, n);

  for (guint b = 0; b < bins->len; b++)
    {
      const SagReliabilityBin *from = &g_array_index (bins, SagReliabilityBin, b);
      SagCalibrationBin        bin = { from->n, from->mean, from->share };

      g_array_append_val (task->bins, bin);
    }
}

SagCalibrationTask *
sag_calibrate_task (const char   *text,
                    const double *logits,
                    const guint8 *positive,
                    gsize         n,
                    const char   *date,
                    GError      **error)
{
  g_autoptr (SagCalibrationTask) task = sag_calibration_task_new (text);

  for (gsize i = 0; i < n; i++)
    (*(positive[i] ? &task->n_positives : &task->n_negatives))++;
  if (MIN (task->n_positives, task->n_negatives) < SAG_CALIBRATION_FEWEST)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "\"%s\" has %zu positives and %zu negatives; a calibration takes at least %d of "
                   "each.",
                   text, task->n_positives, task->n_negatives, SAG_CALIBRATION_FEWEST);
      return NULL;
    }
  if (!sag_calibrate_fit (logits, positive, n, &task->bias, &task->slope) || !(task->slope > 0))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "The numbers of \"%s\" do not rise with the truth; there is nothing to "
                   "calibrate.",
                   text);
      return NULL;
    }
  task->date = g_strdup (date);
  fill_quantiles (task->quantiles[0], logits, positive, n, FALSE);
  fill_quantiles (task->quantiles[1], logits, positive, n, TRUE);
  fill_bins (task, logits, positive, n);
  return g_steal_pointer (&task);
}

static SagCalibrationTask *
copy_task (const SagCalibrationTask *from)
{
  SagCalibrationTask *copy = sag_calibration_task_new (from->text);
  GArray             *bins = copy->bins;
  char               *text = copy->text;

  *copy = *from;
  copy->text = text;
  copy->bins = bins;
  copy->date = g_strdup (from->date);
  g_array_append_vals (bins, from->bins->data, from->bins->len);
  return copy;
}

/* Those that stand in the overlay of before, of the same bundle. @without: (nullable): a text */
static SagCalibration *
start_from (SagBundle *bundle, const char *without)
{
  g_autoptr (SagCalibration) before = sag_calibration_find (bundle);
  SagCalibration *self = sag_calibration_new (sag_bundle_get_sha256 (bundle));

  for (gsize t = 0; before != NULL && t < sag_calibration_get_n_tasks (before); t++)
    {
      const SagCalibrationTask *from = sag_calibration_get_task (before, t);

      if (g_strcmp0 (from->text, without) != 0)
        sag_calibration_add (self, copy_task (from));
    }
  return self;
}

SagCalibration *
sag_calibrate_without (SagBundle *bundle, const char *text)
{
  g_autoptr (SagCalibration) self = start_from (bundle, text);

  return sag_calibration_get_n_tasks (self) > 0 ? g_steal_pointer (&self) : NULL;
}

static char *
dup_today (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return g_strdup_printf ("%04d-%02d-%02d", g_date_time_get_year (now), g_date_time_get_month (now),
                          g_date_time_get_day_of_month (now));
}

/* A calibration on its way. @n_new: texts that are new in it */
typedef struct
{
  SagCalibration *calibration;
  GPtrArray      *refusals;
  char           *date;
  gsize           n_new;
} Making;

static void
begin (Making *making, SagBundle *bundle)
{
  making->calibration = start_from (bundle, NULL);
  making->refusals = g_ptr_array_new_with_free_func (g_free);
  making->date = dup_today ();
  making->n_new = 0;
}

static void
add_texts (Making *making, const SagReportTask *task, const SagCases *cases, gsize model)
{
  for (guint s = 0; s < task->sentences->len; s++)
    {
      g_autoptr (GError) problem = NULL;
      SagCalibrationTask *made =
        sag_calibrate_task (task->sentences->pdata[s], cases->scores[model], cases->positive,
                            cases->n, making->date, &problem);

      if (made != NULL)
        sag_calibration_add (making->calibration, made);
      else
        g_ptr_array_add (making->refusals, g_strdup (problem->message));
      making->n_new += made != NULL;
    }
}

static SagCalibration *
end (Making *making, GPtrArray **refusals, GError **error)
{
  g_free (making->date);
  *refusals = making->refusals;
  if (making->n_new > 0)
    return making->calibration;
  sag_calibration_unref (making->calibration);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       (*refusals)->len > 0 ? (*refusals)->pdata[0]
                                            : "No question of these data has a number; there is "
                                              "nothing to calibrate.");
  return NULL;
}

SagCalibration *
sag_calibrate_report (
  const SagReport *report, SagBundle *bundle, gsize model, GPtrArray **refusals, GError **error)
{
  Making making;

  begin (&making, bundle);
  for (gsize t = 0; t < sag_report_get_n_tasks (report); t++)
    {
      const SagReportTask *task = sag_report_get_task (report, t);
      g_auto (SagCases) cases = { 0 };

      if (task->detects)
        continue;
      sag_report_collect (report, t, &cases);
      add_texts (&making, task, &cases, model);
    }
  return end (&making, refusals, error);
}

/* Which model of the report a bundle is. */
static gboolean
find_model (const SagReportFile *report, SagBundle *bundle, gsize *model, GError **error)
{
  const SagReportFacts *facts = sag_report_file_get_facts (report);

  for (*model = 0; *model < facts->n_models; (*model)++)
    if (strcmp (sag_report_file_get_bundle (report, *model)->sha256,
                sag_bundle_get_sha256 (bundle)) == 0)
      break;
  if (*model == facts->n_models)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "This report is not about %s; measure that one and take its report.",
                   sag_bundle_get_name (bundle));
      return FALSE;
    }
  if (*model > 0 && facts->n_folds > 0)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_MISMATCH,
        "The answers of this report are those of the %u models of a cross-validation; %s "
        "itself gave none of them. Measure it on other cases.",
        facts->n_folds, sag_bundle_get_name (bundle));
      return FALSE;
    }
  return TRUE;
}

SagCalibration *
sag_calibrate_report_file (const SagReportFile *report,
                           SagBundle           *bundle,
                           GPtrArray          **refusals,
                           GError             **error)
{
  Making making;
  gsize  model;

  *refusals = NULL;
  if (!find_model (report, bundle, &model, error))
    return NULL;
  begin (&making, bundle);
  for (gsize t = 0; t < sag_report_file_get_n_tasks (report); t++)
    {
      const SagReportTask *task = sag_report_file_get_task (report, t);
      g_auto (SagCases) cases = { 0 };

      if (task->detects)
        continue;
      sag_report_file_collect (report, t, &cases);
      add_texts (&making, task, &cases, model);
    }
  return end (&making, refusals, error);
}
