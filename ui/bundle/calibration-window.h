/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiCalibrationWindow: what the numbers of the open bundle mean among cases of the person's own: each calibrated
 * text with its reliability diagram and what it rests on; makes a calibration of a report or a project, and takes it
 * away.
 */
#define SAG_UI_TYPE_CALIBRATION_WINDOW (sag_ui_calibration_window_get_type ())
G_DECLARE_FINAL_TYPE (
  SagUiCalibrationWindow, sag_ui_calibration_window, SAG_UI, CALIBRATION_WINDOW, AdwWindow)

/** sag_ui_calibration_window_present: (transfer none): the one window of @session. @parent: (nullable). */
SagUiCalibrationWindow *sag_ui_calibration_window_present (SagUiSession *session,
                                                           GtkWindow    *parent);

/** sag_ui_calibration_window_use: makes one of a report (a file ending in .json) or a project. */
void sag_ui_calibration_window_use (SagUiCalibrationWindow *self, const char *path);
/** sag_ui_calibration_window_remove: @text: (nullable): all. */
void sag_ui_calibration_window_remove (SagUiCalibrationWindow *self, const char *text);
/** sag_ui_calibration_window_is_busy: something is under way. */
gboolean sag_ui_calibration_window_is_busy (SagUiCalibrationWindow *self);

G_END_DECLS
