/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/save.h"

#include "model/bundle/bundle-private.h"
#include "model/core/file.h"
#include "model/core/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  const SagBundleParts *parts;
  SagTensorWriter      *writer;
  GError              **error;
} Fill;

static gboolean
fail (GError **error, const char *folder, int code)
{
  g_autofree char *name = g_filename_display_name (folder);
  const char      *remedy = "";

  if (code == ENOENT)
    remedy = "; create the folder above it first";
  else if (code == EACCES || code == EPERM || code == EROFS || code == ENOTDIR)
    remedy = "; choose a folder that you may write to";
  else if (code == ENOSPC || code == EDQUOT)
    remedy = "; free some space and try again";
  if (code == EEXIST || code == ENOTEMPTY)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                 "%s is already there; choose another folder for the bundle.", name);
  else
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                 "Cannot make the bundle %s: %s%s.", name, g_strerror (code), remedy);
  return FALSE;
}

static bool
declare_weight (const SagWeightSpec *spec, void *user_data)
{
  sag_tensor_writer_declare (user_data, spec->name, SAG_DTYPE_F32, (guint) spec->n_dims,
                             spec->shape);
  return true;
}

static bool
fill_weight (const SagWeightSpec *spec, void *user_data)
{
  Fill *fill = user_data;

  return !g_cancellable_set_error_if_cancelled (fill->parts->cancellable, fill->error) &&
         fill->parts->fill (fill->writer, spec, fill->parts->data, fill->error);
}

/* @path NULL keeps the tensors in memory. */
static SagTensorWriter *
write_weights (const SagBundleParts *parts, const char *path, GError **error)
{
  g_autoptr (SagTensorWriter) writer = sag_tensor_writer_new ();
  Fill fill = { parts, writer, error };

  sag_tensor_writer_set_metadata (writer, "format", "pt");
  if (parts->declare != NULL)
    parts->declare (writer, parts->data);
  else
    sag_network_foreach_weight (&parts->manifest->network, declare_weight, writer);
  if (!sag_tensor_writer_open (writer, path, error) ||
      !sag_network_foreach_weight (&parts->manifest->network, fill_weight, &fill) ||
      (parts->finish != NULL && !parts->finish (writer, parts->data, error)))
    return NULL;
  return g_steal_pointer (&writer);
}

static void
record (SagManifest *manifest, SagBundleFile file, char *sha256, gsize size_bytes)
{
  g_free (manifest->sha256[file]);
  manifest->sha256[file] = sha256;
  manifest->size_bytes[file] = size_bytes;
}

static void
record_bytes (SagManifest *manifest, SagBundleFile file, GBytes *bytes)
{
  gsize       size_bytes;
  const void *data = g_bytes_get_data (bytes, &size_bytes);

  record (manifest, file, sag_hash_sha256 (data, size_bytes), size_bytes);
}

static gboolean
save_weights (const SagBundleParts *parts, const char *folder, GError **error)
{
  g_autofree char *path =
    g_build_filename (folder, sag_bundle_file_get_name (SAG_BUNDLE_WEIGHTS), NULL);
  g_autoptr (SagTensorWriter) writer = write_weights (parts, path, error);
  g_autofree char *sha256 = NULL;
  GStatBuf         info;

  if (writer == NULL || !sag_tensor_writer_commit (writer, error))
    return FALSE;
  sha256 = sag_hash_file_sha256 (path, parts->cancellable, error);
  if (sha256 == NULL)
    return FALSE;
  if (g_stat (path, &info) != 0)
    return fail (error, folder, errno);
  record (parts->manifest, SAG_BUNDLE_WEIGHTS, g_steal_pointer (&sha256), (gsize) info.st_size);
  return TRUE;
}

static gboolean
save_bytes (const char *folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  gsize            size_bytes;
  const void      *data = g_bytes_get_data (bytes, &size_bytes);

  return sag_file_save (path, data, size_bytes, error);
}

static gboolean
save_all (const SagBundleParts *parts, const char *folder, GError **error)
{
  g_autoptr (GBytes) manifest = NULL;
  char *json;

  if (!save_weights (parts, folder, error) ||
      !save_bytes (folder, sag_bundle_file_get_name (SAG_BUNDLE_VOCABULARY), parts->vocabulary,
                   error) ||
      !save_bytes (folder, sag_bundle_file_get_name (SAG_BUNDLE_LICENSE), parts->license, error))
    return FALSE;
  record_bytes (parts->manifest, SAG_BUNDLE_VOCABULARY, parts->vocabulary);
  record_bytes (parts->manifest, SAG_BUNDLE_LICENSE, parts->license);
  json = sag_manifest_to_json (parts->manifest);
  manifest = g_bytes_new_take (json, strlen (json));
  return save_bytes (folder, SAG_BUNDLE_MANIFEST, manifest, error);
}

static void
remove_folder (const char *folder)
{
  g_autofree char *manifest = g_build_filename (folder, SAG_BUNDLE_MANIFEST, NULL);

  g_unlink (manifest);
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    {
      g_autofree char *path =
        g_build_filename (folder, sag_bundle_file_get_name ((SagBundleFile) f), NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

/* Never onto something that is there; file systems without RENAME_NOREPLACE get a plain rename after a look.
 */
static gboolean
move_folder (const char *from, const char *to, GError **error)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return fail (error, to, errno);
  if (g_file_test (to, G_FILE_TEST_EXISTS))
    return fail (error, to, EEXIST);
  return g_rename (from, to) == 0 || fail (error, to, errno);
}

static void
sync_folder (const char *folder)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

gboolean
sag_bundle_save (const SagBundleParts *parts, const char *folder, GError **error)
{
  g_autofree char *target = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *temporary = NULL;

  g_return_val_if_fail (parts != NULL && folder != NULL, FALSE);

  target = g_canonicalize_filename (folder, NULL);
  parent = g_path_get_dirname (target);
  if (g_file_test (target, G_FILE_TEST_EXISTS))
    return fail (error, target, EEXIST);
  temporary = g_strdup_printf ("%s.XXXXXX", target);
  if (g_mkdtemp_full (temporary, 0777) == NULL)
    return fail (error, target, errno);
  if (!save_all (parts, temporary, error) || !move_folder (temporary, target, error))
    {
      remove_folder (temporary);
      return FALSE;
    }
  sync_folder (parent);
  return TRUE;
}

SagBundle *
sag_bundle_new_in_memory (const SagBundleParts *parts, GError **error)
{
  SagManifest *manifest;
  g_autoptr (SagTensorWriter) writer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SagTensorFile) file = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;
  g_autoptr (SagWeightMap) weights = NULL;
  g_autofree char *json = NULL;

  g_return_val_if_fail (parts != NULL, NULL);

  manifest = parts->manifest;
  writer = write_weights (parts, NULL, error);
  if (writer == NULL)
    return NULL;
  bytes = sag_tensor_writer_commit_bytes (writer);
  file = sag_tensor_file_new (bytes, sag_bundle_file_get_name (SAG_BUNDLE_WEIGHTS), error);
  if (file == NULL)
    return NULL;
  record_bytes (manifest, SAG_BUNDLE_WEIGHTS, bytes);
  record_bytes (manifest, SAG_BUNDLE_VOCABULARY, parts->vocabulary);
  record_bytes (manifest, SAG_BUNDLE_LICENSE, parts->license);
  tokenizer = sag_bundle_make_tokenizer (manifest, parts->vocabulary, error);
  weights = tokenizer != NULL ? sag_bundle_make_weights (manifest, file, error) : NULL;
  if (weights == NULL)
    return NULL;
  json = sag_manifest_to_json (manifest);
  return sag_bundle_new (NULL, sag_manifest_copy (manifest), sag_hash_sha256 (json, strlen (json)),
                         g_steal_pointer (&tokenizer), g_steal_pointer (&weights));
}
