/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Parts of the masks' room for each other. */

#include "model/mask/mask.h"

G_BEGIN_DECLS

/** sag_brick_rows_to_le: to the byte order of files, and back. */
void sag_brick_rows_to_le (guint32 *rows, gsize n);

/** sag_mask_row: 32 voxels from 32 * bi of row (j, k), which lies in the grid; bits from a model with @model. */
guint32 sag_mask_row (const SagMask *mask, gint32 bi, gint32 j, gint32 k, gboolean model);

/** sag_mask_edit_peek: (transfer none): changes with the edit; only its owner may look at it. */
SagMask *sag_mask_edit_peek (SagMaskEdit *edit);

/** sag_mask_fits: no voxel lies beyond the grid. */
gboolean sag_mask_fits (const SagMask *mask);

/** sag_mask_box_clip: cuts @box to the grid. Returns: FALSE if nothing is left */
gboolean sag_mask_box_clip (SagMaskBox *box, const SagGeometry *geometry);

/**
 * sag_mask_read_box: the voxels of @box, which lies in the grid, as 0 and 1, i fastest.
 */
void sag_mask_read_box (const SagMask *mask, const SagMaskBox *box, guint8 *voxels);

/**
 * sag_mask_edit_write_box: voxels of @box become what @voxels says; one that is set again is a
 * model's if @was (nullable) says that it was.
 */
void sag_mask_edit_write_box (SagMaskEdit      *edit,
                              const SagMaskBox *box,
                              const guint8     *voxels,
                              const SagMask    *was);

/**
 * sag_mask_distance_squared: how far every voxel of a block lies from the nearest with inside != 0.
 *
 * Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", 2012: lower envelope
 * of parabolas, one axis after the other, exact.
 *
 * @dims: of the block, i fastest
 * @spacing_mm: along each axis; the axes count as orthogonal
 * @out: mm^2; INFINITY if there is no such voxel
 */
void sag_mask_distance_squared (const guint8 *inside,
                                const gint32  dims[3],
                                const double  spacing_mm[3],
                                float        *out);

G_END_DECLS
