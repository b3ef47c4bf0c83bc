/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/solid.h"

#include "model/phantom/wave.h"

#include <math.h>

#define ROUGH_WAVE_MM 25
#define MOTTLE_WAVE_MM 9

/* What is not listed is SAG_OVER_OTHER. */
static const guint16 classes[256] = {
  [SAG_PHANTOM_BACKGROUND] = SAG_OVER_OUTSIDE,
  [SAG_PHANTOM_LUNG_UPPER_LOBE_LEFT] = SAG_OVER_UPPER_LEFT,
  [SAG_PHANTOM_LUNG_LOWER_LOBE_LEFT] = SAG_OVER_LOWER_LEFT,
  [SAG_PHANTOM_LUNG_UPPER_LOBE_RIGHT] = SAG_OVER_UPPER_RIGHT,
  [SAG_PHANTOM_LUNG_MIDDLE_LOBE_RIGHT] = SAG_OVER_MIDDLE_RIGHT,
  [SAG_PHANTOM_LUNG_LOWER_LOBE_RIGHT] = SAG_OVER_LOWER_RIGHT,
  [SAG_PHANTOM_TRACHEA] = SAG_OVER_AIRWAY,
  [SAG_PHANTOM_SPINE... 50] = SAG_OVER_BONE,
  [SAG_PHANTOM_HEART] = SAG_OVER_HEART,
  [SAG_PHANTOM_HUMERUS_LEFT... SAG_PHANTOM_CLAVICLE_RIGHT] = SAG_OVER_BONE,
  [SAG_PHANTOM_RIB_LEFT_1... SAG_PHANTOM_STERNUM] = SAG_OVER_BONE,
  [SAG_PHANTOM_BODY] = SAG_OVER_SOFT,
};

guint16
sag_over_of_organ (guint8 organ)
{
  return classes[organ] != 0 ? classes[organ] : SAG_OVER_OTHER;
}

static inline gboolean
may_cover (const SagSolid *solid, guint8 organ)
{
  guint16 class = classes[organ];

  return solid->over == 0 || (solid->over & (class != 0 ? class : SAG_OVER_OTHER)) != 0;
}

static double
get_grow (const SagSolid *solid)
{
  return solid->grow > 0 ? solid->grow : 1;
}

static void
ellipsoid_bounds (const SagSolid *solid, double low[3], double high[3])
{
  double grow = get_grow (solid) + solid->rough;

  for (guint a = 0; a < 3; a++)
    {
      double reach = 0;

      if (solid->turned)
        for (guint b = 0; b < 3; b++)
          reach += fabs (solid->axes[b][a]) * solid->radius[b] * grow;
      else
        reach = solid->radius[a] > 0 ? solid->radius[a] * grow : INFINITY;
      if (a == 1 && solid->shear_y != 0)
        reach += solid->radius[2] > 0 ? fabs (solid->shear_y) * solid->radius[2] * grow : INFINITY;
      low[a] = solid->centre[a] - (solid->inverted ? INFINITY : reach);
      high[a] = solid->centre[a] + (solid->inverted ? INFINITY : reach);
    }
}

void
sag_solid_get_bounds (const SagSolid *solid, double voxel_mm, double low[3], double high[3])
{
  if (solid->kind == SAG_SOLID_CAPSULE)
    {
      double radius = MAX (solid->radius[0], solid->radius[1]) + (solid->fine ? voxel_mm : 0);

      for (guint a = 0; a < 3; a++)
        {
          low[a] = MIN (solid->centre[a], solid->end[a]) - radius;
          high[a] = MAX (solid->centre[a], solid->end[a]) + radius;
        }
    }
  else
    ellipsoid_bounds (solid, low, high);
  for (guint p = 0; p < SAG_SOLID_MAX_PLANES; p++)
    for (guint a = 0; a < 3; a++)
      {
        const double *plane = solid->planes[p];

        if (plane[(a + 1) % 3] != 0 || plane[(a + 2) % 3] != 0)
          continue;
        if (plane[a] > 0)
          high[a] = MIN (high[a], plane[3] / plane[a]);
        else if (plane[a] < 0)
          low[a] = MAX (low[a], plane[3] / plane[a]);
      }
}

static inline void
to_own_axes (const SagSolid *solid, double x, double y, double z, double own[3])
{
  double p[3] = { x - solid->centre[0], y - solid->centre[1], z - solid->centre[2] };

  p[1] -= solid->shear_y * p[2];
  for (guint a = 0; a < 3; a++)
    own[a] = solid->turned
               ? solid->axes[a][0] * p[0] + solid->axes[a][1] * p[1] + solid->axes[a][2] * p[2]
               : p[a];
}

/* u^2 + v^2 - square u^2 v^2 + w^2; outside of the square it is more than 4. */
static inline double
ellipsoid_value (const SagSolid *solid, const double inverse[3], double x, double y, double z)
{
  double own[3], u, v, w;

  to_own_axes (solid, x, y, z, own);
  u = own[0] * inverse[0];
  v = own[1] * inverse[1];
  w = own[2] * inverse[2];
  u *= u;
  v *= v;
  if (solid->square > 0 && (u > 1 || v > 1))
    return 4 + u + v + w * w;
  return u + v - solid->square * u * v + w * w;
}

static void
invert_radii (const SagSolid *solid, double grow, double inverse[3])
{
  for (guint a = 0; a < 3; a++)
    inverse[a] = solid->radius[a] > 0 ? 1 / (solid->radius[a] * grow) : 0;
}

double
sag_solid_measure (const SagSolid *solid, guint64 seed, const double point[3])
{
  double inverse[3], reach;

  invert_radii (solid, 1, inverse);
  reach = sqrt (ellipsoid_value (solid, inverse, point[0], point[1], point[2]));
  if (solid->rough > 0)
    reach -= solid->rough * sag_wave (seed, ROUGH_WAVE_MM, point[0], point[1], point[2]);
  return reach;
}

static inline gboolean
in_planes (const SagSolid *solid, guint n_planes, double x, double y, double z)
{
  for (guint p = 0; p < n_planes; p++)
    {
      const double *plane = solid->planes[p];

      if (plane[0] * x + plane[1] * y + plane[2] * z > plane[3])
        return FALSE;
    }
  return TRUE;
}

static guint
count_planes (const SagSolid *solid)
{
  guint n = 0;

  for (guint p = 0; p < SAG_SOLID_MAX_PLANES; p++)
    if (solid->planes[p][0] != 0 || solid->planes[p][1] != 0 || solid->planes[p][2] != 0)
      n = p + 1;
  return n;
}

static inline void
put (const SagSolid *solid, const SagRow *row, gsize i, float share)
{
  float hu = solid->hu + solid->hu_slope_y * (float) (row->y[i] - solid->centre[1]);

  if (solid->mottle > 0)
    hu +=
      solid->mottle * (float) sag_wave (row->seed, MOTTLE_WAVE_MM, row->x[i], row->y[i], row->z[i]);

  if (solid->blend == SAG_BLEND_COVER)
    row->hu[i] += share * (hu - row->hu[i]);
  else if (solid->blend == SAG_BLEND_ADD)
    row->hu[i] += share * hu;
}

static inline void
name (const SagSolid *solid, const SagRow *row, gsize i)
{
  if (solid->label != SAG_SOLID_KEEP)
    row->labels[i] = solid->label;
  if (solid->organ != SAG_SOLID_KEEP)
    row->organs[i] = solid->organ;
}

#define BLOCK 128

/* Up to 1 in an ellipsoid along the axes: without branches, for the compiler to take two voxels at a time. */
static void
measure_block (const SagSolid *solid,
               const double    inverse[3],
               const double   *x,
               const double   *y,
               const double   *z,
               gsize           n,
               double         *value)
{
  const double cx = solid->centre[0], cy = solid->centre[1], cz = solid->centre[2];
  const double ix = inverse[0], iy = inverse[1], iz = inverse[2];
  const double shear = solid->shear_y, square = solid->square;

  for (gsize i = 0; i < n; i++)
    {
      double dz = z[i] - cz, u = (x[i] - cx) * ix, v = (y[i] - cy - shear * dz) * iy, w = dz * iz;
      double most, all;

      u *= u;
      v *= v;
      all = u + v - square * u * v + w * w;
      most = u > v ? u : v; /* the square's corners */
      value[i] = most > all ? most : all;
    }
}

/* The same of any ellipsoid. */
static void
measure_block_slowly (const SagSolid *solid,
                      const double    inverse[3],
                      const SagRow   *row,
                      gsize           from,
                      gsize           n,
                      double         *value)
{
  for (gsize i = 0; i < n; i++)
    {
      const double point[3] = { row->x[from + i], row->y[from + i], row->z[from + i] };

      if (!may_cover (solid, row->organs[from + i]))
        value[i] = 2;
      else if (solid->rough > 0)
        value[i] = sag_solid_measure (solid, row->seed, point) / get_grow (solid);
      else
        value[i] = ellipsoid_value (solid, inverse, point[0], point[1], point[2]);
    }
}

static void
paint_ellipsoid (const SagSolid *solid, const SagRow *row, gsize from, gsize to)
{
  guint  n_planes = count_planes (solid);
  double value[BLOCK];
  double inverse[3];

  invert_radii (solid, get_grow (solid), inverse);
  for (gsize start = from; start < to; start += BLOCK)
    {
      gsize n = MIN (to - start, BLOCK);

      if (solid->rough > 0 || solid->turned)
        measure_block_slowly (solid, inverse, row, start, n, value);
      else
        measure_block (solid, inverse, row->x + start, row->y + start, row->z + start, n, value);
      for (gsize b = 0; b < n; b++)
        {
          gsize i = start + b;

          if ((value[b] <= 1) == solid->inverted || !may_cover (solid, row->organs[i]))
            continue;
          if (solid->blend == SAG_BLEND_ADD && row->labels[i] == solid->label)
            continue; /* added once */
          if (!in_planes (solid, n_planes, row->x[i], row->y[i], row->z[i]))
            continue;
          put (solid, row, i, 1);
          name (solid, row, i);
        }
    }
}

static void
paint_capsule (const SagSolid *solid, const SagRow *row, gsize from, gsize to)
{
  guint  n_planes = count_planes (solid);
  double axis[3], length_2 = 0, inverse_length_2;

  for (guint a = 0; a < 3; a++)
    {
      axis[a] = solid->end[a] - solid->centre[a];
      length_2 += axis[a] * axis[a];
    }
  inverse_length_2 = length_2 > 0 ? 1 / length_2 : 0;
  for (gsize i = from; i < to; i++)
    {
      double x = row->x[i], y = row->y[i], z = row->z[i];
      double px = x - solid->centre[0], py = y - solid->centre[1], pz = z - solid->centre[2];
      double t = (px * axis[0] + py * axis[1] + pz * axis[2]) * inverse_length_2, radius,
             distance_2;
      double share = 1;

      t = CLAMP (t, 0, 1);
      px -= t * axis[0];
      py -= t * axis[1];
      pz -= t * axis[2];
      radius = solid->radius[0] + t * (solid->radius[1] - solid->radius[0]);
      distance_2 = px * px + py * py + pz * pz;
      if (distance_2 > (radius + row->voxel_mm) * (radius + row->voxel_mm))
        continue;
      if (!may_cover (solid, row->organs[i]))
        continue;
      if (!in_planes (solid, n_planes, x, y, z))
        continue;
      if (solid->fine)
        {
          double half = row->voxel_mm / 2, wide = MAX (radius, half);

          share = (wide - sqrt (distance_2)) / row->voxel_mm + 0.5;
          share = CLAMP (share, 0, 1);
          if (radius < half)
            share *= radius * radius / (half * half);
          put (solid, row, i, (float) share);
          radius = wide;
        }
      if (distance_2 > radius * radius)
        continue;
      if (!solid->fine)
        put (solid, row, i, 1);
      name (solid, row, i);
    }
}

void
sag_solid_paint (const SagSolid *solid, const SagRow *row, gsize from, gsize to)
{
  if (solid->kind == SAG_SOLID_CAPSULE)
    paint_capsule (solid, row, from, to);
  else
    paint_ellipsoid (solid, row, from, to);
}
