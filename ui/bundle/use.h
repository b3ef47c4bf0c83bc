/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * sag_ui_bundle_use: from now on the bundle in @folder answers; NULL: the one that ships.
 *
 * Before the first use of one that does not ship the person sees where it comes from and what its
 * limits are, and may change their mind. One that cannot be opened leaves the old one, and the
 * session says why.
 * @parent: (nullable): window of the dialog
 */
void sag_ui_bundle_use (SagUiSession *session, GtkWindow *parent, const char *folder);

/**
 * sag_ui_bundle_open_first: opens a bundle at the start of the program.
 * @folder: (nullable): what the command line says; else the one used last, else the one that ships.
 *   If it cannot be opened none is, as another one's numbers would be mistaken for its own
 */
void sag_ui_bundle_open_first (SagUiEngine *engine, const char *folder);

G_END_DECLS
