/* SPDX-License-Identifier: Apache-2.0 */
#include "model/export/upstream-grid.h"

#include "model/core/error.h"
#include "model/core/pool.h"
#include "model/dataset/bin.h"

#include <math.h>

#define AIR_HU (-1024)

gboolean
sag_upstream_grid (const SagGeometry *stored, SagGeometry *grid, GError **error)
{
  const SagGeometry canonical = sag_geometry_to_canonical (stored);
  double            spacing[3], inverse[3][4];
  gboolean          sound = sag_geometry_invert (stored, inverse);

  *grid = canonical;
  sag_geometry_spacing_mm (&canonical, spacing);
  for (int a = 0; a < 3; a++)
    {
      const double n = floor (canonical.dims[a] * spacing[a] + 0.5);

      sound = sound && n <= SAG_BIN_MOST_SIDE;
      grid->dims[a] = sound ? (gint32) MAX (n, 1) : 1;
      for (int r = 0; r < 3; r++)
        grid->ijk_to_ras[r][a] = canonical.ijk_to_ras[r][a] / spacing[a];
    }
  if (!sound || sag_geometry_n_voxels (grid) > SAG_BIN_MOST_VOXELS)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_LIMIT,
                           "At 1 mm the scan would be larger than upstream reads. Are its voxels "
                           "given in micrometres?");
      return FALSE;
    }
  /* The corners stay where they are. */
  for (int r = 0; r < 3; r++)
    for (int a = 0; a < 3; a++)
      grid->ijk_to_ras[r][3] += 0.5 * (grid->ijk_to_ras[r][a] - canonical.ijk_to_ras[r][a]);
  return TRUE;
}

static float
sample_linear (const SagVolume *volume, const gint32 dims[3], const double ijk[3])
{
  gint32 low[3];
  double part[3], sum = 0;

  for (int a = 0; a < 3; a++)
    {
      const double place = CLAMP (ijk[a], 0, dims[a] - 1);

      low[a] = (gint32) MIN (floor (place), MAX (dims[a] - 2, 0));
      part[a] = place - low[a];
    }
  for (int corner = 0; corner < 8; corner++)
    {
      gint32 at[3];
      double weight = 1;

      for (int a = 0; a < 3; a++)
        {
          const int up = corner >> a & 1;

          at[a] = MIN (low[a] + up, dims[a] - 1);
          weight *= up ? part[a] : 1 - part[a];
        }
      if (weight > 0)
        sum += weight * sag_volume_value (volume, at[0], at[1], at[2]);
    }
  return (float) sum;
}

typedef struct
{
  const SagGeometry *from;
  const SagGeometry *to;
  SagVolume         *volume;
  const SagMask     *mask;
  gint16            *voxels;
  double             across[3][4]; /* from indices of one grid to the other's */
} Resampling;

static void
resample_slice (gsize item, guint worker, gpointer data)
{
  const Resampling  *job = data;
  const SagGeometry *to = job->to;
  gint16            *out = job->voxels + item * (gsize) to->dims[0] * (gsize) to->dims[1];

  for (gint32 j = 0; j < to->dims[1]; j++)
    for (gint32 i = 0; i < to->dims[0]; i++)
      {
        double ijk[3];
        float  value;

        sag_geometry_apply (job->across, (double[]){ i, j, (double) item }, ijk);
        if (job->mask != NULL)
          {
            *out++ = sag_mask_get (job->mask, (gint32) floor (ijk[0] + 0.5),
                                   (gint32) floor (ijk[1] + 0.5), (gint32) floor (ijk[2] + 0.5));
            continue;
          }
        value = sample_linear (job->volume, job->from->dims, ijk);
        *out++ =
          isfinite (value) ? (gint16) CLAMP (lrintf (value), G_MININT16, G_MAXINT16) : AIR_HU;
      }
}

SagVolume *
sag_upstream_resample (const SagGeometry *from,
                       const SagGeometry *to,
                       SagVolume         *volume,
                       const SagMask     *mask)
{
  Resampling job = {
    from, to, volume, mask, g_new (gint16, sag_geometry_n_voxels (to)), { { 0 } }
  };
  double inverse[3][4];

  if (!sag_geometry_invert (from, inverse))
    g_return_val_if_reached (NULL);
  sag_geometry_compose (inverse, to->ijk_to_ras, job.across);
  sag_pool_run (sag_pool_get_default (), (gsize) to->dims[2], resample_slice, &job);
  return sag_volume_new_int16 (to, job.voxels);
}
