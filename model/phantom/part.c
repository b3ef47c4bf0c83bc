/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/part.h"

#include <math.h>
#include <string.h>

void
sag_part_get_bounds (const SagPart *part, double low[3], double high[3])
{
  for (guint a = 0; a < 3; a++)
    if (part->kind == SAG_SHAPE_CAPSULE)
      {
        double radius = MAX (part->radius[0], part->radius[1]);

        low[a] = MIN (part->centre[a], part->end[a]) - radius;
        high[a] = MAX (part->centre[a], part->end[a]) + radius;
      }
    else
      {
        double reach = part->radius[a] > 0 ? part->radius[a] : INFINITY;

        if (a == 1 && part->shear_y != 0)
          reach += part->radius[2] > 0 ? fabs (part->shear_y) * part->radius[2] : INFINITY;
        low[a] = part->centre[a] - reach;
        high[a] = part->centre[a] + reach;
      }
  for (guint p = 0; p < SAG_PART_MAX_PLANES; p++)
    for (guint a = 0; a < 3; a++)
      {
        const double *plane = part->planes[p];

        if (plane[(a + 1) % 3] != 0 || plane[(a + 2) % 3] != 0)
          continue;
        if (plane[a] > 0)
          high[a] = MIN (high[a], plane[3] / plane[a]);
        else if (plane[a] < 0)
          low[a] = MAX (low[a], plane[3] / plane[a]);
      }
}

/* What the loops over voxels need, divided and counted once. */
typedef struct
{
  const SagPart *part;
  double         inverse[3];
  double         axis[3];          /* of a capsule: from start to end */
  double         inverse_length_2; /* of a capsule: 1 / |axis|^2 */
  guint          n_planes;
} Prepared;

static void
prepare (Prepared *prepared, const SagPart *part)
{
  double length_2 = 0;

  *prepared = (Prepared){ .part = part };
  for (guint a = 0; a < 3; a++)
    {
      prepared->inverse[a] = part->radius[a] > 0 ? 1 / part->radius[a] : 0;
      prepared->axis[a] = part->end[a] - part->centre[a];
      length_2 += prepared->axis[a] * prepared->axis[a];
    }
  prepared->inverse_length_2 = length_2 > 0 ? 1 / length_2 : 0;
  for (guint p = 0; p < SAG_PART_MAX_PLANES; p++)
    if (part->planes[p][0] != 0 || part->planes[p][1] != 0 || part->planes[p][2] != 0)
      prepared->n_planes = p + 1;
}

static inline gboolean
in_ellipsoid (const Prepared *prepared, double x, double y, double z)
{
  const SagPart *part = prepared->part;
  double         dz = z - part->centre[2];
  double         u = (x - part->centre[0]) * prepared->inverse[0];
  double         v = (y - part->centre[1] - part->shear_y * dz) * prepared->inverse[1];
  double         w = dz * prepared->inverse[2];

  u *= u;
  v *= v;
  return u <= 1 && v <= 1 && u + v - part->square * u * v + w * w <= 1;
}

static inline gboolean
in_capsule (const Prepared *prepared, double x, double y, double z)
{
  const SagPart *part = prepared->part;
  const double  *axis = prepared->axis;
  double         px = x - part->centre[0], py = y - part->centre[1], pz = z - part->centre[2];
  double         t = (px * axis[0] + py * axis[1] + pz * axis[2]) * prepared->inverse_length_2;
  double         radius;

  t = CLAMP (t, 0, 1);
  px -= t * axis[0];
  py -= t * axis[1];
  pz -= t * axis[2];
  radius = part->radius[0] + t * (part->radius[1] - part->radius[0]);
  return px * px + py * py + pz * pz <= radius * radius;
}

static inline gboolean
in_planes (const Prepared *prepared, double x, double y, double z)
{
  for (guint p = 0; p < prepared->n_planes; p++)
    {
      const double *plane = prepared->part->planes[p];

      if (plane[0] * x + plane[1] * y + plane[2] * z > plane[3])
        return FALSE;
    }
  return TRUE;
}

static inline gboolean
may_cover (const SagPart *part, guint8 label)
{
  if (part->over[0] == 0)
    return TRUE;
  for (guint o = 0; o < SAG_PART_MAX_OVER && part->over[o] != 0; o++)
    if (part->over[o] == label)
      return TRUE;
  return FALSE;
}

void
sag_part_paint (const SagPart *part,
                gsize          n,
                const double  *x,
                const double  *y,
                const double  *z,
                guint8        *labels,
                guint8        *tissues)
{
  Prepared prepared;

  prepare (&prepared, part);
  for (gsize i = 0; i < n; i++)
    {
      gboolean inside = part->kind == SAG_SHAPE_ELLIPSOID
                          ? in_ellipsoid (&prepared, x[i], y[i], z[i])
                          : in_capsule (&prepared, x[i], y[i], z[i]);

      if (!inside || !in_planes (&prepared, x[i], y[i], z[i]) || !may_cover (part, labels[i]))
        continue;
      tissues[i] = part->tissue;
      if (part->label != SAG_PART_KEEP_LABEL)
        labels[i] = part->label;
    }
}
