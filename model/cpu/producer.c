/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/producer.h"

#include <string.h>

/* Row (@x, @y) of the padded image, @n values. Outside the image it is 0. */
static void
padded_image_row (const SagCpuProducer *self, int32_t x, int32_t y, float *out, gsize n)
{
  const int32_t *dims = self->image;
  gsize          before = self->before[2];
  gsize          end = MIN (before + dims[2], n);

  if (x < 0 || x >= dims[0] || y < 0 || y >= dims[1])
    {
      memset (out, 0, n * sizeof *out);
      return;
    }
  memset (out, 0, before * sizeof *out);
  memcpy (out + before, self->input + ((gsize) x * dims[1] + y) * dims[2],
          (end - before) * sizeof *out);
  memset (out + end, 0, (n - end) * sizeof *out);
}

static void
stem_row (
  const SagCpuProducer *self, int32_t block, int32_t x, int32_t y, float *out, float *scratch)
{
  gsize      n = 2 * (gsize) self->dims[2] + 1;
  SagCpuStem job = {
    .weights = self->weights + (gsize) block * 27 * SAG_CPU_LANES,
    .bias = self->bias + (gsize) block * SAG_CPU_LANES,
    .out = out,
    .n = self->dims[2],
  };

  for (int r = 0; r < 9; r++)
    {
      float *row = scratch + r * n;

      padded_image_row (self, 2 * x - self->before[0] + r / 3, 2 * y - self->before[1] + r % 3, row,
                        n);
      job.rows[r] = row;
    }
  self->kernels->stem_row (&job);
}

SagCpuProducer
sag_cpu_producer_stem (const SagCpuKernels *kernels,
                       const float         *image,
                       const int32_t        image_dims[3],
                       const float         *weights,
                       const float         *bias)
{
  SagConvShape   shape = sag_network_conv_shape (image_dims, 3, 2);
  SagCpuProducer self = {
    .row = stem_row,
    .kernels = kernels,
    .scratch_floats = 9 * (2 * (gsize) shape.out[2] + 1),
    .input = image,
    .weights = weights,
    .bias = bias,
  };

  memcpy (self.dims, shape.out, sizeof self.dims);
  memcpy (self.image, image_dims, sizeof self.image);
  memcpy (self.before, shape.before, sizeof self.before);
  return self;
}

static void
expand_row (
  const SagCpuProducer *self, int32_t block, int32_t x, int32_t y, float *out, float *scratch)
{
  gsize      voxel = ((gsize) x * self->dims[1] + y) * self->dims[2];
  SagCpuGemm job = {
    .a = self->input + voxel * self->channels,
    .a_row = self->channels,
    .a_block = 16,
    .panels = self->weights + (gsize) block * self->channels * SAG_CPU_LANES,
    .bias = self->bias + (gsize) block * SAG_CPU_LANES,
    .out = out,
    .out_row = SAG_CPU_LANES,
    .n_rows = self->dims[2],
    .n_columns = SAG_CPU_LANES,
    .k = self->channels,
    .act = SAG_CPU_ACT_SILU,
  };

  self->kernels->gemm (&job);
}

SagCpuProducer
sag_cpu_producer_expand (const SagCpuKernels *kernels,
                         const float         *input,
                         const int32_t        dims[3],
                         int32_t              channels,
                         const float         *weights,
                         const float         *bias)
{
  return (SagCpuProducer){
    .row = expand_row,
    .kernels = kernels,
    .dims = { dims[0], dims[1], dims[2] },
    .input = input,
    .channels = channels,
    .weights = weights,
    .bias = bias,
  };
}

static void
copy_row (
  const SagCpuProducer *self, int32_t block, int32_t x, int32_t y, float *out, float *scratch)
{
  gsize        voxel = ((gsize) x * self->dims[1] + y) * self->dims[2];
  int32_t      first = block * SAG_CPU_LANES;
  gsize        width = MIN (SAG_CPU_LANES, self->channels - first);
  const float *in = self->input + voxel * self->channels + first;

  for (int32_t z = 0; z < self->dims[2]; z++, in += self->channels, out += SAG_CPU_LANES)
    {
      memcpy (out, in, width * sizeof *out);
      memset (out + width, 0, (SAG_CPU_LANES - width) * sizeof *out);
    }
}

SagCpuProducer
sag_cpu_producer_copy (const float *input, const int32_t dims[3], int32_t channels)
{
  return (SagCpuProducer){
    .row = copy_row,
    .dims = { dims[0], dims[1], dims[2] },
    .input = input,
    .channels = channels,
  };
}
