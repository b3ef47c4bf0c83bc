/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SagUiTheme: the setting "theme". SagUiEngineChoice: the setting "engine"; "threads" belongs to it.
 */
typedef enum
{
  SAG_UI_THEME_DARK,
  SAG_UI_THEME_LIGHT,
  SAG_UI_THEME_SYSTEM,
} SagUiTheme;

typedef enum
{
  SAG_UI_ENGINE_CHOICE_AUTO,
  SAG_UI_ENGINE_CHOICE_CPU,
  SAG_UI_ENGINE_CHOICE_CUDA,
} SagUiEngineChoice;

/**
 * sag_ui_settings_open: finds the schema in the build tree or where the program was installed.
 *
 * Values live in $XDG_CONFIG_HOME/sagitta/settings.ini, one private file that needs no service;
 * GSETTINGS_BACKEND=memory (as in the tests) keeps them for this process only.
 *
 * Errors: SAG_ERROR_FORMAT: the installation is incomplete
 */
gboolean sag_ui_settings_open (GError **error);

/**
 * sag_ui_settings_get: (transfer none): the program's settings, opened on first use. The keys are
 * those of data/desktop/io.github.sagittact.Sagitta.gschema.xml.
 */
GSettings *sag_ui_settings_get (void);

/** sag_ui_settings_override: the command line says what @key (static) is, whatever the settings say. */
void sag_ui_settings_override (const char *key);
/** sag_ui_settings_is_overridden: whether it does. */
gboolean sag_ui_settings_is_overridden (const char *key);

/** sag_ui_settings_close: for tests: the next sag_ui_settings_get() begins anew. */
void sag_ui_settings_close (void);

G_END_DECLS
