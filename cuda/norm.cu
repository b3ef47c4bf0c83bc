/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/norm.cuh"

/* Layer normalisation, Ba et al., arXiv:1607.06450, as torch.nn.LayerNorm: biased variance, eps under the root. */

#define WARPS 4

/* A row, and the residual that is added to it. */
template <typename T> struct Row
{
  const T *x;
  const T *residual;

  __device__ __forceinline__ float
  operator() (int32_t i) const
  {
    return sag_to_float (x[i]) + (residual != NULL ? sag_to_float (residual[i]) : 0.0f);
  }
};

/* A warp normalises a row of SAG_NORM_WIDE values. */
template <typename T>
static __global__ void
__launch_bounds__ (WARPS * 32) layer_norm_wide (SagCudaNorm job)
{
  int32_t row = blockIdx.x * WARPS + threadIdx.x / 32;
  size_t  start = (size_t) row * SAG_NORM_WIDE;

  if (row >= job.n_rows)
    return;

  SagNormRow values = sag_norm_load ((const T *) job.x + start);

  if (job.residual != NULL)
    sag_norm_add (values, sag_norm_load ((const T *) job.residual + start));
  sag_norm_apply (values, job.scale, job.shift, job.eps);
  sag_norm_store ((T *) job.out + start, values);
}

/* A warp normalises a row of any width. */
template <typename T>
static __global__ void
layer_norm (SagCudaNorm job)
{
  int32_t row = blockIdx.x * WARPS + threadIdx.x / 32, lane = threadIdx.x % 32;
  size_t  start = (size_t) row * job.width;
  Row<T>  values = { (const T *) job.x + start,
                    job.residual != NULL ? (const T *) job.residual + start : NULL };
  T      *out = (T *) job.out + start;

  if (row >= job.n_rows)
    return;

  SagNormed normed = sag_norm_measure (values, job.width, job.eps);

  for (int32_t i = lane; i < job.width; i += 32)
    sag_assign (&out[i], (values (i) - normed.mean) * normed.factor * job.scale[i] + job.shift[i]);
}

template <typename T>
static int
launch (const SagCudaNorm *job, void *stream)
{
  unsigned blocks = sag_ceil_div (job->n_rows, WARPS);

  if (sag_norm_is_wide (job->width, job->x, job->residual, job->scale, job->shift, job->out))
    return SAG_LAUNCH (layer_norm_wide<T>, blocks, WARPS * 32, 0, stream, *job);
  return SAG_LAUNCH (layer_norm<T>, blocks, WARPS * 32, 0, stream, *job);
}

extern "C" int
sag_cuda_launch_norm (const SagCudaNorm *job, void *stream)
{
  if (job->n_rows == 0)
    return 0;
  return job->type == SAG_CUDA_FLOAT ? launch<float> (job, stream) : launch<SagHalf> (job, stream);
}
