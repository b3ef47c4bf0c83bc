/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/answer/overlay.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiMapRow: the controls of one map: colour dot with its look, eye, highest value, peak with
 * "go", and a threshold slider that shows itself on hover or focus.
 *
 * Signal "go": to the peak.
 */
#define SAG_UI_TYPE_MAP_ROW (sag_ui_map_row_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMapRow, sag_ui_map_row, SAG_UI, MAP_ROW, AdwBin)

/**
 * sag_ui_map_row_set_overlay:
 * @overlay: (nullable): hides the row
 * @badge: (nullable): what the patch head was trained on, and @hint: the same as a sentence
 */
void sag_ui_map_row_set_overlay (SagUiMapRow  *self,
                                 SagUiOverlay *overlay,
                                 const char   *badge,
                                 const char   *hint);

/** sag_ui_map_row_set_plain: the highest value is said elsewhere, and left out here. */
void sag_ui_map_row_set_plain (SagUiMapRow *self, gboolean plain);

/** sag_ui_map_row_set_active: the pointer is over the card, or the focus in it. */
void sag_ui_map_row_set_active (SagUiMapRow *self, gboolean active);

/** sag_ui_map_dup_value: "score 0.74", "evidence 1.20", "difference −0.31": the highest value with its name. */
char *sag_ui_map_dup_value (SagUiOverlay *overlay);

G_END_DECLS
