/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/pool.h"
#include "model/mask/mask-private.h"

#include <math.h>

/* Scratch of one line: places and borders of the parabolas of the lower envelope. */
typedef struct
{
  gint32 *places;
  double *borders;
  float  *line;
} Scratch;

/* In place: f (q) = min over p of (q - p)^2 s^2 + f (p), along @n samples @stride apart. */
static void
transform_line (float *f, gsize stride, gint32 n, double s, Scratch *scratch)
{
  const double s2 = s * s;
  gint32       last = -1;

  for (gint32 q = 0; q < n; q++)
    {
      double border = -INFINITY;

      scratch->line[q] = f[(gsize) q * stride];
      if (isinf (scratch->line[q]))
        continue;
      while (last >= 0)
        {
          const gint32 p = scratch->places[last];

          border =
            ((scratch->line[q] + s2 * q * (double) q) - (scratch->line[p] + s2 * p * (double) p)) /
            (2 * s2 * (q - p));
          if (border > scratch->borders[last])
            break;
          last--;
          border = -INFINITY;
        }
      last++;
      scratch->places[last] = q;
      scratch->borders[last] = border;
    }
  for (gint32 q = 0, v = 0; q < n && last >= 0; q++)
    {
      double d;

      while (v < last && scratch->borders[v + 1] < q)
        v++;
      d = (q - scratch->places[v]) * s;
      f[(gsize) q * stride] = (float) (d * d) + scratch->line[scratch->places[v]];
    }
}

typedef struct
{
  float        *out;
  const gint32 *dims;
  const double *spacing_mm;
  int           axis;
} Pass;

/* All lines of one slab that the other axes make. */
static void
transform_slab (gsize item, guint worker, gpointer data)
{
  const Pass        *pass = data;
  const gsize        nx = (gsize) pass->dims[0], ny = (gsize) pass->dims[1];
  const gint32       n = pass->dims[pass->axis];
  const gsize        n_lines = pass->axis == 0 ? ny : nx;
  const gsize        stride = pass->axis == 0 ? 1 : pass->axis == 1 ? nx : nx * ny;
  const gsize        start = pass->axis == 2 ? item * nx : item * nx * ny;
  g_autofree gint32 *places = g_new (gint32, n);
  g_autofree double *borders = g_new (double, n);
  g_autofree float  *line = g_new (float, n);
  Scratch            scratch = { places, borders, line };

  for (gsize l = 0; l < n_lines; l++)
    transform_line (pass->out + start + l * (pass->axis == 0 ? nx : 1), stride, n,
                    pass->spacing_mm[pass->axis], &scratch);
}

void
sag_mask_distance_squared (const guint8 *inside,
                           const gint32  dims[3],
                           const double  spacing_mm[3],
                           float        *out)
{
  const gsize n = (gsize) dims[0] * (gsize) dims[1] * (gsize) dims[2];

  for (gsize v = 0; v < n; v++)
    out[v] = inside[v] != 0 ? 0 : INFINITY;
  for (int axis = 0; axis < 3; axis++)
    {
      Pass pass = { out, dims, spacing_mm, axis };

      if (dims[axis] > 1)
        sag_pool_run (sag_pool_get_default (), (gsize) dims[axis == 2 ? 1 : 2], transform_slab,
                      &pass);
    }
}
