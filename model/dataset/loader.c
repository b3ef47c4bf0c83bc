/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/loader.h"

#include "model/dataset/augment.h"
#include "model/dataset/states.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gboolean       ready;
  SagLoadedScan *loaded;
  GError        *error;
} Slot;

struct _SagLoader
{
  SagScanStore    *store;
  SagIndex        *index;
  SagSampler      *sampler;
  SagLoaderOptions options;
  GThread        **threads;

  GMutex   lock; /* guards what follows */
  GCond    room;
  GCond    ready;
  Slot    *slots; /* (ahead): place p in p % ahead */
  guint64  next_load;
  guint64  next_take;
  gboolean quit;
};

void
sag_loaded_scan_free (SagLoadedScan *loaded)
{
  if (loaded == NULL)
    return;
  g_free (loaded->input);
  g_free (loaded->tokens);
  g_free (loaded->states);
  g_free (loaded->items);
  g_free (loaded->labels);
  g_free (loaded->tasks);
  g_free (loaded->targets);
  g_free (loaded);
}

static gboolean
load_input (SagLoadedScan         *loaded,
            SagScanStore          *store,
            const SagAugmentation *augmentation,
            GError               **error)
{
  const SagSampleGrid *grid = sag_scan_store_get_grid (store);
  const char          *path = loaded->scan->path;
  gsize                n = sag_sample_grid_n_input (grid);

  loaded->input = g_new (float, n);
  if (augmentation->moves)
    {
      g_autofree gint16 *source = sag_scan_store_dup_source (store, path, error);

      if (source == NULL)
        return FALSE;
      sag_augment_image (grid, augmentation, source, loaded->input);
    }
  else if (!sag_scan_store_read_input (store, path, loaded->input, error))
    return FALSE;
  sag_augment_values (augmentation, loaded->input, n);
  return TRUE;
}

/* The sets of mask @mask that are asked for: @which of them, for the items @rows. */
static gsize
find_wanted (const SagLoadedScan *loaded, gsize mask, gsize *which, gsize *rows)
{
  gsize n = 0;

  for (gsize i = 0; i < loaded->n; i++)
    if (!loaded->items[i]->is_label && loaded->items[i]->mask == mask)
      {
        which[n] = loaded->items[i]->set;
        rows[n++] = i;
      }
  return n;
}

/* Targets of the wanted sets, (n, cells). */
static float *
make_targets (const SagLoadedScan   *loaded,
              SagScanStore          *store,
              const SagAugmentation *augmentation,
              gsize                  mask,
              const gsize           *which,
              gsize                  n,
              GError               **error)
{
  const SagSampleGrid *grid = sag_scan_store_get_grid (store);
  const SagScanMask   *file = &loaded->scan->masks[mask];
  gsize                n_cells = sag_sample_grid_n_cells (grid);
  float               *targets = g_new (float, n *n_cells);

  if (augmentation->moves)
    {
      g_autoptr (SagLabelMap) source =
        sag_scan_store_dup_labels (store, loaded->scan->path, file, error);
      g_autoptr (SagLabelMap) moved =
        source != NULL ? sag_augment_labels (grid, augmentation, source) : NULL;

      if (moved == NULL)
        return g_free (targets), NULL;
      sag_labels_targets (grid, moved, which, n, targets);
    }
  else
    {
      g_autofree float *all = sag_scan_store_dup_targets (store, loaded->scan->path, file, error);

      if (all == NULL)
        return g_free (targets), NULL;
      for (gsize s = 0; s < n; s++)
        memcpy (targets + s * n_cells, all + which[s] * n_cells, n_cells * sizeof *all);
    }
  return targets;
}

static gboolean
load_targets (SagLoadedScan         *loaded,
              SagScanStore          *store,
              const SagAugmentation *augmentation,
              GError               **error)
{
  gsize             n_cells = sag_sample_grid_n_cells (sag_scan_store_get_grid (store));
  g_autofree gsize *which = g_new (gsize, loaded->n), *rows = g_new (gsize, loaded->n);

  loaded->targets = g_new0 (float, loaded->n *n_cells);
  for (gsize m = 0; m < loaded->scan->n_masks; m++)
    {
      gsize             n = find_wanted (loaded, m, which, rows);
      g_autofree float *targets = NULL;

      if (n == 0)
        continue;
      targets = make_targets (loaded, store, augmentation, m, which, n, error);
      if (targets == NULL)
        return FALSE;
      for (gsize s = 0; s < n; s++)
        memcpy (loaded->targets + rows[s] * n_cells, targets + s * n_cells,
                n_cells * sizeof *targets);
    }
  return TRUE;
}

/* What the engine begins with: the scan, its tokens, or what the heads read. */
static gboolean
load_source (SagLoadedScan          *loaded,
             SagScanStore           *store,
             const SagLoaderOptions *options,
             const SagAugmentation  *augmentation,
             GError                **error)
{
  const char *path = loaded->scan->path;

  if (options->state_model != NULL)
    {
      loaded->states =
        sag_states_load (store, options->state_model, loaded->scan, loaded->items, loaded->n,
                         options->n_token_values / options->hidden, options->hidden, error);
      return loaded->states != NULL;
    }
  if (options->model == NULL)
    return load_input (loaded, store, augmentation, error);
  loaded->tokens =
    sag_scan_store_dup_tokens (store, path, options->model, options->n_token_values, error);
  return loaded->tokens != NULL;
}

SagLoadedScan *
sag_load_scan (SagScanStore           *store,
               SagIndex               *index,
               SagSampler             *sampler,
               const SagLoaderOptions *options,
               guint64                 place,
               GError                **error)
{
  g_autoptr (SagLoadedScan) loaded = g_new0 (SagLoadedScan, 1);
  g_autofree gsize *items = g_new (gsize, sag_sampler_get_most (sampler));
  SagAugmentation   augmentation = { 0 };

  loaded->place = place;
  loaded->scan = sag_index_get_scan (index, sag_sampler_draw (sampler, place, items, &loaded->n));
  loaded->items = g_new (const SagIndexItem *, loaded->n);
  loaded->labels = g_new0 (float, loaded->n);
  loaded->tasks = g_new0 (float, loaded->n);
  for (gsize i = 0; i < loaded->n; i++)
    {
      const SagIndexItem *item = &loaded->scan->items[items[i]];

      loaded->items[i] = item;
      loaded->labels[i] = item->is_label ? (float) item->sample->label : 0;
      loaded->tasks[i] = item->is_label ? 1 : 0;
    }
  if (options->augment && options->model == NULL)
    sag_augmentation_draw (&augmentation, options->seed, place);
  if (!load_source (loaded, store, options, &augmentation, error) ||
      !load_targets (loaded, store, &augmentation, error))
    return NULL;
  return g_steal_pointer (&loaded);
}

static gpointer
load_thread (gpointer data)
{
  SagLoader *self = data;

  g_mutex_lock (&self->lock);
  for (;;)
    {
      guint64 place;
      Slot   *slot, result = { .ready = TRUE };

      while (!self->quit && self->next_load >= self->next_take + self->options.ahead)
        g_cond_wait (&self->room, &self->lock);
      if (self->quit)
        break;
      place = self->next_load++;
      g_mutex_unlock (&self->lock);
      result.loaded = sag_load_scan (self->store, self->index, self->sampler, &self->options, place,
                                     &result.error);
      g_mutex_lock (&self->lock);
      slot = &self->slots[place % self->options.ahead];
      *slot = result;
      g_cond_signal (&self->ready);
    }
  g_mutex_unlock (&self->lock);
  return NULL;
}

SagLoader *
sag_loader_new (SagScanStore           *store,
                SagIndex               *index,
                SagSampler             *sampler,
                const SagLoaderOptions *options)
{
  SagLoader *self = g_new0 (SagLoader, 1);

  self->store = store;
  self->index = index;
  self->sampler = sampler;
  self->options = *options;
  self->options.ahead = MAX (options->ahead, 1);
  self->options.n_threads = MAX (options->n_threads, 1);
  self->slots = g_new0 (Slot, self->options.ahead);
  self->next_load = self->next_take = options->first;
  g_mutex_init (&self->lock);
  g_cond_init (&self->room);
  g_cond_init (&self->ready);
  self->threads = g_new (GThread *, self->options.n_threads);
  for (guint t = 0; t < self->options.n_threads; t++)
    self->threads[t] = g_thread_new ("loader", load_thread, self);
  return self;
}

void
sag_loader_free (SagLoader *loader)
{
  if (loader == NULL)
    return;
  g_mutex_lock (&loader->lock);
  loader->quit = TRUE;
  g_cond_broadcast (&loader->room);
  g_mutex_unlock (&loader->lock);
  for (guint t = 0; t < loader->options.n_threads; t++)
    g_thread_join (loader->threads[t]);
  for (guint s = 0; s < loader->options.ahead; s++)
    {
      sag_loaded_scan_free (loader->slots[s].loaded);
      g_clear_error (&loader->slots[s].error);
    }
  g_mutex_clear (&loader->lock);
  g_cond_clear (&loader->room);
  g_cond_clear (&loader->ready);
  g_free (loader->slots);
  g_free (loader->threads);
  g_free (loader);
}

SagLoadedScan *
sag_loader_next (SagLoader *loader, double *waited_s, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  Slot  *slot, result;

  g_mutex_lock (&loader->lock);
  slot = &loader->slots[loader->next_take % loader->options.ahead];
  while (!slot->ready)
    g_cond_wait (&loader->ready, &loader->lock);
  result = *slot;
  *slot = (Slot){ 0 };
  loader->next_take++;
  g_cond_signal (&loader->room);
  g_mutex_unlock (&loader->lock);
  *waited_s += (double) (g_get_monotonic_time () - start) * 1e-6;
  if (result.error != NULL)
    g_propagate_error (error, result.error);
  return result.loaded;
}

guint64
sag_loader_get_place (SagLoader *loader)
{
  guint64 place;

  g_mutex_lock (&loader->lock);
  place = loader->next_take - 1;
  g_mutex_unlock (&loader->lock);
  return place;
}

SagLoadedScan *
sag_loader_again (SagLoader *loader, GError **error)
{
  return sag_load_scan (loader->store, loader->index, loader->sampler, &loader->options,
                        sag_loader_get_place (loader), error);
}
