/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

G_BEGIN_DECLS

/**
 * sag_ui_place_open: opens a scan in the window of @session, or makes it current if it is open, and moves the crosshair
 * to a place once its grid is known; unless another case was chosen meanwhile. A scan that is not there is said.
 * @ras_mm: (nullable): the place
 */
void sag_ui_place_open (SagUiSession *session, GFile *file, const double ras_mm[3]);

G_END_DECLS
