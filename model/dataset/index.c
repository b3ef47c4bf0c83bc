/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/index.h"

#include "model/core/pool.h"
#include "model/text/catalogue.h"

#include <math.h>
#include <string.h>

struct _SagIndex
{
  SagDataset *dataset;
  GArray     *scans; /* SagIndexScan */
  GArray     *tasks; /* SagIndexTask */
};

static void
scan_clear (gpointer data)
{
  SagIndexScan *scan = data;

  for (gsize m = 0; m < scan->n_masks; m++)
    g_free ((gpointer) scan->masks[m].sets);
  g_free (scan->masks);
  g_free (scan->items);
}

static SagIndexScan *
find_scan (SagIndex *self, GHashTable *by_path, const char *path)
{
  gpointer found;

  if (!g_hash_table_lookup_extended (by_path, path, NULL, &found))
    {
      SagIndexScan scan = { .path = path };

      found = GUINT_TO_POINTER (self->scans->len);
      g_hash_table_insert (by_path, (gpointer) path, found);
      g_array_append_val (self->scans, scan);
    }
  return &g_array_index (self->scans, SagIndexScan, GPOINTER_TO_UINT (found));
}

static guint
find_task (SagIndex *self, GHashTable *by_name, const char *question, gboolean is_label)
{
  g_autofree char *name = g_strconcat (is_label ? "1" : "0", question, NULL);
  gpointer         found;

  if (!g_hash_table_lookup_extended (by_name, name, NULL, &found))
    {
      SagIndexTask task = { .question = question, .is_label = is_label };

      found = GUINT_TO_POINTER (self->tasks->len);
      g_hash_table_insert (by_name, g_steal_pointer (&name), found);
      g_array_append_val (self->tasks, task);
    }
  return GPOINTER_TO_UINT (found);
}

static gboolean
same_set (const SagLabelSet *set, const SagSample *sample)
{
  return set->n == sample->n_mask_values &&
         (set->n == 0 || memcmp (set->values, sample->mask_values, set->n * sizeof (gint32)) == 0);
}

/* The place of the row's mask and values among the scan's. */
static void
add_mask (SagIndexScan *scan, SagIndexItem *item)
{
  const SagSample *sample = item->sample;
  SagScanMask     *mask;
  SagLabelSet     *sets;

  while (item->mask < scan->n_masks && strcmp (scan->masks[item->mask].path, sample->mask) != 0)
    item->mask++;
  if (item->mask == scan->n_masks)
    {
      scan->masks = g_renew (SagScanMask, scan->masks, ++scan->n_masks);
      scan->masks[item->mask] = (SagScanMask){ .path = sample->mask };
    }
  mask = &scan->masks[item->mask];
  while (item->set < mask->n_sets && !same_set (&mask->sets[item->set], sample))
    item->set++;
  if (item->set < mask->n_sets)
    return;
  sets = g_renew (SagLabelSet, (gpointer) mask->sets, mask->n_sets + 1);
  sets[mask->n_sets++] = (SagLabelSet){ sample->mask_values, sample->n_mask_values };
  mask->sets = sets;
}

static gboolean
same_label (double a, double b)
{
  return (isnan (a) && isnan (b)) || !(isnan (a) || isnan (b) || a < b || a > b);
}

/* The item that says the same already. */
static SagIndexItem *
find_item (const SagIndexScan *scan, const SagIndexItem *item)
{
  for (gsize i = 0; i < scan->n_items; i++)
    {
      SagIndexItem *other = &scan->items[i];

      if (other->task == item->task && other->mask == item->mask && other->set == item->set &&
          same_label (other->sample->label, item->sample->label))
        return other;
    }
  return NULL;
}

static void
add_item (SagIndex *self, GHashTable *by_path, GHashTable *by_name, const SagSample *sample)
{
  SagIndexScan *scan = find_scan (self, by_path, sample->image);
  gboolean      segments = sag_task_kind (sample->question) == SAG_TASK_SEGMENT;
  SagIndexItem  item = { .sample = sample, .count = 1 }, *same;

  item.is_label = sample->mask == NULL || (!isnan (sample->label) && !segments);
  item.positive = !item.is_label || sample->label >= 0.5;
  item.task = find_task (self, by_name, sample->question, item.is_label);
  if (!item.is_label)
    add_mask (scan, &item);
  same = find_item (scan, &item);
  if (same != NULL)
    {
      same->count++;
      return;
    }
  scan->items = g_renew (SagIndexItem, scan->items, scan->n_items + 1);
  scan->items[scan->n_items++] = item;
}

static void
count_tasks (SagIndex *self)
{
  for (guint t = 0; t < self->tasks->len; t++)
    {
      SagIndexTask *task = &g_array_index (self->tasks, SagIndexTask, t);

      task->n_positives = task->n_negatives = 0;
    }
  for (guint s = 0; s < self->scans->len; s++)
    {
      const SagIndexScan *scan = &g_array_index (self->scans, SagIndexScan, s);

      for (gsize i = 0; i < scan->n_items; i++)
        {
          SagIndexTask *task = &g_array_index (self->tasks, SagIndexTask, scan->items[i].task);

          *(scan->items[i].positive ? &task->n_positives : &task->n_negatives) +=
            scan->items[i].count;
        }
    }
}

/* "10;11;": what a question's masks count, NULL if they count everything, or not always the same. (n_tasks) */
static GPtrArray *
find_values (SagIndex *self)
{
  GPtrArray *values = g_ptr_array_new_full (self->tasks->len, g_free);

  g_ptr_array_set_size (values, (gint) self->tasks->len);
  for (guint s = 0; s < self->scans->len; s++)
    {
      const SagIndexScan *scan = &g_array_index (self->scans, SagIndexScan, s);

      for (gsize i = 0; i < scan->n_items; i++)
        {
          const SagIndexItem *item = &scan->items[i];
          char              **known = (char **) &values->pdata[item->task];
          g_autoptr (GString) text = g_string_new (NULL);

          if (item->is_label)
            continue;
          for (gsize v = 0; v < item->sample->n_mask_values; v++)
            g_string_append_printf (text, "%d;", item->sample->mask_values[v]);
          if (*known == NULL)
            *known = g_string_free (g_steal_pointer (&text), FALSE);
          else if (strcmp (*known, text->str) != 0)
            **known = '\0';
        }
    }
  return values;
}

static gboolean
same_subject (
  SagCatalogue *catalogue, const GPtrArray *values, const SagIndex *self, guint t, guint u)
{
  const SagIndexTask *a = &g_array_index (self->tasks, SagIndexTask, t);
  const SagIndexTask *b = &g_array_index (self->tasks, SagIndexTask, u);
  const char         *x = values->pdata[t], *y = values->pdata[u];

  if (a->is_label != b->is_label)
    return FALSE;
  if (x != NULL && *x != '\0' && g_strcmp0 (x, y) == 0)
    return TRUE;
  return catalogue != NULL && sag_catalogue_same_finding (catalogue, a->question, b->question);
}

static void
find_subjects (SagIndex *self)
{
  SagCatalogue *catalogue = sag_catalogue_get_default (NULL);
  g_autoptr (GPtrArray) values = find_values (self);

  for (guint t = 0; t < self->tasks->len; t++)
    {
      SagIndexTask *task = &g_array_index (self->tasks, SagIndexTask, t);

      task->subject = t;
      for (guint u = 0; u < t && task->subject == t; u++)
        if (g_array_index (self->tasks, SagIndexTask, u).subject == u &&
            same_subject (catalogue, values, self, t, u))
          task->subject = u;
    }
}

SagIndex *
sag_index_new (SagDataset *dataset, SagSplit split)
{
  SagIndex *self = g_new0 (SagIndex, 1);
  g_autoptr (GHashTable) by_path = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->dataset = sag_dataset_ref (dataset);
  self->scans = g_array_new (FALSE, FALSE, sizeof (SagIndexScan));
  self->tasks = g_array_new (FALSE, FALSE, sizeof (SagIndexTask));
  g_array_set_clear_func (self->scans, scan_clear);
  for (gsize s = 0; s < sag_dataset_get_n (dataset); s++)
    {
      const SagSample *sample = sag_dataset_get (dataset, s);

      if (sample->split == split)
        add_item (self, by_path, by_name, sample);
    }
  find_subjects (self);
  count_tasks (self);
  return self;
}

void
sag_index_free (SagIndex *index)
{
  if (index == NULL)
    return;
  g_array_unref (index->scans);
  g_array_unref (index->tasks);
  sag_dataset_unref (index->dataset);
  g_free (index);
}

gsize
sag_index_get_n_scans (SagIndex *index)
{
  return index->scans->len;
}

const SagIndexScan *
sag_index_get_scan (SagIndex *index, gsize scan)
{
  return &g_array_index (index->scans, SagIndexScan, scan);
}

gsize
sag_index_get_n_items (SagIndex *index)
{
  gsize n = 0;

  for (guint s = 0; s < index->scans->len; s++)
    n += g_array_index (index->scans, SagIndexScan, s).n_items;
  return n;
}

gsize
sag_index_get_n_tasks (SagIndex *index)
{
  return index->tasks->len;
}

const SagIndexTask *
sag_index_get_task (SagIndex *index, gsize task)
{
  return &g_array_index (index->tasks, SagIndexTask, task);
}

typedef struct
{
  SagIndex        *index;
  SagScanStore    *store;
  SagIndexProgress progress;
  gpointer         data;
  GCancellable    *cancellable;
  GMutex           lock; /* guards what follows */
  gsize            n_done;
  gsize            first_failed;
  GError          *error;
} Filling;

static void
fill_scan (gsize item, guint worker, gpointer data)
{
  Filling            *self = data;
  const SagIndexScan *scan = sag_index_get_scan (self->index, item);
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  if (self->error != NULL)
    {
      g_mutex_unlock (&self->lock);
      return;
    }
  g_mutex_unlock (&self->lock);
  if (!g_cancellable_set_error_if_cancelled (self->cancellable, &error))
    sag_scan_store_prepare (self->store, scan->path, scan->masks, scan->n_masks, self->cancellable,
                            &error);
  if (error != NULL)
    g_prefix_error (&error, "Manifest line %u: ", scan->items[0].sample->line);
  g_mutex_lock (&self->lock);
  self->n_done++;
  if (error != NULL && item < self->first_failed)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
      self->first_failed = item;
    }
  if (self->progress != NULL)
    self->progress (self->data, self->n_done, self->index->scans->len);
  g_mutex_unlock (&self->lock);
}

gboolean
sag_index_prepare (SagIndex        *index,
                   SagScanStore    *store,
                   SagIndexProgress progress,
                   gpointer         data,
                   GCancellable    *cancellable,
                   GError         **error)
{
  Filling filling = { index, store, progress, data, cancellable, .first_failed = G_MAXSIZE };

  g_mutex_init (&filling.lock);
  sag_pool_run (sag_pool_get_default (), index->scans->len, fill_scan, &filling);
  g_mutex_clear (&filling.lock);
  if (filling.error == NULL)
    return TRUE;
  g_propagate_error (error, filling.error);
  return FALSE;
}

/* Whether a row with an empty mask is a negative. */
static gboolean
is_negative (const SagSample *sample, gboolean synthetic, gboolean keep_empty)
{
  if (!isnan (sample->label))
    return sample->label < 0.5;
  return synthetic || keep_empty;
}

static gboolean
has_voxels (const SagMaskFacts *mask, gsize set)
{
  return mask->n_voxels != NULL && mask->n_voxels[set] > 0;
}

static gboolean
resolve_scan (SagIndexScan   *scan,
              SagScanStore   *store,
              gboolean        keep_empty,
              SagIndexReport *report,
              GError        **error)
{
  g_autofree SagMaskFacts *masks = g_new0 (SagMaskFacts, MAX (scan->n_masks, 1));
  SagScanFacts             facts;
  gboolean                 good = sag_scan_store_get_facts (store, scan->path, &facts, error);
  gsize                    n = 0;

  for (gsize m = 0; good && m < scan->n_masks; m++)
    {
      good = sag_scan_store_get_mask_facts (store, scan->path, &scan->masks[m], &masks[m], error);
      report->n_resampled += good && masks[m].resampled;
    }
  report->n_synthetic += good && facts.synthetic;
  report->n_out_of_scope += good && !facts.in_scope;
  for (gsize i = 0; good && i < scan->n_items; i++)
    {
      SagIndexItem item = scan->items[i];

      item.positive = item.is_label ? item.positive : has_voxels (&masks[item.mask], item.set);
      if (item.is_label || item.positive || is_negative (item.sample, facts.synthetic, keep_empty))
        {
          scan->items[n++] = item;
          continue;
        }
      if (report->n_empty == 0 || item.sample->line < report->first_empty)
        report->first_empty = item.sample->line;
      report->n_empty += item.count;
      if (!isnan (item.sample->label))
        report->n_contradictions += item.count;
    }
  scan->n_items = good ? n : scan->n_items;
  for (gsize m = 0; m < scan->n_masks; m++)
    g_free (masks[m].n_voxels);
  return good;
}

gboolean
sag_index_resolve (
  SagIndex *index, SagScanStore *store, gboolean keep_empty, SagIndexReport *report, GError **error)
{
  *report = (SagIndexReport){ 0 };
  for (guint s = 0; s < index->scans->len; s++)
    if (!resolve_scan (&g_array_index (index->scans, SagIndexScan, s), store, keep_empty, report,
                       error))
      return FALSE;
  for (guint s = index->scans->len; s-- > 0;)
    if (g_array_index (index->scans, SagIndexScan, s).n_items == 0)
      g_array_remove_index (index->scans, s);
  count_tasks (index);
  return TRUE;
}
