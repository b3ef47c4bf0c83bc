/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiBundlesWindow: the known bundles; look at them, add, import, use and forget them. */
#define SAG_UI_TYPE_BUNDLES_WINDOW (sag_ui_bundles_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiBundlesWindow, sag_ui_bundles_window, SAG_UI, BUNDLES_WINDOW, AdwWindow)

SagUiBundlesWindow *sag_ui_bundles_window_new (SagUiSession *session, GtkWindow *parent);

/** sag_ui_bundles_window_add: shows the bundle in @folder, and remembers it if it is one. */
void sag_ui_bundles_window_add (SagUiBundlesWindow *self, const char *folder);

G_END_DECLS
