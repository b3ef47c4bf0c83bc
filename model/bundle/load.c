/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/bundle-private.h"
#include "model/bundle/source.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"

#include <string.h>

#define MAX_MANIFEST_BYTES ((gsize) 16 << 20)
#define MAX_VOCABULARY_BYTES ((gsize) 64 << 20)

SagTokenizer *
sag_bundle_make_tokenizer (const SagManifest *manifest, GBytes *vocabulary, GError **error)
{
  gsize            size_bytes;
  const void      *data = g_bytes_get_data (vocabulary, &size_bytes);
  const char      *name = sag_bundle_file_get_name (SAG_BUNDLE_VOCABULARY);
  g_autofree char *sha256 = sag_hash_sha256 (data, size_bytes);
  g_autoptr (SagTokenizer) tokenizer = NULL;

  if (strcmp (sha256, manifest->sha256[SAG_BUNDLE_VOCABULARY]) != 0)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_MISMATCH,
        "%s of bundle \"%s\" was changed after the bundle was made; copy the bundle again.", name,
        manifest->name);
      return NULL;
    }
  tokenizer = manifest->network.text_kind == SAG_TEXT_MULTI_LABEL
                ? sag_tokenizer_new_questions (data, size_bytes, name, error)
                : sag_tokenizer_new (data, size_bytes, name, error);
  if (tokenizer == NULL ||
      !sag_bundle_check_words (sag_tokenizer_get_n_words (tokenizer), &manifest->network, error))
    return NULL;
  return g_steal_pointer (&tokenizer);
}

SagWeightMap *
sag_bundle_make_weights (const SagManifest *manifest, SagTensorFile *file, GError **error)
{
  g_autoptr (SagWeightMap) weights = sag_weight_map_new (file, error);

  if (weights == NULL)
    return NULL;
  if (sag_weight_map_has_lora (weights) && manifest->lora_scaling == 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "The weights of bundle \"%s\" hold LoRA adapters, but bundle.json does not say "
                   "their scaling.",
                   manifest->name);
      return NULL;
    }
  return sag_weight_map_check (weights, &manifest->network, error) ? g_steal_pointer (&weights)
                                                                   : NULL;
}

/* A small file of the bundle, whole, with a zero byte after it. */
static char *
read_small (
  const char *folder, const char *name, gsize max_bytes, gsize *size_bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *shown = NULL;
  char            *data = sag_file_load (path, max_bytes, size_bytes, error);

  if (data != NULL)
    return data;
  shown = g_filename_display_name (folder);
  g_prefix_error (error, "%s is not a whole bundle: ", shown);
  return NULL;
}

SagManifest *
sag_bundle_load_manifest (const char *folder, char **sha256, GError **error)
{
  gsize            size_bytes;
  g_autofree char *json =
    read_small (folder, SAG_BUNDLE_MANIFEST, MAX_MANIFEST_BYTES, &size_bytes, error);
  g_autofree char *path = g_build_filename (folder, SAG_BUNDLE_MANIFEST, NULL);
  g_autofree char *name = g_filename_display_name (path);

  if (json == NULL)
    return NULL;
  if (sha256 != NULL)
    *sha256 = sag_hash_sha256 (json, size_bytes);
  return sag_manifest_parse (json, size_bytes, name, error);
}

SagTokenizer *
sag_bundle_load_tokenizer (const char *folder, const SagManifest *manifest, GError **error)
{
  const char *name = sag_bundle_file_get_name (SAG_BUNDLE_VOCABULARY);
  gsize       size_bytes;
  char       *data = read_small (folder, name, MAX_VOCABULARY_BYTES, &size_bytes, error);
  g_autoptr (GBytes) vocabulary = data != NULL ? g_bytes_new_take (data, size_bytes) : NULL;

  return vocabulary != NULL ? sag_bundle_make_tokenizer (manifest, vocabulary, error) : NULL;
}

SagWeightMap *
sag_bundle_load_weights (const char *folder, const SagManifest *manifest, GError **error)
{
  const char      *name = sag_bundle_file_get_name (SAG_BUNDLE_WEIGHTS);
  guint64          recorded = manifest->size_bytes[SAG_BUNDLE_WEIGHTS];
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (SagTensorFile) tensors = NULL;

  if (info != NULL && (guint64) g_file_info_get_size (info) != recorded)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s of bundle \"%s\" has %" G_GOFFSET_FORMAT " bytes, but had %" G_GUINT64_FORMAT
                   " when the bundle was made; copy the bundle again.",
                   name, manifest->name, g_file_info_get_size (info), recorded);
      return NULL;
    }
  tensors = sag_tensor_file_open (path, error);
  return tensors != NULL ? sag_bundle_make_weights (manifest, tensors, error) : NULL;
}

static SagBundle *
load (const char *folder, GError **error)
{
  g_autofree char *sha256 = NULL;
  g_autoptr (SagManifest) manifest = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;
  g_autoptr (SagWeightMap) weights = NULL;

  manifest = sag_bundle_load_manifest (folder, &sha256, error);
  if (manifest == NULL)
    return NULL;
  tokenizer = sag_bundle_load_tokenizer (folder, manifest, error);
  weights = tokenizer != NULL ? sag_bundle_load_weights (folder, manifest, error) : NULL;
  if (weights == NULL)
    return NULL;
  return sag_bundle_new (folder, g_steal_pointer (&manifest), g_steal_pointer (&sha256),
                         g_steal_pointer (&tokenizer), g_steal_pointer (&weights));
}

void
sag_bundle_propagate_error (GError **error, GError *problem, const char *remedy)
{
  if ((g_error_matches (problem, SAG_ERROR, SAG_ERROR_FORMAT) ||
       g_error_matches (problem, SAG_ERROR, SAG_ERROR_MISMATCH)) &&
      strchr (problem->message, ';') == NULL)
    {
      g_autofree char *what = g_steal_pointer (&problem->message);

      if (g_str_has_suffix (what, "."))
        what[strlen (what) - 1] = '\0';
      problem->message = g_strdup_printf ("%s; %s.", what, remedy);
    }
  g_propagate_error (error, problem);
}

SagBundle *
sag_bundle_load (const char *folder, GError **error)
{
  GError    *problem = NULL;
  SagBundle *bundle;

  g_return_val_if_fail (folder != NULL, NULL);

  bundle = load (folder, &problem);
  if (problem != NULL)
    sag_bundle_propagate_error (error, problem, "copy the bundle again");
  return bundle;
}
