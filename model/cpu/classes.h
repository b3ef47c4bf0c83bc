/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * sag_cpu_ask_classes: sag_cpu_ask() of a multi-label network: the mean of the vision tokens that are not hidden,
 * ReLU, and the classifier's row of each text, whose only id says which. Cell logits are so low that their score is 0:
 * this network draws no map.
 */
bool sag_cpu_ask_classes (const SagWeightSource *source,
                          const SagAskRequest   *request,
                          SagStatus             *status);

G_END_DECLS
