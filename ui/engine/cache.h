/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"

G_BEGIN_DECLS

/**
 * SagUiCache: what scans were prepared and encoded to, so that the next question waits for neither.
 *
 * Keyed by voxels, box, recipe and engine; tokens also by bundle and precision. Keeps the scans
 * that were used last, without their voxels. Belongs to the engine thread.
 */
typedef struct _SagUiCache SagUiCache;

SagUiCache *sag_ui_cache_new (void);
void        sag_ui_cache_free (SagUiCache *cache);

/** sag_ui_cache_find: (nullable) (transfer none): the preparation of @volume for @engine's bundle. */
SagPrepared *sag_ui_cache_find (SagUiCache  *cache,
                                SagVolume   *volume,
                                const double shift_mm[3],
                                SagEngine   *engine);
/** sag_ui_cache_add: keeps references; what was not used for longest goes. */
void sag_ui_cache_add (SagUiCache  *cache,
                       SagVolume   *volume,
                       const double shift_mm[3],
                       SagEngine   *engine,
                       SagPrepared *prepared);

/** sag_ui_cache_find_tokens: (nullable) (transfer none): of a preparation that is in the cache. */
SagTokens *sag_ui_cache_find_tokens (SagUiCache *cache, SagPrepared *prepared, SagEngine *engine);
void       sag_ui_cache_add_tokens (SagUiCache  *cache,
                                    SagPrepared *prepared,
                                    SagEngine   *engine,
                                    SagTokens   *tokens);

G_END_DECLS
