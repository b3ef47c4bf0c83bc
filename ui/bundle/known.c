/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/bundle/known.h"

#include "ui/base/settings.h"

#define MOST_FOLDERS 32
#define MOST_HASHES 256

char **
sag_ui_known_bundles (void)
{
  return g_settings_get_strv (sag_ui_settings_get (), "bundles");
}

/* @word to the front of the list @key, or off it. */
static void
change_list (const char *key, const char *word, gboolean keep, guint most)
{
  g_auto (GStrv) old = g_settings_get_strv (sag_ui_settings_get (), key);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  if (keep)
    g_ptr_array_add (words, (gpointer) word);
  for (gsize i = 0; old[i] != NULL && words->len < most; i++)
    if (!g_str_equal (old[i], word))
      g_ptr_array_add (words, old[i]);
  g_ptr_array_add (words, NULL);
  g_settings_set_strv (sag_ui_settings_get (), key, (const char *const *) words->pdata);
}

void
sag_ui_known_bundles_add (const char *folder)
{
  change_list ("bundles", folder, TRUE, MOST_FOLDERS);
}

void
sag_ui_known_bundles_remove (const char *folder)
{
  change_list ("bundles", folder, FALSE, MOST_FOLDERS);
}

char *
sag_ui_last_bundle (void)
{
  g_autofree char *folder = g_settings_get_string (sag_ui_settings_get (), "bundle");

  return *folder != '\0' ? g_steal_pointer (&folder) : NULL;
}

void
sag_ui_last_bundle_set (const char *folder)
{
  g_settings_set_string (sag_ui_settings_get (), "bundle", folder != NULL ? folder : "");
}

gboolean
sag_ui_bundle_was_shown (SagBundle *bundle)
{
  g_auto (GStrv) shown = g_settings_get_strv (sag_ui_settings_get (), "bundles-shown");

  return g_strv_contains ((const char *const *) shown, sag_bundle_get_sha256 (bundle));
}

void
sag_ui_bundle_set_shown (SagBundle *bundle)
{
  change_list ("bundles-shown", sag_bundle_get_sha256 (bundle), TRUE, MOST_HASHES);
}
