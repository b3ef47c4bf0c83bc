/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/rows.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/json-reader.h"

#include <string.h>

#define MOST_BYTES ((gsize) 256 << 20)
#define MOST_COLUMNS 256
#define PARQUET "PAR1"
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct _SagRows
{
  GPtrArray  *columns; /* names, NULL at the end */
  GHashTable *index;   /* name -> column + 1 */
  GPtrArray  *rows;    /* GPtrArray of texts, by column; maybe shorter than columns */
  GArray     *lines;
};

static void
free_row (gpointer row)
{
  g_ptr_array_unref (row);
}

static SagRows *
rows_new (void)
{
  SagRows *self = g_new0 (SagRows, 1);

  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->index = g_hash_table_new (g_str_hash, g_str_equal);
  self->rows = g_ptr_array_new_with_free_func (free_row);
  self->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
sag_rows_free (SagRows *rows)
{
  if (rows == NULL)
    return;
  g_hash_table_unref (rows->index);
  g_ptr_array_unref (rows->columns);
  g_ptr_array_unref (rows->rows);
  g_array_unref (rows->lines);
  g_free (rows);
}

/* The number of column @name, made if it is new; -1 if there are too many. */
static int
find_column (SagRows *self, const char *name)
{
  gpointer found = g_hash_table_lookup (self->index, name);
  char    *copy;

  if (found != NULL)
    return GPOINTER_TO_INT (found) - 1;
  if (self->columns->len >= MOST_COLUMNS)
    return -1;
  copy = g_strdup (name);
  g_ptr_array_add (self->columns, copy);
  g_hash_table_insert (self->index, copy, GINT_TO_POINTER (self->columns->len));
  return (int) self->columns->len - 1;
}

static GPtrArray *
add_row (SagRows *self, guint line)
{
  GPtrArray *row = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (self->rows, row);
  g_array_append_val (self->lines, line);
  return row;
}

static void
set_cell (GPtrArray *row, guint column, char *text)
{
  while (row->len <= column)
    g_ptr_array_add (row, NULL);
  g_free (row->pdata[column]);
  row->pdata[column] = text;
}

/* Reading CSV: a cursor over the text. */
typedef struct
{
  const char *at;
  const char *end;
  const char *name;
  guint       line;
  char        separator;
} Csv;

static gboolean
csv_fail (const Csv *csv, GError **error, const char *what)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s, line %u: %s", csv->name, csv->line, what);
  return FALSE;
}

/* A quoted field; the cursor stands behind its first quote. */
static gboolean
read_quoted (Csv *csv, GString *field, GError **error)
{
  guint start = csv->line;

  for (; csv->at < csv->end; csv->at++)
    {
      if (*csv->at == '\n')
        csv->line++;
      if (*csv->at != '"')
        {
          g_string_append_c (field, *csv->at);
          continue;
        }
      if (csv->at + 1 == csv->end || csv->at[1] != '"')
        {
          csv->at++;
          return TRUE;
        }
      g_string_append_c (field, '"');
      csv->at++;
    }
  csv->line = start;
  return csv_fail (csv, error, "a quote is never closed; close it or double it.");
}

/* One field; @last: it was the line's last. */
static char *
read_field (Csv *csv, gboolean *last, GError **error)
{
  g_autoptr (GString) field = g_string_new (NULL);

  if (csv->at < csv->end && *csv->at == '"')
    {
      csv->at++;
      if (!read_quoted (csv, field, error))
        return NULL;
    }
  while (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n')
    g_string_append_c (field, *csv->at++);
  *last = csv->at == csv->end || *csv->at == '\n';
  if (*last && field->len > 0 && field->str[field->len - 1] == '\r')
    g_string_truncate (field, field->len - 1);
  if (csv->at < csv->end)
    csv->line += *csv->at++ == '\n';
  if (strlen (field->str) != field->len || !g_utf8_validate (field->str, -1, NULL))
    {
      csv_fail (csv, error, "the text is not UTF-8; save the table as UTF-8.");
      return NULL;
    }
  return g_strdup (g_strstrip (field->str));
}

static gboolean
read_header (SagRows *self, Csv *csv, GError **error)
{
  gboolean last = FALSE;

  while (!last)
    {
      g_autofree char *field = read_field (csv, &last, error);

      if (field == NULL)
        return FALSE;
      if (g_hash_table_contains (self->index, field))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s, line 1: the column \"%s\" is there twice; rename one.", csv->name,
                       field);
          return FALSE;
        }
      if (find_column (self, field) < 0)
        return csv_fail (csv, error, "there are more than 256 columns.");
    }
  return TRUE;
}

static gboolean
read_line (SagRows *self, Csv *csv, GError **error)
{
  guint      line = csv->line;
  GPtrArray *row = add_row (self, line);
  gboolean   last = FALSE, empty = TRUE;

  for (guint column = 0; !last; column++)
    {
      char *field = read_field (csv, &last, error);

      if (field == NULL)
        return FALSE;
      empty = empty && *field == '\0';
      if (column >= self->columns->len && *field != '\0')
        {
          g_free (field);
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s, line %u: there are more fields than the header has columns (%u); quote "
                       "texts that hold a comma.",
                       csv->name, line, self->columns->len);
          return FALSE;
        }
      set_cell (row, column, field);
    }
  if (empty)
    {
      g_ptr_array_set_size (self->rows, (gint) self->rows->len - 1);
      g_array_set_size (self->lines, self->lines->len - 1);
    }
  return TRUE;
}

/* The one of the three that the header holds most of, outside of quotes. */
static char
guess_separator (const char *text, gsize size)
{
  const char separators[] = { ',', ';', '\t' };
  guint      counts[G_N_ELEMENTS (separators)] = { 0 };
  gboolean   quoted = FALSE;
  gsize      best = 0;

  for (const char *at = text; at < text + size && (quoted || *at != '\n'); at++)
    {
      quoted ^= *at == '"';
      for (gsize s = 0; s < G_N_ELEMENTS (separators); s++)
        counts[s] += !quoted && *at == separators[s];
    }
  for (gsize s = 1; s < G_N_ELEMENTS (separators); s++)
    if (counts[s] > counts[best])
      best = s;
  return separators[best];
}

static gboolean
read_csv (SagRows *self, const char *text, gsize size, const char *name, GError **error)
{
  Csv csv = { text, text + size, name, 1, guess_separator (text, size) };

  if (!read_header (self, &csv, error))
    return FALSE;
  while (csv.at < csv.end)
    if (!read_line (self, &csv, error))
      return FALSE;
  return TRUE;
}

/* A member's value as text; NULL for arrays and objects. */
static char *
dup_value (JsonNode *node)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (!JSON_NODE_HOLDS_VALUE (node))
    return NULL;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, json_node_get_double (node)));
}

static gboolean
read_object (SagRows *self, JsonObject *object, guint line, const char *name, GError **error)
{
  GPtrArray     *row = add_row (self, line);
  JsonObjectIter iter;
  const char    *key;
  JsonNode      *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &key, &node))
    {
      int   column = find_column (self, key);
      char *text = dup_value (node);

      if (column < 0 || text == NULL)
        {
          g_free (text);
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s, line %u: \"%s\" holds no text, number or truth value, or is one column "
                       "too many.",
                       name, line, key);
          return FALSE;
        }
      set_cell (row, (guint) column, text);
    }
  return TRUE;
}

static gboolean
is_blank (const char *text, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (strchr (" \t\r", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
read_json_lines (SagRows *self, const char *text, gsize size, const char *name, GError **error)
{
  guint line = 1;

  for (const char *at = text, *next; at < text + size; at = next, line++)
    {
      const char      *end = memchr (at, '\n', (gsize) (text + size - at));
      g_autofree char *where = g_strdup_printf ("%s, line %u", name, line);
      g_autoptr (JsonNode) node = NULL;
      gsize length;

      next = end != NULL ? end + 1 : text + size;
      length = (gsize) ((end != NULL ? end : next) - at);
      if (is_blank (at, length))
        continue;
      node = sag_json_parse (at, length, where, error);
      if (node == NULL || !read_object (self, json_node_get_object (node), line, name, error))
        return FALSE;
    }
  return TRUE;
}

SagRows *
sag_rows_parse (const char *text, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (SagRows) self = rows_new ();
  gboolean read;

  if (size_bytes >= 3 && memcmp (text, BYTE_ORDER_MARK, 3) == 0)
    {
      text += 3;
      size_bytes -= 3;
    }
  if (size_bytes > 0 && text[0] == '{')
    read = read_json_lines (self, text, size_bytes, name, error);
  else
    read = read_csv (self, text, size_bytes, name, error);
  g_ptr_array_add (self->columns, NULL);
  return read ? g_steal_pointer (&self) : NULL;
}

SagRows *
sag_rows_load (const char *path, GError **error)
{
  gsize            size;
  g_autofree char *text = sag_file_load (path, MOST_BYTES, &size, error);
  g_autofree char *name = sag_file_dup_display_name (path);

  if (text == NULL)
    return NULL;
  if (size >= strlen (PARQUET) && memcmp (text, PARQUET, strlen (PARQUET)) == 0)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is a Parquet table, which is not read here. Take the .csv of the same name "
                   "if there is one, or save it as CSV or JSON Lines, such as with pandas.",
                   name);
      return NULL;
    }
  return sag_rows_parse (text, size, name, error);
}

gsize
sag_rows_get_n (SagRows *rows)
{
  return rows->rows->len;
}

const char *const *
sag_rows_get_columns (SagRows *rows)
{
  return (const char *const *) rows->columns->pdata;
}

const char *
sag_rows_get (SagRows *rows, gsize row, const char *column)
{
  gpointer   found = g_hash_table_lookup (rows->index, column);
  GPtrArray *cells = rows->rows->pdata[row];
  guint      index = GPOINTER_TO_UINT (found);

  return index > 0 && index <= cells->len ? cells->pdata[index - 1] : NULL;
}

guint
sag_rows_get_line (SagRows *rows, gsize row)
{
  return g_array_index (rows->lines, guint, row);
}

void
sag_rows_append_cell (GString *text, const char *cell)
{
  /* A table that begins with a brace would be JSON Lines, and one with the mark loses it. */
  if (strpbrk (cell, ",;\"\n\r\t") == NULL && *cell != '{' &&
      !g_str_has_prefix (cell, BYTE_ORDER_MARK))
    {
      g_string_append (text, cell);
      return;
    }
  g_string_append_c (text, '"');
  for (const char *c = cell; *c != 0; c++)
    {
      if (*c == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *c);
    }
  g_string_append_c (text, '"');
}
