/* SPDX-License-Identifier: Apache-2.0 */
/* What paper-oracle.py drives.
 *
 *   prepare-probe phantom FOLDER NAME ORIENTATION SPACING SPACING SPACING DEGREES
 *   prepare-probe upstream|paper SCAN OUT [LUNGS]: writes OUT.nii.gz, the standardised volume, and
 * OUT.f32, the network's input; prints JSON with the input's geometry and the range that can hold
 * lung
 */
#include "model/core/json-writer.h"
#include "model/core/file.h"
#include "model/phantom/phantom.h"
#include "model/prepare/lungs.h"
#include "model/prepare/prepared.h"
#include "model/volume/nifti.h"

#include <stdio.h>
#include <string.h>

static gboolean
write_phantom (char **arguments, GError **error)
{
  SagPhantomOptions options = { .orientation = arguments[2] };
  g_autoptr (SagPhantom) phantom = NULL;

  for (int a = 0; a < 3; a++)
    {
      options.spacing_mm[a] = g_ascii_strtod (arguments[3 + a], NULL);
      options.rotation_degrees[a] = g_ascii_strtod (arguments[6], NULL) * (a + 1);
    }
  phantom = sag_phantom_new (&options);
  return sag_phantom_write (phantom, &options, arguments[0], arguments[1], error);
}

static void
print_prepared (const SagPrepared *prepared, const SagLungs *lungs)
{
  const SagGeometry *grid = sag_prepared_get_input_geometry (prepared);
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_json_integers (writer, "dims", grid->dims, 3);
  sag_json_numbers (writer, "affine", &grid->ijk_to_ras[0][0], 12);
  sag_json_string (writer, "lungs", sag_prepared_get_lung_source (prepared));
  sag_json_numbers (writer, "range_mm", lungs->thorax_range_mm, 2);
  sag_json_string (writer, "key", sag_prepared_get_key (prepared));
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  puts (text);
}

static gboolean
prepare (const SagRecipe *recipe, char **arguments, GError **error)
{
  g_autoptr (SagVolume) volume = sag_nifti_load (arguments[0], NULL, NULL, NULL, error);
  g_autoptr (SagVolume) lungs = NULL;
  g_autoptr (SagLungs) found = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  g_autofree char  *standardised = g_strconcat (arguments[1], ".nii.gz", NULL);
  g_autofree char  *input = g_strconcat (arguments[1], ".f32", NULL);
  SagPrepareOptions options = { .keep_standardised = TRUE };
  SagVolume        *kept;

  if (volume == NULL)
    return FALSE;
  if (arguments[2] != NULL)
    {
      lungs = sag_nifti_load (arguments[2], NULL, NULL, NULL, error);
      if (lungs == NULL)
        return FALSE;
    }
  options.lungs = lungs;
  prepared = sag_prepare (volume, recipe, &options, NULL, error);
  if (prepared == NULL)
    return FALSE;
  kept = sag_prepared_get_standardised (prepared);
  found = sag_lungs_segment (volume, NULL, error);
  if (found == NULL)
    return FALSE;
  print_prepared (prepared, found);
  return sag_nifti_save (standardised, sag_volume_get_geometry (kept), SAG_NIFTI_INT16,
                         sag_volume_get_int16 (kept), NULL, NULL, error) &&
         sag_file_save (input, sag_prepared_get_input (prepared),
                        sizeof (float) * recipe->input[0] * recipe->input[1] * recipe->input[2],
                        error);
}

int
main (int argc, char **argv)
{
  SagRecipe recipe = {
    .box_mm = { 384, 320, 256 },
    .train_box_mm = { 416, 336, 256 },
    .input = { 256, 160, 128 },
  };
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  if (argc == 9 && strcmp (argv[1], "phantom") == 0)
    done = write_phantom (argv + 2, &error);
  else if (argc == 4 || argc == 5)
    {
      recipe.kind = strcmp (argv[1], "paper") == 0 ? SAG_RECIPE_PAPER : SAG_RECIPE_UPSTREAM;
      done = prepare (&recipe, argv + 2, &error);
    }
  if (!done)
    fprintf (stderr, "%s\n", error != NULL ? error->message : "wrong usage");
  return done ? 0 : 1;
}
