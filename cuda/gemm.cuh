/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "cuda/device.cuh"

/* What the two matrix products share: out = act (a weight^T + bias + residual).
 *
 *   a       (batches, M, K)     rows a_row apart, batches a_batch
 *   weight  (N, K)
 *   out     (batches, M, N)     rows out_row apart, batches out_batch
 */

/* N values of a row from @k on, zeros beyond @n_k; at once where the rows are aligned. */
template <typename T, int N, bool ALIGNED>
static __device__ __forceinline__ SagPack<T, N>
                                  sag_gemm_load (const T *row, int32_t k, int32_t n_k)
{
  SagPack<T, N> pack = {};

  if (ALIGNED && k < n_k)
    return *reinterpret_cast<const SagPack<T, N> *> (row + k);
#pragma unroll
  for (int i = 0; i < N; i++)
    if (!ALIGNED && k + i < n_k)
      pack.v[i] = row[k + i];
  return pack;
}

/* Whether rows can be read 16 bytes at a time. */
static inline bool
sag_gemm_is_aligned (const SagCudaGemm *job, int32_t values)
{
  return job->k % values == 0 && job->a_row % values == 0 && job->a_batch % values == 0 &&
         (uintptr_t) job->a % 16 == 0 && (uintptr_t) job->weight % 16 == 0;
}

/* Adds bias and residual to one sum, and stores it. */
template <typename T, typename Out>
static __device__ __forceinline__ void
sag_gemm_store (
  const SagCudaGemm &job, SagCudaAct act, int32_t row, int32_t column, int32_t batch, float sum)
{
  size_t at = (size_t) batch * job.out_batch + (size_t) row * job.out_row + column;

  if (row >= job.m || column >= job.n)
    return;
  if (job.bias != NULL)
    sum += job.bias[column];
  if (job.residual != NULL)
    sum += sag_to_float (((const Out *) job.residual)[at]);
  sag_assign ((Out *) job.out + at, sag_act<T> (sum, act));
}

int sag_cuda_launch_gemm_float (const SagCudaGemm *job, void *stream);
int sag_cuda_launch_gemm_half (const SagCudaGemm *job, void *stream);
