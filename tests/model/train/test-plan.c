/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/plan.h"
#include "model/train/validate.h"

#include <string.h>

/* The oracle's adamw_unit: learning rate 1e-2, warm-up 2 of 6 steps: 0, .005, .01, .0075 (MODEL.md section 4). */
static void
test_rate (void)
{
  static const double wanted[] = { 0, 0.005, 0.01, 0.0075, 0.005, 0.0025, 0 };
  SagTrainPlan        plan;

  sag_train_plan_init (&plan);
  plan.lr = 1e-2;
  plan.warm_up = 2;
  plan.n_steps = 6;
  for (guint64 step = 0; step < G_N_ELEMENTS (wanted); step++)
    g_assert_cmpfloat_with_epsilon (sag_train_plan_rate (&plan, step), wanted[step], 1e-15);
  plan.warm_up = 0;
  g_assert_cmpfloat_with_epsilon (sag_train_plan_rate (&plan, 0), 1e-2, 1e-15);
  plan.warm_up = 100; /* longer than the run */
  g_assert_cmpfloat_with_epsilon (sag_train_plan_rate (&plan, 5), 5e-4, 1e-15);
}

static void
test_parts (void)
{
  for (SagTrainParts parts = SAG_TRAIN_HEADS; parts <= SAG_TRAIN_ALL; parts++)
    {
      SagTrainParts read;

      g_assert_true (sag_train_parts_from_string (sag_train_parts_to_string (parts), &read));
      g_assert_cmpint (read, ==, parts);
    }
  g_assert_false (sag_train_parts_from_string ("soup", &(SagTrainParts){ 0 }));
}

/* Everything that decides the weights is in the description, in every locale the same. */
static void
test_description (void)
{
  SagTrainPlan     plan, other;
  g_autofree char *first = NULL;

  sag_train_plan_init (&plan);
  first = sag_train_plan_describe (&plan);
  g_assert_nonnull (strstr (first, "lr 5e-05"));
  for (int change = 0; change < 15; change++)
    {
      g_autofree char *text = NULL;

      other = plan;
      other.sampling = change == 11 ? SAG_SAMPLING_BALANCED : plan.sampling;
      other.parts += change == 0 ? 1 : 0;
      other.freeze_norms ^= change == 1;
      other.n_steps += change == 2;
      other.scans_per_batch += change == 3;
      other.texts_per_scan += change == 4;
      other.accumulate += change == 5;
      other.lr *= change == 6 ? 1.5 : 1;
      other.warm_up += change == 7;
      other.dropout *= change == 8 ? 0.5 : 1;
      other.seed += change == 9;
      other.augment ^= change == 10;
      other.patch_weight *= change == 12 ? 20 : 1;
      other.vision_lr = change == 13 ? 1e-3 : 0;
      other.balance_masks ^= change == 14;
      text = sag_train_plan_describe (&other);
      g_assert_cmpstr (text, !=, first);
    }
  other = plan;
  other.n_loaders = 7;
  other.engine.n_threads = 1;
  other.save_minutes = 3;
  {
    g_autofree char *text = sag_train_plan_describe (&other);

    g_assert_cmpstr (text, ==, first);
  }
}

/* A validation sees scans from all of the split, each at most once. */
static void
test_validation_scans (void)
{
  for (gsize n = 1; n < 40; n++)
    for (gsize asked = 1; asked < 50; asked++)
      {
        gsize last = 0;

        for (gsize i = 0; i < MIN (n, asked); i++)
          {
            gsize scan = sag_train_validation_scan (n, asked, i);

            g_assert_cmpuint (scan, <, n);
            g_assert_true (i == 0 ? scan == 0 : scan > last);
            last = scan;
          }
        g_assert_cmpuint (last + (n + asked - 1) / asked, >=, n - 1);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/rate", test_rate);
  g_test_add_func ("/plan/validation-scans", test_validation_scans);
  g_test_add_func ("/plan/parts", test_parts);
  g_test_add_func ("/plan/description", test_description);
  return g_test_run ();
}
