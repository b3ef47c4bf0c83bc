/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

/** SagMaskOperation: what becomes of two masks. */
typedef enum
{
  SAG_MASK_UNION,
  SAG_MASK_INTERSECTION,
  SAG_MASK_DIFFERENCE, /* in the first, not in the second */
  SAG_MASK_EXCLUSIVE,  /* in one of them */
} SagMaskOperation;

/**
 * sag_mask_combine: a voxel came from a model if it did so in a mask that has it and in none that
 * has it as the person's; where both have it, the first decides.
 *
 * Any thread. Error: SAG_ERROR_MISMATCH: not on the same grid
 */
SagMask *sag_mask_combine (SagMask *a, SagMask *b, SagMaskOperation operation, GError **error);

/**
 * sag_mask_copy_slice: what slice @from along stored axis @axis has is added to slice @to.
 * Errors: SAG_ERROR_ARGUMENT: nothing to copy, or no such slice
 */
SagMask *sag_mask_copy_slice (SagMask *mask, int axis, gint32 from, gint32 to, GError **error);

/** sag_mask_dice: 2 |A and B| / (|A| + |B|); NaN if both are empty. They must have the same dims. */
double sag_mask_dice (const SagMask *a, const SagMask *b);

G_END_DECLS
