/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/slice-job.h"
#include "ui/view/slice-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* The accent of the house, as in the renderer's own cross. */
static const GdkRGBA cross_colour = { 0x62 / 255.0f, 0xa0 / 255.0f, 0xea / 255.0f, 0.7f };

#define CROSS_GAP 10.0
#define CROSS_FADED 0.25f

/* Where the readout is written; the renderer keeps the place free. */
#define READOUT_WIDTH 180.0f
#define READOUT_HEIGHT 64.0f

static void
append_bar (
  GtkSnapshot *snapshot, const GdkRGBA *colour, double x0, double y0, double x1, double y1)
{
  if (x1 > x0 && y1 > y0)
    gtk_snapshot_append_color (
      snapshot, colour,
      &GRAPHENE_RECT_INIT ((float) x0, (float) y0, (float) (x1 - x0), (float) (y1 - y0)));
}

/* Lines of whole device pixels, open in the middle so that the point itself can be seen. They are
 * no part of the picture: the cross of one view moves when another one is scrolled. */
static void
append_cross (SagUiSliceView *self, GtkSnapshot *snapshot, const SagRenderSlice *slice)
{
  double  width = self->view.width, height = self->view.height;
  double  device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  double  gap = MIN (CROSS_GAP, MIN (width, height) / 10);
  GdkRGBA colour = cross_colour;
  double  cross[3], x, y;

  sag_ui_display_get_cross (self->display, cross);
  sag_render_slice_from_ras (slice, cross, &x, &y);
  x = floor (x * device) / device;
  y = floor (y * device) / device;
  if (self->drag != SAG_UI_DRAG_NONE && self->drag != SAG_UI_DRAG_UNDECIDED &&
      self->drag != SAG_UI_DRAG_CROSS)
    colour.alpha = CROSS_FADED;
  append_bar (snapshot, &colour, 0, y, MIN (x - gap, width), y + 1);
  append_bar (snapshot, &colour, MAX (x + gap, 0), y, width, y + 1);
  append_bar (snapshot, &colour, x, 0, x + 1, MIN (y - gap, height));
  append_bar (snapshot, &colour, x, MAX (y + gap, 0), x + 1, height);
}

static void
append_texture (GtkSnapshot *snapshot, GdkTexture *texture, double scale)
{
  gtk_snapshot_append_texture (
    snapshot, texture,
    &GRAPHENE_RECT_INIT (0, 0, (float) (gdk_texture_get_width (texture) / scale),
                         (float) (gdk_texture_get_height (texture) / scale)));
}

/* Of the point under the pointer if it is over this view; without a pointer anywhere, the view
 * that has the keys says what lies under the cross. */
static gboolean
find_readout (SagUiSliceView *self, const SagRenderSlice *slice, double ras_mm[3])
{
  double ignored[3];

  if (!sag_ui_display_get_show_marks (self->display))
    return FALSE;
  if (self->has_pointer)
    {
      sag_render_slice_to_ras (slice, self->pointer_x, self->pointer_y, ras_mm);
      return TRUE;
    }
  if (sag_ui_display_get_pointer (self->display, ignored) ||
      !gtk_widget_has_focus (GTK_WIDGET (self)))
    return FALSE;
  sag_ui_display_get_cross (self->display, ras_mm);
  return TRUE;
}

/* Whether the loader has filled the voxel there. */
static gboolean
is_read (SagUiSliceView *self, SagVolume *volume, const double ras_mm[3])
{
  const SagGeometry *stored = sag_volume_get_geometry (volume);
  double             ras_to_ijk[3][4], ijk[3];

  if (!sag_geometry_invert (stored, ras_to_ijk))
    return FALSE;
  sag_geometry_apply (ras_to_ijk, ras_mm, ijk);
  return ijk[2] < sag_ui_case_get_n_slices_ready (sag_ui_display_get_case (self->display)) - 0.5 ||
         ijk[2] >= stored->dims[2] - 0.5;
}

static void
append_readout (SagUiSliceView *self, GtkSnapshot *snapshot, const SagRenderSlice *slice)
{
  SagVolume     *volume = sag_ui_display_get_volume (self->display);
  SagRenderFrame frame = sag_render_frame_init (volume);
  SagRenderMarks marks = { .readout = TRUE, .readout_voxel = TRUE };
  cairo_t       *cr;

  if (!find_readout (self, slice, marks.readout_ras_mm) ||
      !is_read (self, volume, marks.readout_ras_mm))
    return;
  cr = gtk_snapshot_append_cairo (
    snapshot, &GRAPHENE_RECT_INIT (0, 0, MIN (READOUT_WIDTH, (float) self->view.width / 2),
                                   MIN (READOUT_HEIGHT, (float) self->view.height / 2)));
  sag_render_marks_draw (cr, &frame, slice, &marks);
  cairo_destroy (cr);
}

static void
append_layers (SagUiSliceView *self, GtkSnapshot *snapshot, const SagRenderSlice *slice)
{
  for (guint i = 0; i < self->layers->len; i++)
    {
      SagUiPlacedLayer *placed = &g_array_index (self->layers, SagUiPlacedLayer, i);
      graphene_rect_t   bounds, view;
      cairo_t          *cr;

      graphene_rect_init (&view, 0, 0, (float) self->view.width, (float) self->view.height);
      if (placed->layer->draw == NULL || placed->layer->bounds == NULL ||
          !placed->layer->bounds (self, slice, &bounds, placed->data) ||
          !graphene_rect_intersection (&bounds, &view, &bounds))
        continue;
      graphene_rect_round_extents (&bounds, &bounds);
      cr = gtk_snapshot_append_cairo (snapshot, &bounds);
      placed->layer->draw (self, slice, cr, placed->data);
      cairo_destroy (cr);
    }
}

void
sag_ui_slice_view_draw_layers (SagUiSliceView *self, const SagRenderSlice *slice, cairo_t *cr)
{
  for (guint i = 0; i < self->layers->len; i++)
    {
      SagUiPlacedLayer *placed = &g_array_index (self->layers, SagUiPlacedLayer, i);

      if (placed->layer->draw == NULL || placed->layer->is_passing)
        continue;
      cairo_save (cr);
      placed->layer->draw (self, slice, cr, placed->data);
      cairo_restore (cr);
    }
}

void
sag_ui_slice_view_add_layer (SagUiSliceView *self, const SagUiSliceLayer *layer, gpointer data)
{
  SagUiPlacedLayer placed = { layer, data };

  g_array_append_val (self->layers, placed);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sag_ui_slice_view_remove_layer (SagUiSliceView *self, gpointer data)
{
  if (self->drag == SAG_UI_DRAG_LAYER && self->drag_layer.data == data)
    sag_ui_slice_view_cancel_drag (self);
  for (guint i = self->layers->len; i-- > 0;)
    if (g_array_index (self->layers, SagUiPlacedLayer, i).data == data)
      g_array_remove_index (self->layers, i);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Said where a slice will be. */
static void
append_reading (SagUiSliceView *self, GtkSnapshot *snapshot)
{
  SagUiCase *one = sag_ui_display_get_case (self->display);
  g_autoptr (PangoLayout) layout = NULL;
  g_autofree char *text = NULL;
  GdkRGBA          colour = { 1, 1, 1, 0.6f };
  int              width, height;

  if (one == NULL || sag_ui_case_get_state (one) != SAG_UI_CASE_LOADING)
    return;
  /* Translators: shown in a view while its slice is being read; a percentage. */
  text = g_strdup_printf (_ ("Reading… %d %%"), (int) (100 * sag_ui_case_get_progress (one)));
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (self->view.width - width) / 2,
                                                (float) (self->view.height - height) / 2));
  gtk_snapshot_append_layout (snapshot, layout, &colour);
  gtk_snapshot_restore (snapshot);
}

void
sag_ui_slice_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SagUiSliceView *self = SAG_UI_SLICE_VIEW (widget);
  SagRenderSlice  slice;

  if (self->display == NULL)
    return;
  if (self->picture.frame == NULL)
    append_reading (self, snapshot);
  if (self->picture.frame == NULL || !sag_ui_slice_view_get_slice (self, &slice))
    return;
  append_texture (snapshot, self->picture.frame, self->picture.slice.scale);
  if (sag_ui_display_get_show_cross (self->display))
    append_cross (self, snapshot, &slice);
  append_layers (self, snapshot, &slice);
  if (self->picture.words != NULL)
    append_texture (snapshot, self->picture.words, self->picture.words_scale);
  append_readout (self, snapshot, &slice);
}

static const char *
plane_label (SagRenderPlane plane)
{
  switch (plane)
    {
    case SAG_RENDER_CORONAL:
      return _ ("Coronal view");
    case SAG_RENDER_SAGITTAL:
      return _ ("Sagittal view");
    case SAG_RENDER_AXIAL:
    default:
      return _ ("Axial view");
    }
}

void
sag_ui_slice_view_describe (SagUiSliceView *self)
{
  g_autofree char *text = NULL;
  char             mm[G_ASCII_DTOSTR_BUF_SIZE];
  double           cross[3];
  SagRenderSlice   slice;
  SagRenderWindow  window;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  plane_label (self->view.plane), -1);
  if (!sag_ui_slice_view_get_slice (self, &slice))
    return;
  sag_ui_display_get_cross (self->display, cross);
  window = sag_ui_display_get_window (self->display);
  g_ascii_formatd (mm, sizeof mm, "%.1f", cross[slice.axis[2]]);
  /* Translators: slice number, number of slices, position, window width and level. */
  text = g_strdup_printf (_ ("Slice %d of %d at %s mm, window %.0f, level %.0f"), slice.index + 1,
                          slice.n_slices, mm, window.width, window.level);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}
