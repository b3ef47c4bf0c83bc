/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** sag_ui_about_present: version, licences, and what Sagitta is not. */
void sag_ui_about_present (GtkWindow *parent);

G_END_DECLS
