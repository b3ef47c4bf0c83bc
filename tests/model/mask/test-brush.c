/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"

#include "model/mask/brush.h"

#include <math.h>

static double
distance_to_segment (const double p[3], const double a[3], const double b[3])
{
  double along[3], w[3], l2 = 0, t = 0, d2 = 0;

  for (int c = 0; c < 3; c++)
    {
      along[c] = b[c] - a[c];
      w[c] = p[c] - a[c];
      l2 += along[c] * along[c];
      t += along[c] * w[c];
    }
  t = l2 > 0 ? CLAMP (t / l2, 0, 1) : 0;
  for (int c = 0; c < 3; c++)
    d2 += (w[c] - t * along[c]) * (w[c] - t * along[c]);
  return sqrt (d2);
}

/* Both points moved along the stored axis into the slice that the first is nearest to. */
static int
move_to_slice (const SagGeometry *grid, int axis, double a[3], double b[3])
{
  double inverse[3][4], ijk[3], slice;

  g_assert_true (sag_geometry_invert (grid, inverse));
  sag_geometry_apply (inverse, a, ijk);
  slice = ijk[axis] = floor (ijk[axis] + 0.5);
  sag_geometry_to_ras (grid, ijk, a);
  sag_geometry_apply (inverse, b, ijk);
  ijk[axis] = slice;
  sag_geometry_to_ras (grid, ijk, b);
  return (int) slice;
}

static void
random_point (const SagGeometry *grid, GRand *random, double ras[3])
{
  double ijk[3];

  for (int a = 0; a < 3; a++)
    ijk[a] = g_rand_double_range (random, -5, grid->dims[a] + 4);
  sag_geometry_to_ras (grid, ijk, ras);
}

/* Voxels whose distance is not so near the radius that rounding decides. */
static void
check_stroke (const SagGeometry *grid,
              const SagBrush    *brush,
              const double       from[3],
              const double       to[3])
{
  g_autoptr (SagMask) empty = sag_mask_new (grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  g_autoptr (SagMask) mask = NULL;
  SagMaskBox changed = SAG_MASK_BOX_EMPTY, extent;
  double     a[3] = { from[0], from[1], from[2] }, b[3] = { to[0], to[1], to[2] }, inverse[3][4];
  gint32     ends[2][3];
  int        slice = -1;

  sag_brush_stroke (edit, brush, from, to, &changed);
  mask = sag_mask_edit_snapshot (edit);
  if (brush->shape == SAG_BRUSH_DISC)
    slice = move_to_slice (grid, brush->axis, a, b);
  g_assert_true (sag_geometry_invert (grid, inverse));
  for (int e = 0; e < 2; e++)
    {
      double ijk[3];

      sag_geometry_apply (inverse, e == 0 ? a : b, ijk);
      for (int c = 0; c < 3; c++)
        ends[e][c] = (gint32) floor (ijk[c] + 0.5);
    }
  for (gint32 k = 0; k < grid->dims[2]; k++)
    for (gint32 j = 0; j < grid->dims[1]; j++)
      for (gint32 i = 0; i < grid->dims[0]; i++)
        {
          const gint32 ijk[3] = { i, j, k };
          double       ras[3], d;
          gboolean     is_end = FALSE;

          for (int e = 0; e < 2; e++)
            is_end |= ends[e][0] == i && ends[e][1] == j && ends[e][2] == k;
          sag_geometry_to_ras (grid, (double[]){ i, j, k }, ras);
          d = distance_to_segment (ras, a, b);
          if (fabs (d - brush->radius_mm) < 1e-5)
            continue;
          g_assert_cmpint (sag_mask_get (mask, i, j, k), ==,
                           is_end || (d < brush->radius_mm && (brush->shape == SAG_BRUSH_BALL ||
                                                               ijk[brush->axis] == slice)));
        }
  if (sag_mask_get_extent (mask, &extent))
    for (int c = 0; c < 3; c++)
      {
        g_assert_cmpint (changed.first[c], <=, extent.first[c]);
        g_assert_cmpint (changed.end[c], >=, extent.end[c]);
      }
}

static void
test_strokes (gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  const SagGeometry grid = make_grid (GPOINTER_TO_INT (data) / 10.0);

  for (int n = 0; n < 60; n++)
    {
      const SagBrush brush = { .shape = n % 4 == 3 ? SAG_BRUSH_BALL : SAG_BRUSH_DISC,
                               .axis = n % 4 % 3,
                               .radius_mm =
                                 n % 11 == 0 ? 0.01 : g_rand_double_range (random, 0.3, 12) };
      double         from[3], to[3];

      random_point (&grid, random, from);
      random_point (&grid, random, to);
      check_stroke (&grid, &brush, from, n % 5 == 0 ? from : to);
    }
}

/* A stroke in many pieces is the stroke. */
static void
test_pieces (void)
{
  const SagGeometry grid = make_grid (0.2);
  const SagBrush    brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 4 };
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) whole = sag_mask_edit_new (empty);
  g_autoptr (SagMaskEdit) pieces = sag_mask_edit_new (empty);
  g_autoptr (SagMask) a = NULL;
  g_autoptr (SagMask) b = NULL;
  double from[3], to[3], last[3];

  sag_geometry_to_ras (&grid, (double[]){ 10.3, 12.1, 9.7 }, from);
  sag_geometry_to_ras (&grid, (double[]){ 55.2, 33.8, 25.1 }, to);
  sag_brush_stroke (whole, &brush, from, to, NULL);
  for (int p = 0; p <= 64; p++)
    {
      double here[3];

      for (int c = 0; c < 3; c++)
        here[c] = from[c] + (to[c] - from[c]) * p / 64;
      sag_brush_stroke (pieces, &brush, p == 0 ? here : last, here, NULL);
      for (int c = 0; c < 3; c++)
        last[c] = here[c];
    }
  a = sag_mask_edit_snapshot (whole);
  b = sag_mask_edit_snapshot (pieces);
  g_assert_cmpint (sag_mask_count (a), >, 1000);
  g_assert_true (sag_mask_equal (a, b));
}

static void
test_limits (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagVolume) volume = make_volume (&grid, random);
  g_autoptr (SagMask) within = make_mask (&grid, 0.7, random);
  g_autoptr (SagMask) outside = make_mask (&grid, 0.3, random);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) free = sag_mask_edit_new (empty);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  g_autoptr (SagMask) all = NULL;
  g_autoptr (SagMask) mask = NULL;
  SagBrush brush = { .shape = SAG_BRUSH_BALL, .radius_mm = 9 };
  double   from[3];

  sag_geometry_to_ras (&grid, (double[]){ 36, 22, 18 }, from);
  sag_brush_stroke (free, &brush, from, from, NULL);
  brush.limits = (SagMaskLimits){ volume, -200, 350, within, outside };
  sag_brush_stroke (edit, &brush, from, from, NULL);
  all = sag_mask_edit_snapshot (free);
  mask = sag_mask_edit_snapshot (edit);
  for (int k = 0; k < 37; k++)
    for (int j = 0; j < 45; j++)
      for (int i = 0; i < 71; i++)
        {
          const float hu = sag_volume_value (volume, i, j, k);

          g_assert_cmpint (sag_mask_get (mask, i, j, k), ==,
                           sag_mask_get (all, i, j, k) && sag_mask_get (within, i, j, k) &&
                             !sag_mask_get (outside, i, j, k) && hu >= -200 && hu <= 350);
        }
  brush.limits = (SagMaskLimits){ 0 };
  brush.mode = SAG_MASK_ERASE;
  sag_brush_stroke (edit, &brush, from, from, NULL);
  sag_mask_unref (mask);
  mask = sag_mask_edit_snapshot (edit);
  g_assert_true (sag_mask_is_empty (mask));
}

/* Nonsense does nothing. */
static void
test_nonsense (void)
{
  const SagGeometry grid = make_grid (0);
  g_autoptr (SagMask) empty = sag_mask_new (&grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
  const SagBrush ball = { .shape = SAG_BRUSH_BALL, .radius_mm = 5 };
  const SagBrush bad = { .shape = SAG_BRUSH_BALL, .radius_mm = NAN };
  const SagBrush disc = { .shape = SAG_BRUSH_DISC, .axis = 1, .radius_mm = 5 };
  const double   nan[3] = { 0, NAN, 0 }, far[3] = { 1e300, 0, 0 }, here[3] = { 0, 0, 0 };
  const double   outline[] = { 0, 0, INFINITY, 3, 5, 5 };

  g_assert_false (sag_brush_stroke (edit, &ball, nan, here, NULL));
  g_assert_false (sag_brush_stroke (edit, &bad, here, here, NULL));
  g_assert_false (sag_brush_stroke (edit, &ball, far, far, NULL));
  g_assert_false (sag_brush_stroke (edit, &disc, far, far, NULL));
  g_assert_false (sag_polygon_fill (edit, SAG_MASK_PAINT, NULL, 2, 0, 5, outline, 3, NULL));
  g_assert_false (sag_polygon_fill (edit, SAG_MASK_PAINT, NULL, 2, 0, 5, outline, 2, NULL));
}

static gboolean
is_in_polygon (const double *points, gsize n, double u, double v)
{
  gboolean inside = FALSE;

  for (gsize p = 0; p < n; p++)
    {
      const double *a = points + 2 * p, *b = points + 2 * ((p + 1) % n);

      if ((a[1] <= v) != (b[1] <= v) && u < a[0] + (v - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
        inside = !inside;
    }
  return inside;
}

static void
test_polygon (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (9);
  const SagGeometry grid = make_grid (0.3);

  for (int n = 0; n < 30; n++)
    {
      const int axis = n % 3, u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
      g_autoptr (SagMask) empty = sag_mask_new (&grid);
      g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);
      g_autoptr (SagMask) mask = NULL;
      double points[14];

      for (int p = 0; p < 14; p++)
        points[p] = g_rand_double_range (random, -8, grid.dims[p % 2 == 0 ? u : v] + 8);
      sag_polygon_fill (edit, SAG_MASK_PAINT, NULL, axis, 5, 6, points, 7, NULL);
      mask = sag_mask_edit_snapshot (edit);
      for (int k = 0; k < 37; k++)
        for (int j = 0; j < 45; j++)
          for (int i = 0; i < 71; i++)
            {
              const int ijk[3] = { i, j, k };

              g_assert_cmpint (sag_mask_get (mask, i, j, k), ==,
                               (ijk[axis] == 5 || ijk[axis] == 6) &&
                                 is_in_polygon (points, 7, ijk[u], ijk[v]));
            }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mask/brush/oblique", GINT_TO_POINTER (0), test_strokes);
  g_test_add_data_func ("/mask/brush/sheared", GINT_TO_POINTER (4), test_strokes);
  g_test_add_func ("/mask/brush/pieces", test_pieces);
  g_test_add_func ("/mask/brush/limits", test_limits);
  g_test_add_func ("/mask/brush/nonsense", test_nonsense);
  g_test_add_func ("/mask/brush/polygon", test_polygon);
  return g_test_run ();
}
