/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-grid.h"

#include "model/core/pool.h"

#include <math.h>

#define TARGET_MM 3.6
#define MAX_FACTOR 16 /* sums of a block stay far below 2^31 */
#define LOWEST_HU (-1024)
#define HIGHEST_HU 3071

void
sag_lung_grid_factors (const double spacing_mm[3], gint32 factor[3])
{
  for (guint a = 0; a < 3; a++)
    factor[a] =
      spacing_mm[a] > 0 ? (gint32) CLAMP (TARGET_MM / spacing_mm[a] + 0.5, 1, MAX_FACTOR) : 1;
}

/* A stored axis cut into blocks: block c is stored indices first[c] .. first[c] + length[c] - 1. */
typedef struct
{
  gint32  n;
  gint32 *first;
  gint32 *length;
} Blocks;

static void
blocks_init (Blocks *blocks, gint32 n_voxels, gint32 factor, gboolean flip)
{
  blocks->n = (n_voxels + factor - 1) / factor;
  blocks->first = g_new (gint32, blocks->n);
  blocks->length = g_new (gint32, blocks->n);
  for (gint32 c = 0; c < blocks->n; c++)
    {
      gint32 low = c * factor, high = MIN (low + factor, n_voxels);

      blocks->first[c] = flip ? n_voxels - high : low;
      blocks->length[c] = high - low;
    }
}

static void
blocks_clear (Blocks *blocks)
{
  g_free (blocks->first);
  g_free (blocks->length);
}

typedef struct
{
  SagVoxels stored;
  Blocks    blocks[3]; /* of the stored axes */
  gsize     stride[3]; /* cells of the working copy from block to block */
  gint16   *hu;
} Reduce;

static void
add_row_int16 (const gint16 *row, gsize n, gint32 *sums)
{
  gsize i = 0;

  for (; i + 32 <= n; i += 32)
    for (guint b = 0; b < 32; b++)
      sums[i + b] += CLAMP (row[i + b], LOWEST_HU, HIGHEST_HU);
  for (; i < n; i++)
    sums[i] += CLAMP (row[i], LOWEST_HU, HIGHEST_HU);
}

static void
add_row_float (const float *row, gsize n, gint32 *sums)
{
  for (gsize i = 0; i < n; i++)
    sums[i] += row[i] > LOWEST_HU ? (gint32) MIN (row[i], HIGHEST_HU) : LOWEST_HU;
}

static void
reduce_planes (gsize item, guint worker, gpointer data)
{
  const Reduce      *reduce = data;
  const gint32      *dims = reduce->stored.geometry.dims;
  const Blocks      *bi = &reduce->blocks[0], *bj = &reduce->blocks[1], *bk = &reduce->blocks[2];
  g_autofree gint32 *sums = g_new (gint32, dims[0]);

  for (gint32 cj = 0; cj < bj->n; cj++)
    {
      gint16 *out = reduce->hu + item * reduce->stride[2] + cj * reduce->stride[1];

      memset (sums, 0, dims[0] * sizeof *sums);
      for (gint32 k = bk->first[item]; k < bk->first[item] + bk->length[item]; k++)
        for (gint32 j = bj->first[cj]; j < bj->first[cj] + bj->length[cj]; j++)
          {
            gsize row = ((gsize) k * dims[1] + j) * dims[0];

            if (reduce->stored.scalar == SAG_SCALAR_INT16)
              add_row_int16 ((const gint16 *) reduce->stored.origin + row, dims[0], sums);
            else
              add_row_float ((const float *) reduce->stored.origin + row, dims[0], sums);
          }
      for (gint32 ci = 0; ci < bi->n; ci++)
        {
          gint64 sum = 0;

          for (gint32 i = bi->first[ci]; i < bi->first[ci] + bi->length[ci]; i++)
            sum += sums[i];
          out[ci * reduce->stride[0]] =
            sum / ((gint64) bi->length[ci] * bj->length[cj] * bk->length[item]);
        }
    }
}

SagLungGrid *
sag_lung_grid_new (SagVolume *volume)
{
  SagLungGrid *grid = g_new0 (SagLungGrid, 1);
  gsize        strides[3];
  bool         flip[3];
  SagVoxels    ras;
  Reduce       reduce;
  int          axis[3];

  sag_volume_view_ras (volume, &ras);
  sag_volume_view_stored (volume, &reduce.stored);
  sag_geometry_nearest_axes (&reduce.stored.geometry, axis, flip);
  sag_geometry_spacing_mm (&ras.geometry, grid->scan_spacing_mm);
  sag_lung_grid_factors (grid->scan_spacing_mm, grid->factor);
  memcpy (grid->scan_dims, ras.geometry.dims, sizeof grid->scan_dims);
  grid->geometry = sag_geometry_coarsen (&ras.geometry, grid->factor);
  sag_geometry_spacing_mm (&grid->geometry, grid->spacing_mm);
  grid->cell_ml = grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2] / 1000;
  grid->n_cells = sag_geometry_n_voxels (&grid->geometry);
  grid->hu = g_new (gint16, grid->n_cells);
  strides[0] = 1;
  strides[1] = grid->geometry.dims[0];
  strides[2] = strides[1] * grid->geometry.dims[1];
  for (guint a = 0; a < 3; a++)
    {
      blocks_init (&reduce.blocks[axis[a]], ras.geometry.dims[a], grid->factor[a], flip[a]);
      reduce.stride[axis[a]] = strides[a];
    }
  reduce.hu = grid->hu;
  sag_pool_run (sag_pool_get_default (), reduce.blocks[2].n, reduce_planes, &reduce);
  for (guint a = 0; a < 3; a++)
    blocks_clear (&reduce.blocks[a]);
  return grid;
}

void
sag_lung_grid_free (SagLungGrid *grid)
{
  if (grid == NULL)
    return;
  g_free (grid->hu);
  g_free (grid);
}

/* Dilation is a maximum over six neighbours, erosion a minimum. */
typedef struct
{
  const SagLungGrid *grid;
  const guint8      *in;
  guint8            *out;
  gboolean           erode;
} Morph;

static void
morph_slice (gsize item, guint worker, gpointer data)
{
  const Morph  *morph = data;
  const gint32 *dims = morph->grid->geometry.dims;
  gint32        nx = dims[0], k = (gint32) item;
  gsize         slice = (gsize) nx * dims[1];

  for (gint32 j = 0; j < dims[1]; j++)
    {
      const guint8 *row = morph->in + sag_lung_grid_index (morph->grid, 0, j, k);
      const guint8 *beside[4] = { j > 0 ? row - nx : row, j + 1 < dims[1] ? row + nx : row,
                                  k > 0 ? row - slice : row, k + 1 < dims[2] ? row + slice : row };
      guint8 *out = morph->out + sag_lung_grid_index (morph->grid, 0, j, k);

      for (gint32 i = 0; i < nx; i++)
        {
          guint8 left = row[i > 0 ? i - 1 : i], right = row[i + 1 < nx ? i + 1 : i];

          out[i] =
            morph->erode
              ? row[i] & left & right & beside[0][i] & beside[1][i] & beside[2][i] & beside[3][i]
              : row[i] | left | right | beside[0][i] | beside[1][i] | beside[2][i] | beside[3][i];
        }
    }
}

static void
morph (const SagLungGrid *grid, guint8 *cells, gboolean erode)
{
  g_autofree guint8 *in = g_memdup2 (cells, grid->n_cells);
  Morph              job = { grid, in, cells, erode };

  sag_pool_run (sag_pool_get_default (), grid->geometry.dims[2], morph_slice, &job);
}

void
sag_cells_dilate (const SagLungGrid *grid, guint8 *cells)
{
  morph (grid, cells, FALSE);
}

void
sag_cells_erode (const SagLungGrid *grid, guint8 *cells)
{
  morph (grid, cells, TRUE);
}

typedef struct
{
  const SagLungGrid *grid;
  const guint8      *cells;
} Cells;

static void
cells_row (gint32 j, gint32 k, guint64 *bits, gpointer data)
{
  const Cells  *cells = data;
  gint32        nx = cells->grid->geometry.dims[0];
  const guint8 *row = cells->cells + sag_lung_grid_index (cells->grid, 0, j, k);

  memset (bits, 0, (nx + 63) / 64 * sizeof *bits);
  for (gint32 i = 0; i < nx; i++)
    bits[i / 64] |= (guint64) (row[i] != 0) << (i % 64);
}

SagComponents *
sag_cells_components (const SagLungGrid *grid, const guint8 *cells, SagConnectivity connectivity)
{
  Cells job = { grid, cells };

  return sag_components_new (grid->geometry.dims, connectivity, cells_row, &job, NULL, NULL);
}

void
sag_cells_paint (const SagLungGrid   *grid,
                 const SagComponents *components,
                 guint32              label,
                 guint8               value,
                 guint8              *cells)
{
  const gint32 *dims = grid->geometry.dims;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      {
        gsize         n_runs;
        const SagRun *run = sag_components_get_runs (components, j, k, &n_runs);

        for (; n_runs > 0; n_runs--, run++)
          if (run->label == label)
            memset (cells + sag_lung_grid_index (grid, run->start, j, k), value,
                    run->end - run->start);
      }
}

gint32
sag_cells_flood_slice (
  const SagLungGrid *grid, const guint8 *cells, gint32 k, gint32 seed, guint8 *seen, gint32 *found)
{
  const guint8 *slice = cells + sag_lung_grid_index (grid, 0, 0, k);
  gint32        nx = grid->geometry.dims[0], ny = grid->geometry.dims[1], n = 0;

  seen[seed] = 1;
  found[n++] = seed;
  for (gint32 q = 0; q < n; q++)
    {
      gint32       c = found[q], x = c % nx, y = c / nx;
      const gint32 beside[4] = { x > 0 ? c - 1 : c, x + 1 < nx ? c + 1 : c, y > 0 ? c - nx : c,
                                 y + 1 < ny ? c + nx : c };

      for (guint b = 0; b < 4; b++)
        if (slice[beside[b]] && !seen[beside[b]])
          {
            seen[beside[b]] = 1;
            found[n++] = beside[b];
          }
    }
  return n;
}

gsize
sag_cells_flood (const SagLungGrid *grid, const guint8 *free, guint8 *values, gsize max_cells)
{
  const gint32 *dims = grid->geometry.dims;
  const gsize   stride[3] = { 1, dims[0], (gsize) dims[0] * dims[1] };
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize n_seeds;

  for (gsize c = 0; c < grid->n_cells; c++)
    if (values[c])
      g_array_append_val (queue, c);
  n_seeds = queue->len;
  for (guint q = 0; q < queue->len && queue->len - n_seeds < max_cells; q++)
    {
      gsize c = g_array_index (queue, gsize, q);

      for (guint a = 0; a < 3; a++)
        {
          gint32 at = c / stride[a] % dims[a];

          if (at > 0 && free[c - stride[a]] && !values[c - stride[a]])
            {
              gsize to = c - stride[a];

              values[to] = values[c];
              g_array_append_val (queue, to);
            }
          if (at + 1 < dims[a] && free[c + stride[a]] && !values[c + stride[a]])
            {
              gsize to = c + stride[a];

              values[to] = values[c];
              g_array_append_val (queue, to);
            }
        }
    }
  return queue->len - n_seeds;
}
