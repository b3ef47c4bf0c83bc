/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"

/* Squeeze-and-excitation: gate = sigmoid (widen (SiLU (reduce (mean over voxels)))), multiplied into the weights of
 * the projection, which are fewer than the map's values.
 *
 *   sums     (n_sums, mid)
 *   reduce   (reduced, mid)
 *   widen    (mid, reduced)
 *   project  (n_out, mid)
 */

#define THREADS 256
#define WARPS (THREADS / 32)
#define COLUMNS 32 /* gates of a block */

/* Sums of 32 channels from @first on, each lane's channel, in the first warp. @parts: (WARPS, 32) scratch */
static __device__ __forceinline__ float
sum_channels (const SagCudaGate &job, int32_t first, float *parts)
{
  int32_t lane = threadIdx.x % 32, warp = threadIdx.x / 32, c = first + lane;
  float   sum = 0.0f;

  if (c < job.mid)
#pragma unroll 8
    for (int32_t i = warp; i < job.n_sums; i += WARPS)
      sum += job.sums[(size_t) i * job.mid + c];
  __syncthreads ();
  parts[threadIdx.x] = sum;
  __syncthreads ();
  sum = 0.0f;
  for (int w = 0; w < WARPS && warp == 0; w++)
    sum += parts[w * 32 + lane];
  return sum;
}

/* A block makes one value of the hidden layer. Every block adds up the sums itself: they lie in the second cache. */
static __global__ void
gate_hidden (SagCudaGate job)
{
  SAG_SHARED (float, parts);
  const float *reduce = job.reduce + (size_t) blockIdx.x * job.mid;
  float        dot = 0.0f;

  for (int32_t first = 0; first < job.mid; first += 32)
    {
      float   sum = sum_channels (job, first, parts);
      int32_t c = first + (int32_t) threadIdx.x;

      if (threadIdx.x < 32 && c < job.mid)
        dot += reduce[c] * (sum / (float) job.n_voxels);
    }
  if (threadIdx.x >= 32)
    return;
  dot = sag_warp_sum (dot);
  if (threadIdx.x == 0)
    job.hidden[blockIdx.x] = sag_silu<float> (dot + job.reduce_bias[blockIdx.x]);
}

/* A block makes the gates of COLUMNS channels, and multiplies their columns of the projection. */
template <typename T>
static __global__ void
gate_project (SagCudaGate job, T *gated)
{
  SAG_SHARED (float, gates);
  int32_t first = blockIdx.x * COLUMNS;
  int32_t column = threadIdx.x % COLUMNS, warp = threadIdx.x / 32, lane = threadIdx.x % 32;

  for (int32_t c = warp; c < COLUMNS; c += WARPS)
    {
      float dot = 0.0f;

      if (first + c < job.mid)
        for (int32_t r = lane; r < job.reduced; r += 32)
          dot += job.widen[(size_t) (first + c) * job.reduced + r] * job.hidden[r];
      dot = sag_warp_sum (dot);
      if (lane == 0 && first + c < job.mid)
        {
          gates[c] = 1.0f / (1.0f + expf (-(dot + job.widen_bias[first + c])));
          job.gate[first + c] = gates[c];
        }
    }
  __syncthreads ();
  if (first + column < job.mid)
    for (int32_t n = threadIdx.x / COLUMNS; n < job.n_out; n += THREADS / COLUMNS)
      {
        size_t at = (size_t) n * job.mid + first + column;

        sag_assign (&gated[at], job.project[at] * gates[column]);
      }
}

extern "C" int
sag_cuda_launch_gate (const SagCudaGate *job, void *stream)
{
  unsigned blocks = sag_ceil_div (job->mid, COLUMNS);
  int      error = 0;

  if (job->mid == 0)
    return 0;
  if (job->reduced > 0)
    error = SAG_LAUNCH (gate_hidden, job->reduced, THREADS, THREADS * sizeof (float), stream, *job);
  if (error != 0)
    return error;
  if (job->type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (gate_project<float>, blocks, THREADS, COLUMNS * sizeof (float), stream, *job,
                       (float *) job->gated);
  return SAG_LAUNCH (gate_project<SagHalf>, blocks, THREADS, COLUMNS * sizeof (float), stream, *job,
                     (SagHalf *) job->gated);
}
