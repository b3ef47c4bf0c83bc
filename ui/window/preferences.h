/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiPreferences: all settings that are not made where they act, and the list of keys. */
#define SAG_UI_TYPE_PREFERENCES (sag_ui_preferences_get_type ())
G_DECLARE_FINAL_TYPE (
  SagUiPreferences, sag_ui_preferences, SAG_UI, PREFERENCES, AdwPreferencesWindow)

void sag_ui_preferences_present (GtkWindow *parent);

G_END_DECLS
