/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

/**
 * SagIsland: a part of a mask that hangs together.
 * @n_voxels: how many
 * @box: where
 */
typedef struct
{
  gint64     n_voxels;
  SagMaskBox box;
} SagIsland;

/**
 * sag_mask_find_islands: the parts, largest first.
 * @corners: voxels that touch at an edge or a corner hang together (26 neighbours, else 6)
 * Returns: (transfer full) (element-type SagIsland)
 */
GArray *sag_mask_find_islands (const SagMask *mask, gboolean corners);

/** sag_mask_keep_largest: the @n largest parts. Any thread. */
SagMask *sag_mask_keep_largest (SagMask *mask, guint n, gboolean corners);

/** sag_mask_remove_small: the parts of at least @least_ml. Any thread. */
SagMask *sag_mask_remove_small (SagMask *mask, double least_ml, gboolean corners);

/** sag_mask_fill_holes: adds what is enclosed: parts of the outside that do not reach the mask's box. Any thread. */
SagMask *sag_mask_fill_holes (SagMask *mask);

G_END_DECLS
