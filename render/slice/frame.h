/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/mask/mask.h"
#include "model/volume/volume.h"
#include "render/slice/colour.h"
#include "render/slice/presets.h"
#include "render/slice/view.h"

G_BEGIN_DECLS

/** SagRenderSlab: what a pixel shows of the slices within a slab. */
typedef enum
{
  SAG_RENDER_SLAB_NONE,
  SAG_RENDER_SLAB_MAXIMUM,
  SAG_RENDER_SLAB_MINIMUM,
  SAG_RENDER_SLAB_MEAN,
} SagRenderSlab;

/**
 * SagRenderHeatmap: scores laid over the slice.
 * @cells: sag_geometry_n_voxels() scores (fewer than 2^31), x fastest; NaN where there is none
 * @geometry: of the cells; integer indices are cell centres. Any grid, also one that is turned
 *   against the volume
 * @scale: colours, range, threshold, opacity
 * @raw_cells: each cell in one colour; otherwise trilinear between cell centres, and constant
 *   within the outer half cells. Nothing is drawn outside the cells, nor outside the volume: there
 *   was nothing to score
 * @outline: a line where the score crosses the threshold
 */
typedef struct
{
  const float   *cells;
  SagGeometry    geometry;
  SagRenderScale scale;
  gboolean       raw_cells;
  gboolean       outline;
} SagRenderHeatmap;

/** SagRenderLabels: how a label volume is stored. */
typedef enum
{
  SAG_RENDER_LABELS_UINT8,
  SAG_RENDER_LABELS_UINT16,
} SagRenderLabels;

/**
 * SagRenderMask: a label volume laid over the slice, each voxel filled and each region outlined.
 * @labels: (nullable): sag_geometry_n_voxels() labels, x fastest; 0 is nothing
 * @voxels: (nullable): in the place of @labels: its voxels are label 1. Only what the slice needs of
 *   it is unpacked
 * @geometry: of the labels, any grid
 * @colours: (nullable): of labels 1 .. @n_colours; higher labels take them again. NULL: the
 *   answer colours
 * @fill: opacity of the inside
 * @outline_px: width of the outline in logical pixels, drawn inside the region; 0 for none
 */
typedef struct
{
  const void            *labels;
  const SagMask         *voxels;
  SagRenderLabels        type;
  SagGeometry            geometry;
  const SagRenderColour *colours;
  guint                  n_colours;
  double                 fill;
  double                 outline_px;
} SagRenderMask;

/** sag_render_mask_init: filled at 30 %, outlined 1.5 pixels wide, in the answer colours. */
SagRenderMask
sag_render_mask_init (const SagGeometry *geometry, SagRenderLabels type, const void *labels);

/** sag_render_mask_init_voxels: the same, of a mask; @voxels is borrowed. */
SagRenderMask sag_render_mask_init_voxels (const SagMask *voxels);

/**
 * SagRenderFrame: everything that is under the letters of a view. All pointers are borrowed.
 * @invert: white air
 * @nearest: whole voxels; otherwise bilinear within the slice
 * @slab_mm: thickness of the slab: slices whose centre lies within half of it from the shown one
 * @heatmaps: the first one lowest
 * @masks: above the heatmaps
 * @box: (nullable): the analysed part: the corners of this grid. What the volume has outside it
 *   is hatched
 */
typedef struct
{
  const SagVolume        *volume;
  SagRenderWindow         window;
  gboolean                invert;
  gboolean                nearest;
  SagRenderSlab           slab;
  double                  slab_mm;
  const SagRenderHeatmap *heatmaps;
  guint                   n_heatmaps;
  const SagRenderMask    *masks;
  guint                   n_masks;
  const SagGeometry      *box;
} SagRenderFrame;

/** sag_render_frame_init: the volume in the lung window, and nothing over it. */
SagRenderFrame sag_render_frame_init (const SagVolume *volume);

/**
 * sag_render_frame_draw: paints a slice into opaque pixels, black where there is no volume.
 * @slice: of @frame's volume
 * @pool: (nullable): shares the rows out; NULL means this thread alone
 * @pixels: (@slice->height rows of @stride_bytes): cairo's ARGB32, which in memory is B G R A on
 *   little-endian machines; 4-byte aligned
 *
 * Any thread. A pixel shows what lies under its centre.
 */
void sag_render_frame_draw (const SagRenderFrame *frame,
                            const SagRenderSlice *slice,
                            SagPool              *pool,
                            guint8               *pixels,
                            gsize                 stride_bytes);

G_END_DECLS
