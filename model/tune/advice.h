/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/train/plan.h"
#include "model/tune/snapshot.h"

G_BEGIN_DECLS

/**
 * SagTuneAdvice: what to train with what there is.
 * @n_cases, @n_fewest: what it follows from
 * @sentence: why, for people, in English
 * @folds: for a cross-validation where the hold-out would be small; else 0
 */
typedef struct
{
  SagTrainParts parts;
  guint64       n_steps;
  double        lr;
  guint         folds;
  gsize         n_cases;
  gsize         n_fewest;
  char         *sentence;
} SagTuneAdvice;

void sag_tune_advice_clear (SagTuneAdvice *advice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagTuneAdvice, sag_tune_advice_clear)

/**
 * sag_tune_advise:
 * @n_cases: labelled cases to train on
 * @n_fewest: of the rarer kind of the task that has the fewest
 */
void sag_tune_advise (gsize n_cases, gsize n_fewest, SagTuneAdvice *advice);

/** sag_tune_advise_snapshot: the same of a snapshot's training part. */
void sag_tune_advise_snapshot (const SagSnapshot *snapshot, SagTuneAdvice *advice);

/**
 * sag_tune_plan: @plan as is good for a few cases: steps and rate of the parts, small batches, no validations.
 * @hidden: width of the network's text layers: all of a wide one gets upstream's rate
 */
void sag_tune_plan (SagTrainPlan *plan, SagTrainParts parts, gsize n_cases, gint32 hidden);

G_END_DECLS
