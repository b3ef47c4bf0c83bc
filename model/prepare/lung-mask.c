/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lung-mask.h"

#include "model/core/error.h"
#include "model/core/pool.h"

#include <math.h>

/* Grids whose corners lie this close are the same; headers round. */
#define SAME_GRID_MM 0.05

enum
{
  LOBE_FIRST = 10, /* TotalSegmentator v2: left upper lobe */
  LOBE_LAST = 14,  /* right lower lobe */
};

struct _SagLungMask
{
  gint32   dims[3];
  gsize    n_words; /* a row */
  guint64 *bits;    /* (nk, nj, n_words); bit b of word w is voxel 64 w + b */
  gint32   first[3];
  gint32   last[3];
  gint64   n_voxels;
};

typedef struct
{
  SagLungMask       *lungs;
  SagVolume         *mask;
  const SagGeometry *mask_grid;
  gboolean           same_grid;
  gboolean           lobes_only;
  double             to_mask[3][4];
  gint               overlaps; /* atomic */
  gint               kinds;    /* atomic, Kind */
} Job;

typedef enum
{
  KIND_LOBE = 1 << 0,
  KIND_OTHER = 1 << 1,
} Kind;

static float
value_at (const SagVolume *mask, gint64 index)
{
  const gint16 *voxels = sag_volume_get_int16 (mask);

  return voxels != NULL ? voxels[index] : sag_volume_get_float (mask)[index];
}

static void
find_kinds (gsize item, guint worker, gpointer data)
{
  Job   *job = data;
  gint64 n = (gint64) job->mask_grid->dims[0] * job->mask_grid->dims[1], start = n * (gint64) item;
  gint   kinds = 0;

  for (gint64 v = start; v < start + n; v++)
    {
      float value = value_at (job->mask, v);

      if (value >= LOBE_FIRST && value <= LOBE_LAST)
        kinds |= KIND_LOBE;
      else if (value > 1)
        kinds |= KIND_OTHER;
    }
  g_atomic_int_or (&job->kinds, kinds);
}

static gboolean
is_lung (const Job *job, float value)
{
  return job->lobes_only ? value >= LOBE_FIRST && value <= LOBE_LAST : value != 0 && !isnan (value);
}

/* Voxel of the mask nearest to voxel (i, j, k) of the scan; -1 if it lies outside. */
static gint64
nearest_voxel (const Job *job, const double point[3])
{
  const gint32 *dims = job->mask_grid->dims;
  gint64        index = 0, pitch = 1;

  for (int a = 0; a < 3; a++)
    {
      double at = floor (point[a] + 0.5);

      if (!(at >= 0 && at < dims[a]))
        return -1;
      index += pitch * (gint64) at;
      pitch *= dims[a];
    }
  return index;
}

static void
mark_row (Job *job, gint32 j, gint32 k, guint64 *row)
{
  const gint32 *dims = job->lungs->dims;
  gint64        start = (gint64) dims[0] * (j + (gint64) dims[1] * k);
  double        begin[3] = { 0, j, k }, point[3];
  gboolean      overlaps = FALSE;

  sag_geometry_apply (job->to_mask, begin, begin);
  for (gint32 i = 0; i < dims[0]; i++)
    {
      gint64 voxel = start + i;

      if (!job->same_grid)
        {
          for (int a = 0; a < 3; a++)
            point[a] = begin[a] + job->to_mask[a][0] * i;
          voxel = nearest_voxel (job, point);
        }
      if (voxel < 0)
        continue;
      overlaps = TRUE;
      if (is_lung (job, value_at (job->mask, voxel)))
        row[i / 64] |= G_GUINT64_CONSTANT (1) << (i % 64);
    }
  if (overlaps)
    g_atomic_int_set (&job->overlaps, TRUE);
}

static void
mark_slice (gsize item, guint worker, gpointer data)
{
  Job         *job = data;
  SagLungMask *lungs = job->lungs;

  for (gint32 j = 0; j < lungs->dims[1]; j++)
    mark_row (job, j, (gint32) item, lungs->bits + (item * lungs->dims[1] + j) * lungs->n_words);
}

static void
extend (SagLungMask *lungs, int axis, gint32 first, gint32 last)
{
  lungs->first[axis] = MIN (lungs->first[axis], first);
  lungs->last[axis] = MAX (lungs->last[axis], last);
}

static void
measure (SagLungMask *lungs)
{
  const guint64 *word = lungs->bits;

  for (int a = 0; a < 3; a++)
    {
      lungs->first[a] = lungs->dims[a];
      lungs->last[a] = -1;
    }
  for (gint32 k = 0; k < lungs->dims[2]; k++)
    for (gint32 j = 0; j < lungs->dims[1]; j++)
      for (gsize w = 0; w < lungs->n_words; w++, word++)
        {
          if (*word == 0)
            continue;
          extend (lungs, 0, (gint32) (64 * w) + __builtin_ctzll (*word), (gint32) (64 * w) + 63 - __builtin_clzll (*word));
          extend (lungs, 1, j, j);
          extend (lungs, 2, k, k);
          lungs->n_voxels += __builtin_popcountll (*word);
        }
}

SagLungMask *
sag_lung_mask_new (SagVolume *mask, const SagGeometry *grid, GError **error)
{
  g_autoptr (SagLungMask) lungs = g_new0 (SagLungMask, 1);
  SagPool *pool = sag_pool_get_default ();
  Job      job = { .lungs = lungs, .mask = mask, .mask_grid = sag_volume_get_geometry (mask) };
  double   to_voxel[3][4];

  if (!sag_geometry_invert (job.mask_grid, to_voxel))
    {
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH, "The lung mask's grid has no volume. Save it on the scan's grid");
      return NULL;
    }
  sag_geometry_compose (to_voxel, grid->ijk_to_ras, job.to_mask);
  job.same_grid = sag_geometry_equal (job.mask_grid, grid, SAME_GRID_MM);
  for (int a = 0; a < 3; a++)
    lungs->dims[a] = grid->dims[a];
  lungs->n_words = ((gsize) grid->dims[0] + 63) / 64;
  lungs->bits = g_new0 (guint64, lungs->n_words * grid->dims[1] * grid->dims[2]);

  sag_pool_run (pool, job.mask_grid->dims[2], find_kinds, &job);
  job.lobes_only = job.kinds == (KIND_LOBE | KIND_OTHER);
  sag_pool_run (pool, grid->dims[2], mark_slice, &job);
  measure (lungs);
  if (lungs->n_voxels > 0)
    return g_steal_pointer (&lungs);
  if (job.overlaps)
    g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                 "The lung mask marks no lung in the scan. Give a mask whose lungs are not 0, "
                 "or a TotalSegmentator map with lobes 10 to 14");
  else
    g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                 "The lung mask lies outside the scan. Check that mask and scan belong together");
  return NULL;
}

void
sag_lung_mask_free (SagLungMask *lungs)
{
  g_free (lungs->bits);
  g_free (lungs);
}

void
sag_lung_mask_get_slices (const SagLungMask *lungs, int axis, gint32 *first, gint32 *last)
{
  *first = lungs->first[axis];
  *last = lungs->last[axis];
}

double
sag_lung_mask_get_share (const SagLungMask *lungs, const double low[3], const double high[3])
{
  gint64 n = 0;
  gint32 start[3], end[3];

  for (int a = 0; a < 3; a++)
    {
      start[a] = (gint32) CLAMP (ceil (low[a]), 0, lungs->dims[a]);
      end[a] = (gint32) CLAMP (floor (high[a]) + 1, 0, lungs->dims[a]);
    }
  for (gint32 k = start[2]; k < end[2]; k++)
    for (gint32 j = start[1]; j < end[1]; j++)
      {
        const guint64 *row = lungs->bits + ((gsize) k * lungs->dims[1] + j) * lungs->n_words;

        for (gint32 i = start[0]; i < end[0]; i++)
          n += row[i / 64] >> (i % 64) & 1;
      }
  return (double) n / (double) lungs->n_voxels;
}
