/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report.h"

#include <math.h>

static void
write_interval (SagJsonWriter *writer, const char *name, const SagInterval *interval)
{
  if (isnan (interval->low))
    sag_json_string (writer, name, NULL);
  else
    sag_json_numbers (writer, name, (double[2]){ interval->low, interval->high }, 2);
}

static void
write_point (SagJsonWriter *writer, const SagPoint *point)
{
  sag_json_begin_object (writer, "point");
  sag_json_integer (writer, "true_positives", (gint64) point->n_true_positives);
  sag_json_integer (writer, "false_positives", (gint64) point->n_false_positives);
  sag_json_integer (writer, "true_negatives", (gint64) point->n_true_negatives);
  sag_json_integer (writer, "false_negatives", (gint64) point->n_false_negatives);
  sag_json_number (writer, "sensitivity", point->sensitivity);
  write_interval (writer, "sensitivity_95", &point->sensitivity_interval);
  sag_json_number (writer, "specificity", point->specificity);
  write_interval (writer, "specificity_95", &point->specificity_interval);
  sag_json_end_object (writer);
}

static void
write_maps (SagJsonWriter *writer, const SagReportMaps *maps)
{
  sag_json_begin_object (writer, "maps");
  sag_json_integer (writer, "present", (gint64) maps->n_present);
  sag_json_number (writer, "hit", maps->hit);
  sag_json_number (writer, "strict_hit", maps->strict_hit);
  sag_json_number (writer, "dice", maps->dice);
  sag_json_number (writer, "best_dice", maps->best_dice);
  sag_json_number (writer, "cell_dice", maps->cell_dice);
  sag_json_number (writer, "median_distance_mm", maps->median_distance_mm);
  sag_json_integer (writer, "sided", (gint64) maps->n_sided);
  sag_json_number (writer, "right_side", maps->right_side);
  sag_json_integer (writer, "absent", (gint64) maps->n_absent);
  sag_json_number (writer, "false_alarms", maps->false_alarms);
  sag_json_end_object (writer);
}

static const char *
name_number (gboolean detects)
{
  return detects ? "highest score" : "probability";
}

static void
write_model (SagJsonWriter        *writer,
             const SagReportTask  *task,
             const SagReportModel *model,
             gboolean              has_map)
{
  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "number", name_number (model->detects));
  sag_json_string (writer, "training", sag_training_to_string (model->training));
  sag_json_number (writer, "auroc", model->auroc.auroc);
  write_interval (writer, "auroc_95", &model->auroc_interval);
  if (task->independent)
    write_interval (writer, "auroc_delong_95", &model->auroc.interval);
  sag_json_number (writer, "aupr", model->aupr);
  write_interval (writer, "aupr_95", &model->aupr_interval);
  write_point (writer, &model->point);
  if (task->n_masks > 0 && has_map)
    write_maps (writer, &model->maps);
  else if (task->n_masks > 0)
    sag_json_string (writer, "maps", NULL);
  sag_json_end_object (writer);
}

/* Scans are named by their numbers in the manifest's lines: a report holds no name. */
static void
write_changed (const SagReport *report, SagJsonWriter *writer, const SagReportTask *task)
{
  const SagEvaluation *evaluation = sag_report_get_evaluation (report);

  sag_json_begin_array (writer, "changed");
  for (guint i = 0; i < task->changed->len; i++)
    {
      const SagEvaluationRow *row =
        sag_evaluation_get_row (evaluation, g_array_index (task->changed, guint, i));

      sag_json_begin_object (writer, NULL);
      sag_json_integer (writer, "line", row->sample->line);
      sag_json_integer (writer, "truth", row->truth);
      sag_json_numbers (writer, "scores",
                        (double[2]){ row->outcomes[0].score, row->outcomes[1].score }, 2);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
}

static void
write_pair (const SagReport *report, SagJsonWriter *writer, const SagReportTask *task)
{
  sag_json_begin_object (writer, "comparison");
  sag_json_number (writer, "auroc_difference", task->pair.difference);
  write_interval (writer, "auroc_difference_95", &task->auroc_difference);
  if (task->independent)
    {
      write_interval (writer, "auroc_difference_delong_95", &task->pair.interval);
      sag_json_number (writer, "p", task->pair.p);
    }
  sag_json_string (writer, "no_p_because",
                   !isnan (task->pair.p) ? NULL
                   : !task->independent  ? "several scans of a patient"
                   : task->pair.too_few  ? "fewer than 10 positives or negatives"
                                         : "the difference has no variance");
  sag_json_number (writer, "aupr_difference", task->models[1].aupr - task->models[0].aupr);
  write_interval (writer, "aupr_difference_95", &task->aupr_difference);
  write_changed (report, writer, task);
  sag_json_end_object (writer);
}

static void
write_task (const SagReport *report, SagJsonWriter *writer, const SagReportTask *task)
{
  const SagEvaluationCounts *counts =
    sag_evaluation_get_counts (sag_report_get_evaluation (report));

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "task", task->text);
  sag_json_begin_array (writer, "wordings");
  for (guint i = 0; i < task->sentences->len; i++)
    sag_json_string (writer, NULL, task->sentences->pdata[i]);
  sag_json_end_array (writer);
  sag_json_string (writer, "number", name_number (task->detects));
  sag_json_string (writer, "laterality", sag_laterality_to_string (task->laterality));
  sag_json_integer (writer, "n", (gint64) task->n);
  sag_json_integer (writer, "positives", (gint64) task->n_positives);
  sag_json_integer (writer, "patients", (gint64) task->n_patients);
  sag_json_boolean (writer, "lesion", task->lesion);
  sag_json_integer (writer, "masks", (gint64) task->n_masks);
  sag_json_integer (writer, "outside_the_box", (gint64) task->n_outside);
  sag_json_number (writer, "median_ml", task->median_ml);
  sag_json_begin_array (writer, "models");
  for (gsize m = 0; m < counts->n_models; m++)
    write_model (writer, task, &task->models[m], counts->has_map[m]);
  sag_json_end_array (writer);
  if (counts->n_models > 1)
    write_pair (report, writer, task);
  sag_json_end_object (writer);
}

static void
write_group (const SagReport *report, SagJsonWriter *writer, const SagReportGroup *group)
{
  const SagEvaluationCounts *counts =
    sag_evaluation_get_counts (sag_report_get_evaluation (report));
  gsize n_models = counts->n_models;

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "name", group->name);
  sag_json_string (writer, "about", group->about);
  sag_json_integer (writer, "tasks", group->tasks->len);
  sag_json_integer (writer, "tasks_with_auroc", (gint64) group->n_class);
  sag_json_integer (writer, "tasks_with_maps", (gint64) group->n_maps);
  sag_json_begin_array (writer, "models");
  for (gsize m = 0; m < n_models; m++)
    {
      sag_json_begin_object (writer, NULL);
      sag_json_number (writer, "mean_auroc", group->models[m].auroc);
      write_interval (writer, "mean_auroc_95", &group->models[m].auroc_interval);
      sag_json_number (writer, "mean_aupr", group->models[m].aupr);
      write_interval (writer, "mean_aupr_95", &group->models[m].aupr_interval);
      if (group->n_maps > 0 && counts->has_map[m])
        write_maps (writer, &group->models[m].maps);
      else if (group->n_maps > 0)
        sag_json_string (writer, "maps", NULL);
      sag_json_end_object (writer);
    }
  sag_json_end_array (writer);
  if (n_models > 1 && group->n_class > 0)
    {
      sag_json_number (writer, "auroc_difference", group->models[1].auroc - group->models[0].auroc);
      write_interval (writer, "auroc_difference_95", &group->auroc_difference);
      sag_json_number (writer, "aupr_difference", group->models[1].aupr - group->models[0].aupr);
      write_interval (writer, "aupr_difference_95", &group->aupr_difference);
    }
  sag_json_end_object (writer);
}

static void
write_place (SagJsonWriter *writer, const char *name, const double ras_mm[3])
{
  double rounded[3];

  if (isnan (ras_mm[0]))
    {
      sag_json_string (writer, name, NULL);
      return;
    }
  for (int a = 0; a < 3; a++)
    rounded[a] = round (ras_mm[a] * 1000) / 1000;
  sag_json_numbers (writer, name, rounded, 3);
}

static void
write_row (const SagReport *report, SagJsonWriter *writer, gsize index, gboolean studies)
{
  const SagEvaluation    *evaluation = sag_report_get_evaluation (report);
  const SagEvaluationRow *row = sag_evaluation_get_row (evaluation, index);
  gsize                   n_models = sag_evaluation_get_counts (evaluation)->n_models;
  double                  scores[SAG_EVALUATE_MOST_MODELS];

  for (gsize m = 0; m < n_models; m++)
    scores[m] = row->outcomes[m].score;
  sag_json_begin_object (writer, NULL);
  sag_json_integer (writer, "line", row->sample->line);
  if (studies)
    sag_json_integer (writer, "case",
                      row->sample->study != NULL ? g_ascii_strtoll (row->sample->study, NULL, 10)
                                                 : 0);
  sag_json_string (writer, "task", row->sample->question);
  sag_json_integer (writer, "index", (gint64) sag_report_find_task (report, index));
  sag_json_integer (writer, "patient", row->patient);
  sag_json_integer (writer, "truth", row->truth);
  sag_json_numbers (writer, "scores", scores, n_models);
  sag_json_begin_array (writer, "peaks_ras_mm");
  for (gsize m = 0; m < n_models; m++)
    write_place (writer, NULL, row->outcomes[m].peak_ras_mm);
  sag_json_end_array (writer);
  if (row->sample->mask != NULL && row->outcomes[0].map.present)
    write_place (writer, "mask_ras_mm", row->outcomes[0].map.middle_ras_mm);
  sag_json_end_object (writer);
}

void
sag_report_write_cases (const SagReport *report, SagJsonWriter *writer, gboolean studies)
{
  const SagEvaluation *evaluation = sag_report_get_evaluation (report);

  sag_json_begin_array (writer, "cases");
  for (gsize i = 0; i < sag_evaluation_get_counts (evaluation)->n_rows; i++)
    if (sag_evaluation_get_row (evaluation, i)->answered)
      write_row (report, writer, i, studies);
  sag_json_end_array (writer);
}

void
sag_report_write (const SagReport *report, SagJsonWriter *writer)
{
  const SagReportOptions    *options = sag_report_get_options (report);
  const SagEvaluationCounts *counts =
    sag_evaluation_get_counts (sag_report_get_evaluation (report));

  sag_json_integer (writer, "scans", (gint64) counts->n_scans);
  sag_json_integer (writer, "patients", (gint64) counts->n_patients);
  sag_json_integer (writer, "rows", (gint64) counts->n_rows);
  sag_json_integer (writer, "repeated_rows", (gint64) counts->n_repeated);
  sag_json_integer (writer, "empty_masks_left_out", (gint64) counts->n_unknown);
  sag_json_integer (writer, "mask_rows_left_out", (gint64) counts->n_for_maps);
  sag_json_integer (writer, "synthetic_scans", (gint64) counts->n_synthetic);
  sag_json_integer (
    writer, "failed_scans",
    g_strv_length ((char **) sag_evaluation_get_failures (sag_report_get_evaluation (report))));
  sag_json_begin_object (writer, "scope");
  for (int v = SAG_SCOPE_IN; v <= SAG_SCOPE_OUT; v++)
    sag_json_integer (writer, sag_scope_verdict_to_string ((SagScopeVerdict) v),
                      (gint64) counts->n_scope[v]);
  sag_json_end_object (writer);
  sag_json_number (writer, "threshold", options->threshold);
  sag_json_number (writer, "map_threshold", (double) SAG_LOCALISE_THRESHOLD);
  sag_json_integer (writer, "bootstrap_rounds", options->n_rounds);
  sag_json_integer (writer, "seed", (gint64) options->seed);
  sag_json_begin_array (writer, "tasks");
  for (gsize t = 0; t < sag_report_get_n_tasks (report); t++)
    write_task (report, writer, sag_report_get_task (report, t));
  sag_json_end_array (writer);
  sag_json_begin_array (writer, "groups");
  for (gsize g = 0; g < sag_report_get_n_groups (report); g++)
    write_group (report, writer, sag_report_get_group (report, g));
  sag_json_end_array (writer);
}
