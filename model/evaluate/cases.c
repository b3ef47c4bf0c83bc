/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/cases.h"

void
sag_cases_clear (SagCases *cases)
{
  for (gsize m = 0; m < SAG_EVALUATE_MOST_MODELS; m++)
    g_clear_pointer (&cases->scores[m], g_free);
  g_clear_pointer (&cases->positive, g_free);
  g_clear_pointer (&cases->patients, g_free);
  g_clear_pointer (&cases->rows, g_free);
}

void
sag_cases_collect (SagCases            *cases,
                   const SagEvaluation *evaluation,
                   const GArray        *rows,
                   gsize                n_models)
{
  *cases = (SagCases){ 0 };
  for (gsize m = 0; m < n_models; m++)
    cases->scores[m] = g_new (double, rows->len);
  cases->positive = g_new (guint8, rows->len);
  cases->patients = g_new (guint32, rows->len);
  cases->rows = g_new (guint, rows->len);
  for (guint i = 0; i < rows->len; i++)
    {
      guint                   index = g_array_index (rows, guint, i);
      const SagEvaluationRow *row = sag_evaluation_get_row (evaluation, index);

      if (!row->answered || row->truth < 0)
        continue;
      for (gsize m = 0; m < n_models; m++)
        cases->scores[m][cases->n] = row->outcomes[m].score;
      cases->positive[cases->n] = (guint8) row->truth;
      cases->patients[cases->n] = row->patient;
      cases->rows[cases->n++] = index;
    }
}

gsize
sag_cases_count_patients (const SagCases *cases)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < cases->n; i++)
    g_hash_table_add (seen, GUINT_TO_POINTER (cases->patients[i]));
  return g_hash_table_size (seen);
}
