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

/* The patch of voxel @z. @rows: (9) image rows, NULL outside the image, where there are zeros. */
static void
write_patch (const SagCpuSource *self, const float *const rows[9], int32_t z, float *out)
{
  for (int32_t r = 0; r < 9; r++)
    for (int32_t q = 0; q < 3; q++)
      {
        int32_t at = 2 * z - self->before[2] + q;

        out[3 * r + q] = rows[r] != NULL && at >= 0 && at < self->image[2] ? rows[r][at] : 0;
      }
  memset (out + SAG_CPU_PATCH, 0, (SAG_CPU_PATCH_ROW - SAG_CPU_PATCH) * sizeof (float));
}

/* The same where all rows and four values of each are inside: the fourth is overwritten by the next row. */
static void
write_inner_patch (const float *const rows[9], gsize at, float *out)
{
  for (int32_t r = 0; r < 9; r++)
    memcpy (out + 3 * r, rows[r] + at, 4 * sizeof (float));
  memset (out + SAG_CPU_PATCH, 0, (SAG_CPU_PATCH_ROW - SAG_CPU_PATCH) * sizeof (float));
}

/* FALSE when some of them lie outside. */
static gboolean
find_rows (const SagCpuSource *self, int32_t x, int32_t y, const float *rows[9])
{
  gboolean all = TRUE;

  for (int32_t r = 0; r < 9; r++)
    {
      int32_t  at_x = 2 * x - self->before[0] + r / 3, at_y = 2 * y - self->before[1] + r % 3;
      gboolean inside = at_x >= 0 && at_x < self->image[0] && at_y >= 0 && at_y < self->image[1];

      rows[r] = inside ? self->map + ((gsize) at_x * self->image[1] + at_y) * self->image[2] : NULL;
      all = all && inside;
    }
  return all;
}

const float *
sag_cpu_source_row (const SagCpuSource *self, int32_t x, int32_t y, float *scratch)
{
  const float *rows[9];
  gboolean     all;

  if (!self->is_image)
    return self->map + ((gsize) x * self->dims[1] + y) * self->dims[2] * self->row;
  all = find_rows (self, x, y, rows);
  for (int32_t z = 0; z < self->dims[2]; z++)
    {
      int32_t at = 2 * z - self->before[2];
      float  *out = scratch + (gsize) z * SAG_CPU_PATCH_ROW;

      if (all && at >= 0 && at + 3 < self->image[2])
        write_inner_patch (rows, at, out);
      else
        write_patch (self, rows, z, out);
    }
  return scratch;
}
