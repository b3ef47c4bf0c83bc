/* SPDX-License-Identifier: Apache-2.0 */
#include "model/evaluate/scan-cache.h"

#include "model/core/hash.h"

#include <math.h>
#include <string.h>

#define N_FACTS 31

/* @file: of the file's bytes. The number goes up when preparing changes. */
static char *
dup_key (const char *file, const SagRecipe *recipe)
{
  g_autoptr (GString) text = g_string_new ("evaluate 2 ");

  g_string_append_printf (text, "%s recipe %d", file, recipe->kind);
  for (int a = 0; a < 3; a++)
    g_string_append_printf (text, " %d %d %d", recipe->box_mm[a], recipe->train_box_mm[a],
                            recipe->input[a]);
  return sag_hash_voxels (text->str, text->len);
}

static void
write_geometry (const SagGeometry *geometry, double *facts)
{
  for (int a = 0; a < 3; a++)
    {
      facts[a] = geometry->dims[a];
      for (int c = 0; c < 4; c++)
        facts[3 + 4 * a + c] = geometry->ijk_to_ras[a][c];
    }
}

static gboolean
read_geometry (const double *facts, SagGeometry *geometry)
{
  for (int a = 0; a < 3; a++)
    {
      if (!(facts[a] >= 1 && facts[a] <= G_MAXINT32))
        return FALSE;
      geometry->dims[a] = (gint32) facts[a];
      for (int c = 0; c < 4; c++)
        {
          geometry->ijk_to_ras[a][c] = facts[3 + 4 * a + c];
          if (!isfinite (geometry->ijk_to_ras[a][c]))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
read_facts (const double    *facts,
            gsize            size_bytes,
            const SagRecipe *recipe,
            SagScopeVerdict *verdict,
            SagGeometry     *input,
            SagGeometry     *scan)
{
  if (facts == NULL || size_bytes != N_FACTS * sizeof *facts || !(facts[0] >= SAG_SCOPE_IN) ||
      !(facts[0] <= SAG_SCOPE_OUT))
    return FALSE;
  *verdict = (SagScopeVerdict) facts[0];
  return read_geometry (facts + 1, input) && read_geometry (facts + 16, scan) &&
         memcmp (input->dims, recipe->input, sizeof input->dims) == 0;
}

SagPrepared *
sag_scan_cache_load (SagCache *cache, const char *path, const SagRecipe *recipe, SagGeometry *scan)
{
  g_autofree char   *file = sag_cache_dup_file_key (cache, path, NULL);
  g_autofree char   *key = file != NULL ? dup_key (file, recipe) : NULL;
  g_autofree double *facts = NULL;
  g_autofree float  *input = NULL;
  g_autofree char   *text = NULL;
  g_auto (GStrv) words = NULL;
  gsize           n_facts = 0, n_input = 0, n_text = 0;
  gsize           n = (gsize) recipe->input[0] * recipe->input[1] * recipe->input[2];
  SagScopeVerdict verdict;
  SagGeometry     geometry, found;

  if (key == NULL || !sag_cache_has (cache, key))
    return NULL;
  facts = sag_cache_load (cache, key, "FACT", &n_facts);
  input = sag_cache_load (cache, key, "EXCT", &n_input);
  text = sag_cache_load (cache, key, "TEXT", &n_text);
  if (!read_facts (facts, n_facts, recipe, &verdict, &geometry, &found) || input == NULL ||
      n_input != n * sizeof *input || text == NULL || n_text == 0 || text[n_text - 1] != '\0')
    return NULL;
  words = g_strsplit (text, " ", 2);
  if (g_strv_length (words) != 2)
    return NULL;
  *scan = found;
  return sag_prepared_new_kept (recipe, g_steal_pointer (&input), &geometry, verdict, words[0],
                                words[1]);
}

gboolean
sag_scan_cache_save (SagCache          *cache,
                     const char        *path,
                     const char        *file,
                     SagPrepared       *prepared,
                     const SagGeometry *scan,
                     GError           **error)
{
  const SagRecipe   *recipe = sag_prepared_get_recipe (prepared);
  const SagGeometry *geometry = sag_prepared_get_input_geometry (prepared);
  g_autofree char   *now = sag_cache_dup_file_key (cache, path, error);
  g_autofree char   *key = dup_key (file, recipe);
  g_autofree char   *text = g_strdup_printf ("%s %s", sag_prepared_get_lung_source (prepared),
                                             sag_prepared_get_key (prepared));
  gsize              n = (gsize) recipe->input[0] * recipe->input[1] * recipe->input[2];
  double             facts[N_FACTS] = { sag_prepared_get_scope (prepared)->verdict };
  SagCacheSection    sections[] = {
       { "FACT", facts, sizeof facts },
       { "TEXT", text, strlen (text) + 1 },
       { "EXCT", (void *) sag_prepared_get_input (prepared), n * sizeof (float) },
  };

  if (now == NULL || !g_str_equal (now, file))
    return now != NULL;
  write_geometry (geometry, facts + 1);
  write_geometry (scan, facts + 16);
  return sag_cache_save (cache, key, sections, G_N_ELEMENTS (sections), error);
}

/* The number goes up when encoding changes. A device is told without its threads, on whose number no bit hangs. */
char *
sag_scan_cache_dup_tokens_key (SagPrepared *prepared, const char *vision, const SagEngineInfo *info)
{
  const int        length = (int) strcspn (info->device, ",");
  g_autofree char *text =
    g_strdup_printf ("tokens 1 %s %s %s %.*s %s", sag_prepared_get_key (prepared), vision,
                     info->engine, length, info->device, info->precision);

  return sag_hash_voxels (text, strlen (text));
}

float *
sag_scan_cache_load_tokens (SagCache *cache, const char *key, gsize n_values)
{
  gsize             size_bytes = 0;
  g_autofree float *values = NULL;

  if (!sag_cache_has (cache, key))
    return NULL;
  values = sag_cache_load (cache, key, "TOKN", &size_bytes);
  return size_bytes == n_values * sizeof *values ? g_steal_pointer (&values) : NULL;
}

gboolean
sag_scan_cache_save_tokens (
  SagCache *cache, const char *key, const float *values, gsize n_values, GError **error)
{
  const SagCacheSection section = { "TOKN", (void *) values, n_values * sizeof *values };

  return sag_cache_save (cache, key, &section, 1, error);
}
