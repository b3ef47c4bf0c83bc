/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of the 3D view: scene-view.c holds it together, scene-content.c says what is shown,
 * scene-picture.c has it drawn, scene-camera.c moves, scene-input.c listens, scene-snapshot.c draws,
 * scene-menu.c is the button in its corner. */

#include "render/scene/worker.h"
#include "ui/scene/scene-view.h"

G_BEGIN_DECLS

/** SAG_UI_SCENE_MARGIN: of the letters from the corner, logical pixels. */
#define SAG_UI_SCENE_MARGIN 6

typedef enum
{
  SAG_UI_SCENE_DRAG_NONE,
  SAG_UI_SCENE_DRAG_ROTATE,
  SAG_UI_SCENE_DRAG_PAN,
  SAG_UI_SCENE_DRAG_ZOOM,
} SagUiSceneDrag;

typedef struct
{
  SagUiSceneAddFunc add;
  gpointer          data;
} SagUiSceneLayer;

/**
 * @layers: (element-type SagUiSceneLayer)
 * @soon_id: what moves under the hand waits for its picture
 */
struct _SagUiSceneView
{
  GtkWidget parent;

  SagUiDisplay    *display;
  SagRenderWorker *worker; /* NULL until it is first mapped */
  SagRenderCamera  camera;
  gboolean         moving;
  double           part[SAG_RENDER_N_PARTS];
  double           masks;
  GArray          *layers;

  SagVolume    *volume; /* that the view was fitted to */
  SagVolume    *lungs;  /* of it */
  gboolean      lungs_known;
  GCancellable *lungs_cancellable;

  guint64         request;       /* newest that was given to the worker */
  guint64         first_request; /* of this volume; G_MAXUINT64 until the worker has it */
  GdkTexture     *texture;
  SagRenderCamera texture_camera;
  gboolean        is_still;
  gboolean        content_dirty;
  gboolean        view_dirty;
  guint           tick_id;
  guint           soon_id;

  GSimpleActionGroup *actions;

  char      *watermark;
  char      *problem;
  GtkWidget *problem_label;
  GtkWidget *notes;
  GtkWidget *menu_button;

  SagUiSceneDrag drag;
  double         drag_x, drag_y; /* where it began */
  double         last_x, last_y;
  double         pinch_scale;
  gboolean       drag_moved;
  int            hover; /* letter under the pointer; -1: none */
};

/* scene-picture.c */

/** sag_ui_scene_view_request: at the next frame of the window. */
void sag_ui_scene_view_request (SagUiSceneView *self, gboolean content);

/** sag_ui_scene_view_take_picture: what the worker drew, unless it is of the scan before. */
void sag_ui_scene_view_take_picture (SagUiSceneView *self, const SagRenderPicture *picture);

/** sag_ui_scene_view_describe: for those who do not see it: where one stands, or what is wrong. */
void sag_ui_scene_view_describe (SagUiSceneView *self);

/** sag_ui_scene_view_drop_lungs: they were those of another scan. */
void sag_ui_scene_view_drop_lungs (SagUiSceneView *self);

/* scene-camera.c */

/** sag_ui_scene_view_init_actions: once there is a group for them. */
void sag_ui_scene_view_init_actions (SagUiSceneView *self);

/** sag_ui_scene_view_set_moving: while it is, pictures may be coarser. */
void sag_ui_scene_view_set_moving (SagUiSceneView *self, gboolean moving);

/** sag_ui_scene_view_mm_per_pixel: of logical pixels. */
double sag_ui_scene_view_mm_per_pixel (SagUiSceneView *self);

/* scene-content.c */
SagRenderContent *sag_ui_scene_view_make_content (SagUiSceneView *self);
/** sag_ui_scene_view_update_notes: what has to be said wherever the maps are shown. */
void sag_ui_scene_view_update_notes (SagUiSceneView *self);

/* scene-input.c */
void sag_ui_scene_view_init_input (SagUiSceneView *self);

/* scene-snapshot.c */
void sag_ui_scene_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
/** sag_ui_scene_view_marker_at: the letter under a point; -1 for none. */
int sag_ui_scene_view_marker_at (SagUiSceneView *self, double x, double y);

/* scene-menu.c */
GtkWidget *sag_ui_scene_view_build_menu (SagUiSceneView *self);

G_END_DECLS
