/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which engine computes: the choice that both programs offer. */

#include "model/engine/engine.h"

G_BEGIN_DECLS

typedef enum
{
  SAG_APP_ENGINE_AUTO, /* a GPU that works, else the processor */
  SAG_APP_ENGINE_CPU,
  SAG_APP_ENGINE_CUDA,
} SagAppEngine;

/** sag_app_engine_parse: reads "auto", "cpu" or "cuda"; NULL means auto. Error: SAG_ERROR_ARGUMENT. */
gboolean sag_app_engine_parse (const char *text, SagAppEngine *choice, GError **error);

/** sag_app_precision_parse: reads "fp32" or "fast"; NULL means fp32. Error: SAG_ERROR_ARGUMENT. */
gboolean sag_app_precision_parse (const char *text, SagPrecision *precision, GError **error);

/**
 * sag_app_engine_pick: the table for @choice, without opening anything.
 * @options: (inout): precision and device as asked for; the precision becomes fp32 where auto falls to the processor,
 *   which has no other
 * @note: (out) (optional) (nullable): why auto chose the processor, one sentence
 * @worth_saying: (out) (optional): whether something is in the way of a GPU that is there, or a precision was asked
 *   for that the processor has not: worth telling unasked
 *
 * Errors: for SAG_APP_ENGINE_CUDA one sentence: G_IO_ERROR_NOT_FOUND, SAG_ERROR_ENGINE.
 */
const SagEngineTable *sag_app_engine_pick (SagAppEngine      choice,
                                           SagEngineOptions *options,
                                           char            **note,
                                           gboolean         *worth_saying,
                                           GError          **error);

/**
 * sag_app_engine_open: opens @bundle with the engine of @choice. Takes a second or two with a GPU: not for the main
 * thread.
 * @options: (nullable): precision, threads, device; the defaults are fp32 and all processors
 * @note: (out) (optional) (nullable): why auto chose the processor: nothing to use, or a GPU that did not open
 * @worth_saying: (out) (optional): as sag_app_engine_pick()
 *
 * Errors: with SAG_APP_ENGINE_CUDA those of sag_app_engine_pick(); those of sag_engine_open().
 */
SagEngine *sag_app_engine_open (SagBundle              *bundle,
                                SagAppEngine            choice,
                                const SagEngineOptions *options,
                                char                  **note,
                                gboolean               *worth_saying,
                                GError                **error);

G_END_DECLS
