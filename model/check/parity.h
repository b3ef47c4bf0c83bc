/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/engine/engine.h"

G_BEGIN_DECLS

/**
 * SagParity: what an engine says to one text about one phantom.
 * @logit: of the class head
 * @cell: the highest logit of the patch head
 * @device: the engine's
 */
typedef struct
{
  float logit;
  float cell;
  char  device[128];
} SagParity;

/**
 * sag_parity_ask: asks an engine about the phantom.
 * Errors: as sag_engine_open() and sag_engine_ask()
 */
gboolean sag_parity_ask (const SagEngineTable   *table,
                         const SagEngineOptions *options,
                         SagBundle              *bundle,
                         SagParity              *parity,
                         GCancellable           *cancellable,
                         GError                **error);

/** sag_parity_difference: the larger of the two. */
double sag_parity_difference (const SagParity *a, const SagParity *b);

/** sag_parity_golden: what the untrained bundle of seed SAG_PARITY_SEED must say. */
SagParity sag_parity_golden (void);

#define SAG_PARITY_SEED 1

G_END_DECLS
