/* SPDX-License-Identifier: Apache-2.0 */
#include "model/text/string-list.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <string.h>

/* A JSON array of strings (RFC 8259), read by hand: json-glib ends a string at its first zero character, and makes
 * bytes that are not UTF-8 of half a surrogate pair.
 */

#define MAX_FILE_BYTES ((gsize) 16 << 20)
#define REPLACEMENT 0xFFFD

typedef struct
{
  const char *at;
  const char *end;
  guint       line;
  const char *problem; /* NULL until something is wrong */
} Cursor;

static void
skip_space (Cursor *cursor)
{
  for (; cursor->at < cursor->end && *cursor->at != 0 && strchr (" \t\r\n", *cursor->at) != NULL;
       cursor->at++)
    if (*cursor->at == '\n')
      cursor->line++;
}

/* Steps over @expected, which must come next. */
static gboolean
take (Cursor *cursor, char expected)
{
  if (cursor->at == cursor->end || *cursor->at != expected)
    return FALSE;
  cursor->at++;
  return TRUE;
}

static gunichar
take_hex4 (Cursor *cursor)
{
  gunichar code = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = cursor->at < cursor->end ? g_ascii_xdigit_value (*cursor->at) : -1;

      if (digit < 0)
        {
          cursor->problem = "has a \\u without four hexadecimal digits";
          return 0;
        }
      code = code * 16 + digit;
      cursor->at++;
    }
  return code;
}

/* After "\u". */
static gunichar
take_code (Cursor *cursor)
{
  gunichar code = take_hex4 (cursor);
  Cursor   ahead = *cursor;
  gunichar low;

  if (code == 0 || (code >= 0xDC00 && code <= 0xDFFF))
    return REPLACEMENT;
  if (code < 0xD800 || code > 0xDFFF)
    return code;
  low = take (&ahead, '\\') && take (&ahead, 'u') ? take_hex4 (&ahead) : 0;
  if (low < 0xDC00 || low > 0xDFFF)
    return REPLACEMENT;
  cursor->at = ahead.at;
  return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

/* After the backslash. */
static gunichar
take_escape (Cursor *cursor)
{
  static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char       *letter = NULL;

  if (take (cursor, 'u'))
    return take_code (cursor);
  if (cursor->at < cursor->end && *cursor->at != 0)
    letter = strchr (letters, *cursor->at);
  if (letter == NULL)
    {
      cursor->problem = "has an unknown escape in a string";
      return 0;
    }
  cursor->at++;
  return values[letter - letters];
}

/* After the opening quote. Returns NULL with a problem. */
static char *
take_string (Cursor *cursor)
{
  g_autoptr (GString) string = g_string_new (NULL);

  while (cursor->problem == NULL && cursor->at < cursor->end)
    {
      guchar byte = *cursor->at++;

      if (byte == '"')
        return g_string_free (g_steal_pointer (&string), FALSE);
      if (byte < 0x20)
        cursor->problem = "has a control character in a string";
      else if (byte == '\\')
        g_string_append_unichar (string, take_escape (cursor));
      else
        g_string_append_c (string, byte);
    }
  if (cursor->problem == NULL)
    cursor->problem = "ends inside a string";
  return NULL;
}

static void
take_strings (Cursor *cursor, GStrvBuilder *strings)
{
  gboolean more;

  skip_space (cursor);
  more = take (cursor, '[');
  if (!more)
    cursor->problem = "is not a JSON array of strings";
  skip_space (cursor);
  if (more && take (cursor, ']'))
    more = FALSE;
  while (more && cursor->problem == NULL)
    {
      g_autofree char *string = NULL;

      skip_space (cursor);
      if (!take (cursor, '"'))
        {
          cursor->problem = "has something in its array that is not a string";
          return;
        }
      string = take_string (cursor);
      if (string == NULL)
        return;
      g_strv_builder_add (strings, string);
      skip_space (cursor);
      more = take (cursor, ',');
      if (!more && !take (cursor, ']'))
        cursor->problem = "has neither a comma nor a closing bracket after a string";
    }
  skip_space (cursor);
  if (cursor->problem == NULL && cursor->at < cursor->end)
    cursor->problem = "goes on after its array";
}

char **
sag_strings_parse (const char *json, gsize size_bytes, const char *name, GError **error)
{
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();
  Cursor cursor = { json, json + size_bytes, 1, NULL };

  g_return_val_if_fail (json != NULL && name != NULL, NULL);

  if (!g_utf8_validate_len (json, size_bytes, NULL))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "%s is not UTF-8 text; save it as UTF-8.",
                   name);
      return NULL;
    }
  take_strings (&cursor, strings);
  if (cursor.problem == NULL)
    return g_strv_builder_end (strings);
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s %s (line %u); write it as [\"one\", \"two\"].", name, cursor.problem,
               cursor.line);
  return NULL;
}

char **
sag_strings_load (const char *path, GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *name = NULL;
  gsize            size;

  g_return_val_if_fail (path != NULL, NULL);

  json = sag_file_load (path, MAX_FILE_BYTES, &size, error);
  if (json == NULL)
    return NULL;
  name = sag_file_dup_display_name (path);
  return sag_strings_parse (json, size, name, error);
}
