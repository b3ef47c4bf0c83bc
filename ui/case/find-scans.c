/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/find-scans.h"

#include "model/core/error.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const endings[] = { ".nii.gz", ".nii", ".hdr", ".hdr.gz" };
static const char *const parts[] = { "_labels", "_label", "_mask", "_seg" };
static const char *const exports[] = { "__mask", "__score" };

void
sag_ui_scans_free (SagUiScans *scans)
{
  g_ptr_array_unref (scans->files);
  g_clear_pointer (&scans->index, sag_dicom_index_unref);
  g_clear_object (&scans->place);
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

/* Progress: what the thread and the main thread share; at most one call to the main thread is under way. */
typedef struct
{
  gatomicrefcount       refs;
  gint                  n_done; /* atomic, and so are the next two */
  gint                  n_files;
  gint                  is_posted;
  gint                  is_over; /* main thread */
  SagUiFindProgressFunc report;
  gpointer              user_data;
  GCancellable         *cancellable;
} Progress;

static void
progress_unref (gpointer data)
{
  Progress *progress = data;

  if (!g_atomic_ref_count_dec (&progress->refs))
    return;
  g_clear_object (&progress->cancellable);
  g_free (progress);
}

static gboolean
report_cb (gpointer data)
{
  Progress *progress = data;

  g_atomic_int_set (&progress->is_posted, FALSE);
  if (!progress->is_over && !g_cancellable_is_cancelled (progress->cancellable))
    progress->report ((guint) g_atomic_int_get (&progress->n_done),
                      (guint) g_atomic_int_get (&progress->n_files), progress->user_data);
  return G_SOURCE_REMOVE;
}

static void
progress_thread (guint n_done, guint n_files, gpointer data)
{
  Progress *progress = data;

  g_atomic_int_set (&progress->n_done, (gint) n_done);
  g_atomic_int_set (&progress->n_files, (gint) n_files);
  if (progress->report == NULL ||
      !g_atomic_int_compare_and_exchange (&progress->is_posted, FALSE, TRUE))
    return;
  g_atomic_ref_count_inc (&progress->refs);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, report_cb, progress, progress_unref);
}

/* What is looked through: NIfTI first, then all that may be DICOM at once. */
typedef struct
{
  SagUiScans   *scans;
  GStrvBuilder *problems;
  GPtrArray    *paths; /* NULL-terminated; that may hold DICOM */
  GFile        *empty; /* a folder without NIfTI */
  gboolean      dicom_only;
  gboolean      is_alone; /* one thing was given */
  char         *slice;    /* it is a DICOM file */
  Progress     *progress;
} Find;

/* Somebody who chose one slice means the series that it lies in: its neighbours are looked at too. */
static void
add_neighbours (Find *find, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *stem = dup_stem (name);
      g_autofree char *lower = g_ascii_strdown (name, -1);
      char            *other = g_build_filename (folder, name, NULL);

      if (stem == NULL && name[0] != '.' && !g_str_has_suffix (lower, ".zip") &&
          strcmp (other, path) != 0 && g_file_test (other, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (find->paths, other);
      else
        g_free (other);
    }
  find->slice = g_strdup (path);
  find->scans->place = g_file_new_for_path (folder);
}

/* The series that @find->slice is of. */
static SagDicomSeries *
find_wanted (const Find *find)
{
  const GPtrArray *all = find->scans->index->series;

  for (guint i = 0; i < all->len; i++)
    {
      SagDicomSeries *series = all->pdata[i];

      for (guint s = 0; s < series->slices->len; s++)
        if (strcmp (g_array_index (series->slices, SagDicomSlice, s).file->place->path,
                    find->slice) == 0)
          return series;
    }
  return NULL;
}

static gboolean
is_slice (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *lower = g_ascii_strdown (base, -1);

  return !g_str_has_suffix (lower, ".zip") && strcmp (lower, "dicomdir") != 0;
}

static void
look_at (Find *find, GFile *file, GCancellable *cancellable)
{
  const guint      before = find->scans->files->len;
  g_autofree char *path = g_file_get_path (file);

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
    {
      if (path == NULL || !sag_dicom_is_supported () || !sag_dicom_is_path (path))
        {
          g_ptr_array_add (find->scans->files, g_object_ref (file));
          return;
        }
      find->dicom_only = TRUE;
      if (find->is_alone && is_slice (path))
        add_neighbours (find, path);
    }
  else
    {
      look_into (file, 1, find->scans->files, cancellable);
      if (find->scans->files->len == before && find->empty == NULL)
        find->empty = file;
    }
  if (find->scans->place == NULL)
    find->scans->place = g_object_ref (file);
  if (path != NULL)
    g_ptr_array_add (find->paths, g_steal_pointer (&path));
}

static void
look_for_dicom (Find *find, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = find->empty != NULL ? g_file_get_parse_name (find->empty) : NULL;

  if (find->paths->len > 0 && sag_dicom_is_supported ())
    find->scans->index = sag_dicom_index_new ((const char *const *) find->paths->pdata,
                                              progress_thread, find->progress, cancellable, &error);
  if (find->scans->index != NULL && find->slice != NULL)
    find->scans->wanted = find_wanted (find);
  if (find->scans->index != NULL)
    return;
  /* That a folder of NIfTI holds no DICOM is no problem; that it holds damaged DICOM is one. */
  if (error != NULL &&
      (find->dicom_only || !g_error_matches (error, SAG_ERROR, SAG_ERROR_UNSUPPORTED)))
    g_strv_builder_add (find->problems, error->message);
  else if (name != NULL)
    {
      /* Translators: %s is a folder. */
      g_autofree char *problem = g_strdup_printf (
        _ ("%s holds no scan: neither NIfTI (.nii, .nii.gz, or .hdr with .img) nor "
           "DICOM."),
        name);

      g_strv_builder_add (find->problems, problem);
    }
}

typedef struct
{
  GPtrArray *given;
  Progress  *progress;
} Task;

static void
task_free (gpointer data)
{
  Task *work = data;

  g_ptr_array_unref (work->given);
  progress_unref (work->progress);
  g_free (work);
}

static void
find_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Task      *work = task_data;
  GPtrArray *given = work->given;
  g_autoptr (GStrvBuilder) problems = g_strv_builder_new ();
  g_autoptr (GPtrArray) paths = g_ptr_array_new_null_terminated (8, g_free, TRUE);
  Find find = { g_new0 (SagUiScans, 1), problems, paths,         NULL, FALSE,
                given->len == 1,        NULL,     work->progress };

  find.scans->files = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < given->len; i++)
    look_at (&find, given->pdata[i], cancellable);
  if (given->len > 1)
    g_clear_object (&find.scans->place);
  look_for_dicom (&find, cancellable);
  g_free (find.slice);
  find.scans->problems = g_strv_builder_end (problems);
  g_task_return_pointer (task, find.scans, (GDestroyNotify) sag_ui_scans_free);
}

void
sag_ui_find_scans_async (GFile *const         *files,
                         gsize                 n_files,
                         SagUiFindProgressFunc on_progress,
                         GCancellable         *cancellable,
                         GAsyncReadyCallback   callback,
                         gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Task *work = g_new0 (Task, 1);

  work->given = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize i = 0; i < n_files; i++)
    g_ptr_array_add (work->given, g_object_ref (files[i]));
  work->progress = g_new0 (Progress, 1);
  g_atomic_ref_count_init (&work->progress->refs);
  work->progress->report = on_progress;
  work->progress->user_data = user_data;
  g_set_object (&work->progress->cancellable, cancellable);
  g_task_set_task_data (task, work, task_free);
  g_task_run_in_thread (task, find_thread);
}

SagUiScans *
sag_ui_find_scans_finish (GAsyncResult *result, GError **error)
{
  Task *work = g_task_get_task_data (G_TASK (result));

  work->progress->is_over = TRUE;
  return g_task_propagate_pointer (G_TASK (result), error);
}
