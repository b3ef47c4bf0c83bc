/* SPDX-License-Identifier: Apache-2.0 */
/* AUROC, average precision, and DeLong's variance.
 *
 * DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating
 * characteristic curves: a nonparametric approach", Biometrics 1988; the sums by mid-ranks as in Sun and Xu, "Fast
 * implementation of DeLong's algorithm", IEEE Signal Processing Letters 2014.
 *
 *   m, n      positives, negatives
 *   R         mid-rank of a case among all, r among its own kind; the first is 1
 *   V10_i     (R_i - r_i) / n of positive i: the share of negatives below it
 *   V01_j     1 - (R_j - r_j) / m of negative j: the share of positives above it
 *   auroc     mean of V10
 *   variance  S10 / m + S01 / n, of the sample (co)variances S
 */
#include "model/evaluate/metrics.h"

#include <math.h>
#include <stdlib.h>

#define Z_95 1.959963984540054

typedef struct
{
  double score;
  gsize  index;
} Ranked;

static int
compare_ranked (const void *a, const void *b)
{
  double x = ((const Ranked *) a)->score, y = ((const Ranked *) b)->score;

  return (x > y) - (x < y);
}

/* The cases of one kind (@kind 0 or 1), or all of them (2), by rising score. */
static Ranked *
sort_cases (const double *scores, const guint8 *positive, gsize n, guint8 kind, gsize *n_sorted)
{
  Ranked *ranked = g_new (Ranked, n);
  gsize   k = 0;

  for (gsize i = 0; i < n; i++)
    if (kind == 2 || !positive[i] == !kind)
      ranked[k++] = (Ranked){ scores[i], i };
  if (k > 0)
    qsort (ranked, k, sizeof *ranked, compare_ranked);
  *n_sorted = k;
  return ranked;
}

static gsize
end_of_tie (const Ranked *ranked, gsize n, gsize start)
{
  gsize end = start + 1;

  while (end < n && !(ranked[end].score > ranked[start].score))
    end++;
  return end;
}

/* Adds @sign times each case's mid-rank among its like to @ranks. */
static void
add_mid_ranks (
  const double *scores, const guint8 *positive, gsize n, guint8 kind, double sign, double *ranks)
{
  gsize              n_sorted;
  g_autofree Ranked *ranked = sort_cases (scores, positive, n, kind, &n_sorted);

  for (gsize start = 0, end; start < n_sorted; start = end)
    {
      end = end_of_tie (ranked, n_sorted, start);
      for (gsize i = start; i < end; i++)
        ranks[ranked[i].index] += sign * 0.5 * (double) (start + end + 1);
    }
}

static gsize
count_positives (const guint8 *positive, gsize n)
{
  gsize m = 0;

  for (gsize i = 0; i < n; i++)
    m += positive[i] != 0;
  return m;
}

/* V10 of positives and V01 of negatives, each at its case; both kinds are there. */
static double *
new_placements (const double *scores, const guint8 *positive, gsize n)
{
  double *v = g_new0 (double, n);
  gsize   m = count_positives (positive, n);

  add_mid_ranks (scores, positive, n, 2, 1, v);
  add_mid_ranks (scores, positive, n, 1, -1, v);
  add_mid_ranks (scores, positive, n, 0, -1, v);
  for (gsize i = 0; i < n; i++)
    v[i] = positive[i] ? v[i] / (double) (n - m) : 1 - v[i] / (double) m;
  return v;
}

static double
mean_of (const double *v, const guint8 *positive, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    if (positive[i])
      sum += v[i];
  return sum / (double) count_positives (positive, n);
}

/* S10 / m + S01 / n of two sets of placements, whose means over either kind are their AUROCs. */
static double
covary (const double *a, const double *b, const guint8 *positive, gsize n)
{
  double mean_a = mean_of (a, positive, n), mean_b = mean_of (b, positive, n);
  double sums[2] = { 0 };
  gsize  m = count_positives (positive, n);

  if (m < 2 || n - m < 2)
    return NAN;
  for (gsize i = 0; i < n; i++)
    sums[positive[i] != 0] += (a[i] - mean_a) * (b[i] - mean_b);
  return sums[1] / ((double) m * (double) (m - 1)) +
         sums[0] / ((double) (n - m) * (double) (n - m - 1));
}

/* Hanley and McNeil 1982, the standard error of an area under exponential scores. */
static double
hanley_error (double area, double m, double n)
{
  double q1 = area / (2 - area), q2 = 2 * area * area / (1 + area);

  return sqrt ((area * (1 - area) + (m - 1) * (q1 - area * area) + (n - 1) * (q2 - area * area)) /
               (m * n));
}

/* The area below 1 from which 1 is just 1.96 standard errors away. */
static double
bound_of_perfect (double m, double n)
{
  double low = 0, high = 1;

  for (int i = 0; i < 60; i++)
    {
      double middle = (low + high) / 2;

      if (1 - middle > Z_95 * hanley_error (middle, m, n))
        low = middle;
      else
        high = middle;
    }
  return low;
}

static SagInterval
interval_of (double centre, double variance, double least)
{
  double half = Z_95 * sqrt (variance);

  return (SagInterval){ fmax (centre - half, least), fmin (centre + half, 1) };
}

static void
set_interval (SagAuroc *self)
{
  double m = (double) self->n_positives, n = (double) self->n_negatives;

  if (self->variance > 0 || isnan (self->variance))
    self->interval = isnan (self->variance) ? (SagInterval){ NAN, NAN }
                                            : interval_of (self->auroc, self->variance, 0);
  else if (self->auroc > 0.5)
    self->interval = (SagInterval){ bound_of_perfect (m, n), 1 };
  else if (self->auroc < 0.5)
    self->interval = (SagInterval){ 0, 1 - bound_of_perfect (n, m) };
  else
    self->interval = (SagInterval){ 0.5, 0.5 }; /* every score is the same */
}

static SagAuroc
auroc_of (const double *placements, const guint8 *positive, gsize n)
{
  SagAuroc self = { .n_positives = count_positives (positive, n),
                    .auroc = NAN,
                    .variance = NAN,
                    .interval = { NAN, NAN } };

  self.n_negatives = n - self.n_positives;
  if (placements == NULL)
    return self;
  self.auroc = mean_of (placements, positive, n);
  self.variance = covary (placements, placements, positive, n);
  set_interval (&self);
  return self;
}

static gboolean
has_both (const guint8 *positive, gsize n)
{
  gsize m = count_positives (positive, n);

  return m > 0 && m < n;
}

double
sag_metrics_auroc (const double *scores, const guint8 *positive, gsize n)
{
  g_autofree double *ranks = NULL;
  double             sum = 0;
  gsize              m = count_positives (positive, n);

  if (!has_both (positive, n))
    return NAN;
  ranks = g_new0 (double, n);
  add_mid_ranks (scores, positive, n, 2, 1, ranks);
  for (gsize i = 0; i < n; i++)
    if (positive[i])
      sum += ranks[i];
  return (sum - 0.5 * (double) m * (double) (m + 1)) / ((double) m * (double) (n - m));
}

double
sag_metrics_aupr (const double *scores, const guint8 *positive, gsize n)
{
  gsize              n_sorted, n_hits = 0, m = count_positives (positive, n);
  g_autofree Ranked *ranked = sort_cases (scores, positive, n, 2, &n_sorted);
  double             area = 0;

  if (m == 0)
    return NAN;
  for (gsize end = n, start; end > 0; end = start)
    {
      gsize gained = 0;

      for (start = end; start > 0 && !(ranked[start - 1].score < ranked[end - 1].score); start--)
        gained += positive[ranked[start - 1].index] != 0;
      n_hits += gained;
      area += (double) gained * (double) n_hits / (double) (n - start);
    }
  return area / (double) m;
}

SagAuroc
sag_metrics_delong (const double *scores, const guint8 *positive, gsize n)
{
  g_autofree double *v = has_both (positive, n) ? new_placements (scores, positive, n) : NULL;

  return auroc_of (v, positive, n);
}

SagAurocPair
sag_metrics_compare (const double *first_scores,
                     const double *second_scores,
                     const guint8 *positive,
                     gsize         n)
{
  gboolean           both = has_both (positive, n);
  g_autofree double *a = both ? new_placements (first_scores, positive, n) : NULL;
  g_autofree double *b = both ? new_placements (second_scores, positive, n) : NULL;
  SagAurocPair       pair = { .first = auroc_of (a, positive, n),
                              .second = auroc_of (b, positive, n),
                              .covariance = both ? covary (a, b, positive, n) : NAN,
                              .interval = { NAN, NAN },
                              .z = NAN,
                              .p = NAN };
  double             variance = pair.first.variance + pair.second.variance - 2 * pair.covariance;

  pair.difference = pair.second.auroc - pair.first.auroc;
  pair.too_few = MIN (pair.first.n_positives, pair.first.n_negatives) < SAG_METRICS_FEWEST;
  if (isnan (variance))
    return pair;
  variance = fmax (variance, 0);
  pair.interval = interval_of (pair.difference, variance, -1);
  if (variance > 1e-15)
    pair.z = pair.difference / sqrt (variance);
  if (!pair.too_few && !isnan (pair.z))
    pair.p = erfc (fabs (pair.z) / G_SQRT2);
  else if (!pair.too_few && fabs (pair.difference) < 1e-12)
    pair.p = 1;
  return pair;
}

SagInterval
sag_metrics_wilson (gsize n_hits, gsize n)
{
  double share = (double) n_hits / (double) n, square = Z_95 * Z_95 / (double) n;
  double centre, half;

  if (n == 0)
    return (SagInterval){ NAN, NAN };
  centre = (share + square / 2) / (1 + square);
  half = Z_95 * sqrt (share * (1 - share) / (double) n + square / (4 * (double) n)) / (1 + square);
  return (SagInterval){ fmax (centre - half, 0), fmin (centre + half, 1) };
}

SagPoint
sag_metrics_point (const double *scores, const guint8 *positive, gsize n, double threshold)
{
  SagPoint point = { .threshold = threshold };
  gsize    m, k;

  for (gsize i = 0; i < n; i++)
    if (scores[i] >= threshold)
      *(positive[i] ? &point.n_true_positives : &point.n_false_positives) += 1;
    else
      *(positive[i] ? &point.n_false_negatives : &point.n_true_negatives) += 1;
  m = point.n_true_positives + point.n_false_negatives;
  k = point.n_true_negatives + point.n_false_positives;
  point.sensitivity = m > 0 ? (double) point.n_true_positives / (double) m : NAN;
  point.specificity = k > 0 ? (double) point.n_true_negatives / (double) k : NAN;
  point.sensitivity_interval = sag_metrics_wilson (point.n_true_positives, m);
  point.specificity_interval = sag_metrics_wilson (point.n_true_negatives, k);
  return point;
}
