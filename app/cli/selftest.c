/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/answer/answer.h"
#include "model/core/error.h"
#include "model/core/version.h"
#include "model/engine/plugin.h"
#include "model/phantom/phantom.h"
#include "model/text/catalogue.h"

#include <math.h>
#include <stdio.h>

/* Each line says what was tried, and what to do where it failed. */

static gboolean
say (gboolean ok, const char *what, const char *detail)
{
  printf ("  %-4s %-22s %s\n", ok ? "ok" : "NO", what, detail);
  return ok;
}

static gboolean
test_catalogue (void)
{
  g_autoptr (GError) error = NULL;
  SagCatalogue    *catalogue = sag_catalogue_get_default (&error);
  g_autofree char *detail = NULL;

  if (catalogue == NULL)
    return say (FALSE, "task catalogue", error->message);
  detail = g_strdup_printf ("%" G_GSIZE_FORMAT " tasks", sag_catalogue_get_n_tasks (catalogue));
  return say (TRUE, "task catalogue", detail);
}

/* Asks a small phantom with @portable kernels or not; the class logit of one text. */
static gboolean
ask_phantom (SagPhantom        *phantom,
             const SagCliModel *model,
             gboolean           portable,
             float             *logit,
             char             **device,
             GError           **error)
{
  static const char *const text = "Diagnose the presence of pleural effusion around the lungs";
  GCancellable            *cancellable = sag_cli_get_cancellable ();
  SagCliModel              variant = *model;
  g_autoptr (SagEngine) engine = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  g_autoptr (SagTokens) tokens = NULL;
  const SagRecipe *recipe;

  variant.portable = variant.portable || portable;
  engine = sag_cli_open_engine (&variant, error);
  if (engine == NULL)
    return FALSE;
  recipe = sag_bundle_get_recipe (sag_engine_get_bundle (engine));
  prepared = sag_prepare (phantom->image, recipe, NULL, cancellable, error);
  if (prepared == NULL)
    return FALSE;
  tokens = sag_engine_encode (engine, prepared, cancellable, error);
  if (tokens == NULL)
    return FALSE;
  *device = g_strdup (sag_engine_get_info (engine)->device);
  return sag_engine_ask (engine, tokens, &text, 1, NULL, logit, NULL, cancellable, error);
}

static gboolean
test_engine (const SagCliModel *model)
{
  SagPhantomOptions options = { .seed = 1, .spacing_mm = { 4, 4, 4 } };
  SagCliModel       processor = *model;
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (GError) error = NULL;
  g_autofree char *fast = NULL, *portable = NULL, *detail = NULL;
  float            a, b;

  processor.engine = (char *) "cpu";
  processor.precision = NULL;
  if (!ask_phantom (phantom, &processor, FALSE, &a, &fast, &error) ||
      !ask_phantom (phantom, &processor, TRUE, &b, &portable, &error))
    return say (FALSE, "CPU engine", error->message);
  detail = g_strdup_printf ("%s; the portable way differs by %.1e in a logit", fast, fabsf (a - b));
  return say (fabsf (a - b) < 1e-3f, "CPU engine", detail);
}

/* A GPU that is not there is no failure; one that is there and does not work is. */
static gboolean
test_cuda (const SagCliModel *model)
{
  SagPhantomOptions options = { .seed = 1, .spacing_mm = { 4, 4, 4 } };
  g_autoptr (SagPhantom) phantom = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL, *processor = NULL, *detail = NULL;
  SagCliModel      variant = *model;
  SagPluginDevice  device;
  float            a, b;

  if (sag_plugin_find_cuda_device (0, &device, &error) == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return say (FALSE, "GPU engine", error->message);
      printf ("  --   %-22s %s\n", "GPU engine", error->message);
      return TRUE;
    }
  phantom = sag_phantom_new (&options);
  variant.engine = (char *) "cuda";
  if (!ask_phantom (phantom, &variant, FALSE, &a, &name, &error))
    return say (FALSE, "GPU engine", error->message);
  variant.engine = (char *) "cpu";
  variant.precision = NULL;
  if (!ask_phantom (phantom, &variant, FALSE, &b, &processor, &error))
    return say (FALSE, "GPU engine", error->message);
  detail = g_strdup_printf ("%s, driver %d; differs from the CPU engine by %.1e in a logit", name,
                            device.driver, fabsf (a - b));
  return say (fabsf (a - b) < 0.02f, "GPU engine", detail);
}

static gboolean
test_bundle (const SagCliModel *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagBundle) bundle = sag_cli_open_bundle (model, &error);
  g_autofree char *detail = NULL;

  if (bundle == NULL)
    return say (FALSE, "bundle", error->message);
  detail =
    g_strdup_printf ("%s%s", sag_bundle_get_name (bundle),
                     sag_bundle_is_trained (bundle)
                       ? ""
                       : ", untrained: its numbers mean nothing; bundle import brings yours");
  return say (TRUE, "bundle", detail);
}

int
sag_cli_selftest (int argc, char **argv)
{
  g_auto (SagCliModel) model = { 0 };
  const GOptionEntry entries[] = { SAG_CLI_MODEL_ENTRIES (model), { NULL } };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (!sag_cli_parse (argc, argv, "selftest",
                      "Says what works on this machine, and what is missing.", entries, 0, 0,
                      &rest))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  printf ("Sagitta %s (%s), %u processors\n", sag_version_get (), sag_version_get_commit (),
          g_get_num_processors ());
  ok = test_catalogue ();
  ok = test_bundle (&model) && ok;
  ok = test_engine (&model) && ok;
  ok = test_cuda (&model) && ok;
  if (ok)
    return SAG_CLI_DONE;
  g_set_error_literal (&error, SAG_ERROR, SAG_ERROR_ENGINE,
                       "Something does not work here; the lines with NO say what to do.");
  return sag_cli_fail (error);
}
