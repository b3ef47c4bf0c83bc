/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SagUiProjectChosen: @file: with the ending of projects if it was to be saved
 * @text: (nullable): as it was given
 */
typedef void (*SagUiProjectChosen) (GtkWindow *window, GFile *file, const char *text);

/**
 * sag_ui_project_choose: asks for the file of a project.
 * @name: (nullable): under which one is saved; NULL: one is opened
 * @accept: (nullable): what the button says
 * @text: (nullable): for @chosen, which is called if the window is still there
 */
void sag_ui_project_choose (GtkWindow         *window,
                            const char        *title,
                            const char        *name,
                            const char        *accept,
                            const char        *text,
                            SagUiProjectChosen chosen);

G_END_DECLS
