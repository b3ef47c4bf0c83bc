/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/display/display.h"
#include "ui/view/raster.h"
#include "ui/view/slice-layer.h"

G_BEGIN_DECLS

/**
 * SagUiSliceView: one plane of a display's case.
 *
 * Draws on worker threads and never waits. Its zoom and pan are its own, everything else is the
 * display's. While a scan is read, only slices that are there are shown.
 *
 * Mouse (PACS): wheel slices, Ctrl+wheel or pinch zooms, left drag changes window and level, middle
 * drag (or Ctrl+left) pans, right drag zooms, a click puts the crosshair, Shift makes it follow the
 * pointer. Keymap "itk-snap": left click and drag move the crosshair, Ctrl+left drag changes window
 * and level.
 *
 * Signals: "activated": double click; "touched": it was clicked or scrolled, so keys mean it now;
 * "view-changed": its zoom or pan did; "met": it has room for a scan of another grid than before.
 */
#define SAG_UI_TYPE_SLICE_VIEW (sag_ui_slice_view_get_type ())
G_DECLARE_FINAL_TYPE (SagUiSliceView, sag_ui_slice_view, SAG_UI, SLICE_VIEW, GtkWidget)

GtkWidget *sag_ui_slice_view_new (SagRenderPlane plane);

/** SagUiMouse: what the buttons do. */
typedef enum
{
  SAG_UI_MOUSE_PACS,
  SAG_UI_MOUSE_ITK_SNAP,
} SagUiMouse;

void sag_ui_slice_view_set_mouse (SagUiSliceView *self, SagUiMouse mouse);

/** sag_ui_slice_view_set_display: (nullable). */
void          sag_ui_slice_view_set_display (SagUiSliceView *self, SagUiDisplay *display);
SagUiDisplay *sag_ui_slice_view_get_display (SagUiSliceView *self);

/** sag_ui_slice_view_get_plane, _set_plane: a view can show another plane; it is fitted then. */
SagRenderPlane sag_ui_slice_view_get_plane (SagUiSliceView *self);
void           sag_ui_slice_view_set_plane (SagUiSliceView *self, SagRenderPlane plane);

/**
 * sag_ui_slice_view_set_watermark: (nullable): a sentence that every picture of it carries.
 * @brief: (nullable): in its place where the view is narrow
 */
void
sag_ui_slice_view_set_watermark (SagUiSliceView *self, const char *sentence, const char *brief);

/** sag_ui_slice_view_get_slice: what it shows now, in logical pixels; FALSE without a volume. */
gboolean sag_ui_slice_view_get_slice (SagUiSliceView *self, SagRenderSlice *slice);

/** sag_ui_slice_view_get_view: FALSE without a volume or a size. */
gboolean sag_ui_slice_view_get_view (SagUiSliceView *self, SagRenderView *view);

/** sag_ui_slice_view_step: moves the crosshair by slices towards R, A or S, not beyond the last. */
void sag_ui_slice_view_step (SagUiSliceView *self, int n_slices);

/** sag_ui_slice_view_go: to slice @index, from 0. */
void sag_ui_slice_view_go (SagUiSliceView *self, int index);

/** sag_ui_slice_view_fit: the whole slice; it then stays fitted when the size changes. */
void sag_ui_slice_view_fit (SagUiSliceView *self);

/** sag_ui_slice_view_zoom: @factor > 1 enlarges, around the middle. */
void sag_ui_slice_view_zoom (SagUiSliceView *self, double factor);

/** sag_ui_slice_view_follow: the zoom of @other, and its pan seen from the crosshair. */
void sag_ui_slice_view_follow (SagUiSliceView *self, SagUiSliceView *other);

/**
 * sag_ui_slice_view_dup_job: (nullable): what it shows, with cross and notes, for saving it.
 * @scale: device pixels for a logical one
 */
SagUiSliceJob *sag_ui_slice_view_dup_job (SagUiSliceView *self, double scale);

/** sag_ui_slice_view_is_still: no picture is on its way: what it shows is whole and current. */
gboolean sag_ui_slice_view_is_still (SagUiSliceView *self);

/** sag_ui_slice_view_get_picture: (nullable) (transfer none): what it drew last. */
const SagUiSlicePicture *sag_ui_slice_view_get_picture (SagUiSliceView *self);

G_END_DECLS
