/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/session/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

/** SagUiAskPane: the entry for a task, and the answers as cards. */
#define SAG_UI_TYPE_ASK_PANE (sag_ui_ask_pane_get_type ())
G_DECLARE_FINAL_TYPE (SagUiAskPane, sag_ui_ask_pane, SAG_UI, ASK_PANE, AdwBin)

/** sag_ui_ask_pane_set_session: once, before it is shown. */
void sag_ui_ask_pane_set_session (SagUiAskPane *self, SagUiSession *session);

G_END_DECLS
