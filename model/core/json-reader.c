/* SPDX-License-Identifier: Apache-2.0 */

/* A strict look at JSON before json-glib sees it. json-glib 1.6 recurses without a limit, skips comments,
 * takes the last of two equal keys and asserts that a high surrogate has its partner.
 */

#include "model/core/json-reader.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <math.h>
#include <string.h>

#define MAX_DEPTH 64

typedef struct
{
  const char *at;
  const char *end;
  guint       line;
  guint       depth;
} Scan;

/* Four hex digits after \u, or -1. */
static int
hex4 (const char *at, const char *end)
{
  int value = 0;

  if (end - at < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

/* Stands behind the backslash; leaves the escape behind. */
static const char *
scan_escape (Scan *scan)
{
  int code, low;

  if (scan->at == scan->end || strchr ("\"\\/bfnrtu", *scan->at) == NULL)
    return "has an unknown escape in a string";
  if (*scan->at++ != 'u')
    return NULL;
  code = hex4 (scan->at, scan->end);
  if (code < 0x20 || code == 0x7f)
    return "has a bad \\u escape or a control character in a string";
  scan->at += 4;
  if (code < 0xd800 || code > 0xdfff)
    return NULL;
  low = scan->end - scan->at >= 6 && scan->at[0] == '\\' && scan->at[1] == 'u'
          ? hex4 (scan->at + 2, scan->end)
          : -1;
  if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
    return "has half of a surrogate pair in a string";
  scan->at += 6;
  return NULL;
}

/* Stands behind the opening quote; leaves the closing one behind. */
static const char *
scan_string (Scan *scan)
{
  while (scan->at < scan->end)
    {
      guchar      c = *scan->at++;
      const char *problem = NULL;

      if (c == '"')
        return NULL;
      if (c < 0x20 || c == 0x7f)
        return "has a control character in a string";
      if (c == '\\' && (problem = scan_escape (scan)) != NULL)
        return problem;
    }
  return "ends inside a string";
}

/* Everything outside strings: returns what is wrong, or NULL. */
static const char *
scan_document (Scan *scan)
{
  while (scan->at < scan->end)
    {
      char        c = *scan->at++;
      const char *problem;

      if (c == '\n')
        scan->line++;
      else if (c == '"')
        {
          if ((problem = scan_string (scan)) != NULL)
            return problem;
        }
      else if (c == '{' || c == '[')
        {
          if (++scan->depth > MAX_DEPTH)
            return "is nested too deep";
        }
      else if (c == '}' || c == ']')
        {
          if (scan->depth-- == 0)
            return "closes a bracket that was never opened";
        }
      else if (!g_ascii_isalnum (c) && strchr (" \t\r,:+-.", c) == NULL)
        return "holds a character that does not belong to JSON";
    }
  return scan->depth > 0 ? "ends before its last bracket" : NULL;
}

typedef struct
{
  GHashTable *counts; /* object -> members seen */
  char       *twice;
} Members;

/* json-glib replaces the older of two equal keys: then the object holds fewer members than were seen. */
static void
on_member (JsonParser *parser, JsonObject *object, const char *key, gpointer data)
{
  Members *members = data;
  guint    seen = GPOINTER_TO_UINT (g_hash_table_lookup (members->counts, object)) + 1;

  g_hash_table_insert (members->counts, object, GUINT_TO_POINTER (seen));
  if (json_object_get_size (object) < seen && members->twice == NULL)
    members->twice = g_strdup (key);
}

static void
on_object_end (JsonParser *parser, JsonObject *object, gpointer data)
{
  Members *members = data;

  g_hash_table_remove (members->counts, object);
}

static JsonNode *
parse_scanned (const char *text, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  Members          members = { counts, NULL };
  g_autofree char *twice = NULL;
  gboolean         parsed;

  g_signal_connect (parser, "object-member", G_CALLBACK (on_member), &members);
  g_signal_connect (parser, "object-end", G_CALLBACK (on_object_end), &members);
  parsed = json_parser_load_from_data (parser, text, size_bytes, NULL);
  twice = members.twice;
  if (!parsed)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s is not valid JSON.", name);
  else if (twice != NULL)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s says \"%s\" twice in one object.", name,
                 twice);
  else if (json_parser_get_root (parser) == NULL ||
           !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s holds no JSON object.", name);
  else
    return json_parser_steal_root (parser);
  return NULL;
}

JsonNode *
sag_json_parse (const char *text, gsize size_bytes, const char *name, GError **error)
{
  Scan        scan = { text, text + size_bytes, 1, 0 };
  const char *problem;

  g_return_val_if_fail (text != NULL && name != NULL, NULL);

  if (!g_utf8_validate_len (text, size_bytes, NULL))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s is not UTF-8 text.", name);
      return NULL;
    }
  problem = scan_document (&scan);
  if (problem != NULL)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s %s (line %u).", name, problem,
                   scan.line);
      return NULL;
    }
  return parse_scanned (text, size_bytes, name, error);
}

JsonNode *
sag_json_parse_file (const char *path, gsize max_bytes, GError **error)
{
  gsize            size_bytes;
  g_autofree char *text = sag_file_load (path, max_bytes, &size_bytes, error);
  g_autofree char *name = NULL;

  if (text == NULL)
    return NULL;
  name = sag_file_dup_display_name (path);
  return sag_json_parse (text, size_bytes, name, error);
}

static gboolean
refuse (GError **error, const char *key, const char *what)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" is not %s.", key, what);
  return FALSE;
}

static JsonNode *
get_member (JsonObject *object, const char *key, GError **error)
{
  JsonNode *node = json_object_get_member (object, key);

  if (node == NULL)
    g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" is missing.", key);
  return node;
}

static gboolean
node_get_integer (
  JsonNode *node, const char *key, gint64 least, gint64 most, gint64 *value, GError **error)
{
  gint64 read;

  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return refuse (error, key, "a whole number");
  read = json_node_get_int (node);
  if (read < least || read > most)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "\"%s\" is %" G_GINT64_FORMAT ", but must lie between %" G_GINT64_FORMAT
                   " and %" G_GINT64_FORMAT ".",
                   key, read, least, most);
      return FALSE;
    }
  *value = read;
  return TRUE;
}

gboolean
sag_json_get_integer (
  JsonObject *object, const char *key, gint64 least, gint64 most, gint64 *value, GError **error)
{
  JsonNode *node = get_member (object, key, error);

  return node != NULL && node_get_integer (node, key, least, most, value, error);
}

gboolean
sag_json_get_size (JsonObject *object, const char *key, gint32 most, gint32 *value, GError **error)
{
  gint64 read;

  if (!sag_json_get_integer (object, key, 0, most, &read, error))
    return FALSE;
  *value = (gint32) read;
  return TRUE;
}

gboolean
sag_json_element_get_integer (JsonArray  *array,
                              guint       index,
                              const char *key,
                              gint64      least,
                              gint64      most,
                              gint64     *value,
                              GError    **error)
{
  return node_get_integer (json_array_get_element (array, index), key, least, most, value, error);
}

gboolean
sag_json_get_sizes (
  JsonObject *object, const char *key, gint32 most, guint n_values, gint32 *values, GError **error)
{
  JsonArray *array;

  if (!sag_json_get_array (object, key, &array, error))
    return FALSE;
  if (json_array_get_length (array) != n_values)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" has %u numbers instead of %u.", key,
                   json_array_get_length (array), n_values);
      return FALSE;
    }
  for (guint i = 0; i < n_values; i++)
    {
      gint64 read;

      if (!sag_json_element_get_integer (array, i, key, 0, most, &read, error))
        return FALSE;
      values[i] = (gint32) read;
    }
  return TRUE;
}

gboolean
sag_json_get_number (JsonObject *object, const char *key, double *value, GError **error)
{
  JsonNode *node = get_member (object, key, error);
  GType     type;

  if (node == NULL)
    return FALSE;
  type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  if ((type != G_TYPE_INT64 && type != G_TYPE_DOUBLE) || !isfinite (json_node_get_double (node)))
    return refuse (error, key, "a finite number");
  *value = json_node_get_double (node);
  return TRUE;
}

gboolean
sag_json_get_boolean (JsonObject *object, const char *key, gboolean *value, GError **error)
{
  JsonNode *node = get_member (object, key, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (error, key, "true or false");
  *value = json_node_get_boolean (node);
  return TRUE;
}

gboolean
sag_json_get_string (JsonObject *object, const char *key, const char **value, GError **error)
{
  JsonNode *node = get_member (object, key, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (error, key, "a text");
  *value = json_node_get_string (node);
  return TRUE;
}

gboolean
sag_json_get_object (JsonObject *object, const char *key, JsonObject **value, GError **error)
{
  JsonNode *node = get_member (object, key, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, key, "an object");
  *value = json_node_get_object (node);
  return TRUE;
}

gboolean
sag_json_get_array (JsonObject *object, const char *key, JsonArray **value, GError **error)
{
  JsonNode *node = get_member (object, key, error);

  if (node == NULL)
    return FALSE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse (error, key, "a list");
  *value = json_node_get_array (node);
  return TRUE;
}
