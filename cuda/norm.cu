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

/* A warp normalises a row. */
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

extern "C" int
sag_cuda_launch_norm (const SagCudaNorm *job, void *stream)
{
  unsigned blocks = sag_ceil_div (job->n_rows, WARPS);

  if (job->n_rows == 0)
    return 0;
  if (job->type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (layer_norm<float>, blocks, WARPS * 32, 0, stream, *job);
  return SAG_LAUNCH (layer_norm<SagHalf>, blocks, WARPS * 32, 0, stream, *job);
}
