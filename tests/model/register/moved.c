/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/register/moved.h"

#include <math.h>

void
sag_test_motion (const double degrees[3], const double shift_mm[3], double motion[3][4])
{
  double turn[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };

  for (guint a = 0; a < 3; a++)
    {
      guint  b = (a + 1) % 3, c = (a + 2) % 3;
      double cosine = cos (degrees[a] * (G_PI / 180)), sine = sin (degrees[a] * (G_PI / 180));

      for (guint column = 0; column < 3; column++)
        {
          double u = turn[b][column], v = turn[c][column];

          turn[b][column] = cosine * u - sine * v;
          turn[c][column] = sine * u + cosine * v;
        }
    }
  for (guint a = 0; a < 3; a++)
    {
      for (guint b = 0; b < 3; b++)
        motion[a][b] = turn[a][b];
      motion[a][3] = shift_mm[a];
    }
}

SagVolume *
sag_test_move (SagVolume *volume, const double motion[3][4])
{
  SagGeometry   moved = *sag_volume_get_geometry (volume);
  const gint16 *voxels = sag_volume_get_int16 (volume);
  gsize         n = (gsize) sag_geometry_n_voxels (&moved);

  sag_geometry_compose (motion, sag_volume_get_geometry (volume)->ijk_to_ras, moved.ijk_to_ras);
  return sag_volume_new_int16 (&moved, g_memdup2 (voxels, n * sizeof *voxels));
}

SagPhantom *
sag_test_phantom (SagPhantomOptions options)
{
  SagPhantom *phantom;

  options.anatomical = TRUE;
  for (guint a = 0; a < 3; a++)
    if (options.spacing_mm[a] == 0)
      options.spacing_mm[a] = 2.5;
  phantom = sag_phantom_new (&options);
  g_assert_nonnull (phantom);
  return phantom;
}

double
sag_test_furthest_mm (const double a[3][4], const double b[3][4])
{
  double furthest = 0;

  for (guint c = 0; c < 8; c++)
    {
      const double corner[3] = { c & 1 ? 140 : -140, c & 2 ? 90 : -90, c & 4 ? 140 : -140 };
      double       at[2][3], distance = 0;

      sag_geometry_apply (a, corner, at[0]);
      sag_geometry_apply (b, corner, at[1]);
      for (guint i = 0; i < 3; i++)
        distance += (at[0][i] - at[1][i]) * (at[0][i] - at[1][i]);
      furthest = MAX (furthest, sqrt (distance));
    }
  return furthest;
}
