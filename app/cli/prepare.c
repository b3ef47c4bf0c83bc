/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/case.h"

#include "model/bundle/tensor-writer.h"
#include "model/core/file.h"
#include "model/volume/nifti.h"

#include <stdio.h>

static gboolean
save_tensor (SagPrepared *prepared, const char *path, GError **error)
{
  g_autoptr (SagTensorSet) set = sag_tensor_set_new ();
  const gint32 *dims = sag_prepared_get_recipe (prepared)->input;

  sag_tensor_set_add_floats (set, "images", 5, (gint64[]){ 1, 1, dims[0], dims[1], dims[2] },
                             sag_prepared_get_input (prepared));
  return sag_tensor_set_save (set, path, error);
}

static gboolean
save_standardised (SagPrepared *prepared, const char *path, GError **error)
{
  SagVolume *volume = sag_prepared_get_standardised (prepared);

  return sag_nifti_save (path, sag_volume_get_geometry (volume), SAG_NIFTI_INT16,
                         sag_volume_get_int16 (volume), "Sagitta standardised scan",
                         sag_cli_get_cancellable (), error);
}

typedef struct
{
  char *output;
  char *tensor;
  char *lungs;
  char *recipe;
  char *shift;
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->output);
  g_free (self->tensor);
  g_free (self->lungs);
  g_free (self->recipe);
  g_free (self->shift);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
print_result (const Arguments *self, SagVolume *volume, SagPrepared *prepared)
{
  g_autofree char *scan = sag_cli_describe_volume (volume);
  SagVolume       *standardised = sag_prepared_get_standardised (prepared);

  printf (SAG_CLI_LABEL "%s\n", "scan", scan);
  sag_cli_print_warnings (volume);
  sag_cli_scope_print (sag_prepared_get_scope (prepared));
  if (standardised != NULL)
    {
      g_autofree char *words = sag_cli_describe_volume (standardised);

      printf (SAG_CLI_LABEL "%s\n" SAG_CLI_LABEL "%s\n", "written", self->output, "", words);
    }
  if (self->tensor != NULL)
    {
      const gint32 *dims = sag_prepared_get_recipe (prepared)->input;

      printf (SAG_CLI_LABEL "%s\n" SAG_CLI_LABEL "images (1, 1, %d, %d, %d), HU / 2000 + 0.5\n",
              standardised ? "" : "written", self->tensor, "", dims[0], dims[1], dims[2]);
    }
}

static gboolean
prepare (const Arguments *self, const char *path, GError **error)
{
  SagPrepareOptions options = { .keep_standardised = self->output != NULL };
  SagRecipe         recipe;
  g_autoptr (SagVolume) lungs = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  g_autofree char *name = sag_file_dup_display_name (path);

  if (!sag_cli_recipe (self->recipe, &recipe, error) ||
      (self->shift != NULL && !sag_cli_triple (self->shift, "--shift", options.shift_mm, error)) ||
      (self->lungs != NULL && (lungs = sag_cli_load (self->lungs, error)) == NULL))
    return FALSE;
  volume = sag_cli_load (path, error);
  if (volume == NULL)
    return FALSE;
  options.lungs = lungs;
  sag_cli_progress ("Preparing", 0);
  prepared = sag_prepare (volume, &recipe, &options, sag_cli_get_cancellable (), error);
  sag_cli_progress (NULL, 0);
  if (prepared == NULL)
    sag_cli_prefix_name (error, name);
  if (prepared == NULL ||
      (self->output != NULL && !save_standardised (prepared, self->output, error)) ||
      (self->tensor != NULL && !save_tensor (prepared, self->tensor, error)))
    return FALSE;
  print_result (self, volume, prepared);
  return TRUE;
}

int
sag_cli_prepare (int argc, char **argv)
{
  g_auto (Arguments) self = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self.output, "The standardised 1 mm scan",
      "OUT.nii.gz" },
    { "tensor", 0, 0, G_OPTION_ARG_FILENAME, &self.tensor, "The network's input, as tensor images",
      "X.safetensors" },
    { "lungs", 0, 0, G_OPTION_ARG_FILENAME, &self.lungs, "Lung mask or TotalSegmentator map",
      "FILE" },
    { "recipe", 'r', 0, G_OPTION_ARG_STRING, &self.recipe, "upstream (default) or paper", "NAME" },
    { "shift", 0, 0, G_OPTION_ARG_STRING, &self.shift, "Move the analysed box by mm along R, A, S",
      "X,Y,Z" },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autoptr (GError) error = NULL;

  if (!sag_cli_parse (argc, argv, "prepare FILE -o OUT.nii.gz",
                      "Writes what the network sees of a scan.", entries, 1, 1, &rest))
    return SAG_CLI_USAGE;
  if (self.output == NULL && self.tensor == NULL)
    return sag_cli_usage (argv[0], "Say where the result goes: -o OUT.nii.gz, "
                                   "--tensor X.safetensors, or both");
  sag_cli_get_cancellable ();
  return prepare (&self, rest[0], &error) ? SAG_CLI_DONE : sag_cli_fail (error);
}
