/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/language.h"

#include "model/core/paths.h"

#include <glib/gi18n.h>
#include <locale.h>

/* Of the installed program, then of the build tree. */
static const char *const places[] = { "../locale", "../po" };

/* The folder that holds LANGUAGE/LC_MESSAGES/sagitta.mo. */
static char *
find_folder (const char *language)
{
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *name =
        g_build_filename (places[i], language, "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL);
      g_autofree char *path = sag_paths_find_data (name);

      if (path != NULL)
        return g_canonicalize_filename ("../../..", path);
    }
  return NULL;
}

void
sag_ui_language_init (void)
{
  const char *const *languages = g_get_language_names ();

  setlocale (LC_ALL, "");
  for (gsize i = 0; languages[i] != NULL; i++)
    {
      g_autofree char *folder = find_folder (languages[i]);

      if (folder == NULL)
        continue;
      bindtextdomain (GETTEXT_PACKAGE, folder);
      break;
    }
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
