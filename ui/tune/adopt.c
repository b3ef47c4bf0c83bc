/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/tune/adopt.h"

#include "model/bundle/create.h"
#include "model/bundle/manifest.h"
#include "model/tune/tune.h"
#include "ui/bundle/import-order.h"
#include "ui/bundle/known.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>

static void
remove_copy (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static gboolean
copy_files (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, error);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr (GFile) source = g_file_new_build_filename (from, name, NULL);
      g_autoptr (GFile) target = g_file_new_build_filename (to, name, NULL);

      if (!g_file_copy (source, target, G_FILE_COPY_NONE, cancellable, NULL, NULL, error))
        return FALSE;
    }
  return dir != NULL;
}

/* Under another name until all of it is there. */
static gboolean
copy_bundle (const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autofree char *part = g_strconcat (to, ".part", NULL);
  g_autofree char *parent = g_path_get_dirname (to);

  remove_copy (part);
  if (g_mkdir_with_parents (parent, 0755) == 0 && g_mkdir (part, 0755) == 0)
    {
      if (copy_files (from, part, cancellable, error) && g_rename (part, to) == 0)
        return TRUE;
    }
  if (error == NULL || *error == NULL)
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
                 /* Translators: a folder, then the system's reason. */
                 _ ("The model cannot be copied to %s: %s."), to, g_strerror (errno));
  remove_copy (part);
  return FALSE;
}

/* A run, and what is known when somebody asks: settings belong to the main thread. */
typedef struct
{
  char  *run;
  char  *hint;
  char **known;
} Search;

static Search *
search_new (const char *run, const char *hint)
{
  Search *search = g_new0 (Search, 1);

  search->run = g_strdup (run);
  search->hint = g_strdup (hint);
  search->known = sag_ui_known_bundles ();
  return search;
}

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->run);
  g_free (search->hint);
  g_strfreev (search->known);
  g_free (search);
}

static gboolean
lies_in (const char *path, const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) above = g_file_new_for_path (folder);

  return g_file_has_prefix (file, above);
}

/* The same bundle among those that are known; what lies in the run goes with it. */
static SagBundle *
find_copy (SagBundle *bundle, const Search *search)
{
  for (char **folder = search->known; *folder != NULL; folder++)
    {
      g_autoptr (SagBundle) other =
        !lies_in (*folder, search->run) ? sag_bundle_load (*folder, NULL) : NULL;

      if (other != NULL &&
          g_str_equal (sag_bundle_get_sha256 (other), sag_bundle_get_sha256 (bundle)))
        return g_steal_pointer (&other);
    }
  return NULL;
}

static void
adopt_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Search    *search = data;
  g_autofree char *from = sag_tune_dup_bundle (search->run);
  GError          *error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_load (from, &error);
  g_autoptr (SagBundle) copy = bundle != NULL ? find_copy (bundle, search) : NULL;
  g_autofree char *to = NULL;

  if (bundle != NULL && copy == NULL)
    {
      to = sag_ui_import_propose_folder (sag_bundle_get_name (bundle));
      copy = copy_bundle (from, to, cancellable, &error) ? sag_bundle_load (to, &error) : NULL;
    }
  if (copy == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&copy), (GDestroyNotify) sag_bundle_unref);
}

void
sag_ui_tune_adopt_async (const char         *run,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, search_new (run, NULL), search_free);
  g_task_run_in_thread (task, adopt_thread);
}

SagBundle *
sag_ui_tune_adopt_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Back to the parent */

static SagBundle *
load_if (const char *folder, const char *sha256)
{
  g_autoptr (SagBundle) bundle = folder != NULL ? sag_bundle_load (folder, NULL) : NULL;

  return bundle != NULL && g_strcmp0 (sag_bundle_get_sha256 (bundle), sha256) == 0
           ? g_steal_pointer (&bundle)
           : NULL;
}

static const char *
get_parent (SagBundle *bundle)
{
  const SagManifest *manifest = sag_bundle_get_manifest (bundle);

  for (guint n = 0; n < manifest->notes->len; n++)
    {
      const SagBundleNote *note = manifest->notes->pdata[n];

      if (g_str_equal (note->key, "parent"))
        return note->value;
    }
  return NULL;
}

static void
find_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Search    *search = data;
  g_autofree char *path = sag_tune_dup_bundle (search->run);
  g_autofree char *shipped = sag_bundle_find_default ();
  GError          *error = NULL;
  g_autoptr (SagBundle) bundle = sag_bundle_load (path, &error);
  const char *parent = bundle != NULL ? get_parent (bundle) : NULL;
  g_autoptr (SagBundle) found = NULL;

  if (bundle == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  found = load_if (search->hint, parent);
  if (found == NULL)
    found = load_if (shipped, parent);
  for (char **folder = search->known; *folder != NULL && found == NULL; folder++)
    found = load_if (*folder, parent);
  if (found != NULL)
    g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) sag_bundle_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                             _ ("The model that this one began from is not where it was, and not "
                                "among the known ones; add its folder under Models."));
}

void
sag_ui_tune_find_parent_async (const char         *run,
                               const char         *hint,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, search_new (run, hint), search_free);
  g_task_run_in_thread (task, find_thread);
}

SagBundle *
sag_ui_tune_find_parent_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
