/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/ribs.h"

#include <math.h>

#define N_STEPS 13

/* Sine and cosine of 15, 27.5 ... 165 degrees from posterior over lateral to anterior: written out,
 * so that no machine's own rounding moves a voxel. */
static const double rib_angle[N_STEPS][2] = {
  { 0.258819, 0.965926 },
  { 0.461749, 0.887011 },
  { 0.642788, 0.766044 },
  { 0.793353, 0.608761 },
  { 0.906308, 0.422618 },
  { 0.976296, 0.216440 },
  { 1, 0 },
  { 0.976296, -0.216440 },
  { 0.906308, -0.422618 },
  { 0.793353, -0.608761 },
  { 0.642788, -0.766044 },
  { 0.461749, -0.887011 },
  { 0.258819, -0.965926 },
};

void
sag_rib_cage_point (const SagRibCage *cage, guint rib, guint step, double side, double point[3])
{
  const double *centre = cage->centre, *radius = cage->radius;
  double        sine = rib_angle[step][0], cosine = rib_angle[step][1];
  double        z = cage->ribs[rib].z_mm - cage->ribs[rib].drop_mm * (1 - cosine) / 2;
  double        dz = z - centre[2];
  double        shrink = sqrt (1 - dz * dz / (radius[2] * radius[2]));
  double        q = cage->square * sine * sine * cosine * cosine;
  double        bulge = q > 0 ? sqrt ((1 - sqrt (1 - 4 * q)) / (2 * q)) : 1; /* of the square */

  point[0] = side * (radius[0] * shrink + cage->gap_mm) * bulge * sine;
  point[1] = centre[1] + cage->shear * dz - (radius[1] * shrink + cage->gap_mm) * bulge * cosine;
  point[2] = z;
}
