/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SAG_BRICK_SIDE 32
#define SAG_BRICK_ROWS (SAG_BRICK_SIDE * SAG_BRICK_SIDE)

/**
 * SagBrick: 32^3 voxels of a mask, one bit each.
 * @rows: row j + 32 k; bit i is the voxel (i, j, k) of the brick
 * @model: (nullable): which of the set voxels came from a model; a subset of @rows. NULL: none
 *
 * Atomically reference counted; nobody changes one that somebody else holds too.
 */
typedef struct
{
  gatomicrefcount ref_count;
  guint32        *model;
  guint32         rows[SAG_BRICK_ROWS];
} SagBrick;

/** sag_brick_new: an empty one. */
SagBrick *sag_brick_new (void);
/** sag_brick_copy: one that nobody else holds. */
SagBrick *sag_brick_copy (const SagBrick *brick);
SagBrick *sag_brick_ref (SagBrick *brick);
void      sag_brick_unref (SagBrick *brick);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagBrick, sag_brick_unref)

/** sag_brick_is_own: only the caller holds it, and may change it. */
gboolean sag_brick_is_own (SagBrick *brick);

/** sag_brick_own_model: the plane of model voxels of a brick that the caller may change, made where there was none. */
guint32 *sag_brick_own_model (SagBrick *brick);

/** sag_brick_tidy: forgets a model plane without a voxel. Returns: FALSE if the brick holds no voxel at all */
gboolean sag_brick_tidy (SagBrick *brick);

guint sag_brick_count (const SagBrick *brick);
/** sag_brick_count_model: how many of them came from a model. */
guint sag_brick_count_model (const SagBrick *brick);

/** sag_brick_equal: (nullable): the same voxels and provenance; NULL is an empty brick. */
gboolean sag_brick_equal (const SagBrick *a, const SagBrick *b);

/**
 * sag_brick_encode: the brick as a few hundred bytes for a file.
 *
 *   OFFSET  SIZE  MEANING
 *   0       1     planes: 1 (voxels) or 2 (voxels, then those from a model)
 *   1             zstd frame of 4,096 bytes a plane: rows j + 32 k, little endian
 */
GBytes *sag_brick_encode (const SagBrick *brick);

/** sag_brick_decode: the inverse. Error: SAG_ERROR_FORMAT; also if a model voxel is not set. */
SagBrick *sag_brick_decode (const void *data, gsize size_bytes, GError **error);

G_END_DECLS
