/* SPDX-License-Identifier: Apache-2.0 */

/* Rows tell their scan by its content. A scan that joined a worklist unopened has none yet: it is looked at now, if it
 * is called as a row says. */

#include "model/answer/map.h"
#include "model/export/import-private.h"
#include "model/volume/nifti.h"

#include <glib/gstdio.h>

static const char *
get_cell (SagRows *rows, gsize row, const char *column)
{
  const char *text = sag_rows_get (rows, row, column);

  return text != NULL && *text != 0 ? text : NULL;
}

static void
add_name (GHashTable *names, char *name)
{
  if (name != NULL)
    g_hash_table_add (names, name);
}

/* What scans are called whose content no case is known to have. */
static GHashTable *
collect_names (const SagProject *project, SagRows *rows)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint c = 0; c < project->cases->len; c++)
    {
      const SagCaseRow *one = g_ptr_array_index (project->cases, c);

      g_hash_table_add (known, one->uuid);
      if (one->sha256 != NULL)
        g_hash_table_add (known, one->sha256);
    }
  for (gsize r = 0; r < sag_rows_get_n (rows); r++)
    {
      const char *hash = get_cell (rows, r, "scan_sha256");
      const char *uuid = get_cell (rows, r, "case_uuid");
      const char *path = get_cell (rows, r, "img_file_path");

      if (hash == NULL || g_hash_table_contains (known, hash) ||
          (uuid != NULL && g_hash_table_contains (known, uuid)))
        continue;
      add_name (names, g_strdup (get_cell (rows, r, "case")));
      add_name (names, path != NULL ? sag_case_dup_name (path) : NULL);
    }
  return names;
}

/* One that cannot be read stays as it is: its rows are noted. */
static void
look_at (const SagProject *project, SagCaseRow *one, GCancellable *cancellable)
{
  g_autofree char *path = sag_project_dup_scan (project, one);
  GStatBuf         info;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return;
  one->sha256 = sag_nifti_hash_files (path, cancellable, NULL);
  if (one->sha256 != NULL && g_stat (path, &info) == 0)
    one->size_bytes = info.st_size;
}

static gboolean
keep (SagDb *db, gpointer data, GError **error)
{
  const GPtrArray *seen = data;

  for (guint s = 0; s < seen->len; s++)
    if (!sag_cases_set_content (db, g_ptr_array_index (seen, s), error))
      return FALSE;
  return TRUE;
}

gboolean
sag_import_look_at_scans (SagProject   *project,
                          SagRows      *rows,
                          SagExported  *imported,
                          GCancellable *cancellable,
                          GError      **error)
{
  g_autoptr (GHashTable) names = collect_names (project, rows);
  g_autoptr (GPtrArray) seen = g_ptr_array_new ();

  if (g_hash_table_size (names) == 0)
    return TRUE;
  for (guint c = 0; c < project->cases->len; c++)
    {
      SagCaseRow *one = g_ptr_array_index (project->cases, c);

      if (one->sha256 == NULL && g_hash_table_contains (names, one->name))
        g_ptr_array_add (seen, one);
    }
  for (guint s = 0; s < seen->len; s++)
    {
      if (!sag_exported_step (imported, s, seen->len, cancellable, error))
        return FALSE;
      look_at (project, g_ptr_array_index (seen, s), cancellable);
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         (seen->len == 0 || sag_store_run (project->store, keep, seen, error));
}
