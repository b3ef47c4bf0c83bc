/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/picture.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <math.h>

/* Space around a slice that just fits, and between the panes of a grid; logical pixels. */
#define FIT_MARGIN 8
#define PANE_GAP 2

/* What shows between the panes. */
#define GAP_GREY (0x1c / 255.0)

SagRenderPicture
sag_render_picture_init (const SagVolume *volume)
{
  static const SagRenderNote research = { SAG_RENDER_NOTE_RESEARCH, FALSE, NULL };
  const SagGeometry         *geometry = sag_volume_get_geometry (volume);
  SagRenderPicture           picture = {
              .frame = sag_render_frame_init (volume),
              .layout = SAG_RENDER_LAYOUT_GRID,
              .width = 1440,
              .height = 900,
              .scale = 1,
              .zoom = 1,
              .cross = TRUE,
              .readout = TRUE,
              .notes = &research,
              .n_notes = 1,
  };
  const double middle[3] = {
    (geometry->dims[0] - 1) / 2.0,
    (geometry->dims[1] - 1) / 2.0,
    (geometry->dims[2] - 1) / 2.0,
  };

  sag_geometry_to_ras (geometry, middle, picture.at_ras_mm);
  return picture;
}

static gboolean
check (const SagRenderPicture *picture, GError **error)
{
  double width = picture->width * picture->scale, height = picture->height * picture->scale;

  if (!(picture->scale >= 0.25 && picture->scale <= 8))
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "A picture's scale must be from 0.25 to 8, not %g.", picture->scale);
  else if (!(width >= 16 && height >= 16 && width <= SAG_RENDER_PICTURE_MAX &&
             height <= SAG_RENDER_PICTURE_MAX))
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      "A picture must have 16 to %d pixels a side, not %.0f x %.0f; choose another size or scale.",
      SAG_RENDER_PICTURE_MAX, width, height);
  else if (!(picture->zoom > 0 && isfinite (picture->zoom)))
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "A picture's zoom must be above 0, not %g.",
                 picture->zoom);
  else if (!(isfinite (picture->at_ras_mm[0]) && isfinite (picture->at_ras_mm[1]) &&
             isfinite (picture->at_ras_mm[2])))
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "A picture's point must be three finite numbers of mm.");
  else
    return TRUE;
  return FALSE;
}

/* The view of one pane: the slice through the point, around the volume's middle unless enlarged. */
static SagRenderView
pane_view (const SagRenderPicture *picture, SagRenderPlane plane, int width, int height)
{
  SagRenderView view = {
    .plane = plane,
    .neurological = picture->neurological,
    .mm_per_pixel = 1,
    .width = width,
    .height = height,
    .scale = picture->scale,
  };

  for (int c = 0; c < 3; c++)
    view.centre_ras_mm[c] = picture->at_ras_mm[c];
  sag_render_view_fit (&view, sag_volume_get_geometry (picture->frame.volume), FIT_MARGIN);
  view.mm_per_pixel /= picture->zoom;
  for (int c = 0; c < 3 && picture->zoom != 1; c++)
    view.centre_ras_mm[c] = picture->at_ras_mm[c];
  return view;
}

static gboolean
draw_slice (cairo_surface_t        *surface,
            const SagRenderPicture *picture,
            const SagRenderView    *view,
            const SagRenderMarks   *marks,
            int                     x,
            int                     y,
            SagPool                *pool,
            GError                **error)
{
  int            stride_bytes = cairo_image_surface_get_stride (surface);
  guint8        *pixels = cairo_image_surface_get_data (surface);
  SagRenderSlice slice;
  cairo_t       *cr;

  if (!sag_render_slice_init (&slice, view, sag_volume_get_geometry (picture->frame.volume)))
    {
      g_set_error_literal (
        error, SAG_ERROR, SAG_ERROR_FORMAT,
        "The scan's affine puts all voxels into one plane; repair its header to see slices.");
      return FALSE;
    }
  slice.width = MIN (slice.width, cairo_image_surface_get_width (surface) - x);
  slice.height = MIN (slice.height, cairo_image_surface_get_height (surface) - y);
  cairo_surface_flush (surface);
  sag_render_frame_draw (&picture->frame, &slice, pool,
                         pixels + (gsize) y * stride_bytes + (gsize) x * 4, stride_bytes);
  cairo_surface_mark_dirty (surface);
  cr = cairo_create (surface);
  cairo_translate (cr, x, y);
  sag_render_marks_draw (cr, &picture->frame, &slice, marks);
  cairo_destroy (cr);
  return TRUE;
}

static SagRenderMarks
common_marks (const SagRenderPicture *picture)
{
  SagRenderMarks marks = {
    .letters = TRUE,
    .position = TRUE,
    .scale_bar = TRUE,
    .cross = picture->cross,
    .notes = picture->notes,
    .n_notes = picture->n_notes,
  };

  for (int c = 0; c < 3; c++)
    marks.cross_ras_mm[c] = marks.readout_ras_mm[c] = picture->at_ras_mm[c];
  return marks;
}

static gboolean
draw_plane (cairo_surface_t        *surface,
            const SagRenderPicture *picture,
            SagPool                *pool,
            GError                **error)
{
  g_autoptr (GArray) legend = g_array_new (FALSE, FALSE, sizeof (SagRenderLegend));
  SagRenderView  view = pane_view (picture, picture->plane, picture->width, picture->height);
  SagRenderMarks marks = common_marks (picture);

  for (guint i = 0; i < picture->n_answers; i++)
    {
      const SagRenderAnswer *answer = &picture->answers[i];
      SagRenderLegend entry = { answer->colour, answer->task, answer->number, answer->scale };

      g_array_append_val (legend, entry);
    }
  marks.readout = picture->readout;
  marks.legend = (const SagRenderLegend *) legend->data;
  marks.n_legend = legend->len;
  return draw_slice (surface, picture, &view, &marks, 0, 0, pool, error);
}

static void
draw_panel (
  cairo_surface_t *surface, const SagRenderPicture *picture, int x, int y, int width, int height)
{
  SagRenderPanel panel = {
    .title = picture->title,
    .subtitle = picture->subtitle,
    .answers = picture->answers,
    .n_answers = picture->n_answers,
    .notes = picture->notes,
    .n_notes = picture->n_notes,
    .footer = picture->footer,
  };
  cairo_t *cr = cairo_create (surface);

  cairo_scale (cr, picture->scale, picture->scale);
  cairo_translate (cr, x, y);
  sag_render_panel_draw (cr, &panel, width, height);
  cairo_destroy (cr);
}

static gboolean
draw_grid (cairo_surface_t *surface, const SagRenderPicture *picture, SagPool *pool, GError **error)
{
  int           left = (picture->width - PANE_GAP) / 2, top = (picture->height - PANE_GAP) / 2;
  int           right = picture->width - left - PANE_GAP, bottom = picture->height - top - PANE_GAP;
  SagRenderView views[SAG_RENDER_N_PLANES];

  /* Reading order of UI.md: axial, coronal; sagittal, panel. */
  views[0] = pane_view (picture, SAG_RENDER_AXIAL, left, top);
  views[1] = pane_view (picture, SAG_RENDER_CORONAL, right, top);
  views[2] = pane_view (picture, SAG_RENDER_SAGITTAL, left, bottom);
  for (int i = 0; i < SAG_RENDER_N_PLANES; i++)
    {
      SagRenderMarks marks = common_marks (picture);
      int            x = i == 1 ? left + PANE_GAP : 0, y = i == 2 ? top + PANE_GAP : 0;

      marks.readout = picture->readout && i == 0;
      if (!draw_slice (surface, picture, &views[i], &marks, (int) lround (x * picture->scale),
                       (int) lround (y * picture->scale), pool, error))
        return FALSE;
    }
  draw_panel (surface, picture, left + PANE_GAP, top + PANE_GAP, right, bottom);
  return TRUE;
}

cairo_surface_t *
sag_render_picture_draw (const SagRenderPicture *picture, SagPool *pool, GError **error)
{
  cairo_surface_t *surface;
  gboolean         drawn;
  cairo_t         *cr;

  g_return_val_if_fail (picture != NULL && picture->frame.volume != NULL, NULL);

  if (!check (picture, error))
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                        (int) ceil (picture->width * picture->scale - 1e-6),
                                        (int) ceil (picture->height * picture->scale - 1e-6));
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                   "There is no memory for a picture of %d x %d pixels; choose a smaller one.",
                   picture->width, picture->height);
      cairo_surface_destroy (surface);
      return NULL;
    }
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, GAP_GREY, GAP_GREY, GAP_GREY);
  cairo_paint (cr);
  cairo_destroy (cr);
  drawn = picture->layout == SAG_RENDER_LAYOUT_GRID ? draw_grid (surface, picture, pool, error)
                                                    : draw_plane (surface, picture, pool, error);
  if (drawn)
    return surface;
  cairo_surface_destroy (surface);
  return NULL;
}

typedef struct
{
  SagFileWriter *writer;
  GError        *error;
} Sink;

static cairo_status_t
write_cb (void *closure, const unsigned char *data, unsigned int length)
{
  Sink *sink = closure;

  return sag_file_writer_write (sink->writer, data, length, &sink->error)
           ? CAIRO_STATUS_SUCCESS
           : CAIRO_STATUS_WRITE_ERROR;
}

gboolean
sag_render_surface_save (cairo_surface_t *surface, const char *path, GError **error)
{
  g_autoptr (SagFileWriter) writer = sag_file_writer_new (path, error);
  Sink           sink = { writer, NULL };
  cairo_status_t status;

  if (writer == NULL)
    return FALSE;
  status = cairo_surface_write_to_png_stream (surface, write_cb, &sink);
  if (sink.error != NULL)
    {
      g_propagate_error (error, sink.error);
      return FALSE;
    }
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be written as PNG: %s.", path,
                   cairo_status_to_string (status));
      return FALSE;
    }
  return sag_file_writer_commit (writer, error);
}

gboolean
sag_render_picture_save (const SagRenderPicture *picture,
                         const char             *path,
                         SagPool                *pool,
                         GError                **error)
{
  cairo_surface_t *surface = sag_render_picture_draw (picture, pool, error);
  gboolean         saved;

  if (surface == NULL)
    return FALSE;
  saved = sag_render_surface_save (surface, path, error);
  cairo_surface_destroy (surface);
  return saved;
}
