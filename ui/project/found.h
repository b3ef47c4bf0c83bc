/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_found_offer: looks, behind, for work that was in no project when its window ended, and asks what should become
 * of it. Only the first window of the program does.
 */
void sag_ui_found_offer (GtkWindow *window, SagUiSession *session);

/** sag_ui_found_show: asks about @found (element-type SagImplicit), the first of it first. */
void sag_ui_found_show (GtkWindow *window, SagUiSession *session, GPtrArray *found);

G_END_DECLS
