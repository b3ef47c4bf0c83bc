/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagRows: a table of texts from a CSV file (RFC 4180: quotes, doubled quotes, line breaks within
 * quotes; comma, semicolon or tab, by the header) or from JSON Lines (one object a line; numbers and
 * truth values become text, null becomes empty). One owner.
 */
typedef struct _SagRows SagRows;

/** sag_rows_load: Errors: SAG_ERROR_FORMAT naming file and line; SAG_ERROR_LIMIT above 256 MiB; G_FILE_ERROR. */
SagRows *sag_rows_load (const char *path, GError **error);
/** sag_rows_parse: the same from memory; JSON Lines if it starts with '{'. @name stands in messages. */
SagRows *sag_rows_parse (const char *text, gsize size_bytes, const char *name, GError **error);
void     sag_rows_free (SagRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagRows, sag_rows_free)

gsize sag_rows_get_n (SagRows *rows);

/** sag_rows_get_columns: (transfer none): names in the order in which they came first. */
const char *const *sag_rows_get_columns (SagRows *rows);

/** sag_rows_get: (nullable) (transfer none): NULL or "" where the row has nothing there. */
const char *sag_rows_get (SagRows *rows, gsize row, const char *column);

/** sag_rows_get_line: of the file, 1 for the first, where a row begins. */
guint sag_rows_get_line (SagRows *rows, gsize row);

/** sag_rows_append_cell: a cell of CSV as RFC 4180 has it, in quotes where it needs them. */
void sag_rows_append_cell (GString *text, const char *cell);

G_END_DECLS
