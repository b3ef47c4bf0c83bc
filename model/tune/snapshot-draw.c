/* SPDX-License-Identifier: Apache-2.0 */
/* Who is trained on, who is measured on, and who is watched meanwhile: always a patient as a whole.
 *
 * Patients are sorted by what is known of them (which tasks, present or absent), within that by a hash with the seed,
 * and then dealt like cards, or counted off: so every part gets of every kind. The same project and seed give the same
 * parts, whatever the order of its cases.
 */
#include "model/tune/snapshot-private.h"

#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/dataset/manifest.h"

#include <math.h>
#include <string.h>

#define WATCH_EVERY 8

typedef struct
{
  GString *known; /* "0+1-" : task, present or absent */
  char    *place;
  guint    number;
  int      part; /* -1: nobody said */
} Group;

static void
free_group (gpointer data)
{
  Group *group = data;

  g_string_free (group->known, TRUE);
  g_free (group->place);
  g_free (group);
}

static guint
root_of (const guint *parents, guint at)
{
  while (parents[at] != at)
    at = parents[at];
  return at;
}

/* @key's cases belong together. */
static gboolean
join (GHashTable *seen, guint *parents, const char *key, guint number)
{
  gpointer before = g_hash_table_lookup (seen, key);
  guint    a, b;

  if (before == NULL)
    return g_hash_table_insert (seen, (gpointer) key, GUINT_TO_POINTER (number + 1)), FALSE;
  a = root_of (parents, GPOINTER_TO_UINT (before) - 1);
  b = root_of (parents, number);
  parents[MAX (a, b)] = MIN (a, b);
  return a != b;
}

/* By patients, and by scans that are the same file; numbers the groups. */
static void
group_cases (SagSnapshot *self)
{
  g_autoptr (GHashTable) patients = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) contents = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree guint *parents = g_new (guint, self->cases->len);
  g_autofree guint *numbers = g_new0 (guint, self->cases->len);
  guint             n = 0, n_same = 0;

  for (guint c = 0; c < self->cases->len; c++)
    parents[c] = c;
  for (guint c = 0; c < self->cases->len; c++)
    {
      SagSnapshotScan *scan = self->cases->pdata[c];

      join (patients, parents, scan->patient, c);
      n_same += join (contents, parents, scan->content, c);
      n_same += join (paths, parents, scan->path, c);
    }
  for (guint c = 0; c < self->cases->len; c++)
    {
      SagSnapshotScan *scan = self->cases->pdata[c];
      guint            root = root_of (parents, c);

      if (numbers[root] == 0)
        numbers[root] = ++n;
      scan->group = numbers[root] - 1;
    }
  self->n_patients = n;
  if (n_same > 0)
    sag_snapshot_note (self,
                       "The same scan stands for several patients %u times; they stay together, so "
                       "that nobody is measured on what was trained on.",
                       n_same);
}

static GPtrArray *
make_groups (SagSnapshot *self, guint64 seed)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func (free_group);

  for (guint g = 0; g < self->n_patients; g++)
    {
      Group *group = g_new0 (Group, 1);

      group->known = g_string_new (NULL);
      group->number = g;
      group->part = -1;
      g_ptr_array_add (groups, group);
    }
  for (guint s = 0; s < self->samples->len; s++)
    {
      const SagSnapshotSample *sample = self->samples->pdata[s];
      const SagSnapshotScan   *scan = self->cases->pdata[sample->of_case];
      Group                   *group = groups->pdata[scan->group];
      gboolean                 has = sample->n_voxels > 0 || sample->label > 0.5;

      g_string_append_printf (group->known, "%03u%c", sample->task, has ? '+' : '-');
    }
  for (guint c = 0; c < self->cases->len; c++)
    {
      const SagSnapshotScan *scan = self->cases->pdata[c];
      Group                 *group = groups->pdata[scan->group];
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT "\n%s", seed, scan->content);
      g_autofree char *place = sag_hash_sha256 (text, strlen (text));

      if (group->place != NULL && strcmp (group->place, place) <= 0)
        continue;
      g_free (group->place);
      group->place = g_steal_pointer (&place);
    }
  return groups;
}

static int
compare_groups (const void *a, const void *b)
{
  const Group *x = *(const Group *const *) a, *y = *(const Group *const *) b;
  int          order = strcmp (x->known->str, y->known->str);

  return order != 0 ? order : strcmp (x->place, y->place);
}

static SagSnapshotPart
part_of (SagSplit split)
{
  switch (split)
    {
    case SAG_SPLIT_TEST:
      return SAG_SNAPSHOT_HELD_OUT;
    case SAG_SPLIT_VALIDATION:
      return SAG_SNAPSHOT_WATCHED;
    default:
      return SAG_SNAPSHOT_TRAIN;
    }
}

/* What the project says. */
static gboolean
follow_splits (SagSnapshot *self, GPtrArray *groups, GError **error)
{
  guint n_unsaid = 0;

  for (guint c = 0; c < self->cases->len; c++)
    {
      const SagSnapshotScan *scan = self->cases->pdata[c];
      Group                 *group = groups->pdata[scan->group];
      SagSplit               split;
      int                    part;

      if (scan->split == NULL || !sag_split_from_string (scan->split, &split))
        continue;
      part = (int) part_of (split);
      self->follows_splits = TRUE;
      if (group->part >= 0 && group->part != part)
        {
          g_set_error_literal (
            error, SAG_ERROR, SAG_ERROR_MISMATCH,
            "The project has a patient, or a scan, in two of its splits; keep each in "
            "one.");
          return FALSE;
        }
      group->part = part;
    }
  for (guint g = 0; g < groups->len; g++)
    n_unsaid += ((Group *) groups->pdata[g])->part < 0;
  if (self->follows_splits && n_unsaid > 0)
    sag_snapshot_note (self, "%u patients without a split are trained on.", n_unsaid);
  return TRUE;
}

/* Every 1 / share-th of the sorted patients. */
static void
count_off (GPtrArray *sorted, double share)
{
  for (guint g = 0; g < sorted->len; g++)
    ((Group *) sorted->pdata[g])->part = floor ((g + 1) * share + 0.5) > floor (g * share + 0.5)
                                           ? SAG_SNAPSHOT_HELD_OUT
                                           : SAG_SNAPSHOT_TRAIN;
}

/* Every eighth of those to train on, where they are enough. */
static void
watch_some (SagSnapshot *self, const GPtrArray *sorted)
{
  guint n_train = 0, n = 0, n_watched = 0;

  for (guint g = 0; g < sorted->len; g++)
    n_train += ((Group *) sorted->pdata[g])->part == SAG_SNAPSHOT_TRAIN;
  for (guint g = 0; n_train >= SAG_SNAPSHOT_WATCH_FROM && g < sorted->len; g++)
    {
      Group *group = sorted->pdata[g];

      if (group->part != SAG_SNAPSHOT_TRAIN || n++ % WATCH_EVERY != WATCH_EVERY / 2)
        continue;
      group->part = SAG_SNAPSHOT_WATCHED;
      n_watched++;
    }
  if (n_watched > 0)
    sag_snapshot_note (self,
                       "%u patients of %u are not learned from, so that their loss can be watched "
                       "while the model learns from the others.",
                       n_watched, n_train);
}

static gboolean
check_parts (const GPtrArray *groups, double hold_out, GError **error)
{
  guint n_held = 0, n_train = 0;

  for (guint g = 0; g < groups->len; g++)
    {
      n_held += ((Group *) groups->pdata[g])->part == SAG_SNAPSHOT_HELD_OUT;
      n_train += ((Group *) groups->pdata[g])->part == SAG_SNAPSHOT_TRAIN;
    }
  if (n_held > 0 && (hold_out >= 1 || n_train > 0))
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               n_held == 0 ? "No patient of %u is held out, so nobody could say whether it helped; "
                             "hold more out, or label more."
                           : "All of the %u patients are held out, so nothing is left to train on; "
                             "hold fewer out, or label more.",
               groups->len);
  return FALSE;
}

static void
write_back (SagSnapshot *self, const GPtrArray *sorted, guint n_folds)
{
  for (guint g = 0; g < sorted->len; g++)
    {
      const Group *group = sorted->pdata[g];

      for (guint c = 0; c < self->cases->len; c++)
        {
          SagSnapshotScan *scan = self->cases->pdata[c];

          if (scan->group != group->number)
            continue;
          scan->public.part = n_folds > 0 ? SAG_SNAPSHOT_TRAIN : (SagSnapshotPart) group->part;
          scan->public.fold = n_folds > 0 ? g % n_folds + 1 : 0;
        }
    }
}

static gboolean
draw_folds (const SagSnapshot *self, guint n_folds, GError **error)
{
  if (self->n_patients >= n_folds)
    return TRUE;
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "There are %zu patients, which cannot be dealt into %u folds; take fewer folds, or "
               "label more.",
               self->n_patients, n_folds);
  return FALSE;
}

gboolean
sag_snapshot_draw (SagSnapshot *self, const SagSnapshotOptions *options, GError **error)
{
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  group_cases (self);
  if (self->n_patients < 2 && (options->n_folds > 0 || options->hold_out < 1))
    {
      g_set_error_literal (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
                           "All labelled cases are of one patient; one to train on and one to "
                           "measure on are the least.");
      return FALSE;
    }
  groups = make_groups (self, options->seed);
  for (guint g = 0; g < groups->len; g++)
    g_ptr_array_add (sorted, groups->pdata[g]);
  g_ptr_array_sort (sorted, compare_groups);
  if (options->n_folds > 0)
    {
      if (!draw_folds (self, options->n_folds, error))
        return FALSE;
    }
  else
    {
      if (!follow_splits (self, groups, error))
        return FALSE;
      if (!self->follows_splits)
        {
          count_off (sorted, options->hold_out);
          watch_some (self, sorted);
        }
      for (guint g = 0; self->follows_splits && g < groups->len; g++)
        ((Group *) groups->pdata[g])->part = MAX (((Group *) groups->pdata[g])->part, 0);
      if (!check_parts (groups, options->hold_out, error))
        return FALSE;
    }
  write_back (self, sorted, options->n_folds);
  return TRUE;
}

guint
sag_snapshot_get_n_folds (const SagSnapshot *snapshot)
{
  return snapshot->n_folds;
}

gboolean
sag_snapshot_follows_splits (const SagSnapshot *snapshot)
{
  return snapshot->follows_splits;
}
