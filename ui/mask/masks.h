/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/mask/case-masks.h"
#include "ui/scene/scene-view.h"
#include "ui/session/session.h"
#include "ui/view/views.h"

G_BEGIN_DECLS

/**
 * SagUiMasks: what the hand does to masks in a window: paints, fills, grows; and how they look.
 *
 * Its actions, in a group that windows call "mask":
 *  "tool" (string, stateful): "none", "brush", "eraser", "polygon", "lasso", "flood": what left drag does
 *  "point": what the tool does at a place, at the crosshair of the view that was touched last
 *  "size" (int32): makes the brush larger or smaller by so many steps
 *  "ball", "limits" (stateful): the properties below
 *  "add", "remove", "next" (int32), "lock", "visible": the active mask
 *  "grow", "shrink", "smooth": by "distance-mm"
 *  "interpolate", "copy-slice" (int32): along the view that was touched last
 *  "largest", "drop-small", "fill-holes": parts of the mask
 *  "combine" (string): "union", "intersection", "difference" with the mask "other"
 *  "from-map": a new mask where the shown map is above its threshold and the values lie in the limits
 *  "open", "save", "save-all", "watch": see mask-files.h
 *  "cancel": the work that is under way
 *
 * Properties, read-write: "size-mm" (double: diameter of the brush), "ball" (boolean: in 3D, else in
 * the slice), "limits" (boolean), "low", "high" (double, HU: what brush, outline and region may
 * take), "tolerance" (double, HU: without limits, how far a region's values may lie from where it
 * began), "reach-mm" (double: how far a region goes), "distance-mm" (double), "fill" (double:
 * opacity), "other" (string, nullable: an id).
 *
 * Signal "changed": another case, another list, another active mask, or what one holds.
 */
#define SAG_UI_TYPE_MASKS (sag_ui_masks_get_type ())
G_DECLARE_FINAL_TYPE (SagUiMasks, sag_ui_masks, SAG_UI, MASKS, GObject)

/** sag_ui_masks_get: (transfer none): the session's. */
SagUiMasks *sag_ui_masks_get (SagUiSession *session);

/** sag_ui_masks_attach: @view shows masks and can be painted on. */
void sag_ui_masks_attach (SagUiMasks *self, SagUiSliceView *view);

/** sag_ui_masks_attach_scene: @view shows the surfaces of masks. */
void sag_ui_masks_attach_scene (SagUiMasks *self, SagUiSceneView *view);

/** sag_ui_masks_attach_views: to the 3D view of @views and all slice views that it has now and later. */
void sag_ui_masks_attach_views (SagUiMasks *self, SagUiViews *views);

/** sag_ui_masks_get_actions: (transfer none). */
GActionGroup *sag_ui_masks_get_actions (SagUiMasks *self);

/** sag_ui_masks_get_current: (nullable) (transfer none): those of the session's case, if it has any. */
SagUiCaseMasks *sag_ui_masks_get_current (SagUiMasks *self);

/**
 * sag_ui_masks_make_current: (nullable) (transfer none): those of the session's case, made where there
 * were none. NULL, which is said, while there is no whole scan.
 */
SagUiCaseMasks *sag_ui_masks_make_current (SagUiMasks *self);

/* Masks of all readers are drawn as outlines above those of the present one while somebody decides what counts. */

/** sag_ui_masks_begin_readings: of which case of the project (0: none); those before are gone. Returns: for adding. */
guint sag_ui_masks_begin_readings (SagUiMasks *self, gint64 case_id);
/** sag_ui_masks_get_readings_case: 0: none. */
gint64 sag_ui_masks_get_readings_case (SagUiMasks *self);
/** sag_ui_masks_add_reading: @turn: what beginning returned; after another beginning it is too late for it. */
void sag_ui_masks_add_reading (SagUiMasks *self, guint turn, SagMask *mask, guint32 colour);

G_END_DECLS
