/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "model/store/crc32c.h"
#include "model/store/schema.h"
#include "tests/support/test.h"

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

static void
test_open (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char         *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
      g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_test_add_func ("/store/impossible-sizes", test_impossible_sizes);
  g_test_add_func ("/store/clock", test_clock);
  g_test_add_func ("/store/log", test_log);
  g_test_add_func ("/store/read-only-folder", test_read_only_folder);
  return g_test_run ();
}
