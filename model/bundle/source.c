/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/source.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/core/json-reader.h"
#include "model/core/version.h"

#include <string.h>

#define MAX_LICENSE_BYTES ((gsize) 4 << 20)
#define MAX_TASKS_BYTES ((gsize) 16 << 20)
#define MAX_VOCABULARY_BYTES ((gsize) 64 << 20)

/* Word tables are often a little larger than the vocabulary, rounded up for the sake of the hardware. */
#define MAX_SPARE_WORDS 1024

static const char no_license[] =
  "The licence of these weights was not stated when this bundle was made.\n"
  "Ask whoever gave you the weights before you use them for others or pass them on.\n";

gboolean
sag_bundle_check_words (gsize n_words, const SagNetwork *network, GError **error)
{
  if (n_words <= (gsize) network->n_words && n_words + MAX_SPARE_WORDS > (gsize) network->n_words)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "The vocabulary has %" G_GSIZE_FORMAT
               " words, but the word table %d; use the vocab.txt that the text model came with.",
               n_words, network->n_words);
  return FALSE;
}

static GBytes *
read_file (const char *path, gsize max_bytes, GError **error)
{
  gsize size_bytes;
  char *data = sag_file_load (path, max_bytes, &size_bytes, error);

  return data != NULL ? g_bytes_new_take (data, size_bytes) : NULL;
}

static gboolean
read_tasks (SagManifest *manifest, const char *path, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (JsonNode) root = sag_json_parse_file (path, MAX_TASKS_BYTES, error);

  if (root == NULL)
    return FALSE;
  if (sag_manifest_parse_tasks (manifest, json_node_get_object (root), error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

SagManifest *
sag_bundle_source_manifest (const SagBundleSource *source, const char *folder, GError **error)
{
  g_autofree char *target = g_canonicalize_filename (folder, NULL);
  g_autofree char *name = sag_file_dup_display_name (target);
  g_autoptr (SagManifest) manifest = sag_manifest_new (source->name != NULL ? source->name : name);

  if (source->recipe != NULL && !sag_recipe_from_string (source->recipe, &manifest->recipe.kind))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "--recipe \"%s\" is not known; say upstream or paper.", source->recipe);
      return NULL;
    }
  if (source->tasks != NULL && !read_tasks (manifest, source->tasks, error))
    return NULL;
  manifest->weights_license = g_strdup (source->weights_license);
  manifest->data_license = g_strdup (source->data_license);
  manifest->permitted_use = g_strdup (source->permitted_use);
  return g_steal_pointer (&manifest);
}

GBytes *
sag_bundle_source_read_vocabulary (const SagBundleSource *source, gsize *n_words, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;
  g_autofree char *name = NULL;

  if (source->vocabulary == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "The vocabulary is missing; give the text model's vocab.txt with --vocab.");
      return NULL;
    }
  bytes = read_file (source->vocabulary, MAX_VOCABULARY_BYTES, error);
  if (bytes == NULL)
    return NULL;
  name = sag_file_dup_display_name (source->vocabulary);
  tokenizer =
    sag_tokenizer_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), name, error);
  if (tokenizer == NULL)
    return NULL;
  *n_words = sag_tokenizer_get_n_words (tokenizer);
  return g_steal_pointer (&bytes);
}

GBytes *
sag_bundle_source_read_license (const SagBundleSource *source, GError **error)
{
  if (source->license == NULL)
    return g_bytes_new_static (no_license, sizeof no_license - 1);
  return read_file (source->license, MAX_LICENSE_BYTES, error);
}

gboolean
sag_bundle_note_file (SagManifest *manifest, const char *key, const char *path, GError **error)
{
  g_autofree char *sha256 = sag_hash_file_sha256 (path, NULL, error);
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (sha256 == NULL)
    return FALSE;
  name = sag_file_dup_display_name (path);
  value = g_strdup_printf ("%s (sha256 %s)", name, sha256);
  sag_manifest_add_note (manifest, key, value);
  return TRUE;
}

void
sag_bundle_note_program (SagManifest *manifest, const char *method)
{
  g_autofree char *program = g_strdup_printf ("sagitta %s", sag_version_get ());

  sag_manifest_add_note (manifest, "made_by", program);
  sag_manifest_add_note (manifest, "method", method);
}
