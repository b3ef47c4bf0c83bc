/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/mask/mask.h"

G_BEGIN_DECLS

typedef enum
{
  SAG_BRUSH_DISC,
  SAG_BRUSH_BALL,
} SagBrushShape;

/**
 * SagBrush: what a stroke leaves behind: every voxel whose centre lies within @radius_mm of its
 * line, and always the voxel under the pointer. Distances are millimetres in the patient, whatever
 * the grid: anisotropic, oblique, sheared.
 * @axis: of a disc: the stored axis whose slices it lies in
 * @limits: a threshold brush has a volume and a range
 */
typedef struct
{
  SagBrushShape shape;
  double        radius_mm;
  int           axis;
  SagMaskMode   mode;
  SagMaskLimits limits;
} SagBrush;

/**
 * sag_brush_stroke: one piece of a stroke, without gaps whatever its length.
 * @from, @to: in RAS mm; equal for a click. A disc stays in the slice that @from is nearest to
 * @changed: (inout) (optional): grows by where voxels may have changed
 *
 * Returns: whether any did
 */
gboolean sag_brush_stroke (SagMaskEdit    *edit,
                           const SagBrush *brush,
                           const double    from[3],
                           const double    to[3],
                           SagMaskBox     *changed);

/**
 * sag_polygon_fill: voxels whose centres lie inside a closed outline (even-odd), through some slices.
 * @axis: the stored axis whose slices it lies in
 * @first, @last: slices along it
 * @points: (array length=2*n_points): indices along the two other axes, the lower one first; not
 *   rounded. A lasso is an outline with many points
 */
gboolean sag_polygon_fill (SagMaskEdit         *edit,
                           SagMaskMode          mode,
                           const SagMaskLimits *limits,
                           int                  axis,
                           gint32               first,
                           gint32               last,
                           const double        *points,
                           gsize                n_points,
                           SagMaskBox          *changed);

G_END_DECLS
