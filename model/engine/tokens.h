/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"

G_BEGIN_DECLS

/**
 * sag_tokens_new: takes @values and @key.
 * @values: (n_tokens, hidden), from g_malloc
 * @bundle_sha256: of the bundle whose tokens they are
 */
SagTokens *sag_tokens_new (
  float *values, gsize n_tokens, char *key, const char *bundle_sha256, SagPrepared *prepared);

gsize       sag_tokens_get_n_tokens (SagTokens *tokens);
const char *sag_tokens_get_bundle_sha256 (SagTokens *tokens);

G_END_DECLS
