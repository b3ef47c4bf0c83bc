/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/scan.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "model/dataset/scan-make.h"

#include <string.h>

struct _SagScanStore
{
  SagCache     *cache;
  SagSampleGrid grid;
  GMutex        mutex;
  GRecMutex     making; /* held while an entry is made again: a mask's needs its scan's */
  GHashTable
    *file_keys; /* path -> what its bytes are: looked at once, and when something is made of them */
};

SagScanStore *
sag_scan_store_new (SagCache *cache, const SagSampleGrid *grid)
{
  SagScanStore *self = g_new0 (SagScanStore, 1);

  self->cache = cache;
  self->grid = *grid;
  g_mutex_init (&self->mutex);
  g_rec_mutex_init (&self->making);
  self->file_keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
sag_scan_store_free (SagScanStore *store)
{
  if (store == NULL)
    return;
  g_hash_table_unref (store->file_keys);
  g_mutex_clear (&store->mutex);
  g_rec_mutex_clear (&store->making);
  g_free (store);
}

const SagSampleGrid *
sag_scan_store_get_grid (SagScanStore *store)
{
  return &store->grid;
}

void
sag_label_map_free (SagLabelMap *map)
{
  if (map == NULL)
    return;
  g_free (map->voxels);
  g_free (map->members);
  g_free (map);
}

static char *
dup_file_key (SagScanStore *self, const char *path, GError **error)
{
  char *key;

  g_mutex_lock (&self->mutex);
  key = g_strdup (g_hash_table_lookup (self->file_keys, path));
  g_mutex_unlock (&self->mutex);
  if (key != NULL)
    return key;
  key = sag_cache_dup_file_key (self->cache, path, error);
  if (key == NULL)
    return NULL;
  g_mutex_lock (&self->mutex);
  if (!g_hash_table_contains (self->file_keys, path))
    g_hash_table_insert (self->file_keys, g_strdup (path), g_strdup (key));
  g_mutex_unlock (&self->mutex);
  return key;
}

/* What was just read is what the keys say. */
static gboolean
check_file (SagScanStore *self, const char *path, GError **error)
{
  g_autofree char *before = dup_file_key (self, path, error);
  g_autofree char *now = before != NULL ? sag_cache_dup_file_key (self->cache, path, error) : NULL;
  g_autofree char *name = sag_file_dup_display_name (path);

  if (now == NULL || strcmp (before, now) == 0)
    return now != NULL;
  g_set_error (error, SAG_ERROR, SAG_ERROR_MISMATCH,
               "%s was changed meanwhile; put the old file back, or start anew.", name);
  return FALSE;
}

static char *
dup_scan_key (SagScanStore *self, const char *path, GError **error)
{
  g_autofree char *file = dup_file_key (self, path, error);
  g_autoptr (GString) text = g_string_new ("sagitta scan 2");

  if (file == NULL)
    return NULL;
  g_string_append_printf (text, " %s recipe %d", file, self->grid.recipe.kind);
  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, " %d %d %d %d", self->grid.recipe.box_mm[a],
                            self->grid.recipe.train_box_mm[a], self->grid.input[a],
                            self->grid.source[a]);
  return sag_hash_voxels (text->str, text->len);
}

static char *
dup_mask_key (SagScanStore *self, const char *scan_key, const SagScanMask *mask, GError **error)
{
  const SagSampleGrid *grid = &self->grid;
  g_autofree char     *file = dup_file_key (self, mask->path, error);
  g_autoptr (GString) text = g_string_new ("sagitta mask 2");

  if (file == NULL)
    return NULL;
  g_string_append_printf (text, " %s of %s fine %d", file, scan_key, grid->fine);
  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, " %d %d", grid->tokens[a], grid->cells[a]);
  for (gsize s = 0; s < mask->n_sets; s++)
    {
      g_string_append (text, " set");
      for (gsize v = 0; v < mask->sets[s].n; v++)
        g_string_append_printf (text, " %d", mask->sets[s].values[v]);
    }
  return sag_hash_voxels (text->str, text->len);
}

/* The file's name stands in front of what cannot know it. */
static gboolean
name_error (GError **error, const char *path)
{
  g_autofree char *name = sag_file_dup_display_name (path);

  if (error != NULL && *error != NULL && strstr ((*error)->message, name) == NULL)
    g_prefix_error (error, "%s: ", name);
  return FALSE;
}

static gboolean
prepare_scan (
  SagScanStore *self, const char *key, const char *path, GCancellable *cancellable, GError **error)
{
  SagScanParts parts = { 0 };
  gboolean     done;

  if (sag_cache_has (self->cache, key))
    return TRUE;
  done = sag_scan_make (&self->grid, path, &parts, cancellable, error) &&
         check_file (self, path, error) &&
         sag_cache_save (self->cache, key, parts.sections, parts.n_sections, error);
  sag_scan_parts_clear (&parts);
  return done || name_error (error, path);
}

static gboolean
prepare_mask (SagScanStore      *self,
              const char        *mask_key,
              const char        *path,
              const SagScanMask *mask,
              GCancellable      *cancellable,
              GError           **error)
{
  SagScanParts parts = { 0 };
  SagScanFacts facts;
  gboolean     done;

  if (sag_cache_has (self->cache, mask_key))
    return TRUE;
  if (!sag_scan_store_get_facts (self, path, &facts, error))
    return FALSE;
  done = sag_scan_make_mask (&self->grid, path, &facts, mask, &parts, cancellable, error) &&
         check_file (self, path, error) && check_file (self, mask->path, error) &&
         sag_cache_save (self->cache, mask_key, parts.sections, parts.n_sections, error);
  sag_scan_parts_clear (&parts);
  return done || name_error (error, mask->path);
}

/* The keys of a scan and of its masks; NULL, with an error, if one cannot be told. */
static GPtrArray *
list_keys (
  SagScanStore *self, const char *path, const SagScanMask *masks, gsize n_masks, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (keys, dup_scan_key (self, path, error));
  for (gsize m = 0; m < n_masks && keys->pdata[m] != NULL; m++)
    g_ptr_array_add (keys, dup_mask_key (self, keys->pdata[0], &masks[m], error));
  return keys->pdata[keys->len - 1] != NULL ? g_steal_pointer (&keys) : NULL;
}

gboolean
sag_scan_store_prepare (SagScanStore      *store,
                        const char        *path,
                        const SagScanMask *masks,
                        gsize              n_masks,
                        GCancellable      *cancellable,
                        GError           **error)
{
  g_autoptr (GPtrArray) keys = list_keys (store, path, masks, n_masks, error);

  if (keys == NULL || !prepare_scan (store, keys->pdata[0], path, cancellable, error))
    return FALSE;
  for (gsize m = 0; m < n_masks; m++)
    if (!prepare_mask (store, keys->pdata[m + 1], path, &masks[m], cancellable, error))
      return FALSE;
  return TRUE;
}

gboolean
sag_scan_store_add_keys (SagScanStore      *store,
                         const char        *path,
                         const SagScanMask *masks,
                         gsize              n_masks,
                         GString           *text,
                         GError           **error)
{
  g_autoptr (GPtrArray) keys = list_keys (store, path, masks, n_masks, error);

  for (guint k = 0; keys != NULL && k < keys->len; k++)
    g_string_append_printf (text, "%s%s\n", k > 0 ? " " : "", (const char *) keys->pdata[k]);
  return keys != NULL;
}

gboolean
sag_scan_store_has (SagScanStore *store, const char *path, const SagScanMask *masks, gsize n_masks)
{
  g_autoptr (GPtrArray) keys = list_keys (store, path, masks, n_masks, NULL);
  gboolean has = keys != NULL;

  for (guint k = 0; has && k < keys->len; k++)
    has = sag_cache_has (store->cache, keys->pdata[k]);
  return has;
}

static void *
load_section (SagScanStore *self, const char *key, const char *tag, gsize *size, gsize wanted)
{
  void *data = sag_cache_load (self->cache, key, tag, size);

  if (data != NULL && wanted != 0 && *size != wanted)
    g_clear_pointer (&data, g_free);
  return data;
}

/* An entry that is damaged or gone is made again, by one thread: another may have done so meanwhile. */
static void *
make_again (SagScanStore      *self,
            const char        *path,
            const SagScanMask *mask,
            const char        *key,
            const char        *tag,
            gsize             *size,
            gsize              wanted,
            GError           **error)
{
  g_autoptr (GRecMutexLocker) locker G_GNUC_UNUSED = g_rec_mutex_locker_new (&self->making);
  g_autofree char                   *name = NULL;
  void                              *data = load_section (self, key, tag, size, wanted);

  for (int attempt = 0; data == NULL && attempt < 2; attempt++)
    {
      sag_cache_remove (self->cache, key);
      if (!sag_scan_store_prepare (self, path, mask, mask != NULL ? 1 : 0, NULL, error))
        return NULL;
      data = load_section (self, key, tag, size, wanted);
    }
  if (data != NULL)
    return data;
  name = sag_file_dup_display_name (path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "The cache's copy of %s cannot be read back; empty the cache's folder.", name);
  return NULL;
}

/* A section of the scan's entry, or of the mask's, of @wanted bytes (0: any). */
static void *
load (SagScanStore      *self,
      const char        *path,
      const SagScanMask *mask,
      const char        *tag,
      gsize             *size,
      gsize              wanted,
      GError           **error)
{
  g_autofree char *key = dup_scan_key (self, path, error);
  g_autofree char *mask_key =
    key != NULL && mask != NULL ? dup_mask_key (self, key, mask, error) : NULL;
  const char *own = mask != NULL ? mask_key : key;
  void       *data;

  if (own == NULL)
    return NULL;
  data = load_section (self, own, tag, size, wanted);
  return data != NULL ? data : make_again (self, path, mask, own, tag, size, wanted, error);
}

static gboolean
fail_facts (const char *path, GError **error)
{
  g_autofree char *name = sag_file_dup_display_name (path);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "What the cache says of %s makes no sense; empty the cache's folder.", name);
  return FALSE;
}

gboolean
sag_scan_store_get_facts (SagScanStore *store,
                          const char   *path,
                          SagScanFacts *facts,
                          GError      **error)
{
  gsize              size;
  g_autofree double *values =
    load (store, path, NULL, "FACT", &size, SAG_SCAN_N_FACTS * sizeof (double), error);

  if (values == NULL || sag_scan_facts_read (values, SAG_SCAN_N_FACTS, facts))
    return values != NULL;
  return fail_facts (path, error);
}

gboolean
sag_scan_store_get_mask_facts (SagScanStore      *store,
                               const char        *path,
                               const SagScanMask *mask,
                               SagMaskFacts      *facts,
                               GError           **error)
{
  gsize              size;
  g_autofree double *values =
    load (store, path, mask, "FACT", &size, (mask->n_sets + 1) * sizeof (double), error);

  if (values == NULL)
    return FALSE;
  for (gsize s = 0; s < mask->n_sets; s++)
    if (!(values[1 + s] >= 0 && values[1 + s] <= (double) G_MAXINT64))
      return fail_facts (mask->path, error);
  facts->resampled = values[0] > 0;
  facts->n_voxels = g_new (guint64, mask->n_sets);
  for (gsize s = 0; s < mask->n_sets; s++)
    facts->n_voxels[s] = (guint64) values[1 + s];
  return TRUE;
}

gboolean
sag_scan_store_read_input (SagScanStore *store, const char *path, float *input, GError **error)
{
  gsize               n = sag_sample_grid_n_input (&store->grid), size;
  g_autofree guint16 *steps = load (store, path, NULL, "INPT", &size, n * sizeof *steps, error);

  if (steps == NULL)
    return FALSE;
  for (gsize v = 0; v < n; v++)
    input[v] = (float) steps[v] * (1 / SAG_SCAN_STEPS);
  return TRUE;
}

gint16 *
sag_scan_store_dup_source (SagScanStore *store, const char *path, GError **error)
{
  gsize size;

  return load (store, path, NULL, "SRCE", &size,
               sag_sample_grid_n_source (&store->grid) * sizeof (gint16), error);
}

float *
sag_scan_store_dup_targets (SagScanStore      *store,
                            const char        *path,
                            const SagScanMask *mask,
                            GError           **error)
{
  gsize size, n = mask->n_sets * sag_sample_grid_n_cells (&store->grid);

  return load (store, path, mask, "TARG", &size, n * sizeof (float), error);
}

SagLabelMap *
sag_scan_store_dup_labels (SagScanStore      *store,
                           const char        *path,
                           const SagScanMask *mask,
                           GError           **error)
{
  const SagSampleGrid *grid = &store->grid;
  g_autoptr (SagLabelMap) map = g_new0 (SagLabelMap, 1);
  gsize size, n = sag_sample_grid_n_source (grid) * grid->fine * grid->fine * grid->fine;

  for (int a = 0; a < 3; a++)
    map->dims[a] = grid->source[a] * grid->fine;
  map->n_sets = mask->n_sets;
  map->voxels = load (store, path, mask, "LABL", &size, n, error);
  if (map->voxels == NULL)
    return NULL;
  map->members = load (store, path, mask, "MEMB", &size, mask->n_sets * 256, error);
  return map->members != NULL ? g_steal_pointer (&map) : NULL;
}

static char *
dup_token_key (SagScanStore *self, const char *path, const char *model, GError **error)
{
  g_autofree char *scan = dup_scan_key (self, path, error);
  g_autofree char *text = NULL;

  if (scan == NULL)
    return NULL;
  text = g_strdup_printf ("sagitta tokens 1 %s by %s", scan, model);
  return sag_hash_voxels (text, strlen (text));
}

gboolean
sag_scan_store_save_tokens (SagScanStore *store,
                            const char   *path,
                            const char   *model,
                            const float  *values,
                            gsize         n_values,
                            GError      **error)
{
  g_autofree char      *key = dup_token_key (store, path, model, error);
  const SagCacheSection section = { "TOKN", (gpointer) values, n_values * sizeof *values };

  return key != NULL && sag_cache_save (store->cache, key, &section, 1, error);
}

gboolean
sag_scan_store_has_tokens (SagScanStore *store, const char *path, const char *model)
{
  g_autofree char *key = dup_token_key (store, path, model, NULL);

  return key != NULL && sag_cache_has (store->cache, key);
}

float *
sag_scan_store_dup_tokens (
  SagScanStore *store, const char *path, const char *model, gsize n_values, GError **error)
{
  g_autofree char *key = dup_token_key (store, path, model, error);
  g_autofree char *name = NULL;
  g_autofree void *values = NULL;
  gsize            size;

  if (key == NULL)
    return NULL;
  values = sag_cache_load (store->cache, key, "TOKN", &size);
  if (values != NULL && size == n_values * sizeof (float))
    return g_steal_pointer (&values);
  sag_cache_remove (store->cache, key);
  name = sag_file_dup_display_name (path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "The cache lost what was computed of %s; the same command makes it again.", name);
  return NULL;
}
