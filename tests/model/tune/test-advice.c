/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/advice.h"

#include "model/core/error.h"
#include "tests/support/test.h"

#define DEMO 160
#define FULL 768
#define UPSTREAM 5e-5

static double
rate (SagTrainParts parts, gint32 hidden)
{
  SagTrainPlan plan;

  sag_train_plan_init (&plan);
  sag_tune_plan (&plan, parts, 20, hidden);
  g_assert_cmpint (plan.parts, ==, parts);
  return plan.lr;
}

/* What was measured on a small network is not said of a large one that trains as a whole. */
static void
test_rate (void)
{
  g_assert_cmpfloat (rate (SAG_TRAIN_ALL, DEMO), ==, 1e-3);
  g_assert_cmpfloat (rate (SAG_TRAIN_ALL, FULL), ==, UPSTREAM);
  g_assert_cmpfloat (rate (SAG_TRAIN_VISION, DEMO), ==, UPSTREAM);
  g_assert_cmpfloat (rate (SAG_TRAIN_HEADS, DEMO), ==, rate (SAG_TRAIN_HEADS, FULL));
}

/* Never fewer steps than the rate needs, and so many looks at each case. */
static void
test_steps (void)
{
  SagTrainPlan plan;

  sag_train_plan_init (&plan);
  sag_tune_plan (&plan, SAG_TRAIN_HEADS, 10, DEMO);
  g_assert_cmpuint (plan.n_steps, ==, 300);
  sag_tune_plan (&plan, SAG_TRAIN_HEADS, 40, DEMO);
  g_assert_cmpuint (plan.n_steps, ==, 600);
  sag_tune_plan (&plan, SAG_TRAIN_HEADS_AND_TEXT, 10, DEMO);
  g_assert_cmpuint (plan.n_steps, ==, 100);
  sag_tune_plan (&plan, SAG_TRAIN_ALL, 10, DEMO);
  g_assert_cmpuint (plan.n_steps, ==, 60);
}

static void
test_parts (void)
{
  static const struct
  {
    gsize         n_cases;
    gsize         n_fewest;
    SagTrainParts parts;
    guint         folds;
  } cases[] = { { 9, 4, SAG_TRAIN_HEADS, 5 },
                { 20, 2, SAG_TRAIN_HEADS, 5 },
                { 20, 3, SAG_TRAIN_HEADS_AND_TEXT, 5 },
                { 60, 9, SAG_TRAIN_HEADS_AND_TEXT, 0 } };
  const SagNetwork reads = { .text_kind = SAG_TEXT_BERT, .hidden = DEMO };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      g_auto (SagTuneAdvice) advice = { 0 };

      sag_tune_advise (&reads, cases[c].n_cases, cases[c].n_fewest, &advice);
      g_assert_cmpint (advice.parts, ==, cases[c].parts);
      g_assert_cmpuint (advice.folds, ==, cases[c].folds);
    }
}

/* A network without text layers trains as a whole, however few cases there are. */
static void
test_multi_label (void)
{
  const SagNetwork network = { .text_kind = SAG_TEXT_MULTI_LABEL, .hidden = FULL };
  SagTrainPlan     plan;

  sag_train_plan_init (&plan);
  for (gsize n_cases = 5; n_cases <= 5000; n_cases *= 10)
    {
      g_auto (SagTuneAdvice) advice = { 0 };
      g_autoptr (GError) error = NULL;

      sag_tune_advise (&network, n_cases, n_cases / 2, &advice);
      g_assert_true (advice.whole);
      g_assert_cmpfloat (advice.lr, ==, UPSTREAM);
      plan.parts = advice.parts;
      g_assert_true (sag_train_plan_fits (&plan, &network, &error));
      g_assert_no_error (error);
      plan.parts = SAG_TRAIN_HEADS_AND_TEXT;
      g_assert_false (sag_train_plan_fits (&plan, &network, &error));
      g_assert_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tune/advice/rate", test_rate);
  g_test_add_func ("/tune/advice/steps", test_steps);
  g_test_add_func ("/tune/advice/parts", test_parts);
  g_test_add_func ("/tune/advice/multi-label", test_multi_label);
  return g_test_run ();
}
