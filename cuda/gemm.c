/* SPDX-License-Identifier: Apache-2.0 */

/* Matrix products through cuBLASLt, which is opened at run time: half a gigabyte that no machine without an NVIDIA GPU
 * has, so that the plugin itself loads everywhere.
 *
 * cuBLASLt counts columns first. Row-major out (m, n) = a (m, k) weight (n, k)^T is column-major
 * out' (n, m) = weight'^T a', where weight' is (k, n) and a' is (k, m): no value moves, and a bias of n values belongs
 * to the rows of out', as its epilogue wants.
 */

#include "cuda/device-private.h"

#include "cuda/status.h"

#include <cublasLt.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libcublasLt.so.13"
#define LARGE 5e8 /* multiply-adds */
#define TRIED 4   /* algorithms that the heuristic may offer */

/* What decides the algorithm. Compared bytewise: always zeroed first. */
typedef struct
{
  int64_t     a_batch;
  int64_t     out_batch;
  SagCudaType type;
  SagCudaType out_type;
  int32_t     m;
  int32_t     n;
  int32_t     k;
  int32_t     a_row;
  int32_t     out_row;
  int32_t     n_batches;
  int32_t     has_bias;
  int32_t     has_residual;
  int32_t     gelu;
  int32_t     alignment[4]; /* of weight, a, what is added and out, in bytes */
} Shape;

typedef struct
{
  Shape                  shape;
  cublasLtMatmulDesc_t   product;
  cublasLtMatrixLayout_t weight;
  cublasLtMatrixLayout_t a;
  cublasLtMatrixLayout_t out;
  cublasLtMatmulAlgo_t   algorithm;
  bool                   found; /* else the plain kernel does it */
} Plan;

/* cuBLASLt's functions that are used. */
#define FUNCTIONS(F)                                                                               \
  F (cublasLtCreate)                                                                               \
  F (cublasLtDestroy)                                                                              \
  F (cublasLtMatmul)                                                                               \
  F (cublasLtMatmulAlgoGetHeuristic)                                                               \
  F (cublasLtMatmulDescCreate)                                                                     \
  F (cublasLtMatmulDescDestroy)                                                                    \
  F (cublasLtMatmulDescSetAttribute)                                                               \
  F (cublasLtMatmulPreferenceCreate)                                                               \
  F (cublasLtMatmulPreferenceDestroy)                                                              \
  F (cublasLtMatmulPreferenceSetAttribute)                                                         \
  F (cublasLtMatrixLayoutCreate)                                                                   \
  F (cublasLtMatrixLayoutDestroy)                                                                  \
  F (cublasLtMatrixLayoutSetAttribute)

struct SagCudaBlas
{
#define MEMBER(name) __typeof__ (&name) name;
  FUNCTIONS (MEMBER)
#undef MEMBER
  cublasLtHandle_t           handle;
  cublasLtMatmulPreference_t preference;
  Plan                      *plans;
  int                        n_plans;
  int                        n_room;
};

/* Where NVIDIA's packages put it when no search path names it. */
static void *
open_library (void)
{
  static const char *const folders[] = { "", "/usr/local/cuda/lib64/", "/usr/local/cuda-13/lib64/",
                                         "/usr/local/cuda/lib/" };

  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    {
      char  path[128];
      void *library;

      strcpy (path, folders[i]);
      strcat (path, LIBRARY);
      library = dlopen (path, RTLD_NOW | RTLD_LOCAL);
      if (library != NULL)
        return library;
    }
  return NULL;
}

static bool
load_functions (SagCudaBlas *blas, SagStatus *status)
{
  void *library = open_library (); /* stays for the life of the process */

  if (library == NULL)
    return sag_cuda_fail (status, SAG_STATUS_UNSUPPORTED,
                          "The GPU engine needs NVIDIA's cuBLAS 13 (" LIBRARY
                          "), which is not on this machine; install it, or use the CPU engine.");
#define LOAD(name)                                                                                 \
  if ((blas->name = (__typeof__ (&name)) dlsym (library, #name)) == NULL)                          \
    return sag_cuda_fail (status, SAG_STATUS_UNSUPPORTED,                                          \
                          "NVIDIA's cuBLAS on this machine (" LIBRARY ") has no " #name            \
                          "; install a newer one.");
  FUNCTIONS (LOAD)
#undef LOAD
  return true;
}

/* Split sums are added up in float32: anything else would round them to 16 bits in between. */
static bool
start (SagCudaBlas *blas)
{
  size_t   most = SAG_CUDA_WORKSPACE;
  uint32_t schemes = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;

  return blas->cublasLtCreate (&blas->handle) == CUBLAS_STATUS_SUCCESS &&
         blas->cublasLtMatmulPreferenceCreate (&blas->preference) == CUBLAS_STATUS_SUCCESS &&
         blas->cublasLtMatmulPreferenceSetAttribute (blas->preference,
                                                     CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                                     &most, sizeof most) == CUBLAS_STATUS_SUCCESS &&
         blas->cublasLtMatmulPreferenceSetAttribute (
           blas->preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &schemes,
           sizeof schemes) == CUBLAS_STATUS_SUCCESS;
}

SagCudaBlas *
sag_cuda_blas_new (SagStatus *status)
{
  SagCudaBlas *blas = calloc (1, sizeof *blas);

  if (blas == NULL)
    {
      sag_cuda_fail_memory (status);
      return NULL;
    }
  if (load_functions (blas, status))
    {
      if (start (blas))
        return blas;
      sag_cuda_fail (status, SAG_STATUS_UNSUPPORTED,
                     "NVIDIA's cuBLAS does not start on this GPU; close what else uses it.");
    }
  sag_cuda_blas_free (blas);
  return NULL;
}

static void
clear_plan (SagCudaBlas *blas, Plan *plan)
{
  if (plan->product != NULL)
    blas->cublasLtMatmulDescDestroy (plan->product);
  if (plan->weight != NULL)
    blas->cublasLtMatrixLayoutDestroy (plan->weight);
  if (plan->a != NULL)
    blas->cublasLtMatrixLayoutDestroy (plan->a);
  if (plan->out != NULL)
    blas->cublasLtMatrixLayoutDestroy (plan->out);
}

void
sag_cuda_blas_free (SagCudaBlas *blas)
{
  if (blas == NULL)
    return;
  for (int i = 0; i < blas->n_plans; i++)
    clear_plan (blas, &blas->plans[i]);
  if (blas->preference != NULL)
    blas->cublasLtMatmulPreferenceDestroy (blas->preference);
  if (blas->handle != NULL)
    blas->cublasLtDestroy (blas->handle);
  free (blas->plans);
  free (blas);
}

static cudaDataType_t
type_of (SagCudaType type)
{
  return type == SAG_CUDA_HALF ? CUDA_R_16F : CUDA_R_32F;
}

static bool
make_layout (SagCudaBlas            *blas,
             cublasLtMatrixLayout_t *layout,
             SagCudaType             type,
             int32_t                 rows,
             int32_t                 columns,
             int32_t                 apart,
             int32_t                 n_batches,
             int64_t                 batch)
{
  if (blas->cublasLtMatrixLayoutCreate (layout, type_of (type), rows, columns, apart) !=
      CUBLAS_STATUS_SUCCESS)
    return false;
  return n_batches == 1 ||
         (blas->cublasLtMatrixLayoutSetAttribute (*layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT,
                                                  &n_batches,
                                                  sizeof n_batches) == CUBLAS_STATUS_SUCCESS &&
          blas->cublasLtMatrixLayoutSetAttribute (*layout,
                                                  CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
                                                  &batch, sizeof batch) == CUBLAS_STATUS_SUCCESS);
}

static bool
make_product (SagCudaBlas *blas, Plan *plan)
{
  const Shape         *s = &plan->shape;
  cublasOperation_t    transposed = CUBLAS_OP_T;
  cublasLtEpilogue_t   epilogue = s->gelu       ? CUBLASLT_EPILOGUE_GELU_BIAS
                                  : s->has_bias ? CUBLASLT_EPILOGUE_BIAS
                                                : CUBLASLT_EPILOGUE_DEFAULT;
  cublasLtMatmulDesc_t product;

  if (blas->cublasLtMatmulDescCreate (&plan->product, CUBLAS_COMPUTE_32F, CUDA_R_32F) !=
      CUBLAS_STATUS_SUCCESS)
    return false;
  product = plan->product;
  return blas->cublasLtMatmulDescSetAttribute (product, CUBLASLT_MATMUL_DESC_TRANSA, &transposed,
                                               sizeof transposed) == CUBLAS_STATUS_SUCCESS &&
         blas->cublasLtMatmulDescSetAttribute (product, CUBLASLT_MATMUL_DESC_EPILOGUE, &epilogue,
                                               sizeof epilogue) == CUBLAS_STATUS_SUCCESS &&
         make_layout (blas, &plan->weight, s->type, s->k, s->n, s->k, s->n_batches, 0) &&
         make_layout (blas, &plan->a, s->type, s->k, s->m, s->a_row, s->n_batches, s->a_batch) &&
         make_layout (blas, &plan->out, s->out_type, s->n, s->m, s->out_row, s->n_batches,
                      s->out_batch);
}

/* What an algorithm may count on; without it cuBLASLt takes 256 bytes for granted. */
static bool
prefer (SagCudaBlas *blas, const Shape *shape)
{
  static const cublasLtMatmulPreferenceAttributes_t attributes[] = {
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES,
    CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES,
  };

  for (int i = 0; i < 4; i++)
    {
      uint32_t bytes = (uint32_t) shape->alignment[i];

      if (blas->cublasLtMatmulPreferenceSetAttribute (blas->preference, attributes[i], &bytes,
                                                      sizeof bytes) != CUBLAS_STATUS_SUCCESS)
        return false;
    }
  return true;
}

/* The heuristic reads the bias' pointer for its alignment. */
static void
choose (SagCudaBlas *blas, Plan *plan, const void *bias)
{
  cublasLtMatmulHeuristicResult_t offers[TRIED];
  int                             n = 0;

  if (!make_product (blas, plan) || !prefer (blas, &plan->shape))
    return;
  if (plan->shape.has_bias &&
      blas->cublasLtMatmulDescSetAttribute (plan->product, CUBLASLT_MATMUL_DESC_BIAS_POINTER, &bias,
                                            sizeof bias) != CUBLAS_STATUS_SUCCESS)
    return;
  if (blas->cublasLtMatmulAlgoGetHeuristic (blas->handle, plan->product, plan->weight, plan->a,
                                            plan->out, plan->out, blas->preference, TRIED, offers,
                                            &n) != CUBLAS_STATUS_SUCCESS)
    return;
  for (int i = 0; i < n && !plan->found; i++)
    if (offers[i].state == CUBLAS_STATUS_SUCCESS)
      {
        plan->algorithm = offers[i].algo;
        plan->found = true;
      }
}

/* NULL without memory for a plan. */
static Plan *
find_plan (SagCudaBlas *blas, const Shape *shape, const void *bias)
{
  Plan *plan;

  for (int i = 0; i < blas->n_plans; i++)
    if (memcmp (&blas->plans[i].shape, shape, sizeof *shape) == 0)
      return &blas->plans[i];
  if (blas->n_plans == blas->n_room)
    {
      int   n_room = blas->n_room > 0 ? 2 * blas->n_room : 64;
      Plan *plans = realloc (blas->plans, n_room * sizeof *plans);

      if (plans == NULL)
        return NULL;
      blas->plans = plans;
      blas->n_room = n_room;
    }
  plan = &blas->plans[blas->n_plans++];
  memset (plan, 0, sizeof *plan);
  plan->shape = *shape;
  choose (blas, plan, bias);
  return plan;
}

/* The largest power of two up to 256 that divides an address. */
static int32_t
alignment_of (const void *pointer)
{
  uintptr_t address = (uintptr_t) pointer | 256;

  return (int32_t) (address & -address);
}

static Shape
shape_of (const SagCudaGemm *gemm, bool gelu)
{
  Shape shape;

  memset (&shape, 0, sizeof shape);
  shape.a_batch = gemm->a_batch;
  shape.out_batch = gemm->out_batch;
  shape.type = gemm->type;
  shape.out_type = gemm->out_type;
  shape.m = gemm->m;
  shape.n = gemm->n;
  shape.k = gemm->k;
  shape.a_row = gemm->a_row;
  shape.out_row = gemm->out_row;
  shape.n_batches = gemm->n_batches;
  shape.has_bias = gemm->bias != NULL;
  shape.has_residual = gemm->residual != NULL;
  shape.gelu = gelu;
  shape.alignment[0] = alignment_of (gemm->weight);
  shape.alignment[1] = alignment_of (gemm->a);
  shape.alignment[2] = alignment_of (gemm->residual != NULL ? gemm->residual : gemm->out);
  shape.alignment[3] = alignment_of (gemm->out);
  return shape;
}

static bool
multiply (SagCudaDevice *device, const SagCudaGemm *gemm, const Plan *plan)
{
  SagCudaBlas   *blas = device->blas;
  float          one = 1, beta = gemm->residual != NULL;
  const void    *added = gemm->residual != NULL ? gemm->residual : gemm->out;
  cublasStatus_t code;

  if (plan->shape.has_bias)
    blas->cublasLtMatmulDescSetAttribute (plan->product, CUBLASLT_MATMUL_DESC_BIAS_POINTER,
                                          &gemm->bias_out, sizeof gemm->bias_out);
  code =
    blas->cublasLtMatmul (blas->handle, plan->product, &one, gemm->weight, plan->weight, gemm->a,
                          plan->a, &beta, added, plan->out, gemm->out, plan->out, &plan->algorithm,
                          device->workspace, SAG_CUDA_WORKSPACE, device->stream);
  return code == CUBLAS_STATUS_SUCCESS;
}

/* cuBLASLt has no SiLU: our own kernel saves a pass, which is worth more than its speed unless the product is large.
 * Its GELU is the approximation by tanh: good enough for values of 16 bits only.
 */
void
sag_cuda_gemm (SagCudaDevice *device, const SagCudaGemm *gemm)
{
  bool gelu =
    gemm->act == SAG_CUDA_ACT_GELU && gemm->out_type == SAG_CUDA_HALF && gemm->bias != NULL;
  bool  done = false;
  Shape shape = shape_of (gemm, gelu);

  if (device->error != cudaSuccess || gemm->m < 1 || gemm->n_batches < 1)
    return;
  if (gemm->act != SAG_CUDA_ACT_SILU || (double) gemm->m * gemm->n * gemm->k > LARGE)
    {
      Plan *plan = find_plan (device->blas, &shape, gemm->bias_out);

      done = plan != NULL && plan->found && multiply (device, gemm, plan);
    }
  if (!done)
    {
      sag_cuda_check (device, sag_cuda_launch_gemm (gemm, device->stream), "a matrix product");
      return;
    }
  sag_cuda_note_library (device);
  if (gemm->act != SAG_CUDA_ACT_NONE && !gelu)
    sag_cuda_check (device,
                    sag_cuda_launch_activate (gemm->out, gemm->out_type, (size_t) gemm->m * gemm->n,
                                              gemm->act, device->stream),
                    "an activation");
}
