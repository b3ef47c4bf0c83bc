/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/file.h"
#include "model/core/hash.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
test_commit (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (sag_file_save (path, "one", 3, &error));
  g_assert_true (sag_file_save (path, "three", 5, &error));
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_cmpstr (text, ==, "three");
  g_assert_cmpuint (sag_test_count_files (folder), ==, 1);
  sag_test_remove_folder (folder);
}

static void
test_nothing_left_behind (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.txt", NULL);
  g_autoptr (GError) error = NULL;
  SagFileWriter *writer = sag_file_writer_new (path, &error);

  g_assert_no_error (error);
  g_assert_true (sag_file_writer_write (writer, "half", 4, &error));
  g_assert_cmpuint (sag_test_count_files (folder), ==, 1);
  sag_file_writer_free (writer);
  g_assert_cmpuint (sag_test_count_files (folder), ==, 0);
  sag_test_remove_folder (folder);
}

/* A file has the rights that the user's mask gives new files. */
static void
test_rights (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.txt", NULL);
  mode_t           before = umask (027);
  g_autoptr (GError) error = NULL;
  GStatBuf info;

  g_assert_true (sag_file_save (path, "one", 3, &error));
  umask (before);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0640);
  sag_test_remove_folder (folder);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sag_file_save ("/nonexistent-folder/a.txt", "x", 1, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "create the folder first");
}

static void
test_sha256 (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *of_file = NULL;

  g_assert_true (sag_file_save (path, "abc", 3, &error));
  of_file = sag_hash_file_sha256 (path, NULL, &error);
  g_assert_cmpstr (of_file, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  sag_test_remove_folder (folder);
}

static void
test_load (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "a.bin", NULL);
  g_autofree char *data = g_strnfill (200000, 'x');
  g_autofree char *back = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_null (sag_file_load (path, 10, NULL, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "a.bin");
  g_assert_true (g_file_set_contents (path, data, 200000, NULL));
  g_assert_null (sag_file_load (path, 199999, NULL, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "a.bin is larger than 199999 bytes");
  back = sag_file_load (path, 200000, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, 200000);
  g_assert_cmpstr (back, ==, data);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/file/commit", test_commit);
  g_test_add_func ("/core/file/nothing-left-behind", test_nothing_left_behind);
  g_test_add_func ("/core/file/rights", test_rights);
  g_test_add_func ("/core/file/no-folder", test_no_folder);
  g_test_add_func ("/core/file/load", test_load);
  g_test_add_func ("/core/hash/sha256", test_sha256);
  return g_test_run ();
}
