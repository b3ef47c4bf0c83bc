/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"
#include "render/slice/frame.h"

G_BEGIN_DECLS

/**
 * SagRenderContent:
 *
 * What the 3D view shows, apart from where one stands. Filled in by one thread, then handed to a
 * SagRenderWorker and from there on immutable; atomically reference counted.
 */
typedef struct _SagRenderContent SagRenderContent;

/** SagRenderPart: what can be switched off or made more transparent. */
typedef enum
{
  SAG_RENDER_PART_BODY,
  SAG_RENDER_PART_LUNGS,
} SagRenderPart;

#define SAG_RENDER_N_PARTS 2

/**
 * sag_render_content_new: nothing, or a scan.
 * @volume: (nullable): a CT that a loader has finished; referenced
 * @lungs: (nullable): a volume on any grid whose voxels other than 0 are lung; referenced
 */
SagRenderContent *sag_render_content_new (SagVolume *volume, SagVolume *lungs);

SagRenderContent *sag_render_content_ref (SagRenderContent *content);
void              sag_render_content_unref (SagRenderContent *content);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRenderContent, sag_render_content_unref)

/** sag_render_content_set_part: @strength 0 switches it off, 1 is the usual, up to 4 more solid. */
void sag_render_content_set_part (SagRenderContent *content, SagRenderPart part, double strength);

/**
 * sag_render_content_add_heatmap: a surface at the threshold of @map->scale, of a difference map
 * two.
 * @map: copied; its cells are taken from @cells
 * @cells: referenced: sag_geometry_n_voxels() floats. The same bytes with the same threshold are
 *   not computed again
 */
void sag_render_content_add_heatmap (SagRenderContent       *content,
                                     const SagRenderHeatmap *map,
                                     GBytes                 *cells);

/**
 * sag_render_content_add_mask: a surface for each label.
 * @mask: copied, its colours, too; its labels are taken from @labels, its voxels are referenced
 * @labels: (nullable): referenced; NULL exactly where @mask has voxels in their place. The same
 *   bytes, or the same voxels, are not computed again
 * @opacity: 0..1
 */
void sag_render_content_add_mask (SagRenderContent    *content,
                                  const SagRenderMask *mask,
                                  GBytes              *labels,
                                  double               opacity);

/** sag_render_content_set_cross: the crosshair and the outlines of the slices through it. */
void sag_render_content_set_cross (SagRenderContent *content, const double ras_mm[3]);

/** sag_render_content_set_box: the analysed part, drawn as dashed edges. */
void sag_render_content_set_box (SagRenderContent *content, const SagGeometry *box);

G_END_DECLS
