/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/store/make-project.h"

#include "model/mask/brush.h"
#include "model/store/audit.h"
#include "model/store/masks.h"
#include "model/store/recover.h"
#include "tests/model/mask/make-mask.h"
#include "tests/support/test.h"

#include <sqlite3.h>

static gboolean
put_case (SagDb *db, gpointer data, GError **error)
{
  return sag_cases_add (db, data, NULL, error);
}

gint64
add_case (SagStore *store, const char *name)
{
  g_autoptr (SagCaseRow) row = g_new0 (SagCaseRow, 1);
  g_autoptr (GError) error = NULL;

  row->name = g_strdup (name);
  row->path = g_strdup_printf ("/nowhere/%s.nii.gz", name);
  row->geometry = make_grid (0);
  sag_store_run (store, put_case, row, &error);
  g_assert_no_error (error);
  return row->id;
}

static gboolean
put_task (SagDb *db, gpointer data, GError **error)
{
  return sag_tasks_put (db, data, error);
}

gint64
add_task (SagStore *store, const char *key)
{
  g_autoptr (SagTaskRow) row = g_new0 (SagTaskRow, 1);
  g_autoptr (GError) error = NULL;

  row->key = g_strdup (key);
  row->wording = g_strdup_printf ("Diagnose the presence of %s.", key);
  row->colour = 0xE69F00;
  sag_store_run (store, put_task, row, &error);
  g_assert_no_error (error);
  return row->id;
}

static void
paint (SagMaskSet *set, GRand *random)
{
  const SagGeometry *grid = sag_mask_set_get_geometry (set);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (sag_mask_set_get_mask (set, 0));
  g_autoptr (SagMask) mask = NULL;
  g_autofree char *id = g_strdup (sag_mask_set_get_info (set, 0)->id);
  const SagBrush   brush = { .shape = SAG_BRUSH_BALL,
                             .radius_mm = g_rand_double_range (random, 1, 7),
                             .mode = (SagMaskMode) g_rand_int_range (random, 0, 3) };
  double           ends[2][3];
  g_autoptr (GError) error = NULL;

  for (int e = 0; e < 2; e++)
    sag_geometry_to_ras (grid,
                         (double[]){ g_rand_int_range (random, 0, 71),
                                     g_rand_int_range (random, 0, 45),
                                     g_rand_int_range (random, 0, 37) },
                         ends[e]);
  sag_brush_stroke (edit, &brush, ends[0], ends[1], NULL);
  mask = sag_mask_edit_snapshot (edit);
  sag_mask_set_commit (set, "Brush", id, mask, &error);
  g_assert_no_error (error);
}

void
make_strokes (SagMaskSet *set, guint n, GRand *random)
{
  const guint start = sag_mask_set_get_n_steps (set);
  g_autoptr (GError) error = NULL;

  if (sag_mask_set_get_n (set) == 0)
    {
      g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Lesion", "lesion", 0x56B4E9);

      sag_mask_set_add (set, "Mask added", info, NULL, &error);
      g_assert_no_error (error);
    }
  while (sag_mask_set_get_n_steps (set) < start + n)
    paint (set, random);
}

void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  char    *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_exec (db, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
  sqlite3_close (db);
}

static gboolean
run_script (SagDb *db, gpointer data, GError **error)
{
  return sag_db_script (db, data, error);
}

void
run_in_store (SagStore *store, const char *sql)
{
  g_autoptr (GError) error = NULL;

  sag_store_run (store, run_script, (gpointer) sql, &error);
  g_assert_no_error (error);
}

char *
make_path (char **folder)
{
  *folder = sag_test_dup_folder ();
  return g_build_filename (*folder, "study.sagitta", NULL);
}

char *
make_full (const char *folder, int n_cases, SagStoreFunc put, int n_painted, guint n_strokes)
{
  char             *path = g_build_filename (folder, "a.sagitta", NULL);
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (61);
  g_autoptr (GError) error = NULL;
  SagStore *store = sag_store_open (path, SAG_STORE_CREATE, "Ann", &error);

  g_assert_no_error (error);
  add_task (store, "effusion");
  for (int c = 1; c <= n_cases; c++)
    {
      g_autofree char *name = g_strdup_printf ("case-%d", c);

      g_assert_cmpint (add_case (store, name), ==, c);
    }
  g_assert_true (sag_store_run (store, put, NULL, &error));
  for (int c = 1; c <= n_painted; c++)
    {
      g_autoptr (SagMaskSet) set = sag_mask_set_new (&grid);

      sag_masks_attach (store, c, NULL, set);
      make_strokes (set, n_strokes, random);
      sag_masks_detach (set);
    }
  g_assert_true (sag_store_close (store, &error));
  return path;
}

gint64
count_rows (const char *path, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM %s", table);
  sqlite3         *db = NULL;
  sqlite3_stmt    *row = NULL;
  gint64           n;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  n = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return n;
}

void
assert_sound (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) found = sag_store_check (path, &error);

  g_assert_no_error (error);
  for (gsize f = 0; found[f] != NULL; f++)
    g_error ("%s", found[f]);
}

gboolean
count_entries (SagDb *db, gpointer data, GError **error)
{
  return sag_audit_verify (db, data, error);
}

gint64
n_entries (SagStore *store)
{
  gint64 n = 0;
  g_autoptr (GError) error = NULL;

  sag_store_run (store, count_entries, &n, &error);
  g_assert_no_error (error);
  return n;
}

void
assert_same_masks (SagMaskSet *a, SagMaskSet *b)
{
  g_assert_cmpint (sag_mask_set_get_n (a), ==, sag_mask_set_get_n (b));
  for (guint i = 0; i < sag_mask_set_get_n (a); i++)
    {
      g_assert_true (
        sag_mask_info_equal (sag_mask_set_get_info (a, i), sag_mask_set_get_info (b, i)));
      g_assert_true (sag_mask_equal (sag_mask_set_get_mask (a, i), sag_mask_set_get_mask (b, i)));
    }
}

void
assert_same (SagMaskSet *a, SagMaskSet *b)
{
  assert_same_masks (a, b);
  g_assert_cmpstr (sag_mask_set_get_undo_title (a), ==, sag_mask_set_get_undo_title (b));
  g_assert_cmpstr (sag_mask_set_get_redo_title (a), ==, sag_mask_set_get_redo_title (b));
}

/* The masks of a case, in a store that was closed and opened again. */
SagMaskSet *
reopen (SagStore **store, const char *path, gint64 id)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (GError) error = NULL;
  SagMaskSet *set;

  g_assert_true (sag_store_close (*store, &error));
  *store = sag_store_open (path, SAG_STORE_WRITE, NULL, &error);
  g_assert_no_error (error);
  set = sag_masks_load (*store, id, NULL, &grid, &error);
  g_assert_no_error (error);
  sag_masks_attach (*store, id, NULL, set);
  return set;
}
