/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Weights from a formula, of sizes that keep a network's values near 1, whatever the network. */

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/** MadeWeights: a weight source for one network. */
typedef struct MadeWeights MadeWeights;

/** made_weights_new: (transfer full). @network stays the caller's and must outlive it. */
MadeWeights    *made_weights_new (const SagNetwork *network);
void            made_weights_free (MadeWeights *weights);
SagWeightSource made_weights_get_source (MadeWeights *weights);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MadeWeights, made_weights_free)

G_END_DECLS
