/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/slice-view-private.h"

#include "ui/base/controllers.h"

#include <math.h>

/* Logical pixels that a pressed pointer may tremble without dragging. */
#define CLICK_PX 4.0

#define ZOOM_PER_STEP 1.15
#define ZOOM_PER_PIXEL 1.006

/* Surface pixels that a finger scrolls for one slice. */
#define PIXELS_PER_SLICE 24.0

#define FAST_SLICES 5

static SagUiSlicePoint
point_at (const SagRenderSlice *slice, double x, double y, GdkModifierType state, int n_press)
{
  SagUiSlicePoint point = { x, y, { 0 }, state, n_press };

  sag_render_slice_to_ras (slice, x, y, point.ras_mm);
  return point;
}

static GdkModifierType
state_of (gpointer controller)
{
  return gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
}

static void
set_cursor (SagUiSliceView *self, const char *name)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

static void
touched (SagUiSliceView *self)
{
  g_signal_emit_by_name (self, "touched");
}

/* The layer that takes a press here, the topmost first. */
static gboolean
press_layer (SagUiSliceView *self, double x, double y, GdkModifierType state)
{
  SagRenderSlice  slice;
  SagUiSlicePoint at;

  if (!sag_ui_slice_view_get_slice (self, &slice))
    return FALSE;
  at = point_at (&slice, x, y, state, MAX (self->n_press, 1));
  for (guint i = self->layers->len; i-- > 0;)
    {
      SagUiPlacedLayer placed = g_array_index (self->layers, SagUiPlacedLayer, i);

      if (placed.layer->press == NULL || !placed.layer->press (self, &slice, &at, placed.data))
        continue;
      self->drag_layer = placed;
      return TRUE;
    }
  return FALSE;
}

static SagUiDrag
drag_of (SagUiSliceView *self, guint button, GdkModifierType state)
{
  gboolean with_control = (state & GDK_CONTROL_MASK) != 0;

  if (button == GDK_BUTTON_MIDDLE)
    return SAG_UI_DRAG_PAN;
  if (button == GDK_BUTTON_SECONDARY)
    return SAG_UI_DRAG_ZOOM;
  if (self->mouse == SAG_UI_MOUSE_ITK_SNAP)
    return with_control ? SAG_UI_DRAG_WINDOW : SAG_UI_DRAG_CROSS;
  return with_control ? SAG_UI_DRAG_PAN : SAG_UI_DRAG_UNDECIDED;
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, SagUiSliceView *self)
{
  guint           button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  GdkModifierType state = state_of (gesture);

  sag_ui_slice_view_cancel_drag (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  touched (self);
  if (!self->has_view)
    return;
  self->drag_x = self->last_x = x;
  self->drag_y = self->last_y = y;
  self->drag_moved = FALSE;
  self->drag_window = sag_ui_display_get_window (self->display);
  if (button <= GDK_BUTTON_PRIMARY && press_layer (self, x, y, state))
    self->drag = SAG_UI_DRAG_LAYER;
  else
    self->drag = drag_of (self, button, state);
  if (self->drag == SAG_UI_DRAG_CROSS)
    sag_ui_slice_view_cross_to (self, x, y);
  if (self->drag == SAG_UI_DRAG_PAN)
    set_cursor (self, "grabbing");
}

/* The wider the window, the more a pixel means. Up is lower, so brighter; right is wider. */
static void
drag_window (SagUiSliceView *self, double dx, double dy)
{
  double          gain = MAX (1, self->drag_window.width / 400);
  SagRenderWindow window = { MAX (1, round (self->drag_window.width + dx * gain)),
                             round (self->drag_window.level + dy * gain) };

  sag_ui_display_set_window (self->display, window);
}

static void
drag_layer (SagUiSliceView *self, double x, double y, GdkModifierType state)
{
  SagRenderSlice  slice;
  SagUiSlicePoint at;

  if (self->drag_layer.layer->drag == NULL || !sag_ui_slice_view_get_slice (self, &slice))
    return;
  at = point_at (&slice, x, y, state, self->n_press);
  self->drag_layer.layer->drag (self, &slice, &at, self->drag_layer.data);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, SagUiSliceView *self)
{
  double x = self->drag_x + dx, y = self->drag_y + dy;

  self->pointer_x = x;
  self->pointer_y = y;
  self->drag_moved = self->drag_moved || hypot (dx, dy) > CLICK_PX;
  if (self->drag == SAG_UI_DRAG_UNDECIDED && self->drag_moved)
    self->drag = SAG_UI_DRAG_WINDOW;
  switch (self->drag)
    {
    case SAG_UI_DRAG_WINDOW:
      sag_ui_slice_view_moving (self);
      drag_window (self, dx, dy);
      break;
    case SAG_UI_DRAG_PAN:
      sag_ui_slice_view_pan_by (self, x - self->last_x, y - self->last_y);
      break;
    case SAG_UI_DRAG_ZOOM:
      sag_ui_slice_view_zoom_at (self, pow (ZOOM_PER_PIXEL, self->last_y - y), self->drag_x,
                                 self->drag_y);
      break;
    case SAG_UI_DRAG_CROSS:
      sag_ui_slice_view_cross_to (self, x, y);
      break;
    case SAG_UI_DRAG_LAYER:
      drag_layer (self, x, y, state_of (gesture));
      break;
    case SAG_UI_DRAG_NONE:
    case SAG_UI_DRAG_UNDECIDED:
    default:
      break;
    }
  self->last_x = x;
  self->last_y = y;
}

static void
release_layer (SagUiSliceView *self, double x, double y, GdkModifierType state)
{
  SagRenderSlice  slice;
  SagUiSlicePoint at;

  if (self->drag_layer.layer->release == NULL || !sag_ui_slice_view_get_slice (self, &slice))
    return;
  at = point_at (&slice, x, y, state, self->n_press);
  self->drag_layer.layer->release (self, &slice, &at, !self->drag_moved, self->drag_layer.data);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, SagUiSliceView *self)
{
  SagUiDrag drag = self->drag;

  self->drag = SAG_UI_DRAG_NONE;
  set_cursor (self, NULL);
  if (drag == SAG_UI_DRAG_LAYER)
    release_layer (self, self->drag_x + dx, self->drag_y + dy, state_of (gesture));
  else if (drag == SAG_UI_DRAG_UNDECIDED && self->n_press < 2)
    sag_ui_slice_view_cross_to (self, self->drag_x, self->drag_y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, SagUiSliceView *self)
{
  sag_ui_slice_view_cancel_drag (self);
}

void
sag_ui_slice_view_cancel_drag (SagUiSliceView *self)
{
  SagUiDrag drag = self->drag;

  self->drag = SAG_UI_DRAG_NONE;
  if (drag == SAG_UI_DRAG_NONE)
    return;
  set_cursor (self, NULL);
  if (drag == SAG_UI_DRAG_LAYER && self->drag_layer.layer->cancel != NULL)
    self->drag_layer.layer->cancel (self, self->drag_layer.data);
  if (drag == SAG_UI_DRAG_WINDOW && self->display != NULL)
    sag_ui_display_set_window (self->display, self->drag_window);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, SagUiSliceView *self)
{
  self->n_press = n_press;
  if (n_press == 2 && sag_ui_display_get_tool (self->display) == SAG_UI_TOOL_NONE)
    g_signal_emit_by_name (self, "activated");
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, SagUiSliceView *self)
{
  GdkModifierType state = state_of (controller);
  int             n_slices;

  touched (self);
  if (gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE)
    dy /= PIXELS_PER_SLICE;
  if (state & GDK_CONTROL_MASK)
    {
      sag_ui_slice_view_zoom_at (self, pow (ZOOM_PER_STEP, -dy), self->pointer_x, self->pointer_y);
      return GDK_EVENT_STOP;
    }
  /* Shift turns a wheel sideways on some systems. */
  self->scroll_left += dy != 0 ? dy : dx;
  n_slices = (int) self->scroll_left;
  self->scroll_left -= n_slices;
  if (n_slices != 0)
    sag_ui_slice_view_step (self, -n_slices * (state & GDK_SHIFT_MASK ? FAST_SLICES : 1));
  return GDK_EVENT_STOP;
}

static const char *
hover_layers (SagUiSliceView *self, const SagRenderSlice *slice, const SagUiSlicePoint *at)
{
  const char *cursor = NULL;

  for (guint i = self->layers->len; i-- > 0;)
    {
      SagUiPlacedLayer placed = g_array_index (self->layers, SagUiPlacedLayer, i);

      if (placed.layer->hover != NULL && cursor == NULL)
        cursor = placed.layer->hover (self, slice, at, placed.data);
    }
  return cursor;
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, SagUiSliceView *self)
{
  GdkModifierType state = state_of (controller);
  SagRenderSlice  slice;
  SagUiSlicePoint at;

  if (self->has_pointer && x == self->pointer_x && y == self->pointer_y)
    return;
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  if (!sag_ui_slice_view_get_slice (self, &slice))
    return;
  at = point_at (&slice, x, y, state, 0);
  if ((state & GDK_SHIFT_MASK) && self->drag == SAG_UI_DRAG_NONE)
    sag_ui_slice_view_cross_to (self, x, y);
  sag_ui_display_set_pointer (self->display, at.ras_mm);
  if (self->drag == SAG_UI_DRAG_NONE)
    set_cursor (self, hover_layers (self, &slice, &at));
}

static void
leave_cb (GtkEventControllerMotion *controller, SagUiSliceView *self)
{
  SagRenderSlice slice;

  self->has_pointer = FALSE;
  if (self->display == NULL || !sag_ui_slice_view_get_slice (self, &slice))
    return;
  hover_layers (self, &slice, NULL);
  sag_ui_display_set_pointer (self->display, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, SagUiSliceView *self)
{
  sag_ui_slice_view_cancel_drag (self);
  self->pinch_scale = 1;
  touched (self);
}

static void
pinch_cb (GtkGestureZoom *gesture, double scale, SagUiSliceView *self)
{
  double x = self->view.width / 2.0, y = self->view.height / 2.0;

  if (!(scale > 0) || !(self->pinch_scale > 0))
    return;
  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  sag_ui_slice_view_zoom_at (self, scale / self->pinch_scale, x, y);
  self->pinch_scale = scale;
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  key,
        guint                  code,
        GdkModifierType        state,
        SagUiSliceView        *self)
{
  if (key != GDK_KEY_Escape || self->drag == SAG_UI_DRAG_NONE)
    return GDK_EVENT_PROPAGATE;
  sag_ui_slice_view_cancel_drag (self);
  return GDK_EVENT_STOP;
}

static void
focus_cb (GtkEventControllerFocus *controller, GParamSpec *pspec, SagUiSliceView *self)
{
  if (gtk_event_controller_focus_is_focus (controller))
    touched (self);
  gtk_widget_queue_draw (GTK_WIDGET (self)); /* the readout under the cross */
}

void
sag_ui_slice_view_init_input (SagUiSliceView *self)
{
  sag_ui_add_input (GTK_WIDGET (self), &(SagUiInput){
                                         .drag_begin = G_CALLBACK (drag_begin_cb),
                                         .drag_update = G_CALLBACK (drag_update_cb),
                                         .drag_end = G_CALLBACK (drag_end_cb),
                                         .drag_cancel = G_CALLBACK (drag_cancel_cb),
                                         .pressed = G_CALLBACK (pressed_cb),
                                         .pinch_begin = G_CALLBACK (pinch_begin_cb),
                                         .pinch = G_CALLBACK (pinch_cb),
                                         .scroll_flags = GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES,
                                         .scroll = G_CALLBACK (scroll_cb),
                                         .motion = G_CALLBACK (motion_cb),
                                         .leave = G_CALLBACK (leave_cb),
                                         .key = G_CALLBACK (key_cb),
                                         .focus = G_CALLBACK (focus_cb),
                                       });
}
