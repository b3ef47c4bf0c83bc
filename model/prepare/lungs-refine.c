/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-private.h"

#include "model/core/pool.h"

/* From cells to voxels. Well inside a lung a voxel takes its cell's side, vessels included; near
 * the surface its own density decides, so that the mask's edge is the scan's and not the cells'. */

typedef struct
{
  const SagLungGrid *grid; /* without HU */
  SagVoxels          stored;
  gsize              cell_stride[3]; /* along the stored axes */
  gint32            *cell[3];        /* (stored dims): block of each stored index */
  const guint8      *inside;         /* (n_cells): side, not near the surface */
  const guint8      *reach;          /* (n_cells): side, the surface included */
  gint16            *mask;
  GCancellable      *cancellable;
} Refine;

static void
refine_plane (gsize item, guint worker, gpointer data)
{
  const Refine *refine = data;
  const gint32 *dims = refine->stored.geometry.dims;
  gint32        k = (gint32) item;

  if (g_cancellable_is_cancelled (refine->cancellable))
    return;
  for (gint32 j = 0; j < dims[1]; j++)
    {
      gsize row = ((gsize) k * dims[1] + j) * dims[0];
      gsize first =
        refine->cell[2][k] * refine->cell_stride[2] + refine->cell[1][j] * refine->cell_stride[1];
      const gint16 *shorts = (const gint16 *) refine->stored.origin + row;
      const float  *floats = (const float *) refine->stored.origin + row;
      gboolean      is_short = refine->stored.scalar == SAG_SCALAR_INT16;

      for (gint32 i = 0; i < dims[0]; i++)
        {
          gsize c = first + refine->cell[0][i] * refine->cell_stride[0];

          refine->mask[row + i] = refine->inside[c];
          if (refine->reach[c] != refine->inside[c] &&
              (is_short ? shorts[i] < SAG_LUNG_AIR_HU : floats[i] < SAG_LUNG_AIR_HU))
            refine->mask[row + i] = refine->reach[c];
        }
    }
}

/* @inside: cells whose neighbours are all of their lung; @reach: a cell further on all sides. */
static void
find_surface (const SagLungGrid *grid, const gint16 *sides, guint8 *inside, guint8 *reach)
{
  for (int side = SAG_LUNG_LEFT; side <= SAG_LUNG_RIGHT; side++)
    {
      g_autofree guint8 *cells = g_new (guint8, grid->n_cells);

      for (gsize c = 0; c < grid->n_cells; c++)
        cells[c] = sides[c] == side;
      sag_cells_erode (grid, cells);
      for (gsize c = 0; c < grid->n_cells; c++)
        inside[c] |= cells[c] * side;
      for (guint step = 0; step < 2; step++)
        sag_cells_dilate (grid, cells);
      /* Of two lungs that touch neither reaches into the other. */
      for (gsize c = 0; c < grid->n_cells; c++)
        if (cells[c] && (sides[c] == side || (sides[c] == 0 && reach[c] == 0)))
          reach[c] = side;
    }
}

SagVolume *
sag_lungs_refine (const SagLungs *lungs,
                  SagVolume      *volume,
                  GCancellable   *cancellable,
                  GError        **error)
{
  SagLungGrid        grid = { 0 };
  g_autofree guint8 *inside = NULL;
  g_autofree guint8 *reach = NULL;
  Refine             refine = { .grid = &grid, .cancellable = cancellable };
  bool               flip[3];
  double             spacing[3];
  int                axis[3];

  g_return_val_if_fail (lungs != NULL && volume != NULL, NULL);

  if (lungs->mask == NULL)
    return NULL;
  grid.geometry = *sag_volume_get_geometry (lungs->mask);
  grid.n_cells = sag_geometry_n_voxels (&grid.geometry);
  inside = g_new0 (guint8, grid.n_cells);
  reach = g_new0 (guint8, grid.n_cells);
  find_surface (&grid, sag_volume_get_int16 (lungs->mask), inside, reach);
  refine.inside = inside;
  refine.reach = reach;

  sag_volume_view_stored (volume, &refine.stored);
  sag_geometry_nearest_axes (&refine.stored.geometry, axis, flip);
  sag_geometry_spacing_mm (&refine.stored.geometry, spacing);
  for (guint a = 0; a < 3; a++)
    {
      const double ras_spacing[3] = { spacing[axis[0]], spacing[axis[1]], spacing[axis[2]] };
      gint32       factor[3], n = refine.stored.geometry.dims[axis[a]];

      sag_lung_grid_factors (ras_spacing, factor);
      refine.cell_stride[axis[a]] = sag_lung_grid_index (&grid, a == 0, a == 1, a == 2);
      refine.cell[axis[a]] = g_new (gint32, n);
      for (gint32 s = 0; s < n; s++)
        refine.cell[axis[a]][s] = (flip[a] ? n - 1 - s : s) / factor[a];
    }
  refine.mask = g_new (gint16, sag_geometry_n_voxels (&refine.stored.geometry));
  sag_pool_run (sag_pool_get_default (), refine.stored.geometry.dims[2], refine_plane, &refine);
  for (guint a = 0; a < 3; a++)
    g_free (refine.cell[a]);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_free (refine.mask);
      return NULL;
    }
  return sag_volume_new_int16 (&refine.stored.geometry, refine.mask);
}
