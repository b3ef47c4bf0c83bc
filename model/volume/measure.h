/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "model/volume/volume.h"

G_BEGIN_DECLS

/* Distances, angles and regions as a reader draws them. Points are RAS mm, so that millimetres are
 * true on every grid: anisotropic, oblique or sheared. */

/** sag_measure_length_mm: between two points. */
double sag_measure_length_mm (const double a[3], const double b[3]);

/** sag_measure_angle_degrees: at @vertex, 0..180; NaN if @a or @b lies on it. */
double sag_measure_angle_degrees (const double a[3], const double vertex[3], const double b[3]);

/**
 * SagMeasureEllipse: a flat region on one slice.
 * @centre_mm: its middle
 * @semi_axis_mm: from the middle to the ends of both axes; at right angles
 */
typedef struct
{
  double centre_mm[3];
  double semi_axis_mm[2][3];
} SagMeasureEllipse;

/**
 * SagMeasureStatistics: of the voxels whose centres lie inside a region, or on its line.
 * @n_voxels: how many; the values are NaN if there are none. Voxels that are not finite do not
 *   count
 * @area_mm2: of the region itself, not of the voxels
 * @sd: standard deviation over these voxels (divided by their number)
 */
typedef struct
{
  gint64 n_voxels;
  double area_mm2;
  double mean;
  double sd;
  double minimum;
  double maximum;
} SagMeasureStatistics;

double sag_measure_ellipse_area_mm2 (const SagMeasureEllipse *ellipse);

/**
 * sag_measure_ellipse: looks at slice @index along @axis of the canonical (R, A, S) grid. Voxel
 * centres are projected at right angles onto the ellipse's plane.
 *
 * Any thread.
 *
 * Returns: FALSE if there is no such slice, or the ellipse has no area; @statistics then holds no
 * voxels
 */
gboolean sag_measure_ellipse (const SagVolume         *volume,
                              int                      axis,
                              int                      index,
                              const SagMeasureEllipse *ellipse,
                              SagMeasureStatistics    *statistics);

G_END_DECLS
