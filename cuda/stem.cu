/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"

/* The stem: a 3x3x3 convolution with stride 2 over one channel, then SiLU.
 *
 *   input    (X, Y, Z)
 *   weights  (27, C)      BatchNorm folded in
 *   out      (X', Y', Z', C)
 *
 * A block makes ROWS rows of one plane, TILE voxels along z: the part of the image that they see goes to shared memory
 * once. A thread makes STEP voxels next to each other, 4 channels.
 */

#define ROWS 4
#define TILE 64
#define STEP 8
#define THREADS 256
#define IN_ROWS (2 * ROWS + 1)
#define IN_TILE (2 * TILE + 1)
#define PITCH (IN_TILE + 3)

struct Stem
{
  const float *input;
  const float *weights;
  const float *bias;
  int32_t      channels;
  int32_t      in[3];
  int32_t      out[3];
  int32_t      before[3];
};

/* The image around the block's outputs, zeros outside of it: a warp a row. */
static __device__ __forceinline__ void
load_image (const Stem &job, float *image)
{
  int32_t x0 = blockIdx.x * 2 - job.before[0];
  int32_t y0 = blockIdx.y * ROWS * 2 - job.before[1];
  int32_t z0 = blockIdx.z * TILE * 2 - job.before[2];

  for (int32_t row = threadIdx.x / 32; row < 3 * IN_ROWS; row += THREADS / 32)
    {
      int32_t      x = x0 + row / IN_ROWS, y = y0 + row % IN_ROWS;
      bool         inside = x >= 0 && x < job.in[0] && y >= 0 && y < job.in[1];
      const float *from = job.input + ((int64_t) x * job.in[1] + y) * job.in[2] + z0;

#pragma unroll
      for (int32_t i = 0; i < IN_TILE; i += 32)
        {
          int32_t z = i + threadIdx.x % 32;

          if (z < IN_TILE)
            image[row * PITCH + z] = inside && z0 + z >= 0 && z0 + z < job.in[2] ? from[z] : 0.0f;
        }
    }
}

/* STEP voxels of 4 channels: sums over the 27 taps. @image: where the first voxel's window starts */
static __device__ __forceinline__ void
convolve (const Stem &job, const float *image, int32_t channel, float (&sum)[STEP][4])
{
  float bias[4];

  sag_load (job.bias + channel, bias);
#pragma unroll
  for (int s = 0; s < STEP; s++)
#pragma unroll
    for (int c = 0; c < 4; c++)
      sum[s][c] = bias[c];
#pragma unroll
  for (int r = 0; r < 9; r++)
    {
      const float *row = image + (r / 3 * IN_ROWS + r % 3) * PITCH;
      float        x[2 * STEP + 1];

#pragma unroll
      for (int i = 0; i < 2 * STEP + 1; i++)
        x[i] = row[i];
#pragma unroll
      for (int q = 0; q < 3; q++)
        {
          float w[4];

          sag_load (job.weights + (r * 3 + q) * job.channels + channel, w);
#pragma unroll
          for (int s = 0; s < STEP; s++)
#pragma unroll
            for (int c = 0; c < 4; c++)
              sum[s][c] += x[2 * s + q] * w[c];
        }
    }
}

template <typename T>
static __global__ void
__launch_bounds__ (THREADS) stem (Stem job, T *out)
{
  SAG_SHARED (float, image);
  int32_t groups = job.channels / 4;

  load_image (job, image);
  __syncthreads ();
  for (int32_t i = threadIdx.x; i < ROWS * (TILE / STEP) * groups; i += THREADS)
    {
      int32_t channel = i % groups * 4;
      int32_t step = i / groups % (TILE / STEP) * STEP, row = i / groups / (TILE / STEP);
      int32_t y = blockIdx.y * ROWS + row, z = blockIdx.z * TILE + step;
      float   sum[STEP][4];

      if (y >= job.out[1] || z >= job.out[2])
        continue;
      convolve (job, image + row * 2 * PITCH + step * 2, channel, sum);
#pragma unroll
      for (int s = 0; s < STEP; s++)
        {
          size_t voxel = ((size_t) blockIdx.x * job.out[1] + y) * job.out[2] + z + s;

#pragma unroll
          for (int c = 0; c < 4; c++)
            sum[s][c] = sag_silu<T> (sum[s][c]);
          if (z + s < job.out[2])
            sag_store (out + voxel * job.channels + channel, sum[s]);
        }
    }
}

extern "C" int
sag_cuda_launch_stem (const SagCudaStem *job, void *stream)
{
  const int32_t *out = job->shape.out;
  dim3           grid (out[0], sag_ceil_div (out[1], ROWS), sag_ceil_div (out[2], TILE));
  size_t         shared = 3 * IN_ROWS * PITCH * sizeof (float);
  Stem           stem_job = { job->input, job->weights, job->bias, job->channels, {}, {}, {} };

  if (out[0] == 0 || out[1] == 0 || out[2] == 0)
    return 0;
  for (int a = 0; a < 3; a++)
    {
      stem_job.in[a] = job->in[a];
      stem_job.out[a] = out[a];
      stem_job.before[a] = job->shape.before[a];
    }
  if (job->type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (stem<float>, grid, THREADS, shared, stream, stem_job, (float *) job->out);
  return SAG_LAUNCH (stem<SagHalf>, grid, THREADS, shared, stream, stem_job, (SagHalf *) job->out);
}
