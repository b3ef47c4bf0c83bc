/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"
#include "model/train/plan.h"
#include "model/tune/snapshot.h"

G_BEGIN_DECLS

/**
 * SagTuneAdvice: what to train with what there is.
 * @n_cases, @n_fewest: what it follows from
 * @sentence: why, for people, in English
 * @folds: for a cross-validation where the hold-out would be small; else 0
 * @whole: a multi-label network, of which nothing trains by itself
 */
typedef struct
{
  SagTrainParts parts;
  guint64       n_steps;
  double        lr;
  guint         folds;
  gboolean      whole;
  gsize         n_cases;
  gsize         n_fewest;
  char         *sentence;
} SagTuneAdvice;

void sag_tune_advice_clear (SagTuneAdvice *advice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagTuneAdvice, sag_tune_advice_clear)

/**
 * sag_tune_advise:
 * @network: of the bundle to begin from
 * @n_cases: labelled cases to train on
 * @n_fewest: of the rarer kind of the task that has the fewest
 */
void
sag_tune_advise (const SagNetwork *network, gsize n_cases, gsize n_fewest, SagTuneAdvice *advice);

/** sag_tune_advise_snapshot: the same of a snapshot's training part. */
void sag_tune_advise_snapshot (const SagNetwork  *network,
                               const SagSnapshot *snapshot,
                               SagTuneAdvice     *advice);

/**
 * sag_tune_check: whether such a training can begin, before anything of it is written.
 * Error: SAG_ERROR_ARGUMENT: see sag_train_plan_fits(); or a task that the bundle, which reads no text, does not answer
 */
gboolean sag_tune_check (const SagTrainPlan *plan,
                         SagBundle          *bundle,
                         const SagSnapshot  *snapshot,
                         GError            **error);

/**
 * sag_tune_plan: @plan as is good for a few cases: steps and rate of the parts, small batches, no validations.
 * @hidden: width of the network's text layers: all of a wide one gets upstream's rate
 */
void sag_tune_plan (SagTrainPlan *plan, SagTrainParts parts, gsize n_cases, gint32 hidden);

G_END_DECLS
