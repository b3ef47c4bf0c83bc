/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"
#include "model/volume/volume.h"

G_BEGIN_DECLS

/* The grid of the .bin files that sag_export_upstream() writes: they know no place, so a reader has to know this. */

/**
 * sag_upstream_grid: 1 mm along the axes nearest to R, A, S, covering a scan that is @stored so.
 *
 * Error: SAG_ERROR_LIMIT: larger than sag_bin_load() reads
 */
gboolean sag_upstream_grid (const SagGeometry *stored, SagGeometry *grid, GError **error);

/**
 * sag_upstream_resample: (transfer full): int16 on @to: the scan's values between voxels, -1024 where there is no
 * number; or of a mask the nearest voxels as 0 and 1.
 * @from, @to: grids that can be inverted
 * @volume, @mask: one of them is NULL
 */
SagVolume *sag_upstream_resample (const SagGeometry *from,
                                  const SagGeometry *to,
                                  SagVolume         *volume,
                                  const SagMask     *mask);

G_END_DECLS
