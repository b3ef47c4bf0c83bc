/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/survey.h"

#include "model/phantom/scanner.h"

#include <math.h>

#define CELL_MM 10

SagSurvey *
sag_survey_new (const SagSubject *subject)
{
  const SagPhantomOptions options = { .spacing_mm = { CELL_MM, CELL_MM, CELL_MM } };
  const double            low[3] = { -160, -122, -215 }, high[3] = { 160, 116, 108 };
  SagSurvey              *survey = g_new0 (SagSurvey, 1);
  SagCanvas               canvas = { 0 };
  double                  box[2][3];
  SagGrid                 grid;
  gsize                   v = 0;

  for (guint a = 0; a < 3; a++)
    {
      box[0][a] = low[a] * subject->scale[a];
      box[1][a] = high[a] * subject->scale[a];
    }
  survey->points = g_array_new (FALSE, FALSE, sizeof (SagSurveyPoint));
  survey->cell_ml = CELL_MM * CELL_MM * CELL_MM / 1000.0;
  if (!sag_grid_init (&grid, &options, box[0], box[1]))
    return survey;
  sag_canvas_paint (&canvas, subject, &grid, TRUE);
  for (gint32 k = 0; k < grid.dims[2]; k++)
    for (gint32 j = 0; j < grid.dims[1]; j++)
      for (gint32 i = 0; i < grid.dims[0]; i++, v++)
        {
          const gint32   index[3] = { i, j, k };
          SagSurveyPoint point = { .organ = canvas.organs[v] };

          if (!(sag_over_of_organ (point.organ) & SAG_OVER_LUNGS))
            continue;
          for (guint a = 0; a < 3; a++)
            point.at[a] = sag_grid_position (&grid, a, index);
          g_array_append_val (survey->points, point);
        }
  sag_canvas_clear (&canvas);
  return survey;
}

void
sag_survey_free (SagSurvey *survey)
{
  if (survey == NULL)
    return;
  g_array_unref (survey->points);
  g_free (survey);
}

guint8
sag_survey_probe (const SagSubject *subject, const double at[3])
{
  float        hu = -1000;
  guint8       label = SAG_PHANTOM_BACKGROUND, organ = SAG_PHANTOM_BACKGROUND;
  const SagRow row = { .n = 1,
                       .voxel_mm = 0.1,
                       .seed = subject->seed,
                       .x = &at[0],
                       .y = &at[1],
                       .z = &at[2],
                       .hu = &hu,
                       .labels = &label,
                       .organs = &organ };

  for (guint s = 0; s < subject->solids->len; s++)
    sag_solid_paint (&g_array_index (subject->solids, SagSolid, s), &row, 0, 1);
  return organ;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
in_planes (const SagSolid *solid, const double at[3])
{
  for (guint p = 0; p < SAG_SOLID_MAX_PLANES; p++)
    {
      const double *plane = solid->planes[p];

      if (plane[0] * at[0] + plane[1] * at[1] + plane[2] * at[2] > plane[3])
        return FALSE;
    }
  return TRUE;
}

double
sag_survey_grow_to (const SagSurvey *survey, SagSolid *solid, guint64 seed, double ml)
{
  g_autoptr (GArray) reach = g_array_new (FALSE, FALSE, sizeof (double));
  gsize wanted = (gsize) (ml / survey->cell_ml + 0.5), n;

  for (guint p = 0; p < survey->points->len; p++)
    {
      const SagSurveyPoint *point = &g_array_index (survey->points, SagSurveyPoint, p);
      double                grow;

      if (!(sag_over_of_organ (point->organ) & solid->over) || !in_planes (solid, point->at))
        continue;
      grow = sag_solid_measure (solid, seed, point->at);
      g_array_append_val (reach, grow);
    }
  if (reach->len == 0)
    return 0;
  g_array_sort (reach, compare_doubles);
  n = CLAMP (wanted, 1, reach->len);
  solid->grow = g_array_index (reach, double, solid->inverted ? reach->len - n : n - 1);
  return (double) n * survey->cell_ml;
}

gboolean
sag_survey_draw (const SagSurvey *survey, SagDraw *draw, guint16 over, double at[3])
{
  for (guint try = 0; try < 200 && survey->points->len > 0; try++)
    {
      const SagSurveyPoint *point = &g_array_index (
        survey->points, SagSurveyPoint, sag_draw_integer (draw, 0, survey->points->len - 1));

      if (!(sag_over_of_organ (point->organ) & over))
        continue;
      for (guint a = 0; a < 3; a++)
        at[a] = point->at[a] + sag_draw_uniform (draw, -CELL_MM / 2.0, CELL_MM / 2.0);
      return TRUE;
    }
  return FALSE;
}
