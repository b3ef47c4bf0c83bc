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

typedef enum
{
  KIND_LOBE = 1 << 0,
  KIND_OTHER = 1 << 1,
} Kind;

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

static gint
kinds_of_int16 (const gint16 *values, gint64 n)
{
  gint16 lobe = 0, other = 0;

  for (gint64 v = 0; v < n; v++)
    {
      gint16 is_lobe = values[v] >= LOBE_FIRST && values[v] <= LOBE_LAST;

      lobe |= is_lobe;
      other |= values[v] > 1 && !is_lobe;
    }
  return (lobe ? KIND_LOBE : 0) | (other ? KIND_OTHER : 0);
}

static gint
kinds_of_float (const float *values, gint64 n)
{
  gint kinds = 0;

  for (gint64 v = 0; v < n; v++)
    if (values[v] >= LOBE_FIRST && values[v] <= LOBE_LAST)
      kinds |= KIND_LOBE;
    else if (values[v] > 1)
      kinds |= KIND_OTHER;
  return kinds;
}

static void
find_kinds (gsize item, guint worker, gpointer data)
{
  Job          *job = data;
  const gint16 *int16_values = sag_volume_get_int16 (job->mask);
  const float  *float_values = sag_volume_get_float (job->mask);
  gint64        n = (gint64) job->mask_grid->dims[0] * job->mask_grid->dims[1];
  gint64        start = n * (gint64) item;

  g_atomic_int_or (&job->kinds, int16_values != NULL ? kinds_of_int16 (int16_values + start, n)
                                                     : kinds_of_float (float_values + start, n));
}

static inline gboolean
is_lung (const Job *job, float value)
{
  if (job->lobes_only)
    return value >= LOBE_FIRST && value <= LOBE_LAST;
  return value != 0 && !isnan (value);
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

static inline void
set_bit (guint64 *row, gint32 i, gboolean value)
{
  row[i / 64] |= (guint64) value << (i % 64);
}

static void
mark_same_row (const Job *job, gint64 start, guint64 *row)
{
  const gint16 *int16_values = sag_volume_get_int16 (job->mask);
  const float  *float_values = sag_volume_get_float (job->mask);

  if (int16_values != NULL)
    for (gint32 i = 0; i < job->lungs->dims[0]; i++)
      set_bit (row, i, is_lung (job, int16_values[start + i]));
  else
    for (gint32 i = 0; i < job->lungs->dims[0]; i++)
      set_bit (row, i, is_lung (job, float_values[start + i]));
}

static gboolean
mark_nearest_row (const Job *job, gint32 j, gint32 k, guint64 *row)
{
  const gint16 *int16_values = sag_volume_get_int16 (job->mask);
  const float  *float_values = sag_volume_get_float (job->mask);
  double        begin[3] = { 0, j, k }, point[3];
  gboolean      overlaps = FALSE;

  sag_geometry_apply (job->to_mask, begin, begin);
  for (gint32 i = 0; i < job->lungs->dims[0]; i++)
    {
      gint64 voxel;

      for (int a = 0; a < 3; a++)
        point[a] = begin[a] + job->to_mask[a][0] * i;
      voxel = nearest_voxel (job, point);
      if (voxel < 0)
        continue;
      overlaps = TRUE;
      set_bit (row, i,
               is_lung (job, int16_values != NULL ? int16_values[voxel] : float_values[voxel]));
    }
  return overlaps;
}

static void
mark_slice (gsize item, guint worker, gpointer data)
{
  Job         *job = data;
  SagLungMask *lungs = job->lungs;
  gboolean     overlaps = job->same_grid;

  for (gint32 j = 0; j < lungs->dims[1]; j++)
    {
      guint64 *row = lungs->bits + (item * lungs->dims[1] + j) * lungs->n_words;

      if (job->same_grid)
        mark_same_row (job, (gint64) lungs->dims[0] * (j + lungs->dims[1] * (gint64) item), row);
      else
        overlaps |= mark_nearest_row (job, j, (gint32) item, row);
    }
  if (overlaps)
    g_atomic_int_set (&job->overlaps, TRUE);
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
          extend (lungs, 0, (gint32) (64 * w) + __builtin_ctzll (*word),
                  (gint32) (64 * w) + 63 - __builtin_clzll (*word));
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
      g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                   "The lung mask's grid has no volume. Save it on the scan's grid");
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

/* Bits low <= b < high of a word. */
static guint64
bits_between (gint32 low, gint32 high)
{
  guint64 from = low <= 0 ? ~G_GUINT64_CONSTANT (0) : ~G_GUINT64_CONSTANT (0) << low;

  return high >= 64 ? from : from & ((G_GUINT64_CONSTANT (1) << high) - 1);
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

        for (gint32 w = start[0] / 64; 64 * w < end[0]; w++)
          n += __builtin_popcountll (row[w] & bits_between (start[0] - 64 * w, end[0] - 64 * w));
      }
  return (double) n / (double) lungs->n_voxels;
}
