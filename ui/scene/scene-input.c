/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include "ui/base/controllers.h"

#include <math.h>

#define DEGREES_PER_PIXEL 0.4
#define DEGREES_PER_KEY 5.0
#define FAST_KEYS 3
#define ZOOM_PER_STEP 1.15
#define ZOOM_PER_PIXEL 1.006
#define CLICK_PX 4.0

/* Surface pixels that a finger scrolls for one step of a wheel. */
#define PIXELS_PER_STEP 24.0

static GdkModifierType
state_of (gpointer controller)
{
  return gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
}

static void
touched (SagUiSceneView *self)
{
  g_signal_emit_by_name (self, "touched");
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, SagUiSceneView *self)
{
  guint    button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  gboolean with_control = (state_of (gesture) & GDK_CONTROL_MASK) != 0;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  touched (self);
  self->drag_x = self->last_x = x;
  self->drag_y = self->last_y = y;
  self->drag_moved = FALSE;
  if (button == GDK_BUTTON_MIDDLE || (button <= GDK_BUTTON_PRIMARY && with_control))
    self->drag = SAG_UI_SCENE_DRAG_PAN;
  else if (button == GDK_BUTTON_SECONDARY)
    self->drag = SAG_UI_SCENE_DRAG_ZOOM;
  else
    self->drag = SAG_UI_SCENE_DRAG_ROTATE;
}

/* What is under the pointer follows it. */
static void
drag_by (SagUiSceneView *self, double dx, double dy)
{
  switch (self->drag)
    {
    case SAG_UI_SCENE_DRAG_ROTATE:
      sag_ui_scene_view_rotate (self, -DEGREES_PER_PIXEL * dx, DEGREES_PER_PIXEL * dy);
      break;
    case SAG_UI_SCENE_DRAG_PAN:
      sag_ui_scene_view_pan (self, dx, dy);
      break;
    case SAG_UI_SCENE_DRAG_ZOOM:
      sag_ui_scene_view_zoom (self, pow (ZOOM_PER_PIXEL, -dy));
      break;
    case SAG_UI_SCENE_DRAG_NONE:
    default:
      break;
    }
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, SagUiSceneView *self)
{
  double x = self->drag_x + dx, y = self->drag_y + dy;

  if (!self->drag_moved && hypot (dx, dy) <= CLICK_PX)
    return;
  if (!self->drag_moved)
    gtk_widget_set_cursor_from_name (
      GTK_WIDGET (self), self->drag == SAG_UI_SCENE_DRAG_ZOOM ? "ns-resize" : "grabbing");
  self->drag_moved = TRUE;
  sag_ui_scene_view_set_moving (self, TRUE);
  drag_by (self, x - self->last_x, y - self->last_y);
  self->last_x = x;
  self->last_y = y;
}

static void
end_drag (SagUiSceneView *self)
{
  self->drag = SAG_UI_SCENE_DRAG_NONE;
  gtk_widget_set_cursor (GTK_WIDGET (self), NULL);
  sag_ui_scene_view_set_moving (self, FALSE);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, SagUiSceneView *self)
{
  int letter = -1;

  if (!self->drag_moved && self->drag == SAG_UI_SCENE_DRAG_ROTATE)
    letter = sag_ui_scene_view_marker_at (self, self->last_x, self->last_y);
  end_drag (self);
  if (letter >= 0)
    sag_ui_scene_view_look (self, (SagRenderStandardView) letter);
}

static void
drag_cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, SagUiSceneView *self)
{
  end_drag (self);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, SagUiSceneView *self)
{
  if (n_press == 2 && sag_ui_scene_view_marker_at (self, x, y) < 0)
    g_signal_emit_by_name (self, "activated");
}

static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, SagUiSceneView *self)
{
  touched (self);
  if (gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_SURFACE)
    dy /= PIXELS_PER_STEP;
  sag_ui_scene_view_zoom (self, pow (ZOOM_PER_STEP, -dy));
  return GDK_EVENT_STOP;
}

static void
pinch_begin_cb (GtkGesture *gesture, GdkEventSequence *sequence, SagUiSceneView *self)
{
  self->pinch_scale = 1;
  self->drag = SAG_UI_SCENE_DRAG_NONE;
  touched (self);
}

static void
pinch_cb (GtkGestureZoom *gesture, double scale, SagUiSceneView *self)
{
  if (!(scale > 0) || !(self->pinch_scale > 0))
    return;
  sag_ui_scene_view_zoom (self, scale / self->pinch_scale);
  self->pinch_scale = scale;
}

static void
set_hover (SagUiSceneView *self, int letter)
{
  if (letter == self->hover)
    return;
  self->hover = letter;
  if (self->drag == SAG_UI_SCENE_DRAG_NONE)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), letter >= 0 ? "pointer" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, SagUiSceneView *self)
{
  set_hover (self, self->drag_moved && self->drag != SAG_UI_SCENE_DRAG_NONE
                     ? -1
                     : sag_ui_scene_view_marker_at (self, x, y));
}

static void
leave_cb (GtkEventControllerMotion *controller, SagUiSceneView *self)
{
  set_hover (self, -1);
}

/* Up turns the head towards the reader, as dragging down would. */
static gboolean
turn_by_key (SagUiSceneView *self, guint keyval, double degrees)
{
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      sag_ui_scene_view_rotate (self, degrees, 0);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      sag_ui_scene_view_rotate (self, -degrees, 0);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      sag_ui_scene_view_rotate (self, 0, -degrees);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      sag_ui_scene_view_rotate (self, 0, degrees);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
zoom_by_key (SagUiSceneView *self, guint keyval)
{
  switch (keyval)
    {
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
      sag_ui_scene_view_zoom (self, ZOOM_PER_STEP);
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      sag_ui_scene_view_zoom (self, 1 / ZOOM_PER_STEP);
      return TRUE;
    case GDK_KEY_equal:
    case GDK_KEY_KP_Equal:
      sag_ui_scene_view_fit (self);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  code,
        GdkModifierType        state,
        SagUiSceneView        *self)
{
  double degrees = state & GDK_SHIFT_MASK ? FAST_KEYS * DEGREES_PER_KEY : DEGREES_PER_KEY;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  return turn_by_key (self, keyval, degrees) || zoom_by_key (self, keyval);
}

static void
focus_cb (GtkEventControllerFocus *controller, GParamSpec *pspec, SagUiSceneView *self)
{
  if (gtk_event_controller_focus_is_focus (controller))
    touched (self);
}

void
sag_ui_scene_view_init_input (SagUiSceneView *self)
{
  sag_ui_add_input (GTK_WIDGET (self), &(SagUiInput){
                                         .drag_begin = G_CALLBACK (drag_begin_cb),
                                         .drag_update = G_CALLBACK (drag_update_cb),
                                         .drag_end = G_CALLBACK (drag_end_cb),
                                         .drag_cancel = G_CALLBACK (drag_cancel_cb),
                                         .pressed = G_CALLBACK (pressed_cb),
                                         .pinch_begin = G_CALLBACK (pinch_begin_cb),
                                         .pinch = G_CALLBACK (pinch_cb),
                                         .scroll_flags = GTK_EVENT_CONTROLLER_SCROLL_VERTICAL,
                                         .scroll = G_CALLBACK (scroll_cb),
                                         .motion = G_CALLBACK (motion_cb),
                                         .leave = G_CALLBACK (leave_cb),
                                         .key = G_CALLBACK (key_cb),
                                         .focus = G_CALLBACK (focus_cb),
                                       });
}
