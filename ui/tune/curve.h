/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiTuneCurve: the loss over the steps: each step as a faint point, and a smoothed line. Of a cross-validation the
 * line of the newest model is strong, those before it are faint.
 */
#define SAG_UI_TYPE_TUNE_CURVE (sag_ui_tune_curve_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTuneCurve, sag_ui_tune_curve, SAG_UI, TUNE_CURVE, GtkWidget)

GtkWidget *sag_ui_tune_curve_new (void);

/**
 * sag_ui_tune_curve_set_lines:
 * @lines: (element-type SagTuneLine): copied
 * @n_steps: of a model: the axis goes that far; 0: as far as there are steps
 */
void sag_ui_tune_curve_set_lines (SagUiTuneCurve *self, const GArray *lines, guint64 n_steps);

G_END_DECLS
