/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/csv.h"

#include "model/core/file.h"
#include "model/dataset/rows.h"

#include <gio/gio.h>
#include <string.h>

static void
append_row (GString *text, const char *const *cells)
{
  for (gsize c = 0; cells[c] != NULL; c++)
    {
      if (c > 0)
        g_string_append_c (text, ',');
      sag_rows_append_cell (text, cells[c]);
    }
  g_string_append_c (text, '\n');
}

char *
sag_csv_dup (const char *const *columns, GPtrArray *rows)
{
  GString *text = g_string_new (NULL);

  append_row (text, columns);
  for (guint r = 0; r < rows->len; r++)
    append_row (text, g_ptr_array_index (rows, r));
  return g_string_free (text, FALSE);
}

static gboolean
is_same (SagRows *read, const char *const *columns, GPtrArray *rows)
{
  if (sag_rows_get_n (read) != rows->len)
    return FALSE;
  for (guint r = 0; r < rows->len; r++)
    for (gsize c = 0; columns[c] != NULL; c++)
      {
        const char *got = sag_rows_get (read, r, columns[c]);

        if (strcmp (got != NULL ? got : "", ((char **) g_ptr_array_index (rows, r))[c]) != 0)
          return FALSE;
      }
  return TRUE;
}

gboolean
sag_csv_save (
  const char *path, const char *text, const char *const *columns, GPtrArray *rows, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);
  g_autoptr (SagFileWriter) writer = sag_file_writer_new (path, error);
  g_autoptr (SagRows) read = NULL;
  g_autofree char *back = NULL;
  gsize            size = 0;

  if (writer == NULL || !sag_file_writer_write (writer, text, strlen (text), error) ||
      !sag_file_writer_flush (writer, error))
    return FALSE;
  back = sag_file_load (sag_file_writer_get_temporary (writer), strlen (text) + 1, &size, error);
  if (back == NULL)
    return FALSE;
  read = rows->len > 0 ? sag_rows_parse (back, size, name, error) : NULL;
  if (rows->len > 0 && read == NULL)
    return FALSE;
  if (read == NULL || is_same (read, columns, rows))
    return sag_file_writer_commit (writer, error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s did not read back as it was written. Check the disk and save it elsewhere.",
               name);
  return FALSE;
}
