/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The pages of a damaged SQLite database, read without SQLite: it reaches rows only from the root of their table, so
 * that one bad inner page hides all rows below it, though they are still there. Whatever the bytes are, nothing outside
 * of the file is read. https://www.sqlite.org/fileformat2.html says what stands where.
 */

#define SAG_PAGES_MOST_VALUES 32

typedef struct _SagPages SagPages;

/** sag_pages_open: of a file that nobody writes. Errors: those of GMappedFile; SAG_ERROR_FORMAT: no page in it */
SagPages *sag_pages_open (const char *path, GError **error);
void      sag_pages_free (SagPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagPages, sag_pages_free)

/**
 * SagPageValue: one of a row.
 * @type: SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB or SQLITE_NULL
 * @bytes: (transfer none): @size of them, of a text or blob
 */
typedef struct
{
  int           type;
  gint64        integer;
  double        real;
  const guint8 *bytes;
  gsize         size;
} SagPageValue;

/** SagPageRow: a row as it is stored: the value of an INTEGER PRIMARY KEY is NULL, and stands in @id. */
typedef struct
{
  gint64       id;
  int          n_values;
  SagPageValue values[SAG_PAGES_MOST_VALUES];
} SagPageRow;

/**
 * sag_pages_walk: finds the leaves of the table whose root is @root, and takes them: no other table has them.
 * @leaves: (element-type guint32): they are appended
 * @n_bad_leaves: (out): pages that cannot be read and held rows for sure
 *
 * Returns: whether every page could be read
 */
gboolean sag_pages_walk (SagPages *pages, guint32 root, GArray *leaves, guint *n_bad_leaves);

/** sag_pages_list_orphans: (transfer full) (element-type guint32): leaves that nobody took and that are not free. */
GArray *sag_pages_list_orphans (SagPages *pages);

/** sag_pages_count_rows: of a leaf; 0 if it is none. */
guint sag_pages_count_rows (SagPages *pages, guint32 page);

/**
 * sag_pages_read_row: of a leaf.
 * @scratch: what values may point into: longer than @row, and for one row at a time
 *
 * Returns: FALSE if it cannot be read
 */
gboolean
sag_pages_read_row (SagPages *pages, guint32 page, guint row, GByteArray *scratch, SagPageRow *out);

G_END_DECLS
