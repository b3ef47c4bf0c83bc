/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/hash.h"
#include "model/export/export.h"
#include "model/store/db.h"
#include "model/volume/nifti.h"

#include <glib/gstdio.h>
#include <string.h>

/* ".nii.gz" of a path, or all from the first dot of its base name's known endings. */
static const char *
ending_of (const char *path)
{
  static const char *const endings[] = { ".nii.gz", ".nii", ".hdr.gz", ".hdr", ".img.gz", ".img" };

  for (gsize e = 0; e < G_N_ELEMENTS (endings); e++)
    {
      const char *end = path + strlen (path) - MIN (strlen (path), strlen (endings[e]));

      if (g_ascii_strcasecmp (end, endings[e]) == 0)
        return end;
    }
  return "";
}

/* Copies one file; what arrives must be what left. */
static gboolean
copy_file (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autofree char *before = sag_hash_file_sha256 (from, cancellable, error);
  g_autofree char *after = NULL;

  if (before == NULL ||
      !g_file_copy (source, target, G_FILE_COPY_NONE, cancellable, NULL, NULL, error))
    return FALSE;
  after = sag_hash_file_sha256 (to, cancellable, error);
  if (after == NULL || strcmp (before, after) == 0)
    return after != NULL;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
               "%s did not arrive as it left. Check the disk and save it elsewhere.", to);
  return FALSE;
}

typedef struct
{
  GArray    *ids;
  GPtrArray *paths;
} Places;

static gboolean
set_paths (SagDb *db, gpointer data, GError **error)
{
  const Places *places = data;

  for (guint p = 0; p < places->paths->len; p++)
    if (!sag_cases_set_path (db, g_array_index (places->ids, gint64, p),
                             g_ptr_array_index (places->paths, p), error))
      return FALSE;
  return TRUE;
}

static gboolean
copy_scan (SagProject       *project,
           const SagCaseRow *one,
           const char       *folder,
           Places           *places,
           SagExported      *exported,
           GCancellable     *cancellable,
           GError          **error)
{
  g_autofree char *name = sag_project_dup_name (project, one);
  g_autofree char *scan = sag_project_dup_scan (project, one);
  g_auto (GStrv) files = sag_nifti_dup_files (scan);

  if (!g_file_test (scan, G_FILE_TEST_IS_REGULAR))
    {
      sag_exported_note (exported, "%s is not in the archive: it is no single file, or is gone.",
                         one->name);
      return TRUE;
    }
  for (gsize f = 0; files[f] != NULL; f++)
    {
      g_autofree char *relative = g_strdup_printf ("scans/%s%s", name, ending_of (files[f]));
      g_autofree char *target = g_build_filename (folder, relative, NULL);

      if (!copy_file (files[f], target, cancellable, error))
        return FALSE;
      exported->n_files++;
      if (strcmp (files[f], scan) != 0)
        continue;
      g_array_append_val (places->ids, one->id);
      g_ptr_array_add (places->paths, g_steal_pointer (&relative));
    }
  return TRUE;
}

static gboolean
copy_project (SagProject *project, const char *to, GError **error)
{
  g_autofree char *from = sag_store_dup_path (project->store);
  g_autoptr (SagDb) db = NULL;

  if (!sag_store_is_read_only (project->store) && !sag_store_flush (project->store, error))
    return FALSE;
  db = sag_db_open (from, FALSE, FALSE, error);
  return db != NULL && sag_db_run (db, error, "VACUUM INTO ?", "s", to);
}

gboolean
sag_export_archive (SagProject   *project,
                    const char   *folder,
                    SagExported  *exported,
                    GCancellable *cancellable,
                    GError      **error)
{
  g_autofree char *path = g_build_filename (folder, "project.sagitta", NULL);
  g_autofree char *scans = g_build_filename (folder, "scans", NULL);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SagStore) copy = NULL;
  Places places = { ids, paths };

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s is already there. Choose another folder.", path);
      return FALSE;
    }
  g_mkdir_with_parents (scans, 0777);
  for (guint c = 0; c < project->cases->len; c++)
    if (!sag_exported_step (exported, c, project->cases->len, cancellable, error) ||
        !copy_scan (project, g_ptr_array_index (project->cases, c), folder, &places, exported,
                    cancellable, error))
      return FALSE;
  if (!copy_project (project, path, error))
    return FALSE;
  copy = sag_store_open (path, SAG_STORE_WRITE, NULL, error);
  exported->n_files++;
  return copy != NULL && sag_store_need_writable (copy, error) &&
         sag_store_run (copy, set_paths, &places, error) &&
         sag_store_close (g_steal_pointer (&copy), error);
}
