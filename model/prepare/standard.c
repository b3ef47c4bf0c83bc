/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/standard.h"

#include <math.h>

void
sag_standard_keep (SagStandard     *standard,
                   const SagVoxels *stored,
                   const gint32     low[3],
                   const gint32     high[3])
{
  SagVoxels *source = &standard->source;
  gint64     offset = 0;
  bool       flip[3];
  double     origin[3], index[3];

  *source = *stored;
  sag_geometry_nearest_axes (&source->geometry, standard->axis, flip);
  for (int a = 0; a < 3; a++)
    {
      standard->flip[a] = flip[a];
      standard->crop[a] = low[a];
      index[a] = low[a];
      offset += source->stride[a] * low[a];
    }
  sag_geometry_to_ras (&source->geometry, index, origin);
  for (int a = 0; a < 3; a++)
    {
      source->geometry.dims[a] = high[a] - low[a];
      source->geometry.ijk_to_ras[a][3] = origin[a];
    }
  if (source->scalar == SAG_SCALAR_INT16)
    source->origin = (const gint16 *) source->origin + offset;
  else
    source->origin = (const float *) source->origin + offset;
}

gint32
sag_standard_centre (gint32 n, gint32 n_box)
{
  return n < n_box ? -((n_box - n) / 2) : n / 2 - n_box / 2;
}

SagGeometry
sag_standard_geometry (const SagStandard *standard,
                       const gint32       start[3],
                       const double       factor[3],
                       const gint32       dims[3])
{
  const SagGeometry *source = &standard->source.geometry;
  SagGeometry        grid = { .dims = { dims[0], dims[1], dims[2] } };

  for (int r = 0; r < 3; r++)
    grid.ijk_to_ras[r][3] = source->ijk_to_ras[r][3];
  for (int a = 0; a < 3; a++)
    {
      int    s = standard->axis[a];
      double direction = standard->flip[a] ? -standard->step[s] : standard->step[s];
      double zero = standard->flip[a] ? standard->step[s] * (standard->dims[s] - 1) : 0;
      /* Half a voxel of this grid from the corner that it shares with standardised voxel start. */
      double first = standard->origin[s] + zero + direction * (start[a] - 0.5 + 0.5 * factor[a]);

      for (int r = 0; r < 3; r++)
        {
          /* Adding 0 keeps -0 out of files. */
          grid.ijk_to_ras[r][a] = source->ijk_to_ras[r][s] * direction * factor[a] + 0;
          grid.ijk_to_ras[r][3] += source->ijk_to_ras[r][s] * first;
        }
    }
  return grid;
}

SagGeometry
sag_standard_input_geometry (const SagStandard *standard,
                             const SagRecipe   *recipe,
                             const gint32       start[3])
{
  double factor[3];

  for (int a = 0; a < 3; a++)
    factor[a] = (double) recipe->box_mm[a] / recipe->input[a];
  return sag_standard_geometry (standard, start, factor, recipe->input);
}
