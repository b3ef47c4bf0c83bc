/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/audit.h"
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

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
on_trouble (SagStore *store, const GError *error, gboolean dropped, gpointer user_data)
{
  GString *told = user_data;

  g_string_append_printf (told, "%s%s;", dropped ? "lost: " : "",
                          error != NULL ? error->message : "well");
}

static void
wait_until_written (SagStore *store)
{
  const gint64 end = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

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
  g_autofree char *path = make_path (&folder);
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
  g_assert_cmpstr (told->str, ==, "lost: never;");
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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

typedef struct
{
  gboolean done;
  gboolean ok;
} Read;

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(Read *) user_data = (Read){ TRUE, sag_store_run_finish (result, NULL) };
}

/* While work waits for the file one can look: at what there will be. Nothing else may come first. */
static void
test_read_while_stuck (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
  g_autofree char *away = g_build_filename (folder, "away", NULL);
  g_autoptr (GString) told = g_string_new (NULL);
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, NULL, NULL);
  Read      write = { FALSE, FALSE }, read = { FALSE, FALSE };
  gint64    ignored = 0, sum = 0;

  sag_store_set_trouble (store, on_trouble, told);
  sag_store_post (store, write_job, new_job (4, 0, 0), g_free);
  wait_until_written (store);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  sag_store_post (store, write_job, new_job (5, 0, 0), g_free);
  while (told->len == 0)
    g_main_context_iteration (NULL, TRUE);
  sag_store_run_async (store, read_values, &ignored, on_read, &write);
  sag_store_read_async (store, read_values, &sum, on_read, &read);
  while (!write.done || !read.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (write.ok);
  g_assert_true (read.ok);
  g_assert_cmpint (sum, ==, 9);
  g_assert_cmpint (g_rename (away, path), ==, 0);
  wait_until_written (store);
  g_assert_true (sag_store_run (store, read_values, &sum, NULL));
  g_assert_cmpint (sum, ==, 9); /* once */
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

static gboolean
write_log (SagDb *db, gpointer data, GError **error)
{
  return sag_audit_add (db, error, "test", "%s", (const char *) data);
}

static gboolean
read_reader (SagDb *db, gpointer data, GError **error)
{
  *(char **) data = g_strdup (sag_db_get_reader (db));
  return TRUE;
}

static gboolean
list_log (SagDb *db, gpointer data, GError **error)
{
  *(GPtrArray **) data = sag_audit_list (db, error);
  return *(GPtrArray **) data != NULL;
}

static const char *
find_who (const GPtrArray *entries, const char *detail)
{
  for (guint e = 0; e < entries->len; e++)
    if (g_str_equal (((const SagAuditEntry *) entries->pdata[e])->detail, detail))
      return ((const SagAuditEntry *) entries->pdata[e])->who;
  return NULL;
}

/* Another reader comes while work waits: that work stays the first one's, and nothing can hinder the change. */
static void
test_reader_while_stuck (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
  g_autofree char *away = g_build_filename (folder, "away", NULL);
  g_autofree char *reader = NULL;
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GPtrArray) entries = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", NULL);
  Read      refused = { FALSE, FALSE }, read = { FALSE, FALSE };
  gint64    ignored = 0;

  sag_store_set_trouble (store, on_trouble, told);
  g_assert_true (sag_store_flush (store, NULL));
  g_assert_cmpint (g_rename (path, away), ==, 0);
  sag_store_post (store, write_log, g_strdup ("of the first"), g_free);
  while (told->len == 0)
    g_main_context_iteration (NULL, TRUE);
  sag_store_run_async (store, read_values, &ignored, on_read, &refused);
  sag_store_set_reader (store, "Ben");
  sag_store_post (store, write_log, g_strdup ("of the second"), g_free);
  sag_store_read_async (store, read_reader, &reader, on_read, &read);
  while (!refused.done || !read.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (refused.ok);
  g_assert_true (read.ok);
  g_assert_cmpstr (reader, ==, "Ben");
  g_assert_cmpint (g_rename (away, path), ==, 0);
  wait_until_written (store);
  g_assert_true (sag_store_run (store, list_log, &entries, NULL));
  g_assert_cmpstr (find_who (entries, "of the first"), ==, "Ann");
  g_assert_cmpstr (find_who (entries, "of the second"), ==, "Ben");
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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

/* SQLite's own word for it. */
static void
test_full_error (void)
{
  char            *folder;
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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
  g_autofree char *path = make_path (&folder);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/write/posts", test_posts);
  g_test_add_func ("/store/write/gone-case", test_gone_case);
  g_test_add_func ("/store/write/disk-full", test_disk_full);
  g_test_add_func ("/store/write/too-little-memory", test_too_little_memory);
  g_test_add_func ("/store/write/close-while-stuck", test_close_while_stuck);
  g_test_add_func ("/store/write/read-while-stuck", test_read_while_stuck);
  g_test_add_func ("/store/write/reader-while-stuck", test_reader_while_stuck);
  g_test_add_func ("/store/write/lent-sentence", test_lent_sentence);
  g_test_add_func ("/store/write/save-without-links", test_save_without_links);
  g_test_add_func ("/store/write/full-error", test_full_error);
  g_test_add_func ("/store/write/vanished", test_vanished);
  g_test_add_func ("/store/write/async", test_async);
  return g_test_run ();
}
