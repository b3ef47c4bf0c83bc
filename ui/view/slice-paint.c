/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/slice-paint.h"

/* Free buffers that are kept for the next picture: what three views and their words turn over. */
#define N_BUFFERS 8

typedef struct
{
  gsize   size_bytes;
  guint8 *data;
} Buffer;

static GMutex  buffers_lock;
static Buffer *buffers[N_BUFFERS];

static void
buffer_free (Buffer *buffer)
{
  if (buffer == NULL)
    return;
  g_free (buffer->data);
  g_free (buffer);
}

/* A kept buffer of this size. New pages cost more than the picture in them. Views change their
 * size seldom, so others are of no use: the oldest gives way. */
static Buffer *
take_buffer (gsize size_bytes)
{
  Buffer *buffer = NULL;

  g_mutex_lock (&buffers_lock);
  for (int i = 0; i < N_BUFFERS && buffer == NULL; i++)
    if (buffers[i] != NULL && buffers[i]->size_bytes == size_bytes)
      buffer = g_steal_pointer (&buffers[i]);
  g_mutex_unlock (&buffers_lock);
  if (buffer != NULL)
    return buffer;
  buffer = g_new (Buffer, 1);
  buffer->size_bytes = size_bytes;
  buffer->data = g_malloc (size_bytes);
  return buffer;
}

static void
give_buffer (gpointer data)
{
  Buffer *last;

  g_mutex_lock (&buffers_lock);
  last = buffers[N_BUFFERS - 1];
  for (int i = N_BUFFERS - 1; i > 0; i--)
    buffers[i] = buffers[i - 1];
  buffers[0] = data;
  g_mutex_unlock (&buffers_lock);
  buffer_free (last);
}

static GdkTexture *
make_texture (Buffer *buffer, int width, int height)
{
  gsize stride_bytes = (gsize) width * 4;
  g_autoptr (GBytes) bytes =
    g_bytes_new_with_free_func (buffer->data, stride_bytes * (gsize) height, give_buffer, buffer);

  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride_bytes);
}

SagUiSliceJob *
sag_ui_slice_job_new (SagVolume *volume, const SagRenderView *view)
{
  SagUiSliceJob *job = g_new0 (SagUiSliceJob, 1);

  job->volume = sag_volume_ref (volume);
  job->view = *view;
  job->n_slices_ready = sag_volume_get_geometry (volume)->dims[2];
  job->window = sag_render_frame_init (volume).window;
  job->overlays = g_ptr_array_new_with_free_func (g_object_unref);
  job->heatmaps = g_array_new (FALSE, FALSE, sizeof (SagRenderHeatmap));
  job->masks = g_array_new (FALSE, FALSE, sizeof (SagRenderMask));
  job->legend = g_array_new (FALSE, FALSE, sizeof (SagRenderLegend));
  job->sentences = g_array_new (FALSE, FALSE, sizeof (SagUiSentence));
  return job;
}

void
sag_ui_slice_job_free (SagUiSliceJob *job)
{
  if (job == NULL)
    return;
  for (guint i = 0; i < job->legend->len; i++)
    {
      SagRenderLegend *legend = &g_array_index (job->legend, SagRenderLegend, i);

      g_free ((char *) legend->text);
      g_free ((char *) legend->values);
      g_free ((SagRenderScale *) legend->scale);
    }
  for (guint i = 0; i < job->sentences->len; i++)
    {
      g_free (g_array_index (job->sentences, SagUiSentence, i).text);
      g_free (g_array_index (job->sentences, SagUiSentence, i).brief);
    }
  for (guint i = 0; i < job->masks->len; i++)
    {
      SagRenderMask *mask = &g_array_index (job->masks, SagRenderMask, i);

      sag_mask_unref ((SagMask *) mask->voxels);
      g_free ((SagRenderColour *) mask->colours);
    }
  g_array_unref (job->masks);
  g_array_unref (job->legend);
  g_array_unref (job->sentences);
  g_array_unref (job->heatmaps);
  g_ptr_array_unref (job->overlays);
  sag_volume_unref (job->volume);
  g_clear_pointer (&job->checker, sag_volume_unref);
  g_free (job);
}

void
sag_ui_slice_job_add_mask (
  SagUiSliceJob *job, SagMask *mask, SagRenderColour colour, double fill, double outline_px)
{
  SagRenderMask drawn = sag_render_mask_init_voxels (sag_mask_ref (mask));

  drawn.colours = g_memdup2 (&colour, sizeof colour);
  drawn.n_colours = 1;
  drawn.fill = fill;
  drawn.outline_px = outline_px;
  g_array_append_val (job->masks, drawn);
}

void
sag_ui_slice_job_add_legend (SagUiSliceJob        *job,
                             const char           *text,
                             const SagRenderScale *scale,
                             const char           *values)
{
  SagRenderLegend legend = { .text = g_strdup (text), .values = g_strdup (values) };

  if (scale != NULL)
    {
      legend.colour = scale->colour;
      legend.scale = g_memdup2 (scale, sizeof *scale);
    }
  g_array_append_val (job->legend, legend);
}

void
sag_ui_slice_job_add_sentence (SagUiSliceJob *job,
                               const char    *text,
                               const char    *brief,
                               gboolean       warning)
{
  SagUiSentence sentence = { g_strdup (text), g_strdup (brief), warning };

  g_array_append_val (job->sentences, sentence);
}

SagRenderFrame
sag_ui_slice_job_frame (const SagUiSliceJob *job)
{
  return (SagRenderFrame){
    .volume = job->volume,
    .window = job->window,
    .invert = job->invert,
    .nearest = job->nearest,
    .slab = job->slab,
    .slab_mm = job->slab_mm,
    .heatmaps = (const SagRenderHeatmap *) job->heatmaps->data,
    .n_heatmaps = job->heatmaps->len,
    .masks = (const SagRenderMask *) job->masks->data,
    .n_masks = job->masks->len,
    .box = job->has_box ? &job->box : NULL,
  };
}

/* What was not read yet is black, and so is what would be mixed with it. */
static void
black_out (const SagUiSliceJob *job, const SagRenderSlice *slice, guint32 *pixels, gsize stride)
{
  const SagGeometry *stored = sag_volume_get_geometry (job->volume);
  SagRenderSteps     steps;
  double             limit = job->n_slices_ready - 1 + 1e-6;

  if (job->n_slices_ready >= stored->dims[2] || !sag_render_slice_steps (slice, stored, &steps))
    return;
  for (int y = 0; y < slice->height; y++)
    for (int x = 0; x < slice->width; x++)
      if (steps.start[2] + x * steps.across[2] + y * steps.down[2] > limit)
        pixels[(gsize) y * stride + (gsize) x] = 0xff000000;
}

/* Logical pixels along the side of a square. */
#define SQUARE_PX 56

/* Every second square is the other scan's, in the same greys. */
static void
draw_checker (const SagUiSliceJob  *job,
              const SagRenderSlice *slice,
              SagPool              *pool,
              guint8               *pixels,
              gsize                 stride_bytes)
{
  SagRenderFrame frame = sag_ui_slice_job_frame (job);
  int            side = (int) MAX (SQUARE_PX * slice->scale, 1);
  gsize          size_bytes = stride_bytes * (gsize) slice->height;
  Buffer        *buffer = take_buffer (size_bytes);

  frame.volume = job->checker;
  frame.n_heatmaps = 0;
  frame.box = NULL;
  sag_render_frame_draw (&frame, slice, pool, buffer->data, stride_bytes);
  for (int y = 0; y < slice->height; y++)
    for (int x = (y / side) % 2 == 0 ? 0 : side; x < slice->width; x += 2 * side)
      {
        gsize at = (gsize) y * stride_bytes + (gsize) x * 4;

        memcpy (pixels + at, buffer->data + at, (gsize) MIN (side, slice->width - x) * 4);
      }
  give_buffer (buffer);
}

static void
draw_frame (const SagUiSliceJob  *job,
            const SagRenderSlice *slice,
            SagPool              *pool,
            guint8               *pixels,
            gsize                 stride_bytes)
{
  SagRenderFrame frame = sag_ui_slice_job_frame (job);

  sag_render_frame_draw (&frame, slice, pool, pixels, stride_bytes);
  black_out (job, slice, (guint32 *) pixels, stride_bytes / 4);
  if (job->checker != NULL)
    draw_checker (job, slice, pool, pixels, stride_bytes);
}

static void
draw_words (const SagUiSliceJob *job, const SagRenderSlice *slice, cairo_surface_t *surface)
{
  SagRenderFrame            frame = sag_ui_slice_job_frame (job);
  SagRenderMarks            marks = job->marks;
  g_autofree SagRenderNote *notes = g_new (SagRenderNote, job->sentences->len);
  cairo_t                  *cr = cairo_create (surface);

  for (guint i = 0; i < job->sentences->len; i++)
    {
      const SagUiSentence *sentence = &g_array_index (job->sentences, SagUiSentence, i);

      notes[i] = (SagRenderNote){ sentence->text, sentence->warning, sentence->brief };
    }
  marks.words = &job->words;
  marks.notes = notes;
  marks.n_notes = job->sentences->len;
  marks.legend = (const SagRenderLegend *) job->legend->data;
  marks.n_legend = job->legend->len;
  sag_render_marks_draw (cr, &frame, slice, &marks);
  cairo_destroy (cr);
}

static gboolean
has_words (const SagUiSliceJob *job)
{
  const SagRenderMarks *marks = &job->marks;

  return marks->letters || marks->position || marks->scale_bar || marks->cross || marks->readout ||
         job->has_box || job->legend->len > 0 || job->sentences->len > 0;
}

static GdkTexture *
make_words (const SagUiSliceJob *job, const SagRenderSlice *slice)
{
  gsize            stride_bytes = (gsize) slice->width * 4;
  Buffer          *buffer = take_buffer (stride_bytes * (gsize) slice->height);
  cairo_surface_t *surface;

  memset (buffer->data, 0, buffer->size_bytes);
  surface = cairo_image_surface_create_for_data (buffer->data, CAIRO_FORMAT_ARGB32, slice->width,
                                                 slice->height, (int) stride_bytes);
  draw_words (job, slice, surface);
  cairo_surface_destroy (surface);
  return make_texture (buffer, slice->width, slice->height);
}

void
sag_ui_slice_job_draw (SagUiSliceJob *job, SagPool *pool, SagUiSlicePicture *picture)
{
  const SagGeometry *geometry = sag_volume_get_geometry (job->volume);
  gint64             start_us = g_get_monotonic_time ();
  SagRenderView      view = job->view;
  SagRenderSlice     whole;
  gsize              stride_bytes;
  Buffer            *buffer;

  *picture = (SagUiSlicePicture){ .is_draft = job->is_draft, .words_scale = view.scale };
  if (!sag_render_slice_init (&whole, &view, geometry))
    return;
  view.scale *= job->is_draft ? 0.5 : 1;
  sag_render_slice_init (&picture->slice, &view, geometry);
  stride_bytes = (gsize) picture->slice.width * 4;
  buffer = take_buffer (stride_bytes * (gsize) picture->slice.height);
  draw_frame (job, &picture->slice, pool, buffer->data, stride_bytes);
  picture->frame_ms = (g_get_monotonic_time () - start_us) * 1e-3;
  picture->frame = make_texture (buffer, picture->slice.width, picture->slice.height);
  if (has_words (job))
    picture->words = make_words (job, &whole);
  picture->ms = (g_get_monotonic_time () - start_us) * 1e-3;
}

cairo_surface_t *
sag_ui_slice_job_paint (SagUiSliceJob *job, SagPool *pool)
{
  SagRenderSlice   slice;
  cairo_surface_t *surface;

  if (!sag_render_slice_init (&slice, &job->view, sag_volume_get_geometry (job->volume)))
    return cairo_image_surface_create (CAIRO_FORMAT_RGB24, 1, 1);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, slice.width, slice.height);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_flush (surface);
  draw_frame (job, &slice, pool, cairo_image_surface_get_data (surface),
              (gsize) cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);
  draw_words (job, &slice, surface);
  return surface;
}

void
sag_ui_slice_picture_clear (SagUiSlicePicture *picture)
{
  g_clear_object (&picture->frame);
  g_clear_object (&picture->words);
}
