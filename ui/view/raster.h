/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Slices become pictures here, away from the main thread: one thread takes the jobs of all views,
 * a pool of its own shares out their rows. Nobody works or wakes while there is nothing to draw. */

#include "render/slice/frame.h"
#include "render/slice/marks.h"
#include "render/slice/view.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/** SagUiSentence: one line of a corner of a view, owned by its job. */
typedef struct
{
  char    *text;
  char    *brief; /* (nullable): in its place where a view is narrow */
  gboolean warning;
} SagUiSentence;

/**
 * SagUiSliceJob: everything that one picture needs, copied or referenced, so that nothing which
 * happens meanwhile changes it.
 * @view: its scale is that of the whole picture, also of a draft
 * @is_draft: half as many pixels along each side; the words stay sharp
 * @checker: (nullable): a scan on the same grid of which every second square is drawn
 * @n_slices_ready: stored slices k that hold voxels; the rest of the volume stays black
 * @overlays: (element-type GObject): what the maps' cells belong to
 * @heatmaps: (element-type SagRenderHeatmap): the first one lowest
 * @masks: (element-type SagRenderMask): the first one lowest; each with a reference to its voxels
 *   and a colour of its own
 * @box: of the analysed part, if @has_box
 * @marks: which words; those that point somewhere (legend, notes) are filled in from the lists
 * @words: in the reader's language; its strings live as long as the program
 * @legend: (element-type SagRenderLegend): texts and scales belong to the list
 * @sentences: (element-type SagUiSentence)
 */
typedef struct
{
  SagRenderView   view;
  gboolean        is_draft;
  SagVolume      *volume;
  SagVolume      *checker;
  int             n_slices_ready;
  SagRenderWindow window;
  gboolean        invert;
  gboolean        nearest;
  SagRenderSlab   slab;
  double          slab_mm;
  GPtrArray      *overlays;
  GArray         *heatmaps;
  GArray         *masks;
  gboolean        has_box;
  SagGeometry     box;
  SagRenderMarks  marks;
  SagRenderWords  words;
  GArray         *legend;
  GArray         *sentences;
} SagUiSliceJob;

/** sag_ui_slice_job_new: the whole of @volume in the lung window, no words. */
SagUiSliceJob *sag_ui_slice_job_new (SagVolume *volume, const SagRenderView *view);
void           sag_ui_slice_job_free (SagUiSliceJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagUiSliceJob, sag_ui_slice_job_free)

/** sag_ui_slice_job_add_mask: above those before. @fill: opacity of its inside. */
void sag_ui_slice_job_add_mask (
  SagUiSliceJob *job, SagMask *mask, SagRenderColour colour, double fill, double outline_px);

/** sag_ui_slice_job_add_legend: copies; @scale (nullable) is of the map, @values what it counts. */
void sag_ui_slice_job_add_legend (SagUiSliceJob        *job,
                                  const char           *text,
                                  const SagRenderScale *scale,
                                  const char           *values);
void sag_ui_slice_job_add_sentence (SagUiSliceJob *job,
                                    const char    *text,
                                    const char    *brief,
                                    gboolean       warning);

/**
 * sag_ui_slice_job_paint: paints frame and words into one opaque surface of the job's size, for a
 * picture that is saved. Any thread.
 * @pool: (nullable)
 *
 * Returns: (transfer full): free with cairo_surface_destroy()
 */
cairo_surface_t *sag_ui_slice_job_paint (SagUiSliceJob *job, SagPool *pool);

/**
 * SagUiSlicePicture: what came of a job.
 * @frame: the slice, of slice.width x slice.height device pixels
 * @words: (nullable): what lies over it, transparent elsewhere
 * @slice: where the pixels of @frame lie
 * @words_scale: device pixels of @words for a logical one
 * @ms: what the work took; @frame_ms: the part of it that grows with the pixels
 */
typedef struct
{
  GdkTexture    *frame;
  GdkTexture    *words;
  SagRenderSlice slice;
  double         words_scale;
  gboolean       is_draft;
  double         ms;
  double         frame_ms;
} SagUiSlicePicture;

void sag_ui_slice_picture_clear (SagUiSlicePicture *picture);

/**
 * SagUiRasterDone: a picture is ready; on the main thread.
 * @job: of it
 * @picture: what is wanted of it can be taken out
 */
typedef void (*SagUiRasterDone) (const SagUiSliceJob *job,
                                 SagUiSlicePicture   *picture,
                                 gpointer             user_data);

/** SagUiRaster: the jobs of one view. Main thread only. */
typedef struct _SagUiRaster SagUiRaster;

SagUiRaster *sag_ui_raster_new (SagUiRasterDone done, gpointer user_data);

/** sag_ui_raster_free: waits for nothing; the callback is not called any more. */
void sag_ui_raster_free (SagUiRaster *self);

/**
 * sag_ui_raster_request: takes the place of a job of this view that has not begun. One that has
 * begun is finished and shown: a view that is asked for more than can be drawn still moves.
 * @job: (transfer full)
 * @first: before the jobs of other views
 */
void sag_ui_raster_request (SagUiRaster *self, SagUiSliceJob *job, gboolean first);

/** sag_ui_raster_is_busy: a picture is on its way. */
gboolean sag_ui_raster_is_busy (SagUiRaster *self);

/** sag_ui_raster_guess_ms: what a whole picture of @n_pixels will take, from those before it. */
double sag_ui_raster_guess_ms (SagUiRaster *self, double n_pixels);

G_END_DECLS
