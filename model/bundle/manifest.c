/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/manifest.h"

#include "model/core/json-writer.h"

#include <math.h>
#include <string.h>

static const char *const file_names[] = {
  [SAG_BUNDLE_WEIGHTS] = "model.safetensors",
  [SAG_BUNDLE_VOCABULARY] = "vocab.txt",
  [SAG_BUNDLE_LICENSE] = "LICENSE",
};

static const char *const recipe_names[] = {
  [SAG_RECIPE_UPSTREAM] = "upstream",
  [SAG_RECIPE_PAPER] = "paper",
};

const char *
sag_bundle_file_get_name (SagBundleFile file)
{
  g_return_val_if_fail (file < SAG_BUNDLE_N_FILES, NULL);
  return file_names[file];
}

const char *
sag_recipe_to_string (SagRecipeKind kind)
{
  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (recipe_names), NULL);
  return recipe_names[kind];
}

gboolean
sag_recipe_from_string (const char *text, SagRecipeKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (recipe_names); i++)
    if (strcmp (text, recipe_names[i]) == 0)
      {
        *kind = (SagRecipeKind) i;
        return TRUE;
      }
  return FALSE;
}

void
sag_recipe_init (SagRecipe *recipe, SagRecipeKind kind)
{
  *recipe = (SagRecipe){
    .kind = kind,
    .box_mm = { 384, 320, 256 },
    .train_box_mm = { 416, 336, 256 },
    .input = { 256, 160, 128 },
  };
}

static void
task_free (gpointer data)
{
  SagBundleTask *task = data;

  g_free (task->text);
  g_free (task);
}

static void
note_free (gpointer data)
{
  SagBundleNote *note = data;

  g_free (note->key);
  g_free (note->value);
  g_free (note);
}

SagManifest *
sag_manifest_new (const char *name)
{
  SagManifest *manifest = g_new0 (SagManifest, 1);

  manifest->name = g_strdup (name);
  sag_recipe_init (&manifest->recipe, SAG_RECIPE_UPSTREAM);
  manifest->tasks = g_ptr_array_new_with_free_func (task_free);
  manifest->notes = g_ptr_array_new_with_free_func (note_free);
  return manifest;
}

void
sag_manifest_free (SagManifest *manifest)
{
  if (manifest == NULL)
    return;
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    g_free (manifest->sha256[f]);
  g_ptr_array_unref (manifest->tasks);
  g_ptr_array_unref (manifest->notes);
  g_free (manifest->weights_license);
  g_free (manifest->data_license);
  g_free (manifest->permitted_use);
  g_free (manifest->name);
  g_free (manifest);
}

SagManifest *
sag_manifest_copy (const SagManifest *manifest)
{
  SagManifest *copy = g_memdup2 (manifest, sizeof *manifest);

  copy->name = g_strdup (manifest->name);
  copy->weights_license = g_strdup (manifest->weights_license);
  copy->data_license = g_strdup (manifest->data_license);
  copy->permitted_use = g_strdup (manifest->permitted_use);
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    copy->sha256[f] = g_strdup (manifest->sha256[f]);
  copy->tasks = g_ptr_array_new_with_free_func (task_free);
  copy->notes = g_ptr_array_new_with_free_func (note_free);
  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      sag_manifest_add_task (copy, task->text, task->head, task->prevalence, task->auroc);
    }
  copy->knows_tasks = manifest->knows_tasks;
  for (guint i = 0; i < manifest->notes->len; i++)
    {
      const SagBundleNote *note = manifest->notes->pdata[i];

      sag_manifest_add_note (copy, note->key, note->value);
    }
  return copy;
}

void
sag_manifest_add_task (
  SagManifest *manifest, const char *text, SagHead head, double prevalence, double auroc)
{
  SagBundleTask *task;

  g_return_if_fail (manifest != NULL && text != NULL);

  task = g_new0 (SagBundleTask, 1);
  *task = (SagBundleTask){ g_strdup (text), head, prevalence, auroc };
  g_ptr_array_add (manifest->tasks, task);
  manifest->knows_tasks = TRUE;
}

void
sag_manifest_add_note (SagManifest *manifest, const char *key, const char *value)
{
  SagBundleNote *note;

  g_return_if_fail (manifest != NULL && key != NULL && value != NULL);

  note = g_new0 (SagBundleNote, 1);
  *note = (SagBundleNote){ g_strdup (key), g_strdup (value) };
  g_ptr_array_add (manifest->notes, note);
}

static void
write_vision (SagJsonWriter *json, const SagNetwork *network)
{
  sag_json_begin_object (json, "vision");
  sag_json_integer (json, "stem", network->stem_channels);
  sag_json_begin_array (json, "blocks");
  for (int b = 0; b < network->n_blocks; b++)
    {
      const SagBlock *block = &network->blocks[b];

      sag_json_begin_object (json, NULL);
      sag_json_integer (json, "stage", block->stage);
      sag_json_integer (json, "index", block->index);
      sag_json_integer (json, "kernel", block->kernel);
      sag_json_integer (json, "stride", block->stride);
      sag_json_integer (json, "in", block->in_channels);
      sag_json_integer (json, "mid", block->mid_channels);
      sag_json_integer (json, "out", block->out_channels);
      sag_json_integer (json, "gate", block->gate_channels);
      sag_json_boolean (json, "expands", block->expands);
      sag_json_boolean (json, "skips", block->skips);
      sag_json_end_object (json);
    }
  sag_json_end_array (json);
  sag_json_integer (json, "head", network->head_channels);
  sag_json_float (json, "batch_norm_eps", network->batch_norm_eps);
  sag_json_end_object (json);
}

static const char *
get_kind (const SagNetwork *network)
{
  switch (network->text_kind)
    {
    case SAG_TEXT_MEGATRON:
      return "megatron-bert";
    case SAG_TEXT_MULTI_LABEL:
      return "multi-label";
    default:
      return "bert";
    }
}

static void
write_text (SagJsonWriter *json, const SagNetwork *network)
{
  sag_json_begin_object (json, "text");
  sag_json_string (json, "kind", get_kind (network));
  sag_json_integer (json, "words", network->n_words);
  sag_json_integer (json, "hidden", network->hidden);
  if (network->text_kind != SAG_TEXT_MULTI_LABEL)
    {
      sag_json_integer (json, "positions", network->n_positions);
      sag_json_integer (json, "types", network->n_types);
      sag_json_integer (json, "heads", network->n_heads);
      sag_json_integer (json, "intermediate", network->intermediate);
      sag_json_integer (json, "layers", network->text_layers);
      sag_json_float (json, "layer_norm_eps", network->layer_norm_eps);
    }
  sag_json_end_object (json);
}

static void
write_network (SagJsonWriter *json, const SagNetwork *network)
{
  sag_json_begin_object (json, "network");
  sag_json_integers (json, "input", network->input, 3);
  write_vision (json, network);
  write_text (json, network);
  sag_json_integers (json, "cells", network->cells, 3);
  sag_json_end_object (json);
}

static void
write_tasks (SagJsonWriter *json, const SagManifest *manifest)
{
  if (!manifest->knows_tasks)
    return;
  sag_json_begin_array (json, "tasks");
  for (guint i = 0; i < manifest->tasks->len; i++)
    {
      const SagBundleTask *task = manifest->tasks->pdata[i];

      sag_json_begin_object (json, NULL);
      sag_json_string (json, "text", task->text);
      sag_json_string (json, "head", task->head == SAG_HEAD_CLASS ? "class" : "patch");
      sag_json_number (json, "prevalence", task->prevalence);
      sag_json_number (json, "auroc", task->auroc);
      sag_json_end_object (json);
    }
  sag_json_end_array (json);
}

static void
write_files (SagJsonWriter *json, const SagManifest *manifest)
{
  sag_json_begin_object (json, "files");
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    {
      sag_json_begin_object (json, file_names[f]);
      sag_json_integer (json, "size", (gint64) manifest->size_bytes[f]);
      sag_json_string (json, "sha256", manifest->sha256[f]);
      sag_json_end_object (json);
    }
  sag_json_end_object (json);
}

char *
sag_manifest_to_json (const SagManifest *manifest)
{
  g_autoptr (SagJsonWriter) json = sag_json_writer_new ();

  g_return_val_if_fail (manifest != NULL, NULL);

  sag_json_begin_object (json, NULL);
  sag_json_string (json, "format", "sagitta-bundle");
  sag_json_integer (json, "version", 1);
  sag_json_string (json, "name", manifest->name);
  sag_json_boolean (json, "trained", manifest->trained);
  sag_json_boolean (json, "synthetic", manifest->synthetic);
  write_network (json, &manifest->network);
  if (manifest->lora_scaling != 0)
    {
      sag_json_begin_object (json, "lora");
      sag_json_number (json, "scaling", manifest->lora_scaling);
      sag_json_end_object (json);
    }
  sag_json_begin_object (json, "recipe");
  sag_json_string (json, "kind", recipe_names[manifest->recipe.kind]);
  sag_json_integers (json, "box_mm", manifest->recipe.box_mm, 3);
  sag_json_integers (json, "train_box_mm", manifest->recipe.train_box_mm, 3);
  sag_json_end_object (json);
  write_tasks (json, manifest);
  sag_json_begin_object (json, "provenance");
  for (guint i = 0; i < manifest->notes->len; i++)
    {
      const SagBundleNote *note = manifest->notes->pdata[i];

      sag_json_string (json, note->key, note->value);
    }
  sag_json_end_object (json);
  sag_json_begin_object (json, "license");
  sag_json_string (json, "weights", manifest->weights_license);
  sag_json_string (json, "data", manifest->data_license);
  sag_json_string (json, "permitted_use", manifest->permitted_use);
  sag_json_end_object (json);
  write_files (json, manifest);
  sag_json_end_object (json);
  return sag_json_writer_finish (json);
}
