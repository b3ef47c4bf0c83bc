/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/nifti-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/volume/gzip.h"
#include "model/volume/stream.h"

#include <math.h>
#include <nifti1.h>
#include <string.h>

#define PIECE_BYTES ((gsize) 1 << 20)
#define VOXEL_OFFSET 352

/* A file's content in two parts. */
typedef struct
{
  guint8        header[VOXEL_OFFSET];
  const guint8 *voxels;
  gsize         voxel_bytes;
} Content;

static const struct
{
  int   code;
  short size;
} file_types[] = {
  [SAG_NIFTI_UINT8] = { NIFTI_TYPE_UINT8, 1 },
  [SAG_NIFTI_INT16] = { NIFTI_TYPE_INT16, 2 },
  [SAG_NIFTI_UINT16] = { NIFTI_TYPE_UINT16, 2 },
  [SAG_NIFTI_FLOAT32] = { NIFTI_TYPE_FLOAT32, 4 },
};

static gboolean
check_geometry (const SagGeometry *geometry, const char *name, GError **error)
{
  double inverse[3][4];

  for (int a = 0; a < 3; a++)
    if (geometry->dims[a] < 1 || geometry->dims[a] > G_MAXINT16)
      {
        g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                     "%s cannot hold %d voxels along one axis: NIfTI-1 ends at %d. Crop it first.",
                     name, geometry->dims[a], G_MAXINT16);
        return FALSE;
      }
  if (!sag_geometry_invert (geometry, inverse))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "%s cannot be written: its grid has no volume.", name);
      return FALSE;
    }
  return TRUE;
}

static void
fill_header (const SagGeometry *geometry,
             SagNiftiType       type,
             const char        *description,
             guint8             bytes[VOXEL_OFFSET])
{
  nifti_1_header header = {
    .sizeof_hdr = sizeof header, .regular = 'r', .magic = "n+1", .vox_offset = VOXEL_OFFSET
  };
  SagNiftiQform qform;
  float (*srow[3])[4] = { &header.srow_x, &header.srow_y, &header.srow_z };

  sag_nifti_qform_from_geometry (geometry, &qform);
  header.dim[0] = 3;
  header.pixdim[0] = (float) qform.qfac;
  for (int a = 0; a < 7; a++)
    {
      header.dim[a + 1] = (short) (a < 3 ? geometry->dims[a] : 1);
      header.pixdim[a + 1] = a < 3 ? (float) qform.spacing_mm[a] : 1;
    }
  header.datatype = (short) file_types[type].code;
  header.bitpix = 8 * file_types[type].size;
  header.scl_slope = 1;
  header.xyzt_units = NIFTI_UNITS_MM;
  header.qform_code = header.sform_code = NIFTI_XFORM_SCANNER_ANAT;
  header.quatern_b = (float) qform.quatern[0];
  header.quatern_c = (float) qform.quatern[1];
  header.quatern_d = (float) qform.quatern[2];
  header.qoffset_x = (float) qform.qoffset[0];
  header.qoffset_y = (float) qform.qoffset[1];
  header.qoffset_z = (float) qform.qoffset[2];
  for (int r = 0; r < 3; r++)
    for (int c = 0; c < 4; c++)
      (*srow[r])[c] = (float) geometry->ijk_to_ras[r][c];
  if (description != NULL)
    g_strlcpy (header.descrip, description, sizeof header.descrip);
  memset (bytes, 0, VOXEL_OFFSET);
  memcpy (bytes, &header, sizeof header);
}

static gboolean
write_gzip (SagFileWriter *writer,
            SagDeflater   *deflater,
            const guint8  *data,
            gsize          size,
            gboolean       last,
            GError       **error)
{
  g_autofree guint8 *out = g_malloc (PIECE_BYTES);
  gsize              n;

  do
    {
      n = sag_deflater_run (deflater, &data, &size, last, out, PIECE_BYTES);
      if (!sag_file_writer_write (writer, out, n, error))
        return FALSE;
    }
  while (n == PIECE_BYTES);
  return TRUE;
}

static gboolean
write_content (SagFileWriter *writer,
               const Content *content,
               gboolean       compress,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (SagDeflater) deflater = compress ? sag_deflater_new () : NULL;

  if (!(compress ? write_gzip (writer, deflater, content->header, VOXEL_OFFSET, FALSE, error)
                 : sag_file_writer_write (writer, content->header, VOXEL_OFFSET, error)))
    return FALSE;
  for (gsize done = 0; done < content->voxel_bytes; done += PIECE_BYTES)
    {
      const gsize    n = MIN (PIECE_BYTES, content->voxel_bytes - done);
      const gboolean last = done + n == content->voxel_bytes;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!(compress ? write_gzip (writer, deflater, content->voxels + done, n, last, error)
                     : sag_file_writer_write (writer, content->voxels + done, n, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_next (SagStream *stream, const guint8 *data, gsize size, guint8 *scratch)
{
  return sag_stream_read (stream, scratch, size) == size && memcmp (scratch, data, size) == 0;
}

/* Reads @path back and compares every byte, the checksum of a gzip included. */
static gboolean
verify_content (const char    *path,
                const char    *name,
                const Content *content,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr (SagStream) stream = sag_stream_open (path, error);
  g_autofree guint8 *scratch = g_malloc (PIECE_BYTES);
  gboolean           same;

  if (stream == NULL)
    return FALSE;
  same = is_next (stream, content->header, VOXEL_OFFSET, scratch);
  for (gsize done = 0; same && done < content->voxel_bytes; done += PIECE_BYTES)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      same = is_next (stream, content->voxels + done,
                      MIN (PIECE_BYTES, content->voxel_bytes - done), scratch);
    }
  if (same && sag_stream_read (stream, scratch, 1) == 0 &&
      sag_stream_get_state (stream) == SAG_STREAM_END)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s did not read back as it was written. Check the disk and save it elsewhere.",
               name);
  return FALSE;
}

gboolean
sag_nifti_save (const char        *path,
                const SagGeometry *geometry,
                SagNiftiType       type,
                const void        *voxels,
                const char        *description,
                GCancellable      *cancellable,
                GError           **error)
{
  g_autofree char *name = NULL;
  g_autoptr (SagFileWriter) writer = NULL;
  Content  content = { .voxels = voxels };
  gboolean compress;

  g_return_val_if_fail (path != NULL && geometry != NULL && voxels != NULL, FALSE);
  g_return_val_if_fail ((guint) type < G_N_ELEMENTS (file_types), FALSE);

  name = sag_file_dup_display_name (path);
  compress = g_str_has_suffix (path, ".nii.gz");
  if (!compress && !g_str_has_suffix (path, ".nii"))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s must end in .nii or .nii.gz.", name);
      return FALSE;
    }
  if (!check_geometry (geometry, name, error))
    return FALSE;
  fill_header (geometry, type, description, content.header);
  content.voxel_bytes = (gsize) sag_geometry_n_voxels (geometry) * file_types[type].size;

  writer = sag_file_writer_new (path, error);
  return writer != NULL && write_content (writer, &content, compress, cancellable, error) &&
         sag_file_writer_flush (writer, error) &&
         verify_content (sag_file_writer_get_temporary (writer), name, &content, cancellable,
                         error) &&
         sag_file_writer_commit (writer, error);
}
