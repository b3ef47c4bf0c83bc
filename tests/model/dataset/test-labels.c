/* SPDX-License-Identifier: Apache-2.0 */
/* Cell targets against upstream's own (oracle/preproc), and against a slow way of making them. */
#include "model/bundle/safetensors.h"
#include "model/core/error.h"
#include "model/core/random.h"
#include "model/dataset/scan-make.h"
#include "model/prepare/prepared.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <math.h>

static void
paper_grid (SagSampleGrid *grid)
{
  const SagRecipe recipe = { .kind = SAG_RECIPE_UPSTREAM,
                             .box_mm = { 384, 320, 256 },
                             .train_box_mm = { 416, 336, 256 },
                             .input = { 256, 160, 128 } };
  SagNetwork      network;

  sag_network_init_paper (&network);
  sag_sample_grid_init (grid, &network, &recipe);
}

static SagVolume *
load (const char *name)
{
  g_autofree char *file = g_build_filename ("oracle", "ct", name, NULL);
  g_autofree char *path = sag_test_shared (file);
  g_autoptr (GError) error = NULL;
  SagVolume *volume = sag_nifti_load (path, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return volume;
}

/* The facts of a scan whose z range a mask cut, as in the oracle's runs. */
static void
find_facts (const SagSampleGrid *grid, const char *name, SagScanFacts *facts)
{
  g_autofree char *scan = g_strconcat (name, ".nii.gz", NULL);
  g_autofree char *seg = g_strconcat (name, "_seg.nii.gz", NULL);
  g_autoptr (SagVolume) volume = load (scan);
  g_autoptr (SagVolume) mask = load (seg);
  g_autoptr (GError) error = NULL;
  SagPrepareOptions options = { .lungs = mask };
  g_autoptr (SagPrepared) prepared = sag_prepare (volume, &grid->recipe, &options, NULL, &error);

  g_assert_no_error (error);
  facts->scan = *sag_volume_get_geometry (volume);
  facts->input = *sag_prepared_get_input_geometry (prepared);
  sag_prepared_get_kept (prepared, facts->kept_low, facts->kept_high);
}

/* Upstream's names and values, its swapped sides included (D1). */
static const gint32 left_lung[] = { 12, 13, 14 };
static const gint32 lungs[] = { 10, 11, 12, 13, 14 };
static const gint32 liver[] = { 5 };
static const struct
{
  const char *name;
  SagLabelSet set;
} golden_sets[] = {
  { "seg.left_lung.patchified_160x64", { left_lung, G_N_ELEMENTS (left_lung) } },
  { "seg.lungs.patchified_160x64", { lungs, G_N_ELEMENTS (lungs) } },
  { "seg.liver.patchified_160x64", { liver, G_N_ELEMENTS (liver) } },
};

static void
test_oracle (gconstpointer data)
{
  const char      *name = data;
  g_autofree char *file = g_strdup_printf ("oracle/preproc/%s.safetensors", name);
  g_autofree char *path = sag_test_shared (file);
  g_autofree char *seg = g_strdup_printf ("oracle/ct/%s_seg.nii.gz", name);
  g_autofree char *seg_path = path != NULL ? sag_test_shared (seg) : NULL;
  g_autoptr (SagTensorFile) golden = NULL;
  g_autoptr (GError) error = NULL;
  SagLabelSet   sets[G_N_ELEMENTS (golden_sets)];
  SagScanMask   mask = { seg_path, sets, G_N_ELEMENTS (golden_sets) };
  SagScanParts  parts = { 0 };
  SagScanFacts  facts = { 0 };
  SagSampleGrid grid;
  const float  *targets;
  gsize         n_cells;

  if (path == NULL)
    return;
  golden = sag_tensor_file_open (path, &error);
  g_assert_no_error (error);
  paper_grid (&grid);
  find_facts (&grid, name, &facts);
  for (gsize s = 0; s < G_N_ELEMENTS (golden_sets); s++)
    sets[s] = golden_sets[s].set;
  g_assert_true (sag_scan_make_mask (&grid, "scan.nii", &facts, &mask, &parts, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (parts.sections[1].tag, ==, "TARG");
  targets = parts.sections[1].data;
  n_cells = sag_sample_grid_n_cells (&grid);
  g_assert_cmpuint (n_cells, ==, 160 * 64);
  for (gsize s = 0; s < G_N_ELEMENTS (golden_sets); s++)
    {
      const SagTensor  *tensor = sag_tensor_file_find (golden, golden_sets[s].name);
      g_autofree float *wanted = g_new (float, n_cells);

      g_assert_nonnull (tensor);
      g_assert_true (sag_tensor_read_floats (tensor, 0, n_cells, wanted));
      for (gsize c = 0; c < n_cells; c++)
        g_assert_cmpfloat_with_epsilon (targets[s * n_cells + c], wanted[c], 1e-6);
    }
  sag_scan_parts_clear (&parts);
}

/* A small grid whose voxels are 3, 10/3 and 4 mm. */
static void
small_grid (SagSampleGrid *grid)
{
  *grid = (SagSampleGrid){
    .recipe = { .box_mm = { 48, 80, 64 } },
    .input = { 16, 24, 16 },
    .tokens = { 2, 3, 2 },
    .cells = { 4, 4, 4 },
    .cell = { 2, 2, 2 },
    .fine = 2,
  };
}

/* Area averaging and the maximum, voxel by voxel. */
static float
slow_target (const SagSampleGrid *grid, const SagLabelMap *map, gsize set, const gint32 cell[3])
{
  float most = 0;

  for (gint32 v = 0; v < grid->cell[0] * grid->cell[1] * grid->cell[2]; v++)
    {
      gint32 at[3] = { cell[0] * grid->cell[0] + v / (grid->cell[1] * grid->cell[2]),
                       cell[1] * grid->cell[1] + v / grid->cell[2] % grid->cell[1],
                       cell[2] * grid->cell[2] + v % grid->cell[2] };
      double sum = 0, size = 0;

      for (gint32 i = 0; i < map->dims[0] * map->dims[1] * map->dims[2]; i++)
        {
          gint32   f[3] = { i / (map->dims[1] * map->dims[2]), i / map->dims[2] % map->dims[1],
                            i % map->dims[2] };
          gboolean inside = TRUE;

          for (int a = 0; a < 3; a++)
            inside = inside && f[a] >= floor ((double) at[a] * map->dims[a] / grid->input[a]) &&
                     f[a] < ceil ((at[a] + 1.0) * map->dims[a] / grid->input[a]);
          sum += inside && map->members[set][map->voxels[i]];
          size += inside;
        }
      most = MAX (most, (float) (sum / size));
    }
  return most;
}

static void
test_slow (void)
{
  SagSampleGrid       grid;
  guint8              members[2][256] = { { 0 }, { 0 } };
  g_autofree guint8  *voxels = NULL;
  g_autofree float   *targets = NULL;
  static const gsize  which[] = { 1, 0 };
  static const gint32 cells[][3] = { { 0, 0, 0 }, { 3, 5, 2 }, { 7, 11, 7 }, { 4, 0, 6 } };
  SagLabelMap         map = { .n_sets = 2, .members = members };
  gsize               n, n_cells;

  small_grid (&grid);
  n_cells = sag_sample_grid_n_cells (&grid);
  for (int a = 0; a < 3; a++)
    map.dims[a] = grid.recipe.box_mm[a];
  n = (gsize) map.dims[0] * map.dims[1] * map.dims[2];
  map.voxels = voxels = g_new (guint8, n);
  for (gsize v = 0; v < n; v++)
    voxels[v] = sag_random_hash (3, v) % 7 == 0 ? 2 : sag_random_hash (4, v) % 50 == 0 ? 3 : 0;
  members[0][2] = members[1][3] = 1;
  targets = g_new (float, 2 * n_cells);
  sag_labels_targets (&grid, &map, which, 2, targets);
  for (gsize c = 0; c < G_N_ELEMENTS (cells); c++)
    for (gsize s = 0; s < 2; s++)
      {
        gsize index = sag_sample_grid_cell_index (&grid, cells[c][0], cells[c][1], cells[c][2]);

        g_assert_cmpfloat_with_epsilon (targets[s * n_cells + index],
                                        slow_target (&grid, &map, which[s], cells[c]), 1e-7);
      }
}

static SagVolume *
make_mask (const SagGeometry *geometry)
{
  gsize   n = (gsize) sag_geometry_n_voxels (geometry);
  gint16 *voxels = g_new (gint16, n);

  for (gsize v = 0; v < n; v++)
    voxels[v] = (gint16) (v % 5 == 0 ? 0 : v % 5 == 1 ? -3 : (gint16) (100 * (v % 5)));
  return sag_volume_new_int16 (geometry, voxels);
}

static void
test_numbers (void)
{
  static const gint32 first[] = { 200, 300 }, second[] = { 300 };
  const SagLabelSet   sets[] = { { first, 2 }, { second, 1 }, { NULL, 0 } };
  const SagGeometry   geometry =
    sag_geometry_init ((gint32[]){ 5, 2, 1 }, (double[]){ 1, 1, 1 }, (double[]){ 0, 0, 0 });
  g_autoptr (SagVolume) mask = make_mask (&geometry);
  g_autofree guint8 *voxels = NULL;
  g_autofree         guint8 (*members)[256] = NULL;
  g_autoptr (GError) error = NULL;
  guint64 counts[3];

  g_assert_true (sag_label_numbers (mask, sets, 3, &voxels, &members, counts, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (voxels[0], ==, SAG_LABEL_NONE);
  g_assert_cmpuint (voxels[1], ==, SAG_LABEL_OTHER);
  g_assert_cmpuint (voxels[4], ==, SAG_LABEL_OTHER);
  g_assert_cmpuint (voxels[2], !=, voxels[3]);
  g_assert_cmpuint (counts[0], ==, 4);
  g_assert_cmpuint (counts[1], ==, 2);
  g_assert_cmpuint (counts[2], ==, 8);
  for (gsize v = 0; v < 10; v++)
    {
      g_assert_cmpuint (members[0][voxels[v]], ==, v % 5 == 2 || v % 5 == 3);
      g_assert_cmpuint (members[1][voxels[v]], ==, v % 5 == 3);
      g_assert_cmpuint (members[2][voxels[v]], ==, v % 5 != 0);
    }
}

static void
test_too_many_values (void)
{
  const SagGeometry geometry =
    sag_geometry_init ((gint32[]){ 1, 1, 1 }, (double[]){ 1, 1, 1 }, (double[]){ 0, 0, 0 });
  g_autoptr (SagVolume) mask = make_mask (&geometry);
  gint32             values[255];
  const SagLabelSet  sets[] = { { values, 255 } };
  g_autofree guint8 *voxels = NULL;
  g_autofree         guint8 (*members)[256] = NULL;
  g_autoptr (GError) error = NULL;
  guint64 count;

  for (gint32 v = 0; v < 255; v++)
    values[v] = v + 1;
  g_assert_false (sag_label_numbers (mask, sets, 1, &voxels, &members, &count, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "254");
}

/* Halfway goes up in stored order, whichever way the axis runs; outside is nothing; beyond what was kept, too. */
static void
test_resample (void)
{
  const guint8 stored[] = { 10, 11, 12, 13 };
  SagGeometry  mask =
    sag_geometry_init ((gint32[]){ 4, 1, 1 }, (double[]){ 2, 2, 2 }, (double[]){ 0, 0, 0 });
  SagGeometry target =
    sag_geometry_init ((gint32[]){ 9, 1, 1 }, (double[]){ 1, 1, 1 }, (double[]){ -1, 0, 0 });
  static const guint8 forward[] = { 10, 10, 11, 11, 12, 12, 13, 13, 0 };
  static const guint8 backward[] = { 0, 13, 13, 12, 12, 11, 11, 10, 10 };
  static const guint8 cut[] = { 0, 0, 0, 11, 12, 12, 0, 0, 0 };
  guint8              out[9];

  sag_labels_resample (stored, &mask, &target, out);
  g_assert_cmpmem (out, 9, forward, 9);
  sag_labels_cut (&target, &mask, (gint32[]){ 1, 0, 0 }, (gint32[]){ 3, 1, 1 }, out);
  g_assert_cmpmem (out, 9, cut, 9);

  mask.ijk_to_ras[0][0] = -2;
  mask.ijk_to_ras[0][3] = 6;
  sag_labels_resample (stored, &mask, &target, out);
  g_assert_cmpmem (out, 9, backward, 9);
  target.ijk_to_ras[1][0] = 1e-3; /* oblique by a little: the other way through the code */
  sag_labels_resample (stored, &mask, &target, out);
  g_assert_cmpmem (out + 1, 8, backward + 1, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/labels/oracle/oblong", "phantom_LPS_aniso", test_oracle);
  g_test_add_data_func ("/labels/oracle/1-mm", "phantom_1mm_RAS", test_oracle);
  g_test_add_func ("/labels/slow", test_slow);
  g_test_add_func ("/labels/numbers", test_numbers);
  g_test_add_func ("/labels/too-many-values", test_too_many_values);
  g_test_add_func ("/labels/resample", test_resample);
  return g_test_run ();
}
