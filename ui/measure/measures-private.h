/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of SagUiMeasures: measures.c keeps them, measure-tool.c draws measurements, box-tool.c
 * moves the box, measure-actions.c is what menus and keys reach. */

#include "ui/measure/measures.h"

G_BEGIN_DECLS

/**
 * @session: only a pointer: the session owns this object
 * @views: (element-type SagUiSliceView): attached ones, pointers that are cleared when they go
 * @touched: (nullable): the one of them that was touched last
 * @draft: what is being drawn, @n_placed points of it lie; @anchor_mm is where an ellipse began
 * @draft_view, @draft_case: on which view and of which scan it was begun, while @n_placed; not kept alive by it
 * @edited: (nullable): what is being moved by @handle, or as a whole (< 0)
 * @has_ghost: the box is being moved, or waits at @ghost for its preparation
 */
struct _SagUiMeasures
{
  GObject parent;

  SagUiSession       *session;
  GSimpleActionGroup *actions;
  GPtrArray          *views;
  SagUiSliceView     *touched;
  SagUiMeasurement   *chosen;
  SagUiMeasurement   *hovered;

  SagUiMeasure    draft;
  guint           n_placed;
  double          anchor_mm[3];
  SagUiSliceView *draft_view;
  SagUiCase      *draft_case;

  SagUiMeasurement *edited;
  int               handle;
  double            grabbed_mm[3];
  SagUiMeasure      before;

  SagUiCase  *ghost_case;
  SagGeometry ghost;
  gboolean    is_dragging_box;
  double      box_from_mm[3];
  double      shift_before_mm[3];
  double      shift_mm[3];
};

extern const SagUiSliceLayer sag_ui_measure_layer;
extern const SagUiSliceLayer sag_ui_box_layer;

/** sag_ui_measures_redraw: all views. */
void sag_ui_measures_redraw (SagUiMeasures *self);

/** sag_ui_measures_get_voxels: (nullable): @one's volume, if it is whole. */
SagVolume *sag_ui_measures_get_voxels (SagUiCase *one);

/** sag_ui_measures_push_edit: notes that @measurement was @before what it is now. */
void sag_ui_measures_push_edit (SagUiMeasures      *self,
                                SagUiMeasurement   *measurement,
                                const SagUiMeasure *before);

/** sag_ui_measures_has_draft_case: something is being drawn, and its view still shows the scan it was begun on. */
gboolean sag_ui_measures_has_draft_case (const SagUiMeasures *self);

/** sag_ui_measures_stop_drawing: forgets what is not complete. */
void sag_ui_measures_stop_drawing (SagUiMeasures *self);

/**
 * sag_ui_measures_place: the next point of the display's tool at a place of @view; completes the
 * measurement if it is the last. FALSE without such a tool.
 */
gboolean sag_ui_measures_place (SagUiMeasures        *self,
                                SagUiSliceView       *view,
                                const SagRenderSlice *slice,
                                const double          ras_mm[3]);

/** sag_ui_measures_drop_ghost: the box shows itself again. */
void sag_ui_measures_drop_ghost (SagUiMeasures *self);

/** sag_ui_measures_init_actions: fills in @self->actions. */
void sag_ui_measures_init_actions (SagUiMeasures *self);

/** sag_ui_measures_update_actions: tool's state, what is enabled. */
void sag_ui_measures_update_actions (SagUiMeasures *self);

G_END_DECLS
