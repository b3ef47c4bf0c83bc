/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/export/export-fixture.h"
#include "tests/model/mask/make-mask.h"

#include "model/core/error.h"
#include "model/export/import.h"
#include "model/export/samples.h"
#include "model/export/upstream-grid.h"
#include "model/store/labels.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

static SagProject *
load (ExportFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SagProject *project = sag_project_load (fixture->store, &error);

  g_assert_no_error (error);
  return project;
}

static gboolean
put_mask (SagDb *db, gpointer data, GError **error)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (GRand) random = g_rand_new_with_seed (71);
  g_autoptr (SagMask) mask = make_mask (&grid, 0.01, random); /* some voxels are a model's */
  g_autoptr (SagMaskInfo) info = sag_mask_info_new ("Nodule", "nodule", 0x56B4E9);

  return sag_masks_put (db, *(gint64 *) data, info, mask, NULL, error);
}

/* What a training table gets. */
typedef struct
{
  guint      n;
  guint      n_seen;
  GPtrArray *patients;
  GPtrArray *splits;
} Seen;

static gboolean
see_sample (const SagExportSample *sample, gpointer user_data, GError **error)
{
  Seen *seen = user_data;

  seen->n++;
  seen->n_seen += sample->seen;
  g_ptr_array_add (seen->patients, g_strdup (sample->patient));
  g_ptr_array_add (seen->splits, g_strdup (sample->split));
  return TRUE;
}

static void
seen_clear (Seen *seen)
{
  g_clear_pointer (&seen->patients, g_ptr_array_unref);
  g_clear_pointer (&seen->splits, g_ptr_array_unref);
}

static Seen
see_samples (SagProject *project, gboolean assisted, gboolean patients)
{
  Seen                     seen = { 0, 0, g_ptr_array_new_with_free_func (g_free),
                                    g_ptr_array_new_with_free_func (g_free) };
  const SagTrainingOptions options = { NULL, assisted, patients, { 50, 0, 50 } };
  g_auto (SagExported) exported = { 0 };
  g_autoptr (GError) error = NULL;

  sag_exported_init (&exported);
  sag_export_samples (project, &options, see_sample, &seen, &exported, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (exported.notes->len, ==, assisted ? 0 : 1);
  if (!assisted)
    g_assert_nonnull (strstr (g_ptr_array_index (exported.notes, 0), "answer had been seen"));
  return seen;
}

/* Names of labels and files that tell a task. */
static void
test_named (void)
{
  SagTaskRow effusion = { .key = (char *) "pe",
                          .wording = (char *) "Diagnose the presence of pleural effusion" };
  SagTaskRow lungs = { .key = (char *) "lungs", .wording = (char *) "Segment lungs in the image." };
  static const struct
  {
    const char *file;
    const char *label;
    const char *key;
  } names[] = {
    { "/x/p12__pleural-effusion-0123abcd__mask.nii.gz", "Mask 1", "pe" },
    { "/x/p12_PE.nii.gz", "p12_PE", "pe" },
    { "/x/Pleural Effusion.nii", "Pleural Effusion", "pe" },
    { "/x/segment-lungs-seg.nii.gz", "x", "lungs" },
    { "/x/p12.nii.gz", "Segment lungs in the image", "lungs" },
    { "/x/p12_peel.nii.gz", "p12_peel", NULL },
    { "/x/p12.nii.gz", "Label 3", NULL },
  };
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  g_ptr_array_add (tasks, &effusion);
  g_ptr_array_add (tasks, &lungs);
  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    {
      g_autoptr (GPtrArray) infos =
        g_ptr_array_new_with_free_func ((GDestroyNotify) sag_mask_info_free);
      SagMaskInfo *info = sag_mask_info_new (names[n].label, NULL, 0);

      g_ptr_array_add (infos, info);
      g_assert_cmpuint (sag_import_name_tasks (tasks, names[n].file, "p12", infos, 0), ==,
                        names[n].key != NULL);
      g_assert_cmpstr (info->key, ==, names[n].key);
    }
  g_assert_null (sag_import_find_task (tasks, ""));
  lungs.key = (char *) "P E"; /* neither is meant more than the other */
  effusion.key = (char *) "p-e";
  g_assert_null (sag_import_find_task (tasks, "p_e"));
}

/* A mask that a model helped with is no unassisted sample. */
static void
test_assisted_mask (ExportFixture *fixture, gconstpointer data)
{
  gint64 one = add_case (fixture->store, "a");
  g_autoptr (SagProject) project = NULL;
  g_autoptr (GError) error = NULL;
  Seen without, with;

  g_assert_true (sag_store_run (fixture->store, put_mask, &one, &error));
  project = load (fixture);
  without = see_samples (project, FALSE, FALSE);
  with = see_samples (project, TRUE, FALSE);
  g_assert_cmpint (without.n, ==, 0);
  g_assert_cmpint (with.n, ==, 1);
  g_assert_cmpint (with.n_seen, ==, 1);
  seen_clear (&without);
  seen_clear (&with);
}

/* Numbers of patients do not leave the project unless they are asked for, nor do splits depend on it. */
static void
test_patients (ExportFixture *fixture, gconstpointer data)
{
  static const char *const patients[] = { "4711", "4711", "0815" };
  g_autoptr (SagProject) project = NULL;
  Seen codes, numbers;

  for (int c = 0; c < 3; c++)
    {
      g_autofree char *name = g_strdup_printf ("scan-%d", c);
      g_autofree char *sql =
        g_strdup_printf ("UPDATE cases SET patient = '%s' WHERE id = %d", patients[c], c + 1);
      gint64 one = add_case (fixture->store, name);

      run_in_store (fixture->store, sql);
      g_assert_true (sag_store_run (fixture->store, put_mask, &one, NULL));
    }
  project = load (fixture);
  codes = see_samples (project, TRUE, FALSE);
  numbers = see_samples (project, TRUE, TRUE);
  g_assert_cmpint (codes.n, ==, 3);
  for (guint s = 0; s < 3; s++)
    {
      const char *code = g_ptr_array_index (codes.patients, s);

      g_assert_cmpstr (g_ptr_array_index (numbers.patients, s), ==, patients[s]);
      g_assert_true (g_str_has_prefix (code, "patient-"));
      g_assert_null (strstr (code, patients[s]));
      g_assert_cmpstr (g_ptr_array_index (numbers.splits, s), ==,
                       g_ptr_array_index (codes.splits, s));
    }
  g_assert_cmpstr (g_ptr_array_index (codes.patients, 0), ==,
                   g_ptr_array_index (codes.patients, 1));
  g_assert_cmpstr (g_ptr_array_index (codes.patients, 0), !=,
                   g_ptr_array_index (codes.patients, 2));
  seen_clear (&codes);
  seen_clear (&numbers);
}

/* Names that are the same once they are clean get their own files. */
static void
test_names (ExportFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "A_1", "A?1", "a*1", "A_1-2", "B" };
  g_autoptr (SagProject) project = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
    add_case (fixture->store, names[n]);
  project = load (fixture);
  for (guint c = 0; c < project->cases->len; c++)
    {
      g_autofree char *name = sag_project_dup_name (project, g_ptr_array_index (project->cases, c));

      g_assert_null (strpbrk (name, "?*"));
      g_assert_true (g_hash_table_add (seen, g_ascii_strdown (name, -1)));
    }
}

/* A row that says which scan it is about is about no other one of that name. */
static void
test_labels_by_content (ExportFixture *fixture, gconstpointer data)
{
  static const char table[] = "case,case_uuid,scan_sha256,task,reader,value\n"
                              "a,,0123,nodule,Ann,present\n"
                              "a,ffff-0,,nodule,Ben,present\n"
                              "twin,,,nodule,Ann,present\n"
                              "b,,,nodule,Ann,present\n";
  g_autofree char  *path = g_build_filename (fixture->folder, "labels.csv", NULL);
  g_autoptr (SagProject) project = NULL;
  g_autoptr (SagProject) after = NULL;
  g_auto (SagExported) imported = { 0 };
  g_autoptr (GError) error = NULL;
  const SagLabelRow *label;
  gint64             b;

  add_case (fixture->store, "a");
  b = add_case (fixture->store, "b");
  add_case (fixture->store, "twin");
  add_case (fixture->store, "other");
  run_in_store (fixture->store, "UPDATE cases SET name = 'twin' WHERE name = 'other'");
  g_assert_true (g_file_set_contents (path, table, -1, NULL));
  sag_exported_init (&imported);
  project = load (fixture);
  g_assert_true (sag_import_table (project, path, NULL, FALSE, &imported, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (imported.notes->len, >, 0);
  after = load (fixture);
  g_assert_cmpint (after->labels->len, ==, 1);
  label = g_ptr_array_index (after->labels, 0);
  g_assert_cmpint (label->case_id, ==, b);
}

static gboolean
set_path (SagDb *db, gpointer data, GError **error)
{
  return sag_cases_set_path (db, 1, data, error);
}

/* An archive has both files of a pair. */
static void
test_pair (ExportFixture *fixture, gconstpointer data)
{
  g_autofree char *header = g_build_filename (fixture->folder, "a.hdr", NULL);
  g_autofree char *image = g_build_filename (fixture->folder, "a.img.gz", NULL);
  g_autofree char *folder = g_build_filename (fixture->folder, "archive", NULL);
  g_autofree char *scan = NULL;
  g_auto (GStrv) files = NULL;
  g_auto (SagExported) exported = { 0 };
  g_autoptr (SagProject) project = NULL;
  g_autoptr (SagProject) copied = NULL;
  g_autofree char *path = g_build_filename (folder, "project.sagitta", NULL);
  g_autoptr (GError) error = NULL;
  SagStore *copy;

  add_case (fixture->store, "a");
  g_assert_true (g_file_set_contents (header, "header", 6, NULL));
  g_assert_true (g_file_set_contents (image, "voxels", 6, NULL));
  g_assert_true (sag_store_run (fixture->store, set_path, header, &error));
  sag_exported_init (&exported);
  project = load (fixture);
  g_assert_true (sag_export_archive (project, folder, &exported, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (exported.n_files, ==, 3);
  copy = sag_store_open (path, SAG_STORE_READ, NULL, &error);
  copied = sag_project_load (copy, &error);
  scan = sag_project_dup_scan (copied, copied->cases->pdata[0]);
  files = sag_nifti_dup_files (scan);
  g_assert_true (g_str_has_prefix (files[0], folder) && g_str_has_suffix (files[0], ".hdr"));
  g_assert_true (g_file_test (files[0], G_FILE_TEST_EXISTS));
  g_assert_cmpuint (g_strv_length (files), ==, 2);
  g_assert_true (g_str_has_suffix (files[1], ".img.gz"));
  sag_store_free (copy);
}

/* Voxels given in micrometres, and a grid that is flat. */
static void
test_upstream_grid (void)
{
  SagGeometry stored = make_grid (0), grid;
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_upstream_grid (&stored, &grid, &error));
  for (int r = 0; r < 3; r++)
    for (int a = 0; a < 3; a++)
      stored.ijk_to_ras[r][a] *= 1000;
  g_assert_false (sag_upstream_grid (&stored, &grid, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT);
  g_clear_error (&error);
  for (int r = 0; r < 3; r++)
    stored.ijk_to_ras[r][2] = 0;
  g_assert_false (sag_upstream_grid (&stored, &grid, &error));
  g_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/named", test_named);
  g_test_add_func ("/export/upstream-grid", test_upstream_grid);
  g_test_add ("/export/assisted-mask", ExportFixture, NULL, export_fixture_set_up,
              test_assisted_mask, export_fixture_tear_down);
  g_test_add ("/export/patients", ExportFixture, NULL, export_fixture_set_up, test_patients,
              export_fixture_tear_down);
  g_test_add ("/export/pair", ExportFixture, NULL, export_fixture_set_up, test_pair,
              export_fixture_tear_down);
  g_test_add ("/export/names", ExportFixture, NULL, export_fixture_set_up, test_names,
              export_fixture_tear_down);
  g_test_add ("/export/labels-by-content", ExportFixture, NULL, export_fixture_set_up,
              test_labels_by_content, export_fixture_tear_down);
  return g_test_run ();
}
