/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/schema.h"

static gboolean
check_pages (SagDb *db, GStrvBuilder *found, GError **error)
{
  GError *failure = NULL;
  SagRow *row = sag_db_query (db, &failure, "PRAGMA integrity_check (20)", "");

  while (failure == NULL && sag_db_next (db, row, &failure))
    if (g_strcmp0 (sag_row_text (row, 0), "ok") != 0)
      {
        g_autofree char *text = g_utf8_make_valid (sag_row_text (row, 0), -1);

        g_strv_builder_add (found, g_strdelimit (text, "\n", ' '));
      }
  if (failure == NULL || failure->domain == SAG_ERROR)
    {
      if (failure != NULL)
        g_strv_builder_add (found, failure->message);
      g_clear_error (&failure);
      return TRUE;
    }
  g_propagate_error (error, failure);
  return FALSE;
}

static void
check_rows (SagDb *db, const char *table, GStrvBuilder *found)
{
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\" NOT INDEXED ORDER BY rowid", table);
  sqlite3_stmt    *row = NULL;
  int              n_bad = 0;

  if (sqlite3_prepare_v2 (db->handle, sql, -1, &row, NULL) == SQLITE_OK)
    while (sqlite3_step (row) == SQLITE_ROW)
      n_bad += !sag_recover_row_is_sound (table, FALSE, row);
  sqlite3_finalize (row);
  if (n_bad > 0)
    {
      g_autofree char *text =
        g_strdup_printf ("%d rows of the table %s do not fit their checksums", n_bad, table);

      g_strv_builder_add (found, text);
    }
}

char **
sag_store_check (const char *path, GError **error)
{
  static const char *const checked[] = { "bricks", "steps", "answers", "labels", "masks" };
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_autoptr (SagDb) db = sag_db_open (path, FALSE, FALSE, error);
  g_autoptr (GError) log = NULL;
  gint64 version = 0, n = 0;

  if (db == NULL || !sag_schema_check (db, &version, error) || !check_pages (db, found, error))
    return NULL;
  for (gsize t = 0; t < G_N_ELEMENTS (checked); t++)
    check_rows (db, checked[t], found);
  if (!sag_audit_verify (db, &n, &log))
    g_strv_builder_add (found, log->message);
  return g_strv_builder_end (found);
}
