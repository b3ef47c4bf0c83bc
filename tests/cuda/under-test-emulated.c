/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/engine/under-test.h"

#include "tests/cuda/under-test.h"

const SagHost sag_test_cuda_host = {
  .abi = SAG_PLUGIN_ABI,
  .network_validate = sag_network_validate,
  .conv_shape = sag_network_conv_shape,
  .geometry_invert = sag_geometry_invert,
  .geometry_compose = sag_geometry_compose,
};

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
  engine.table = sag_cuda_plugin (SAG_PLUGIN_ABI, &sag_test_cuda_host)->engine;
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
