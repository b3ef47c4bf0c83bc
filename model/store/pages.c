/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/pages.h"

#include "model/core/error.h"

#include <sqlite3.h>
#include <string.h>

#define HEADER 100 /* bytes before the content of the first page */
#define USUAL_PAGE 4096
#define LEAF 0x0d
#define INNER 0x05
#define MOST_DEPTH 20
#define MOST_READ 64 /* pages of chains, by the file's: of a sound one each is read a few times */

enum
{
  STATE_UNKNOWN,
  STATE_TAKEN,
  STATE_FREE,
};

struct _SagPages
{
  GMappedFile  *file;
  const guint8 *bytes;
  gsize         page_size;
  gsize         usable; /* of each page */
  guint32       n_pages;
  guint8       *states; /* of page 1 at [1] */
  guint64       n_left; /* pages of chains that are still read */
};

static guint32
read_16 (const guint8 *at)
{
  return (guint32) at[0] << 8 | at[1];
}

static guint32
read_32 (const guint8 *at)
{
  return read_16 (at) << 16 | read_16 (at + 2);
}

static gboolean
is_page (SagPages *pages, guint32 page)
{
  return page >= 1 && page <= pages->n_pages;
}

static const guint8 *
get_page (SagPages *pages, guint32 page)
{
  return pages->bytes + (gsize) (page - 1) * pages->page_size;
}

/* Where the content of a page starts. */
static gsize
get_start (guint32 page)
{
  return page == 1 ? HEADER : 0;
}

SagPages *
sag_pages_open (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  SagPages *pages;
  gsize     length, size = USUAL_PAGE, kept = 0;

  if (file == NULL)
    return NULL;
  length = g_mapped_file_get_length (file);
  if (length >= HEADER)
    {
      const guint8 *header = (const guint8 *) g_mapped_file_get_contents (file);
      const gsize   said = read_16 (header + 16) == 1 ? 65536 : read_16 (header + 16);

      if (memcmp (header, "SQLite format 3", 16) == 0 && said >= 512 && (said & (said - 1)) == 0)
        {
          size = said;
          /* A page has at least 480 bytes to use. */
          kept = size - header[20] >= 480 ? header[20] : 0;
        }
    }
  if (length < size)
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "Nothing of it could be read.");
      return NULL;
    }
  pages = g_new0 (SagPages, 1);
  pages->bytes = (const guint8 *) g_mapped_file_get_contents (file);
  pages->file = g_steal_pointer (&file);
  pages->page_size = size;
  pages->usable = size - kept;
  pages->n_pages = (guint32) MIN (length / size, G_MAXUINT32 - 1);
  pages->states = g_malloc0 ((gsize) pages->n_pages + 1);
  pages->n_left = MOST_READ * (guint64) pages->n_pages;
  return pages;
}

void
sag_pages_free (SagPages *pages)
{
  if (pages == NULL)
    return;
  g_mapped_file_unref (pages->file);
  g_free (pages->states);
  g_free (pages);
}

/* The number of cells of a page of this @type, whose list of them is inside of it. */
static gboolean
get_cells (SagPages *pages, guint32 page, guint8 type, guint *n_cells)
{
  const gsize   start = get_start (page);
  const gsize   list = start + (type == INNER ? 12 : 8);
  const guint8 *at = get_page (pages, page);

  *n_cells = 0;
  if (at[start] != type)
    return FALSE;
  *n_cells = read_16 (at + start + 3);
  if (list + (gsize) *n_cells * 2 <= pages->usable)
    return TRUE;
  *n_cells = 0;
  return FALSE;
}

typedef struct
{
  SagPages *pages;
  GArray   *leaves;
  GArray   *bad; /* depths of pages that cannot be read */
  int       leaf_depth;
} Walk;

/* All leaves of a table are equally deep. */
static void
walk (Walk *w, guint32 page, int depth)
{
  const guint8 *at;
  gsize         start;
  guint         n_cells;

  if (!is_page (w->pages, page) || w->pages->states[page] == STATE_TAKEN || depth > MOST_DEPTH)
    {
      g_array_append_val (w->bad, depth);
      return;
    }
  at = get_page (w->pages, page);
  start = get_start (page);
  if (get_cells (w->pages, page, LEAF, &n_cells))
    {
      w->pages->states[page] = STATE_TAKEN;
      w->leaf_depth = depth;
      g_array_append_val (w->leaves, page);
      return;
    }
  if (!get_cells (w->pages, page, INNER, &n_cells))
    {
      g_array_append_val (w->bad, depth);
      return;
    }
  w->pages->states[page] = STATE_TAKEN;
  for (guint c = 0; c < n_cells; c++)
    {
      const gsize cell = read_16 (at + start + 12 + (gsize) c * 2);

      if (cell + 4 <= w->pages->usable)
        walk (w, read_32 (at + cell), depth + 1);
      else
        w->bad = g_array_append_vals (w->bad, &(int){ depth + 1 }, 1);
    }
  walk (w, read_32 (at + start + 8), depth + 1);
}

gboolean
sag_pages_walk (SagPages *pages, guint32 root, GArray *leaves, guint *n_bad_leaves)
{
  g_autoptr (GArray) bad = g_array_new (FALSE, FALSE, sizeof (int));
  Walk w = { .pages = pages, .leaves = leaves, .bad = bad, .leaf_depth = -1 };

  walk (&w, root, 0);
  *n_bad_leaves = 0;
  for (guint b = 0; b < bad->len; b++)
    *n_bad_leaves += w.leaf_depth > 0 && g_array_index (bad, int, b) == w.leaf_depth;
  return bad->len == 0;
}

/* Pages that are free hold what was deleted. A list of them that is damaged somewhere is not believed at all. */
static void
find_free (SagPages *pages)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (guint32));
  const guint32 n_said = read_32 (pages->bytes + 36);
  guint32       trunk = read_32 (pages->bytes + 32);

  if (n_said > pages->n_pages)
    return;
  while (trunk != 0 && is_page (pages, trunk) && found->len < n_said)
    {
      const guint8 *at = get_page (pages, trunk);
      const guint32 n = read_32 (at + 4);

      if (n > pages->usable / 4 - 2)
        return;
      g_array_append_val (found, trunk);
      for (guint32 l = 0; l < n; l++)
        {
          const guint32 leaf = read_32 (at + 8 + (gsize) l * 4);

          g_array_append_val (found, leaf);
        }
      trunk = read_32 (at);
    }
  if (trunk != 0 || found->len != n_said)
    return;
  for (guint f = 0; f < found->len; f++)
    if (!is_page (pages, g_array_index (found, guint32, f)) ||
        pages->states[g_array_index (found, guint32, f)] == STATE_TAKEN)
      return;
  for (guint f = 0; f < found->len; f++)
    pages->states[g_array_index (found, guint32, f)] = STATE_FREE;
}

GArray *
sag_pages_list_orphans (SagPages *pages)
{
  GArray *orphans = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint   n_cells;

  find_free (pages);
  for (guint32 page = 2; is_page (pages, page); page++)
    if (pages->states[page] == STATE_UNKNOWN && get_cells (pages, page, LEAF, &n_cells) &&
        n_cells > 0)
      g_array_append_val (orphans, page);
  return orphans;
}

guint
sag_pages_count_rows (SagPages *pages, guint32 page)
{
  guint n_cells = 0;

  return is_page (pages, page) && get_cells (pages, page, LEAF, &n_cells) ? n_cells : 0;
}

/* A number of one to nine bytes. */
static gboolean
read_varint (const guint8 *bytes, gsize size, gsize *at, guint64 *value)
{
  *value = 0;
  for (int b = 0; b < 9 && *at < size; b++)
    {
      const guint8 byte = bytes[(*at)++];

      if (b == 8)
        {
          *value = *value << 8 | byte;
          return TRUE;
        }
      *value = *value << 7 | (byte & 0x7f);
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

/* A row's bytes that did not fit on its page follow on a chain of others. */
static gboolean
read_chain (SagPages *pages, guint32 page, gsize size, GByteArray *out)
{
  const gsize each = pages->usable - 4;

  while (out->len < size)
    {
      const guint8 *at;

      if (!is_page (pages, page) || pages->n_left == 0)
        return FALSE;
      pages->n_left--;
      at = get_page (pages, page);
      g_byte_array_append (out, at + 4, (guint) MIN (each, size - out->len));
      page = read_32 (at);
    }
  return page == 0; /* else the last one is none of this chain */
}

static int
value_size (guint64 serial)
{
  static const guint8 sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

  return serial < G_N_ELEMENTS (sizes) ? sizes[serial] : -1;
}

static gboolean
read_value (guint64 serial, const guint8 *bytes, gsize left, SagPageValue *value, gsize *size)
{
  const int fixed = value_size (serial);
  guint64   number;

  *value = (SagPageValue){ .type = SQLITE_NULL };
  if (serial == 10 || serial == 11)
    return FALSE;
  if (serial >= 12)
    {
      if ((serial - 12) / 2 > left)
        return FALSE;
      *size = (gsize) ((serial - 12) / 2);
      value->type = serial % 2 == 0 ? SQLITE_BLOB : SQLITE_TEXT;
      value->bytes = bytes;
      value->size = *size;
      return TRUE;
    }
  if (fixed < 0 || (gsize) fixed > left)
    return FALSE;
  *size = (gsize) fixed;
  if (serial == 0)
    return TRUE;
  number = fixed > 0 && bytes[0] >= 0x80 ? G_MAXUINT64 : 0;
  for (int b = 0; b < fixed; b++)
    number = number << 8 | bytes[b];
  value->type = serial == 7 ? SQLITE_FLOAT : SQLITE_INTEGER;
  value->integer = serial >= 8 ? (gint64) serial - 8 : (gint64) number;
  if (serial == 7)
    memcpy (&value->real, &number, sizeof number);
  return TRUE;
}

static gboolean
read_record (const guint8 *bytes, gsize size, SagPageRow *row)
{
  gsize   at = 0, body;
  guint64 header;

  row->n_values = 0;
  if (!read_varint (bytes, size, &at, &header) || header > size || header < at)
    return FALSE;
  body = (gsize) header;
  while (at < header)
    {
      guint64 serial;
      gsize   n = 0;

      if (row->n_values == SAG_PAGES_MOST_VALUES ||
          !read_varint (bytes, (gsize) header, &at, &serial) ||
          !read_value (serial, bytes + body, size - body, &row->values[row->n_values], &n))
        return FALSE;
      row->n_values++;
      body += n;
    }
  return body == size;
}

gboolean
sag_pages_read_row (SagPages *pages, guint32 page, guint row, GByteArray *scratch, SagPageRow *out)
{
  const gsize   start = get_start (page), usable = pages->usable;
  const gsize   most = usable - 35, least = (usable - 12) * 32 / 255 - 23;
  const guint8 *bytes;
  guint64       size, id;
  gsize         at, here;

  if (row >= sag_pages_count_rows (pages, page))
    return FALSE;
  bytes = get_page (pages, page);
  at = read_16 (bytes + start + 8 + (gsize) row * 2);
  if (at < start + 8 || !read_varint (bytes, usable, &at, &size) ||
      !read_varint (bytes, usable, &at, &id) || size > G_MAXINT32 ||
      size > (guint64) pages->n_pages * pages->page_size)
    return FALSE;
  out->id = (gint64) id;
  if (size <= most)
    return size <= usable - at && read_record (bytes + at, (gsize) size, out);
  here = least + ((gsize) size - least) % (usable - 4);
  here = here <= most ? here : least;
  if (here + 4 > usable - at)
    return FALSE;
  g_byte_array_set_size (scratch, 0);
  g_byte_array_append (scratch, bytes + at, (guint) here);
  return read_chain (pages, read_32 (bytes + at + here), (gsize) size, scratch) &&
         read_record (scratch->data, scratch->len, out);
}
