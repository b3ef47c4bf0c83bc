/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/parquet.h"

#include <string.h>

/* Types of Thrift's compact protocol. */
enum
{
  THRIFT_I32 = 5,
  THRIFT_I64 = 6,
  THRIFT_BINARY = 8,
  THRIFT_LIST = 9,
  THRIFT_STRUCT = 12,
};

/* parquet.thrift */
enum
{
  TYPE_DOUBLE = 5,
  TYPE_BYTE_ARRAY = 6,
  OPTIONAL = 1,
  CONVERTED_UTF8 = 0,
  PLAIN = 0,
  RLE = 3,
  UNCOMPRESSED = 0,
  DATA_PAGE = 0,
};

typedef struct
{
  GByteArray *bytes;
  int         last[8]; /* field ids of the structs that are open */
  int         depth;
} Thrift;

static void
put_byte (GByteArray *bytes, guint8 byte)
{
  g_byte_array_append (bytes, &byte, 1);
}

static void
put_varint (GByteArray *bytes, guint64 value)
{
  for (; value >= 0x80; value >>= 7)
    put_byte (bytes, (guint8) (value | 0x80));
  put_byte (bytes, (guint8) value);
}

static void
put_zigzag (GByteArray *bytes, gint64 value)
{
  put_varint (bytes, ((guint64) value << 1) ^ (guint64) (value >> 63));
}

static void
field (Thrift *thrift, int id, int type)
{
  put_byte (thrift->bytes, (guint8) ((id - thrift->last[thrift->depth]) << 4 | type));
  thrift->last[thrift->depth] = id;
}

static void
begin_struct (Thrift *thrift)
{
  thrift->last[++thrift->depth] = 0;
}

static void
end_struct (Thrift *thrift)
{
  put_byte (thrift->bytes, 0);
  thrift->depth--;
}

static void
field_i32 (Thrift *thrift, int id, gint32 value)
{
  field (thrift, id, THRIFT_I32);
  put_zigzag (thrift->bytes, value);
}

static void
field_i64 (Thrift *thrift, int id, gint64 value)
{
  field (thrift, id, THRIFT_I64);
  put_zigzag (thrift->bytes, value);
}

static void
put_text (GByteArray *bytes, const char *text)
{
  put_varint (bytes, strlen (text));
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
}

static void
field_text (Thrift *thrift, int id, const char *text)
{
  field (thrift, id, THRIFT_BINARY);
  put_text (thrift->bytes, text);
}

static void
field_list (Thrift *thrift, int id, guint n, int type)
{
  field (thrift, id, THRIFT_LIST);
  put_byte (thrift->bytes, (guint8) (MIN (n, 15) << 4 | (guint) type));
  if (n >= 15)
    put_varint (thrift->bytes, n);
}

static void
put_u32 (GByteArray *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (bytes, (const guint8 *) &value, 4);
}

/* Definition levels (1 a value, 0 null) as runs, then the values. */
static GByteArray *
make_page (GPtrArray *rows, guint column, gboolean is_number)
{
  GByteArray *page = g_byte_array_new ();
  g_autoptr (GByteArray) levels = g_byte_array_new ();

  for (guint r = 0, run; r < rows->len; r += run)
    {
      const gboolean there = *((char **) g_ptr_array_index (rows, r))[column] != 0;

      for (run = 1; r + run < rows->len &&
                    (*((char **) g_ptr_array_index (rows, r + run))[column] != 0) == there;
           run++)
        ;
      put_varint (levels, (guint64) run << 1);
      put_byte (levels, there ? 1 : 0);
    }
  put_u32 (page, levels->len);
  g_byte_array_append (page, levels->data, levels->len);
  for (guint r = 0; r < rows->len; r++)
    {
      const char *cell = ((char **) g_ptr_array_index (rows, r))[column];

      if (*cell != 0 && is_number)
        {
          union
          {
            double  number;
            guint64 bits;
          } value = { .number = g_ascii_strtod (cell, NULL) };

          value.bits = GUINT64_TO_LE (value.bits);
          g_byte_array_append (page, (const guint8 *) &value, 8);
        }
      else if (*cell != 0)
        {
          put_u32 (page, (guint32) strlen (cell));
          g_byte_array_append (page, (const guint8 *) cell, (guint) strlen (cell));
        }
    }
  return page;
}

static void
put_page_header (GByteArray *out, guint size, guint n_rows)
{
  Thrift thrift = { .bytes = out };

  field_i32 (&thrift, 1, DATA_PAGE);
  field_i32 (&thrift, 2, (gint32) size);
  field_i32 (&thrift, 3, (gint32) size);
  field (&thrift, 5, THRIFT_STRUCT);
  begin_struct (&thrift);
  field_i32 (&thrift, 1, (gint32) n_rows);
  field_i32 (&thrift, 2, PLAIN);
  field_i32 (&thrift, 3, RLE);
  field_i32 (&thrift, 4, RLE);
  end_struct (&thrift);
  put_byte (out, 0);
}

static void
put_schema (Thrift *thrift, const char *const *columns, guint n)
{
  field_list (thrift, 2, n + 1, THRIFT_STRUCT);
  begin_struct (thrift);
  field_text (thrift, 4, "schema");
  field_i32 (thrift, 5, (gint32) n);
  end_struct (thrift);
  for (guint c = 0; c < n; c++)
    {
      const gboolean is_number = *columns[c] == '#';

      begin_struct (thrift);
      field_i32 (thrift, 1, is_number ? TYPE_DOUBLE : TYPE_BYTE_ARRAY);
      field_i32 (thrift, 3, OPTIONAL);
      field_text (thrift, 4, columns[c] + is_number);
      if (!is_number)
        field_i32 (thrift, 6, CONVERTED_UTF8);
      end_struct (thrift);
    }
}

static void
put_chunk (Thrift *thrift, const char *column, gint64 offset, gint64 size, guint n_rows)
{
  const gboolean is_number = *column == '#';

  begin_struct (thrift);
  field_i64 (thrift, 2, offset);
  field (thrift, 3, THRIFT_STRUCT);
  begin_struct (thrift);
  field_i32 (thrift, 1, is_number ? TYPE_DOUBLE : TYPE_BYTE_ARRAY);
  field_list (thrift, 2, 2, THRIFT_I32);
  put_zigzag (thrift->bytes, PLAIN);
  put_zigzag (thrift->bytes, RLE);
  field_list (thrift, 3, 1, THRIFT_BINARY);
  put_text (thrift->bytes, column + is_number);
  field_i32 (thrift, 4, UNCOMPRESSED);
  field_i64 (thrift, 5, n_rows);
  field_i64 (thrift, 6, size);
  field_i64 (thrift, 7, size);
  field_i64 (thrift, 9, offset);
  end_struct (thrift);
  end_struct (thrift);
}

GByteArray *
sag_parquet_dup (const char *const *columns, GPtrArray *rows)
{
  const guint n = g_strv_length ((char **) columns);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree gint64 *offsets = g_new0 (gint64, n + 1);
  guint              start;
  Thrift             thrift = { .bytes = out };

  g_byte_array_append (out, (const guint8 *) "PAR1", 4);
  for (guint c = 0; c < n; c++)
    {
      g_autoptr (GByteArray) page = make_page (rows, c, *columns[c] == '#');

      if (page->len > G_MAXINT32 / 2 || out->len > G_MAXINT32 / 2)
        return NULL;
      offsets[c] = out->len;
      put_page_header (out, page->len, rows->len);
      g_byte_array_append (out, page->data, page->len);
    }
  offsets[n] = start = out->len;
  field_i32 (&thrift, 1, 1);
  put_schema (&thrift, columns, n);
  field_i64 (&thrift, 3, rows->len);
  field_list (&thrift, 4, 1, THRIFT_STRUCT);
  begin_struct (&thrift);
  field_list (&thrift, 1, n, THRIFT_STRUCT);
  for (guint c = 0; c < n; c++)
    put_chunk (&thrift, columns[c], offsets[c], offsets[c + 1] - offsets[c], rows->len);
  field_i64 (&thrift, 2, offsets[n] - 4);
  field_i64 (&thrift, 3, rows->len);
  end_struct (&thrift);
  field_text (&thrift, 6, "Sagitta");
  put_byte (out, 0);
  put_u32 (out, out->len - start);
  g_byte_array_append (out, (const guint8 *) "PAR1", 4);
  return g_steal_pointer (&out);
}
