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
#define HIDDEN_THREADS 1024
#define ITEMS 64 /* of a block that makes a hidden value: two a warp */

/* A block makes one value of the hidden layer. It adds up the sums itself: they lie in the second cache, and what it
 * takes is time between asking and getting. So 32 warps share 32 channels and some rows of sums at a time; the layer is
 * linear, and no row needs the others.
 */
static __global__ void
__launch_bounds__ (HIDDEN_THREADS) gate_hidden (SagCudaGate job, int32_t rows)
{
  SAG_SHARED (float, parts);
  const float *reduce = job.reduce + (size_t) blockIdx.x * job.mid;
  int32_t      lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int32_t      n_chunks = sag_ceil_div (job.mid, 32), n_parts = sag_ceil_div (job.n_sums, rows);
  float        dot = 0.0f;

  for (int32_t item = warp; item < n_chunks * n_parts; item += HIDDEN_THREADS / 32)
    {
      int32_t c = item % n_chunks * 32 + lane, first = item / n_chunks * rows;
      int32_t end = first + rows < job.n_sums ? first + rows : job.n_sums;
      float   sum = 0.0f;

      if (c >= job.mid)
        continue;
#pragma unroll 8
      for (int32_t i = first; i < end; i++)
        sum += job.sums[(size_t) i * job.mid + c];
      dot += reduce[c] * sum;
    }
  dot = sag_warp_sum (dot);
  if (lane == 0)
    parts[warp] = dot;
  __syncthreads ();
  if (warp > 0)
    return;
  dot = sag_warp_sum (parts[lane]) / (float) job.n_voxels;
  if (lane == 0)
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
  int32_t  n_parts = ITEMS / (int32_t) blocks, rows = job->n_sums;
  int      error = 0;

  if (job->mid == 0)
    return 0;
  if (n_parts > 1 && rows > n_parts)
    rows = sag_ceil_div (rows, n_parts);
  if (job->reduced > 0)
    error = SAG_LAUNCH (gate_hidden, job->reduced, HIDDEN_THREADS,
                        HIDDEN_THREADS / 32 * sizeof (float), stream, *job, rows);
  if (error != 0)
    return error;
  if (job->type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (gate_project<float>, blocks, THREADS, COLUMNS * sizeof (float), stream, *job,
                       (float *) job->gated);
  return SAG_LAUNCH (gate_project<SagHalf>, blocks, THREADS, COLUMNS * sizeof (float), stream, *job,
                     (SagHalf *) job->gated);
}
