/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include <math.h>

static void
view_changed (SagUiSceneView *self)
{
  sag_ui_scene_view_describe (self);
  sag_ui_scene_view_request (self, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sag_ui_scene_view_set_moving (SagUiSceneView *self, gboolean moving)
{
  if (moving == self->moving)
    return;
  self->moving = moving;
  sag_ui_scene_view_request (self, FALSE);
}

void
sag_ui_scene_view_look (SagUiSceneView *self, SagRenderStandardView view)
{
  sag_render_camera_look (&self->camera, view);
  view_changed (self);
}

void
sag_ui_scene_view_rotate (SagUiSceneView *self, double azimuth, double elevation)
{
  sag_render_camera_rotate (&self->camera, azimuth, elevation);
  view_changed (self);
}

void
sag_ui_scene_view_zoom (SagUiSceneView *self, double factor)
{
  g_return_if_fail (factor > 0 && isfinite (factor));

  sag_render_camera_zoom (&self->camera, factor);
  view_changed (self);
}

void
sag_ui_scene_view_pan (SagUiSceneView *self, double dx, double dy)
{
  sag_render_camera_pan (&self->camera, gtk_widget_get_width (GTK_WIDGET (self)),
                         gtk_widget_get_height (GTK_WIDGET (self)), dx, dy);
  view_changed (self);
}

void
sag_ui_scene_view_fit (SagUiSceneView *self)
{
  if (self->volume == NULL)
    return;
  sag_render_camera_fit (&self->camera, sag_volume_get_geometry (self->volume));
  view_changed (self);
}

static void
view_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SagRenderStandardView view;

  if (sag_render_standard_view_parse (g_variant_get_string (parameter, NULL), &view))
    sag_ui_scene_view_look (user_data, view);
}

static void
zoom_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  double factor = g_variant_get_double (parameter);

  if (factor > 0 && isfinite (factor))
    sag_ui_scene_view_zoom (user_data, factor);
}

static void
fit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  sag_ui_scene_view_fit (user_data);
}

static const GActionEntry entries[] = {
  { .name = "view", .parameter_type = "s", .activate = view_cb },
  { .name = "zoom", .parameter_type = "d", .activate = zoom_cb },
  { .name = "fit", .activate = fit_cb },
};

void
sag_ui_scene_view_init_actions (SagUiSceneView *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
}
