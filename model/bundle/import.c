/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/import.h"

#include "model/bundle/bundle-private.h"
#include "model/bundle/infer.h"
#include "model/bundle/save.h"
#include "model/bundle/source.h"
#include "model/bundle/weight-map.h"
#include "model/core/error.h"
#include "model/core/file.h"

#include <math.h>
#include <string.h>

typedef struct
{
  SagWeightMap     *weights;
  const SagNetwork *network;
  SagTensorWriter  *writer; /* while tensors are declared */
  GError          **error;
} Copy;

/* "a.weight" has its adapters in "a.lora_A.weight" and "a.lora_B.weight". */
static char *
adapter_name (const char *weight, const char *half)
{
  return g_strdup_printf ("%.*s.%s.weight", (int) (strlen (weight) - strlen (".weight")), weight,
                          half);
}

static void
declare_tensor (SagTensorWriter *writer, const char *name, const SagTensor *tensor)
{
  sag_tensor_writer_declare (writer, name, tensor->dtype, tensor->n_dims, tensor->shape);
}

static bool
declare_weight (const SagWeightSpec *spec, void *user_data)
{
  Copy *copy = user_data;

  declare_tensor (copy->writer, spec->name, sag_weight_map_find (copy->weights, spec->name)->base);
  return true;
}

static bool
declare_adapters (const SagWeightSpec *spec, void *user_data)
{
  Copy                  *copy = user_data;
  const SagStoredWeight *stored = sag_weight_map_find (copy->weights, spec->name);
  g_autofree char       *a = adapter_name (spec->name, "lora_A");
  g_autofree char       *b = adapter_name (spec->name, "lora_B");

  if (stored->lora_a != NULL)
    {
      declare_tensor (copy->writer, a, stored->lora_a);
      declare_tensor (copy->writer, b, stored->lora_b);
    }
  return true;
}

/* Weights first, adapters behind them. */
static void
declare (SagTensorWriter *writer, gpointer data)
{
  Copy *copy = data;

  copy->writer = writer;
  sag_network_foreach_weight (copy->network, declare_weight, copy);
  sag_network_foreach_weight (copy->network, declare_adapters, copy);
}

static gboolean
fill (SagTensorWriter *writer, const SagWeightSpec *spec, gpointer data, GError **error)
{
  Copy            *copy = data;
  const SagTensor *tensor = sag_weight_map_find (copy->weights, spec->name)->base;

  return sag_tensor_writer_bytes (writer, tensor->data, tensor->size_bytes, error);
}

static bool
fill_adapters (const SagWeightSpec *spec, void *user_data)
{
  Copy                  *copy = user_data;
  const SagStoredWeight *stored = sag_weight_map_find (copy->weights, spec->name);

  return stored->lora_a == NULL ||
         (sag_tensor_writer_bytes (copy->writer, stored->lora_a->data, stored->lora_a->size_bytes,
                                   copy->error) &&
          sag_tensor_writer_bytes (copy->writer, stored->lora_b->data, stored->lora_b->size_bytes,
                                   copy->error));
}

static gboolean
finish (SagTensorWriter *writer, gpointer data, GError **error)
{
  Copy *copy = data;

  copy->error = error;
  return sag_network_foreach_weight (copy->network, fill_adapters, copy);
}

static gboolean
read_hints (const SagBundleImport *import, SagInferHints *hints, GError **error)
{
  memset (hints, 0, sizeof *hints);
  hints->heads = import->heads;
  hints->n_strides = import->n_strides;
  memcpy (hints->input, import->input, sizeof hints->input);
  memcpy (hints->cells, import->cells, sizeof hints->cells);
  memcpy (hints->strides, import->strides, sizeof hints->strides);
  return (import->config == NULL || sag_text_config_load (import->config, &hints->text, error)) &&
         (import->train_config == NULL ||
          sag_train_config_load (import->train_config, &hints->train, error));
}

typedef struct
{
  gint64        rank;
  SagWeightMap *weights;
} Ranks;

static bool
has_rank (const SagWeightSpec *spec, void *user_data)
{
  const Ranks           *ranks = user_data;
  const SagStoredWeight *stored = sag_weight_map_find (ranks->weights, spec->name);

  return stored->lora_a == NULL || stored->lora_a->shape[0] == ranks->rank;
}

static gboolean
set_lora (const SagBundleImport *import,
          const SagInferHints   *hints,
          SagWeightMap          *weights,
          SagManifest           *manifest,
          GError               **error)
{
  Ranks ranks = { hints->train.lora_rank, weights };

  if (!sag_weight_map_has_lora (weights))
    return TRUE;
  manifest->lora_scaling = hints->train.has_lora ? hints->train.lora_scaling : import->lora_scaling;
  if (manifest->lora_scaling == 0 || !isfinite (manifest->lora_scaling))
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_ARGUMENT,
      "The weights hold LoRA adapters; give upstream's train_config.yaml with --train-config, or "
      "their scaling (lora_alpha / r) with --lora-scaling.");
  else if (hints->train.has_lora &&
           !sag_network_foreach_weight (&manifest->network, has_rank, &ranks))
    g_set_error (
      error, SAG_ERROR, SAG_ERROR_MISMATCH,
      "The LoRA adapters do not have the rank %d of the training configuration; use the one that "
      "belongs to them.",
      hints->train.lora_rank);
  else
    return TRUE;
  return FALSE;
}

static void
set_recipe (const SagInferHints *hints, SagManifest *manifest)
{
  memcpy (manifest->recipe.input, manifest->network.input, sizeof manifest->recipe.input);
  if (hints->train.box_mm[0] != 0)
    memcpy (manifest->recipe.box_mm, hints->train.box_mm, sizeof manifest->recipe.box_mm);
  if (hints->train.train_box_mm[0] != 0)
    memcpy (manifest->recipe.train_box_mm, hints->train.train_box_mm,
            sizeof manifest->recipe.train_box_mm);
}

static gboolean
note_files (const SagBundleImport *import, SagManifest *manifest, GError **error)
{
  sag_bundle_note_program (manifest, "imported from a checkpoint of upstream's Uniferum");
  return sag_bundle_note_file (manifest, "weights", import->weights, error) &&
         (import->config == NULL ||
          sag_bundle_note_file (manifest, "config", import->config, error)) &&
         (import->train_config == NULL ||
          sag_bundle_note_file (manifest, "train_config", import->train_config, error));
}

static gboolean
check_values (const SagBundleImport *import,
              const SagManifest     *manifest,
              SagWeightMap          *weights,
              GError               **error)
{
  GCancellable    *cancellable = import->source.cancellable;
  g_autofree char *finding = sag_bundle_find_bad_value (manifest, weights, NULL, cancellable);
  g_autofree char *name = sag_file_dup_display_name (import->weights);

  if (finding != NULL)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s cannot be used: %s", name, finding);
  return finding == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static SagBundle *
import_checkpoint (const SagBundleImport *import, const char *folder, GError **error)
{
  g_autoptr (SagManifest) manifest = NULL;
  g_autoptr (SagTensorFile) file = NULL;
  g_autoptr (SagWeightMap) weights = NULL;
  g_autoptr (GBytes) vocabulary = NULL;
  g_autoptr (GBytes) license = NULL;
  SagInferHints  hints;
  SagBundleParts parts;
  Copy           copy = { 0 };
  gsize          n_words;

  manifest = sag_bundle_source_manifest (&import->source, folder, error);
  if (manifest == NULL || !read_hints (import, &hints, error))
    return NULL;
  file = sag_tensor_file_open (import->weights, error);
  weights = file != NULL ? sag_weight_map_new (file, error) : NULL;
  if (weights == NULL || !sag_infer_network (weights, &hints, &manifest->network, error) ||
      !sag_weight_map_check (weights, &manifest->network, error) ||
      !set_lora (import, &hints, weights, manifest, error) ||
      !check_values (import, manifest, weights, error))
    return NULL;
  vocabulary = sag_bundle_source_read_vocabulary (&import->source, &n_words, error);
  license = vocabulary != NULL ? sag_bundle_source_read_license (&import->source, error) : NULL;
  if (license == NULL || !sag_bundle_check_words (n_words, &manifest->network, error) ||
      !note_files (import, manifest, error))
    return NULL;
  set_recipe (&hints, manifest);
  manifest->trained = TRUE;
  copy.weights = weights;
  copy.network = &manifest->network;
  parts = (SagBundleParts){
    .manifest = manifest,
    .vocabulary = vocabulary,
    .license = license,
    .declare = declare,
    .fill = fill,
    .finish = finish,
    .data = &copy,
    .cancellable = import->source.cancellable,
  };
  return sag_bundle_save (&parts, folder, error) ? sag_bundle_load (folder, error) : NULL;
}

SagBundle *
sag_bundle_import (const SagBundleImport *import, const char *folder, GError **error)
{
  GError    *problem = NULL;
  SagBundle *bundle;

  g_return_val_if_fail (import != NULL && import->weights != NULL && folder != NULL, NULL);

  bundle = import_checkpoint (import, folder, &problem);
  if (problem != NULL)
    sag_bundle_propagate_error (error, problem, "give a checkpoint's files as upstream saved them");
  return bundle;
}
