/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/find-scans.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const endings[] = { ".nii.gz", ".nii", ".hdr", ".hdr.gz" };
static const char *const parts[] = { "_labels", "_label", "_mask", "_seg" };
static const char *const exports[] = { "__mask", "__score" };

void
sag_ui_scans_free (SagUiScans *scans)
{
  g_ptr_array_unref (scans->files);
  g_strfreev (scans->problems);
  g_free (scans);
}

/* The name without its ending; NULL if it is not a scan's. */
static char *
dup_stem (const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return g_strndup (name, strlen (name) - strlen (endings[i]));
  return NULL;
}

/* Whether it belongs to another scan of the folder. */
static gboolean
is_part (const char *stem, GHashTable *stems)
{
  for (gsize i = 0; i < G_N_ELEMENTS (exports); i++)
    if (g_str_has_suffix (stem, exports[i]))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *whole = NULL;

      if (!g_str_has_suffix (stem, parts[i]))
        continue;
      whole = g_strndup (stem, strlen (stem) - strlen (parts[i]));
      if (g_hash_table_contains (stems, whole))
        return TRUE;
    }
  return FALSE;
}

/* One folder: names of its scans and of its folders. */
typedef struct
{
  GPtrArray  *names;
  GPtrArray  *folders;
  GHashTable *stems;
} Listing;

static void
listing_clear (Listing *listing)
{
  g_ptr_array_unref (listing->names);
  g_ptr_array_unref (listing->folders);
  g_hash_table_unref (listing->stems);
}

static void
list (GFile *folder, Listing *listing, GCancellable *cancellable)
{
  g_autoptr (GFileEnumerator) entries = g_file_enumerate_children (
    folder, "standard::name,standard::type,standard::is-hidden,standard::is-symlink",
    G_FILE_QUERY_INFO_NONE, cancellable, NULL);
  GFileInfo *info;

  while (entries != NULL && g_file_enumerator_iterate (entries, &info, NULL, cancellable, NULL) &&
         info != NULL)
    {
      const char *name = g_file_info_get_name (info);
      char       *stem = dup_stem (name);

      if (stem != NULL)
        g_hash_table_add (listing->stems, stem);
      if (g_file_info_get_is_hidden (info))
        continue;
      if (g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY && stem != NULL)
        g_ptr_array_add (listing->names, g_strdup (name));
      else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY &&
               !g_file_info_get_is_symlink (info))
        g_ptr_array_add (listing->folders, g_strdup (name));
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  g_autofree char *one = g_filename_display_name (*(const char *const *) a);
  g_autofree char *other = g_filename_display_name (*(const char *const *) b);
  g_autofree char *one_key = g_utf8_collate_key_for_filename (one, -1);
  g_autofree char *other_key = g_utf8_collate_key_for_filename (other, -1);

  return strcmp (one_key, other_key);
}

static void
look_into (GFile *folder, int depth, GPtrArray *found, GCancellable *cancellable)
{
  Listing listing = { g_ptr_array_new_with_free_func (g_free),
                      g_ptr_array_new_with_free_func (g_free),
                      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };

  list (folder, &listing, cancellable);
  g_ptr_array_sort (listing.names, compare);
  g_ptr_array_sort (listing.folders, compare);
  for (guint i = 0; i < listing.names->len && found->len < SAG_UI_SCANS_MAX; i++)
    {
      g_autofree char *stem = dup_stem (listing.names->pdata[i]);

      if (!is_part (stem, listing.stems))
        g_ptr_array_add (found, g_file_get_child (folder, listing.names->pdata[i]));
    }
  for (guint i = 0; depth < SAG_UI_SCANS_MAX_DEPTH && i < listing.folders->len; i++)
    {
      g_autoptr (GFile) child = g_file_get_child (folder, listing.folders->pdata[i]);

      if (found->len < SAG_UI_SCANS_MAX && !g_cancellable_is_cancelled (cancellable))
        look_into (child, depth + 1, found, cancellable);
    }
  listing_clear (&listing);
}

static void
find_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GPtrArray  *given = task_data;
  SagUiScans *scans = g_new0 (SagUiScans, 1);
  g_autoptr (GStrvBuilder) problems = g_strv_builder_new ();

  scans->files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < given->len; i++)
    {
      GFile           *file = given->pdata[i];
      guint            before = scans->files->len;
      g_autofree char *name = NULL;
      g_autofree char *problem = NULL;

      if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
        {
          g_ptr_array_add (scans->files, g_object_ref (file));
          continue;
        }
      look_into (file, 1, scans->files, cancellable);
      if (scans->files->len > before)
        continue;
      name = g_file_get_parse_name (file);
      /* Translators: %s is a folder. */
      problem = g_strdup_printf (_ ("%s holds no NIfTI scan (.nii, .nii.gz, or .hdr with .img). A "
                                    "DICOM series can be converted with dcm2niix."),
                                 name);
      g_strv_builder_add (problems, problem);
    }
  scans->problems = g_strv_builder_end (problems);
  g_task_return_pointer (task, scans, (GDestroyNotify) sag_ui_scans_free);
}

void
sag_ui_find_scans_async (GFile *const       *files,
                         gsize               n_files,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GPtrArray *given = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < n_files; i++)
    g_ptr_array_add (given, g_object_ref (files[i]));
  g_task_set_task_data (task, given, (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, find_thread);
}

SagUiScans *
sag_ui_find_scans_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
