/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/catalogue-private.h"

#include "model/core/error.h"
#include "model/core/json-reader.h"

#include <string.h>

/* The catalogue's file: a JSON object.
 *
 *   format     1
 *   about      sentences for the reader of the file
 *   templates  [{kind, source, text}]
 *   tasks      [{text, source, kind, label, finding, datasets, ...}], as of SagTask; absent keys are NULL, 0, FALSE
 */

#define FORMAT 1
#define MAX_LABEL_ID 65535
#define MAX_MONTHS 1200

static const char *const source_names[] = { "paper", "code", "ours" };
static const char *const laterality_names[] = { "none", "left", "right" };
static const char *const dataset_names[] = { "ct-rate",           "inspect-own",
                                             "inspect-shared",    "radchest-shared",
                                             "radchest-unique",   "segmentation-paper",
                                             "segmentation-code", "luna16" };

const char *
sag_task_source_to_string (SagTaskSource source)
{
  g_return_val_if_fail ((gsize) source < G_N_ELEMENTS (source_names), NULL);
  return source_names[source];
}

const char *
sag_laterality_to_string (SagLaterality laterality)
{
  g_return_val_if_fail ((gsize) laterality < G_N_ELEMENTS (laterality_names), NULL);
  return laterality_names[laterality];
}

const char *
sag_task_dataset_to_string (SagTaskDataset dataset)
{
  int bit = g_bit_nth_lsf (dataset, -1);

  g_return_val_if_fail (bit >= 0 && (gsize) bit < G_N_ELEMENTS (dataset_names), NULL);
  return dataset_names[bit];
}

/* Where a string is among names, or -1 with an error that names the key. */
static int
index_of (
  const char *value, const char *key, const char *const *names, gsize n_names, GError **error)
{
  for (gsize i = 0; i < n_names; i++)
    if (strcmp (value, names[i]) == 0)
      return i;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "\"%s\" is \"%s\", which is none of its known values.", key, value);
  return -1;
}

static gboolean
read_name (JsonObject        *object,
           const char        *key,
           const char *const *names,
           gsize              n_names,
           guint             *index,
           GError           **error)
{
  const char *value;
  int         at;

  if (!sag_json_get_string (object, key, &value, error) ||
      (at = index_of (value, key, names, n_names, error)) < 0)
    return FALSE;
  *index = at;
  return TRUE;
}

static gboolean
read_text (
  SagCatalogue *catalogue, JsonObject *object, const char *key, const char **text, GError **error)
{
  const char *value;

  if (!sag_json_get_string (object, key, &value, error))
    return FALSE;
  if (*value == 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" is empty.", key);
      return FALSE;
    }
  *text = g_string_chunk_insert_const (catalogue->strings, value);
  return TRUE;
}

static gboolean
read_optional_text (
  SagCatalogue *catalogue, JsonObject *object, const char *key, const char **text, GError **error)
{
  return !json_object_has_member (object, key) || read_text (catalogue, object, key, text, error);
}

static gboolean
read_optional_boolean (JsonObject *object, const char *key, gboolean *value, GError **error)
{
  return !json_object_has_member (object, key) || sag_json_get_boolean (object, key, value, error);
}

static gboolean
read_kind (JsonObject *object, SagTaskKind *kind, GError **error)
{
  const char *name;

  if (!sag_json_get_string (object, "kind", &name, error))
    return FALSE;
  if (sag_task_kind_from_string (name, kind))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "\"kind\" is \"%s\", which is none of its known values.", name);
  return FALSE;
}

static gboolean
string_at (JsonArray *array, guint index, const char *key, const char **text, GError **error)
{
  JsonNode *node = json_array_get_element (array, index);

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      *text = json_node_get_string (node);
      return TRUE;
    }
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" holds something that is not a text.",
               key);
  return FALSE;
}

static gboolean
read_datasets (JsonObject *object, guint *datasets, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, "datasets", &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *name;
      int         at;

      if (!string_at (array, i, "datasets", &name, error))
        return FALSE;
      at = index_of (name, "datasets", dataset_names, G_N_ELEMENTS (dataset_names), error);
      if (at < 0)
        return FALSE;
      *datasets |= 1u << at;
    }
  return TRUE;
}

static gboolean
read_ids (JsonObject *object, const char *key, const gint32 **ids, gsize *n_ids, GError **error)
{
  g_autofree gint32 *values = NULL;
  JsonArray         *array;
  guint              n;

  if (!json_object_has_member (object, key))
    return TRUE;
  if (!sag_json_get_array (object, key, &array, error))
    return FALSE;
  n = json_array_get_length (array);
  values = g_new0 (gint32, n);
  if (!sag_json_get_sizes (object, key, MAX_LABEL_ID, n, values, error))
    return FALSE;
  *n_ids = n;
  *ids = g_steal_pointer (&values);
  return TRUE;
}

/* A name may stand for one finding only. */
static gboolean
add_name (SagCatalogue *catalogue, const SagTask *task, const char *name, GError **error)
{
  g_autofree char *key = sag_catalogue_dup_name_key (task->kind, name, task->months);
  const char      *other = g_hash_table_lookup (catalogue->by_name, key);

  if (*name == 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "an alias is empty.");
      return FALSE;
    }
  if (other != NULL && strcmp (other, task->finding) != 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "\"%s\" already stands for the finding \"%s\".", name, other);
      return FALSE;
    }
  g_hash_table_insert (catalogue->by_name, g_steal_pointer (&key), (gpointer) task->finding);
  return TRUE;
}

static gboolean
add_names (SagCatalogue *catalogue, JsonObject *object, const SagTask *task, GError **error)
{
  g_auto (SagTaskWords) words = { 0 };
  JsonArray *array;

  sag_task_words_init (&words, task->text);
  if (words.finding != NULL && !add_name (catalogue, task, words.finding, error))
    return FALSE;
  if (!json_object_has_member (object, "aliases"))
    return TRUE;
  if (!sag_json_get_array (object, "aliases", &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const char *name;

      if (!string_at (array, i, "aliases", &name, error) ||
          !add_name (catalogue, task, name, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_months (JsonObject *object, SagTask *task, GError **error)
{
  gint32 months;

  if (!read_optional_boolean (object, "prognostic", &task->prognostic, error))
    return FALSE;
  if (task->prognostic != (task->kind == SAG_TASK_PREDICT))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "\"prognostic\" must be true for predictions only.");
      return FALSE;
    }
  if (!task->prognostic)
    return TRUE;
  if (!sag_json_get_size (object, "months", MAX_MONTHS, &months, error))
    return FALSE;
  task->months = months;
  return TRUE;
}

static gboolean
read_laterality (JsonObject *object, SagLaterality *laterality, GError **error)
{
  return !json_object_has_member (object, "laterality") ||
         read_name (object, "laterality", laterality_names, G_N_ELEMENTS (laterality_names),
                    laterality, error);
}

static gboolean
read_task_members (SagCatalogue *catalogue, JsonObject *object, SagTask *task, GError **error)
{
  return read_text (catalogue, object, "text", &task->text, error) &&
         read_name (object, "source", source_names, G_N_ELEMENTS (source_names), &task->source,
                    error) &&
         read_kind (object, &task->kind, error) &&
         read_text (catalogue, object, "label", &task->label, error) &&
         read_text (catalogue, object, "finding", &task->finding, error) &&
         read_optional_text (catalogue, object, "dataset_label", &task->dataset_label, error) &&
         read_optional_text (catalogue, object, "organ", &task->organ, error) &&
         read_optional_text (catalogue, object, "preposition", &task->preposition, error) &&
         read_optional_text (catalogue, object, "note", &task->note, error) &&
         read_datasets (object, &task->datasets, error) && read_months (object, task, error) &&
         read_laterality (object, &task->laterality, error) &&
         read_optional_boolean (object, "derived", &task->derived, error) &&
         read_ids (object, "totalsegmentator", &task->target_ids, &task->n_target_ids, error) &&
         read_ids (object, "upstream_totalsegmentator", &task->upstream_ids, &task->n_upstream_ids,
                   error);
}

static gboolean
check_task (SagCatalogue *catalogue, const SagTask *task, GError **error)
{
  if (sag_task_kind (task->text) != task->kind)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                 "\"kind\" is \"%s\", but its text starts otherwise.",
                 sag_task_kind_to_string (task->kind));
  else if (g_hash_table_contains (catalogue->by_text, task->text))
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, "its text was there before.");
  else
    return TRUE;
  return FALSE;
}

/* The task joins the array first, so that whatever was read of it is freed with the catalogue. */
static gboolean
read_task (SagCatalogue *catalogue, JsonObject *object, GError **error)
{
  SagTask         *task;
  g_autofree char *slug = NULL;

  g_array_set_size (catalogue->tasks, catalogue->tasks->len + 1);
  task = &g_array_index (catalogue->tasks, SagTask, catalogue->tasks->len - 1);
  if (!read_task_members (catalogue, object, task, error) || !check_task (catalogue, task, error))
    return FALSE;
  slug = sag_task_slug (task->text);
  task->slug = g_string_chunk_insert_const (catalogue->strings, slug);
  g_hash_table_insert (catalogue->by_text, (gpointer) task->text,
                       GUINT_TO_POINTER (catalogue->tasks->len));
  return add_names (catalogue, object, task, error);
}

static gboolean
read_template (SagCatalogue *catalogue, JsonObject *object, GError **error)
{
  SagTaskTemplate template = { 0 };

  if (!read_kind (object, &template.kind, error) ||
      !read_name (object, "source", source_names, G_N_ELEMENTS (source_names), &template.source,
                  error) ||
      !read_text (catalogue, object, "text", &template.text, error))
    return FALSE;
  g_array_append_val (catalogue->templates, template);
  return TRUE;
}

typedef gboolean (*ReadFunc) (SagCatalogue *catalogue, JsonObject *object, GError **error);

/* A list of objects; errors say which one. */
static gboolean
read_list (
  SagCatalogue *catalogue, JsonObject *root, const char *key, ReadFunc read, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (root, key, &array, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "entry %u of \"%s\" is not an object.",
                       i + 1, key);
          return FALSE;
        }
      if (!read (catalogue, json_node_get_object (node), error))
        {
          g_prefix_error (error, "entry %u of \"%s\": ", i + 1, key);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
sag_catalogue_read (SagCatalogue *catalogue, JsonObject *root, GError **error)
{
  gint64 format;

  return sag_json_get_integer (root, "format", FORMAT, FORMAT, &format, error) &&
         read_list (catalogue, root, "templates", read_template, error) &&
         read_list (catalogue, root, "tasks", read_task, error);
}
