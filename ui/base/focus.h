/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * sag_ui_focus_watch: sees that keys are never lost in a menu of @window that was closed. GTK leaves the focus in there
 * when a menu is closed while one of its submenus is open; no key would be heard until somebody clicks. It goes to
 * the menu's button, as after any other menu.
 */
void sag_ui_focus_watch (GtkWindow *window);

G_END_DECLS
