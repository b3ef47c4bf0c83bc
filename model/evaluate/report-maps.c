/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report-maps.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median_of (double *values, gsize n)
{
  if (n == 0)
    return NAN;
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static double
share (double part, gsize whole)
{
  return whole > 0 ? part / (double) whole : NAN;
}

/* Sums of one model's maps over the rows; then shares. */
static void
add_map (
  SagReportMaps *maps, const SagEvaluationRow *row, gsize model, double *distances, gsize *n_right)
{
  const SagLocalisation *map = &row->outcomes[model].map;

  if (!map->present)
    {
      if (row->truth == 0)
        {
          maps->n_absent++;
          maps->false_alarms += !map->quiet;
        }
      return;
    }
  distances[maps->n_present++] = map->distance_mm;
  maps->hit += map->hit;
  maps->strict_hit += map->strict_hit;
  maps->dice += map->dice;
  maps->best_dice += map->best_dice;
  maps->cell_dice += map->cell_dice;
  maps->n_sided += map->side != SAG_SIDE_NONE;
  *n_right += map->side == SAG_SIDE_SAME;
}

static void
fill_model (SagReportTask *task, const SagEvaluation *evaluation, const GArray *rows, gsize model)
{
  SagReportMaps     *maps = &task->models[model].maps;
  g_autofree double *distances = g_new (double, rows->len);
  gsize              n_right = 0;

  for (guint i = 0; i < rows->len; i++)
    {
      const SagEvaluationRow *row =
        sag_evaluation_get_row (evaluation, g_array_index (rows, guint, i));

      if (row->answered && row->sample->mask != NULL)
        add_map (maps, row, model, distances, &n_right);
    }
  maps->hit = share (maps->hit, maps->n_present);
  maps->strict_hit = share (maps->strict_hit, maps->n_present);
  maps->dice = share (maps->dice, maps->n_present);
  maps->best_dice = share (maps->best_dice, maps->n_present);
  maps->cell_dice = share (maps->cell_dice, maps->n_present);
  maps->median_distance_mm = median_of (distances, maps->n_present);
  maps->right_side = share ((double) n_right, maps->n_sided);
  maps->false_alarms = share (maps->false_alarms, maps->n_absent);
}

void
sag_report_maps_clear (SagReportMaps *maps)
{
  *maps = (SagReportMaps){ .hit = NAN,
                           .strict_hit = NAN,
                           .dice = NAN,
                           .best_dice = NAN,
                           .cell_dice = NAN,
                           .median_distance_mm = NAN,
                           .right_side = NAN,
                           .false_alarms = NAN };
}

static void
measure_size (SagReportTask *task, const SagEvaluation *evaluation, const GArray *rows)
{
  const SagEvaluationCounts *counts = sag_evaluation_get_counts (evaluation);
  g_autofree double         *volumes = g_new (double, rows->len);
  gsize                      n = 0;

  for (guint i = 0; i < rows->len && sag_evaluation_has_maps (evaluation); i++)
    {
      const SagEvaluationRow *row =
        sag_evaluation_get_row (evaluation, g_array_index (rows, guint, i));
      const SagLocalisation *map = &row->outcomes[0].map;

      if (!row->answered || row->sample->mask == NULL)
        continue;
      task->n_masks++;
      task->n_outside += !map->present && map->volume_ml > 0;
      if (map->present)
        volumes[n++] = map->volume_ml * map->share_in_box;
    }
  task->median_ml = median_of (volumes, n);
  task->large = task->median_ml > counts->cell_ml[counts->has_map[0] ? 0 : counts->n_models - 1];
}

void
sag_report_maps_fill (SagReportTask       *task,
                      const SagEvaluation *evaluation,
                      const GArray        *rows,
                      gsize                n_models)
{
  measure_size (task, evaluation, rows);
  for (gsize m = 0; m < n_models; m++)
    if (sag_evaluation_get_counts (evaluation)->has_map[m])
      fill_model (task, evaluation, rows, m);
    else
      sag_report_maps_clear (&task->models[m].maps);
}

/* Adds to a mean what is a number. */
static void
add_number (double value, double *sum, gsize *n)
{
  if (isnan (value))
    return;
  *sum += value;
  (*n)++;
}

gsize
sag_report_maps_average (const SagReportTask *tasks,
                         const GArray        *which,
                         gsize                model,
                         SagReportMaps       *maps)
{
  gsize n = 0, n_sides = 0, n_alarms = 0;

  *maps = (SagReportMaps){ 0 };
  for (guint i = 0; i < which->len; i++)
    {
      const SagReportTask *task = &tasks[g_array_index (which, gsize, i)];
      const SagReportMaps *own = &task->models[model].maps;

      if (!task->detects)
        continue;
      maps->n_present += own->n_present;
      maps->n_sided += own->n_sided;
      maps->n_absent += own->n_absent;
      add_number (own->right_side, &maps->right_side, &n_sides);
      add_number (own->false_alarms, &maps->false_alarms, &n_alarms);
      if (own->n_present == 0)
        continue;
      n++;
      maps->hit += own->hit;
      maps->strict_hit += own->strict_hit;
      maps->dice += own->dice;
      maps->best_dice += own->best_dice;
      maps->cell_dice += own->cell_dice;
      maps->median_distance_mm += own->median_distance_mm;
    }
  maps->hit = share (maps->hit, n);
  maps->strict_hit = share (maps->strict_hit, n);
  maps->dice = share (maps->dice, n);
  maps->best_dice = share (maps->best_dice, n);
  maps->cell_dice = share (maps->cell_dice, n);
  maps->median_distance_mm = share (maps->median_distance_mm, n);
  maps->right_side = share (maps->right_side, n_sides);
  maps->false_alarms = share (maps->false_alarms, n_alarms);
  return n;
}
