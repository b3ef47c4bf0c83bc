/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiWindow: the workstation window: header, cases, views, panes, engine strip. */
#define SAG_UI_TYPE_WINDOW (sag_ui_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiWindow, sag_ui_window, SAG_UI, WINDOW, AdwApplicationWindow)

SagUiWindow  *sag_ui_window_new (GtkApplication *application, SagUiEngine *engine);
SagUiSession *sag_ui_window_get_session (SagUiWindow *self);

/** sag_ui_window_close_keeping: without a question, as when the session ends: what is unsaved is offered again. */
void sag_ui_window_close_keeping (SagUiWindow *self);
/** sag_ui_window_open: adds files as cases; the first becomes current. */
void sag_ui_window_open (SagUiWindow *self, GFile **files, int n_files);

G_END_DECLS
