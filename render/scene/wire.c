/* SPDX-License-Identifier: Apache-2.0 */
#include "render/scene/wire.h"

#include <math.h>

static void
add_point (GArray *points, const SagGeometry *grid, const double ijk[3])
{
  double ras[3];

  sag_geometry_to_ras (grid, ijk, ras);
  for (int c = 0; c < 3; c++)
    {
      float value = (float) ras[c];

      g_array_append_val (points, value);
    }
}

/* From @from to @to in voxel indices, in dashes with gaps as long as they are. */
static void
add_line (
  GArray *points, const SagGeometry *grid, const double from[3], const double to[3], double dash_mm)
{
  double a[3], b[3], length = 0;
  int    n = 1;

  sag_geometry_to_ras (grid, from, a);
  sag_geometry_to_ras (grid, to, b);
  for (int c = 0; c < 3; c++)
    length += (b[c] - a[c]) * (b[c] - a[c]);
  /* An odd number of pieces, so that both corners have a dash. */
  if (dash_mm > 0)
    n = 1 + 2 * (int) CLAMP (sqrt (length) / (2 * dash_mm), 0, 1000);
  for (int piece = 0; piece < n; piece += 2)
    for (int end = 0; end < 2; end++)
      {
        double t = (double) (piece + end) / n, at[3];

        for (int c = 0; c < 3; c++)
          at[c] = from[c] + t * (to[c] - from[c]);
        add_point (points, grid, at);
      }
}

GArray *
sag_render_wire_box (const SagGeometry *grid, double dash_mm)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (float));

  for (int axis = 0; axis < 3; axis++)
    for (int corner = 0; corner < 4; corner++)
      {
        double from[3], to[3];

        for (int c = 0; c < 3; c++)
          {
            int high = c == (axis + 1) % 3 ? corner & 1 : corner >> 1;

            from[c] = to[c] = high ? grid->dims[c] - 0.5 : -0.5;
          }
        from[axis] = -0.5;
        to[axis] = grid->dims[axis] - 0.5;
        add_line (points, grid, from, to, dash_mm);
      }
  return points;
}

static gboolean
inside (const SagGeometry *grid, const double ras_mm[3], double ijk[3])
{
  double to_ijk[3][4];

  if (!sag_geometry_invert (grid, to_ijk))
    return FALSE;
  sag_geometry_apply (to_ijk, ras_mm, ijk);
  for (int c = 0; c < 3; c++)
    ijk[c] = CLAMP (ijk[c], -0.5, grid->dims[c] - 0.5);
  return TRUE;
}

GArray *
sag_render_wire_axes (const SagGeometry *grid, const double ras_mm[3])
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (float));
  double  at[3];

  for (int axis = 0; axis < 3 && inside (grid, ras_mm, at); axis++)
    {
      double from[3] = { at[0], at[1], at[2] }, to[3] = { at[0], at[1], at[2] };

      from[axis] = -0.5;
      to[axis] = grid->dims[axis] - 0.5;
      add_line (points, grid, from, to, 0);
    }
  return points;
}

GArray *
sag_render_wire_planes (const SagGeometry *grid, const double ras_mm[3])
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (float));
  double  at[3];

  for (int axis = 0; axis < 3 && inside (grid, ras_mm, at); axis++)
    for (int side = 0; side < 4; side++)
      {
        int    u = (axis + 1) % 3, v = (axis + 2) % 3;
        double corner[2][3];

        for (int end = 0; end < 2; end++)
          {
            int turn = (side + end) % 4;

            corner[end][axis] = at[axis];
            corner[end][u] = turn == 1 || turn == 2 ? grid->dims[u] - 0.5 : -0.5;
            corner[end][v] = turn >= 2 ? grid->dims[v] - 0.5 : -0.5;
          }
        add_line (points, grid, corner[0], corner[1], 0);
      }
  return points;
}
