/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/run.h"

G_BEGIN_DECLS

/**
 * SagCases: the cases of one task that were answered and have a truth, as columns.
 * @scores: (n) of each model; what stands behind the models of the evaluation is NULL
 * @positive, @patients, @rows: (n); @rows are numbers of rows of the evaluation
 */
typedef struct
{
  gsize    n;
  double  *scores[SAG_EVALUATE_MOST_MODELS];
  guint8  *positive;
  guint32 *patients;
  guint   *rows;
} SagCases;

/** sag_cases_collect: @rows: (element-type guint): of one task. */
void sag_cases_collect (SagCases            *cases,
                        const SagEvaluation *evaluation,
                        const GArray        *rows,
                        gsize                n_models);
void sag_cases_clear (SagCases *cases);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SagCases, sag_cases_clear)

/** sag_cases_count_patients: different ones. */
gsize sag_cases_count_patients (const SagCases *cases);

G_END_DECLS
