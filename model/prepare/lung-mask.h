/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagLungMask: which voxels of a scan are lung, on the scan's grid. Immutable once made.
 */
typedef struct _SagLungMask SagLungMask;

/**
 * sag_lung_mask_new: reads a mask for a scan.
 * @mask: any non-zero voxel is lung, unless it looks like a TotalSegmentator map (holds
 * lobes, 10..14, and other structures): then the lobes are
 * @grid: the scan's; a mask on another grid is looked up at the nearest voxel
 *
 * Errors: SAG_ERROR_MISMATCH if the mask is empty or lies elsewhere
 */
SagLungMask *sag_lung_mask_new (SagVolume *mask, const SagGeometry *grid, GError **error);
void         sag_lung_mask_free (SagLungMask *lungs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLungMask, sag_lung_mask_free)

/** sag_lung_mask_get_slices: the first and last slice with lung along stored axis @axis. */
void sag_lung_mask_get_slices (const SagLungMask *lungs, int axis, gint32 *first, gint32 *last);

/** sag_lung_mask_get_share: the part of the lung's voxels with low <= index <= high along every
 * stored axis. */
double
sag_lung_mask_get_share (const SagLungMask *lungs, const double low[3], const double high[3]);

G_END_DECLS
