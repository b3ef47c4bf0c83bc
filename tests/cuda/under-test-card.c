/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/plugin.h"

#include "tests/cuda/under-test.h"
#include "tests/model/engine/under-test.h"

const SagPlugin *
sag_test_plugin (void)
{
  return sag_plugin_get_cuda (NULL);
}

/* The engine on this machine's GPU; its tests are skipped, with the reason, where there is none. */
const SagTestEngine *
sag_test_engine (void)
{
  static SagTestEngine engine = { .precision = PRECISION, .n_variants = 1 };
  gboolean             fast = PRECISION == SAG_PRECISION_FAST;
  g_autoptr (GError) error = NULL;

  if (engine.path != NULL)
    return &engine;
  engine.path = fast ? "/cuda/card/fast" : "/cuda/card/fp32";
  engine.tolerance = fast ? 2e-2 : 2e-5;
  engine.oracle_tolerance = fast ? 0.15 : 3e-4;
  engine.oracle_logit = fast ? 1e-2 : 1e-4;
  engine.table = sag_plugin_find_cuda_device (0, NULL, &error);
  if (engine.table == NULL)
    engine.missing = g_strdup (error->message);
  return &engine;
}

SagEngineOptions
sag_test_engine_options (int variant)
{
  return (SagEngineOptions){ .precision = PRECISION };
}
