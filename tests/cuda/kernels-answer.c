/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/cells.h"
#include "model/engine/upsample.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

#include <math.h>

/* Heads, cells and heatmaps against the host's. */

static void
check_take_of (SagCudaType type, gsize n_sequences, gsize length, gsize width, gsize n_rows)
{
  gsize             n_in = n_sequences * length * width, n_out = n_sequences * n_rows * width;
  g_autofree float *x = values_random (n_in, 1), *got = NULL;
  g_autofree void  *in = values_store (x, n_in, type), *out = values_empty (n_out, type);

  values_round (x, n_in, type);
  g_assert_cmpint (
    sag_cuda_launch_take_rows (in, type, n_sequences, length, width, n_rows, out, NULL), ==, 0);
  got = values_load (out, n_out, type);
  for (gsize i = 0; i < n_out; i++)
    g_assert_cmpfloat (got[i], ==, x[i / (n_rows * width) * length * width + i % (n_rows * width)]);
}

static void
check_take (SagCudaType type)
{
  check_take_of (type, 3, 7, 64, 2);
  check_take_of (type, 2, 5, 9, 5);
  check_take_of (type, 1, 1, 1, 1);
}

static void
test_take (void)
{
  values_each (check_take);
}

static void
check_class_head (SagCudaType type)
{
  gsize             n = 4, length = 3, hidden = 100;
  g_autofree float *x = values_random (n * length * hidden, 1), *weight = values_random (hidden, 2);
  g_autofree void  *stored = values_store (x, n * length * hidden, type);
  float             bias = 0.5f, logits[4], want[4];

  values_round (x, n * length * hidden, type);
  g_assert_cmpint (
    sag_cuda_launch_class_head (stored, type, n, length, hidden, weight, &bias, logits, NULL), ==,
    0);
  for (gsize s = 0; s < n; s++)
    {
      double sum = bias;

      for (gsize i = 0; i < hidden; i++)
        sum += (double) x[s * length * hidden + i] * weight[i];
      want[s] = sum;
    }
  values_compare ("class head", logits, want, n, 1e-5);
}

static void
test_class_head (void)
{
  values_each (check_class_head);
}

static void
test_cells (void)
{
  const int32_t     tokens[] = { 3, 2, 4 }, cells[] = { 4, 3, 2 };
  gsize             n = 3 * 2 * 4 * 4 * 3 * 2;
  g_autofree float *logits = values_random (n, 1);
  g_autofree float *want = g_new (float, n), *got = values_empty (n, SAG_CUDA_FLOAT);

  sag_cells_arrange (tokens, cells, logits, true, want);
  g_assert_cmpint (sag_cuda_launch_cells (logits, tokens, cells, false, got, NULL), ==, 0);
  g_assert_cmpmem (got, n * sizeof (float), want, n * sizeof (float));
  g_assert_cmpint (sag_cuda_launch_cells (logits, tokens, cells, true, got, NULL), ==, 0);
  for (gsize i = 0; i < n; i++)
    want[i] = 1 / (1 + exp (-want[i]));
  values_compare ("scores", got, want, n, 1e-6);
}

/* A grid of @dims turned by @degrees about z, its axes in the order that @order says. */
static SagGeometry
make_grid (const int32_t dims[3], double spacing, double degrees, const char *order, double origin)
{
  double      c = cos (degrees * G_PI / 180), s = sin (degrees * G_PI / 180);
  double      turned[3][3] = { { c, -s, 0 }, { s, c, 0 }, { 0, 0, 1 } };
  SagGeometry grid = { .dims = { dims[0], dims[1], dims[2] } };

  for (int a = 0; a < 3; a++)
    {
      int axis = strchr ("xyz", g_ascii_tolower (order[a])) - "xyz";

      for (int r = 0; r < 3; r++)
        grid.ijk_to_ras[r][a] = turned[r][axis] * (g_ascii_isupper (order[a]) ? -spacing : spacing);
    }
  for (int r = 0; r < 3; r++)
    grid.ijk_to_ras[r][3] = origin + 3.3 * r;
  return grid;
}

static void
check_upsample_onto (const SagGeometry *target, bool smooth, gsize *n_inside)
{
  static const int32_t n_cells[] = { 6, 5, 4 };
  SagGeometry          cell_grid = make_grid (n_cells, 8, 0, "xyz", 0);
  gsize                n = (gsize) target->dims[0] * target->dims[1] * target->dims[2];
  g_autofree float    *cells = values_random (6 * 5 * 4, 9);
  g_autofree float    *want = g_new (float, n), *got = values_empty (n, SAG_CUDA_FLOAT);
  SagStatus            status = { 0 };
  double               inverse[3][4];
  SagUpsampleRequest   request = { .cells = cells,
                                   .cell_geometry = cell_grid,
                                   .target = *target,
                                   .smooth = smooth,
                                   .outside = -9,
                                   .out = want };
  SagCudaUpsample      job = { .cells = cells,
                               .n_cells = { 6, 5, 4 },
                               .dims = { target->dims[0], target->dims[1], target->dims[2] },
                               .smooth = smooth,
                               .outside = -9,
                               .out = got };

  g_assert_true (sag_upsample (&request, sag_pool_get_default (), &status));
  g_assert_true (sag_geometry_invert (&cell_grid, inverse));
  sag_geometry_compose (inverse, target->ijk_to_ras, job.to_cell);
  g_assert_cmpint (sag_cuda_launch_upsample (&job, NULL), ==, 0);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpfloat_with_epsilon (got[i], want[i], 2e-6);
      *n_inside += got[i] != -9;
    }
}

static void
test_upsample (void)
{
  static const int32_t dims[] = { 31, 23, 9 };
  static const struct
  {
    double      spacing, degrees, origin;
    const char *order;
  } grids[] = {
    { 2, 0, -3, "xyz" }, { 1.7, 0, 5, "yxz" }, { 2.2, 20, 0, "xyz" },
    { 3, 0, 30, "Zxy" }, { 8, 0, 0, "xyz" },   { 4, 0, -4, "xyz" },
  };
  gsize n_inside = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (grids); i++)
    for (int smooth = 0; smooth < 2; smooth++)
      {
        SagGeometry target =
          make_grid (dims, grids[i].spacing, grids[i].degrees, grids[i].order, grids[i].origin);

        check_upsample_onto (&target, smooth, &n_inside);
      }
  g_assert_cmpuint (n_inside, >, 20000);
}

void
add_answer_tests (void)
{
  g_test_add_func ("/cuda/take-rows", test_take);
  g_test_add_func ("/cuda/class-head", test_class_head);
  g_test_add_func ("/cuda/cells", test_cells);
  g_test_add_func ("/cuda/upsample", test_upsample);
}
