/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/dataset/cache.h"
#include "model/engine/engine.h"
#include "model/prepare/prepared.h"

G_BEGIN_DECLS

/*
 * Prepared scans in a cache folder, to the bit, so that figures are the same with and without it. The folder may be
 * that of training, which keeps entries of its own. Thread-safe. An entry:
 *
 *   FACT  doubles: verdict, then dims and the affine, row by row, of the input, and of the scan
 *   TEXT  lung source, a space, key
 *   EXCT  (x, y, z) float32: the input
 *
 * and, by a key of its own, what a vision network made of it:
 *
 *   TOKN  (n_tokens, hidden) float32
 */

/**
 * sag_scan_cache_load: @scan: out: where the file's voxels lie
 *
 * Returns: (nullable): NULL if there is no entry, or no such file; @scan is then as it was
 */
SagPrepared *
sag_scan_cache_load (SagCache *cache, const char *path, const SagRecipe *recipe, SagGeometry *scan);

/**
 * sag_scan_cache_save: @file: what sag_cache_dup_file_key() said before the file was read: of one that was changed
 * meanwhile nothing is kept
 *
 * Errors: G_FILE_ERROR
 */
gboolean sag_scan_cache_save (SagCache          *cache,
                              const char        *path,
                              const char        *file,
                              SagPrepared       *prepared,
                              const SagGeometry *scan,
                              GError           **error);

/**
 * sag_scan_cache_dup_tokens_key: (transfer full): what tokens depend on: the prepared scan, the vision network and the
 * engine's arithmetic.
 * @vision: of sag_bundle_dup_vision_key()
 */
char *sag_scan_cache_dup_tokens_key (SagPrepared         *prepared,
                                     const char          *vision,
                                     const SagEngineInfo *info);

/** sag_scan_cache_load_tokens: (transfer full) (nullable): @n_values float32, g_free() them; NULL if there are none. */
float *sag_scan_cache_load_tokens (SagCache *cache, const char *key, gsize n_values);

/** sag_scan_cache_save_tokens: Errors: G_FILE_ERROR */
gboolean sag_scan_cache_save_tokens (
  SagCache *cache, const char *key, const float *values, gsize n_values, GError **error);

G_END_DECLS
