/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/bin.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <string.h>
#include <zstd.h>

#define HEADER 16
#define MOST_BYTES ((gsize) 1 << 30)
#define LEVEL 3

static const char zstd_magic[4] = { 'Z', 'S', 'T', '0' };

static gboolean
fail (GError **error, const char *name, const char *what)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s %s", name, what);
  return FALSE;
}

static gboolean
read_dims (const char *data, gsize size, const char *name, SagGeometry *geometry, GError **error)
{
  guint64 n = 1;

  if (size < HEADER || (memcmp (data, "ZST0", 4) != 0 && memcmp (data, "RAW0", 4) != 0))
    return fail (error, name,
                 "is no .bin file of a standardised scan: it does not start with ZST0 or RAW0.");
  for (int a = 0; a < 3; a++)
    {
      guint32 side;

      memcpy (&side, data + 4 + 4 * a, sizeof side);
      side = GUINT32_FROM_LE (side);
      if (side < 1 || side > SAG_BIN_MOST_SIDE)
        return fail (error, name, "says that it has a side of no voxels or of more than 4096.");
      geometry->dims[a] = (gint32) side;
      n *= side;
    }
  if (n > (guint64) SAG_BIN_MOST_VOXELS)
    return fail (error, name, "says that it has more than 1 GB of voxels.");
  return TRUE;
}

/* The voxels in C order, at @out. */
static gboolean
unpack (const char *data, gsize size, gint16 *out, gsize n_bytes, const char *name, GError **error)
{
  gsize got;

  if (memcmp (data, "RAW0", 4) == 0)
    {
      if (size - HEADER != n_bytes)
        return fail (error, name, "does not hold as many voxels as it says; copy it again.");
      memcpy (out, data + HEADER, n_bytes);
      return TRUE;
    }
  got = ZSTD_decompress (out, n_bytes, data + HEADER, size - HEADER);
  if (ZSTD_isError (got) || got != n_bytes)
    return fail (error, name,
                 "is damaged: its compressed voxels do not unpack to what it says; copy it again.");
  return TRUE;
}

/* C order (last axis fastest) to ours (first axis fastest), or back with @dims the other way round. */
static void
turn (const gint16 *in, const gint32 dims[3], gint16 *out)
{
  gsize nx = (gsize) dims[0], ny = (gsize) dims[1], nz = (gsize) dims[2];

  for (gsize y = 0; y < ny; y++)
    for (gsize x = 0; x < nx; x++)
      for (gsize z = 0; z < nz; z++)
        out[x + nx * (y + ny * z)] = GINT16_FROM_LE (in[z + nz * (y + ny * x)]);
}

SagVolume *
sag_bin_load (const char *path, GError **error)
{
  gsize              size, n;
  g_autofree char   *data = sag_file_load (path, MOST_BYTES, &size, error);
  g_autofree char   *name = sag_file_dup_display_name (path);
  g_autofree gint16 *in = NULL;
  g_autofree gint16 *out = NULL;
  SagGeometry geometry = { .ijk_to_ras = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } } };

  if (data == NULL || !read_dims (data, size, name, &geometry, error))
    return NULL;
  n = (gsize) sag_geometry_n_voxels (&geometry);
  in = g_try_new (gint16, n);
  out = g_try_new (gint16, n);
  if (in == NULL || out == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "%s needs more memory than there is.", name);
      return NULL;
    }
  if (!unpack (data, size, in, n * sizeof *in, name, error))
    return NULL;
  turn (in, geometry.dims, out);
  return sag_volume_new_int16 (&geometry, g_steal_pointer (&out));
}

gboolean
sag_bin_save (SagVolume *volume, const char *path, GError **error)
{
  const SagGeometry *geometry = sag_volume_get_geometry (volume);
  const gint16      *voxels = sag_volume_get_int16 (volume);
  const gint32       turned[3] = { geometry->dims[2], geometry->dims[1], geometry->dims[0] };
  gsize              n_bytes = (gsize) sag_geometry_n_voxels (geometry) * sizeof *voxels, got;
  g_autofree gint16 *in = NULL;
  g_autofree char   *data = NULL;

  g_return_val_if_fail (voxels != NULL, FALSE);
  in = g_malloc (n_bytes);
  turn (voxels, turned, in);
  data = g_malloc (HEADER + ZSTD_compressBound (n_bytes));
  memcpy (data, zstd_magic, sizeof zstd_magic);
  for (int a = 0; a < 3; a++)
    {
      guint32 side = GUINT32_TO_LE ((guint32) geometry->dims[a]);

      memcpy (data + 4 + 4 * a, &side, sizeof side);
    }
  got = ZSTD_compress (data + HEADER, ZSTD_compressBound (n_bytes), in, n_bytes, LEVEL);
  if (ZSTD_isError (got))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The voxels could not be compressed: %s.",
                   ZSTD_getErrorName (got));
      return FALSE;
    }
  return sag_file_save (path, data, HEADER + got, error);
}
