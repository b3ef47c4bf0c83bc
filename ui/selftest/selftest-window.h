/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiSelftestWindow: what works on this computer, what is missing, and what to do about it. */
#define SAG_UI_TYPE_SELFTEST_WINDOW (sag_ui_selftest_window_get_type ())
G_DECLARE_FINAL_TYPE (
  SagUiSelftestWindow, sag_ui_selftest_window, SAG_UI, SELFTEST_WINDOW, AdwWindow)

/** sag_ui_selftest_window_new: begins at once. */
SagUiSelftestWindow *sag_ui_selftest_window_new (SagUiSession *session, GtkWindow *parent);

/** sag_ui_selftest_install_action: gives @window the action "self-test". */
void sag_ui_selftest_install_action (GtkWindow *window, SagUiSession *session);

G_END_DECLS
