/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/dataset/data-fixture.h"

#include "model/phantom/phantom.h"
#include "tests/support/test.h"

static void
write_phantom (DataFixture *fixture, guint number, GString *rows)
{
  SagPhantomOptions options = { .seed = number, .spacing_mm = { 6, 6, 6 } };
  g_autofree char  *name = g_strdup_printf ("p%u", number);
  g_autoptr (SagPhantom) phantom = NULL;
  g_autoptr (GError) error = NULL;

  if (number % 2 == 1)
    options.findings = SAG_FINDING_EFFUSION_LEFT;
  phantom = sag_phantom_new (&options);
  g_assert_true (sag_phantom_write (phantom, &options, fixture->folder, name, &error));
  g_assert_no_error (error);
  g_string_append_printf (
    rows,
    "Diagnose the presence of pleural effusion around the lungs,%s.nii.gz,%u,train,,\n"
    "Segment lungs in the image.,%s.nii.gz,,train,%s_labels.nii.gz,10;11;12;13;14\n"
    "Segment heart in the image.,%s.nii.gz,,train,%s_labels.nii.gz,51\n"
    "Segment pleural effusion in the image.,%s.nii.gz,,train,%s_labels.nii.gz,210;211\n",
    name, number % 2, name, name, name, name, name, name);
}

void
data_fixture_init (DataFixture *fixture, guint n_scans)
{
  const SagRecipe recipe = { .kind = SAG_RECIPE_UPSTREAM,
                             .box_mm = { 384, 320, 256 },
                             .train_box_mm = { 416, 336, 256 },
                             .input = { 64, 64, 64 } };
  g_autoptr (GString) rows =
    g_string_new ("question,img_file_path,label,split,mask_file_path,mask_values\n");
  g_autofree char *cache = NULL;
  g_autoptr (GError) error = NULL;
  SagNetwork network;

  *fixture = (DataFixture){ .folder = sag_test_dup_folder () };
  for (guint s = 0; s < n_scans; s++)
    write_phantom (fixture, s, rows);
  fixture->manifest = g_build_filename (fixture->folder, "data.csv", NULL);
  g_assert_true (g_file_set_contents (fixture->manifest, rows->str, (gssize) rows->len, &error));
  if (n_scans > 0)
    fixture->dataset = sag_dataset_load (fixture->manifest, &error);
  g_assert_no_error (error);
  cache = g_build_filename (fixture->folder, "cache", NULL);
  fixture->cache = sag_cache_new (cache, G_MAXUINT64, &error);
  g_assert_no_error (error);
  sag_network_init_paper (&network);
  for (int a = 0; a < 3; a++)
    network.input[a] = recipe.input[a];
  sag_sample_grid_init (&fixture->grid, &network, &recipe);
  fixture->store = sag_scan_store_new (fixture->cache, &fixture->grid);
}

void
data_fixture_clear (DataFixture *fixture)
{
  g_clear_pointer (&fixture->store, sag_scan_store_free);
  g_clear_pointer (&fixture->cache, sag_cache_free);
  g_clear_pointer (&fixture->dataset, sag_dataset_unref);
  g_clear_pointer (&fixture->manifest, g_free);
  g_clear_pointer (&fixture->folder, sag_test_remove_folder);
}

SagIndex *
data_fixture_index (DataFixture *fixture)
{
  SagIndex *index = sag_index_new (fixture->dataset, SAG_SPLIT_TRAIN);
  g_autoptr (GError) error = NULL;
  SagIndexReport report;

  sag_index_prepare (index, fixture->store, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  sag_index_resolve (index, fixture->store, FALSE, &report, &error);
  g_assert_no_error (error);
  return index;
}
