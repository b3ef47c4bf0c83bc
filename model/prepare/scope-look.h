/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/scope.h"

G_BEGIN_DECLS

/**
 * SagLungLook: what a lung mask says about a scan.
 * @n_cells: left, right: at SAG_LUNG_LEFT, SAG_LUNG_RIGHT
 * @share_in_box: NaN without a box
 * @width_mm: both lungs together, at the widest; 0 if there is only one
 * @cut_mm2: lung in the first and the last slice along R, A, S
 */
typedef struct
{
  gint64 n_cells[3];
  double share_in_box;
  double width_mm;
  double cut_mm2[3][2];
} SagLungLook;

/** sag_lung_look: @mask is SagLungs.mask. */
void sag_lung_look (SagLungLook *look, SagVolume *mask, const SagGeometry *box);

/** sag_contrast_guess: @mask is SagLungs.mask of @volume. */
SagContrast sag_contrast_guess (SagVolume *volume, SagVolume *mask);

G_END_DECLS
