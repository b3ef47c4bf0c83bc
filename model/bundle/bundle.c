/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/bundle.h"

#include "model/bundle/bundle-private.h"
#include "model/bundle/source.h"
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"

#include <string.h>

#define MAX_MANIFEST_BYTES ((gsize) 16 << 20)
#define MAX_VOCABULARY_BYTES ((gsize) 64 << 20)

struct _SagBundle
{
  gatomicrefcount references;
  char           *folder;
  char           *sha256;
  SagManifest    *manifest;
  SagTokenizer   *tokenizer;
  SagWeightMap   *weights;
};

static gboolean
check_vocabulary (SagBundle *bundle, GBytes *vocabulary, GError **error)
{
  const SagManifest *manifest = bundle->manifest;
  g_autofree char   *sha256 = sag_hash_sha256 (g_bytes_get_data (vocabulary, NULL), g_bytes_get_size (vocabulary));

  if (strcmp (sha256, manifest->sha256[SAG_BUNDLE_VOCABULARY]) != 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "vocab.txt of bundle \"%s\" was changed after the bundle was made; make the bundle again.", manifest->name);
      return FALSE;
    }
  return sag_bundle_check_words (sag_tokenizer_get_n_words (bundle->tokenizer), &manifest->network, error);
}

static gboolean
check_lora (SagBundle *bundle, GError **error)
{
  if (!sag_weight_map_has_lora (bundle->weights) || bundle->manifest->lora_scaling != 0)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "The weights of bundle \"%s\" hold LoRA adapters, but bundle.json does not say their scaling.", bundle->manifest->name);
  return FALSE;
}

SagBundle *
sag_bundle_new (const char    *folder,
                SagManifest   *manifest,
                const char    *json,
                gsize          json_bytes,
                GBytes        *vocabulary,
                SagTensorFile *weights,
                GError       **error)
{
  g_autoptr (SagBundle) bundle = g_new0 (SagBundle, 1);

  g_atomic_ref_count_init (&bundle->references);
  bundle->folder = g_strdup (folder);
  bundle->manifest = manifest;
  bundle->sha256 = sag_hash_sha256 (json, json_bytes);
  bundle->tokenizer = sag_tokenizer_new (g_bytes_get_data (vocabulary, NULL), g_bytes_get_size (vocabulary), "vocab.txt", error);
  if (bundle->tokenizer == NULL || !check_vocabulary (bundle, vocabulary, error))
    return NULL;
  bundle->weights = sag_weight_map_new (weights, error);
  if (bundle->weights == NULL || !check_lora (bundle, error) ||
      !sag_weight_map_check (bundle->weights, &manifest->network, error))
    return NULL;
  return g_steal_pointer (&bundle);
}

/* A small file of the bundle, whole. */
static GBytes *
read_small (const char *folder, const char *name, gsize max_bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, error);
  const char *data;

  if (mapped == NULL)
    {
      g_prefix_error (error, "%s is not a whole bundle: ", folder);
      return NULL;
    }
  if (g_mapped_file_get_length (mapped) > max_bytes)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "%s of %s is larger than %" G_GSIZE_FORMAT " bytes.", name, folder, max_bytes);
      return NULL;
    }
  data = g_mapped_file_get_contents (mapped);
  return g_bytes_new (data != NULL ? data : "", g_mapped_file_get_length (mapped));
}

static SagTensorFile *
open_weights (const char *folder, const SagManifest *manifest, GError **error)
{
  const char      *name = sag_bundle_file_get_name (SAG_BUNDLE_WEIGHTS);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);

  if (info != NULL && (guint64) g_file_info_get_size (info) != manifest->size_bytes[SAG_BUNDLE_WEIGHTS])
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s of %s has %" G_GOFFSET_FORMAT " bytes, but %" G_GUINT64_FORMAT " when the bundle was made; copy the bundle again.",
                   name, folder, g_file_info_get_size (info), manifest->size_bytes[SAG_BUNDLE_WEIGHTS]);
      return NULL;
    }
  return sag_tensor_file_open (path, error);
}

SagBundle *
sag_bundle_load (const char *folder, GError **error)
{
  g_autoptr (GBytes) json = NULL;
  g_autoptr (GBytes) vocabulary = NULL;
  g_autoptr (SagManifest) manifest = NULL;
  g_autoptr (SagTensorFile) weights = NULL;
  const char *text;
  gsize       text_bytes;

  g_return_val_if_fail (folder != NULL, NULL);

  json = read_small (folder, SAG_BUNDLE_MANIFEST, MAX_MANIFEST_BYTES, error);
  if (json == NULL)
    return NULL;
  text = g_bytes_get_data (json, &text_bytes);
  manifest = sag_manifest_parse (text != NULL ? text : "", text_bytes, SAG_BUNDLE_MANIFEST, error);
  if (manifest == NULL)
    return NULL;
  vocabulary = read_small (folder, sag_bundle_file_get_name (SAG_BUNDLE_VOCABULARY), MAX_VOCABULARY_BYTES, error);
  if (vocabulary == NULL)
    return NULL;
  weights = open_weights (folder, manifest, error);
  if (weights == NULL)
    return NULL;
  return sag_bundle_new (folder, g_steal_pointer (&manifest), text, text_bytes, vocabulary, weights, error);
}

SagBundle *
sag_bundle_ref (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  g_atomic_ref_count_inc (&bundle->references);
  return bundle;
}

void
sag_bundle_unref (SagBundle *bundle)
{
  if (bundle == NULL || !g_atomic_ref_count_dec (&bundle->references))
    return;
  g_clear_pointer (&bundle->tokenizer, sag_tokenizer_unref);
  g_clear_pointer (&bundle->weights, sag_weight_map_free);
  g_clear_pointer (&bundle->manifest, sag_manifest_free);
  g_free (bundle->sha256);
  g_free (bundle->folder);
  g_free (bundle);
}

const char *
sag_bundle_get_name (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->manifest->name;
}

const char *
sag_bundle_get_folder (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->folder;
}

const char *
sag_bundle_get_sha256 (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->sha256;
}

const char *
sag_bundle_get_weights_sha256 (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->manifest->sha256[SAG_BUNDLE_WEIGHTS];
}

const SagManifest *
sag_bundle_get_manifest (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->manifest;
}

SagWeightMap *
sag_bundle_get_weight_map (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->weights;
}

const SagNetwork *
sag_bundle_get_network (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return &bundle->manifest->network;
}

const SagRecipe *
sag_bundle_get_recipe (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return &bundle->manifest->recipe;
}

SagTokenizer *
sag_bundle_get_tokenizer (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, NULL);
  return bundle->tokenizer;
}

gboolean
sag_bundle_is_trained (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, FALSE);
  return bundle->manifest->trained;
}

gboolean
sag_bundle_is_synthetic (SagBundle *bundle)
{
  g_return_val_if_fail (bundle != NULL, FALSE);
  return bundle->manifest->synthetic;
}

bool
sag_bundle_read (void *bundle, const char *name, size_t offset, size_t n_values, float *out)
{
  SagBundle *self = bundle;

  g_return_val_if_fail (self != NULL && name != NULL && out != NULL, false);
  return sag_weight_map_read (self->weights, name, self->manifest->lora_scaling, offset, n_values, out);
}
