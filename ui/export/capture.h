/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Pictures of views and windows: what slices show is noted on the main thread and becomes pixels on
 * another one; other widgets are drawn at once. */

#include "ui/view/views.h"

#include <cairo.h>

G_BEGIN_DECLS

/** SagUiCapture: a picture to be painted. */
typedef struct _SagUiCapture SagUiCapture;

/**
 * sag_ui_capture_slice: one slice view with its words, measurements, notes and watermark.
 * @scale: device pixels for a logical one, 1 .. 4
 *
 * Returns: (transfer full) (nullable): NULL if it shows nothing yet
 */
SagUiCapture *sag_ui_capture_slice (SagUiSliceView *view, double scale);

/** sag_ui_capture_views: all views that can be seen, as they lie. */
SagUiCapture *sag_ui_capture_views (SagUiViews *views, double scale);

/**
 * sag_ui_capture_window: @widget as it is on the screen; @watermark (nullable) and "Research use"
 * on a line below.
 */
SagUiCapture *sag_ui_capture_window (GtkWidget *widget, const char *watermark, double scale);

void sag_ui_capture_free (SagUiCapture *capture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiCapture, sag_ui_capture_free)

/** sag_ui_capture_paint: (transfer full): an opaque image. Any thread. */
cairo_surface_t *sag_ui_capture_paint (SagUiCapture *capture);

/**
 * sag_ui_capture_save_async: paints @capture (transfer full) and writes a PNG, both on another
 * thread; the file's name only ever holds a whole picture. Errors of finishing: G_FILE_ERROR,
 * G_IO_ERROR.
 */
void     sag_ui_capture_save_async (SagUiCapture       *capture,
                                    const char         *path,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean sag_ui_capture_save_finish (GAsyncResult *result, GError **error);

/** sag_ui_capture_texture_async: the same for the clipboard. */
void        sag_ui_capture_texture_async (SagUiCapture       *capture,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
GdkTexture *sag_ui_capture_texture_finish (GAsyncResult *result, GError **error);

G_END_DECLS
