/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/paths.h"

#include "model/core/core-config.h"

/* Programs stand one to three folders deep in the build tree, and that in the source tree. */
static const char *const build_folders[] = { "..", "../..", "../../..", "../../../.." };

static char *
existing (char *path)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}

char *
sag_paths_find_data (const char *name)
{
  const char      *override = g_getenv ("SAGITTA_DATA");
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin = NULL;
  char            *path;

  g_return_val_if_fail (name != NULL, NULL);

  if (override != NULL && (path = existing (g_build_filename (override, name, NULL))) != NULL)
    return path;
  if (program == NULL)
    return NULL;
  bin = g_path_get_dirname (program);
  path = existing (g_build_filename (bin, "..", SAG_DATADIR_FROM_BIN, name, NULL));
  for (gsize i = 0; path == NULL && i < G_N_ELEMENTS (build_folders); i++)
    path = existing (g_build_filename (bin, build_folders[i], "data", name, NULL));
  return path;
}

char *
sag_paths_find_plugin (const char *name, const char *build_folder)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin = NULL;
  char            *path;

  g_return_val_if_fail (name != NULL && build_folder != NULL, NULL);

  if (program == NULL)
    return NULL;
  bin = g_path_get_dirname (program);
  path = existing (g_build_filename (bin, "..", SAG_LIBDIR_FROM_BIN, "sagitta", name, NULL));
  for (gsize i = 0; path == NULL && i < G_N_ELEMENTS (build_folders); i++)
    path = existing (g_build_filename (bin, build_folders[i], build_folder, name, NULL));
  return path;
}
