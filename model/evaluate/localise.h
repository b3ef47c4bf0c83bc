/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagTruth: where structures of a label map truly lie, counted on a grid of cells. Immutable.
 *
 * A cell holds the voxels of the map, on whatever grid that is, whose centres lie in its box.
 */
typedef struct _SagTruth SagTruth;

/**
 * sag_truth_new: counts all structures in one pass. Keeps a reference to @labels.
 * @labels: label map or mask; whole numbers
 * @cells: grid of the cells; integer indices are their centres, as sag_geometry_coarsen() gives it
 * @values: (n_values) labels that will be asked for; 0 stands for every voxel that is not 0
 *
 * Errors: SAG_ERROR_MISMATCH if one of the grids has no volume; G_IO_ERROR_CANCELLED
 */
SagTruth *sag_truth_new (SagVolume         *labels,
                         const SagGeometry *cells,
                         const gint32      *values,
                         gsize              n_values,
                         GCancellable      *cancellable,
                         GError           **error);
void      sag_truth_free (SagTruth *truth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTruth, sag_truth_free)

/** SAG_LOCALISE_THRESHOLD: a cell with this score or more counts as marked. */
#define SAG_LOCALISE_THRESHOLD 0.5f

/**
 * SagSide: whether a peak lies in the half of the box, left or right of its middle, where the truth lies.
 * @SAG_SIDE_NONE: less than nine tenths of the truth lie in one half, or the peak lies on the middle
 */
typedef enum
{
  SAG_SIDE_NONE,
  SAG_SIDE_SAME,
  SAG_SIDE_WRONG,
} SagSide;

/**
 * SagLocalisation: how well a map of scores finds a structure.
 * @volume_ml: of the structure, in the whole label map
 * @share_in_box: part of it inside the grid of cells, 0..1; NaN where there is none of it
 * @peak_score: the highest score
 * @quiet: no cell is marked. All below is NaN or FALSE where nothing of the structure lies in the box.
 * @hit: the box of the peak cell meets the structure
 * @strict_hit: the centre of the peak cell lies in the structure
 * @distance_mm: from the centre of the peak cell to the nearest voxel centre of the structure; 0 with a strict hit
 * @dice: of the marked cells, as blocks, and the structure inside the box
 * @best_dice: the highest that any choice of cells could reach
 * @cell_dice: of the marked cells and the cells that hold any of the structure, which is what training asks for
 * @side: of the peak
 * @middle_ras_mm: a voxel centre of the structure to look at: of those in the cell that holds most of it, and of such
 *   cells the one nearest to the middle of all, that nearest to their mean place
 */
typedef struct
{
  double   volume_ml;
  double   share_in_box;
  float    peak_score;
  gboolean quiet;
  gboolean present;
  gboolean hit;
  gboolean strict_hit;
  double   distance_mm;
  double   dice;
  double   best_dice;
  double   cell_dice;
  SagSide  side;
  double   middle_ras_mm[3];
} SagLocalisation;

/**
 * sag_truth_localise: compares scores with the union of some structures. Any thread.
 * @values: (n_values) of those that sag_truth_new() was told; none: every voxel that is not 0, which it was told as 0
 * @scores: (nx, ny, nz) of the cells, x fastest; the first of equal peaks counts
 */
SagLocalisation sag_truth_localise (const SagTruth *truth,
                                    const gint32   *values,
                                    gsize           n_values,
                                    const float    *scores);

G_END_DECLS
