/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/network/network.h"

#include <glib.h>

G_BEGIN_DECLS

/** Channels of a patch of the image, 3 x 3 x 3, and what a row of them takes. */
#define SAG_CPU_PATCH 27
#define SAG_CPU_PATCH_ROW 32

/**
 * SagCpuSource: what a block's first linear map reads, one row of voxels along z after the other: a stored map, or
 * the patches of an image under the stem's kernel. So the stem is an expansion of 27 channels like any other.
 * @map: (dims, row), channels beyond @channels are 0; or the image, (image), z fastest
 * @dims: voxels of the rows that it gives
 * @row: floats from one voxel to the next
 */
typedef struct
{
  const float *map;
  int32_t      dims[3];
  int32_t      channels;
  int32_t      row;
  gboolean     is_image;
  int32_t      image[3];
  int32_t      before[3];
} SagCpuSource;

SagCpuSource sag_cpu_source_map (const float *map, const int32_t dims[3], int32_t channels);
SagCpuSource sag_cpu_source_image (const float *image, const int32_t dims[3]);

/** sag_cpu_source_scratch: floats that sag_cpu_source_row() may need. */
gsize sag_cpu_source_scratch (const SagCpuSource *self);

/** sag_cpu_source_row: (dims[2], row): the voxels of row (@x, @y), maybe in @scratch. */
const float *sag_cpu_source_row (const SagCpuSource *self, int32_t x, int32_t y, float *scratch);

G_END_DECLS
