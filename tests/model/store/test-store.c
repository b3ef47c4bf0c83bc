/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/crc32c.h"
#include "model/store/schema.h"
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* RFC 3720, appendix B.4 */
static void
test_crc32c (void)
{
  guint8 bytes[32] = { 0 };

  g_assert_cmphex (sag_crc32c (0, bytes, 32), ==, 0x8a9136aa);
  memset (bytes, 0xff, 32);
  g_assert_cmphex (sag_crc32c (0, bytes, 32), ==, 0x62a8ab43);
  for (int b = 0; b < 32; b++)
    bytes[b] = (guint8) b;
  g_assert_cmphex (sag_crc32c (0, bytes, 32), ==, 0x46dd794e);
  g_assert_cmphex (sag_crc32c (sag_crc32c (0, bytes, 13), bytes + 13, 19), ==, 0x46dd794e);
  g_assert_cmphex (sag_crc32c (0, "123456789", 9), ==, 0xe3069283);
}

static char *
new_path (char **folder)
{
  *folder = sag_test_dup_folder ();
  return g_build_filename (*folder, "study.sagitta", NULL);
}

static gboolean
count_entries (SagDb *db, gpointer data, GError **error)
{
  return sag_audit_verify (db, data, error);
}

static gint64
n_entries (SagStore *store)
{
  gint64 n = 0;
  g_autoptr (GError) error = NULL;

  sag_store_run (store, count_entries, &n, &error);
  g_assert_no_error (error);
  return n;
}

static void
test_open (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;

  for (int rollback = 0; rollback < 2; rollback++)
    {
      const SagStoreFlags flags = rollback ? SAG_STORE_ROLLBACK : 0;
      SagStore           *store = sag_store_open (path, SAG_STORE_CREATE | flags, "Ann", &error);
      SagStore           *second;

      g_assert_no_error (error);
      g_assert_false (sag_store_is_read_only (store));
      add_case (store, "a");
      /* Somebody else may look. */
      second = sag_store_open (path, SAG_STORE_WRITE | flags, "Ben", &error);
      g_assert_no_error (error);
      g_assert_true (sag_store_is_read_only (second));
      g_assert_nonnull (strstr (sag_store_get_why_read_only (second), "Ann on "));
      g_assert_false (sag_store_need_writable (second, &error));
      sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY, "Ann on ");
      g_assert_cmpint (n_entries (second), ==, 2);
      add_case (store, "b");
      g_assert_cmpint (n_entries (second), ==, 3);
      sag_store_free (second);
      g_assert_true (sag_store_close (store, &error));
      g_assert_no_error (error);
      /* One file, and nothing beside it. */
      g_assert_cmpint (sag_test_count_files (folder), ==, 1);
      g_assert_null (sag_store_open (path, SAG_STORE_CREATE, NULL, &error));
      sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "already there");
      store = sag_store_open (path, SAG_STORE_WRITE | flags, "Ben", &error);
      g_assert_no_error (error);
      g_assert_false (sag_store_is_read_only (store));
      g_assert_cmpint (n_entries (store), ==, 3);
      sag_store_free (store);
      g_unlink (path);
    }
  sag_test_remove_folder (folder);
}

static void
test_refused (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autofree char *other = g_build_filename (folder, "other.db", NULL);
  g_autofree char *text = g_build_filename (folder, "notes.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_store_open (path, SAG_STORE_WRITE, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "study.sagitta");
  g_file_set_contents (text, "This is no project at all.", -1, NULL);
  g_assert_null (sag_store_open (text, SAG_STORE_WRITE, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "no project");
  run_sql (other, "CREATE TABLE a (b)");
  g_assert_null (sag_store_open (other, SAG_STORE_WRITE, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "no project");
  sag_store_free (sag_store_open (path, SAG_STORE_CREATE, NULL, &error));
  g_assert_no_error (error);
  run_sql (path, "PRAGMA user_version = 1000");
  g_assert_null (sag_store_open (path, SAG_STORE_WRITE, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED, "newer");
  sag_test_remove_folder (folder);
}

/* A project of a stranger cannot make Sagitta do things. */
static void
test_triggers_do_not_run (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);

  g_assert_no_error (error);
  sag_store_free (store);
  run_sql (path, "CREATE TRIGGER evil AFTER INSERT ON cases BEGIN DELETE FROM cases; END");
  store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  add_case (store, "a");
  g_assert_cmpint (n_entries (store), ==, 2);
  sag_store_free (store);
  store = sag_store_open (path, SAG_STORE_READ, NULL, &error);
  g_assert_null (sag_store_get_why_read_only (store));
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
test_migrate (void)
{
  static const char *const steps[] = { "CREATE TABLE a (x); INSERT INTO a VALUES (7)",
                                       "ALTER TABLE a ADD COLUMN y DEFAULT 3",
                                       "CREATE TABLE c (z); SELECT no_such_function ()" };
  char                    *folder;
  g_autofree char         *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagDb) db = sag_db_open (path, TRUE, TRUE, &error);
  gint64 value = 0;

  g_assert_true (sag_schema_run (db, steps, 1, &error));
  g_assert_no_error (error);
  g_assert_false (sag_schema_run (db, steps, 3, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  sag_db_integer (db, -1, &value, NULL, "PRAGMA user_version", "");
  g_assert_cmpint (value, ==, 1);
  sag_db_integer (db, -1, &value, NULL, "SELECT count(*) FROM sqlite_schema", "");
  g_assert_cmpint (value, ==, 1);
  g_assert_true (sag_schema_run (db, steps, 2, &error));
  sag_db_integer (db, -1, &value, NULL, "SELECT x + y FROM a", "");
  g_assert_cmpint (value, ==, 10);
  g_clear_pointer (&db, sag_db_close);
  sag_test_remove_folder (folder);
}

/* Writing behind one's back */

typedef struct
{
  int    n_tries;
  int    fail; /* this many times */
  int    code; /* of G_IO_ERROR; -1: an argument */
  gint64 value;
} Job;

static gboolean
write_job (SagDb *db, gpointer data, GError **error)
{
  Job *job = data;

  if (!sag_db_run (db, error, "INSERT INTO meta (key, value) VALUES (hex (randomblob (9)), ?)", "i",
                   job->value))
    return FALSE;
  if (job->n_tries++ >= job->fail)
    return TRUE;
  if (job->code < 0)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT, "never");
  else
    g_set_error_literal (error, G_IO_ERROR, job->code, "not yet");
  return FALSE;
}

static gboolean
read_values (SagDb *db, gpointer data, GError **error)
{
  return sag_db_integer (db, 0, data, error, "SELECT sum (value) FROM meta WHERE key <> 'audit'",
                         "");
}

static Job *
new_job (gint64 value, int fail, int code)
{
  Job *job = g_new0 (Job, 1);

  *job = (Job){ 0, fail, code, value };
  return job;
}

static void
on_trouble (SagStore *store, const GError *error, gpointer user_data)
{
  GString *told = user_data;

  g_string_append_printf (told, "%s;", error != NULL ? error->message : "well");
}

static void
wait_until_written (SagStore *store)
{
  const gint64 end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (sag_store_get_n_waiting (store) > 0 && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  g_assert_cmpint (sag_store_get_n_waiting (store), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_posts (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  g_autoptr (GString) told = g_string_new (NULL);
  gint64 sum = 0;

  sag_store_set_trouble (store, on_trouble, told);
  for (int p = 1; p <= 200; p++)
    sag_store_post (store, write_job, new_job (p, 0, 0), g_free);
  g_assert_true (sag_store_run (store, read_values, &sum, &error));
  g_assert_cmpint (sum, ==, 20100);
  /* What can never be written is told and dropped; the rest is written. */
  sag_store_post (store, write_job, new_job (1000, 99, -1), g_free);
  sag_store_post (store, write_job, new_job (5, 0, 0), g_free);
  wait_until_written (store);
  g_assert_cmpstr (told->str, ==, "never;");
  g_assert_true (sag_store_run (store, read_values, &sum, &error));
  g_assert_cmpint (sum, ==, 20105);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static gboolean
break_rule (SagDb *db, gpointer data, GError **error)
{
  return sag_db_run (
    db, error,
    "INSERT INTO steps (case_id, number, title, undone, at, data, crc) VALUES (99, "
    "1, '', 0, 0, x'00', 0)",
    "");
}

/* A stroke of a case that is gone does not hold up the rest. */
static void
test_gone_case (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  g_autoptr (GString) told = g_string_new (NULL);
  gint64 sum = 0;

  sag_store_set_trouble (store, on_trouble, told);
  sag_store_post (store, break_rule, NULL, NULL);
  sag_store_post (store, write_job, new_job (8, 0, 0), g_free);
  wait_until_written (store);
  g_assert_nonnull (strstr (told->str, "not there"));
  g_assert_true (sag_store_run (store, read_values, &sum, &error));
  g_assert_cmpint (sum, ==, 8);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* A full disk: what was done is kept and written later, in order, once. */
static void
test_disk_full (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  g_autoptr (GString) told = g_string_new (NULL);
  gint64 sum = 0;

  sag_store_set_trouble (store, on_trouble, told);
  sag_store_post (store, write_job, new_job (1, 0, 0), g_free);
  sag_store_post (store, write_job, new_job (2, 2, G_IO_ERROR_NO_SPACE), g_free);
  sag_store_post (store, write_job, new_job (4, 0, 0), g_free);
  wait_until_written (store);
  g_assert_cmpstr (told->str, ==, "not yet;well;");
  g_assert_true (sag_store_run (store, read_values, &sum, &error));
  g_assert_cmpint (sum, ==, 7);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static gboolean
write_much (SagDb *db, gpointer data, GError **error)
{
  return sag_db_script (db, "PRAGMA max_page_count = 60", error) &&
         sag_db_script (db, "INSERT INTO meta (key, value) VALUES ('much', zeroblob (1000000))",
                        error);
}

/* Too little memory now may be enough later. */
static gboolean
write_when_there_is_memory (SagDb *db, gpointer data, GError **error)
{
  Job *job = data;

  if (job->n_tries++ >= job->fail)
    return sag_db_run (db, error, "INSERT INTO meta (key, value) VALUES ('memory', ?)", "i",
                       job->value);
  g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT, "no memory");
  return FALSE;
}

static void
test_too_little_memory (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  g_autoptr (GString) told = g_string_new (NULL);
  gint64 sum = 0;

  sag_store_set_trouble (store, on_trouble, told);
  sag_store_post (store, write_when_there_is_memory, new_job (9, 1, 0), g_free);
  wait_until_written (store);
  g_assert_cmpstr (told->str, ==, "no memory;well;");
  g_assert_true (sag_store_run (store, read_values, &sum, &error));
  g_assert_cmpint (sum, ==, 9);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
on_refused (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;

  g_assert_false (sag_store_run_finish (result, error));
}

/* Three posts that wait, and somebody who wants to read. */
static SagStore *
make_stuck (const char *path, GString *told, GError **refused)
{
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, NULL);

  sag_store_set_trouble (store, on_trouble, told);
  for (int p = 0; p < 3; p++)
    sag_store_post (store, write_job, new_job (1, 99, G_IO_ERROR_NO_SPACE), g_free);
  while (told->len == 0)
    g_main_context_iteration (NULL, TRUE);
  sag_store_run_async (store, read_values, NULL, on_refused, refused);
  return store;
}

/* Closing with work that cannot be written: who waits is told, and what is lost is said. */
static void
test_close_while_stuck (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GString) told = g_string_new (NULL);
  SagStore *store = make_stuck (path, told, &refused);

  if (g_test_subprocess ())
    {
      sag_store_free (store);
      return;
    }
  g_assert_false (sag_store_close (store, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "3 changes");
  while (refused == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (refused, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  sag_test_remove_folder (folder);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*3 changes*lost*not yet*");
}

/* A sentence that was lent stays when the project is saved elsewhere. */
static void
test_lent_sentence (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autofree char *saved = g_build_filename (folder, "saved.sagitta", NULL);
  g_autofree char *before = NULL;
  g_autoptr (GError) error = NULL;
  SagStore   *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);
  SagStore   *second = sag_store_open (path, SAG_STORE_WRITE, "Ben", &error);
  const char *lent = sag_store_get_why_read_only (second);

  before = g_strdup (lent);
  g_assert_true (sag_store_save_as (second, saved, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (lent, ==, before);
  g_assert_null (sag_store_get_why_read_only (second));
  g_assert_false (sag_store_is_read_only (second));
  sag_store_free (second);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* Stands before the system's: a file system like FAT has no hard links. */
static gboolean have_links = TRUE;

int
link (const char *from, const char *to)
{
  if (have_links)
    return linkat (AT_FDCWD, from, AT_FDCWD, to, 0);
  errno = EPERM;
  return -1;
}

static void
test_save_without_links (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autofree char *saved = g_build_filename (folder, "saved.sagitta", NULL);
  g_autofree char *foreign = g_strconcat (saved, ".part", NULL);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);

  g_assert_true (g_file_set_contents (foreign, "somebody's", -1, NULL));
  have_links = FALSE;
  g_assert_true (sag_store_save_as (store, saved, &error));
  have_links = TRUE;
  g_assert_no_error (error);
  g_assert_cmpint (n_entries (store), ==, 1);
  g_assert_true (sag_store_close (store, &error));
  /* What was there stays. */
  g_assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));
  g_assert_cmpint (sag_test_count_files (folder), ==, 3);
  sag_test_remove_folder (folder);
}

static gboolean
list_cases (SagDb *db, gpointer data, GError **error)
{
  g_autoptr (GPtrArray) cases = sag_cases_list (db, error);

  return cases != NULL;
}

/* Sizes that no scan has are damage, not a reason to ask for all memory. */
static void
test_impossible_sizes (void)
{
  static const char *const sizes[] = {
    "UPDATE cases SET ni = 512, nj = 0, nk = 512",
    "UPDATE cases SET ni = 32767, nj = 32767, nk = 32767",
    "UPDATE cases SET ni = -1, nj = -1, nk = 1",
    "UPDATE cases SET ni = 4294967297, nj = 1, nk = 1",
  };
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);

  add_case (store, "a");
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      run_in_store (store, sizes[s]);
      g_assert_false (sag_store_run (store, list_cases, NULL, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "cannot be");
    }
  run_in_store (store, "UPDATE cases SET ni = 0, nj = 0, nk = 0");
  g_assert_true (sag_store_run (store, list_cases, NULL, &error));
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* SQLite's own word for it. */
static void
test_full_error (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);

  g_assert_false (sag_store_run (store, write_much, NULL, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "disk is full");
  g_assert_cmpint (n_entries (store), ==, 1);
  sag_store_post (store, write_much, NULL, NULL);
  g_assert_false (sag_store_close (store, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "disk is full");
  store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_entries (store), ==, 1);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
test_vanished (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autofree char *away = g_build_filename (folder, "away", NULL);
  g_autofree char *saved = g_build_filename (folder, "saved.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE | SAG_STORE_ROLLBACK, NULL, &error);
  g_autoptr (GString) told = g_string_new (NULL);
  gint64 sum = 0;

  sag_store_set_trouble (store, on_trouble, told);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  sag_store_post (store, write_job, new_job (3, 0, 0), g_free);
  while (told->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (told->str, "no longer at its place"));
  g_assert_false (sag_store_run (store, read_values, &sum, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no longer");
  g_assert_cmpint (g_rename (away, path), ==, 0);
  wait_until_written (store);
  g_assert_true (g_str_has_suffix (told->str, "well;"));
  /* For good: the work goes on elsewhere. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  sag_store_post (store, write_job, new_job (4, 0, 0), g_free);
  g_assert_true (sag_store_save_as (store, saved, &error));
  g_assert_no_error (error);
  wait_until_written (store);
  g_assert_true (sag_store_close (store, &error));
  store = sag_store_open (saved, SAG_STORE_WRITE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sag_store_run (store, read_values, &sum, &error));
  g_assert_cmpint (sum, ==, 7);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  g_assert_true (sag_store_run_finish (result, &error));
  *(gboolean *) user_data = TRUE;
}

static void
test_async (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  gint64    sum = 0;
  gboolean  done = FALSE;

  sag_store_post (store, write_job, new_job (6, 0, 0), g_free);
  sag_store_run_async (store, read_values, &sum, on_run, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sum, ==, 6);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static gint64 now_ms;

static gint64
tell_time (void)
{
  return now_ms;
}

static gboolean
list_entries (SagDb *db, gpointer data, GError **error)
{
  *(GPtrArray **) data = sag_audit_list (db, error);
  return *(GPtrArray **) data != NULL;
}

static void
test_clock (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);
  g_autoptr (GPtrArray) entries = NULL;
  const SagAuditEntry *entry;

  now_ms = g_get_real_time () / 1000 + 3600 * 1000;
  sag_store_set_clock (store, tell_time);
  add_case (store, "a");
  now_ms -= 7200 * 1000;
  add_case (store, "b");
  add_case (store, "c");
  g_assert_true (sag_store_run (store, list_entries, &entries, &error));
  g_assert_cmpint (entries->len, ==, 5);
  entry = g_ptr_array_index (entries, 2);
  g_assert_cmpstr (entry->what, ==, "clock");
  g_assert_cmpstr (entry->detail, ==, "went back by 7200 s");
  g_assert_cmpstr (entry->who, ==, "Ann");
  g_assert_cmpint (n_entries (store), ==, 5);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static void
test_log (void)
{
  static const char *const changes[] = {
    "UPDATE audit SET who = 'Eve' WHERE id = 2",
    "UPDATE audit SET at = at + 1 WHERE id = 1",
    "DELETE FROM audit WHERE id = 2",
    "DELETE FROM audit WHERE id = 3",
    "DELETE FROM audit",
    "DELETE FROM audit; DELETE FROM meta",
    "UPDATE audit SET hash = 'x' WHERE id = 3",
  };
  gint64 n = 0;

  for (gsize c = 0; c < G_N_ELEMENTS (changes); c++)
    {
      char            *folder;
      g_autofree char *path = new_path (&folder);
      g_autoptr (GError) error = NULL;
      SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);

      add_case (store, "a");
      add_case (store, "b");
      g_assert_cmpint (n_entries (store), ==, 3);
      sag_store_free (store);
      run_sql (path, changes[c]);
      store = sag_store_open (path, SAG_STORE_READ, NULL, &error);
      g_assert_no_error (error);
      g_assert_false (sag_store_run (store, count_entries, &n, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "was changed");
      sag_store_free (store);
      sag_test_remove_folder (folder);
    }
}

/* What a person without the right to write sees. Root may write everywhere: a child is somebody else. */
static int
look_without_rights (const char *path, const char *fresh)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagStore) store = NULL;

  if (geteuid () == 0 && (setegid (65534) != 0 || seteuid (65534) != 0))
    return 77;
  store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  if (store == NULL || !sag_store_is_read_only (store))
    return 1;
  if (strstr (sag_store_get_why_read_only (store), "study.sagitta") == NULL)
    return 2;
  if (n_entries (store) != 2)
    return 3;
  if (sag_store_open (fresh, SAG_STORE_CREATE, NULL, &error) != NULL || error == NULL ||
      strstr (error->message, "fresh.sagitta") == NULL)
    return 4;
  return 0;
}

static void
test_read_only_folder (void)
{
  char            *folder;
  g_autofree char *path = new_path (&folder);
  g_autofree char *fresh = g_build_filename (folder, "fresh.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, &error);
  pid_t     child;
  int       status = 0;

  add_case (store, "a");
  sag_store_free (store);
  g_chmod (path, 0444);
  g_chmod (folder, 0555);
  child = fork ();
  if (child == 0)
    _exit (look_without_rights (path, fresh));
  waitpid (child, &status, 0);
  g_chmod (folder, 0755);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    g_test_skip ("cannot become somebody else");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/crc32c", test_crc32c);
  g_test_add_func ("/store/open", test_open);
  g_test_add_func ("/store/refused", test_refused);
  g_test_add_func ("/store/triggers-do-not-run", test_triggers_do_not_run);
  g_test_add_func ("/store/migrate", test_migrate);
  g_test_add_func ("/store/posts", test_posts);
  g_test_add_func ("/store/gone-case", test_gone_case);
  g_test_add_func ("/store/disk-full", test_disk_full);
  g_test_add_func ("/store/too-little-memory", test_too_little_memory);
  g_test_add_func ("/store/close-while-stuck", test_close_while_stuck);
  g_test_add_func ("/store/lent-sentence", test_lent_sentence);
  g_test_add_func ("/store/save-without-links", test_save_without_links);
  g_test_add_func ("/store/impossible-sizes", test_impossible_sizes);
  g_test_add_func ("/store/full-error", test_full_error);
  g_test_add_func ("/store/vanished", test_vanished);
  g_test_add_func ("/store/async", test_async);
  g_test_add_func ("/store/clock", test_clock);
  g_test_add_func ("/store/log", test_log);
  g_test_add_func ("/store/read-only-folder", test_read_only_folder);
  return g_test_run ();
}
