/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/map.h"

#include "model/core/file.h"
#include "model/volume/nifti.h"

float *
sag_map_compute (SagEngine         *engine,
                 const SagGeometry *geometry,
                 const float       *values,
                 const SagGeometry *target,
                 gboolean           smooth,
                 GCancellable      *cancellable,
                 GError           **error)
{
  g_autofree float *out = g_try_new (float, (gsize) sag_geometry_n_voxels (target));

  if (out == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "There is not enough memory for a map of %d x %d x %d voxels; "
                   "close other programs and try again.",
                   target->dims[0], target->dims[1], target->dims[2]);
      return NULL;
    }
  if (!sag_engine_upsample (engine, geometry, values, target, smooth, out, cancellable, error))
    return NULL;
  return g_steal_pointer (&out);
}

gboolean
sag_map_save (SagEngine         *engine,
              const SagGeometry *geometry,
              const float       *values,
              const SagGeometry *target,
              gboolean           smooth,
              const char        *path,
              const char        *description,
              GCancellable      *cancellable,
              GError           **error)
{
  g_autofree float *map =
    sag_map_compute (engine, geometry, values, target, smooth, cancellable, error);

  return map != NULL &&
         sag_nifti_save (path, target, SAG_NIFTI_FLOAT32, map, description, cancellable, error);
}

char *
sag_case_dup_name (const char *path)
{
  static const char *const endings[] = { ".gz", ".nii", ".hdr", ".img" };
  char                    *name = sag_file_dup_display_name (path);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      gsize n = strlen (name), n_ending = strlen (endings[i]);

      if (n > n_ending && g_ascii_strcasecmp (name + n - n_ending, endings[i]) == 0)
        name[n - n_ending] = '\0';
    }
  return name;
}
