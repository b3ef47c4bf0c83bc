/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_readings_install_actions: "readings.show": the readings of the project side by side, after a question if the
 * reader has not finished a second reading; "readings.split": a copy of the project for one reader;
 * "readings.merge": what is in another copy is added, and what differs is listed.
 */
void sag_ui_readings_install_actions (GtkWindow *window, SagUiSession *session);

G_END_DECLS
