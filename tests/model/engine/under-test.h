/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which engine the tests of tests/model/engine/test-{ask,encode,oracle}.c run on: each is built once an engine, with
 * the file that defines sag_test_engine() for it.
 */

#include "model/engine/table.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * SagTestEngine:
 * @table: NULL where the engine is not here: the tests are then skipped
 * @missing: why it is not
 * @path: in front of the tests' names: "/cpu"
 * @precision: to open it with
 * @n_variants: ways to open it (sag_test_engine_options())
 * @tolerance: of a map's root mean square, and of logits of size 1: against double precision
 * @oracle_tolerance, @oracle_logit: the same against the oracle: its README's limits
 * @same_bits: a text's answer has the same bits in any company
 * @reads_words_late: the word table is read when a text needs it
 * @taps_inside: taps show what lies inside blocks
 * @slow: emulated: only small sizes
 */
typedef struct
{
  const SagEngineTable *table;
  const char           *missing;
  const char           *path;
  SagPrecision          precision;
  int                   n_variants;
  double                tolerance;
  double                oracle_tolerance;
  double                oracle_logit;
  gboolean              same_bits;
  gboolean              reads_words_late;
  gboolean              taps_inside;
  gboolean              slow;
} SagTestEngine;

const SagTestEngine *sag_test_engine (void);

/** sag_test_engine_options: the @variant-th way to open the engine. */
SagEngineOptions sag_test_engine_options (int variant);

/** sag_test_engine_open: opens @source the @variant-th way; ends the test if that fails. */
void *sag_test_engine_open (const SagWeightSource *source, int variant);
void  sag_test_engine_close (void *engine);

/** sag_test_engine_add: g_test_add_data_func() under the engine's path; skips where the engine is missing. */
void sag_test_engine_add (const char *name, gconstpointer data, GTestDataFunc func);

G_END_DECLS
