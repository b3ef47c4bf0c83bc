/* SPDX-License-Identifier: Apache-2.0 */
#include "model/bundle/config.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"

#include <string.h>

#define MAX_CONFIG_BYTES ((gsize) 4 << 20)

/* A member may be absent or null. */
static gboolean
is_there (JsonObject *root, const char *key)
{
  return json_object_has_member (root, key) && !json_object_get_null_member (root, key);
}

static gboolean
get_size (JsonObject *root, const char *key, gint32 *value, GError **error)
{
  return !is_there (root, key) || sag_json_get_size (root, key, G_MAXINT32, value, error);
}

/* A text, if there, must be one of @allowed; @index tells which. */
static gboolean
check_choice (
  JsonObject *root, const char *key, const char *const *allowed, int *index, GError **error)
{
  g_autofree char *choices = NULL;
  const char      *text;

  *index = -1;
  if (!is_there (root, key))
    return TRUE;
  if (!sag_json_get_string (root, key, &text, error))
    return FALSE;
  for (int i = 0; allowed[i] != NULL; i++)
    if (strcmp (text, allowed[i]) == 0)
      {
        *index = i;
        return TRUE;
      }
  choices = g_strjoinv (" or ", (char **) allowed);
  g_set_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "\"%s\" is \"%.60s\"; Sagitta runs %s.",
               key, text, choices);
  return FALSE;
}

static gboolean
parse (JsonObject *root, SagTextConfig *config, GError **error)
{
  static const char *const kinds[] = { "bert", "megatron-bert", NULL };
  static const char *const activations[] = { "gelu", "gelu_python", NULL };
  static const char *const positions[] = { "absolute", NULL };
  int                      kind, ignored;
  double                   eps = 0;

  if (!check_choice (root, "model_type", kinds, &kind, error) ||
      !check_choice (root, "hidden_act", activations, &ignored, error) ||
      !check_choice (root, "position_embedding_type", positions, &ignored, error) ||
      !get_size (root, "hidden_size", &config->hidden, error) ||
      !get_size (root, "num_attention_heads", &config->heads, error) ||
      !get_size (root, "intermediate_size", &config->intermediate, error) ||
      !get_size (root, "vocab_size", &config->words, error) ||
      !get_size (root, "max_position_embeddings", &config->positions, error) ||
      !get_size (root, "type_vocab_size", &config->types, error) ||
      (is_there (root, "layer_norm_eps") &&
       !sag_json_get_number (root, "layer_norm_eps", &eps, error)))
    return FALSE;
  config->has_kind = kind >= 0;
  config->kind = kind == 1 ? SAG_TEXT_MEGATRON : SAG_TEXT_BERT;
  config->layer_norm_eps = (float) eps;
  return TRUE;
}

gboolean
sag_text_config_parse (
  const char *text, gsize size_bytes, const char *name, SagTextConfig *config, GError **error)
{
  g_autoptr (JsonNode) root = sag_json_parse (text, size_bytes, name, error);

  memset (config, 0, sizeof *config);
  if (root == NULL)
    return FALSE;
  if (parse (json_node_get_object (root), config, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

gboolean
sag_text_config_load (const char *path, SagTextConfig *config, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (JsonNode) root = sag_json_parse_file (path, MAX_CONFIG_BYTES, error);

  memset (config, 0, sizeof *config);
  if (root == NULL)
    return FALSE;
  if (parse (json_node_get_object (root), config, error))
    return TRUE;
  g_prefix_error (error, "%s: ", name);
  return FALSE;
}
