/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/json-writer.h"

#include "model/core/number.h"

#include <math.h>

struct _SagJsonWriter
{
  GString *text;
  guint    depth;
  gboolean empty; /* nothing written yet at this depth */
};

SagJsonWriter *
sag_json_writer_new (void)
{
  SagJsonWriter *writer = g_new0 (SagJsonWriter, 1);

  writer->text = g_string_new (NULL);
  writer->empty = TRUE;
  return writer;
}

void
sag_json_writer_free (SagJsonWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->text != NULL)
    g_string_free (writer->text, TRUE);
  g_free (writer);
}

void
sag_json_append_string (GString *text, const char *value)
{
  static const char plains[] = "\"\\\n\t\r\b\f", letters[] = "\"\\ntrbf";
  g_autofree char  *valid = g_utf8_make_valid (value, -1);

  g_string_append_c (text, '"');
  for (const char *c = valid; *c != '\0'; c++)
    {
      const char *plain = strchr (plains, *c);

      if (plain != NULL)
        g_string_append_printf (text, "\\%c", letters[plain - plains]);
      else if (g_ascii_iscntrl (*c))
        g_string_append (text, "\357\277\275");
      else
        g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}

static void
new_line (SagJsonWriter *writer)
{
  g_string_append_c (writer->text, '\n');
  for (guint i = 0; i < writer->depth; i++)
    g_string_append (writer->text, "  ");
}

/* Everything before a value: comma, new line, name. */
static void
begin_value (SagJsonWriter *writer, const char *name)
{
  if (!writer->empty)
    g_string_append_c (writer->text, ',');
  if (writer->depth > 0)
    new_line (writer);
  writer->empty = FALSE;
  if (name != NULL)
    {
      sag_json_append_string (writer->text, name);
      g_string_append (writer->text, ": ");
    }
}

static void
begin (SagJsonWriter *writer, const char *name, char bracket)
{
  begin_value (writer, name);
  g_string_append_c (writer->text, bracket);
  writer->depth++;
  writer->empty = TRUE;
}

static void
end (SagJsonWriter *writer, char bracket)
{
  g_return_if_fail (writer->depth > 0);

  writer->depth--;
  if (!writer->empty)
    new_line (writer);
  g_string_append_c (writer->text, bracket);
  writer->empty = FALSE;
}

void
sag_json_begin_object (SagJsonWriter *writer, const char *name)
{
  begin (writer, name, '{');
}

void
sag_json_end_object (SagJsonWriter *writer)
{
  end (writer, '}');
}

void
sag_json_begin_array (SagJsonWriter *writer, const char *name)
{
  begin (writer, name, '[');
}

void
sag_json_end_array (SagJsonWriter *writer)
{
  end (writer, ']');
}

void
sag_json_string (SagJsonWriter *writer, const char *name, const char *value)
{
  begin_value (writer, name);
  if (value == NULL)
    g_string_append (writer->text, "null");
  else
    sag_json_append_string (writer->text, value);
}

void
sag_json_number (SagJsonWriter *writer, const char *name, double value)
{
  char buffer[SAG_NUMBER_BUFFER];

  begin_value (writer, name);
  g_string_append (writer->text, isfinite (value) ? sag_number_format (value, buffer) : "null");
}

void
sag_json_float (SagJsonWriter *writer, const char *name, float value)
{
  char buffer[SAG_NUMBER_BUFFER];

  begin_value (writer, name);
  g_string_append (writer->text,
                   isfinite (value) ? sag_number_format_float (value, buffer) : "null");
}

void
sag_json_integer (SagJsonWriter *writer, const char *name, gint64 value)
{
  begin_value (writer, name);
  g_string_append_printf (writer->text, "%" G_GINT64_FORMAT, value);
}

void
sag_json_boolean (SagJsonWriter *writer, const char *name, gboolean value)
{
  begin_value (writer, name);
  g_string_append (writer->text, value ? "true" : "false");
}

void
sag_json_numbers (SagJsonWriter *writer, const char *name, const double *values, gsize n_values)
{
  char buffer[SAG_NUMBER_BUFFER];

  begin_value (writer, name);
  g_string_append_c (writer->text, '[');
  for (gsize i = 0; i < n_values; i++)
    {
      g_string_append (writer->text, i ? ", " : "");
      g_string_append (writer->text,
                       isfinite (values[i]) ? sag_number_format (values[i], buffer) : "null");
    }
  g_string_append_c (writer->text, ']');
}

void
sag_json_integers (SagJsonWriter *writer, const char *name, const gint32 *values, gsize n_values)
{
  begin_value (writer, name);
  g_string_append_c (writer->text, '[');
  for (gsize i = 0; i < n_values; i++)
    g_string_append_printf (writer->text, "%s%d", i ? ", " : "", values[i]);
  g_string_append_c (writer->text, ']');
}

void
sag_json_strings (SagJsonWriter *writer, const char *name, const char *const *values)
{
  sag_json_begin_array (writer, name);
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    sag_json_string (writer, NULL, values[i]);
  sag_json_end_array (writer);
}

char *
sag_json_writer_finish (SagJsonWriter *writer)
{
  g_return_val_if_fail (writer->depth == 0, NULL);

  g_string_append_c (writer->text, '\n');
  return g_string_free (g_steal_pointer (&writer->text), FALSE);
}
