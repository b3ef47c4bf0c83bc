/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/crc32c.h"
#include "model/store/db-private.h"

#include "model/core/error.h"

/* Checksums of whole rows: CRC-32C over each value: its SQLite type as a byte, then an integer as little-endian int64,
 * or a text's length as such and its bytes; nothing for NULL. */

static guint32
add_value (guint32 crc, int type, gint64 integer, const void *bytes, int n_bytes)
{
  const guint8 kind = (guint8) type;
  gint64       number = GINT64_TO_LE (type == SQLITE_INTEGER ? integer : n_bytes);

  crc = sag_crc32c (crc, &kind, 1);
  if (type == SQLITE_NULL)
    return crc;
  crc = sag_crc32c (crc, &number, sizeof number);
  return type == SQLITE_INTEGER ? crc : sag_crc32c (crc, bytes, (gsize) n_bytes);
}

guint32
sag_row_crc (SagRow *row, int n_columns)
{
  guint32 crc = 0;

  for (int c = 0; c < n_columns; c++)
    {
      const int   type = sqlite3_column_type (row, c);
      const void *bytes = type == SQLITE_INTEGER ? NULL : sqlite3_column_text (row, c);

      crc = add_value (crc, type, type == SQLITE_INTEGER ? sqlite3_column_int64 (row, c) : 0, bytes,
                       bytes != NULL ? sqlite3_column_bytes (row, c) : 0);
    }
  return crc;
}

static void
sql_crc (sqlite3_context *context, int n_values, sqlite3_value **values)
{
  guint32 crc = 0;

  for (int v = 0; v < n_values; v++)
    {
      const int   type = sqlite3_value_type (values[v]);
      const void *bytes = type == SQLITE_INTEGER ? NULL : sqlite3_value_text (values[v]);

      crc = add_value (crc, type, type == SQLITE_INTEGER ? sqlite3_value_int64 (values[v]) : 0,
                       bytes, bytes != NULL ? sqlite3_value_bytes (values[v]) : 0);
    }
  sqlite3_result_int64 (context, crc);
}

gboolean
sag_db_add_crc (SagDb *db, GError **error)
{
  const int code = sqlite3_create_function_v2 (
    db->handle, "sag_crc", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
    sql_crc, NULL, NULL, NULL);

  return code == SQLITE_OK || sag_db_set_error (db->handle, code, db->name, error);
}

void
sag_db_set_impossible (SagDb *db, const char *what, gint64 id, GError **error)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s is damaged: %s %" G_GINT64_FORMAT
               " cannot be. Recover it with: sagitta-cli project recover.",
               db->name, what, id);
}

void
sag_db_set_damaged (SagDb *db, const char *what, GError **error)
{
  g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
               "%s is damaged: %s does not fit its checksum. Recover it with: sagitta-cli project "
               "recover.",
               db->name, what);
}
