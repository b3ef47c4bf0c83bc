/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/export/export-fixture.h"
#include "tests/model/mask/make-mask.h"

#include "model/export/import.h"
#include "model/store/records.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <string.h>

#define N_DECISIONS 30

static void
set_up (ExportFixture *fixture, gconstpointer reader)
{
  export_fixture_set_up (fixture, reader);
  fixture->one = add_case (fixture->store, "a");
}

/* A map with @n_values values, a voxel of each, on the case's grid or one that lies @shift_mm beside it. */
static char *
save_map (ExportFixture *fixture, const char *name, guint8 n_values, double shift_mm)
{
  SagGeometry        grid = make_grid (0);
  g_autofree guint8 *voxels = g_malloc0 ((gsize) sag_geometry_n_voxels (&grid));
  char              *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  grid.ijk_to_ras[0][3] += shift_mm;
  for (guint8 v = 1; v <= n_values; v++)
    voxels[(gsize) sag_geometry_n_voxels (&grid) / 2 + v] = v;
  sag_nifti_save (path, &grid, SAG_NIFTI_UINT8, voxels, NULL, NULL, &error);
  g_assert_no_error (error);
  return path;
}

static void
save_text (ExportFixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* What the .json beside a mask tells is looked up as the file is called, and is a key or nothing. */
static void
test_told (ExportFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *about;
    const char *path;
    const char *text;
    const char *key;
  } told[] = {
    { "a.json", "a.nii.gz", "{\"mask\": \"x\", \"task\": \"nodule\"}", "nodule" },
    { "b.json", "b.nii", "{\"mask\": \"x\", \"task\": \"a nodule\\n\"}", NULL },
    { "c.json", "c.nii", "{\"mask\": \"x\", \"task\": \"\"}", NULL },
    { "d.json", "d.nii", "{\"task\": \"nodule\"}", NULL },
    { "e.nii_f.json", "e.nii_f.nii.gz", "{\"mask\": \"x\", \"task\": \"nodule\"}", "nodule" },
    { "g.json", "g.mha", "{\"mask\": \"x\", \"task\": \"nodule\"}", NULL },
  };

  for (gsize t = 0; t < G_N_ELEMENTS (told); t++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, told[t].path, NULL);
      g_autofree char *key = NULL;

      save_text (fixture, told[t].about, told[t].text);
      key = sag_import_dup_told_key (path);
      g_assert_cmpstr (key, ==, told[t].key);
    }
}

/* The name is up to the last ".nii", as that of the .json is. */
static void
test_file_name (ExportFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  SagTaskRow row = { .key = (char *) "nodule", .wording = (char *) "Nodule?" };

  g_ptr_array_add (tasks, &row);
  for (int old = 0; old < 2; old++)
    {
      g_autoptr (GPtrArray) infos =
        g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_info_free);

      g_ptr_array_add (infos, sag_mask_info_new ("x", NULL, 0));
      g_assert_cmpuint (sag_import_name_tasks (
                          tasks, old ? "nodule.nii_old.nii.gz" : "nodule.nii.gz", "a", infos, 0),
                        ==, !old);
    }
}

/* One exported mask has one value: a key that is told of several is none of theirs. */
static void
test_told_of_one (ExportFixture *fixture, gconstpointer data)
{
  const SagGeometry grid = make_grid (0);

  save_text (fixture, "m1.json", "{\"mask\": \"x\", \"task\": \"nodule\"}");
  save_text (fixture, "m2.json", "{\"mask\": \"x\", \"task\": \"nodule\"}");
  for (guint8 n = 1; n <= 2; n++)
    {
      g_autofree char *path = save_map (fixture, n == 1 ? "m1.nii.gz" : "m2.nii.gz", n, 0);
      g_autoptr (GPtrArray) infos =
        g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_info_free);
      g_autoptr (GPtrArray) masks =
        g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_unref);
      g_auto (SagExported) imported = { 0 };
      g_autoptr (GError) error = NULL;

      sag_exported_init (&imported);
      sag_import_read_masks (path, NULL, NULL, FALSE, &grid, "a", infos, masks, &imported, NULL,
                             &error);
      g_assert_no_error (error);
      g_assert_cmpuint (infos->len, ==, n);
      g_assert_cmpstr (((SagMaskInfo *) infos->pdata[0])->key, ==, n == 1 ? "nodule" : NULL);
    }
}

static char *
import (ExportFixture *fixture, const char *text)
{
  g_autofree char *table = g_build_filename (fixture->folder, "table.csv", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagProject) project = sag_project_load (fixture->store, &error);
  g_auto (SagExported) imported = { 0 };

  g_assert_no_error (error);
  save_text (fixture, "table.csv", text);
  sag_exported_init (&imported);
  sag_import_table (project, table, NULL, FALSE, &imported, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (imported.notes, NULL);
  return g_strjoinv ("\n", (char **) imported.notes->pdata);
}

/* That the nearest voxels were taken is said. */
static void
test_other_grid (ExportFixture *fixture, gconstpointer data)
{
  static const char       head[] = "case,task,mask_file_path\n";
  g_autofree char *same   G_GNUC_UNUSED = save_map (fixture, "same.nii.gz", 1, 0);
  g_autofree char *beside G_GNUC_UNUSED = save_map (fixture, "beside.nii.gz", 1, 0.3);
  g_autofree char        *first = NULL;
  g_autofree char        *second = NULL;
  g_autofree char        *text = g_strconcat (head, "a,nodule,same.nii.gz\n", NULL);
  g_autofree char        *other = g_strconcat (head, "a,nodule,beside.nii.gz\n", NULL);

  first = import (fixture, text);
  g_assert_null (strstr (first, "grid"));
  run_in_store (fixture->store, "DELETE FROM masks");
  second = import (fixture, other);
  g_assert_nonnull (strstr (second, "1 masks lie on another grid"));
}

/* A scan that joined a worklist unopened is looked at when a table tells of its content; another content is another
 * scan, whatever it is called. */
static void
test_unopened (ExportFixture *fixture, gconstpointer data)
{
  g_autofree char *scan = save_map (fixture, "a.nii.gz", 3, 0);
  g_autofree char *hash = sag_nifti_hash_files (scan, NULL, NULL);
  g_autofree char *move = g_strdup_printf ("UPDATE cases SET path = '%s'", scan);
  g_autofree char *text =
    g_strdup_printf ("case,scan_sha256,task,value\na,%s,nodule,present\n", hash);
  g_autofree char *strange = NULL;
  g_autofree char *known = NULL;
  g_autoptr (SagProject) project = NULL;
  g_autoptr (GError) error = NULL;

  run_in_store (fixture->store, move);
  hash[0] = hash[0] == '0' ? '1' : '0';
  {
    g_autofree char *other =
      g_strdup_printf ("case,scan_sha256,task,value\na,%s,nodule,absent\n", hash);

    strange = import (fixture, other);
  }
  g_assert_nonnull (strstr (strange, "Line 2"));
  known = import (fixture, text);
  g_assert_cmpstr (known, ==, "");
  project = sag_project_load (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (project->labels->len, ==, 1);
  g_assert_cmpint (((const SagLabelRow *) project->labels->pdata[0])->value, ==,
                   SAG_LABEL_VALUE_PRESENT);
  g_assert_nonnull (((const SagCaseRow *) project->cases->pdata[0])->sha256);
}

static gboolean
decide (SagDb *db, gpointer data, GError **error)
{
  const ExportFixture *fixture = data;
  const SagReviewRow   row = { .case_id = fixture->one,
                               .task_id = fixture->task,
                               .reader = (char *) "Cleo",
                               .value = SAG_LABEL_VALUE_PRESENT };

  return sag_reviews_put (db, &row, error);
}

/* A table of thousands of lines gives a few sentences. */
static void
test_counted (ExportFixture *fixture, gconstpointer data)
{
  GString         *text = g_string_new ("case,task,role,value,split\n");
  g_autofree char *notes = NULL;
  g_autoptr (GError) error = NULL;
  guint n_lines = 0;

  g_assert_true (sag_store_run (fixture->store, decide, fixture, &error));
  for (int d = 0; d < N_DECISIONS; d++)
    g_string_append (text, "a,nodule,decision,present,nowhere\n");
  notes = import (fixture, text->str);
  g_string_free (text, TRUE);
  for (const char *at = notes; at != NULL; at = strchr (at + 1, '\n'))
    n_lines++;
  g_assert_cmpuint (n_lines, ==, 2 * (20 + 1));
  g_assert_nonnull (strstr (notes, "10 more lines were left out because there is a decision"));
  g_assert_nonnull (strstr (notes, "10 more lines have another split"));
}

static void
add_test (const char *name, void (*run) (ExportFixture *, gconstpointer))
{
  g_test_add (name, ExportFixture, NULL, set_up, run, export_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/export/import/told", test_told);
  add_test ("/export/import/file-name", test_file_name);
  add_test ("/export/import/told-of-one", test_told_of_one);
  add_test ("/export/import/other-grid", test_other_grid);
  add_test ("/export/import/counted", test_counted);
  add_test ("/export/import/unopened", test_unopened);
  return g_test_run ();
}
