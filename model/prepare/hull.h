/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/prepare/components.h"

G_BEGIN_DECLS

/** SagExtent: the points of one row have coordinates @low .. @end - 1; all 0 if there are none. */
typedef struct
{
  gint32 low;
  gint32 end;
} SagExtent;

/**
 * sag_hull_measure: the convex hull of points with integer coordinates, given as the extents of
 * rows 0 .. n_rows - 1.
 * @area: of the polygon through the outermost points; 0 if they lie on one line
 * @centroid: row and coordinate of the polygon's centroid; untouched where @area is 0
 */
void sag_hull_measure (const SagExtent *rows, gsize n_rows, double *area, double centroid[2]);

/**
 * sag_hull_find_centre: convex hulls of a component's slices, their centroids averaged with their
 * areas as weights.
 * @dims: of the grid that was labelled
 * @axis: slices are taken across this stored axis
 * @centre: stored indices of the two other axes are set
 *
 * Returns: FALSE if no slice has an area
 */
gboolean sag_hull_find_centre (
  const SagComponents *components, guint32 label, const gint32 dims[3], int axis, double centre[3]);

G_END_DECLS
