/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

/**
 * SagMaskStatistics: what stands beside a mask's name.
 * @n_voxels: how many; the other values are 0, and means NaN, if there are none
 * @volume_ml: their volume
 * @model_share: 0..1: how many of them came from a model
 * @n_finite: voxels with a finite value; mean, sd, minimum and maximum (HU) are theirs
 * @extent_mm: edges of the smallest box along the stored axes
 * @centre_mm: RAS
 */
typedef struct
{
  gint64     n_voxels;
  double     volume_ml;
  double     model_share;
  gint64     n_finite;
  double     mean;
  double     sd;
  double     minimum;
  double     maximum;
  SagMaskBox box;
  double     extent_mm[3];
  double     centre_mm[3];
} SagMaskStatistics;

/** sag_mask_get_statistics: @volume (nullable) must have the mask's dims. Any thread. */
void sag_mask_get_statistics (const SagMask     *mask,
                              const SagVolume   *volume,
                              SagMaskStatistics *statistics);

/** sag_mask_voxel_ml: the volume of one voxel; of sheared grids, too. */
double sag_mask_voxel_ml (const SagGeometry *geometry);

G_END_DECLS
