/* SPDX-License-Identifier: Apache-2.0 */
#include "model/prepare/components.h"

#include "model/core/error.h"
#include "model/core/pool.h"

/* Run-length union-find in two steps, so that threads share nothing while they work.
 *
 * The volume is cut into slabs of whole slices. In a slab, runs are found row by row and joined
 * with those of the rows before; SagRun.label is the parent then, an index of a run in the same
 * slab, and a root is always the first run of its tree. Then the few slab components are joined
 * across the cuts.
 */

typedef struct
{
  gint32   k_low;
  gint32   k_high;
  SagRun  *runs;
  gsize    n_runs;
  gsize    n_allocated;
  guint32 *row_start; /* (rows of the slab + 1): its first run */
  guint32  n_components;
  guint32  first_component; /* of all slabs together */
  gint64  *sizes;           /* (n_components) until the slabs are joined */
} Slab;

struct _SagComponents
{
  gint32          dims[3];
  SagConnectivity connectivity;
  gint32          slab_depth;
  guint           n_slabs;
  Slab           *slabs;
  guint32         n_components;
  gint64         *sizes;
};

typedef struct
{
  SagComponents *components;
  SagRowFunc     row;
  gpointer       row_data;
  GCancellable  *cancellable;
  const guint32 *final_label; /* of every slab component */
} Job;

static guint32
find_run (SagRun *runs, guint32 run)
{
  while (runs[run].label != run)
    {
      runs[run].label = runs[runs[run].label].label;
      run = runs[run].label;
    }
  return run;
}

static void
join_runs (SagRun *runs, guint32 a, guint32 b)
{
  a = find_run (runs, a);
  b = find_run (runs, b);
  if (a < b)
    runs[b].label = a;
  else
    runs[a].label = b;
}

static guint32
find_parent (guint32 *parent, guint32 item)
{
  while (parent[item] != item)
    {
      parent[item] = parent[parent[item]];
      item = parent[item];
    }
  return item;
}

typedef void (*TouchFunc) (guint32 a, guint32 b, gpointer data);

/* Calls @touch for every pair of runs of two neighbouring rows that touch. @reach is 1 where
 * diagonals count. */
static inline void
match_rows (const SagRun *runs_a,
            guint32       a,
            guint32       a_end,
            const SagRun *runs_b,
            guint32       b,
            guint32       b_end,
            gint32        reach,
            TouchFunc     touch,
            gpointer      data)
{
  while (a < a_end && b < b_end)
    {
      if (runs_a[a].start < runs_b[b].end + reach && runs_b[b].start < runs_a[a].end + reach)
        touch (a, b, data);
      if (runs_a[a].end < runs_b[b].end)
        a++;
      else
        b++;
    }
}

static void
touch_in_slab (guint32 a, guint32 b, gpointer data)
{
  join_runs (data, a, b);
}

/* Rows before (j, k) that touch it: offsets along j and k. */
static const gint8 neighbours_all[4][2] = { { -1, 0 }, { -1, -1 }, { 0, -1 }, { 1, -1 } };
static const gint8 neighbours_faces[2][2] = { { -1, 0 }, { 0, -1 } };

static void
join_row_in_slab (const SagComponents *components, Slab *slab, gint32 j, gint32 k)
{
  gboolean all = components->connectivity == SAG_CONNECT_ALL;
  const gint8 (*neighbours)[2] = all ? neighbours_all : neighbours_faces;
  gint32 nj = components->dims[1];
  gsize  row = (gsize) (k - slab->k_low) * nj + j;

  if (slab->row_start[row] == slab->row_start[row + 1])
    return;
  for (guint n = 0; n < (all ? 4 : 2); n++)
    {
      gint32 other_j = j + neighbours[n][0], other_k = k + neighbours[n][1];
      gsize  other = (gsize) (other_k - slab->k_low) * nj + other_j;

      if (other_j >= 0 && other_j < nj && other_k >= slab->k_low)
        match_rows (slab->runs, slab->row_start[other], slab->row_start[other + 1], slab->runs,
                    slab->row_start[row], slab->row_start[row + 1], all, touch_in_slab, slab->runs);
    }
}

/* Appends the runs of one row; @bits is clean beyond ni. */
static void
append_runs (Slab *slab, const guint64 *bits, gsize n_words, gint32 ni)
{
  guint64 carry = 0;
  SagRun *run;

  if (slab->n_runs + n_words * 32 + 1 > slab->n_allocated)
    {
      slab->n_allocated = slab->n_allocated * 2 + n_words * 32 + 1;
      slab->runs = g_renew (SagRun, slab->runs, slab->n_allocated);
    }
  run = slab->runs + slab->n_runs;
  for (gsize w = 0; w < n_words; w++)
    {
      guint64 changes = bits[w] ^ (bits[w] << 1 | carry);

      carry = bits[w] >> 63;
      while (changes != 0)
        {
          gint32 i = (gint32) (w * 64) + __builtin_ctzll (changes);

          changes &= changes - 1;
          if (bits[w] >> (i & 63) & 1)
            {
              run->start = i;
              run->label = run - slab->runs;
            }
          else
            (run++)->end = i;
        }
    }
  if (carry)
    (run++)->end = ni;
  slab->n_runs = run - slab->runs;
}

/* From trees of runs to components counted in the order of their first runs. */
static void
number_slab (Slab *slab)
{
  gsize n_allocated = 0;

  for (gsize r = 0; r < slab->n_runs; r++)
    {
      SagRun *run = &slab->runs[r];

      if (run->label == r)
        {
          if (slab->n_components == n_allocated)
            {
              n_allocated = 2 * n_allocated + 64;
              slab->sizes = g_renew (gint64, slab->sizes, n_allocated);
            }
          slab->sizes[slab->n_components] = 0;
          run->label = slab->n_components++;
        }
      else
        run->label =
          slab->runs[run->label].label; /* its parent comes before it and is numbered already */
      slab->sizes[run->label] += run->end - run->start;
    }
}

static void
label_slab (gsize item, guint worker, gpointer data)
{
  Job                *job = data;
  SagComponents      *components = job->components;
  Slab               *slab = &components->slabs[item];
  gint32              ni = components->dims[0], nj = components->dims[1];
  gsize               n_words = ((gsize) ni + 63) / 64, row = 0;
  g_autofree guint64 *bits = g_new (guint64, n_words);

  slab->row_start = g_new (guint32, (gsize) (slab->k_high - slab->k_low) * nj + 1);
  slab->row_start[0] = 0;
  for (gint32 k = slab->k_low; k < slab->k_high; k++)
    {
      if (g_cancellable_is_cancelled (job->cancellable))
        return;
      for (gint32 j = 0; j < nj; j++)
        {
          job->row (j, k, bits, job->row_data);
          if (ni % 64 != 0)
            bits[n_words - 1] &= (G_GUINT64_CONSTANT (1) << (ni % 64)) - 1;
          append_runs (slab, bits, n_words, ni);
          slab->row_start[++row] = slab->n_runs;
          join_row_in_slab (components, slab, j, k);
        }
    }
  number_slab (slab);
}

typedef struct
{
  const Slab *above;
  const Slab *below;
  guint32    *parent;
} Cut;

static void
touch_across_cut (guint32 a, guint32 b, gpointer data)
{
  Cut    *cut = data;
  guint32 root_a =
    find_parent (cut->parent, cut->below->first_component + cut->below->runs[a].label);
  guint32 root_b =
    find_parent (cut->parent, cut->above->first_component + cut->above->runs[b].label);

  cut->parent[MAX (root_a, root_b)] = MIN (root_a, root_b);
}

static void
join_cut (const SagComponents *components, const Slab *below, const Slab *above, guint32 *parent)
{
  gint32 nj = components->dims[1];
  gint32 reach = components->connectivity == SAG_CONNECT_ALL;
  gsize  last_slice = (gsize) (below->k_high - below->k_low - 1) * nj;
  Cut    cut = { above, below, parent };

  for (gint32 j = 0; j < nj; j++)
    for (gint32 other = MAX (j - reach, 0); other <= MIN (j + reach, nj - 1); other++)
      match_rows (below->runs, below->row_start[last_slice + other],
                  below->row_start[last_slice + other + 1], above->runs, above->row_start[j],
                  above->row_start[j + 1], reach, touch_across_cut, &cut);
}

static void
relabel_slab (gsize item, guint worker, gpointer data)
{
  Job  *job = data;
  Slab *slab = &job->components->slabs[item];

  for (gsize r = 0; r < slab->n_runs; r++)
    slab->runs[r].label = job->final_label[slab->first_component + slab->runs[r].label];
}

/* A root is the first of its tree, so that one pass in rising order numbers all. */
static void
join_slabs (Job *job)
{
  SagComponents      *components = job->components;
  g_autofree guint32 *parent = NULL;
  guint32             n = 0, item = 0;

  for (guint s = 0; s < components->n_slabs; s++)
    {
      components->slabs[s].first_component = n;
      n += components->slabs[s].n_components;
    }
  parent = g_new (guint32, n);
  for (guint32 i = 0; i < n; i++)
    parent[i] = i;
  for (guint s = 1; s < components->n_slabs; s++)
    join_cut (components, &components->slabs[s - 1], &components->slabs[s], parent);

  components->sizes = g_new0 (gint64, n);
  for (guint s = 0; s < components->n_slabs; s++)
    {
      Slab *slab = &components->slabs[s];

      for (guint32 c = 0; c < slab->n_components; c++, item++)
        {
          parent[item] = parent[item] == item ? components->n_components++ : parent[parent[item]];
          components->sizes[parent[item]] += slab->sizes[c];
        }
      g_clear_pointer (&slab->sizes, g_free);
    }
  job->final_label = parent;
  sag_pool_run (sag_pool_get_default (), components->n_slabs, relabel_slab, job);
}

static void
cut_into_slabs (SagComponents *components)
{
  gint32 nk = components->dims[2];
  gint32 n_wanted = 4 * (gint32) sag_pool_get_n_threads (sag_pool_get_default ());

  components->slab_depth = MAX ((nk + n_wanted - 1) / n_wanted, 1);
  components->n_slabs = (nk + components->slab_depth - 1) / components->slab_depth;
  components->slabs = g_new0 (Slab, components->n_slabs);
  for (guint s = 0; s < components->n_slabs; s++)
    {
      components->slabs[s].k_low = s * components->slab_depth;
      components->slabs[s].k_high = MIN (components->slabs[s].k_low + components->slab_depth, nk);
    }
}

SagComponents *
sag_components_new (const gint32    dims[3],
                    SagConnectivity connectivity,
                    SagRowFunc      row,
                    gpointer        data,
                    GCancellable   *cancellable,
                    GError        **error)
{
  g_autoptr (SagComponents) components = g_new0 (SagComponents, 1);
  Job   job = { components, row, data, cancellable, NULL };
  gsize n_voxels;

  g_return_val_if_fail (dims[0] > 0 && dims[1] > 0 && dims[2] > 0 && row != NULL, NULL);

  if (!g_size_checked_mul (&n_voxels, dims[0], dims[1]) ||
      !g_size_checked_mul (&n_voxels, n_voxels, dims[2]) || n_voxels > G_MAXUINT32)
    {
      g_set_error (
        error, SAG_ERROR, SAG_ERROR_LIMIT,
        "A scan of %d x %d x %d voxels is too large to be searched; resample it to larger voxels.",
        dims[0], dims[1], dims[2]);
      return NULL;
    }
  memcpy (components->dims, dims, sizeof components->dims);
  components->connectivity = connectivity;
  cut_into_slabs (components);
  sag_pool_run (sag_pool_get_default (), components->n_slabs, label_slab, &job);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  join_slabs (&job);
  return g_steal_pointer (&components);
}

void
sag_components_free (SagComponents *components)
{
  if (components == NULL)
    return;
  for (guint s = 0; s < components->n_slabs; s++)
    {
      g_free (components->slabs[s].runs);
      g_free (components->slabs[s].row_start);
      g_free (components->slabs[s].sizes);
    }
  g_free (components->slabs);
  g_free (components->sizes);
  g_free (components);
}

guint32
sag_components_get_n (const SagComponents *components)
{
  return components->n_components;
}

gint64
sag_components_get_size (const SagComponents *components, guint32 label)
{
  g_return_val_if_fail (label < components->n_components, 0);
  return components->sizes[label];
}

const SagRun *
sag_components_get_runs (const SagComponents *components, gint32 j, gint32 k, gsize *n_runs)
{
  const Slab *slab = &components->slabs[k / components->slab_depth];
  gsize       row = (gsize) (k - slab->k_low) * components->dims[1] + j;

  *n_runs = slab->row_start[row + 1] - slab->row_start[row];
  return slab->runs + slab->row_start[row];
}

void
sag_components_measure (const SagComponents *components, guint32 label, SagComponent *measures)
{
  SagComponent m = { 0, { G_MAXINT32, G_MAXINT32, G_MAXINT32 }, { 0, 0, 0 }, { 0, 0, 0 } };

  g_return_if_fail (label < components->n_components);

  for (gint32 k = 0; k < components->dims[2]; k++)
    for (gint32 j = 0; j < components->dims[1]; j++)
      {
        gsize         n_runs;
        const SagRun *run = sag_components_get_runs (components, j, k, &n_runs);
        gint64        n_in_row = 0;

        for (; n_runs > 0; n_runs--, run++)
          if (run->label == label)
            {
              gint64 length = run->end - run->start;

              n_in_row += length;
              m.index_sum[0] += length * (run->start + run->end - 1) / 2;
              m.low[0] = MIN (m.low[0], run->start);
              m.high[0] = MAX (m.high[0], run->end);
            }
        if (n_in_row == 0)
          continue;
        m.n_voxels += n_in_row;
        m.index_sum[1] += n_in_row * j;
        m.index_sum[2] += n_in_row * k;
        m.low[1] = MIN (m.low[1], j);
        m.high[1] = MAX (m.high[1], j + 1);
        m.low[2] = MIN (m.low[2], k);
        m.high[2] = k + 1;
      }
  *measures = m;
}

/* The component whose first voxel comes first in C order, of those of size @size. */
static guint32
find_first_of_size (const SagComponents *components, gint64 size)
{
  guint32 best = 0;
  gint32  best_i = G_MAXINT32;

  for (gint32 j = 0; j < components->dims[1]; j++)
    for (gint32 k = 0; k < components->dims[2]; k++)
      {
        gsize         n_runs;
        const SagRun *run = sag_components_get_runs (components, j, k, &n_runs);

        for (; n_runs > 0 && run->start < best_i; n_runs--, run++)
          if (components->sizes[run->label] == size)
            {
              best_i = run->start;
              best = run->label;
            }
      }
  return best;
}

gboolean
sag_components_find_largest (const SagComponents *components, guint32 *label)
{
  gint64 size = 0;
  guint  n_equal = 0;

  for (guint32 c = 0; c < components->n_components; c++)
    if (components->sizes[c] > size)
      {
        size = components->sizes[c];
        *label = c;
        n_equal = 1;
      }
    else if (components->sizes[c] == size)
      n_equal++;
  if (n_equal > 1)
    *label = find_first_of_size (components, size);
  return size > 0;
}
