/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiTasksWindow: the questions that the project asks of every scan: wording, colour, SNOMED CT
 * code and key of each. Every change is written at once.
 */
#define SAG_UI_TYPE_TASKS_WINDOW (sag_ui_tasks_window_get_type ())
G_DECLARE_FINAL_TYPE (SagUiTasksWindow, sag_ui_tasks_window, SAG_UI, TASKS_WINDOW, AdwWindow)

SagUiTasksWindow *sag_ui_tasks_window_new (SagUiProject *project, GtkWindow *parent);

/** sag_ui_tasks_window_add: a task with this wording, unless there is one. */
void sag_ui_tasks_window_add (SagUiTasksWindow *self, const char *wording);

G_END_DECLS
