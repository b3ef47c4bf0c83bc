/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/task-list.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/text/catalogue.h"

#include <string.h>

#define MAX_FILE_BYTES ((gsize) 16 << 20)

static char **
parse_catalogue (const char *text, gsize size, const char *name, GError **error)
{
  g_autoptr (SagCatalogue) catalogue = sag_catalogue_new (text, size, name, error);
  g_autoptr (GStrvBuilder) tasks = g_strv_builder_new ();

  if (catalogue == NULL)
    return NULL;
  for (gsize i = 0; i < sag_catalogue_get_n_tasks (catalogue); i++)
    g_strv_builder_add (tasks, sag_catalogue_get_task (catalogue, i)->text);
  return g_strv_builder_end (tasks);
}

static char **
parse_array (const char *text, gsize size, const char *name, GError **error)
{
  g_auto (GStrv) tasks = sag_strings_parse (text, size, name, error);

  for (gsize i = 0; tasks != NULL && tasks[i] != NULL; i++)
    if (*g_strstrip (tasks[i]) == 0)
      {
        g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                     "%s: text %" G_GSIZE_FORMAT " is empty; remove it.", name, i + 1);
        return NULL;
      }
  return g_steal_pointer (&tasks);
}

static char **
parse_lines (const char *text, gsize size, const char *name, GError **error)
{
  g_autoptr (GStrvBuilder) tasks = g_strv_builder_new ();
  const char *end = text + size;
  gsize       number = 0;

  while (text < end)
    {
      const char      *newline = memchr (text, '\n', end - text);
      g_autofree char *line = NULL;

      number++;
      if (!g_utf8_validate_len (text, (newline ? newline : end) - text, NULL))
        {
          g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                       "%s: line %" G_GSIZE_FORMAT " is not UTF-8 text; save the file as UTF-8.",
                       name, number);
          return NULL;
        }
      line = g_strndup (text, (newline ? newline : end) - text);
      if (*g_strstrip (line) != 0 && *line != '#')
        g_strv_builder_add (tasks, line);
      text = newline ? newline + 1 : end;
    }
  return g_strv_builder_end (tasks);
}

char **
sag_tasks_parse (const char *text, gsize size_bytes, const char *name, GError **error)
{
  g_auto (GStrv) tasks = NULL;
  gsize start = 0;

  g_return_val_if_fail (text != NULL && name != NULL, NULL);

  if (size_bytes >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    {
      text += 3;
      size_bytes -= 3;
    }
  while (start < size_bytes && g_ascii_isspace (text[start]))
    start++;
  if (start < size_bytes && text[start] == '[')
    tasks = parse_array (text, size_bytes, name, error);
  else if (start < size_bytes && text[start] == '{')
    tasks = parse_catalogue (text, size_bytes, name, error);
  else
    tasks = parse_lines (text, size_bytes, name, error);
  if (tasks == NULL || tasks[0] != NULL)
    return g_steal_pointer (&tasks);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s holds no task; write one a line.", name);
  return NULL;
}

char **
sag_tasks_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  gsize            size;

  g_return_val_if_fail (path != NULL, NULL);

  text = sag_file_load (path, MAX_FILE_BYTES, &size, error);
  if (text == NULL)
    return NULL;
  name = sag_file_dup_display_name (path);
  return sag_tasks_parse (text, size, name, error);
}
