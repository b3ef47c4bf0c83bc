/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/find.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/dicom/layout.h"
#include "model/dicom/library.h"
#include "model/volume/nifti.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 32
#define MAX_DIRECTORY_BYTES ((gsize) 64 << 20)

typedef struct
{
  SagDicomFound *found;
  GHashTable    *folders; /* "device inode": links may lead in circles */
  GCancellable  *cancellable;
} Find;

static void
add_file (SagDicomFound *found, const char *path)
{
  SagDicomPlace *place = g_new0 (SagDicomPlace, 1);

  place->path = g_strdup (path);
  place->name = sag_file_dup_display_name (path);
  g_ptr_array_add (found->places, place);
}

static gboolean
add_zip (SagDicomFound *found, const char *path, GError **error)
{
  g_autoptr (SagDicomZip) zip = sag_dicom_zip_open (path, error);
  const GPtrArray *entries;

  if (zip == NULL)
    return FALSE;
  entries = sag_dicom_zip_get_entries (zip);
  if (sag_dicom_zip_has_locked (zip))
    g_ptr_array_add (found->locked, g_strdup (path));
  for (guint i = 0; i < entries->len; i++)
    {
      const SagDicomZipEntry *entry = entries->pdata[i];
      SagDicomPlace          *place = g_new0 (SagDicomPlace, 1);

      place->path = g_strdup (path);
      place->name = g_path_get_basename (entry->name);
      place->zip = sag_dicom_zip_ref (zip);
      place->entry = entry;
      g_ptr_array_add (found->places, place);
    }
  return TRUE;
}

static void
look_into (Find *find, const char *path, int depth)
{
  DIR           *folder = opendir (path);
  struct dirent *entry;
  struct stat    status;

  if (folder == NULL || fstat (dirfd (folder), &status) != 0)
    {
      g_ptr_array_add (find->found->unread, g_strdup (path));
      if (folder != NULL)
        closedir (folder);
      return;
    }
  if (!g_hash_table_add (find->folders,
                         g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
                                          (guint64) status.st_dev, (guint64) status.st_ino)))
    {
      closedir (folder);
      return;
    }
  while ((entry = readdir (folder)) != NULL && !g_cancellable_is_cancelled (find->cancellable))
    {
      g_autofree char *child = NULL;
      int              type = entry->d_type;

      if (entry->d_name[0] == '.')
        continue;
      child = g_build_filename (path, entry->d_name, NULL);
      if (type == DT_LNK || type == DT_UNKNOWN)
        {
          if (stat (child, &status) != 0)
            continue;
          type = S_ISDIR (status.st_mode) ? DT_DIR : S_ISREG (status.st_mode) ? DT_REG : DT_SOCK;
        }
      if (type == DT_REG && g_ascii_strcasecmp (entry->d_name, "DICOMDIR") != 0)
        add_file (find->found, child);
      else if (type == DT_DIR && depth < MAX_DEPTH)
        look_into (find, child, depth + 1);
      else if (type == DT_DIR)
        g_ptr_array_add (find->found->too_deep, g_steal_pointer (&child));
    }
  closedir (folder);
}

/* A listed path below @folder, in whatever case the medium was copied; NULL if it leads out or is not there. */
static char *
resolve (const char *folder, const char *listed)
{
  g_auto (GStrv) parts = g_strsplit (listed, "/", -1);
  g_autofree char *path = g_strdup (folder);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *same = g_build_filename (path, parts[i], NULL);
      g_autofree char *lower = g_ascii_strdown (parts[i], -1);
      g_autofree char *other = g_build_filename (path, lower, NULL);

      if (*parts[i] == '\0' || strcmp (parts[i], "..") == 0 || strcmp (parts[i], ".") == 0)
        return NULL;
      g_free (path);
      path = g_strdup (g_file_test (same, G_FILE_TEST_EXISTS) ? same : other);
    }
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&path) : NULL;
}

/* The files that a DICOMDIR lists; all of its folder where it lists none that are there. */
static gboolean
add_directory (Find *find, const char *path, GError **error)
{
  SagDicomPlace    place = { .path = (char *) path };
  g_autofree char *name = sag_file_dup_display_name (path), *folder = g_path_get_dirname (path);
  g_autoptr (SagDicomInput) input = NULL;
  g_autoptr (GPtrArray) listed = NULL;
  SagDicomLayout layout;
  const guint8  *bytes;
  gsize          n_have;
  const guint    before = find->found->places->len;

  place.name = name;
  input = sag_dicom_input_open (&place, error);
  if (input == NULL)
    return FALSE;
  if (sag_dicom_layout_read (input, &layout, NULL))
    {
      bytes = sag_dicom_input_want (input, MIN (layout.pixel_offset, MAX_DIRECTORY_BYTES), &n_have);
      if (n_have >= layout.pixel_offset)
        listed = sag_dicom_library_read_directory (bytes, &layout, NULL);
    }
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      g_autofree char *file = resolve (folder, listed->pdata[i]);

      if (file != NULL)
        add_file (find->found, file);
    }
  if (find->found->places->len == before)
    look_into (find, folder, 0);
  return TRUE;
}

gboolean
sag_dicom_find (const char *path, SagDicomFound *found, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Find             find = { found, folders, cancellable };
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = sag_file_dup_display_name (path);
  SagDicomPlace    place = { .path = (char *) path, .name = name };
  g_autoptr (SagDicomInput) input = NULL;
  const guint8 *bytes;
  gsize         n_have;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      look_into (&find, path, 0);
      if (found->unread->len == 1 && found->places->len == 0 &&
          strcmp (found->unread->pdata[0], path) == 0)
        {
          g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
                       "The folder %s cannot be read: %s. Ask for access to it.", name,
                       g_strerror (EACCES));
          return FALSE;
        }
      return TRUE;
    }
  if (g_ascii_strcasecmp (base, "DICOMDIR") == 0)
    return add_directory (&find, path, error);
  input = sag_dicom_input_open (&place, error);
  if (input == NULL)
    return FALSE;
  bytes = sag_dicom_input_want (input, 300, &n_have);
  if (sag_dicom_zip_is_zip (bytes, n_have))
    return add_zip (found, path, error);
  add_file (found, path);
  return TRUE;
}

static int
compare_paths (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
check_whole (const SagDicomFound *found, GError **error)
{
  const GPtrArray *left_out = found->unread->len > 0 ? found->unread : found->too_deep;
  g_autofree char *name = NULL;

  if (left_out->len == 0)
    return TRUE;
  name = sag_file_dup_display_name (left_out->pdata[0]);
  if (left_out == found->unread)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
                 "The folder %s cannot be read. Ask for access to it.", name);
  else
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG,
                 "The folder %s lies in more than %d others; move it up.", name, MAX_DEPTH);
  return FALSE;
}

GPtrArray *
sag_dicom_list_files (const char *path, GError **error)
{
  g_autoptr (GPtrArray) places =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_place_free);
  g_autoptr (GPtrArray) unread = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) too_deep = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) locked = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  SagDicomFound    found = { places, unread, too_deep, locked };
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = sag_file_dup_display_name (path);
  const gboolean   is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);

  if (!is_folder)
    {
      g_auto (GStrv) own = sag_nifti_dup_files (path);

      for (gsize i = 0; own[i] != NULL; i++)
        g_ptr_array_add (files, g_strdup (own[i]));
    }
  if ((is_folder || g_ascii_strcasecmp (base, "DICOMDIR") == 0) &&
      (!sag_dicom_find (path, &found, NULL, error) || !check_whole (&found, error)))
    return NULL;
  for (guint i = 0; i < places->len; i++)
    g_ptr_array_add (files, g_strdup (((SagDicomPlace *) places->pdata[i])->path));
  if (places->len > 0)
    g_ptr_array_sort (files, compare_paths);
  if (files->len > 0)
    return g_steal_pointer (&files);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no file in the folder %s.", name);
  return NULL;
}
