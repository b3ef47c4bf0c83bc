/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/find.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A medium: what its list may name, what it does not name, and beside it what it must not reach. */
static const char *const files[] = { "disc/IMAGES/I000001", "disc/images/i000002", "disc/A",
                                     "secret" };
static char             *folder, *disc, *path;

static void
remove_all (void)
{
  static const char *const folders[] = { "disc/IMAGES", "disc/images", "disc" };

  g_unlink (path);
  for (guint f = 0; f < G_N_ELEMENTS (files); f++)
    {
      g_autofree char *file = g_build_filename (folder, files[f], NULL);

      g_unlink (file);
    }
  for (guint f = 0; f < G_N_ELEMENTS (folders); f++)
    {
      g_autofree char *inner = g_build_filename (folder, folders[f], NULL);

      g_rmdir (inner);
    }
  g_rmdir (folder);
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  folder = g_dir_make_tmp ("sagitta-fuzz-XXXXXX", NULL);
  g_assert_nonnull (folder);
  disc = g_build_filename (folder, "disc", NULL);
  path = g_build_filename (disc, "DICOMDIR", NULL);
  for (guint f = 0; f < G_N_ELEMENTS (files); f++)
    {
      g_autofree char *file = g_build_filename (folder, files[f], NULL);
      g_autofree char *inner = g_path_get_dirname (file);

      g_assert_cmpint (g_mkdir_with_parents (inner, 0700), ==, 0);
      g_assert_true (g_file_set_contents (file, "", 0, NULL));
    }
  atexit (remove_all);
  return 0;
}

/* The input is a medium's list. Whatever it names, only files of the medium are found. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) places =
    g_ptr_array_new_with_free_func ((GDestroyNotify) sag_dicom_place_free);
  g_autoptr (GPtrArray) unread = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) too_deep = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) locked = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  SagDicomFound found = { places, unread, too_deep, locked };
  FILE         *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  fclose (file);
  g_assert_true (sag_dicom_find (path, &found, NULL, &error));
  g_assert_no_error (error);
  for (guint p = 0; p < places->len; p++)
    {
      const SagDicomPlace *place = places->pdata[p];

      g_assert_true (g_str_has_prefix (place->path, disc));
      g_assert_null (strstr (place->path, ".."));
      g_assert_true (g_file_test (place->path, G_FILE_TEST_IS_REGULAR));
    }
  return 0;
}
