/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/plot.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** SagUiPlotView: a curve as a picture, for light and dark screens. */
#define SAG_UI_TYPE_PLOT_VIEW (sag_ui_plot_view_get_type ())
G_DECLARE_FINAL_TYPE (SagUiPlotView, sag_ui_plot_view, SAG_UI, PLOT_VIEW, GtkWidget)

/** sag_ui_plot_view_new: @plot: (transfer full); @spoken: what it is, for those who do not see it. */
GtkWidget *sag_ui_plot_view_new (SagPlot *plot, const char *spoken);

G_END_DECLS
