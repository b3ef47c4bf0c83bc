/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/view/views.h"

G_BEGIN_DECLS

/**
 * sag_ui_export_new: (transfer full): the actions that a window calls "export":
 *  "view", "views", "window": a PNG of the active view, of all of them, of the window
 *  "copy-view": the active view as an image for other programs
 *  "measurements": the values of the case as CSV
 *  "heatmaps": the maps that can be seen, as NIfTI on the grid of the scan
 *
 * Everything that lasts happens on other threads; what failed and what was saved is said in one
 * sentence. The group keeps @session; it must not outlive @views.
 */
GActionGroup *sag_ui_export_new (SagUiSession *session, SagUiViews *views);

/** sag_ui_export_dup_name: (transfer full): @parts as one file name that every system takes. */
char *sag_ui_export_dup_name (const char *case_name, const char *part, const char *ending);

G_END_DECLS
