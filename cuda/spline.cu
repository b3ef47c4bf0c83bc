/* SPDX-License-Identifier: Apache-2.0 */
#include "cuda/device.cuh"
#include "cuda/prepare-ops.h"

/* Cubic B-spline resampling, as model/prepare/spline-kernels.c does it: the prefilter has one pole z = sqrt (3) - 2
 * and, with mirrored ends:
 *
 *   c+[0] = sum over i < n of z^i x[i], and the mirrored half of the period
 *   c+[i] = x[i] + z c+[i - 1]
 *   c[n - 1] = z / (z^2 - 1) (c+[n - 1] + z c+[n - 2])
 *   c[i] = z (c[i + 1] - c+[i])
 *
 * Its gain of 6 is part of the interpolation weights. Along j and k a thread filters a line, its neighbours the lines
 * beside. Along i a row is shared by ROW_THREADS threads: each filters a piece, after WARM_UP samples that it needs
 * only to forget where it started, for z^32 is 5e-19.
 */

#define POLE (-0.267949192431122706472553658494127633)
#define REACH 24 /* samples that the first sum runs over: SAG_SPLINE_REACH */
#define WARM_UP 32
#define ROW_THREADS 64
#define MOST_ROWS 4 /* of a block */
#define MOST_SHARED (64 * 1024)
#define THREADS 256
#define AHEAD 8 /* samples of a line that are read before the first of them is written */

/* c+[0] of samples @step apart. */
static __device__ __forceinline__ double
first_causal (const double *x, int32_t n, int64_t step)
{
  double sum = x[0], power = POLE, to_end = 1.0;

  if (n > REACH)
    {
      for (int32_t i = 1; i < REACH; i++, power *= POLE)
        sum += power * x[i * step];
      return sum;
    }
  for (int32_t i = 1; i < n; i++)
    to_end *= POLE;
  sum += to_end * x[(n - 1) * step];
  for (int32_t i = 1; i < n - 1; i++, power *= POLE)
    sum += power * (x[i * step] + to_end * x[(n - 1 - i) * step]);
  return sum / (1.0 - to_end * to_end);
}

static __device__ __forceinline__ double
last_coefficient (double last, double before_last)
{
  return (POLE * before_last + last) * (POLE / (POLE * POLE - 1.0));
}

/* Samples first .. end - 1 of c+ from those of x. */
static __device__ __forceinline__ void
filter_forwards (const double *x, double *causal, int32_t n, int32_t first, int32_t end)
{
  int32_t i = first - WARM_UP;
  double  c = 0.0;

  if (i <= 0)
    {
      i = 0;
      c = first_causal (x, n, 1);
      if (first == 0 && end > 0)
        causal[0] = c;
      i++;
    }
  for (; i < end; i++)
    {
      c = x[i] + POLE * c;
      if (i >= first)
        causal[i] = c;
    }
}

/* Samples first .. end - 1 of c from those of c+. */
static __device__ __forceinline__ void
filter_backwards (const double *causal, double *out, int32_t n, int32_t first, int32_t end)
{
  int32_t i = end - 1 + WARM_UP;
  double  c = 0.0;

  if (i >= n - 1)
    {
      i = n - 1;
      c = last_coefficient (causal[n - 1], causal[n - 2]);
      if (end == n && first < n)
        out[n - 1] = c;
      i--;
    }
  for (; i >= first; i--)
    {
      c = POLE * (c - causal[i]);
      if (i < end)
        out[i] = c;
    }
}

static __device__ __forceinline__ double
weigh (const double *lines, int64_t step, const int32_t *taps, const double *weights)
{
  return weights[0] * lines[taps[0] * step] + weights[1] * lines[taps[1] * step] +
         weights[2] * lines[taps[2] * step] + weights[3] * lines[taps[3] * step];
}

struct Rows
{
  SagCudaBox        box;
  SagCudaSplineAxis axis;
  double            low;
  double            high;
  double           *out;
};

/* ROW_THREADS threads load, filter and interpolate a row; a block, as many rows as fit. */
template <typename Voxel>
static __global__ void
spline_rows (Rows job, const Voxel *voxels)
{
  SAG_SHARED (double, lines);
  int64_t      row = (int64_t) blockIdx.x * blockDim.y + threadIdx.y;
  int32_t      n = job.axis.n_in, t = threadIdx.x, piece = sag_ceil_div (n, ROW_THREADS) | 1;
  int32_t      first = t * piece < n ? t * piece : n, end = first + piece < n ? first + piece : n;
  double      *x = lines + (int64_t) threadIdx.y * 2 * n, *causal = x + n;
  bool         here = row < (int64_t) job.box.n[1] * job.box.n[2], filtered = !job.axis.on_samples;
  int64_t      j = job.box.first[1] + row % job.box.n[1], k = job.box.first[2] + row / job.box.n[1];
  const Voxel *from = voxels + (k * job.box.dims[1] + j) * job.box.dims[0] + job.box.first[0];

  for (int32_t i = t; i < n && here; i += ROW_THREADS)
    {
      double value = (double) from[i];

      value = value > job.low ? value : job.low; /* NaN too */
      x[i] = value < job.high ? value : job.high;
    }
  __syncthreads ();
  if (here && filtered && n > 1)
    filter_forwards (x, causal, n, first, end);
  __syncthreads ();
  if (here && filtered && n > 1)
    filter_backwards (causal, x, n, first, end);
  __syncthreads ();
  for (int32_t o = t; o < job.axis.n_inside && here; o += ROW_THREADS)
    job.out[row * job.axis.n_inside + o] =
      filtered ? weigh (x, 1, job.axis.taps + 4 * o, job.axis.weights + 4 * o)
               : x[job.axis.taps[4 * o]];
}

extern "C" int
sag_cuda_launch_spline_rows (const SagCudaBox        *box,
                             double                   low,
                             double                   high,
                             const SagCudaSplineAxis *axis,
                             double                  *out,
                             void                    *stream)
{
  Rows    job = { *box, *axis, low, high, out };
  int64_t n_rows = (int64_t) box->n[1] * box->n[2];
  size_t  row_bytes = 2 * sizeof (double) * axis->n_in;
  int32_t rows = row_bytes * MOST_ROWS <= MOST_SHARED / 2 ? MOST_ROWS : 1;
  dim3    block (ROW_THREADS, rows);

  if (n_rows == 0 || axis->n_inside == 0)
    return 0;
  if (box->is_float)
    return SAG_LAUNCH (spline_rows<float>, (unsigned) sag_ceil_div<int64_t> (n_rows, rows), block,
                       row_bytes * rows, stream, job, (const float *) box->voxels);
  return SAG_LAUNCH (spline_rows<int16_t>, (unsigned) sag_ceil_div<int64_t> (n_rows, rows), block,
                     row_bytes * rows, stream, job, (const int16_t *) box->voxels);
}

/* A thread filters a line of @n samples @step apart, in place; @step lines lie side by side. */
static __global__ void
spline_filter (double *lines, int32_t n, int64_t step, int64_t n_lines)
{
  int64_t at = (int64_t) blockIdx.x * THREADS + threadIdx.x;

  if (at >= n_lines)
    return;

  double *line = lines + at / step * n * step + at % step;
  double  c = first_causal (line, n, step), before = 0.0;

  line[0] = c;
  for (int32_t i = 1; i < n; i += AHEAD)
    {
      double x[AHEAD];

#pragma unroll
      for (int a = 0; a < AHEAD; a++)
        x[a] = i + a < n ? line[(i + a) * step] : 0.0;
#pragma unroll
      for (int a = 0; a < AHEAD; a++)
        if (i + a < n)
          {
            before = c;
            line[(i + a) * step] = c = x[a] + POLE * c;
          }
    }
  c = last_coefficient (c, before);
  line[(n - 1) * step] = c;
  for (int32_t i = n - 2; i >= 0; i -= AHEAD)
    {
      double x[AHEAD];

#pragma unroll
      for (int a = 0; a < AHEAD; a++)
        x[a] = i >= a ? line[(i - a) * step] : 0.0;
#pragma unroll
      for (int a = 0; a < AHEAD; a++)
        if (i >= a)
          line[(i - a) * step] = c = POLE * (c - x[a]);
    }
}

static int
launch_filter (
  double *lines, const SagCudaSplineAxis *axis, int64_t step, int64_t n_lines, void *stream)
{
  if (axis->on_samples || axis->n_in < 2 || n_lines == 0)
    return 0;
  return SAG_LAUNCH (spline_filter, (unsigned) sag_ceil_div<int64_t> (n_lines, THREADS), THREADS, 0,
                     stream, lines, axis->n_in, step, n_lines);
}

/* A thread makes an output: blocks are pieces of a row, outputs and planes. */
static __global__ void
spline_columns (const double *lines, int32_t width, SagCudaSplineAxis axis, double *out)
{
  int32_t x = blockIdx.x * THREADS + threadIdx.x, o = blockIdx.y;
  int64_t plane = blockIdx.z;

  if (x >= width)
    return;

  const double  *from = lines + plane * axis.n_in * width + x;
  const int32_t *taps = axis.taps + 4 * o;

  out[(plane * axis.n_inside + o) * width + x] =
    axis.on_samples ? from[(int64_t) taps[0] * width]
                    : weigh (from, width, taps, axis.weights + 4 * o);
}

extern "C" int
sag_cuda_launch_spline_columns (double                  *lines,
                                int32_t                  n_planes,
                                int32_t                  width,
                                const SagCudaSplineAxis *axis,
                                double                  *out,
                                void                    *stream)
{
  dim3 grid (sag_ceil_div (width, THREADS), axis->n_inside, n_planes);
  int  error = launch_filter (lines, axis, width, (int64_t) n_planes * width, stream);

  if (error != 0 || n_planes == 0 || width == 0 || axis->n_inside == 0)
    return error;
  return SAG_LAUNCH (spline_columns, grid, THREADS, 0, stream, lines, width, *axis, out);
}

/* To float32, clamped, then to a whole number: towards zero, or to the nearest, halves to even. */
static __device__ __forceinline__ int16_t
to_hounsfield (const SagCudaPlanes &job, double exact)
{
  float value = (float) exact;

  value = value < job.low ? job.low : value;
  value = value > job.high ? job.high : value;
  return (int16_t) (int32_t) (job.truncate ? value : rintf (value));
}

/* A thread makes a voxel: blocks are pieces of a row, rows and planes. */
static __global__ void
spline_planes (SagCudaPlanes job)
{
  int32_t i = blockIdx.x * THREADS + threadIdx.x, j = blockIdx.y, k = blockIdx.z;
  int16_t value = job.fill;

  if (i >= job.n[0])
    return;
  if (i < job.n_inside[0] && j < job.n_inside[1] && k < job.k.n_inside)
    {
      int64_t        step = (int64_t) job.n_inside[0] * job.n_inside[1];
      const double  *from = job.lines + (int64_t) j * job.n_inside[0] + i;
      const int32_t *taps = job.k.taps + 4 * k;

      value =
        to_hounsfield (job, job.k.on_samples ? from[taps[0] * step]
                                             : weigh (from, step, taps, job.k.weights + 4 * k));
    }
  job.out[((int64_t) k * job.n[1] + j) * job.n[0] + i] = value;
}

extern "C" int
sag_cuda_launch_spline_planes (const SagCudaPlanes *job, void *stream)
{
  int64_t step = (int64_t) job->n_inside[0] * job->n_inside[1];
  dim3    grid (sag_ceil_div (job->n[0], THREADS), job->n[1], job->k.n_out);
  int     error = launch_filter (job->lines, &job->k, step, step, stream);

  if (error != 0 || job->n[0] == 0 || job->n[1] == 0 || job->k.n_out == 0)
    return error;
  return SAG_LAUNCH (spline_planes, grid, THREADS, 0, stream, *job);
}
