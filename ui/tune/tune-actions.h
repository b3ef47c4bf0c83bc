/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_tune_install_actions: "tune.show": the window of trainings. The person is told when one ends, and of one that
 * goes on since the last time the program ran.
 */
void sag_ui_tune_install_actions (GtkWindow *window, SagUiSession *session);

G_END_DECLS
