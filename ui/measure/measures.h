/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/measure/measurement.h"
#include "ui/session/session.h"
#include "ui/view/views.h"

G_BEGIN_DECLS

/**
 * SagUiMeasures: what the hand does on the slices of a window: draws, chooses, moves and deletes
 * measurements, and moves the analysed box. Every change can be undone.
 *
 * Its actions, in a group that windows call "measure":
 *  "tool" (string, stateful): "none", "ruler", "angle", "ellipse", "box": what left drag does
 *  "point": puts the next point of the tool at the crosshair, in the view that was touched last
 *  "delete", "delete-all": the chosen measurement; all of the case
 *  "copy", "copy-table": values as lines for people, as CSV
 *  "reset-box": where the analysed box lay before it was moved
 *  "ask-again": every question of the case whose answer is outdated
 *
 * Signal "changed": another measurement is chosen, or the box was moved.
 */
#define SAG_UI_TYPE_MEASURES (sag_ui_measures_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMeasures, sag_ui_measures, SAG_UI, MEASURES, GObject)

/** sag_ui_measures_get: (transfer none): the session's. */
SagUiMeasures *sag_ui_measures_get (SagUiSession *session);

/** sag_ui_measures_attach: @view shows measurements and can be drawn on. */
void sag_ui_measures_attach (SagUiMeasures *self, SagUiSliceView *view);

/** sag_ui_measures_attach_views: to all slice views that @views has now and later. */
void sag_ui_measures_attach_views (SagUiMeasures *self, SagUiViews *views);

/** sag_ui_measures_get_actions: (transfer none). */
GActionGroup *sag_ui_measures_get_actions (SagUiMeasures *self);

/** sag_ui_measures_get_chosen: (nullable) (transfer none): of the session's case. */
SagUiMeasurement *sag_ui_measures_get_chosen (SagUiMeasures *self);
void              sag_ui_measures_choose (SagUiMeasures *self, SagUiMeasurement *measurement);

/** sag_ui_measures_add: to @one, computed and labelled; undoable. Returns: (transfer none). */
SagUiMeasurement *
sag_ui_measures_add (SagUiMeasures *self, SagUiCase *one, const SagUiMeasure *state);

/** sag_ui_measures_remove: from the session's case; undoable. */
void sag_ui_measures_remove (SagUiMeasures *self, SagUiMeasurement *measurement);

/** sag_ui_measures_go: the crosshair goes to it. */
void sag_ui_measures_go (SagUiMeasures *self, SagUiMeasurement *measurement);

/** sag_ui_measures_shift_box: moves the analysed box of the session's case to @shift_mm; undoable. */
void sag_ui_measures_shift_box (SagUiMeasures *self, const double shift_mm[3]);

G_END_DECLS
