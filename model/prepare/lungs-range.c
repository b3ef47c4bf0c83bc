/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/lungs-private.h"

/* Where lung can be, findings included.
 *
 * Air tells where healthy lungs end. An effusion, a consolidation or a missing lung hides the base,
 * and then air alone would cut the finding off. Signs that something hides it:
 *   - a lung is missing, much smaller than the other, or both are small;
 *   - one lung ends much higher than the other;
 *   - a lung ends in front: in a patient who lies on the back the deepest place is behind.
 * Then the range goes down to the last rib, or without ribs to the end of the body. */

#define BONE_HU 220
#define MIN_BOTH_ML 1500
#define MIN_RATIO 0.45
#define MAX_UNEVEN_MM 30
#define MAX_FRONT_MM 15
#define MAX_LUNG_MM 340   /* no chest is longer */
#define MAX_RIB_GAP_MM 28 /* between two ribs in the same place */
#define SPARE_MM 6
#define BEHIND_MM2 100
#define BACK_MM 35    /* beside the spine: no more than this before the middle of its bone */
#define PROCESS_MM 42 /* the processes of the spine reach no further to the side */

/* A cell with some air in it: less dense than fat and noise can make it. */
#define PARTLY_AIR_HU (-200)

/* The sides with the thin rims that fill their cells only partly, two cells on at most. */
static guint8 *
add_rims (const SagLungGrid *grid, const guint8 *airway, const guint8 *sides)
{
  guint8            *rims = g_memdup2 (sides, grid->n_cells);
  g_autofree guint8 *near = g_memdup2 (sides, grid->n_cells);

  sag_cells_dilate (grid, near);
  sag_cells_dilate (grid, near);
  for (gsize c = 0; c < grid->n_cells; c++)
    near[c] = near[c] && !airway[c] && grid->hu[c] < PARTLY_AIR_HU;
  sag_cells_flood (grid, near, rims, G_MAXSIZE);
  return rims;
}

/* Where one lung ends at the bottom: heights over the grid's lowest corner in the patient, so that
 * an oblique grid does not look like a lung that is uneven; low_behind_mm of what lies beside the
 * spine. */
typedef struct
{
  gboolean found;
  double   low_mm;
  double   low_behind_mm;
} Base;

/* Lowest level at which @counts reaches @needed; beyond the last if none does. */
static gint32
find_level (const gint32 *counts, gint32 n_levels, gint32 needed)
{
  gint32 level = 0;

  while (level < n_levels && counts[level] < needed)
    level++;
  return level;
}

static Base
measure_base (const SagLungGrid  *grid,
              const SagLandmarks *landmarks,
              const guint8       *sides,
              guint8              side)
{
  const gint32      *dims = grid->geometry.dims;
  const double      *up = grid->geometry.ijk_to_ras[2];
  double             level_mm = grid->spacing_mm[2];
  double             lowest = MIN (up[0], 0) * dims[0] + MIN (up[1], 0) * dims[1];
  double             reach = ABS (up[0]) * dims[0] + ABS (up[1]) * dims[1] + ABS (up[2]) * dims[2];
  gint32             n_levels = sag_lung_cells (reach, level_mm) + 2, level;
  g_autofree gint32 *counts = g_new0 (gint32, n_levels);
  g_autofree gint32 *behind = g_new0 (gint32, n_levels);
  double             cell_mm2 = grid->spacing_mm[0] * grid->spacing_mm[1];
  gint32             needed = MAX (sag_lung_cells (BEHIND_MM2, cell_mm2), 1);
  double             back = landmarks->spine_back + BACK_MM / grid->spacing_mm[1];

  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 i = 0; i < dims[0]; i++)
        if (sides[sag_lung_grid_index (grid, i, j, k)] == side)
          {
            gint32 at = sag_lung_cells (up[0] * i + up[1] * j + up[2] * k - lowest, level_mm);

            at = MIN (at, n_levels - 1);
            counts[at]++;
            behind[at] += j <= back;
          }
  level = find_level (counts, n_levels, 1);
  return (Base){ level < n_levels, level * level_mm,
                 find_level (behind, n_levels, needed) * level_mm };
}

static gboolean
base_is_hidden (const SagLungGrid  *grid,
                const SagLandmarks *landmarks,
                const guint8       *sides,
                const SagLungs     *lungs)
{
  Base   left = measure_base (grid, landmarks, sides, SAG_LUNG_LEFT);
  Base   right = measure_base (grid, landmarks, sides, SAG_LUNG_RIGHT);
  double smaller_ml = MIN (lungs->left_ml, lungs->right_ml);
  double larger_ml = MAX (lungs->left_ml, lungs->right_ml);

  if (!left.found || !right.found || smaller_ml + larger_ml < MIN_BOTH_ML ||
      smaller_ml < MIN_RATIO * larger_ml)
    return TRUE;
  if (ABS (left.low_mm - right.low_mm) > MAX_UNEVEN_MM)
    return TRUE;
  return landmarks->has_spine && (left.low_behind_mm - left.low_mm > MAX_FRONT_MM ||
                                  right.low_behind_mm - right.low_mm > MAX_FRONT_MM);
}

/* Cells @low .. @high - 1 along S hold lung. */
static void
find_cells (const SagLungGrid *grid, const guint8 *sides, gint32 *low, gint32 *high)
{
  gsize slice = sag_lung_grid_index (grid, 0, 0, 1), first = 0, last = grid->n_cells;

  while (first < last && sides[first] == 0)
    first++;
  while (last > first && sides[last - 1] == 0)
    last--;
  *low = first / slice;
  *high = (last + slice - 1) / slice;
}

/* Slice @k holds ribs: bone at the back, further from the spine than its processes reach. */
static gboolean
has_back_ribs (const SagLungGrid *grid, const SagLandmarks *landmarks, gint32 k)
{
  const gint32 *dims = grid->geometry.dims;
  double        back = landmarks->spine_back + BACK_MM / grid->spacing_mm[1];
  double        near = PROCESS_MM / grid->spacing_mm[0];

  for (gint32 j = 0; j < dims[1] && j <= back; j++)
    for (gint32 i = 0; i < dims[0]; i++)
      if (ABS (i - landmarks->midline) > near &&
          grid->hu[sag_lung_grid_index (grid, i, j, k)] > BONE_HU)
        return TRUE;
  return FALSE;
}

/* The lowest slice with ribs, from @from down; @from if there are none. */
static gint32
find_last_rib (const SagLungGrid *grid, const SagLandmarks *landmarks, gint32 from)
{
  gint32 gap = sag_lung_cells (MAX_RIB_GAP_MM, grid->spacing_mm[2]) + 1, last = from;

  for (gint32 k = from; k >= 0 && last - k <= gap; k--)
    if (has_back_ribs (grid, landmarks, k))
      last = k;
  return last;
}

/* Slice @k of the RAS view holds air in or beside a lung. */
static gboolean
has_lung_air (const SagLungGrid *grid, const SagVoxels *ras, const guint8 *reach, gint32 k)
{
  const guint8 *slice = reach + sag_lung_grid_index (grid, 0, 0, k / grid->factor[2]);

  for (gint32 j = 0; j < grid->scan_dims[1]; j++)
    {
      const guint8 *row = slice + (gsize) (j / grid->factor[1]) * grid->geometry.dims[0];
      gint64        offset = j * ras->stride[1] + k * ras->stride[2];

      for (gint32 i = 0; i < grid->scan_dims[0]; i++, offset += ras->stride[0])
        if (row[i / grid->factor[0]] && sag_voxels_value (ras, offset) < SAG_LUNG_AIR_HU)
          return TRUE;
    }
  return FALSE;
}

/* From cells to slices: the lowest and the highest slice with air of the lungs, whose cells are
 * @low .. @high - 1, or a thin rim in the next one. */
static void
find_slices (const SagLungGrid *grid,
             const SagVoxels   *ras,
             const guint8      *airway,
             const guint8      *rims,
             gint32             low,
             gint32             high,
             gint32             slices[2])
{
  g_autofree guint8 *reach = g_memdup2 (rims, grid->n_cells);
  gint32             factor = grid->factor[2], last = grid->scan_dims[2] - 1;

  sag_cells_dilate (grid, reach);
  for (gsize c = 0; c < grid->n_cells; c++)
    reach[c] = reach[c] && !airway[c];
  slices[0] = MAX ((low - 1) * factor, 0);
  slices[1] = MIN ((high + 1) * factor - 1, last);
  while (slices[0] < low * factor + factor - 1 && !has_lung_air (grid, ras, reach, slices[0]))
    slices[0]++;
  while (slices[1] > (high - 1) * factor && !has_lung_air (grid, ras, reach, slices[1]))
    slices[1]--;
}

/* The lowest slice that can hold lung where the base is hidden. */
static gint32
find_hidden_low (const SagLungGrid *grid, const SagLandmarks *landmarks, gint32 low, gint32 high)
{
  gint32 longest = high - sag_lung_cells (MAX_LUNG_MM, grid->spacing_mm[2]);
  gint32 rib = landmarks->has_spine ? find_last_rib (grid, landmarks, low) : low;
  gint32 end =
    rib < low ? rib - sag_lung_cells (SPARE_MM, grid->spacing_mm[2]) : landmarks->body_low;

  return MAX (MAX (end, longest), 0) * grid->factor[2];
}

void
sag_thorax_range_find (const SagLungGrid  *grid,
                       const SagLandmarks *landmarks,
                       SagVolume          *volume,
                       const guint8       *airway,
                       const guint8       *sides,
                       SagLungs           *lungs)
{
  gint32 slices[2] = { landmarks->body_low * grid->factor[2],
                       landmarks->body_high * grid->factor[2] - 1 };

  lungs->range_is_wider = TRUE;
  if (sides != NULL)
    {
      g_autofree guint8 *rims = add_rims (grid, airway, sides);
      gint32             low, high, air_low;
      SagVoxels          ras;

      sag_volume_view_ras (volume, &ras);
      find_cells (grid, rims, &low, &high);
      find_slices (grid, &ras, airway, rims, low, high, slices);
      air_low = slices[0];
      if (base_is_hidden (grid, landmarks, rims, lungs))
        slices[0] = MIN (air_low, find_hidden_low (grid, landmarks, low, high));
      lungs->range_is_wider = slices[0] < air_low;
    }
  for (guint end = 0; end < 2; end++)
    lungs->thorax_range_mm[end] =
      CLAMP (slices[end], 0, grid->scan_dims[2] - 1) * grid->scan_spacing_mm[2];
}
