/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/bundle/bundle.h"

G_BEGIN_DECLS

/**
 * sag_bundle_dup_vision_key: (transfer full) (nullable): names all that makes a scan's tokens: bundles that differ in
 * text layers and heads alone have the same one. 32 hex digits over the vision network's sizes and float32 weights,
 * which are read; NULL if they cannot be.
 */
char *sag_bundle_dup_vision_key (SagBundle *bundle);

G_END_DECLS
