/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "app/common/engine.h"
#include "model/bundle/create.h"
#include "model/core/error.h"

#include <stdio.h>

#define UNTRAINED_SEED 1

void
sag_cli_model_clear (SagCliModel *model)
{
  g_clear_pointer (&model->bundle, g_free);
  g_clear_pointer (&model->engine, g_free);
  g_clear_pointer (&model->precision, g_free);
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

/* What the person said about the engine, read. */
static gboolean
read_choice (const SagCliModel *model,
             SagAppEngine      *choice,
             SagEngineOptions  *options,
             GError           **error)
{
  *options = (SagEngineOptions){ .n_threads = model->n_threads, .portable = model->portable };
  if (model->n_threads < 0 || model->n_threads > 1024)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "--threads takes a number from 1 to 1024.");
      return FALSE;
    }
  return sag_app_engine_parse (model->engine, choice, error) &&
         sag_app_precision_parse (model->precision, &options->precision, error);
}

/* Where a GPU is there but cannot be used the person wants to know, unasked. Takes @note. */
static void
say_note (char *note, gboolean worth_saying)
{
  g_autofree char *owned = note;

  if (owned != NULL && worth_saying)
    fprintf (stderr, "sagitta-cli: No GPU, the processor computes: %s\n", owned);
}

const SagEngineTable *
sag_cli_pick_engine (const SagCliModel *model, SagEngineOptions *options, GError **error)
{
  char                 *note = NULL;
  gboolean              worth_saying = FALSE;
  SagAppEngine          choice;
  const SagEngineTable *table = NULL;

  if (read_choice (model, &choice, options, error))
    table = sag_app_engine_pick (choice, options, &note, &worth_saying, error);
  say_note (note, worth_saying);
  return table;
}

SagEngine *
sag_cli_open_engine (const SagCliModel *model, GError **error)
{
  g_autoptr (SagBundle) bundle = NULL;
  char            *note = NULL;
  gboolean         worth_saying = FALSE;
  SagEngineOptions options;
  SagAppEngine     choice;
  SagEngine       *engine;

  if (!read_choice (model, &choice, &options, error))
    return NULL;
  if (choice == SAG_APP_ENGINE_CUDA &&
      sag_app_engine_pick (choice, &options, NULL, NULL, error) == NULL)
    return NULL; /* before a bundle is read for nothing */
  bundle = sag_cli_open_bundle (model, error);
  if (bundle == NULL)
    return NULL;
  engine = sag_app_engine_open (bundle, choice, &options, &note, &worth_saying, error);
  say_note (note, worth_saying);
  return engine;
}
