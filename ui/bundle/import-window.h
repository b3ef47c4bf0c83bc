/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiImportWindow: makes a bundle from a checkpoint: weights, configuration, vocabulary.
 *
 * Signal "imported" (string): the new bundle's folder; the window then closes.
 */
#define SAG_UI_TYPE_IMPORT_WINDOW (sag_ui_import_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiImportWindow, sag_ui_import_window, SAG_UI, IMPORT_WINDOW, AdwWindow)

SagUiImportWindow *sag_ui_import_window_new (GtkWindow *parent);

/** sag_ui_import_window_set_checkpoint: fills in the files that are found in @folder. */
void sag_ui_import_window_set_checkpoint (SagUiImportWindow *self, const char *folder);

G_END_DECLS
