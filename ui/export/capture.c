/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/capture.h"

#include "render/slice/picture.h"

#include <glib/gi18n.h>
#include <math.h>

#define FOOTER_PX 26.0
#define FOOTER_TEXT_PX 12.0

/* Part: a rectangle of the picture: a slice that is painted anew, with the orders of what lies on
 * it; or, where there is no @job, the image of a widget. */
typedef struct
{
  graphene_rect_t  bounds;
  SagUiSliceJob   *job;
  cairo_surface_t *orders;
  cairo_surface_t *image;
} Part;

struct _SagUiCapture
{
  int        width;
  int        height;
  double     scale;
  char      *footer;
  GPtrArray *parts;
};

static void
part_free (gpointer data)
{
  Part *part = data;

  g_clear_pointer (&part->job, sag_ui_slice_job_free);
  g_clear_pointer (&part->orders, cairo_surface_destroy);
  g_clear_pointer (&part->image, cairo_surface_destroy);
  g_free (part);
}

static SagUiCapture *
capture_new (double width, double height, double scale)
{
  SagUiCapture *self = g_new0 (SagUiCapture, 1);

  self->width = (int) ceil (width);
  self->height = (int) ceil (height);
  self->scale = CLAMP (scale, 1, 4);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  return self;
}

void
sag_ui_capture_free (SagUiCapture *self)
{
  g_ptr_array_unref (self->parts);
  g_free (self->footer);
  g_free (self);
}

static gboolean
add_slice (SagUiCapture *self, SagUiSliceView *view, const graphene_rect_t *bounds)
{
  SagUiSliceJob *job = sag_ui_slice_view_dup_job (view, self->scale);
  SagRenderSlice slice;
  Part          *part;
  cairo_t       *cr;

  if (job == NULL || !sag_ui_slice_view_get_slice (view, &slice))
    {
      g_clear_pointer (&job, sag_ui_slice_job_free);
      return FALSE;
    }
  part = g_new0 (Part, 1);
  part->bounds = *bounds;
  part->job = job;
  part->orders = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cr = cairo_create (part->orders);
  sag_ui_slice_view_draw_layers (view, &slice, cr);
  cairo_destroy (cr);
  g_ptr_array_add (self->parts, part);
  return TRUE;
}

/* GSK draws shadows into images only, and fonts belong to this thread. */
static void
add_widget (SagUiCapture *self, GtkWidget *widget, const graphene_rect_t *bounds)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot   *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  Part          *part;
  cairo_t       *cr;

  gdk_paintable_snapshot (paintable, snapshot, bounds->size.width, bounds->size.height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return;
  part = g_new0 (Part, 1);
  part->bounds = *bounds;
  part->image =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) ceil (bounds->size.width * self->scale),
                                (int) ceil (bounds->size.height * self->scale));
  cr = cairo_create (part->image);
  cairo_scale (cr, self->scale, self->scale);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  gsk_render_node_unref (node);
  g_ptr_array_add (self->parts, part);
}

SagUiCapture *
sag_ui_capture_slice (SagUiSliceView *view, double scale)
{
  int             width = gtk_widget_get_width (GTK_WIDGET (view));
  int             height = gtk_widget_get_height (GTK_WIDGET (view));
  SagUiCapture   *self = capture_new (width, height, scale);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);

  if (!add_slice (self, view, &bounds))
    g_clear_pointer (&self, sag_ui_capture_free);
  return self;
}

/* The 3D view is the only one that is no slice. */
static void
add_scenes (SagUiCapture *self, GtkWidget *widget, GtkWidget *root)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (g_strcmp0 (gtk_widget_get_css_name (widget), "scene-view") == 0)
    {
      if (gtk_widget_compute_bounds (widget, root, &bounds))
        add_widget (self, widget, &bounds);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_scenes (self, child, root);
}

SagUiCapture *
sag_ui_capture_views (SagUiViews *views, double scale)
{
  GtkWidget    *root = GTK_WIDGET (views);
  SagUiCapture *self =
    capture_new (gtk_widget_get_width (root), gtk_widget_get_height (root), scale);
  g_autoptr (GPtrArray) slices = sag_ui_views_get_slices (views);
  gboolean is_any = FALSE;

  add_scenes (self, root, root);
  for (guint i = 0; i < slices->len; i++)
    {
      graphene_rect_t bounds;

      if (gtk_widget_get_mapped (slices->pdata[i]) &&
          gtk_widget_compute_bounds (slices->pdata[i], root, &bounds))
        is_any = add_slice (self, slices->pdata[i], &bounds) || is_any;
    }
  if (!is_any && self->parts->len == 0)
    g_clear_pointer (&self, sag_ui_capture_free);
  return self;
}

SagUiCapture *
sag_ui_capture_window (GtkWidget *widget, const char *watermark, double scale)
{
  int             width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  SagUiCapture   *self = capture_new (width, height + FOOTER_PX, scale);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);

  add_widget (self, widget, &bounds);
  self->footer = watermark != NULL
                   ? g_strconcat (watermark, "   ", _ (SAG_RENDER_NOTE_RESEARCH), NULL)
                   : g_strdup (_ (SAG_RENDER_NOTE_RESEARCH));
  return self;
}

/* Pixel by pixel. */
static void
paint_image (const SagUiCapture *self, cairo_t *cr, cairo_surface_t *image)
{
  cairo_save (cr);
  cairo_scale (cr, 1 / self->scale, 1 / self->scale);
  cairo_set_source_surface (cr, image, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
paint_part (const SagUiCapture *self, const Part *part, cairo_t *cr)
{
  cairo_save (cr);
  cairo_rectangle (cr, part->bounds.origin.x, part->bounds.origin.y, part->bounds.size.width,
                   part->bounds.size.height);
  cairo_clip (cr);
  cairo_translate (cr, part->bounds.origin.x, part->bounds.origin.y);
  if (part->job != NULL)
    {
      cairo_surface_t *slice = sag_ui_slice_job_paint (part->job, sag_pool_get_default ());

      paint_image (self, cr, slice);
      cairo_surface_destroy (slice);
    }
  if (part->image != NULL)
    paint_image (self, cr, part->image);
  if (part->orders != NULL)
    {
      cairo_set_source_surface (cr, part->orders, 0, 0);
      cairo_paint (cr);
    }
  cairo_restore (cr);
}

static void
paint_footer (const SagUiCapture *self, cairo_t *cr)
{
  PangoLayout          *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");
  int                   width, height;

  pango_font_description_set_absolute_size (font, FOOTER_TEXT_PX * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, self->footer, -1);
  pango_layout_set_width (layout, (self->width - 16) * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_set_source_rgb (cr, 0.96, 0.76, 0.3);
  cairo_move_to (cr, 8, self->height - (FOOTER_PX + height) / 2);
  pango_cairo_show_layout (cr, layout);
  g_object_unref (layout);
}

cairo_surface_t *
sag_ui_capture_paint (SagUiCapture *self)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) ceil (self->width * self->scale),
                                (int) ceil (self->height * self->scale));
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, self->scale, self->scale);
  for (guint i = 0; i < self->parts->len; i++)
    paint_part (self, self->parts->pdata[i], cr);
  if (self->footer != NULL)
    paint_footer (self, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

typedef struct
{
  SagUiCapture *capture;
  char         *path;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  sag_ui_capture_free (work->capture);
  g_free (work->path);
  g_free (work);
}

static void
save_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work            *work = task_data;
  cairo_surface_t *surface = sag_ui_capture_paint (work->capture);
  GError          *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    ;
  else if (sag_render_surface_save (surface, work->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  cairo_surface_destroy (surface);
}

static void
start (SagUiCapture       *capture,
       const char         *path,
       GTaskThreadFunc     thread,
       gpointer            tag,
       GCancellable       *cancellable,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Work  *work = g_new (Work, 1);

  *work = (Work){ capture, g_strdup (path) };
  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, thread);
  g_object_unref (task);
}

void
sag_ui_capture_save_async (SagUiCapture       *capture,
                           const char         *path,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  start (capture, path, save_thread, sag_ui_capture_save_async, cancellable, callback, user_data);
}

gboolean
sag_ui_capture_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
texture_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work            *work = task_data;
  cairo_surface_t *surface = sag_ui_capture_paint (work->capture);
  gsize            stride = (gsize) cairo_image_surface_get_stride (surface);
  int              width = cairo_image_surface_get_width (surface);
  int              height = cairo_image_surface_get_height (surface);
  guint8          *data = cairo_image_surface_get_data (surface);
  g_autoptr (GBytes) bytes = NULL;

  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                               _ ("There is not enough memory for the picture."));
      cairo_surface_destroy (surface);
      return;
    }
  /* The byte that cairo leaves unused is alpha for the texture. */
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      ((guint32 *) (data + (gsize) y * stride))[x] |= 0xff000000u;
  bytes = g_bytes_new_with_free_func (data, stride * (gsize) height,
                                      (GDestroyNotify) cairo_surface_destroy, surface);
  g_task_return_pointer (task,
                         gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride),
                         g_object_unref);
}

void
sag_ui_capture_texture_async (SagUiCapture       *capture,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  start (capture, NULL, texture_thread, sag_ui_capture_texture_async, cancellable, callback,
         user_data);
}

GdkTexture *
sag_ui_capture_texture_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
