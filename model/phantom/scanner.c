/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/scanner.h"

#include "model/core/pool.h"
#include "model/phantom/wave.h"

#include <math.h>

/* Solids to voxels, always in canonical order (R, A, S); what is stored is a permutation of that, so that storage order
 * changes no voxel. First the patient is painted; then come noise and the scanner's blur. Noise is white before the
 * kernel and correlated as it is after it.
 */

#define WARP_LENGTH_MM 75
#define WARP_STEP 8 /* voxels between those where the bend is computed */

typedef struct
{
  const SagSolid *solid;
  double          low[3];
  double          high[3];
} Bounded;

typedef struct
{
  const SagSubject *subject;
  const SagGrid    *grid;
  SagCanvas        *canvas;
  double            voxel_mm;
  double            warp_mm;
  double            bend;
  double            turn[3][3];
  guint64           warp_seed[3];
} Painting;

/* Scratch memory of one slice: rows of positions as the scanner and as the patient sees them. */
typedef struct
{
  double  *fixed[3];
  double  *own[3];
  Bounded *solids; /* those that the slice meets */
  guint    n_solids;
} Slice;

static void
turn_only (const double turn[3][3], const double vector[3], double turned[3])
{
  for (guint a = 0; a < 3; a++)
    turned[a] = turn[a][0] * vector[0] + turn[a][1] * vector[1] + turn[a][2] * vector[2];
}

/* How far the back is bent to anterior at a height. */
static inline double
bend_at (const Painting *painting, double z)
{
  double above = MAX (z - SAG_BEND_Z, 0);

  return painting->bend * above * above;
}

/* From the scanner's mm to those where solids are drawn, but for the warp. */
static void
turn_point (const Painting *painting, const double point[3], double turned[3])
{
  turn_only (painting->turn, point, turned);
  turned[1] -= bend_at (painting, turned[2]);
}

static void
slice_bounds (const Painting *painting, gint32 k, gboolean fixed, double low[3], double high[3])
{
  const SagGrid *grid = painting->grid;

  for (guint a = 0; a < 3; a++)
    {
      low[a] = INFINITY;
      high[a] = -INFINITY;
    }
  for (guint corner = 0; corner < 4; corner++)
    {
      gint32 index[3] = { corner & 1 ? grid->dims[0] - 1 : 0, corner & 2 ? grid->dims[1] - 1 : 0,
                          k };
      double at[3], turned[3];

      for (guint a = 0; a < 3; a++)
        at[a] = sag_grid_position (grid, a, index);
      turn_point (painting, at, turned);
      for (guint a = 0; a < 3; a++)
        {
          low[a] = MIN (low[a], fixed ? at[a] : turned[a] - painting->warp_mm);
          high[a] = MAX (high[a], fixed ? at[a] : turned[a] + painting->warp_mm);
        }
    }
}

static void
slice_init (Slice *slice, const Painting *painting, gint32 k)
{
  GArray *solids = painting->subject->solids;
  gint32  ni = painting->grid->dims[0];
  double  low[2][3], high[2][3];

  for (guint fixed = 0; fixed < 2; fixed++)
    slice_bounds (painting, k, fixed, low[fixed], high[fixed]);
  for (guint a = 0; a < 3; a++)
    {
      slice->fixed[a] = g_new0 (double, ni);
      slice->own[a] = g_new0 (double, ni);
    }
  slice->solids = g_new (Bounded, solids->len);
  slice->n_solids = 0;
  for (guint s = 0; s < solids->len; s++)
    {
      Bounded *bounded = &slice->solids[slice->n_solids];
      gboolean meets = TRUE;
      guint    fixed;

      bounded->solid = &g_array_index (solids, SagSolid, s);
      fixed = bounded->solid->fixed;
      sag_solid_get_bounds (bounded->solid, painting->voxel_mm, bounded->low, bounded->high);
      for (guint a = 0; a < 3; a++)
        {
          meets &= bounded->low[a] <= high[fixed][a] && bounded->high[a] >= low[fixed][a];
          if (fixed)
            continue;
          bounded->low[a] -= painting->warp_mm;
          bounded->high[a] += painting->warp_mm;
        }
      slice->n_solids += meets;
    }
}

static void
slice_clear (Slice *slice)
{
  for (guint a = 0; a < 3; a++)
    {
      g_free (slice->fixed[a]);
      g_free (slice->own[a]);
    }
  g_free (slice->solids);
}

/* Adds the bend, computed at some voxels, drawn straight between them. */
static void
bend_row (const Painting *painting, Slice *slice, gint32 n)
{
  double from[3] = { 0 }, to[3] = { 0 }, at[3];

  for (gint32 i = 0; i < n; i++)
    {
      gint32 first = i - i % WARP_STEP;
      double t = (i - first) / (double) WARP_STEP;

      if (i == first)
        for (guint end = 0; end < 2; end++)
          {
            gint32 index = MIN (first + (gint32) end * WARP_STEP, n - 1);

            /* The row's later points are not bent yet, the first one is not read again. */
            for (guint a = 0; a < 3; a++)
              at[a] = slice->own[a][index];
            for (guint a = 0; a < 3; a++)
              if (end == 0)
                from[a] = i == 0
                            ? painting->warp_mm * sag_wave (painting->warp_seed[a], WARP_LENGTH_MM,
                                                            at[0], at[1], at[2])
                            : to[a];
              else
                to[a] = painting->warp_mm *
                        sag_wave (painting->warp_seed[a], WARP_LENGTH_MM, at[0], at[1], at[2]);
          }
      for (guint a = 0; a < 3; a++)
        slice->own[a][i] += from[a] + t * (to[a] - from[a]);
    }
}

/* Where the voxels of a row lie: their first one's place, and as many steps as it takes. */
static void
place_row (const Painting *painting, Slice *slice, gint32 j, gint32 k)
{
  const SagGrid *grid = painting->grid;
  const gint32   first[3] = { 0, j, k };
  double         at[3], start[3], step[3], turned_step[3];

  for (guint a = 0; a < 3; a++)
    {
      at[a] = sag_grid_position (grid, a, first);
      step[a] = grid->steps[a][0];
    }
  turn_only (painting->turn, at, start);
  turn_only (painting->turn, step, turned_step);
  for (guint a = 0; a < 3; a++)
    for (gint32 i = 0; i < grid->dims[0]; i++)
      {
        slice->fixed[a][i] = at[a] + i * step[a];
        slice->own[a][i] = start[a] + i * turned_step[a];
      }
  for (gint32 i = 0; i < grid->dims[0]; i++)
    slice->own[1][i] -= bend_at (painting, slice->own[2][i]);
}

static void
paint_row (const Painting *painting, Slice *slice, gint32 j, gint32 k)
{
  const SagGrid *grid = painting->grid;
  gint32         n = grid->dims[0];
  gsize          start = ((gsize) k * grid->dims[1] + j) * n;
  double         first[2][3], last[2][3], step[2][3];
  SagRow         rows[2];

  place_row (painting, slice, j, k);
  for (guint a = 0; a < 3; a++)
    {
      first[0][a] = slice->own[a][0];
      step[0][a] = n > 1 ? slice->own[a][1] - first[0][a] : 0;
      first[1][a] = slice->fixed[a][0];
      last[0][a] = slice->own[a][n - 1];
      last[1][a] = slice->fixed[a][n - 1];
      step[1][a] = n > 1 ? slice->fixed[a][1] - first[1][a] : 0;
    }
  if (painting->warp_mm > 0)
    bend_row (painting, slice, n);
  for (guint fixed = 0; fixed < 2; fixed++)
    {
      double **position = fixed ? slice->fixed : slice->own;

      rows[fixed] = (SagRow){ .n = n,
                              .voxel_mm = painting->voxel_mm,
                              .seed = painting->subject->seed,
                              .x = position[0],
                              .y = position[1],
                              .z = position[2],
                              .hu = painting->canvas->hu + start,
                              .labels = painting->canvas->labels + start,
                              .organs = painting->canvas->organs + start };
    }
  for (gint32 i = 0; i < n; i++)
    rows[0].hu[i] = -1000;
  memset (rows[0].labels, SAG_PHANTOM_BACKGROUND, n);
  memset (rows[0].organs, SAG_PHANTOM_BACKGROUND, n);
  for (guint s = 0; s < slice->n_solids; s++)
    {
      const Bounded *bounded = &slice->solids[s];
      guint          fixed = bounded->solid->fixed;
      gint32         from, to;

      /* most solids that the slice meets are not in this row */
      if (MIN (first[fixed][1], last[fixed][1]) > bounded->high[1] ||
          MAX (first[fixed][1], last[fixed][1]) < bounded->low[1])
        continue;
      if (sag_grid_clip_row (first[fixed], step[fixed], bounded->low, bounded->high, n, &from, &to))
        sag_solid_paint (bounded->solid, &rows[fixed], from, to);
    }
}

static void
paint_slice (gsize item, guint worker, gpointer data)
{
  Painting *painting = data;
  gint32    k = (gint32) item;
  Slice     slice;

  slice_init (&slice, painting, k);
  for (gint32 j = 0; j < painting->grid->dims[1]; j++)
    paint_row (painting, &slice, j, k);
  slice_clear (&slice);
}

void
sag_canvas_paint (SagCanvas        *canvas,
                  const SagSubject *subject,
                  const SagGrid    *grid,
                  gboolean          as_drawn)
{
  static const double straight[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  gsize               n_voxels = sag_geometry_n_voxels (&grid->geometry);
  Painting            painting = { subject, grid, canvas };
  SagDraw             draw = sag_draw (subject->seed, SAG_TOPIC_WARP);

  for (guint a = 0; a < 3; a++)
    {
      double length_2 = 0;

      for (guint b = 0; b < 3; b++)
        length_2 += grid->steps[b][a] * grid->steps[b][a];
      painting.voxel_mm += sqrt (length_2) / 3;
    }
  painting.bend = as_drawn ? 0 : subject->bend;
  painting.warp_mm = as_drawn ? 0 : subject->warp_mm;
  memcpy (painting.turn, as_drawn ? straight : subject->turn, sizeof painting.turn);
  for (guint a = 0; a < 3; a++)
    painting.warp_seed[a] = sag_random_hash (draw.seed, a);
  canvas->hu = g_new (float, n_voxels);
  canvas->labels = g_new (guint8, n_voxels);
  canvas->organs = g_new (guint8, n_voxels);
  sag_pool_run (sag_pool_get_default (), grid->dims[2], paint_slice, &painting);
}

void
sag_canvas_clear (SagCanvas *canvas)
{
  g_clear_pointer (&canvas->hu, g_free);
  g_clear_pointer (&canvas->labels, g_free);
  g_clear_pointer (&canvas->organs, g_free);
}

typedef struct
{
  const SagSubject *subject;
  const SagGrid    *grid;
  SagCanvas         canvas;
  guint64           noise_seed;
  float             noise_hu; /* before the kernel */
  float   side[3]; /* weight of a neighbour along each axis, 1 - 2 side being the voxel's own */
  gssize  stride[3];
  gsize   origin;
  gint16 *hu;
  gint16 *labels;
  gint16 *organs;
} Scan;

static inline float
blur (float before, float here, float after, float side)
{
  return here + side * (before - 2 * here + after);
}

/* Along z, with noise; then along x within the row, in place. */
static void
blur_row (const Scan *scan, gint32 j, gint32 k, float *row)
{
  const gint32 *dims = scan->grid->dims;
  gsize         plane = (gsize) dims[0] * dims[1], start = k * plane + (gsize) j * dims[0];
  const float  *here = scan->canvas.hu + start;
  const float  *below = k > 0 ? here - plane : here, *above = k + 1 < dims[2] ? here + plane : here;
  float         before;

  for (gint32 i = 0; i < dims[0]; i++)
    row[i] = blur (below[i], here[i], above[i], scan->side[2]) +
             scan->noise_hu * sag_phantom_bell (sag_random_hash (scan->noise_seed, start + i));
  before = row[0];
  for (gint32 i = 0; i < dims[0]; i++)
    {
      float own = row[i];

      row[i] = blur (before, own, i + 1 < dims[0] ? row[i + 1] : own, scan->side[0]);
      before = own;
    }
}

static void
scan_slice (gsize item, guint worker, gpointer data)
{
  Scan             *scan = data;
  const gint32     *dims = scan->grid->dims;
  gint32            k = (gint32) item;
  gsize             plane = (gsize) dims[0] * dims[1];
  g_autofree float *rows = g_new0 (float, plane);

  for (gint32 j = 0; j < dims[1]; j++)
    blur_row (scan, j, k, rows + (gsize) j * dims[0]);
  for (gint32 j = 0; j < dims[1]; j++)
    {
      const float *here = rows + (gsize) j * dims[0];
      const float *before = j > 0 ? here - dims[0] : here,
                  *after = j + 1 < dims[1] ? here + dims[0] : here;
      gsize start = k * plane + (gsize) j * dims[0];
      gsize to = scan->origin + (gsize) (j * scan->stride[1] + k * scan->stride[2]);

      for (gint32 i = 0; i < dims[0]; i++, to += (gsize) scan->stride[0])
        {
          float hu = blur (before[i], here[i], after[i], scan->side[1]);

          scan->hu[to] = (gint16) CLAMP (rintf (hu), -1024, 3071);
          scan->labels[to] = scan->canvas.labels[start + i];
          scan->organs[to] = scan->canvas.organs[start + i];
        }
    }
}

/* What the kernel leaves of white noise along one axis. */
static double
remaining (double side)
{
  return sqrt ((1 - 2 * side) * (1 - 2 * side) + 2 * side * side);
}

static void
scan_init (Scan *scan)
{
  const SagGrid *grid = scan->grid;
  gssize         stored_stride = 1;

  for (guint s = 0; s < 3; s++)
    {
      guint  a = grid->axis[s];
      gint32 n = grid->dims[a];

      scan->stride[a] = grid->flip[s] ? -stored_stride : stored_stride;
      scan->origin += grid->flip[s] ? (gsize) (stored_stride * (n - 1)) : 0;
      stored_stride *= n;
    }
  scan->side[0] = scan->side[1] = (float) scan->subject->kernel;
  scan->side[2] = (float) scan->subject->slab;
  scan->noise_hu =
    (float) (scan->subject->noise_hu / (remaining (scan->side[0]) * remaining (scan->side[1])));
}

SagPhantom *
sag_phantom_new_anatomical (const SagPhantomOptions *options)
{
  g_autoptr (SagSubject) subject = sag_subject_new (options);
  SagGrid     grid;
  Scan        scan = { subject, &grid };
  SagPhantom *phantom;
  gsize       n_voxels;

  if (!sag_grid_init (&grid, options, subject->low, subject->high))
    return NULL;
  scan.noise_seed = sag_draw (options->seed, SAG_TOPIC_NOISE).seed + options->visit;
  n_voxels = sag_geometry_n_voxels (&grid.geometry);
  sag_canvas_paint (&scan.canvas, subject, &grid, FALSE);
  scan_init (&scan);
  scan.hu = g_new (gint16, n_voxels);
  scan.labels = g_new (gint16, n_voxels);
  scan.organs = g_new (gint16, n_voxels);
  sag_pool_run (sag_pool_get_default (), grid.dims[2], scan_slice, &scan);
  sag_canvas_clear (&scan.canvas);
  phantom = g_new (SagPhantom, 1);
  phantom->image = sag_volume_new_int16 (&grid.geometry, scan.hu);
  phantom->labels = sag_volume_new_int16 (&grid.geometry, scan.labels);
  phantom->organs = sag_volume_new_int16 (&grid.geometry, scan.organs);
  return phantom;
}
