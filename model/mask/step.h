/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

/**
 * SagMaskInfo: what a mask is called and how it looks.
 * @id: never changes: a UUID, so that masks of several machines can be told apart
 * @name: for people
 * @key: (nullable): of the task that it belongs to
 * @colour: 0xRRGGBB
 * @locked: its voxels cannot be changed
 */
typedef struct
{
  char    *id;
  char    *name;
  char    *key;
  guint32  colour;
  gboolean locked;
  gboolean visible;
} SagMaskInfo;

SagMaskInfo *sag_mask_info_new (const char *name, const char *key, guint32 colour);
SagMaskInfo *sag_mask_info_copy (const SagMaskInfo *info);
void         sag_mask_info_free (SagMaskInfo *info);
gboolean     sag_mask_info_equal (const SagMaskInfo *a, const SagMaskInfo *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagMaskInfo, sag_mask_info_free)

/**
 * SagMaskChange: what a step did to one mask.
 * @id: of the mask
 * @before, @after: (nullable): NULL where there was no such mask; the same where only voxels changed
 * @position: where it stood, and stands, in the list
 * @bricks: (array length=n_bricks): indices of the bricks that differ, rising
 */
typedef struct
{
  const char        *id;
  const SagMaskInfo *before;
  const SagMaskInfo *after;
  guint              position[2];
  const guint32     *bricks;
  gsize              n_bricks;
} SagMaskChange;

/**
 * SagMaskStep: one thing that was done, and can be undone and redone.
 *
 * Atomically reference counted; any thread. It first holds the masks before and after, which share
 * all other bricks; packed, the differences, compressed.
 */
typedef struct _SagMaskStep SagMaskStep;

/**
 * sag_mask_step_new:
 * @title: what was done, in the person's language
 */
SagMaskStep *sag_mask_step_new (const char *title);
/**
 * sag_mask_step_add: before the step is shown to anybody.
 * @before, @after, @mask_before, @mask_after: (nullable): of one mask; both NULL where there was none
 * @position: before and after
 */
void sag_mask_step_add (SagMaskStep       *step,
                        const SagMaskInfo *before,
                        SagMask           *mask_before,
                        const SagMaskInfo *after,
                        SagMask           *mask_after,
                        const guint        position[2]);

SagMaskStep *sag_mask_step_ref (SagMaskStep *step);
void         sag_mask_step_unref (SagMaskStep *step);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagMaskStep, sag_mask_step_unref)

const char          *sag_mask_step_get_title (const SagMaskStep *step);
guint                sag_mask_step_get_n_changes (const SagMaskStep *step);
const SagMaskChange *sag_mask_step_get_change (const SagMaskStep *step, guint index);
/** sag_mask_step_get_size: bytes that it holds; before it is packed, those that it may hold. */
gsize sag_mask_step_get_size (SagMaskStep *step);

/** sag_mask_step_pack: keeps only what differs. Takes milliseconds for large edits. */
void sag_mask_step_pack (SagMaskStep *step);
/** sag_mask_step_dup_bytes: (transfer full): the step for a file; packs it. */
GBytes *sag_mask_step_dup_bytes (SagMaskStep *step);
/**
 * sag_mask_step_new_from_bytes: the inverse.
 * @geometry: of the masks
 * Error: SAG_ERROR_FORMAT
 */
SagMaskStep *
sag_mask_step_new_from_bytes (GBytes *bytes, const SagGeometry *geometry, GError **error);

/**
 * sag_mask_step_apply: the mask of change @index on the other side of the step.
 * @mask: (nullable): the mask as it is; NULL where there is none
 * @back: undo, else redo
 * Returns: (transfer full) (nullable): NULL where there is none on the other side. Error: SAG_ERROR_FORMAT
 */
gboolean sag_mask_step_apply (
  SagMaskStep *step, guint index, SagMask *mask, gboolean back, SagMask **out, GError **error);

G_END_DECLS
