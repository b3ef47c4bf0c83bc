/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/report-figures.h"

#include "model/core/error.h"

#include <math.h>

#define MOST_COUNT G_MAXINT32
/* Sums of shares may be so far above 1. */
#define ROUNDING 1e-9

gboolean
sag_report_figures_fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT, sentence);
  return FALSE;
}

static gboolean
is_number (JsonNode *node)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  return type == G_TYPE_DOUBLE || type == G_TYPE_INT64;
}

static gboolean
read_values (JsonNode *node, const SagReportFigure *figure, double *values)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (figure->n > 1 && (array == NULL || json_array_get_length (array) != figure->n))
    return FALSE;
  for (guint i = 0; i < figure->n; i++)
    {
      JsonNode *item = figure->n > 1 ? json_array_get_element (array, i) : node;

      if (!is_number (item))
        return FALSE;
      values[i] = json_node_get_double (item);
      if (!(values[i] >= figure->least - ROUNDING && values[i] <= figure->most + ROUNDING) ||
          (i > 0 && values[i] < values[i - 1]))
        return FALSE;
      values[i] = CLAMP (values[i], figure->least, figure->most);
    }
  return TRUE;
}

gboolean
sag_report_figures_read (
  JsonObject *object, const SagReportFigure *figures, gsize n, gpointer base, GError **error)
{
  for (gsize f = 0; f < n; f++)
    {
      const SagReportFigure *figure = &figures[f];
      JsonNode              *node = json_object_get_member (object, figure->key);
      double                *values = (double *) (gpointer) ((char *) base + figure->offset);

      for (guint i = 0; i < figure->n; i++)
        values[i] = NAN;
      if (node == NULL || JSON_NODE_HOLDS_NULL (node) || read_values (node, figure, values))
        continue;
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"%s\" holds what it cannot be.",
                   figure->key);
      return FALSE;
    }
  return TRUE;
}

gboolean
sag_report_figures_count (JsonObject *object, const char *key, gsize *count, GError **error)
{
  gint64 value = 0;

  if (!sag_json_get_integer (object, key, 0, MOST_COUNT, &value, error))
    return FALSE;
  *count = (gsize) value;
  return TRUE;
}

void
sag_report_figures_numbers (JsonNode *node, double *values, guint n)
{
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean whole = array != NULL && json_array_get_length (array) == n;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *item = whole ? json_array_get_element (array, i) : NULL;

      whole = whole && is_number (item);
      values[i] = whole ? json_node_get_double (item) : NAN;
      whole = whole && isfinite (values[i]);
    }
  for (guint i = 0; i < n && !whole; i++)
    values[i] = NAN;
}

char **
sag_report_figures_dup_strings (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();
  JsonArray *array =
    node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode   *item = json_array_get_element (array, i);
      const char *string = JSON_NODE_HOLDS_VALUE (item) ? json_node_get_string (item) : NULL;

      if (string != NULL)
        g_strv_builder_add (strings, string);
    }
  return g_strv_builder_end (strings);
}
