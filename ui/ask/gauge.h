/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiGauge: a thin bar from 0 to 1 with a tick at what the number is to be compared with.
 *
 * Drawn in the widget's colour; for screen readers it is an image, because the number stands as
 * text beside it. CSS name "gauge".
 */
#define SAG_UI_TYPE_GAUGE (sag_ui_gauge_get_type ())
G_DECLARE_FINAL_TYPE (SagUiGauge, sag_ui_gauge, SAG_UI, GAUGE, GtkWidget)

/** sag_ui_gauge_set: @value 0..1; @reference 0..1, or negative for no tick. */
void sag_ui_gauge_set (SagUiGauge *self, double value, double reference);

G_END_DECLS
