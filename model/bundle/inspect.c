/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/check.h"

#include "model/bundle/manifest.h"
#include "model/core/number.h"
#include "model/text/catalogue.h"
#include "model/text/vocabulary.h"

#include <math.h>

static bool
count_values (const SagWeightSpec *spec, void *user_data)
{
  *(gsize *) user_data += spec->n_values;
  return true;
}

static void
add_line (GString *text, const char *key, const char *value)
{
  if (value != NULL)
    g_string_append_printf (text, "%-17s %s\n", key, value);
}

static void G_GNUC_PRINTF (3, 4)
  add_format (GString *text, const char *key, const char *format, ...)
{
  g_autofree char *value = NULL;
  va_list          args;

  va_start (args, format);
  value = g_strdup_vprintf (format, args);
  va_end (args);
  add_line (text, key, value);
}

static void
add_network (GString *text, const SagNetwork *network)
{
  gsize   n_values = 0;
  int32_t dims[3];

  sag_network_foreach_weight (network, count_values, &n_values);
  sag_network_feature_dims (network, network->input, dims);
  add_format (text, "input", "%d x %d x %d voxels (x, y, z)", network->input[0], network->input[1],
              network->input[2]);
  add_format (text, "vision", "EfficientNet of %d blocks, %d to %d channels, %d x %d x %d tokens",
              network->n_blocks, network->stem_channels, network->head_channels, dims[0], dims[1],
              dims[2]);
  if (network->text_kind == SAG_TEXT_MULTI_LABEL)
    {
      add_format (text, "text", "none: multi-label, %d wide, one output for each of %d questions",
                  network->hidden, network->n_words - SAG_N_SPECIAL);
      add_format (text, "weights", "%" G_GSIZE_FORMAT " values", n_values);
      return;
    }
  add_format (text, "text", "%s, %d layers, %d wide, %d heads, %d words, texts of up to %d tokens",
              network->text_kind == SAG_TEXT_BERT ? "BERT" : "MegatronBert", network->text_layers,
              network->hidden, network->n_heads, network->n_words, sag_network_max_text (network));
  add_format (text, "cells", "%d x %d x %d (%d x %d x %d a token)", dims[0] * network->cells[0],
              dims[1] * network->cells[1], dims[2] * network->cells[2], network->cells[0],
              network->cells[1], network->cells[2]);
  add_format (text, "weights", "%" G_GSIZE_FORMAT " values", n_values);
}

static void
add_share (GString *text, const char *name, double value)
{
  char buffer[SAG_NUMBER_BUFFER];

  if (!isnan (value))
    g_string_append_printf (text, "  %s %s", name,
                            sag_number_format (round (value * 1000) / 1000, buffer));
}

/* More would scroll everything else away. */
#define MOST_TASKS 40

/* A model that was trained on many wordings: those of the catalogue tell what it knows. */
static gboolean
is_worth_a_line (const SagManifest *manifest, const SagBundleTask *task)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);

  return manifest->tasks->len <= MOST_TASKS ||
         (catalogue != NULL && sag_catalogue_find (catalogue, task->text) != NULL);
}

static void
add_tasks (GString *text, const SagManifest *manifest)
{
  guint n_told = 0;

  if (!manifest->knows_tasks)
    {
      add_line (text, "tasks", "unknown: nobody wrote down what was trained");
      return;
    }
  add_format (text, "tasks", "%u", manifest->tasks->len);
  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      if (!is_worth_a_line (manifest, task))
        continue;
      g_string_append_printf (text, "  %s  %s", task->head == SAG_HEAD_CLASS ? "class" : "patch",
                              task->text);
      add_share (text, "prevalence", task->prevalence);
      add_share (text, "AUROC", task->auroc);
      g_string_append_c (text, '\n');
      n_told++;
    }
  if (n_told < manifest->tasks->len)
    g_string_append_printf (text, "  and %u more sentences, listed in bundle.json\n",
                            manifest->tasks->len - n_told);
}

char *
sag_bundle_inspect (SagBundle *bundle)
{
  const SagManifest *manifest;
  const SagRecipe   *recipe;
  GString           *text;

  g_return_val_if_fail (bundle != NULL, NULL);

  manifest = sag_bundle_get_manifest (bundle);
  recipe = &manifest->recipe;
  text = g_string_new (NULL);
  add_line (text, "name", manifest->name);
  add_line (text, "sha256", sag_bundle_get_sha256 (bundle));
  add_line (text, "trained", manifest->trained ? "yes" : "no: its numbers mean nothing");
  if (manifest->synthetic)
    add_line (text, "synthetic",
              "yes: trained on synthetic scans only, a demonstration on real ones");
  add_network (text, &manifest->network);
  add_format (text, "recipe", "%s, box %d x %d x %d mm", sag_recipe_to_string (recipe->kind),
              recipe->box_mm[0], recipe->box_mm[1], recipe->box_mm[2]);
  if (manifest->lora_scaling != 0)
    {
      char buffer[SAG_NUMBER_BUFFER];

      add_format (text, "LoRA", "merged while reading, scaling %s",
                  sag_number_format (manifest->lora_scaling, buffer));
    }
  for (guint i = 0; i < manifest->notes->len; i++)
    {
      const SagBundleNote *note = manifest->notes->pdata[i];

      add_line (text, note->key, note->value);
    }
  add_line (text, "weights' licence",
            manifest->weights_license != NULL ? manifest->weights_license : "not stated");
  add_line (text, "data's licence",
            manifest->data_license != NULL ? manifest->data_license : "not stated");
  add_line (text, "permitted use",
            manifest->permitted_use != NULL ? manifest->permitted_use : "not stated");
  add_tasks (text, manifest);
  return g_string_free (text, FALSE);
}
