/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"
#include "model/engine/table.h"
#include "model/prepare/prepared.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SagEngine: a bundle opened by an engine, with GLib manners. One owner, one thread at a time. */
typedef struct _SagEngine SagEngine;

/** SagTokens: a scan's vision tokens in host memory. Immutable, atomically reference counted. */
typedef struct _SagTokens SagTokens;

/**
 * sag_engine_open: opens @bundle with the engine that @table describes. Keeps a reference to the bundle.
 * @options: (nullable): the defaults
 * Errors: SAG_ERROR_ENGINE with the engine's own sentence.
 */
SagEngine *sag_engine_open (const SagEngineTable   *table,
                            SagBundle              *bundle,
                            const SagEngineOptions *options,
                            GError                **error);
void       sag_engine_close (SagEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagEngine, sag_engine_close)

SagBundle           *sag_engine_get_bundle (SagEngine *engine);
const SagEngineInfo *sag_engine_get_info (SagEngine *engine);

/**
 * sag_engine_prepare: sag_prepare() by the bundle's recipe, with its input made by the engine's device where it can.
 * What comes out is the same.
 * @options: (nullable): who makes the input is not looked at
 * Errors: those of sag_prepare().
 */
SagPrepared *sag_engine_prepare (SagEngine               *engine,
                                 SagVolume               *volume,
                                 const SagPrepareOptions *options,
                                 GCancellable            *cancellable,
                                 GError                 **error);

/**
 * sag_engine_encode: the scan's vision tokens, transfer full. Keeps a reference to @prepared.
 * Errors: SAG_ERROR_MISMATCH (prepared for another input size), SAG_ERROR_ENGINE, G_IO_ERROR_CANCELLED.
 */
SagTokens *sag_engine_encode (SagEngine    *engine,
                              SagPrepared  *prepared,
                              GCancellable *cancellable,
                              GError      **error);

SagTokens *sag_tokens_ref (SagTokens *tokens);
void       sag_tokens_unref (SagTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagTokens, sag_tokens_unref)

/** sag_tokens_get_values: (n_tokens, hidden). */
const float *sag_tokens_get_values (SagTokens *tokens);
/** sag_tokens_get_key: hash of voxels, box, bundle, recipe, engine and precision. */
const char  *sag_tokens_get_key (SagTokens *tokens);
SagPrepared *sag_tokens_get_prepared (SagTokens *tokens);

/**
 * sag_engine_ask: every text of @texts about one scan.
 * @token_masks: (nullable): (n_texts, n_tokens); 0 hides a vision token
 * @class_logits: (n_texts)
 * @cell_logits: (nullable): (n_texts, cells of the whole grid), x fastest: index = x + nx * (y + ny * z), ready for
 *   sag_geometry_coarsen() of the input geometry
 *
 * Errors: SAG_ERROR_LIMIT for a text longer than the bundle allows (naming it), SAG_ERROR_ARGUMENT for text that is not
 * UTF-8, SAG_ERROR_MISMATCH for tokens of another bundle, SAG_ERROR_ENGINE (also for logits that are no numbers),
 * G_IO_ERROR_CANCELLED.
 */
gboolean sag_engine_ask (SagEngine         *engine,
                         SagTokens         *tokens,
                         const char *const *texts,
                         gsize              n_texts,
                         const guint8      *token_masks,
                         float             *class_logits,
                         float             *cell_logits,
                         GCancellable      *cancellable,
                         GError           **error);

/** sag_engine_get_cell_dims: the heatmap's grid, 32 x 20 x 16 for the paper's network. */
void sag_engine_get_cell_dims (SagEngine *engine, gint32 dims[3]);

/**
 * sag_engine_upsample: cell values onto any grid.
 * @cells: (cells of the whole grid), x fastest, scores or any other values
 * @smooth: trilinear between cell centres, else each cell as a block
 * @out: the target's voxels, i fastest; NaN outside the cells' box
 *
 * Errors: SAG_ERROR_ENGINE, G_IO_ERROR_CANCELLED.
 */
gboolean sag_engine_upsample (SagEngine         *engine,
                              const SagGeometry *cell_geometry,
                              const float       *cells,
                              const SagGeometry *target,
                              gboolean           smooth,
                              float             *out,
                              GCancellable      *cancellable,
                              GError           **error);

G_END_DECLS
