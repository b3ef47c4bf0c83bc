/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How well numbers tell two kinds of cases apart. Pure functions, any thread.
 *
 * Everywhere: @scores: (n) higher means more likely positive; any scale, no NaN. @positive: (n) 1 or 0.
 */

/** SAG_METRICS_FEWEST: with fewer positives or negatives than this no p-value is given. */
#define SAG_METRICS_FEWEST 10

/** SagInterval: 95 %; NaN at both ends where there is none. */
typedef struct
{
  double low;
  double high;
} SagInterval;

/**
 * sag_metrics_auroc: area under the ROC curve: the share of pairs of a positive and a negative where the positive
 * scores higher, ties counting half (mid-ranks). O(n log n).
 *
 * Returns: NaN if one kind is missing
 */
double sag_metrics_auroc (const double *scores, const guint8 *positive, gsize n);

/**
 * sag_metrics_aupr: average precision: the sum over thresholds of precision times the gain in recall, equal scores
 * being one threshold; no interpolation.
 *
 * Returns: NaN without a positive
 */
double sag_metrics_aupr (const double *scores, const guint8 *positive, gsize n);

/**
 * SagAuroc:
 * @variance: DeLong's; NaN where it cannot be had (fewer than two of a kind)
 * @interval: auroc +- 1.96 standard errors, within 0..1. Where the variance is 0 (all pairs in order, or none) that
 *   would say too much; the bound is then where Hanley and McNeil's standard error just reaches @auroc. NaN if a kind
 *   is missing or @variance is NaN.
 */
typedef struct
{
  gsize       n_positives;
  gsize       n_negatives;
  double      auroc;
  double      variance;
  SagInterval interval;
} SagAuroc;

/**
 * sag_metrics_delong: AUROC with DeLong's interval, for independent cases.
 *
 * DeLong, DeLong and Clarke-Pearson 1988, by mid-ranks in O(n log n) (Sun and Xu 2014).
 */
SagAuroc sag_metrics_delong (const double *scores, const guint8 *positive, gsize n);

/**
 * SagAurocPair: two models on the same cases.
 * @difference: of the second minus the first
 * @p: two-sided, of no difference; 1 where both rank every case alike; NaN with fewer than SAG_METRICS_FEWEST of a
 *   kind, or where the difference has no variance
 * @too_few: there are fewer than SAG_METRICS_FEWEST of a kind
 */
typedef struct
{
  SagAuroc    first;
  SagAuroc    second;
  double      covariance;
  double      difference;
  SagInterval interval;
  double      z;
  double      p;
  gboolean    too_few;
} SagAurocPair;

/** sag_metrics_compare: DeLong's test of two correlated AUROCs, for independent cases. O(n log n). */
SagAurocPair sag_metrics_compare (const double *first_scores,
                                  const double *second_scores,
                                  const guint8 *positive,
                                  gsize         n);

/**
 * SagPoint: what happens when cases that score at least @threshold are called positive. Shares without a denominator
 * are NaN. The intervals are Wilson's.
 */
typedef struct
{
  double      threshold;
  gsize       n_true_positives;
  gsize       n_false_positives;
  gsize       n_true_negatives;
  gsize       n_false_negatives;
  double      sensitivity;
  double      specificity;
  SagInterval sensitivity_interval;
  SagInterval specificity_interval;
} SagPoint;

SagPoint
sag_metrics_point (const double *scores, const guint8 *positive, gsize n, double threshold);

/** sag_metrics_wilson: Wilson's score interval of @n_hits in @n; NaN if @n is 0. */
SagInterval sag_metrics_wilson (gsize n_hits, gsize n);

G_END_DECLS
