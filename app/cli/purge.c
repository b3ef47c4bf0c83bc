/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli/cli.h"

#include "model/store/implicit.h"

#include <gio/gio.h>
#include <stdio.h>

/* docs/privacy.md says what is where. */

typedef struct
{
  gboolean dry_run;
  guint    n_files;
  guint64  size_bytes;
  GError  *problem; /* the first one */
} Purge;

/* What lies in a folder of ours; links are removed, not followed. */
static void
remove_tree (Purge *purge, GFile *file)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file, "standard::type,standard::size",
                                                  G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  g_autoptr (GFileEnumerator) entries = NULL;
  GFile *child;

  if (info == NULL || g_cancellable_is_cancelled (sag_cli_get_cancellable ()))
    return;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      entries = g_file_enumerate_children (file, "standard::name",
                                           G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
      while (entries != NULL && g_file_enumerator_iterate (entries, NULL, &child, NULL, NULL) &&
             child != NULL)
        remove_tree (purge, child);
    }
  else
    {
      purge->n_files++;
      purge->size_bytes += (guint64) g_file_info_get_size (info);
    }
  if (!purge->dry_run)
    g_file_delete (file, NULL, purge->problem == NULL ? &purge->problem : NULL);
}

static void
remove_place (Purge *purge, const char *what, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *size = NULL;

  purge->n_files = 0;
  purge->size_bytes = 0;
  remove_tree (purge, file);
  size = g_format_size (purge->size_bytes);
  printf ("  %-16s %u files, %s: %s\n", what, purge->n_files, size, path);
}

/* The folder that the chooser starts in is a path too. */
static void
forget_folder (Purge *purge, const char *path)
{
  g_autoptr (GKeyFile) settings = g_key_file_new ();
  g_autofree char *folder = NULL;

  if (!g_key_file_load_from_file (settings, path, G_KEY_FILE_KEEP_COMMENTS, NULL))
    return;
  folder = g_key_file_get_string (settings, "sagitta", "last-folder", NULL);
  if (folder == NULL)
    return;
  printf ("  %-16s %s\n", "last folder", path);
  if (purge->dry_run)
    return;
  g_key_file_remove_key (settings, "sagitta", "last-folder", NULL);
  g_key_file_save_to_file (settings, path, purge->problem == NULL ? &purge->problem : NULL);
}

/* Work that is in no project goes only when told; what a window has open stays. */
static void
remove_unsaved (Purge *purge, gboolean wanted)
{
  g_auto (GStrv) paths = sag_implicit_dup_paths ();
  g_autofree char *folder = sag_implicit_dup_folder ();

  if (paths[0] != NULL && !wanted)
    printf ("  %-16s stays, in no project yet: %s (--unsaved removes it)\n", "unsaved work",
            folder);
  for (gsize p = 0; wanted && paths[p] != NULL; p++)
    {
      printf ("  %-16s %s\n", "unsaved work", paths[p]);
      if (!purge->dry_run)
        sag_implicit_remove (paths[p], purge->problem == NULL ? &purge->problem : NULL);
    }
}

int
sag_cli_purge (int argc, char **argv)
{
  Purge              purge = { 0 };
  gboolean           unsaved = FALSE;
  const GOptionEntry entries[] = {
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &purge.dry_run, "Say what would go, and leave it",
      NULL },
    { "unsaved", 0, 0, G_OPTION_ARG_NONE, &unsaved,
      "Also remove masks and labels that were never saved in a project", NULL },
    { NULL },
  };
  g_auto (GStrv) rest = NULL;
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "sagitta", NULL);
  g_autofree char *recent = g_build_filename (g_get_user_data_dir (), "sagitta", "recent", NULL);
  g_autofree char *settings =
    g_build_filename (g_get_user_config_dir (), "sagitta", "settings.ini", NULL);
  g_autoptr (GError) problem = NULL;

  if (!sag_cli_parse (
        argc, argv, "purge",
        "Empties Sagitta's caches and forgets recent scans and the last folder. What you "
        "saved stays.",
        entries, 0, 0, &rest))
    return SAG_CLI_USAGE;
  sag_cli_get_cancellable ();
  printf ("%s\n", purge.dry_run ? "Would be removed:" : "Removed:");
  remove_place (&purge, "caches", cache);
  remove_place (&purge, "recent scans", recent);
  forget_folder (&purge, settings);
  remove_unsaved (&purge, unsaved);
  problem = purge.problem;
  return problem == NULL ? SAG_CLI_DONE : sag_cli_fail (problem);
}
