/* SPDX-License-Identifier: Apache-2.0 */
#include "app/common/engine.h"

#include "model/core/error.h"
#include "model/cpu/cpu.h"
#include "model/engine/plugin.h"

#include <string.h>

gboolean
sag_app_engine_parse (const char *text, SagAppEngine *choice, GError **error)
{
  static const char *const names[] = { "auto", "cpu", "cuda" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (text != NULL ? text : "auto", names[i]) == 0)
      {
        *choice = (SagAppEngine) i;
        return TRUE;
      }
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "--engine takes auto, cpu or cuda, not \"%s\".", text);
  return FALSE;
}

gboolean
sag_app_precision_parse (const char *text, SagPrecision *precision, GError **error)
{
  *precision = SAG_PRECISION_FP32;
  if (text == NULL || strcmp (text, "fp32") == 0)
    return TRUE;
  *precision = SAG_PRECISION_FAST;
  if (strcmp (text, "fast") == 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "--precision takes fp32 or fast, not \"%s\".",
               text);
  return FALSE;
}

/* The processor instead of a GPU: @why in a note, or in none. Takes @why. */
static const SagEngineTable *
fall_back (GError *why, SagEngineOptions *options, char **note, gboolean *worth_saying)
{
  /* What was asked for by name and cannot be had is said, too. */
  const gboolean wanted = options->precision != SAG_PRECISION_FP32;

  options->precision = SAG_PRECISION_FP32;
  if (note != NULL)
    {
      g_free (*note);
      *note = g_strdup (why->message);
    }
  if (worth_saying != NULL)
    *worth_saying = wanted || !g_error_matches (why, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_error_free (why);
  return sag_cpu_get_table ();
}

const SagEngineTable *
sag_app_engine_pick (SagAppEngine      choice,
                     SagEngineOptions *options,
                     char            **note,
                     gboolean         *worth_saying,
                     GError          **error)
{
  GError               *why = NULL;
  const SagEngineTable *table;

  if (note != NULL)
    *note = NULL;
  if (worth_saying != NULL)
    *worth_saying = FALSE;
  if (choice == SAG_APP_ENGINE_CPU)
    return sag_cpu_get_table ();
  table = sag_plugin_find_cuda_device (options->device, NULL, &why);
  if (table != NULL)
    return table;
  if (choice == SAG_APP_ENGINE_AUTO)
    return fall_back (why, options, note, worth_saying);
  g_propagate_error (error, why);
  return NULL;
}

SagEngine *
sag_app_engine_open (SagBundle              *bundle,
                     SagAppEngine            choice,
                     const SagEngineOptions *options,
                     char                  **note,
                     gboolean               *worth_saying,
                     GError                **error)
{
  SagEngineOptions      picked = options != NULL ? *options : (SagEngineOptions){ 0 };
  const SagEngineTable *table = sag_app_engine_pick (choice, &picked, note, worth_saying, error);
  GError               *why = NULL;
  SagEngine            *engine;

  if (table == NULL)
    return NULL;
  engine = sag_engine_open (table, bundle, &picked, &why);
  if (engine == NULL && choice == SAG_APP_ENGINE_AUTO && table != sag_cpu_get_table ())
    {
      table = fall_back (g_steal_pointer (&why), &picked, note, worth_saying);
      return sag_engine_open (table, bundle, &picked, error);
    }
  if (engine == NULL)
    g_propagate_error (error, why);
  return engine;
}
