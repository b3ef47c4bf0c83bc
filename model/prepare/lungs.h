/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

enum
{
  SAG_LUNG_LEFT = 1, /* the patient's left */
  SAG_LUNG_RIGHT = 2,
};

/**
 * SagLungs: what the classical segmentation found.
 * @mask: (nullable): int16 volume, 0 or SAG_LUNG_LEFT / SAG_LUNG_RIGHT, on a working grid of about
 *   3 mm in RAS order whose corner is the scan's; sag_lungs_refine() brings it to the scan's own
 *   grid. NULL if no lungs
 * @left_ml, @right_ml: volumes
 * @thorax_range_mm: centres of the lowest and the highest slice that can hold lung, findings
 *   included: where air, ribs and body disagree, the larger extent. Without lungs that of the body.
 *   In mm upwards from the centre of the lowest slice: k * spacing for slice k of
 *   sag_volume_view_ras(). For an axial scan RAS z less that of its lowest slice
 * @range_is_wider: the range was widened beyond the air that was found; a warning is due
 */
typedef struct
{
  SagVolume *mask;
  double     left_ml;
  double     right_ml;
  double     thorax_range_mm[2];
  gboolean   range_is_wider;
} SagLungs;

/**
 * sag_lungs_segment: finds the air in the lungs, without the airway, and where the thorax lies.
 *
 * Vessels and small dense things inside a lung belong to it; effusions and consolidations do not.
 * The air of a pneumothorax cannot be told from lung and counts as such.
 *
 * Errors: SAG_ERROR_LIMIT (2^32 voxels or more), G_IO_ERROR_CANCELLED. A scan without lungs is
 * none: its result has no mask
 */
SagLungs *sag_lungs_segment (SagVolume *volume, GCancellable *cancellable, GError **error);

/**
 * sag_lungs_refine: the mask on the stored grid of @volume, which must be the scan that was
 * segmented.
 *
 * Returns: (nullable): int16; NULL on cancellation, and without setting @error if there are no
 * lungs
 */
SagVolume *sag_lungs_refine (const SagLungs *lungs,
                             SagVolume      *volume,
                             GCancellable   *cancellable,
                             GError        **error);

void sag_lungs_free (SagLungs *lungs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLungs, sag_lungs_free)

G_END_DECLS
