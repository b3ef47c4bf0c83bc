/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/engine/under-test.h"

#include "model/cpu/cpu.h"

const SagTestEngine *
sag_test_engine (void)
{
  static SagTestEngine engine = {
    .path = "/cpu",
    .n_variants = 3,
    .tolerance = 2e-5,
    .oracle_tolerance = 3e-4,
    .oracle_logit = 1e-4,
    .same_bits = TRUE,
    .reads_words_late = TRUE,
    .taps_inside = TRUE,
  };

  engine.table = sag_cpu_get_table ();
  return &engine;
}

/* The best kernels on several threads, the portable ones, and one thread. */
SagEngineOptions
sag_test_engine_options (int variant)
{
  static const SagEngineOptions options[] = { { .n_threads = 2 },
                                              { .n_threads = 3, .portable = true },
                                              { .n_threads = 1 } };

  return options[variant];
}
