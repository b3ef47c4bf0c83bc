/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/answer/overlay.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiOverlayLook: how one map is shown: colour, colour map, opacity, threshold, raw cells,
 * outline. Sits in a popover.
 */
#define SAG_UI_TYPE_OVERLAY_LOOK (sag_ui_overlay_look_get_type ())
G_DECLARE_FINAL_TYPE (SagUiOverlayLook, sag_ui_overlay_look, SAG_UI, OVERLAY_LOOK, AdwBin)

/** sag_ui_overlay_look_set_overlay: @overlay (nullable): whose look it shows and changes. */
void sag_ui_overlay_look_set_overlay (SagUiOverlayLook *self, SagUiOverlay *overlay);

/** sag_ui_overlay_threshold_end: the highest threshold that makes sense: 1 for scores. */
double sag_ui_overlay_threshold_end (SagUiOverlay *overlay);

G_END_DECLS
