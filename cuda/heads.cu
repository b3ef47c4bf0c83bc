/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"

/* What comes after the last layer: rows that a head reads, the class head, the cells' grid. */

#define THREADS 256

/* A thread copies every n-th value. */
template <typename T>
static __global__ void
take_rows (const T *in, int32_t length, int32_t width, int32_t n_rows, size_t n, T *out)
{
  size_t per_sequence = (size_t) n_rows * width, step = (size_t) gridDim.x * THREADS;

  for (size_t i = (size_t) blockIdx.x * THREADS + threadIdx.x; i < n; i += step)
    out[i] = in[i / per_sequence * length * width + i % per_sequence];
}

/* Values of @Value cover the rows: 16 bytes at a time where they can. */
template <typename Value>
static int
launch_take (const void *in,
             int32_t     n_sequences,
             int32_t     length,
             int32_t     width,
             int32_t     n_rows,
             void       *out,
             void       *stream)
{
  size_t n = (size_t) n_sequences * n_rows * width, blocks = sag_ceil_div<size_t> (n, THREADS);

  return SAG_LAUNCH (take_rows<Value>, (unsigned) (blocks < 4096 ? blocks : 4096), THREADS, 0,
                     stream, (const Value *) in, length, width, n_rows, n, (Value *) out);
}

extern "C" int
sag_cuda_launch_take_rows (const void *in,
                           SagCudaType type,
                           int32_t     n_sequences,
                           int32_t     length,
                           int32_t     width,
                           int32_t     n_rows,
                           void       *out,
                           void       *stream)
{
  size_t row_bytes = sag_cuda_type_size (type) * width;

  if (n_sequences == 0 || n_rows == 0)
    return 0;
  if (row_bytes % 16 == 0)
    return launch_take<SagPack<float, 4>> (in, n_sequences, length, (int32_t) (row_bytes / 16),
                                           n_rows, out, stream);
  if (type == SAG_CUDA_FLOAT)
    return launch_take<float> (in, n_sequences, length, width, n_rows, out, stream);
  return launch_take<SagHalf> (in, n_sequences, length, width, n_rows, out, stream);
}

/* A warp, which is a block, makes a logit. */
template <typename T>
static __global__ void
class_head (const T     *x,
            size_t       sequence_step,
            int32_t      hidden,
            const float *weight,
            const float *bias,
            float       *logits)
{
  const T *row = x + blockIdx.x * sequence_step;
  float    sum = 0.0f;

  for (int32_t i = threadIdx.x; i < hidden; i += 32)
    sum += sag_to_float (row[i]) * weight[i];
  sum = sag_warp_sum (sum);
  if (threadIdx.x == 0)
    logits[blockIdx.x] = sum + bias[0];
}

extern "C" int
sag_cuda_launch_class_head (const void  *x,
                            SagCudaType  type,
                            int32_t      n_sequences,
                            int32_t      length,
                            int32_t      hidden,
                            const float *weight,
                            const float *bias,
                            float       *logits,
                            void        *stream)
{
  size_t step = (size_t) length * hidden;

  if (n_sequences == 0)
    return 0;
  if (type == SAG_CUDA_FLOAT)
    return SAG_LAUNCH (class_head<float>, n_sequences, 32, 0, stream, (const float *) x, step,
                       hidden, weight, bias, logits);
  return SAG_LAUNCH (class_head<SagHalf>, n_sequences, 32, 0, stream, (const SagHalf *) x, step,
                     hidden, weight, bias, logits);
}

struct Cells
{
  int32_t tokens[3];
  int32_t cells[3];
};

/* A thread makes a score: token (x Ty + y) Tz + z holds cells (Cx x + dx, Cy y + dy, Cz z + dz). */
static __global__ void
cells (Cells job, const float *logits, bool sigmoid, int32_t n, float *scores)
{
  int32_t index = blockIdx.x * THREADS + threadIdx.x, rest = index, token = 0, cell = 0, at[3];

  if (index >= n)
    return;
  for (int a = 0; a < 3; a++)
    {
      int32_t size = job.tokens[a] * job.cells[a];

      at[a] = rest % size;
      rest /= size;
    }
  for (int a = 0; a < 3; a++)
    {
      token = token * job.tokens[a] + at[a] / job.cells[a];
      cell = cell * job.cells[a] + at[a] % job.cells[a];
    }

  float logit = logits[(size_t) token * job.cells[0] * job.cells[1] * job.cells[2] + cell];

  scores[index] = sigmoid ? 1.0f / (1.0f + expf (-logit)) : logit;
}

extern "C" int
sag_cuda_launch_cells (const float  *logits,
                       const int32_t token_dims[3],
                       const int32_t cells_per_token[3],
                       bool          sigmoid,
                       float        *scores,
                       void         *stream)
{
  Cells   job;
  int32_t n = 1;

  for (int a = 0; a < 3; a++)
    {
      job.tokens[a] = token_dims[a];
      job.cells[a] = cells_per_token[a];
      n *= token_dims[a] * cells_per_token[a];
    }
  if (n == 0)
    return 0;
  return SAG_LAUNCH (cells, sag_ceil_div (n, THREADS), THREADS, 0, stream, job, logits, sigmoid, n,
                     scores);
}
