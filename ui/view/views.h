/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/answer/overlay.h"
#include "ui/scene/scene-view.h"
#include "ui/session/session.h"
#include "ui/view/slice-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiViews: the views of the current case in their layout: axial, coronal, sagittal and 3D.
 *
 * Properties: "layout" (string: "quad", "large", "single"), "main" (string: "axial", "coronal",
 * "sagittal", "scene": the view that is large or alone), "cine-rate" (double, slices a second),
 * "comparing" (boolean, read-only), "linked" (boolean: two cases move together), "aligned"
 * (boolean: the second case is drawn on the first one's slices), "checker" (boolean: squares of
 * both; only while aligned). Two cases are aligned by themselves; until that is done, and where it
 * cannot be, the last two stay FALSE.
 *
 * Inserts the actions "view." into its window; ui/base/keymap-rows.c has their keys:
 *   layout ("quad"), main ("axial"), maximise, preset (0), own-window, invert, interpolate, neurological, cross,
 *   overlays, box, marks, slab (uint32 0), slab-mm (10.0), fit, zoom (1.25), step (1), cine,
 *   cine-rate (15.0), opacity (0.1), peek, compare-next, end-compare, linked, aligned, checker.
 */
#define SAG_UI_TYPE_VIEWS (sag_ui_views_get_type ())
G_DECLARE_FINAL_TYPE (SagUiViews, sag_ui_views, SAG_UI, VIEWS, AdwBin)

/** sag_ui_views_find: (nullable): the views of the window that @widget is in. */
SagUiViews *sag_ui_views_find (GtkWidget *widget);

/** sag_ui_views_set_session: once, before it is shown. */
void sag_ui_views_set_session (SagUiViews *self, SagUiSession *session);

/**
 * sag_ui_views_get_header: (transfer none): the views' own controls in the header bar: layout and
 * window menus. The window places it.
 */
GtkWidget *sag_ui_views_get_header (SagUiViews *self);

/** sag_ui_views_get_active: the slice view that keys mean: touched last. */
SagUiSliceView *sag_ui_views_get_active (SagUiViews *self);

/**
 * sag_ui_views_get_slices: (transfer container) (element-type SagUiSliceView): all slice views
 * there are, those of a second case last; for adding layers. "slices-changed" is emitted when there
 * are others.
 */
GPtrArray *sag_ui_views_get_slices (SagUiViews *self);

/** sag_ui_views_get_scene: (nullable) (transfer none): the 3D view. */
SagUiSceneView *sag_ui_views_get_scene (SagUiViews *self);

/** sag_ui_views_compare_cases: the current case on the left, @other beside it. */
void sag_ui_views_compare_cases (SagUiViews *self, SagUiCase *other);

/** sag_ui_views_compare_overlays: two maps of the current case, @a on the left. */
void sag_ui_views_compare_overlays (SagUiViews *self, SagUiOverlay *a, SagUiOverlay *b);

void sag_ui_views_end_compare (SagUiViews *self);

G_END_DECLS
