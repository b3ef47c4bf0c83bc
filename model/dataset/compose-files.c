/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/compose-private.h"

#include "model/core/error.h"
#include "model/core/file.h"
#include "model/dicom/find.h"

#include <string.h>

struct _SagComposeFiles
{
  gboolean    of_masks;
  GHashTable *paths; /* name -> path */
};

static const char *
ending_of (const char *name)
{
  static const char *const endings[] = { ".nii.gz", ".nii", ".bin" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (name, endings[i]) && strlen (name) > strlen (endings[i]))
      return endings[i];
  return NULL;
}

char *
sag_compose_dup_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  const char      *ending = ending_of (base);

  return g_strndup (base, strlen (base) - (ending != NULL ? strlen (ending) : 0));
}

/* "scan" of "scan_labels", and of "scan/segmentations". */
static char *
dup_mask_name (const char *path)
{
  static const char *const tails[] = { "_seg", "_labels", "_segmentation", "_segmentations" };
  static const char *const whole[] = { "seg", "labels", "segmentation", "segmentations" };
  g_autofree char         *name = sag_compose_dup_name (path);

  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    if (strcmp (name, whole[i]) == 0)
      {
        g_autofree char *folder = g_path_get_dirname (path);

        return g_path_get_basename (folder);
      }
  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++)
    if (g_str_has_suffix (name, tails[i]) && strlen (name) > strlen (tails[i]))
      return g_strndup (name, strlen (name) - strlen (tails[i]));
  return g_steal_pointer (&name);
}

static gboolean
add_file (SagComposeFiles *self, const char *path, GError **error)
{
  char *name, *before;

  if (ending_of (path) == NULL)
    return TRUE;
  name = self->of_masks ? dup_mask_name (path) : sag_compose_dup_name (path);
  before = g_hash_table_lookup (self->paths, name);
  if (before == NULL)
    {
      g_hash_table_insert (self->paths, name, g_strdup (path));
      return TRUE;
    }
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "Two files are called for \"%s\": %s and %s; leave one, or give the folder that it "
               "lies in.",
               name, before, path);
  g_free (name);
  return FALSE;
}

static gboolean
check_folder (const char *folder, gboolean of_masks, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GDir) opened = g_dir_open (folder, 0, &problem);

  if (opened != NULL)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, problem->code,
               g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                 ? "There is no folder %s; name the one that the %s are in."
                 : "%s cannot be read as a folder; name the one that the %s are in.",
               folder, of_masks ? "masks" : "scans");
  return FALSE;
}

SagComposeFiles *
sag_compose_files_new (const char *folder, gboolean of_masks, GError **error)
{
  g_autoptr (SagComposeFiles) self = NULL;
  g_autofree char *absolute = g_canonicalize_filename (folder, NULL);
  g_autoptr (GPtrArray) files = NULL;
  GError *failure = NULL;

  if (!check_folder (folder, of_masks, error))
    return NULL;
  files = sag_dicom_list_files (absolute, &failure);
  if (failure != NULL && !g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, failure);
      return NULL;
    }
  g_clear_error (&failure);
  self = g_new0 (SagComposeFiles, 1);
  self->of_masks = of_masks;
  self->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint f = 0; files != NULL && f < files->len; f++)
    if (!add_file (self, files->pdata[f], error))
      return NULL;
  if (g_hash_table_size (self->paths) > 0)
    return g_steal_pointer (&self);
  g_set_error (error, SAG_ERROR, SAG_ERROR_ARGUMENT,
               "There is no .nii, .nii.gz or .bin file in %s; check the folder.", folder);
  return NULL;
}

void
sag_compose_files_free (SagComposeFiles *files)
{
  if (files == NULL)
    return;
  g_hash_table_unref (files->paths);
  g_free (files);
}

const char *
sag_compose_files_find (SagComposeFiles *files, const char *name)
{
  return g_hash_table_lookup (files->paths, name);
}

gsize
sag_compose_files_count (SagComposeFiles *files)
{
  return g_hash_table_size (files->paths);
}

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
sag_compose_files_list (SagComposeFiles *files)
{
  GPtrArray     *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, files->paths);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  return names;
}
