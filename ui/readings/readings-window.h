/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/mask/masks.h"
#include "ui/readings/readings.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiReadingsWindow: how well readers agree, task by task, and the cases on which they differ: opened in the window,
 * with the outlines of all readers' masks, and decided here. It closes with the project, and when somebody else works.
 */
#define SAG_UI_TYPE_READINGS_WINDOW (sag_ui_readings_window_get_type ())
G_DECLARE_FINAL_TYPE (
  SagUiReadingsWindow, sag_ui_readings_window, SAG_UI, READINGS_WINDOW, AdwWindow)

/** sag_ui_readings_window_new: @masks: draws the outlines; @parent: (nullable) */
SagUiReadingsWindow *
sag_ui_readings_window_new (SagUiProject *project, SagUiMasks *masks, GtkWindow *parent);

G_END_DECLS
