/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include "render/scene/marker.h"

#include <math.h>

static void
marker_place (SagUiSceneView *self, double *x, double *y)
{
  *x = SAG_UI_SCENE_MARGIN;
  *y = gtk_widget_get_height (GTK_WIDGET (self)) - SAG_UI_SCENE_MARGIN - SAG_RENDER_MARKER_SIZE;
}

/* A view that is hardly larger than the letters is better off without them. */
static gboolean
has_marker (SagUiSceneView *self)
{
  return self->texture != NULL && self->problem == NULL &&
         sag_ui_display_get_show_marks (self->display) &&
         gtk_widget_get_width (GTK_WIDGET (self)) >= 2 * SAG_RENDER_MARKER_SIZE &&
         gtk_widget_get_height (GTK_WIDGET (self)) >= 2 * SAG_RENDER_MARKER_SIZE;
}

int
sag_ui_scene_view_marker_at (SagUiSceneView *self, double x, double y)
{
  double left, top;

  if (!has_marker (self))
    return -1;
  marker_place (self, &left, &top);
  return sag_render_marker_pick (&self->camera, x - left, y - top);
}

/* The newest picture may be of another size or zoom: it is shown where its patient belongs. */
static void
append_picture (SagUiSceneView *self, GtkSnapshot *snapshot)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double drawn_width = gdk_texture_get_width (self->texture);
  double drawn_height = gdk_texture_get_height (self->texture);
  double scale =
    sag_render_camera_mm_per_pixel (&self->texture_camera, (int) drawn_width, (int) drawn_height) /
    sag_ui_scene_view_mm_per_pixel (self);

  drawn_width *= scale;
  drawn_height *= scale;
  if (fabs (drawn_width - width) < 1 && fabs (drawn_height - height) < 1)
    {
      /* Pixel on pixel. */
      drawn_width = width;
      drawn_height = height;
    }
  gtk_snapshot_append_texture (snapshot, self->texture,
                               &GRAPHENE_RECT_INIT ((float) ((width - drawn_width) / 2),
                                                    (float) ((height - drawn_height) / 2),
                                                    (float) drawn_width, (float) drawn_height));
}

static void
append_marker (SagUiSceneView *self, GtkSnapshot *snapshot)
{
  double   x, y;
  cairo_t *cr;

  marker_place (self, &x, &y);
  cr = gtk_snapshot_append_cairo (
    snapshot,
    &GRAPHENE_RECT_INIT ((float) x, (float) y, SAG_RENDER_MARKER_SIZE, SAG_RENDER_MARKER_SIZE));
  cairo_translate (cr, x, y);
  sag_render_marker_draw (cr, &self->camera, self->hover);
  cairo_destroy (cr);
}

void
sag_ui_scene_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SagUiSceneView *self = SAG_UI_SCENE_VIEW (widget);

  if (self->texture != NULL && self->problem == NULL)
    append_picture (self, snapshot);
  if (has_marker (self))
    append_marker (self, snapshot);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_snapshot_child (widget, child, snapshot);
}
