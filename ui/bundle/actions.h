/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_bundle_install_actions: gives a window the actions "bundles" (opens the window of models)
 * and "stop" (everything that the engine does or that waits for it; enabled while there is such).
 */
void sag_ui_bundle_install_actions (GtkWindow *window, SagUiSession *session);

G_END_DECLS
