/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-private.h"

/* Trachea and main bronchi.
 *
 * The trachea is a small round hole near the middle that goes on from slice to slice. From there
 * air is followed downwards for as long as it is clearly less dense than lung: with a rising limit
 * of density, up to where it breaks through into the lungs and the volume explodes. */

#define MAX_AIRWAY_ML 150
#define MAX_STEP_ML 25
#define LOWEST_LIMIT_HU (-985)
#define HIGHEST_LIMIT_HU (-780)
#define STEP_HU 15
#define N_LIMITS ((HIGHEST_LIMIT_HU - LOWEST_LIMIT_HU) / STEP_HU + 2)
#define MIN_AIRWAY_ML 10
#define MIN_HEIGHT_MM 50
#define SEEN_MM 15
#define MAX_OFF_MM 35
#define MIN_MM2 40
#define MAX_MM2 900
#define MAX_MEAN_HU (-800)

/* A piece of air in one slice. */
typedef struct
{
  double mm2;
  double i;
  double mean_hu;
  gint32 thinnest; /* the cell that is least dense */
} Piece;

static Piece
measure_piece (const SagLungGrid *grid, gint32 k, const gint32 *found, gint32 n)
{
  const gint16 *hu = grid->hu + sag_lung_grid_index (grid, 0, 0, k);
  gint32        nx = grid->geometry.dims[0];
  gint64        sum_hu = 0, sum_i = 0;
  gint32        thinnest = found[0];

  for (gint32 f = 0; f < n; f++)
    {
      sum_hu += hu[found[f]];
      sum_i += found[f] % nx;
      if (hu[found[f]] < hu[thinnest])
        thinnest = found[f];
    }
  return (Piece){ n * grid->spacing_mm[0] * grid->spacing_mm[1], sum_i / (double) n,
                  sum_hu / (double) n, thinnest };
}

/* The piece of slice @k that looks like a trachea; nearest to the middle if there are several. */
static gboolean
find_trachea_in_slice (
  const SagLungGrid *grid, const SagLandmarks *landmarks, const guint8 *air, gint32 k, gint32 *cell)
{
  gint32             n = grid->geometry.dims[0] * grid->geometry.dims[1];
  g_autofree guint8 *seen = g_new0 (guint8, n);
  g_autofree gint32 *found = g_new (gint32, n);
  double             best_mm = MAX_OFF_MM;
  gboolean           any = FALSE;

  for (gint32 c = 0; c < n; c++)
    {
      Piece  piece;
      double off_mm;

      if (!air[sag_lung_grid_index (grid, 0, 0, k) + c] || seen[c])
        continue;
      piece = measure_piece (grid, k, found, sag_cells_flood_slice (grid, air, k, c, seen, found));
      off_mm = ABS (piece.i - landmarks->midline) * grid->spacing_mm[0];
      if (piece.mm2 < MIN_MM2 || piece.mm2 > MAX_MM2 || piece.mean_hu > MAX_MEAN_HU ||
          off_mm > best_mm)
        continue;
      best_mm = off_mm;
      *cell = piece.thinnest;
      any = TRUE;
    }
  return any;
}

/* The uppermost slice from @top down from which on a trachea is seen for 15 mm; -1 if there is
 * none. */
static gint32
find_trachea (const SagLungGrid  *grid,
              const SagLandmarks *landmarks,
              const guint8       *air,
              gint32              top,
              gsize              *seed)
{
  gint32 n_needed = MAX (sag_lung_cells (SEEN_MM, grid->spacing_mm[2]), 1), n_seen = 0;

  for (gint32 k = top; k >= 0; k--)
    {
      gint32 cell;

      if (!find_trachea_in_slice (grid, landmarks, air, k, &cell))
        {
          n_seen = 0;
          continue;
        }
      if (n_seen++ == 0)
        *seed = sag_lung_grid_index (grid, 0, 0, k) + cell;
      if (n_seen >= n_needed)
        return k + n_seen - 1;
    }
  return -1;
}

/* Cells to visit next, by the density limit at which they are reached. */
typedef struct
{
  const SagLungGrid *grid;
  const guint8      *air;
  guint8            *seen;
  GArray            *waiting[N_LIMITS]; /* of gsize */
  GArray            *airway;            /* of gsize: in the order in which they were reached */
} Growth;

static void
reach_cell (Growth *growth, gsize cell, guint limit)
{
  gint hu = growth->grid->hu[cell];

  if (!growth->air[cell] || growth->seen[cell] || hu >= HIGHEST_LIMIT_HU)
    return;
  growth->seen[cell] = 1;
  if (hu >= LOWEST_LIMIT_HU)
    limit = MAX (limit, (guint) (hu - LOWEST_LIMIT_HU) / STEP_HU + 1);
  g_array_append_val (growth->waiting[limit], cell);
}

/* Visits all that is reached below limit number @limit; FALSE if that is more than an airway holds.
 */
static gboolean
grow_to_limit (Growth *growth, guint limit)
{
  const gint32 *dims = growth->grid->geometry.dims;
  const gsize   stride[3] = { 1, dims[0], (gsize) dims[0] * dims[1] };
  GArray       *waiting = growth->waiting[limit];
  double        cell_ml = growth->grid->cell_ml, before_ml = growth->airway->len * cell_ml;
  double        max_ml =
    before_ml > MIN_AIRWAY_ML ? MIN (before_ml + MAX_STEP_ML, MAX_AIRWAY_ML) : MAX_AIRWAY_ML;

  for (guint q = 0; q < waiting->len; q++)
    {
      gsize cell = g_array_index (waiting, gsize, q);

      g_array_append_val (growth->airway, cell);
      if (growth->airway->len * cell_ml > max_ml)
        return FALSE;
      for (guint a = 0; a < 3; a++)
        {
          gint32 at = cell / stride[a] % dims[a];

          if (at > 0)
            reach_cell (growth, cell - stride[a], limit);
          if (at + 1 < dims[a])
            reach_cell (growth, cell + stride[a], limit);
        }
    }
  return TRUE;
}

/* The airway around @seed as (n_cells) 0 or 1; @height_mm gets how far it reaches from top to
 * bottom. */
static guint8 *
grow_airway (const SagLungGrid *grid, const guint8 *air, gsize seed, double *height_mm)
{
  gsize   slice = sag_lung_grid_index (grid, 0, 0, 1), low = G_MAXSIZE, high = 0;
  guint8 *region = g_new0 (guint8, grid->n_cells);
  Growth  growth = { grid, air, region, { NULL }, g_array_new (FALSE, FALSE, sizeof (gsize)) };
  guint   n_good = 0;

  for (guint limit = 0; limit < N_LIMITS; limit++)
    growth.waiting[limit] = g_array_new (FALSE, FALSE, sizeof (gsize));
  reach_cell (&growth, seed, 0);
  for (guint limit = 0; limit < N_LIMITS && grow_to_limit (&growth, limit); limit++)
    n_good = growth.airway->len;
  memset (region, 0, grid->n_cells);
  for (guint c = 0; c < n_good; c++)
    {
      gsize cell = g_array_index (growth.airway, gsize, c);

      region[cell] = 1;
      low = MIN (low, cell / slice);
      high = MAX (high, cell / slice);
    }
  *height_mm = n_good > 0 ? (high - low + 1) * grid->spacing_mm[2] : 0;
  for (guint limit = 0; limit < N_LIMITS; limit++)
    g_array_unref (growth.waiting[limit]);
  g_array_unref (growth.airway);
  return region;
}

guint8 *
sag_airway_find (const SagLungGrid *grid, const SagLandmarks *landmarks, const guint8 *air)
{
  gint32 top = grid->geometry.dims[2];
  gsize  seed;

  /* What is found first may be a sinus: a trachea with its bronchi is longer. */
  while ((top = find_trachea (grid, landmarks, air, top - 1, &seed)) >= 0)
    {
      double             height_mm;
      g_autofree guint8 *airway = grow_airway (grid, air, seed, &height_mm);

      if (height_mm < MIN_HEIGHT_MM)
        continue;
      sag_cells_dilate (grid, airway);
      return g_steal_pointer (&airway);
    }
  return g_new0 (guint8, grid->n_cells);
}
