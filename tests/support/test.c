/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <locale.h>

/* Every test runs under the rules of the person's locale: a decimal comma must change no number. */
static void __attribute__ ((constructor)) use_locale (void) { setlocale (LC_ALL, ""); }

char *
sag_test_shared (const char *name)
{
  const char      *folder = g_getenv ("SAGITTA_SHARED");
  g_autofree char *path = g_build_filename (folder ? folder : "../shared", name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("no shared test data here");
  return NULL;
}

char *
sag_test_dup_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("sagitta-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

void
sag_test_remove_folder (char *folder)
{
  remove_tree (folder);
  g_free (folder);
}

void
sag_test_folder_set_up (SagTestFolder *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
}

void
sag_test_folder_tear_down (SagTestFolder *fixture, gconstpointer data)
{
  sag_test_remove_folder (fixture->folder);
}

guint
sag_test_count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
