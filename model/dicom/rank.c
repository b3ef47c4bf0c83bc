/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/series.h"

#include <math.h>
#include <string.h>

/* Which series somebody most likely wants to look at, and to ask the model about: an axial chest CT with thin slices
 * and a smooth kernel. Points, not rules: a folder with nothing better opens what it has. */

static gboolean
says (const SagDicomHeader *header, const char *const *words)
{
  g_autofree char *text = g_strconcat (header->series_description, " ", header->study_description,
                                       " ", header->body_part, " ", header->protocol, NULL);
  g_autofree char *lower = g_utf8_strdown (text, -1);

  for (; *words != NULL; words++)
    if (strstr (lower, *words) != NULL)
      return TRUE;
  return FALSE;
}

static double
rate_extent (const SagDicomSeries *series)
{
  double spacing[3], length;
  int    axis[3];
  bool   flip[3];
  double points = 0;

  sag_geometry_spacing_mm (&series->geometry, spacing);
  sag_geometry_nearest_axes (&series->geometry, axis, flip);
  length = spacing[2] * series->geometry.dims[2];
  if (axis[2] != 2)
    points -= 20; /* not axial: a reformatted view */
  if (length >= 180 && length <= 600)
    points += 20;
  else if (length < 60)
    points -= 30;
  if (spacing[2] <= 1.6)
    points += 10;
  else if (spacing[2] <= 3.1)
    points += 7;
  else if (spacing[2] <= 5.1)
    points += 4;
  return points;
}

/* "B31f" and "STANDARD" are smooth, "B70f" and "LUNG" sharp. */
static double
rate_kernel (const char *kernel)
{
  static const char *const sharp[] = { "LUNG", "BONE", "EDGE", "SHARP", "FC5", "FC8", "YC", "YD" };
  const char              *digits = strpbrk (kernel, "0123456789");

  for (gsize i = 0; i < G_N_ELEMENTS (sharp); i++)
    if (g_str_has_prefix (kernel, sharp[i]))
      return 0;
  if ((kernel[0] == 'B' || kernel[0] == 'I' || kernel[0] == 'Q') && digits != NULL &&
      g_ascii_strtod (digits, NULL) >= 50)
    return 0;
  return 5;
}

static double
rate (const SagDicomSeries *series)
{
  static const char *const chest[] = { "chest", "thorax", "lung", "pulmo", "torax", "brust", NULL };
  static const char *const other[] = { "head",   "brain", "neck", "spine",    "knee",
                                       "pelvis", "scout", "dose", "topogram", NULL };
  const SagDicomHeader    *header = series->header;
  double                   points = 50;

  if (series->problem != NULL || strcmp (series->kind, "localiser") == 0)
    return -1;
  if (strcmp (header->kind, "CT") != 0)
    points -= 40;
  if (series->slices->len < 20)
    points -= 20;
  if (says (header, chest))
    points += 20;
  else if (says (header, other))
    points -= 20;
  if (strstr (header->image_type, "DERIVED") != NULL)
    points -= 5;
  if (series->is_sheared)
    points -= 10;
  points += rate_extent (series) + rate_kernel (header->kernel);
  return MAX (points, 0);
}

void
sag_dicom_series_rank (GPtrArray *all)
{
  SagDicomSeries *best = NULL;

  for (guint i = 0; i < all->len; i++)
    {
      SagDicomSeries *series = all->pdata[i];

      series->score = rate (series);
      if (best != NULL && strcmp (best->header->study_uid, series->header->study_uid) != 0)
        {
          best->is_best = best->score >= 0;
          best = NULL;
        }
      if (best == NULL || series->score > best->score ||
          (!(series->score < best->score) && series->slices->len > best->slices->len))
        best = series;
    }
  if (best != NULL)
    best->is_best = best->score >= 0;
}
