/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-private.h"

#include "model/core/error.h"

static void
measure_volumes (const SagLungGrid *grid, const guint8 *sides, SagLungs *lungs)
{
  gsize n[3] = { 0 };

  for (gsize c = 0; c < grid->n_cells; c++)
    n[sides[c]]++;
  lungs->left_ml = n[SAG_LUNG_LEFT] * grid->cell_ml;
  lungs->right_ml = n[SAG_LUNG_RIGHT] * grid->cell_ml;
}

static SagVolume *
sides_to_volume (const SagLungGrid *grid, const guint8 *sides)
{
  gint16 *voxels = g_new (gint16, grid->n_cells);

  for (gsize c = 0; c < grid->n_cells; c++)
    voxels[c] = sides[c];
  return sag_volume_new_int16 (&grid->geometry, voxels);
}

SagLungs *
sag_lungs_segment (SagVolume *volume, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagLungGrid) grid = NULL;
  g_autoptr (SagLungs) lungs = g_new0 (SagLungs, 1);
  g_autofree guint8 *air = NULL;
  g_autofree guint8 *airway = NULL;
  g_autofree guint8 *sides = NULL;
  g_auto (SagLandmarks) landmarks = { 0 };

  g_return_val_if_fail (volume != NULL, NULL);

  if (sag_geometry_n_voxels (sag_volume_get_geometry (volume)) > G_MAXUINT32)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "The scan is too large to be searched for lungs; resample it to larger voxels.");
      return NULL;
    }
  grid = sag_lung_grid_new (volume);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  air = sag_lung_air_find (grid);
  sag_landmarks_find (&landmarks, grid, air);
  airway = sag_airway_find (grid, &landmarks, air);
  for (gsize c = 0; c < grid->n_cells; c++)
    air[c] &= !airway[c];
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  sides = sag_lung_sides_find (grid, &landmarks, air);
  sag_lung_sides_close (grid, airway, sides);
  measure_volumes (grid, sides, lungs);
  if (lungs->left_ml + lungs->right_ml > 0)
    lungs->mask = sides_to_volume (grid, sides);
  sag_thorax_range_find (grid, &landmarks, volume, airway, lungs->mask ? sides : NULL, lungs);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&lungs);
}

void
sag_lungs_free (SagLungs *lungs)
{
  if (lungs == NULL)
    return;
  g_clear_pointer (&lungs->mask, sag_volume_unref);
  g_free (lungs);
}
