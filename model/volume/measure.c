/* SPDX-License-Identifier: Apache-2.0 */
#include "model/volume/measure.h"

#include <math.h>

static double
dot (const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void
subtract (const double a[3], const double b[3], double out[3])
{
  for (int c = 0; c < 3; c++)
    out[c] = a[c] - b[c];
}

double
sag_measure_length_mm (const double a[3], const double b[3])
{
  double step[3];

  subtract (b, a, step);
  return sqrt (dot (step, step));
}

/* atan2 of sine and cosine, which is exact where acos loses half the digits: near 0 and 180. */
double
sag_measure_angle_degrees (const double a[3], const double vertex[3], const double b[3])
{
  double u[3], v[3], cross[3];

  subtract (a, vertex, u);
  subtract (b, vertex, v);
  if (dot (u, u) == 0 || dot (v, v) == 0)
    return NAN;
  for (int c = 0; c < 3; c++)
    cross[c] = u[(c + 1) % 3] * v[(c + 2) % 3] - u[(c + 2) % 3] * v[(c + 1) % 3];
  return atan2 (sqrt (dot (cross, cross)), dot (u, v)) * 180 / G_PI;
}

double
sag_measure_ellipse_area_mm2 (const SagMeasureEllipse *ellipse)
{
  return G_PI * sqrt (dot (ellipse->semi_axis_mm[0], ellipse->semi_axis_mm[0]) *
                      dot (ellipse->semi_axis_mm[1], ellipse->semi_axis_mm[1]));
}

/* Along each of the slice's two axes the first and last index that the ellipse can reach: the
 * index is linear in place, so over the ellipse it spans centre +- sqrt (gu^2 + gv^2). FALSE if it
 * reaches none. */
static gboolean
bounds (const SagGeometry       *grid,
        const SagMeasureEllipse *ellipse,
        const int                axis[2],
        int                      first[2],
        int                      last[2])
{
  double ras_to_ijk[3][4], centre[3];

  if (!sag_geometry_invert (grid, ras_to_ijk))
    return FALSE;
  sag_geometry_apply (ras_to_ijk, ellipse->centre_mm, centre);
  for (int s = 0; s < 2; s++)
    {
      const double *row = ras_to_ijk[axis[s]];
      double        reach =
        hypot (dot (row, ellipse->semi_axis_mm[0]), dot (row, ellipse->semi_axis_mm[1]));
      double low = ceil (centre[axis[s]] - reach - 1e-9);
      double high = floor (centre[axis[s]] + reach + 1e-9);

      if (!(low <= grid->dims[axis[s]] - 1) || !(high >= 0) || !(low <= high))
        return FALSE;
      first[s] = (int) fmax (low, 0);
      last[s] = (int) fmin (high, grid->dims[axis[s]] - 1);
    }
  return TRUE;
}

typedef struct
{
  double
    start[2]; /* place of voxel (0, 0) in the ellipse's own axes, where it is the unit circle */
  double step[2][2]; /* for one voxel along each of the slice's axes */
} Circle;

static void
circle_init (Circle                  *circle,
             const SagGeometry       *grid,
             const SagMeasureEllipse *ellipse,
             const int                axis[2],
             int                      through,
             int                      index)
{
  double ijk[3] = { 0 }, place[3];

  ijk[through] = index;
  sag_geometry_to_ras (grid, ijk, place);
  subtract (place, ellipse->centre_mm, place);
  for (int e = 0; e < 2; e++)
    {
      const double *semi = ellipse->semi_axis_mm[e];

      circle->start[e] = dot (place, semi) / dot (semi, semi);
      for (int s = 0; s < 2; s++)
        {
          double column[3];

          for (int c = 0; c < 3; c++)
            column[c] = grid->ijk_to_ras[c][axis[s]];
          circle->step[s][e] = dot (column, semi) / dot (semi, semi);
        }
    }
}

/* Welford's running mean and sum of squares, which does not cancel. */
static void
add (SagMeasureStatistics *statistics, double value)
{
  double before = value - statistics->mean;

  statistics->n_voxels++;
  statistics->mean += before / (double) statistics->n_voxels;
  statistics->sd += before * (value - statistics->mean);
  statistics->minimum = fmin (statistics->minimum, value);
  statistics->maximum = fmax (statistics->maximum, value);
}

static void
collect (const SagVoxels      *voxels,
         const Circle         *circle,
         const int             axis[2],
         gint64                origin,
         const int             first[2],
         const int             last[2],
         SagMeasureStatistics *statistics)
{
  for (int j = first[1]; j <= last[1]; j++)
    for (int i = first[0]; i <= last[0]; i++)
      {
        double u = circle->start[0] + i * circle->step[0][0] + j * circle->step[1][0];
        double v = circle->start[1] + i * circle->step[0][1] + j * circle->step[1][1];
        gint64 at = origin + i * voxels->stride[axis[0]] + j * voxels->stride[axis[1]];
        double value;

        if (u * u + v * v > 1)
          continue;
        value = voxels->scalar == SAG_SCALAR_INT16 ? ((const gint16 *) voxels->origin)[at]
                                                   : ((const float *) voxels->origin)[at];
        if (isfinite (value))
          add (statistics, value);
      }
}

gboolean
sag_measure_ellipse (const SagVolume         *volume,
                     int                      axis,
                     int                      index,
                     const SagMeasureEllipse *ellipse,
                     SagMeasureStatistics    *statistics)
{
  const int in_slice[2] = { (axis + 1) % 3, (axis + 2) % 3 };
  SagVoxels voxels;
  Circle    circle;
  int       first[2], last[2];

  g_return_val_if_fail (axis >= 0 && axis < 3, FALSE);

  *statistics = (SagMeasureStatistics){ .area_mm2 = sag_measure_ellipse_area_mm2 (ellipse),
                                        .minimum = INFINITY,
                                        .maximum = -INFINITY };
  sag_volume_view_ras (volume, &voxels);
  if (statistics->area_mm2 > 0 && isfinite (statistics->area_mm2) && index >= 0 &&
      index < voxels.geometry.dims[axis] &&
      bounds (&voxels.geometry, ellipse, in_slice, first, last))
    {
      circle_init (&circle, &voxels.geometry, ellipse, in_slice, axis, index);
      collect (&voxels, &circle, in_slice, index * voxels.stride[axis], first, last, statistics);
    }
  if (statistics->n_voxels == 0)
    statistics->mean = statistics->sd = statistics->minimum = statistics->maximum = NAN;
  else
    statistics->sd = sqrt (statistics->sd / (double) statistics->n_voxels);
  return statistics->area_mm2 > 0 && index >= 0 && index < voxels.geometry.dims[axis];
}
