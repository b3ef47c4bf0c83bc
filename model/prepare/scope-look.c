/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/scope-look.h"

#include "model/prepare/lungs-grid.h"

#include <math.h>

/* A mask is looked at in RAS order, as the working grid is stored. */

static gboolean
is_in_box (const double mask_to_box[3][4], const SagGeometry *box, gint32 i, gint32 j, gint32 k)
{
  double at[3] = { i, j, k };

  sag_geometry_apply (mask_to_box, at, at);
  for (guint a = 0; a < 3; a++)
    if (at[a] < -0.5 || at[a] >= box->dims[a] - 0.5)
      return FALSE;
  return TRUE;
}

void
sag_lung_look (SagLungLook *look, SagVolume *mask, const SagGeometry *box)
{
  const SagGeometry *geometry = sag_volume_get_geometry (mask);
  const gint16      *sides = sag_volume_get_int16 (mask);
  const gint32      *dims = geometry->dims;
  double             spacing[3], ras_to_box[3][4], mask_to_box[3][4];
  gint32             low_i = G_MAXINT32, high_i = -1;
  gint64             n_in_box = 0, n_all;
  gsize              c = 0;

  *look = (SagLungLook){ .share_in_box = NAN };
  if (box != NULL && sag_geometry_invert (box, ras_to_box))
    sag_geometry_compose (ras_to_box, geometry->ijk_to_ras, mask_to_box);
  else
    box = NULL;
  sag_geometry_spacing_mm (geometry, spacing);
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; c++, i++)
        {
          const gint32 at[3] = { i, j, k };

          if (sides[c] == 0)
            continue;
          look->n_cells[sides[c]]++;
          low_i = MIN (low_i, i);
          high_i = MAX (high_i, i);
          n_in_box += box != NULL && is_in_box (mask_to_box, box, i, j, k);
          for (guint a = 0; a < 3; a++)
            {
              double mm2 = spacing[(a + 1) % 3] * spacing[(a + 2) % 3];

              look->cut_mm2[a][0] += at[a] == 0 ? mm2 : 0;
              look->cut_mm2[a][1] += at[a] == dims[a] - 1 ? mm2 : 0;
            }
        }
  n_all = look->n_cells[SAG_LUNG_LEFT] + look->n_cells[SAG_LUNG_RIGHT];
  if (box != NULL && n_all > 0)
    look->share_in_box = n_in_box / (double) n_all;
  if (look->n_cells[SAG_LUNG_LEFT] > 0 && look->n_cells[SAG_LUNG_RIGHT] > 0)
    look->width_mm = (high_i - low_i + 1) * spacing[0];
}

/* The lungs' cells along j and k. */
static void
find_extent (const SagGeometry *geometry, const gint16 *sides, gint32 low[2], gint32 high[2])
{
  const gint32 *dims = geometry->dims;
  gsize         c = 0;

  low[0] = low[1] = G_MAXINT32;
  high[0] = high[1] = -1;
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; c++, i++)
        if (sides[c] != 0)
          {
            low[0] = MIN (low[0], j);
            high[0] = MAX (high[0], j);
            low[1] = MIN (low[1], k);
            high[1] = MAX (high[1], k);
          }
}

/* Densities of tissue with and without contrast medium, neither fat nor bone, in steps. */
enum
{
  LOW_HU = -20,
  STEP_HU = 4,
  N_STEPS = 155,
};

/* Counts the densities between the left and the right lung in one row. */
static void
count_between (const SagVoxels *ras,
               const gint32     factor[3],
               const gint16    *row,
               gint32           n,
               gint32           j,
               gint32           k,
               guint            counts[N_STEPS])
{
  gint32 left = n - 1, right;

  while (left >= 0 && row[left] != SAG_LUNG_LEFT)
    left--;
  for (right = left + 1; right < n && row[right] != SAG_LUNG_RIGHT; right++)
    ;
  if (left < 0 || right == n)
    return;
  for (gint32 i = left + 1; i < right; i++)
    {
      const gint32 at[3] = { i, j, k };
      gint64       offset = 0;
      float        hu;

      for (guint a = 0; a < 3; a++)
        offset +=
          MIN (at[a] * factor[a] + factor[a] / 2, ras->geometry.dims[a] - 1) * ras->stride[a];
      hu = sag_voxels_value (ras, offset);
      if (hu >= LOW_HU && hu < LOW_HU + STEP_HU * N_STEPS)
        counts[(guint) (hu - LOW_HU) / STEP_HU]++;
    }
}

SagContrast
sag_contrast_guess (SagVolume *volume, SagVolume *mask)
{
  const SagGeometry *geometry = sag_volume_get_geometry (mask);
  const gint16      *sides = sag_volume_get_int16 (mask);
  const gint32      *dims = geometry->dims;
  guint              counts[N_STEPS] = { 0 }, n = 0, below = 0, step = 0;
  gint32             low[2], high[2], factor[3];
  double             spacing[3];
  SagVoxels          ras;
  gint               median;

  sag_volume_view_ras (volume, &ras);
  sag_geometry_spacing_mm (&ras.geometry, spacing);
  sag_lung_grid_factors (spacing, factor);
  find_extent (geometry, sides, low, high);
  /* The level of the heart, in front of the spine. */
  for (gint32 k = low[1] + (high[1] - low[1]) / 4; k <= low[1] + (high[1] - low[1]) * 2 / 3; k++)
    for (gint32 j = low[0] + (high[0] - low[0]) * 2 / 5; j <= low[0] + (high[0] - low[0]) * 17 / 20;
         j++)
      count_between (&ras, factor, sides + dims[0] * (j + (gsize) dims[1] * k), dims[0], j, k,
                     counts);
  for (guint s = 0; s < N_STEPS; s++)
    n += counts[s];
  if (n < 300)
    return SAG_CONTRAST_UNKNOWN;
  while ((below += counts[step]) * 2 < n)
    step++;
  median = LOW_HU + (gint) step * STEP_HU + STEP_HU / 2;
  return median < 80    ? SAG_CONTRAST_NONE
         : median > 100 ? SAG_CONTRAST_ENHANCED
                        : SAG_CONTRAST_UNKNOWN;
}
