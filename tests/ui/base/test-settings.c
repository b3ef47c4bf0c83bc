/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/settings.h"

#include <string.h>

static void
test_defaults (void)
{
  GSettings *settings = sag_ui_settings_get ();

  g_assert_cmpint (g_settings_get_enum (settings, "theme"), ==, SAG_UI_THEME_DARK);
  g_assert_cmpint (g_settings_get_enum (settings, "engine"), ==, SAG_UI_ENGINE_CHOICE_AUTO);
  g_assert_cmpuint (g_settings_get_uint (settings, "memory-ceiling-mb"), ==, 2048);
  g_assert_false (g_settings_get_boolean (settings, "neurological"));
}

/* In memory, as the tests run: nothing outlives the process. */
static void
test_memory (void)
{
  g_autofree char *path =
    g_build_filename (g_get_user_config_dir (), "sagitta", "settings.ini", NULL);

  g_settings_set_string (sag_ui_settings_get (), "theme", "light");
  sag_ui_settings_close ();
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Otherwise in one file of our own. */
static void
test_file (void)
{
  g_autofree char *path =
    g_build_filename (g_get_user_config_dir (), "sagitta", "settings.ini", NULL);
  g_autofree char *text = NULL;
  g_autofree char *backend = g_strdup (g_getenv ("GSETTINGS_BACKEND"));

  g_unsetenv ("GSETTINGS_BACKEND");
  sag_ui_settings_close ();
  g_settings_set_string (sag_ui_settings_get (), "keymap", "itk-snap");
  sag_ui_settings_close ();
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "keymap='itk-snap'"));
  g_assert_cmpint (g_settings_get_enum (sag_ui_settings_get (), "keymap"), ==, 1);
  sag_ui_settings_close ();

  /* A damaged file is as good as none. */
  g_assert_true (g_file_set_contents (path, "[sagitta]\nkeymap='nonsense'\ntheme=7\n", -1, NULL));
  g_assert_cmpint (g_settings_get_enum (sag_ui_settings_get (), "keymap"), ==, 0);
  g_assert_cmpint (g_settings_get_enum (sag_ui_settings_get (), "theme"), ==, SAG_UI_THEME_DARK);
  sag_ui_settings_close ();
  g_setenv ("GSETTINGS_BACKEND", backend, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/base/settings/defaults", test_defaults);
  g_test_add_func ("/ui/base/settings/memory", test_memory);
  g_test_add_func ("/ui/base/settings/file", test_file);
  return g_test_run ();
}
