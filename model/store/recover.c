/* SPDX-License-Identifier: Apache-2.0 */
#include "model/store/recover.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/store/audit.h"
#include "model/store/crc-columns.h"
#include "model/store/crc32c.h"
#include "model/store/db-private.h"
#include "model/store/masks.h"
#include "model/store/schema.h"

#include <glib/gstdio.h>
#include <string.h>

#define MOST_LOOKUPS 5000000 /* rows that are looked for one by one */
#define MOST_MISSES 20000    /* of them in a row: more than a damaged page holds */
#define MOST_COLUMNS 32
#define PAGE_BYTES 4096

/* Whether a row of @table fits its checksum. The columns are those of the schema, in its order.
 * @without: rows without a checksum are of before format 2 */
static gboolean
row_is_sound (const char *table, gboolean without, sqlite3_stmt *row)
{
  gsize       size;
  const void *data;

  if (strcmp (table, "bricks") == 0)
    {
      data = sag_row_blob (row, 3, &size);
      return sag_masks_crc (sag_row_integer (row, 1), sag_row_integer (row, 2), data, size) ==
             sag_row_integer (row, 4);
    }
  if (strcmp (table, "steps") == 0)
    {
      data = sag_row_blob (row, 6, &size);
      return sag_steps_crc (sag_row_integer (row, 1), sag_row_integer (row, 2), data, size) ==
             sag_row_integer (row, 7);
    }
  if (strcmp (table, "answers") == 0)
    {
      const char *json = sag_row_text (row, 5);

      data = sag_row_blob (row, 6, &size);
      return json != NULL && sag_crc32c (sag_crc32c (0, json, strlen (json)), data, size) ==
                               sag_row_integer (row, 7);
    }
  if (strcmp (table, "labels") == 0 || strcmp (table, "masks") == 0)
    {
      const int n = strcmp (table, "labels") == 0 ? SAG_N_LABEL_COLUMNS : SAG_N_MASK_COLUMNS;

      /* Before format 2 there was none. */
      return g_strcmp0 (sqlite3_column_name (row, n), "crc") != 0 ||
             (without && sqlite3_column_type (row, n) == SQLITE_NULL) ||
             sag_row_crc (row, n) == sag_row_integer (row, n);
    }
  return TRUE;
}

typedef struct
{
  SagDb        *from;
  SagDb        *to;
  const char   *table;
  sqlite3_stmt *insert;
  int           n_columns;
  SagRecovered *out;
  GHashTable   *hurt_masks; /* ids of masks that lost a piece */
  GHashTable   *hurt_cases;
  gboolean      bricks_unreadable;
  gboolean      new_first_page; /* its schema is this version's, whatever the rows' was */
  gboolean      without_checksums;
} Copy;

static void
note_loss (Copy *copy, sqlite3_stmt *row)
{
  copy->out->n_lost++;
  if (strcmp (copy->table, "bricks") == 0)
    {
      copy->out->n_bricks_lost++;
      g_hash_table_add (copy->hurt_masks, GINT_TO_POINTER (sag_row_integer (row, 1)));
    }
  if (strcmp (copy->table, "masks") == 0)
    g_hash_table_add (copy->hurt_cases, GINT_TO_POINTER (sag_row_integer (row, 2)));
  if (strcmp (copy->table, "steps") == 0)
    g_hash_table_add (copy->hurt_cases, GINT_TO_POINTER (sag_row_integer (row, 1)));
}

static gboolean
copy_row (Copy *copy, sqlite3_stmt *row, GError **error)
{
  int code;

  if (!row_is_sound (copy->table, copy->without_checksums, row))
    {
      note_loss (copy, row);
      return TRUE;
    }
  sqlite3_clear_bindings (copy->insert);
  for (int c = 0; c < MIN (sqlite3_column_count (row) - 1, copy->n_columns); c++)
    sqlite3_bind_value (copy->insert, c + 1, sqlite3_column_value (row, c));
  code = sqlite3_step (copy->insert);
  sqlite3_reset (copy->insert);
  if (code == SQLITE_DONE && sqlite3_changes (copy->to->handle) == 1)
    copy->out->n_rows++;
  else if (code == SQLITE_DONE || (code & 0xff) == SQLITE_CONSTRAINT)
    note_loss (copy, row);
  else
    return sag_db_set_error (copy->to->handle, code, sag_db_get_name (copy->to), error);
  return TRUE;
}

/* All rows in one direction until the first that cannot be read; @last: the row before it. */
static gboolean
copy_run (Copy *copy, gboolean down, gint64 stop, gint64 *last, gboolean *complete, GError **error)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT * , rowid FROM \"%s\" NOT INDEXED ORDER BY rowid %s", copy->table,
                     down ? "DESC" : "ASC");
  sqlite3_stmt *row = NULL;
  gboolean      done = TRUE;
  int           code;

  code = sqlite3_prepare_v2 (copy->from->handle, sql, -1, &row, NULL);
  while (done && code == SQLITE_OK && (code = sqlite3_step (row)) == SQLITE_ROW)
    {
      *last = sqlite3_column_int64 (row, sqlite3_column_count (row) - 1);
      code = SQLITE_OK;
      if (down && *last <= stop)
        {
          code = SQLITE_DONE;
          break;
        }
      done = copy_row (copy, row, error);
    }
  *complete = code == SQLITE_DONE;
  sqlite3_finalize (row);
  return done;
}

/* Rows between two places, one by one. */
static gboolean
copy_single (Copy *copy, gint64 after, gint64 before, GError **error)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT * , rowid FROM \"%s\" NOT INDEXED WHERE rowid = ?", copy->table);
  sqlite3_stmt *row = NULL;
  gboolean      done = TRUE;

  if (sqlite3_prepare_v2 (copy->from->handle, sql, -1, &row, NULL) != SQLITE_OK)
    return TRUE;
  for (gint64 id = after + 1, misses = 0;
       done && id < before && id - after < MOST_LOOKUPS && misses < MOST_MISSES; id++)
    {
      misses++;
      sqlite3_bind_int64 (row, 1, id);
      if (sqlite3_step (row) == SQLITE_ROW)
        {
          done = copy_row (copy, row, error);
          misses = 0;
        }
      sqlite3_reset (row);
    }
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
  n = MIN (sqlite3_column_count (probe), MOST_COLUMNS);
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
lacks_checksums (Copy *copy)
{
  static const char *const orders[] = { "ASC", "DESC" };
  gboolean                 found = FALSE;

  if (strcmp (copy->table, "labels") != 0 && strcmp (copy->table, "masks") != 0)
    return FALSE;
  for (gsize o = 0; o < G_N_ELEMENTS (orders) && !found; o++)
    {
      g_autofree char *sql =
        g_strdup_printf ("SELECT 1 FROM \"%s\" NOT INDEXED WHERE crc IS NOT NULL ORDER BY rowid %s",
                         copy->table, orders[o]);
      sqlite3_stmt *row = NULL;

      found = sqlite3_prepare_v2 (copy->from->handle, sql, -1, &row, NULL) == SQLITE_OK &&
              sqlite3_step (row) == SQLITE_ROW;
      sqlite3_finalize (row);
    }
  return !found;
}

static gboolean
copy_table (Copy *copy, GError **error)
{
  const gint64 before = copy->out->n_rows;
  gint64       last = G_MININT64 / 2, first_after = G_MAXINT64 / 2;
  gboolean     complete = FALSE, done;

  copy->without_checksums = copy->new_first_page && lacks_checksums (copy);
  copy->insert = prepare_insert (copy->to, copy->table, &copy->n_columns);
  if (copy->insert == NULL)
    return sag_db_set_error (copy->to->handle, SQLITE_ERROR, sag_db_get_name (copy->to), error);
  done = copy_run (copy, FALSE, 0, &last, &complete, error);
  if (done && !complete)
    {
      gboolean ignored;

      copy->out->unreadable = TRUE;
      copy->bricks_unreadable |= strcmp (copy->table, "bricks") == 0;
      copy->bricks_unreadable |= strcmp (copy->table, "steps") == 0;
      done =
        copy_run (copy, TRUE, last, &first_after, &ignored, error) &&
        (first_after <= last ||
         copy_single (copy, MAX (last, 0), MIN (first_after, MAX (last, 0) + MOST_LOOKUPS), error));
    }
  sqlite3_finalize (g_steal_pointer (&copy->insert));
  g_debug ("recovered %" G_GINT64_FORMAT " rows of %s", copy->out->n_rows - before, copy->table);
  return done;
}

static gboolean
drop_journals (Copy *copy, GError **error)
{
  GHashTableIter iter;
  gpointer       key;

  if (copy->bricks_unreadable)
    return sag_db_integer (copy->to, 0, &copy->out->n_journals, error,
                           "SELECT count(DISTINCT case_id) FROM steps", "") &&
           sag_db_script (copy->to, "DELETE FROM steps", error);
  g_hash_table_iter_init (&iter, copy->hurt_masks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 one = 0;

      if (!sag_db_integer (copy->to, 0, &one, error, "SELECT case_id FROM masks WHERE id = ?", "i",
                           (gint64) GPOINTER_TO_INT (key)))
        return FALSE;
      g_hash_table_add (copy->hurt_cases, GINT_TO_POINTER (one));
    }
  g_hash_table_iter_init (&iter, copy->hurt_cases);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (!sag_db_run (copy->to, error, "DELETE FROM steps WHERE case_id = ?", "i",
                       (gint64) GPOINTER_TO_INT (key)))
        return FALSE;
      copy->out->n_journals++;
    }
  return TRUE;
}

/* Labels and masks of cases and tasks that are gone keep a place, whose name says so. */
static gboolean
put_placeholders (Copy *copy, GError **error)
{
  return sag_db_script (
    copy->to,
    "INSERT INTO cases (id, uuid, name, path, ni, nj, nk, affine, state, added) "
    "SELECT case_id, lower (hex (randomblob (16))), 'recovered-case-' || case_id, '', 0, 0, 0, "
    "'0 0 0 0 0 0 0 0 0 0 0 0', 1, 0 FROM (SELECT case_id FROM masks UNION SELECT case_id FROM "
    "labels UNION SELECT case_id FROM answers UNION SELECT case_id FROM measurements UNION SELECT "
    "case_id FROM reviews) WHERE case_id NOT IN (SELECT id FROM cases);"
    "INSERT INTO tasks (id, position, key, wording, colour) "
    "SELECT DISTINCT task_id, task_id, 'recovered-' || task_id, 'recovered task ' || task_id, "
    "8421504 FROM labels WHERE task_id NOT IN (SELECT id FROM tasks)",
    error);
}

/* Rows whose parents are gone go, too. */
static gboolean
drop_orphans (Copy *copy, GError **error)
{
  static const char *const orphans[] = {
    "DELETE FROM masks WHERE case_id NOT IN (SELECT id FROM cases)",
    "DELETE FROM bricks WHERE mask_id NOT IN (SELECT id FROM masks)",
    "DELETE FROM labels WHERE case_id NOT IN (SELECT id FROM cases)",
    "DELETE FROM labels WHERE task_id NOT IN (SELECT id FROM tasks)",
    "DELETE FROM steps WHERE case_id NOT IN (SELECT id FROM cases)",
    "DELETE FROM answers WHERE case_id NOT IN (SELECT id FROM cases)",
    "DELETE FROM measurements WHERE case_id NOT IN (SELECT id FROM cases)",
    "DELETE FROM reviews WHERE case_id NOT IN (SELECT id FROM cases)",
  };

  for (gsize o = 0; o < G_N_ELEMENTS (orphans); o++)
    {
      if (!sag_db_run (copy->to, error, orphans[o], ""))
        return FALSE;
      copy->out->n_lost += sag_db_n_changed (copy->to);
    }
  return TRUE;
}

/* The chain goes on from what is left, and says so. */
static gboolean
mend_log (Copy *copy, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  gint64 n = 0;

  if (sag_audit_verify (copy->to, &n, NULL))
    return sag_audit_add (copy->to, error, "recover", "%" G_GINT64_FORMAT " rows",
                          copy->out->n_rows);
  copy->out->log_broken = TRUE;
  entries = sag_audit_list (copy->to, error);
  if (entries == NULL ||
      !sag_db_script (copy->to, "DELETE FROM audit; DELETE FROM meta WHERE key = 'audit'", error))
    return FALSE;
  if (!sag_audit_add (copy->to, error, "recover",
                      "the log was damaged; %u entries follow as they were found", entries->len))
    return FALSE;
  for (guint e = 0; e < entries->len; e++)
    {
      const SagAuditEntry *entry = g_ptr_array_index (entries, e);

      if (!sag_audit_add (copy->to, error, "found",
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
copy_all (Copy *copy, GError **error)
{
  const char *const *tables = sag_schema_get_tables ();

  if (!sag_db_script (copy->to, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", error))
    return FALSE;
  for (gsize t = 0; tables[t] != NULL; t++)
    {
      copy->table = tables[t];
      if (!copy_table (copy, error))
        return FALSE;
    }
  if (copy->out->n_rows == 0)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                           "Nothing could be recovered: no row can be read.");
      return FALSE;
    }
  return add_checksums (copy->to, error) && drop_journals (copy, error) &&
         sag_db_script (copy->to, SAG_SCHEMA_TELL_STEPS, error) && put_placeholders (copy, error) &&
         drop_orphans (copy, error) && mend_log (copy, error) &&
         sag_db_script (copy->to, "COMMIT", error);
}

static gboolean
recover_into (const char *work, const char *out, SagRecovered *recovered, GError **error)
{
  g_autoptr (SagDb) to = sag_db_open (out, TRUE, TRUE, error);
  g_autoptr (SagDb) from = NULL;
  g_autoptr (GHashTable) masks = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) cases = g_hash_table_new (NULL, NULL);
  Copy copy = { .to = to, .out = recovered, .hurt_masks = masks, .hurt_cases = cases };

  if (to == NULL || !sag_schema_migrate (to, error))
    return FALSE;
  copy.new_first_page = !can_read_schema (work);
  if (copy.new_first_page && !mend_first_page (work, out, error))
    return FALSE;
  copy.from = from = sag_db_open (work, TRUE, FALSE, error);
  return from != NULL && copy_all (&copy, error);
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
    g_unlink (out);
  return done;
}

/* Checking */

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
      n_bad += !row_is_sound (table, FALSE, row);
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
