/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_project_install_actions: gives a window the action group "project": "new", "open",
 * "save-as", "close", "tasks", "worklist", and asks for the reader's name on first use, and before work is lost.
 */
void sag_ui_project_install_actions (GtkWindow *window, SagUiSession *session);

G_END_DECLS
