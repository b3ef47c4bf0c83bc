/* SPDX-License-Identifier: Apache-2.0 */
#include "model/register/register-private.h"

#include "model/core/error.h"
#include "model/core/pool.h"
#include "model/prepare/lungs-grid.h"
#include "model/prepare/lungs.h"

#include <math.h>

/* Values outside are alike: what moves within the lungs is not looked at, and metal does not outshine bone. */
#define LOWEST_HU (-500)
#define HIGHEST_HU 700

#define BONE_HU 180
/* How far beside, in front of and behind the lungs bones are looked for. */
#define AROUND_MM 25
#define BEHIND_MM 60
#define SPINE_HALF_WIDTH_MM 40
/* How far behind the lungs' middle heart and great vessels reach. */
#define VESSELS_BEHIND_MM 25

/* Blur of each level, mm: the cell's own is part of it, so that thick slices are compared with thin ones as blurred. */
static const double blurs_mm[SAG_REGISTER_N_LEVELS] = { 5, 3, 2 };

/* Means along one axis of one plane across another: @reach cells to both sides and @rest of the next. */
typedef struct
{
  const float *in;
  float       *out;
  gint32       dims[3];
  gsize        stride[3];
  guint        axis;
  gint32       reach;
  double       rest;
} Blur;

/* A line's sliding mean; what lies beyond the line's ends is as they are. */
static void
blur_line (const Blur *blur, const float *in, float *out)
{
  gsize  stride = blur->stride[blur->axis];
  gint32 n = blur->dims[blur->axis], reach = blur->reach;
  double sum = 0, size = 2 * (reach + blur->rest) + 1;

  for (gint32 i = -reach; i <= reach; i++)
    sum += in[CLAMP (i, 0, n - 1) * stride];
  for (gint32 i = 0; i < n; i++)
    {
      double after = in[MIN (i + reach + 1, n - 1) * stride];
      double before = in[MAX (i - reach - 1, 0) * stride];

      out[i * stride] = (float) ((sum + blur->rest * (after + before)) / size);
      sum += after - in[MAX (i - reach, 0) * stride];
    }
}

static void
blur_plane (gsize item, guint worker, gpointer data)
{
  const Blur *blur = data;
  guint       across = blur->axis == 2 ? 1 : 2, along = 3 - blur->axis - across;
  gsize       first = item * blur->stride[across];

  for (gint32 line = 0; line < blur->dims[along]; line++)
    blur_line (blur, blur->in + first + line * blur->stride[along],
               blur->out + first + line * blur->stride[along]);
}

/* Two means of width w after the mean that a cell c is have the variance 2 w^2 / 12 + c^2 / 12. FALSE if the cell
 * itself blurs as much. */
static gboolean
find_reach (Blur *blur, double blur_mm, double cell_mm)
{
  double width_mm = sqrt (MAX (6 * (blur_mm * blur_mm - cell_mm * cell_mm / 12), 0));
  double beyond = MIN ((width_mm / cell_mm - 1) / 2, blur->dims[blur->axis]);

  blur->reach = (gint32) MAX (beyond, 0);
  blur->rest = MAX (beyond, 0) - blur->reach;
  return beyond > 0;
}

/* (transfer full) */
static float *
blurred (const SagLungGrid *grid, const float *values, double blur_mm)
{
  const gint32     *dims = grid->geometry.dims;
  g_autofree float *from = g_memdup2 (values, grid->n_cells * sizeof *values);
  g_autofree float *to = g_new (float, grid->n_cells);
  Blur              blur = { .dims = { dims[0], dims[1], dims[2] },
                             .stride = { 1, dims[0], (gsize) dims[0] * dims[1] } };

  for (guint pass = 0; pass < 6; pass++)
    {
      float *swap;

      blur.axis = pass % 3;
      if (!find_reach (&blur, blur_mm, grid->spacing_mm[blur.axis]))
        continue;
      blur.in = from;
      blur.out = to;
      sag_pool_run (sag_pool_get_default (), blur.dims[blur.axis == 2 ? 1 : 2], blur_plane, &blur);
      swap = from;
      from = to;
      to = swap;
    }
  return g_steal_pointer (&from);
}

static void
find_values (SagRegisterScan *scan, const SagLungGrid *grid)
{
  g_autofree float *values = g_new (float, scan->n_cells);

  for (gsize c = 0; c < scan->n_cells; c++)
    values[c] = CLAMP (grid->hu[c], LOWEST_HU, HIGHEST_HU);
  for (guint level = 0; level < SAG_REGISTER_N_LEVELS; level++)
    scan->values[level] = blurred (grid, values, blurs_mm[level]);
}

/* Box and middle of the lungs, in cells. */
static void
find_lungs (SagRegisterScan   *scan,
            const SagLungGrid *grid,
            const gint16      *lungs,
            gint32             low[3],
            gint32             high[3])
{
  const gint32 *dims = grid->geometry.dims;
  double        sum[3] = { 0 }, top[3], middle[3];
  gsize         n = 0;

  for (guint a = 0; a < 3; a++)
    {
      low[a] = dims[a];
      high[a] = -1;
    }
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++)
        {
          const gint32 at[3] = { i, j, k };

          if (lungs[sag_lung_grid_index (grid, i, j, k)] == 0)
            continue;
          n++;
          for (guint a = 0; a < 3; a++)
            {
              sum[a] += at[a];
              low[a] = MIN (low[a], at[a]);
              high[a] = MAX (high[a], at[a]);
            }
        }
  for (guint a = 0; a < 3; a++)
    middle[a] = sum[a] / (double) n;
  sag_geometry_to_ras (&grid->geometry, middle, scan->centre_mm);
  memcpy (top, middle, sizeof top);
  top[2] = high[2];
  sag_geometry_to_ras (&grid->geometry, top, middle);
  scan->top_mm = middle[2];
}

static void
mark_border (SagRegisterScan *scan, const SagLungGrid *grid, const gint16 *lungs)
{
  g_autofree guint8 *wide = g_new (guint8, scan->n_cells);
  g_autofree guint8 *narrow = NULL;

  for (gsize c = 0; c < scan->n_cells; c++)
    wide[c] = lungs[c] != 0;
  narrow = g_memdup2 (wide, scan->n_cells);
  sag_cells_dilate (grid, wide);
  sag_cells_erode (grid, narrow);
  for (gsize c = 0; c < scan->n_cells; c++)
    scan->kinds[c] |= wide[c] && !narrow[c] ? SAG_REGISTER_BORDER : 0;
}

/* Heart and great vessels are as bright as bone with contrast medium: in the front of a row nothing between lungs is
 * bone. */
static void
clear_vessels (const SagLungGrid *grid, const gint16 *lungs, gint32 front, guint8 *bones)
{
  const gint32 *dims = grid->geometry.dims;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = MAX (front, 0); j < dims[1]; j++)
      {
        gsize  row = sag_lung_grid_index (grid, 0, j, k);
        gint32 first = 0, last = dims[0] - 1;

        while (first < dims[0] && lungs[row + first] == 0)
          first++;
        while (last > first && lungs[row + last] == 0)
          last--;
        if (first < last)
          memset (bones + row + first, 0, last - first);
      }
}

/* Bones around the lungs, arms and tables not among them. */
static void
mark_bones (SagRegisterScan   *scan,
            const SagLungGrid *grid,
            const gint16      *lungs,
            const gint32       low[3],
            const gint32       high[3])
{
  const gint32      *dims = grid->geometry.dims;
  g_autofree guint8 *bones = g_new0 (guint8, scan->n_cells);
  double             centre[3];
  gint32             from[3], to[3], half;

  sag_geometry_apply (scan->ras_to_ijk, scan->centre_mm, centre);
  half = sag_lung_cells (SPINE_HALF_WIDTH_MM, grid->spacing_mm[0]);
  for (guint a = 0; a < 3; a++)
    {
      gint32 around = sag_lung_cells (a == 2 ? 0 : AROUND_MM, grid->spacing_mm[a]);
      gint32 behind = a == 1 ? sag_lung_cells (BEHIND_MM, grid->spacing_mm[a]) : around;

      from[a] = MAX (low[a] - behind, 0);
      to[a] = MIN (high[a] + around + 1, dims[a]);
    }
  for (gint32 k = from[2]; k < to[2]; k++)
    for (gint32 j = from[1]; j < to[1]; j++)
      for (gint32 i = from[0]; i < to[0]; i++)
        {
          gsize c = sag_lung_grid_index (grid, i, j, k);

          bones[c] = grid->hu[c] >= BONE_HU;
        }
  clear_vessels (grid, lungs,
                 (gint32) centre[1] - sag_lung_cells (VESSELS_BEHIND_MM, grid->spacing_mm[1]),
                 bones);
  sag_cells_dilate (grid, bones);
  for (gint32 k = from[2]; k < to[2]; k++)
    for (gint32 j = from[1]; j < to[1]; j++)
      for (gint32 i = from[0]; i < to[0]; i++)
        {
          gsize c = sag_lung_grid_index (grid, i, j, k);

          if (bones[c])
            scan->kinds[c] |=
              SAG_REGISTER_BONE |
              (j < centre[1] && fabs (i - centre[0]) <= half ? SAG_REGISTER_SPINE : 0);
        }
}

SagRegisterScan *
sag_register_scan_new (SagVolume *volume, GCancellable *cancellable, GError **error)
{
  g_autoptr (SagRegisterScan) scan = g_new0 (SagRegisterScan, 1);
  g_autoptr (SagLungs) lungs = sag_lungs_segment (volume, cancellable, error);
  g_autoptr (SagLungGrid) grid = NULL;
  gint32 low[3], high[3];

  if (lungs == NULL)
    return NULL;
  if (lungs->mask == NULL)
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                           "The scans could not be aligned: one of them shows no lungs.");
      return NULL;
    }
  grid = sag_lung_grid_new (volume);
  scan->geometry = grid->geometry;
  scan->n_cells = grid->n_cells;
  if (!sag_geometry_invert (&scan->geometry, scan->ras_to_ijk))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_MISMATCH,
                           "The scans could not be aligned: the grid of one is flat.");
      return NULL;
    }
  scan->kinds = g_new0 (guint8, scan->n_cells);
  find_values (scan, grid);
  find_lungs (scan, grid, sag_volume_get_int16 (lungs->mask), low, high);
  mark_border (scan, grid, sag_volume_get_int16 (lungs->mask));
  mark_bones (scan, grid, sag_volume_get_int16 (lungs->mask), low, high);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return g_steal_pointer (&scan);
}

void
sag_register_scan_free (SagRegisterScan *scan)
{
  if (scan == NULL)
    return;
  for (guint level = 0; level < SAG_REGISTER_N_LEVELS; level++)
    g_free (scan->values[level]);
  g_free (scan->kinds);
  g_free (scan);
}

/* What stays as it is for years weighs most. */
static float
weight_of (guint8 kind)
{
  if (kind & SAG_REGISTER_SPINE)
    return 4;
  return kind & SAG_REGISTER_BONE ? 2 : 1;
}

GArray *
sag_register_points (const SagRegisterScan *current)
{
  const gint32 *dims = current->geometry.dims;
  GArray       *points = g_array_new (FALSE, FALSE, sizeof (SagRegisterPoint));

  for (gsize c = 0; c < current->n_cells; c++)
    {
      const gsize  row = c / dims[0], slice = row / dims[1];
      const double ijk[3] = { (double) (c % dims[0]), (double) (row % dims[1]), (double) slice };
      SagRegisterPoint point = { .cell = c, .kind = current->kinds[c] };

      if (point.kind == 0)
        continue;
      point.weight = weight_of (point.kind);
      sag_geometry_to_ras (&current->geometry, ijk, point.ras_mm);
      g_array_append_val (points, point);
    }
  return points;
}
