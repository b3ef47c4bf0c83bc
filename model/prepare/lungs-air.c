/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-private.h"

#include "model/core/pool.h"

/* Air inside the body, and landmarks.
 *
 * Air outside is what reaches the edge of its own axial slice: a slice through an open mouth opens
 * the airway, but not the lungs far below it. Where a scan is cropped the lungs reach the edge too;
 * they are told apart by their density, for outside there is nothing but air. */

#define OUTSIDE_HU (-930)
#define BODY_HU (-300)
#define BONE_HU 220

typedef struct
{
  const SagLungGrid *grid;
  guint8            *air;
} AirJob;

static void
clear_outside (gsize item, guint worker, gpointer data)
{
  AirJob            *job = data;
  const gint32      *dims = job->grid->geometry.dims;
  gint32             nx = dims[0], ny = dims[1];
  gsize              slice = (gsize) nx * ny;
  const gint16      *hu = job->grid->hu + item * slice;
  guint8            *air = job->air + item * slice;
  g_autofree guint8 *seen = g_new0 (guint8, slice);
  g_autofree gint32 *found = g_new (gint32, slice);

  for (gsize c = 0; c < slice; c++)
    air[c] = hu[c] < SAG_LUNG_AIR_HU;
  for (gint32 c = 0; c < (gint32) slice; c++)
    {
      gint32 x = c % nx, y = c / nx, n;
      gint64 sum = 0;

      if (!air[c] || seen[c] || (x > 0 && y > 0 && x < nx - 1 && y < ny - 1))
        continue;
      n = sag_cells_flood_slice (job->grid, job->air, item, c, seen, found);
      for (gint32 f = 0; f < n; f++)
        sum += hu[found[f]];
      for (gint32 f = 0; f < n && sum < (gint64) OUTSIDE_HU * n; f++)
        air[found[f]] = 0;
    }
}

guint8 *
sag_lung_air_find (const SagLungGrid *grid)
{
  AirJob job = { grid, g_new (guint8, grid->n_cells) };

  sag_pool_run (sag_pool_get_default (), grid->geometry.dims[2], clear_outside, &job);
  return job.air;
}

/* The body without its skin: what is thin, as a table's shell, goes with one erosion. */
static gboolean
find_body (const SagLungGrid *grid, guint8 *core, SagComponent *body)
{
  g_autoptr (SagComponents) components = NULL;
  guint32 label;

  for (gsize c = 0; c < grid->n_cells; c++)
    core[c] = grid->hu[c] > BODY_HU;
  sag_cells_erode (grid, core);
  components = sag_cells_components (grid, core, SAG_CONNECT_FACES);
  memset (core, 0, grid->n_cells);
  if (!sag_components_find_largest (components, &label))
    return FALSE;
  sag_components_measure (components, label, body);
  sag_cells_paint (grid, components, label, 1, core);
  return TRUE;
}

/* Marks what lies between two cells of @core, itself included, on a line of @n cells, @stride
 * apart. */
static void
mark_between (const guint8 *core, gsize stride, gint32 n, guint8 *enclosed)
{
  gint32 low = 0, high = n - 1;

  while (low < n && !core[low * stride])
    low++;
  while (high > low && !core[high * stride])
    high--;
  for (gint32 c = low; c <= high && c < n; c++)
    enclosed[c * stride] = 1;
}

/* A row along the edge of a scan that is cropped through the body: tissue, and air that is not
 * outside. */
static void
close_row (const guint8 *core, const guint8 *air, const gint16 *hu, gint32 nx, guint8 *closed)
{
  gint32 n_core = 0, n_outside = 0;

  for (gint32 i = 0; i < nx; i++)
    {
      n_core += core[i];
      n_outside += hu[i] < SAG_LUNG_AIR_HU && !air[i];
    }
  for (gint32 i = 0; n_core * 5 > nx && n_outside * 20 < nx && i < nx; i++)
    closed[i] |= air[i];
}

/* At the edges of a slice, what was cut off: body between body and body on all four, and in front
 * and behind also beyond air in the body. */
static void
mark_edges (
  const guint8 *core, const guint8 *air, const gint16 *hu, gint32 nx, gint32 ny, guint8 *closed)
{
  gsize last = (gsize) (ny - 1) * nx;

  memcpy (closed, core, (gsize) nx * ny);
  mark_between (core, 1, nx, closed);
  mark_between (core + last, 1, nx, closed + last);
  mark_between (core, nx, ny, closed);
  mark_between (core + nx - 1, nx, ny, closed + nx - 1);
  close_row (core, air, hu, nx, closed);
  close_row (core + last, air + last, hu + last, nx, closed + last);
}

static guint8 *
find_enclosed (const SagLungGrid *grid, const guint8 *core, const guint8 *air)
{
  gint32             nx = grid->geometry.dims[0], ny = grid->geometry.dims[1];
  guint8            *enclosed = g_new0 (guint8, grid->n_cells);
  g_autofree guint8 *closed = g_new (guint8, (gsize) nx * ny);

  for (gint32 k = 0; k < grid->geometry.dims[2]; k++)
    {
      gsize first = sag_lung_grid_index (grid, 0, 0, k);

      mark_edges (core + first, air + first, grid->hu + first, nx, ny, closed);
      for (gint32 i = 0; i < nx; i++)
        mark_between (closed + i, nx, ny, enclosed + first + i);
      for (gint32 j = 0; j < ny; j++)
        mark_between (closed + (gsize) j * nx, 1, nx, enclosed + first + (gsize) j * nx);
    }
  return enclosed;
}

/* The spine: bone in the back half of the body, near its middle. */
static void
find_spine (SagLandmarks *landmarks, const SagLungGrid *grid, const SagComponent *body)
{
  const gint32 *dims = grid->geometry.dims;
  double        centre = body->index_sum[0] / (double) body->n_voxels;
  double        middle = body->index_sum[1] / (double) body->n_voxels;
  gint32        reach = sag_lung_cells (50, grid->spacing_mm[0]);
  gint32        i_low = MAX ((gint32) centre - reach, 0),
         i_high = MIN ((gint32) centre + reach, dims[0] - 1);
  gint64 n = 0, sum_i = 0, sum_j = 0;

  landmarks->midline = centre;
  for (gint32 k = body->low[2]; k < body->high[2]; k++)
    for (gint32 j = body->low[1]; j < (gint32) middle; j++)
      for (gint32 i = i_low; i <= i_high; i++)
        if (grid->hu[sag_lung_grid_index (grid, i, j, k)] > BONE_HU)
          {
            n++;
            sum_i += i;
            sum_j += j;
          }
  /* A spine is at least some cm^2 of bone in every slice. */
  if (n * grid->spacing_mm[0] * grid->spacing_mm[1] < 200.0 * (body->high[2] - body->low[2]))
    return;
  landmarks->has_spine = TRUE;
  landmarks->midline = sum_i / (double) n;
  landmarks->spine_back = sum_j / (double) n;
}

void
sag_landmarks_find (SagLandmarks *landmarks, const SagLungGrid *grid, const guint8 *air)
{
  g_autofree guint8 *core = g_new (guint8, grid->n_cells);
  SagComponent       body;

  *landmarks = (SagLandmarks){ .midline = (grid->geometry.dims[0] - 1) / 2.0,
                               .body_high = grid->geometry.dims[2] };
  landmarks->has_body = find_body (grid, core, &body);
  landmarks->enclosed = find_enclosed (grid, core, air);
  if (!landmarks->has_body)
    return;
  landmarks->body_low = body.low[2];
  landmarks->body_high = body.high[2];
  find_spine (landmarks, grid, &body);
}

void
sag_landmarks_clear (SagLandmarks *landmarks)
{
  g_clear_pointer (&landmarks->enclosed, g_free);
}
