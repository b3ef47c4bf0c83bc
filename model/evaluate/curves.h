/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/metrics.h"

G_BEGIN_DECLS

/*
 * What the figures of model/evaluate/metrics.h are areas and points of. Pure functions, any thread; @scores and
 * @positive as there.
 */

/**
 * SagCurvePoint: what happens from @threshold up.
 * @x, @y: of a ROC curve 1 - specificity and sensitivity; of a precision-recall curve recall and precision
 */
typedef struct
{
  double threshold;
  double x;
  double y;
} SagCurvePoint;

/**
 * sag_curve_roc: from (0, 0) to (1, 1), a point for each corner: what lies on a straight line is left out. The area
 * under it is sag_metrics_auroc().
 *
 * Returns: (transfer full) (element-type SagCurvePoint): empty if one kind is missing
 */
GArray *sag_curve_roc (const double *scores, const guint8 *positive, gsize n);

/**
 * sag_curve_pr: a point for each threshold where recall grows, by rising recall. Drawn as steps, each point's
 * precision reaching back to the recall before, the area is sag_metrics_aupr().
 *
 * Returns: (transfer full) (element-type SagCurvePoint): empty if one kind is missing
 */
GArray *sag_curve_pr (const double *scores, const guint8 *positive, gsize n);

/** SAG_RELIABILITY_FEWEST: cases of a bin. */
#define SAG_RELIABILITY_FEWEST 5
/** SAG_RELIABILITY_MOST: bins. */
#define SAG_RELIABILITY_MOST 10

/**
 * SagReliabilityBin: cases with about the same probability.
 * @mean: of their probabilities; @low, @high: the least and the greatest
 * @share: of positives among them; @interval: Wilson's
 */
typedef struct
{
  gsize       n;
  gsize       n_positives;
  double      low;
  double      high;
  double      mean;
  double      share;
  SagInterval interval;
} SagReliabilityBin;

/**
 * sag_curve_reliability: bins of about equally many cases, by rising probability; equal ones are never torn apart.
 * @logits: (n) of the class head
 *
 * Returns: (transfer full) (element-type SagReliabilityBin): at most SAG_RELIABILITY_MOST, each of at least
 *   SAG_RELIABILITY_FEWEST cases if there are so many
 */
GArray *sag_curve_reliability (const double *logits, const guint8 *positive, gsize n);

G_END_DECLS
