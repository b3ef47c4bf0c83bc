/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/annotate.h"

#include "model/bundle/save.h"
#include "model/core/error.h"
#include "model/core/file.h"

#define PIECE 65536
#define MOST_BYTES (64 << 20)

static gboolean
fill (SagTensorWriter *writer, const SagWeightSpec *spec, gpointer data, GError **error)
{
  g_autofree float *values = g_new (float, PIECE);

  for (gsize at = 0; at < spec->n_values; at += PIECE)
    {
      gsize n = MIN (PIECE, spec->n_values - at);

      if (!sag_bundle_read (data, spec->name, at, n, values))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "The weight %s cannot be read.",
                       spec->name);
          return FALSE;
        }
      if (!sag_tensor_writer_floats (writer, values, n, error))
        return FALSE;
    }
  return TRUE;
}

static GBytes *
read_file (SagBundle *bundle, SagBundleFile file, GError **error)
{
  g_autofree char *path =
    g_build_filename (sag_bundle_get_folder (bundle), sag_bundle_file_get_name (file), NULL);
  gsize size_bytes;
  char *bytes = sag_file_load (path, MOST_BYTES, &size_bytes, error);

  return bytes != NULL ? g_bytes_new_take (bytes, size_bytes) : NULL;
}

SagBundle *
sag_bundle_annotate (SagBundle    *bundle,
                     SagManifest  *manifest,
                     const char   *folder,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_autoptr (GBytes) vocabulary = NULL;
  g_autoptr (GBytes) license = NULL;
  SagBundleParts parts;

  g_return_val_if_fail (sag_bundle_get_folder (bundle) != NULL, NULL);
  vocabulary = read_file (bundle, SAG_BUNDLE_VOCABULARY, error);
  license = vocabulary != NULL ? read_file (bundle, SAG_BUNDLE_LICENSE, error) : NULL;
  if (license == NULL)
    return NULL;
  manifest->lora_scaling = 0; /* what is read is merged */
  parts = (SagBundleParts){ .manifest = manifest,
                            .vocabulary = vocabulary,
                            .license = license,
                            .fill = fill,
                            .data = bundle,
                            .cancellable = cancellable };
  return sag_bundle_save (&parts, folder, error) ? sag_bundle_load (folder, error) : NULL;
}
