/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of thumb: the fewer cases, the fewer weights may move, or the model learns the cases by heart. Rates were
 * measured on one small network, see set_pace(). Steps are enough for about so many looks at each case, and never fewer
 * than the rate needs.
 */
#include "model/tune/advice.h"

#include "model/core/error.h"

#define FEW 10         /* cases: the last layers alone */
#define FEWEST 3       /* of a kind: the same */
#define MANY 2000      /* cases: the whole network, where a GPU is there */
#define CROSS_BELOW 60 /* cases: a hold-out of them would be too small to say much */
#define WIDE                                                                                       \
  384 /* of the text layers: from there on "all" takes the rate that upstream trains with */
#define UPSTREAM_RATE 5e-5

void
sag_tune_advice_clear (SagTuneAdvice *advice)
{
  g_clear_pointer (&advice->sentence, g_free);
}

/* Looks at each case, and the rate.
 *
 * Measured on phantoms with a network of 24 tokens x 160 that was trained on other findings last; 10 present and 10
 * absent cases to learn from, 40 others held out, two tasks ("lung resection in the left lung" and "right lung", which
 * it answered at chance). AUROC:
 *
 *   heads, 300 steps             1e-3  0.89, 0.74     1e-2  0.89, 0.78     3e-2  0.89, -
 *   heads and text, 100 steps    2e-4  0.83, 0.99     1e-3  1.00, 1.00     3e-3 (200 steps)  0.98, -
 *   LoRA, 100 to 200 steps       5e-4  -, 0.46        5e-3  1.00, 1.00
 *   all, 60 steps                                     1e-3  0.81, 1.00
 *
 * Of small things that it had been shown and still answered at chance (valve, sternotomy, hernia, pacemaker) no rate
 * made much of 20 cases: 0.38 to 0.73.
 *
 * How large networks take these rates was not measured. For all of one whose text layers are wide, such as a full-size
 * one of 768, the rate is the one that upstream trained it with; that the border lies at WIDE, between the 160 that
 * were measured and 768, is a guess, too.
 */
static void
set_pace (
  SagTrainParts parts, gsize n_cases, gint32 hidden, guint scans, guint64 *n_steps, double *lr)
{
  guint64 looks, least, most;

  switch (parts)
    {
    case SAG_TRAIN_HEADS:
      looks = 60, least = 300, most = 5000, *lr = 1e-2;
      break;
    case SAG_TRAIN_HEADS_AND_TEXT:
      looks = 20, least = 100, most = 5000, *lr = 1e-3;
      break;
    case SAG_TRAIN_LORA:
      looks = 20, least = 100, most = 5000, *lr = 5e-3;
      break;
    case SAG_TRAIN_ALL:
      looks = 10, least = 60, most = 25000, *lr = hidden < WIDE ? 1e-3 : UPSTREAM_RATE;
      break;
    default:
      looks = 10, least = 60, most = 25000, *lr = UPSTREAM_RATE;
    }
  *n_steps = CLAMP ((looks * n_cases + scans - 1) / scans, least, most);
}

void
sag_tune_advise (const SagNetwork *network, gsize n_cases, gsize n_fewest, SagTuneAdvice *advice)
{
  *advice = (SagTuneAdvice){ .folds = n_cases < CROSS_BELOW ? 5 : 0,
                             .whole = network->text_kind == SAG_TEXT_MULTI_LABEL,
                             .n_cases = n_cases,
                             .n_fewest = n_fewest };
  if (advice->whole)
    {
      advice->parts = SAG_TRAIN_ALL;
      advice->sentence = g_strdup_printf (
        "A multi-label model has no text layers and trains as a whole (all), with these %zu cases "
        "as with many; those that are held out say whether it only learned them by heart.",
        n_cases);
    }
  else if (n_cases < FEW || n_fewest < FEWEST)
    {
      advice->parts = SAG_TRAIN_HEADS;
      advice->sentence = g_strdup_printf (
        "With %zu cases, %zu of the rarer kind, train the heads alone: more would learn the cases "
        "by heart. Ten cases with three of each kind are where more begins to pay.",
        n_cases, n_fewest);
    }
  else if (n_cases < MANY)
    {
      advice->parts = SAG_TRAIN_HEADS_AND_TEXT;
      advice->sentence = g_strdup_printf (
        "With %zu cases train heads and text layers: a new question becomes tied to what the "
        "vision network sees already. LoRA changes less of what the model knew, for about the same "
        "time.",
        n_cases);
    }
  else
    {
      advice->parts = SAG_TRAIN_HEADS_AND_TEXT;
      advice->sentence = g_strdup_printf (
        "With %zu cases the whole network can learn (all), which takes days without a GPU; heads "
        "and text layers first show what is to be had in hours.",
        n_cases);
    }
  set_pace (advice->parts, n_cases, network->hidden, 4, &advice->n_steps, &advice->lr);
}

void
sag_tune_advise_snapshot (const SagNetwork  *network,
                          const SagSnapshot *snapshot,
                          SagTuneAdvice     *advice)
{
  gsize n_fewest = G_MAXSIZE;

  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    {
      const SagSnapshotTask *task = sag_snapshot_get_task (snapshot, t);
      gsize                  n = task->n_masks[SAG_SNAPSHOT_TRAIN];

      if (task->left_out != NULL)
        continue;
      if (n == 0)
        n = MIN (task->n_present[SAG_SNAPSHOT_TRAIN], task->n_absent[SAG_SNAPSHOT_TRAIN]);
      n_fewest = MIN (n_fewest, n);
    }
  sag_tune_advise (network, sag_snapshot_count (snapshot, SAG_SNAPSHOT_TRAIN),
                   n_fewest == G_MAXSIZE ? 0 : n_fewest, advice);
}

gboolean
sag_tune_check (const SagTrainPlan *plan,
                SagBundle          *bundle,
                const SagSnapshot  *snapshot,
                GError            **error)
{
  SagTokenizer *tokenizer = sag_bundle_get_tokenizer (bundle);

  if (!sag_train_plan_fits (plan, sag_bundle_get_network (bundle), error))
    return FALSE;
  for (gsize t = 0; t < sag_snapshot_get_n_tasks (snapshot); t++)
    {
      const SagSnapshotTask *task = sag_snapshot_get_task (snapshot, t);

      if (task->left_out != NULL || sag_tokenizer_check (tokenizer, task->wording, NULL))
        continue;
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "The task \"%s\" is none of the questions of this multi-label bundle, which "
                   "reads no text; choose other tasks with --task, or a bundle that reads.",
                   task->key);
      return FALSE;
    }
  return TRUE;
}

void
sag_tune_plan (SagTrainPlan *plan, SagTrainParts parts, gsize n_cases, gint32 hidden)
{
  plan->parts = parts;
  plan->scans_per_batch = 4;
  plan->texts_per_scan = 4;
  plan->accumulate = 1;
  plan->warm_up = 10;
  plan->validate_every = 0;
  plan->save_minutes = 5;
  plan->sampling = SAG_SAMPLING_BALANCED;
  plan->dropout = parts == SAG_TRAIN_HEADS ? 0 : 0.1;
  plan->augment = sag_train_plan_trains_vision (plan);
  plan->freeze_norms = TRUE;
  set_pace (parts, n_cases, hidden, plan->scans_per_batch, &plan->n_steps, &plan->lr);
}
