/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/curves.h"
#include "model/evaluate/looks.h"

#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N 400

static void
assert_near (double value, double expected)
{
  if (!(fabs (value - expected) <= 1e-12))
    g_error ("%.15g is not %.15g", value, expected);
}

/* Many ties where @n_levels is small. */
static void
fill (guint32 seed, int n_levels, double *scores, guint8 *positive)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (int i = 0; i < N; i++)
    {
      positive[i] = g_rand_double (random) < 0.3;
      scores[i] = g_rand_int_range (random, 0, n_levels) * 4.0 / n_levels - 2 + positive[i];
    }
}

static void
test_areas (void)
{
  static const int levels[] = { 1, 3, 20, 1000000 };
  double           scores[N];
  guint8           positive[N];

  for (guint l = 0; l < G_N_ELEMENTS (levels); l++)
    {
      g_autoptr (GArray) roc = NULL;
      g_autoptr (GArray) pr = NULL;
      double         area = 0, before = 0;
      SagCurvePoint *points;

      fill (l + 1, levels[l], scores, positive);
      roc = sag_curve_roc (scores, positive, N);
      pr = sag_curve_pr (scores, positive, N);
      points = (SagCurvePoint *) (gpointer) roc->data;
      assert_near (points[0].x + points[0].y, 0);
      assert_near (points[roc->len - 1].x + points[roc->len - 1].y, 2);
      for (guint i = 1; i < roc->len; i++)
        area += (points[i].x - points[i - 1].x) * (points[i].y + points[i - 1].y) / 2;
      assert_near (area, sag_metrics_auroc (scores, positive, N));
      points = (SagCurvePoint *) (gpointer) pr->data;
      for (guint i = 0; i < pr->len; i++)
        {
          if (i == 0)
            area = 0;
          area += (points[i].x - before) * points[i].y;
          before = points[i].x;
        }
      assert_near (area, sag_metrics_aupr (scores, positive, N));
    }
}

/* Positives 3 and 1, negatives 2 and 0: up, right, up, right; nothing else. */
static void
test_corners (void)
{
  const double scores[] = { 0, 1, 2, 3, 3.5 };
  const guint8 positive[] = { 0, 1, 0, 1, 1 };
  g_autoptr (GArray) roc = sag_curve_roc (scores, positive, 5);
  g_autoptr (GArray) none = sag_curve_roc (scores, positive + 3, 2);
  static const double xs[] = { 0, 0, 0.5, 0.5, 1 }, ys[] = { 0, 2. / 3, 2. / 3, 1, 1 };

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (roc->len, ==, G_N_ELEMENTS (xs));
  for (guint i = 0; i < roc->len; i++)
    {
      assert_near (g_array_index (roc, SagCurvePoint, i).x, xs[i]);
      assert_near (g_array_index (roc, SagCurvePoint, i).y, ys[i]);
    }
}

static void
check_bins (const double *scores, const guint8 *positive, gsize n)
{
  g_autoptr (GArray) bins = sag_curve_reliability (scores, positive, n);
  gsize  n_cases = 0, n_positives = 0, expected = 0;
  double before = -1, sum = 0, all = 0;

  for (gsize i = 0; i < n; i++)
    {
      expected += positive[i];
      all += 1 / (1 + exp (-scores[i]));
    }
  g_assert_cmpuint (bins->len, <=, SAG_RELIABILITY_MOST);
  for (guint b = 0; b < bins->len; b++)
    {
      const SagReliabilityBin *bin = &g_array_index (bins, SagReliabilityBin, b);

      n_cases += bin->n;
      n_positives += bin->n_positives;
      sum += bin->mean * (double) bin->n;
      g_assert_cmpuint (bin->n, >=, MIN (n, SAG_RELIABILITY_FEWEST));
      g_assert_cmpfloat (bin->low, >, before); /* nothing in two bins */
      g_assert_cmpfloat (bin->mean, >=, bin->low - 1e-12);
      g_assert_cmpfloat (bin->mean, <=, bin->high + 1e-12);
      g_assert_cmpfloat (bin->interval.low, <=, bin->share + 1e-12);
      g_assert_cmpfloat (bin->interval.high, >=, bin->share - 1e-12);
      before = bin->high;
    }
  g_assert_cmpuint (n_cases, ==, n);
  g_assert_cmpuint (n_positives, ==, expected);
  g_assert_cmpfloat_with_epsilon (sum, all, 1e-9);
}

static void
test_reliability (void)
{
  double scores[N];
  guint8 positive[N];

  for (int levels = 1; levels < 2000000; levels *= 5)
    for (gsize n = 0; n <= N; n += n < 12 ? 1 : 97)
      {
        fill ((guint32) levels, levels, scores, positive);
        check_bins (scores, positive, n);
      }
}

static void
test_looks (void)
{
  char       *folder = sag_test_dup_folder ();
  const char *a = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  const char *b = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
  const char *both[] = { a, b };
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;
  SagLooks         looks;
  gint64           first;

  g_assert_true (sag_looks_note (folder, "x", &a, 1, &looks, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (looks.n, ==, 1);
  g_assert_cmpuint (looks.n_bundles, ==, 1);
  first = looks.first_at;
  g_assert_true (sag_looks_note (folder, "x", both, 2, &looks, &error));
  g_assert_true (sag_looks_note (folder, "x", &a, 1, &looks, &error));
  g_assert_cmpuint (looks.n, ==, 3);
  g_assert_cmpuint (looks.n_bundles, ==, 2);
  g_assert_cmpint (looks.first_at, ==, first);
  g_assert_true (sag_looks_note (folder, "y", &b, 1, &looks, &error));
  g_assert_cmpuint (looks.n, ==, 1);
  g_assert_false (sag_looks_note ("/proc/no-such-place", "x", both, 2, &looks, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (looks.n, ==, 0);
  sentence = sag_looks_dup_sentence (&looks);
  g_assert_nonnull (strstr (sentence, "not known"));
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/curves/areas", test_areas);
  g_test_add_func ("/evaluate/curves/corners", test_corners);
  g_test_add_func ("/evaluate/curves/reliability", test_reliability);
  g_test_add_func ("/evaluate/looks", test_looks);
  return g_test_run ();
}
