/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"

#include "model/core/file.h"
#include "model/core/json-writer.h"
#include "model/phantom/box.h"
#include "model/phantom/finding.h"
#include "model/phantom/label.h"
#include "model/volume/nifti.h"

#include <errno.h>
#include <glib/gstdio.h>

static void
write_labels (SagJsonWriter *json, const SagPhantom *phantom, gboolean anatomical)
{
  const SagGeometry        *geometry = sag_volume_get_geometry (phantom->labels);
  g_autofree SagLabelBoxes *boxes = sag_label_boxes_new (phantom);
  double                    spacing[3], voxel_ml;

  sag_geometry_spacing_mm (geometry, spacing);
  voxel_ml = spacing[0] * spacing[1] * spacing[2] / 1000;
  sag_json_begin_array (json, "labels");
  for (guint label = 1; label < SAG_N_LABEL_BOXES; label++)
    {
      g_autofree char *name = sag_label_dup_name (label, anatomical);

      if (boxes->n_voxels[label] == 0)
        continue;
      sag_json_begin_object (json, NULL);
      sag_json_integer (json, "label", label);
      sag_json_string (json, "name", name);
      sag_json_number (json, "volume_ml", boxes->n_voxels[label] * voxel_ml);
      sag_json_numbers (json, "box_low_ras_mm", boxes->low_mm[label], 3);
      sag_json_numbers (json, "box_high_ras_mm", boxes->high_mm[label], 3);
      sag_json_end_object (json);
    }
  sag_json_end_array (json);
}

static char *
describe (const SagPhantom *phantom, const SagPhantomOptions *options, const char *name)
{
  const SagGeometry *geometry = sag_volume_get_geometry (phantom->image);
  g_autoptr (SagJsonWriter) json = sag_json_writer_new ();
  g_autofree char *image = g_strconcat (name, ".nii.gz", NULL);
  g_autofree char *labels = g_strconcat (name, "_labels.nii.gz", NULL);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, options->seed);
  double           spacing[3];

  sag_geometry_spacing_mm (geometry, spacing);
  sag_json_begin_object (json, NULL);
  sag_json_string (json, "kind", "Sagitta phantom");
  sag_json_boolean (json, "synthetic", TRUE);
  sag_json_string (json, "image", image);
  sag_json_string (json, "label_map", labels);
  sag_json_string (json, "seed", seed); /* a string: JSON numbers hold 53 bits */
  sag_json_integer (json, "visit", options->visit);
  sag_json_begin_array (json, "findings");
  for (guint f = 0; f < SAG_N_FINDINGS; f++)
    if (options->findings & (1u << f))
      sag_json_string (json, NULL, sag_finding_get_name (1u << f));
  sag_json_end_array (json);
  sag_json_boolean (json, "anatomical", options->anatomical);
  sag_json_boolean (json, "enhanced", options->enhanced);
  sag_json_string (json, "orientation", options->orientation ? options->orientation : "RAS");
  sag_json_integers (json, "dims", geometry->dims, 3);
  sag_json_numbers (json, "spacing_mm", spacing, 3);
  sag_json_numbers (json, "rotation_degrees", options->rotation_degrees, 3);
  write_labels (json, phantom, options->anatomical);
  sag_json_end_object (json);
  return sag_json_writer_finish (json);
}

gboolean
sag_phantom_write (const SagPhantom        *phantom,
                   const SagPhantomOptions *options,
                   const char              *folder,
                   const char              *name,
                   GError                 **error)
{
  static const char *const suffixes[] = { ".nii.gz", "_labels.nii.gz", ".json" };
  g_autofree char         *text = NULL;
  char                    *paths[3];
  guint                    n_written = 0;
  gboolean                 good;

  g_return_val_if_fail (phantom != NULL && options != NULL && folder != NULL && name != NULL,
                        FALSE);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   "The folder %s cannot be made: %s. Choose another folder.", folder,
                   g_strerror (code));
      return FALSE;
    }
  for (guint s = 0; s < 3; s++)
    {
      g_autofree char *base = g_strconcat (name, suffixes[s], NULL);

      paths[s] = g_build_filename (folder, base, NULL);
    }
  text = describe (phantom, options, name);
  good = sag_nifti_save (paths[0], sag_volume_get_geometry (phantom->image), SAG_NIFTI_INT16,
                         sag_volume_get_int16 (phantom->image), "Sagitta phantom", NULL, error);
  n_written += good;
  good = good && sag_nifti_save (paths[1], sag_volume_get_geometry (phantom->labels),
                                 SAG_NIFTI_INT16, sag_volume_get_int16 (phantom->labels),
                                 "Sagitta phantom, labels", NULL, error);
  n_written += good;
  good = good && sag_file_save (paths[2], text, strlen (text), error);
  for (guint s = 0; s < 3; s++)
    {
      if (!good && s < n_written)
        g_unlink (paths[s]);
      g_free (paths[s]);
    }
  return good;
}
