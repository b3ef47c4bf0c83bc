/* SPDX-License-Identifier: Apache-2.0 */
/* What the store keeps of a scan is what inference makes of it; rows with empty masks; what is missing. */
#include "model/core/error.h"
#include "model/dataset/bin.h"
#include "model/dataset/read.h"
#include "model/dataset/scan.h"
#include "model/prepare/prepared.h"
#include "model/volume/nifti.h"
#include "tests/model/dataset/data-fixture.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <math.h>

/* Half a step of the sixteen bits. */
#define PRECISION (0.5001 / 64000)

static void
test_input (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autofree char   *path = NULL;
  g_autofree float  *input = NULL;
  g_autofree gint16 *source = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  g_autoptr (GError) error = NULL;
  const float         *wanted;
  const SagSampleGrid *grid;

  data_fixture_init (&data, 1);
  grid = &data.grid;
  path = g_build_filename (data.folder, "p0.nii.gz", NULL);
  volume = sag_nifti_load (path, NULL, NULL, NULL, &error);
  prepared = sag_prepare (volume, &grid->recipe, NULL, NULL, &error);
  g_assert_no_error (error);
  wanted = sag_prepared_get_input (prepared);
  input = g_new (float, sag_sample_grid_n_input (grid));
  g_assert_true (sag_scan_store_read_input (data.store, path, input, &error));
  g_assert_no_error (error);
  for (gsize v = 0; v < sag_sample_grid_n_input (grid); v++)
    g_assert_cmpfloat_with_epsilon (input[v], wanted[v], PRECISION);

  /* The source's middle is the same scan in whole Hounsfield units. */
  source = sag_scan_store_dup_source (data.store, path, &error);
  g_assert_no_error (error);
  for (gint32 x = 0; x < grid->input[0]; x++)
    for (gint32 y = 0; y < grid->input[1]; y++)
      for (gint32 z = 0; z < grid->input[2]; z++)
        {
          gsize from = ((gsize) (x + grid->margin[0]) * grid->source[1] + y + grid->margin[1]) *
                         grid->source[2] +
                       z + grid->margin[2];
          gsize to = ((gsize) x * grid->input[1] + y) * grid->input[2] + z;

          g_assert_cmpfloat_with_epsilon (source[from] / 2000.0 + 0.5, wanted[to], 0.5001 / 2000);
        }
}

static void
remove_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_str_has_suffix (name, ".sagcache"))
        g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

/* A scan that changes while it is learnt from: what was prepared is used on, and nothing is made of the other. */
static void
test_changed_meanwhile (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autofree char  *path = NULL;
  g_autofree char  *other = NULL;
  g_autofree char  *cache = NULL;
  g_autofree char  *bytes = NULL;
  g_autofree float *before = NULL;
  g_autofree float *after = NULL;
  SagScanStore     *later;
  gsize             size, n;
  g_autoptr (GError) error = NULL;

  data_fixture_init (&data, 2);
  n = sag_sample_grid_n_input (&data.grid);
  path = g_build_filename (data.folder, "p0.nii.gz", NULL);
  other = g_build_filename (data.folder, "p1.nii.gz", NULL);
  cache = g_build_filename (data.folder, "cache", NULL);
  before = g_new (float, n);
  after = g_new (float, n);
  g_assert_true (sag_scan_store_read_input (data.store, path, before, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (other, &bytes, &size, NULL));
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  g_assert_true (sag_scan_store_read_input (data.store, path, after, &error));
  g_assert_cmpmem (after, n * sizeof (float), before, n * sizeof (float));
  remove_entries (cache);
  g_assert_false (sag_scan_store_read_input (data.store, path, after, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "changed meanwhile");
  later = sag_scan_store_new (data.cache, &data.grid);
  g_assert_true (sag_scan_store_read_input (later, path, after, &error));
  g_assert_true (sag_scan_store_read_input (later, other, before, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (after, n * sizeof (float), before, n * sizeof (float));
  sag_scan_store_free (later);
}

/* Margins reach the training box, on the input's own pattern of millimetres. */
static void
test_grid (void)
{
  static const gint32 inputs[][3] = { { 256, 160, 128 }, { 128, 96, 64 }, { 96, 64, 64 } };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      const SagRecipe recipe = { .box_mm = { 384, 320, 256 }, .train_box_mm = { 416, 336, 256 } };
      SagNetwork      network;
      SagSampleGrid   grid;

      sag_network_init_paper (&network);
      for (int a = 0; a < 3; a++)
        network.input[a] = inputs[i][a];
      sag_sample_grid_init (&grid, &network, &recipe);
      for (int a = 0; a < 3; a++)
        {
          double mm = (double) recipe.box_mm[a] / grid.input[a];

          g_assert_cmpfloat (grid.source[a] * mm, >=, recipe.train_box_mm[a] - 1e-9);
          g_assert_cmpfloat_with_epsilon (grid.margin[a] * mm, rint (grid.margin[a] * mm), 1e-9);
          g_assert_cmpint (grid.tokens[a] * grid.cells[a] * grid.cell[a], ==, grid.input[a]);
        }
    }
}

/* A standardised file of upstream's is taken as it is. */
static void
test_bin (void)
{
  g_auto (DataFixture) data = { 0 };
  const SagGeometry geometry =
    sag_geometry_init ((gint32[]){ 384, 320, 256 }, (double[]){ 1, 1, 1 }, (double[]){ 0, 0, 0 });
  gsize             n = (gsize) sag_geometry_n_voxels (&geometry);
  gint16           *voxels = g_new (gint16, n);
  g_autofree float *input = NULL;
  g_autofree char  *path = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;

  data_fixture_init (&data, 0);
  for (gsize v = 0; v < n; v++)
    voxels[v] = v % 384 < 192 ? 0 : 100;
  volume = sag_volume_new_int16 (&geometry, voxels);
  path = g_build_filename (data.folder, "a.bin", NULL);
  g_assert_true (sag_bin_save (volume, path, &error));
  input = g_new (float, sag_sample_grid_n_input (&data.grid));
  g_assert_true (sag_scan_store_read_input (data.store, path, input, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (input[0], 0.5, PRECISION);
  g_assert_cmpfloat_with_epsilon (input[(gsize) 40 * 64 * 64], 0.55, PRECISION);
}

/* Training and measuring see the same of upstream's file: it is not standardised again, and a mask of as many voxels
 * lies on it wherever its own header says. */
static void
test_bin_read (void)
{
  g_auto (DataFixture) data = { 0 };
  const SagGeometry geometry =
    sag_geometry_init ((gint32[]){ 200, 160, 140 }, (double[]){ 1, 1, 1 }, (double[]){ 0, 0, 0 });
  const SagGeometry elsewhere =
    sag_geometry_init ((gint32[]){ 200, 160, 140 }, (double[]){ 1, 1, 1 }, (double[]){ 900, 0, 0 });
  gsize              n = (gsize) sag_geometry_n_voxels (&geometry);
  gint16            *voxels = g_new (gint16, n);
  g_autofree guint8 *labels = g_malloc0 (n);
  g_autofree float  *input = NULL;
  g_autofree char   *path = NULL;
  g_autofree char   *mask_path = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (SagVolume) mask = NULL;
  g_autoptr (SagVolume) other = NULL;
  g_autoptr (SagPrepared) prepared = NULL;
  g_autoptr (GError) error = NULL;
  SagScanFacts facts;

  data_fixture_init (&data, 0);
  for (gsize v = 0; v < n; v++)
    voxels[v] = (gint16) (v * 7 % 1500 - 900);
  labels[5] = 1;
  volume = sag_volume_new_int16 (&geometry, voxels);
  path = g_build_filename (data.folder, "a.bin", NULL);
  mask_path = g_build_filename (data.folder, "a_labels.nii.gz", NULL);
  g_assert_true (sag_bin_save (volume, path, &error));
  g_assert_true (
    sag_nifti_save (mask_path, &elsewhere, SAG_NIFTI_UINT8, labels, NULL, NULL, &error));
  input = g_new (float, sag_sample_grid_n_input (&data.grid));
  g_assert_true (sag_scan_store_read_input (data.store, path, input, &error));
  g_assert_true (sag_scan_store_get_facts (data.store, path, &facts, &error));
  prepared = sag_read_prepare (path, volume, &data.grid.recipe, NULL, NULL, &error);
  g_assert_no_error (error);
  for (gsize v = 0; v < sag_sample_grid_n_input (&data.grid); v++)
    g_assert_cmpfloat_with_epsilon (input[v], sag_prepared_get_input (prepared)[v], PRECISION);
  g_assert_true (
    sag_geometry_equal (&facts.input, sag_prepared_get_input_geometry (prepared), 1e-9));
  /* 384 mm around the middle of 200 */
  g_assert_cmpfloat_with_epsilon (facts.input.ijk_to_ras[0][3] - 3, -92.5, 1e-9);

  mask = sag_read_mask (mask_path, path, &geometry, NULL, &error);
  other = sag_read_mask (mask_path, "a.nii.gz", &geometry, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (mask), &geometry, 1e-9));
  g_assert_true (sag_geometry_equal (sag_volume_get_geometry (other), &elsewhere, 1e-3));
  g_assert_cmpfloat_with_epsilon (sag_volume_value (mask, 5, 0, 0), 1, 1e-6);
}

static void
test_lost_entry (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autofree char  *path = NULL;
  g_autofree char  *cache = NULL;
  g_autofree float *before = NULL;
  g_autofree float *after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  gsize       n;
  const char *name;

  data_fixture_init (&data, 1);
  n = sag_sample_grid_n_input (&data.grid);
  before = g_new (float, n);
  after = g_new (float, n);
  path = g_build_filename (data.folder, "p0.nii.gz", NULL);
  g_assert_true (sag_scan_store_read_input (data.store, path, before, &error));
  cache = g_build_filename (data.folder, "cache", NULL);
  dir = g_dir_open (cache, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *entry = g_build_filename (cache, name, NULL);

      if (g_str_has_suffix (name, ".sagcache"))
        g_assert_true (g_file_set_contents (entry, "SagCach1 not really", -1, NULL));
    }
  g_assert_true (sag_scan_store_read_input (data.store, path, after, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (before, n * sizeof (float), after, n * sizeof (float));
}

/* Numbers that are none: an error that says so, and no crash. */
static void
test_senseless_facts (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *cache = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = NULL;
  double          facts[39];
  SagCacheSection section = { "FACT", facts, sizeof facts };
  SagScanFacts    read;
  const char     *name;

  data_fixture_init (&data, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    facts[i] = i == 3 ? NAN : 1;
  path = g_build_filename (data.folder, "p0.nii.gz", NULL);
  g_assert_true (sag_scan_store_prepare (data.store, path, NULL, 0, NULL, &error));
  cache = g_build_filename (data.folder, "cache", NULL);
  dir = g_dir_open (cache, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".sagcache"))
      key = g_strndup (name, strlen (name) - strlen (".sagcache"));
  g_assert_true (sag_cache_save (data.cache, key, &section, 1, &error));
  g_assert_false (sag_scan_store_get_facts (data.store, path, &read, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_missing_file (void)
{
  g_auto (DataFixture) data = { 0 };
  g_autoptr (SagIndex) index = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  data_fixture_init (&data, 2);
  path = g_build_filename (data.folder, "p1.nii.gz", NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  index = sag_index_new (data.dataset, SAG_SPLIT_TRAIN);
  g_assert_false (sag_index_prepare (index, data.store, NULL, NULL, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "p1.nii.gz"));
}

/* A mask on another grid is resampled; an empty one on a real scan is left out, unless a label 0 keeps it. */
static void
test_empty_masks (void)
{
  g_auto (DataFixture) data = { 0 };
  const SagGeometry  geometry = sag_geometry_init ((gint32[]){ 8, 8, 8 }, (double[]){ 40, 40, 40 },
                                                   (double[]){ -140, -140, -140 });
  g_autofree guint8 *empty = g_malloc0 (512);
  g_autofree char   *mask = NULL;
  g_autofree char   *scan = NULL;
  g_autofree char   *manifest = NULL;
  g_autofree char   *text = NULL;
  g_autoptr (SagDataset) dataset = NULL;
  g_autoptr (SagVolume) volume = NULL;
  g_autoptr (GError) error = NULL;
  SagIndexReport report;

  data_fixture_init (&data, 1);
  scan = g_build_filename (data.folder, "p0.nii.gz", NULL);
  volume = sag_nifti_load (scan, NULL, NULL, NULL, &error);
  g_free (scan);
  scan = g_build_filename (data.folder, "real.nii.gz", NULL);
  mask = g_build_filename (data.folder, "empty.nii.gz", NULL);
  g_assert_true (sag_nifti_save (scan, sag_volume_get_geometry (volume), SAG_NIFTI_INT16,
                                 sag_volume_get_int16 (volume), "somebody", NULL, &error));
  g_assert_true (sag_nifti_save (mask, &geometry, SAG_NIFTI_UINT8, empty, NULL, NULL, &error));
  manifest = g_build_filename (data.folder, "empty.csv", NULL);
  text = g_strdup ("question,img_file_path,label,split,mask_file_path\n"
                   "Segment a nodule in the image.,real.nii.gz,,train,empty.nii.gz\n"
                   "Segment a cyst in the image.,real.nii.gz,0,train,empty.nii.gz\n"
                   "Segment a mass in the image.,real.nii.gz,1,train,empty.nii.gz\n"
                   "Segment air in the image.,p0.nii.gz,,train,empty.nii.gz\n");
  g_assert_true (g_file_set_contents (manifest, text, -1, &error));
  dataset = sag_dataset_load (manifest, &error);
  g_assert_no_error (error);
  for (int keep = 0; keep < 2; keep++)
    {
      g_autoptr (SagIndex) index = sag_index_new (dataset, SAG_SPLIT_TRAIN);

      g_assert_true (sag_index_prepare (index, data.store, NULL, NULL, NULL, &error));
      g_assert_true (sag_index_resolve (index, data.store, keep, &report, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (sag_index_get_n_items (index), ==, keep ? 3 : 2);
      g_assert_cmpuint (report.n_empty, ==, keep ? 1 : 2);
      g_assert_cmpuint (report.first_empty, ==, keep ? 4 : 2);
      g_assert_cmpuint (report.n_contradictions, ==, 1);
      g_assert_cmpuint (report.n_resampled, ==, 2);
      g_assert_cmpuint (report.n_synthetic, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scan/changed-meanwhile", test_changed_meanwhile);
  g_test_add_func ("/scan/grid", test_grid);
  g_test_add_func ("/scan/input", test_input);
  g_test_add_func ("/scan/bin", test_bin);
  g_test_add_func ("/scan/bin-read", test_bin_read);
  g_test_add_func ("/scan/lost-entry", test_lost_entry);
  g_test_add_func ("/scan/senseless-facts", test_senseless_facts);
  g_test_add_func ("/scan/missing-file", test_missing_file);
  g_test_add_func ("/scan/empty-masks", test_empty_masks);
  return g_test_run ();
}
