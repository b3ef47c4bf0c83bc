/* SPDX-License-Identifier: Apache-2.0 */
#include "model/train/plan.h"

#include "model/core/error.h"
#include "model/core/number.h"
#include "model/cpu/train/loss.h"

#include <string.h>

/* Counts up whenever the same options begin to mean something else, so that no run goes on with another. */
#define RECIPE "4"

static const char *const part_names[] = {
  [SAG_TRAIN_HEADS] = "heads", [SAG_TRAIN_HEADS_AND_TEXT] = "heads+text",
  [SAG_TRAIN_LORA] = "lora",   [SAG_TRAIN_VISION] = "vision",
  [SAG_TRAIN_ALL] = "all",     [SAG_TRAIN_VISION_AND_LORA] = "vision+lora",
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
    .lora_rank = 8,
    .lora_alpha = 8,
    .patch_weight = SAG_CPU_PATCH_WEIGHT,
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
  return plan->parts == SAG_TRAIN_VISION || plan->parts == SAG_TRAIN_ALL ||
         plan->parts == SAG_TRAIN_VISION_AND_LORA;
}

gboolean
sag_train_plan_has_lora (const SagTrainPlan *plan)
{
  return plan->parts == SAG_TRAIN_LORA || plan->parts == SAG_TRAIN_VISION_AND_LORA;
}

gboolean
sag_train_plan_fits (const SagTrainPlan *plan, const SagNetwork *network, GError **error)
{
  if (network->text_kind != SAG_TEXT_MULTI_LABEL || sag_train_plan_trains_vision (plan))
    return TRUE;
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                       "A multi-label bundle is trained as a whole; say --what vision or all.");
  return FALSE;
}

char *
sag_train_plan_describe (const SagTrainPlan *plan)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char number[SAG_NUMBER_BUFFER];

  g_string_append_printf (text, "recipe " RECIPE ", what %s%s",
                          sag_train_parts_to_string (plan->parts),
                          plan->freeze_norms ? " with frozen norms" : "");
  if (sag_train_plan_has_lora (plan))
    g_string_append_printf (text, " of rank %u, alpha %s", plan->lora_rank,
                            sag_number_format (plan->lora_alpha, number));
  g_string_append_printf (text, ", steps %" G_GUINT64_FORMAT ", batch %u x %u x %u", plan->n_steps,
                          plan->scans_per_batch, plan->texts_per_scan, plan->accumulate);
  g_string_append_printf (text, ", lr %s, warm-up %u", sag_number_format (plan->lr, number),
                          plan->warm_up);
  if (plan->vision_lr > 0)
    g_string_append_printf (text, ", vision lr %s", sag_number_format (plan->vision_lr, number));
  if (plan->patch_weight != SAG_CPU_PATCH_WEIGHT)
    g_string_append_printf (text, ", patch weight %s",
                            sag_number_format (plan->patch_weight, number));
  if (plan->balance_masks)
    g_string_append (text, ", masks balanced");
  g_string_append_printf (text, ", dropout %s, seed %" G_GUINT64_FORMAT,
                          sag_number_format (plan->dropout, number), plan->seed);
  g_string_append_printf (text, ", %s, empty masks %s",
                          plan->augment ? "augmented" : "not augmented",
                          plan->keep_empty ? "kept" : "left out");
  g_string_append_printf (text, ", sampling %s", sag_sampling_to_string (plan->sampling));
  g_string_append_printf (text, ", validation every %u on %u, patience %u", plan->validate_every,
                          plan->validate_on, plan->patience);
  return g_string_free (g_steal_pointer (&text), FALSE);
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
