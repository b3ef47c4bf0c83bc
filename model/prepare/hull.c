/* SPDX-License-Identifier: Apache-2.0 */
/* 2D convex hulls of a component's slices.
 *
 * Andrew, "Another efficient algorithm for convex hulls in two dimensions", Information Processing
 * Letters 9, 1979 (the monotone chain). Only a row's outermost points can lie on the hull and rows
 * come sorted, so that the lower chain runs over the rows' low ends and the upper one over their
 * high ends.
 */
#include "model/prepare/hull.h"

typedef struct
{
  gint64 row;
  gint64 at;
} Point;

/* Twice the area of the triangle; positive if a, b, c turn to the left. */
static gint64
turn (Point a, Point b, Point c)
{
  return (b.row - a.row) * (c.at - a.at) - (b.at - a.at) * (c.row - a.row);
}

/* Adds a point to a chain that keeps turning to one side. */
static gsize
extend_chain (Point *chain, gsize n, Point point, gint64 side)
{
  while (n >= 2 && side * turn (chain[n - 2], chain[n - 1], point) <= 0)
    n--;
  chain[n] = point;
  return n + 1;
}

/* Adds the polygon's signed area and first moments under one chain, walked from row to row. */
static void
add_chain (const Point *chain, gsize n, double sign, double *area, double moment[2])
{
  for (gsize p = 1; p < n; p++)
    {
      double u0 = (double) chain[p - 1].row, v0 = (double) chain[p - 1].at;
      double u1 = (double) chain[p].row, v1 = (double) chain[p].at;
      double width = u1 - u0;

      *area += sign * width * (v0 + v1) / 2;
      moment[0] += sign * width * (v0 * (2 * u0 + u1) + v1 * (u0 + 2 * u1)) / 6;
      moment[1] += sign * width * (v0 * v0 + v0 * v1 + v1 * v1) / 6;
    }
}

void
sag_hull_measure (const SagExtent *rows, gsize n_rows, double *area, double centroid[2])
{
  g_autofree Point *lower = g_new (Point, n_rows), *upper = g_new (Point, n_rows);
  gsize             n_lower = 0, n_upper = 0;
  double            moment[2] = { 0, 0 };

  for (gsize r = 0; r < n_rows; r++)
    if (rows[r].low < rows[r].end)
      {
        n_lower = extend_chain (lower, n_lower, (Point){ (gint64) r, rows[r].low }, 1);
        n_upper = extend_chain (upper, n_upper, (Point){ (gint64) r, rows[r].end - 1 }, -1);
      }
  *area = 0;
  add_chain (upper, n_upper, 1, area, moment);
  add_chain (lower, n_lower, -1, area, moment);
  if (*area <= 0)
    return;
  centroid[0] = moment[0] / *area;
  centroid[1] = moment[1] / *area;
}

static void
widen (SagExtent *extent, gint32 low, gint32 end)
{
  gboolean empty = extent->low == extent->end;

  extent->low = empty ? low : MIN (extent->low, low);
  extent->end = empty ? end : MAX (extent->end, end);
}

/* Rows and coordinates of the slices across @axis: i is a coordinate wherever it can be, because
 * runs lie along it. */
static void
choose_axes (int axis, int *row_axis, int *at_axis)
{
  *row_axis = axis == 1 ? 2 : 1;
  *at_axis = axis == 0 ? 2 : 0;
}

static void
collect_row (const SagComponents *components,
             guint32              label,
             gint32               j,
             gint32               k,
             int                  axis,
             gsize                n_rows,
             SagExtent           *extents)
{
  gsize         n_runs;
  const SagRun *runs = sag_components_get_runs (components, j, k, &n_runs);

  for (gsize r = 0; r < n_runs; r++)
    {
      if (runs[r].label != label)
        continue;
      if (axis == 2)
        widen (&extents[(gsize) k * n_rows + j], runs[r].start, runs[r].end);
      else if (axis == 1)
        widen (&extents[(gsize) j * n_rows + k], runs[r].start, runs[r].end);
      else
        for (gint32 i = runs[r].start; i < runs[r].end; i++)
          widen (&extents[(gsize) i * n_rows + j], k, k + 1);
    }
}

gboolean
sag_hull_find_centre (
  const SagComponents *components, guint32 label, const gint32 dims[3], int axis, double centre[3])
{
  int                   row_axis, at_axis;
  double                total = 0, sum[2] = { 0, 0 };
  g_autofree SagExtent *extents = NULL;
  gsize                 n_rows;

  choose_axes (axis, &row_axis, &at_axis);
  n_rows = dims[row_axis];
  extents = g_new0 (SagExtent, n_rows * dims[axis]);
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      collect_row (components, label, j, k, axis, n_rows, extents);

  for (gint32 s = 0; s < dims[axis]; s++)
    {
      double area, centroid[2] = { 0, 0 };

      sag_hull_measure (extents + s * n_rows, n_rows, &area, centroid);
      total += area;
      sum[0] += area * centroid[0];
      sum[1] += area * centroid[1];
    }
  if (total <= 0)
    return FALSE;
  centre[row_axis] = sum[0] / total;
  centre[at_axis] = sum[1] / total;
  return TRUE;
}
