/* SPDX-License-Identifier: Apache-2.0 */
#include "model/register/register.h"

#include "model/core/error.h"
#include "model/core/pool.h"

#include <math.h>

#define AIR_HU (-1024)

typedef struct
{
  SagVoxels     from;
  SagGeometry   to;
  double        ijk_to_ijk[3][4]; /* voxels of the result to those of the prior */
  gint16       *shorts;           /* one of them */
  float        *floats;
  GCancellable *cancellable;
} Resample;

/* Between eight voxels; up to half a voxel beyond the outermost they count on. */
static double
sample (const SagVoxels *from, const double ijk[3])
{
  gsize  corner = 0, beside[3];
  double part[3], value = 0;

  for (guint a = 0; a < 3; a++)
    {
      gint32 n = from->geometry.dims[a], low;
      double at = ijk[a];

      if (!(at >= -0.5 && at <= n - 0.5))
        return AIR_HU;
      at = CLAMP (at, 0, n - 1);
      low = MIN ((gint32) at, MAX (n - 2, 0));
      part[a] = at - low;
      corner += low * (gsize) from->stride[a];
      beside[a] = n > 1 ? (gsize) from->stride[a] : 0;
    }
  for (guint c = 0; c < 8; c++)
    {
      gsize at =
        corner + (c & 1 ? beside[0] : 0) + (c & 2 ? beside[1] : 0) + (c & 4 ? beside[2] : 0);
      double weight = (c & 1 ? part[0] : 1 - part[0]) * (c & 2 ? part[1] : 1 - part[1]) *
                      (c & 4 ? part[2] : 1 - part[2]);

      if (weight > 0)
        value += weight * (from->scalar == SAG_SCALAR_INT16 ? ((const gint16 *) from->origin)[at]
                                                            : ((const float *) from->origin)[at]);
    }
  return value;
}

static void
resample_plane (gsize item, guint worker, gpointer data)
{
  const Resample *job = data;
  const gint32   *dims = job->to.dims;
  gsize           out = item * dims[0] * dims[1];

  if (g_cancellable_is_cancelled (job->cancellable))
    return;
  for (gint32 j = 0; j < dims[1]; j++)
    {
      const double ijk[3] = { 0, j, (double) item };
      double       first[3], at[3];

      sag_geometry_apply (job->ijk_to_ijk, ijk, first);
      for (gint32 i = 0; i < dims[0]; i++, out++)
        {
          double value;

          for (guint a = 0; a < 3; a++)
            at[a] = first[a] + i * job->ijk_to_ijk[a][0];
          value = sample (&job->from, at);
          if (job->shorts != NULL)
            job->shorts[out] = (gint16) lrint (value);
          else
            job->floats[out] = (float) value;
        }
    }
}

SagVolume *
sag_register_resample (SagVolume         *prior,
                       const SagGeometry *current,
                       const double       prior_to_current[3][4],
                       GCancellable      *cancellable,
                       GError           **error)
{
  Resample    job = { .to = *current, .cancellable = cancellable };
  gsize       n_voxels = (gsize) sag_geometry_n_voxels (current);
  SagGeometry moved;
  double      to_ijk[3][4];
  gpointer    voxels;

  g_return_val_if_fail (prior != NULL && current != NULL, NULL);

  sag_volume_view_stored (prior, &job.from);
  moved = job.from.geometry;
  sag_geometry_compose (prior_to_current, job.from.geometry.ijk_to_ras, moved.ijk_to_ras);
  if (!sag_geometry_invert (&moved, to_ijk))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                           "The earlier scan cannot be laid on the other: its grid is flat.");
      return NULL;
    }
  sag_geometry_compose (to_ijk, current->ijk_to_ras, job.ijk_to_ijk);
  voxels = g_try_malloc_n (n_voxels, job.from.scalar == SAG_SCALAR_INT16 ? 2 : 4);
  if (voxels == NULL)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_LIMIT,
        "There is no memory for the aligned scan of %d x %d x %d voxels; close other scans.",
        current->dims[0], current->dims[1], current->dims[2]);
      return NULL;
    }
  if (job.from.scalar == SAG_SCALAR_INT16)
    job.shorts = voxels;
  else
    job.floats = voxels;
  sag_pool_run (sag_pool_get_default (), current->dims[2], resample_plane, &job);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_free (voxels);
      return NULL;
    }
  return job.shorts != NULL ? sag_volume_new_int16 (current, voxels)
                            : sag_volume_new_float (current, voxels);
}
