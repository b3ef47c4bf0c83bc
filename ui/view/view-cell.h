/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/view/slice-view.h"

G_BEGIN_DECLS

/**
 * SagUiViewCell: a slice view with its slider and cine button, which stay dim until the pointer or
 * the focus is there.
 *
 * Property "playing" (boolean, read-write): slices pass by, from the last to the first again;
 * touching the view stops it.
 */
#define SAG_UI_TYPE_VIEW_CELL (sag_ui_view_cell_get_type ())
G_DECLARE_FINAL_TYPE (SagUiViewCell, sag_ui_view_cell, SAG_UI, VIEW_CELL, GtkWidget)

GtkWidget *sag_ui_view_cell_new (SagRenderPlane plane);

SagUiSliceView *sag_ui_view_cell_get_view (SagUiViewCell *self);
void            sag_ui_view_cell_set_display (SagUiViewCell *self, SagUiDisplay *display);

gboolean sag_ui_view_cell_get_playing (SagUiViewCell *self);
void     sag_ui_view_cell_set_playing (SagUiViewCell *self, gboolean playing);

/** sag_ui_view_cell_set_rate: slices a second of the cine. */
void sag_ui_view_cell_set_rate (SagUiViewCell *self, double slices_per_second);

G_END_DECLS
