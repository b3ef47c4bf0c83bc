/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/engine/cache.h"

#include <string.h>

/* A preparation for the paper's network takes 21 MB. */
#define N_SCANS 4

typedef struct
{
  char        *voxels;
  double       shift_mm[3];
  SagRecipe    recipe;
  char         engine[16]; /* whose device may have done the arithmetic */
  SagPrepared *prepared;
  GHashTable  *tokens; /* by bundle, engine and precision */
} Scan;

struct _SagUiCache
{
  GQueue scans; /* last used first */
};

static const SagRecipe *
recipe_of (SagEngine *engine)
{
  return sag_bundle_get_recipe (sag_engine_get_bundle (engine));
}

static void
scan_free (gpointer data)
{
  Scan *scan = data;

  g_free (scan->voxels);
  sag_prepared_unref (scan->prepared);
  g_hash_table_unref (scan->tokens);
  g_free (scan);
}

SagUiCache *
sag_ui_cache_new (void)
{
  return g_new0 (SagUiCache, 1);
}

void
sag_ui_cache_free (SagUiCache *cache)
{
  g_queue_clear_full (&cache->scans, scan_free);
  g_free (cache);
}

SagPrepared *
sag_ui_cache_find (SagUiCache  *cache,
                   SagVolume   *volume,
                   const double shift_mm[3],
                   SagEngine   *engine)
{
  const char *voxels = sag_volume_get_hash (volume);

  for (GList *link = cache->scans.head; link != NULL; link = link->next)
    {
      Scan *scan = link->data;

      if (!g_str_equal (scan->voxels, voxels) ||
          !sag_geometry_same_point (scan->shift_mm, shift_mm) ||
          memcmp (&scan->recipe, recipe_of (engine), sizeof scan->recipe) != 0 ||
          !g_str_equal (scan->engine, sag_engine_get_info (engine)->engine))
        continue;
      g_queue_unlink (&cache->scans, link);
      g_queue_push_head_link (&cache->scans, link);
      return scan->prepared;
    }
  return NULL;
}

void
sag_ui_cache_add (SagUiCache  *cache,
                  SagVolume   *volume,
                  const double shift_mm[3],
                  SagEngine   *engine,
                  SagPrepared *prepared)
{
  Scan *scan = g_new0 (Scan, 1);

  scan->voxels = g_strdup (sag_volume_get_hash (volume));
  memcpy (scan->shift_mm, shift_mm, sizeof scan->shift_mm);
  scan->recipe = *recipe_of (engine);
  g_strlcpy (scan->engine, sag_engine_get_info (engine)->engine, sizeof scan->engine);
  scan->prepared = sag_prepared_ref (prepared);
  scan->tokens =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sag_tokens_unref);
  g_queue_push_head (&cache->scans, scan);
  while (cache->scans.length > N_SCANS)
    scan_free (g_queue_pop_tail (&cache->scans));
}

static Scan *
find_prepared (SagUiCache *cache, SagPrepared *prepared)
{
  for (GList *link = cache->scans.head; link != NULL; link = link->next)
    if (((Scan *) link->data)->prepared == prepared)
      return link->data;
  return NULL;
}

static char *
engine_key (SagEngine *engine)
{
  const SagEngineInfo *info = sag_engine_get_info (engine);

  return g_strjoin ("|", sag_bundle_get_sha256 (sag_engine_get_bundle (engine)), info->engine,
                    info->precision, NULL);
}

SagTokens *
sag_ui_cache_find_tokens (SagUiCache *cache, SagPrepared *prepared, SagEngine *engine)
{
  Scan            *scan = find_prepared (cache, prepared);
  g_autofree char *key = engine_key (engine);

  return scan != NULL ? g_hash_table_lookup (scan->tokens, key) : NULL;
}

void
sag_ui_cache_add_tokens (SagUiCache  *cache,
                         SagPrepared *prepared,
                         SagEngine   *engine,
                         SagTokens   *tokens)
{
  Scan *scan = find_prepared (cache, prepared);

  if (scan != NULL)
    g_hash_table_insert (scan->tokens, engine_key (engine), sag_tokens_ref (tokens));
}
