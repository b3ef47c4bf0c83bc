/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/gemm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every kernel of both variants against sums in double precision. */

typedef struct
{
  int32_t   rows, columns, k;
  bool      blocked, residual, in_place;
  SagCpuAct act;
} GemmCase;

static double
gelu (double x)
{
  return 0.5 * x * (1 + erf (x / sqrt (2.0)));
}

static float *
dup_random (GRand *rand, size_t n, double size)
{
  float *values = sag_cpu_alloc (n);

  g_assert_nonnull (values);
  for (size_t i = 0; i < n; i++)
    values[i] = g_rand_double_range (rand, -size, size);
  return values;
}

static void
check_gemm (const SagCpuKernels *kernels, SagPool *pool, const GemmCase *c, GRand *rand)
{
  size_t     out_row = c->columns + 5, n_out = out_row * c->rows;
  size_t     a_row = c->blocked ? 16 : c->k + 3;
  size_t     a_block = c->blocked ? 16 * (size_t) c->rows : 16;
  float     *a = dup_random (rand, c->blocked ? (c->k + 15) / 16 * a_block : a_row * c->rows, 1);
  float     *w = dup_random (rand, (size_t) c->columns * c->k, 1 / sqrt (c->k));
  float     *bias = dup_random (rand, c->columns, 1);
  float     *panels = sag_cpu_alloc (sag_cpu_panel_floats (c->columns, c->k));
  float     *residual = dup_random (rand, n_out, 1);
  float     *out = dup_random (rand, n_out, 1);
  float     *before = g_memdup2 (c->in_place ? residual : out, n_out * sizeof (float));
  SagCpuGemm job = {
    .a = a,
    .a_row = a_row,
    .a_block = a_block,
    .panels = panels,
    .bias = bias,
    .residual = c->residual ? residual : NULL,
    .residual_row = out_row,
    .out = c->in_place ? residual : out,
    .out_row = out_row,
    .n_rows = c->rows,
    .n_columns = c->columns,
    .k = c->k,
    .act = c->act,
  };
  g_autofree float *start = g_memdup2 (residual, n_out * sizeof (float));

  for (int32_t first = 0; first < c->columns; first += 16)
    sag_cpu_pack (w + (size_t) first * c->k, first, MIN (16, c->columns - first), c->columns, c->k,
                  panels);
  if (pool != NULL)
    sag_cpu_gemm_parallel (pool, kernels, &job);
  else
    kernels->gemm (&job);
  for (int32_t m = 0; m < c->rows; m++)
    for (size_t n = 0; n < out_row; n++)
      {
        double sum = 0, got = job.out[m * out_row + n];

        if (n >= (size_t) c->columns)
          {
            g_assert_cmpfloat (got, ==, before[m * out_row + n]);
            continue;
          }
        for (int32_t k = 0; k < c->k; k++)
          sum += (double) a[m * a_row + k / 16 * a_block + k % 16] * w[n * c->k + k];
        sum += bias[n] + (c->residual ? start[m * out_row + n] : 0);
        if (c->act == SAG_CPU_ACT_SILU)
          sum = sum / (1 + exp (-sum));
        else if (c->act == SAG_CPU_ACT_GELU)
          sum = gelu (sum);
        g_assert_cmpfloat_with_epsilon (got, sum, 1e-5); /* 900 roundings of values below 4 */
      }
  free (a);
  free (w);
  free (bias);
  free (panels);
  free (residual);
  free (out);
  g_free (before);
}

static void
test_gemm (gconstpointer data)
{
  static const GemmCase cases[] = {
    { 1, 1, 1 },
    { 1, 1, 768 },
    { 180, 64, 33, .residual = true },
    { 6, 16, 16, .act = SAG_CPU_ACT_SILU },
    { 7, 24, 24, .act = SAG_CPU_ACT_GELU },
    { 8, 40, 32, .blocked = true, .residual = true },
    { 9, 17, 100, .act = SAG_CPU_ACT_SILU },
    { 23, 41, 48, .blocked = true, .act = SAG_CPU_ACT_SILU },
    { 10, 8, 13 },
    { 11, 9, 900, .residual = true, .in_place = true },
    { 13, 31, 777, .act = SAG_CPU_ACT_GELU },
    { 200, 23, 785, .residual = true },
    { 5, 144, 400, .blocked = true, .residual = true, .in_place = true },
    { 449, 72, 50, .act = SAG_CPU_ACT_SILU },
  };
  const SagCpuKernels *kernels = data;
  g_autoptr (SagPool) pool = sag_pool_new (3);
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      check_gemm (kernels, NULL, &cases[i], rand);
      check_gemm (kernels, pool, &cases[i], rand);
    }
}

/* The activations over their whole range: one weight of 1 makes the product its input. */
static void
test_activations (gconstpointer data)
{
  const SagCpuKernels *kernels = data;
  float                one = 1, panels[16];

  sag_cpu_pack (&one, 0, 1, 1, 1, panels);
  for (double x = -120; x <= 120; x += 0.0078125)
    for (SagCpuAct act = SAG_CPU_ACT_SILU; act <= SAG_CPU_ACT_GELU; act++)
      {
        float  in = x, out;
        double expected = act == SAG_CPU_ACT_SILU ? in / (1 + exp (-in)) : gelu (in);

        kernels->gemm (&(SagCpuGemm){
          .a = &in,
          .a_row = 1,
          .a_block = 16,
          .panels = panels,
          .out = &out,
          .out_row = 1,
          .n_rows = 1,
          .n_columns = 1,
          .k = 1,
          .act = act,
        });
        g_assert_cmpfloat_with_epsilon (out, expected, 5e-7 + 2e-7 * fabs (expected));
      }
}

static void
test_layer_norm (gconstpointer data)
{
  const SagCpuKernels *kernels = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (size_t width = 1; width < 1100; width = width * 2 + 5)
    {
      float *x = dup_random (rand, 3 * width, 4), *scale = dup_random (rand, width, 2);
      float *shift = dup_random (rand, width, 2), *out = sag_cpu_alloc (3 * width);

      kernels->layer_norm (&(SagCpuNorm){ x, scale, shift, 1e-5f, out, 3, width });
      for (size_t r = 0; r < 3; r++)
        {
          double mean = 0, variance = 0;

          for (size_t i = 0; i < width; i++)
            mean += x[r * width + i] / (double) width;
          for (size_t i = 0; i < width; i++)
            variance += pow (x[r * width + i] - mean, 2) / width;
          for (size_t i = 0; i < width; i++)
            g_assert_cmpfloat_with_epsilon (
              out[r * width + i],
              (x[r * width + i] - mean) / sqrt (variance + 1e-5) * scale[i] + shift[i], 5e-6);
        }
      free (x);
      free (scale);
      free (shift);
      free (out);
    }
}

static void
check_head (const SagCpuKernels *kernels,
            int32_t              n_queries,
            int32_t              n_keys,
            int32_t              width,
            bool                 masked,
            GRand               *rand)
{
  size_t             row = 3 * width;
  float             *qkv = dup_random (rand, row * MAX (n_queries, n_keys), 2);
  float             *out = sag_cpu_alloc ((size_t) n_queries * width);
  float             *scratch = sag_cpu_alloc (sag_cpu_head_scratch (n_keys, width));
  g_autofree guint8 *visible = g_new (guint8, n_keys);
  g_autofree double *p = g_new (double, n_keys);
  double             scale = 1 / sqrt (width);

  for (int32_t n = 0; n < n_keys; n++)
    visible[n] = n == 0 || g_rand_boolean (rand);
  kernels->attend (&(SagCpuHead){
    .query = qkv,
    .key = qkv + width,
    .value = qkv + 2 * width,
    .query_row = row,
    .key_row = row,
    .visible = masked ? visible : NULL,
    .scale = scale,
    .out = out,
    .out_row = width,
    .n_queries = n_queries,
    .n_keys = n_keys,
    .width = width,
    .scratch = scratch,
  });
  for (int32_t q = 0; q < n_queries; q++)
    {
      double sum = 0;

      for (int32_t n = 0; n < n_keys; n++)
        {
          double score = 0;

          for (int32_t k = 0; k < width; k++)
            score += (double) qkv[q * row + k] * qkv[n * row + width + k];
          p[n] = masked && !visible[n] ? 0 : exp (score * scale);
          sum += p[n];
        }
      for (int32_t k = 0; k < width; k++)
        {
          double expected = 0;

          for (int32_t n = 0; n < n_keys; n++)
            expected += p[n] / sum * qkv[n * row + 2 * width + k];
          g_assert_cmpfloat_with_epsilon (out[q * width + k], expected, 3e-6);
        }
    }
  free (qkv);
  free (out);
  free (scratch);
}

static void
test_attend (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (8);

  check_head (data, 180, 180, 64, false, rand);
  check_head (data, 33, 47, 24, true, rand);
  check_head (data, 1, 1, 8, true, rand);
  check_head (data, 25, 16, 40, true, rand);
  check_head (data, 5, 61, 3, true, rand);
}

static void
test_alloc (void)
{
  g_assert_null (sag_cpu_alloc (SIZE_MAX));
  g_assert_null (sag_cpu_alloc (SIZE_MAX / 4));
}

static void
add_tests (const SagCpuKernels *kernels)
{
  static const struct
  {
    const char   *name;
    GTestDataFunc func;
  } tests[] = {
    { "gemm", test_gemm },
    { "activations", test_activations },
    { "layer-norm", test_layer_norm },
    { "attend", test_attend },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/cpu/%s/%s", kernels->name, tests[i].name);

      g_test_add_data_func (path, kernels, tests[i].func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests (sag_cpu_get_kernels (true));
  if (sag_cpu_get_kernels (false) != sag_cpu_get_kernels (true))
    add_tests (sag_cpu_get_kernels (false));
  g_test_add_func ("/cpu/alloc/too-much", test_alloc);
  return g_test_run ();
}
