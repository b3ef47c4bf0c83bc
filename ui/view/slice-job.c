/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/view/slice-job.h"

#include "model/volume/origin.h"
#include "ui/answer/overlay.h"
#include "ui/base/trace.h"
#include "ui/case/stand-in.h"
#include "ui/view/slice-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* The stored slice k that a slice of the canonical grid is; -1 if it holds parts of many. */
static int
stored_slice (const SagRenderSlice *slice, const SagGeometry *stored, int index)
{
  int  axis[3];
  bool flip[3];
  int  through = slice->axis[2];

  sag_geometry_nearest_axes (stored, axis, flip);
  if (axis[through] != 2)
    return -1;
  return flip[through] ? slice->n_slices - 1 - index : index;
}

/* While a scan is read, the slice that is wanted may not be there: until the person goes
 * elsewhere, the one that was read first stands for it. FALSE: nothing can be shown. */
static gboolean
find_ready (SagUiSliceView *self, SagRenderView *view, const SagGeometry *stored, int n_ready)
{
  SagRenderSlice slice;
  int            k;

  if (n_ready >= stored->dims[2])
    return TRUE;
  if (n_ready <= 0 || !sag_render_slice_init (&slice, view, stored))
    return FALSE;
  k = stored_slice (&slice, stored, slice.index);
  if (k < n_ready)
    return TRUE;
  if (self->was_moved)
    return FALSE;
  sag_render_view_step (view, stored, stored_slice (&slice, stored, 0) - slice.index);
  return TRUE;
}

static const char *
values_of (SagUiOverlay *overlay)
{
  switch (sag_ui_overlay_get_kind (overlay))
    {
    case SAG_UI_OVERLAY_EVIDENCE:
      /* Translators: legend of an evidence map, followed by "0.1 to 2.3". */
      return _ ("fall of the logit");
    case SAG_UI_OVERLAY_DIFFERENCE:
      /* Translators: legend of a difference map, followed by "-0.5 to 0.5". */
      return _ ("difference of scores");
    case SAG_UI_OVERLAY_SCORE:
    default:
      /* Translators: legend of a score map, followed by "0.50 to 1.00". Never "probability". */
      return _ ("score");
    }
}

static void
add_overlays (SagUiSliceView *self, SagUiSliceJob *job)
{
  g_autoptr (GPtrArray) shown = sag_ui_display_get_shown (self->display);
  g_autoptr (GHashTable) said = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < shown->len; i++)
    {
      SagUiOverlay    *overlay = shown->pdata[i];
      SagRenderHeatmap map = sag_ui_overlay_get_heatmap (overlay);
      const char      *note = sag_ui_overlay_get_note (overlay);

      g_ptr_array_add (job->overlays, g_object_ref (overlay));
      g_array_append_val (job->heatmaps, map);
      sag_ui_slice_job_add_legend (job, sag_ui_overlay_get_label (overlay), &map.scale,
                                   values_of (overlay));
      if (note != NULL && g_hash_table_add (said, (gpointer) note))
        sag_ui_slice_job_add_sentence (job, note, sag_ui_overlay_get_brief_note (overlay), FALSE);
    }
}

static void
add_layers (SagUiSliceView *self, SagUiSliceJob *job)
{
  for (guint i = 0; i < self->layers->len; i++)
    {
      const SagUiPlacedLayer *placed = &g_array_index (self->layers, SagUiPlacedLayer, i);

      if (placed->layer->add != NULL)
        placed->layer->add (self, job, placed->data);
    }
}

/* What the renderer would say in English. */
static void
fill_words (SagUiSliceJob *job)
{
  const SagRenderPreset *preset = sag_render_preset_of (&job->window);

  job->words = (SagRenderWords){
    .planes = { _ ("axial"), _ ("coronal"), _ ("sagittal") },
    .slabs = { NULL, _ ("MIP"), _ ("MinIP"), _ ("mean") },
    /* Translators: after a distance: "axial 88/173, 2.00 mm apart". */
    .apart = _ ("apart"),
    .preset = preset != NULL ? _ (preset->name) : NULL,
    .score = _ ("score"),
    /* Translators: between the ends of a range: "0.50 to 1.00". */
    .to = _ ("to"),
  };
}

/* A slice that is not in the files of a DICOM series says so. */
static void
add_made_up (SagUiSliceJob *job, const SagVolume *volume, const SagRenderView *view)
{
  static const int patient_axes[] = {
    [SAG_RENDER_AXIAL] = 2, [SAG_RENDER_CORONAL] = 1, [SAG_RENDER_SAGITTAL] = 0
  };
  const SagOrigin   *origin = sag_volume_get_origin (volume);
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  double             inverse[3][4], ijk[3];
  int                axis[3], k;
  bool               flip[3];

  if (origin == NULL || !sag_geometry_invert (geometry, inverse))
    return;
  sag_geometry_nearest_axes (geometry, axis, flip);
  if (axis[patient_axes[view->plane]] != 2)
    return;
  sag_geometry_apply (inverse, view->centre_ras_mm, ijk);
  k = CLAMP ((int) rint (ijk[2]), 0, origin->n_slices - 1);
  if (g_atomic_pointer_get (&origin->slices[k].instance_uid) == NULL)
    sag_ui_slice_job_add_sentence (job, _ ("Interpolated: not a slice of the scanner"),
                                   /* Translators: the same, briefly, for narrow views. */
                                   _ ("Interpolated"), FALSE);
}

/* What is not as it is stored says so. */
static void
add_stand_in (SagUiSliceJob *job, SagUiDisplay *display)
{
  SagVolume *checker = sag_ui_display_get_checker (display);

  if (sag_ui_stand_in_get_original (sag_ui_display_get_case (display)) == NULL)
    return;
  if (checker != NULL && sag_geometry_equal (sag_volume_get_geometry (checker),
                                             sag_volume_get_geometry (job->volume), 0))
    job->checker = sag_volume_ref (checker);
  sag_ui_slice_job_add_sentence (
    job, job->checker != NULL ? _ ("Checkerboard of both") : _ ("Aligned, interpolated"), NULL,
    FALSE);
}

static void
add_box (SagUiSliceView *self, SagUiSliceJob *job)
{
  SagUiCase   *one = sag_ui_display_get_case (self->display);
  SagPrepared *prepared = one != NULL ? sag_ui_case_get_prepared (one) : NULL;

  job->has_box = prepared != NULL && sag_ui_display_get_show_box (self->display);
  if (job->has_box)
    job->box = *sag_prepared_get_input_geometry (prepared);
  job->marks.box_words = _ ("not analysed");
}

SagUiSliceJob *
sag_ui_slice_job_of (SagUiSliceView *self, double scale)
{
  SagUiCase     *one = self->display != NULL ? sag_ui_display_get_case (self->display) : NULL;
  SagVolume     *volume = one != NULL ? sag_ui_case_get_volume (one) : NULL;
  SagRenderView  view = self->view;
  SagUiSliceJob *job;
  int            n_ready;
  gboolean       words;

  if (volume == NULL || !self->has_view)
    return NULL;
  n_ready = sag_ui_case_get_n_slices_ready (one);
  if (!find_ready (self, &view, sag_volume_get_geometry (volume), n_ready))
    return NULL;
  view.scale = scale;
  job = sag_ui_slice_job_new (volume, &view);
  job->n_slices_ready = n_ready;
  job->window = sag_ui_display_get_window (self->display);
  job->invert = sag_ui_display_get_invert (self->display);
  job->nearest = !sag_ui_display_get_interpolate (self->display);
  /* A slab of what was read so far would be thinner than it says. */
  if (n_ready >= sag_volume_get_geometry (volume)->dims[2])
    job->slab = sag_ui_display_get_slab (self->display);
  job->slab_mm = sag_ui_display_get_slab_mm (self->display);
  words = sag_ui_display_get_show_marks (self->display);
  job->marks.letters = words;
  job->marks.position = words;
  job->marks.scale_bar = words;
  job->marks.readout_room = words;
  if (self->watermark != NULL)
    sag_ui_slice_job_add_sentence (job, self->watermark, self->brief_watermark, TRUE);
  add_made_up (job, volume, &view);
  add_stand_in (job, self->display);
  add_overlays (self, job);
  add_layers (self, job);
  add_box (self, job);
  fill_words (job);
  return job;
}

SagUiSliceJob *
sag_ui_slice_view_dup_job (SagUiSliceView *self, double scale)
{
  SagUiSliceJob *job = sag_ui_slice_job_of (self, scale);

  if (job == NULL)
    return NULL;
  job->marks.cross = sag_ui_display_get_show_cross (self->display);
  sag_ui_display_get_cross (self->display, job->marks.cross_ras_mm);
  sag_ui_slice_job_add_sentence (job, _ (SAG_RENDER_NOTE_RESEARCH), NULL, FALSE);
  return job;
}

void
sag_ui_slice_view_trace (SagUiSliceView *self, double wait_ms)
{
  const SagUiSlicePicture *picture = &self->picture;
  SagUiCase               *one = sag_ui_display_get_case (self->display);

  if (!sag_ui_trace_is_open ())
    return;
  if (g_object_get_data (G_OBJECT (one), "sag-first-slice") == NULL)
    {
      g_object_set_data (G_OBJECT (one), "sag-first-slice", GINT_TO_POINTER (1));
      sag_ui_trace ("first-slice", "ms", picture->ms, NULL);
    }
  sag_ui_trace ("frame", "ms", picture->ms, "wait_ms", wait_ms, "width",
                (double) picture->slice.width, "height", (double) picture->slice.height, "draft",
                (double) picture->is_draft, "plane", (double) self->view.plane, NULL);
}
