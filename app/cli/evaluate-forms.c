/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/evaluate.h"

#include <string.h>

const SagCliForm sag_cli_forms[SAG_CLI_N_FORMS] = {
  { "Diagnose the presence of ...", "Diagnose the presence of ", "" },
  { "Predict the risk of ...", "Predict the risk of ", "" },
  { "Segment ... in the image.", "Segment ", " in the image." },
  { "Other sentences", "", "" },
};

const SagCliForm *
sag_cli_form_of (const char *text)
{
  gsize i = 0;

  while (i + 1 < SAG_CLI_N_FORMS && (!g_str_has_prefix (text, sag_cli_forms[i].prefix) ||
                                     !g_str_has_suffix (text, sag_cli_forms[i].suffix)))
    i++;
  return &sag_cli_forms[i];
}

char *
sag_cli_form_dup_rest (const SagCliForm *form, const char *text)
{
  gsize prefix = strlen (form->prefix), suffix = strlen (form->suffix), n = strlen (text);

  return n > prefix + suffix ? g_strndup (text + prefix, n - prefix - suffix) : g_strdup (text);
}

SagInterval
sag_cli_auroc_interval (const SagReportTask *task, gsize model)
{
  return task->independent ? task->models[model].auroc.interval
                           : task->models[model].auroc_interval;
}

SagInterval
sag_cli_difference_interval (const SagReportTask *task)
{
  return task->independent ? task->pair.interval : task->auroc_difference;
}

gboolean
sag_cli_all_independent (const SagReport *report)
{
  for (gsize t = 0; t < sag_report_get_n_tasks (report); t++)
    if (!sag_report_get_task (report, t)->independent)
      return FALSE;
  return TRUE;
}

char **
sag_cli_evaluation_dup_notes (const SagCliEvaluation *self)
{
  const SagSnapshot *snapshot = self->source->snapshot;

  return sag_report_dup_notes (self->report,
                               snapshot != NULL ? sag_snapshot_get_notes (snapshot) : NULL);
}
