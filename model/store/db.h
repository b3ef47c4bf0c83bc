/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagDb: the SQLite file of a project, as jobs of its store see it (model/store/store.h). One
 * thread at a time.
 *
 * Errors of all functions: SAG_ERROR_FORMAT (damaged), G_IO_ERROR_NO_SPACE, G_IO_ERROR_READ_ONLY,
 * G_IO_ERROR_BUSY, G_IO_ERROR_FAILED, each with a sentence that names the file.
 */
typedef struct _SagDb SagDb;

/** SagRow: a query whose rows come one after the other. */
typedef struct sqlite3_stmt SagRow;

/**
 * sag_db_open:
 * @writable: else the file is only looked at
 */
SagDb *sag_db_open (const char *path, gboolean writable, gboolean create, GError **error);
void   sag_db_close (SagDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SagDb, sag_db_close)

/** sag_db_get_name: of the file, for messages. */
const char *sag_db_get_name (SagDb *db);

/** sag_db_script: statements without values, such as a schema. */
gboolean sag_db_script (SagDb *db, const char *sql, GError **error);

/**
 * sag_db_query: starts a query.
 * @sql: with "?" where a value comes; static
 * @types: of the values that follow: "i" gint64, "d" double, "s" const char * (nullable), "b" GBytes * (nullable)
 *
 * Returns: (transfer none): until sag_db_next() said that there is no further row, or sag_db_end()
 */
SagRow *sag_db_query (SagDb *db, GError **error, const char *sql, const char *types, ...);

/** sag_db_next: the next row. Returns: FALSE at the end, or with @error set. */
gboolean sag_db_next (SagDb *db, SagRow *row, GError **error);
/** sag_db_end: the query is not needed any further. */
void sag_db_end (SagRow *row);

/** sag_db_settle: hands a failure on. @failure: (transfer full) (nullable). Returns: whether there was none */
gboolean sag_db_settle (GError *failure, GError **error);

/** sag_db_run: the same for a statement that gives no rows. */
gboolean sag_db_run (SagDb *db, GError **error, const char *sql, const char *types, ...);

/** sag_db_integer: the first column of the only row; @otherwise if there is none. */
gboolean sag_db_integer (SagDb      *db,
                         gint64      otherwise,
                         gint64     *value,
                         GError    **error,
                         const char *sql,
                         const char *types,
                         ...);

/**
 * sag_db_text: the first column of the only row.
 * @value: (out) (transfer full) (nullable): NULL if there is none
 */
gboolean sag_db_text (SagDb *db, char **value, GError **error, const char *sql);

/** sag_db_last_id: of the row that was inserted last. */
gint64 sag_db_last_id (SagDb *db);
/** sag_db_n_changed: rows that the last statement changed. */
int sag_db_n_changed (SagDb *db);

gint64 sag_row_integer (SagRow *row, int column);
double sag_row_double (SagRow *row, int column);
/** sag_row_text: (nullable) (transfer none): until the next row. */
const char *sag_row_text (SagRow *row, int column);
/** sag_row_dup_text: (nullable) (transfer full): as UTF-8, whatever the bytes are. */
char *sag_row_dup_text (SagRow *row, int column);
/** sag_row_blob: (nullable) (transfer none): until the next row. */
const void *sag_row_blob (SagRow *row, int column, gsize *size_bytes);

/** sag_db_now: milliseconds since 1970, UTC, by the clock of this machine. */
gint64 sag_db_now (SagDb *db);
/** sag_db_set_clock: for tests. */
void sag_db_set_clock (SagDb *db, gint64 (*clock) (void));

/** sag_db_get_reader, sag_db_set_reader: who works. */
const char *sag_db_get_reader (SagDb *db);
void        sag_db_set_reader (SagDb *db, const char *reader);

G_END_DECLS
