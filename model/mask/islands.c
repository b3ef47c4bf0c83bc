/* SPDX-License-Identifier: Apache-2.0 */
#include "model/mask/islands.h"

#include "model/mask/mask-private.h"
#include "model/mask/statistics.h"

#include <string.h>

/* Union-find over runs: one entry a span of set voxels along i. */

typedef struct
{
  gint32 first;
  gint32 last;
  gint32 j;
  gint32 k;
  guint  parent;
} Run;

typedef struct
{
  GArray *runs; /* Run, rows in rising order */
  gsize  *rows; /* of row j + nj * k: its first run; one more at the end */
  gint32  dims[3];
} Runs;

static void
runs_clear (Runs *runs)
{
  g_array_unref (runs->runs);
  g_free (runs->rows);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Runs, runs_clear)

static void
add_row (Runs *runs, const SagMask *mask, gint32 j, gint32 k)
{
  Run      run = { .first = -1, .j = j, .k = k };
  gboolean inside = FALSE;

  for (gint32 bi = 0; bi * SAG_BRICK_SIDE < runs->dims[0]; bi++)
    {
      const guint32 bits = sag_mask_row (mask, bi, j, k, FALSE);

      if ((bits == 0 && !inside) || (bits == 0xffffffffu && inside))
        continue;
      for (gint32 b = 0; b < SAG_BRICK_SIDE; b++)
        {
          const gboolean now = bits >> b & 1;

          if (now && !inside)
            run.first = bi * SAG_BRICK_SIDE + b;
          else if (!now && inside)
            {
              run.last = bi * SAG_BRICK_SIDE + b - 1;
              run.parent = runs->runs->len;
              g_array_append_val (runs->runs, run);
            }
          inside = now;
        }
    }
  if (inside)
    {
      run.last = runs->dims[0] - 1;
      run.parent = runs->runs->len;
      g_array_append_val (runs->runs, run);
    }
}

static guint
find (Runs *runs, guint r)
{
  Run *all = (Run *) (void *) runs->runs->data;

  while (all[r].parent != r)
    r = all[r].parent = all[all[r].parent].parent;
  return r;
}

static void
unite (Runs *runs, guint a, guint b)
{
  a = find (runs, a);
  b = find (runs, b);
  if (a != b)
    g_array_index (runs->runs, Run, MAX (a, b)).parent = MIN (a, b);
}

/* Runs of two rows that touch become one part. */
static void
unite_rows (Runs *runs, gsize a, gsize b, gint32 reach)
{
  gsize x = runs->rows[a], y = runs->rows[b];

  while (x < runs->rows[a + 1] && y < runs->rows[b + 1])
    {
      const Run *one = &g_array_index (runs->runs, Run, x);
      const Run *other = &g_array_index (runs->runs, Run, y);

      if (one->first <= other->last + reach && other->first <= one->last + reach)
        unite (runs, (guint) x, (guint) y);
      if (one->last < other->last)
        x++;
      else
        y++;
    }
}

static void
runs_init (Runs *runs, const SagMask *mask, gboolean corners)
{
  const gint32 *dims = sag_mask_get_geometry (mask)->dims;
  const gsize   nj = (gsize) dims[1];
  const gint32  reach = corners ? 1 : 0;

  memcpy (runs->dims, dims, sizeof runs->dims);
  runs->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  runs->rows = g_new (gsize, nj * (gsize) dims[2] + 1);
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      {
        runs->rows[(gsize) j + nj * (gsize) k] = runs->runs->len;
        add_row (runs, mask, j, k);
      }
  runs->rows[nj * (gsize) dims[2]] = runs->runs->len;
  for (gint32 k = 0; k < dims[2]; k++)
    for (gint32 j = 0; j < dims[1]; j++)
      for (gint32 dk = -1; dk <= 0; dk++)
        for (gint32 dj = -1; dj <= 1; dj++)
          if ((dk < 0 || dj < 0) && (corners || dj == 0 || dk == 0) && k + dk >= 0 && j + dj >= 0 &&
              j + dj < dims[1])
            unite_rows (runs, (gsize) j + nj * (gsize) k, (gsize) (j + dj) + nj * (gsize) (k + dk),
                        reach);
}

/* Voxels of every part, at the index of its root. */
static gint64 *
count_parts (Runs *runs)
{
  gint64 *n = g_new0 (gint64, runs->runs->len + 1);

  for (guint r = 0; r < runs->runs->len; r++)
    {
      const Run *run = &g_array_index (runs->runs, Run, r);

      n[find (runs, r)] += run->last - run->first + 1;
    }
  return n;
}

static int
compare_islands (gconstpointer a, gconstpointer b)
{
  const SagIsland *x = a, *y = b;

  return (x->n_voxels < y->n_voxels) - (x->n_voxels > y->n_voxels);
}

GArray *
sag_mask_find_islands (const SagMask *mask, gboolean corners)
{
  g_auto (Runs) runs = { 0 };
  GArray           *islands = g_array_new (FALSE, FALSE, sizeof (SagIsland));
  g_autofree guint *place = NULL;

  runs_init (&runs, mask, corners);
  place = g_new0 (guint, runs.runs->len + 1);
  for (guint r = 0; r < runs.runs->len; r++)
    {
      const Run       *run = &g_array_index (runs.runs, Run, r);
      const SagMaskBox box = { { run->first, run->j, run->k },
                               { run->last + 1, run->j + 1, run->k + 1 } };
      const guint      root = find (&runs, r);
      SagIsland       *island;

      if (place[root] == 0)
        {
          const SagIsland new = { 0, SAG_MASK_BOX_EMPTY };

          g_array_append_val (islands, new);
          place[root] = islands->len;
        }
      island = &g_array_index (islands, SagIsland, place[root] - 1);
      island->n_voxels += run->last - run->first + 1;
      sag_mask_box_add (&island->box, &box);
    }
  g_array_sort (islands, compare_islands);
  return islands;
}

/* Erases every run whose part @is_kept does not name. */
static SagMask *
erase_parts (SagMask *mask, Runs *runs, const gboolean *is_kept)
{
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);

  for (guint r = 0; r < runs->runs->len; r++)
    {
      const Run *run = &g_array_index (runs->runs, Run, r);

      if (!is_kept[find (runs, r)])
        sag_mask_edit_span (edit, SAG_MASK_ERASE, NULL, run->first, run->last, run->j, run->k);
    }
  return sag_mask_edit_snapshot (edit);
}

SagMask *
sag_mask_keep_largest (SagMask *mask, guint n, gboolean corners)
{
  g_auto (Runs) runs = { 0 };
  g_autofree gint64   *counts = NULL;
  g_autofree gboolean *is_kept = NULL;

  runs_init (&runs, mask, corners);
  counts = count_parts (&runs);
  is_kept = g_new0 (gboolean, runs.runs->len + 1);
  for (guint taken = 0; taken < n; taken++)
    {
      guint best = runs.runs->len;

      for (guint r = 0; r < runs.runs->len; r++)
        if (!is_kept[r] && counts[r] > counts[best])
          best = r;
      if (best == runs.runs->len)
        break;
      is_kept[best] = TRUE;
    }
  return erase_parts (mask, &runs, is_kept);
}

SagMask *
sag_mask_remove_small (SagMask *mask, double least_ml, gboolean corners)
{
  g_auto (Runs) runs = { 0 };
  g_autofree gint64   *counts = NULL;
  g_autofree gboolean *is_kept = NULL;
  double               voxel_ml;

  runs_init (&runs, mask, corners);
  counts = count_parts (&runs);
  is_kept = g_new0 (gboolean, runs.runs->len + 1);
  voxel_ml = sag_mask_voxel_ml (sag_mask_get_geometry (mask));
  for (guint r = 0; r < runs.runs->len; r++)
    is_kept[r] = (double) counts[r] * voxel_ml >= least_ml;
  return erase_parts (mask, &runs, is_kept);
}

SagMask *
sag_mask_fill_holes (SagMask *mask)
{
  SagMaskBox         box;
  gsize              n = 1;
  gint32             dims[3];
  g_autofree guint8 *voxels = NULL;
  g_auto (Runs) runs = { 0 };
  g_autofree gboolean *is_open = NULL;
  g_autoptr (SagMask) outside = NULL;
  g_autoptr (SagMaskEdit) edit = sag_mask_edit_new (mask);
  SagGeometry grid;

  if (!sag_mask_get_extent (mask, &box))
    return sag_mask_ref (mask);
  for (int a = 0; a < 3; a++)
    n *= (gsize) (dims[a] = box.end[a] - box.first[a]);
  voxels = g_malloc (n);
  sag_mask_read_box (mask, &box, voxels);
  for (gsize v = 0; v < n; v++)
    voxels[v] ^= 1;
  grid = sag_geometry_init (dims, (double[]){ 1, 1, 1 }, (double[]){ 0, 0, 0 });
  outside = sag_mask_new_from_voxels (&grid, voxels);
  runs_init (&runs, outside, FALSE);
  is_open = g_new0 (gboolean, runs.runs->len + 1);
  for (int pass = 0; pass < 2; pass++)
    for (guint r = 0; r < runs.runs->len; r++)
      {
        const Run  *run = &g_array_index (runs.runs, Run, r);
        const guint root = find (&runs, r);

        if (pass == 0)
          is_open[root] |= run->first == 0 || run->last == dims[0] - 1 || run->j == 0 ||
                           run->j == dims[1] - 1 || run->k == 0 || run->k == dims[2] - 1;
        else if (!is_open[root])
          sag_mask_edit_span (edit, SAG_MASK_PAINT, NULL, box.first[0] + run->first,
                              box.first[0] + run->last, box.first[1] + run->j,
                              box.first[2] + run->k);
      }
  return sag_mask_edit_snapshot (edit);
}
