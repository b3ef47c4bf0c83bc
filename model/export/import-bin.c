/* SPDX-License-Identifier: Apache-2.0 */

/* Masks of a table whose scans are upstream's .bin. Such a file knows no place in the patient: its masks are taken only
 * if the scan's .bin is, voxel for voxel, what sag_export_upstream() makes of the project's own scan. Then it is known
 * where all of them lie. */

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/dataset/bin.h"
#include "model/dataset/read.h"
#include "model/dicom/scan.h"
#include "model/export/import-private.h"
#include "model/export/upstream-grid.h"

#include <string.h>

/* Another compiler may round a value between two voxels the other way. */
#define ROUNDING_HU 1

void
sag_bin_place_clear (SagBinPlace *place)
{
  g_clear_pointer (&place->scan, g_free);
  g_clear_error (&place->error);
  memset (place, 0, sizeof *place);
}

gboolean
sag_import_needs_place (const SagMaskRow *row)
{
  return sag_read_is_standardised (row->path) ||
         (row->scan != NULL && sag_read_is_standardised (row->scan));
}

static gboolean
is_same (SagVolume *a, SagVolume *b)
{
  const SagGeometry *grid = sag_volume_get_geometry (a);
  const gint16      *x = sag_volume_get_int16 (a), *y = sag_volume_get_int16 (b);
  const gsize        n = (gsize) sag_geometry_n_voxels (grid);

  if (memcmp (grid->dims, sag_volume_get_geometry (b)->dims, sizeof grid->dims) != 0)
    return FALSE;
  for (gsize v = 0; v < n; v++)
    if (ABS (x[v] - y[v]) > ROUNDING_HU)
      return FALSE;
  return TRUE;
}

/* The grid that the case has at 1 mm, if its voxels there are those of @bin. */
static gboolean
find_grid (SagBinPlace *place, SagVolume *bin, SagVolume *volume)
{
  const SagGeometry *stored = sag_volume_get_geometry (volume);
  SagGeometry        grid;
  g_autoptr (SagVolume) standard = NULL;

  if (!sag_geometry_equal (stored, &place->one->geometry, SAG_SAME_GRID_MM) ||
      !sag_upstream_grid (stored, &grid, NULL) ||
      memcmp (grid.dims, place->grid.dims, sizeof grid.dims) != 0)
    return FALSE;
  standard = sag_upstream_resample (stored, &grid, volume, NULL);
  if (!is_same (standard, bin))
    return FALSE;
  place->grid = grid;
  return TRUE;
}

static gboolean
find_place (SagBinPlace *place, SagProject *project, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagVolume) bin = sag_bin_load (place->scan, error);
  g_autofree char *name = sag_file_dup_display_name (place->scan);
  g_autofree char *path = sag_project_dup_scan (project, place->one);
  g_autoptr (SagVolume) volume = NULL;

  if (bin == NULL)
    return FALSE;
  memcpy (place->grid.dims, sag_volume_get_geometry (bin)->dims, sizeof place->grid.dims);
  volume = sag_scan_load (path, NULL, NULL, NULL, cancellable, error);
  if (volume == NULL)
    return FALSE;
  if (find_grid (place, bin, volume))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s is not %s at 1 mm as a project exports it, and says nothing of its place, so "
               "its masks cannot be laid on the scan. Give them as NIfTI, with NIfTI scans.",
               name, place->one->name);
  return FALSE;
}

static gboolean
has_place (SagBinPlace      *place,
           SagProject       *project,
           const SagMaskRow *row,
           GCancellable     *cancellable,
           GError          **error)
{
  if (place->one != row->one || g_strcmp0 (place->scan, row->scan) != 0)
    {
      sag_bin_place_clear (place);
      place->one = row->one;
      place->scan = g_strdup (row->scan);
      if (!find_place (place, project, cancellable, &place->error) &&
          g_error_matches (place->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        place->one = NULL;
    }
  if (place->error != NULL && error != NULL)
    *error = g_error_copy (place->error);
  return place->error == NULL;
}

SagVolume *
sag_import_read_placed (SagBinPlace      *place,
                        SagProject       *project,
                        const SagMaskRow *row,
                        GCancellable     *cancellable,
                        GError          **error)
{
  g_autofree char *name = sag_file_dup_display_name (row->path);
  g_autoptr (SagVolume) map = NULL;
  g_autoptr (GError) unplaced = NULL;

  if (row->scan == NULL || !sag_read_is_standardised (row->scan))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "%s knows no place in the patient, and the line's scan is no .bin on which it "
                   "could lie. Give it as NIfTI.",
                   name);
      return NULL;
    }
  if (!has_place (place, project, row, cancellable, &unplaced) && place->grid.dims[0] == 0)
    {
      g_propagate_error (error, g_steal_pointer (&unplaced));
      return NULL;
    }
  map = sag_read_mask (row->path, row->scan, &place->grid, cancellable, error);
  if (map == NULL)
    return NULL;
  if (memcmp (sag_volume_get_geometry (map)->dims, place->grid.dims, sizeof place->grid.dims) == 0)
    {
      if (unplaced == NULL)
        return sag_import_check_map (map, name, error) ? g_steal_pointer (&map) : NULL;
      g_propagate_error (error, g_steal_pointer (&unplaced));
      return NULL;
    }
  /* NIfTI on another grid than the .bin says itself where it lies. */
  if (!sag_read_is_standardised (row->path))
    return sag_import_check_map (map, name, error) ? g_steal_pointer (&map) : NULL;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s has not as many voxels as the scan of its line, and says nothing of its place.",
               name);
  return NULL;
}
