/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/store/db.h"

#include <sqlite3.h>

G_BEGIN_DECLS

struct _SagDb
{
  sqlite3    *handle;
  GHashTable *statements; /* SQL text to sqlite3_stmt */
  char       *name;
  char       *reader;
  gint64      version; /* of the schema; 0: not looked at */
  gint64 (*clock) (void);
};

/** sag_db_set_error: what SQLite's code means for a person. Returns: FALSE */
gboolean sag_db_set_error (sqlite3 *handle, int code, const char *name, GError **error);

/** sag_db_add_crc: the SQL function sag_crc (...): what sag_row_crc() says of a row of these values. */
gboolean sag_db_add_crc (SagDb *db, GError **error);
/** sag_row_crc: over the first @n_columns. */
guint32 sag_row_crc (SagRow *row, int n_columns);
/** sag_db_set_damaged: @what does not fit its checksum. */
void sag_db_set_damaged (SagDb *db, const char *what, GError **error);
/** sag_db_set_impossible: row @id of @what, such as "case", has no checksum, and cannot be as it is. */
void sag_db_set_impossible (SagDb *db, const char *what, gint64 id, GError **error);

G_END_DECLS
