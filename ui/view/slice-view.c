/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/slice-view.h"

#include "ui/view/slice-job.h"
#include "ui/view/slice-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define FIT_MARGIN 18.0

/* After this long without a movement the picture is drawn whole and described. */
#define STILL_MS 120

/* While a scan is read, its pictures are renewed this often. */
#define READING_MS 150

/* A whole picture that takes longer is drawn as a draft while it moves. */
#define SMOOTH_MS 10.0

G_DEFINE_FINAL_TYPE (SagUiSliceView, sag_ui_slice_view, GTK_TYPE_WIDGET)

enum
{
  ACTIVATED,
  TOUCHED,
  VIEW_CHANGED,
  MET,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static const char *const signal_names[N_SIGNALS] = { "activated", "touched", "view-changed",
                                                     "met" };

GtkWidget *
sag_ui_slice_view_new (SagRenderPlane plane)
{
  SagUiSliceView *self = g_object_new (SAG_UI_TYPE_SLICE_VIEW, NULL);

  sag_ui_slice_view_set_plane (self, plane);
  return GTK_WIDGET (self);
}

void
sag_ui_slice_view_set_mouse (SagUiSliceView *self, SagUiMouse mouse)
{
  self->mouse = mouse;
}

SagUiDisplay *
sag_ui_slice_view_get_display (SagUiSliceView *self)
{
  return self->display;
}

SagRenderPlane
sag_ui_slice_view_get_plane (SagUiSliceView *self)
{
  return self->view.plane;
}

const SagUiSlicePicture *
sag_ui_slice_view_get_picture (SagUiSliceView *self)
{
  return self->picture.frame != NULL ? &self->picture : NULL;
}

gboolean
sag_ui_slice_view_is_still (SagUiSliceView *self)
{
  return !self->is_dirty && self->still_id == 0 && !sag_ui_raster_is_busy (self->raster);
}

static SagVolume *
get_volume (SagUiSliceView *self)
{
  return self->display != NULL ? sag_ui_display_get_volume (self->display) : NULL;
}

static void
request_picture (SagUiSliceView *self)
{
  int            scale_factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  SagUiSliceJob *job;

  self->is_dirty = FALSE;
  if (!self->has_view || get_volume (self) == NULL)
    return;
  job = sag_ui_slice_job_of (self, scale_factor);
  if (job == NULL) /* nothing of it is there yet */
    {
      sag_ui_slice_picture_clear (&self->picture);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return;
    }
  job->is_draft =
    self->still_id != 0 &&
    sag_ui_raster_guess_ms (self->raster, (double) self->view.width * self->view.height *
                                            scale_factor * scale_factor) > SMOOTH_MS;
  self->request_us = g_get_monotonic_time ();
  sag_ui_raster_request (self->raster, job, gtk_widget_has_focus (GTK_WIDGET (self)));
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SagUiSliceView *self = SAG_UI_SLICE_VIEW (widget);

  self->tick_id = 0;
  if (self->is_new && self->has_view)
    {
      self->is_new = FALSE;
      g_signal_emit (self, signals[MET], 0);
    }
  request_picture (self);
  return G_SOURCE_REMOVE;
}

void
sag_ui_slice_view_request (SagUiSliceView *self)
{
  self->is_dirty = TRUE;
  if (self->tick_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

void
sag_ui_slice_view_refresh (SagUiSliceView *self)
{
  sag_ui_slice_view_request (self);
}

static gboolean
still_cb (gpointer user_data)
{
  SagUiSliceView *self = user_data;

  self->still_id = 0;
  sag_ui_slice_view_request (self);
  sag_ui_slice_view_describe (self);
  return G_SOURCE_REMOVE;
}

static void
be_still_in (SagUiSliceView *self, guint ms)
{
  g_clear_handle_id (&self->still_id, g_source_remove);
  self->still_id = g_timeout_add (ms, still_cb, self);
}

void
sag_ui_slice_view_moving (SagUiSliceView *self)
{
  be_still_in (self, STILL_MS);
}

static void
done_cb (const SagUiSliceJob *job, SagUiSlicePicture *picture, gpointer user_data)
{
  SagUiSliceView *self = user_data;

  if (job->volume != get_volume (self))
    return;
  sag_ui_slice_picture_clear (&self->picture);
  self->picture = *picture;
  *picture = (SagUiSlicePicture){ 0 };
  sag_ui_slice_view_trace (self, (g_get_monotonic_time () - self->request_us) * 1e-3);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Where the view looks: its slice goes through the cross, its middle stays where it is. */
static void
go_through_cross (SagUiSliceView *self)
{
  double         cross[3], x, y, ijk[3], at[3], ras_to_ijk[3][4];
  SagRenderSlice slice;

  sag_ui_display_get_cross (self->display, cross);
  if (!sag_render_slice_init (&slice, &self->view, &self->geometry) ||
      !sag_geometry_invert (&slice.canonical, ras_to_ijk))
    return;
  sag_geometry_apply (ras_to_ijk, cross, at);
  sag_geometry_apply (ras_to_ijk, self->view.centre_ras_mm, ijk);
  ijk[slice.axis[2]] = at[slice.axis[2]];
  sag_geometry_to_ras (&slice.canonical, ijk, self->view.centre_ras_mm);
  sag_render_slice_init (&slice, &self->view, &self->geometry);
  sag_render_slice_from_ras (&slice, cross, &x, &y);
  if (x < 0 || y < 0 || x > self->view.width || y > self->view.height)
    sag_render_view_pan (&self->view, &self->geometry, self->view.width / 2.0 - x,
                         self->view.height / 2.0 - y);
}

static void
fit (SagUiSliceView *self)
{
  self->is_fitted = TRUE;
  sag_render_view_fit (&self->view, &self->geometry, FIT_MARGIN);
}

static gboolean
has_room (SagUiSliceView *self)
{
  return self->view.width > 0 && self->view.height > 0;
}

/* A volume on another grid is shown whole; on the same one the view stays where it is. */
static void
meet_volume (SagUiSliceView *self)
{
  SagVolume         *volume = get_volume (self);
  const SagGeometry *geometry = volume != NULL ? sag_volume_get_geometry (volume) : NULL;

  if (geometry == NULL || !has_room (self))
    {
      self->has_view = FALSE;
      return;
    }
  if (self->has_view && sag_geometry_equal (geometry, &self->geometry, 0))
    return;
  self->has_view = self->is_new = TRUE;
  self->geometry = *geometry;
  self->view.scale = 1;
  self->view.mm_per_pixel = 1;
  self->view.neurological = sag_ui_display_get_neurological (self->display);
  sag_ui_display_get_cross (self->display, self->view.centre_ras_mm);
  fit (self);
}

static void
view_changed (SagUiSliceView *self)
{
  sag_ui_slice_view_request (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

void
sag_ui_slice_view_set_plane (SagUiSliceView *self, SagRenderPlane plane)
{
  self->view.plane = plane;
  self->has_view = FALSE;
  meet_volume (self);
  sag_ui_slice_view_describe (self);
  sag_ui_slice_view_request (self);
}

/* More slices of the same volume: not each of them is worth a picture. */
static void
slices_came (SagUiSliceView *self)
{
  if (self->still_id != 0)
    return;
  if (self->picture.frame == NULL || sag_ui_display_get_case (self->display) == NULL ||
      sag_ui_case_get_state (sag_ui_display_get_case (self->display)) != SAG_UI_CASE_LOADING)
    sag_ui_slice_view_request (self);
  else
    be_still_in (self, READING_MS);
}

static void
case_changed (SagUiSliceView *self)
{
  SagVolume *volume = get_volume (self);

  meet_volume (self);
  if (volume == self->picture_volume)
    {
      slices_came (self);
      return;
    }
  self->picture_volume = volume;
  self->was_moved = FALSE;
  sag_ui_slice_view_cancel_drag (self);
  sag_ui_slice_picture_clear (&self->picture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  sag_ui_slice_view_request (self);
}

static void
cross_changed (SagUiSliceView *self)
{
  int            index;
  SagRenderSlice slice;
  SagRenderView  before = self->view;

  if (!self->has_view || !sag_render_slice_init (&slice, &self->view, &self->geometry))
    return;
  index = slice.index;
  go_through_cross (self);
  sag_render_slice_init (&slice, &self->view, &self->geometry);
  if (slice.index != index ||
      !sag_geometry_same_point (before.centre_ras_mm, self->view.centre_ras_mm))
    sag_ui_slice_view_request (self);
  sag_ui_slice_view_moving (self);
  gtk_widget_queue_draw (GTK_WIDGET (self)); /* the lines of the cross */
}

static void
changed_cb (SagUiDisplay *display, guint change, SagUiSliceView *self)
{
  gboolean neurological = sag_ui_display_get_neurological (display);

  if (change & SAG_UI_CHANGE_CASE)
    case_changed (self);
  if (change & SAG_UI_CHANGE_CROSS)
    cross_changed (self);
  if (neurological != self->view.neurological)
    self->view.neurological = neurological;
  if (change & (SAG_UI_CHANGE_WINDOW | SAG_UI_CHANGE_OVERLAY))
    sag_ui_slice_view_request (self);
  if (change & (SAG_UI_CHANGE_OVERLAY | SAG_UI_CHANGE_POINTER | SAG_UI_CHANGE_TOOL))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sag_ui_slice_view_set_display (SagUiSliceView *self, SagUiDisplay *display)
{
  if (display == self->display)
    return;
  if (self->display != NULL)
    g_signal_handlers_disconnect_by_data (self->display, self);
  g_set_object (&self->display, display);
  if (display != NULL)
    {
      g_signal_connect (display, "changed", G_CALLBACK (changed_cb), self);
      self->view.neurological = sag_ui_display_get_neurological (display);
    }
  self->has_view = FALSE;
  case_changed (self);
}

void
sag_ui_slice_view_set_watermark (SagUiSliceView *self, const char *sentence, const char *brief)
{
  if (g_strcmp0 (sentence, self->watermark) == 0)
    return;
  g_free (self->watermark);
  g_free (self->brief_watermark);
  self->watermark = g_strdup (sentence);
  self->brief_watermark = g_strdup (brief);
  sag_ui_slice_view_request (self);
}

gboolean
sag_ui_slice_view_get_view (SagUiSliceView *self, SagRenderView *view)
{
  *view = self->view;
  return self->has_view;
}

gboolean
sag_ui_slice_view_get_slice (SagUiSliceView *self, SagRenderSlice *slice)
{
  return self->has_view && sag_render_slice_init (slice, &self->view, &self->geometry);
}

void
sag_ui_slice_view_step (SagUiSliceView *self, int n_slices)
{
  SagRenderSlice slice;

  if (sag_ui_slice_view_get_slice (self, &slice))
    sag_ui_slice_view_go (self, slice.index + n_slices);
}

void
sag_ui_slice_view_go (SagUiSliceView *self, int index)
{
  SagRenderSlice slice;
  double         cross[3], ijk[3], ras_to_ijk[3][4];

  if (!sag_ui_slice_view_get_slice (self, &slice) ||
      !sag_geometry_invert (&slice.canonical, ras_to_ijk))
    return;
  self->was_moved = TRUE;
  sag_ui_display_get_cross (self->display, cross);
  sag_geometry_apply (ras_to_ijk, cross, ijk);
  ijk[slice.axis[2]] = CLAMP (index, 0, slice.n_slices - 1);
  sag_geometry_to_ras (&slice.canonical, ijk, cross);
  sag_ui_display_set_cross (self->display, cross);
}

void
sag_ui_slice_view_cross_to (SagUiSliceView *self, double x, double y)
{
  SagRenderSlice slice;
  double         ras_mm[3];

  if (!sag_ui_slice_view_get_slice (self, &slice))
    return;
  self->was_moved = TRUE;
  sag_render_slice_to_ras (&slice, x, y, ras_mm);
  sag_ui_display_set_cross (self->display, ras_mm);
}

void
sag_ui_slice_view_fit (SagUiSliceView *self)
{
  if (!self->has_view)
    return;
  fit (self);
  view_changed (self);
}

void
sag_ui_slice_view_pan_by (SagUiSliceView *self, double dx, double dy)
{
  if (!self->has_view)
    return;
  self->is_fitted = FALSE;
  sag_render_view_pan (&self->view, &self->geometry, dx, dy);
  sag_ui_slice_view_moving (self);
  view_changed (self);
}

void
sag_ui_slice_view_zoom_at (SagUiSliceView *self, double factor, double x, double y)
{
  double mm_per_pixel;

  if (!self->has_view || !(factor > 0))
    return;
  mm_per_pixel = CLAMP (self->view.mm_per_pixel / factor, 0.005, 20);
  self->is_fitted = FALSE;
  sag_render_view_zoom (&self->view, &self->geometry, self->view.mm_per_pixel / mm_per_pixel, x, y);
  sag_ui_slice_view_moving (self);
  view_changed (self);
}

void
sag_ui_slice_view_zoom (SagUiSliceView *self, double factor)
{
  sag_ui_slice_view_zoom_at (self, factor, self->view.width / 2.0, self->view.height / 2.0);
}

void
sag_ui_slice_view_follow (SagUiSliceView *self, SagUiSliceView *other)
{
  SagRenderSlice theirs, ours;
  double         cross[3], x, y, x_ours, y_ours;

  if (!self->has_view || !sag_ui_slice_view_get_slice (other, &theirs))
    return;
  sag_ui_display_get_cross (other->display, cross);
  sag_render_slice_from_ras (&theirs, cross, &x, &y);
  self->view.mm_per_pixel = other->view.mm_per_pixel;
  self->is_fitted = FALSE;
  sag_ui_slice_view_get_slice (self, &ours);
  sag_ui_display_get_cross (self->display, cross);
  sag_render_slice_from_ras (&ours, cross, &x_ours, &y_ours);
  /* The same place seen from the middle of the view, also where the two differ in size. */
  sag_render_view_pan (&self->view, &self->geometry,
                       x - other->view.width / 2.0 - (x_ours - self->view.width / 2.0),
                       y - other->view.height / 2.0 - (y_ours - self->view.height / 2.0));
  sag_ui_slice_view_moving (self);
  sag_ui_slice_view_request (self);
}

static void
sag_ui_slice_view_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  *minimum = 64;
  *natural = 320;
}

static void
sag_ui_slice_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SagUiSliceView *self = SAG_UI_SLICE_VIEW (widget);

  if (width == self->view.width && height == self->view.height)
    return;
  self->view.width = width;
  self->view.height = height;
  meet_volume (self);
  if (self->has_view && self->is_fitted)
    fit (self);
  sag_ui_slice_view_request (self);
}

static void
sag_ui_slice_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sag_ui_slice_view_parent_class)->map (widget);
  sag_ui_slice_view_request (SAG_UI_SLICE_VIEW (widget));
}

static void
sag_ui_slice_view_unmap (GtkWidget *widget)
{
  SagUiSliceView *self = SAG_UI_SLICE_VIEW (widget);

  sag_ui_slice_view_cancel_drag (self);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (widget, self->tick_id);
  self->tick_id = 0;
  g_clear_handle_id (&self->still_id, g_source_remove);
  sag_ui_slice_picture_clear (&self->picture);
  GTK_WIDGET_CLASS (sag_ui_slice_view_parent_class)->unmap (widget);
}

static void
scale_cb (GtkWidget *widget, GParamSpec *pspec, gpointer user_data)
{
  sag_ui_slice_view_request (SAG_UI_SLICE_VIEW (widget));
}

static void
sag_ui_slice_view_dispose (GObject *object)
{
  SagUiSliceView *self = SAG_UI_SLICE_VIEW (object);

  g_clear_handle_id (&self->still_id, g_source_remove);
  g_clear_pointer (&self->raster, sag_ui_raster_free);
  if (self->display != NULL)
    g_signal_handlers_disconnect_by_data (self->display, self);
  g_clear_object (&self->display);
  sag_ui_slice_picture_clear (&self->picture);
  G_OBJECT_CLASS (sag_ui_slice_view_parent_class)->dispose (object);
}

static void
sag_ui_slice_view_finalize (GObject *object)
{
  SagUiSliceView *self = SAG_UI_SLICE_VIEW (object);

  g_array_unref (self->layers);
  g_free (self->watermark);
  g_free (self->brief_watermark);
  G_OBJECT_CLASS (sag_ui_slice_view_parent_class)->finalize (object);
}

static void
sag_ui_slice_view_class_init (SagUiSliceViewClass *class)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = sag_ui_slice_view_dispose;
  object_class->finalize = sag_ui_slice_view_finalize;
  widget_class->measure = sag_ui_slice_view_measure;
  widget_class->size_allocate = sag_ui_slice_view_size_allocate;
  widget_class->map = sag_ui_slice_view_map;
  widget_class->unmap = sag_ui_slice_view_unmap;
  widget_class->snapshot = sag_ui_slice_view_snapshot;
  gtk_widget_class_set_css_name (widget_class, "slice-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (signal_names[i], SAG_UI_TYPE_SLICE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);
}

static void
sag_ui_slice_view_init (SagUiSliceView *self)
{
  self->layers = g_array_new (FALSE, FALSE, sizeof (SagUiPlacedLayer));
  self->raster = sag_ui_raster_new (done_cb, self);
  self->view.scale = 1;
  self->view.mm_per_pixel = 1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (scale_cb), NULL);
  sag_ui_slice_view_init_input (self);
}
