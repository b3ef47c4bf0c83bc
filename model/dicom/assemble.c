/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/assemble.h"

#include <math.h>

gsize
sag_dicom_grid_slice_bytes (const SagDicomGrid *grid)
{
  return (gsize) grid->dims[0] * grid->dims[1] *
         (grid->scalar == SAG_SCALAR_INT16 ? sizeof (gint16) : sizeof (float));
}

/* Where pixel @i of the grid lies among @n of the slice: the one below and the share of the next; FALSE outside. */
static gboolean
locate (double at, int n, int *below, float *share)
{
  if (at < -0.5 || at > n - 0.5)
    return FALSE;
  at = CLAMP (at, 0, n - 1);
  *below = MIN ((int) at, MAX (n - 2, 0));
  *share = (float) (at - *below);
  return TRUE;
}

gboolean
sag_dicom_shift (const SagDicomGrid   *grid,
                 const SagDicomHeader *header,
                 const double          offset_mm[2],
                 const double          spacing_mm[2],
                 const float          *values,
                 void                 *out)
{
  const double shift[2] = { offset_mm[0] / spacing_mm[0], offset_mm[1] / spacing_mm[1] };
  const int    columns = header->columns, rows = header->rows;
  const int    right = columns > 1 ? 1 : 0, down = rows > 1 ? columns : 0;
  gboolean     fits = TRUE;
  gsize        n = 0;

  for (int j = 0; j < grid->dims[1]; j++)
    {
      int            y = 0;
      float          v = 0;
      const gboolean row = locate (j - shift[1], rows, &y, &v);

      for (int i = 0; i < grid->dims[0]; i++, n++)
        {
          int   x;
          float u, value = grid->air;

          if (row && locate (i - shift[0], columns, &x, &u))
            {
              const float *p = values + (gsize) y * columns + x;

              value = (1 - v) * ((1 - u) * p[0] + u * p[right]) +
                      v * ((1 - u) * p[down] + u * p[down + right]);
            }
          if (grid->scalar == SAG_SCALAR_FLOAT32)
            ((float *) out)[n] = value;
          else if (value >= G_MININT16 && value <= G_MAXINT16)
            ((gint16 *) out)[n] = (gint16) lrintf (value);
          else
            fits = FALSE;
        }
    }
  return fits;
}

void
sag_dicom_blend (
  const SagDicomGrid *grid, const void *below, const void *above, double weight, void *out)
{
  const gsize n = (gsize) grid->dims[0] * grid->dims[1];
  const float w = (float) weight;

  if (grid->scalar == SAG_SCALAR_INT16)
    for (gsize i = 0; i < n; i++)
      {
        const float a = ((const gint16 *) below)[i], b = ((const gint16 *) above)[i];

        ((gint16 *) out)[i] = (gint16) lrintf (a + w * (b - a));
      }
  else
    for (gsize i = 0; i < n; i++)
      {
        const float a = ((const float *) below)[i], b = ((const float *) above)[i];

        ((float *) out)[i] = a + w * (b - a);
      }
}

/* The files' own grid: it differs from the volume's where slices were shifted or filled in. */
static SagGeometry
get_grid (const SagDicomSeries *series)
{
  const SagDicomSlice *first = &g_array_index (series->slices, SagDicomSlice, 0);
  const SagDicomSlice *last =
    &g_array_index (series->slices, SagDicomSlice, series->slices->len - 1);
  const double *from = sag_dicom_slice_frame (first)->position_mm;
  const double *to = sag_dicom_slice_frame (last)->position_mm;
  SagGeometry   grid = series->geometry;

  grid.dims[0] = series->header->columns;
  grid.dims[1] = series->header->rows;
  grid.dims[2] = (gint32) series->slices->len;
  for (int r = 0; r < 3; r++)
    {
      const double sign = r < 2 ? -1 : 1;

      if (grid.dims[2] > 1)
        grid.ijk_to_ras[r][2] = sign * (to[r] - from[r]) / (grid.dims[2] - 1);
      grid.ijk_to_ras[r][3] = sign * from[r];
    }
  return grid;
}

static gboolean
is_resampled (const SagDicomSeries *series)
{
  for (guint k = 0; k < series->targets->len; k++)
    if (g_array_index (series->targets, SagDicomTarget, k).made_up)
      return TRUE;
  return series->is_sheared;
}

SagOrigin *
sag_dicom_origin_new (const SagDicomSeries *series)
{
  const SagDicomHeader *header = series->header;
  SagOrigin            *origin = sag_origin_new ((int) series->targets->len);

  for (int k = 0; k < origin->n_slices; k++)
    {
      const SagDicomTarget *target = &g_array_index (series->targets, SagDicomTarget, k);
      const SagDicomSlice  *slice = &g_array_index (series->slices, SagDicomSlice, target->below);

      if (target->made_up)
        continue;
      origin->slices[k].instance_uid = g_strdup (slice->file->header->instance_uid);
      origin->slices[k].frame = slice->frame;
    }
  origin->study_uid = g_strdup (header->study_uid);
  origin->series_uid = g_strdup (header->series_uid);
  origin->frame_of_reference_uid = g_strdup (header->frame_of_reference_uid);
  origin->class_uid = g_strdup (header->class_uid);
  origin->grid = get_grid (series);
  origin->is_resampled = is_resampled (series);
  origin->description = g_strdup (header->series_description);
  origin->study_date = g_strdup (header->study_date);
  origin->kernel = g_strdup (header->kernel);
  origin->contrast = g_strdup (header->contrast);
  origin->phase = g_strdup (header->phase);
  origin->slice_thickness_mm = header->slice_thickness_mm;
  origin->age_years = header->age_years;
  return origin;
}
