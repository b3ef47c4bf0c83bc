/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/volume/make-nifti.h"

#include "model/volume/gzip.h"

#include <string.h>

nifti_1_header
make_nifti_header (int ni, int nj, int nk, int datatype, int voxel_bytes)
{
  nifti_1_header header = {
    .sizeof_hdr = 348,
    .dim = { 3, (short) ni, (short) nj, (short) nk, 1, 1, 1, 1 },
    .datatype = (short) datatype,
    .bitpix = (short) (8 * voxel_bytes),
    .pixdim = { 1, 2, 2, 3, 1, 1, 1, 1 },
    .vox_offset = 352,
    .scl_slope = 1,
    .xyzt_units = NIFTI_UNITS_MM,
    .qform_code = 1,
    .sform_code = 1,
    .qoffset_x = -10,
    .qoffset_y = -20,
    .qoffset_z = 30,
    .srow_x = { 2, 0, 0, -10 },
    .srow_y = { 0, 2, 0, -20 },
    .srow_z = { 0, 0, 3, 30 },
    .magic = "n+1",
  };

  return header;
}

GByteArray *
make_nifti (const nifti_1_header *header, const void *voxels, gsize voxel_bytes)
{
  static const guint8 no_extension[4] = { 0 };
  GByteArray         *file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) header, sizeof *header);
  g_byte_array_append (file, no_extension, sizeof no_extension);
  g_byte_array_append (file, voxels, (guint) voxel_bytes);
  return file;
}

GByteArray *
make_gzip (const void *data, gsize size_bytes)
{
  g_autoptr (SagDeflater) deflater = sag_deflater_new ();
  GByteArray   *file = g_byte_array_new ();
  const guint8 *in = data;
  guint8        out[4096];
  gsize         n;

  do
    {
      n = sag_deflater_run (deflater, &in, &size_bytes, TRUE, out, sizeof out);
      g_byte_array_append (file, out, (guint) n);
    }
  while (n == sizeof out);
  return file;
}

gint16 *
make_noise (gsize n, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  gint16 *noise = g_new (gint16, n);

  for (gsize i = 0; i < n; i++)
    noise[i] = (gint16) g_rand_int_range (random, -1024, 3072);
  return noise;
}

void
make_nifti_assert_said (const SagVolume *volume, const char *part)
{
  const char *const *warnings = sag_volume_get_warnings (volume);
  g_autofree char   *all = g_strjoinv (" ", (char **) warnings);

  if (strstr (all, part) == NULL)
    g_error ("the warnings \"%s\" do not say \"%s\"", all, part);
}
