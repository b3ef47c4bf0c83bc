/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cpu/train/source.h"

#include <string.h>

SagCpuSource
sag_cpu_source_map (const float *map, const int32_t dims[3], int32_t channels)
{
  return (SagCpuSource){
    .map = map,
    .dims = { dims[0], dims[1], dims[2] },
    .channels = channels,
    .row = (channels + 15) / 16 * 16,
  };
}

SagCpuSource
sag_cpu_source_image (const float *image, const int32_t dims[3])
{
  SagConvShape shape = sag_network_conv_shape (dims, 3, 2);
  SagCpuSource self = {
    .map = image,
    .channels = SAG_CPU_PATCH,
    .row = SAG_CPU_PATCH_ROW,
    .is_image = TRUE,
  };

  memcpy (self.dims, shape.out, sizeof self.dims);
  memcpy (self.image, dims, sizeof self.image);
  memcpy (self.before, shape.before, sizeof self.before);
  return self;
}

gsize
sag_cpu_source_scratch (const SagCpuSource *self)
{
  return self->is_image ? (gsize) self->dims[2] * SAG_CPU_PATCH_ROW : 0;
}

/* Three taps along z of every patch, from image row (@x, @y); outside the image there are zeros. */
static void
write_taps (const SagCpuSource *self, int32_t x, int32_t y, float *out)
{
  gboolean     inside = x >= 0 && x < self->image[0] && y >= 0 && y < self->image[1];
  const float *row = inside ? self->map + ((gsize) x * self->image[1] + y) * self->image[2] : NULL;

  for (int32_t z = 0; z < self->dims[2]; z++, out += SAG_CPU_PATCH_ROW)
    for (int32_t q = 0; q < 3; q++)
      {
        int32_t at = 2 * z - self->before[2] + q;

        out[q] = inside && at >= 0 && at < self->image[2] ? row[at] : 0;
      }
}

const float *
sag_cpu_source_row (const SagCpuSource *self, int32_t x, int32_t y, float *scratch)
{
  if (!self->is_image)
    return self->map + ((gsize) x * self->dims[1] + y) * self->dims[2] * self->row;
  for (int32_t r = 0; r < 9; r++)
    write_taps (self, 2 * x - self->before[0] + r / 3, 2 * y - self->before[1] + r % 3,
                scratch + 3 * r);
  for (int32_t z = 0; z < self->dims[2]; z++)
    memset (scratch + (gsize) z * SAG_CPU_PATCH_ROW + SAG_CPU_PATCH, 0,
            (SAG_CPU_PATCH_ROW - SAG_CPU_PATCH) * sizeof (float));
  return scratch;
}
