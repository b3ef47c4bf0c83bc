/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/store/audit.h"
#include "model/store/crc-columns.h"
#include "model/store/schema.h"

#include <glib/gstdio.h>
#include <string.h>

#define PAGE_BYTES 4096

/* All rows, as SQLite finds them, until the first that cannot be read. */
static gboolean
copy_run (SagRecovery *all, gboolean *complete, GError **error)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT * , rowid FROM \"%s\" NOT INDEXED ORDER BY rowid", all->table);
  sqlite3_stmt *row = NULL;
  gboolean      done = TRUE;
  int           code;

  code = sqlite3_prepare_v2 (all->from->handle, sql, -1, &row, NULL);
  while (done && code == SQLITE_OK && (code = sqlite3_step (row)) == SQLITE_ROW)
    {
      code = SQLITE_OK;
      done = sag_recover_copy_row (all, FALSE, row, error);
    }
  *complete = code == SQLITE_DONE;
  sqlite3_finalize (row);
  return done;
}

/* The statement that puts a row of the schema's columns in. */
static sqlite3_stmt *
prepare_insert (SagDb *to, const char *table, int *n_columns)
{
  g_autofree char *ask = g_strdup_printf ("SELECT * FROM \"%s\"", table);
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *probe = NULL, *insert = NULL;
  int           n;

  sqlite3_prepare_v2 (to->handle, ask, -1, &probe, NULL);
  n = MIN (sqlite3_column_count (probe), SAG_PAGES_MOST_VALUES);
  sqlite3_finalize (probe);
  g_string_printf (sql, "INSERT OR IGNORE INTO \"%s\" SELECT ?1", table);
  for (int c = 1; c < n; c++)
    g_string_append_printf (sql, ", ?%d", c + 1);
  *n_columns = n;
  sqlite3_prepare_v2 (to->handle, sql->str, -1, &insert, NULL);
  return insert;
}

/* Whether no row that can be read has a checksum: rows of before format 2 end before that column. */
static gboolean
lacks_checksums (SagRecovery *all)
{
  static const char *const orders[] = { "ASC", "DESC" };
  gboolean                 found = FALSE;

  if (strcmp (all->table, "labels") != 0 && strcmp (all->table, "masks") != 0)
    return FALSE;
  for (gsize o = 0; o < G_N_ELEMENTS (orders) && !found; o++)
    {
      g_autofree char *sql =
        g_strdup_printf ("SELECT 1 FROM \"%s\" NOT INDEXED WHERE crc IS NOT NULL ORDER BY rowid %s",
                         all->table, orders[o]);
      sqlite3_stmt *row = NULL;

      found = sqlite3_prepare_v2 (all->from->handle, sql, -1, &row, NULL) == SQLITE_OK &&
              sqlite3_step (row) == SQLITE_ROW;
      sqlite3_finalize (row);
    }
  return !found;
}

/* How many rows the table had, by what else tells of them; -1 if nothing does. The log counts itself. */
static gint64
count_told (SagRecovery *all, gboolean *at_least)
{
  g_autofree char *head = NULL;
  gint64           last = 0;

  if (strcmp (all->table, "audit") != 0)
    return sag_recover_count_told (all);
  if (sag_db_text (all->to, &head, NULL, "SELECT value FROM meta WHERE key = 'audit'") &&
      head != NULL)
    return g_ascii_strtoll (head, NULL, 10);
  *at_least = TRUE;
  return sag_db_integer (all->to, 0, &last, NULL, "SELECT max(id) FROM audit", "") ? last : -1;
}

static void
tell_table (SagRecovery *all, gboolean complete, guint n_bad_leaves)
{
  SagRecoveredTable *tell = all->tell;
  const gint64       n_told = count_told (all, &tell->at_least);

  tell->at_least = !complete && (tell->at_least || n_told < 0);
  tell->n_missing = MAX (n_told - tell->n_saved, 0);
  if (complete || n_told < 0)
    tell->n_missing = MAX (tell->n_missing, all->n_seen_lost);
  if (n_told < 0)
    tell->n_missing = MAX (tell->n_missing, n_bad_leaves); /* each held one at least */
  all->out->unreadable |= !complete;
  if (strcmp (all->table, "bricks") == 0 || strcmp (all->table, "steps") == 0 ||
      strcmp (all->table, "masks") == 0)
    {
      all->all_hurt |= tell->at_least;
      if (tell->n_missing > 0)
        sag_recover_find_hurt (all);
    }
  g_debug ("recovered %" G_GINT64_FORMAT " rows of %s", tell->n_saved, all->table);
}

static gboolean
copy_table (SagRecovery *all, const char *work, GError **error)
{
  gboolean complete = FALSE, done = TRUE;
  guint    n_bad_leaves = 0;

  all->n_seen_lost = 0;
  all->without_checksums = all->new_first_page && !all->roots_unknown && lacks_checksums (all);
  all->insert = prepare_insert (all->to, all->table, &all->n_columns);
  if (all->insert == NULL)
    return sag_db_set_error (all->to->handle, SQLITE_ERROR, sag_db_get_name (all->to), error);
  if (!all->roots_unknown)
    {
      done = sag_db_script (all->to, "SAVEPOINT run", error) && copy_run (all, &complete, error);
      /* A run that ended early may have gone wrong before it did. */
      if (done && !complete)
        {
          done = sag_db_script (all->to, "ROLLBACK TO run", error);
          all->n_seen_lost = all->tell->n_saved = 0;
        }
      done = done && sag_db_script (all->to, "RELEASE run", error);
    }
  if (done && !complete)
    done = sag_recover_pages (all, work, &n_bad_leaves, error);
  sqlite3_finalize (g_steal_pointer (&all->insert));
  if (done)
    tell_table (all, complete, n_bad_leaves);
  return done;
}

static gboolean
drop_journals (SagRecovery *all, GError **error)
{
  GHashTableIter iter;
  gpointer       key;

  if (all->all_hurt)
    return sag_db_integer (all->to, 0, &all->out->n_journals, error,
                           "SELECT count(DISTINCT case_id) FROM steps", "") &&
           sag_db_script (all->to, "DELETE FROM steps", error);
  g_hash_table_iter_init (&iter, all->hurt_masks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 one = 0;

      if (!sag_db_integer (all->to, 0, &one, error, "SELECT case_id FROM masks WHERE id = ?", "i",
                           (gint64) (gintptr) key))
        return FALSE;
      g_hash_table_add (all->hurt_cases, (gpointer) (gintptr) one);
    }
  g_hash_table_iter_init (&iter, all->hurt_cases);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (key == NULL)
        continue; /* the mask's row is gone: its case is among them by the mask */
      if (!sag_db_run (all->to, error, "DELETE FROM steps WHERE case_id = ?", "i",
                       (gint64) (gintptr) key))
        return FALSE;
      all->out->n_journals++;
    }
  return TRUE;
}

/* Rows whose parents are gone go, too. */
static gboolean
drop_orphans (SagRecovery *all, GError **error)
{
  static const struct
  {
    const char *table, *sql;
  } orphans[] = {
    { "masks", "DELETE FROM masks WHERE case_id NOT IN (SELECT id FROM cases)" },
    { "bricks", "DELETE FROM bricks WHERE mask_id NOT IN (SELECT id FROM masks)" },
    { "labels", "DELETE FROM labels WHERE case_id NOT IN (SELECT id FROM cases)" },
    { "labels", "DELETE FROM labels WHERE task_id NOT IN (SELECT id FROM tasks)" },
    { "steps", "DELETE FROM steps WHERE case_id NOT IN (SELECT id FROM cases)" },
    { "answers", "DELETE FROM answers WHERE case_id NOT IN (SELECT id FROM cases)" },
    { "measurements", "DELETE FROM measurements WHERE case_id NOT IN (SELECT id FROM cases)" },
    { "reviews", "DELETE FROM reviews WHERE case_id NOT IN (SELECT id FROM cases)" },
  };

  for (gsize o = 0; o < G_N_ELEMENTS (orphans); o++)
    {
      SagRecoveredTable *table = sag_recover_find_table (all->out, orphans[o].table);
      gint64             n;

      if (!sag_db_run (all->to, error, orphans[o].sql, ""))
        return FALSE;
      n = sag_db_n_changed (all->to);
      table->n_missing += n;
      table->n_saved = MAX (table->n_saved - n, 0);
    }
  return TRUE;
}

static void
add_up (SagRecovered *out)
{
  for (const SagRecoveredTable *table = out->tables; table->table != NULL; table++)
    {
      out->n_rows += table->n_saved;
      out->n_lost += table->n_missing;
      out->uncertain |= table->at_least;
    }
  out->n_bricks_lost = sag_recover_find_table (out, "bricks")->n_missing;
}

/* A log whose chain is whole, but for the note where it ends, gets that again. */
static gboolean
mend_end_of_log (SagRecovery *all, GError **error)
{
  if (sag_recover_find_table (all->out, "audit")->at_least)
    return TRUE;
  return sag_db_script (all->to,
                        "INSERT OR IGNORE INTO meta (key, value) SELECT 'audit', id || ' ' || hash "
                        "FROM audit ORDER BY id DESC LIMIT 1",
                        error);
}

/* The chain goes on from what is left, and says so. */
static gboolean
mend_log (SagRecovery *all, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  gint64 n = 0;

  if (sag_audit_verify (all->to, &n, NULL))
    return sag_audit_add (all->to, error, "recover", "%" G_GINT64_FORMAT " rows", all->out->n_rows);
  all->out->log_broken = TRUE;
  entries = sag_audit_list (all->to, error);
  if (entries == NULL ||
      !sag_db_script (all->to, "DELETE FROM audit; DELETE FROM meta WHERE key = 'audit'", error))
    return FALSE;
  if (!sag_audit_add (all->to, error, "recover",
                      "the log was damaged; %u entries follow as they were found", entries->len))
    return FALSE;
  for (guint e = 0; e < entries->len; e++)
    {
      const SagAuditEntry *entry = g_ptr_array_index (entries, e);

      if (!sag_audit_add (all->to, error, "found",
                          "%" G_GINT64_FORMAT " at %" G_GINT64_FORMAT " %s %s: %s", entry->id,
                          entry->at, entry->who, entry->what, entry->detail))
        return FALSE;
    }
  return TRUE;
}

/* Copies a file, of which there may be none. */
static gboolean
copy_file (const char *from, const char *to, gboolean must, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);

  if (!must && !g_file_test (from, G_FILE_TEST_EXISTS))
    return TRUE;
  return g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error);
}

/* A first page that cannot be read becomes that of a new file: tables made in the same order begin
 * on the same pages. */
static gboolean
mend_first_page (const char *work, const char *template, GError **error)
{
  g_autofree char *page = NULL;
  gsize            size = 0;
  FILE            *file;
  long             n_pages;
  gboolean         done;

  if (!g_file_get_contents (template, &page, &size, error))
    return FALSE;
  file = g_fopen (work, "r+b");
  if (file == NULL || size < PAGE_BYTES || fseek (file, 0, SEEK_END) != 0)
    {
      if (file != NULL)
        fclose (file);
      g_set_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "Nothing of it could be read.");
      return FALSE;
    }
  n_pages = ftell (file) / PAGE_BYTES;
  for (int b = 0; b < 4; b++)
    page[28 + b] = (char) (n_pages >> (24 - 8 * b)); /* pages in the file */
  memset (page + 32, 0, 8);                          /* no free ones */
  done = fseek (file, 0, SEEK_SET) == 0 && fwrite (page, 1, PAGE_BYTES, file) == PAGE_BYTES;
  done = fclose (file) == 0 && done;
  if (!done)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The working copy could not be written.");
  return done;
}

static gboolean
can_read_schema (const char *path)
{
  gint64 version = 0, n = 0;
  g_autoptr (SagDb) db = sag_db_open (path, TRUE, FALSE, NULL);

  return db != NULL && sag_schema_check (db, &version, NULL) && version > 0 &&
         sag_db_integer (db, 0, &n, NULL, "SELECT count(*) FROM sqlite_schema", "") && n > 0;
}

/* To rows of a project from before format 2. */
static gboolean
add_checksums (SagDb *to, GError **error)
{
  return sag_db_script (to,
                        "UPDATE labels SET crc = " SAG_LABEL_CRC " WHERE crc IS NULL;"
                        "UPDATE masks SET crc = " SAG_MASK_CRC " WHERE crc IS NULL",
                        error);
}

static gboolean
copy_all (SagRecovery *all, const char *work, GError **error)
{
  const char *const *tables = sag_schema_get_tables ();
  gint64             n = 0;

  if (!sag_db_script (all->to, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", error))
    return FALSE;
  for (gsize t = 0; tables[t] != NULL && t + 1 < SAG_RECOVERED_MOST_TABLES; t++)
    {
      all->table = tables[t];
      all->tell = &all->out->tables[t];
      all->tell->table = tables[t];
      if (!copy_table (all, work, error))
        return FALSE;
      n += all->tell->n_saved;
    }
  if (n == 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "Nothing could be recovered: no row can be read.");
      return FALSE;
    }
  if (!add_checksums (all->to, error) || !drop_journals (all, error) ||
      !sag_db_integer (all->to, 0, &sag_recover_find_table (all->out, "steps")->n_saved, error,
                       "SELECT count(*) FROM steps", "") ||
      !sag_db_script (all->to, SAG_SCHEMA_TELL_STEPS, error) || !mend_end_of_log (all, error) ||
      !sag_recover_put_labels (all, error) || !sag_recover_put_places (all, error) ||
      !drop_orphans (all, error))
    return FALSE;
  add_up (all->out);
  return mend_log (all, error) && sag_db_script (all->to, "COMMIT", error);
}

static gboolean
recover_into (const char *work, const char *out, SagRecovered *recovered, GError **error)
{
  g_autoptr (SagDb) to = sag_db_open (out, TRUE, TRUE, error);
  g_autoptr (SagDb) from = NULL;
  g_autoptr (GHashTable) masks = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) cases = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) doubtful = g_hash_table_new (NULL, NULL);
  SagRecovery all = {
    .to = to, .out = recovered, .hurt_masks = masks, .hurt_cases = cases, .doubtful_masks = doubtful
  };
  gboolean done;

  if (to == NULL || !sag_schema_migrate (to, error))
    return FALSE;
  all.new_first_page = !can_read_schema (work);
  if (all.new_first_page && !mend_first_page (work, out, error))
    return FALSE;
  all.from = from = sag_db_open (work, TRUE, FALSE, error);
  if (from == NULL)
    return FALSE;
  /* What reads pages by itself knows nothing of a journal beside the file. */
  sqlite3_wal_checkpoint_v2 (from->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  all.roots_unknown = all.new_first_page && !sag_recover_roots_fit (&all, work);
  done = copy_all (&all, work, error);
  sag_recover_close_pages (&all);
  return done;
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

gboolean
sag_store_recover (const char *path, const char *out, SagRecovered *recovered, GError **error)
{
  g_autofree char *beside = g_path_get_dirname (out);
  g_autofree char *pattern = g_build_filename (beside, ".sagitta-recover-XXXXXX", NULL);
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);
  g_autofree char *work = NULL;
  g_autofree char *work_wal = NULL;
  gboolean         done;

  *recovered = (SagRecovered){ 0 };
  if (g_file_test (out, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s is already there. Choose another name.", out);
      return FALSE;
    }
  if (g_mkdtemp_full (pattern, 0700) == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                   "%s cannot be written: %s.", beside, g_strerror (errno));
      return FALSE;
    }
  work = g_build_filename (pattern, "work", NULL);
  work_wal = g_strconcat (work, "-wal", NULL);
  done = copy_file (path, work, TRUE, error) && copy_file (wal, work_wal, FALSE, error) &&
         recover_into (work, out, recovered, error);
  remove_folder (pattern);
  if (!done)
    {
      g_unlink (out);
      sag_recovered_clear (recovered);
    }
  return done;
}
