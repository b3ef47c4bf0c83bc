/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/manifest.h"

#include "model/core/error.h"
#include "model/core/json-reader.h"

#include <math.h>
#include <string.h>

#define MAX_SIZE G_MAXINT32
#define MAX_BOX_MM 4096
#define MAX_TASKS 100000

static gboolean
get_eps (JsonObject *object, const char *key, float *value, GError **error)
{
  double number;

  if (!sag_json_get_number (object, key, &number, error))
    return FALSE;
  *value = (float) number;
  return TRUE;
}

static gboolean
get_bool (JsonObject *object, const char *key, bool *value, GError **error)
{
  gboolean read;

  if (!sag_json_get_boolean (object, key, &read, error))
    return FALSE;
  *value = read;
  return TRUE;
}

static gboolean
parse_block (JsonNode *node, SagBlock *block, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (object == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "\"blocks\" holds something that is not an object.");
      return FALSE;
    }
  return sag_json_get_size (object, "stage", MAX_SIZE, &block->stage, error) &&
         sag_json_get_size (object, "index", MAX_SIZE, &block->index, error) &&
         sag_json_get_size (object, "kernel", MAX_SIZE, &block->kernel, error) &&
         sag_json_get_size (object, "stride", MAX_SIZE, &block->stride, error) &&
         sag_json_get_size (object, "in", MAX_SIZE, &block->in_channels, error) &&
         sag_json_get_size (object, "mid", MAX_SIZE, &block->mid_channels, error) &&
         sag_json_get_size (object, "out", MAX_SIZE, &block->out_channels, error) &&
         sag_json_get_size (object, "gate", MAX_SIZE, &block->gate_channels, error) &&
         get_bool (object, "expands", &block->expands, error) &&
         get_bool (object, "skips", &block->skips, error);
}

static gboolean
parse_vision (JsonObject *object, SagNetwork *network, GError **error)
{
  JsonArray *blocks;

  if (!sag_json_get_size (object, "stem", MAX_SIZE, &network->stem_channels, error) ||
      !sag_json_get_size (object, "head", MAX_SIZE, &network->head_channels, error) ||
      !get_eps (object, "batch_norm_eps", &network->batch_norm_eps, error) ||
      !sag_json_get_array (object, "blocks", &blocks, error))
    return FALSE;
  if (json_array_get_length (blocks) > SAG_MAX_BLOCKS)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"blocks\" has %u blocks; %d are possible.",
                   json_array_get_length (blocks), SAG_MAX_BLOCKS);
      return FALSE;
    }
  network->n_blocks = (int32_t) json_array_get_length (blocks);
  for (int32_t b = 0; b < network->n_blocks; b++)
    if (!parse_block (json_array_get_element (blocks, (guint) b), &network->blocks[b], error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_text (JsonObject *object, SagNetwork *network, GError **error)
{
  const char *kind;
  int32_t     n_words, hidden;

  if (!sag_json_get_string (object, "kind", &kind, error))
    return FALSE;
  if (strcmp (kind, "multi-label") == 0)
    {
      if (!sag_json_get_size (object, "words", MAX_SIZE, &n_words, error) ||
          !sag_json_get_size (object, "hidden", MAX_SIZE, &hidden, error))
        return FALSE;
      sag_network_set_multi_label (network, n_words, hidden);
      return TRUE;
    }
  if (strcmp (kind, "bert") != 0 && strcmp (kind, "megatron-bert") != 0)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
        "\"kind\" of the text layers is \"%.40s\"; bert, megatron-bert and multi-label are known.",
        kind);
      return FALSE;
    }
  network->text_kind = strcmp (kind, "bert") == 0 ? SAG_TEXT_BERT : SAG_TEXT_MEGATRON;
  return sag_json_get_size (object, "words", MAX_SIZE, &network->n_words, error) &&
         sag_json_get_size (object, "positions", MAX_SIZE, &network->n_positions, error) &&
         sag_json_get_size (object, "types", MAX_SIZE, &network->n_types, error) &&
         sag_json_get_size (object, "hidden", MAX_SIZE, &network->hidden, error) &&
         sag_json_get_size (object, "heads", MAX_SIZE, &network->n_heads, error) &&
         sag_json_get_size (object, "intermediate", MAX_SIZE, &network->intermediate, error) &&
         sag_json_get_size (object, "layers", MAX_SIZE, &network->text_layers, error) &&
         get_eps (object, "layer_norm_eps", &network->layer_norm_eps, error);
}

static gboolean
parse_network (JsonObject *root, SagNetwork *network, GError **error)
{
  JsonObject *object, *vision, *text;
  char        message[200];

  if (!sag_json_get_object (root, "network", &object, error) ||
      !sag_json_get_sizes (object, "input", MAX_SIZE, 3, network->input, error) ||
      !sag_json_get_sizes (object, "cells", MAX_SIZE, 3, network->cells, error) ||
      !sag_json_get_object (object, "vision", &vision, error) ||
      !parse_vision (vision, network, error) ||
      !sag_json_get_object (object, "text", &text, error) || !parse_text (text, network, error))
    return FALSE;
  if (sag_network_validate (network, message))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "the network is impossible: %s.", message);
  return FALSE;
}

static gboolean
parse_recipe (JsonObject *root, SagManifest *manifest, GError **error)
{
  JsonObject *object;
  const char *kind;

  if (!sag_json_get_object (root, "recipe", &object, error) ||
      !sag_json_get_string (object, "kind", &kind, error))
    return FALSE;
  if (!sag_recipe_from_string (kind, &manifest->recipe.kind))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                   "\"kind\" of the recipe is \"%.40s\"; upstream and paper are known.", kind);
      return FALSE;
    }
  if (!sag_json_get_sizes (object, "box_mm", MAX_BOX_MM, 3, manifest->recipe.box_mm, error) ||
      !sag_json_get_sizes (object, "train_box_mm", MAX_BOX_MM, 3, manifest->recipe.train_box_mm,
                           error))
    return FALSE;
  for (int a = 0; a < 3; a++)
    {
      if (manifest->recipe.box_mm[a] < 1 || manifest->recipe.train_box_mm[a] < 1)
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "a box of the recipe is empty.");
          return FALSE;
        }
      manifest->recipe.input[a] = manifest->network.input[a];
    }
  return TRUE;
}

/* A number between 0 and 1, or null for NaN. */
static gboolean
get_share (JsonObject *object, const char *key, double *value, GError **error)
{
  *value = NAN;
  if (!json_object_has_member (object, key) || json_object_get_null_member (object, key))
    return TRUE;
  if (!sag_json_get_number (object, key, value, error))
    return FALSE;
  if (*value >= 0 && *value <= 1)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" of a task does not lie between 0 and 1.",
               key);
  return FALSE;
}

static gboolean
parse_task (JsonNode *node, SagManifest *manifest, GError **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *text, *head;
  double      prevalence, auroc;

  if (object == NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "\"tasks\" holds something that is not an object.");
      return FALSE;
    }
  if (!sag_json_get_string (object, "text", &text, error) ||
      !sag_json_get_string (object, "head", &head, error) ||
      !get_share (object, "prevalence", &prevalence, error) ||
      !get_share (object, "auroc", &auroc, error))
    return FALSE;
  if (strcmp (head, "class") != 0 && strcmp (head, "patch") != 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "\"head\" of a task is neither class nor patch.");
      return FALSE;
    }
  sag_manifest_add_task (manifest, text,
                         strcmp (head, "class") == 0 ? SAG_HEAD_CLASS : SAG_HEAD_PATCH, prevalence,
                         auroc);
  return TRUE;
}

gboolean
sag_manifest_parse_tasks (SagManifest *manifest, JsonObject *object, GError **error)
{
  JsonArray *tasks;

  if (!sag_json_get_array (object, "tasks", &tasks, error))
    return FALSE;
  if (json_array_get_length (tasks) > MAX_TASKS)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"tasks\" has more than %d tasks.",
                   MAX_TASKS);
      return FALSE;
    }
  manifest->knows_tasks = TRUE;
  for (guint i = 0; i < json_array_get_length (tasks); i++)
    if (!parse_task (json_array_get_element (tasks, i), manifest, error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_notes (JsonObject *root, SagManifest *manifest, GError **error)
{
  JsonObject    *object;
  JsonObjectIter iter;
  const char    *key, *value;

  if (!sag_json_get_object (root, "provenance", &object, error))
    return FALSE;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, NULL))
    {
      if (!sag_json_get_string (object, key, &value, error))
        return FALSE;
      sag_manifest_add_note (manifest, key, value);
    }
  return TRUE;
}

static gboolean
get_optional_text (JsonObject *object, const char *key, char **value, GError **error)
{
  const char *text;

  if (!json_object_has_member (object, key) || json_object_get_null_member (object, key))
    return TRUE;
  if (!sag_json_get_string (object, key, &text, error))
    return FALSE;
  *value = g_strdup (text);
  return TRUE;
}

static gboolean
is_sha256 (const char *text)
{
  for (int i = 0; i < 64; i++)
    if (!g_ascii_isxdigit (text[i]) || g_ascii_isupper (text[i]))
      return FALSE;
  return text[64] == '\0';
}

static gboolean
parse_files (JsonObject *root, SagManifest *manifest, GError **error)
{
  JsonObject *object, *entry;

  if (!sag_json_get_object (root, "files", &object, error))
    return FALSE;
  for (int f = 0; f < SAG_BUNDLE_N_FILES; f++)
    {
      const char *sha256;
      gint64      size_bytes;

      if (!sag_json_get_object (object, sag_bundle_file_get_name ((SagBundleFile) f), &entry,
                                error) ||
          !sag_json_get_integer (entry, "size", 0, G_MAXINT64, &size_bytes, error) ||
          !sag_json_get_string (entry, "sha256", &sha256, error))
        return FALSE;
      if (!is_sha256 (sha256))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "\"sha256\" is not 64 lower-case hex digits.");
          return FALSE;
        }
      manifest->sha256[f] = g_strdup (sha256);
      manifest->size_bytes[f] = (guint64) size_bytes;
    }
  return TRUE;
}

static gboolean
parse_head (JsonObject *root, SagManifest *manifest, GError **error)
{
  JsonObject *lora;
  const char *format, *name;
  gint64      version;

  if (!sag_json_get_string (root, "format", &format, error) ||
      !sag_json_get_integer (root, "version", 1, G_MAXINT64, &version, error))
    return FALSE;
  if (strcmp (format, "sagitta-bundle") != 0 || version != 1)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED,
                   "it is of format \"%.40s\" version %" G_GINT64_FORMAT
                   "; this program reads sagitta-bundle version 1.",
                   format, version);
      return FALSE;
    }
  if (!sag_json_get_string (root, "name", &name, error) ||
      !sag_json_get_boolean (root, "trained", &manifest->trained, error) ||
      !sag_json_get_boolean (root, "synthetic", &manifest->synthetic, error))
    return FALSE;
  manifest->name = g_strdup (name);
  if (!json_object_has_member (root, "lora"))
    return TRUE;
  return sag_json_get_object (root, "lora", &lora, error) &&
         sag_json_get_number (lora, "scaling", &manifest->lora_scaling, error);
}

static gboolean
parse_license (JsonObject *root, SagManifest *manifest, GError **error)
{
  JsonObject *object;

  return sag_json_get_object (root, "license", &object, error) &&
         get_optional_text (object, "weights", &manifest->weights_license, error) &&
         get_optional_text (object, "data", &manifest->data_license, error) &&
         get_optional_text (object, "permitted_use", &manifest->permitted_use, error);
}

SagManifest *
sag_manifest_parse (const char *text, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (JsonNode) node = sag_json_parse (text, size_bytes, name, error);
  g_autoptr (SagManifest) manifest = NULL;
  JsonObject *root;

  if (node == NULL)
    return NULL;
  root = json_node_get_object (node);
  manifest = sag_manifest_new (NULL);
  if (parse_head (root, manifest, error) && parse_network (root, &manifest->network, error) &&
      parse_recipe (root, manifest, error) &&
      (!json_object_has_member (root, "tasks") ||
       sag_manifest_parse_tasks (manifest, root, error)) &&
      parse_notes (root, manifest, error) && parse_license (root, manifest, error) &&
      parse_files (root, manifest, error))
    return g_steal_pointer (&manifest);
  g_prefix_error (error, "%s: ", name);
  return NULL;
}
