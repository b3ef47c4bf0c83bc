/* SPDX-License-Identifier: Apache-2.0 */
#define G_SETTINGS_ENABLE_BACKEND
#include "ui/base/settings.h"

#include "model/core/error.h"
#include "model/core/paths.h"

#include <gio/gsettingsbackend.h>
#include <glib/gi18n.h>

#define SCHEMA "io.github.sagittact.Sagitta"

static GSettings *settings;

static GSettingsBackend *
open_backend (void)
{
  g_autofree char *path = NULL;

  if (g_getenv ("GSETTINGS_BACKEND") != NULL)
    return g_settings_backend_get_default ();
  path = g_build_filename (g_get_user_config_dir (), "sagitta", "settings.ini", NULL);
  return g_keyfile_settings_backend_new (path, "/io/github/sagittact/Sagitta/", "sagitta");
}

static GSettingsSchema *
find_schema (GError **error)
{
  g_autofree char *path = sag_paths_find_data ("desktop/gschemas.compiled");
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  g_autoptr (GSettingsSchemaSource) source = NULL;
  GSettingsSchema *schema = NULL;

  if (folder != NULL)
    source = g_settings_schema_source_new_from_directory (folder, NULL, TRUE, NULL);
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, FALSE);
  if (schema == NULL)
    g_set_error_literal (error, SAG_ERROR, SAG_ERROR_FORMAT,
                         _ ("The settings' schema (share/sagitta/desktop/gschemas.compiled) is "
                            "missing or damaged; install Sagitta again."));
  return schema;
}

gboolean
sag_ui_settings_open (GError **error)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsBackend) backend = NULL;

  if (settings != NULL)
    return TRUE;
  schema = find_schema (error);
  if (schema == NULL)
    return FALSE;
  backend = open_backend ();
  settings = g_settings_new_full (schema, backend, NULL);
  return TRUE;
}

void
sag_ui_settings_override (const char *key)
{
  g_object_set_data (G_OBJECT (sag_ui_settings_get ()), key, GINT_TO_POINTER (TRUE));
}

gboolean
sag_ui_settings_is_overridden (const char *key)
{
  return g_object_get_data (G_OBJECT (sag_ui_settings_get ()), key) != NULL;
}

GSettings *
sag_ui_settings_get (void)
{
  g_autoptr (GError) error = NULL;

  if (!sag_ui_settings_open (&error))
    g_error ("%s", error->message);
  return settings;
}

void
sag_ui_settings_close (void)
{
  if (settings == NULL)
    return;
  g_settings_sync ();
  g_clear_object (&settings);
}
