/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/cache.h"
#include "model/prepare/prepared.h"

G_BEGIN_DECLS

/*
 * Prepared scans in a cache folder, to the bit, so that figures are the same with and without it. The folder may be
 * that of training, which keeps entries of its own. Thread-safe. An entry:
 *
 *   FACT  doubles: verdict, then dims and the affine, row by row, of the input, and of the scan
 *   TEXT  lung source, a space, key
 *   EXCT  (x, y, z) float32: the input
 */

/**
 * sag_scan_cache_load: @scan: out: where the file's voxels lie
 *
 * Returns: (nullable): NULL if there is no entry, or no such file; @scan is then as it was
 */
SagPrepared *
sag_scan_cache_load (SagCache *cache, const char *path, const SagRecipe *recipe, SagGeometry *scan);

/** sag_scan_cache_save: Errors: G_FILE_ERROR */
gboolean sag_scan_cache_save (SagCache          *cache,
                              const char        *path,
                              SagPrepared       *prepared,
                              const SagGeometry *scan,
                              GError           **error);

G_END_DECLS
