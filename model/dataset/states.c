/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/states.h"

#include "model/core/hash.h"

#include <string.h>

static char *
hash_text (const GString *text)
{
  return sag_hash_voxels (text->str, text->len);
}

char *
sag_states_dup_class_key (const char *model, const SagIndexScan *scan)
{
  g_autoptr (GString) text = g_string_new (model);

  g_string_append (text, " class states");
  for (gsize i = 0; i < scan->n_items; i++)
    if (scan->items[i].is_label)
      g_string_append_printf (text, "\n%s", scan->items[i].sample->question);
  return hash_text (text);
}

char *
sag_states_dup_patch_key (const char *model, const SagIndexItem *item)
{
  g_autoptr (GString) text = g_string_new (model);

  g_string_append_printf (text, " patch states\n%s", item->sample->question);
  return hash_text (text);
}

gsize
sag_states_count_class (const SagIndexScan *scan, const SagIndexItem *end)
{
  gsize n = 0;

  for (const SagIndexItem *item = scan->items; item < scan->items + scan->n_items && item != end;
       item++)
    n += item->is_label;
  return n;
}

static gboolean
load_patch (SagScanStore       *store,
            const char         *model,
            const SagIndexScan *scan,
            const SagIndexItem *item,
            gsize               n_values,
            float              *states,
            GError            **error)
{
  g_autofree char  *key = sag_states_dup_patch_key (model, item);
  g_autofree float *values = sag_scan_store_dup_tokens (store, scan->path, key, n_values, error);

  if (values != NULL)
    memcpy (states, values, n_values * sizeof *states);
  return values != NULL;
}

float *
sag_states_load (SagScanStore              *store,
                 const char                *model,
                 const SagIndexScan        *scan,
                 const SagIndexItem *const *items,
                 gsize                      n,
                 gsize                      n_tokens,
                 gsize                      hidden,
                 GError                   **error)
{
  gsize             n_values = (1 + n_tokens) * hidden;
  gsize             n_class = sag_states_count_class (scan, NULL);
  g_autofree char  *key = sag_states_dup_class_key (model, scan);
  g_autofree float *states = g_new0 (float, n *n_values);
  g_autofree float *class_states = NULL;

  for (gsize i = 0; i < n; i++)
    {
      gsize place = sag_states_count_class (scan, items[i]);

      if (!items[i]->is_label)
        {
          if (!load_patch (store, model, scan, items[i], n_values, states + i * n_values, error))
            return NULL;
          continue;
        }
      if (class_states == NULL)
        class_states = sag_scan_store_dup_tokens (store, scan->path, key, n_class * hidden, error);
      if (class_states == NULL)
        return NULL;
      memcpy (states + i * n_values, class_states + place * hidden, hidden * sizeof *states);
    }
  return g_steal_pointer (&states);
}
