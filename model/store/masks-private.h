/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/masks.h"

G_BEGIN_DECLS

/* Rows of masks, for those who write them (masks.c, journal.c). */

/**
 * sag_masks_put_info: a mask without its voxels; known ones keep their reader.
 * @id: (out): of the row
 */
gboolean sag_masks_put_info (SagDb             *db,
                             gint64             case_id,
                             const SagMaskInfo *info,
                             gint64             position,
                             const char        *reader,
                             gint64            *id,
                             GError           **error);
/** sag_masks_put_brick: @brick: (nullable): empty. */
gboolean sag_masks_put_brick (
  SagDb *db, gint64 mask_id, gint64 index, const SagBrick *brick, GError **error);
/** sag_masks_put_position: of the mask called @uuid in the list. */
gboolean sag_masks_put_position (SagDb *db, const char *uuid, gint64 position, GError **error);
/** sag_masks_put_all_bricks: those of @mask and no others. */
gboolean sag_masks_put_all_bricks (SagDb *db, gint64 mask_id, SagMask *mask, GError **error);

G_END_DECLS
