/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/db-private.h"

#include "model/core/error.h"
#include "model/core/file.h"

#include <stdarg.h>
#include <string.h>

#define BUSY_MS 4000

gboolean
sag_db_set_error (sqlite3 *handle, int code, const char *name, GError **error)
{
  const char *detail = handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (code);

  switch (code & 0xff)
    {
    case SQLITE_FULL:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   "%s cannot be written: the disk is full. Make room; what you did is kept "
                   "meanwhile.",
                   name);
      break;
    case SQLITE_READONLY:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY,
                   "%s cannot be written: the file or its folder is read-only. Save the project "
                   "elsewhere.",
                   name);
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                   "%s is in use by another program. Try again when it is done.", name);
      break;
    case SQLITE_NOTADB:
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is no project of Sagitta, or its beginning is damaged. Choose a .sagitta "
                   "file, or try: sagitta-cli project recover.",
                   name);
      break;
    case SQLITE_CORRUPT:
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                   "%s is damaged (%s). Recover it with: sagitta-cli project recover.", name,
                   detail);
      break;
    case SQLITE_CONSTRAINT:
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                   "%s cannot take this: it is about something that is not there (any more), or is "
                   "there already (%s).",
                   name, detail);
      break;
    case SQLITE_TOOBIG:
      g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "%s: %s.", name, detail);
      break;
    case SQLITE_NOMEM:
      g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "%s: %s.", name, detail);
      break;
    case SQLITE_CANTOPEN:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "%s cannot be opened: %s. Look at the folder's permissions.", name, detail);
      break;
    default:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "%s could not be read or written: %s. Check the disk.", name, detail);
    }
  return FALSE;
}

static void
finalize_statement (gpointer statement)
{
  sqlite3_finalize (statement);
}

/* Nothing that stands in a file from elsewhere may run. */
static void
distrust (sqlite3 *handle)
{
  sqlite3_db_config (handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
}

SagDb *
sag_db_open (const char *path, gboolean writable, gboolean create, GError **error)
{
  g_autoptr (SagDb) db = g_new0 (SagDb, 1);
  const int flags =
    (writable ? SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) : SQLITE_OPEN_READONLY) |
    SQLITE_OPEN_NOMUTEX;
  int code;

  db->name = sag_file_dup_display_name (path);
  db->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize_statement);
  db->reader = g_strdup (g_get_user_name ());
  code = sqlite3_open_v2 (path, &db->handle, flags, NULL);
  if (code != SQLITE_OK)
    {
      sag_db_set_error (db->handle, code, db->name, error);
      return NULL;
    }
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_busy_timeout (db->handle, BUSY_MS);
  distrust (db->handle);
  if (!sag_db_script (db, "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON", error) ||
      !sag_db_add_crc (db, error))
    return NULL;
  return g_steal_pointer (&db);
}

void
sag_db_close (SagDb *db)
{
  if (db == NULL)
    return;
  g_hash_table_unref (db->statements);
  sqlite3_close_v2 (db->handle);
  g_free (db->name);
  g_free (db->reader);
  g_free (db);
}

const char *
sag_db_get_name (SagDb *db)
{
  return db->name;
}

gboolean
sag_db_script (SagDb *db, const char *sql, GError **error)
{
  const int code = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);

  return code == SQLITE_OK || sag_db_set_error (db->handle, code, db->name, error);
}

static void
bind_blob (sqlite3_stmt *statement, int place, GBytes *bytes)
{
  gsize       size = 0;
  const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

  if (bytes == NULL)
    sqlite3_bind_null (statement, place);
  else if (size == 0)
    sqlite3_bind_zeroblob (statement, place, 0);
  else
    sqlite3_bind_blob64 (statement, place, data, size, SQLITE_TRANSIENT);
}

static void
bind_all (sqlite3_stmt *statement, const char *types, va_list values)
{
  g_assert ((int) strlen (types) == sqlite3_bind_parameter_count (statement));
  for (int place = 1; types[place - 1] != 0; place++)
    switch (types[place - 1])
      {
      case 'i':
        sqlite3_bind_int64 (statement, place, va_arg (values, gint64));
        break;
      case 'd':
        sqlite3_bind_double (statement, place, va_arg (values, double));
        break;
      case 's':
        sqlite3_bind_text (statement, place, va_arg (values, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'b':
        bind_blob (statement, place, va_arg (values, GBytes *));
        break;
      default:
        g_assert_not_reached ();
      }
}

static SagRow *
query_valist (SagDb *db, GError **error, const char *sql, const char *types, va_list values)
{
  sqlite3_stmt *statement = g_hash_table_lookup (db->statements, sql);

  if (statement == NULL)
    {
      const int code =
        sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

      if (code != SQLITE_OK)
        {
          sag_db_set_error (db->handle, code, db->name, error);
          return NULL;
        }
      g_hash_table_insert (db->statements, (gpointer) sql, statement);
    }
  sqlite3_reset (statement);
  bind_all (statement, types, values);
  return statement;
}

SagRow *
sag_db_query (SagDb *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  SagRow *row;

  va_start (values, types);
  row = query_valist (db, error, sql, types, values);
  va_end (values);
  return row;
}

gboolean
sag_db_next (SagDb *db, SagRow *row, GError **error)
{
  const int code = sqlite3_step (row);

  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    sag_db_set_error (db->handle, code, db->name, error);
  sag_db_end (row);
  return FALSE;
}

void
sag_db_end (SagRow *row)
{
  sqlite3_reset (row);
  sqlite3_clear_bindings (row);
}

gboolean
sag_db_settle (GError *failure, GError **error)
{
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

gboolean
sag_db_run (SagDb *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;
  SagRow *row;
  GError *failure = NULL;

  va_start (values, types);
  row = query_valist (db, error, sql, types, values);
  va_end (values);
  if (row == NULL)
    return FALSE;
  while (sag_db_next (db, row, &failure))
    ;
  return sag_db_settle (failure, error);
}

gboolean
sag_db_text (SagDb *db, char **value, GError **error, const char *sql)
{
  SagRow *row = sag_db_query (db, error, sql, "");
  GError *failure = NULL;

  *value = NULL;
  if (row == NULL)
    return FALSE;
  if (sag_db_next (db, row, &failure))
    {
      *value = g_strdup (sag_row_text (row, 0));
      sag_db_end (row);
    }
  return sag_db_settle (failure, error);
}

gboolean
sag_db_integer (SagDb      *db,
                gint64      otherwise,
                gint64     *value,
                GError    **error,
                const char *sql,
                const char *types,
                ...)
{
  va_list values;
  SagRow *row;
  GError *failure = NULL;

  va_start (values, types);
  row = query_valist (db, error, sql, types, values);
  va_end (values);
  if (row == NULL)
    return FALSE;
  *value = otherwise;
  if (sag_db_next (db, row, &failure))
    {
      *value = sag_row_integer (row, 0);
      sag_db_end (row);
    }
  return sag_db_settle (failure, error);
}

gint64
sag_db_last_id (SagDb *db)
{
  return sqlite3_last_insert_rowid (db->handle);
}

int
sag_db_n_changed (SagDb *db)
{
  return sqlite3_changes (db->handle);
}

gint64
sag_row_integer (SagRow *row, int column)
{
  return sqlite3_column_int64 (row, column);
}

double
sag_row_double (SagRow *row, int column)
{
  return sqlite3_column_double (row, column);
}

const char *
sag_row_text (SagRow *row, int column)
{
  return (const char *) sqlite3_column_text (row, column);
}

char *
sag_row_dup_text (SagRow *row, int column)
{
  const char *text = sag_row_text (row, column);

  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

const void *
sag_row_blob (SagRow *row, int column, gsize *size_bytes)
{
  const void *data = sqlite3_column_blob (row, column);

  *size_bytes = (gsize) sqlite3_column_bytes (row, column);
  return data;
}

gint64
sag_db_now (SagDb *db)
{
  return db->clock != NULL ? db->clock () : g_get_real_time () / 1000;
}

void
sag_db_set_clock (SagDb *db, gint64 (*clock) (void))
{
  db->clock = clock;
}

const char *
sag_db_get_reader (SagDb *db)
{
  return db->reader;
}

void
sag_db_set_reader (SagDb *db, const char *reader)
{
  g_free (db->reader);
  db->reader = g_utf8_make_valid (reader, -1);
}
