/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"
#include "tests/model/store/make-project.h"

#include "model/core/error.h"
#include "model/store/labels.h"
#include "model/store/masks.h"
#include "model/store/recover.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#define N_CASES 30
#define PAGE 4096

static gboolean
put_labels (SagDb *db, gpointer data, GError **error)
{
  for (int c = 1; c <= N_CASES; c++)
    {
      const SagLabelRow label = { .case_id = c,
                                  .task_id = 1,
                                  .value = SAG_LABEL_VALUE_PRESENT,
                                  .certainty = -1,
                                  .comment =
                                    (char *) "a comment of some length, so that rows fill pages" };

      if (!sag_labels_put (db, &label, error))
        return FALSE;
    }
  return TRUE;
}

static void
test_sound (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_full (folder, N_CASES, put_labels, 2, 30);
  g_autofree char *out = g_build_filename (folder, "b.sagitta", NULL);
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;

  assert_sound (path);
  g_assert_true (sag_store_recover (path, out, &recovered, &error));
  g_assert_no_error (error);
  assert_sound (out);
  g_assert_cmpint (recovered.n_lost, ==, 0);
  g_assert_false (recovered.unreadable || recovered.log_broken);
  g_assert_cmpint (count_rows (out, "bricks"), ==, count_rows (path, "bricks"));
  g_assert_cmpint (count_rows (out, "steps"), ==, 60);
  g_assert_cmpint (count_rows (out, "audit"), ==, count_rows (path, "audit") + 1);
  g_assert_false (sag_store_recover (path, out, &recovered, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST, "already");
  sag_test_remove_folder (folder);
}

static void
test_bad_rows (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = make_full (folder, N_CASES, put_labels, 2, 30);
  g_autofree char  *out = g_build_filename (folder, "b.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) found = NULL;
  g_autoptr (SagMaskSet) set = NULL;
  SagStore *store;

  run_sql (path,
           "UPDATE bricks SET data = zeroblob (9) WHERE id = (SELECT min (b.id) FROM bricks b "
           "JOIN masks m ON m.id = b.mask_id WHERE m.case_id = 1)");
  found = sag_store_check (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_strv_length (found), ==, 1);
  g_assert_nonnull (strstr (found[0], "bricks"));
  g_assert_true (sag_store_recover (path, out, &recovered, &error));
  g_assert_no_error (error);
  assert_sound (out);
  g_assert_cmpint (recovered.n_bricks_lost, ==, 1);
  g_assert_cmpint (recovered.n_journals, ==, 1);
  g_assert_cmpint (count_rows (out, "bricks"), ==, count_rows (path, "bricks") - 1);
  g_assert_cmpint (count_rows (out, "steps"), ==, 30);
  store = sag_store_open (out, SAG_STORE_READ, NULL, &error);
  set = sag_masks_load (store, 1, "Ann", &grid, &error);
  g_assert_no_error (error);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* A label that says something else now, whose word comes back from the log, and a mask under another name. */
static void
test_bad_small_rows (void)
{
  static const struct
  {
    const char *sql, *table;
    gint64      n_left;
  } damages[] = {
    { "UPDATE labels SET value = 2 WHERE case_id = 7", "labels", N_CASES },
    { "UPDATE labels SET crc = NULL, value = 2 WHERE case_id = 7", "labels", N_CASES },
    { "UPDATE masks SET case_id = 2 WHERE case_id = 1", "masks", 1 },
  };

  for (gsize d = 0; d < G_N_ELEMENTS (damages); d++)
    {
      char            *folder = sag_test_dup_folder ();
      g_autofree char *path = make_full (folder, N_CASES, put_labels, 2, 30);
      g_autofree char *out = g_build_filename (folder, "b.sagitta", NULL);
      g_auto (SagRecovered) recovered = { 0 };
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) found = NULL;

      run_sql (path, damages[d].sql);
      found = sag_store_check (path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_strv_length (found), ==, 1);
      g_assert_nonnull (strstr (found[0], damages[d].table));
      g_assert_true (sag_store_recover (path, out, &recovered, &error));
      g_assert_no_error (error);
      assert_sound (out);
      g_assert_cmpint (count_rows (out, damages[d].table), ==, damages[d].n_left);
      g_assert_cmpint (count_rows (out, "labels WHERE value = 2"), ==, 0);
      g_assert_cmpint (recovered.n_lost, >=, 1);
      sag_test_remove_folder (folder);
    }
}

/* A project as the first format had it. */
static void
make_old (const char *path)
{
  run_sql (path, "ALTER TABLE labels DROP COLUMN crc; ALTER TABLE masks DROP COLUMN crc; ALTER "
                 "TABLE steps DROP COLUMN reader; ALTER TABLE reviews DROP COLUMN mask; PRAGMA "
                 "user_version = 1");
}

static gboolean
list_labels (SagDb *db, gpointer data, GError **error)
{
  *(GPtrArray **) data = sag_labels_list (db, 0, error);
  return *(GPtrArray **) data != NULL;
}

static void
test_old_format (void)
{
  const SagGeometry grid = make_grid (0);

  for (int how = 0; how < 3; how++)
    {
      char            *folder = sag_test_dup_folder ();
      g_autofree char *path = make_full (folder, N_CASES, put_labels, 2, 30);
      g_autofree char *out = g_build_filename (folder, "b.sagitta", NULL);
      g_auto (SagRecovered) recovered = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) labels = NULL;
      g_autoptr (SagMaskSet) set = NULL;
      SagStore *store;

      make_old (path);
      assert_sound (path);
      if (how == 2)
        g_assert_true (sag_store_recover (path, out, &recovered, &error));
      store = sag_store_open (how == 2 ? out : path, how == 0 ? SAG_STORE_READ : SAG_STORE_WRITE,
                              NULL, &error);
      g_assert_no_error (error);
      g_assert_true (sag_store_run (store, list_labels, &labels, &error));
      g_assert_cmpint (labels->len, ==, N_CASES);
      set = sag_masks_load (store, 1, "Ann", &grid, &error);
      g_assert_no_error (error);
      sag_store_free (store);
      assert_sound (how == 2 ? out : path);
      if (how > 0)
        {
          const char *now = how == 2 ? out : path;

          g_assert_cmpint (count_rows (now, "labels WHERE crc IS NOT NULL"), ==, N_CASES);
          g_assert_cmpint (count_rows (now, "masks WHERE crc IS NOT NULL"), ==, 2);
        }
      sag_test_remove_folder (folder);
    }
}

static gboolean
put_labels_later (SagDb *db, gpointer data, GError **error)
{
  return sag_db_run (db, error, "DELETE FROM labels WHERE case_id > 3", "") &&
         put_labels (db, data, error);
}

/* A project of the first format that can only be looked at, saved elsewhere: read and written there, by another. */
static void
test_old_format_elsewhere (void)
{
  const SagGeometry grid = make_grid (0);
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = make_full (folder, N_CASES, put_labels, 2, 30);
  g_autofree char  *saved = g_build_filename (folder, "b.sagitta", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (56);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (SagMaskSet) again = NULL;
  SagStore *store;

  make_old (path);
  store = sag_store_open (path, SAG_STORE_READ, "Ben", &error);
  g_assert_no_error (error);
  set = sag_masks_load (store, 1, "Ann", &grid, &error);
  sag_masks_attach (store, 1, "Ann", set);
  g_assert_true (sag_store_save_as (store, saved, &error));
  g_assert_no_error (error);
  g_assert_true (sag_store_run (store, put_labels_later, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (sag_store_run (store, list_labels, &labels, &error));
  g_assert_cmpint (labels->len, ==, 3 + N_CASES);
  make_strokes (set, 1, random);
  again = sag_masks_load (store, 1, "Ann", &grid, &error);
  g_assert_no_error (error);
  g_assert_true (sag_mask_equal (sag_mask_set_get_mask (set, 0), sag_mask_set_get_mask (again, 0)));
  sag_masks_detach (set);
  g_assert_true (sag_store_close (store, &error));
  assert_sound (saved);
  g_assert_cmpint (count_rows (saved, "labels WHERE crc IS NOT NULL"), ==, 3 + N_CASES);
  sag_test_remove_folder (folder);
}

static void
damage_page (const char *path, const char *out, gsize page, GRand *random)
{
  g_autofree char *data = NULL;
  gsize            size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (int b = 0; b < PAGE; b++)
    data[page * PAGE + (gsize) b] = (char) g_rand_int_range (random, 0, 256);
  g_assert_true (g_file_set_contents (out, data, (gssize) size, NULL));
}

/* The page that says which format it was: the rows have no checksums, and are none the worse. */
static void
test_old_first_page (void)
{
  char             *folder = sag_test_dup_folder ();
  g_autofree char  *path = make_full (folder, N_CASES, put_labels, 2, 30);
  g_autofree char  *bad = g_build_filename (folder, "bad", NULL);
  g_autofree char  *out = g_build_filename (folder, "out", NULL);
  const SagGeometry grid = make_grid (0);
  const gint64      n_bricks = count_rows (path, "bricks");
  g_autoptr (GRand) random = g_rand_new_with_seed (53);
  g_auto (SagRecovered) recovered = { 0 };
  SagStore *store;
  g_autoptr (SagMaskSet) set = NULL;
  g_autoptr (GPtrArray) labels = NULL;
  g_autoptr (GError) error = NULL;

  make_old (path);
  damage_page (path, bad, 0, random);
  g_assert_true (sag_store_recover (bad, out, &recovered, &error));
  g_assert_no_error (error);
  assert_sound (out);
  g_assert_cmpint (recovered.n_lost, ==, 0);
  g_assert_cmpint (count_rows (out, "labels"), ==, N_CASES);
  g_assert_cmpint (count_rows (out, "bricks"), ==, n_bricks);
  store = sag_store_open (out, SAG_STORE_READ, NULL, &error);
  g_assert_true (sag_store_run (store, list_labels, &labels, &error));
  set = sag_masks_load (store, 2, "Ann", &grid, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sag_mask_set_get_n (set), ==, 1);
  sag_store_free (store);
  sag_test_remove_folder (folder);
}

/* One row without a checksum among others is damaged, though the first page is new. */
static void
test_first_page_and_row (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = make_full (folder, N_CASES, put_labels, 2, 30);
  g_autofree char *bad = g_build_filename (folder, "bad", NULL);
  g_autofree char *out = g_build_filename (folder, "out", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (54);
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;

  run_sql (path, "UPDATE labels SET crc = NULL, value = 2 WHERE case_id = 7");
  damage_page (path, bad, 0, random);
  g_assert_true (sag_store_recover (bad, out, &recovered, &error));
  g_assert_no_error (error);
  g_assert_cmpint (
    count_rows (out, "labels WHERE value = 1 AND comment <> '(recovered from the log)'"), ==,
    N_CASES - 1);
  g_assert_cmpint (count_rows (out, "labels WHERE value = 1"), ==, N_CASES);
  g_assert_cmpint (recovered.n_lost, ==, 1);
  sag_test_remove_folder (folder);
}

static void
test_hopeless (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.sagitta", NULL);
  g_autofree char *out = g_build_filename (folder, "b.sagitta", NULL);
  g_auto (SagRecovered) recovered = { 0 };
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "no database", -1, NULL);
  g_assert_false (sag_store_recover (path, out, &recovered, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (sag_test_count_files (folder), ==, 1);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/recover/sound", test_sound);
  g_test_add_func ("/store/recover/bad-rows", test_bad_rows);
  g_test_add_func ("/store/recover/bad-small-rows", test_bad_small_rows);
  g_test_add_func ("/store/recover/old-format", test_old_format);
  g_test_add_func ("/store/recover/old-format-elsewhere", test_old_format_elsewhere);
  g_test_add_func ("/store/recover/old-first-page", test_old_first_page);
  g_test_add_func ("/store/recover/first-page-and-row", test_first_page_and_row);
  g_test_add_func ("/store/recover/hopeless", test_hopeless);
  return g_test_run ();
}
