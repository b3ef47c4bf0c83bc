/* SPDX-License-Identifier: Apache-2.0 */
#include "render/slice/sheet.h"

#include <math.h>

/* How far an index may drift over a whole picture and still count as constant. */
#define DRIFT 1e-3

/* Rows of a sheet that one item of work cuts. */
#define CUT_ROWS 32

static double
drift (const double step[3], int axis, int n_pixels)
{
  return fabs (step[axis]) * n_pixels;
}

/* The lowest and highest index that the corners of the picture see, limited to the grid. */
static void
needed (SagRenderFlat *flat, int which, double across, double down, int width, int height)
{
  double low = flat->start[which] + MIN (0, across * (width - 1)) + MIN (0, down * (height - 1));
  double high = flat->start[which] + MAX (0, across * (width - 1)) + MAX (0, down * (height - 1));
  int    n = flat->dims[which];
  int    last;

  flat->n[which] = 0;
  if (!(high >= -0.5 - SAG_RENDER_INDEX_EPSILON && low <= n - 0.5 + SAG_RENDER_INDEX_EPSILON))
    return;
  flat->first[which] = (int) floor (CLAMP (low, 0, n - 1));
  last = (int) ceil (CLAMP (high, 0, n - 1));
  flat->n[which] = last - flat->first[which] + 1;
}

gboolean
sag_render_flat_init (
  SagRenderFlat *flat, const SagRenderSteps *steps, const gint32 dims[3], int width, int height)
{
  int through = 0, across, down;

  for (int a = 1; a < 3; a++)
    if (drift (steps->across, a, width) + drift (steps->down, a, height) <
        drift (steps->across, through, width) + drift (steps->down, through, height))
      through = a;
  across = (through + 1) % 3;
  down = (through + 2) % 3;
  if (drift (steps->across, across, width) < drift (steps->across, down, width))
    {
      across = down;
      down = (through + 1) % 3;
    }
  if (drift (steps->across, through, width) + drift (steps->down, through, height) > DRIFT ||
      drift (steps->across, down, width) > DRIFT)
    return FALSE;

  *flat = (SagRenderFlat){
    .axis = { across, down, through },
    .dims = { dims[across], dims[down], dims[through] },
    .start = { steps->start[across], steps->start[down] },
    .across = steps->across[across],
    .shear = drift (steps->down, across, height) > DRIFT ? steps->down[across] : 0,
    .down = steps->down[down],
    .through = steps->start[through],
  };
  needed (flat, 0, flat->across, flat->shear, width, height);
  needed (flat, 1, 0, flat->down, width, height);
  return TRUE;
}

gboolean
sag_render_flat_sees (const SagRenderFlat *flat)
{
  double place = flat->through + 0.5 + SAG_RENDER_INDEX_EPSILON;

  return flat->n[0] > 0 && flat->n[1] > 0 && place >= 0 && place < flat->dims[2];
}

SagRenderColumns *
sag_render_columns_new (int n)
{
  SagRenderColumns *columns = g_new0 (SagRenderColumns, 1);

  columns->index = g_new (gint32, n);
  columns->fraction = g_new (float, n);
  return columns;
}

void
sag_render_columns_free (SagRenderColumns *columns)
{
  if (columns == NULL)
    return;
  g_free (columns->index);
  g_free (columns->fraction);
  g_free (columns);
}

/* Sample at or before @place within first .. first + n - 1, and the way from it to the next. */
static int
sample_at (double place, int first, int n, gboolean linear, float *fraction)
{
  int index;

  place = CLAMP (place - first, 0, n - 1);
  index = (int) (linear ? place : place + 0.5 + SAG_RENDER_INDEX_EPSILON);
  *fraction = linear ? (float) (place - index) : 0;
  return MIN (index, n - 1);
}

void
sag_render_columns_fill (
  SagRenderColumns *columns, const SagRenderFlat *flat, int first, int n, int y, gboolean linear)
{
  double start = flat->start[0] + y * flat->shear;

  columns->begin = columns->end = 0;
  for (int x = 0; x < n; x++)
    {
      double place = start + (x + first) * flat->across;
      double edge = place + 0.5 + SAG_RENDER_INDEX_EPSILON;

      if (!(edge >= 0 && edge < flat->dims[0]))
        continue;
      if (columns->end == 0)
        columns->begin = x;
      columns->end = x + 1;
      columns->index[x] =
        sample_at (place, flat->first[0], flat->n[0], linear, &columns->fraction[x]);
    }
}

int
sag_render_flat_row (const SagRenderFlat *flat, int y, gboolean linear, float *fraction)
{
  double place = flat->start[1] + y * flat->down;
  double edge = place + 0.5 + SAG_RENDER_INDEX_EPSILON;

  if (!(edge >= 0 && edge < flat->dims[1]))
    return -1;
  return sample_at (place, flat->first[1], flat->n[1], linear, fraction);
}

typedef struct
{
  const SagVoxels     *voxels;
  const SagRenderFlat *flat;
  SagRenderSlab        slab;
  int                  slice0;
  int                  slice1;
  float               *sheet;
} Cut;

static void
cut_line (const SagVoxels *voxels, gint64 start, gint64 stride, int n, float *restrict out)
{
  if (voxels->scalar == SAG_SCALAR_INT16)
    {
      const gint16 *in = (const gint16 *) voxels->origin + start;

      for (int i = 0; i < n; i++)
        out[i] = in[i * stride];
    }
  else
    {
      const float *in = (const float *) voxels->origin + start;

      for (int i = 0; i < n; i++)
        out[i] = in[i * stride];
    }
}

static void
combine (SagRenderSlab slab, const float *restrict line, int n, float *restrict out)
{
  if (slab == SAG_RENDER_SLAB_MAXIMUM)
    for (int i = 0; i < n; i++)
      out[i] = out[i] > line[i] ? out[i] : line[i];
  else if (slab == SAG_RENDER_SLAB_MINIMUM)
    for (int i = 0; i < n; i++)
      out[i] = out[i] < line[i] ? out[i] : line[i];
  else
    for (int i = 0; i < n; i++)
      out[i] += line[i];
}

static void
cut_rows_cb (gsize item, guint worker, gpointer data)
{
  const Cut           *cut = data;
  const SagRenderFlat *flat = cut->flat;
  const gint64        *stride = cut->voxels->stride;
  int                  n = flat->n[0], end = MIN ((int) (item + 1) * CUT_ROWS, flat->n[1]);
  float               *line = g_new (float, n);

  for (int v = (int) item * CUT_ROWS; v < end; v++)
    {
      gint64 start =
        stride[flat->axis[0]] * flat->first[0] + stride[flat->axis[1]] * (v + flat->first[1]);
      float *out = cut->sheet + (gsize) v * n;

      cut_line (cut->voxels, start + stride[flat->axis[2]] * cut->slice0, stride[flat->axis[0]], n,
                out);
      for (int s = cut->slice0 + 1; s <= cut->slice1; s++)
        {
          cut_line (cut->voxels, start + stride[flat->axis[2]] * s, stride[flat->axis[0]], n, line);
          combine (cut->slab, line, n, out);
        }
      if (cut->slab == SAG_RENDER_SLAB_MEAN)
        for (int i = 0; i < n; i++)
          out[i] /= cut->slice1 - cut->slice0 + 1;
    }
  g_free (line);
}

float *
sag_render_sheet_cut (const SagVoxels     *voxels,
                      const SagRenderFlat *flat,
                      SagRenderSlab        slab,
                      int                  slice0,
                      int                  slice1,
                      SagPool             *pool)
{
  Cut cut = { voxels, flat, slab, slice0, slice1, g_new (float, (gsize) flat->n[0] * flat->n[1]) };

  sag_render_run (pool, (flat->n[1] + CUT_ROWS - 1) / CUT_ROWS, cut_rows_cb, &cut);
  return cut.sheet;
}

void
sag_render_span (
  const SagRenderSteps *steps, const gint32 dims[3], int y, int width, int *begin, int *end)
{
  double low = 0, high = width;

  for (int a = 0; a < 3; a++)
    {
      double at = steps->start[a] + y * steps->down[a] + 0.5 + SAG_RENDER_INDEX_EPSILON,
             step = steps->across[a];

      /* The pixels with 0 <= at + x * step < dims. */
      if (fabs (step) * width < SAG_RENDER_INDEX_EPSILON)
        high = at >= 0 && at < dims[a] ? high : 0;
      else if (step > 0)
        {
          low = MAX (low, ceil (-at / step));
          high = MIN (high, ceil ((dims[a] - at) / step));
        }
      else
        {
          low = MAX (low, floor ((dims[a] - at) / step) + 1);
          high = MIN (high, floor (-at / step) + 1);
        }
    }
  *begin = (int) MIN (low, width);
  *end = high > *begin ? (int) high : *begin;
}

void
sag_render_run (SagPool *pool, gsize n_items, SagPoolFunc func, gpointer data)
{
  if (pool != NULL)
    sag_pool_run (pool, n_items, func, data);
  else
    for (gsize i = 0; i < n_items; i++)
      func (i, 0, data);
}
