/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include "model/store/crc-columns.h"

#include <string.h>

/* Indexes stand on pages of their own, and hold some columns of every row: what they say of a row that is gone. */

gboolean
sag_recover_prepare (SagRecovery *all, sqlite3_stmt **row, const char *sql)
{
  *row = NULL;
  return !all->roots_unknown &&
         sqlite3_prepare_v2 (all->from->handle, sql, -1, row, NULL) == SQLITE_OK;
}

gint64
sag_recover_count_told (SagRecovery *all)
{
  gint64        n = -1;
  sqlite3_stmt *index;

  if (!sag_recover_prepare (all, &index,
                            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?"))
    return -1;
  sqlite3_bind_text (index, 1, all->table, -1, SQLITE_STATIC);
  while (n < 0 && sqlite3_step (index) == SQLITE_ROW)
    {
      g_autofree char *sql = sqlite3_column_text (index, 0) == NULL
                               ? NULL
                               : g_strdup_printf ("SELECT count(*) FROM \"%s\" INDEXED BY \"%s\"",
                                                  all->table, sqlite3_column_text (index, 0));
      sqlite3_stmt    *count = NULL;

      if (sql != NULL &&
          sqlite3_prepare_v2 (all->from->handle, sql, -1, &count, NULL) == SQLITE_OK &&
          sqlite3_step (count) == SQLITE_ROW)
        n = sqlite3_column_int64 (count, 0);
      sqlite3_finalize (count);
    }
  sqlite3_finalize (index);
  return n;
}

void
sag_recover_find_hurt (SagRecovery *all)
{
  static const struct
  {
    const char *table, *told, *here;
  } kinds[] = {
    { "bricks", "SELECT mask_id, brick FROM bricks INDEXED BY sqlite_autoindex_bricks_1",
      "SELECT 1 FROM bricks WHERE mask_id = ? AND brick = ?" },
    { "steps", "SELECT case_id, number FROM steps INDEXED BY sqlite_autoindex_steps_1",
      "SELECT 1 FROM steps WHERE case_id = ? AND number = ?" },
    { "masks", "SELECT case_id, rowid FROM masks INDEXED BY masks_case",
      "SELECT 1 FROM masks WHERE case_id = ? AND id = ?" },
  };
  gsize         k = 0;
  sqlite3_stmt *told = NULL, *here = NULL;
  int           code = SQLITE_ERROR;

  while (k + 1 < G_N_ELEMENTS (kinds) && strcmp (kinds[k].table, all->table) != 0)
    k++;
  if (sag_recover_prepare (all, &told, kinds[k].told) &&
      sqlite3_prepare_v2 (all->to->handle, kinds[k].here, -1, &here, NULL) == SQLITE_OK)
    while ((code = sqlite3_step (told)) == SQLITE_ROW)
      {
        sqlite3_bind_int64 (here, 1, sqlite3_column_int64 (told, 0));
        sqlite3_bind_int64 (here, 2, sqlite3_column_int64 (told, 1));
        if (sqlite3_step (here) != SQLITE_ROW)
          g_hash_table_add (k == 0 ? all->hurt_masks : all->hurt_cases,
                            GINT_TO_POINTER (sqlite3_column_int64 (told, 0)));
        sqlite3_reset (here);
      }
  all->all_hurt |= code != SQLITE_DONE;
  sqlite3_finalize (told);
  sqlite3_finalize (here);
}

/* One column of all rows of a table. */
static gboolean
read_told (
  SagRecovery *all, const char *table, const char *column, const char *index, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT rowid, %s FROM %s INDEXED BY %s WHERE %s IS NOT NULL", column, table, index, column);
  sqlite3_stmt *row, *put = NULL;
  gboolean      done;

  done = sqlite3_prepare_v2 (all->to->handle, "INSERT INTO temp.told VALUES (?, ?, ?, ?)", -1, &put,
                             NULL) == SQLITE_OK;
  if (done && sag_recover_prepare (all, &row, sql))
    {
      while (done && sqlite3_step (row) == SQLITE_ROW)
        {
          if (strcmp (table, "masks") == 0 &&
              g_hash_table_contains (all->doubtful_masks,
                                     GINT_TO_POINTER (sqlite3_column_int64 (row, 0))))
            continue;
          sqlite3_bind_text (put, 1, table, -1, SQLITE_STATIC);
          sqlite3_bind_text (put, 2, column, -1, SQLITE_STATIC);
          sqlite3_bind_value (put, 3, sqlite3_column_value (row, 0));
          sqlite3_bind_value (put, 4, sqlite3_column_value (row, 1));
          done = sqlite3_step (put) == SQLITE_DONE;
          sqlite3_reset (put);
        }
      sqlite3_finalize (row);
    }
  sqlite3_finalize (put);
  return done || sag_db_set_error (all->to->handle, SQLITE_ERROR, sag_db_get_name (all->to), error);
}

#define TOLD(table, column, row)                                                                   \
  "(SELECT value FROM temp.told t WHERE t.tbl = '" table "' AND t.col = '" column                  \
  "' AND t.id = " row ")"

static const char put_tasks[] =
  "INSERT OR IGNORE INTO tasks (id, position, key, wording, colour) "
  "SELECT id, id, ifnull (" TOLD (
    "tasks", "key", "g.id") ", 'recovered-' || id), "
                            "'recovered task ' || id, 8421504 FROM (SELECT id FROM temp.told WHERE "
                            "tbl = 'tasks' UNION "
                            "SELECT task_id FROM labels) g WHERE id NOT IN (SELECT id FROM tasks)";

/* Whose they are is not told, but what was painted can be seen. */
static const char put_masks[] =
  "INSERT OR IGNORE INTO masks (id, uuid, case_id, reader, position, name, key, colour, locked, "
  "visible, at) SELECT id, " TOLD ("masks", "uuid", "g.id") ", " TOLD (
    "masks",
    "case_id",
    "g.id") ", 'recovered', id, 'recovered-mask-' || id, NULL, 8421504, 0, 1, 0 FROM (SELECT "
            "DISTINCT id FROM "
            "temp.told WHERE tbl = 'masks') g WHERE id NOT IN (SELECT id FROM masks) AND id IN "
            "(SELECT mask_id FROM "
            "bricks) AND " TOLD ("masks", "uuid", "g.id") " IS NOT NULL AND " TOLD (
              "masks", "case_id", "g.id") " IS NOT NULL; UPDATE masks SET crc = " SAG_MASK_CRC
                                          " WHERE crc IS NULL";

static const char put_cases[] =
  "INSERT OR IGNORE INTO cases (id, uuid, name, path, sha256, ni, nj, nk, affine, state, added) "
  "SELECT id, ifnull (" TOLD (
    "cases",
    "uuid",
    "g.id") ", lower (hex (randomblob (16)))), "
            "'recovered-case-' || id, ifnull (" TOLD ("cases", "path", "g.id") ", ''), " TOLD (
              "cases",
              "sha256",
              "g.id") ", 0, 0, 0, '0 0 0 0 0 0 0 0 0 0 0 0', 1, 0 FROM (SELECT id FROM "
                      "temp.told WHERE tbl = 'cases' UNION SELECT case_id FROM masks UNION SELECT "
                      "case_id FROM labels "
                      "UNION SELECT case_id FROM answers UNION SELECT case_id FROM measurements "
                      "UNION SELECT case_id "
                      "FROM reviews) g WHERE id NOT IN (SELECT id FROM cases)";

/* The log has the words of a question. */
static const char put_wordings[] =
  "UPDATE tasks SET wording = ifnull ((SELECT substr (detail, length (key) + 3) FROM audit WHERE "
  "what = 'task' AND substr (detail, 1, length (key) + 2) = key || ': ' ORDER BY audit.id DESC "
  "LIMIT 1), "
  "wording) WHERE wording = 'recovered task ' || id";

static gboolean
put_places (SagRecovery *all, const char *table, const char *sql, GError **error)
{
  g_autofree char   *ask = g_strdup_printf ("SELECT count(*) FROM %s", table);
  gint64             before = 0, after = 0;
  SagRecoveredTable *told;

  if (!sag_db_integer (all->to, 0, &before, error, ask, "") ||
      !sag_db_script (all->to, sql, error) || !sag_db_integer (all->to, 0, &after, error, ask, ""))
    return FALSE;
  told = sag_recover_find_table (all->out, table);
  told->n_placed = after - before;
  told->n_missing = MAX (told->n_missing, told->n_placed);
  return TRUE;
}

gboolean
sag_recover_put_places (SagRecovery *all, GError **error)
{
  static const char *const columns[][3] = {
    { "cases", "uuid", "sqlite_autoindex_cases_1" }, { "cases", "path", "cases_path" },
    { "cases", "sha256", "cases_sha256" },           { "tasks", "key", "sqlite_autoindex_tasks_1" },
    { "masks", "uuid", "sqlite_autoindex_masks_1" }, { "masks", "case_id", "masks_case" },
  };

  if (!sag_db_script (all->to,
                      "CREATE TEMP TABLE told (tbl TEXT, col TEXT, id INTEGER, value);"
                      "CREATE INDEX temp.told_id ON told (tbl, id)",
                      error))
    return FALSE;
  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
    {
      const SagRecoveredTable *table = sag_recover_find_table (all->out, columns[c][0]);

      if ((table->n_missing > 0 || table->at_least) &&
          !read_told (all, columns[c][0], columns[c][1], columns[c][2], error))
        return FALSE;
    }
  return put_places (all, "tasks", put_tasks, error) &&
         sag_db_script (all->to, put_wordings, error) &&
         put_places (all, "masks", put_masks, error) &&
         put_places (all, "cases", put_cases, error) &&
         sag_db_script (all->to, "DROP TABLE temp.told", error);
}
