/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * ReferenceBundle: a small network with random weights in memory.
 * @tensors: name to GArray of float; take one away, or cut it, to damage the bundle
 */
typedef struct
{
  SagNetwork      network;
  GHashTable     *tensors;
  SagWeightSource source;
} ReferenceBundle;

ReferenceBundle *reference_bundle_new (
  SagTextKind kind, int32_t hidden, int32_t n_heads, int32_t intermediate, int32_t n_layers);
void reference_bundle_free (ReferenceBundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReferenceBundle, reference_bundle_free)

/**
 * reference_ask: one text by the definition, in plain loops and double precision.
 * @tokens: (n_tokens, hidden)
 * @visible: (2 + n_tokens + n_ids) which positions may be looked at
 * @cell_logits: out: (n_tokens, cells)
 *
 * Returns: the class logit
 */
double reference_ask (const ReferenceBundle *bundle,
                      const float           *tokens,
                      gsize                  n_tokens,
                      const int32_t         *ids,
                      gsize                  n_ids,
                      const guint8          *visible,
                      double                *cell_logits);

G_END_DECLS
