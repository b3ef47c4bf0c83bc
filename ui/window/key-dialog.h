/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/base/keymap.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiKeyDialog: waits for a key, says whose it is now, and gives it to the action.
 *
 * Esc gives up; Tab moves between the buttons as everywhere, so neither can be chosen.
 */
#define SAG_UI_TYPE_KEY_DIALOG (sag_ui_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SagUiKeyDialog, sag_ui_key_dialog, SAG_UI, KEY_DIALOG, AdwMessageDialog)

void sag_ui_key_dialog_present (GtkWindow *parent, SagUiKeymap *keymap, const SagUiKeyRow *row);

/** sag_ui_key_dialog_press: as if the key had been pressed; FALSE if it cannot be chosen. */
gboolean sag_ui_key_dialog_press (SagUiKeyDialog *self, guint keyval, GdkModifierType state);

G_END_DECLS
