/* SPDX-License-Identifier: Apache-2.0 */
#include "model/engine/upsample.h"

#include "model/engine/status.h"

#include <math.h>

/* Cells to voxels.
 *
 *   c = ras_to_cell (ijk_to_ras (i, j, k))    position in cells; integers are cell centres
 *
 * One composed affine: a row of voxels is a straight line through the cells, so that its part inside the box is one
 * run. The cells get a border that repeats the outer ones: no position needs clamping, none misses a neighbour.
 * Where the grids run along each other, as almost always, the four lines of cells around a row become one, and the
 * places along that line are the same for every row.
 */

#define INSIDE 1e-6   /* of a cell: rounding in the affines moves no voxel out of the box */
#define PARALLEL 1e-6 /* of a cell: how far a whole row may stray from its line */
#define FARTHEST 1e9  /* cells: no scan is anywhere near; keeps the arithmetic finite */
#define SLICES 16     /* between questions whether to go on */

typedef struct
{
  const SagUpsampleRequest *request;
  double  to_cell[3][4]; /* voxel indices to positions in bordered cells: cell centres are 1 .. n */
  float  *cells;         /* with the border, x fastest */
  gsize   step[3];       /* of the bordered cells */
  bool    parallel;
  int     along[3]; /* parallel: the cell axis that each voxel axis runs along */
  gint32 *at;       /* parallel: (ni) the bordered cell at or before the voxel, or the nearest, */
  float  *part;     /* and how far the voxel is on the way to the next */
  gsize   first;    /* parallel: the run inside, as far as it is a matter of i */
  gsize   end;
  float  *lines; /* parallel: (threads, line_size) pairs: a value and the difference to the next */
  gsize   line_size;
  gsize   first_slice;
} Upsampling;

/* Voxels [*first, *end) of a row that lie inside along one cell axis. */
static void
clip_run (const Upsampling *up, int axis, double start, double step, gsize *first, gsize *end)
{
  double low = 0.5 - INSIDE - start,
         high = up->request->cell_geometry.dims[axis] + 0.5 + INSIDE - start;

  if (step == 0)
    {
      if (low > 0 || high < 0)
        *first = *end;
      return;
    }
  low /= step;
  high /= step;
  *end = MIN ((double) *end, MAX (floor (MAX (low, high)) + 1, 0.0));
  *first = MIN ((double) *end, MAX ((double) *first, ceil (MIN (low, high))));
}

static void
fill (float *out, gsize first, gsize end, float value)
{
  for (gsize i = first; i < end; i++)
    out[i] = value;
}

/* Where a row in the middle of oblique cells starts, and how it goes on. */
typedef struct
{
  double start[3];
  double step[3];
} Ray;

static void
oblique_nearest (const Upsampling *up, const Ray *ray, gsize first, gsize end, float *out)
{
  for (gsize i = first; i < end; i++)
    {
      gsize index = 0;

      for (int a = 0; a < 3; a++)
        index += (gsize) (ray->start[a] + i * ray->step[a] + 0.5) * up->step[a];
      out[i] = up->cells[index];
    }
}

static void
oblique_smooth (const Upsampling *up, const Ray *ray, gsize first, gsize end, float *out)
{
  gsize sy = up->step[1], sz = up->step[2];

  for (gsize i = first; i < end; i++)
    {
      double       x = ray->start[0] + i * ray->step[0];
      double       y = ray->start[1] + i * ray->step[1];
      double       z = ray->start[2] + i * ray->step[2];
      int          ix = x, iy = y, iz = z;
      float        fx = x - ix, fy = y - iy, fz = z - iz;
      const float *c = up->cells + ix + iy * sy + iz * sz;
      float        v00 = c[0] + fx * (c[1] - c[0]);
      float        v10 = c[sy] + fx * (c[sy + 1] - c[sy]);
      float        v01 = c[sz] + fx * (c[sz + 1] - c[sz]);
      float        v11 = c[sy + sz] + fx * (c[sy + sz + 1] - c[sy + sz]);
      float        v0 = v00 + fy * (v10 - v00), v1 = v01 + fy * (v11 - v01);

      out[i] = v0 + fz * (v1 - v0);
    }
}

static void
oblique_row (const Upsampling *up, gsize j, gsize k, float *out)
{
  gsize n = up->request->target.dims[0], first = 0, end = n;
  Ray   ray;

  for (int a = 0; a < 3; a++)
    {
      const double *row = up->to_cell[a];

      ray.start[a] = row[1] * j + row[2] * k + row[3];
      ray.step[a] = row[0];
      clip_run (up, a, ray.start[a], ray.step[a], &first, &end);
    }
  fill (out, 0, first, up->request->outside);
  (up->request->smooth ? oblique_smooth : oblique_nearest) (up, &ray, first, end, out);
  fill (out, end, n, up->request->outside);
}

/* Where grids run along each other: the position of voxel @index along the cell axis that voxel axis @v runs along. */
static double
position_along (const Upsampling *up, int v, gsize index)
{
  const double *row = up->to_cell[up->along[v]];

  return row[v] * index + row[3];
}

static bool
is_inside (const Upsampling *up, int v, double position)
{
  return position >= 0.5 - INSIDE &&
         position <= up->request->cell_geometry.dims[up->along[v]] + 0.5 + INSIDE;
}

/* The cell before an inside position and the part of the way to the next, or the nearest cell. */
static gint32
cell_at (const Upsampling *up, double position, float *part)
{
  gint32 at = up->request->smooth ? position : position + 0.5;

  *part = position - at;
  return at;
}

/* The cells around a row as one line of pairs: a value and the difference to the next. @c: its first corner. */
static void
make_line (const Upsampling *up, const float *c, float fy, float fz, float *line)
{
  gsize sx = up->step[up->along[0]], sy = up->step[up->along[1]], sz = up->step[up->along[2]];
  gsize n = up->request->cell_geometry.dims[up->along[0]] + 2;

  for (gsize x = 0; x < n; x++, c += sx)
    {
      float v0 = c[0] + fy * (c[sy] - c[0]), v1 = c[sz] + fy * (c[sy + sz] - c[sz]);

      line[2 * x] = v0 + fz * (v1 - v0);
    }
  for (gsize x = 0; x + 1 < n; x++)
    line[2 * x + 1] = line[2 * x + 2] - line[2 * x];
}

/* The part of a row that is inside. @y, @z: positions across the row. */
static void
parallel_row (const Upsampling *up, double y, double z, float *line, float *out)
{
  gsize        sx = up->step[up->along[0]];
  float        fy, fz;
  gint32       iy = cell_at (up, y, &fy), iz = cell_at (up, z, &fz);
  const float *cells = up->cells + iy * up->step[up->along[1]] + iz * up->step[up->along[2]];

  if (up->request->smooth)
    {
      make_line (up, cells, fy, fz, line);
      for (gsize i = up->first; i < up->end; i++)
        out[i] = line[2 * up->at[i]] + up->part[i] * line[2 * up->at[i] + 1];
    }
  else
    for (gsize i = up->first; i < up->end; i++)
      out[i] = cells[up->at[i] * sx];
}

static void
parallel_slice (const Upsampling *up, gsize k, float *line, float *out)
{
  const int32_t *dims = up->request->target.dims;
  double         z = position_along (up, 2, k);
  gsize          n = dims[0];

  for (gsize j = 0; j < (gsize) dims[1]; j++, out += n)
    {
      double y = position_along (up, 1, j);
      bool   inside = is_inside (up, 1, y) && is_inside (up, 2, z);

      fill (out, 0, inside ? up->first : n, up->request->outside);
      if (!inside)
        continue;
      parallel_row (up, y, z, line, out);
      fill (out, up->end, n, up->request->outside);
    }
}

static void
run_slice (gsize item, guint worker, gpointer data)
{
  const Upsampling *up = data;
  const int32_t    *dims = up->request->target.dims;
  gsize             k = up->first_slice + item;
  float            *out = up->request->out + k * dims[1] * dims[0];

  if (up->parallel)
    parallel_slice (up, k, up->lines + worker * up->line_size, out);
  else
    for (gsize j = 0; j < (gsize) dims[1]; j++)
      oblique_row (up, j, k, out + j * dims[0]);
}

/* Whether every voxel axis runs along a cell axis of its own. */
static bool
find_parallel (Upsampling *up)
{
  int taken = 0;

  for (int v = 0; v < 3; v++)
    {
      int best = 0;

      for (int a = 1; a < 3; a++)
        if (fabs (up->to_cell[a][v]) > fabs (up->to_cell[best][v]))
          best = a;
      for (int a = 0; a < 3; a++)
        if (a != best && fabs (up->to_cell[a][v]) * up->request->target.dims[v] > PARALLEL)
          return false;
      up->along[v] = best;
      taken |= 1 << best;
    }
  return taken == 7;
}

static bool
add_border (Upsampling *up)
{
  const int32_t *dims = up->request->cell_geometry.dims;
  gsize          n[3] = { (gsize) dims[0] + 2, (gsize) dims[1] + 2, (gsize) dims[2] + 2 };
  gsize          total;
  float         *to;

  if (!g_size_checked_mul (&total, n[0], n[1]) || !g_size_checked_mul (&total, total, n[2]))
    return false;
  up->step[0] = 1;
  up->step[1] = n[0];
  up->step[2] = n[0] * n[1];
  up->cells = to = g_try_new (float, total);
  if (to == NULL)
    return false;
  for (gsize z = 0; z < n[2]; z++)
    for (gsize y = 0; y < n[1]; y++)
      for (gsize x = 0; x < n[0]; x++)
        {
          gsize cx = CLAMP (x, 1, (gsize) dims[0]) - 1;
          gsize cy = CLAMP (y, 1, (gsize) dims[1]) - 1;
          gsize cz = CLAMP (z, 1, (gsize) dims[2]) - 1;

          *to++ = up->request->cells[cx + dims[0] * (cy + (gsize) dims[1] * cz)];
        }
  return true;
}

/* The places along the rows, and the memory for lines. */
static bool
prepare_rows (Upsampling *up, guint n_threads)
{
  gsize n = up->request->target.dims[0];
  int   axis = up->along[0];

  up->line_size = 2 * ((gsize) up->request->cell_geometry.dims[axis] + 2);
  up->at = g_try_new0 (gint32, n);
  up->part = g_try_new0 (float, n);
  up->lines = g_try_new (float, n_threads * up->line_size);
  if (up->at == NULL || up->part == NULL || up->lines == NULL)
    return false;
  up->end = n;
  clip_run (up, axis, up->to_cell[axis][3], up->to_cell[axis][0], &up->first, &up->end);
  for (gsize i = up->first; i < up->end; i++)
    up->at[i] = cell_at (up, position_along (up, 0, i), &up->part[i]);
  return true;
}

static bool
prepare (Upsampling *up, guint n_threads, SagStatus *status)
{
  const SagUpsampleRequest *request = up->request;
  double                    to_cell[3][4];

  for (int a = 0; a < 3; a++)
    if (request->cell_geometry.dims[a] < 1 || request->target.dims[a] < 1)
      return sag_status_fail (status, SAG_STATUS_INVALID,
                              "A heatmap needs cells and voxels along every axis.");
  if (!sag_geometry_invert (&request->cell_geometry, to_cell))
    return sag_status_fail (status, SAG_STATUS_INVALID,
                            "The heatmap's cells have no volume: nothing lies in them.");
  sag_geometry_compose (to_cell, request->target.ijk_to_ras, up->to_cell);
  for (int a = 0; a < 3; a++)
    {
      up->to_cell[a][3] += 1;
      for (int v = 0; v < 4; v++)
        if (!(fabs (up->to_cell[a][v]) < FARTHEST))
          return sag_status_fail (status, SAG_STATUS_INVALID,
                                  "The scan and the heatmap's cells lie too far apart.");
    }
  up->parallel = find_parallel (up);
  if (!add_border (up) || (up->parallel && !prepare_rows (up, n_threads)))
    return sag_status_fail (status, SAG_STATUS_OUT_OF_MEMORY,
                            "There is no memory to spread a heatmap over the scan.");
  return true;
}

static bool
run (Upsampling *up, SagPool *pool, SagStatus *status)
{
  gsize n_slices = up->request->target.dims[2];

  for (; up->first_slice < n_slices; up->first_slice += SLICES)
    {
      if (sag_cancel_is_set (&up->request->cancel))
        return sag_status_fail (status, SAG_STATUS_CANCELLED,
                                "Spreading the heatmap was cancelled.");
      sag_pool_run (pool, MIN (SLICES, n_slices - up->first_slice), run_slice, up);
    }
  return true;
}

bool
sag_upsample (const SagUpsampleRequest *request, SagPool *pool, SagStatus *status)
{
  Upsampling up = { .request = request };
  bool       done = prepare (&up, sag_pool_get_n_threads (pool), status) && run (&up, pool, status);

  g_free (up.cells);
  g_free (up.at);
  g_free (up.part);
  g_free (up.lines);
  return done;
}
