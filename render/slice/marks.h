/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "render/slice/frame.h"
#include "render/slice/view.h"

#include <cairo.h>

G_BEGIN_DECLS

/**
 * SagRenderNote: a sentence; a warning has an icon before it.
 * @brief: (nullable): what stands for it in a view that is too narrow for the sentence
 */
typedef struct
{
  const char *text;
  gboolean    warning;
  const char *brief;
} SagRenderNote;

/** The sentences that pictures carry, so that all of them say the same. */
#define SAG_RENDER_NOTE_RESEARCH "Research use, not a medical device"
#define SAG_RENDER_NOTE_SYNTHETIC "Demonstration model, trained on synthetic scans"
#define SAG_RENDER_NOTE_UNTRAINED "Untrained model: the numbers mean nothing"

/** And briefly. */
#define SAG_RENDER_NOTE_SYNTHETIC_BRIEF "Synthetic demo model"
#define SAG_RENDER_NOTE_UNTRAINED_BRIEF "Untrained model"

/**
 * SagRenderLegend: one answer named in a corner of the view.
 * @number: (nullable): what the answer says, for example "0.91"
 * @scale: (nullable): of its map; shown as a strip with its range
 * @values: (nullable): what the map holds; NULL means "score"
 */
typedef struct
{
  SagRenderColour       colour;
  const char           *text;
  const char           *number;
  const SagRenderScale *scale;
  const char           *values;
} SagRenderLegend;

/**
 * SagRenderWords: the words of a view in the reader's language. A NULL is English.
 * @planes: by SagRenderPlane
 * @slabs: by SagRenderSlab
 * @apart: after the distance between slices: "2.00 mm apart"
 * @preset: name of the frame's window; NULL: that of the preset that it is
 * @score: what a map holds, unless its legend says so
 * @to: between the ends of a range
 */
typedef struct
{
  const char *planes[SAG_RENDER_N_PLANES];
  const char *slabs[SAG_RENDER_SLAB_MEAN + 1];
  const char *apart;
  const char *preset;
  const char *score;
  const char *to;
} SagRenderWords;

/**
 * SagRenderMarks: what is written and drawn over a frame. Zero is nothing of it; all pointers are
 * borrowed.
 * @letters: the patient's sides at the four edges
 * @position: plane, slice number, distance of slices, position and window, bottom left
 * @scale_bar: bottom right
 * @cross: a thin cross at @cross_ras_mm
 * @readout: top left, the value and position of @readout_ras_mm
 * @readout_voxel: with the stored indices i, j, k of the voxel, from 0
 * @readout_room: nothing else is written where the readout belongs: it is drawn elsewhere
 * @readout_unit: (nullable): after the value; NULL means "HU"
 * @legend: top right
 * @notes: bottom right, below the scale bar
 * @words: (nullable): NULL means English
 * @box_words: (nullable): in the hatched part; NULL means "not analysed"
 */
typedef struct
{
  gboolean               letters;
  gboolean               position;
  gboolean               scale_bar;
  gboolean               cross;
  double                 cross_ras_mm[3];
  gboolean               readout;
  double                 readout_ras_mm[3];
  gboolean               readout_voxel;
  gboolean               readout_room;
  const char            *readout_unit;
  const SagRenderLegend *legend;
  guint                  n_legend;
  const SagRenderNote   *notes;
  guint                  n_notes;
  const SagRenderWords  *words;
  const char            *box_words;
} SagRenderMarks;

/**
 * sag_render_marks_draw: draws over what sag_render_frame_draw() painted.
 * @cr: of a surface with @slice's device pixels, untransformed (or translated to where the frame
 *   lies)
 *
 * Nothing leaves the frame and nothing overlaps: of a note that would take many lines the brief form
 * is written; what has no room even so is ellipsised, and left out before it would be unreadable.
 * Any thread, one at a time on a surface.
 */
void sag_render_marks_draw (cairo_t              *cr,
                            const SagRenderFrame *frame,
                            const SagRenderSlice *slice,
                            const SagRenderMarks *marks);

/**
 * sag_render_box_draw: the outline of @box alone, dashed, as it is being moved.
 * @cr: in logical pixels
 */
void sag_render_box_draw (cairo_t              *cr,
                          const SagRenderSlice *slice,
                          const SagGeometry    *box,
                          SagRenderColour       colour);

G_END_DECLS
