/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/scene/camera.h"
#include "render/scene/content.h"
#include "ui/display/display.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiSceneView: the 3D view of a display's case: body, lungs, the maps that are shown, crosshair
 * and analysed box, and what others add, such as masks.
 *
 * VTK draws on a thread of its own; a view that nobody sees costs nothing. Without an X display
 * with OpenGL it says so in a sentence.
 *
 * Mouse: left drag turns, wheel, pinch and right drag zoom, middle drag (or Ctrl+left) pans, a
 * click on a letter of the cross looks from that side. Keys: arrows turn (Shift: three times as
 * far), + and - zoom, = fits.
 *
 * Actions of its window: "scene.view" (string: "anterior", "posterior", "left", "right", "superior",
 * "inferior"), "scene.zoom" (double: a factor), "scene.fit".
 *
 * Properties, all read-write: "body", "lungs" (double: 0 is off, 1 as usual, 2 at most), "masks"
 * (double: opacity of their surfaces, 1 at first).
 *
 * Signals: "activated": double click; "touched": it was clicked or scrolled.
 */
#define SAG_UI_TYPE_SCENE_VIEW (sag_ui_scene_view_get_type ())
G_DECLARE_FINAL_TYPE (SagUiSceneView, sag_ui_scene_view, SAG_UI, SCENE_VIEW, GtkWidget)

GtkWidget *sag_ui_scene_view_new (void);

/** sag_ui_scene_view_set_display: (nullable). */
void          sag_ui_scene_view_set_display (SagUiSceneView *self, SagUiDisplay *display);
SagUiDisplay *sag_ui_scene_view_get_display (SagUiSceneView *self);

/** sag_ui_scene_view_set_watermark: (nullable): a sentence that it always carries. */
void sag_ui_scene_view_set_watermark (SagUiSceneView *self, const char *sentence);

/**
 * SagUiSceneAddFunc: adds to @content, of the case of the view's display. Main thread: nothing that
 * takes long.
 */
typedef void (*SagUiSceneAddFunc) (SagUiSceneView *view, SagRenderContent *content, gpointer data);

/** sag_ui_scene_view_add_layer: @add is asked each time the view makes up what it shows. */
void sag_ui_scene_view_add_layer (SagUiSceneView *self, SagUiSceneAddFunc add, gpointer data);

/** sag_ui_scene_view_refresh: what a layer adds is another: a new picture soon, one for many calls. */
void sag_ui_scene_view_refresh (SagUiSceneView *self);

/** sag_ui_scene_view_get_camera: from where the case is seen. */
void sag_ui_scene_view_get_camera (SagUiSceneView *self, SagRenderCamera *camera);

/** sag_ui_scene_view_look: turns to a side of the patient. */
void sag_ui_scene_view_look (SagUiSceneView *self, SagRenderStandardView view);

/** sag_ui_scene_view_rotate: by degrees, to the right and to the top of the patient. */
void sag_ui_scene_view_rotate (SagUiSceneView *self, double azimuth, double elevation);

/** sag_ui_scene_view_zoom: @factor > 1 enlarges. */
void sag_ui_scene_view_zoom (SagUiSceneView *self, double factor);

/** sag_ui_scene_view_pan: by logical pixels. */
void sag_ui_scene_view_pan (SagUiSceneView *self, double dx, double dy);

/** sag_ui_scene_view_fit: the whole scan, as every case is shown at first; the side stays. */
void sag_ui_scene_view_fit (SagUiSceneView *self);

/**
 * sag_ui_scene_view_get_texture: (nullable) (transfer none): the newest picture, without letters
 * and notes.
 */
GdkTexture *sag_ui_scene_view_get_texture (SagUiSceneView *self);

/** sag_ui_scene_view_is_still: the picture is whole and current. */
gboolean sag_ui_scene_view_is_still (SagUiSceneView *self);

/** sag_ui_scene_view_get_problem: (nullable): the sentence that it shows instead of a picture. */
const char *sag_ui_scene_view_get_problem (SagUiSceneView *self);

G_END_DECLS
