/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/bundle.h"

#include "model/bundle/bundle-private.h"

struct _SagBundle
{
  gatomicrefcount references;
  char           *folder;
  char           *sha256;
  SagManifest    *manifest;
  SagTokenizer   *tokenizer;
  SagWeightMap   *weights;
};

SagBundle *
sag_bundle_new (const char   *folder,
                SagManifest  *manifest,
                char         *sha256,
                SagTokenizer *tokenizer,
                SagWeightMap *weights)
{
  SagBundle *bundle = g_new0 (SagBundle, 1);

  g_atomic_ref_count_init (&bundle->references);
  bundle->folder = g_strdup (folder);
  bundle->manifest = manifest;
  bundle->sha256 = sha256;
  bundle->tokenizer = tokenizer;
  bundle->weights = weights;
  return bundle;
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
  sag_tokenizer_unref (bundle->tokenizer);
  sag_weight_map_free (bundle->weights);
  sag_manifest_free (bundle->manifest);
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
  return sag_weight_map_read (self->weights, name, self->manifest->lora_scaling, offset, n_values,
                              out);
}
