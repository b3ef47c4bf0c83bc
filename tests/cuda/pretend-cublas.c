/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/cuda/pretend-cublas.h"

#include "tests/cuda/emulation/half.h"

#include <cublasLt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PRETEND(name, ...) static cublasStatus_t pretend_##name (__VA_ARGS__)
#define OK CUBLAS_STATUS_SUCCESS
#define BAD CUBLAS_STATUS_INVALID_VALUE

PretendCublas pretend_cublas;

/* What the opaque handles hold. */
typedef struct
{
  int64_t        rows;
  int64_t        columns;
  int64_t        apart;
  int64_t        batch;
  int32_t        n_batches;
  cudaDataType_t type;
} Layout;

typedef struct
{
  cublasOperation_t  transposed;
  cublasLtEpilogue_t epilogue;
  const void        *bias;
} Product;

static uint32_t alignments[4]; /* promised for A, B, C and D */

static void *
new_handle (const void *value, size_t size)
{
  void *handle = malloc (size);

  memcpy (handle, value, size);
  pretend_cublas.n_live++;
  return handle;
}

static cublasStatus_t
end_handle (void *handle)
{
  free (handle);
  pretend_cublas.n_live--;
  return OK;
}

/* An attribute of exactly the size that the header says. */
static cublasStatus_t
set (void *place, size_t size, const void *value, size_t n_bytes)
{
  if (size != n_bytes)
    return BAD;
  memcpy (place, value, size);
  return OK;
}

PRETEND (cublasLtCreate, cublasLtHandle_t *handle)
{
  if (pretend_cublas.no_start)
    return CUBLAS_STATUS_NOT_INITIALIZED;
  *handle = new_handle ("", 1);
  return OK;
}

PRETEND (cublasLtDestroy, cublasLtHandle_t handle) { return end_handle (handle); }

PRETEND (cublasLtMatmulDescCreate,
         cublasLtMatmulDesc_t *desc,
         cublasComputeType_t   compute,
         cudaDataType_t        scale)
{
  if (compute != CUBLAS_COMPUTE_32F || scale != CUDA_R_32F)
    return BAD;
  *desc = new_handle (&(Product){ .transposed = CUBLAS_OP_N }, sizeof (Product));
  return OK;
}

PRETEND (cublasLtMatmulDescDestroy, cublasLtMatmulDesc_t desc) { return end_handle (desc); }

PRETEND (cublasLtMatmulDescSetAttribute,
         cublasLtMatmulDesc_t           desc,
         cublasLtMatmulDescAttributes_t attribute,
         const void                    *value,
         size_t                         n_bytes)
{
  Product *product = (Product *) desc;

  switch (attribute)
    {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return set (&product->transposed, sizeof product->transposed, value, n_bytes);
    case CUBLASLT_MATMUL_DESC_EPILOGUE:
      return set (&product->epilogue, sizeof product->epilogue, value, n_bytes);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
      return set (&product->bias, sizeof product->bias, value, n_bytes);
    default:
      return BAD;
    }
}

PRETEND (cublasLtMatmulPreferenceCreate, cublasLtMatmulPreference_t *preference)
{
  *preference = new_handle ("", 1);
  return OK;
}

PRETEND (cublasLtMatmulPreferenceDestroy, cublasLtMatmulPreference_t preference)
{
  return end_handle (preference);
}

PRETEND (cublasLtMatmulPreferenceSetAttribute,
         cublasLtMatmulPreference_t           preference,
         cublasLtMatmulPreferenceAttributes_t attribute,
         const void                          *value,
         size_t                               n_bytes)
{
  uint64_t most;

  switch (attribute)
    {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES:
      return set (&most, sizeof most, value, n_bytes);
    case CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK:
      return set (&pretend_cublas.schemes, sizeof pretend_cublas.schemes, value, n_bytes);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES:
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES:
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES:
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES:
      return set (&alignments[attribute - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES],
                  sizeof alignments[0], value, n_bytes);
    default:
      return BAD;
    }
}

PRETEND (cublasLtMatrixLayoutCreate,
         cublasLtMatrixLayout_t *layout,
         cudaDataType_t          type,
         uint64_t                rows,
         uint64_t                columns,
         int64_t                 apart)
{
  Layout value = { (int64_t) rows, (int64_t) columns, apart, 0, 1, type };

  *layout = new_handle (&value, sizeof value);
  return OK;
}

PRETEND (cublasLtMatrixLayoutDestroy, cublasLtMatrixLayout_t layout) { return end_handle (layout); }

PRETEND (cublasLtMatrixLayoutSetAttribute,
         cublasLtMatrixLayout_t          layout,
         cublasLtMatrixLayoutAttribute_t attribute,
         const void                     *value,
         size_t                          n_bytes)
{
  Layout *self = (Layout *) layout;

  switch (attribute)
    {
    case CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT:
      return set (&self->n_batches, sizeof self->n_batches, value, n_bytes);
    case CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET:
      return set (&self->batch, sizeof self->batch, value, n_bytes);
    default:
      return BAD;
    }
}

/* The first offer is of no use; the second carries the alignments that were promised for it. */
PRETEND (cublasLtMatmulAlgoGetHeuristic,
         cublasLtHandle_t                handle,
         cublasLtMatmulDesc_t            desc,
         cublasLtMatrixLayout_t          a,
         cublasLtMatrixLayout_t          b,
         cublasLtMatrixLayout_t          c,
         cublasLtMatrixLayout_t          d,
         cublasLtMatmulPreference_t      preference,
         int                             n_wanted,
         cublasLtMatmulHeuristicResult_t offers[],
         int                            *n_offers)
{
  pretend_cublas.n_heuristics++;
  *n_offers = pretend_cublas.no_offers ? 0 : 2;
  if (n_wanted < 2)
    return BAD;
  memset (offers, 0, 2 * sizeof *offers);
  offers[0].state = CUBLAS_STATUS_NOT_SUPPORTED;
  memcpy (&offers[1].algo, alignments, sizeof alignments);
  return OK;
}

static float
get (const void *values, cudaDataType_t type, int64_t i)
{
  return type == CUDA_R_16F ? sag_half_to_float (((const SagHalf *) values)[i])
                            : ((const float *) values)[i];
}

static void
put (void *values, cudaDataType_t type, int64_t i, float value)
{
  if (type == CUDA_R_16F)
    ((SagHalf *) values)[i] = sag_half_from_float (value);
  else
    ((float *) values)[i] = value;
}

static float
gelu (float x)
{
  return 0.5f * x * (1 + tanhf (0.7978845608f * (x + 0.044715f * x * x * x)));
}

/* A is transposed: (k, m) in memory; B (k, n); C and D (m, n). */
static bool
fits (const Product *product, const Layout *a, const Layout *b, const Layout *c, const Layout *d)
{
  return product->transposed == CUBLAS_OP_T && a->rows == b->rows && d->rows == a->columns &&
         d->columns == b->columns && c->rows == d->rows && c->columns == d->columns &&
         a->apart >= a->rows && b->apart >= b->rows && d->apart >= d->rows &&
         a->n_batches == d->n_batches && b->n_batches == d->n_batches && a->type == b->type &&
         c->type == d->type;
}

static bool
is_aligned (const cublasLtMatmulAlgo_t *algorithm, const void *const pointers[4])
{
  uint32_t promised[4];

  memcpy (promised, algorithm, sizeof promised);
  for (int i = 0; i < 4; i++)
    if (promised[i] == 0 || (uintptr_t) pointers[i] % promised[i] != 0)
      return false;
  return true;
}

static float
sum_of (const void *a, const Layout *la, const void *b, const Layout *lb, int64_t at[3])
{
  float sum = 0;

  for (int64_t k = 0; k < la->rows; k++)
    sum += get (a, la->type, at[2] * la->batch + at[0] * la->apart + k) *
           get (b, lb->type, at[2] * lb->batch + at[1] * lb->apart + k);
  return sum;
}

PRETEND (cublasLtMatmul,
         cublasLtHandle_t            handle,
         cublasLtMatmulDesc_t        desc,
         const void                 *alpha,
         const void                 *a,
         cublasLtMatrixLayout_t      a_layout,
         const void                 *b,
         cublasLtMatrixLayout_t      b_layout,
         const void                 *beta,
         const void                 *c,
         cublasLtMatrixLayout_t      c_layout,
         void                       *d,
         cublasLtMatrixLayout_t      d_layout,
         const cublasLtMatmulAlgo_t *algorithm,
         void                       *workspace,
         size_t                      n_workspace,
         cudaStream_t                stream)
{
  const Product *product = (const Product *) desc;
  const Layout  *la = (const Layout *) a_layout, *lb = (const Layout *) b_layout;
  const Layout  *lc = (const Layout *) c_layout, *ld = (const Layout *) d_layout;
  int64_t        at[3];

  if (pretend_cublas.refuses)
    return CUBLAS_STATUS_EXECUTION_FAILED;
  pretend_cublas.n_products++;
  if (!fits (product, la, lb, lc, ld) ||
      !is_aligned (algorithm, (const void *const[]){ a, b, c, d }) || *(const float *) alpha != 1)
    {
      pretend_cublas.n_bad++;
      return BAD;
    }
  for (at[2] = 0; at[2] < ld->n_batches; at[2]++)
    for (at[1] = 0; at[1] < ld->columns; at[1]++)
      for (at[0] = 0; at[0] < ld->rows; at[0]++)
        {
          float   sum = sum_of (a, la, b, lb, at), added = *(const float *) beta;
          int64_t place = at[2] * ld->batch + at[1] * ld->apart + at[0];

          if (added != 0)
            sum += added * get (c, lc->type, at[2] * lc->batch + at[1] * lc->apart + at[0]);
          if (product->epilogue == CUBLASLT_EPILOGUE_BIAS ||
              product->epilogue == CUBLASLT_EPILOGUE_GELU_BIAS)
            sum += get (product->bias, ld->type, at[0]);
          put (d, ld->type, place,
               product->epilogue == CUBLASLT_EPILOGUE_GELU_BIAS ? gelu (sum) : sum);
        }
  return OK;
}

void *
pretend_dlopen (const char *path, int flags)
{
  return pretend_cublas.missing ? NULL : &pretend_cublas;
}

void *
pretend_dlsym (void *library, const char *name)
{
#define FUNCTION(function)                                                                         \
  {                                                                                                \
#function, (void *) pretend_##function                                                         \
  }
  static const struct
  {
    const char *name;
    void       *function;
  } functions[] = {
    FUNCTION (cublasLtCreate),
    FUNCTION (cublasLtDestroy),
    FUNCTION (cublasLtMatmul),
    FUNCTION (cublasLtMatmulAlgoGetHeuristic),
    FUNCTION (cublasLtMatmulDescCreate),
    FUNCTION (cublasLtMatmulDescDestroy),
    FUNCTION (cublasLtMatmulDescSetAttribute),
    FUNCTION (cublasLtMatmulPreferenceCreate),
    FUNCTION (cublasLtMatmulPreferenceDestroy),
    FUNCTION (cublasLtMatmulPreferenceSetAttribute),
    FUNCTION (cublasLtMatrixLayoutCreate),
    FUNCTION (cublasLtMatrixLayoutDestroy),
    FUNCTION (cublasLtMatrixLayoutSetAttribute),
  };

  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (strcmp (functions[i].name, name) == 0)
      return functions[i].function;
  return NULL;
}
