/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/read.h"

#include "model/core/hash.h"
#include "model/dataset/bin.h"
#include "model/dicom/scan.h"
#include "model/prepare/standard-run.h"

#include <string.h>

gboolean
sag_read_is_standardised (const char *path)
{
  return g_str_has_suffix (path, ".bin");
}

SagVolume *
sag_read_volume (const char *path, GCancellable *cancellable, GError **error)
{
  if (sag_read_is_standardised (path))
    return sag_bin_load (path, error);
  return sag_scan_load (path, NULL, NULL, NULL, cancellable, error);
}

/* The box lies in the middle, as sag_standard_centre() has it, and the input's voxels cover it. */
static SagPrepared *
cut_box (SagVolume *volume, const SagRecipe *recipe)
{
  SagGeometry      geometry = *sag_volume_get_geometry (volume);
  gint32           start[3];
  gsize            n = (gsize) recipe->input[0] * recipe->input[1] * recipe->input[2];
  float           *input;
  g_autofree char *key = NULL;

  for (int a = 0; a < 3; a++)
    {
      double factor = (double) recipe->box_mm[a] / recipe->input[a];

      start[a] = sag_standard_centre (geometry.dims[a], recipe->box_mm[a]);
      geometry.dims[a] = recipe->input[a];
      geometry.ijk_to_ras[a][a] *= factor;
      geometry.ijk_to_ras[a][3] += start[a] - 0.5 + 0.5 * factor;
    }
  input = sag_standard_pool_volume (volume, recipe, start);
  key = sag_hash_voxels (input, n * sizeof *input);
  return sag_prepared_new_kept (recipe, input, &geometry, SAG_SCOPE_IN, "none", key);
}

SagPrepared *
sag_read_prepare (const char              *path,
                  SagVolume               *volume,
                  const SagRecipe         *recipe,
                  const SagPrepareOptions *options,
                  GCancellable            *cancellable,
                  GError                 **error)
{
  if (!sag_read_is_standardised (path))
    return sag_prepare (volume, recipe, options, cancellable, error);
  if (!sag_prepare_check (sag_volume_get_geometry (volume), recipe, error))
    return NULL;
  return cut_box (volume, recipe);
}

void
sag_read_place_mask (const char *scan_path, const SagGeometry *scan, SagGeometry *mask)
{
  if (sag_read_is_standardised (scan_path) &&
      memcmp (mask->dims, scan->dims, sizeof mask->dims) == 0)
    *mask = *scan;
}

SagVolume *
sag_read_mask (const char        *path,
               const char        *scan_path,
               const SagGeometry *scan,
               GCancellable      *cancellable,
               GError           **error)
{
  g_autoptr (SagVolume) volume = sag_read_volume (path, cancellable, error);
  SagGeometry placed;
  gsize       n;

  if (volume == NULL)
    return NULL;
  placed = *sag_volume_get_geometry (volume);
  sag_read_place_mask (scan_path, scan, &placed);
  if (sag_geometry_equal (&placed, sag_volume_get_geometry (volume), 0))
    return g_steal_pointer (&volume);
  n = (gsize) sag_geometry_n_voxels (&placed);
  if (sag_volume_get_int16 (volume) != NULL)
    return sag_volume_new_int16 (&placed,
                                 g_memdup2 (sag_volume_get_int16 (volume), n * sizeof (gint16)));
  return sag_volume_new_float (&placed,
                               g_memdup2 (sag_volume_get_float (volume), n * sizeof (float)));
}
