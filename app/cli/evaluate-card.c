/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/evaluate.h"

#include "model/core/version.h"

#include <math.h>

static char *
dup_number (double value, int n_digits)
{
  char buffer[32], format[8];

  if (isnan (value))
    return g_strdup ("-");
  g_snprintf (format, sizeof format, "%%.%df", n_digits);
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, format, value));
}

static void
append_cell (GString *text, double value, int n_digits)
{
  g_autofree char *number = dup_number (value, n_digits);

  g_string_append_printf (text, " %s |", number);
}

static void
append_range (GString *text, const SagInterval *interval)
{
  g_autofree char *low = dup_number (interval->low, 3);
  g_autofree char *high = dup_number (interval->high, 3);

  if (isnan (interval->low))
    g_string_append (text, " - |");
  else
    g_string_append_printf (text, " %s to %s |", low, high);
}

/* A bar would end a cell of the table. */
static void
append_text (GString *text, const char *words)
{
  g_auto (GStrv) parts = g_strsplit (words, "|", -1);
  g_autofree char *safe = g_strjoinv ("\\|", parts);

  g_string_append_printf (text, "| %s |", safe);
}

static const char *
letter_of (const SagCliEvaluation *self, gsize model)
{
  return self->n_models == 1 ? "" : model == 0 ? " (A)" : " (B)";
}

static void
append_head (const SagCliEvaluation *self, GString *text)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (self->evaluation);
  const SagReportOptions    *options = sag_report_get_options (self->report);
  g_auto (GStrv) notes = sag_report_dup_notes (self->report, NULL);
  guint n_failed = g_strv_length ((char **) sag_evaluation_get_failures (self->evaluation));

  g_string_append (text, "## Figures\n\n");
  for (gsize m = 0; m < self->n_models; m++)
    {
      g_string_append_printf (text, "- Bundle%s: %s, SHA-256 `%s`\n", letter_of (self, m),
                              sag_bundle_get_name (self->bundles[m]),
                              sag_bundle_get_sha256 (self->bundles[m]));
      if (!sag_bundle_is_trained (self->bundles[m]))
        g_string_append (text, "- **Untrained: the numbers mean nothing.**\n");
      else if (sag_bundle_is_synthetic (self->bundles[m]))
        g_string_append (text, "- **A demonstration, trained on synthetic scans.**\n");
    }
  g_string_append_printf (text,
                          "- Data: `%s`, split %s: %zu scans of %zu patients, %zu questions of %zu "
                          "kinds\n",
                          self->manifest, self->split, counts->n_scans, counts->n_patients,
                          counts->n_rows, counts->n_tasks);
  g_string_append_printf (text, "- Scope: %zu in, %zu doubtful, %zu out; all of them count\n",
                          counts->n_scope[SAG_SCOPE_IN], counts->n_scope[SAG_SCOPE_DOUBTFUL],
                          counts->n_scope[SAG_SCOPE_OUT]);
  g_string_append_printf (
    text, "- %zu of the scans are synthetic; %zu rows with an empty mask are left out\n",
    counts->n_synthetic, counts->n_unknown);
  for (gsize i = 0; notes[i] != NULL; i++)
    g_string_append_printf (text, "- %s\n", notes[i]);
  if (n_failed > 0)
    g_string_append_printf (text, "- **%u scans could not be read and are left out**\n", n_failed);
  g_string_append_printf (text, "- Engine: %s (%s), %s; Sagitta %s (%s)\n", self->infos[0].engine,
                          self->infos[0].device, self->infos[0].precision, sag_version_get (),
                          sag_version_get_commit ());
  g_string_append_printf (text,
                          "- Intervals: 95 %%, by %s; of means by a bootstrap over patients, %u "
                          "rounds, seed %" G_GUINT64_FORMAT "\n",
                          sag_cli_all_independent (self->report)
                            ? "DeLong's method"
                            : "DeLong's method, or the bootstrap where a patient has several scans",
                          options->n_rounds, options->seed);
  g_string_append_printf (text, "- Command: `%s`\n\n", self->command);
}

static void
append_groups (const SagCliEvaluation *self, GString *text)
{
  g_string_append (
    text, "| mean over tasks | tasks | AUROC | 95 % | AUPR | hit | strict hit | Dice | best Dice | "
          "right side | false alarms |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
  for (gsize g = 0; g < sag_report_get_n_groups (self->report); g++)
    for (gsize m = 0; m < self->n_models; m++)
      {
        const SagReportGroup *group = sag_report_get_group (self->report, g);
        const SagReportMaps  *maps = &group->models[m].maps;
        g_autofree char      *name = g_strconcat (group->about, letter_of (self, m), NULL);
        gboolean              found = group->n_maps > 0;

        append_text (text, name);
        g_string_append_printf (text, " %u |", group->tasks->len);
        append_cell (text, group->models[m].auroc, 3);
        append_range (text, &group->models[m].auroc_interval);
        append_cell (text, group->models[m].aupr, 3);
        append_cell (text, found ? maps->hit : NAN, 3);
        append_cell (text, found ? maps->strict_hit : NAN, 3);
        append_cell (text, found ? maps->dice : NAN, 2);
        append_cell (text, found ? maps->best_dice : NAN, 2);
        append_cell (text, maps->n_sided > 0 ? maps->right_side : NAN, 3);
        append_cell (text, maps->n_absent > 0 ? maps->false_alarms : NAN, 3);
        g_string_append_c (text, '\n');
      }
  g_string_append_c (text, '\n');
}

static char *
dup_name (const SagCliEvaluation *self, const SagReportTask *task, gsize model)
{
  g_autofree char *wordings = NULL;

  if (task->sentences->len > 1)
    wordings = g_strdup_printf (" (%u wordings)", task->sentences->len);
  return g_strconcat (task->text, wordings != NULL ? wordings : "", letter_of (self, model), NULL);
}

static void
append_case (const SagCliEvaluation *self, GString *text, const SagReportTask *task, gsize m)
{
  const SagReportModel *model = &task->models[m];
  SagInterval           interval = sag_cli_auroc_interval (task, m);
  g_autofree char      *name = dup_name (self, task, m);

  append_text (text, name);
  g_string_append_printf (text, " %s | %zu | %zu |", sag_training_to_string (model->training),
                          task->n, task->n_positives);
  append_cell (text, model->auroc.auroc, 3);
  append_range (text, &interval);
  append_cell (text, model->aupr, 3);
  append_cell (text, model->point.sensitivity, 3);
  append_cell (text, model->point.specificity, 3);
  g_string_append_c (text, '\n');
}

static void
append_map (const SagCliEvaluation *self, GString *text, const SagReportTask *task, gsize m)
{
  const SagReportModel *model = &task->models[m];
  const SagReportMaps  *maps = &model->maps;
  g_autofree char      *name = dup_name (self, task, m);

  append_text (text, name);
  g_string_append_printf (text, " %s | %zu | %zu |", sag_training_to_string (model->training),
                          task->n, task->n_positives);
  append_cell (text, task->median_ml, 1);
  append_cell (text, maps->hit, 3);
  append_cell (text, maps->strict_hit, 3);
  append_cell (text, maps->dice, 2);
  append_cell (text, maps->best_dice, 2);
  append_cell (text, maps->median_distance_mm, 1);
  append_cell (text, maps->right_side, 3);
  append_cell (text, maps->false_alarms, 3);
  append_cell (text, model->auroc.auroc, 3);
  g_string_append_c (text, '\n');
}

static void
append_tasks (const SagCliEvaluation *self, GString *text, gboolean detects)
{
  gboolean begun = FALSE;

  for (gsize t = 0; t < sag_report_get_n_tasks (self->report); t++)
    {
      const SagReportTask *task = sag_report_get_task (self->report, t);

      if (task->detects != detects)
        continue;
      if (!begun)
        g_string_append (
          text, detects ? "| task | wording | n | present | median ml | hit | strict hit | Dice | "
                          "best Dice | mm off | right side | false alarms | AUROC |\n"
                          "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
                        : "| task | wording | n | positive | AUROC | 95 % | AUPR | sensitivity | "
                          "specificity |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n");
      begun = TRUE;
      for (gsize m = 0; m < self->n_models; m++)
        (detects ? append_map : append_case) (self, text, task, m);
    }
  if (begun)
    g_string_append_c (text, '\n');
}

static void
append_legend (const SagCliEvaluation *self, GString *text)
{
  char        buffer[32];
  const char *threshold =
    g_ascii_formatd (buffer, sizeof buffer, "%g", sag_report_get_options (self->report)->threshold);

  g_string_append_printf (
    text,
    "Sensitivity and specificity are those where the probability, one under the training mix, "
    "reaches %s. "
    "Hit: the box of the highest cell meets the structure; strict: its centre lies in it; mm off: "
    "median distance of that centre from the structure. Dice: cells with a score of 0.5 or more, "
    "as blocks; best: the highest that any choice of cells reaches. Right side: peaks in the half "
    "of the analysed box where the structure lies. False alarms: maps with a cell of 0.5 or more "
    "where the structure is absent. The AUROC of a \"Segment\" text is that of the highest score "
    "of its map.\n",
    threshold);
}

char *
sag_cli_evaluation_dup_card (const SagCliEvaluation *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_head (self, text);
  append_groups (self, text);
  append_tasks (self, text, FALSE);
  append_tasks (self, text, TRUE);
  append_legend (self, text);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
