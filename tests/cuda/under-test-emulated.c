/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/engine/under-test.h"

#include "model/engine/plugin.h"
#include "tests/cuda/under-test.h"

const SagPlugin *
sag_test_plugin (void)
{
  return sag_cuda_plugin (SAG_PLUGIN_ABI, sag_plugin_get_host ());
}

/* 16-bit values carry 11 bits: the largest error of a map grows to some hundredths on its way; the oracle's limits are
 * for float32, and what counts are the probabilities.
 */
const SagTestEngine *
sag_test_engine (void)
{
  static SagTestEngine engine = {
    .precision = PRECISION,
    .n_variants = 1,
    .slow = TRUE,
  };
  gboolean fast = PRECISION == SAG_PRECISION_FAST;

  if (engine.table != NULL)
    return &engine;
  engine.table = sag_test_plugin ()->engine;
  engine.path = fast ? "/cuda/emulated/fast" : "/cuda/emulated/fp32";
  engine.tolerance = fast ? 2e-2 : 2e-5;
  engine.oracle_tolerance = fast ? 0.15 : 3e-4;
  engine.oracle_logit = fast ? 1e-2 : 1e-4;
  return &engine;
}

SagEngineOptions
sag_test_engine_options (int variant)
{
  return (SagEngineOptions){ .precision = PRECISION };
}
