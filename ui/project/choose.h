/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/project/project.h"

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
 * @asked: (nullable): the answer is about what is open in it now: if that is another by then, the person is told, and
 *   @chosen is not called
 */
void sag_ui_project_choose (GtkWindow         *window,
                            const char        *title,
                            const char        *name,
                            const char        *accept,
                            const char        *text,
                            SagUiProject      *asked,
                            SagUiProjectChosen chosen);

/** sag_ui_project_note_asked: @dialog asks about what is open now; the answer may come when another project is. */
void sag_ui_project_note_asked (gpointer dialog, SagUiProject *project);
/** sag_ui_project_is_asked: that is open still; else "problem" says that nothing was done. */
gboolean sag_ui_project_is_asked (gpointer dialog, SagUiProject *project);

G_END_DECLS
