/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * sag_json_parse: reads a JSON document from outside whose top is an object.
 * @name: stands in messages, usually the file's name
 *
 * json-glib reads it, after a strict look that it does not take itself: UTF-8, no comments, no control
 * characters, no lone surrogates, at most 64 levels deep. A key twice in one object is an error, too.
 *
 * Returns: (transfer full): the document. Errors: SAG_ERROR_FORMAT naming @name and the line.
 */
JsonNode *sag_json_parse (const char *text, gsize size_bytes, const char *name, GError **error);

/** sag_json_parse_file: the same of a file of at most @max_bytes. Errors: also SAG_ERROR_LIMIT, G_FILE_ERROR. */
JsonNode *sag_json_parse_file (const char *path, gsize max_bytes, GError **error);

/*
 * Members of an object. A missing member, another type or a value outside the range is a
 * SAG_ERROR_FORMAT that names the key; the caller prefixes the file's name. Ask json_object_has_member()
 * first where a member may be absent.
 */
gboolean sag_json_get_integer (
  JsonObject *object, const char *key, gint64 least, gint64 most, gint64 *value, GError **error);
/** sag_json_get_size: an integer between 0 and @most that fits gint32. */
gboolean
sag_json_get_size (JsonObject *object, const char *key, gint32 most, gint32 *value, GError **error);
/** sag_json_get_sizes: an array of exactly @n_values such integers. */
gboolean sag_json_get_sizes (
  JsonObject *object, const char *key, gint32 most, guint n_values, gint32 *values, GError **error);
/** sag_json_element_get_integer: element @index, which exists, of the array that @key holds. */
gboolean sag_json_element_get_integer (JsonArray  *array,
                                       guint       index,
                                       const char *key,
                                       gint64      least,
                                       gint64      most,
                                       gint64     *value,
                                       GError    **error);
/** sag_json_get_number: finite. */
gboolean sag_json_get_number (JsonObject *object, const char *key, double *value, GError **error);
gboolean
sag_json_get_boolean (JsonObject *object, const char *key, gboolean *value, GError **error);
/** sag_json_get_string: (transfer none), lives as long as @object. */
gboolean
sag_json_get_string (JsonObject *object, const char *key, const char **value, GError **error);
/** sag_json_get_object: (transfer none). */
gboolean
sag_json_get_object (JsonObject *object, const char *key, JsonObject **value, GError **error);
/** sag_json_get_array: (transfer none). */
gboolean
sag_json_get_array (JsonObject *object, const char *key, JsonArray **value, GError **error);

G_END_DECLS
