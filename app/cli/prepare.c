/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/bundle/tensor-writer.h"
#include "model/core/error.h"
#include "model/volume/nifti.h"

#include <stdio.h>

static gboolean
save_tensor (SagPrepared *prepared, const char *path, GError **error)
{
  g_autoptr (SagTensorSet) set = sag_tensor_set_new ();
  const gint32 *dims = sag_prepared_get_recipe (prepared)->input;

  sag_tensor_set_add_floats (set, "images", 5, (gint64[]){ 1, 1, dims[0], dims[1], dims[2] }, sag_prepared_get_input (prepared));
  return sag_tensor_set_save (set, path, error);
}

static gboolean
save_standardised (SagPrepared *prepared, const char *path, GError **error)
{
  SagVolume *volume = sag_prepared_get_standardised (prepared);

  return sag_nifti_save (path, sag_volume_get_geometry (volume), SAG_NIFTI_INT16, sag_volume_get_int16 (volume),
                         "Sagitta standardised scan", sag_cli_get_cancellable (), error);
}

static gboolean
prepare (const char *path, const char *lungs_path, const SagRecipe *recipe, SagPrepareOptions *options, const char *output, const char *tensor, GError **error)
{
  g_autoptr (SagVolume) lungs = lungs_path != NULL ? sag_cli_load (lungs_path, error) : NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagPrepared) prepared = NULL;

  if (lungs_path != NULL && lungs == NULL)
    return FALSE;
  volume = sag_cli_load (path, error);
  if (volume == NULL)
    return FALSE;
  options->lungs = lungs;
  options->keep_standardised = output != NULL;
  sag_cli_progress ("Preparing", 0);
  prepared = sag_prepare (volume, recipe, options, sag_cli_get_cancellable (), error);
  sag_cli_progress (NULL, 0);
  if (prepared == NULL || (tensor != NULL && !save_tensor (prepared, tensor, error)) || (output != NULL && !save_standardised (prepared, output, error)))
    return FALSE;
  sag_cli_scope_print (sag_prepared_get_scope (prepared));
  return TRUE;
}

int
sag_cli_prepare (int argc, char **argv)
{
  g_autofree char   *output = NULL;
  g_autofree char   *tensor = NULL;
  g_autofree char   *lungs = NULL;
  g_autofree char   *recipe_name = NULL;
  g_autofree char   *shift = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "The standardised 1 mm scan", "OUT.nii.gz" },
    { "tensor", 0, 0, G_OPTION_ARG_FILENAME, &tensor, "The network's input, as tensor images", "X.safetensors" },
    { "lungs", 0, 0, G_OPTION_ARG_FILENAME, &lungs, "Lung mask or TotalSegmentator map", "MASK" },
    { "recipe", 'r', 0, G_OPTION_ARG_STRING, &recipe_name, "upstream (default) or paper", "NAME" },
    { "shift", 0, 0, G_OPTION_ARG_STRING, &shift, "Move the analysed box by mm along R, A, S", "X,Y,Z" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;
  SagPrepareOptions options = { 0 };
  SagRecipe         recipe;

  if (!sag_cli_parse (argc, argv, "prepare FILE -o OUT.nii.gz",
                      "Writes what the network sees of a scan.", entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  if (output == NULL && tensor == NULL)
    return sag_cli_usage (argv[0], "say where the result goes: -o OUT.nii.gz, --tensor X.safetensors, or both.");
  sag_cli_get_cancellable ();
  if (!sag_cli_recipe (recipe_name, &recipe, &error) || (shift != NULL && !sag_cli_triple (shift, "--shift", options.shift_mm, &error)) || !prepare (rest[0], lungs, &recipe, &options, output, tensor, &error))
    return sag_cli_fail (error);
  return SAG_CLI_DONE;
}
