/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/upsample.h"

#include "tests/support/test.h"

#include <math.h>

/* The cells of the network's input over a box of 384 x 320 x 256 mm, RAS. */
static SagGeometry
cell_grid (void)
{
  SagGeometry input =
    sag_geometry_init ((const int32_t[]){ 256, 160, 128 }, (const double[]){ 1.5, 2, 2 },
                       (const double[]){ -190, -150, 20 });

  return sag_geometry_coarsen (&input, (const int32_t[]){ 8, 8, 8 });
}

static float *
random_cells (const SagGeometry *grid)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gint64 n = sag_geometry_n_voxels (grid);
  float *cells = g_new (float, n);

  for (gint64 i = 0; i < n; i++)
    cells[i] = g_rand_double (rand);
  return cells;
}

static double
cell (const SagGeometry *grid, const float *cells, const gint64 at[3])
{
  gint64 index = 0;

  for (int a = 2; a >= 0; a--)
    index = index * grid->dims[a] + CLAMP (at[a], 0, grid->dims[a] - 1);
  return cells[index];
}

/* By the definition, voxel by voxel. Sets @edge where the voxel lies so close to a border that either side is right. */
static double
reference (const SagUpsampleRequest *r, const double ijk[3], bool *edge)
{
  double to_cell[3][4], ras[3], c[3], sum = 0;
  gint64 base[3], at[3];

  g_assert_true (sag_geometry_invert (&r->cell_geometry, to_cell));
  sag_geometry_to_ras (&r->target, ijk, ras);
  sag_geometry_apply (to_cell, ras, c);
  *edge = false;
  for (int a = 0; a < 3; a++)
    {
      double border = fmin (fabs (c[a] + 0.5), fabs (c[a] - r->cell_geometry.dims[a] + 0.5));

      if (border < 2e-6 || (!r->smooth && fabs (c[a] - floor (c[a]) - 0.5) < 1e-6))
        *edge = true;
    }
  for (int a = 0; a < 3; a++)
    if (c[a] < -0.5 || c[a] > r->cell_geometry.dims[a] - 0.5)
      return r->outside;
  for (int a = 0; a < 3; a++)
    base[a] = r->smooth ? floor (c[a]) : floor (c[a] + 0.5);
  if (!r->smooth)
    return cell (&r->cell_geometry, r->cells, base);
  for (int corner = 0; corner < 8; corner++)
    {
      double weight = 1;

      for (int a = 0; a < 3; a++)
        {
          int up = corner >> a & 1;

          at[a] = base[a] + up;
          weight *= up ? c[a] - base[a] : 1 - (c[a] - base[a]);
        }
      sum += weight * cell (&r->cell_geometry, r->cells, at);
    }
  return sum;
}

static void
upsample (SagUpsampleRequest *request, int n_threads)
{
  g_autoptr (SagPool) pool = sag_pool_new (n_threads);
  SagStatus status = { 0 };

  if (!sag_upsample (request, pool, &status))
    g_error ("%s", status.message);
}

static void
check (const SagGeometry *target)
{
  SagGeometry       grid = cell_grid ();
  g_autofree float *cells = random_cells (&grid),
                   *out = g_new (float, sag_geometry_n_voxels (target));
  gsize n_inside = 0, n_edge = 0;

  for (int smooth = 0; smooth < 2; smooth++)
    {
      SagUpsampleRequest request = { cells, grid, *target, smooth, -7, out };
      const float       *at = out;

      upsample (&request, 2);
      for (int32_t k = 0; k < target->dims[2]; k++)
        for (int32_t j = 0; j < target->dims[1]; j++)
          for (int32_t i = 0; i < target->dims[0]; i++, at++)
            {
              bool   edge;
              double expected = reference (&request, (const double[]){ i, j, k }, &edge);

              n_inside += expected != -7;
              n_edge += edge;
              if (!edge)
                g_assert_cmpfloat_with_epsilon (*at, expected, 1e-6);
            }
    }
  g_assert_cmpuint (n_inside, >, 1000);
  g_assert_cmpuint (n_edge, <, n_inside / 20);
}

/* Turns the target's axes by three angles about the middle of the cells' box. */
static SagGeometry
turned (
  const int32_t dims[3], const double spacing_mm[3], double about_x, double about_y, double about_z)
{
  double      cx = cos (about_x), cy = cos (about_y), cz = cos (about_z);
  double      sx = sin (about_x), sy = sin (about_y), sz = sin (about_z);
  double      turn[3][3] = { { cy * cz, sx * sy * cz - cx * sz, cx * sy * cz + sx * sz },
                             { cy * sz, sx * sy * sz + cx * cz, cx * sy * sz - sx * cz },
                             { -sy, sx * cy, cx * cy } };
  SagGeometry g = { { dims[0], dims[1], dims[2] } };

  for (int r = 0; r < 3; r++)
    {
      double middle[] = { 1.3, 8.7, 150.2 };

      g.ijk_to_ras[r][3] = middle[r];
      for (int c = 0; c < 3; c++)
        {
          g.ijk_to_ras[r][c] = turn[r][c] * spacing_mm[c];
          g.ijk_to_ras[r][3] -= g.ijk_to_ras[r][c] * (dims[c] - 1) / 2;
        }
    }
  return g;
}

static void
test_axes (void)
{
  static const int order[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                   { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

  for (int o = 0; o < 6; o++)
    for (int flips = 0; flips < 8; flips++)
      {
        SagGeometry plain =
          turned ((const int32_t[]){ 37, 31, 23 }, (const double[]){ 11.3, 11.9, 12.7 }, 0, 0, 0);
        SagGeometry g = plain;

        for (int v = 0; v < 3; v++)
          {
            int  from = order[o][v];
            bool flip = flips >> v & 1;

            g.dims[v] = plain.dims[from];
            for (int r = 0; r < 3; r++)
              {
                g.ijk_to_ras[r][v] = flip ? -plain.ijk_to_ras[r][from] : plain.ijk_to_ras[r][from];
                if (flip)
                  g.ijk_to_ras[r][3] += plain.ijk_to_ras[r][from] * (plain.dims[from] - 1);
              }
          }
        check (&g);
      }
}

static void
test_oblique (void)
{
  SagGeometry tilted =
    turned ((const int32_t[]){ 40, 36, 30 }, (const double[]){ 10, 9.5, 11 }, 0.35, 0, 0);
  SagGeometry rolled =
    turned ((const int32_t[]){ 41, 33, 29 }, (const double[]){ 9.7, 10.1, 12.9 }, 0.4, -0.9, 2.1);
  SagGeometry sheared =
    turned ((const int32_t[]){ 40, 30, 30 }, (const double[]){ 10, 12, 11 }, 0, 0, 0);
  SagGeometry barely =
    turned ((const int32_t[]){ 60, 30, 20 }, (const double[]){ 7, 12, 14 }, 0, 0, 1e-4);

  sheared.ijk_to_ras[1][2] = 3;
  check (&tilted);
  check (&rolled);
  check (&sheared);
  check (&barely);
}

/* At every cell's centre the cell's very value; half a cell further out it still is; beyond is outside. */
static void
test_centres (void)
{
  SagGeometry       grid = cell_grid (), wide = grid;
  g_autofree float *cells = random_cells (&grid);
  gint64            n = sag_geometry_n_voxels (&grid);
  g_autofree float *same = g_new (float, n), *out = NULL;

  for (int smooth = 0; smooth < 2; smooth++)
    {
      upsample (&(SagUpsampleRequest){ cells, grid, grid, smooth, NAN, same }, 1);
      g_assert_cmpmem (same, n * sizeof (float), cells, n * sizeof (float));
    }
  /* Voxels at -1, -0.5, 0, .. along x: the first outside, the second on the box's very corner. */
  wide.dims[0] = 2 * grid.dims[0] + 4;
  for (int r = 0; r < 3; r++)
    {
      wide.ijk_to_ras[r][0] /= 2;
      wide.ijk_to_ras[r][3] -= grid.ijk_to_ras[r][0];
    }
  n = sag_geometry_n_voxels (&wide);
  out = g_new (float, n);
  upsample (&(SagUpsampleRequest){ cells, grid, wide, true, NAN, out }, 1);
  g_assert_true (isnan (out[0]));
  g_assert_cmpfloat (out[1], ==, cells[0]);
  g_assert_cmpfloat (out[2], ==, cells[0]);
  g_assert_cmpfloat_with_epsilon (out[3], (cells[0] + cells[1]) / 2, 1e-7);
  g_assert_cmpfloat (out[2 * grid.dims[0]], ==, cells[grid.dims[0] - 1]);
  g_assert_cmpfloat (out[2 * grid.dims[0] + 1], ==, cells[grid.dims[0] - 1]);
  g_assert_true (isnan (out[2 * grid.dims[0] + 2]));
}

/* A cell's own 8 x 8 x 8 voxels of the input, from corner to corner, and no other, show it. */
static void
test_corner (void)
{
  static const double origin[3];
  SagGeometry         input =
    sag_geometry_init ((const int32_t[]){ 64, 40, 32 }, (const double[]){ 1.5, 2, 2 }, origin);
  SagGeometry       grid = sag_geometry_coarsen (&input, (const int32_t[]){ 8, 8, 8 });
  gint64            n = sag_geometry_n_voxels (&input);
  g_autofree float *cells = g_new0 (float, sag_geometry_n_voxels (&grid)), *out = g_new (float, n);

  cells[0] = 1;
  upsample (&(SagUpsampleRequest){ cells, grid, input, false, NAN, out }, 2);
  for (gint64 i = 0; i < n; i++)
    {
      bool in = i % 64 < 8 && i / 64 % 40 < 8 && i / 64 / 40 < 8;

      g_assert_cmpfloat (out[i], ==, in ? 1 : 0);
    }
}

static bool
say_yes (void *data)
{
  return true;
}

static void
test_refused (void)
{
  g_autoptr (SagPool) pool = sag_pool_new (1);
  SagGeometry       grid = cell_grid ();
  g_autofree float *cells = random_cells (&grid),
                   *out = g_new (float, sag_geometry_n_voxels (&grid));
  SagUpsampleRequest good = { cells, grid, grid, true, NAN, out }, request = good;
  SagStatus          status = { 0 };

  request.cell_geometry.ijk_to_ras[1][1] = 0;
  g_assert_false (sag_upsample (&request, pool, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  request = good;
  request.target.ijk_to_ras[2][1] = NAN;
  g_assert_false (sag_upsample (&request, pool, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_INVALID);
  request = good;
  request.target.dims[2] = 0;
  g_assert_false (sag_upsample (&request, pool, &status));
  request = good;
  request.cell_geometry.dims[0] = -3;
  g_assert_false (sag_upsample (&request, pool, &status));
  request = good;
  request.cancel.func = say_yes;
  g_assert_false (sag_upsample (&request, pool, &status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/upsample/axes", test_axes);
  g_test_add_func ("/engine/upsample/oblique", test_oblique);
  g_test_add_func ("/engine/upsample/centres", test_centres);
  g_test_add_func ("/engine/upsample/corner", test_corner);
  g_test_add_func ("/engine/upsample/refused", test_refused);
  return g_test_run ();
}
