/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/slice/colour.h"
#include "render/slice/marks.h"

#include <cairo.h>

G_BEGIN_DECLS

/**
 * SagRenderAnswer: one answer as a person reads it. All strings are borrowed and final: nothing is
 * computed from them.
 * @task: the text that was asked
 * @number: (nullable): for example "0.91"; NULL for an answer without one
 * @number_words: (nullable): what the number is, for example "model probability, balanced
 *   training mix"
 * @fraction: length of the bar, 0..1; NaN for no bar
 * @reference: a tick on the bar, 0..1, for example the task's prevalence; NaN for none
 * @badges: (nullable): NULL-terminated: "trained", "uncalibrated", ...
 * @notes: sentences below, for example that localisation was not trained
 * @scale: (nullable): of the answer's map
 * @map_max: the map's highest score; NaN if there is no map or it is not known
 * @has_peak: @peak_ras_mm is where that score lies
 */
typedef struct
{
  SagRenderColour       colour;
  const char           *task;
  const char           *number;
  const char           *number_words;
  double                fraction;
  double                reference;
  const char *const    *badges;
  const SagRenderNote  *notes;
  guint                 n_notes;
  const SagRenderScale *scale;
  double                map_max;
  gboolean              has_peak;
  double                peak_ras_mm[3];
} SagRenderAnswer;

/**
 * SagRenderPanel: the pane beside the slices.
 * @title: (nullable): the case's name
 * @subtitle: (nullable): for example "512 x 512 x 275, 0.70 x 0.70 x 1.00 mm"
 * @answers: newest first; those without room are counted, not drawn
 * @footer: (nullable): bundle, engine, version
 * @notes: above the footer
 */
typedef struct
{
  const char            *title;
  const char            *subtitle;
  const SagRenderAnswer *answers;
  guint                  n_answers;
  const SagRenderNote   *notes;
  guint                  n_notes;
  const char            *footer;
} SagRenderPanel;

/** sag_render_panel_draw: into the rectangle from the origin, in logical pixels. */
void sag_render_panel_draw (cairo_t *cr, const SagRenderPanel *panel, double width, double height);

G_END_DECLS
