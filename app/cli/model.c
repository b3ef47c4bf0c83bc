/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/bundle/create.h"
#include "model/core/error.h"
#include "model/cpu/cpu.h"

#include <string.h>

#define UNTRAINED_SEED 1

void
sag_cli_model_clear (SagCliModel *model)
{
  g_clear_pointer (&model->bundle, g_free);
  g_clear_pointer (&model->engine, g_free);
}

SagBundle *
sag_cli_open_bundle (const SagCliModel *model, GError **error)
{
  g_autofree char *shipped = NULL;

  if (model->bundle != NULL)
    return sag_bundle_load (model->bundle, error);
  shipped = sag_bundle_find_default ();
  if (shipped != NULL)
    return sag_bundle_load (shipped, error);
  return sag_bundle_open_untrained (UNTRAINED_SEED, error);
}

const SagEngineTable *
sag_cli_pick_engine (const SagCliModel *model, SagEngineOptions *options, GError **error)
{
  const char *name = model->engine ? model->engine : "auto";

  *options = (SagEngineOptions){ .n_threads = model->n_threads, .portable = model->portable };
  if (model->n_threads < 0 || model->n_threads > 1024)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                         "--threads takes a number from 1 to 1024.");
  else if (strcmp (name, "cuda") == 0)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ENGINE,
                         "This build has no CUDA engine; use --engine cpu.");
  else if (strcmp (name, "cpu") != 0 && strcmp (name, "auto") != 0)
    g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                 "--engine takes auto, cpu or cuda, not \"%s\".", name);
  else
    return sag_cpu_get_table ();
  return NULL;
}

SagEngine *
sag_cli_open_engine (const SagCliModel *model, GError **error)
{
  g_autoptr (SagBundle) bundle = NULL;
  SagEngineOptions      options;
  const SagEngineTable *table = sag_cli_pick_engine (model, &options, error);

  if (table == NULL)
    return NULL;
  bundle = sag_cli_open_bundle (model, error);
  return bundle != NULL ? sag_engine_open (table, bundle, &options, error) : NULL;
}
