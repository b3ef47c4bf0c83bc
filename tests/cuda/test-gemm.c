/* SPDX-License-Identifier: Apache-2.0 */

/* cuda/gemm.c with a cuBLASLt that pretends: what it is asked for is what was meant, and what it cannot do the engine's
 * own kernels do.
 */

#include "cuda/device-private.h"

#include "tests/cuda/emulation/half.h"
#include "tests/cuda/pretend-cublas.h"
#include "tests/support/test.h"

#include <cublasLt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define M 12
#define N 24
#define K 16
#define A_ROW 24 /* more than K: rows that are parts of longer ones */
#define MOST_BATCHES 3
#define A_BATCH (M * A_ROW + 8)
#define OUT_BATCH (M * N + 16)
#define A_SIZE (MOST_BATCHES * A_BATCH)
#define OUT_SIZE (MOST_BATCHES * OUT_BATCH)

static SagCudaDevice device;

bool
sag_cuda_check (SagCudaDevice *self, int code, const char *what)
{
  g_assert_cmpint (code, ==, 0);
  return true;
}

SagCudaTrace *
sag_cuda_get_trace (SagCudaDevice *self)
{
  return &self->trace;
}

void
sag_cuda_mark_stage (SagCudaDevice *self, int32_t index)
{
}

float
sag_cuda_get_stage_ms (SagCudaDevice *self, int32_t index)
{
  return 0;
}

static void
open_blas (void)
{
  SagStatus status = { 0 };

  memset (&pretend_cublas, 0, sizeof pretend_cublas);
  device = (SagCudaDevice){ .blas = sag_cuda_blas_new (&status) };
  g_assert_nonnull (device.blas);
}

static void
close_blas (void)
{
  sag_cuda_blas_free (device.blas);
  g_assert_cmpint (pretend_cublas.n_live, ==, 0);
  g_assert_cmpint (pretend_cublas.n_bad, ==, 0);
}

static float
get (const void *values, SagCudaType type, size_t i)
{
  return type == SAG_CUDA_HALF ? sag_half_to_float (((const SagHalf *) values)[i])
                               : ((const float *) values)[i];
}

/* Values of three digits, that float16 holds nearly. */
static void *
make_values (SagCudaType type, size_t n, int seed)
{
  void *values = aligned_alloc (256, (n * sizeof (float) + 255) / 256 * 256);

  for (size_t i = 0; i < n; i++)
    {
      float value = (float) ((int) ((i * 7919 + seed * 31) % 41) - 20) / 40;

      if (type == SAG_CUDA_HALF)
        ((SagHalf *) values)[i] = sag_half_from_float (value);
      else
        ((float *) values)[i] = value;
    }
  return values;
}

/* One product, and what it is made of. */
typedef struct
{
  SagCudaType type;
  SagCudaType out_type;
  SagCudaAct  act;
  bool        has_bias;
  int         residual; /* 0: none, 1: of its own, 2: the place of the answer */
  int         n_batches;
} Case;

static double
expect (const Case *c, const SagCudaGemm *gemm, const void *before, int z, int i, int j)
{
  double sum = c->has_bias ? gemm->bias[j] : 0;

  for (int k = 0; k < K; k++)
    sum += (double) get (gemm->a, c->type, (size_t) z * A_BATCH + i * A_ROW + k) *
           get (gemm->weight, c->type, (size_t) j * K + k);
  if (c->residual > 0)
    sum += get (before, c->out_type, (size_t) z * OUT_BATCH + i * N + j);
  if (c->act == SAG_CUDA_ACT_GELU)
    return 0.5 * sum * (1 + erf (sum * M_SQRT1_2));
  return c->act == SAG_CUDA_ACT_SILU ? sum / (1 + exp (-sum)) : sum;
}

static void
compare (const Case *c, const SagCudaGemm *gemm, const void *before)
{
  for (int z = 0; z < c->n_batches; z++)
    for (int i = 0; i < M; i++)
      for (int j = 0; j < N; j++)
        {
          float  got = get (gemm->out, c->out_type, (size_t) z * OUT_BATCH + i * N + j);
          double tolerance = c->type == SAG_CUDA_HALF ? 4e-3 : 1e-5;

          g_assert_cmpfloat_with_epsilon (got, expect (c, gemm, before, z, i, j), tolerance);
        }
}

static void
run_case (const Case *c)
{
  void       *a = make_values (c->type, A_SIZE, 1), *weight = make_values (c->type, N * K, 2);
  void       *bias = make_values (SAG_CUDA_FLOAT, N, 3), *stored = make_values (c->out_type, N, 3);
  void       *residual = make_values (c->out_type, OUT_SIZE, 4);
  void       *out = make_values (c->out_type, OUT_SIZE, c->residual == 2 ? 4 : 5);
  SagCudaGemm gemm = {
    .a = a,
    .weight = weight,
    .bias = c->has_bias ? bias : NULL,
    .bias_out = c->has_bias ? stored : NULL,
    .residual = c->residual == 0   ? NULL
                : c->residual == 1 ? residual
                                   : out,
    .out = out,
    .type = c->type,
    .out_type = c->out_type,
    .act = c->act,
    .m = M,
    .n = N,
    .k = K,
    .a_row = A_ROW,
    .out_row = N,
    .n_batches = c->n_batches,
    .a_batch = A_BATCH,
    .out_batch = OUT_BATCH,
  };

  sag_cuda_gemm (&device, &gemm);
  compare (c, &gemm, residual);
  free (a);
  free (weight);
  free (bias);
  free (stored);
  free (residual);
  free (out);
}

/* Every kind that the engine queues: (type, out type), residual, batches, bias; activations alone. */
static int
run_cases (void)
{
  static const SagCudaType types[][2] = { { SAG_CUDA_FLOAT, SAG_CUDA_FLOAT },
                                          { SAG_CUDA_HALF, SAG_CUDA_HALF },
                                          { SAG_CUDA_HALF, SAG_CUDA_FLOAT } };
  int                      n = 0;

  for (gsize t = 0; t < G_N_ELEMENTS (types); t++)
    {
      Case c = { types[t][0], types[t][1], SAG_CUDA_ACT_NONE, true, 0, 1 };

      for (c.residual = 0; c.residual < 3; c.residual++)
        for (c.n_batches = 1; c.n_batches <= MOST_BATCHES; c.n_batches += 2)
          for (int has_bias = 0; has_bias < 2; has_bias++, n++)
            {
              c.has_bias = has_bias;
              run_case (&c);
            }
      c = (Case){ types[t][0], types[t][1], SAG_CUDA_ACT_SILU, true, 0, 1 };
      run_case (&c);
      c.act = SAG_CUDA_ACT_GELU;
      run_case (&c);
      n++; /* SiLU is not for the library */
    }
  return n;
}

static void
test_products (void)
{
  int n_cases, n_heuristics;

  open_blas ();
  n_cases = run_cases ();
  g_assert_cmpint (pretend_cublas.n_products, ==, n_cases);
  g_assert_cmpuint (pretend_cublas.schemes, ==, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE);
  n_heuristics = pretend_cublas.n_heuristics;
  run_cases ();
  g_assert_cmpint (pretend_cublas.n_products, ==, 2 * n_cases);
  g_assert_cmpint (pretend_cublas.n_heuristics, ==, n_heuristics);
  close_blas ();
}

/* What it knows no way for, or refuses, is done by the engine's own kernels. */
static void
test_own (void)
{
  open_blas ();
  pretend_cublas.no_offers = true;
  run_cases ();
  g_assert_cmpint (pretend_cublas.n_products, ==, 0);
  close_blas ();
  open_blas ();
  pretend_cublas.refuses = true;
  run_cases ();
  g_assert_cmpint (pretend_cublas.n_products, ==, 0);
  close_blas ();
}

/* A stage knows who did its product. */
static void
test_noted (void)
{
  SagPluginStage stages[2];

  open_blas ();
  device.trace.on = true;
  sag_cuda_stage (&device, "library");
  run_case (&(Case){ .n_batches = 1 });
  pretend_cublas.refuses = true;
  sag_cuda_stage (&device, "own");
  run_case (&(Case){ .n_batches = 1 });
  g_assert_cmpint (sag_cuda_get_stages (&device, stages, 2), ==, 2);
  g_assert_true (stages[0].by_library);
  g_assert_false (stages[1].by_library);
  close_blas ();
}

static void
test_missing (void)
{
  SagStatus status = { 0 };

  memset (&pretend_cublas, 0, sizeof pretend_cublas);
  pretend_cublas.missing = true;
  g_assert_null (sag_cuda_blas_new (&status));
  g_assert_cmpint (status.code, ==, SAG_STATUS_UNSUPPORTED);
  g_assert_nonnull (strstr (status.message, "cuBLAS 13"));
  pretend_cublas.missing = false;
  pretend_cublas.no_start = true;
  g_assert_null (sag_cuda_blas_new (&status));
  g_assert_nonnull (strstr (status.message, "does not start"));
  g_assert_cmpint (pretend_cublas.n_live, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/gemm/products", test_products);
  g_test_add_func ("/cuda/gemm/own", test_own);
  g_test_add_func ("/cuda/gemm/noted", test_noted);
  g_test_add_func ("/cuda/gemm/missing", test_missing);
  return g_test_run ();
}
