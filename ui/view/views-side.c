/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/views-private.h"

#include "ui/scene/scene-view.h"

#include <glib/gi18n.h>

SagUiSliceView *
sag_ui_side_get_view (SagUiSide *side, SagRenderPlane plane)
{
  return sag_ui_view_cell_get_view (SAG_UI_VIEW_CELL (side->cells[plane]));
}

static void
touched_cb (SagUiSliceView *view, SagUiViews *self)
{
  if (self->active != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->active), "active");
  self->active = view;
  gtk_widget_add_css_class (GTK_WIDGET (view), "active");
}

static void
activated_cb (SagUiSliceView *view, SagUiViews *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "view.maximise", NULL);
}

/* It has the focus, so it is the one that is maximised. */
static void
scene_activated_cb (SagUiViews *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "view.maximise", NULL);
}

static void
view_changed_cb (SagUiSliceView *view, SagUiViews *self)
{
  int plane = sag_ui_slice_view_get_plane (view);

  if (!self->comparing || !self->linked)
    return;
  for (int s = 0; s < 2; s++)
    if (sag_ui_side_get_view (&self->sides[s], plane) == view)
      sag_ui_slice_view_follow (sag_ui_side_get_view (&self->sides[1 - s], plane), view);
}

static GtkWidget *
build_title (SagUiSide *side)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_widget_add_css_class (box, "side-title");
  side->title_label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (side->title_label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (side->title_label), 0);
  gtk_widget_set_hexpand (side->title_label, TRUE);
  gtk_widget_add_css_class (side->title_label, "caption-heading");
  gtk_box_append (GTK_BOX (box), side->title_label);
  gtk_widget_set_visible (box, FALSE);
  return box;
}

static void
add_cell (SagUiViews *self, SagUiSide *side, SagRenderPlane plane)
{
  GtkWidget      *cell = sag_ui_view_cell_new (plane);
  SagUiSliceView *view = sag_ui_view_cell_get_view (SAG_UI_VIEW_CELL (cell));

  side->cells[plane] = cell;
  g_signal_connect (view, "touched", G_CALLBACK (touched_cb), self);
  g_signal_connect (view, "activated", G_CALLBACK (activated_cb), self);
  g_signal_connect (view, "view-changed", G_CALLBACK (view_changed_cb), self);
  sag_ui_view_grid_add (SAG_UI_VIEW_GRID (side->grid), cell);
}

void
sag_ui_side_init (SagUiViews *self, SagUiSide *side, gboolean with_scene)
{
  side->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  side->title = build_title (side);
  side->grid = sag_ui_view_grid_new ();
  gtk_widget_set_vexpand (side->grid, TRUE);
  gtk_widget_set_hexpand (side->grid, TRUE);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    add_cell (self, side, p);
  if (with_scene)
    {
      side->cells[SAG_UI_CELL_SCENE] = sag_ui_scene_view_new ();
      g_signal_connect_swapped (side->cells[SAG_UI_CELL_SCENE], "activated",
                                G_CALLBACK (scene_activated_cb), self);
      sag_ui_view_grid_add (SAG_UI_VIEW_GRID (side->grid), side->cells[SAG_UI_CELL_SCENE]);
    }
  gtk_box_append (GTK_BOX (side->box), side->title);
  gtk_box_append (GTK_BOX (side->box), side->grid);
}

void
sag_ui_side_set_display (SagUiSide *side, SagUiDisplay *display)
{
  g_set_object (&side->display, display);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    sag_ui_view_cell_set_display (SAG_UI_VIEW_CELL (side->cells[p]), display);
  if (side->cells[SAG_UI_CELL_SCENE] != NULL)
    sag_ui_scene_view_set_display (SAG_UI_SCENE_VIEW (side->cells[SAG_UI_CELL_SCENE]), display);
}

void
sag_ui_side_match_titles (SagUiSide *a, SagUiSide *b)
{
  g_autoptr (GtkSizeGroup) heights = gtk_size_group_new (GTK_SIZE_GROUP_VERTICAL);

  gtk_size_group_add_widget (heights, a->title);
  gtk_size_group_add_widget (heights, b->title);
}

void
sag_ui_side_set_title (SagUiSide *side, const char *title)
{
  gtk_label_set_label (GTK_LABEL (side->title_label), title != NULL ? title : "");
  gtk_widget_set_tooltip_text (side->title_label, title);
  gtk_widget_set_visible (side->title, title != NULL);
}
