/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/plan.h"

#include "model/core/number.h"

#include <string.h>

static const char *const part_names[] = {
  [SAG_TRAIN_HEADS] = "heads", [SAG_TRAIN_HEADS_AND_TEXT] = "heads+text",
  [SAG_TRAIN_LORA] = "lora",   [SAG_TRAIN_VISION] = "vision",
  [SAG_TRAIN_ALL] = "all",
};

void
sag_train_plan_init (SagTrainPlan *plan)
{
  *plan = (SagTrainPlan){
    .parts = SAG_TRAIN_VISION,
    .n_steps = 25000,
    .scans_per_batch = 4,
    .texts_per_scan = 4,
    .accumulate = 4,
    .lr = 5e-5,
    .warm_up = 25,
    .dropout = 0.1,
    .seed = 1,
    .augment = TRUE,
    .validate_every = 500,
    .validate_on = 200,
    .save_minutes = 10,
  };
}

gboolean
sag_train_plan_trains_vision (const SagTrainPlan *plan)
{
  return plan->parts == SAG_TRAIN_VISION || plan->parts == SAG_TRAIN_ALL;
}

char *
sag_train_plan_describe (const SagTrainPlan *plan)
{
  char lr[SAG_NUMBER_BUFFER], dropout[SAG_NUMBER_BUFFER];

  return g_strdup_printf (
    "what %s%s, steps %" G_GUINT64_FORMAT ", batch %u x %u x %u, lr %s, warm-up %u, dropout %s, "
    "seed %" G_GUINT64_FORMAT ", %s, empty masks %s, validation every %u on %u, patience %u",
    sag_train_parts_to_string (plan->parts), plan->freeze_norms ? " with frozen norms" : "",
    plan->n_steps, plan->scans_per_batch, plan->texts_per_scan, plan->accumulate,
    sag_number_format (plan->lr, lr), plan->warm_up, sag_number_format (plan->dropout, dropout),
    plan->seed, plan->augment ? "augmented" : "not augmented",
    plan->keep_empty ? "kept" : "left out", plan->validate_every, plan->validate_on,
    plan->patience);
}

double
sag_train_plan_rate (const SagTrainPlan *plan, guint64 step)
{
  if (step < plan->warm_up)
    return plan->lr * (double) step / plan->warm_up;
  if (step >= plan->n_steps)
    return 0;
  return plan->lr * (double) (plan->n_steps - step) /
         (double) (plan->n_steps - MIN (plan->warm_up, plan->n_steps - 1));
}

gboolean
sag_train_parts_from_string (const char *text, SagTrainParts *parts)
{
  for (gsize p = 0; p < G_N_ELEMENTS (part_names); p++)
    if (strcmp (text, part_names[p]) == 0)
      {
        *parts = (SagTrainParts) p;
        return TRUE;
      }
  return FALSE;
}

const char *
sag_train_parts_to_string (SagTrainParts parts)
{
  return part_names[parts];
}
