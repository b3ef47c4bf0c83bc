/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

enum
{
  SAG_LUNG_LEFT = 1,  /* the patient's left */
  SAG_LUNG_RIGHT = 2,
};

/**
 * SagLungs: what the classical segmentation found.
 * @mask: (nullable): int16 volume on the scan's own grid, 0 or SAG_LUNG_LEFT / SAG_LUNG_RIGHT; NULL if no lungs
 * @left_ml, @right_ml: volumes
 * @thorax_range_mm: lowest and highest position along the standardised S axis (mm, RAS z of an axial scan) that can
 *   hold lung, finding included: where air, ribs and body disagree, the larger extent
 * @range_is_wider: the range was widened beyond the air that was found; a warning is due
 */
typedef struct
{
  SagVolume *mask;
  double left_ml;
  double right_ml;
  double thorax_range_mm[2];
  gboolean range_is_wider;
} SagLungs;

/** sag_lungs_segment: NULL only on cancellation; a scan without lungs gives a result without a mask. */
SagLungs *sag_lungs_segment (SagVolume *volume, GCancellable *cancellable, GError **error);
void sag_lungs_free (SagLungs *lungs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagLungs, sag_lungs_free)

G_END_DECLS
