/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The surfaces of the 3D view, each computed by a plain function: volumes and cells in, meshes out. Any thread. */

#include "render/scene/mesh.h"
#include "render/slice/frame.h"

G_BEGIN_DECLS

/**
 * sag_render_body_mesh: the patient's skin in a CT, open where the scan ends. What lies within,
 * table and blankets are not part of it.
 *
 * Errors: G_IO_ERROR_CANCELLED, SAG_ERROR_LIMIT
 */
SagRenderMesh *
sag_render_body_mesh (const SagVolume *volume, GCancellable *cancellable, GError **error);

/**
 * sag_render_lungs_mesh: the surface of a lung mask (any label other than 0), smoothed.
 *
 * Errors: as above
 */
SagRenderMesh *
sag_render_lungs_mesh (const SagVolume *mask, GCancellable *cancellable, GError **error);

/**
 * SagRenderLabelBox: where a mask has a label.
 * @low, @high: its first and last voxel along each axis
 */
typedef struct
{
  guint  label;
  gint32 low[3];
  gint32 high[3];
} SagRenderLabelBox;

/**
 * sag_render_label_boxes: of all labels other than 0 that a mask holds, in rising order.
 * Returns: (transfer full) (nullable): array of SagRenderLabelBox; NULL on cancellation
 */
GArray *sag_render_label_boxes (const SagRenderMask *mask, GCancellable *cancellable);

/**
 * sag_render_label_mesh: the surface of one label of a mask, smoothed by about a voxel. Small
 * regions are cut out at full resolution, large ones from blocks of 2 mm.
 *
 * Errors: as above
 */
SagRenderMesh *sag_render_label_mesh (const SagRenderMask     *mask,
                                      const SagRenderLabelBox *box,
                                      GCancellable            *cancellable,
                                      GError                 **error);

/** sag_render_voxels_mesh: the same of a mask; nothing of it is unpacked but the shares of blocks. */
SagRenderMesh *
sag_render_voxels_mesh (const SagMask *voxels, GCancellable *cancellable, GError **error);

/**
 * sag_render_heatmap_mesh: where the score crosses @map->scale's threshold: exactly the line at
 * which the slices' overlay begins, closed at the outer faces of the cells and of the volume, and
 * where cells hold no score.
 *
 * With @map->raw_cells the outer faces of the cells that reach the threshold.
 * @volume: (nullable): nothing is shown outside this grid
 * @negative: of a difference map: the cells below -threshold
 *
 * Errors: as above
 */
SagRenderMesh *sag_render_heatmap_mesh (const SagRenderHeatmap *map,
                                        const SagGeometry      *volume,
                                        gboolean                negative,
                                        GCancellable           *cancellable,
                                        GError                **error);

G_END_DECLS
