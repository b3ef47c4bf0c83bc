/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-private.h"

/* From air inside the body to a left and a right lung. */

/* Lung is less dense than the first, gas in bowel or stomach is less dense than the second; in
 * small pieces of gas the blur of the wall reaches far in. */
#define DENSEST_LUNG_HU (-450)
#define THINNEST_LUNG_HU (-968)
#define THINNEST_SMALL_HU (-920)
#define SMALL_ML 300
#define MIN_PIECE_ML 20
#define MIN_LUNGS_ML 100
#define MIN_ENCLOSED 0.75
#define MAX_EROSIONS 5
#define CLOSING_MM 6

/* What one piece of air looks like. */
typedef struct
{
  double ml;
  gint   median_hu;      /* away from its surface */
  double enclosed_share; /* by the body */
} Piece;

static Piece
measure_piece (const SagLungGrid   *grid,
               const SagComponents *components,
               guint32              label,
               const guint8        *inside,
               const guint8        *enclosed)
{
  enum
  {
    BIN_HU = 8,
    LOW_HU = -1024,
    N_BINS = 128
  };
  const gint32 *dims = grid->geometry.dims;
  gsize         bins[N_BINS] = { 0 }, n = 0, n_enclosed = 0, below = 0;
  gint64        size = sag_components_get_size (components, label);
  Piece         piece = { size * grid->cell_ml, 0, 0 };

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      {
        gsize         n_runs;
        const SagRun *run = sag_components_get_runs (components, j, k, &n_runs);

        for (; n_runs > 0; n_runs--, run++)
          for (gint32 i = run->start; run->label == label && i < run->end; i++)
            {
              gsize c = sag_lung_grid_index (grid, i, j, k);

              n_enclosed += enclosed[c];
              if (!inside[c])
                continue;
              bins[CLAMP ((grid->hu[c] - LOW_HU) / BIN_HU, 0, N_BINS - 1)]++;
              n++;
            }
      }
  piece.enclosed_share = n_enclosed / (double) size;
  for (gint b = 0; n > 0 && b < N_BINS; b++)
    if ((below += bins[b]) * 2 >= n)
      {
        piece.median_hu = LOW_HU + b * BIN_HU + BIN_HU / 2;
        break;
      }
  return piece;
}

/* Keeps what has the density of lung and lies in the body. Returns how many ml. */
static double
choose_lungs (const SagLungGrid  *grid,
              const SagLandmarks *landmarks,
              const guint8       *air,
              guint8             *lungs)
{
  g_autofree guint8 *inside = g_memdup2 (air, grid->n_cells);
  g_autoptr (SagComponents) components = sag_cells_components (grid, air, SAG_CONNECT_FACES);
  double total_ml = 0;

  sag_cells_erode (grid, inside);
  for (guint32 label = 0; label < sag_components_get_n (components); label++)
    {
      Piece piece;

      if (sag_components_get_size (components, label) * grid->cell_ml < MIN_PIECE_ML)
        continue;
      piece = measure_piece (grid, components, label, inside, landmarks->enclosed);
      if (piece.median_hu < (piece.ml < SMALL_ML ? THINNEST_SMALL_HU : THINNEST_LUNG_HU) ||
          piece.median_hu > DENSEST_LUNG_HU || piece.enclosed_share < MIN_ENCLOSED)
        continue;
      sag_cells_paint (grid, components, label, 1, lungs);
      total_ml += piece.ml;
    }
  return total_ml;
}

static double
centre_i (const SagComponents *components, guint32 label)
{
  SagComponent measures;

  sag_components_measure (components, label, &measures);
  return measures.index_sum[0] / (double) measures.n_voxels;
}

/* The largest and the second largest component; FALSE if there are not two. */
static gboolean
find_two_largest (const SagComponents *components, guint32 two[2])
{
  gint64 size[2] = { 0, 0 };

  for (guint32 label = 0; label < sag_components_get_n (components); label++)
    {
      gint64 n = sag_components_get_size (components, label);

      if (n > size[0])
        {
          size[1] = size[0];
          two[1] = two[0];
          size[0] = n;
          two[0] = label;
        }
      else if (n > size[1])
        {
          size[1] = n;
          two[1] = label;
        }
    }
  return size[1] > 0;
}

/* Lungs that touch, in front of or behind the heart: shrunk until they part, they are seeds that
 * grow back. FALSE if they do not part. */
static gboolean
part_by_erosion (const SagLungGrid *grid, const guint8 *both, double midline, guint8 *sides)
{
  g_autofree guint8 *core = g_memdup2 (both, grid->n_cells);

  for (guint e = 0; e < MAX_EROSIONS; e++)
    {
      g_autoptr (SagComponents) components = NULL;
      guint32 two[2] = { 0, 0 };
      double  at[2];

      sag_cells_erode (grid, core);
      components = sag_cells_components (grid, core, SAG_CONNECT_FACES);
      if (!find_two_largest (components, two) || sag_components_get_size (components, two[1]) * 5 <
                                                   sag_components_get_size (components, two[0]))
        continue;
      at[0] = centre_i (components, two[0]);
      at[1] = centre_i (components, two[1]);
      if ((at[0] > midline) == (at[1] > midline))
        continue;
      for (guint s = 0; s < 2; s++)
        sag_cells_paint (grid, components, two[s], at[s] > midline ? SAG_LUNG_RIGHT : SAG_LUNG_LEFT,
                         sides);
      sag_cells_flood (grid, both, sides, G_MAXSIZE);
      return TRUE;
    }
  return FALSE;
}

static void
part_at_midline (const SagLungGrid *grid, const guint8 *both, double midline, guint8 *sides)
{
  gint32 nx = grid->geometry.dims[0];

  for (gsize c = 0; c < grid->n_cells; c++)
    if (both[c])
      sides[c] = c % nx > midline ? SAG_LUNG_RIGHT : SAG_LUNG_LEFT;
}

/* Part of component @label that lies right of the midline. */
static double
right_share (const SagLungGrid   *grid,
             const SagComponents *components,
             guint32              label,
             double               midline)
{
  const gint32 *dims = grid->geometry.dims;
  gint64        n_right = 0;

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      {
        gsize         n_runs;
        const SagRun *run = sag_components_get_runs (components, j, k, &n_runs);

        for (; n_runs > 0; n_runs--, run++)
          if (run->label == label)
            n_right += MAX (run->end - MAX (run->start, (gint32) midline + 1), 0);
      }
  return n_right / (double) sag_components_get_size (components, label);
}

guint8 *
sag_lung_sides_find (const SagLungGrid *grid, const SagLandmarks *landmarks, const guint8 *air)
{
  g_autofree guint8 *lungs = g_new0 (guint8, grid->n_cells);
  guint8            *sides = g_new0 (guint8, grid->n_cells);
  g_autoptr (SagComponents) components = NULL;
  double midline = landmarks->midline;

  if (choose_lungs (grid, landmarks, air, lungs) < MIN_LUNGS_ML)
    return sides;
  components = sag_cells_components (grid, lungs, SAG_CONNECT_FACES);
  for (guint32 label = 0; label < sag_components_get_n (components); label++)
    {
      double             share = right_share (grid, components, label, midline);
      g_autofree guint8 *both = NULL;

      if (MIN (share, 1 - share) < 0.15)
        {
          sag_cells_paint (grid, components, label, share > 0.5 ? SAG_LUNG_RIGHT : SAG_LUNG_LEFT,
                           sides);
          continue;
        }
      both = g_new0 (guint8, grid->n_cells);
      sag_cells_paint (grid, components, label, 1, both);
      if (!part_by_erosion (grid, both, midline, sides))
        part_at_midline (grid, both, midline, sides);
    }
  return sides;
}

/* Closing: out and in again, so that narrow dense things inside are taken in. */
static void
close_side (const SagLungGrid *grid, const guint8 *airway, guint8 *sides, guint8 side)
{
  g_autofree guint8 *lung = g_new (guint8, grid->n_cells);
  double             spacing_mm = MAX (grid->spacing_mm[0], grid->spacing_mm[2]);
  guint              n_steps = (guint) CLAMP (CLOSING_MM / spacing_mm + 0.5, 1, 3);

  for (gsize c = 0; c < grid->n_cells; c++)
    lung[c] = sides[c] == side;
  for (guint s = 0; s < n_steps; s++)
    sag_cells_dilate (grid, lung);
  for (guint s = 0; s < n_steps; s++)
    sag_cells_erode (grid, lung);
  for (gsize c = 0; c < grid->n_cells; c++)
    if (lung[c] && sides[c] == 0 && !airway[c])
      sides[c] = side;
}

/* What is shut in on all sides, and does not reach the edge of the scan, belongs to the lung around
 * it. */
static void
fill_holes (const SagLungGrid *grid, guint8 *sides)
{
  const gint32      *dims = grid->geometry.dims;
  g_autofree guint8 *rest = g_new (guint8, grid->n_cells);
  g_autofree guint8 *outside = g_new (guint8, grid->n_cells);

  for (gsize c = 0; c < grid->n_cells; c++)
    {
      gint32   i = c % dims[0], j = c / dims[0] % dims[1], k = c / dims[0] / dims[1];
      gboolean edge =
        i == 0 || j == 0 || k == 0 || i == dims[0] - 1 || j == dims[1] - 1 || k == dims[2] - 1;

      rest[c] = sides[c] == 0;
      outside[c] = rest[c] && edge;
    }
  sag_cells_flood (grid, rest, outside, G_MAXSIZE);
  for (gsize c = 0; c < grid->n_cells; c++)
    rest[c] &= !outside[c];
  sag_cells_flood (grid, rest, sides, G_MAXSIZE);
}

void
sag_lung_sides_close (const SagLungGrid *grid, const guint8 *airway, guint8 *sides)
{
  close_side (grid, airway, sides, SAG_LUNG_LEFT);
  close_side (grid, airway, sides, SAG_LUNG_RIGHT);
  fill_holes (grid, sides);
}
