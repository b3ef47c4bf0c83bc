/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/components.h"

G_BEGIN_DECLS

/**
 * SagLungGrid: the working copy: block means of a scan, about 3 mm, in RAS order, i (to the right)
 * fastest.
 * @geometry: its dims and its affine; its corner is the scan's
 * @factor: voxels of the RAS view along each axis that make one cell
 * @hu: clamped to -1024 .. 3071; NaN counts as air
 */
typedef struct
{
  SagGeometry geometry;
  gint32      factor[3];
  double      spacing_mm[3];
  gint32      scan_dims[3];       /* of the RAS view */
  double      scan_spacing_mm[3]; /* of the RAS view */
  gsize       n_cells;
  double      cell_ml;
  gint16     *hu;
} SagLungGrid;

SagLungGrid *sag_lung_grid_new (SagVolume *volume);
void         sag_lung_grid_free (SagLungGrid *grid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLungGrid, sag_lung_grid_free)

/** sag_lung_grid_factors: block sizes for a RAS view with this spacing. */
void sag_lung_grid_factors (const double spacing_mm[3], gint32 factor[3]);

static inline gsize
sag_lung_grid_index (const SagLungGrid *grid, gint32 i, gint32 j, gint32 k)
{
  const gint32 *dims = grid->geometry.dims;

  return i + (gsize) dims[0] * (j + (gsize) dims[1] * k);
}

/** sag_lung_cells: how many cells of @spacing_mm fit into @mm: 0 to a million, whatever a header
 * says. */
static inline gint32
sag_lung_cells (double mm, double spacing_mm)
{
  return (gint32) CLAMP (mm / spacing_mm, 0, 1000000);
}

/** sag_voxels_value: the voxel @offset elements from the view's first. */
static inline float
sag_voxels_value (const SagVoxels *voxels, gint64 offset)
{
  return voxels->scalar == SAG_SCALAR_INT16 ? ((const gint16 *) voxels->origin)[offset]
                                            : ((const float *) voxels->origin)[offset];
}

/* Masks of cells: one byte each, 0 or 1. What lies beyond the grid is 0 to a dilation and 1 to an
 * erosion, so that neither eats from the border. */

void sag_cells_dilate (const SagLungGrid *grid, guint8 *cells);
void sag_cells_erode (const SagLungGrid *grid, guint8 *cells);

SagComponents *
sag_cells_components (const SagLungGrid *grid, const guint8 *cells, SagConnectivity connectivity);

/** sag_cells_paint: sets the cells of component @label to @value. */
void sag_cells_paint (const SagLungGrid   *grid,
                      const SagComponents *components,
                      guint32              label,
                      guint8               value,
                      guint8              *cells);

/**
 * sag_cells_flood_slice: the cells of slice @k that hang together with cell @seed of it, over
 * edges.
 * @seen: (cells of a slice): nothing that is set here is taken; what is taken is set
 * @found: (cells of a slice): gets the cells, counted from the start of the slice
 *
 * Returns: how many were found
 */
gint32 sag_cells_flood_slice (
  const SagLungGrid *grid, const guint8 *cells, gint32 k, gint32 seed, guint8 *seen, gint32 *found);

/**
 * sag_cells_flood: lets the non-zero @values spread over face neighbours to cells where @free is
 * set, nearest first, until @max_cells were taken. Returns how many.
 */
gsize
sag_cells_flood (const SagLungGrid *grid, const guint8 *free, guint8 *values, gsize max_cells);

G_END_DECLS
