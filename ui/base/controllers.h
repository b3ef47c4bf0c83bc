/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiInput: what a pane that shows a picture does with mouse, touch and keys: handlers of GTK's signals, each with
 * the pane as its last argument. None may be NULL.
 * @drag_begin, @drag_update, @drag_end, @drag_cancel: of any button
 * @pressed: of GtkGestureClick; it counts presses after the drag has begun
 * @pinch_begin, @pinch: of GtkGestureZoom
 * @scroll_flags: which axes @scroll hears of
 * @motion: the pointer entered or moved
 * @focus: the property is-focus of GtkEventControllerFocus changed
 */
typedef struct
{
  GCallback                     drag_begin;
  GCallback                     drag_update;
  GCallback                     drag_end;
  GCallback                     drag_cancel;
  GCallback                     pressed;
  GCallback                     pinch_begin;
  GCallback                     pinch;
  GtkEventControllerScrollFlags scroll_flags;
  GCallback                     scroll;
  GCallback                     motion;
  GCallback                     leave;
  GCallback                     key;
  GCallback                     focus;
} SagUiInput;

/** sag_ui_add_input: gives @widget the controllers of @input. */
void sag_ui_add_input (GtkWidget *widget, const SagUiInput *input);

/** sag_ui_add_undo_keys: Ctrl+Z and Ctrl+Shift+Z in windows of @class act in their parent; not while one types. */
void sag_ui_add_undo_keys (GtkWidgetClass *class);

G_END_DECLS
