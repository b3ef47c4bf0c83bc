/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <math.h>
#include <nifti2_io.h>
#include <stdlib.h>
#include <string.h>

static double
raw_value (const nifti_image *image, gsize index)
{
  switch (image->datatype)
    {
    case DT_UINT8:
      return ((guint8 *) image->data)[index];
    case DT_INT8:
      return ((gint8 *) image->data)[index];
    case DT_INT16:
      return ((gint16 *) image->data)[index];
    case DT_UINT16:
      return ((guint16 *) image->data)[index];
    case DT_INT32:
      return ((gint32 *) image->data)[index];
    case DT_FLOAT32:
      return ((float *) image->data)[index];
    default:
      return ((double *) image->data)[index];
    }
}

SagVolume *
sag_nifti_load (const char *path, SagSlicesFunc on_slices, gpointer user_data, GCancellable *cancellable, GError **error)
{
  nifti_image *image = nifti_image_read (path, 1);
  SagGeometry  geometry;
  gsize        n;
  gint16      *small;
  double       slope, inter;
  gboolean     fits = TRUE;
  SagVolume   *volume;

  if (image == NULL)
    {
      g_autofree char *name = sag_file_dup_display_name (path);

      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s is not a NIfTI file that can be read.", name);
      return NULL;
    }
  geometry = (SagGeometry){ .dims = { image->nx, image->ny, image->nz } };
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      geometry.ijk_to_ras[r][c] = image->sform_code > 0 ? image->sto_xyz.m[r][c] : image->qto_xyz.m[r][c];
  n = sag_geometry_n_voxels (&geometry);
  slope = image->scl_slope != 0 && isfinite (image->scl_slope) ? image->scl_slope : 1;
  inter = image->scl_slope != 0 && isfinite (image->scl_inter) ? image->scl_inter : 0;
  small = malloc (n * sizeof *small);
  for (gsize i = 0; fits && i < n; i++)
    {
      double value = raw_value (image, i) * slope + inter;

      fits = value >= -32768 && value <= 32767 && value == floor (value);
      if (fits)
        small[i] = (gint16) value;
    }
  if (fits)
    volume = sag_volume_new_int16 (&geometry, small);
  else
    {
      float *large = malloc (n * sizeof *large);

      free (small);
      for (gsize i = 0; i < n; i++)
        large[i] = (float) (raw_value (image, i) * slope + inter);
      volume = sag_volume_new_float (&geometry, large);
    }
  nifti_image_free (image);
  if (on_slices != NULL)
    {
      on_slices (volume, 0, user_data);
      on_slices (volume, geometry.dims[2], user_data);
    }
  return volume;
}

gboolean
sag_nifti_save (const char *path, const SagGeometry *geometry, SagNiftiType type, const void *voxels, const char *description, GCancellable *cancellable, GError **error)
{
  static const int types[] = { DT_UINT8, DT_INT16, DT_UINT16, DT_FLOAT32 };
  const int64_t    dims[8] = { 3, geometry->dims[0], geometry->dims[1], geometry->dims[2], 1, 1, 1, 1 };
  nifti_image     *image = nifti_make_new_nim (dims, types[type], 0);
  gboolean         saved;

  memset (&image->sto_xyz, 0, sizeof image->sto_xyz);
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      image->sto_xyz.m[r][c] = geometry->ijk_to_ras[r][c];
  image->sto_xyz.m[3][3] = 1;
  image->sform_code = image->qform_code = 1;
  image->xyz_units = NIFTI_UNITS_MM;
  image->scl_slope = 1;
  nifti_dmat44_to_quatern (image->sto_xyz, &image->quatern_b, &image->quatern_c, &image->quatern_d,
                           &image->qoffset_x, &image->qoffset_y, &image->qoffset_z,
                           &image->dx, &image->dy, &image->dz, &image->qfac);
  image->pixdim[1] = image->dx;
  image->pixdim[2] = image->dy;
  image->pixdim[3] = image->dz;
  g_strlcpy (image->descrip, description ? description : "", sizeof image->descrip);
  nifti_set_filenames (image, path, 0, 1);
  image->data = (void *) voxels;
  nifti_image_write (image);
  saved = g_file_test (path, G_FILE_TEST_EXISTS);
  image->data = NULL;
  nifti_image_free (image);
  if (!saved)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Cannot write %s.", path);
  return saved;
}
