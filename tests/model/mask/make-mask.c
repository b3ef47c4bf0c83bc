/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/model/mask/make-mask.h"

#include <math.h>

SagGeometry
make_grid (double shear)
{
  const double turn = 0.3, spacing[3] = { 0.7, 1.1, 2.5 };
  SagGeometry  grid = { .dims = { 71, 45, 37 } };
  double       axes[3][3] = { { 0, -cos (turn), sin (turn) },
                              { 1, 0, 0 },
                              { 0, -sin (turn), -cos (turn) } };

  for (int c = 0; c < 3; c++)
    {
      axes[1][c] += shear * axes[0][c];
      for (int a = 0; a < 3; a++)
        grid.ijk_to_ras[c][a] = axes[a][c] * spacing[a];
      grid.ijk_to_ras[c][3] = 5.0 * c - 3;
    }
  return grid;
}

SagMask *
make_mask (const SagGeometry *grid, double share, GRand *random)
{
  g_autoptr (SagMask) empty = sag_mask_new (grid);
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (empty);

  for (gint32 k = 0; k < grid->dims[2]; k++)
    for (gint32 j = 0; j < grid->dims[1]; j++)
      for (gint32 i = 0; i < grid->dims[0]; i++)
        if (g_rand_double (random) < share)
          sag_mask_edit_span (edit,
                              g_rand_boolean (random) ? SAG_MASK_PAINT : SAG_MASK_PAINT_AS_MODEL,
                              NULL, i, i, j, k);
  return sag_mask_edit_snapshot (edit);
}

SagVolume *
make_volume (const SagGeometry *grid, GRand *random)
{
  const gsize n = (gsize) sag_geometry_n_voxels (grid);
  gint16     *voxels = g_new (gint16, n);

  for (gsize v = 0; v < n; v++)
    voxels[v] = (gint16) g_rand_int_range (random, -1000, 1000);
  return sag_volume_new_int16 (grid, voxels);
}
