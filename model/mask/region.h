/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

/**
 * SagFlood: how far a region may grow from its seeds.
 * @low, @high: HU of the voxels it takes, the seeds' own included
 * @radius_mm: from the first seed; 0: no such limit
 * @volume_ml: it stops there, nearest voxels first; 0: no such limit
 * @axis: only in slices along this stored axis; -1: in 3D
 * @corners: voxels that touch at an edge or a corner are neighbours too
 * @within, @outside: (nullable): masks that it stays in, or stays out of
 */
typedef struct
{
  double   low;
  double   high;
  double   radius_mm;
  double   volume_ml;
  int      axis;
  gboolean corners;
  SagMask *within;
  SagMask *outside;
} SagFlood;

/**
 * sag_flood: the voxels that hang together with one of the seeds.
 * @seeds: (array length=3*n_seeds): voxels; those beyond the grid count for nothing
 * @limited: (out) (optional): a limit stopped it: the region may have leaked
 *
 * Any thread. Returns: (transfer full): only the region. Errors: SAG_ERROR_ARGUMENT: no seed lies in the range, so
 * there is no region; G_IO_ERROR_CANCELLED
 */
SagMask *sag_flood (SagVolume      *volume,
                    const SagFlood *flood,
                    const gint32   *seeds,
                    gsize           n_seeds,
                    gboolean       *limited,
                    GCancellable   *cancellable,
                    GError        **error);

/**
 * sag_mask_new_from_scores: voxels whose score is at least @least, and whose HU lie in a range.
 * @scores: (sag_geometry_n_voxels) of the volume's grid, such as sag_map_compute() gives; NaN is none
 *
 * They are marked as a model's. Returns: (transfer full)
 */
SagMask *sag_mask_new_from_scores (
  const SagVolume *volume, const float *scores, float least, double low, double high);

G_END_DECLS
