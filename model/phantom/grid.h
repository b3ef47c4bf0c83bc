/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/phantom/phantom.h"

G_BEGIN_DECLS

/**
 * SagGrid: the voxels of a scan: how they are stored, and where they lie.
 * @geometry: as stored
 * @dims: along R, A, S
 * @centre: of the field of view, RAS mm
 * @steps: column a: mm in the patient for one step along canonical axis a
 * @axis: the canonical axis of each stored one
 * @flip: it is stored backwards
 */
typedef struct
{
  SagGeometry geometry;
  gint32      dims[3];
  double      centre[3];
  double      steps[3][3];
  guint       axis[3];
  gboolean    flip[3];
} SagGrid;

/** sag_grid_init: a grid over the box @low .. @high; FALSE for the reasons of sag_phantom_new(). */
gboolean sag_grid_init (SagGrid                 *grid,
                        const SagPhantomOptions *options,
                        const double             low[3],
                        const double             high[3]);

/** sag_grid_position: a coordinate of the voxel at canonical @index, always summed in the same order: storage order
 * moves no voxel by a rounding error. */
static inline double
sag_grid_position (const SagGrid *grid, guint coordinate, const gint32 index[3])
{
  double mm = grid->centre[coordinate];

  for (guint a = 0; a < 3; a++)
    mm += grid->steps[coordinate][a] * (index[a] - (grid->dims[a] - 1) * 0.5);
  return mm;
}

static inline void
sag_grid_to_canonical (const SagGrid *grid, const gint32 stored[3], gint32 index[3])
{
  for (guint s = 0; s < 3; s++)
    {
      guint a = grid->axis[s];

      index[a] = grid->flip[s] ? grid->dims[a] - 1 - stored[s] : stored[s];
    }
}

/** sag_grid_clip_row: those voxels of a row of @n that may lie between bounds, one to spare on both sides; FALSE for
 * none. */
gboolean sag_grid_clip_row (const double first[3],
                            const double step[3],
                            const double low[3],
                            const double high[3],
                            gint32       n,
                            gint32      *from,
                            gint32      *to);

G_END_DECLS
