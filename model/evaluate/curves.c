/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/curves.h"

#include <math.h>
#include <stdlib.h>

typedef struct
{
  double score;
  guint8 positive;
} Case;

static int
compare_cases (const void *a, const void *b)
{
  double x = ((const Case *) a)->score, y = ((const Case *) b)->score;

  return (x < y) - (x > y);
}

/* By falling score. @n_positives: out. */
static Case *
sort_cases (const double *scores, const guint8 *positive, gsize n, gsize *n_positives)
{
  Case *cases = g_new (Case, n);

  *n_positives = 0;
  for (gsize i = 0; i < n; i++)
    {
      cases[i] = (Case){ scores[i], positive[i] != 0 };
      *n_positives += cases[i].positive;
    }
  if (n > 0)
    qsort (cases, n, sizeof *cases, compare_cases);
  return cases;
}

/* The end of those that score as @start does; hits among them are added. */
static gsize
end_of_tie (const Case *cases, gsize n, gsize start, gsize *n_hits)
{
  gsize end = start;

  while (end < n && !(cases[end].score < cases[start].score))
    *n_hits += cases[end++].positive;
  return end;
}

/* Whether b lies on the way from a to c; steps of counts over counts, so that only rounding differs. */
static gboolean
is_between (const SagCurvePoint *a, const SagCurvePoint *b, const SagCurvePoint *c)
{
  return fabs ((b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x)) < 1e-12;
}

static void
add_corner (GArray *points, SagCurvePoint point)
{
  guint n = points->len;

  if (n >= 2 && is_between (&g_array_index (points, SagCurvePoint, n - 2),
                            &g_array_index (points, SagCurvePoint, n - 1), &point))
    g_array_set_size (points, n - 1);
  g_array_append_val (points, point);
}

GArray *
sag_curve_roc (const double *scores, const guint8 *positive, gsize n)
{
  GArray          *points = g_array_new (FALSE, FALSE, sizeof (SagCurvePoint));
  gsize            m, n_hits = 0;
  g_autofree Case *cases = sort_cases (scores, positive, n, &m);

  if (m == 0 || m == n)
    return points;
  add_corner (points, (SagCurvePoint){ INFINITY, 0, 0 });
  for (gsize start = 0, end; start < n; start = end)
    {
      end = end_of_tie (cases, n, start, &n_hits);
      add_corner (points,
                  (SagCurvePoint){ cases[start].score, (double) (end - n_hits) / (double) (n - m),
                                   (double) n_hits / (double) m });
    }
  return points;
}

GArray *
sag_curve_pr (const double *scores, const guint8 *positive, gsize n)
{
  GArray          *points = g_array_new (FALSE, FALSE, sizeof (SagCurvePoint));
  gsize            m, n_hits = 0;
  g_autofree Case *cases = sort_cases (scores, positive, n, &m);

  if (m == 0 || m == n)
    return points;
  for (gsize start = 0, end; start < n; start = end)
    {
      gsize         before = n_hits;
      SagCurvePoint point = { .threshold = cases[start].score };

      end = end_of_tie (cases, n, start, &n_hits);
      point.x = (double) n_hits / (double) m;
      point.y = (double) n_hits / (double) end;
      if (n_hits > before)
        g_array_append_val (points, point);
    }
  return points;
}

static double
probability_of (double logit)
{
  return 1 / (1 + exp (-logit));
}

/* @cases: (n) by falling score. */
static SagReliabilityBin
bin_of (const Case *cases, gsize n)
{
  SagReliabilityBin bin = { .n = n,
                            .low = probability_of (cases[n - 1].score),
                            .high = probability_of (cases[0].score) };

  for (gsize i = 0; i < n; i++)
    {
      bin.n_positives += cases[i].positive;
      bin.mean += probability_of (cases[i].score) / (double) n;
    }
  bin.share = (double) bin.n_positives / (double) n;
  bin.interval = sag_metrics_wilson (bin.n_positives, n);
  return bin;
}

GArray *
sag_curve_reliability (const double *logits, const guint8 *positive, gsize n)
{
  GArray          *bins = g_array_new (FALSE, FALSE, sizeof (SagReliabilityBin));
  gsize            m, n_bins = CLAMP (n / SAG_RELIABILITY_FEWEST, 1, SAG_RELIABILITY_MOST);
  g_autofree Case *cases = sort_cases (logits, positive, n, &m);

  /* From the lowest up, so that what is left over widens the highest bin. */
  for (gsize end = n, start; end > 0; end = start)
    {
      gsize             wanted = MAX (n / n_bins, 1);
      SagReliabilityBin bin;

      start = end > wanted ? end - wanted : 0;
      while (start > 0 && (!(cases[start - 1].score > cases[start].score) || start < wanted))
        start--;
      bin = bin_of (cases + start, end - start);
      g_array_append_val (bins, bin);
    }
  return bins;
}
