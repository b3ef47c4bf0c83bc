/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/test.h"
#include "ui/base/settings.h"
#include "ui/case/recent.h"

#include <glib/gstdio.h>

typedef struct
{
  char        *folder;
  char        *path;
  SagUiRecent *recent;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = sag_test_dup_folder ();
  fixture->path = g_build_filename (fixture->folder, "deep", "recent", NULL);
  g_settings_reset (sag_ui_settings_get (), "keep-recent");
  fixture->recent = sag_ui_recent_new (sag_ui_settings_get (), fixture->path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->recent);
  g_free (fixture->path);
  sag_test_remove_folder (fixture->folder);
}

static void
add_path (SagUiRecent *recent, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sag_ui_recent_add (recent, file);
}

/* The names, newest first, apart by spaces. */
static void
assert_names (SagUiRecent *recent, const char *expected)
{
  g_autoptr (GPtrArray) files = sag_ui_recent_dup_files (recent);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *name = g_file_get_basename (files->pdata[i]);

      g_string_append_printf (names, "%s%s", i > 0 ? " " : "", name);
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  add_path (fixture->recent, "/a/one.nii");
  add_path (fixture->recent, "/a/two.nii");
  add_path (fixture->recent, "/a/one.nii");
  assert_names (fixture->recent, "one.nii two.nii");
  for (int i = 0; i < 2 * SAG_UI_RECENT_MAX; i++)
    {
      g_autofree char *path = g_strdup_printf ("/a/%d.nii", i);

      add_path (fixture->recent, path);
    }
  assert_names (fixture->recent, "23.nii 22.nii 21.nii 20.nii 19.nii 18.nii 17.nii 16.nii 15.nii "
                                 "14.nii 13.nii 12.nii");
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SagUiRecent) again = NULL;
  g_autoptr (GFile) one = g_file_new_for_path ("/a/one\nline.nii");
  GStatBuf status;

  sag_ui_recent_add (fixture->recent, one);
  add_path (fixture->recent, "/a/Größe 50 %.nii.gz");
  again = sag_ui_recent_new (sag_ui_settings_get (), fixture->path);
  assert_names (again, "Größe 50 %.nii.gz one\nline.nii");
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  sag_ui_recent_remove (again, one);
  assert_names (again, "Größe 50 %.nii.gz");
}

static void
test_cleared (Fixture *fixture, gconstpointer data)
{
  add_path (fixture->recent, "/a/one.nii");
  sag_ui_recent_clear (fixture->recent);
  assert_names (fixture->recent, "");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_switched_off (Fixture *fixture, gconstpointer data)
{
  add_path (fixture->recent, "/a/one.nii");
  g_settings_set_boolean (sag_ui_settings_get (), "keep-recent", FALSE);
  assert_names (fixture->recent, "");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  add_path (fixture->recent, "/a/two.nii");
  assert_names (fixture->recent, "");
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autoptr (SagUiRecent) again = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (fixture->path,
                                      "\xff\xfe\nfile:///a/one.nii\nhttps://x/y.nii\n"
                                      "file:///a/one.nii\n\n-\n",
                                      -1, NULL));
  again = sag_ui_recent_new (sag_ui_settings_get (), fixture->path);
  assert_names (again, "one.nii");
}

#define add(name, function)                                                                        \
  g_test_add ("/ui/case/recent/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("order", test_order);
  add ("kept", test_kept);
  add ("cleared", test_cleared);
  add ("switched-off", test_switched_off);
  add ("damaged", test_damaged);
  return g_test_run ();
}
