/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/statistics.h"

#include "model/mask/mask-private.h"

#include <math.h>

typedef struct
{
  double place[3];
  double sum;
  double sum2;
} Sums;

double
sag_mask_voxel_ml (const SagGeometry *geometry)
{
  const double (*u)[4] = geometry->ijk_to_ras;
  const double det = u[0][0] * (u[1][1] * u[2][2] - u[1][2] * u[2][1]) -
                     u[0][1] * (u[1][0] * u[2][2] - u[1][2] * u[2][0]) +
                     u[0][2] * (u[1][0] * u[2][1] - u[1][1] * u[2][0]);

  return fabs (det) / 1000;
}

static void
add_voxel (SagMaskStatistics *out, Sums *sums, const SagVolume *volume, const gint32 ijk[3])
{
  float value;

  for (int a = 0; a < 3; a++)
    sums->place[a] += ijk[a];
  if (volume == NULL)
    return;
  value = sag_volume_value (volume, ijk[0], ijk[1], ijk[2]);
  if (!isfinite (value))
    return;
  out->n_finite++;
  sums->sum += value;
  sums->sum2 += (double) value * value;
  out->minimum = MIN (out->minimum, value);
  out->maximum = MAX (out->maximum, value);
}

void
sag_mask_get_statistics (const SagMask     *mask,
                         const SagVolume   *volume,
                         SagMaskStatistics *statistics)
{
  const SagGeometry *grid = sag_mask_get_geometry (mask);
  SagMaskStatistics  out = { .mean = NAN, .sd = NAN, .minimum = INFINITY, .maximum = -INFINITY };
  Sums               sums = { 0 };
  gint64             n_model = 0;
  double             spacing[3];

  sag_mask_get_extent (mask, &out.box);
  sag_geometry_spacing_mm (grid, spacing);
  for (gint32 k = out.box.first[2]; k < out.box.end[2]; k++)
    for (gint32 j = out.box.first[1]; j < out.box.end[1]; j++)
      for (gint32 bi = out.box.first[0] / SAG_BRICK_SIDE; bi * SAG_BRICK_SIDE < out.box.end[0];
           bi++)
        {
          n_model += __builtin_popcount (sag_mask_row (mask, bi, j, k, TRUE));
          for (guint32 rest = sag_mask_row (mask, bi, j, k, FALSE); rest != 0; rest &= rest - 1)
            {
              const gint32 ijk[3] = { bi * SAG_BRICK_SIDE + __builtin_ctz (rest), j, k };

              out.n_voxels++;
              add_voxel (&out, &sums, volume, ijk);
            }
        }
  if (out.n_voxels > 0)
    {
      out.volume_ml = (double) out.n_voxels * sag_mask_voxel_ml (grid);
      out.model_share = (double) n_model / (double) out.n_voxels;
      for (int a = 0; a < 3; a++)
        {
          sums.place[a] /= (double) out.n_voxels;
          out.extent_mm[a] = (out.box.end[a] - out.box.first[a]) * spacing[a];
        }
      sag_geometry_to_ras (grid, sums.place, out.centre_mm);
    }
  if (out.n_finite > 0)
    {
      out.mean = sums.sum / (double) out.n_finite;
      out.sd = sqrt (MAX (sums.sum2 / (double) out.n_finite - out.mean * out.mean, 0));
    }
  else
    out.minimum = out.maximum = NAN;
  *statistics = out;
}
