/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/gemm.h"
#include "tests/cuda/test-kernels.h"
#include "tests/cuda/values.h"

#include <stdlib.h>

/* Matrix products against the CPU engine's. */

typedef struct
{
  gsize m;
  gsize n;
  gsize k;
  gsize n_batches;
  gsize a_gap; /* values between rows of a, and of out */
  gsize out_gap;
} Shape;

static const SagCpuAct cpu_acts[] = { SAG_CPU_ACT_NONE, SAG_CPU_ACT_SILU, SAG_CPU_ACT_GELU };

/* out (batches, m, n), the residual added. */
static float *
cpu_product (const Shape *s,
             const float *a,
             const float *weight,
             const float *bias,
             const float *residual,
             SagCudaAct   act)
{
  SagPool   *pool = sag_pool_get_default ();
  float     *panels = sag_cpu_alloc (sag_cpu_panel_floats (s->n, s->k));
  gsize      a_row = s->k + s->a_gap, out_row = s->n + s->out_gap;
  gsize      out_batch = s->m * out_row;
  float     *out = g_new0 (float, s->n_batches *out_batch);
  SagCpuGemm job = {
    .a_row = a_row,
    .a_block = 16,
    .panels = panels,
    .bias = bias,
    .residual_row = out_row,
    .out_row = out_row,
    .n_rows = s->m,
    .n_columns = s->n,
    .k = s->k,
    .act = cpu_acts[act],
  };

  sag_cpu_pack (weight, 0, s->n, s->n, s->k, panels);
  for (gsize b = 0; b < s->n_batches; b++)
    {
      job.a = a + b * s->m * a_row;
      job.out = out + b * out_batch;
      job.residual = residual ? residual + b * out_batch : NULL;
      sag_cpu_gemm_parallel (pool, sag_cpu_get_kernels (false), &job);
    }
  free (panels);
  return out;
}

/* Gaps must stay as they are: NaNs, which the comparison leaves out. */
static void
compare_product (const Shape *s, const float *got, const float *want, double tolerance)
{
  gsize             row = s->n + s->out_gap, n = s->n_batches * s->m;
  g_autofree float *dense_got = g_new (float, n * s->n), *dense_want = g_new (float, n * s->n);
  g_autofree char *what = g_strdup_printf ("%zu x %zu x %zu x %zu", s->n_batches, s->m, s->n, s->k);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < row; j++)
      if (j < s->n)
        {
          dense_got[i * s->n + j] = got[i * row + j];
          dense_want[i * s->n + j] = want[i * row + j];
        }
      else
        g_assert_false (got[i * row + j] == got[i * row + j]);
  values_compare (what, dense_got, dense_want, n * s->n, tolerance);
}

static void
check_product (
  const Shape *s, SagCudaType type, SagCudaType out_type, SagCudaAct act, bool residual)
{
  gsize             n_a = s->n_batches * s->m * (s->k + s->a_gap);
  gsize             n_out = s->n_batches * s->m * (s->n + s->out_gap);
  g_autofree float *a = values_random (n_a, 1), *weight = values_random (s->n * s->k, 2);
  g_autofree float *bias = values_random (s->n, 3), *add = values_random (n_out, 4);
  g_autofree float *want = NULL, *got = NULL;
  g_autofree void  *stored_a = NULL, *stored_weight = NULL, *stored_add = NULL;
  g_autofree void  *out = values_empty (n_out, out_type);
  SagCudaGemm       job;

  values_round (a, n_a, type);
  values_round (weight, s->n * s->k, type);
  values_round (add, n_out, out_type);
  stored_a = values_store (a, n_a, type);
  stored_weight = values_store (weight, s->n * s->k, type);
  stored_add = values_store (add, n_out, out_type);
  job = (SagCudaGemm){ .a = stored_a,
                       .weight = stored_weight,
                       .bias = residual ? NULL : bias,
                       .residual = residual ? stored_add : NULL,
                       .out = out,
                       .type = type,
                       .out_type = out_type,
                       .act = act,
                       .m = s->m,
                       .n = s->n,
                       .k = s->k,
                       .a_row = s->k + s->a_gap,
                       .out_row = s->n + s->out_gap,
                       .n_batches = s->n_batches,
                       .a_batch = s->m * (s->k + s->a_gap),
                       .out_batch = s->m * (s->n + s->out_gap) };
  g_assert_cmpint (sag_cuda_launch_gemm (&job, NULL), ==, 0);
  want = cpu_product (s, a, weight, job.bias, residual ? add : NULL, act);
  got = values_load (out, n_out, out_type);
  compare_product (s, got, want, values_tolerance (out_type));
}

static void
check_gemm (SagCudaType type)
{
  static const Shape shapes[] = {
    { 65, 70, 33, 1, 0, 0 },  { 1, 1, 1, 1, 0, 0 },     { 64, 64, 64, 2, 8, 8 },
    { 40, 24, 136, 1, 0, 4 }, { 17, 100, 40, 3, 3, 1 }, { 33, 50, 328, 1, 0, 0 },
    { 20, 31, 64, 1, 0, 0 },  { 16, 24, 72, 2, 8, 1 },  { 34, 38, 64, 2, 16, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      check_product (&shapes[i], type, type, i % 3, false);
      check_product (&shapes[i], type, type, (i + 1) % 3, true);
      check_product (&shapes[i], type, SAG_CUDA_FLOAT, SAG_CUDA_ACT_NONE, true);
    }
}

static void
test_gemm (void)
{
  values_each (check_gemm);
}

/* So many blocks that float16 takes its larger tiles. */
static void
test_gemm_large (void)
{
  static const Shape shapes[] = { { 770, 720, 40, 1, 0, 0 },
                                  { 800, 705, 37, 1, 1, 1 },
                                  { 710, 806, 136, 1, 8, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      check_product (&shapes[i], SAG_CUDA_HALF, SAG_CUDA_HALF, (i + 1) % 3, false);
      check_product (&shapes[i], SAG_CUDA_HALF, SAG_CUDA_FLOAT, SAG_CUDA_ACT_NONE, true);
    }
}

void
add_gemm_tests (void)
{
  g_test_add_func ("/cuda/gemm", test_gemm);
  g_test_add_func ("/cuda/gemm-large", test_gemm_large);
}
