/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/view-cell.h"

#include "ui/base/keymap.h"

#include <glib/gi18n.h>
#include <math.h>

struct _SagUiViewCell
{
  GtkWidget parent;

  SagUiDisplay   *display;
  SagUiSliceView *view;
  GtkWidget      *rail;
  GtkWidget      *slider;
  GtkWidget      *play;
  gboolean        is_following; /* the slider is being set, not moved */
  gboolean        playing;
  double          rate;
  guint           tick_id;
  gint64          next_us;
};

G_DEFINE_FINAL_TYPE (SagUiViewCell, sag_ui_view_cell, GTK_TYPE_WIDGET)

enum
{
  PROP_PLAYING = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

SagUiSliceView *
sag_ui_view_cell_get_view (SagUiViewCell *self)
{
  return self->view;
}

gboolean
sag_ui_view_cell_get_playing (SagUiViewCell *self)
{
  return self->playing;
}

void
sag_ui_view_cell_set_rate (SagUiViewCell *self, double slices_per_second)
{
  self->rate = CLAMP (slices_per_second, 1, 60);
}

static const char *
slider_label (SagRenderPlane plane)
{
  switch (plane)
    {
    case SAG_RENDER_CORONAL:
      return _ ("Coronal slice");
    case SAG_RENDER_SAGITTAL:
      return _ ("Sagittal slice");
    case SAG_RENDER_AXIAL:
    default:
      return _ ("Axial slice");
    }
}

/* The slider shows where the view is. */
static void
follow (SagUiViewCell *self)
{
  GtkAdjustment   *adjustment = gtk_range_get_adjustment (GTK_RANGE (self->slider));
  SagRenderSlice   slice;
  double           cross[3];
  char             mm[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;
  gboolean         has_slice = sag_ui_slice_view_get_slice (self->view, &slice);

  gtk_widget_set_sensitive (self->rail, has_slice && slice.n_slices > 1);
  if (!has_slice)
    return;
  self->is_following = TRUE;
  gtk_adjustment_configure (adjustment, slice.index, 0, MAX (slice.n_slices - 1, 1), 1, 10, 0);
  self->is_following = FALSE;
  sag_ui_display_get_cross (self->display, cross);
  g_ascii_formatd (mm, sizeof mm, "%.1f", cross[slice.axis[2]]);
  /* Translators: slice number, number of slices, position in the patient. */
  text = g_strdup_printf (_ ("%d of %d, %s mm"), slice.index + 1, slice.n_slices, mm);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->slider), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
  gtk_widget_set_tooltip_text (self->slider, text);
}

static void
slider_cb (GtkAdjustment *adjustment, SagUiViewCell *self)
{
  if (self->is_following)
    return;
  sag_ui_view_cell_set_playing (self, FALSE);
  sag_ui_slice_view_go (self->view, (int) round (gtk_adjustment_get_value (adjustment)));
}

static void
changed_cb (SagUiDisplay *display, guint change, SagUiViewCell *self)
{
  if (change & SAG_UI_CHANGE_CASE)
    sag_ui_view_cell_set_playing (self, FALSE);
  if (change & (SAG_UI_CHANGE_CASE | SAG_UI_CHANGE_CROSS))
    follow (self);
}

static void
show_playing (SagUiViewCell *self)
{
  gtk_button_set_icon_name (GTK_BUTTON (self->play), self->playing
                                                       ? "media-playback-pause-symbolic"
                                                       : "media-playback-start-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->playing ? _ ("Stop") : _ ("Play the slices"), -1);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SagUiViewCell *self = SAG_UI_VIEW_CELL (widget);
  gint64         now_us = gdk_frame_clock_get_frame_time (clock);
  SagRenderSlice slice;

  if (now_us < self->next_us || !sag_ui_slice_view_get_slice (self->view, &slice))
    return G_SOURCE_CONTINUE;
  /* Late frames are left out, not made up for. */
  self->next_us = MAX (self->next_us + (gint64) (1e6 / self->rate), now_us);
  sag_ui_slice_view_go (self->view, slice.index > 0 ? slice.index - 1 : slice.n_slices - 1);
  return G_SOURCE_CONTINUE;
}

void
sag_ui_view_cell_set_playing (SagUiViewCell *self, gboolean playing)
{
  SagRenderSlice slice;

  playing = playing && sag_ui_slice_view_get_slice (self->view, &slice) && slice.n_slices > 1;
  if (playing == self->playing)
    return;
  self->playing = playing;
  if (playing)
    {
      self->next_us = 0;
      self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
    }
  else
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
      self->tick_id = 0;
    }
  show_playing (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PLAYING]);
}

static void
play_cb (GtkButton *button, SagUiViewCell *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  sag_ui_view_cell_set_playing (self, !self->playing);
}

static void
touched_cb (SagUiSliceView *view, SagUiViewCell *self)
{
  if (!gtk_widget_has_focus (self->play))
    sag_ui_view_cell_set_playing (self, FALSE);
}

void
sag_ui_view_cell_set_display (SagUiViewCell *self, SagUiDisplay *display)
{
  if (self->display != NULL)
    g_signal_handlers_disconnect_by_data (self->display, self);
  sag_ui_view_cell_set_playing (self, FALSE);
  g_set_object (&self->display, display);
  sag_ui_slice_view_set_display (self->view, display);
  /* After the view, so that it already looks at its new slice. */
  if (display != NULL)
    g_signal_connect (display, "changed", G_CALLBACK (changed_cb), self);
  follow (self);
}

static void
sag_ui_view_cell_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PLAYING)
    g_value_set_boolean (value, SAG_UI_VIEW_CELL (object)->playing);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_view_cell_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_PLAYING)
    sag_ui_view_cell_set_playing (SAG_UI_VIEW_CELL (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sag_ui_view_cell_dispose (GObject *object)
{
  SagUiViewCell *self = SAG_UI_VIEW_CELL (object);

  if (self->view != NULL)
    sag_ui_view_cell_set_playing (self, FALSE);
  if (self->display != NULL)
    g_signal_handlers_disconnect_by_data (self->display, self);
  g_clear_object (&self->display);
  g_clear_pointer (&self->rail, gtk_widget_unparent);
  if (self->view != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->view));
  self->view = NULL;
  G_OBJECT_CLASS (sag_ui_view_cell_parent_class)->dispose (object);
}

static void
sag_ui_view_cell_class_init (SagUiViewCellClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->get_property = sag_ui_view_cell_get_property;
  object_class->set_property = sag_ui_view_cell_set_property;
  object_class->dispose = sag_ui_view_cell_dispose;
  props[PROP_PLAYING] =
    g_param_spec_boolean ("playing", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "view-cell");
}

static void
build_rail (SagUiViewCell *self)
{
  self->rail = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->rail, "rail");
  self->slider = gtk_scale_new (GTK_ORIENTATION_VERTICAL, gtk_adjustment_new (0, 0, 1, 1, 10, 0));
  gtk_range_set_inverted (GTK_RANGE (self->slider), TRUE);
  gtk_scale_set_has_origin (GTK_SCALE (self->slider), FALSE);
  gtk_widget_set_vexpand (self->slider, TRUE);
  g_signal_connect (gtk_range_get_adjustment (GTK_RANGE (self->slider)), "value-changed",
                    G_CALLBACK (slider_cb), self);
  gtk_box_append (GTK_BOX (self->rail), self->slider);
  self->play = gtk_button_new ();
  gtk_widget_add_css_class (self->play, "flat");
  sag_ui_keymap_set_tooltip (self->play, _ ("Play the slices, or stop"), "view.cine");
  g_signal_connect (self->play, "clicked", G_CALLBACK (play_cb), self);
  gtk_box_append (GTK_BOX (self->rail), self->play);
  gtk_widget_set_parent (self->rail, GTK_WIDGET (self));
}

static void
sag_ui_view_cell_init (SagUiViewCell *self)
{
  self->rate = 15;
  self->view = SAG_UI_SLICE_VIEW (sag_ui_slice_view_new (SAG_RENDER_AXIAL));
  gtk_widget_set_hexpand (GTK_WIDGET (self->view), TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->view), GTK_WIDGET (self));
  g_signal_connect (self->view, "touched", G_CALLBACK (touched_cb), self);
  g_signal_connect_swapped (self->view, "met", G_CALLBACK (follow), self);
  build_rail (self);
  show_playing (self);
}

GtkWidget *
sag_ui_view_cell_new (SagRenderPlane plane)
{
  SagUiViewCell *self = g_object_new (SAG_UI_TYPE_VIEW_CELL, NULL);

  sag_ui_slice_view_set_plane (self->view, plane);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->slider), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  slider_label (plane), -1);
  return GTK_WIDGET (self);
}
