/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/calibrate.h"

#include "model/core/error.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

#define N 20000

/* Truth drawn with the probability 1 / (1 + exp (-(bias + slope x))). */
static void
draw (guint32 seed, gsize n, double bias, double slope, double *logits, guint8 *positive)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < n; i++)
    {
      logits[i] = g_rand_double_range (random, -4, 4);
      positive[i] = g_rand_double (random) < 1 / (1 + exp (-(bias + slope * logits[i])));
    }
}

/* What was drawn comes back, within some standard errors. */
static void
test_recovers (void)
{
  static const double truths[][2] = { { 0, 1 }, { -2, 0.5 }, { 1.5, 2 }, { -1, 0.1 } };
  static double       logits[N];
  static guint8       positive[N];

  for (gsize t = 0; t < G_N_ELEMENTS (truths); t++)
    {
      double bias, slope;

      draw ((guint32) t, N, truths[t][0], truths[t][1], logits, positive);
      g_assert_true (sag_calibrate_fit (logits, positive, N, &bias, &slope));
      g_assert_cmpfloat_with_epsilon (bias, truths[t][0], 0.1);
      g_assert_cmpfloat_with_epsilon (slope, truths[t][1], 0.1);
    }
}

/* At the least loss both sums are 0; checked with the header's targets, not by the fit's own code. */
static void
test_gradient (void)
{
  double logits[90];
  guint8 positive[90];
  double bias, slope, sums[2] = { 0 }, m = 0;

  draw (7, 90, 0.3, 0.8, logits, positive);
  for (int i = 0; i < 90; i++)
    m += positive[i];
  g_assert_true (sag_calibrate_fit (logits, positive, 90, &bias, &slope));
  for (int i = 0; i < 90; i++)
    {
      double target = positive[i] ? (m + 1) / (m + 2) : 1 / (90 - m + 2);
      double off = 1 / (1 + exp (-(bias + slope * logits[i]))) - target;

      sums[0] += off;
      sums[1] += off * logits[i];
    }
  g_assert_cmpfloat_with_epsilon (sums[0], 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (sums[1], 0, 1e-6);
}

static void
test_apart (void)
{
  double logits[60];
  guint8 positive[60];
  double bias, slope;

  for (int i = 0; i < 60; i++)
    {
      positive[i] = i >= 30;
      logits[i] = i >= 30 ? 5 + i : -i - 1;
    }
  g_assert_true (sag_calibrate_fit (logits, positive, 60, &bias, &slope));
  g_assert_true (isfinite (bias) && isfinite (slope) && slope > 0);
  for (int i = 0; i < 60; i++)
    logits[i] = 3;
  g_assert_false (sag_calibrate_fit (logits, positive, 60, &bias, &slope));
  g_assert_false (sag_calibrate_fit (logits, positive, 30, &bias, &slope));
}

static void
test_refusals (void)
{
  double logits[100];
  guint8 positive[100];
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 100; i++)
    {
      positive[i] = i < 19;
      logits[i] = positive[i];
    }
  g_assert_null (sag_calibrate_task ("A", logits, positive, 100, "2026-01-01", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "19 positives and 81 negatives");
  for (int i = 0; i < 100; i++)
    {
      positive[i] = i < 50;
      logits[i] = i;
    }
  g_assert_null (sag_calibrate_task ("A", logits, positive, 100, "2026-01-01", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "do not rise");
}

static SagCalibration *
make (const char *bundle)
{
  static double   logits[400];
  static guint8   positive[400];
  SagCalibration *self = sag_calibration_new (bundle);
  g_autoptr (GError) error = NULL;

  draw (3, 400, 0.2, 0.7, logits, positive);
  sag_calibration_add (self, sag_calibrate_task ("A", logits, positive, 400, "2026-01-01", &error));
  sag_calibration_add (self, sag_calibrate_task ("B", logits, positive, 300, "2026-01-02", &error));
  sag_calibration_add (self, sag_calibrate_task ("A", logits, positive, 200, "2026-01-03", &error));
  g_assert_no_error (error);
  return self;
}

static void
test_shares (void)
{
  g_autoptr (SagCalibration) self = make ("x");
  const SagCalibrationTask *task = sag_calibration_find_task (self, "B");
  double                    before = -1;

  g_assert_null (sag_calibration_find_task (self, "C"));
  for (double logit = -6; logit < 6; logit += 0.01)
    {
      double share = sag_calibration_share_below (task, 0, logit);

      g_assert_cmpfloat (share, >=, before);
      g_assert_cmpfloat (share, >=, sag_calibration_share_below (task, 1, logit) - 0.02);
      before = share;
    }
  g_assert_cmpfloat (before, ==, 1);
  g_assert_cmpfloat (sag_calibration_share_below (task, 0, -6), ==, 0);
  g_assert_cmpfloat_with_epsilon (sag_calibration_share_below (task, 1, task->quantiles[1][50]),
                                  0.5, 1e-9);
}

static void
test_file (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "c.json", NULL);
  g_autoptr (SagCalibration) self = make ("abc");
  g_autoptr (SagCalibration) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize            size;

  g_assert_true (sag_calibration_save (self, NULL, path, NULL, &error));
  g_assert_no_error (error);
  again = sag_calibration_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sag_calibration_get_sha256 (self), ==, sag_calibration_get_sha256 (again));
  g_assert_cmpstr (sag_calibration_get_bundle (again), ==, "abc");
  g_assert_cmpuint (sag_calibration_get_n_tasks (again), ==, 2);
  for (gsize t = 0; t < 2; t++)
    {
      const SagCalibrationTask *a = sag_calibration_get_task (self, t);
      const SagCalibrationTask *b = sag_calibration_get_task (again, t);

      g_assert_cmpstr (a->text, ==, b->text);
      g_assert_cmpstr (a->date, ==, b->date);
      g_assert_cmpuint (a->bins->len, ==, b->bins->len);
      for (int kind = 0; kind < 2; kind++)
        for (int q = 0; q < SAG_CALIBRATION_POINTS; q++)
          g_assert_cmpfloat (a->quantiles[kind][q], ==, b->quantiles[kind][q]);
      g_assert_cmpfloat (a->slope, ==, b->slope);
      g_assert_cmpfloat (a->bias, ==, b->bias);
    }
  /* Whatever is cut off or changed is an error, never a crash. */
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  for (gsize cut = 0; cut < size; cut += 97)
    {
      g_assert_true (g_file_set_contents (path, text, (gssize) cut, NULL));
      g_assert_null (sag_calibration_load (path, &error));
      g_clear_error (&error);
    }
  memcpy (strstr (text, "\"slope\": 0"), "\"slope\": -", 10);
  g_assert_true (g_file_set_contents (path, text, (gssize) size, NULL));
  g_assert_null (sag_calibration_load (path, &error));
  g_clear_error (&error);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/calibrate/recovers", test_recovers);
  g_test_add_func ("/evaluate/calibrate/gradient", test_gradient);
  g_test_add_func ("/evaluate/calibrate/apart", test_apart);
  g_test_add_func ("/evaluate/calibrate/refusals", test_refusals);
  g_test_add_func ("/evaluate/calibrate/shares", test_shares);
  g_test_add_func ("/evaluate/calibrate/file", test_file);
  return g_test_run ();
}
