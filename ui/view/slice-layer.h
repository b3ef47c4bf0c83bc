/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Things that lie on a slice and can be drawn and grabbed by hand: measurements, the analysed box.
 *
 *   static const SagUiSliceLayer layer = { .draw = draw, .bounds = bounds, .press = press, ... };
 *
 *   sag_ui_slice_view_add_layer (view, &layer, self);
 *
 * All of it runs on the main thread. What a layer draws depends on the display and on itself; after
 * a change of its own it says gtk_widget_queue_draw() to the view; changes of the display
 * (SAG_UI_CHANGE_OVERLAY, so also of the case's measurements) redraw by themselves.
 */

#include "ui/view/raster.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _SagUiSliceView SagUiSliceView;

/**
 * SagUiSlicePoint: where the pointer is.
 * @x, @y: in logical pixels of the view
 * @ras_mm: the same place on the slice that is shown
 * @state: modifier keys
 * @n_press: 1, 2 ...: single, double click; 0 where no button is pressed
 */
typedef struct
{
  double          x;
  double          y;
  double          ras_mm[3];
  GdkModifierType state;
  int             n_press;
} SagUiSlicePoint;

/**
 * SagUiSliceLayer: all functions may be NULL.
 *
 * The slice that they get has scale 1, so its pixels are the view's logical ones:
 * sag_render_slice_from_ras() says where a point lies and how far in front of the slice.
 *
 * @add: adds to the picture that the workers draw, such as masks; after a change of it say
 *   sag_ui_slice_view_refresh()
 * @bounds: where @draw draws, in logical pixels; FALSE: nowhere on this slice. A small one is
 *   cheaper: this part is drawn with cairo, each time something of it changes
 * @draw: @cr is in logical pixels
 * @is_passing: what @draw draws follows the hand: it is no part of a saved picture
 * @press: the left button went down; TRUE takes the drag that it may begin, so that window/level
 *   stays as it is. Asked of the last added layer first, whatever the display's tool is
 * @drag: the pointer moved; only after @press said TRUE
 * @release: the end of what @press took; @is_click: the pointer did not move
 * @cancel: the same, but undo it: Escape, or another case
 * @hover: (nullable) returns the name of a CSS cursor if a press here would be taken. @at is NULL
 *   when the pointer left
 */
typedef struct
{
  void (*add) (SagUiSliceView *view, SagUiSliceJob *job, gpointer data);
  gboolean (*bounds) (SagUiSliceView       *view,
                      const SagRenderSlice *slice,
                      graphene_rect_t      *bounds,
                      gpointer              data);
  void (*draw) (SagUiSliceView *view, const SagRenderSlice *slice, cairo_t *cr, gpointer data);
  gboolean is_passing;
  gboolean (*press) (SagUiSliceView        *view,
                     const SagRenderSlice  *slice,
                     const SagUiSlicePoint *at,
                     gpointer               data);
  void (*drag) (SagUiSliceView        *view,
                const SagRenderSlice  *slice,
                const SagUiSlicePoint *at,
                gpointer               data);
  void (*release) (SagUiSliceView        *view,
                   const SagRenderSlice  *slice,
                   const SagUiSlicePoint *at,
                   gboolean               is_click,
                   gpointer               data);
  void (*cancel) (SagUiSliceView *view, gpointer data);
  const char *(*hover) (SagUiSliceView        *view,
                        const SagRenderSlice  *slice,
                        const SagUiSlicePoint *at,
                        gpointer               data);
} SagUiSliceLayer;

/** sag_ui_slice_view_add_layer: on top of those before. @layer must live as long as the view. */
void
sag_ui_slice_view_add_layer (SagUiSliceView *self, const SagUiSliceLayer *layer, gpointer data);
void sag_ui_slice_view_remove_layer (SagUiSliceView *self, gpointer data);

/** sag_ui_slice_view_refresh: a new picture with the next frame. */
void sag_ui_slice_view_refresh (SagUiSliceView *self);

/** sag_ui_slice_view_draw_layers: all of them, for a picture. @cr is in logical pixels. */
void sag_ui_slice_view_draw_layers (SagUiSliceView *self, const SagRenderSlice *slice, cairo_t *cr);

G_END_DECLS
