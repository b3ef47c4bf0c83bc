/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/hash.h"

#define XXH_STATIC_LINKING_ONLY
#include <xxhash.h>

char *
sag_hash_file_sha256 (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree guint8 *block = g_malloc (1 << 20);
  gssize             n;

  if (stream == NULL)
    return NULL;
  while ((n = g_input_stream_read (G_INPUT_STREAM (stream), block, 1 << 20, cancellable, error)) >
         0)
    g_checksum_update (checksum, block, n);
  return n < 0 ? NULL : g_strdup (g_checksum_get_string (checksum));
}

char *
sag_hash_sha256 (const void *data, gsize size_bytes)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size_bytes);
}

char *
sag_hash_voxels (const void *data, gsize size_bytes)
{
  XXH128_hash_t hash = XXH3_128bits (data, size_bytes);

  return g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x",
                          (guint64) hash.high64, (guint64) hash.low64);
}
