/* SPDX-License-Identifier: Apache-2.0 */
#include "model/phantom/phantom.h"

#include "model/core/pool.h"
#include "model/phantom/anatomy.h"
#include "model/phantom/grid.h"
#include "model/phantom/random.h"
#include "model/phantom/scanner.h"

#include <math.h>

/* The scanner: turns the parts of a patient into voxels, one slice of the stored grid at a time. */

typedef struct
{
  const SagAnatomy *anatomy;
  guint64           noise_seed;
  SagGrid           grid;
  gint16           *hu;
  gint16           *labels;
} Scan;

typedef struct
{
  const SagPart *part;
  double         low[3];
  double         high[3];
} Bounded;

/* Scratch memory of one slice. */
typedef struct
{
  double  *position[3]; /* (ni) */
  guint8  *labels;
  guint8  *tissues;
  Bounded *parts; /* those that the slice meets */
  guint    n_parts;
} Slice;

static void
slice_init (Slice *slice, const Scan *scan, gint32 k)
{
  gint32 ni = scan->grid.geometry.dims[0], nj = scan->grid.geometry.dims[1];
  double low[3] = { INFINITY, INFINITY, INFINITY }, high[3] = { -INFINITY, -INFINITY, -INFINITY };

  for (guint corner = 0; corner < 4; corner++)
    {
      gint32 stored[3] = { corner & 1 ? ni - 1 : 0, corner & 2 ? nj - 1 : 0, k }, index[3];

      sag_grid_to_canonical (&scan->grid, stored, index);
      for (guint a = 0; a < 3; a++)
        {
          double mm = sag_grid_position (&scan->grid, a, index);

          low[a] = MIN (low[a], mm);
          high[a] = MAX (high[a], mm);
        }
    }
  for (guint a = 0; a < 3; a++)
    slice->position[a] = g_new (double, ni);
  slice->labels = g_new (guint8, ni);
  slice->tissues = g_new (guint8, ni);
  slice->parts = g_new (Bounded, scan->anatomy->parts->len);
  slice->n_parts = 0;
  for (guint p = 0; p < scan->anatomy->parts->len; p++)
    {
      Bounded *bounded = &slice->parts[slice->n_parts];
      gboolean meets = TRUE;

      bounded->part = &g_array_index (scan->anatomy->parts, SagPart, p);
      sag_part_get_bounds (bounded->part, bounded->low, bounded->high);
      for (guint a = 0; a < 3; a++)
        meets &= bounded->low[a] <= high[a] && bounded->high[a] >= low[a];
      slice->n_parts += meets;
    }
}

static void
slice_clear (Slice *slice)
{
  for (guint a = 0; a < 3; a++)
    g_free (slice->position[a]);
  g_free (slice->labels);
  g_free (slice->tissues);
  g_free (slice->parts);
}

static void
paint_row (const Scan *scan, const Slice *slice, gint32 ni)
{
  double first[3], step[3];

  for (guint a = 0; a < 3; a++)
    {
      first[a] = slice->position[a][0];
      step[a] = ni > 1 ? slice->position[a][1] - first[a] : 0;
    }
  memset (slice->labels, SAG_PHANTOM_BACKGROUND, ni);
  memset (slice->tissues, SAG_TISSUE_AIR, ni);
  for (guint p = 0; p < slice->n_parts; p++)
    {
      const Bounded *bounded = &slice->parts[p];
      gint32         from, to;

      if (sag_grid_clip_row (first, step, bounded->low, bounded->high, ni, &from, &to))
        sag_part_paint (bounded->part, to - from, slice->position[0] + from,
                        slice->position[1] + from, slice->position[2] + from, slice->labels + from,
                        slice->tissues + from);
    }
}

static void
scan_slice (gsize item, guint worker, gpointer data)
{
  Scan             *scan = data;
  const SagAnatomy *anatomy = scan->anatomy;
  gint32 ni = scan->grid.geometry.dims[0], nj = scan->grid.geometry.dims[1], k = (gint32) item;
  Slice  slice;

  slice_init (&slice, scan, k);
  for (gint32 j = 0; j < nj; j++)
    {
      gsize row = ((gsize) k * nj + j) * ni;

      for (gint32 i = 0; i < ni; i++)
        {
          const gint32 stored[3] = { i, j, k };
          gint32       index[3];

          sag_grid_to_canonical (&scan->grid, stored, index);
          for (guint a = 0; a < 3; a++)
            slice.position[a][i] = sag_grid_position (&scan->grid, a, index);
        }
      paint_row (scan, &slice, ni);
      for (gint32 i = 0; i < ni; i++)
        {
          const gint32 stored[3] = { i, j, k };
          gint32       index[3];
          guint64      counter;
          float        hu;

          sag_grid_to_canonical (&scan->grid, stored, index);
          counter =
            index[0] + scan->grid.dims[0] * (index[1] + (guint64) scan->grid.dims[1] * index[2]);
          hu = anatomy->hu[slice.tissues[i]] +
               anatomy->noise_hu[slice.tissues[i]] *
                 sag_phantom_bell (sag_random_hash (scan->noise_seed, counter));
          scan->hu[row + i] = (gint16) CLAMP (rintf (hu), -1024, 3071);
          scan->labels[row + i] = slice.labels[i];
        }
    }
  slice_clear (&slice);
}

static SagPhantom *
new_simple (const SagPhantomOptions *options)
{
  g_autoptr (SagAnatomy) anatomy = sag_anatomy_new (options);
  Scan        scan = { anatomy, sag_random_hash (options->seed, 2) };
  SagPhantom *phantom;
  gsize       n_voxels;

  if (!sag_grid_init (&scan.grid, options, anatomy->low, anatomy->high))
    return NULL;
  n_voxels = sag_geometry_n_voxels (&scan.grid.geometry);
  scan.hu = g_new (gint16, n_voxels);
  scan.labels = g_new (gint16, n_voxels);
  sag_pool_run (sag_pool_get_default (), scan.grid.geometry.dims[2], scan_slice, &scan);
  phantom = g_new0 (SagPhantom, 1);
  phantom->image = sag_volume_new_int16 (&scan.grid.geometry, scan.hu);
  phantom->labels = sag_volume_new_int16 (&scan.grid.geometry, scan.labels);
  return phantom;
}

SagPhantom *
sag_phantom_new (const SagPhantomOptions *options)
{
  g_return_val_if_fail (options != NULL, NULL);

  return options->anatomical ? sag_phantom_new_anatomical (options) : new_simple (options);
}

void
sag_phantom_free (SagPhantom *phantom)
{
  if (phantom == NULL)
    return;
  sag_volume_unref (phantom->image);
  sag_volume_unref (phantom->labels);
  if (phantom->organs != NULL)
    sag_volume_unref (phantom->organs);
  g_free (phantom);
}
