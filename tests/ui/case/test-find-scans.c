/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "ui/case/find-scans.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  char       *folder;
  SagUiScans *scans;
  gboolean    is_done;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->scans, sag_ui_scans_free);
  sag_test_remove_folder (fixture->folder);
}

static void
touch (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->scans = sag_ui_find_scans_finish (result, NULL);
  fixture->is_done = TRUE;
}

/* What is found, as paths below the folder apart by spaces. */
static char *
find (Fixture *fixture, const char *first, const char *second)
{
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);
  g_autoptr (GFile) one = g_file_resolve_relative_path (folder, first);
  g_autoptr (GFile) other = second != NULL ? g_file_resolve_relative_path (folder, second) : NULL;
  GFile   *files[] = { one, other };
  GString *names = g_string_new (NULL);

  sag_ui_find_scans_async (files, second != NULL ? 2 : 1, NULL, NULL, done_cb, fixture);
  while (!fixture->is_done)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < fixture->scans->files->len; i++)
    {
      g_autofree char *name = g_file_get_relative_path (folder, fixture->scans->files->pdata[i]);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", name);
    }
  return g_string_free (names, FALSE);
}

static void
test_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *found = NULL;
  const char      *names[] = { "scan10.nii.gz",
                               "scan2.nii.gz",
                               "scan2_labels.nii.gz",
                               "alone_mask.nii",
                               "scan10_seg.nii.gz",
                               ".hidden.nii",
                               "pair.hdr",
                               "pair.img",
                               "notes.txt",
                               "x__lungs-1__mask.nii.gz",
                               "zoo.NII.GZ",
                               "b/c/deep.nii",
                               ".git/hidden.nii" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    touch (fixture, names[i]);
  found = find (fixture, ".", NULL);
  g_assert_cmpstr (found, ==,
                   "alone_mask.nii pair.hdr scan2.nii.gz scan10.nii.gz zoo.NII.GZ b/c/deep.nii");
  g_assert_null (fixture->scans->problems[0]);
}

/* A file that was named is opened whatever its name is: the reader says what is wrong with it. */
static void
test_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *found = NULL;

  touch (fixture, "notes.txt");
  touch (fixture, "a/one.nii");
  found = find (fixture, "notes.txt", "a");
  g_assert_cmpstr (found, ==, "notes.txt a/one.nii");
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *found = NULL;

  touch (fixture, "dicom/1.txt");
  touch (fixture, "one.nii");
  found = find (fixture, "dicom", "one.nii");
  g_assert_cmpstr (found, ==, "one.nii");
  g_assert_cmpuint (g_strv_length (fixture->scans->problems), ==, 1);
  g_assert_nonnull (strstr (fixture->scans->problems[0], "dicom holds no scan"));
}

/* NIfTI is opened, and the DICOM beside it that cannot be read is told; a mere text file is not. */
static void
test_damaged_beside (Fixture *fixture, gconstpointer data)
{
  const char      *words = data;
  g_autofree char *found = NULL;

  touch (fixture, "one.nii");
  touch (fixture, words != NULL ? "slice.dcm" : "notes.txt");
  found = find (fixture, ".", NULL);
  g_assert_cmpstr (found, ==, "one.nii");
  g_assert_cmpuint (g_strv_length (fixture->scans->problems), ==, words != NULL ? 1 : 0);
  if (words != NULL)
    g_assert_nonnull (strstr (fixture->scans->problems[0], words));
}

/* Folders that hold each other through links, and very deep ones, come to an end. */
static void
test_loop (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "a", "loop", NULL);
  g_autofree char *found = NULL;

  touch (fixture, "a/one.nii");
  touch (fixture, "1/2/3/4/5/6/deep.nii");
  g_assert_cmpint (symlink ("..", link), ==, 0);
  found = find (fixture, ".", NULL);
  g_assert_cmpstr (found, ==, "a/one.nii");
}

#define add(name, function)                                                                        \
  g_test_add ("/ui/case/find-scans/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("folder", test_folder);
  add ("files", test_files);
  add ("nothing", test_nothing);
  add ("loop", test_loop);
  if (sag_dicom_is_supported ())
    {
      g_test_add ("/ui/case/find-scans/damaged-beside", Fixture, "slice.dcm", set_up,
                  test_damaged_beside, tear_down);
      g_test_add ("/ui/case/find-scans/foreign-beside", Fixture, NULL, set_up, test_damaged_beside,
                  tear_down);
    }
  return g_test_run ();
}
