/* SPDX-License-Identifier: Apache-2.0 */
#include "model/answer/heatmap.h"

#include "model/core/error.h"
#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"
#include "tests/model/answer/fake-engine.h"
#include "tests/support/test.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define LUNGS "Segment lungs in the image."

/* Cells of the paper's network, along R, A, S. */
static const double cell_mm[3] = { 12, 16, 16 };

static const SagPhantomLabel painted[] = {
  SAG_PHANTOM_HEART,
  SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT,
  SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT,
  SAG_PHANTOM_EFFUSION_LEFT,
};

/* Letters of orientation @n of 48. */
static void
orientation (int n, char letters[4])
{
  static const int  orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                     { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  static const char names[3][2] = { { 'R', 'L' }, { 'A', 'P' }, { 'S', 'I' } };

  for (int a = 0; a < 3; a++)
    letters[a] = names[orders[n / 8][a]][n >> a & 1];
  letters[3] = '\0';
}

static double
affine_row (const SagGeometry *geometry, int row, double i, double j, double k)
{
  const double *m = geometry->ijk_to_ras[row];

  return m[0] * i + m[1] * j + m[2] * k + m[3];
}

static gboolean
is_inside (const SagGeometry *geometry,
           double             i,
           double             j,
           double             k,
           const double       low[3],
           const double       high[3])
{
  for (int r = 0; r < 3; r++)
    {
      double at = affine_row (geometry, r, i, j, k);

      if (at < low[r] || at > high[r])
        return FALSE;
    }
  return TRUE;
}

/* 1 in every cell whose centre lies in the box, else 0. */
static float *
paint_box (const SagGeometry *cells, const double low[3], const double high[3])
{
  float *values = g_new0 (float, sag_geometry_n_voxels (cells));
  gsize  at = 0;

  for (int k = 0; k < cells->dims[2]; k++)
    for (int j = 0; j < cells->dims[1]; j++)
      for (int i = 0; i < cells->dims[0]; i++, at++)
        values[at] = is_inside (cells, i, j, k, low, high);
  return values;
}

/* The box in RAS mm around the outer faces of the voxels that hold at least @threshold. */
static gsize
find_box (const SagGeometry *grid, const float *map, float threshold, double low[3], double high[3])
{
  gsize n = 0, at = 0;

  for (int r = 0; r < 3; r++)
    low[r] = INFINITY, high[r] = -INFINITY;
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, at++)
        {
          if (!(map[at] >= threshold))
            continue;
          n++;
          for (int r = 0; r < 3; r++)
            {
              const double *m = grid->ijk_to_ras[r];
              double        centre = affine_row (grid, r, i, j, k);
              double        half = (fabs (m[0]) + fabs (m[1]) + fabs (m[2])) / 2;

              low[r] = MIN (low[r], centre - half);
              high[r] = MAX (high[r], centre + half);
            }
        }
  return n;
}

static SagPrepared *
prepare (SagVolume *volume, SagBundle *bundle)
{
  g_autoptr (GError) error = NULL;
  SagPrepared *prepared = sag_prepare (volume, sag_bundle_get_recipe (bundle), NULL, NULL, &error);

  g_assert_no_error (error);
  return prepared;
}

static float *
compute_map (SagEngine         *engine,
             const SagGeometry *cells,
             const float       *values,
             const SagGeometry *grid,
             gboolean           smooth)
{
  g_autoptr (GError) error = NULL;
  float *map = sag_map_compute (engine, cells, values, grid, smooth, NULL, &error);

  g_assert_no_error (error);
  return map;
}

static SagGeometry
cells_of (SagPrepared *prepared)
{
  return sag_geometry_coarsen (sag_prepared_get_input_geometry (prepared),
                               (const gint32[]){ 8, 8, 8 });
}

/* What lies outside the analysed box cannot come back. */
static void
cut_to_cells (const SagGeometry *cells, double low[3], double high[3])
{
  for (int r = 0; r < 3; r++)
    {
      low[r] = MAX (low[r], cells->ijk_to_ras[r][3] - cell_mm[r] / 2);
      high[r] = MIN (high[r], cells->ijk_to_ras[r][3] + (cells->dims[r] - 0.5) * cell_mm[r]);
    }
}

/*
 * Paints the cells of the phantom's known boxes and looks where they come back on the stored grid: within half a
 * cell, and as a voxel is there or not, @slack_mm more.
 */
static void
check_painted (SagEngine               *engine,
               SagBundle               *bundle,
               const SagPhantomOptions *options,
               const double             slack_mm[3])
{
  g_autoptr (SagPhantom) phantom = sag_phantom_new (options);
  g_autoptr (SagPrepared) prepared = prepare (phantom->image, bundle);
  const SagGeometry *grid = sag_volume_get_geometry (phantom->image);
  SagGeometry        cells = cells_of (prepared);

  for (gsize p = 0; p < G_N_ELEMENTS (painted); p++)
    {
      double            low[3], high[3], found_low[3], found_high[3];
      g_autofree float *values = NULL, *map = NULL;

      g_assert_true (sag_phantom_get_box (phantom, painted[p], low, high));
      cut_to_cells (&cells, low, high);
      values = paint_box (&cells, low, high);
      map = compute_map (engine, &cells, values, grid, FALSE);
      g_assert_cmpuint (find_box (grid, map, 1, found_low, found_high), >, 0);
      for (int r = 0; r < 3; r++)
        {
          g_test_message ("%s, label %d, axis %d: %.2f to %.2f came back as %.2f to %.2f",
                          options->orientation, painted[p], r, low[r], high[r], found_low[r],
                          found_high[r]);
          g_assert_cmpfloat (fabs (found_low[r] - low[r]), <=, cell_mm[r] / 2 + slack_mm[r]);
          g_assert_cmpfloat (fabs (found_high[r] - high[r]), <=, cell_mm[r] / 2 + slack_mm[r]);
        }
    }
}

/* All orientations with the recipe that is the default, some with the other one. */
static int
step_of (const char *recipe)
{
  return g_str_equal (recipe, "upstream") ? 1 : 7;
}

static void
test_orientations (gconstpointer recipe)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new (recipe, TRUE);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);

  for (int n = 0; n < 48; n += step_of (recipe))
    {
      char              letters[4];
      SagPhantomOptions options = {
        .seed = 7,
        .findings = SAG_FINDING_EFFUSION_LEFT,
        .orientation = letters,
        .spacing_mm = { 4, 4, 4 },
      };

      orientation (n, letters);
      check_painted (engine, bundle, &options, (const double[]){ 0, 0, 0 });
    }
}

static void
test_anisotropic (void)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new ("upstream", TRUE);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);

  SagPhantomOptions slices = {
    .seed = 7,
    .findings = SAG_FINDING_EFFUSION_LEFT,
    .orientation = "LPS",
    .spacing_mm = { 0.9, 1.1, 5 },
  };
  SagPhantomOptions odd = {
    .seed = 7,
    .findings = SAG_FINDING_EFFUSION_LEFT,
    .orientation = "ASL",
    .spacing_mm = { 1.3, 4, 2.1 },
  };

  check_painted (engine, bundle, &slices, (const double[]){ 0.45, 0.55, 2.5 });
  check_painted (engine, bundle, &odd, (const double[]){ 1.05, 0.65, 2 });
}

/* On an oblique grid a voxel shows the cell whose centre is nearest to it, and is NaN exactly outside all cells. */
static void
test_oblique (void)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new ("upstream", TRUE);
  FakeEngine fake = { NULL };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);
  SagPhantomOptions options = {
    .seed = 7,
    .orientation = "PIR",
    .spacing_mm = { 4, 3, 2.5 },
    .rotation_degrees = { 12, -7, 20 },
  };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (SagPrepared) prepared = prepare (phantom->image, bundle);
  const SagGeometry *grid = sag_volume_get_geometry (phantom->image);
  SagGeometry        cells = cells_of (prepared);
  g_autofree float  *values = g_new (float, sag_geometry_n_voxels (&cells)), *map = NULL;
  double             to_cell[3][4];
  gsize              n[2] = { 0 }, at = 0;

  for (gint64 i = 0; i < sag_geometry_n_voxels (&cells); i++)
    values[i] = i;
  map = compute_map (engine, &cells, values, grid, FALSE);
  g_assert_cmpfloat (sag_geometry_obliquity_degrees (grid), >, 10);
  g_assert_true (sag_geometry_invert (&cells, to_cell));
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, at++)
        {
          double   cell[3];
          gboolean inside = TRUE, near_face = FALSE;
          gint64   expected = 0;

          for (int r = 0; r < 3; r++)
            cell[r] = affine_row (grid, r, i, j, k);
          sag_geometry_apply (to_cell, cell, cell);
          for (int a = 2; a >= 0; a--)
            {
              double face = cell[a] + 0.5 - rint (cell[a] + 0.5);

              near_face = near_face || fabs (face) < 1e-5;
              inside = inside && cell[a] >= -0.5 && cell[a] < cells.dims[a] - 0.5;
              expected = expected * cells.dims[a] + (gint64) floor (cell[a] + 0.5);
            }
          if (near_face)
            continue;
          n[inside]++;
          if (inside)
            g_assert_cmpfloat (map[at], ==, expected);
          else
            g_assert_true (isnan (map[at]));
        }
  g_assert_cmpuint (n[0], >, 10000);
  g_assert_cmpuint (n[1], >, 100000);
}

/* A scan of water with a block of bone at known places, made without any of the code under test. */
static const double block_low[3] = { 14, -58, 21 }, block_high[3] = { 75, 13, 92 };

static SagVolume *
make_block_scan (const char *letters)
{
  static const double spacing[3] = { 4.5, 5, 4 }; /* along R, A, S */
  static const gint32 size[3] = { 64, 48, 60 };
  SagGeometry         grid = { 0 };
  gint16             *voxels;
  gsize               at = 0;

  for (int a = 0; a < 3; a++)
    {
      int    r = strchr ("RL", letters[a]) ? 0 : strchr ("AP", letters[a]) ? 1 : 2;
      double sign = strchr ("RAS", letters[a]) ? 1 : -1;

      grid.dims[a] = size[r];
      grid.ijk_to_ras[r][a] = sign * spacing[r];
      grid.ijk_to_ras[r][3] = -sign * spacing[r] * (size[r] - 1) / 2 + 10 * r;
    }
  voxels = g_new (gint16, sag_geometry_n_voxels (&grid));
  for (int k = 0; k < grid.dims[2]; k++)
    for (int j = 0; j < grid.dims[1]; j++)
      for (int i = 0; i < grid.dims[0]; i++, at++)
        {
          double x = affine_row (&grid, 0, i, j, k), y = affine_row (&grid, 1, i, j, k);

          voxels[at] = hypot (x / 135, (y - 10) / 105) > 1 ? -1000 : 0;
          if (is_inside (&grid, i, j, k, block_low, block_high))
            voxels[at] = 1000;
        }
  return sag_volume_new_int16 (&grid, voxels);
}

/* High where more than half of a cell is bone: water is 0.5, bone 1. */
static void
find_bone (const SagAskRequest *request, int t, float *out, gpointer data)
{
  const SagNetwork *network = data;
  gint32            n = sag_network_cells_per_token (network);

  for (int p = 0; p < request->n_tokens; p++)
    for (int c = 0; c < n; c++)
      out[p * n + c] = 20 * (request->tokens[p * network->hidden + c] - 0.75f);
}

/* From voxels through the network's input and the order of tokens and cells back to the scan's grid. */
static void
check_content (SagEngine *engine, SagBundle *bundle, const char *letters)
{
  static const char *const text = LUNGS;
  g_autoptr (SagVolume) volume = make_block_scan (letters);
  g_autoptr (SagPrepared) prepared = prepare (volume, bundle);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTokens) tokens = sag_engine_encode (engine, prepared, NULL, &error);
  g_autoptr (SagProvenance) provenance = sag_provenance_new (engine, prepared, volume, NULL, FALSE);
  g_autoptr (GPtrArray) answers =
    sag_answer_ask (engine, tokens, &text, 1, provenance, NULL, &error);
  const SagGeometry *grid = sag_volume_get_geometry (volume);
  const SagAnswer   *answer = answers->pdata[0];
  g_autofree float  *map = compute_map (engine, &answer->cell_geometry, answer->cells, grid, FALSE);
  double             low[3], high[3], spacing[3];
  int                axis[3];
  bool               flip[3];

  sag_geometry_spacing_mm (grid, spacing);
  sag_geometry_nearest_axes (grid, axis, flip);
  g_assert_cmpuint (find_box (grid, map, 0.5f, low, high), >, 0);
  for (int r = 0; r < 3; r++)
    {
      /* The block's own faces are known to half a voxel, and the map's are, too. */
      double tolerance = cell_mm[r] / 2 + spacing[axis[r]];

      g_test_message ("%s, axis %d: %.1f to %.1f came back as %.1f to %.1f", letters, r,
                      block_low[r], block_high[r], low[r], high[r]);
      g_assert_cmpfloat (fabs (low[r] - block_low[r]), <=, tolerance);
      g_assert_cmpfloat (fabs (high[r] - block_high[r]), <=, tolerance);
      g_assert_cmpfloat (answer->peak_ras_mm[r], >, block_low[r]);
      g_assert_cmpfloat (answer->peak_ras_mm[r], <, block_high[r]);
    }
}

static void
test_content (gconstpointer recipe)
{
  g_autoptr (SagBundle) bundle = fake_bundle_new (recipe, TRUE);
  FakeEngine fake = { .cell_logits = find_bone, .data = &fake.network };
  g_autoptr (SagEngine) engine = fake_engine_open (&fake, bundle);

  for (int n = 0; n < 48; n += step_of (recipe))
    {
      char letters[4];

      orientation (n, letters);
      check_content (engine, bundle, letters);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/answer/heatmap/orientations/upstream", "upstream", test_orientations);
  g_test_add_data_func ("/answer/heatmap/orientations/paper", "paper", test_orientations);
  g_test_add_func ("/answer/heatmap/anisotropic", test_anisotropic);
  g_test_add_func ("/answer/heatmap/oblique", test_oblique);
  g_test_add_data_func ("/answer/heatmap/content/upstream", "upstream", test_content);
  g_test_add_data_func ("/answer/heatmap/content/paper", "paper", test_content);
  return g_test_run ();
}
