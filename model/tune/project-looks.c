/* SPDX-License-Identifier: Apache-2.0 */
#include "model/tune/project-looks.h"

#include "model/store/audit.h"

#include <string.h>

#define WHAT "looked"

typedef struct
{
  const char        *hash;
  const char *const *bundles;
  gsize              n_bundles;
  SagLooks           found;
} Noting;

static void
count_bundles (const char *detail, GHashTable *bundles)
{
  g_auto (GStrv) words = g_strsplit (detail, " ", -1);

  /* "hold-out HASH with BUNDLE..." */
  for (guint w = 3; w < g_strv_length (words); w++)
    g_hash_table_add (bundles, g_strdup (words[w]));
}

static gboolean
note (SagDb *db, gpointer data, GError **error)
{
  Noting *noting = data;
  g_autoptr (GHashTable) bundles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *start = g_strdup_printf ("hold-out %s ", noting->hash);
  g_autoptr (GPtrArray) entries = NULL;

  for (gsize b = 0; b < noting->n_bundles; b++)
    g_string_append_printf (words, " %s", noting->bundles[b]);
  if (!sag_audit_add (db, error, WHAT, "%swith%s", start, words->str))
    return FALSE;
  entries = sag_audit_list (db, error);
  if (entries == NULL)
    return FALSE;
  noting->found = (SagLooks){ 0 };
  for (guint e = 0; e < entries->len; e++)
    {
      const SagAuditEntry *entry = entries->pdata[e];

      if (strcmp (entry->what, WHAT) != 0 || !g_str_has_prefix (entry->detail, start))
        continue;
      if (noting->found.n++ == 0)
        noting->found.first_at = entry->at / 1000;
      count_bundles (entry->detail, bundles);
    }
  noting->found.n_bundles = g_hash_table_size (bundles);
  return TRUE;
}

gboolean
sag_project_looks_note (SagStore          *store,
                        const char        *hash,
                        const char *const *bundles,
                        gsize              n_bundles,
                        SagLooks          *looks,
                        GError           **error)
{
  Noting noting = { hash, bundles, n_bundles, { 0 } };

  if (!sag_store_run (store, note, &noting, error))
    return FALSE;
  if (noting.found.n > looks->n)
    looks->first_at = noting.found.first_at;
  looks->n = MAX (looks->n, noting.found.n);
  looks->n_bundles = MAX (looks->n_bundles, noting.found.n_bundles);
  return TRUE;
}
