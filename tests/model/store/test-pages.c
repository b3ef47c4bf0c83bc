/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/pages.h"
#include "model/store/records.h"
#include "model/store/recover.h"
#include "model/store/schema.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define N_CASES 70
#define PAGE 4096

static gboolean
put_rows (SagDb *db, gpointer data, GError **error)
{
  g_autofree char *long_text = g_strnfill (3 * PAGE, 'x');

  (void) data;
  for (int c = 1; c <= N_CASES; c++)
    {
      g_autofree char *json =
        g_strdup_printf ("{\"case\": %d, \"text\": \"%s\"}", c, c % 10 == 0 ? long_text : "short");
      const SagLabelRow label = { .case_id = c,
                                  .task_id = 1,
                                  .value = SAG_LABEL_VALUE_PRESENT,
                                  .certainty = 50,
                                  .comment =
                                    (char *) "a comment of some length, so that rows fill pages" };
      g_autofree char  *sql =
        g_strdup_printf ("INSERT INTO measurements (uuid, case_id, reader, at, json) VALUES "
                         "('uuid-%d', %d, 'Ann', 5, '%s');"
                         "INSERT INTO reviews (uuid, case_id, task_id, reader, value, at) VALUES "
                         "('review-%d', %d, 1, 'Ben', 1, 7)",
                         c, c, json, c, c);

      if (!sag_labels_put (db, &label, error) || !sag_db_script (db, sql, error))
        return FALSE;
    }
  return TRUE;
}

static sqlite3 *
open_db (const char *path)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  return db;
}

/* Every row of a table as text, by its number. */
static GHashTable *
read_rows (const char *path, const char *table)
{
  GHashTable      *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *sql = g_strdup_printf ("SELECT rowid, * FROM %s", table);
  sqlite3         *db = open_db (path);
  sqlite3_stmt    *row = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &row, NULL), ==, SQLITE_OK);
  while (sqlite3_step (row) == SQLITE_ROW)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (int c = 1; c < sqlite3_column_count (row); c++)
        {
          const guint8 *bytes = sqlite3_column_blob (row, c);

          for (int b = 0; b < sqlite3_column_bytes (row, c); b++)
            g_string_append_printf (text, "%02x", bytes[b]);
          g_string_append_c (text, ' ');
        }
      g_hash_table_insert (rows, g_strdup ((const char *) sqlite3_column_text (row, 0)),
                           g_string_free (g_steal_pointer (&text), FALSE));
    }
  sqlite3_finalize (row);
  sqlite3_close (db);
  return rows;
}

/* What stands where: the table, the kind and the number of rows of every page. */
typedef struct
{
  char    **tables;
  gboolean *are_leaves;
  int      *n_rows; /* which are gone with the page, as far as cells tell */
  guint     n;
} Plan;

static void
plan_clear (Plan *plan)
{
  for (guint p = 0; p < plan->n; p++)
    g_free (plan->tables[p]);
  g_free (plan->tables);
  g_free (plan->are_leaves);
  g_free (plan->n_rows);
}

static guint
read_number (const guint8 *at, int n_bytes)
{
  guint value = 0;

  for (int b = 0; b < n_bytes; b++)
    value = value << 8 | at[b];
  return value;
}

static void
plan_page (Plan *plan, const guint8 *bytes, const char *table, guint page)
{
  const guint8 *at = bytes + (gsize) (page - 1) * PAGE + (page == 1 ? 100 : 0);
  const guint   n = read_number (at + 3, 2);

  plan->tables[page] = g_strdup (table);
  plan->are_leaves[page] = at[0] == 0x0d;
  if (at[0] == 0x0d)
    {
      plan->n_rows[page] = (int) n;
      return;
    }
  g_assert_cmpint (at[0], ==, 0x05);
  for (guint c = 0; c < n; c++)
    plan_page (
      plan, bytes, table,
      read_number (bytes + (gsize) (page - 1) * PAGE + read_number (at + 12 + 2 * c, 2), 4));
  plan_page (plan, bytes, table, read_number (at + 8, 4));
}

static Plan
make_plan (const char *path, const char *bytes, gsize size)
{
  Plan          plan = { .n = (guint) (size / PAGE) + 1 };
  sqlite3      *db = open_db (path);
  sqlite3_stmt *row = NULL;

  plan.tables = g_new0 (char *, plan.n);
  plan.are_leaves = g_new0 (gboolean, plan.n);
  plan.n_rows = g_new0 (int, plan.n);
  sqlite3_prepare_v2 (db, "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'", -1, &row,
                      NULL);
  while (sqlite3_step (row) == SQLITE_ROW)
    plan_page (&plan, (const guint8 *) bytes, (const char *) sqlite3_column_text (row, 0),
               (guint) sqlite3_column_int (row, 1));
  sqlite3_finalize (row);
  sqlite3_close (db);
  return plan;
}

/* Rows of @was that are not in @now as they were. */
static int
count_missing (GHashTable *was, GHashTable *now)
{
  GHashTableIter iter;
  gpointer       key, value;
  int            n = 0;

  g_hash_table_iter_init (&iter, was);
  while (g_hash_table_iter_next (&iter, &key, &value))
    n += g_strcmp0 (g_hash_table_lookup (now, key), value) != 0;
  return n;
}

static const SagRecoveredTable *
find (const SagRecovered *recovered, const char *table)
{
  const SagRecoveredTable *one = recovered->tables;

  while (one->table != NULL && strcmp (one->table, table) != 0)
    one++;
  g_assert_nonnull (one->table);
  return one;
}

/* What is missing of a table after @page was lost: no more than stood on it, and no less is told. */
static void
assert_table (
  const Plan *plan, guint page, const char *table, int n_missing, const SagRecovered *recovered)
{
  const SagRecoveredTable *told = find (recovered, table);
  const gboolean           own = g_strcmp0 (plan->tables[page], table) == 0;

  g_test_message ("page %u (%s%s): %d rows of %s are missing, %d told", page,
                  plan->tables[page] != NULL ? plan->tables[page] : "index or overflow",
                  plan->are_leaves[page] ? ", leaf" : "", n_missing, table, (int) told->n_missing);
  if (own && plan->are_leaves[page])
    g_assert_cmpint (n_missing, ==, plan->n_rows[page]);
  else if (plan->tables[page] != NULL)
    g_assert_cmpint (n_missing, ==, 0);
  else
    g_assert_cmpint (n_missing, <=, 1); /* whose bytes went on there */
  g_assert_cmpint (told->n_missing, ==, n_missing);
  g_assert_false (told->at_least && n_missing == 0);
}

/* What is known of rows that are gone: the files of cases, the words of labels, what was painted. */
static void
assert_places (const char *out, const Plan *plan, guint page, const SagRecovered *recovered)
{
  const char *table = plan->tables[page];

  g_assert_cmpint (count_rows (out, "cases WHERE path = '/nowhere/case-' || id || '.nii.gz'"), ==,
                   N_CASES);
  g_assert_cmpint (count_rows (out, "labels WHERE value = 1"), ==, N_CASES);
  g_assert_cmpint (
    count_rows (out, "tasks WHERE key = 'effusion' AND wording LIKE 'Diagnose the%'"), ==, 1);
  g_assert_true (recovered->log_broken ==
                 (plan->are_leaves[page] && g_strcmp0 (table, "audit") == 0));
  g_assert_cmpint (count_rows (out, "masks"), ==, 3);
  if (plan->are_leaves[page] && g_strcmp0 (table, "labels") == 0)
    {
      g_assert_cmpint (g_strv_length (recovered->labels), ==, plan->n_rows[page]);
      g_assert_cmpint (count_rows (out, "labels WHERE comment = '(recovered from the log)'"), ==,
                       plan->n_rows[page]);
      g_assert_cmpint (find (recovered, "labels")->n_placed, ==, plan->n_rows[page]);
    }
}

static void
try_page (const char *bad, const char *out, const Plan *plan, guint page, GHashTable *const *was)
{
  const char *const *tables = sag_schema_get_tables ();
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;
  int n_all = 0;

  g_assert_true (sag_store_recover (bad, out, &recovered, &error));
  g_assert_no_error (error);
  assert_sound (out);
  for (gsize t = 0; tables[t] != NULL; t++)
    {
      g_autoptr (GHashTable) now = read_rows (out, tables[t]);
      int n = count_missing (was[t], now);

      /* The last entry's number is another one after an entry about the recovery. */
      if (strcmp (tables[t], "meta") == 0 && g_strcmp0 (plan->tables[page], "meta") != 0)
        n = 0;
      /* Steps go where a piece of their case is missing; a new log holds the old one's entries as words. */
      if ((strcmp (tables[t], "steps") == 0 && recovered.n_journals > 0) ||
          (strcmp (tables[t], "audit") == 0 && recovered.log_broken))
        n = (int) find (&recovered, tables[t])->n_missing;
      assert_table (plan, page, tables[t], n, &recovered);
      n_all += n;
    }
  lines = sag_recovered_describe (&recovered);
  g_assert_cmpint (recovered.n_lost, ==, n_all);
  g_assert_cmpint (g_strv_length (lines) > 0, ==, n_all > 0);
  g_assert_cmpint (recovered.n_journals, <=, 3);
  if (plan->tables[page] != NULL && !plan->are_leaves[page])
    g_assert_cmpint (recovered.n_journals, ==, 0);
  assert_places (out, plan, page, &recovered);
  g_unlink (out);
}

/* A project as it was, and where a damaged copy and what is recovered of it are put. */
typedef struct
{
  char       *folder;
  char       *bad;
  char       *out;
  char       *bytes;
  gsize       size;
  GHashTable *was[SAG_RECOVERED_MOST_TABLES];
  Plan        plan;
} Damage;

static void
set_up (Damage *damage, gconstpointer data)
{
  const char *const *tables = sag_schema_get_tables ();
  g_autofree char   *path = NULL;

  damage->folder = sag_test_dup_folder ();
  path = make_full (damage->folder, N_CASES, put_rows, 3, 12);
  damage->bad = g_build_filename (damage->folder, "bad", NULL);
  damage->out = g_build_filename (damage->folder, "out", NULL);
  g_assert_true (g_file_get_contents (path, &damage->bytes, &damage->size, NULL));
  damage->plan = make_plan (path, damage->bytes, damage->size);
  for (gsize t = 0; tables[t] != NULL; t++)
    damage->was[t] = read_rows (path, tables[t]);
}

static void
tear_down (Damage *damage, gconstpointer data)
{
  for (gsize t = 0; damage->was[t] != NULL; t++)
    g_hash_table_unref (damage->was[t]);
  plan_clear (&damage->plan);
  g_free (damage->bad);
  g_free (damage->out);
  g_free (damage->bytes);
  sag_test_remove_folder (damage->folder);
}

static void
save_without (Damage *damage, const guint *pages, int n_pages)
{
  g_autofree char *damaged = g_memdup2 (damage->bytes, damage->size);

  for (int p = 0; p < n_pages; p++)
    memset (damaged + (gsize) (pages[p] - 1) * PAGE, 0xff, PAGE);
  g_assert_true (g_file_set_contents (damage->bad, damaged, (gssize) damage->size, NULL));
}

/* Every page in turn. */
static void
test_every_page (Damage *damage, gconstpointer data)
{
  for (guint page = 1; page < damage->plan.n; page++)
    {
      save_without (damage, &page, 1);
      try_page (damage->bad, damage->out, &damage->plan, page, damage->was);
    }
}

/* Some pages at once: what is missing is never more than stood on them, and what is told never less, unless it is said
 * that it may be more. */
static void
assert_some (const char         *out,
             const Plan         *plan,
             const guint        *gone,
             int                 n_gone,
             GHashTable *const  *was,
             const SagRecovered *recovered)
{
  const char *const *tables = sag_schema_get_tables ();

  for (gsize t = 0; tables[t] != NULL; t++)
    {
      const SagRecoveredTable *told = find (recovered, tables[t]);
      g_autoptr (GHashTable) now = read_rows (out, tables[t]);
      const int n = count_missing (was[t], now);
      int       most = 0;

      /* Those go where others are missing, or change. */
      if (strcmp (tables[t], "meta") == 0 || strcmp (tables[t], "steps") == 0 ||
          (strcmp (tables[t], "audit") == 0 && recovered->log_broken))
        continue;
      for (int g = 0; g < n_gone; g++)
        if (plan->tables[gone[g]] == NULL)
          most++;
        else if (strcmp (plan->tables[gone[g]], tables[t]) == 0)
          most += plan->n_rows[gone[g]];
      /* Pieces of masks that nothing knows any more. */
      if (strcmp (tables[t], "bricks") != 0)
        g_assert_cmpint (n, <=, most);
      g_assert_true (told->n_missing >= n || told->at_least);
    }
}

static void
test_some_pages (Damage *damage, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (63);

  for (int round = 0; round < 60; round++)
    {
      guint     gone[4];
      const int n_gone = 2 + round % 3;
      g_auto (SagRecovered) recovered = { 0 };
      g_autoptr (GError) error = NULL;

      for (int g = 0; g < n_gone; g++)
        gone[g] = (guint) g_rand_int_range (random, 1, (gint32) damage->plan.n);
      save_without (damage, gone, n_gone);
      g_test_message ("pages %u, %u ...", gone[0], gone[1]);
      g_assert_true (sag_store_recover (damage->bad, damage->out, &recovered, &error));
      g_assert_no_error (error);
      assert_sound (damage->out);
      assert_some (damage->out, &damage->plan, gone, n_gone, damage->was, &recovered);
      g_unlink (damage->out);
    }
}

/* A project whose tables begin on other pages than a new one's, and whose first page is gone. */
static void
test_first_page_of_a_copy (void)
{
  const char *const *tables = sag_schema_get_tables ();
  char              *folder = sag_test_dup_folder ();
  g_autofree char   *path = make_full (folder, N_CASES, put_rows, 3, 12);
  g_autofree char   *out = g_build_filename (folder, "out", NULL);
  g_autofree char   *copy = g_build_filename (folder, "copy", NULL);
  g_autofree char   *sql = g_strdup_printf ("VACUUM INTO '%s'", copy);
  g_autofree char   *bytes = NULL;
  gsize              size = 0;
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;

  run_sql (path, sql);
  g_assert_true (g_file_get_contents (copy, &bytes, &size, NULL));
  memset (bytes, 0xff, PAGE);
  g_assert_true (g_file_set_contents (copy, bytes, (gssize) size, NULL));
  g_assert_true (sag_store_recover (copy, out, &recovered, &error));
  g_assert_no_error (error);
  assert_sound (out);
  for (gsize t = 0; tables[t] != NULL; t++)
    {
      g_autoptr (GHashTable) was = read_rows (path, tables[t]);
      g_autoptr (GHashTable) now = read_rows (out, tables[t]);

      if (strcmp (tables[t], "meta") != 0 && strcmp (tables[t], "steps") != 0)
        g_assert_cmpint (count_missing (was, now), ==, 0);
    }
  g_assert_true (recovered.uncertain);
  sag_test_remove_folder (folder);
}

/* What was deleted stays so, though its page still holds it. */
static void
test_free_pages (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_full (folder, N_CASES, put_rows, 3, 12);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autofree char *bytes = NULL;
  gsize            size = 0;
  Plan             plan;
  guint            root = 0;
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;

  run_sql (path, "PRAGMA secure_delete = OFF; DELETE FROM measurements WHERE case_id > 60; "
                 "DELETE FROM measurements WHERE case_id BETWEEN 11 AND 50");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  plan = make_plan (path, bytes, size);
  for (guint p = 1; p < plan.n; p++)
    if (g_strcmp0 (plan.tables[p], "measurements") == 0 && root == 0)
      root = p;
  memset (bytes + (gsize) (root - 1) * PAGE, 0xff, PAGE);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  g_assert_true (sag_store_recover (path, out, &recovered, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count_rows (out, "measurements WHERE case_id BETWEEN 11 AND 50 OR case_id > 60"),
                   ==, 0);
  g_assert_cmpint (find (&recovered, "measurements")->n_missing, ==,
                   20 - count_rows (out, "measurements"));
  plan_clear (&plan);
  sag_test_remove_folder (folder);
}

static void
read_all (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SagPages) pages = sag_pages_open (path, &error);
  g_autoptr (GArray) leaves = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) orphans = NULL;
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  guint n_bad;

  if (pages == NULL)
    return;
  for (guint32 root = 0; root < 40; root++)
    sag_pages_walk (pages, root, leaves, &n_bad);
  orphans = sag_pages_list_orphans (pages);
  g_array_append_vals (leaves, orphans->data, orphans->len);
  g_array_append_vals (leaves, (guint32[]){ 0, G_MAXUINT32 }, 2);
  for (guint l = 0; l < leaves->len; l++)
    {
      const guint32 page = g_array_index (leaves, guint32, l);
      guint64       sum = 0;

      for (guint r = 0; r <= sag_pages_count_rows (pages, page); r++)
        {
          SagPageRow row = { 0 };

          if (sag_pages_read_row (pages, page, r, scratch, &row))
            for (int v = 0; v < row.n_values; v++)
              for (gsize b = 0; b < row.values[v].size; b++)
                sum += row.values[v].bytes[b];
        }
      g_assert_cmpuint (sum, <, G_MAXUINT64); /* every byte was looked at */
    }
}

/* Any bytes, and an end in the middle: nothing is read outside of the file, and what is made of it is sound. */
static void
test_random_damage (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_full (folder, N_CASES, put_rows, 3, 12);
  g_autofree char *bad = g_build_filename (folder, "bad", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (62);
  gsize size = 0;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (int round = 0; round < 300; round++)
    {
      g_autofree char *damaged = g_memdup2 (bytes, size);
      gsize            left = size;
      g_auto (SagRecovered) recovered = { 0 };
      g_autoptr (GError) error = NULL;

      for (int n = g_rand_int_range (random, 1, 200); n > 0; n--)
        {
          const gsize page = (gsize) g_rand_int_range (random, 0, (gint32) (size / PAGE));
          /* Headers and lists of cells are where damage leads astray. */
          const gsize at = (gsize) g_rand_int_range (random, 0, n % 2 == 0 ? 40 : PAGE);

          damaged[page * PAGE + at] = (char) g_rand_int_range (random, 0, 256);
        }
      if (round % 5 == 0)
        left = (gsize) g_rand_int_range (random, 1, (gint32) size);
      g_assert_true (g_file_set_contents (bad, damaged, (gssize) left, NULL));
      read_all (bad);
      if (round % 10 == 0 && sag_store_recover (bad, out, &recovered, &error))
        {
          assert_sound (out);
          g_unlink (out);
        }
    }
  sag_test_remove_folder (folder);
}

/* A list of free pages that leads back to where it came from, and says that it is without end. */
static void
test_free_circle (Damage *damage, gconstpointer data)
{
  const guint8     list[8] = { 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff };
  g_autofree char *damaged = g_memdup2 (damage->bytes, damage->size);
  guint            page = 2;

  while (!damage->plan.are_leaves[page])
    page++;
  memset (damaged + (gsize) (page - 1) * PAGE, 0, PAGE);
  memcpy (damaged + 32, list, sizeof list);
  damaged[35] = damaged[(gsize) (page - 1) * PAGE + 3] = (char) page;
  g_assert_true (g_file_set_contents (damage->bad, damaged, (gssize) damage->size, NULL));
  try_page (damage->bad, damage->out, &damage->plan, page, damage->was);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/pages/every-page", Damage, NULL, set_up, test_every_page, tear_down);
  g_test_add ("/store/pages/some-pages", Damage, NULL, set_up, test_some_pages, tear_down);
  g_test_add_func ("/store/pages/first-page-of-a-copy", test_first_page_of_a_copy);
  g_test_add_func ("/store/pages/free-pages", test_free_pages);
  g_test_add ("/store/pages/free-circle", Damage, NULL, set_up, test_free_circle, tear_down);
  g_test_add_func ("/store/pages/random-damage", test_random_damage);
  return g_test_run ();
}
