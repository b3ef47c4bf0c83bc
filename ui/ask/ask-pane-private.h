/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask-entry.h"
#include "ui/ask/ask-pane.h"
#include "ui/ask/card.h"

G_BEGIN_DECLS

/** sag_ui_ask_pane_get_card: (nullable) (transfer none): the selected one, or the topmost. */
SagUiCard *sag_ui_ask_pane_get_card (SagUiAskPane *self);

SagUiAskEntry *sag_ui_ask_pane_get_entry (SagUiAskPane *self);

/** sag_ui_ask_pane_make_actions: (transfer full): the group "ask". */
GActionGroup *sag_ui_ask_pane_make_actions (SagUiAskPane *self);

G_END_DECLS
