/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiStrip: the line at the bottom: bundle, engine, device, precision, stage times, cancel. */
#define SAG_UI_TYPE_STRIP (sag_ui_strip_get_type ())
G_DECLARE_FINAL_TYPE (SagUiStrip, sag_ui_strip, SAG_UI, STRIP, AdwBin)

/** sag_ui_strip_set_session: once, before it is shown. */
void sag_ui_strip_set_session (SagUiStrip *self, SagUiSession *session);

G_END_DECLS
