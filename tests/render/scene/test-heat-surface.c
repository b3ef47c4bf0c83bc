/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/render/scene/fixture.h"

#include "render/scene/surfaces.h"
#include "tests/support/test.h"

#include <math.h>
#include <string.h>

/* Cell (1, 2, 1) of fixture_cells() is R -24..-12, A 0..16, S -8..8. */
static const double hot_low[3] = { -24, 0, -8 }, hot_high[3] = { -12, 16, 8 };

static void
assert_box (const SagRenderMesh *mesh, const double low[3], const double high[3], double tolerance)
{
  for (int c = 0; c < 3; c++)
    {
      g_assert_cmpfloat_with_epsilon (mesh->low_mm[c], low[c], tolerance);
      g_assert_cmpfloat_with_epsilon (mesh->high_mm[c], high[c], tolerance);
    }
}

/* Every normal points away from the middle of a convex surface, and every triangle winds like its normals. */
static void
assert_outwards (const SagRenderMesh *mesh)
{
  g_assert_cmpuint (mesh->n_triangles, >, 0);
  g_assert_cmpfloat (sag_render_mesh_volume_mm3 (mesh), >, 0);
  for (gsize p = 0; p < mesh->n_points; p++)
    {
      double away = 0, length = 0;

      for (int c = 0; c < 3; c++)
        {
          double normal = mesh->normals[3 * p + c];

          away += normal * (mesh->points[3 * p + c] - (mesh->low_mm[c] + mesh->high_mm[c]) / 2);
          length += normal * normal;
        }
      g_assert_cmpfloat (away, >, 0);
      g_assert_cmpfloat_with_epsilon (length, 1, 1e-4);
    }
}

/* A grid stored in any of the eight ways of flipping its axes, with its hot cell where it was. */
static SagGeometry
flipped_cells (int flips, int hot[3])
{
  SagGeometry cells = fixture_cells ();

  hot[0] = 1, hot[1] = 2, hot[2] = 1;
  for (int a = 0; a < 3; a++)
    if (flips >> a & 1)
      {
        cells = fixture_flip (&cells, a);
        hot[a] = cells.dims[a] - 1 - hot[a];
      }
  return cells;
}

static void
test_raw_cell (void)
{
  for (int flips = 0; flips < 8; flips++)
    {
      int               hot[3];
      const SagGeometry cells = flipped_cells (flips, hot);
      g_autofree float *scores = fixture_hot (&cells, hot[0], hot[1], hot[2]);
      SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
      g_autoptr (SagRenderMesh) mesh = NULL;

      map.raw_cells = TRUE;
      mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
      g_assert_cmpuint (mesh->n_triangles, ==, 12);
      assert_box (mesh, hot_low, hot_high, 1e-4);
      assert_outwards (mesh);
      g_assert_cmpfloat_with_epsilon (sag_render_mesh_volume_mm3 (mesh), 12 * 16 * 16, 1e-2);
    }
}

/* Two cells that touch have no wall between them. */
static void
test_raw_neighbours (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = fixture_hot (&cells, 1, 2, 1);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
  g_autoptr (SagRenderMesh) mesh = NULL;

  scores[2 + 6 * (2 + 4 * 1)] = 0.9f;
  map.raw_cells = TRUE;
  mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
  g_assert_cmpuint (mesh->n_triangles, ==, 20);
  g_assert_cmpfloat_with_epsilon (sag_render_mesh_volume_mm3 (mesh), 2 * 12 * 16 * 16, 1e-2);
}

/* Halfway between a score of 0.9 and one of 0.1 it is 0.5: half a cell from the hot cell's middle,
 * which is its face, along each axis; edges and corners are rounder. */
static void
test_smooth_cell (void)
{
  for (int flips = 0; flips < 8; flips++)
    {
      int               hot[3];
      const SagGeometry cells = flipped_cells (flips, hot);
      g_autofree float *scores = fixture_hot (&cells, hot[0], hot[1], hot[2]);
      SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
      g_autoptr (SagRenderMesh) mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
      double share;

      assert_box (mesh, hot_low, hot_high, 1e-3);
      assert_outwards (mesh);
      /* Where 0.1 + 0.8 (1 - |u|) (1 - |v|) (1 - |w|) >= 0.5 in units of cells: eight times
       * 1 - (1 + ln 2 + ln^2 2 / 2) / 2. The mesh's flat triangles lie a little within. */
      share = sag_render_mesh_volume_mm3 (mesh) / (12 * 16 * 16);
      g_assert_cmpfloat (share, <, 8 * (1 - (1 + G_LN2 + G_LN2 * G_LN2 / 2) / 2));
      g_assert_cmpfloat (share, >, 0.93 * 8 * (1 - (1 + G_LN2 + G_LN2 * G_LN2 / 2) / 2));
    }
}

/* Along an axis through the middle of a hot cell the surface lies where linear interpolation says. */
static void
test_threshold (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = fixture_hot (&cells, 1, 2, 1);
  double            before = G_MAXDOUBLE;

  for (double threshold = 0.2; threshold < 0.85; threshold += 0.1)
    {
      SagRenderHeatmap map = fixture_heatmap (&cells, scores);
      g_autoptr (SagRenderMesh) mesh = NULL;
      double reach = (0.9 - threshold) / 0.8, volume;

      map.scale.threshold = threshold;
      mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
      g_assert_cmpfloat_with_epsilon (mesh->high_mm[0], -18 + reach * 12, 0.02);
      g_assert_cmpfloat_with_epsilon (mesh->high_mm[1], 8 + reach * 16, 0.02);
      g_assert_cmpfloat_with_epsilon (mesh->low_mm[2], 0 - reach * 16, 0.02);
      volume = sag_render_mesh_volume_mm3 (mesh);
      g_assert_cmpfloat (volume, <, before);
      before = volume;
    }
}

/* Everywhere above the threshold: the surface is the outer faces of all cells. */
static void
test_closes_at_the_faces (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = g_new (float, 72);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
  const double      low[3] = { -36, -32, -24 }, high[3] = { 36, 32, 24 };
  g_autoptr (SagRenderMesh) mesh = NULL;

  for (int at = 0; at < 72; at++)
    scores[at] = 0.8f;
  mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
  assert_box (mesh, low, high, 0.01);
  g_assert_cmpfloat_with_epsilon (sag_render_mesh_volume_mm3 (mesh) / (72 * 64 * 48), 1, 0.01);
}

/* Nothing is shown where there is no scan. */
static void
test_clipped (void)
{
  const SagGeometry cells = fixture_cells ();
  const SagGeometry volume =
    sag_geometry_init ((const int32_t[]){ 60, 100, 100 }, (const double[]){ 1, 1, 1 },
                       (const double[]){ -60.5, -50, -50 });
  g_autofree float *scores = g_new (float, 72);

  for (int at = 0; at < 72; at++)
    scores[at] = 0.8f;
  for (int raw = 0; raw < 2; raw++)
    {
      SagRenderHeatmap map = fixture_heatmap (&cells, scores);
      g_autoptr (SagRenderMesh) mesh = NULL;

      map.raw_cells = raw;
      mesh = sag_render_heatmap_mesh (&map, &volume, FALSE, NULL, NULL);
      /* The scan ends at R -1, a step of samples is 3 mm, a raw cell 12. */
      g_assert_cmpfloat (mesh->high_mm[0], <=, raw ? 0 : -1 + 0.01);
      g_assert_cmpfloat (mesh->high_mm[0], >=, raw ? -12 : -4);
      g_assert_cmpfloat_with_epsilon (mesh->low_mm[0], -36, 0.01);
    }
}

static void
test_nan (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = g_new (float, 72);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);

  for (int at = 0; at < 72; at++)
    scores[at] = at % 6 >= 4 ? NAN : 0.8f; /* the last two columns towards R */
  for (int raw = 0; raw < 2; raw++)
    {
      g_autoptr (SagRenderMesh) mesh = NULL;

      map.raw_cells = raw;
      mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
      for (gsize p = 0; p < 3 * mesh->n_points; p++)
        g_assert_true (isfinite (mesh->points[p]));
      /* Whole cells end at their face, R 12; between cells a score needs both: R 6. */
      g_assert_cmpfloat_with_epsilon (mesh->high_mm[0], raw ? 12 : 6, 0.01);
    }
}

static void
test_difference (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = g_new0 (float, 72);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
  g_autoptr (SagRenderMesh) more = NULL;
  g_autoptr (SagRenderMesh) less = NULL;

  scores[1 + 6 * (2 + 4 * 1)] = 0.6f;
  scores[4 + 6 * (1 + 4 * 1)] = -0.6f;
  map.scale.map = SAG_RENDER_MAP_DIFFERENCE;
  map.scale.threshold = 0.3;
  more = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
  less = sag_render_heatmap_mesh (&map, NULL, TRUE, NULL, NULL);
  assert_box (more, hot_low, hot_high, 1e-3);
  assert_box (less, (const double[]){ 12, -16, -8 }, (const double[]){ 24, 0, 8 }, 1e-3);
  assert_outwards (more);
  assert_outwards (less);
}

static void
test_nothing (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = fixture_hot (&cells, 1, 2, 1);

  for (int raw = 0; raw < 2; raw++)
    {
      SagRenderHeatmap map = fixture_heatmap (&cells, scores);
      g_autoptr (SagRenderMesh) mesh = NULL;
      g_autoptr (SagRenderMesh) flat = NULL;

      map.raw_cells = raw;
      map.scale.threshold = 0.95;
      mesh = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
      g_assert_cmpuint (mesh->n_triangles, ==, 0);
      g_assert_cmpfloat (mesh->low_mm[0], >, mesh->high_mm[0]);
      /* A grid without volume has no place for a surface. */
      map.scale.threshold = 0.5;
      memset (map.geometry.ijk_to_ras[0], 0, sizeof map.geometry.ijk_to_ras[0]);
      flat = sag_render_heatmap_mesh (&map, NULL, FALSE, NULL, NULL);
      g_assert_cmpuint (flat->n_triangles, ==, 0);
    }
}

static void
test_cancelled (void)
{
  const SagGeometry cells = fixture_cells ();
  g_autofree float *scores = fixture_hot (&cells, 1, 2, 1);
  SagRenderHeatmap  map = fixture_heatmap (&cells, scores);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GError *error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (sag_render_heatmap_mesh (&map, NULL, FALSE, cancellable, &error));
  sag_test_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancel");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/heat-surface/raw-cell", test_raw_cell);
  g_test_add_func ("/scene/heat-surface/raw-neighbours", test_raw_neighbours);
  g_test_add_func ("/scene/heat-surface/smooth-cell", test_smooth_cell);
  g_test_add_func ("/scene/heat-surface/threshold", test_threshold);
  g_test_add_func ("/scene/heat-surface/closes-at-the-faces", test_closes_at_the_faces);
  g_test_add_func ("/scene/heat-surface/clipped", test_clipped);
  g_test_add_func ("/scene/heat-surface/nan", test_nan);
  g_test_add_func ("/scene/heat-surface/difference", test_difference);
  g_test_add_func ("/scene/heat-surface/nothing", test_nothing);
  g_test_add_func ("/scene/heat-surface/cancelled", test_cancelled);
  return g_test_run ();
}
