/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiWelcome: what stands in the window while no case is open: what Sagitta is and is not, and
 * how to begin. Its rows activate win.open, win.open-folder, win.demo and win.open-file.
 */
#define SAG_UI_TYPE_WELCOME (sag_ui_welcome_get_type ())
G_DECLARE_FINAL_TYPE (SagUiWelcome, sag_ui_welcome, SAG_UI, WELCOME, AdwBin)

G_END_DECLS
