/* SPDX-License-Identifier: Apache-2.0 */

/* Cell targets of the patch head: upstream's seg_transform (T6 of the oracle), mask on 1 mm, "area" to the network's
 * input, maximum over 8 x 8 x 8 voxels. One label map serves all texts about a scan.
 */

#include "model/dataset/labels.h"

#include "model/core/error.h"

#include <math.h>
#include <string.h>

#define MOST_NUMBERS 256

/* Halfway between two voxels is halfway, whatever rounding did on the way. */
#define TIE 1e-6

static gboolean
number_values (GHashTable        *numbers,
               const SagLabelSet *sets,
               gsize              n_sets,
               guint8 (*members)[256],
               GError **error)
{
  for (gsize s = 0; s < n_sets; s++)
    {
      for (gsize v = 0; v < sets[s].n; v++)
        {
          gpointer key = GINT_TO_POINTER (sets[s].values[v]);
          guint    number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, key));

          if (number == 0)
            number = SAG_LABEL_FIRST + g_hash_table_size (numbers);
          if (number >= MOST_NUMBERS)
            {
              g_set_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                           "The manifest names more than %d values of one mask; make masks with "
                           "fewer values.",
                           MOST_NUMBERS - SAG_LABEL_FIRST);
              return FALSE;
            }
          g_hash_table_insert (numbers, key, GUINT_TO_POINTER (number));
          members[s][number] = 1;
        }
      if (sets[s].n == 0)
        memset (members[s] + SAG_LABEL_OTHER, 1, MOST_NUMBERS - SAG_LABEL_OTHER);
    }
  return TRUE;
}

static guint8
number_of (GHashTable *numbers, gint32 value)
{
  guint number;

  if (value == 0)
    return SAG_LABEL_NONE;
  number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, GINT_TO_POINTER (value)));
  return (guint8) (number != 0 ? number : SAG_LABEL_OTHER);
}

static void
number_voxels (SagVolume *mask, GHashTable *numbers, guint8 *voxels, guint64 seen[256])
{
  gsize              n = (gsize) sag_geometry_n_voxels (sag_volume_get_geometry (mask));
  const gint16      *stored = sag_volume_get_int16 (mask);
  const float       *floats = sag_volume_get_float (mask);
  g_autofree guint8 *table = g_new (guint8, 1 << 16);

  for (gint32 value = G_MININT16; value <= G_MAXINT16; value++)
    table[(guint16) value] = number_of (numbers, value);
  for (gsize v = 0; v < n; v++)
    {
      if (stored != NULL)
        voxels[v] = table[(guint16) stored[v]];
      else
        voxels[v] = fabsf (floats[v]) < 0x1p31f ? number_of (numbers, (gint32) lrintf (floats[v]))
                                                : SAG_LABEL_NONE;
      seen[voxels[v]]++;
    }
}

gboolean
sag_label_numbers (SagVolume         *mask,
                   const SagLabelSet *sets,
                   gsize              n_sets,
                   guint8           **voxels,
                   guint8 (**members)[256],
                   guint64 *counts,
                   GError **error)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  g_autofree guint8 *wanted = g_malloc0 (MAX (n_sets, 1) * MOST_NUMBERS);
  guint64            seen[MOST_NUMBERS] = { 0 };

  if (!number_values (numbers, sets, n_sets, (gpointer) wanted, error))
    return FALSE;
  *members = (gpointer) wanted;
  *voxels = g_new (guint8, (gsize) sag_geometry_n_voxels (sag_volume_get_geometry (mask)));
  number_voxels (mask, numbers, *voxels, seen);
  for (gsize s = 0; s < n_sets; s++)
    {
      counts[s] = 0;
      for (int number = 0; number < MOST_NUMBERS; number++)
        counts[s] += (*members)[s][number] ? seen[number] : 0;
    }
  g_steal_pointer (&wanted);
  return TRUE;
}

/* Whether target axes run along mask axes: then indices can be looked up once per axis. */
static gboolean
is_straight (const double affine[3][4], int axis[3])
{
  for (int r = 0; r < 3; r++)
    {
      int n = 0;

      for (int c = 0; c < 3; c++)
        if (fabs (affine[r][c]) > 1e-7)
          {
            axis[r] = c;
            n++;
          }
      if (n != 1)
        return FALSE;
    }
  return axis[0] != axis[1] && axis[1] != axis[2] && axis[0] != axis[2];
}

static gint32
nearest (double index)
{
  return (gint32) CLAMP (floor (index + 0.5 + TIE), -1, G_MAXINT32);
}

static gint64 *
axis_offsets (const double affine[3][4], int r, int c, gint32 n, const SagGeometry *mask)
{
  gint64 *offsets = g_new (gint64, n);
  gint64  stride = 1;

  for (int a = 0; a < r; a++)
    stride *= mask->dims[a];
  for (gint32 t = 0; t < n; t++)
    {
      gint32 index = nearest (affine[r][c] * t + affine[r][3]);

      offsets[t] = index >= 0 && index < mask->dims[r] ? stride * index : -1;
    }
  return offsets;
}

static void
resample_straight (const guint8      *voxels,
                   const SagGeometry *mask,
                   const double       affine[3][4],
                   const int          axis[3],
                   const gint32       dims[3],
                   guint8            *out)
{
  gint64 *offsets[3];

  for (int r = 0; r < 3; r++)
    offsets[axis[r]] = axis_offsets (affine, r, axis[r], dims[axis[r]], mask);
  for (gint32 x = 0; x < dims[0]; x++)
    for (gint32 y = 0; y < dims[1]; y++, out += dims[2])
      {
        gint64 base = offsets[0][x] + offsets[1][y];

        if (offsets[0][x] < 0 || offsets[1][y] < 0)
          {
            memset (out, SAG_LABEL_NONE, (gsize) dims[2]);
            continue;
          }
        for (gint32 z = 0; z < dims[2]; z++)
          out[z] = offsets[2][z] < 0 ? SAG_LABEL_NONE : voxels[base + offsets[2][z]];
      }
  for (int a = 0; a < 3; a++)
    g_free (offsets[a]);
}

static guint8
look_up (const guint8      *voxels,
         const SagGeometry *mask,
         const double       affine[3][4],
         const double       point[3])
{
  gint32 index[3];

  for (int r = 0; r < 3; r++)
    {
      index[r] = nearest (affine[r][0] * point[0] + affine[r][1] * point[1] +
                          affine[r][2] * point[2] + affine[r][3]);
      if (index[r] < 0 || index[r] >= mask->dims[r])
        return SAG_LABEL_NONE;
    }
  return voxels[index[0] + mask->dims[0] * (index[1] + (gint64) mask->dims[1] * index[2])];
}

void
sag_labels_resample (const guint8      *voxels,
                     const SagGeometry *mask,
                     const SagGeometry *target,
                     guint8            *out)
{
  double from_ras[3][4], affine[3][4];
  int    axis[3];

  if (!sag_geometry_invert (mask, from_ras))
    {
      memset (out, SAG_LABEL_NONE, (gsize) sag_geometry_n_voxels (target));
      return;
    }
  sag_geometry_compose (from_ras, target->ijk_to_ras, affine);
  if (is_straight (affine, axis))
    {
      resample_straight (voxels, mask, affine, axis, target->dims, out);
      return;
    }
  for (gint32 x = 0; x < target->dims[0]; x++)
    for (gint32 y = 0; y < target->dims[1]; y++)
      for (gint32 z = 0; z < target->dims[2]; z++)
        {
          double point[3] = { x, y, z };

          *out++ = look_up (voxels, mask, affine, point);
        }
}

static gboolean
is_kept (double index, gint32 low, gint32 high)
{
  return index >= low - TIE && index <= high - 1 + TIE;
}

/* Voxels along an axis of the target, which runs along one of the scan, that stay. */
static guint8 *
kept_along (const double affine[3][4], int r, int c, gint32 n, gint32 low, gint32 high)
{
  guint8 *kept = g_new (guint8, n);

  for (gint32 t = 0; t < n; t++)
    kept[t] = is_kept (affine[r][c] * t + affine[r][3], low, high);
  return kept;
}

static void
cut_straight (const double affine[3][4],
              const int    axis[3],
              const gint32 dims[3],
              const gint32 low[3],
              const gint32 high[3],
              guint8      *voxels)
{
  guint8 *kept[3];
  gint32  first = 0, last = dims[2];

  for (int r = 0; r < 3; r++)
    kept[axis[r]] = kept_along (affine, r, axis[r], dims[axis[r]], low[r], high[r]);
  while (first < dims[2] && !kept[2][first])
    first++;
  while (last > first && !kept[2][last - 1])
    last--;
  for (gint32 x = 0; x < dims[0]; x++)
    for (gint32 y = 0; y < dims[1]; y++, voxels += dims[2])
      if (kept[0][x] && kept[1][y])
        {
          memset (voxels, SAG_LABEL_NONE, (gsize) first);
          memset (voxels + last, SAG_LABEL_NONE, (gsize) (dims[2] - last));
        }
      else
        memset (voxels, SAG_LABEL_NONE, (gsize) dims[2]);
  for (int a = 0; a < 3; a++)
    g_free (kept[a]);
}

void
sag_labels_cut (const SagGeometry *target,
                const SagGeometry *scan,
                const gint32       low[3],
                const gint32       high[3],
                guint8            *voxels)
{
  double from_ras[3][4], affine[3][4];
  int    axis[3];

  if (!sag_geometry_invert (scan, from_ras))
    return;
  sag_geometry_compose (from_ras, target->ijk_to_ras, affine);
  if (is_straight (affine, axis))
    {
      cut_straight (affine, axis, target->dims, low, high, voxels);
      return;
    }
  for (gint32 x = 0; x < target->dims[0]; x++)
    for (gint32 y = 0; y < target->dims[1]; y++)
      for (gint32 z = 0; z < target->dims[2]; z++, voxels++)
        for (int r = 0; r < 3; r++)
          if (!is_kept (affine[r][0] * x + affine[r][1] * y + affine[r][2] * z + affine[r][3],
                        low[r], high[r]))
            *voxels = SAG_LABEL_NONE;
}

/* Windows of input voxels over a finer grid: of area averaging, or equal steps. */
typedef struct
{
  gint32 *low;
  gint32 *high;
} Windows;

static void
windows_init (Windows *windows, gint32 n_fine, gint32 n)
{
  windows->low = g_new (gint32, n);
  windows->high = g_new (gint32, n);
  for (gint32 i = 0; i < n; i++)
    {
      windows->low[i] = (gint32) ((gint64) i * n_fine / n);
      windows->high[i] = (gint32) (((gint64) (i + 1) * n_fine + n - 1) / n);
    }
}

static void
windows_clear (Windows windows[3])
{
  for (int a = 0; a < 3; a++)
    {
      g_free (windows[a].low);
      g_free (windows[a].high);
    }
}

/* Part of an input voxel that belongs to the set. */
static float
share (const SagLabelMap *map, const Windows windows[3], const guint8 *members, const gint32 v[3])
{
  gint32 low[3], high[3];
  gsize  n = 0, size = 1;

  for (int a = 0; a < 3; a++)
    {
      low[a] = windows[a].low[v[a]];
      high[a] = windows[a].high[v[a]];
      size *= (gsize) (high[a] - low[a]);
    }
  for (gint32 x = low[0]; x < high[0]; x++)
    for (gint32 y = low[1]; y < high[1]; y++)
      {
        const guint8 *row = map->voxels + ((gsize) x * map->dims[1] + y) * map->dims[2];

        for (gint32 z = low[2]; z < high[2]; z++)
          n += members[row[z]];
      }
  return (float) ((double) n / (double) size);
}

/* The largest share in a cell. */
static float
cell_target (const SagSampleGrid *grid,
             const SagLabelMap   *map,
             const Windows        windows[3],
             const guint8        *members,
             const gint32         cell[3])
{
  float  most = 0;
  gint32 first[3], v[3];

  for (int a = 0; a < 3; a++)
    first[a] = cell[a] * grid->cell[a];
  for (v[0] = first[0]; v[0] < first[0] + grid->cell[0]; v[0]++)
    for (v[1] = first[1]; v[1] < first[1] + grid->cell[1]; v[1]++)
      for (v[2] = first[2]; v[2] < first[2] + grid->cell[2]; v[2]++)
        {
          most = MAX (most, share (map, windows, members, v));
          if (most >= 1)
            return 1;
        }
  return most;
}

/* Which numbers there are in @row from @low up to @high. Eight equal ones are one look. */
static void
look_along (const guint8 *row, gint32 low, gint32 high, guint8 there[256])
{
  for (gint32 z = low; z < high;)
    {
      const guint64 same = row[z] * G_GUINT64_CONSTANT (0x0101010101010101);
      guint64       eight = ~same;

      there[row[z]] = 1;
      if (high - z >= 8)
        memcpy (&eight, row + z, 8);
      z += eight == same ? 8 : 1;
    }
}

/* Which numbers there are in a cell. */
static void
look_around (const SagSampleGrid *grid,
             const SagLabelMap   *map,
             const Windows        windows[3],
             const gint32         cell[3],
             guint8               there[256])
{
  gint32 low[3], high[3];

  for (int a = 0; a < 3; a++)
    {
      low[a] = windows[a].low[cell[a] * grid->cell[a]];
      high[a] = windows[a].high[(cell[a] + 1) * grid->cell[a] - 1];
    }
  memset (there, 0, 256);
  for (gint32 x = low[0]; x < high[0]; x++)
    for (gint32 y = low[1]; y < high[1]; y++)
      look_along (map->voxels + ((gsize) x * map->dims[1] + y) * map->dims[2], low[2], high[2],
                  there);
}

static gboolean
meet (const guint8 *there, const guint8 *members)
{
  guint8 any = 0;

  for (int number = 0; number < MOST_NUMBERS; number++)
    any |= there[number] & members[number];
  return any != 0;
}

/* Of one cell, for every wanted set. */
static void
make_cell (const SagSampleGrid *grid,
           const SagLabelMap   *map,
           const Windows        windows[3],
           const gint32         cell[3],
           const gsize         *which,
           gsize                n,
           float               *targets)
{
  gsize  n_cells = sag_sample_grid_n_cells (grid);
  gsize  index = sag_sample_grid_cell_index (grid, cell[0], cell[1], cell[2]);
  guint8 there[MOST_NUMBERS];

  look_around (grid, map, windows, cell, there);
  for (gsize s = 0; s < n; s++)
    {
      const guint8 *members = map->members[which != NULL ? which[s] : s];

      targets[s * n_cells + index] =
        meet (there, members) ? cell_target (grid, map, windows, members, cell) : 0;
    }
}

void
sag_labels_targets (
  const SagSampleGrid *grid, const SagLabelMap *map, const gsize *which, gsize n, float *targets)
{
  Windows windows[3];
  gint32  n_cells[3], cell[3];

  for (int a = 0; a < 3; a++)
    {
      windows_init (&windows[a], map->dims[a], grid->input[a]);
      n_cells[a] = grid->tokens[a] * grid->cells[a];
    }
  for (cell[0] = 0; cell[0] < n_cells[0]; cell[0]++)
    for (cell[1] = 0; cell[1] < n_cells[1]; cell[1]++)
      for (cell[2] = 0; cell[2] < n_cells[2]; cell[2]++)
        make_cell (grid, map, windows, cell, which, n, targets);
  windows_clear (windows);
}
