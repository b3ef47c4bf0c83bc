/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/bootstrap.h"

#include "tests/support/test.h"

#include <math.h>

#define N_LARGE 3000
#define N_TASKS 18

static void
assert_near (double value, double expected, double tolerance)
{
  if (!(fabs (value - expected) <= tolerance))
    g_error ("%.12g is not %.12g", value, expected);
}

/* 5 pairs of 6 in order, one tie. */
static void
test_by_hand (void)
{
  const double scores[] = { 0.1, 0.4, 0.4, 0.8, 0.2 };
  const guint8 positive[] = { 0, 0, 1, 1, 0 };
  SagAuroc     auroc = sag_metrics_delong (scores, positive, 5);

  assert_near (sag_metrics_auroc (scores, positive, 5), 5.5 / 6, 1e-15);
  assert_near (auroc.auroc, 5.5 / 6, 1e-15);
  /* placements 1, 5/6 of positives; 1, 1, 3/4 of negatives */
  assert_near (auroc.variance, (1. / 72) / 2 + (1. / 48) / 3, 1e-15);
  g_assert_cmpuint (auroc.n_positives, ==, 2);
  g_assert_cmpuint (auroc.n_negatives, ==, 3);
  /* 0.8: 1 of 1; 0.4: 2 of 3 */
  assert_near (sag_metrics_aupr (scores, positive, 5), 0.5 + 0.5 * 2 / 3, 1e-15);
}

/* Ovarian cancer, 43 patients: what the manual of SAS/STAT prints for the data of DeLong et al. 1988. */
static void
test_published (void)
{
  static const double albumin[] = { 3.0, 3.2, 3.9, 2.8, 3.2, 0.9, 2.5, 1.6, 3.8, 3.7, 3.2,
                                    3.8, 4.1, 3.6, 4.3, 3.6, 2.3, 4.2, 4.0, 3.5, 3.8, 3.0,
                                    4.5, 3.7, 3.1, 4.1, 4.3, 4.3, 3.2, 2.6, 3.3, 1.7, 3.7,
                                    3.3, 4.2, 3.5, 2.9, 2.1, 2.8, 4.0, 3.3, 3.7, 3.6 };
  static const double protein[] = { 5.8, 6.3, 6.8, 4.8, 5.8, 4.0, 5.7, 5.6, 5.7, 6.7, 5.4,
                                    6.6, 6.6, 5.7, 7.0, 6.7, 4.4, 7.6, 6.6, 5.8, 6.8, 4.7,
                                    7.4, 7.4, 6.6, 8.2, 7.0, 6.5, 5.1, 4.7, 6.8, 4.0, 6.1,
                                    6.3, 7.7, 6.2, 5.7, 4.8, 6.2, 7.0, 5.7, 6.9, 6.6 };
  static const double kg[] = { 10, 5, 3, 6, 3, 5, 8, 5, 5, 6, 4, 6, 5, 5, 4, 4, 6, 4, 6, 6, 7, 8,
                               5,  5, 6, 6, 5, 4, 5, 6, 6, 7, 5, 7, 6, 5, 9, 7, 8, 7, 6, 5, 5 };
  static const guint8 benefit[] = { 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
                                    1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
                                    1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0 };
  double              low_albumin[43], low_protein[43];
  SagAurocPair        pair;

  for (int i = 0; i < 43; i++)
    {
      low_albumin[i] = -albumin[i];
      low_protein[i] = -protein[i];
    }
  pair = sag_metrics_compare (kg, low_albumin, benefit, 43);
  assert_near (pair.first.auroc, 0.7258, 5e-5);
  assert_near (sqrt (pair.first.variance), 0.1028, 5e-5);
  assert_near (pair.first.interval.low, 0.5243, 5e-5);
  assert_near (pair.first.interval.high, 0.9273, 5e-5);
  assert_near (pair.second.auroc, 0.7366, 5e-5);
  assert_near (sqrt (pair.second.variance), 0.0927, 5e-5);
  assert_near (pair.difference, 0.0108, 5e-5);
  assert_near (pair.p, 0.9102, 5e-5);
  pair = sag_metrics_compare (kg, low_protein, benefit, 43);
  assert_near (pair.second.auroc, 0.6478, 5e-5);
  assert_near (sqrt (pair.second.variance), 0.1000, 5e-5);
  assert_near (pair.difference, -0.0780, 5e-5);
  assert_near (pair.interval.low, -0.2830, 5e-5);
  assert_near (pair.interval.high, 0.1271, 5e-5);
  assert_near (pair.z * pair.z, 0.5554, 5e-5);
  assert_near (pair.p, 0.4561, 5e-5);
}

static void
test_one_kind (void)
{
  const double scores[] = { 1, 2, 3 };
  const guint8 all[] = { 1, 1, 1 }, none[3] = { 0 }, one[] = { 0, 0, 1 };
  SagAuroc     auroc = sag_metrics_delong (scores, one, 3);
  SagPoint     point = sag_metrics_point (scores, all, 3, 2);

  g_assert_true (isnan (sag_metrics_auroc (scores, all, 3)));
  g_assert_true (isnan (sag_metrics_auroc (scores, none, 3)));
  g_assert_true (isnan (sag_metrics_auroc (scores, none, 0)));
  g_assert_true (isnan (sag_metrics_aupr (scores, none, 3)));
  assert_near (sag_metrics_aupr (scores, all, 3), 1, 0);
  assert_near (auroc.auroc, 1, 0);
  g_assert_true (isnan (auroc.variance) && isnan (auroc.interval.low));
  g_assert_true (isnan (sag_metrics_compare (scores, scores, all, 3).difference));
  assert_near (point.sensitivity, 2. / 3, 1e-15);
  g_assert_true (isnan (point.specificity) && isnan (point.specificity_interval.low));
}

/* Two dozen cases, in perfect order: the interval has a width all the same. */
static void
test_perfect (void)
{
  double       scores[24], turned[24];
  guint8       positive[24];
  SagAuroc     auroc, worst;
  SagAurocPair pair;

  for (int i = 0; i < 24; i++)
    {
      scores[i] = i;
      turned[i] = -i;
      positive[i] = i >= 12;
    }
  auroc = sag_metrics_delong (scores, positive, 24);
  worst = sag_metrics_delong (turned, positive, 24);
  assert_near (auroc.auroc, 1, 0);
  assert_near (auroc.variance, 0, 0);
  assert_near (auroc.interval.high, 1, 0);
  g_assert_cmpfloat (auroc.interval.low, >, 0.7);
  g_assert_cmpfloat (auroc.interval.low, <, 0.95);
  assert_near (worst.auroc, 0, 1e-12);
  assert_near (worst.interval.high, 1 - auroc.interval.low, 1e-12);
  pair = sag_metrics_compare (scores, scores, positive, 24);
  assert_near (pair.difference, 0, 0);
  assert_near (pair.p, 1, 0);
  g_assert_false (pair.too_few);
  pair = sag_metrics_compare (scores, turned, positive, 24);
  g_assert_true (isnan (pair.p));
}

static void
test_too_few (void)
{
  double       scores[30], other[30];
  guint8       positive[30];
  SagAurocPair pair;

  for (int i = 0; i < 30; i++)
    {
      scores[i] = (i * 7) % 11;
      other[i] = (i * 5) % 13;
      positive[i] = i % 3 == 0 && i < 27;
    }
  pair = sag_metrics_compare (scores, other, positive, 30);
  g_assert_cmpuint (pair.first.n_positives, ==, 9);
  g_assert_true (pair.too_few && isnan (pair.p) && !isnan (pair.z));
  positive[27] = 1;
  pair = sag_metrics_compare (scores, other, positive, 30);
  g_assert_false (pair.too_few);
  g_assert_cmpfloat (pair.p, >, 0);
}

/* A patient of many scans widens the interval; a seed repeats it. */
static void
test_bootstrap_patients (void)
{
  enum
  {
    N = 240
  };
  double  scores[N];
  guint8  positive[N];
  guint32 alone[N], shared[N];
  gsize   task = 0;

  for (guint32 i = 0; i < N; i++)
    {
      guint32 patient = i % 24;

      shared[i] = patient;
      alone[i] = i;
      positive[i] = patient % 2;
      scores[i] = (patient * 7) % 24 + (patient % 2) * 6 + 0.001 * i;
    }

  SagBootstrapTask one = { N, scores, NULL, positive, alone };
  SagBootstrapTask many = { N, scores, scores, positive, shared };
  g_autoptr (SagBootstrap) a = sag_bootstrap_new (&one, 1, N, 400, 5, NULL, NULL);
  g_autoptr (SagBootstrap) b = sag_bootstrap_new (&many, 1, 24, 400, 5, NULL, NULL);
  g_autoptr (SagBootstrap) c = sag_bootstrap_new (&many, 1, 24, 400, 5, NULL, NULL);
  g_autoptr (SagBootstrap) d = sag_bootstrap_new (&many, 1, 24, 400, 6, NULL, NULL);
  SagInterval narrow = sag_bootstrap_interval (a, SAG_BOOTSTRAP_AUROC, 0, &task, 1);
  SagInterval wide = sag_bootstrap_interval (b, SAG_BOOTSTRAP_AUROC, 0, &task, 1);
  SagInterval same = sag_bootstrap_interval (c, SAG_BOOTSTRAP_AUROC, 0, &task, 1);
  SagInterval other = sag_bootstrap_interval (d, SAG_BOOTSTRAP_AUROC, 0, &task, 1);
  SagInterval zero =
    sag_bootstrap_interval (b, SAG_BOOTSTRAP_AUPR, SAG_BOOTSTRAP_DIFFERENCE, &task, 1);

  g_assert_cmpfloat (wide.high - wide.low, >, 2 * (narrow.high - narrow.low));
  assert_near (wide.low, same.low, 0);
  assert_near (wide.high, same.high, 0);
  g_assert_true (fabs (wide.low - other.low) > 0 || fabs (wide.high - other.high) > 0);
  assert_near (zero.low, 0, 0);
  assert_near (zero.high, 0, 0);
  g_assert_true (
    isnan (sag_bootstrap_interval (a, SAG_BOOTSTRAP_AUROC, SAG_BOOTSTRAP_SECOND, &task, 1).low));
}

static void
test_bootstrap_cancelled (void)
{
  const double     scores[] = { 1, 2 };
  const guint8     positive[] = { 0, 1 };
  const guint32    patients[] = { 0, 1 };
  SagBootstrapTask task = { 2, scores, NULL, positive, patients };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_bootstrap_new (&task, 1, 2, 1000, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
}

/* The size that people have: says how long it took, with -m perf. */
static void
test_large (void)
{
  g_autofree double  *scores = g_new (double, N_LARGE *N_TASKS * 2);
  g_autofree guint8  *positive = g_new (guint8, N_LARGE * N_TASKS);
  g_autofree guint32 *patients = g_new (guint32, N_LARGE);
  SagBootstrapTask    tasks[N_TASKS];
  gsize               all[N_TASKS];
  gint64              start, delong, drawn;
  guint               rounds = g_test_perf () ? 1000 : 10;

  for (gsize i = 0; i < N_LARGE * N_TASKS; i++)
    {
      positive[i] = g_test_rand_int_range (0, 5) == 0;
      scores[i] = g_test_rand_double () + 0.3 * positive[i];
      scores[N_LARGE * N_TASKS + i] = g_test_rand_double () + 0.3 * positive[i];
      patients[i % N_LARGE] = i % N_LARGE * 2 / 3;
    }
  start = g_get_monotonic_time ();
  for (gsize t = 0; t < N_TASKS; t++)
    {
      SagAurocPair pair;

      all[t] = t;
      tasks[t] =
        (SagBootstrapTask){ N_LARGE, scores + t * N_LARGE, scores + (N_TASKS + t) * N_LARGE,
                            positive + t * N_LARGE, patients };
      pair =
        sag_metrics_compare (tasks[t].scores, tasks[t].other_scores, tasks[t].positive, N_LARGE);
      g_assert_cmpfloat (pair.first.auroc, >, 0.6);
      g_assert_cmpfloat (pair.p, >, 0);
    }
  delong = g_get_monotonic_time ();
  g_autoptr (SagBootstrap) bootstrap =
    sag_bootstrap_new (tasks, N_TASKS, 2000, rounds, 1, NULL, NULL);
  SagInterval interval =
    sag_bootstrap_interval (bootstrap, SAG_BOOTSTRAP_AUROC, SAG_BOOTSTRAP_SECOND, all, N_TASKS);
  drawn = g_get_monotonic_time ();
  g_assert_cmpfloat (interval.low, <, interval.high);
  g_assert_cmpfloat (interval.low, >, 0.6);
  g_test_message ("DeLong %.0f ms, %u rounds %.0f ms", (delong - start) * 1e-3, rounds,
                  (drawn - delong) * 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/metrics/by-hand", test_by_hand);
  g_test_add_func ("/evaluate/metrics/published", test_published);
  g_test_add_func ("/evaluate/metrics/one-kind", test_one_kind);
  g_test_add_func ("/evaluate/metrics/perfect", test_perfect);
  g_test_add_func ("/evaluate/metrics/too-few", test_too_few);
  g_test_add_func ("/evaluate/bootstrap/patients", test_bootstrap_patients);
  g_test_add_func ("/evaluate/bootstrap/cancelled", test_bootstrap_cancelled);
  g_test_add_func ("/evaluate/metrics/large", test_large);
  return g_test_run ();
}
