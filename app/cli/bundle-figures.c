/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/bundle-figures.h"

#include "model/core/error.h"
#include "model/core/json-reader.h"

#define MOST_BYTES (1 << 28)

/* Which of the report's models is the bundle. */
static gboolean
find_model (JsonObject *report, const char *sha256, guint *model, GError **error)
{
  JsonArray *bundles;

  if (!sag_json_get_array (report, "bundles", &bundles, error))
    return FALSE;
  for (*model = 0; *model < json_array_get_length (bundles); (*model)++)
    {
      JsonNode   *node = json_array_get_element (bundles, *model);
      const char *hash;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        break;
      if (!sag_json_get_string (json_node_get_object (node), "sha256", &hash, error))
        return FALSE;
      if (g_str_equal (hash, sha256))
        return TRUE;
    }
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "The report is of another bundle; evaluate this one (%.12s).", sha256);
  return FALSE;
}

static gboolean
add_wordings (GHashTable *aurocs, JsonObject *task, double auroc, GError **error)
{
  JsonArray *wordings;

  if (!sag_json_get_array (task, "wordings", &wordings, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (wordings); i++)
    {
      const char *text = json_node_get_string (json_array_get_element (wordings, i));

      if (text != NULL)
        g_hash_table_insert (aurocs, g_strdup (text), g_memdup2 (&auroc, sizeof auroc));
    }
  return TRUE;
}

static gboolean
add_task (GHashTable *aurocs[SAG_N_HEADS], JsonObject *task, guint model, GError **error)
{
  const char *number;
  JsonArray  *models;
  JsonNode   *figures;
  double      auroc;

  if (!sag_json_get_string (task, "number", &number, error) ||
      !sag_json_get_array (task, "models", &models, error))
    return FALSE;
  figures = model < json_array_get_length (models) ? json_array_get_element (models, model) : NULL;
  if (figures == NULL || !JSON_NODE_HOLDS_OBJECT (figures) ||
      (json_object_has_member (json_node_get_object (figures), "auroc") &&
       json_object_get_null_member (json_node_get_object (figures), "auroc")))
    return TRUE;
  if (!sag_json_get_number (json_node_get_object (figures), "auroc", &auroc, error))
    return FALSE;
  return add_wordings (
    aurocs[g_str_equal (number, "probability") ? SAG_HEAD_CLASS : SAG_HEAD_PATCH], task, auroc,
    error);
}

gboolean
sag_cli_read_figures (const char *path,
                      SagBundle  *bundle,
                      GHashTable *aurocs[SAG_N_HEADS],
                      GError    **error)
{
  g_autoptr (JsonNode) node = sag_json_parse_file (path, MOST_BYTES, error);
  JsonArray *tasks;
  gboolean   done;
  guint      model;

  if (node == NULL)
    return FALSE;
  done = find_model (json_node_get_object (node), sag_bundle_get_sha256 (bundle), &model, error) &&
         sag_json_get_array (json_node_get_object (node), "tasks", &tasks, error);
  for (guint i = 0; i < SAG_N_HEADS; i++)
    aurocs[i] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; done && i < json_array_get_length (tasks); i++)
    {
      JsonNode *task = json_array_get_element (tasks, i);

      done = !JSON_NODE_HOLDS_OBJECT (task) ||
             add_task (aurocs, json_node_get_object (task), model, error);
    }
  if (!done)
    g_prefix_error (error, "%s: ", path);
  return done;
}
