/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/evaluate/plot.h"

#include <cairo.h>

G_BEGIN_DECLS

/**
 * SagPlotColours: of the inks, 0..1, red, green, blue, and of the paper. An alpha of 0: the paper is not painted.
 */
typedef struct
{
  double inks[SAG_N_PLOT_INKS][3];
  double paper[4];
} SagPlotColours;

/** sag_plot_colours_get: for light paper, or for a dark screen. */
const SagPlotColours *sag_plot_colours_get (gboolean dark);

/** sag_plot_paint: draws a plot at the origin of @cr. Any thread that owns @cr. */
void sag_plot_paint (
  const SagPlot *plot, cairo_t *cr, double width, double height, const SagPlotColours *colours);

/**
 * sag_plot_save_png: a square of SAG_PLOT_SIZE units, on white paper.
 * @scale: pixels of a unit; 3 prints well
 *
 * Errors: G_FILE_ERROR, G_IO_ERROR_FAILED
 */
gboolean sag_plot_save_png (const SagPlot *plot, double scale, const char *path, GError **error);

G_END_DECLS
