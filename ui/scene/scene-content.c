/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scene/scene-view-private.h"

#include "ui/answer/overlay.h"

/* The same bytes again and again, so that the renderer knows what it has seen. */
static GBytes *
cells_of (SagUiOverlay *overlay)
{
  GBytes *cells = g_object_get_data (G_OBJECT (overlay), "sag-scene-cells");

  if (cells == NULL)
    {
      cells = g_bytes_new (sag_ui_overlay_get_cells (overlay),
                           sizeof (float) *
                             sag_geometry_n_voxels (sag_ui_overlay_get_geometry (overlay)));
      g_object_set_data_full (G_OBJECT (overlay), "sag-scene-cells", cells,
                              (GDestroyNotify) g_bytes_unref);
    }
  return cells;
}

static void
add_overlays (SagUiSceneView *self, SagRenderContent *content)
{
  g_autoptr (GPtrArray) shown = sag_ui_display_get_shown (self->display);

  for (guint i = 0; i < shown->len; i++)
    {
      SagRenderHeatmap map = sag_ui_overlay_get_heatmap (shown->pdata[i]);

      sag_render_content_add_heatmap (content, &map, cells_of (shown->pdata[i]));
    }
}

static void
add_box (SagUiSceneView *self, SagRenderContent *content)
{
  SagUiCase   *one = sag_ui_display_get_case (self->display);
  SagPrepared *prepared = one != NULL ? sag_ui_case_get_prepared (one) : NULL;

  if (prepared != NULL && sag_ui_display_get_show_box (self->display))
    sag_render_content_set_box (content, sag_prepared_get_input_geometry (prepared));
}

SagRenderContent *
sag_ui_scene_view_make_content (SagUiSceneView *self)
{
  SagRenderContent *content = sag_render_content_new (self->volume, self->lungs);
  double            cross[3];

  if (self->volume == NULL)
    return content;
  for (int p = 0; p < SAG_RENDER_N_PARTS; p++)
    sag_render_content_set_part (content, (SagRenderPart) p, self->part[p]);
  add_overlays (self, content);
  add_box (self, content);
  for (guint l = 0; l < self->layers->len; l++)
    {
      const SagUiSceneLayer *layer = &g_array_index (self->layers, SagUiSceneLayer, l);

      layer->add (self, content, layer->data);
    }
  if (sag_ui_display_get_show_cross (self->display))
    {
      sag_ui_display_get_cross (self->display, cross);
      sag_render_content_set_cross (content, cross);
    }
  return content;
}

static void
add_note (SagUiSceneView *self, const char *sentence, gboolean warning)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *label = gtk_label_new (sentence);

  gtk_widget_set_halign (row, GTK_ALIGN_END);
  if (warning)
    {
      gtk_widget_add_css_class (row, "caution");
      gtk_box_append (GTK_BOX (row), gtk_image_new_from_icon_name ("dialog-warning-symbolic"));
    }
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_RIGHT);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (self->notes), row);
}

void
sag_ui_scene_view_update_notes (SagUiSceneView *self)
{
  g_autoptr (GPtrArray) shown = NULL;
  g_autoptr (GHashTable) said = g_hash_table_new (g_str_hash, g_str_equal);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (self->notes)) != NULL)
    gtk_box_remove (GTK_BOX (self->notes), row);
  if (self->volume == NULL || self->problem != NULL)
    return;
  if (self->watermark != NULL)
    add_note (self, self->watermark, TRUE);
  shown = sag_ui_display_get_shown (self->display);
  for (guint i = 0; i < shown->len; i++)
    {
      const char *note = sag_ui_overlay_get_note (shown->pdata[i]);

      if (note != NULL && g_hash_table_add (said, (gpointer) note))
        add_note (self, note, FALSE);
    }
}
