/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/case/case.h"

G_BEGIN_DECLS

/**
 * sag_ui_stand_in_new: a case that shows another one's scan moved and resampled, with the maps that lie on it, also
 * those that come later. Nothing is measured or asked on it, and no list of cases holds it.
 * @original: whose scan it is
 * @volume: its voxels on the other grid
 * @motion: from the original's RAS mm to the stand-in's
 */
SagUiCase *sag_ui_stand_in_new (SagUiCase *original, SagVolume *volume, const double motion[3][4]);

/** sag_ui_stand_in_get_original: (nullable) (transfer none): NULL unless @one is a stand-in. */
SagUiCase *sag_ui_stand_in_get_original (SagUiCase *one);

G_END_DECLS
