/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/labels.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiWorklistWindow: all cases of the project: state, labels, masks; filtered as one types. Enter
 * opens a case in the window it belongs to.
 */
#define SAG_UI_TYPE_WORKLIST_WINDOW (sag_ui_worklist_window_get_type ())
G_DECLARE_FINAL_TYPE (
  SagUiWorklistWindow, sag_ui_worklist_window, SAG_UI, WORKLIST_WINDOW, AdwWindow)

SagUiWorklistWindow *sag_ui_worklist_window_new (SagUiLabels *labels, GtkWindow *parent);

G_END_DECLS
