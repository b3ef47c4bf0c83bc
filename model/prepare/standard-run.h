/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/area.h"
#include "model/prepare/spline-axis.h"
#include "model/prepare/standard.h"

G_BEGIN_DECLS

/**
 * SagStandardPlan: how the network's input comes from the kept voxels, for who makes it elsewhere.
 * @covered: FALSE: nothing of the scan lies in the box, which is air, and nothing else is set
 * @splines: along the stored axes: the part of the standardised scan that lies in the box
 * @areas: along the stored axes, over that part
 * @stride: elements of the input from one output to the next along the stored axes
 * @origin: the element where output (0, 0, 0) of the stored axes goes
 */
typedef struct
{
  gboolean      covered;
  SagSplineAxis splines[3];
  SagAreaAxis   areas[3];
  gint64        stride[3];
  gint64        origin;
} SagStandardPlan;

/** sag_standard_plan_init: @box_start: as sag_standard_make_input() */
void sag_standard_plan_init (SagStandardPlan   *plan,
                             const SagStandard *standard,
                             const SagRecipe   *recipe,
                             const gint32       box_start[3]);
void sag_standard_plan_clear (SagStandardPlan *plan);

/**
 * sag_standard_make_input: the network's input from the box that starts at standardised voxel
 * @box_start.
 *
 * Only the part of the standardised scan that lies in the box is made, a few planes at a time.
 *
 * Returns: (transfer full): (x, y, z) float32, z fastest, from aligned_alloc(); NULL if cancelled
 */
float *sag_standard_make_input (const SagStandard *standard,
                                const SagRecipe   *recipe,
                                const gint32       box_start[3],
                                GCancellable      *cancellable,
                                GError           **error);

/**
 * sag_standard_make_volume: the standardised volume: @kept_dims voxels from @kept_start, air where
 * there is no scan.
 *
 * Errors: SAG_ERROR_LIMIT, G_IO_ERROR_CANCELLED
 */
SagVolume *
sag_standard_make_volume (const SagStandard *standard, GCancellable *cancellable, GError **error);

/**
 * sag_standard_pool_volume: the network's input from a standardised RAS volume.
 *
 * Returns: (transfer full): as sag_standard_make_input()
 */
float *
sag_standard_pool_volume (SagVolume *volume, const SagRecipe *recipe, const gint32 box_start[3]);

G_END_DECLS
