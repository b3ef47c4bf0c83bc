/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** sag_ui_keys_present: the shortcuts window: every action of the key table with the keys of now. */
void sag_ui_keys_present (GtkWindow *parent);

/** sag_ui_keys_new: (transfer full): the same, not shown. */
GtkWindow *sag_ui_keys_new (void);

G_END_DECLS
