/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A slice view's parts: slice-view.c keeps and draws it, slice-input.c moves it. */

#include "ui/view/slice-view.h"

G_BEGIN_DECLS

typedef struct
{
  const SagUiSliceLayer *layer;
  gpointer               data;
} SagUiPlacedLayer;

/** SagUiDrag: what the pressed button does. */
typedef enum
{
  SAG_UI_DRAG_NONE,
  SAG_UI_DRAG_UNDECIDED, /* pressed, not moved yet */
  SAG_UI_DRAG_WINDOW,
  SAG_UI_DRAG_PAN,
  SAG_UI_DRAG_ZOOM,
  SAG_UI_DRAG_CROSS,
  SAG_UI_DRAG_LAYER,
} SagUiDrag;

struct _SagUiSliceView
{
  GtkWidget parent;

  SagUiDisplay *display;
  SagUiMouse    mouse;
  GArray       *layers; /* of SagUiPlacedLayer */
  char         *watermark;
  char         *brief_watermark;

  SagRenderView view; /* scale 1 */
  gboolean      has_view;
  gboolean      is_fitted;
  SagGeometry   geometry;  /* that the view was made for */
  gboolean      is_new;    /* nobody was told of "met" */
  gboolean      was_moved; /* by the person, since the case came */

  SagUiRaster      *raster;
  SagUiSlicePicture picture;
  SagVolume        *picture_volume; /* only compared */
  guint             tick_id;
  guint             still_id;
  gint64            request_us;
  gboolean          is_dirty;

  SagUiDrag        drag;
  SagUiPlacedLayer drag_layer;
  double           drag_x, drag_y; /* where it began */
  double           last_x, last_y;
  gboolean         drag_moved;
  int              n_press;
  SagRenderWindow  drag_window;
  double           scroll_left;
  double           pinch_scale;
  double           pointer_x, pointer_y;
  gboolean         has_pointer;
};

/** sag_ui_slice_view_init_input: adds the controllers. */
void sag_ui_slice_view_init_input (SagUiSliceView *self);

/** sag_ui_slice_view_cancel_drag: gives up what is being dragged. */
void sag_ui_slice_view_cancel_drag (SagUiSliceView *self);

/** sag_ui_slice_view_request: a new picture with the next frame. */
void sag_ui_slice_view_request (SagUiSliceView *self);

/** sag_ui_slice_view_moving: the person moves something: drafts are fine for a moment. */
void sag_ui_slice_view_moving (SagUiSliceView *self);

/** sag_ui_slice_view_pan_by, _zoom_at: in logical pixels. */
void sag_ui_slice_view_pan_by (SagUiSliceView *self, double dx, double dy);
void sag_ui_slice_view_zoom_at (SagUiSliceView *self, double factor, double x, double y);

/** sag_ui_slice_view_cross_to: the crosshair goes to a logical pixel. */
void sag_ui_slice_view_cross_to (SagUiSliceView *self, double x, double y);

G_END_DECLS
