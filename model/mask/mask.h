/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/brick.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/**
 * SagMask: a set of voxels of one stored grid, in bricks of 32^3.
 *
 * Immutable and atomically reference counted: a worker draws one while the person paints on. Bricks
 * that two masks have in common are shared, so that a copy costs a table of pointers.
 */
typedef struct _SagMask SagMask;

/** SagMaskBox: voxels first[a] <= index < end[a]; empty if any end is not beyond its first. */
typedef struct
{
  gint32 first[3];
  gint32 end[3];
} SagMaskBox;

#define SAG_MASK_BOX_EMPTY                                                                         \
  {                                                                                                \
    { G_MAXINT32, G_MAXINT32, G_MAXINT32 }, { 0, 0, 0 }                                            \
  }

gboolean sag_mask_box_is_empty (const SagMaskBox *box);
/** sag_mask_box_add: @box grows so that it holds @other too. */
void sag_mask_box_add (SagMaskBox *box, const SagMaskBox *other);

/** sag_mask_new: an empty one. */
SagMask *sag_mask_new (const SagGeometry *geometry);
SagMask *sag_mask_ref (SagMask *mask);
void     sag_mask_unref (SagMask *mask);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagMask, sag_mask_unref)

const SagGeometry *sag_mask_get_geometry (const SagMask *mask);
gboolean           sag_mask_get (const SagMask *mask, gint32 i, gint32 j, gint32 k);
/** sag_mask_is_model: the voxel is set and came from a model. */
gboolean sag_mask_is_model (const SagMask *mask, gint32 i, gint32 j, gint32 k);
gboolean sag_mask_is_empty (const SagMask *mask);
gint64   sag_mask_count (const SagMask *mask);
/** sag_mask_get_extent: the smallest box that holds all voxels. Returns: FALSE if there are none */
gboolean sag_mask_get_extent (const SagMask *mask, SagMaskBox *box);
/** sag_mask_equal: the same voxels on the same dims, and the same provenance. */
gboolean sag_mask_equal (const SagMask *a, const SagMask *b);

/* Bricks, for files and renderers: index = bi + nbi * (bj + nbj * bk). */
gsize sag_mask_get_n_bricks (const SagMask *mask);
void  sag_mask_get_brick_dims (const SagMask *mask, gint32 dims[3]);
/** sag_mask_get_brick: (nullable) (transfer none): NULL for an empty one. */
SagBrick *sag_mask_get_brick (const SagMask *mask, gsize index);

/**
 * sag_mask_new_from_bricks: for readers of files.
 * @bricks: (array length=sag_mask_get_n_bricks) (transfer full): NULL for empty ones; the table is copied
 * Error: SAG_ERROR_FORMAT where a voxel lies beyond the grid; then too the bricks are taken
 */
SagMask *
sag_mask_new_from_bricks (const SagGeometry *geometry, SagBrick *const *bricks, GError **error);

/**
 * sag_mask_new_from_voxels: voxels that are not 0.
 * @voxels: (sag_geometry_n_voxels), i fastest
 */
SagMask *sag_mask_new_from_voxels (const SagGeometry *geometry, const guint8 *voxels);

/**
 * sag_mask_new_from_volume: voxels whose value is one of @values.
 * @values: (array length=n_values): none: all that is not 0 (NaN counts as 0)
 */
SagMask *sag_mask_new_from_volume (const SagVolume *volume, const gint32 *values, gsize n_values);

/** sag_mask_fill_voxels: writes @value where a voxel is set, and leaves the others alone. */
void sag_mask_fill_voxels (const SagMask *mask, guint8 value, guint8 *voxels);
void sag_mask_fill_voxels_uint16 (const SagMask *mask, guint16 value, guint16 *voxels);

/** sag_mask_fill_slice: slice @index along stored axis @axis; (nu, nv) of the other axes, the lower one fastest. */
void
sag_mask_fill_slice (const SagMask *mask, int axis, gint32 index, guint8 value, guint8 *pixels);

/**
 * SagMaskLimits: where an edit may happen. Zero-filled: everywhere.
 * @volume: (nullable): whose values must lie in @low..@high (HU); on the mask's dims
 * @within, @outside: (nullable): masks that edits stay in, or stay out of
 */
typedef struct
{
  SagVolume *volume;
  double     low;
  double     high;
  SagMask   *within;
  SagMask   *outside;
} SagMaskLimits;

/**
 * SagMaskEdit: a mask that is being changed. One owner. Bricks are copied when they are first
 * touched; the mask that it began from, and every snapshot, stay as they are.
 */
typedef struct _SagMaskEdit SagMaskEdit;

SagMaskEdit *sag_mask_edit_new (SagMask *mask);
void         sag_mask_edit_free (SagMaskEdit *edit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagMaskEdit, sag_mask_edit_free)

/** sag_mask_edit_snapshot: (transfer full): as it is now. */
SagMask *sag_mask_edit_snapshot (SagMaskEdit *edit);

/** SagMaskMode: what an edit does with its voxels. Painting over a model's voxel leaves it the model's. */
typedef enum
{
  SAG_MASK_PAINT,
  SAG_MASK_PAINT_AS_MODEL,
  SAG_MASK_ERASE,
} SagMaskMode;

/**
 * sag_mask_edit_span: voxels first..last of row (j, k); what lies beyond the grid is left out.
 * @limits: (nullable)
 * Returns: whether anything changed
 */
gboolean sag_mask_edit_span (SagMaskEdit         *edit,
                             SagMaskMode          mode,
                             const SagMaskLimits *limits,
                             gint32               first,
                             gint32               last,
                             gint32               j,
                             gint32               k);

/** sag_mask_edit_set_brick: @brick (nullable) (transfer full) takes the place of that at @index. */
void sag_mask_edit_set_brick (SagMaskEdit *edit, gsize index, SagBrick *brick);
/** sag_mask_edit_get_brick: (nullable) (transfer none). */
SagBrick *sag_mask_edit_get_brick (SagMaskEdit *edit, gsize index);

G_END_DECLS
