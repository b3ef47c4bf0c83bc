/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/core/pool.h"
#include "model/engine/table.h"

G_BEGIN_DECLS

/**
 * sag_upsample: the host's own SagEngineTable.upsample: cells onto any grid.
 *
 * A voxel counts as inside where its centre lies in the cells' box or less than 1e-6 of a cell outside. In the outer
 * half of the outer cells the value of the cell's centre continues.
 *
 * Returns: false with @status set: SAG_STATUS_INVALID for a grid without volume, SAG_STATUS_CANCELLED
 */
bool sag_upsample (const SagUpsampleRequest *request, SagPool *pool, SagStatus *status);

G_END_DECLS
